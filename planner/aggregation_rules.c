/* aggregation_rules.c
 *
 * What may stand beside aggregates: group expressions, matched by structure at any depth,
 * constants, and the bounds of the query's own window. A SELECT expression in which a column is
 * left over after these and the aggregate calls are taken out is refused as a whole.
 */
#include "functions/aggregate.h"
#include "parser/printer.h"
#include "planner/aggregation.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/query_items.h"

static bool is_aggregate(const struct planner *planner, const struct expression *node)
{
    return node->kind == EXPRESSION_CALL &&
           aggregate_exists(planner->registry, node->call.name.name);
}

static bool is_window_bound(const struct expression *node)
{
    return node->kind == EXPRESSION_COLUMN && name_is_window_bound(node->column.name.name);
}

/* --- Finding calls ----------------------------------------------------------------------- */

struct find_context {
    const struct planner *planner;
    struct query_expressions *calls;
};

static enum status fail_nested(const struct planner *planner, const struct expression *outer,
                               const struct expression *inner)
{
    return diag_fail(planner->diag, STATUS_INVALID, inner->pos,
                     "Aggregate functions can not be nested: %.*s(%.*s())",
                     TEXT_ARGS(outer->call.name.name), TEXT_ARGS(inner->call.name.name));
}

static enum status fail_window_bound(const struct planner *planner, const struct expression *node)
{
    return diag_fail(planner->diag, STATUS_INVALID, node->pos,
                     "Window bounds column %.*s can only be used in the SELECT clause of "
                     "windowed aggregations and can not be passed to aggregate functions.\n"
                     "See https://github.com/confluentinc/ksql/issues/4397",
                     TEXT_ARGS(node->column.name.name));
}

struct inner_context {
    const struct planner *planner;
    const struct expression *outer;
    bool has_window; /* the query has a WINDOW clause */
};

static enum status visit_inner(void *context, const struct expression *node,
                               const struct lambda_frame *lambdas, bool *enter)
{
    const struct inner_context *self = context;
    (void)lambdas;
    (void)enter;
    if (node != self->outer && is_aggregate(self->planner, node)) {
        return fail_nested(self->planner, self->outer, node);
    }
    if (self->has_window && is_window_bound(node)) {
        return fail_window_bound(self->planner, node);
    }
    return STATUS_OK;
}

static enum status visit_call(void *context, const struct expression *node,
                              const struct lambda_frame *lambdas, bool *enter)
{
    struct find_context *self = context;
    (void)lambdas;
    if (!is_aggregate(self->planner, node)) {
        return STATUS_OK;
    }
    *enter = false;
    return query_expressions_add(self->planner, self->calls, node);
}

static enum status find_calls(const struct planner *planner, const struct query *query,
                              struct query_expressions *calls)
{
    struct find_context context = {.planner = planner, .calls = calls};
    const struct expression_visitor visitor = {visit_call, &context};
    struct expression *plain = NULL;
    for (uint32_t i = 0; i < query->item_count; i++) {
        TRY(query_plain(planner, query, query->items[i].expression, &plain));
        TRY(expression_visit(&visitor, plain));
    }
    if (query->having) {
        TRY(query_plain(planner, query, query->having, &plain));
        TRY(expression_visit(&visitor, plain));
    }
    return STATUS_OK;
}

static enum status visit_having(void *context, const struct expression *node,
                                const struct lambda_frame *lambdas, bool *enter)
{
    const struct inner_context *self = context;
    (void)lambdas;
    (void)enter;
    return self->has_window && is_window_bound(node) ? fail_window_bound(self->planner, node)
                                                     : STATUS_OK;
}

static enum status check_calls(const struct planner *planner, const struct query *query,
                               const struct query_expressions *calls)
{
    const bool has_window = query->ast->window != NULL;
    struct inner_context having = {planner, NULL, has_window};
    const struct expression_visitor having_visitor = {visit_having, &having};
    if (query->having) {
        TRY(expression_visit(&having_visitor, query->having));
    }
    for (uint32_t i = 0; i < calls->count; i++) {
        struct inner_context context = {planner, calls->items[i], has_window};
        const struct expression_visitor visitor = {visit_inner, &context};
        TRY(expression_visit(&visitor, calls->items[i]));
    }
    return STATUS_OK;
}

/* --- Groups ------------------------------------------------------------------------------ */

struct group_context {
    const struct planner *planner;
    bool has_window;
};

static enum status visit_group(void *context, const struct expression *node,
                               const struct lambda_frame *lambdas, bool *enter)
{
    const struct group_context *self = context;
    (void)lambdas;
    (void)enter;
    if (is_aggregate(self->planner, node)) {
        return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                         "GROUP BY does not support aggregate functions: %.*s is an aggregate "
                         "function.",
                         TEXT_ARGS(node->call.name.name));
    }
    return self->has_window && is_window_bound(node) ? fail_window_bound(self->planner, node)
                                                     : STATUS_OK;
}

static enum status read_groups(const struct planner *planner, struct query *query,
                               struct aggregation *out)
{
    const uint32_t count = query->group_by.count;
    struct group_context context = {planner, query->ast->window != NULL};
    const struct expression_visitor visitor = {visit_group, &context};
    out->groups.items = arena_array(planner->arena, count, sizeof(struct expression *));
    out->group_names = arena_array(planner->arena, count, sizeof(*out->group_names));
    if (!out->groups.items || !out->group_names) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct expression *group = query->group_by.items[i];
        TRY(expression_visit(&visitor, group));
        for (uint32_t j = 0; j < i; j++) {
            if (expression_equal(query->group_by.items[j], group)) {
                return diag_fail(planner->diag, STATUS_INVALID, group->pos,
                                 "Duplicate GROUP BY expression: %.*s",
                                 TEXT_ARGS(printer_expression_text(planner->arena, group)));
            }
        }
        TRY(query_plain(planner, query, group, &out->groups.items[i]));
        TRY(query_key_name(planner, query, group, &out->group_names[i]));
        out->groups.count++;
    }
    return STATUS_OK;
}

/* --- What is not aggregated -------------------------------------------------------------- */

struct rest_context {
    const struct planner *planner;
    const struct aggregation *aggregation;
    bool has_window;
    const struct expression *found; /* a column that is left over */
};

static enum status visit_rest(void *context, const struct expression *node,
                              const struct lambda_frame *lambdas, bool *enter)
{
    struct rest_context *self = context;
    *enter = !is_aggregate(self->planner, node);
    for (uint32_t i = 0; *enter && i < self->aggregation->groups.count; i++) {
        *enter = !expression_equal(self->aggregation->groups.items[i], node);
    }
    if (!*enter || self->found || node->kind != EXPRESSION_COLUMN) {
        return STATUS_OK;
    }
    const bool is_free = lambda_frame_binds(lambdas, node->column.name.name) ||
                         (self->has_window && is_window_bound(node));
    if (!is_free) {
        self->found = node;
    }
    return STATUS_OK;
}

/* The first column of expression that is neither grouped nor aggregated; NULL: none. */
static enum status find_rest(const struct planner *planner, const struct query *query,
                             const struct aggregation *aggregation, const struct expression *plain,
                             const struct expression **out)
{
    struct rest_context context = {planner, aggregation, query->ast->window != NULL, NULL};
    const struct expression_visitor visitor = {visit_rest, &context};
    TRY(expression_visit(&visitor, plain));
    *out = context.found;
    return STATUS_OK;
}

static enum status check_select(const struct planner *planner, const struct query *query,
                                const struct aggregation *aggregation)
{
    struct text *texts = arena_array(planner->arena, query->item_count, sizeof(*texts));
    if (!texts) {
        return diag_no_memory(planner->diag);
    }
    size_t count = 0;
    struct sql_pos pos = SQL_POS_NONE;
    for (uint32_t i = 0; i < query->item_count; i++) {
        struct expression *plain = NULL;
        const struct expression *rest = NULL;
        TRY(query_plain(planner, query, query->items[i].expression, &plain));
        TRY(find_rest(planner, query, aggregation, plain, &rest));
        if (rest) {
            pos = count == 0 ? query->items[i].pos : pos;
            texts[count++] = printer_expression_text(planner->arena, plain);
        }
    }
    if (count == 0) {
        return STATUS_OK;
    }
    const struct text list = name_list(planner->arena, texts, count, ", ");
    return diag_fail(planner->diag, STATUS_INVALID, pos,
                     "Non-aggregate SELECT expression(s) not part of GROUP BY: %.*s\n"
                     "Either add the column(s) to the GROUP BY or remove them from the SELECT.",
                     TEXT_ARGS(list));
}

static enum status check_having(const struct planner *planner, const struct query *query,
                                const struct aggregation *aggregation)
{
    if (!query->having) {
        return STATUS_OK;
    }
    struct expression *plain = NULL;
    const struct expression *rest = NULL;
    TRY(query_plain(planner, query, query->having, &plain));
    TRY(find_rest(planner, query, aggregation, plain, &rest));
    if (!rest) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, rest->pos,
                     "Non-aggregate HAVING expression not part of GROUP BY: %.*s\n"
                     "Consider switching the HAVING clause to a WHERE clause before the GROUP BY.",
                     TEXT_ARGS(printer_expression_text(planner->arena, rest)));
}

static enum status fail_without_group_by(const struct planner *planner,
                                         const struct query_expressions *calls)
{
    struct text *texts = arena_array(planner->arena, calls->count, sizeof(*texts));
    if (!texts) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < calls->count; i++) {
        texts[i] = printer_expression_text(planner->arena, calls->items[i]);
    }
    const struct text list = name_list(planner->arena, texts, calls->count, ", ");
    return diag_fail(planner->diag, STATUS_INVALID, calls->items[0]->pos,
                     "CREATE TABLE AS SELECT statement does not support aggregate function "
                     "[%.*s] without a GROUP BY clause.",
                     TEXT_ARGS(list));
}

static enum status check_not_needed(const struct planner *planner, const struct query *query)
{
    if (query->ast->window) {
        return diag_fail(planner->diag, STATUS_INVALID, query->ast->window->pos,
                         "WINDOW clause requires a GROUP BY clause.");
    }
    if (query->having) {
        return diag_fail(planner->diag, STATUS_INVALID, query->having->pos,
                         "HAVING clause requires a GROUP BY clause.");
    }
    return STATUS_OK;
}

enum status aggregation_read(const struct planner *planner, struct query *query, bool is_create_as,
                             struct aggregation *out)
{
    const struct select_query *ast = query->ast;
    *out = (struct aggregation){.is_needed = ast->has_group_by};
    TRY(find_calls(planner, query, &out->calls));
    out->is_needed |= out->calls.count > 0;
    if (!out->is_needed) {
        return check_not_needed(planner, query);
    }
    if (ast->has_group_by && ast->group_by.count == 0) {
        return diag_fail(planner->diag, STATUS_INVALID, ast->group_by_pos,
                         "GROUP BY requires at least one expression");
    }
    TRY(read_groups(planner, query, out));
    TRY(check_calls(planner, query, &out->calls));
    if (out->calls.count == 0) {
        return diag_fail(planner->diag, STATUS_INVALID, ast->group_by_pos,
                         "GROUP BY requires aggregate functions in either the SELECT or HAVING "
                         "clause.");
    }
    TRY(check_select(planner, query, out));
    TRY(check_having(planner, query, out));
    return ast->has_group_by || !is_create_as ? STATUS_OK
                                              : fail_without_group_by(planner, &out->calls);
}
