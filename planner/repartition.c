/* repartition.c
 *
 * The step's rows are the new key columns and, behind them, everything that came in. A key that
 * is a plain column keeps its name: both columns of that name hold the same. A computed key is
 * found by its structure and gets a name that no column has.
 */
#include "planner/repartition.h"

#include "functions/aggregate.h"
#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/query_items.h"
#include "planner/serde_choice.h"

bool repartition_is_by_null(const struct query *query)
{
    return query->partition_by.count == 1 && query->partition_by.items[0]->kind == EXPRESSION_NULL;
}

static enum status fail(const struct planner *planner, struct sql_pos pos, const char *message)
{
    return diag_fail(planner->diag, STATUS_INVALID, pos, "%s", message);
}

static enum status check_keys(const struct planner *planner, const struct query *query)
{
    const struct sql_pos pos = query->ast->partition_by_pos;
    const uint32_t count = query->partition_by.count;
    if (count == 0) {
        return fail(planner, pos, "PARTITION BY requires at least one expression");
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct expression *key = query->partition_by.items[i];
        if (count > 1 && key->kind == EXPRESSION_NULL) {
            return fail(planner, key->pos, "Cannot PARTITION BY multiple columns including NULL");
        }
        if (key->kind == EXPRESSION_CALL &&
            aggregate_exists(planner->registry, key->call.name.name)) {
            return diag_fail(planner->diag, STATUS_INVALID, key->pos,
                             "PARTITION BY does not support aggregate functions: %.*s is an "
                             "aggregate function.",
                             TEXT_ARGS(key->call.name.name));
        }
    }
    return STATUS_OK;
}

enum status repartition_check(const struct planner *planner, const struct query *query)
{
    if (!query->ast->has_partition_by) {
        return STATUS_OK;
    }
    const struct sql_pos pos = query->ast->partition_by_pos;
    TRY(check_keys(planner, query));
    for (uint32_t i = 0; i < query->source_count; i++) {
        const struct source *source = query->sources[i].source;
        if (source->is_table && !query_is_join(query)) {
            return fail(planner, pos,
                        "Cannot repartition a TABLE source. If this is a join, make sure that "
                        "the criteria uses the TABLE's key column instead of another column");
        }
        if (source->window.kind != WINDOW_NONE) {
            return fail(planner, pos,
                        "Implicit repartitioning of windowed sources is not supported. See "
                        "https://github.com/confluentinc/ksql/issues/4385.");
        }
    }
    if (query->ast->has_group_by) {
        return fail(planner, pos, "PARTITION BY and GROUP BY can not be used together");
    }
    return STATUS_OK;
}

/* The keys as they are named, matched and printed. */
struct keys {
    uint32_t count;
    struct schema_column *columns;
    const struct expr **exprs;
    struct scope_match *matches;
    struct text *texts;
};

static enum status plan_key(struct plan_builder *builder, const struct relation *relation,
                            const struct expression *key, struct keys *keys)
{
    const struct planner *planner = builder->planner;
    const uint32_t at = keys->count;
    struct expression *plain = NULL;
    TRY(query_plain(planner, builder->query, key, &plain));
    TRY(translate_in(planner, &relation->scope, CLAUSE_OF_OTHER, plain, &keys->exprs[at]));
    keys->columns[at] = (struct schema_column){.type = keys->exprs[at]->type, .role = COLUMN_KEY};
    TRY(query_key_name(planner, builder->query, key, &keys->columns[at].name));
    TRY(serde_check_map_keys(planner, &keys->columns[at], 1));
    if (plain->kind == EXPRESSION_COLUMN) {
        keys->columns[at].name = plain->column.name.name;
    } else if (schema_find(&relation->step->schema, keys->columns[at].name) >= 0) {
        keys->columns[at].name = arena_printf(planner->arena, "KSQL_INTERNAL_COL_%u", at);
    }
    keys->matches[at] = (struct scope_match){plain, at};
    keys->texts[at] = printer_expression_text(planner->arena, key);
    if (!keys->columns[at].name.data || !keys->texts[at].data) {
        return diag_no_memory(planner->diag);
    }
    keys->count++;
    return STATUS_OK;
}

static enum status plan_keys(struct plan_builder *builder, const struct relation *relation,
                             struct keys *keys)
{
    const struct planner *planner = builder->planner;
    const struct query *query = builder->query;
    const size_t count = query->partition_by.count;
    const size_t room = count + relation->step->schema.column_count;
    keys->columns = arena_array(planner->arena, room, sizeof(*keys->columns));
    keys->exprs = arena_array(planner->arena, count, sizeof(*keys->exprs));
    keys->matches = arena_array(planner->arena, count, sizeof(*keys->matches));
    keys->texts = arena_array(planner->arena, count, sizeof(*keys->texts));
    if (!keys->columns || !keys->exprs || !keys->matches || !keys->texts) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < count && !repartition_is_by_null(query); i++) {
        TRY(plan_key(builder, relation, query->partition_by.items[i], keys));
    }
    return STATUS_OK;
}

enum status repartition_plan(struct plan_builder *builder, struct relation *relation)
{
    const struct planner *planner = builder->planner;
    struct keys keys = {0};
    TRY(plan_keys(builder, relation, &keys));
    struct plan_step *step = step_create(builder, PLAN_REKEY, "PartitionBy", relation->step);
    if (!step) {
        return diag_no_memory(planner->diag);
    }
    const struct schema *input = &relation->step->schema;
    for (uint32_t i = 0; i < input->column_count; i++) {
        struct schema_column *column = &keys.columns[keys.count + i];
        *column = input->columns[i];
        column->role = COLUMN_VALUE;
    }
    step->schema = (struct schema){keys.count + input->column_count, keys.columns};
    step->rekey = (struct plan_rekey){keys.exprs, keys.count};
    step->pos = builder->query->ast->partition_by_pos;
    relation->step = step;
    relation->scope =
        (struct scope){.schema = &step->schema, .matches = keys.matches, .match_count = keys.count};
    relation->key_origin = KEY_OF_PARTITION;
    relation->key_texts = keys.texts;
    relation->joins = NULL;
    return STATUS_OK;
}
