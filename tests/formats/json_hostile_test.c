/* json_hostile_test.c: records made to hurt: deep, long, huge, and memory that runs out. */
#include "tests/test.h"

#include <time.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "formats/json_scan.h"
#include "tests/formats/fixture.h"

static void append_times(struct buffer *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(out, text);
    }
}

/* Decodes {"X":<depth arrays>,"S":<the same>} with only wanted columns. */
static const char *decode_nested(struct fixture *fixture, const char *columns, size_t depth)
{
    struct buffer record;
    buffer_init(&record);
    buffer_append_string(&record, "{\"X\":");
    append_times(&record, "[", depth);
    append_times(&record, "]", depth);
    buffer_append_byte(&record, '}');
    const struct decoder_options options = fixture_decoder_options(fixture, FORMAT_JSON, columns);
    struct decoder *decoder = fixture_decoder(fixture, &options);
    const char *row = fixture_decode(fixture, decoder, &options, buffer_text(&record));
    buffer_release(&record);
    return row;
}

static void nesting_is_taken_up_to_its_bound(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const char *too_deep = "! Document nesting depth (1001) exceeds the maximum allowed (1000, "
                           "from `StreamReadConstraints.getMaxNestingDepth()`)";
    /* The record's own object is a level as well. */
    assert_string_equal(decode_nested(&fixture, "A INTEGER", JSON_DEPTH_MAX - 1), "{\"A\":null}");
    assert_string_equal(decode_nested(&fixture, "A INTEGER", JSON_DEPTH_MAX), too_deep);
    assert_string_equal(decode_nested(&fixture, "A INTEGER", 1000000), too_deep);
    assert_int_equal(strlen(decode_nested(&fixture, "X STRING", JSON_DEPTH_MAX - 1)),
                     strlen("{\"X\":\"\"}") + 2 * (JSON_DEPTH_MAX - 1));
    assert_string_equal(decode_nested(&fixture, "X STRING", 1000000), too_deep);
    fixture_release(&fixture);
}

static const char *decode_digits(struct fixture *fixture, const char *columns, size_t digits)
{
    struct buffer record;
    buffer_init(&record);
    buffer_append_string(&record, "{\"X\":");
    append_times(&record, "1", digits);
    buffer_append_byte(&record, '}');
    const struct decoder_options options = fixture_decoder_options(fixture, FORMAT_JSON, columns);
    struct decoder *decoder = fixture_decoder(fixture, &options);
    const char *row = fixture_decode(fixture, decoder, &options, buffer_text(&record));
    buffer_release(&record);
    return row;
}

static void numbers_are_taken_up_to_their_bound(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const char *too_long = "! Number value length exceeds the maximum allowed (1000, from "
                           "`StreamReadConstraints.getMaxNumberLength()`)";
    assert_int_equal(strlen(decode_digits(&fixture, "X STRING", JSON_NUMBER_BYTES_MAX)),
                     strlen("{\"X\":\"\"}") + JSON_NUMBER_BYTES_MAX);
    assert_string_equal(decode_digits(&fixture, "X STRING", JSON_NUMBER_BYTES_MAX + 1), too_long);
    assert_string_equal(decode_digits(&fixture, "Y STRING", JSON_NUMBER_BYTES_MAX + 1), too_long);
    assert_string_equal(decode_digits(&fixture, "X DOUBLE", JSON_NUMBER_BYTES_MAX),
                        "{\"X\":\"Infinity\"}");
    assert_string_equal(fixture_decode_json(&fixture, "X BIGINT", "{\"X\":1e2000000000}"),
                        "{\"X\":0}");
    assert_string_equal(fixture_decode_json(&fixture, "X STRING", "{\"X\":1e2000000000}"),
                        "{\"X\":\"1E+2000000000\"}");
    assert_string_equal(fixture_decode_json(&fixture, "X BIGINT", "{\"X\":1e99999999999999}"),
                        "! Malformed numeric value: exponent out of range");
    fixture_release(&fixture);
}

/* {"M":{"0":0,"1":1,...}} with each name twice. */
static void write_big_map(struct buffer *out, unsigned names)
{
    buffer_append_string(out, "{\"M\":{");
    for (unsigned i = 0; i < 2 * names; i++) {
        buffer_printf(out, "%s\"%u\":%u", i ? "," : "", i % names, i);
    }
    buffer_append_string(out, "}}");
}

static void maps_with_many_names_cost_what_their_bytes_cost(void **state)
{
    (void)state;
    enum { NAMES = 200000 };
    struct fixture fixture;
    fixture_init(&fixture);
    struct buffer record;
    buffer_init(&record);
    write_big_map(&record, NAMES);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "M MAP<STRING, INTEGER>");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    const clock_t begin = clock();
    const char *row = fixture_decode(&fixture, decoder, &options, buffer_text(&record));
    const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    assert_true(seconds < 5.0); /* quadratic: minutes */
    assert_int_equal(strncmp(row, "{\"M\":{\"0\":200000,\"1\":200001,", 27), 0);
    buffer_release(&record);
    fixture_release(&fixture);
}

static void objects_with_many_names_cost_what_their_bytes_cost(void **state)
{
    (void)state;
    enum { NAMES = 100000 };
    struct fixture fixture;
    fixture_init(&fixture);
    struct buffer record;
    buffer_init(&record);
    buffer_append_byte(&record, '{');
    for (unsigned i = 0; i < NAMES; i++) {
        buffer_printf(&record, "\"a%u\":%u,", i, i);
    }
    buffer_append_string(&record, "\"A\":1,\"A\":2}"); /* twice: also the careful way */
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "A INTEGER, A99999 INTEGER");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    const clock_t begin = clock();
    const char *row = fixture_decode(&fixture, decoder, &options, buffer_text(&record));
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 5.0);
    assert_string_equal(row, "{\"A\":2,\"A99999\":99999}");
    buffer_release(&record);
    fixture_release(&fixture);
}

static void long_arrays_decode(void **state)
{
    (void)state;
    enum { ITEMS = 300000 };
    struct fixture fixture;
    fixture_init(&fixture);
    struct buffer record;
    buffer_init(&record);
    buffer_append_string(&record, "{\"X\":[0");
    append_times(&record, ",7", ITEMS);
    buffer_append_string(&record, "]}");
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "X ARRAY<BIGINT>");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    const char *row = fixture_decode(&fixture, decoder, &options, buffer_text(&record));
    assert_int_equal(strlen(row), record.bytes);
    buffer_release(&record);
    fixture_release(&fixture);
}

static void types_are_taken_up_to_their_bound(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct decoder *decoder = NULL;
    for (int depth = VALUE_DEPTH_MAX; depth <= VALUE_DEPTH_MAX + 1; depth++) {
        const struct type *type = type_of(TYPE_INTEGER);
        struct buffer record;
        buffer_init(&record);
        buffer_append_string(&record, "{\"X\":");
        for (int i = 0; i < depth; i++) {
            type = type_array(&fixture.arena, type);
            buffer_append_byte(&record, '[');
        }
        buffer_append_string(&record, "true");
        append_times(&record, "]", (size_t)depth);
        buffer_append_byte(&record, '}');
        const struct type_field column = {TEXT("X"), type};
        const struct decoder_options options = {
            .format = FORMAT_JSON, .side = FORMAT_VALUE, .column_count = 1, .columns = &column};
        const enum status status =
            decoder_create(&fixture.arena, &options, &decoder, &fixture.diag);
        assert_int_equal(status, depth <= VALUE_DEPTH_MAX ? STATUS_OK : STATUS_LIMIT);
        if (status == STATUS_OK) {
            const char *row = fixture_decode(&fixture, decoder, &options, buffer_text(&record));
            assert_non_null(strstr(row, "path: $.X[0][0]"));
        }
        buffer_release(&record);
    }
    fixture_release(&fixture);
}

/* Decodes with every allocation failing in turn; each attempt must report it or succeed. */
static void lack_of_memory_is_reported(void **state)
{
    (void)state;
    const char *record = "{\"a\":\"x\\n\",\"m\":{\"k\":[1,2,3]},\"s\":{\"o\":1},\"d\":\"no\",\"d\":"
                         "1.25,\"n\":[{},[1.50e3]]}";
    bool has_succeeded = false;
    for (uint64_t nth = 1; nth < 200 && !has_succeeded; nth++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const struct decoder_options options = fixture_decoder_options(
            &fixture, FORMAT_JSON,
            "A STRING, M MAP<STRING, ARRAY<INTEGER>>, S STRUCT<O STRING>, D DECIMAL(4,2), "
            "N STRING");
        const struct text text = text_of(record);
        struct column columns[5];
        struct decode_result result;
        struct decoder *decoder = NULL;
        memory_fail_after(nth);
        enum status status = decoder_create(&fixture.arena, &options, &decoder, &fixture.diag);
        if (status == STATUS_OK) {
            status =
                decoder_decode(decoder, &text, 1, columns, &fixture.batch, &result, &fixture.diag);
        }
        memory_fail_after(0);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        has_succeeded = status == STATUS_OK && result.error_count == 0;
        fixture_release(&fixture);
    }
    assert_true(has_succeeded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_is_taken_up_to_its_bound),
        cmocka_unit_test(numbers_are_taken_up_to_their_bound),
        cmocka_unit_test(maps_with_many_names_cost_what_their_bytes_cost),
        cmocka_unit_test(objects_with_many_names_cost_what_their_bytes_cost),
        cmocka_unit_test(long_arrays_decode),
        cmocka_unit_test(types_are_taken_up_to_their_bound),
        cmocka_unit_test(lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
