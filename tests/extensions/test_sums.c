/* test_sums.c
 *
 * Aggregates of the test cases that add up: numbers as they are, texts by their length, NULL as
 * nothing. They differ in the columns and constants they take, where the sum starts, and whether
 * it can be undone. The start is part of every group's sum, so that merging two groups counts it
 * twice, as ksqlDB does.
 */
#include <assert.h>

#include "base/number_text.h"
#include "base/utf8.h"
#include "tests/extensions/test_functions.h"

enum { STATE_BYTES = 16 }; /* one number or two; states are multiples of 16 bytes */

struct sum_state {
    int64_t sum;
};

struct real_state {
    double sum;
};

struct struct_state {
    int32_t sums[2];
};
static_assert(sizeof(struct struct_state) <= STATE_BYTES, "the largest state fits");

static int64_t number_of(const struct type *type, const struct value *value)
{
    if (value->is_null) {
        return 0;
    }
    if (type->kind == TYPE_STRING) {
        return (int64_t)utf8_utf16_length(value->text);
    }
    return type->kind == TYPE_INTEGER ? value->int32 : value->int64;
}

static int64_t sum_of_constants(const struct aggregate *aggregate)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < aggregate->constant_count; i++) {
        sum += number_of(aggregate->constant_types[i], &aggregate->constants[i]);
    }
    return sum;
}

static int64_t sum_of_arguments(const struct aggregate *aggregate, const struct value *arguments)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < aggregate->argument_count; i++) {
        sum += number_of(aggregate->argument_types[i], &arguments[i]);
    }
    return sum;
}

/* --- Whole numbers ------------------------------------------------------------------------ */

static enum status resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    (void)arena;
    (void)diag;
    aggregate->state_type = aggregate->result_type;
    aggregate->state_bytes = STATE_BYTES;
    return STATUS_OK;
}

/* Starts at ksql.functions.test_udaf.init. */
static enum status resolve_setting(struct aggregate *aggregate, struct arena *arena,
                                   struct diag *diag)
{
    int64_t *start = ARENA_NEW(arena, int64_t);
    const struct text setting = aggregate_setting(aggregate, "init");
    if (!start) {
        return diag_no_memory(diag);
    }
    if (setting.data && !number_text_parse_int64(setting, start)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "init must be an integer");
    }
    aggregate->prepared = start;
    return resolve(aggregate, arena, diag);
}

static enum status init_zero(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)aggregate;
    (void)state; /* is zeroed */
    (void)diag;
    return STATUS_OK;
}

static enum status init_setting(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)diag;
    struct sum_state *self = state;
    self->sum = *(const int64_t *)aggregate->prepared;
    return STATUS_OK;
}

static enum status init_constants(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)diag;
    struct sum_state *self = state;
    self->sum = sum_of_constants(aggregate);
    return STATUS_OK;
}

static enum status add(const struct aggregate *aggregate, void *state,
                       const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct sum_state *self = state;
    self->sum += sum_of_arguments(aggregate, arguments);
    return STATUS_OK;
}

static enum status undo(const struct aggregate *aggregate, void *state,
                        const struct value *arguments, struct diag *diag)
{
    (void)diag;
    struct sum_state *self = state;
    self->sum -= sum_of_arguments(aggregate, arguments);
    return STATUS_OK;
}

static enum status merge(const struct aggregate *aggregate, void *state, const void *from,
                         struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct sum_state *self = state;
    const struct sum_state *other = from;
    self->sum += other->sum;
    return STATUS_OK;
}

static enum status save(const struct aggregate *aggregate, const void *state, struct arena *arena,
                        struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct sum_state *self = state;
    *out = value_int64(self->sum);
    return STATUS_OK;
}

static enum status result_with_constants(const struct aggregate *aggregate, const void *state,
                                         struct arena *arena, struct value *out, struct diag *diag)
{
    (void)arena;
    (void)diag;
    const struct sum_state *self = state;
    *out = value_int64(self->sum + sum_of_constants(aggregate));
    return STATUS_OK;
}

static enum status load(const struct aggregate *aggregate, const struct value *saved, void *state,
                        struct diag *diag)
{
    (void)aggregate;
    struct sum_state *self = state;
    if (saved->is_null) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "a saved sum is NULL");
    }
    self->sum = saved->int64;
    return STATUS_OK;
}

/* --- DOUBLE ------------------------------------------------------------------------------- */

static enum status real_add(const struct aggregate *aggregate, void *state,
                            const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct real_state *self = state;
    self->sum += arguments[0].is_null ? 0 : arguments[0].real;
    return STATUS_OK;
}

static enum status real_merge(const struct aggregate *aggregate, void *state, const void *from,
                              struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct real_state *self = state;
    const struct real_state *other = from;
    self->sum += other->sum;
    return STATUS_OK;
}

static enum status real_save(const struct aggregate *aggregate, const void *state,
                             struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct real_state *self = state;
    *out = value_real(self->sum);
    return STATUS_OK;
}

static enum status real_load(const struct aggregate *aggregate, const struct value *saved,
                             void *state, struct diag *diag)
{
    (void)aggregate;
    struct real_state *self = state;
    if (saved->is_null) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "a saved sum is NULL");
    }
    self->sum = saved->real;
    return STATUS_OK;
}

/* --- STRUCT<A INT, B INT> ----------------------------------------------------------------- */

static void add_fields(struct struct_state *self, const struct value *value)
{
    for (uint32_t i = 0; i < 2 && !value->is_null; i++) {
        const struct value *field = &value->list->items[i];
        self->sums[i] += field->is_null ? 0 : field->int32;
    }
}

static enum status struct_add(const struct aggregate *aggregate, void *state,
                              const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    add_fields(state, &arguments[0]);
    return STATUS_OK;
}

static enum status struct_merge(const struct aggregate *aggregate, void *state, const void *from,
                                struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct struct_state *self = state;
    const struct struct_state *other = from;
    self->sums[0] += other->sums[0];
    self->sums[1] += other->sums[1];
    return STATUS_OK;
}

static enum status struct_save(const struct aggregate *aggregate, const void *state,
                               struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    const struct struct_state *self = state;
    struct value_list *list = value_list_create(arena, 2);
    if (!list) {
        return diag_no_memory(diag);
    }
    list->items[0] = value_int32(self->sums[0]);
    list->items[1] = value_int32(self->sums[1]);
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status struct_load(const struct aggregate *aggregate, const struct value *saved,
                               void *state, struct diag *diag)
{
    (void)aggregate;
    if (saved->is_null) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "a saved sum is NULL");
    }
    add_fields(state, saved);
    return STATUS_OK;
}

/* --- The table ---------------------------------------------------------------------------- */

#define SUM_CODE .returns = "BIGINT", .add = add, .merge = merge, .save = save, .load = load

#define CONSTANT_SUM(function, columns, constants, constant_parameter_count)                       \
    {                                                                                              \
        .name = (function), .parameters = columns ", " constants,                                  \
        .literal_parameter_count = (constant_parameter_count), .resolve = resolve,                 \
        .init = init_constants, .result = save, SUM_CODE                                           \
    }

static const struct aggregate_def aggregates[] = {
    CONSTANT_SUM("FIVE_ARG", "BIGINT val1, VARCHAR val2, VARCHAR val3, VARCHAR val4, INT val5",
                 "INT init, VARCHAR... inits", 2),
    CONSTANT_SUM("FOUR_ARG", "BIGINT val1, VARCHAR val2, VARCHAR val3, VARCHAR val4",
                 "INT init, VARCHAR... inits", 2),
    {.name = "MID_VAR_ARG",
     .parameters = "BIGINT val1, VARCHAR... val2, INT init1, INT init2",
     .literal_parameter_count = 2,
     .resolve = resolve,
     .init = init_zero,
     .result = result_with_constants,
     SUM_CODE},
    CONSTANT_SUM("MULTI_ARG", "BIGINT val1, VARCHAR val2", "INT init, VARCHAR... inits", 2),
    {.name = "TEST_UDAF",
     .spelling = "test_udaf",
     .parameters = "BIGINT val1",
     .resolve = resolve,
     .init = init_zero,
     .undo = undo,
     .result = save,
     SUM_CODE},
    {.name = "TEST_UDAF",
     .spelling = "test_udaf",
     .parameters = "INT val1",
     .resolve = resolve_setting,
     .init = init_setting,
     .undo = undo,
     .result = save,
     SUM_CODE},
    {.name = "TEST_UDAF",
     .spelling = "test_udaf",
     .parameters = "DOUBLE val1",
     .returns = "DOUBLE",
     .resolve = resolve,
     .init = init_zero,
     .add = real_add,
     .merge = real_merge,
     .result = real_save,
     .save = real_save,
     .load = real_load},
    CONSTANT_SUM("TEST_UDAF", "VARCHAR val1", "VARCHAR init", 1),
    {.name = "TEST_UDAF",
     .spelling = "test_udaf",
     .parameters = "STRUCT<A INT, B INT> val1",
     .returns = "STRUCT<A INT, B INT>",
     .resolve = resolve,
     .init = init_zero,
     .add = struct_add,
     .merge = struct_merge,
     .result = struct_save,
     .save = struct_save,
     .load = struct_load},
    {.name = "VAR_ARG",
     .parameters = "BIGINT val1, VARCHAR... val2",
     .resolve = resolve,
     .init = init_zero,
     .result = save,
     SUM_CODE},
};

const struct function_family test_sum_family = {
    .aggregates = aggregates, .aggregate_count = sizeof(aggregates) / sizeof(aggregates[0])};
