/* array_sort.c
 *
 * A bottom-up merge sort: stable, as Java's is, n log n on any input, and without a global for
 * the comparison, which qsort would need to know the type.
 */
#include "functions/array_sort.h"

#include <string.h>

#include "functions/natural_order.h"

enum status array_sort_check(struct function_call *call, const struct type *type)
{
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP || type->kind == TYPE_STRUCT) {
        return function_fail(call, "values of type %s have no order", type_kind_name(type->kind));
    }
    return STATUS_OK;
}

/* True when b must come before a. */
static bool is_before(const struct type *type, const struct value *b, const struct value *a,
                      bool is_descending)
{
    if (a->is_null || b->is_null) {
        return a->is_null && !b->is_null;
    }
    const int order = natural_order(type, b, a);
    return is_descending ? order > 0 : order < 0;
}

static void merge_runs(const struct type *type, const struct value *from, struct value *to,
                       uint32_t start, uint32_t middle, uint32_t end, bool is_descending)
{
    uint32_t left = start;
    uint32_t right = middle;
    for (uint32_t i = start; i < end; i++) {
        const bool takes_right =
            left == middle ||
            (right < end && is_before(type, &from[right], &from[left], is_descending));
        to[i] = takes_right ? from[right++] : from[left++];
    }
}

enum status array_sort_values(const struct type *type, struct value *items, uint32_t count,
                              bool is_descending, struct arena *arena, struct diag *diag)
{
    struct value *spare = arena_array(arena, count, sizeof(*spare));
    if (!spare) {
        return diag_no_memory(diag);
    }
    struct value *from = items;
    struct value *to = spare;
    for (uint64_t width = 1; width < count; width *= 2) {
        for (uint64_t start = 0; start < count; start += 2 * width) {
            const uint64_t middle = start + width < count ? start + width : count;
            const uint64_t end = middle + width < count ? middle + width : count;
            merge_runs(type, from, to, (uint32_t)start, (uint32_t)middle, (uint32_t)end,
                       is_descending);
        }
        struct value *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items) {
        memcpy(items, from, count * sizeof(*items));
    }
    return STATUS_OK;
}
