/* query_check.c
 *
 * Columns are looked for in the order in which ksqlDB reports them: conditions first, then
 * groupings, then the projection. A window bound counts as a column of a single source when the
 * query has a WINDOW clause; where it may really stand is decided by the aggregation.
 */
#include "planner/query_check.h"

#include "functions/registry.h"
#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"

struct check_context {
    const struct planner *planner;
    const struct query *query;
    const struct join_rules *joins; /* NULL: no join key can be named */
    const char *clause;
    bool is_partition_by;
};

static bool column_exists(const struct check_context *self, const struct expression *node,
                          const struct lambda_frame *lambdas)
{
    const struct text name = node->column.name.name;
    const bool has_window = self->query->ast->window && !query_is_join(self->query);
    if (has_window && name_is_window_bound(name)) {
        return true;
    }
    if (node->column.has_source) {
        const struct query_source *source =
            query_find_source(self->query, node->column.source.name);
        return source && query_source_has(source, name);
    }
    if (self->joins && self->joins->is_synthetic && text_equal(name, self->joins->key_name)) {
        return true;
    }
    return lambda_frame_binds(lambdas, name);
}

static enum status check_function(const struct check_context *self, const struct expression *node)
{
    enum function_kind kind;
    if (node->kind != EXPRESSION_CALL ||
        function_find_kind(self->planner->registry, node->call.name.name, &kind)) {
        return STATUS_OK;
    }
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                     "Can't find any functions with the name '%.*s'",
                     TEXT_ARGS(node->call.name.name));
}

static enum status check_node(void *context, const struct expression *node,
                              const struct lambda_frame *lambdas, bool *enter)
{
    const struct check_context *self = context;
    (void)enter;
    TRY(check_function(self, node));
    if (node->kind != EXPRESSION_COLUMN || column_exists(self, node, lambdas)) {
        return STATUS_OK;
    }
    const struct text text = printer_expression_text(self->planner->arena, node);
    const enum status status =
        fail_at(self->planner->diag, node->pos, "%s column '%.*s' cannot be resolved.",
                self->clause, TEXT_ARGS(text));
    if (self->is_partition_by) {
        diag_append(self->planner->diag,
                    " '%.*s' must be a column in the source schema since PARTITION BY is applied "
                    "on the input.",
                    TEXT_ARGS(text));
    }
    return status;
}

static enum status check_one(struct check_context *self, const char *clause,
                             const struct expression *expression)
{
    if (!expression) {
        return STATUS_OK;
    }
    self->clause = clause;
    const struct expression_visitor visitor = {check_node, self};
    return expression_visit(&visitor, expression);
}

enum status query_check_expression(const struct planner *planner, const struct query *query,
                                   const char *clause, const struct expression *expression)
{
    struct check_context context = {.planner = planner, .query = query};
    return check_one(&context, clause, expression);
}

enum status query_check_columns(const struct planner *planner, const struct query *query,
                                const struct join_rules *joins)
{
    struct check_context context = {.planner = planner, .query = query};
    TRY(check_one(&context, "WHERE", query->where));
    for (uint32_t i = 0; i < query->group_by.count; i++) {
        TRY(check_one(&context, "GROUP BY", query->group_by.items[i]));
    }
    context.is_partition_by = true;
    for (uint32_t i = 0; i < query->partition_by.count; i++) {
        TRY(check_one(&context, "PARTITION BY", query->partition_by.items[i]));
    }
    context.is_partition_by = false;
    TRY(check_one(&context, "HAVING", query->having));
    context.joins = joins;
    for (uint32_t i = 0; i < query->item_count; i++) {
        TRY(check_one(&context, "SELECT", query->items[i].expression));
    }
    return STATUS_OK;
}

enum status query_check_formats(const struct planner *planner, const struct query *query)
{
    const bool is_join = query_is_join(query);
    if (!is_join && !query->ast->has_group_by) {
        return STATUS_OK;
    }
    struct text *names = arena_array(planner->arena, query->source_count, sizeof(*names));
    if (!names) {
        return diag_no_memory(planner->diag);
    }
    size_t count = 0;
    for (uint32_t i = 0; i < query->source_count; i++) {
        if (query->sources[i].source->value_serde.format == FORMAT_KAFKA) {
            names[count++] = query->sources[i].source->name;
        }
    }
    if (count == 0) {
        return STATUS_OK;
    }
    const struct text list = name_list(planner->arena, names, count, ", ");
    return diag_fail(planner->diag, STATUS_INVALID, query->ast->from.name.pos,
                     "Source(s) %.*s are using the 'KAFKA' value format. This format does not "
                     "yet support %s.",
                     TEXT_ARGS(list), is_join ? "JOIN" : "GROUP BY");
}
