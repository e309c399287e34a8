/* math_rounding.c
 *
 * ROUND breaks ties toward plus infinity: up for positive numbers, down (in magnitude) for
 * negative ones. With a number of places, a DOUBLE is rounded as the decimal number that its
 * shortest text shows, as Java's BigDecimal.valueOf does: ROUND(1.005, 2) is 1.01. That number
 * is digits * 10^exponent with at most 17 digits, so dropping places is an integer division.
 *
 * DECIMAL results of a call with places keep the scale of the argument; so do CEIL and FLOOR.
 * A result may have one digit more than its precision (CEIL of 9.9 as DECIMAL(2, 1)), as in
 * ksqlDB. Source: ksqlDB's udf.math.Abs, Ceil, Floor, Round and Trunc.
 */
#include "functions/math_rounding.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/number_text.h"

enum status math_same_type(struct arena *arena, const struct type *const *argument_types,
                           uint32_t argument_count, const struct type **out, struct diag *diag)
{
    (void)arena;
    (void)argument_count;
    (void)diag;
    *out = argument_types[0];
    return STATUS_OK;
}

enum status math_whole_type(struct arena *arena, const struct type *const *argument_types,
                            uint32_t argument_count, const struct type **out, struct diag *diag)
{
    (void)argument_count;
    const struct type *from = argument_types[0];
    if (from->precision == from->scale) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "DECIMAL precision must be >= 1: DECIMAL(0,0)");
    }
    *out = type_decimal(arena, (uint16_t)(from->precision - from->scale), 0);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

enum status math_abs(struct function_call *call, const struct value *args, struct value *out)
{
    switch (type_layout(call->result_type)) {
    case LAYOUT_INT32: /* the least integer stays as it is */
        *out = value_int32(args[0].int32 < 0 ? (int32_t) - (uint32_t)args[0].int32 : args[0].int32);
        return STATUS_OK;
    case LAYOUT_INT64:
        *out = value_int64(args[0].int64 < 0 ? (int64_t) - (uint64_t)args[0].int64 : args[0].int64);
        return STATUS_OK;
    case LAYOUT_DECIMAL:
        *out = (struct value){.decimal = args[0].decimal < 0 ? -args[0].decimal : args[0].decimal};
        return STATUS_OK;
    case LAYOUT_DOUBLE:
    case LAYOUT_BOOLEAN:
    case LAYOUT_TEXT:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    *out = value_real(fabs(args[0].real));
    return STATUS_OK;
}

/* value rounded at places decimals, still with scale. */
static enum status round_decimal(struct function_call *call, int128 value, int32_t scale,
                                 int32_t places, enum decimal_rounding rounding, struct value *out)
{
    if (places >= scale) {
        *out = (struct value){.decimal = value};
        return STATUS_OK;
    }
    int128 rounded = 0;
    if (places > -DECIMAL_DIGITS_MAX) { /* further left there is no digit */
        enum decimal_result result = decimal_rescale(value, scale, places, rounding, &rounded);
        if (result == DECIMAL_OK) {
            result = decimal_rescale(rounded, places, scale, rounding, &rounded);
        }
        if (result != DECIMAL_OK) {
            return function_fail(call, "%s", decimal_result_message(result));
        }
    }
    *out = (struct value){.decimal = rounded};
    return STATUS_OK;
}

enum status math_ceil(struct function_call *call, const struct value *args, struct value *out)
{
    const struct type *type = call->result_type;
    if (type->kind == TYPE_DECIMAL) {
        return round_decimal(call, args[0].decimal, type->scale, 0, DECIMAL_ROUNDING_CEILING, out);
    }
    *out = type->kind == TYPE_DOUBLE ? value_real(ceil(args[0].real)) : args[0];
    return STATUS_OK;
}

enum status math_floor(struct function_call *call, const struct value *args, struct value *out)
{
    const struct type *type = call->result_type;
    if (type->kind == TYPE_DECIMAL) {
        return round_decimal(call, args[0].decimal, type->scale, 0, DECIMAL_ROUNDING_FLOOR, out);
    }
    *out = type->kind == TYPE_DOUBLE ? value_real(floor(args[0].real)) : args[0];
    return STATUS_OK;
}

/* Java's (long) of a double: NaN is 0, what does not fit is the nearest that does. */
static int64_t saturate(double value)
{
    if (isnan(value)) {
        return 0;
    }
    if (value >= 0x1p63) {
        return INT64_MAX;
    }
    return value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

static int64_t round_real(double value)
{
    const double below = floor(value);
    return saturate(value - below >= 0.5 ? below + 1.0 : below);
}

/* Ties go up: away from zero above it, toward zero below. */
static enum decimal_rounding round_mode(bool is_positive)
{
    return is_positive ? DECIMAL_ROUNDING_HALF_UP : DECIMAL_ROUNDING_HALF_DOWN;
}

/* INT, BIGINT and DOUBLE to BIGINT. */
static struct value to_bigint(const struct type *type, const struct value *value, bool is_trunc)
{
    if (type->kind == TYPE_INTEGER) {
        return value_int64(value->int32);
    }
    if (type->kind == TYPE_BIGINT) {
        return *value;
    }
    return value_int64(is_trunc ? saturate(value->real) : round_real(value->real));
}

/* A DECIMAL to one of scale 0. */
static enum status to_whole(struct function_call *call, const struct value *value,
                            enum decimal_rounding rounding, struct value *out)
{
    int128 whole = 0;
    const enum decimal_result result =
        decimal_rescale(value->decimal, call->argument_types[0]->scale, 0, rounding, &whole);
    if (result != DECIMAL_OK) {
        return function_fail(call, "%s", decimal_result_message(result));
    }
    *out = (struct value){.decimal = whole};
    return STATUS_OK;
}

enum status math_round(struct function_call *call, const struct value *args, struct value *out)
{
    if (call->result_type->kind == TYPE_DECIMAL) {
        return to_whole(call, &args[0], round_mode(args[0].decimal > 0), out);
    }
    *out = to_bigint(call->argument_types[0], &args[0], false);
    return STATUS_OK;
}

enum status math_trunc(struct function_call *call, const struct value *args, struct value *out)
{
    if (call->result_type->kind == TYPE_DECIMAL) {
        return to_whole(call, &args[0], DECIMAL_ROUNDING_DOWN, out);
    }
    *out = to_bigint(call->argument_types[0], &args[0], true);
    return STATUS_OK;
}

/* digits without the last dropped of them, dropped >= 1. */
static uint64_t drop_digits(uint64_t digits, int64_t dropped, enum decimal_rounding rounding)
{
    if (dropped > 18) { /* at most 17 digits: what is left is less than half of one */
        return 0;
    }
    uint64_t power = 1;
    for (int64_t i = 0; i < dropped; i++) {
        power *= 10;
    }
    const uint64_t rest = digits % power;
    const bool is_up = (rounding == DECIMAL_ROUNDING_HALF_UP && rest >= power - rest) ||
                       (rounding == DECIMAL_ROUNDING_HALF_DOWN && rest > power - rest);
    return digits / power + (is_up ? 1 : 0);
}

static double assemble(uint64_t digits, int64_t exponent10, bool is_negative)
{
    double value = 0.0;
    if (digits == 0) {
        return 0.0;
    }
    if (number_text_assemble_double(digits, exponent10, is_negative, &value)) {
        return value;
    }
    char text[64];
    const int bytes = snprintf(text, sizeof(text), "%s%llue%lld", is_negative ? "-" : "",
                               (unsigned long long)digits, (long long)exponent10);
    const bool is_number = number_text_parse_double((struct text){text, (size_t)bytes},
                                                    NUMBER_TEXT_NAMES_REFUSED, &value);
    assert(is_number);
    (void)is_number;
    return value;
}

static enum status real_places(struct function_call *call, double value, int32_t places,
                               bool is_trunc, struct value *out)
{
    if (!isfinite(value)) {
        return function_fail(call, "Infinite or NaN");
    }
    const struct number_text_shortest shortest = number_text_shortest(value);
    const int64_t dropped = -(int64_t)shortest.exponent10 - places;
    if (dropped <= 0) {
        *out = value_real(value + 0.0); /* -0.0 has no decimal form */
        return STATUS_OK;
    }
    const enum decimal_rounding rounding =
        is_trunc ? DECIMAL_ROUNDING_DOWN : round_mode(!shortest.negative);
    *out = value_real(assemble(drop_digits(shortest.digits, dropped, rounding), -(int64_t)places,
                               shortest.negative));
    return STATUS_OK;
}

enum status math_round_places(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct type *type = call->result_type;
    if (type->kind == TYPE_DOUBLE) {
        return real_places(call, args[0].real, args[1].int32, false, out);
    }
    return round_decimal(call, args[0].decimal, type->scale, args[1].int32,
                         round_mode(args[0].decimal > 0), out);
}

enum status math_trunc_places(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct type *type = call->result_type;
    if (type->kind == TYPE_DOUBLE) {
        return real_places(call, args[0].real, args[1].int32, true, out);
    }
    return round_decimal(call, args[0].decimal, type->scale, args[1].int32, DECIMAL_ROUNDING_DOWN,
                         out);
}
