/* agg_by_offset.c
 *
 * EARLIEST_BY_OFFSET and LATEST_BY_OFFSET: the first or last value of a group in the order of
 * processing, or the first or last n of them, oldest first. NULLs are skipped unless the
 * literal ignoreNulls is false.
 *
 * Each value that is taken gets a number from aggregate->order, so that merging session windows
 * can tell which came first; those numbers are what ksqlDB calls SEQ, and are saved. Of equal
 * numbers (no counter) the merged-in group counts as later.
 *
 * Merging two n-lists keeps the n oldest, for LATEST_BY_OFFSET too: that is what ksqlDB does.
 * Source: ksqlDB's EarliestByOffset, LatestByOffset and KudafByOffsetUtils.
 */
#include <assert.h>

#include "functions/agg_items.h"
#include "functions/agg_support.h"
#include "functions/families.h"

/* Oldest first. The tag of an item is its number. A single value is a list of at most one. */
struct by_offset_state {
    struct agg_items *items;
};

static const struct type *value_type(const struct aggregate *aggregate)
{
    return aggregate->argument_types[0];
}

/* The literals are [INT n] [BOOLEAN ignoreNulls]. */
static bool is_list(const struct aggregate *aggregate)
{
    return aggregate->constant_count > 0 && aggregate->constant_types[0]->kind == TYPE_INTEGER;
}

static uint32_t length_max(const struct aggregate *aggregate)
{
    return is_list(aggregate) ? (uint32_t)aggregate->constants[0].int32 : 1;
}

static bool ignores_nulls(const struct aggregate *aggregate)
{
    const uint32_t at = is_list(aggregate) ? 1 : 0;
    return aggregate->constant_count <= at || aggregate->constants[at].boolean;
}

static enum status by_offset_resolve(struct aggregate *aggregate, struct arena *arena,
                                     const char *length_name, struct diag *diag)
{
    if (is_list(aggregate) && aggregate->constants[0].int32 < 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s must be 1 or greater",
                         length_name);
    }
    const struct type_field fields[] = {{TEXT("SEQ"), type_of(TYPE_BIGINT)},
                                        {TEXT("VAL"), value_type(aggregate)}};
    const struct type *state = agg_struct_type(arena, fields, 2);
    if (state && is_list(aggregate)) {
        state = type_array(arena, state);
    }
    return agg_set_state(aggregate, state, AGG_STATE_BYTES(struct by_offset_state), diag);
}

static enum status earliest_resolve(struct aggregate *aggregate, struct arena *arena,
                                    struct diag *diag)
{
    return by_offset_resolve(aggregate, arena, "earliestN", diag);
}

static enum status latest_resolve(struct aggregate *aggregate, struct arena *arena,
                                  struct diag *diag)
{
    return by_offset_resolve(aggregate, arena, "latestN", diag);
}

static int64_t next_number(const struct aggregate *aggregate)
{
    return aggregate->order ? (*aggregate->order)++ : 0;
}

static enum status earliest_add(const struct aggregate *aggregate, void *state,
                                const struct value *arguments, struct diag *diag)
{
    struct by_offset_state *self = state;
    const bool is_full = agg_items_count(self->items) == length_max(aggregate);
    if (is_full || (arguments[0].is_null && ignores_nulls(aggregate))) {
        return STATUS_OK;
    }
    return agg_items_append(&self->items, value_type(aggregate), &arguments[0],
                            next_number(aggregate), diag);
}

static enum status latest_add(const struct aggregate *aggregate, void *state,
                              const struct value *arguments, struct diag *diag)
{
    struct by_offset_state *self = state;
    if (arguments[0].is_null && ignores_nulls(aggregate)) {
        return STATUS_OK;
    }
    struct text staged;
    TRY(agg_items_stage(&self->items, value_type(aggregate), &arguments[0], &staged, diag));
    if (length_max(aggregate) == 1) {
        return agg_items_keep_only(self->items, next_number(aggregate), diag);
    }
    TRY(agg_items_keep(self->items, agg_items_count(self->items), next_number(aggregate), diag));
    if (agg_items_count(self->items) > length_max(aggregate)) {
        agg_items_remove(self->items, 0);
    }
    return STATUS_OK;
}

/* Puts item i of other in its place by number, behind equal numbers. */
static enum status merge_item(struct by_offset_state *self, const struct agg_items *other,
                              uint32_t i, struct diag *diag)
{
    const int64_t number = agg_items_tag(other, i);
    uint32_t at = agg_items_count(self->items);
    while (at > 0 && agg_items_tag(self->items, at - 1) > number) {
        at--;
    }
    struct text staged;
    TRY(agg_items_stage_encoded(&self->items, agg_items_text(other, i), &staged, diag));
    return agg_items_keep(self->items, at, number, diag);
}

static enum status merge_all(struct by_offset_state *self, const struct by_offset_state *other,
                             struct diag *diag)
{
    for (uint32_t i = 0; i < agg_items_count(other->items); i++) {
        TRY(merge_item(self, other->items, i, diag));
    }
    return STATUS_OK;
}

static enum status earliest_merge(const struct aggregate *aggregate, void *state, const void *from,
                                  struct diag *diag)
{
    struct by_offset_state *self = state;
    TRY(merge_all(self, from, diag));
    while (agg_items_count(self->items) > length_max(aggregate)) {
        agg_items_remove(self->items, agg_items_count(self->items) - 1);
    }
    return STATUS_OK;
}

static enum status latest_merge(const struct aggregate *aggregate, void *state, const void *from,
                                struct diag *diag)
{
    struct by_offset_state *self = state;
    if (is_list(aggregate)) {
        return earliest_merge(aggregate, state, from, diag);
    }
    TRY(merge_all(self, from, diag));
    while (agg_items_count(self->items) > 1) {
        agg_items_remove(self->items, 0);
    }
    return STATUS_OK;
}

static enum status by_offset_result(const struct aggregate *aggregate, const void *state,
                                    struct arena *arena, struct value *out, struct diag *diag)
{
    const struct by_offset_state *self = state;
    if (is_list(aggregate)) {
        return agg_items_return_list(self->items, value_type(aggregate), arena, out, diag);
    }
    struct value *values = NULL;
    TRY(agg_items_values(self->items, value_type(aggregate), arena, &values, diag));
    *out = agg_items_count(self->items) > 0 ? values[0] : VALUE_NULL;
    return STATUS_OK;
}

/* A single value that was never set is saved as NULL. */
static enum status by_offset_save(const struct aggregate *aggregate, const void *state,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    const struct by_offset_state *self = state;
    const uint32_t count = agg_items_count(self->items);
    struct value *values = NULL;
    TRY(agg_items_values(self->items, value_type(aggregate), arena, &values, diag));
    for (uint32_t i = 0; i < count; i++) {
        const struct value entry[] = {value_int64(agg_items_tag(self->items, i)), values[i]};
        TRY(agg_return_list(arena, entry, 2, &values[i], diag));
    }
    if (is_list(aggregate)) {
        return agg_return_list(arena, values, count, out, diag);
    }
    *out = count > 0 ? values[0] : VALUE_NULL;
    return STATUS_OK;
}

static enum status load_entry(const struct aggregate *aggregate, struct by_offset_state *self,
                              const struct value *entry, struct diag *diag)
{
    if (entry->is_null || entry->list->count != 2 || entry->list->items[0].is_null) {
        return agg_corrupt(aggregate, diag);
    }
    const int64_t number = entry->list->items[0].int64;
    if (aggregate->order && *aggregate->order <= number) {
        *aggregate->order = number + 1;
    }
    return agg_items_append(&self->items, value_type(aggregate), &entry->list->items[1], number,
                            diag);
}

static enum status by_offset_load(const struct aggregate *aggregate, const struct value *saved,
                                  void *state, struct diag *diag)
{
    if (!is_list(aggregate)) {
        return saved->is_null ? STATUS_OK : load_entry(aggregate, state, saved, diag);
    }
    if (saved->is_null) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        TRY(load_entry(aggregate, state, &saved->list->items[i], diag));
    }
    return STATUS_OK;
}

#define BY_OFFSET_CODE                                                                             \
    .init = agg_init_zero, .result = by_offset_result, .save = by_offset_save,                     \
    .load = by_offset_load, .release = agg_items_release_state

#define EARLIEST(literals, literal_count, result, text)                                            \
    {                                                                                              \
        .name = "EARLIEST_BY_OFFSET", .parameters = "T val1" literals,                             \
        .literal_parameter_count = (literal_count), .returns = result, .summary = (text),          \
        BY_OFFSET_CODE, .resolve = earliest_resolve, .add = earliest_add, .merge = earliest_merge  \
    }

#define LATEST(literals, literal_count, result, text)                                              \
    {                                                                                              \
        .name = "LATEST_BY_OFFSET", .parameters = "T val1" literals,                               \
        .literal_parameter_count = (literal_count), .returns = result, .summary = (text),          \
        BY_OFFSET_CODE, .resolve = latest_resolve, .add = latest_add, .merge = latest_merge        \
    }

static const struct aggregate_def by_offset_table[] = {
    EARLIEST("", 0, "T",
             "Returns the first value of a column, or its first earliestN values, in the order "
             "of processing. NULLs are skipped unless ignoreNulls is false."),
    EARLIEST(", BOOLEAN ignoreNulls", 1, "T", NULL),
    EARLIEST(", INT earliestN", 1, "ARRAY<T>", NULL),
    EARLIEST(", INT earliestN, BOOLEAN ignoreNulls", 2, "ARRAY<T>", NULL),
    LATEST("", 0, "T",
           "Returns the last value of a column, or its last latestN values, in the order of "
           "processing. NULLs are skipped unless ignoreNulls is false."),
    LATEST(", BOOLEAN ignoreNulls", 1, "T", NULL),
    LATEST(", INT latestN", 1, "ARRAY<T>", NULL),
    LATEST(", INT latestN, BOOLEAN ignoreNulls", 2, "ARRAY<T>", NULL),
};

const struct function_family aggregate_by_offset_family = {
    .aggregates = by_offset_table,
    .aggregate_count = sizeof(by_offset_table) / sizeof(by_offset_table[0])};
