/* table_store.h: the newest row of each key of a table, behind a source or a join.
 *
 * Passes every change on. Where emits_old is set a change carries the key's previous row
 * (batch->old, ROW_HAS_OLD). A delete of an unknown key is passed on like any other, without an
 * old row, as Kafka Streams' KTableSource does. Rows arriving out of time order replace newer
 * ones all the same (likewise).
 *
 * Joins look rows up here while the other side's batch passes through them: one batch comes
 * from one source only, so the store stands still meanwhile and the result does not depend on
 * how rows were cut into batches.
 *
 * State rows: key as operators/key_codec.h writes it; value: the row's time, then the kept
 * value columns as base/row_codec.h writes them. */
#ifndef OPERATORS_TABLE_STORE_H
#define OPERATORS_TABLE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/schema.h"
#include "operators/operator.h"
#include "operators/window.h"

struct reader;

struct table_store_options {
    struct op_place place;
    const struct schema *schema; /* of the rows that pass; keys first */
    uint32_t key_count;          /* leading columns that identify a row */
    const bool *is_wanted;       /* per column of schema: kept; NULL: all. Key columns always are */
    struct op_window window;     /* of kind NONE: none; else it belongs to the key, time windows
                                    by their start alone */
    bool emits_old;
    uint64_t store_id; /* of the rows in the file */
};

/* Creates the operator in arena, which owns it; op_release frees its rows. */
MUST_USE enum status table_store_create(struct arena *arena,
                                        const struct table_store_options *options,
                                        struct operator** out, struct diag *diag);

/* Fills an empty store from the file. */
MUST_USE enum status table_store_load(struct operator* op, struct reader *reader,
                                      struct diag *diag);

/* Looks up count keys (at least 1), given as one column per key column; NULL is never found. A
 * windowed store takes the window of key i from row i of windows; others do not look at it.
 * *out is a batch of the store's schema with count rows in arena: row i holds what was found
 * for key i, its time in time_ms; found[i] says whether there was anything (the row is all NULL
 * otherwise, at INT64_MIN). found has room for count bytes. Text in *out borrows from the store
 * until its next change. */
MUST_USE enum status table_store_find(struct operator* op, const struct column *keys,
                                      const struct batch *windows, size_t count,
                                      struct arena *arena, struct batch **out, uint8_t *found,
                                      struct diag *diag);

/* Rows of a table as stored bytes, for joins that remember keys: the state keys of the rows of
 * batch, in its arena. */
MUST_USE enum status table_store_keys(struct operator* op, const struct batch *batch,
                                      const struct text **out, struct diag *diag);

/* As table_store_find, by state keys. Not for windowed stores. */
MUST_USE enum status table_store_find_keys(struct operator* op, const struct text *keys,
                                           size_t count, struct arena *arena, struct batch **out,
                                           uint8_t *found, struct diag *diag);

/* Walks through all rows in no particular order, in batches of at most count_max: start with
 * *cursor = 0; an empty batch is the end. The store must not change meanwhile. */
MUST_USE enum status table_store_visit(struct operator* op, struct arena *arena, size_t *cursor,
                                       size_t count_max, struct batch **out, struct diag *diag);

/* For pull queries, which read the file and not memory: appends one row to out, a batch of the
 * store's schema with room for it. key and value are those of a state row. Needs no lock: it
 * reads only what creation set. */
MUST_USE enum status table_store_decode_row(const struct operator* op, struct text key,
                                            struct text value, struct batch *out,
                                            struct diag *diag);

/* Appends to out the state key of a row with these key values (key_count of them), so that it
 * can be looked up in the file. Of a windowed store it is the key's prefix: all rows of the key
 * follow it, in order of their windows. */
MUST_USE enum status table_store_encode_key(const struct operator* op, const struct value *keys,
                                            struct buffer *out, struct diag *diag);

#endif
