/* decoder.c
 *
 * The public entry: checks the columns once when a decoder is made, and for every batch sets up
 * columns and outcomes, so that a format's own code only deals with bytes. */
#include "formats/decoder.h"

#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "formats/decode_batch.h"

typedef enum status decoder_create_fn(struct arena *arena, const struct decoder_options *options,
                                      struct decoder **out, struct diag *diag);

static decoder_create_fn *const creators[FORMAT_KIND_COUNT] = {
    [FORMAT_NONE] = none_decoder_create,
    [FORMAT_KAFKA] = kafka_decoder_create,
    [FORMAT_DELIMITED] = delimited_decoder_create,
    [FORMAT_JSON] = json_decoder_create,
    [FORMAT_JSON_SR] = json_sr_decoder_create,
    [FORMAT_AVRO] = avro_decoder_create,
    [FORMAT_PROTOBUF] = proto_decoder_create,
    [FORMAT_PROTOBUF_NOSR] = proto_nosr_decoder_create,
};

static enum status decode_none(struct decoder *decoder, struct decode_batch *batch,
                               struct diag *diag)
{
    (void)decoder;
    (void)diag;
    for (size_t row = 0; row < batch->count; row++) {
        decode_batch_null(batch, row);
    }
    return STATUS_OK;
}

enum status none_decoder_create(struct arena *arena, const struct decoder_options *options,
                                struct decoder **out, struct diag *diag)
{
    struct decoder *decoder = ARENA_NEW(arena, struct decoder);
    if (!decoder) {
        return diag_no_memory(diag);
    }
    *decoder = (struct decoder){.decode = decode_none, .options = *options};
    *out = decoder;
    return STATUS_OK;
}

enum status decoder_create(struct arena *arena, const struct decoder_options *options,
                           struct decoder **out, struct diag *diag)
{
    TRY(format_check(options->format, options->side, options->columns, options->column_count,
                     options->wrap, diag));
    if (format_is_void(options->format, options->side, options->column_count)) {
        return none_decoder_create(arena, options, out, diag);
    }
    assert(creators[options->format]);
    return creators[options->format](arena, options, out, diag);
}

static enum status init_columns(struct decode_batch *batch, struct diag *diag)
{
    const struct decoder_options *options = batch->options;
    for (uint32_t i = 0; i < options->column_count; i++) {
        if (decoder_wants(options, i)) {
            TRY(column_init(&batch->columns[i], batch->arena, options->columns[i].type,
                            batch->count, diag));
        } else {
            batch->columns[i] = (struct column){.type = options->columns[i].type};
        }
    }
    return STATUS_OK;
}

enum status decoder_decode(struct decoder *decoder, const struct text *records, size_t count,
                           struct column *columns, struct arena *batch_arena,
                           struct decode_result *result, struct diag *diag)
{
    assert(count <= BATCH_ROWS_MAX);
    struct decode_batch batch = {
        .options = &decoder->options,
        .records = records,
        .count = count,
        .columns = columns,
        .arena = batch_arena,
        .result = result,
    };
    *result = (struct decode_result){.outcomes = arena_zalloc(batch_arena, count)};
    if (!result->outcomes) {
        return diag_no_memory(diag);
    }
    TRY(init_columns(&batch, diag));
    return decoder->decode(decoder, &batch, diag);
}

/* Makes the row NULL in all columns, whatever has been written to it. */
static void clear_row(struct decode_batch *batch, size_t row)
{
    for (uint32_t i = 0; i < batch->options->column_count; i++) {
        struct column *column = &batch->columns[i];
        if (column->is_present) {
            const size_t bytes = layout_bytes(type_layout(column->type));
            memset((char *)column->data + row * bytes, 0, bytes);
            column_set_null(column, row);
        }
    }
}

void decode_batch_null(struct decode_batch *batch, size_t row)
{
    clear_row(batch, row);
    batch->result->outcomes[row] = RECORD_NULL;
    batch->result->null_count++;
}

enum status decode_batch_fail(struct decode_batch *batch, size_t row, struct text message,
                              struct text cause, struct diag *diag)
{
    struct decode_result *result = batch->result;
    if (result->error_count == batch->error_capacity) {
        const uint32_t capacity = batch->error_capacity ? batch->error_capacity * 2 : 16;
        struct decode_error *errors = arena_array(batch->arena, capacity, sizeof(*errors));
        if (!errors) {
            return diag_no_memory(diag);
        }
        if (result->error_count) {
            memcpy(errors, batch->errors, result->error_count * sizeof(*errors));
        }
        batch->errors = errors;
        batch->error_capacity = capacity;
        result->errors = errors;
    }
    clear_row(batch, row);
    result->outcomes[row] = RECORD_FAILED;
    batch->errors[result->error_count++] =
        (struct decode_error){.row = (uint32_t)row, .message = message, .cause = cause};
    return STATUS_OK;
}
