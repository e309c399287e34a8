/* encoder.h: columns to record keys or values, a batch at a time.
 *
 * An encoder writes one side (key or value) of records. Bytes are what ksqlDB writes, to the
 * last byte: JSON has every column in schema order, without spaces.
 * Thread: one at a time. */
#ifndef FORMATS_ENCODER_H
#define FORMATS_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/column.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/format.h"
#include "formats/schema_registry.h"

struct encoder;

struct encoder_options {
    enum format_kind format;
    enum format_side side;
    enum format_wrap wrap; /* what format_wrap_of says */
    struct text delimiter; /* DELIMITED: one character; empty means "," */
    struct schema_use schema; /* registry formats */
    uint32_t column_count;
    const struct type_field *columns; /* the side's columns in schema order */
};

/* Which rows to write, and which of them as null records. */
struct encode_rows {
    size_t count;
    const uint32_t *rows;          /* the rows by number; NULL means 0 to count - 1 */
    const uint8_t *is_null_record; /* by row number: nonzero writes null bytes; NULL: none */
};

static const uint32_t ENCODED_NULL = UINT32_MAX;

/* Where one record lies in the output buffer. */
struct encoded_record {
    uint32_t offset;
    uint32_t bytes; /* ENCODED_NULL for null bytes (a tombstone, or a null key) */
};

/* An encoder in arena, which owns it. Copies options; what they point to must outlive it. Fails
 * with format_check's messages, and where the schema to write with cannot be had, or does not fit
 * the columns. */
MUST_USE enum status encoder_create(struct arena *arena, const struct encoder_options *options,
                                    struct encoder **out, struct diag *diag);

/* Appends the rows to out and fills records, one per row of rows. columns has one column per
 * column of the options, in their order, all present. A single unwrapped column that is NULL
 * (JSON unwrapped, KAFKA, DELIMITED) becomes null bytes, as does every row of a side that holds
 * nothing (format_is_void). Fails with STATUS_NO_MEMORY when out cannot grow, and with
 * STATUS_INVALID for a row that its registered schema has no form for: a NULL where it wants a
 * value. */
MUST_USE enum status encoder_encode(struct encoder *encoder, const struct column *const *columns,
                                    const struct encode_rows *rows, struct buffer *out,
                                    struct encoded_record *records, struct diag *diag);

/* The bytes of one record; data is NULL for null bytes. Valid until out grows. */
static inline struct text encoded_text(const struct buffer *out, struct encoded_record record)
{
    if (record.bytes == ENCODED_NULL) {
        return (struct text){NULL, 0};
    }
    return (struct text){out->data + record.offset, record.bytes};
}

#endif
