/* eval_compare.c
 *
 * Comparisons and IN. Six operators reduce to three kernels: equal, less, less or equal; the
 * others swap the operands or flip the result. A NULL operand makes a comparison FALSE, never
 * NULL; IS [NOT] DISTINCT FROM counts two NULLs as equal. IN is a chain of equalities, each
 * over the whole column, so that a list of constants runs through the vectorised kernel once
 * per item. Nested values and decimals of different scales are compared row by row.
 */
#include <assert.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "functions/eval_loop.h"

typedef void compare_kernel(const struct run *run, const struct vector *left,
                            const struct vector *right, struct vector *out);

/* Kernels for what the six operators reduce to. */
enum relation { RELATION_EQUAL, RELATION_LESS, RELATION_LESS_EQUAL, RELATION_COUNT };

DEFINE_BINARY_KERNEL(equal_boolean, uint8_t, boolean, uint8_t, boolean, x == y)
DEFINE_BINARY_KERNEL(equal_int32, int32_t, int32, uint8_t, boolean, x == y)
DEFINE_BINARY_KERNEL(less_int32, int32_t, int32, uint8_t, boolean, x < y)
DEFINE_BINARY_KERNEL(less_equal_int32, int32_t, int32, uint8_t, boolean, x <= y)
DEFINE_BINARY_KERNEL(equal_int64, int64_t, int64, uint8_t, boolean, x == y)
DEFINE_BINARY_KERNEL(less_int64, int64_t, int64, uint8_t, boolean, x < y)
DEFINE_BINARY_KERNEL(less_equal_int64, int64_t, int64, uint8_t, boolean, x <= y)
DEFINE_BINARY_KERNEL(equal_double, double, real, uint8_t, boolean, x == y)
DEFINE_BINARY_KERNEL(less_double, double, real, uint8_t, boolean, x < y)
DEFINE_BINARY_KERNEL(less_equal_double, double, real, uint8_t, boolean, x <= y)
DEFINE_BINARY_KERNEL(equal_decimal, int128, decimal, uint8_t, boolean, x == y)
DEFINE_BINARY_KERNEL(less_decimal, int128, decimal, uint8_t, boolean, x < y)
DEFINE_BINARY_KERNEL(less_equal_decimal, int128, decimal, uint8_t, boolean, x <= y)
DEFINE_BINARY_KERNEL(equal_text, struct text, text, uint8_t, boolean, text_equal(x, y))
DEFINE_BINARY_KERNEL(less_string, struct text, text, uint8_t, boolean, utf8_compare(x, y) < 0)
DEFINE_BINARY_KERNEL(less_equal_string, struct text, text, uint8_t, boolean,
                     utf8_compare(x, y) <= 0)
DEFINE_BINARY_KERNEL(less_bytes, struct text, text, uint8_t, boolean, text_compare(x, y) < 0)
DEFINE_BINARY_KERNEL(less_equal_bytes, struct text, text, uint8_t, boolean, text_compare(x, y) <= 0)

/* BYTES order by unsigned bytes, STRING by UTF-16 units; all else is as its layout says. */
static compare_kernel *const kernels[LAYOUT_COUNT][RELATION_COUNT] = {
    [LAYOUT_BOOLEAN] = {equal_boolean, NULL, NULL},
    [LAYOUT_INT32] = {equal_int32, less_int32, less_equal_int32},
    [LAYOUT_INT64] = {equal_int64, less_int64, less_equal_int64},
    [LAYOUT_DOUBLE] = {equal_double, less_double, less_equal_double},
    [LAYOUT_DECIMAL] = {equal_decimal, less_decimal, less_equal_decimal},
    [LAYOUT_TEXT] = {equal_text, less_string, less_equal_string},
};
static compare_kernel *const bytes_kernels[RELATION_COUNT] = {equal_text, less_bytes,
                                                              less_equal_bytes};

static bool is_null_safe(enum expr_op op)
{
    return op == OP_IS_DISTINCT_FROM || op == OP_IS_NOT_DISTINCT_FROM;
}

static bool holds(enum relation relation, int order)
{
    if (relation == RELATION_EQUAL) {
        return order == 0;
    }
    return relation == RELATION_LESS ? order < 0 : order <= 0;
}

static bool relate_values(enum relation relation, const struct vector *left,
                          const struct vector *right, size_t row)
{
    const struct type *type = left->column.type;
    const struct value x = vector_get(left, row);
    const struct value y = vector_get(right, row);
    if (type->kind == TYPE_DECIMAL) {
        const int32_t y_scale = right->column.type->scale;
        return holds(relation, decimal_compare(x.decimal, type->scale, y.decimal, y_scale));
    }
    assert(relation == RELATION_EQUAL);
    return value_equal(type, &x, &y);
}

static void relate_rows(const struct run *run, enum relation relation, const struct vector *left,
                        const struct vector *right, struct vector *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (!vector_is_null(left, row) && !vector_is_null(right, row)) {
            out->column.boolean[row] = relate_values(relation, left, right, row);
        }
    }
}

static compare_kernel *find_kernel(const struct vector *left, const struct vector *right,
                                   enum relation relation)
{
    const struct type *type = left->column.type;
    if (type->kind == TYPE_DECIMAL && type->scale != right->column.type->scale) {
        return NULL;
    }
    return type->kind == TYPE_BYTES ? bytes_kernels[relation]
                                    : kernels[type_layout(type)][relation];
}

static void relate(const struct run *run, enum relation relation, const struct vector *left,
                   const struct vector *right, struct vector *out)
{
    compare_kernel *kernel = find_kernel(left, right, relation);
    if (kernel) {
        kernel(run, left, right, out);
    } else {
        relate_rows(run, relation, left, right, out);
    }
}

static void flip(const struct run *run, struct vector *out)
{
    uint8_t *restrict to = out->column.boolean;
    const uint32_t *rows = run->rows;
    const size_t count = run->count;
    for (size_t i = 0; i < count; i++) {
        to[rows ? rows[i] : i] ^= 1;
    }
}

static void fix_nulls(const struct run *run, enum expr_op op, const struct vector *left,
                      const struct vector *right, struct vector *out)
{
    if (!left->column.has_nulls && !right->column.has_nulls) {
        return;
    }
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        const bool is_left_null = vector_is_null(left, row);
        const bool is_right_null = vector_is_null(right, row);
        if (is_left_null || is_right_null) {
            const bool are_same = is_left_null && is_right_null;
            out->column.boolean[row] =
                is_null_safe(op) && are_same == (op == OP_IS_NOT_DISTINCT_FROM);
        }
    }
}

void compare_vectors(const struct run *run, enum expr_op op, const struct vector *left,
                     const struct vector *right, struct vector *out)
{
    static const struct {
        enum relation relation;
        bool is_swapped;
        bool is_flipped;
    } plans[OP_COUNT] = {
        [OP_EQUAL] = {RELATION_EQUAL, false, false},
        [OP_NOT_EQUAL] = {RELATION_EQUAL, false, true},
        [OP_LESS] = {RELATION_LESS, false, false},
        [OP_LESS_EQUAL] = {RELATION_LESS_EQUAL, false, false},
        [OP_GREATER] = {RELATION_LESS, true, false},
        [OP_GREATER_EQUAL] = {RELATION_LESS_EQUAL, true, false},
        [OP_IS_DISTINCT_FROM] = {RELATION_EQUAL, false, true},
        [OP_IS_NOT_DISTINCT_FROM] = {RELATION_EQUAL, false, false},
    };
    assert(op >= OP_EQUAL && op < OP_COUNT);
    const bool is_swapped = plans[op].is_swapped;
    relate(run, plans[op].relation, is_swapped ? right : left, is_swapped ? left : right, out);
    if (plans[op].is_flipped) {
        flip(run, out);
    }
    fix_nulls(run, op, left, right, out);
}

enum status eval_compare(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operands[2];
    struct run constant;
    TRY(eval_begin(&run, expr, operands, 2, &constant, out));
    compare_vectors(run, expr->op, &operands[0], &operands[1], out);
    return STATUS_OK;
}

static void merge(const struct run *run, const struct vector *found, struct vector *out)
{
    const uint8_t *from = found->column.boolean;
    uint8_t *restrict to = out->column.boolean;
    const uint32_t *rows = run->rows;
    const size_t count = run->count;
    for (size_t i = 0; i < count; i++) {
        const size_t row = rows ? rows[i] : i;
        to[row] |= from[row];
    }
}

enum status eval_in(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector *operands = NULL;
    TRY(eval_operands(run, expr, &operands));
    struct run constant;
    run = run_for(run, operands, expr->operand_count, &constant);
    struct vector found;
    TRY(vector_init(out, run, expr->type));
    TRY(vector_init(&found, run, expr->type));
    for (uint32_t i = 1; i < expr->operand_count; i++) {
        compare_vectors(run, OP_EQUAL, &operands[0], &operands[i], &found);
        merge(run, &found, out);
    }
    return STATUS_OK;
}
