/* agg_collect.c
 *
 * COLLECT_LIST gathers all values of a group in order of arrival, COLLECT_SET the distinct ones
 * in order of first sight; NULL is a value like any other. aggregate->limit bounds both
 * (ksql.functions.collect_list.limit, collect_set.limit): what comes later is ignored. A limit
 * below 0 is none.
 *
 * COLLECT_LIST works on tables: undo removes the last equal value, or nothing when the value was
 * never taken because of the limit. Source: ksqlDB's CollectListUdaf and CollectSetUdaf.
 */
#include "base/number_text.h"
#include "functions/agg_items.h"
#include "functions/agg_support.h"
#include "functions/families.h"

struct collect_state {
    struct agg_items *items;
};

static enum status collect_resolve(struct aggregate *aggregate, struct arena *arena,
                                   struct diag *diag)
{
    (void)arena;
    const struct text setting = aggregate_setting(aggregate, "limit");
    int32_t limit = -1;
    if (setting.data && !number_text_parse_int32(setting, &limit)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid value %.*s for configuration ksql.functions.%s.limit: Not a "
                         "number of type INT",
                         TEXT_ARGS(setting), aggregate->def->spelling);
    }
    aggregate->limit = limit < 0 ? INT32_MAX : limit;
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct collect_state),
                         diag);
}

static bool is_full(const struct aggregate *aggregate, const struct collect_state *self)
{
    return (int64_t)agg_items_count(self->items) >= aggregate->limit;
}

static enum status list_add(const struct aggregate *aggregate, void *state,
                            const struct value *arguments, struct diag *diag)
{
    struct collect_state *self = state;
    if (is_full(aggregate, self)) {
        return STATUS_OK;
    }
    return agg_items_append(&self->items, aggregate->argument_types[0], &arguments[0], 0, diag);
}

static enum status list_undo(const struct aggregate *aggregate, void *state,
                             const struct value *arguments, struct diag *diag)
{
    struct collect_state *self = state;
    struct text staged;
    TRY(agg_items_stage(&self->items, aggregate->argument_types[0], &arguments[0], &staged, diag));
    const int64_t at = agg_items_find_last(self->items, staged);
    if (at >= 0) {
        agg_items_remove(self->items, (uint32_t)at);
    }
    return STATUS_OK;
}

static enum status keep_if_new(struct collect_state *self, struct text staged, struct diag *diag)
{
    if (agg_items_find(self->items, staged) >= 0) {
        return STATUS_OK;
    }
    return agg_items_keep(self->items, agg_items_count(self->items), 0, diag);
}

static enum status set_add(const struct aggregate *aggregate, void *state,
                           const struct value *arguments, struct diag *diag)
{
    struct collect_state *self = state;
    if (is_full(aggregate, self)) {
        return STATUS_OK;
    }
    struct text staged;
    TRY(agg_items_stage(&self->items, aggregate->argument_types[0], &arguments[0], &staged, diag));
    return keep_if_new(self, staged, diag);
}

static enum status list_merge(const struct aggregate *aggregate, void *state, const void *from,
                              struct diag *diag)
{
    struct collect_state *self = state;
    const struct collect_state *other = from;
    for (uint32_t i = 0; i < agg_items_count(other->items) && !is_full(aggregate, self); i++) {
        struct text staged;
        TRY(agg_items_stage_encoded(&self->items, agg_items_text(other->items, i), &staged, diag));
        TRY(agg_items_keep(self->items, agg_items_count(self->items), 0, diag));
    }
    return STATUS_OK;
}

static enum status set_merge(const struct aggregate *aggregate, void *state, const void *from,
                             struct diag *diag)
{
    struct collect_state *self = state;
    const struct collect_state *other = from;
    for (uint32_t i = 0; i < agg_items_count(other->items) && !is_full(aggregate, self); i++) {
        struct text staged;
        TRY(agg_items_stage_encoded(&self->items, agg_items_text(other->items, i), &staged, diag));
        TRY(keep_if_new(self, staged, diag));
    }
    return STATUS_OK;
}

static enum status collect_save(const struct aggregate *aggregate, const void *state,
                                struct arena *arena, struct value *out, struct diag *diag)
{
    const struct collect_state *self = state;
    return agg_items_return_list(self->items, aggregate->argument_types[0], arena, out, diag);
}

static enum status collect_load(const struct aggregate *aggregate, const struct value *saved,
                                void *state, struct diag *diag)
{
    struct collect_state *self = state;
    if (saved->is_null) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        TRY(agg_items_append(&self->items, aggregate->argument_types[0], &saved->list->items[i], 0,
                             diag));
    }
    return STATUS_OK;
}

#define COLLECT_CODE                                                                               \
    .parameters = "T val1", .returns = "ARRAY<T>", .resolve = collect_resolve,                     \
    .init = agg_init_zero, .result = collect_save, .save = collect_save, .load = collect_load,     \
    .release = agg_items_release_state

static const struct aggregate_def collect_table[] = {
    {.name = "COLLECT_LIST",
     .spelling = "collect_list",
     .summary = "Gathers all values of a group in an array, NULLs included. The setting "
                "ksql.functions.collect_list.limit bounds its length; later values are ignored.",
     COLLECT_CODE,
     .add = list_add,
     .undo = list_undo,
     .merge = list_merge},
    {.name = "COLLECT_SET",
     .spelling = "collect_set",
     .summary = "Gathers the distinct values of a group in an array, NULL included. Not for "
                "tables. The setting ksql.functions.collect_set.limit bounds its length; later "
                "values are ignored.",
     COLLECT_CODE,
     .add = set_add,
     .merge = set_merge},
};

const struct function_family aggregate_collect_family = {
    .aggregates = collect_table,
    .aggregate_count = sizeof(collect_table) / sizeof(collect_table[0])};
