/* fixture.c
 *
 * The smallest parser of types that the tables need, and the few lines around a decoder that
 * every test would otherwise repeat. */
#include "tests/test.h"

#include "tests/formats/fixture.h"

#include <ctype.h>
#include <stdlib.h>

#include "formats/json_value.h"

void fixture_init(struct fixture *fixture)
{
    arena_init(&fixture->arena);
    arena_init(&fixture->batch);
    buffer_init(&fixture->text);
    diag_reset(&fixture->diag);
}

void fixture_release(struct fixture *fixture)
{
    arena_release(&fixture->arena);
    arena_release(&fixture->batch);
    buffer_release(&fixture->text);
}

static void skip_space(const char **at)
{
    while (**at == ' ') {
        (*at)++;
    }
}

static bool take(const char **at, const char *word)
{
    skip_space(at);
    const size_t bytes = strlen(word);
    if (strncmp(*at, word, bytes) != 0) {
        return false;
    }
    *at += bytes;
    return true;
}

static struct text take_name(struct fixture *fixture, const char **at)
{
    skip_space(at);
    const char *begin = *at;
    while (**at && !strchr(" ,<>()", **at)) {
        (*at)++;
    }
    return arena_text(&fixture->arena, (struct text){begin, (size_t)(*at - begin)});
}

static const struct type *parse_type(struct fixture *fixture, const char **at);

static const struct type *parse_struct(struct fixture *fixture, const char **at)
{
    struct type_field *fields = arena_array(&fixture->arena, 64, sizeof(*fields));
    uint32_t count = 0;
    while (!take(at, ">")) {
        assert_true(count < 64);
        fields[count].name = take_name(fixture, at);
        fields[count].type = parse_type(fixture, at);
        count++;
        (void)take(at, ",");
    }
    return type_struct(&fixture->arena, fields, count);
}

static const struct type *parse_decimal(struct fixture *fixture, const char **at)
{
    char *next = NULL;
    const unsigned long precision = strtoul(*at, &next, 10);
    *at = next;
    assert_true(take(at, ","));
    const unsigned long scale = strtoul(*at, &next, 10);
    *at = next;
    assert_true(take(at, ")"));
    return type_decimal(&fixture->arena, (uint16_t)precision, (uint16_t)scale);
}

static const struct type *parse_type(struct fixture *fixture, const char **at)
{
    if (take(at, "ARRAY<")) {
        const struct type *element = parse_type(fixture, at);
        assert_true(take(at, ">"));
        return type_array(&fixture->arena, element);
    }
    if (take(at, "MAP<")) {
        const struct type *key = parse_type(fixture, at);
        assert_true(take(at, ","));
        const struct type *element = parse_type(fixture, at);
        assert_true(take(at, ">"));
        return type_map(&fixture->arena, key, element);
    }
    if (take(at, "STRUCT<")) {
        return parse_struct(fixture, at);
    }
    if (take(at, "DECIMAL(")) {
        return parse_decimal(fixture, at);
    }
    const struct text name = take_name(fixture, at);
    for (int kind = 0; kind < TYPE_NULL; kind++) {
        if (text_equal(name, text_of(type_kind_name((enum type_kind)kind)))) {
            return type_of((enum type_kind)kind);
        }
    }
    fail_msg("no type: %s", name.data);
    return NULL;
}

const struct type *fixture_type(struct fixture *fixture, const char *text)
{
    return parse_type(fixture, &text);
}

struct decoder_options fixture_decoder_options(struct fixture *fixture, enum format_kind format,
                                               const char *columns)
{
    const struct text text = arena_printf(&fixture->arena, "STRUCT<%s>", columns);
    const struct type *type = fixture_type(fixture, text.data);
    return (struct decoder_options){.format = format,
                                    .side = FORMAT_VALUE,
                                    .topic = TEXT("T"),
                                    .column_count = type->field_count,
                                    .columns = type->fields};
}

struct decoder *fixture_decoder(struct fixture *fixture, const struct decoder_options *options)
{
    struct decoder *decoder = NULL;
    assert_ok(decoder_create(&fixture->arena, options, &decoder, &fixture->diag), &fixture->diag);
    return decoder;
}

void fixture_show_row(struct fixture *fixture, const struct decoder_options *options,
                      const struct column *columns, const struct decode_result *result, size_t row)
{
    struct buffer *text = &fixture->text;
    if (result->outcomes[row] == RECORD_NULL) {
        buffer_append_string(text, "null");
        return;
    }
    for (uint32_t i = 0; i < result->error_count; i++) {
        if (result->errors[i].row == row) {
            assert_int_equal(result->outcomes[row], RECORD_FAILED);
            buffer_append_string(text, "! ");
            buffer_append_text(text, result->errors[i].cause);
            return;
        }
    }
    assert_int_equal(result->outcomes[row], RECORD_DECODED);
    buffer_append_byte(text, '{');
    for (uint32_t i = 0; i < options->column_count; i++) {
        if (columns[i].is_present) {
            const struct value value = column_get(&columns[i], row);
            buffer_append_string(text, text->data[text->bytes - 1] == '{' ? "" : ",");
            json_write_text(text, options->columns[i].name);
            buffer_append_byte(text, ':');
            json_write_value(text, columns[i].type, &value, JSON_WIRE);
        }
    }
    buffer_append_byte(text, '}');
}

const char *fixture_decode(struct fixture *fixture, struct decoder *decoder,
                           const struct decoder_options *options, struct text record)
{
    struct column columns[64];
    struct decode_result result;
    arena_reset(&fixture->batch);
    assert_ok(
        decoder_decode(decoder, &record, 1, columns, &fixture->batch, &result, &fixture->diag),
        &fixture->diag);
    buffer_reset(&fixture->text);
    fixture_show_row(fixture, options, columns, &result, 0);
    buffer_append_byte(&fixture->text, '\0');
    return fixture->text.data;
}

const char *fixture_decode_json(struct fixture *fixture, const char *columns, const char *record)
{
    const struct decoder_options options = fixture_decoder_options(fixture, FORMAT_JSON, columns);
    return fixture_decode(fixture, fixture_decoder(fixture, &options), &options, text_of(record));
}

const char *fixture_encode(struct fixture *fixture, const struct encoder_options *options,
                           const char *columns, const char *json)
{
    struct decoder_options source = fixture_decoder_options(fixture, FORMAT_JSON, columns);
    struct decoder *decoder = fixture_decoder(fixture, &source);
    struct column decoded[64];
    const struct column *pointers[64];
    struct decode_result result;
    const struct text record = text_of(json);
    arena_reset(&fixture->batch);
    assert_ok(
        decoder_decode(decoder, &record, 1, decoded, &fixture->batch, &result, &fixture->diag),
        &fixture->diag);
    assert_int_equal(result.error_count, 0);
    for (uint32_t i = 0; i < source.column_count; i++) {
        pointers[i] = &decoded[i];
    }
    struct encoder_options target = *options;
    target.column_count = source.column_count;
    target.columns = source.columns;
    struct encoder *encoder = NULL;
    assert_ok(encoder_create(&fixture->arena, &target, &encoder, &fixture->diag), &fixture->diag);
    struct encoded_record encoded;
    buffer_reset(&fixture->text);
    const struct encode_rows rows = {.count = 1};
    assert_ok(encoder_encode(encoder, pointers, &rows, &fixture->text, &encoded, &fixture->diag),
              &fixture->diag);
    if (!encoded_text(&fixture->text, encoded).data) {
        return "null";
    }
    assert_int_equal(encoded.bytes, fixture->text.bytes);
    buffer_append_byte(&fixture->text, '\0');
    return fixture->text.data;
}
