/* agg_count.c
 *
 * COUNT: how many values of a group are not NULL. COUNT(*) and COUNT() come here as a count of
 * ROWTIME, which is never NULL. Undo takes one away, so it works on tables.
 * Source: ksqlDB's CountKudaf.
 */
#include "functions/agg_support.h"
#include "functions/families.h"

struct count_state {
    int64_t count;
};

static enum status count_resolve(struct aggregate *aggregate, struct arena *arena,
                                 struct diag *diag)
{
    (void)arena;
    return agg_set_state(aggregate, type_of(TYPE_BIGINT), AGG_STATE_BYTES(struct count_state),
                         diag);
}

static enum status count_add(const struct aggregate *aggregate, void *state,
                             const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct count_state *self = state;
    self->count += !arguments[0].is_null;
    return STATUS_OK;
}

static enum status count_undo(const struct aggregate *aggregate, void *state,
                              const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct count_state *self = state;
    self->count -= !arguments[0].is_null;
    return STATUS_OK;
}

static enum status count_add_rows(const struct aggregate *aggregate, void *const *states,
                                  const struct column *const *arguments, size_t row_count,
                                  struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    const struct column *column = arguments[0];
    for (size_t i = 0; i < row_count; i++) {
        struct count_state *self = states[i];
        self->count += !column_is_null(column, i);
    }
    return STATUS_OK;
}

static enum status count_merge(const struct aggregate *aggregate, void *state, const void *from,
                               struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct count_state *self = state;
    const struct count_state *other = from;
    self->count += other->count;
    return STATUS_OK;
}

static enum status count_save(const struct aggregate *aggregate, const void *state,
                              struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct count_state *self = state;
    *out = value_int64(self->count);
    return STATUS_OK;
}

static enum status count_load(const struct aggregate *aggregate, const struct value *saved,
                              void *state, struct diag *diag)
{
    struct count_state *self = state;
    if (saved->is_null) {
        return agg_corrupt(aggregate, diag);
    }
    self->count = saved->int64;
    return STATUS_OK;
}

static const struct aggregate_def count_table[] = {
    {.name = "COUNT",
     .parameters = "T val1",
     .returns = "BIGINT",
     .summary = "Counts the rows of a group: those whose argument is not NULL, or all with "
                "COUNT(*).",
     .resolve = count_resolve,
     .init = agg_init_zero,
     .add = count_add,
     .undo = count_undo,
     .merge = count_merge,
     .result = count_save,
     .save = count_save,
     .load = count_load,
     .add_rows = count_add_rows},
};

const struct function_family aggregate_count_family = {
    .aggregates = count_table, .aggregate_count = sizeof(count_table) / sizeof(count_table[0])};
