/* agg_histogram.c
 *
 * HISTOGRAM: how often each text of a column occurs in a group, as a map. At most 1000 distinct
 * texts are kept: a further one is ignored, those that are there go on being counted. Undo takes
 * one away and drops the text at 0.
 *
 * NULL is counted too. A map cannot have it as a key here, so it stands under the text "null",
 * as JSON prints it. Source: ksqlDB's HistogramUdaf.
 */
#include "functions/agg_items.h"
#include "functions/agg_support.h"
#include "functions/families.h"

enum { HISTOGRAM_KEYS_MAX = 1000 }; /* ksqlDB's limit */

/* The tag of an item is its count. */
struct histogram_state {
    struct agg_items *items;
};

static enum status histogram_resolve(struct aggregate *aggregate, struct arena *arena,
                                     struct diag *diag)
{
    (void)arena;
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct histogram_state),
                         diag);
}

static enum status count_key(struct histogram_state *self, const struct value *key, int64_t change,
                             struct diag *diag)
{
    const struct value text = key->is_null ? value_text(TEXT("null")) : *key;
    struct text staged;
    TRY(agg_items_stage(&self->items, type_of(TYPE_STRING), &text, &staged, diag));
    return agg_items_count_staged(self->items, staged, change, HISTOGRAM_KEYS_MAX, diag);
}

static enum status histogram_add(const struct aggregate *aggregate, void *state,
                                 const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    return count_key(state, &arguments[0], 1, diag);
}

static enum status histogram_undo(const struct aggregate *aggregate, void *state,
                                  const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    return count_key(state, &arguments[0], -1, diag);
}

static enum status histogram_merge(const struct aggregate *aggregate, void *state, const void *from,
                                   struct diag *diag)
{
    (void)aggregate;
    struct histogram_state *self = state;
    const struct histogram_state *other = from;
    return agg_items_merge_counts(&self->items, other->items, HISTOGRAM_KEYS_MAX, diag);
}

static enum status histogram_save(const struct aggregate *aggregate, const void *state,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    const struct histogram_state *self = state;
    const uint32_t count = agg_items_count(self->items);
    struct value_map *map = value_map_create(arena, count);
    if (!map) {
        return diag_no_memory(diag);
    }
    TRY(agg_items_values(self->items, type_of(TYPE_STRING), arena, &map->keys, diag));
    for (uint32_t i = 0; i < count; i++) {
        map->values[i] = value_int64(agg_items_tag(self->items, i));
    }
    map->count = count;
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static enum status histogram_load(const struct aggregate *aggregate, const struct value *saved,
                                  void *state, struct diag *diag)
{
    if (saved->is_null || saved->map->count > HISTOGRAM_KEYS_MAX) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->map->count; i++) {
        if (saved->map->values[i].is_null) {
            return agg_corrupt(aggregate, diag);
        }
        TRY(count_key(state, &saved->map->keys[i], saved->map->values[i].int64, diag));
    }
    return STATUS_OK;
}

static const struct aggregate_def histogram_table[] = {
    {.name = "HISTOGRAM",
     .spelling = "histogram",
     .parameters = "VARCHAR val1",
     .returns = "MAP<VARCHAR, BIGINT>",
     .summary = "Returns a map of each distinct text of a column and how often it occurs. The "
                "map has at most 1000 entries; texts beyond that are ignored.",
     .resolve = histogram_resolve,
     .init = agg_init_zero,
     .add = histogram_add,
     .undo = histogram_undo,
     .merge = histogram_merge,
     .result = histogram_save,
     .save = histogram_save,
     .load = histogram_load,
     .release = agg_items_release_state},
};

const struct function_family aggregate_histogram_family = {
    .aggregates = histogram_table,
    .aggregate_count = sizeof(histogram_table) / sizeof(histogram_table[0])};
