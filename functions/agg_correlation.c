/* agg_correlation.c
 *
 * CORRELATION: Pearson's coefficient of two columns in one pass, from the sums of x, y, x^2, y^2
 * and x*y. A row with a NULL in either column does not count. No data, or a column that never
 * changes, gives NaN (0 / 0). Integers are taken as doubles from the start.
 * Source: ksqlDB's CorrelationUdaf.
 */
#include <math.h>

#include "functions/agg_support.h"
#include "functions/families.h"

enum { CORRELATION_SUMS = 5 };

struct correlation_state {
    double sums[CORRELATION_SUMS]; /* x, y, x^2, y^2, x*y */
    int64_t count;
};

static enum status correlation_resolve(struct aggregate *aggregate, struct arena *arena,
                                       struct diag *diag)
{
    const struct type *real = type_of(TYPE_DOUBLE);
    const struct type_field fields[] = {
        {TEXT("X_SUM"), real},         {TEXT("Y_SUM"), real},
        {TEXT("X_SQUARED_SUM"), real}, {TEXT("Y_SQUARED_SUM"), real},
        {TEXT("XY_SUM"), real},        {TEXT("COUNT"), type_of(TYPE_BIGINT)}};
    return agg_set_state(aggregate, agg_struct_type(arena, fields, CORRELATION_SUMS + 1),
                         AGG_STATE_BYTES(struct correlation_state), diag);
}

static double real_of(const struct type *type, const struct value *value)
{
    if (type->kind == TYPE_INTEGER) {
        return value->int32;
    }
    return type->kind == TYPE_BIGINT ? (double)value->int64 : value->real;
}

/* Adds one row sign times: 1 or -1. */
static void count_row(const struct aggregate *aggregate, struct correlation_state *self,
                      const struct value *arguments, int sign)
{
    if (arguments[0].is_null || arguments[1].is_null) {
        return;
    }
    const double x = real_of(aggregate->argument_types[0], &arguments[0]);
    const double y = real_of(aggregate->argument_types[1], &arguments[1]);
    const double changes[CORRELATION_SUMS] = {x, y, x * x, y * y, x * y};
    for (int i = 0; i < CORRELATION_SUMS; i++) {
        self->sums[i] += sign * changes[i];
    }
    self->count += sign;
}

static enum status correlation_add(const struct aggregate *aggregate, void *state,
                                   const struct value *arguments, struct diag *diag)
{
    (void)diag;
    count_row(aggregate, state, arguments, 1);
    return STATUS_OK;
}

static enum status correlation_undo(const struct aggregate *aggregate, void *state,
                                    const struct value *arguments, struct diag *diag)
{
    (void)diag;
    count_row(aggregate, state, arguments, -1);
    return STATUS_OK;
}

static enum status correlation_merge(const struct aggregate *aggregate, void *state,
                                     const void *from, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct correlation_state *self = state;
    const struct correlation_state *other = from;
    for (int i = 0; i < CORRELATION_SUMS; i++) {
        self->sums[i] += other->sums[i];
    }
    self->count += other->count;
    return STATUS_OK;
}

static enum status correlation_result(const struct aggregate *aggregate, const void *state,
                                      struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct correlation_state *self = state;
    const double *sums = self->sums;
    const double count = (double)self->count;
    const double numerator = count * sums[4] - sums[0] * sums[1];
    const double spread_x = count * sums[2] - sums[0] * sums[0];
    const double spread_y = count * sums[3] - sums[1] * sums[1];
    *out = value_real(numerator / sqrt(spread_x * spread_y));
    return STATUS_OK;
}

static enum status correlation_save(const struct aggregate *aggregate, const void *state,
                                    struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    const struct correlation_state *self = state;
    struct value items[CORRELATION_SUMS + 1];
    for (int i = 0; i < CORRELATION_SUMS; i++) {
        items[i] = value_real(self->sums[i]);
    }
    items[CORRELATION_SUMS] = value_int64(self->count);
    return agg_return_list(arena, items, CORRELATION_SUMS + 1, out, diag);
}

static enum status correlation_load(const struct aggregate *aggregate, const struct value *saved,
                                    void *state, struct diag *diag)
{
    struct correlation_state *self = state;
    const struct value *items = agg_saved_items(saved, CORRELATION_SUMS + 1);
    if (!items) {
        return agg_corrupt(aggregate, diag);
    }
    for (int i = 0; i < CORRELATION_SUMS; i++) {
        self->sums[i] = items[i].real;
    }
    self->count = items[CORRELATION_SUMS].int64;
    return STATUS_OK;
}

#define CORRELATION(type, text)                                                                    \
    {                                                                                              \
        .name = "CORRELATION", .spelling = "correlation",                                          \
        .parameters = type " val1, " type " val2", .returns = "DOUBLE", .summary = (text),         \
        .resolve = correlation_resolve, .init = agg_init_zero, .add = correlation_add,             \
        .undo = correlation_undo, .merge = correlation_merge, .result = correlation_result,        \
        .save = correlation_save, .load = correlation_load                                         \
    }

static const struct aggregate_def correlation_table[] = {
    CORRELATION("DOUBLE", "Returns Pearson's correlation coefficient of two columns."),
    CORRELATION("INT", NULL),
    CORRELATION("BIGINT", NULL),
};

const struct function_family aggregate_correlation_family = {
    .aggregates = correlation_table,
    .aggregate_count = sizeof(correlation_table) / sizeof(correlation_table[0])};
