/* batch.h: up to BATCH_ROWS_MAX changes as columns: what flows between operators.
 *
 * A row is one change of a stream or table: its columns by the position they have in the
 * step's schema, and beside them its time, window, kind and where it came from. All arrays
 * live in batch->arena until the next batch_reset. Text may also be a slice of the segment
 * that the records were read from; whoever pushes a batch keeps that segment alive until the
 * push returns. An operator that keeps anything copies it.
 *
 * The result of a query never depends on how rows were cut into batches.
 * Thread: one at a time. */
#ifndef BASE_BATCH_H
#define BASE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/column.h"
#include "base/text.h"

/* Bits of batch->flags[row]. */
enum row_flag {
    ROW_DELETE = 1,     /* table: the key is gone. Stream: a record whose value is null */
    ROW_HAS_OLD = 2,    /* table: the key had a previous row, and batch->old holds it */
    ROW_NULL_KEY = 4,   /* the record had no key; all key columns are NULL */
};

/* Where a row was read; what ROWPARTITION, ROWOFFSET and the processing log show. */
struct row_origin {
    uint32_t partition;
    int64_t offset;
};

struct record; /* base/record.h */

struct batch {
    struct arena *arena; /* borrowed; owned by the task that runs the query */
    bool is_shared;      /* the arrays are others' too: read them only, or batch_own() first */
    size_t row_count;
    size_t capacity; /* rows that the arrays below have room for */
    uint32_t column_count;
    struct column *columns;
    int64_t *time_ms;          /* event time of each row (ROWTIME) */
    uint8_t *flags;            /* enum row_flag bits */
    int64_t *window_start_ms;  /* NULL unless the rows are windowed */
    int64_t *window_end_ms;    /* exclusive for time windows, last event time for sessions */
    struct row_origin *origin; /* NULL after the first stateful operator */
    /* The record behind each row's change, for headers that travel on to the sink. NULL, or NULL
     * for a row, when there are none. Borrowed like the segment. */
    const struct record **cause;
    /* Previous rows of a table's keys: same columns and row numbers, valid where ROW_HAS_OLD.
     * NULL when nothing downstream asked for them. */
    struct batch *old;
};

/* An empty batch in arena: column_count columns that are not present yet, time and flags
 * with room for capacity rows. */
MUST_USE enum status batch_create(struct arena *arena, uint32_t column_count, size_t capacity,
                                  struct batch **out, struct diag *diag);

/* Adds the two window arrays. */
MUST_USE enum status batch_add_windows(struct batch *batch, struct diag *diag);

/* Gives a shared batch without old rows arrays of its own that hold only the count rows listed in
 * rows (ascending; NULL: all of them). */
MUST_USE enum status batch_own(struct batch *batch, const uint32_t *rows, size_t count,
                               struct diag *diag);

/* Keeps only the rows listed in rows (ascending), in every array, old rows included. */
void batch_compact(struct batch *batch, const uint32_t *rows, size_t count);

#endif
