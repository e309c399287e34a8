/* delimited_encoder.c
 *
 * Rows to delimited lines without a line end. Each value is appended as plain text and then put
 * between quotes where it has to be. NULL is an empty field; so is an empty text, except in the
 * first column. A single column that is NULL makes a null record.
 *
 * Source: ksqlDB KsqlDelimitedSerializer. */
#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "base/decimal.h"
#include "base/number_text.h"
#include "formats/csv.h"
#include "formats/encode_batch.h"

struct delimited_encoder {
    struct encoder base; /* first, so that a struct encoder * can be cast back */
    struct text delimiter;
    bool *is_plain; /* per column: whole numbers that never need quotes */
};

static void append_integer(struct buffer *out, int64_t value)
{
    if (buffer_reserve(out, NUMBER_TEXT_INT64_BYTES_MAX)) {
        out->bytes += number_text_int64(out->data + out->bytes, value);
    }
}

static void append_double(struct buffer *out, double value)
{
    if (buffer_reserve(out, NUMBER_TEXT_DOUBLE_BYTES_MAX)) {
        out->bytes += number_text_double(out->data + out->bytes, value);
    }
}

static void append_decimal(struct buffer *out, int128 value, int32_t scale)
{
    if (buffer_reserve(out, decimal_text_bytes_max(scale))) {
        out->bytes += decimal_text(out->data + out->bytes, value, scale);
    }
}

static void append_text(struct buffer *out, const struct column *column, size_t row)
{
    const struct text text = column->text[row];
    if (column->type->kind == TYPE_STRING) {
        buffer_append_text(out, text);
    } else if (buffer_reserve(out, base64_encoded_bytes(text.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, text);
    }
}

static void append_value(struct buffer *out, const struct column *column, size_t row)
{
    switch (type_layout(column->type)) {
    case LAYOUT_BOOLEAN:
        buffer_append_string(out, column->boolean[row] ? "true" : "false");
        return;
    case LAYOUT_INT32:
        append_integer(out, column->int32[row]);
        return;
    case LAYOUT_INT64:
        append_integer(out, column->int64[row]);
        return;
    case LAYOUT_DOUBLE:
        append_double(out, column->real[row]);
        return;
    case LAYOUT_DECIMAL:
        append_decimal(out, column->decimal[row], column->type->scale);
        return;
    case LAYOUT_TEXT:
        append_text(out, column, row);
        return;
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    assert(false); /* format_check lets no other type through */
}

static void encode_row(struct encoder *encoder, const struct column *const *columns, size_t row,
                       struct buffer *out)
{
    const struct delimited_encoder *self = (const struct delimited_encoder *)encoder;
    for (uint32_t i = 0; i < encoder->options.column_count; i++) {
        if (i > 0) {
            buffer_append_text(out, self->delimiter);
        }
        if (!column_is_null(columns[i], row)) {
            const size_t start = out->bytes;
            append_value(out, columns[i], row);
            if (!self->is_plain[i]) {
                csv_quote(out, start, i == 0, self->delimiter);
            }
        }
    }
}

/* Whole numbers behind the first column need no look for quotes, unless a digit delimits. */
static bool is_plain(const struct type *type, uint32_t column, struct text delimiter)
{
    const enum layout layout = type_layout(type);
    return column > 0 && (layout == LAYOUT_INT32 || layout == LAYOUT_INT64) &&
           !memchr("-0123456789", delimiter.data[0], 11);
}

enum status delimited_encoder_create(struct arena *arena, const struct encoder_options *options,
                                     struct encoder **out, struct diag *diag)
{
    struct delimited_encoder *self = ARENA_NEW(arena, struct delimited_encoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct encoder){.encode = encode_row,
                                  .null_is_null_record = options->column_count == 1,
                                  .options = *options};
    self->delimiter = options->delimiter.bytes ? options->delimiter : TEXT(",");
    TRY(csv_check_delimiter(self->delimiter, diag));
    self->is_plain = arena_zalloc(arena, options->column_count * sizeof(*self->is_plain));
    if (!self->is_plain) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < options->column_count; i++) {
        self->is_plain[i] = is_plain(options->columns[i].type, i, self->delimiter);
    }
    *out = &self->base;
    return STATUS_OK;
}
