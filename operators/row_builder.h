/* row_builder.h: output rows one at a time, emitted as full batches.
 *
 * For operators that make rows of their own: groups, joins, table functions. Batches start small
 * and grow, since zeroing columns for thousands of rows would cost more than one row's work.
 * Private to operators/. Thread: the task's. */
#ifndef OPERATORS_ROW_BUILDER_H
#define OPERATORS_ROW_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/schema.h"
#include "operators/operator.h"

struct row_builder {
    struct operator* op; /* whose downstream gets the batches */
    struct op_context *context;
    const struct schema *schema;
    bool has_windows;
    bool has_old;
    bool has_cause;
    size_t capacity;     /* of the next batch */
    struct batch *batch; /* NULL: none begun */
};

/* Starts building; capacity_hint is the number of rows that are likely. */
void row_builder_start(struct row_builder *builder, size_t capacity_hint);

/* The number of a new row in builder->batch, all of whose columns are NULL-free zeroes. Emits the
 * batch before when it is full: rows returned earlier are then gone. */
MUST_USE enum status row_builder_add(struct row_builder *builder, size_t *out_row,
                                     struct diag *diag);

/* Emits what is left. */
MUST_USE enum status row_builder_finish(struct row_builder *builder, struct diag *diag);

#endif
