/* encoder.c
 *
 * The public entry: decides for every row whether it is a null record, and keeps account of where
 * each record lies. A format's own code only appends bytes for one row. Sides that hold nothing
 * write null bytes and need no format at all. */
#include "formats/encoder.h"

#include <assert.h>

#include "formats/encode_batch.h"

typedef enum status encoder_create_fn(struct arena *arena, const struct encoder_options *options,
                                      struct encoder **out, struct diag *diag);

static encoder_create_fn *const creators[FORMAT_KIND_COUNT] = {
    [FORMAT_KAFKA] = kafka_encoder_create,
    [FORMAT_DELIMITED] = delimited_encoder_create,
    [FORMAT_JSON] = json_encoder_create,
    [FORMAT_JSON_SR] = json_sr_encoder_create,
    [FORMAT_AVRO] = avro_encoder_create,
    [FORMAT_PROTOBUF] = proto_encoder_create,
    [FORMAT_PROTOBUF_NOSR] = proto_nosr_encoder_create,
};

static enum status none_encoder_create(struct arena *arena, const struct encoder_options *options,
                                       struct encoder **out, struct diag *diag)
{
    struct encoder *encoder = ARENA_NEW(arena, struct encoder);
    if (!encoder) {
        return diag_no_memory(diag);
    }
    *encoder = (struct encoder){.options = *options};
    *out = encoder;
    return STATUS_OK;
}

enum status encoder_create(struct arena *arena, const struct encoder_options *options,
                           struct encoder **out, struct diag *diag)
{
    TRY(format_check(options->format, options->side, options->columns, options->column_count,
                     options->wrap, diag));
    if (format_is_void(options->format, options->side, options->column_count)) {
        return none_encoder_create(arena, options, out, diag);
    }
    assert(creators[options->format]);
    return creators[options->format](arena, options, out, diag);
}

static bool is_null_record(const struct encoder *encoder, const struct column *const *columns,
                           const struct encode_rows *rows, size_t row)
{
    if (!encoder->encode || (rows->is_null_record && rows->is_null_record[row])) {
        return true;
    }
    return encoder->null_is_null_record && column_is_null(columns[0], row);
}

enum status encoder_encode(struct encoder *encoder, const struct column *const *columns,
                           const struct encode_rows *rows, struct buffer *out,
                           struct encoded_record *records, struct diag *diag)
{
    (void)buffer_reserve(out, 1); /* data is then not NULL, which would mean null bytes */
    for (size_t i = 0; i < rows->count; i++) {
        const size_t row = rows->rows ? rows->rows[i] : i;
        const size_t offset = out->bytes;
        records[i] = (struct encoded_record){.offset = (uint32_t)offset, .bytes = ENCODED_NULL};
        if (!is_null_record(encoder, columns, rows, row)) {
            encoder->encode(encoder, columns, row, out);
            records[i].bytes = (uint32_t)(out->bytes - offset);
        }
        if (encoder->refusal) {
            const char *refusal = encoder->refusal;
            encoder->refusal = NULL;
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "Error serializing message to topic: %s", refusal);
        }
    }
    return buffer_status(out, diag);
}
