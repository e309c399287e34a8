/* joins.c
 *
 * Joins are planned left-deep in the order written. A source step keeps the names of its
 * source; the first join gives every column its alias as a prefix, and from then on names are
 * unique, which is checked once for the whole query. In front of a join's columns stand its key
 * columns: only the last join's have a name that the query can use.
 */
#include "planner/joins.h"

#include <assert.h>
#include <stdlib.h>

#include "planner/join_check.h"
#include "planner/names.h"
#include "planner/query_items.h"
#include "planner/serde_choice.h"

/* A side of a join: a step, and what its columns are called in expressions. */
struct side {
    const struct plan_step *step;
    struct scope scope;
};

static const int64_t eager_grace_ms = 24 * 60 * 60 * 1000;

static int compare_names(const void *a, const void *b)
{
    const struct schema_column *left = a;
    const struct schema_column *right = b;
    return text_compare(left->name, right->name);
}

/* Aliases such as A and A_B can give two columns the same name. */
static enum status check_names(const struct planner *planner, const struct query *query)
{
    struct schema schema;
    TRY(query_schema(planner, query, &schema));
    struct schema_column *sorted =
        arena_array(planner->arena, schema.column_count, sizeof(*sorted));
    if (!sorted) {
        return diag_no_memory(planner->diag);
    }
    memcpy(sorted, schema.columns, schema.column_count * sizeof(*sorted));
    qsort(sorted, schema.column_count, sizeof(*sorted), compare_names);
    for (uint32_t i = 1; i < schema.column_count; i++) {
        if (text_equal(sorted[i - 1].name, sorted[i].name)) {
            return diag_fail(planner->diag, STATUS_INVALID, query->ast->from.name.pos,
                             "Two columns of the join would both be called `%.*s`. Please use "
                             "other aliases for its sources.",
                             TEXT_ARGS(sorted[i].name));
        }
    }
    return STATUS_OK;
}

static enum status source_side(struct plan_builder *builder, const struct query_source *source,
                               struct side *out)
{
    struct plan_step *step = NULL;
    TRY(step_source(builder, source, &step));
    out->step = step;
    out->scope = scope_of_step(step);
    out->scope.prefix = arena_printf(builder->planner->arena, "%.*s_", TEXT_ARGS(source->alias));
    return out->scope.prefix.data ? STATUS_OK : diag_no_memory(builder->planner->diag);
}

/* --- The schema -------------------------------------------------------------------------- */

/* Appends the columns of a side as values, with their names in the join. */
static enum status append_columns(const struct planner *planner, const struct side *side,
                                  struct schema_column *columns, uint32_t *next)
{
    for (uint32_t i = 0; i < side->step->schema.column_count; i++) {
        struct schema_column column = side->step->schema.columns[i];
        column.role = COLUMN_VALUE;
        column.header_key = (struct text){NULL, 0};
        if (side->scope.prefix.data) {
            column.name = arena_printf(planner->arena, "%.*s%.*s", TEXT_ARGS(side->scope.prefix),
                                       TEXT_ARGS(column.name));
            if (!column.name.data) {
                return diag_no_memory(planner->diag);
            }
        }
        columns[(*next)++] = column;
    }
    return STATUS_OK;
}

/* A foreign-key join keeps the keys of the left table. */
static enum status append_foreign_keys(const struct planner *planner, const struct side *left,
                                       struct schema_column *columns, uint32_t *next)
{
    const uint32_t count = schema_count(&left->step->schema, COLUMN_KEY);
    for (uint32_t i = 0; i < count; i++) {
        struct schema_column column = left->step->schema.columns[i];
        column.name = arena_printf(planner->arena, "%.*s%.*s", TEXT_ARGS(left->scope.prefix),
                                   TEXT_ARGS(column.name));
        if (!column.name.data) {
            return diag_no_memory(planner->diag);
        }
        columns[(*next)++] = column;
    }
    return STATUS_OK;
}

/* What the key column of a join is called: only the last one's name can be used. */
static struct text key_name(const struct planner *planner, const struct join_rules *rules,
                            const struct join_rule *rule)
{
    if (rule == &rules->rules[rules->count - 1]) {
        return rules->key_name;
    }
    return arena_printf(planner->arena, "KSQL_INTERNAL_KEY_%u", rule->right_source);
}

static enum status check_key_type(const struct planner *planner, const struct join_rule *rule,
                                  const struct type *type)
{
    struct schema_column column = {.name = TEXT("ROWKEY"), .type = type, .role = COLUMN_KEY};
    if (rule->left->kind == EXPRESSION_COLUMN) {
        column.name = name_of_join_column(planner->arena, rule->left->column.source.name,
                                          rule->left->column.name.name);
    }
    return serde_check_map_keys(planner, &column, 1);
}

static enum status make_schema(const struct planner *planner, const struct join_rules *rules,
                               const struct join_rule *rule, const struct side *sides,
                               const struct expr *key, struct schema *out)
{
    const size_t room =
        2 * (size_t)sides[0].step->schema.column_count + sides[1].step->schema.column_count + 1;
    struct schema_column *columns = arena_array(planner->arena, room, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(planner->diag);
    }
    uint32_t next = 0;
    if (rule->is_foreign) {
        TRY(append_foreign_keys(planner, &sides[0], columns, &next));
    } else {
        const struct text name = key_name(planner, rules, rule);
        if (!name.data) {
            return diag_no_memory(planner->diag);
        }
        columns[next++] =
            (struct schema_column){.name = name, .type = key->type, .role = COLUMN_KEY};
    }
    TRY(append_columns(planner, &sides[0], columns, &next));
    TRY(append_columns(planner, &sides[1], columns, &next));
    *out = (struct schema){next, columns};
    return STATUS_OK;
}

/* --- One join ---------------------------------------------------------------------------- */

/* The key of a side. A join of tables is found by its own key, whatever equal column of it the
 * criterion names. */
static enum status translate_key(const struct planner *planner, const struct query *query,
                                 const struct side *side, const struct expression *expression,
                                 bool is_foreign, const struct expr **out)
{
    struct expression *plain = NULL;
    TRY(query_plain(planner, query, expression, &plain));
    TRY(translate_in(planner, &side->scope, CLAUSE_OF_OTHER, plain, out));
    if (!side->step->is_table || side->step->kind == PLAN_SOURCE || is_foreign) {
        return STATUS_OK;
    }
    struct expr_build build = {.arena = planner->arena,
                               .registry = planner->registry,
                               .diag = planner->diag,
                               .pos = expression->pos,
                               .text = (*out)->text};
    return expr_column(&build, 0, side->step->schema.columns[0].type, out);
}

static void set_times(const struct join_rule *rule, struct plan_join *join)
{
    const struct select_join *ast = rule->ast;
    join->before_ms = ast->within_before.ms;
    join->after_ms = ast->within_after.ms;
    join->is_eager = !ast->within_grace.is_present;
    join->grace_ms = join->is_eager ? eager_grace_ms : ast->within_grace.ms;
}

static const char *step_name(enum plan_kind kind)
{
    return kind == PLAN_JOIN_FOREIGN_KEY ? "ForeignKeyJoin" : "Join";
}

static enum status plan_join(struct plan_builder *builder, const struct join_rules *rules,
                             const struct join_rule *rule, const struct side *sides,
                             struct plan_step **out)
{
    const struct planner *planner = builder->planner;
    enum plan_kind kind;
    const struct expr *keys[2];
    TRY(join_check(planner, builder->query, rule, sides[0].step, sides[1].step, &kind));
    TRY(translate_key(planner, builder->query, &sides[0], rule->left, rule->is_foreign, &keys[0]));
    TRY(translate_key(planner, builder->query, &sides[1], rule->right, false, &keys[1]));
    TRY(join_check_types(planner, rule, keys[0], keys[1]));
    TRY(check_key_type(planner, rule, keys[0]->type));
    struct plan_step *step = step_create(builder, kind, step_name(kind), sides[0].step);
    if (!step) {
        return diag_no_memory(planner->diag);
    }
    step->inputs[1] = sides[1].step;
    step->input_count = 2;
    step->pos = rule->ast->pos;
    step->join.type = rule->type;
    step->join.keys[0] = keys[0];
    step->join.keys[1] = keys[1];
    if (kind == PLAN_JOIN_STREAM_STREAM) {
        set_times(rule, &step->join);
    }
    TRY(make_schema(planner, rules, rule, sides, keys[0], &step->schema));
    *out = step;
    return STATUS_OK;
}

static enum status plan_single(struct plan_builder *builder, struct relation *out)
{
    *out = (struct relation){.key_origin = KEY_OF_SOURCE};
    TRY(step_source(builder, &builder->query->sources[0], &out->step));
    out->scope = scope_of_step(out->step);
    return STATUS_OK;
}

enum status joins_plan(struct plan_builder *builder, const struct join_rules *rules,
                       struct relation *out)
{
    struct query *query = builder->query;
    if (!query_is_join(query)) {
        return plan_single(builder, out);
    }
    assert(rules);
    TRY(check_names(builder->planner, query));
    struct side sides[2];
    struct plan_step *step = NULL;
    TRY(source_side(builder, &query->sources[0], &sides[0]));
    for (uint32_t i = 0; i < rules->count; i++) {
        TRY(source_side(builder, &query->sources[i + 1], &sides[1]));
        TRY(plan_join(builder, rules, &rules->rules[i], sides, &step));
        sides[0] = (struct side){step, scope_of_step(step)};
    }
    const bool is_foreign = rules->rules[rules->count - 1].is_foreign;
    *out = (struct relation){.step = step,
                             .scope = scope_of_step(step),
                             .key_origin = is_foreign ? KEY_OF_FOREIGN_JOIN : KEY_OF_JOIN,
                             .joins = rules};
    return STATUS_OK;
}
