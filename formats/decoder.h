/* decoder.h: record keys or values to columns, a batch at a time.
 *
 * A decoder reads one side (key or value) of the records of one topic. It learns from the
 * records that it sees (a JSON topic's order of keys), which changes its speed and nothing
 * else. One record that cannot be decoded never stops the others: it is listed in the result
 * with the message that ksqlDB's processing log would have.
 *
 * Columns that nobody wants are neither converted nor checked, so a record is refused only for
 * what the query reads, or because it is not well-formed as a whole.
 * Thread: one at a time. */
#ifndef FORMATS_DECODER_H
#define FORMATS_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/column.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/format.h"
#include "formats/schema_registry.h"

struct decoder;

struct decoder_options {
    enum format_kind format;
    enum format_side side;
    enum format_wrap wrap; /* what format_wrap_of says */
    struct text delimiter; /* DELIMITED: one character; empty means "," */
    struct text topic;     /* named in messages */
    struct schema_use schema; /* registry formats */
    uint32_t column_count;
    const struct type_field *columns; /* the side's columns in schema order */
    const bool *wanted;               /* one per column: decode it. NULL means all */
};

enum record_outcome {
    RECORD_DECODED,
    RECORD_NULL,  /* null bytes, or a text that stands for a null row: every column is NULL */
    RECORD_FAILED /* every column is NULL and the row is listed in errors */
};

struct decode_error {
    uint32_t row;
    /* What the processing log shows as errorMessage, and the reason behind it, which is its first
     * cause. Both are ksqlDB's text and live in the batch arena. */
    struct text message;
    struct text cause;
};

struct decode_result {
    uint8_t *outcomes; /* enum record_outcome of each record, in the batch arena */
    uint32_t null_count;
    uint32_t error_count;
    const struct decode_error *errors; /* in order of row */
};

/* A decoder in arena, which owns it. Copies options; what they point to must outlive it. Fails
 * with format_check's messages. */
MUST_USE enum status decoder_create(struct arena *arena, const struct decoder_options *options,
                                    struct decoder **out, struct diag *diag);

/* Decodes count records (at most BATCH_ROWS_MAX; data NULL is a null record) into columns, one
 * struct column per column of the options, which the decoder initialises in batch_arena: columns
 * that are not wanted get is_present false. Text of columns may be slices of the records, which
 * must live as long as the columns. A STRING column gets json_clean when all its texts can stand
 * between quotes in JSON as they are. Fails only for want of memory. */
MUST_USE enum status decoder_decode(struct decoder *decoder, const struct text *records,
                                    size_t count, struct column *columns, struct arena *batch_arena,
                                    struct decode_result *result, struct diag *diag);

#endif
