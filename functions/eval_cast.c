/* eval_cast.c
 *
 * CAST over columns. The numeric widenings that the builders insert everywhere have loops of
 * their own; every other cast goes row by row through cast_value. NULL casts to NULL.
 */
#include "functions/cast.h"
#include "functions/eval.h"

typedef void cast_kernel(const struct run *run, const struct vector *from, struct vector *out);

#define DEFINE_CAST_KERNEL(name, from_type, from_field, to_type, to_field)                         \
    static void name(const struct run *run, const struct vector *from, struct vector *out)         \
    {                                                                                              \
        const from_type *source = from->column.from_field;                                         \
        to_type *restrict to = out->column.to_field;                                               \
        const uint32_t *rows = run->rows;                                                          \
        const size_t count = run->count;                                                           \
        if (rows) {                                                                                \
            for (size_t i = 0; i < count; i++) {                                                   \
                to[rows[i]] = (to_type)source[rows[i]];                                            \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (size_t i = 0; i < count; i++) {                                                       \
            to[i] = (to_type)source[i];                                                            \
        }                                                                                          \
    }

DEFINE_CAST_KERNEL(int32_to_int64, int32_t, int32, int64_t, int64)
DEFINE_CAST_KERNEL(int32_to_double, int32_t, int32, double, real)
DEFINE_CAST_KERNEL(int64_to_int32, int64_t, int64, int32_t, int32)
DEFINE_CAST_KERNEL(int64_to_double, int64_t, int64, double, real)

static cast_kernel *const kernels[TYPE_KIND_COUNT][TYPE_KIND_COUNT] = {
    [TYPE_INTEGER] = {[TYPE_BIGINT] = int32_to_int64, [TYPE_DOUBLE] = int32_to_double},
    [TYPE_BIGINT] = {[TYPE_INTEGER] = int64_to_int32, [TYPE_DOUBLE] = int64_to_double},
};

static void copy_nulls(const struct run *run, const struct vector *from, struct vector *out)
{
    if (!from->column.has_nulls) {
        return;
    }
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (vector_is_null(from, row)) {
            column_set_null(&out->column, row);
        }
    }
}

static enum status cast_rows(const struct run *run, const struct vector *from, struct vector *out)
{
    struct arena *arena = run->eval->context->arena;
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (column_is_null(&out->column, row)) {
            continue;
        }
        const struct value source = vector_get(from, row);
        struct value value = VALUE_NULL;
        TRY(run_fail_with(run, row,
                          cast_value(from->column.type, &source, out->column.type, arena, &value,
                                     run->eval->row_diag)));
        column_set(&out->column, row, value);
    }
    return STATUS_OK;
}

enum status eval_cast(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operand;
    struct run constant;
    TRY(eval_begin(&run, expr, &operand, 1, &constant, out));
    copy_nulls(run, &operand, out);
    cast_kernel *kernel = kernels[operand.column.type->kind][expr->type->kind];
    if (kernel) {
        kernel(run, &operand, out);
        return STATUS_OK;
    }
    return cast_rows(run, &operand, out);
}
