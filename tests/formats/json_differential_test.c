/* json_differential_test.c: random records read by our decoder and by jansson; and our two ways of
 * reading against each other, also on records that have been damaged. */
#include "tests/test.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/number_text.h"
#include "formats/json_value.h"
#include "tests/formats/fixture.h"
#include "tests/formats/json_writer.h"

enum { JANSSON_FLAGS = JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL };

/* The member that a column reads: by its own name, else by the lower case one. */
static const json_t *member_of(const json_t *object, const char *name)
{
    const char lower[] = {(char)(name[0] | 0x20), '\0'};
    const json_t *exact = json_object_get(object, name);
    return exact ? exact : json_object_get(object, lower);
}

static void show_oracle(struct buffer *out, const json_t *value);

static void show_members(struct buffer *out, json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    const char *comma = "";
    buffer_append_byte(out, '{');
    json_object_foreach(object, name, value)
    {
        buffer_append_string(out, comma);
        json_write_text(out, text_of(name));
        buffer_append_byte(out, ':');
        show_oracle(out, value);
        comma = ",";
    }
    buffer_append_byte(out, '}');
}

static void show_oracle(struct buffer *out, const json_t *value)
{
    char number[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    if (!value || json_is_null(value)) {
        buffer_append_string(out, "null");
    } else if (json_is_string(value)) {
        json_write_text(out, (struct text){json_string_value(value), json_string_length(value)});
    } else if (json_is_integer(value)) {
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buffer_append(out, number, number_text_double(number, json_real_value(value)));
    } else if (json_is_boolean(value)) {
        buffer_append_string(out, json_is_true(value) ? "true" : "false");
    } else if (json_is_array(value)) {
        buffer_append_byte(out, '[');
        for (size_t i = 0; i < json_array_size(value); i++) {
            buffer_append_string(out, i ? "," : "");
            show_oracle(out, json_array_get(value, i));
        }
        buffer_append_byte(out, ']');
    } else {
        show_members(out, (json_t *)(uintptr_t)value);
    }
}

/* The row that the record should give, from jansson's reading of it. */
static void show_expected(struct buffer *out, const json_t *record)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    for (size_t i = 0; i < 8; i++) {
        const json_t *value = member_of(record, names[i]);
        buffer_printf(out, "%s\"%s\":", i ? "," : "{", names[i]);
        if (i == 6 && json_is_object(value)) {
            buffer_append_string(out, "{\"X\":");
            show_oracle(out, member_of(value, "X"));
            buffer_append_string(out, ",\"Y\":");
            show_oracle(out, member_of(value, "Y"));
            buffer_append_byte(out, '}');
        } else {
            show_oracle(out, value);
        }
    }
    buffer_append_byte(out, '}');
}

static void check_against_jansson(struct fixture *fixture, struct decoder *decoder,
                                  const struct decoder_options *options, struct text record)
{
    json_error_t error;
    json_t *oracle = json_loadb(record.data, record.bytes, JANSSON_FLAGS, &error);
    if (!oracle) {
        fail_msg("jansson: %s in %.*s", error.text, TEXT_ARGS(record));
    }
    struct buffer expected;
    buffer_init(&expected);
    show_expected(&expected, oracle);
    const char *row = fixture_decode(fixture, decoder, options, record);
    if (!text_equal(text_of(row), buffer_text(&expected))) {
        fail_msg("record   %.*s\nexpected %.*s\ngot      %s", TEXT_ARGS(record),
                 TEXT_ARGS(buffer_text(&expected)), row);
    }
    buffer_release(&expected);
    json_decref(oracle);
}

static void random_records_read_as_jansson_reads_them(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, JSON_WRITER_COLUMNS);
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    struct json_writer writer = {.seed = 7};
    struct buffer record;
    buffer_init(&record);
    for (int i = 0; i < 6000; i++) {
        buffer_reset(&record);
        writer.is_tidy = i % 100 < 20; /* so that the order of names is learned and lost again */
        json_writer_record(&writer, &record);
        check_against_jansson(&fixture, decoder, &options, buffer_text(&record));
    }
    buffer_release(&record);
    fixture_release(&fixture);
}

/* The careful way alone, shown as fixture_decode shows rows. */
static const char *read_careful(struct fixture *fixture, const struct type *type,
                                struct text record, struct buffer *out)
{
    struct value value;
    buffer_reset(out);
    if (json_read_value(&fixture->batch, type, record, &value, &fixture->diag) == STATUS_OK) {
        json_write_value(out, type, &value, JSON_WIRE);
    } else {
        buffer_printf(out, "! %s", fixture->diag.message);
    }
    buffer_append_byte(out, '\0');
    return out->data;
}

/* A copy on the heap without a byte to spare, so that a read outside is seen. */
static char *exact_copy(struct text text)
{
    char *copy = malloc(text.bytes ? text.bytes : 1);
    assert_non_null(copy);
    memcpy(copy, text.data, text.bytes);
    return copy;
}

static void damage(struct json_writer *writer, char *bytes, size_t count)
{
    static const char interesting[] = "\"\\{}[]:,-0eE.nut \x01\x80\xFF";
    for (uint32_t left = 1 + json_writer_random(writer, 3); left > 0 && count > 0; left--) {
        bytes[json_writer_random(writer, (uint32_t)count)] =
            interesting[json_writer_random(writer, sizeof(interesting) - 1)];
    }
}

/* jansson refuses what Jackson takes: lone surrogates, and numbers that fit no C type. And it
 * takes a number with something behind it as the whole text. */
static bool is_known_difference(const json_error_t *error, struct text record, const char *row)
{
    if (row[0] == '!' && !strstr(row, ", path: $")) {
        return strstr(row, "root-level") != NULL;
    }
    return json_error_code(error) == json_error_numeric_overflow ||
           memmem(record.data, record.bytes, "\\u", 2) != NULL;
}

static void check_damaged(struct fixture *fixture, struct decoder *decoder,
                          const struct decoder_options *options, const struct type *type,
                          struct text record)
{
    struct buffer careful;
    buffer_init(&careful);
    json_error_t error;
    json_t *oracle = json_loadb(record.data, record.bytes, JANSSON_FLAGS, &error);
    const char *row = fixture_decode(fixture, decoder, options, record);
    read_careful(fixture, type, record, &careful);
    if (strcmp(row, careful.data) != 0) {
        fail_msg("record %.*s\nbatch   %s\ncareful %s", TEXT_ARGS(record), row, careful.data);
    }
    const bool is_conversion = strstr(row, ", path: $") != NULL;
    const bool is_taken = row[0] != '!' || is_conversion;
    if (is_taken != (oracle != NULL) && !is_known_difference(&error, record, row)) {
        fail_msg("record %.*s\njansson %s\nwe      %s", TEXT_ARGS(record),
                 oracle ? "takes it" : error.text, row);
    }
    json_decref(oracle);
    buffer_release(&careful);
}

static void damaged_records_are_refused_by_both_ways_alike(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, JSON_WRITER_COLUMNS);
    const struct type *type = type_struct(&fixture.arena, options.columns, options.column_count);
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    struct json_writer writer = {.seed = 11};
    struct buffer record;
    buffer_init(&record);
    for (int i = 0; i < 12000; i++) {
        buffer_reset(&record);
        writer.is_tidy = i % 3 == 0;
        json_writer_record(&writer, &record);
        char *copy = exact_copy(buffer_text(&record));
        damage(&writer, copy, record.bytes);
        check_damaged(&fixture, decoder, &options, type, (struct text){copy, record.bytes});
        free(copy);
    }
    buffer_release(&record);
    fixture_release(&fixture);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, JSON_WRITER_COLUMNS);
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    struct json_writer writer = {.seed = 13};
    struct buffer record;
    buffer_init(&record);
    for (int i = 0; i < 40; i++) {
        buffer_reset(&record);
        writer.is_tidy = i % 2 == 0;
        json_writer_record(&writer, &record);
        const size_t brace =
            (size_t)((char *)memrchr(record.data, '}', record.bytes) - record.data);
        for (size_t bytes = 0; bytes <= brace; bytes++) {
            char *copy = exact_copy((struct text){record.data, bytes});
            const char *row =
                fixture_decode(&fixture, decoder, &options, (struct text){copy, bytes});
            assert_int_equal(row[0], '!');
            free(copy);
        }
    }
    buffer_release(&record);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_records_read_as_jansson_reads_them),
        cmocka_unit_test(damaged_records_are_refused_by_both_ways_alike),
        cmocka_unit_test(every_truncation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
