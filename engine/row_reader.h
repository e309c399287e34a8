/* row_reader.h: JSON objects of clients to rows of a source, as ksqlDB's /inserts-stream takes
 * them.
 *
 * Stricter than the JSON format of topics: a value must be of its column's type, or of one that
 * widens to it (whole numbers to BIGINT, DECIMAL and DOUBLE; text to DECIMAL, DATE, TIME, TIMESTAMP
 * and, as base64, BYTES). Names match columns without case unless they are back-quoted. A missing
 * value is NULL, a missing key an error, an unknown name ignored.
 * Source: ksqlDB's InsertsStreamHandler, KeyValueExtractor and DefaultSqlValueCoercer.
 * Thread: one at a time. */
#ifndef ENGINE_ROW_READER_H
#define ENGINE_ROW_READER_H

#include "base/arena.h"
#include "base/schema.h"
#include "base/status.h"
#include "base/text.h"
#include "base/value.h"

struct row_reader {
    const struct schema *schema; /* borrowed */
    uint32_t next_column;        /* where the next name is looked for first */
};

/* Reads one object into values, one per column of the schema. Text borrows from json or lives
 * in arena. STATUS_INVALID: json is no object ("Invalid JSON in inserts stream"), or a value does
 * not fit its column, or a key is missing. */
MUST_USE enum status row_reader_read(struct row_reader *reader, struct text json,
                                     struct arena *arena, struct value *values, struct diag *diag);

#endif
