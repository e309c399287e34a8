/* array_sort.h: sorting values of one type. Private to functions/. Thread: any. */
#ifndef FUNCTIONS_ARRAY_SORT_H
#define FUNCTIONS_ARRAY_SORT_H

#include "functions/function.h"

/* Fails the call when values of type have no order (arrays, maps, structs). */
MUST_USE enum status array_sort_check(struct function_call *call, const struct type *type);

/* Sorts items stably in their natural order, or in descending order, NULLs last in both. The
 * arena gives working memory. */
MUST_USE enum status array_sort_values(const struct type *type, struct value *items, uint32_t count,
                                       bool is_descending, struct arena *arena, struct diag *diag);

#endif
