/* agg_sum.c
 *
 * SUM of a numeric column and SUM_LIST of the items of an array column. The sum has the type of
 * the column: INT and BIGINT wrap as Java's do, DECIMAL(p, s) stays DECIMAL(p, s) and fails
 * when it needs more digits. NULL columns, lists and items add nothing; the sum of nothing is 0.
 *
 * Source: ksqlDB's SumKudaf classes and ListSumUdaf. Where ksqlDB rounds a merged or undone
 * DECIMAL to the precision without a word, an overflow is an error here too.
 */
#include <assert.h>

#include "base/decimal.h"
#include "functions/agg_support.h"
#include "functions/families.h"

/* By the layout of the result type. */
struct sum_state {
    union {
        union agg_number number;
        int128 decimal;
    };
};

static enum status sum_resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    (void)arena;
    if (!aggregate->result_type) { /* DECIMAL: the type of the column */
        aggregate->result_type = aggregate->argument_types[0];
    }
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct sum_state),
                         diag);
}

static enum status fail_no_room(struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s",
                     decimal_result_message(DECIMAL_OVERFLOW));
}

/* The sum is shown as ksqlDB has it by then: rounded to the precision. */
static enum status fail_overflow(const struct type *type, int128 sum, struct diag *diag)
{
    char text[128];
    const int32_t rounded_scale = type->scale - (decimal_digits(sum) - type->precision);
    const int32_t shown_scale = rounded_scale > 0 ? rounded_scale : 0;
    int128 shown = sum;
    if (decimal_text_bytes_max(shown_scale) > sizeof(text) ||
        decimal_rescale(sum, type->scale, rounded_scale, DECIMAL_ROUNDING_HALF_UP, &shown) !=
            DECIMAL_OK ||
        decimal_rescale(shown, rounded_scale, shown_scale, DECIMAL_ROUNDING_HALF_UP, &shown) !=
            DECIMAL_OK) {
        return fail_no_room(diag);
    }
    const size_t bytes = decimal_text(text, shown, shown_scale);
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Numeric field overflow: A field with precision %d and scale %d must round "
                     "to an absolute value less than 10^%d. Got %.*s",
                     type->precision, type->scale, type->precision - type->scale, (int)bytes, text);
}

static enum status change_decimal(const struct type *type, int128 *sum, int128 change,
                                  struct diag *diag)
{
    int128 changed = 0;
    if (decimal_add(*sum, type->scale, change, type->scale, &changed) != DECIMAL_OK) {
        return fail_no_room(diag);
    }
    if (decimal_digits(changed) > type->precision) {
        return fail_overflow(type, changed, diag);
    }
    *sum = changed;
    return STATUS_OK;
}

static enum status change_sum(const struct type *type, struct sum_state *self,
                              const struct value *value, bool is_undo, struct diag *diag)
{
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_DECIMAL) {
        return change_decimal(type, &self->decimal, is_undo ? -value->decimal : value->decimal,
                              diag);
    }
    if (is_undo) {
        agg_number_subtract(layout, &self->number, value);
    } else {
        agg_number_add(layout, &self->number, value);
    }
    return STATUS_OK;
}

static struct value sum_value(const struct type *type, const struct sum_state *self)
{
    if (type->kind == TYPE_DECIMAL) {
        return (struct value){.decimal = self->decimal};
    }
    return agg_number_value(type_layout(type), &self->number);
}

static enum status sum_add(const struct aggregate *aggregate, void *state,
                           const struct value *arguments, struct diag *diag)
{
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    return change_sum(aggregate->result_type, state, &arguments[0], false, diag);
}

static enum status sum_undo(const struct aggregate *aggregate, void *state,
                            const struct value *arguments, struct diag *diag)
{
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    return change_sum(aggregate->result_type, state, &arguments[0], true, diag);
}

static enum status add_rows_decimal(const struct type *type, void *const *states,
                                    const struct column *column, size_t row_count,
                                    struct diag *diag)
{
    for (size_t i = 0; i < row_count; i++) {
        struct sum_state *self = states[i]; /* a NULL row's datum is 0 */
        TRY(change_decimal(type, &self->decimal, column->decimal[i], diag));
    }
    return STATUS_OK;
}

static enum status sum_add_rows(const struct aggregate *aggregate, void *const *states,
                                const struct column *const *arguments, size_t row_count,
                                struct diag *diag)
{
    const struct column *column = arguments[0];
    const enum layout layout = type_layout(aggregate->result_type);
    if (layout == LAYOUT_DECIMAL) {
        return add_rows_decimal(aggregate->result_type, states, column, row_count, diag);
    }
    for (size_t i = 0; i < row_count; i++) {
        struct sum_state *self = states[i];
        if (layout == LAYOUT_INT64) {
            self->number.int64 = agg_wrap_add64(self->number.int64, column->int64[i]);
        } else if (layout == LAYOUT_INT32) {
            self->number.int32 = agg_wrap_add32(self->number.int32, column->int32[i]);
        } else {
            self->number.real += column->real[i];
        }
    }
    return STATUS_OK;
}

static enum status sum_merge(const struct aggregate *aggregate, void *state, const void *from,
                             struct diag *diag)
{
    const struct value other = sum_value(aggregate->result_type, from);
    return change_sum(aggregate->result_type, state, &other, false, diag);
}

static enum status sum_save(const struct aggregate *aggregate, const void *state,
                            struct arena *arena, struct value *out, struct diag *diag)
{
    (void)arena;
    (void)diag;
    *out = sum_value(aggregate->result_type, state);
    return STATUS_OK;
}

static enum status sum_load(const struct aggregate *aggregate, const struct value *saved,
                            void *state, struct diag *diag)
{
    if (saved->is_null) {
        return agg_corrupt(aggregate, diag);
    }
    struct sum_state *self = state;
    *self = (struct sum_state){.decimal = 0};
    return change_sum(aggregate->result_type, self, saved, false, diag);
}

/* All items of a list, or none: a sum that fails half way is put back. */
static enum status change_list(const struct aggregate *aggregate, struct sum_state *self,
                               const struct value *list, bool is_undo, struct diag *diag)
{
    if (list->is_null) {
        return STATUS_OK;
    }
    struct sum_state sum = *self;
    for (uint32_t i = 0; i < list->list->count; i++) {
        const struct value *item = &list->list->items[i];
        if (!item->is_null) {
            TRY(change_sum(aggregate->result_type, &sum, item, is_undo, diag));
        }
    }
    *self = sum;
    return STATUS_OK;
}

static enum status sum_list_add(const struct aggregate *aggregate, void *state,
                                const struct value *arguments, struct diag *diag)
{
    return change_list(aggregate, state, &arguments[0], false, diag);
}

static enum status sum_list_undo(const struct aggregate *aggregate, void *state,
                                 const struct value *arguments, struct diag *diag)
{
    return change_list(aggregate, state, &arguments[0], true, diag);
}

/* What SUM and SUM_LIST have in common. */
#define SUM_CODE                                                                                   \
    .resolve = sum_resolve, .init = agg_init_zero, .merge = sum_merge, .result = sum_save,         \
    .save = sum_save, .load = sum_load

#define SUM(type, text)                                                                            \
    {                                                                                              \
        .name = "SUM", .parameters = type " val1", .returns = type, .summary = (text), SUM_CODE,   \
        .add = sum_add, .undo = sum_undo, .add_rows = sum_add_rows                                 \
    }

#define SUM_LIST(type, text)                                                                       \
    {                                                                                              \
        .name = "SUM_LIST", .spelling = "sum_list", .parameters = "ARRAY<" type "> val1",          \
        .returns = type, .summary = (text), SUM_CODE, .add = sum_list_add, .undo = sum_list_undo   \
    }

static const struct aggregate_def sum_table[] = {
    SUM("INT", "Sums the values of a column. The sum has the type of the column."),
    SUM("BIGINT", NULL),
    SUM("DOUBLE", NULL),
    SUM("DECIMAL", NULL),
    SUM_LIST("BIGINT", "Sums the items of all the arrays of a column."),
    SUM_LIST("INT", NULL),
    SUM_LIST("DOUBLE", NULL),
};

const struct function_family aggregate_sum_family = {
    .aggregates = sum_table, .aggregate_count = sizeof(sum_table) / sizeof(sum_table[0])};
