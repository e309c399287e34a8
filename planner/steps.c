/* steps.c
 *
 * Pseudo columns are appended only where the query names them, so that most plans carry none.
 * A table's source keeps its rows in a store: what comes after it needs old values to take
 * back, and lookups to join.
 */
#include "planner/steps.h"

#include <assert.h>

#include "planner/names.h"
#include "planner/settings.h"

struct plan_step *step_create(struct plan_builder *builder, enum plan_kind kind, const char *name,
                              const struct plan_step *input)
{
    struct plan_step *step = ARENA_NEW(builder->planner->arena, struct plan_step);
    if (!step) {
        return NULL;
    }
    step->kind = kind;
    builder->step_count++;
    step->id = kind == PLAN_FILTER || kind == PLAN_PROJECT ? PLAN_STEP_WITHOUT_STORES
                                                           : builder->next_step_id++;
    step->name = name;
    if (input) {
        step->inputs[0] = input;
        step->input_count = 1;
        step->is_table = input->is_table;
        step->window = input->window;
        step->pos = input->pos;
    }
    return step;
}

struct scope scope_of_step(const struct plan_step *step)
{
    return (struct scope){.schema = &step->schema};
}

int step_find_pseudo(const struct plan_step *step, enum pseudo_kind kind)
{
    for (uint32_t i = 0; i < step->pseudo_count; i++) {
        if (step->pseudo[i].kind == kind) {
            return (int)step->pseudo[i].column_index;
        }
    }
    return -1;
}

static bool copy_source(struct arena *arena, const struct source *from, struct source *to)
{
    *to = *from;
    struct text *const texts[] = {
        &to->name,     &to->topic,    &to->timestamp.column, &to->timestamp.pattern,
        &to->query_id, &to->statement, &to->key_serde.full_name, &to->value_serde.full_name};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i]->data) {
            *texts[i] = arena_text(arena, *texts[i]);
            if (!texts[i]->data) {
                return false;
            }
        }
    }
    return schema_copy(arena, &from->schema, &to->schema);
}

static uint32_t count_pseudo(const struct query_source *source)
{
    uint32_t count = 0;
    for (size_t i = 0; i < PSEUDO_KIND_COUNT; i++) {
        count += source->is_pseudo_used[i];
    }
    return count;
}

/* The source's columns, then the pseudo columns that are used. */
static enum status source_schema(const struct planner *planner, const struct query_source *source,
                                 const struct source *copy, struct plan_step *step, bool *is_wanted)
{
    const uint32_t own_count = copy->schema.column_count;
    const uint32_t pseudo_count = count_pseudo(source);
    struct schema_column *columns =
        arena_array(planner->arena, own_count + pseudo_count, sizeof(*columns));
    struct plan_pseudo *pseudo = arena_array(planner->arena, pseudo_count, sizeof(*pseudo));
    if (!columns || !pseudo) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < own_count; i++) {
        columns[i] = copy->schema.columns[i];
        is_wanted[i] = source->is_used[i] || columns[i].role == COLUMN_KEY ||
                       text_equal(columns[i].name, copy->timestamp.column);
    }
    uint32_t next = own_count;
    for (size_t i = 0; i < PSEUDO_KIND_COUNT; i++) {
        if (!source->is_pseudo_used[i]) {
            continue;
        }
        pseudo[next - own_count] = (struct plan_pseudo){(enum pseudo_kind)i, next};
        is_wanted[next] = true;
        columns[next++] = (struct schema_column){.name = pseudo_names[i].name,
                                                 .type = type_of(pseudo_names[i].type),
                                                 .role = COLUMN_VALUE};
    }
    step->schema = (struct schema){next, columns};
    step->pseudo = pseudo;
    step->pseudo_count = pseudo_count;
    return STATUS_OK;
}

enum status step_source(struct plan_builder *builder, const struct query_source *source,
                        struct plan_step **out)
{
    const struct planner *planner = builder->planner;
    struct plan_step *step = step_create(builder, PLAN_SOURCE, "Source", NULL);
    struct source *copy = ARENA_NEW(planner->arena, struct source);
    bool *is_wanted =
        arena_zalloc(planner->arena, source->source->schema.column_count + PSEUDO_KIND_COUNT);
    if (!step || !copy || !is_wanted || !copy_source(planner->arena, source->source, copy)) {
        return diag_no_memory(planner->diag);
    }
    step->pos = source->pos;
    step->is_table = copy->is_table;
    step->window = copy->window;
    step->source = (struct plan_source){.source = copy,
                                        .alias = source->alias,
                                        .is_wanted = is_wanted,
                                        .has_store = copy->is_table};
    TRY(source_schema(planner, source, copy, step, is_wanted));
    assert(builder->source_count < builder->query->source_count);
    builder->sources[builder->source_count++] = step;
    *out = step;
    return STATUS_OK;
}

enum status step_filter(struct plan_builder *builder, const struct scope *scope, enum clause clause,
                        const struct expression *condition, const struct plan_step *input,
                        struct plan_step **out)
{
    const struct expr *predicate = NULL;
    TRY(translate_condition(builder->planner, scope, clause, condition, &predicate));
    struct plan_step *step =
        step_create(builder, PLAN_FILTER, clause == CLAUSE_OF_HAVING ? "Having" : "Filter", input);
    if (!step) {
        return diag_no_memory(builder->planner->diag);
    }
    step->schema = input->schema;
    step->pseudo = input->pseudo;
    step->pseudo_count = input->pseudo_count;
    step->pos = condition->pos;
    step->filter = (struct plan_filter){predicate, clause == CLAUSE_OF_HAVING};
    *out = step;
    return STATUS_OK;
}

struct plan *plan_create(struct plan_builder *builder, const struct plan_step *root)
{
    const struct planner *planner = builder->planner;
    struct plan *plan = ARENA_NEW(planner->arena, struct plan);
    if (plan) {
        plan->root = root;
        plan->step_count = builder->step_count;
        plan->sources = builder->sources;
        plan->source_count = builder->source_count;
        plan->is_table = root->is_table;
        plan->nested_errors_are_null = setting_bool(planner, "ksql.nested.error.set.null", true);
        plan->fails_on_bad_record =
            setting_bool(planner, "ksql.fail.on.deserialization.error", false);
        plan->fails_on_bad_time = setting_bool(planner, "ksql.timestamp.throw.on.invalid", false);
    }
    return plan;
}
