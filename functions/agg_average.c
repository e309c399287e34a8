/* agg_average.c
 *
 * AVG: the sum of the values of a group that are not NULL, over their count; 0.0 when there are
 * none. As in ksqlDB, an INT or BIGINT column keeps an integer sum of its own width, which
 * wraps, and there is no overload for DECIMAL.
 * Source: ksqlDB's AverageUdaf.
 */
#include <assert.h>

#include "functions/agg_support.h"
#include "functions/families.h"

struct average_state {
    union agg_number sum; /* of the argument's layout */
    int64_t count;
};

static enum status average_resolve(struct aggregate *aggregate, struct arena *arena,
                                   struct diag *diag)
{
    const struct type_field fields[] = {{TEXT("SUM"), aggregate->argument_types[0]},
                                        {TEXT("COUNT"), type_of(TYPE_BIGINT)}};
    return agg_set_state(aggregate, agg_struct_type(arena, fields, 2),
                         AGG_STATE_BYTES(struct average_state), diag);
}

static enum layout sum_layout(const struct aggregate *aggregate)
{
    return type_layout(aggregate->argument_types[0]);
}

static enum status average_add(const struct aggregate *aggregate, void *state,
                               const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct average_state *self = state;
    if (!arguments[0].is_null) {
        agg_number_add(sum_layout(aggregate), &self->sum, &arguments[0]);
        self->count++;
    }
    return STATUS_OK;
}

static enum status average_undo(const struct aggregate *aggregate, void *state,
                                const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct average_state *self = state;
    if (!arguments[0].is_null) {
        agg_number_subtract(sum_layout(aggregate), &self->sum, &arguments[0]);
        self->count--;
    }
    return STATUS_OK;
}

static void add_rows_int32(void *const *states, const struct column *column, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        struct average_state *self = states[i];
        self->sum.int32 = agg_wrap_add32(self->sum.int32, column->int32[i]);
        self->count += !column_is_null(column, i);
    }
}

static void add_rows_int64(void *const *states, const struct column *column, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        struct average_state *self = states[i];
        self->sum.int64 = agg_wrap_add64(self->sum.int64, column->int64[i]);
        self->count += !column_is_null(column, i);
    }
}

/* A sum of doubles is not added to for NULL: -0.0 + 0.0 is 0.0. */
static void add_rows_real(void *const *states, const struct column *column, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        struct average_state *self = states[i];
        if (!column_is_null(column, i)) {
            self->sum.real += column->real[i];
            self->count++;
        }
    }
}

static enum status average_add_rows(const struct aggregate *aggregate, void *const *states,
                                    const struct column *const *arguments, size_t row_count,
                                    struct diag *diag)
{
    (void)diag;
    const enum layout layout = sum_layout(aggregate);
    if (layout == LAYOUT_INT32) {
        add_rows_int32(states, arguments[0], row_count);
    } else if (layout == LAYOUT_INT64) {
        add_rows_int64(states, arguments[0], row_count);
    } else {
        assert(layout == LAYOUT_DOUBLE);
        add_rows_real(states, arguments[0], row_count);
    }
    return STATUS_OK;
}

static enum status average_merge(const struct aggregate *aggregate, void *state, const void *from,
                                 struct diag *diag)
{
    (void)diag;
    struct average_state *self = state;
    const struct average_state *other = from;
    const enum layout layout = sum_layout(aggregate);
    const struct value sum = agg_number_value(layout, &other->sum);
    agg_number_add(layout, &self->sum, &sum);
    self->count += other->count;
    return STATUS_OK;
}

static enum status average_result(const struct aggregate *aggregate, const void *state,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    (void)arena;
    (void)diag;
    const struct average_state *self = state;
    const enum layout layout = sum_layout(aggregate);
    double sum = self->sum.real;
    if (layout == LAYOUT_INT32) {
        sum = self->sum.int32;
    } else if (layout == LAYOUT_INT64) {
        sum = (double)self->sum.int64;
    }
    *out = value_real(self->count == 0 ? 0.0 : sum / (double)self->count);
    return STATUS_OK;
}

static enum status average_save(const struct aggregate *aggregate, const void *state,
                                struct arena *arena, struct value *out, struct diag *diag)
{
    const struct average_state *self = state;
    const struct value items[] = {agg_number_value(sum_layout(aggregate), &self->sum),
                                  value_int64(self->count)};
    return agg_return_list(arena, items, 2, out, diag);
}

static enum status average_load(const struct aggregate *aggregate, const struct value *saved,
                                void *state, struct diag *diag)
{
    struct average_state *self = state;
    const struct value *items = agg_saved_items(saved, 2);
    if (!items) {
        return agg_corrupt(aggregate, diag);
    }
    *self = (struct average_state){.count = items[1].int64};
    agg_number_add(sum_layout(aggregate), &self->sum, &items[0]);
    return STATUS_OK;
}

#define AVERAGE(type, text)                                                                        \
    {                                                                                              \
        .name = "AVG", .spelling = "avg", .parameters = type " val1", .returns = "DOUBLE",         \
        .summary = text, .resolve = average_resolve, .init = agg_init_zero, .add = average_add,    \
        .undo = average_undo, .merge = average_merge, .result = average_result,                    \
        .save = average_save, .load = average_load, .add_rows = average_add_rows                   \
    }

static const struct aggregate_def average_table[] = {
    AVERAGE("BIGINT", "Returns the average of a column: the sum over the count of its values. "
                      "An INT column keeps a 32-bit sum."),
    AVERAGE("INT", NULL),
    AVERAGE("DOUBLE", NULL),
};

const struct function_family aggregate_average_family = {
    .aggregates = average_table,
    .aggregate_count = sizeof(average_table) / sizeof(average_table[0])};
