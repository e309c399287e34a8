/* schema_fuzz.c: any text as a registered schema, any bytes as a record that it wrote.
 *
 * The first byte picks the format and the way columns are made of the schema, the next two how
 * long its text is. The columns that the schema stands for must be those that its records can be
 * read with, and a row that was read can be written with the same schema or is refused. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "formats/decoder.h"
#include "formats/encoder.h"
#include "formats/schema_registry.h"

enum { HEAD_BYTES = 3, COLUMN_COUNT_MAX_HERE = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static enum status find_schema(void *context, uint32_t id, struct arena *arena,
                               struct registered_schema *out, struct diag *diag)
{
    (void)id;
    (void)arena;
    (void)diag;
    *out = *(const struct registered_schema *)context;
    return STATUS_OK;
}

static void write_again(struct arena *arena, const struct decoder_options *options,
                        const struct column *columns)
{
    struct diag diag;
    struct encoder *encoder = NULL;
    struct encoded_record encoded;
    const struct column *pointers[COLUMN_COUNT_MAX_HERE];
    const struct encode_rows rows = {.count = 1};
    const struct encoder_options target = {
        .format = options->format,
        .side = options->side,
        .wrap = options->wrap,
        .schema = {.registry = options->schema.registry, .id = 1},
        .column_count = options->column_count,
        .columns = options->columns};
    for (uint32_t i = 0; i < options->column_count; i++) {
        pointers[i] = &columns[i];
    }
    if (encoder_create(arena, &target, &encoder, &diag) != STATUS_OK) {
        return;
    }
    struct buffer out;
    buffer_init(&out);
    (void)encoder_encode(encoder, pointers, &rows, &out, &encoded, &diag);
    buffer_release(&out);
}

static void read_record(struct arena *arena, const struct registered_schema *schema,
                        const struct schema_columns *found, struct text record)
{
    const struct schema_registry registry = {.context = (void *)(uintptr_t)schema,
                                             .find = find_schema};
    const struct decoder_options options = {
        .format = schema->format,
        .side = FORMAT_VALUE,
        .topic = TEXT("T"),
        .wrap = found->is_bare ? FORMAT_UNWRAP_SINGLES : FORMAT_WRAP_SINGLES,
        .schema = {.registry = &registry, .id = 1},
        .column_count = found->count,
        .columns = found->fields};
    struct decoder *decoder = NULL;
    struct column columns[COLUMN_COUNT_MAX_HERE];
    struct decode_result result;
    struct diag diag;
    if (found->count > COLUMN_COUNT_MAX_HERE ||
        decoder_create(arena, &options, &decoder, &diag) != STATUS_OK) {
        return;
    }
    assert(decoder_decode(decoder, &record, 1, columns, arena, &result, &diag) == STATUS_OK);
    if (result.outcomes[0] == RECORD_DECODED) {
        write_again(arena, &options, columns);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const enum format_kind formats[] = {FORMAT_AVRO, FORMAT_PROTOBUF, FORMAT_JSON_SR};
    if (bytes < HEAD_BYTES) {
        return 0;
    }
    size_t text_bytes = (size_t)data[1] << 8 | data[2];
    if (text_bytes > bytes - HEAD_BYTES) {
        text_bytes = bytes - HEAD_BYTES;
    }
    const char *text = (const char *)data + HEAD_BYTES;
    struct arena arena;
    arena_init(&arena);
    const struct registered_schema schema = {.format = formats[data[0] % 3],
                                             .text = {text, text_bytes}};
    const struct schema_reading reading = {.side = FORMAT_VALUE,
                                           .is_unwrapped = (data[0] / 3) % 2,
                                           .keeps_case = (data[0] / 6) % 2};
    struct schema_columns columns;
    struct diag diag;
    if (schema_read_columns(&arena, &schema, &reading, &columns, &diag) == STATUS_OK) {
        read_record(&arena, &schema, &columns,
                    (struct text){text + text_bytes, bytes - HEAD_BYTES - text_bytes});
    }
    arena_release(&arena);
    return 0;
}
