/* decoder_fuzz.c: any bytes as a record of any format.
 *
 * The first byte picks the format. What the JSON decoder says of a record must be what the
 * careful way alone says of it, and a row that was decoded must survive being written and read
 * again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "formats/decoder.h"
#include "formats/encoder.h"
#include "formats/json_value.h"

enum { COLUMN_COUNT = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const struct type_field *make_columns(struct arena *arena)
{
    struct type_field *columns = arena_array(arena, COLUMN_COUNT, sizeof(*columns));
    struct type_field *fields = arena_array(arena, 2, sizeof(*fields));
    fields[0] = (struct type_field){TEXT("X"), type_of(TYPE_TIME)};
    fields[1] = (struct type_field){TEXT("y"), type_array(arena, type_of(TYPE_BYTES))};
    columns[0] = (struct type_field){TEXT("A"), type_of(TYPE_BIGINT)};
    columns[1] = (struct type_field){TEXT("B"), type_of(TYPE_STRING)};
    columns[2] = (struct type_field){TEXT("C"), type_of(TYPE_DOUBLE)};
    columns[3] = (struct type_field){TEXT("D"), type_decimal(arena, 12, 3)};
    columns[4] = (struct type_field){TEXT("E"),
                                     type_map(arena, type_of(TYPE_STRING), type_of(TYPE_INTEGER))};
    columns[5] = (struct type_field){TEXT("F"), type_struct(arena, fields, 2)};
    return columns;
}

/* Every id is that of the schema that the columns have in the record's format. */
static enum status find_schema(void *context, uint32_t id, struct arena *arena,
                               struct registered_schema *out, struct diag *diag)
{
    const struct decoder_options *options = context;
    const struct schema_writing writing = {.format = options->format,
                                           .column_count = options->column_count,
                                           .columns = options->columns};
    struct buffer text;
    (void)id;
    buffer_init(&text);
    assert(schema_write(arena, &writing, &text, diag) == STATUS_OK);
    *out = (struct registered_schema){.format = options->format,
                                      .text = arena_text(arena, buffer_text(&text))};
    buffer_release(&text);
    return STATUS_OK;
}

/* Both ways of reading JSON must agree on whether the record can be read. */
static void check_careful(struct arena *arena, const struct decoder_options *options,
                          struct text record, enum record_outcome outcome)
{
    struct diag diag;
    struct value value;
    const struct type *type = type_struct(arena, options->columns, options->column_count);
    const enum status status = json_read_value(arena, type, record, &value, &diag);
    assert((status == STATUS_OK) == (outcome != RECORD_FAILED));
    assert(status != STATUS_OK || value.is_null == (outcome == RECORD_NULL));
}

static void check_round_trip(struct arena *arena, const struct decoder_options *options,
                             struct decoder *decoder, const struct column *columns)
{
    struct diag diag;
    struct encoder *encoder = NULL;
    const struct encoder_options target = {
        .format = options->format,
        .side = options->side,
        .schema = {.registry = options->schema.registry, .id = 1},
        .column_count = options->column_count,
        .columns = options->columns};
    const struct column *pointers[COLUMN_COUNT];
    for (uint32_t i = 0; i < options->column_count; i++) {
        pointers[i] = &columns[i];
    }
    struct buffer out;
    buffer_init(&out);
    struct encoded_record encoded;
    const struct encode_rows rows = {.count = 1};
    assert(encoder_create(arena, &target, &encoder, &diag) == STATUS_OK);
    assert(encoder_encode(encoder, pointers, &rows, &out, &encoded, &diag) == STATUS_OK);
    const struct text again = encoded_text(&out, encoded);
    struct column reread[COLUMN_COUNT];
    struct decode_result result;
    assert(decoder_decode(decoder, &again, 1, reread, arena, &result, &diag) == STATUS_OK);
    assert(result.error_count == 0);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const enum format_kind formats[] = {
        FORMAT_JSON,    FORMAT_DELIMITED, FORMAT_KAFKA,        FORMAT_AVRO,
        FORMAT_JSON_SR, FORMAT_PROTOBUF,  FORMAT_PROTOBUF_NOSR};
    static const uint32_t column_counts[] = {
        COLUMN_COUNT, 4, 1, COLUMN_COUNT, COLUMN_COUNT, COLUMN_COUNT, COLUMN_COUNT};
    if (bytes == 0) {
        return 0;
    }
    struct arena arena;
    arena_init(&arena);
    const size_t pick = data[0] % 7;
    struct decoder_options options = {.format = formats[pick],
                                      .side = FORMAT_VALUE,
                                      .topic = TEXT("T"),
                                      .column_count = column_counts[pick],
                                      .columns = make_columns(&arena)};
    const struct schema_registry registry = {.context = &options, .find = find_schema};
    options.schema.registry = &registry;
    const struct text record = {(const char *)data + 1, bytes - 1};
    const struct text twice[] = {record, record}; /* the second one is read with predictions */
    struct decoder *decoder = NULL;
    struct column columns[COLUMN_COUNT];
    struct decode_result result;
    struct diag diag;
    assert(decoder_create(&arena, &options, &decoder, &diag) == STATUS_OK);
    assert(decoder_decode(decoder, twice, 2, columns, &arena, &result, &diag) == STATUS_OK);
    assert(result.outcomes[0] == result.outcomes[1]);
    if (options.format == FORMAT_JSON) {
        check_careful(&arena, &options, record, (enum record_outcome)result.outcomes[0]);
    }
    if (result.outcomes[0] == RECORD_DECODED) {
        check_round_trip(&arena, &options, decoder, columns);
    }
    arena_release(&arena);
    return 0;
}
