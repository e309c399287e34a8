/* join_rows.h: the output rows of joins, put together from both sides.
 *
 * Private to operators/. Thread: the task's. */
#ifndef OPERATORS_JOIN_ROWS_H
#define OPERATORS_JOIN_ROWS_H

#include <stdbool.h>

#include "operators/join.h"

enum join_side { JOIN_SIDE_LEFT, JOIN_SIDE_RIGHT };

static inline enum join_side join_other(enum join_side side)
{
    return side == JOIN_SIDE_LEFT ? JOIN_SIDE_RIGHT : JOIN_SIDE_LEFT;
}

/* Whether a row of side is a result without a match. */
bool join_stands_alone(enum op_join_type type, enum join_side side);

/* The first output column of a side, behind key_count key columns. */
uint32_t join_first_column(const struct join_shape *shape, uint32_t key_count, enum join_side side);

/* Evaluates the join key of side for the rows listed; a key that fails is NULL, and logged. */
MUST_USE enum status join_evaluate_key(const struct operator* op, struct op_context *context,
                                       const struct join_shape *shape, enum join_side side,
                                       const struct batch *batch, const uint32_t *rows,
                                       size_t count, struct column *key, struct diag *diag);

/* The rows of batch (side's) beside those of other, row by row, as a batch of the output's
 * schema that shares their arrays: key, left, right, and pseudo columns from the rows' times. Both
 * have the same number of rows. Columns that were not decoded stay absent. */
MUST_USE enum status join_combine(const struct join_shape *shape, enum join_side side,
                                  const struct column *key, const struct batch *batch,
                                  const struct batch *other, struct batch **out, struct diag *diag);

/* Copies row from of batch into the columns of side; batch NULL: they become NULL. */
void join_copy_side(const struct join_shape *shape, uint32_t key_count, enum join_side side,
                    struct batch *out, size_t row, const struct batch *batch, size_t from);

/* Fills the join's own pseudo columns of one row. */
void join_set_pseudo(const struct join_shape *shape, struct batch *out, size_t row);

#endif
