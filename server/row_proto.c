/* row_proto.c
 *
 * Each row makes its encoder anew: the media type is asked for by few clients, and their rows are
 * answers of pull queries, short ones mostly; a cache would have to live as long as the cursor.
 */
#include "server/row_proto.h"

#include "base/arena.h"
#include "base/base64.h"
#include "formats/encoder.h"
#include "formats/json_value.h"

/* The columns as fields, in arena; NULL when memory is out. */
static const struct type_field *fields_of(struct arena *arena, const struct schema *schema)
{
    struct type_field *fields = arena_array(arena, schema->column_count, sizeof(*fields));
    for (uint32_t i = 0; fields && i < schema->column_count; i++) {
        fields[i] = (struct type_field){schema->columns[i].name, schema->columns[i].type};
    }
    return fields;
}

void row_proto_write_schema(const struct schema *schema, struct buffer *out)
{
    struct arena arena;
    struct buffer text;
    struct diag diag;
    arena_init(&arena);
    buffer_init(&text);
    const struct schema_writing writing = {.format = FORMAT_PROTOBUF_NOSR,
                                           .column_count = schema->column_count,
                                           .columns = fields_of(&arena, schema)};
    if (!writing.columns || schema_write(&arena, &writing, &text, &diag) != STATUS_OK) {
        buffer_reset(&text);
    }
    json_write_text(out, buffer_text(&text));
    buffer_release(&text);
    arena_release(&arena);
}

/* The row as a message; empty when it has no such form. */
static void encode(const struct schema *schema, const struct batch *batch, size_t row,
                   struct arena *arena, struct buffer *out)
{
    struct encoder *encoder = NULL;
    struct encoded_record record;
    struct diag diag;
    const uint32_t number = (uint32_t)row;
    const struct encode_rows rows = {.count = 1, .rows = &number};
    const struct column **columns = arena_array(arena, schema->column_count, sizeof(*columns));
    const struct encoder_options options = {.format = FORMAT_PROTOBUF_NOSR,
                                            .side = FORMAT_VALUE,
                                            .column_count = schema->column_count,
                                            .columns = fields_of(arena, schema)};
    if (!columns || !options.columns) {
        out->has_failed = true;
        return;
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        columns[i] = &batch->columns[i];
    }
    if (encoder_create(arena, &options, &encoder, &diag) != STATUS_OK ||
        encoder_encode(encoder, columns, &rows, out, &record, &diag) != STATUS_OK) {
        buffer_reset(out);
    }
}

void row_proto_write_row(const struct schema *schema, const struct batch *batch, size_t row,
                         struct buffer *out)
{
    struct arena arena;
    struct buffer bytes;
    arena_init(&arena);
    buffer_init(&bytes);
    encode(schema, batch, row, &arena, &bytes);
    buffer_append_byte(out, '"');
    if (buffer_reserve(out, base64_encoded_bytes(bytes.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, buffer_text(&bytes));
    }
    buffer_append_byte(out, '"');
    out->has_failed |= bytes.has_failed;
    buffer_release(&bytes);
    arena_release(&arena);
}
