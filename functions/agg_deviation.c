/* agg_deviation.c
 *
 * STDDEV_SAMP and STDDEV_SAMPLE by the Youngs-Cramer algorithm: beside the sum and the count a
 * group keeps m2, the sum of squared distances from the mean, which one more value changes by
 * delta^2 / (n (n - 1)) with delta = value * n - sum. Undo takes the same amount away.
 *
 * The two functions differ on purpose, since ksqlDB's do: STDDEV_SAMPLE gives the standard
 * deviation and counts in 64 bits; STDDEV_SAMP gives the variance, counts in 32 bits, and merges
 * groups of integers by the integer quotients of their means. Integer columns compute delta in
 * wrapping integer arithmetic of their width. Fewer than two values give 0.0.
 *
 * Source: ksqlDB's StandardDeviationSampUdaf and StandardDeviationSampleUdaf.
 */
#include <assert.h>
#include <math.h>

#include "functions/agg_support.h"
#include "functions/families.h"

struct deviation_state {
    union agg_number sum; /* of the argument's layout */
    int64_t count;
    double m2;
};

/* True for STDDEV_SAMP: its state counts in an INT. */
static bool counts_in_32_bits(const struct aggregate *aggregate)
{
    return aggregate->state_type->fields[1].type->kind == TYPE_INTEGER;
}

static enum status deviation_resolve(struct aggregate *aggregate, struct arena *arena,
                                     enum type_kind count_kind, struct diag *diag)
{
    const struct type_field fields[] = {{TEXT("SUM"), aggregate->argument_types[0]},
                                        {TEXT("COUNT"), type_of(count_kind)},
                                        {TEXT("M2"), type_of(TYPE_DOUBLE)}};
    return agg_set_state(aggregate, agg_struct_type(arena, fields, 3),
                         AGG_STATE_BYTES(struct deviation_state), diag);
}

static enum status samp_resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    return deviation_resolve(aggregate, arena, TYPE_INTEGER, diag);
}

static enum status sample_resolve(struct aggregate *aggregate, struct arena *arena,
                                  struct diag *diag)
{
    return deviation_resolve(aggregate, arena, TYPE_BIGINT, diag);
}

static enum layout sum_layout(const struct aggregate *aggregate)
{
    return type_layout(aggregate->argument_types[0]);
}

/* value * (count + 1) - (sum + value), in the arithmetic of the column. */
static double delta(const struct aggregate *aggregate, const struct deviation_state *self,
                    const struct value *value)
{
    const int64_t next = self->count + 1;
    if (sum_layout(aggregate) == LAYOUT_DOUBLE) {
        return value->real * (double)next - (self->sum.real + value->real);
    }
    if (sum_layout(aggregate) == LAYOUT_INT64) {
        return (double)agg_wrap_subtract64(agg_wrap_multiply64(value->int64, next),
                                           agg_wrap_add64(self->sum.int64, value->int64));
    }
    const int32_t sum = agg_wrap_add32(self->sum.int32, value->int32);
    if (counts_in_32_bits(aggregate)) {
        return agg_wrap_subtract32(agg_wrap_multiply32(value->int32, (int32_t)next), sum);
    }
    return (double)agg_wrap_subtract64(agg_wrap_multiply64(value->int32, next), sum);
}

/* a * b as the counter's type multiplies. */
static double count_product(const struct aggregate *aggregate, int64_t a, int64_t b)
{
    if (counts_in_32_bits(aggregate)) {
        return agg_wrap_multiply32((int32_t)a, (int32_t)b);
    }
    return (double)agg_wrap_multiply64(a, b);
}

static enum status deviation_add(const struct aggregate *aggregate, void *state,
                                 const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct deviation_state *self = state;
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    if (self->count > 0) {
        const double change = delta(aggregate, self, &arguments[0]);
        self->m2 += change * change / count_product(aggregate, self->count + 1, self->count);
    }
    agg_number_add(sum_layout(aggregate), &self->sum, &arguments[0]);
    self->count++;
    return STATUS_OK;
}

/* delta is taken before the value leaves the sum and the count, as ksqlDB has it: that gives
 * (value * (n + 1) - (sum + value)) where the exact inverse of add has value * n - sum, the
 * same number. */
static enum status deviation_undo(const struct aggregate *aggregate, void *state,
                                  const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct deviation_state *self = state;
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    const int64_t count = self->count - 1;
    if (count > 0) {
        const double change = delta(aggregate, self, &arguments[0]);
        self->m2 -= change * change / count_product(aggregate, count, count + 1);
    }
    agg_number_subtract(sum_layout(aggregate), &self->sum, &arguments[0]);
    self->count = count;
    return STATUS_OK;
}

static double mean(const struct aggregate *aggregate, const struct deviation_state *self)
{
    const enum layout layout = sum_layout(aggregate);
    if (layout == LAYOUT_DOUBLE) {
        return self->sum.real / (double)self->count;
    }
    const int64_t sum = layout == LAYOUT_INT32 ? self->sum.int32 : self->sum.int64;
    if (counts_in_32_bits(aggregate)) {
        return (double)(sum / self->count);
    }
    return (double)sum / (double)self->count;
}

static enum status deviation_merge(const struct aggregate *aggregate, void *state, const void *from,
                                   struct diag *diag)
{
    (void)diag;
    struct deviation_state *self = state;
    const struct deviation_state *other = from;
    self->m2 += other->m2;
    if (self->count > 0 && other->count > 0) {
        const double distance = mean(aggregate, self) - mean(aggregate, other);
        self->m2 += count_product(aggregate, self->count, other->count) * distance * distance /
                    (double)(self->count + other->count);
    }
    const struct value sum = agg_number_value(sum_layout(aggregate), &other->sum);
    agg_number_add(sum_layout(aggregate), &self->sum, &sum);
    self->count += other->count;
    return STATUS_OK;
}

static enum status samp_result(const struct aggregate *aggregate, const void *state,
                               struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct deviation_state *self = state;
    *out = value_real(self->count < 2 ? 0.0 : self->m2 / (double)(self->count - 1));
    return STATUS_OK;
}

static enum status sample_result(const struct aggregate *aggregate, const void *state,
                                 struct arena *arena, struct value *out, struct diag *diag)
{
    TRY(samp_result(aggregate, state, arena, out, diag));
    out->real = sqrt(out->real);
    return STATUS_OK;
}

static enum status deviation_save(const struct aggregate *aggregate, const void *state,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    const struct deviation_state *self = state;
    const struct value items[] = {agg_number_value(sum_layout(aggregate), &self->sum),
                                  counts_in_32_bits(aggregate) ? value_int32((int32_t)self->count)
                                                               : value_int64(self->count),
                                  value_real(self->m2)};
    return agg_return_list(arena, items, 3, out, diag);
}

static enum status deviation_load(const struct aggregate *aggregate, const struct value *saved,
                                  void *state, struct diag *diag)
{
    struct deviation_state *self = state;
    const struct value *items = agg_saved_items(saved, 3);
    if (!items) {
        return agg_corrupt(aggregate, diag);
    }
    *self = (struct deviation_state){.m2 = items[2].real};
    self->count = counts_in_32_bits(aggregate) ? items[1].int32 : items[1].int64;
    agg_number_add(sum_layout(aggregate), &self->sum, &items[0]);
    return STATUS_OK;
}

#define DEVIATION_CODE                                                                             \
    .returns = "DOUBLE", .init = agg_init_zero, .add = deviation_add, .undo = deviation_undo,      \
    .merge = deviation_merge, .save = deviation_save, .load = deviation_load

#define STDDEV_SAMP(type, text)                                                                    \
    {                                                                                              \
        .name = "STDDEV_SAMP", .parameters = type " val1", .summary = (text), DEVIATION_CODE,      \
        .resolve = samp_resolve, .result = samp_result                                             \
    }

#define STDDEV_SAMPLE(type, text)                                                                  \
    {                                                                                              \
        .name = "STDDEV_SAMPLE", .parameters = type " val1", .summary = (text), DEVIATION_CODE,    \
        .resolve = sample_resolve, .result = sample_result                                         \
    }

static const struct aggregate_def deviation_table[] = {
    STDDEV_SAMP("BIGINT", "Returns the sample variance of a column (not its square root: for the "
                          "standard deviation use STDDEV_SAMPLE)."),
    STDDEV_SAMP("INT", NULL),
    STDDEV_SAMP("DOUBLE", NULL),
    STDDEV_SAMPLE("BIGINT", "Returns the sample standard deviation of a column."),
    STDDEV_SAMPLE("INT", NULL),
    STDDEV_SAMPLE("DOUBLE", NULL),
};

const struct function_family aggregate_deviation_family = {
    .aggregates = deviation_table,
    .aggregate_count = sizeof(deviation_table) / sizeof(deviation_table[0])};
