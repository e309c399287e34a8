/* agg_support.c
 *
 * Small helpers of the accumulators: building intermediate types and the list values that they
 * are saved as. A saved value may come from a damaged file, so load() checks its shape here.
 */
#include "functions/agg_support.h"

#include <string.h>

const struct type *agg_struct_type(struct arena *arena, const struct type_field *fields,
                                   uint32_t field_count)
{
    struct type_field *copy = arena_array(arena, field_count, sizeof(*copy));
    if (!copy) {
        return NULL;
    }
    memcpy(copy, fields, field_count * sizeof(*copy));
    return type_struct(arena, copy, field_count);
}

enum status agg_set_state(struct aggregate *aggregate, const struct type *state_type,
                          uint32_t state_bytes, struct diag *diag)
{
    if (!state_type) {
        return diag_no_memory(diag);
    }
    aggregate->state_type = state_type;
    aggregate->state_bytes = state_bytes;
    return STATUS_OK;
}

enum status agg_init_zero(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)diag;
    memset(state, 0, aggregate->state_bytes);
    return STATUS_OK;
}

enum status agg_return_list(struct arena *arena, const struct value *items, uint32_t count,
                            struct value *out, struct diag *diag)
{
    struct value_list *list = value_list_create(arena, count);
    if (!list) {
        return diag_no_memory(diag);
    }
    if (count) {
        memcpy(list->items, items, count * sizeof(*items));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

const struct value *agg_saved_items(const struct value *saved, uint32_t count)
{
    if (saved->is_null || saved->list->count != count) {
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (saved->list->items[i].is_null) {
            return NULL;
        }
    }
    return saved->list->items;
}

enum status agg_corrupt(const struct aggregate *aggregate, struct diag *diag)
{
    return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "saved state of %s is damaged",
                     aggregate->def->name);
}
