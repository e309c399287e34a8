/* eval_loop.h: the loops of binary kernels. Private to functions/.
 *
 * DEFINE_BINARY_KERNEL writes a function over two vectors of one layout. The common cases (all
 * rows; column with column, column with constant, constant with column) get loops that gcc
 * vectorises: bounds and constants are in locals, and the output is restrict. expression
 * computes the result from x and y, and runs over NULL rows too, whose data is zero. */
#ifndef FUNCTIONS_EVAL_LOOP_H
#define FUNCTIONS_EVAL_LOOP_H

#include "functions/eval.h"

#define BINARY_LOOP(type, row_of_i, x_of_row, y_of_row, expression)                                \
    for (size_t i = 0; i < count; i++) {                                                           \
        const size_t row = (row_of_i);                                                             \
        const type x = (x_of_row);                                                                 \
        const type y = (y_of_row);                                                                 \
        to[row] = (expression);                                                                    \
    }

#define DEFINE_BINARY_KERNEL(name, type, field, result_type, result_field, expression)             \
    static void name(const struct run *run, const struct vector *left, const struct vector *right, \
                     struct vector *out)                                                           \
    {                                                                                              \
        const type *a = left->column.field;                                                        \
        const type *b = right->column.field;                                                       \
        result_type *restrict to = out->column.result_field;                                       \
        const uint32_t *rows = run->rows;                                                          \
        const size_t count = run->count;                                                           \
        const size_t a_step = left->is_constant ? 0 : 1;                                           \
        const size_t b_step = right->is_constant ? 0 : 1;                                          \
        if (rows) {                                                                                \
            BINARY_LOOP(type, rows[i], a[row * a_step], b[row * b_step], expression)               \
        } else if (a_step && b_step) {                                                             \
            BINARY_LOOP(type, i, a[row], b[row], expression)                                       \
        } else if (a_step) {                                                                       \
            const type only = b[0];                                                                \
            BINARY_LOOP(type, i, a[row], only, expression)                                         \
        } else {                                                                                   \
            const type only = a[0];                                                                \
            BINARY_LOOP(type, i, only, b[row * b_step], expression)                                \
        }                                                                                          \
    }

#endif
