/* json_encoder.c
 *
 * Rows to JSON objects. What never changes is made when the encoder is: for each column the text
 * from the comma (or the opening brace) to the colon. Numbers are written in place, text that is
 * known to need no escapes is copied as it is, everything else goes through json_value.c.
 *
 * Rejected: writing column by column and joining afterwards, which touches every byte twice. */
#include <assert.h>
#include <string.h>

#include "base/number_text.h"
#include "formats/encode_batch.h"
#include "formats/json_value.h"

enum { PREFIX_BYTES = 32 }; /* a prefix up to this is copied as one block */

/* What stands in front of a column's value. */
struct prefix {
    char block[PREFIX_BYTES]; /* the prefix, when it fits */
    struct text text;
};

struct json_encoder {
    struct encoder base; /* first, so that a struct encoder * can be cast back */
    struct prefix *prefixes;
};

/* Appends the prefix and makes room for extra more bytes behind it. */
static inline bool append_prefix(struct buffer *out, const struct prefix *prefix, size_t extra)
{
    if (!buffer_reserve(out, prefix->text.bytes + PREFIX_BYTES + extra)) {
        return false;
    }
    if (prefix->text.bytes <= PREFIX_BYTES) {
        memcpy(out->data + out->bytes, prefix->block, PREFIX_BYTES);
    } else {
        memcpy(out->data + out->bytes, prefix->text.data, prefix->text.bytes);
    }
    out->bytes += prefix->text.bytes;
    return true;
}

static inline void append_clean_text(struct buffer *out, const struct prefix *prefix,
                                     struct text text)
{
    if (!append_prefix(out, prefix, text.bytes + 2)) {
        return;
    }
    char *to = out->data + out->bytes;
    *to++ = '"';
    if (text.bytes) {
        memcpy(to, text.data, text.bytes);
    }
    to[text.bytes] = '"';
    out->bytes += text.bytes + 2;
}

static inline void append_integer(struct buffer *out, const struct prefix *prefix, int64_t value)
{
    if (append_prefix(out, prefix, NUMBER_TEXT_INT64_BYTES_MAX)) {
        out->bytes += number_text_int64(out->data + out->bytes, value);
    }
}

static inline void append_column(struct buffer *out, const struct prefix *prefix,
                                 const struct column *column, size_t row)
{
    if (!column_is_null(column, row)) {
        const enum layout layout = type_layout(column->type);
        if (layout == LAYOUT_INT64) {
            append_integer(out, prefix, column->int64[row]);
            return;
        }
        if (layout == LAYOUT_INT32) {
            append_integer(out, prefix, column->int32[row]);
            return;
        }
        if (layout == LAYOUT_TEXT && column->json_clean) {
            append_clean_text(out, prefix, column->text[row]);
            return;
        }
    }
    const struct value value = column_get(column, row);
    if (append_prefix(out, prefix, 0)) {
        json_write_value(out, column->type, &value, JSON_WIRE);
    }
}

static void encode_object(struct encoder *encoder, const struct column *const *columns, size_t row,
                          struct buffer *out)
{
    const struct json_encoder *self = (const struct json_encoder *)encoder;
    const uint32_t column_count = encoder->options.column_count;
    for (uint32_t i = 0; i < column_count; i++) {
        append_column(out, &self->prefixes[i], columns[i], row);
    }
    buffer_append_string(out, column_count ? "}" : "{}");
}

static void encode_single(struct encoder *encoder, const struct column *const *columns, size_t row,
                          struct buffer *out)
{
    const struct json_encoder *self = (const struct json_encoder *)encoder;
    append_column(out, &self->prefixes[0], columns[0], row);
}

/* `{"NAME":` for the first column, `,"NAME":` for the others, nothing for an unwrapped one. */
static enum status init_prefix(struct arena *arena, const struct encoder_options *options,
                               uint32_t column, struct prefix *prefix, struct diag *diag)
{
    struct buffer text;
    buffer_init(&text);
    if (options->wrap != FORMAT_UNWRAP_SINGLES) {
        buffer_append_byte(&text, column ? ',' : '{');
        json_write_text(&text, options->columns[column].name);
        buffer_append_byte(&text, ':');
    }
    enum status status = buffer_status(&text, diag);
    prefix->text = arena_text(arena, buffer_text(&text));
    if (status == STATUS_OK && !prefix->text.data) {
        status = diag_no_memory(diag);
    }
    if (status == STATUS_OK && prefix->text.bytes <= PREFIX_BYTES) {
        memcpy(prefix->block, prefix->text.data, prefix->text.bytes);
    }
    buffer_release(&text);
    return status;
}

enum status json_encoder_create(struct arena *arena, const struct encoder_options *options,
                                struct encoder **out, struct diag *diag)
{
    const bool is_single = options->wrap == FORMAT_UNWRAP_SINGLES;
    assert(!is_single || options->column_count == 1);
    struct json_encoder *self = ARENA_NEW(arena, struct json_encoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct encoder){.encode = is_single ? encode_single : encode_object,
                                  .null_is_null_record = is_single,
                                  .options = *options};
    self->prefixes = arena_zalloc(arena, options->column_count * sizeof(*self->prefixes));
    if (!self->prefixes) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < options->column_count; i++) {
        TRY(init_prefix(arena, options, i, &self->prefixes[i], diag));
    }
    *out = &self->base;
    return STATUS_OK;
}
