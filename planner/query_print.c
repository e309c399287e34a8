/* query_print.c
 *
 * The parser's printer does the work; here the resolved expressions are put back into a copy of
 * the statement's tree.
 */
#include "planner/query_print.h"

#include "parser/printer.h"

static enum status copy_items(const struct planner *planner, const struct query *query,
                              struct select_query *out)
{
    struct select_item *items = arena_array(planner->arena, query->item_count, sizeof(*items));
    if (!items) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        items[i] = (struct select_item){.kind = item->kind,
                                        .expression = item->expression,
                                        .has_alias = item->kind == SELECT_ITEM_EXPRESSION,
                                        .alias = {.name = item->alias}};
        if (item->kind == SELECT_ITEM_SOURCE_STAR) {
            items[i].source.name = query->sources[item->source_index].alias;
        }
    }
    out->items = items;
    out->item_count = query->item_count;
    return STATUS_OK;
}

static enum status copy_joins(const struct planner *planner, const struct query *query,
                              struct select_query *out)
{
    const size_t count = query->ast->join_count;
    out->joins = arena_array(planner->arena, count, sizeof(*out->joins));
    if (!out->joins) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        out->joins[i] = query->ast->joins[i];
        out->joins[i].source.has_alias = true;
        out->joins[i].on = query->join_on[i];
    }
    return STATUS_OK;
}

enum status query_print_create_as(const struct planner *planner, const struct query *query,
                                  const struct create_as_statement *statement, struct buffer *out)
{
    struct select_query copy = *query->ast;
    TRY(copy_items(planner, query, &copy));
    TRY(copy_joins(planner, query, &copy));
    copy.from.has_alias = true;
    copy.where = query->where;
    copy.having = query->having;
    copy.group_by = (struct expression_list){query->group_by.items, query->group_by.count};
    copy.partition_by =
        (struct expression_list){query->partition_by.items, query->partition_by.count};
    struct statement printed = {.kind = STATEMENT_CREATE_AS, .create_as = *statement};
    printed.create_as.query = &copy;
    printer_statement(out, &printed);
    return buffer_status(out, planner->diag);
}
