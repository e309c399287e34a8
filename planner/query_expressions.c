/* query_expressions.c
 *
 * Lists of distinct expressions: equal aggregate or table function calls of a query are made once.
 * A linear search is enough, since a query has few of them.
 */
#include <string.h>

#include "planner/expression_tree.h"
#include "planner/query.h"

enum { LIST_ITEMS_MIN = 8 };

enum status query_expressions_add(const struct planner *planner, struct query_expressions *list,
                                  const struct expression *expression)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (expression_equal(list->items[i], expression)) {
            return STATUS_OK;
        }
    }
    /* The room is the next power of two, so that it need not be kept beside the list. */
    const bool is_full = list->count == 0 || (list->count >= LIST_ITEMS_MIN &&
                                              (list->count & (list->count - 1)) == 0);
    if (is_full) {
        const size_t room = list->count ? 2 * (size_t)list->count : LIST_ITEMS_MIN;
        struct expression **items = arena_array(planner->arena, room, sizeof(*items));
        if (!items) {
            return diag_no_memory(planner->diag);
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
    }
    list->items[list->count++] = (struct expression *)expression;
    return STATUS_OK;
}
