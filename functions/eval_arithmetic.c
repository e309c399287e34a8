/* eval_arithmetic.c
 *
 * + - * / % over two columns of one type, with the loops of eval_loop.h where rows cannot fail.
 * Integers wrap as in Java, which C allows for unsigned types only: hence the casts. Rows with a
 * NULL are failed before the loop and cleared after it.
 *
 * A NULL operand is an error of its row, not a NULL result: that is ksqlDB's compiled code.
 */
#include "functions/eval_loop.h"

#include <assert.h>
#include <math.h>

#include "base/bounds.h"
#include "base/decimal.h"

typedef void arithmetic_kernel(const struct run *run, const struct vector *left,
                               const struct vector *right, struct vector *out);

DEFINE_BINARY_KERNEL(add_int32, int32_t, int32, int32_t, int32,
                     (int32_t)((uint32_t)x + (uint32_t)y))
DEFINE_BINARY_KERNEL(subtract_int32, int32_t, int32, int32_t, int32,
                     (int32_t)((uint32_t)x - (uint32_t)y))
DEFINE_BINARY_KERNEL(multiply_int32, int32_t, int32, int32_t, int32,
                     (int32_t)((uint32_t)x *(uint32_t)y))
DEFINE_BINARY_KERNEL(add_int64, int64_t, int64, int64_t, int64,
                     (int64_t)((uint64_t)x + (uint64_t)y))
DEFINE_BINARY_KERNEL(subtract_int64, int64_t, int64, int64_t, int64,
                     (int64_t)((uint64_t)x - (uint64_t)y))
DEFINE_BINARY_KERNEL(multiply_int64, int64_t, int64, int64_t, int64,
                     (int64_t)((uint64_t)x *(uint64_t)y))
DEFINE_BINARY_KERNEL(add_double, double, real, double, real, x + y)
DEFINE_BINARY_KERNEL(subtract_double, double, real, double, real, x - y)
DEFINE_BINARY_KERNEL(multiply_double, double, real, double, real, x *y)
DEFINE_BINARY_KERNEL(divide_double, double, real, double, real, x / y)
DEFINE_BINARY_KERNEL(remainder_double, double, real, double, real, fmod(x, y))

static arithmetic_kernel *const kernels[LAYOUT_COUNT][OP_MODULUS + 1] = {
    [LAYOUT_INT32] =
        {[OP_ADD] = add_int32, [OP_SUBTRACT] = subtract_int32, [OP_MULTIPLY] = multiply_int32},
    [LAYOUT_INT64] =
        {[OP_ADD] = add_int64, [OP_SUBTRACT] = subtract_int64, [OP_MULTIPLY] = multiply_int64},
    [LAYOUT_DOUBLE] = {[OP_ADD] = add_double,
                       [OP_SUBTRACT] = subtract_double,
                       [OP_MULTIPLY] = multiply_double,
                       [OP_DIVIDE] = divide_double,
                       [OP_MODULUS] = remainder_double},
};

/* One row; STATUS_INVALID when it fails. */
typedef enum status row_function(const struct run *run, const struct expr *expr,
                                 const struct value *left, const struct value *right,
                                 struct value *out);

static enum status fail_row(const struct run *run, const char *message)
{
    return diag_fail(run->eval->row_diag, STATUS_INVALID, SQL_POS_NONE, "%s", message);
}

/* Division of the least integer by -1 overflows in C; Java wraps. */
static enum status divide_integers(const struct run *run, const struct expr *expr,
                                   const struct value *left, const struct value *right,
                                   struct value *out)
{
    const bool is_int = expr->type->kind == TYPE_INTEGER;
    const int64_t x = is_int ? left->int32 : left->int64;
    const int64_t y = is_int ? right->int32 : right->int64;
    if (y == 0) {
        return fail_row(run, "/ by zero");
    }
    int64_t result = 0;
    if (expr->op == OP_DIVIDE) {
        result = y == -1 ? (int64_t)(0U - (uint64_t)x) : x / y;
    } else {
        result = y == -1 ? 0 : x % y;
    }
    *out = is_int ? value_int32((int32_t)result) : value_int64(result);
    return STATUS_OK;
}

static enum decimal_result compute_decimal(const struct expr *expr, int128 x, int128 y, int128 *out)
{
    const int32_t x_scale = expr->operands[0]->type->scale;
    const int32_t y_scale = expr->operands[1]->type->scale;
    if (expr->op == OP_ADD) {
        return decimal_add(x, x_scale, y, y_scale, out);
    }
    if (expr->op == OP_SUBTRACT) {
        return decimal_subtract(x, x_scale, y, y_scale, out);
    }
    if (expr->op == OP_MULTIPLY) {
        return decimal_multiply(x, y, out);
    }
    if (expr->op == OP_DIVIDE) {
        return decimal_divide(x, x_scale, y, y_scale, expr->type->scale, out);
    }
    return decimal_remainder(x, x_scale, y, y_scale, expr->type->precision, out);
}

static enum status calculate_decimal(const struct run *run, const struct expr *expr,
                                     const struct value *left, const struct value *right,
                                     struct value *out)
{
    struct value result = {0};
    const enum decimal_result code =
        compute_decimal(expr, left->decimal, right->decimal, &result.decimal);
    if (code != DECIMAL_OK) {
        return fail_row(run, decimal_result_message(code));
    }
    *out = result;
    return STATUS_OK;
}

static enum status concatenate(const struct run *run, const struct expr *expr,
                               const struct value *left, const struct value *right,
                               struct value *out)
{
    (void)expr;
    const size_t bytes = left->text.bytes + right->text.bytes;
    if (bytes > RECORD_BYTES_MAX) {
        return fail_row(run, "the text is too long");
    }
    char *text = arena_alloc(run->eval->context->arena, bytes + 1);
    if (!text) {
        return diag_no_memory(run->eval->row_diag);
    }
    if (left->text.bytes) {
        memcpy(text, left->text.data, left->text.bytes);
    }
    if (right->text.bytes) {
        memcpy(text + left->text.bytes, right->text.data, right->text.bytes);
    }
    *out = value_text((struct text){text, bytes});
    return STATUS_OK;
}

static row_function *row_function_of(const struct expr *expr)
{
    if (expr->type->kind == TYPE_DECIMAL) {
        return calculate_decimal;
    }
    return expr->type->kind == TYPE_STRING ? concatenate : divide_integers;
}

static enum status run_rows(const struct run *run, const struct expr *expr,
                            const struct vector *operands, struct vector *out)
{
    row_function *calculate = row_function_of(expr);
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (column_is_null(&out->column, row)) {
            continue;
        }
        const struct value left = vector_get(&operands[0], row);
        const struct value right = vector_get(&operands[1], row);
        struct value value = VALUE_NULL;
        TRY(run_fail_with(run, row, calculate(run, expr, &left, &right, &value)));
        column_set(&out->column, row, value);
    }
    return STATUS_OK;
}

/* Fails rows where an operand is NULL and marks them NULL in out. */
static enum status fail_nulls(const struct run *run, const struct vector *operands, uint32_t count,
                              struct vector *out)
{
    for (uint32_t at = 0; at < count; at++) {
        for (size_t i = 0; operands[at].column.has_nulls && i < run->count; i++) {
            const size_t row = run_row(run, i);
            if (vector_is_null(&operands[at], row)) {
                column_set_null(&out->column, row);
                TRY(run_fail(run, row, "an operand of arithmetic is NULL"));
            }
        }
    }
    return STATUS_OK;
}

static void clear_nulls(const struct run *run, struct vector *out)
{
    for (size_t i = 0; out->column.has_nulls && i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (out->column.is_null[row]) {
            vector_clear(out, row);
        }
    }
}

enum status eval_arithmetic(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operands[2];
    struct run constant;
    TRY(eval_begin(&run, expr, operands, 2, &constant, out));
    TRY(fail_nulls(run, operands, 2, out));
    arithmetic_kernel *kernel = kernels[type_layout(expr->type)][expr->op];
    if (kernel) {
        kernel(run, &operands[0], &operands[1], out);
    } else {
        TRY(run_rows(run, expr, operands, out));
    }
    clear_nulls(run, out);
    return STATUS_OK;
}

static struct value negate(const struct type *type, struct value value)
{
    switch (type_layout(type)) {
    case LAYOUT_INT32:
        return value_int32((int32_t)(0U - (uint32_t)value.int32));
    case LAYOUT_INT64:
        return value_int64((int64_t)(0U - (uint64_t)value.int64));
    case LAYOUT_DOUBLE:
        return value_real(-value.real);
    case LAYOUT_DECIMAL:
        return (struct value){.decimal = -value.decimal};
    case LAYOUT_BOOLEAN:
    case LAYOUT_TEXT:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return VALUE_NULL;
}

enum status eval_negate(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operand;
    struct run constant;
    TRY(eval_begin(&run, expr, &operand, 1, &constant, out));
    TRY(fail_nulls(run, &operand, 1, out));
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (!column_is_null(&out->column, row)) {
            column_set(&out->column, row, negate(expr->type, vector_get(&operand, row)));
        }
    }
    return STATUS_OK;
}
