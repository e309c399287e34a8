/* translate_literal.c
 *
 * Literals carry their SQL type from the way they are written; only DECIMAL's digits still have
 * to be read.
 */
#include <assert.h>

#include "base/decimal.h"
#include "planner/translate.h"

static enum status literal_decimal(const struct planner *planner,
                                   const struct expression *expression, const struct type **type,
                                   struct value *value)
{
    const int precision = expression->decimal.precision;
    const int scale = expression->decimal.scale;
    if (precision > UINT16_MAX) {
        return diag_fail(planner->diag, STATUS_LIMIT, expression->pos,
                         "Number has more than %d digits", UINT16_MAX);
    }
    *type = type_decimal(planner->arena, (uint16_t)precision, (uint16_t)scale);
    if (!*type) {
        return diag_no_memory(planner->diag);
    }
    int128 unscaled = 0;
    const struct text digits = expression->decimal.digits;
    for (size_t i = 0; i < digits.bytes; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            continue; /* the sign or the point */
        }
        if (__builtin_mul_overflow(unscaled, 10, &unscaled) ||
            __builtin_add_overflow(unscaled, digits.data[i] - '0', &unscaled)) {
            return diag_fail(planner->diag, STATUS_LIMIT, expression->pos,
                             "Number has more than %d digits: %.*s", DECIMAL_DIGITS_MAX,
                             TEXT_ARGS(digits));
        }
    }
    const bool is_negative = digits.bytes > 0 && digits.data[0] == '-';
    *value = (struct value){.decimal = is_negative ? -unscaled : unscaled};
    return STATUS_OK;
}

enum status translate_literal(const struct planner *planner, const struct expression *expression,
                              bool *is_literal, const struct type **type, struct value *value)
{
    *is_literal = true;
    if (expression->kind == EXPRESSION_NULL) {
        *type = type_of(TYPE_NULL);
        *value = VALUE_NULL;
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_BOOLEAN) {
        *type = type_of(TYPE_BOOLEAN);
        *value = value_boolean(expression->boolean);
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_INTEGER) {
        *type = type_of(TYPE_INTEGER);
        *value = value_int32(expression->integer);
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_BIGINT) {
        *type = type_of(TYPE_BIGINT);
        *value = value_int64(expression->bigint);
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_DOUBLE) {
        *type = type_of(TYPE_DOUBLE);
        *value = value_real(expression->real);
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_STRING) {
        *type = type_of(TYPE_STRING);
        *value = value_text(expression->string);
        return STATUS_OK;
    }
    if (expression->kind == EXPRESSION_DECIMAL) {
        return literal_decimal(planner, expression, type, value);
    }
    *is_literal = false;
    return STATUS_OK;
}
