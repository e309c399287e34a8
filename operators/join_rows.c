/* join_rows.c
 *
 * Joins that give at most one row per input row put columns side by side and then drop the rows
 * without a result; joins that give many copy them row by row. */
#include "operators/join_rows.h"

#include <assert.h>

#include "operators/evaluate.h"
#include "operators/rows.h"

bool join_stands_alone(enum op_join_type type, enum join_side side)
{
    if (type == OP_JOIN_OUTER) {
        return true;
    }
    return type == (side == JOIN_SIDE_LEFT ? OP_JOIN_LEFT : OP_JOIN_RIGHT);
}

uint32_t join_first_column(const struct join_shape *shape, uint32_t key_count, enum join_side side)
{
    return side == JOIN_SIDE_LEFT ? key_count : key_count + shape->inputs[0]->column_count;
}

enum status join_evaluate_key(const struct operator* op, struct op_context *context,
                              const struct join_shape *shape, enum join_side side,
                              const struct batch *batch, const uint32_t *rows, size_t count,
                              struct column *key, struct diag *diag)
{
    return evaluate(op, context, shape->keys[side], "Error computing join key", batch, rows, count,
                    key, NULL, diag);
}

static enum status add_pseudo(const struct join_shape *shape, struct batch *out, struct diag *diag)
{
    for (uint32_t i = 0; i < shape->pseudo_count; i++) {
        const uint32_t position = shape->pseudo[i].column_index;
        TRY(column_init(&out->columns[position], out->arena, shape->schema->columns[position].type,
                        out->capacity, diag));
    }
    for (size_t row = 0; shape->pseudo_count > 0 && row < out->row_count; row++) {
        join_set_pseudo(shape, out, row);
    }
    return STATUS_OK;
}

enum status join_combine(const struct join_shape *shape, enum join_side side,
                         const struct column *key, const struct batch *batch,
                         const struct batch *other, struct batch **out, struct diag *diag)
{
    struct batch *combined = NULL;
    assert(batch->row_count == other->row_count);
    TRY(rows_derive(batch, shape->schema->column_count, &combined, diag));
    const uint32_t own_first = join_first_column(shape, 1, side);
    const uint32_t other_first = join_first_column(shape, 1, join_other(side));
    combined->columns[0] = *key;
    for (uint32_t i = 0; i < batch->column_count; i++) {
        combined->columns[own_first + i] = batch->columns[i];
    }
    for (uint32_t i = 0; i < other->column_count; i++) {
        combined->columns[other_first + i] = other->columns[i];
    }
    for (size_t row = 0; row < combined->row_count; row++) { /* the key is the join's from here */
        combined->flags[row] &= (uint8_t)~ROW_NULL_KEY;
    }
    TRY(rows_unshare(combined, diag));
    TRY(add_pseudo(shape, combined, diag));
    *out = combined;
    return STATUS_OK;
}

void join_copy_side(const struct join_shape *shape, uint32_t key_count, enum join_side side,
                    struct batch *out, size_t row, const struct batch *batch, size_t from)
{
    const uint32_t first = join_first_column(shape, key_count, side);
    const uint32_t count = shape->inputs[side]->column_count;
    if (batch) {
        rows_copy_columns(out, first, row, batch, 0, from, count);
    } else {
        rows_set_null(out, first, count, row);
    }
}

void join_set_pseudo(const struct join_shape *shape, struct batch *out, size_t row)
{
    rows_set_pseudo(out, shape->pseudo, shape->pseudo_count, row);
}
