/* test_lists.c
 *
 * Aggregates of the test cases that gather their first argument, where no argument is NULL:
 * OBJ_COL_ARG takes any others, GENERIC_VAR_ARG others of one type. The list is the one that the
 * built-in aggregates keep.
 */
#include "functions/agg_items.h"
#include "tests/extensions/test_functions.h"

struct list_state {
    struct agg_items *items;
    void *padding; /* states are multiples of 16 bytes */
};

static enum status resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    (void)arena;
    (void)diag;
    aggregate->state_type = aggregate->result_type;
    aggregate->state_bytes = sizeof(struct list_state);
    return STATUS_OK;
}

static enum status init(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)aggregate;
    (void)state; /* is zeroed, which is an empty list */
    (void)diag;
    return STATUS_OK;
}

static enum status add(const struct aggregate *aggregate, void *state,
                       const struct value *arguments, struct diag *diag)
{
    struct list_state *self = state;
    for (uint32_t i = 0; i < aggregate->argument_count; i++) {
        if (arguments[i].is_null) {
            return STATUS_OK;
        }
    }
    return agg_items_append(&self->items, aggregate->argument_types[0], &arguments[0], 0, diag);
}

static enum status merge(const struct aggregate *aggregate, void *state, const void *from,
                         struct diag *diag)
{
    (void)aggregate;
    struct list_state *self = state;
    const struct list_state *other = from;
    for (uint32_t i = 0; i < agg_items_count(other->items); i++) {
        struct text staged;
        TRY(agg_items_stage_encoded(&self->items, agg_items_text(other->items, i), &staged, diag));
        TRY(agg_items_keep(self->items, agg_items_count(self->items), 0, diag));
    }
    return STATUS_OK;
}

static enum status save(const struct aggregate *aggregate, const void *state, struct arena *arena,
                        struct value *out, struct diag *diag)
{
    const struct list_state *self = state;
    return agg_items_return_list(self->items, aggregate->argument_types[0], arena, out, diag);
}

static enum status load(const struct aggregate *aggregate, const struct value *saved, void *state,
                        struct diag *diag)
{
    struct list_state *self = state;
    if (saved->is_null) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "a saved list is NULL");
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        TRY(agg_items_append(&self->items, aggregate->argument_types[0], &saved->list->items[i], 0,
                             diag));
    }
    return STATUS_OK;
}

#define LIST_CODE                                                                                  \
    .resolve = resolve, .init = init, .add = add, .merge = merge, .result = save, .save = save,    \
    .load = load, .release = agg_items_release_state

static const struct aggregate_def aggregates[] = {
    {.name = "GENERIC_VAR_ARG",
     .parameters = "A val1, B val2, C... val3",
     .returns = "ARRAY<A>",
     LIST_CODE},
    {.name = "OBJ_COL_ARG",
     .parameters = "INT val1, ANY... val2",
     .returns = "ARRAY<INT>",
     LIST_CODE},
};

const struct function_family test_list_family = {
    .aggregates = aggregates, .aggregate_count = sizeof(aggregates) / sizeof(aggregates[0])};
