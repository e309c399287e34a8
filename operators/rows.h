/* rows.h: making batches of a step's schema, and copying rows between batches.
 *
 * Private to operators/. One rule holds for every batch that an operator emits: no two of its
 * columns share an array, so that an operator below may compact it in place. Thread: the task's. */
#ifndef OPERATORS_ROWS_H
#define OPERATORS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/batch.h"
#include "base/schema.h"
#include "operators/operator.h"
#include "operators/window.h"

/* An empty batch whose columns are all present; with has_windows also the window arrays. */
MUST_USE enum status rows_create(struct arena *arena, const struct schema *schema, size_t capacity,
                                 bool has_windows, struct batch **out, struct diag *diag);

/* A batch of column_count columns, not present yet, for the rows of source: it shares source's
 * times, flags, windows, origins and causes, but not its old rows. */
MUST_USE enum status rows_derive(const struct batch *source, uint32_t column_count,
                                 struct batch **out, struct diag *diag);

/* The numbers of the rows that have flag, or with has_it false do not have it, in the batch's
 * arena, with room for all rows. */
MUST_USE enum status rows_select(const struct batch *batch, enum row_flag flag, bool has_it,
                                 uint32_t **out, size_t *out_count, struct diag *diag);

/* Gives columns that share an array with an earlier one their own copy. */
MUST_USE enum status rows_unshare(struct batch *batch, struct diag *diag);

/* Makes every column present; those that were not are all NULL, of schema's types. */
MUST_USE enum status rows_complete(struct batch *batch, const struct schema *schema,
                                   struct diag *diag);

/* Copies time and window (where both have windows) and the cause; clears flags. */
void rows_copy_place(struct batch *target, size_t to, const struct batch *source, size_t from);

/* Copies count columns from source's first_from to target's first_to; columns that source does
 * not have present become NULL. */
void rows_copy_columns(struct batch *target, uint32_t first_to, size_t to,
                       const struct batch *source, uint32_t first_from, size_t from,
                       uint32_t count);

/* Sets count columns of a row to NULL. */
void rows_set_null(struct batch *batch, uint32_t first_column, uint32_t count, size_t row);

/* Fills the pseudo columns of a row from its time, window and origin. */
void rows_set_pseudo(struct batch *batch, const struct op_pseudo *pseudo, uint32_t pseudo_count,
                     size_t row);

/* Adds count to counter, but only while the rows of batch are still the records that were read;
 * see "counting" in README.md. */
static inline void rows_count(const struct batch *batch, uint64_t *counter, size_t count)
{
    if (batch->origin) {
        *counter += count;
    }
}

/* Writes an entry of kind LOG_RECORD_PROCESSING about a row. */
void rows_log(const struct operator* op, struct op_context *context, const struct batch *batch,
              size_t row, const char *message);

#endif
