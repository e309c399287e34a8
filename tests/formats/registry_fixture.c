/* registry_fixture.c
 *
 * The registry is an array; rows come from JSON and are shown as JSON, so tests are texts. */
#include "tests/test.h"

#include "tests/formats/registry_fixture.h"

#include "formats/json_value.h"

static enum status find(void *context, uint32_t id, struct arena *arena,
                        struct registered_schema *out, struct diag *diag)
{
    const struct registry_fixture *fixture = context;
    if (id == 0 || id > fixture->count) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "no schema has the id %u", id);
    }
    *out = fixture->schemas[id - 1];
    out->text = arena_text(arena, out->text);
    return out->text.data ? STATUS_OK : diag_no_memory(diag);
}

void registry_fixture_init(struct registry_fixture *fixture)
{
    *fixture = (struct registry_fixture){.registry = {.context = fixture, .find = find}};
    fixture_init(&fixture->base);
}

void registry_fixture_release(struct registry_fixture *fixture)
{
    fixture_release(&fixture->base);
}

uint32_t registry_fixture_add(struct registry_fixture *fixture, enum format_kind format,
                              const char *text)
{
    assert_true(fixture->count < REGISTRY_FIXTURE_MAX);
    fixture->schemas[fixture->count++] = (struct registered_schema){
        .format = format, .text = arena_text(&fixture->base.arena, text_of(text))};
    return fixture->count;
}

uint32_t registry_fixture_add_columns(struct registry_fixture *fixture, enum format_kind format,
                                      enum format_nullable nullable, const char *columns)
{
    const struct decoder_options options =
        fixture_decoder_options(&fixture->base, FORMAT_JSON, columns);
    const struct schema_writing writing = {.format = format,
                                           .nullable = nullable,
                                           .column_count = options.column_count,
                                           .columns = options.columns};
    struct buffer text;
    buffer_init(&text);
    assert_ok(schema_write(&fixture->base.arena, &writing, &text, &fixture->base.diag),
              &fixture->base.diag);
    buffer_append_byte(&text, '\0');
    const uint32_t id = registry_fixture_add(fixture, format, text.data);
    buffer_release(&text);
    return id;
}

const char *registry_fixture_columns(struct registry_fixture *fixture, bool keeps_case)
{
    const struct schema_reading reading = {.side = FORMAT_VALUE, .keeps_case = keeps_case};
    struct fixture *base = &fixture->base;
    struct schema_columns columns;
    const enum status status = schema_read_columns(
        &base->arena, &fixture->schemas[fixture->count - 1], &reading, &columns, &base->diag);
    buffer_reset(&base->text);
    if (status != STATUS_OK) {
        buffer_printf(&base->text, "! %s", base->diag.message);
    }
    for (uint32_t i = 0; status == STATUS_OK && i < columns.count; i++) {
        buffer_printf(&base->text, "%s%.*s ", i ? ", " : "", TEXT_ARGS(columns.fields[i].name));
        type_print(columns.fields[i].type, &base->text);
    }
    buffer_append_byte(&base->text, '\0');
    return base->text.data;
}

static enum status encode(struct registry_fixture *fixture, enum format_kind format, uint32_t id,
                          const char *columns, const char *json, struct text *out)
{
    struct fixture *base = &fixture->base;
    const struct decoder_options source = fixture_decoder_options(base, FORMAT_JSON, columns);
    const struct encoder_options options = {
        .format = format,
        .side = FORMAT_VALUE,
        .schema = {.registry = &fixture->registry, .id = id},
        .column_count = source.column_count,
        .columns = source.columns,
    };
    struct column decoded[64];
    const struct column *pointers[64];
    struct decode_result result;
    struct encoder *encoder = NULL;
    struct encoded_record written;
    const struct encode_rows rows = {.count = 1};
    const struct text record = text_of(json);
    arena_reset(&base->batch);
    assert_ok(decoder_decode(fixture_decoder(base, &source), &record, 1, decoded, &base->batch,
                             &result, &base->diag),
              &base->diag);
    for (uint32_t i = 0; i < options.column_count; i++) {
        pointers[i] = &decoded[i];
    }
    assert_ok(encoder_create(&base->arena, &options, &encoder, &base->diag), &base->diag);
    buffer_reset(&base->text);
    TRY(encoder_encode(encoder, pointers, &rows, &base->text, &written, &base->diag));
    *out = arena_text(&base->arena, encoded_text(&base->text, written));
    return STATUS_OK;
}

struct text registry_fixture_encode(struct registry_fixture *fixture, enum format_kind format,
                                    uint32_t id, const char *columns, const char *json)
{
    struct text record = {NULL, 0};
    assert_ok(encode(fixture, format, id, columns, json, &record), &fixture->base.diag);
    return record;
}

const char *registry_fixture_refusal(struct registry_fixture *fixture, enum format_kind format,
                                     uint32_t id, const char *columns, const char *json)
{
    struct text record = {NULL, 0};
    const enum status status = encode(fixture, format, id, columns, json, &record);
    return status == STATUS_OK ? "" : fixture->base.diag.message;
}

const char *registry_fixture_decode(struct registry_fixture *fixture, enum format_kind format,
                                    const char *columns, struct text record)
{
    struct decoder_options options = fixture_decoder_options(&fixture->base, format, columns);
    options.schema.registry = &fixture->registry;
    return fixture_decode(&fixture->base, fixture_decoder(&fixture->base, &options), &options,
                          record);
}

void registry_fixture_spoil(struct registry_fixture *fixture, enum format_kind format,
                            const char *columns, struct text record)
{
    struct decoder_options options = fixture_decoder_options(&fixture->base, format, columns);
    options.schema.registry = &fixture->registry;
    struct decoder *decoder = fixture_decoder(&fixture->base, &options);
    for (size_t bytes = 0; bytes <= record.bytes; bytes++) {
        char *copy = test_malloc(bytes + 1); /* of its own, so that reading past it is seen */
        memcpy(copy, record.data, bytes);
        (void)fixture_decode(&fixture->base, decoder, &options, (struct text){copy, bytes});
        for (size_t bit = 0; bit < 8 && bytes > 0; bit++) {
            memcpy(copy, record.data, bytes);
            copy[bytes - 1] = (char)(copy[bytes - 1] ^ 1 << bit);
            (void)fixture_decode(&fixture->base, decoder, &options, (struct text){copy, bytes});
            memcpy(copy, record.data, bytes);
            copy[bytes / 2] = (char)(copy[bytes / 2] ^ 1 << bit);
            (void)fixture_decode(&fixture->base, decoder, &options, (struct text){copy, bytes});
        }
        test_free(copy);
    }
}
