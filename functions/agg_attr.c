/* agg_attr.c
 *
 * ATTR: the one value that a column has in a group, or NULL when it has several. NULL is a value
 * too, so a group of NULL and 1 gives NULL. Every value is kept with its count, so that a table
 * may take values away until one is left.
 *
 * A value whose count fell to 0 leaves the list; ksqlDB keeps it with count 0, which shows in
 * its changelog only. Source: ksqlDB's Attr.
 */
#include "functions/agg_items.h"
#include "functions/agg_support.h"
#include "functions/families.h"

/* The tag of an item is its count. */
struct attr_state {
    struct agg_items *items;
};

static enum status attr_resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    const struct type_field fields[] = {{TEXT("VALUE"), aggregate->argument_types[0]},
                                        {TEXT("COUNT"), type_of(TYPE_INTEGER)}};
    const struct type *entry = agg_struct_type(arena, fields, 2);
    return agg_set_state(aggregate, entry ? type_array(arena, entry) : NULL,
                         AGG_STATE_BYTES(struct attr_state), diag);
}

static enum status count_value(const struct aggregate *aggregate, struct attr_state *self,
                               const struct value *value, int64_t change, struct diag *diag)
{
    struct text staged;
    TRY(agg_items_stage(&self->items, aggregate->argument_types[0], value, &staged, diag));
    return agg_items_count_staged(self->items, staged, change, UINT32_MAX, diag);
}

static enum status attr_add(const struct aggregate *aggregate, void *state,
                            const struct value *arguments, struct diag *diag)
{
    return count_value(aggregate, state, &arguments[0], 1, diag);
}

static enum status attr_undo(const struct aggregate *aggregate, void *state,
                             const struct value *arguments, struct diag *diag)
{
    return count_value(aggregate, state, &arguments[0], -1, diag);
}

static enum status attr_merge(const struct aggregate *aggregate, void *state, const void *from,
                              struct diag *diag)
{
    (void)aggregate;
    struct attr_state *self = state;
    const struct attr_state *other = from;
    return agg_items_merge_counts(&self->items, other->items, UINT32_MAX, diag);
}

static enum status attr_result(const struct aggregate *aggregate, const void *state,
                               struct arena *arena, struct value *out, struct diag *diag)
{
    const struct attr_state *self = state;
    if (agg_items_count(self->items) != 1) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    struct value *values = NULL;
    TRY(agg_items_values(self->items, aggregate->argument_types[0], arena, &values, diag));
    *out = values[0];
    return STATUS_OK;
}

static enum status attr_save(const struct aggregate *aggregate, const void *state,
                             struct arena *arena, struct value *out, struct diag *diag)
{
    const struct attr_state *self = state;
    const uint32_t count = agg_items_count(self->items);
    struct value_list *list = value_list_create(arena, count);
    if (!list) {
        return diag_no_memory(diag);
    }
    struct value *values = NULL;
    TRY(agg_items_values(self->items, aggregate->argument_types[0], arena, &values, diag));
    for (uint32_t i = 0; i < count; i++) {
        const struct value entry[] = {values[i],
                                      value_int32((int32_t)agg_items_tag(self->items, i))};
        TRY(agg_return_list(arena, entry, 2, &list->items[i], diag));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status attr_load(const struct aggregate *aggregate, const struct value *saved,
                             void *state, struct diag *diag)
{
    if (saved->is_null) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        const struct value *entry = &saved->list->items[i];
        if (entry->is_null || entry->list->count != 2 || entry->list->items[1].is_null) {
            return agg_corrupt(aggregate, diag);
        }
        const struct value *items = entry->list->items;
        TRY(count_value(aggregate, state, &items[0], items[1].int32, diag));
    }
    return STATUS_OK;
}

static const struct aggregate_def attr_table[] = {
    {.name = "ATTR",
     .parameters = "T val1",
     .returns = "T",
     .summary = "Returns the one value that a column has in a group, or NULL when the group has "
                "several; NULL counts as a value.",
     .resolve = attr_resolve,
     .init = agg_init_zero,
     .add = attr_add,
     .undo = attr_undo,
     .merge = attr_merge,
     .result = attr_result,
     .save = attr_save,
     .load = attr_load,
     .release = agg_items_release_state},
};

const struct function_family aggregate_attr_family = {
    .aggregates = attr_table, .aggregate_count = sizeof(attr_table) / sizeof(attr_table[0])};
