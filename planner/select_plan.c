/* select_plan.c
 *
 * The order of a query's steps is fixed: sources and joins, WHERE, then PARTITION BY, table
 * functions or the aggregation with HAVING and EMIT FINAL, and last the projection. All rules
 * that need names only are checked before the first step is made.
 */
#include "planner/select_plan.h"

#include "planner/aggregation.h"
#include "planner/joins.h"
#include "planner/names.h"
#include "planner/projection.h"
#include "planner/query_check.h"
#include "planner/query_items.h"
#include "planner/repartition.h"
#include "planner/settings.h"
#include "planner/table_calls.h"

/* What is known about the clauses before planning. */
struct clauses {
    struct join_rules joins;
    const struct join_rules *joins_or_null;
    struct aggregation aggregation;
    struct query_expressions table_calls;
};

static enum status check_persistent(const struct planner *planner, const struct query *query)
{
    for (uint32_t i = 0; i < query->source_count; i++) {
        const struct source *source = query->sources[i].source;
        if (source->is_table && source->window.kind != WINDOW_NONE) {
            return diag_fail(planner->diag, STATUS_INVALID, query->sources[i].pos,
                             "KSQL does not support persistent queries on windowed tables.");
        }
    }
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        if (item->kind == SELECT_ITEM_EXPRESSION && pseudo_find(item->alias)) {
            return diag_fail(planner->diag, STATUS_INVALID, item->pos,
                             "Reserved column name in select: `%.*s`. Please remove or alias the "
                             "column.",
                             TEXT_ARGS(item->alias));
        }
    }
    return STATUS_OK;
}

static enum status check_emit_final(const struct planner *planner, const struct query *query,
                                    const struct aggregation *aggregation)
{
    if (query->ast->emit != AST_EMIT_FINAL) {
        return STATUS_OK;
    }
    if (!setting_bool(planner, "ksql.suppress.enabled", true)) {
        return diag_fail(planner->diag, STATUS_INVALID, query->ast->emit_pos,
                         "Suppression is currently disabled. You can enable it by setting "
                         "ksql.suppress.enabled to true");
    }
    if (aggregation->is_needed && query->ast->window) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, query->ast->emit_pos,
                     "EMIT FINAL is only supported for windowed aggregations.");
}

/* Stars are spelled out before the grouping is looked at, since it must cover them. */
static enum status read_clauses(const struct planner *planner, struct query *query,
                                const struct select_purpose *purpose, struct clauses *out)
{
    if (query_is_join(query)) {
        TRY(join_rules_read(planner, query, &out->joins));
        out->joins_or_null = &out->joins;
    }
    TRY(query_check_formats(planner, query));
    if (purpose->is_persistent) {
        TRY(check_persistent(planner, query));
    }
    TRY(query_check_columns(planner, query, out->joins_or_null));
    TRY(repartition_check(planner, query));
    TRY(query_expand_items(planner, query, out->joins_or_null, !purpose->is_persistent));
    TRY(aggregation_read(planner, query, purpose->is_create_as, &out->aggregation));
    TRY(table_calls_read(planner, query, out->aggregation.is_needed, &out->table_calls));
    return check_emit_final(planner, query, &out->aggregation);
}

static enum status plan_where(struct plan_builder *builder, struct relation *relation)
{
    const struct query *query = builder->query;
    if (!query->where) {
        return STATUS_OK;
    }
    struct expression *plain = NULL;
    TRY(query_plain(builder->planner, query, query->where, &plain));
    TRY(step_filter(builder, &relation->scope, CLAUSE_OF_WHERE, plain, relation->step,
                    &relation->step));
    relation->scope.schema = &relation->step->schema;
    return STATUS_OK;
}

static enum status plan_having(struct plan_builder *builder, struct relation *relation)
{
    const struct query *query = builder->query;
    struct expression *plain = NULL;
    if (query->having) {
        TRY(query_plain(builder->planner, query, query->having, &plain));
        TRY(step_filter(builder, &relation->scope, CLAUSE_OF_HAVING, plain, relation->step,
                        &relation->step));
    }
    if (query->ast->emit == AST_EMIT_FINAL) {
        struct plan_step *step = step_create(builder, PLAN_SUPPRESS, "Suppress", relation->step);
        if (!step) {
            return diag_no_memory(builder->planner->diag);
        }
        step->schema = relation->step->schema;
        step->pseudo = relation->step->pseudo;
        step->pseudo_count = relation->step->pseudo_count;
        step->pos = query->ast->emit_pos;
        relation->step = step;
    }
    relation->scope.schema = &relation->step->schema;
    return STATUS_OK;
}

static enum status plan_aggregation(struct plan_builder *builder, const struct clauses *clauses,
                                    struct relation *relation,
                                    const struct plan_step **materialized)
{
    const struct planner *planner = builder->planner;
    const struct aggregation *aggregation = &clauses->aggregation;
    const uint32_t count = aggregation->groups.count;
    struct text *texts = arena_array(planner->arena, count, sizeof(*texts));
    if (!texts) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(translate_text(planner, aggregation->groups.items[i], &texts[i]));
    }
    struct scope scope;
    TRY(aggregation_plan(builder, aggregation, &relation->scope, relation->step, &relation->step,
                         &scope));
    relation->scope = scope;
    relation->key_origin = KEY_OF_GROUP;
    relation->key_texts = texts;
    relation->joins = NULL;
    *materialized = relation->step;
    return plan_having(builder, relation);
}

static enum status plan_clauses(struct plan_builder *builder, const struct clauses *clauses,
                                struct relation *relation, const struct plan_step **materialized)
{
    TRY(joins_plan(builder, clauses->joins_or_null, relation));
    *materialized = relation->step->is_table ? relation->step : NULL;
    TRY(plan_where(builder, relation));
    if (builder->query->ast->has_partition_by) {
        TRY(repartition_plan(builder, relation));
    }
    if (clauses->table_calls.count > 0) {
        TRY(table_calls_plan(builder, &clauses->table_calls, relation));
    }
    if (clauses->aggregation.is_needed) {
        TRY(plan_aggregation(builder, clauses, relation, materialized));
    }
    return STATUS_OK;
}

static enum status check_limit(const struct planner *planner, const struct select_query *query)
{
    if (!query->has_limit || query->limit >= 0) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, query->limit_pos,
                     "Push queries don't support negative integers in the LIMIT clause.");
}

enum status select_plan(const struct planner *planner, const struct select_query *ast,
                        const struct select_purpose *purpose, struct select_plan *out)
{
    struct query *query = NULL;
    struct clauses clauses = {0};
    struct relation relation;
    TRY(check_limit(planner, ast));
    TRY(query_resolve(planner, ast, &query));
    TRY(read_clauses(planner, query, purpose, &clauses));
    *out = (struct select_plan){
        .builder = {.planner = planner, .query = query, .is_persistent = purpose->is_persistent},
        .is_partitioned_by_null = repartition_is_by_null(query)};
    out->builder.sources =
        arena_array(planner->arena, query->source_count, sizeof(struct plan_step *));
    if (!out->builder.sources) {
        return diag_no_memory(planner->diag);
    }
    TRY(plan_clauses(&out->builder, &clauses, &relation, &out->materialized));
    return projection_plan(&out->builder, &relation, purpose->sink_name, &out->root,
                           &out->missing_key);
}

enum status select_plan_finish(struct select_plan *select, const struct plan_step *root,
                               struct plan **out)
{
    const struct planner *planner = select->builder.planner;
    const struct select_query *ast = select->builder.query->ast;
    struct plan *plan = plan_create(&select->builder, root);
    if (!plan) {
        return diag_no_memory(planner->diag);
    }
    plan->materialized = select->materialized;
    plan->has_limit = ast->has_limit;
    plan->limit = ast->has_limit ? (uint64_t)ast->limit : 0;
    plan->is_final = ast->emit == AST_EMIT_FINAL;
    *out = plan;
    return STATUS_OK;
}
