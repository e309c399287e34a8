/* format_test.c: formats by name, what they accept, and windowed keys. Messages are those of
 * ksqlDB. */
#include "tests/test.h"

#include "formats/format.h"
#include "formats/window_key.h"
#include "tests/formats/fixture.h"

static void formats_are_found_without_case(void **state)
{
    (void)state;
    struct diag diag;
    enum format_kind kind = FORMAT_NONE;
    assert_ok(format_parse(TEXT("json"), &kind, &diag), &diag);
    assert_int_equal(kind, FORMAT_JSON);
    assert_ok(format_parse(TEXT("Protobuf_NoSR"), &kind, &diag), &diag);
    assert_int_equal(kind, FORMAT_PROTOBUF_NOSR);
    assert_int_equal(format_parse(TEXT("FOO"), &kind, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "Unknown format: FOO");
    assert_null(format_find(TEXT("")));
}

static void properties_are_checked(void **state)
{
    (void)state;
    struct diag diag;
    assert_ok(format_check_properties(FORMAT_DELIMITED, FORMAT_DELIMITER, &diag), &diag);
    assert_int_equal(format_check_properties(FORMAT_JSON, FORMAT_DELIMITER, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "JSON does not support the following configs: [delimiter]");
    assert_int_equal(
        format_check_properties(FORMAT_KAFKA, FORMAT_DELIMITER | FORMAT_SCHEMA_ID, &diag),
        STATUS_INVALID);
    assert_string_equal(diag.message,
                        "KAFKA does not support the following configs: [delimiter, schemaId]");
}

static void delimiters_are_one_character_or_a_word(void **state)
{
    (void)state;
    static const char *const blank[] = {"", " ", "\t"};
    static const char *const wrong[] = {"ab", "tab", ",;"};
    struct diag diag;
    struct text delimiter;
    assert_ok(format_parse_delimiter(TEXT("TAB"), &delimiter, &diag), &diag);
    assert_true(text_equal(delimiter, TEXT("\t")));
    assert_ok(format_parse_delimiter(TEXT("SPACE"), &delimiter, &diag), &diag);
    assert_true(text_equal(delimiter, TEXT(" ")));
    assert_ok(format_parse_delimiter(TEXT("\xC2\xA7"), &delimiter, &diag), &diag);
    assert_int_equal(delimiter.bytes, 2);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(format_parse_delimiter(text_of(blank[i]), &delimiter, &diag),
                         STATUS_INVALID);
        assert_string_equal(diag.message,
                            "Delimiter cannot be empty, if you meant to have a tab or space for "
                            "delimiter, please use the special values 'TAB' or 'SPACE'\n"
                            "Example valid value: ';'");
        assert_int_equal(format_parse_delimiter(text_of(wrong[i]), &delimiter, &diag),
                         STATUS_INVALID);
        assert_non_null(strstr(diag.message, "Delimiter must be a single character or TAB,SPACE"));
    }
}

struct refusal {
    enum format_kind format;
    enum format_side side;
    const char *columns;
    const char *message; /* NULL: accepted */
};

static void schemas_are_checked(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {FORMAT_KAFKA, FORMAT_KEY, "K BIGINT", NULL},
        {FORMAT_KAFKA, FORMAT_VALUE, "V BYTES", NULL},
        {FORMAT_KAFKA, FORMAT_KEY, "K BOOLEAN",
         "Key format does not support schema.\nformat: KAFKA\nschema: Persistence{columns=[`K` "
         "BOOLEAN KEY], features=[]}\nreason: The 'KAFKA' format does not support type 'BOOLEAN'"},
        {FORMAT_KAFKA, FORMAT_VALUE, "V ARRAY<INTEGER>",
         "Value format does not support schema.\nformat: KAFKA\nschema: Persistence{columns=[`V` "
         "ARRAY<INTEGER>], features=[]}\nreason: The 'KAFKA' format does not support type "
         "'ARRAY'"},
        {FORMAT_KAFKA, FORMAT_KEY, "A INTEGER, B INTEGER",
         "Key format does not support schema.\nformat: KAFKA\nschema: Persistence{columns=[`A` "
         "INTEGER KEY, `B` INTEGER KEY], features=[]}\nreason: The 'KAFKA' format only supports a "
         "single field. Got: [`A` INTEGER KEY, `B` INTEGER KEY]"},
        {FORMAT_DELIMITED, FORMAT_KEY, "A DATE, B STRING", NULL},
        {FORMAT_DELIMITED, FORMAT_KEY, "K ARRAY<DOUBLE>",
         "Key format does not support schema.\nformat: DELIMITED\nschema: Persistence{columns=[`K` "
         "ARRAY<DOUBLE> KEY], features=[]}\nreason: The 'DELIMITED' format does not support type "
         "'ARRAY', column: `K`"},
        {FORMAT_NONE, FORMAT_KEY, "K STRING",
         "Key format does not support schema.\nformat: NONE\nschema: Persistence{columns=[`K` "
         "STRING KEY], features=[]}\nreason: The 'NONE' format can only be used when no columns "
         "are defined. Got: [`K` STRING KEY]"},
        {FORMAT_JSON, FORMAT_VALUE, "V MAP<STRING, ARRAY<INTEGER>>", NULL},
        {FORMAT_JSON, FORMAT_VALUE, "V ARRAY<MAP<INTEGER, STRING>>",
         "Value format does not support schema.\nformat: JSON\nschema: Persistence{columns=[`V` "
         "ARRAY<MAP<INTEGER, STRING>>], features=[]}\nreason: JSON only supports MAP types with "
         "STRING keys"},
        {FORMAT_JSON, FORMAT_KEY, "K ARRAY<MAP<INTEGER, DOUBLE>>",
         "Map keys, including types that contain maps, are not supported as they may lead to "
         "unexpected behavior due to inconsistent serialization. Key column name: `K`. Column "
         "type: ARRAY<MAP<INTEGER, DOUBLE>>. See https://github.com/confluentinc/ksql/issues/6621 "
         "for more."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const struct decoder_options options =
            fixture_decoder_options(&fixture, rows[i].format, rows[i].columns);
        const enum status status =
            format_check(rows[i].format, rows[i].side, options.columns, options.column_count,
                         FORMAT_WRAP_NONE_SET, &fixture.diag);
        assert_int_equal(status, rows[i].message ? STATUS_INVALID : STATUS_OK);
        if (rows[i].message) {
            assert_string_equal(fixture.diag.message, rows[i].message);
        }
        fixture_release(&fixture);
    }
}

static void features_are_listed_in_refusals(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "V MAP<INTEGER, INTEGER>");
    assert_int_equal(format_check(FORMAT_JSON, FORMAT_VALUE, options.columns, 1,
                                  FORMAT_UNWRAP_SINGLES, &fixture.diag),
                     STATUS_INVALID);
    assert_non_null(strstr(fixture.diag.message, "features=[UNWRAP_SINGLES]}"));
    fixture_release(&fixture);
}

static void single_columns_are_wrapped_by_rule(void **state)
{
    (void)state;
    struct diag diag;
    assert_int_equal(format_wrap_of(FORMAT_JSON, FORMAT_KEY, 1, FORMAT_WRAP_NONE_SET),
                     FORMAT_UNWRAP_SINGLES);
    assert_int_equal(format_wrap_of(FORMAT_JSON, FORMAT_KEY, 2, FORMAT_WRAP_NONE_SET),
                     FORMAT_WRAP_NONE_SET);
    assert_int_equal(format_wrap_of(FORMAT_KAFKA, FORMAT_KEY, 1, FORMAT_WRAP_NONE_SET),
                     FORMAT_WRAP_NONE_SET);
    assert_int_equal(format_wrap_of(FORMAT_JSON, FORMAT_VALUE, 1, FORMAT_WRAP_NONE_SET),
                     FORMAT_WRAP_NONE_SET);
    assert_int_equal(format_wrap_of(FORMAT_JSON, FORMAT_VALUE, 1, FORMAT_UNWRAP_SINGLES),
                     FORMAT_UNWRAP_SINGLES);
    assert_ok(format_check_wrap(FORMAT_JSON, 1, FORMAT_UNWRAP_SINGLES, &diag), &diag);
    assert_int_equal(format_check_wrap(FORMAT_DELIMITED, 1, FORMAT_WRAP_SINGLES, &diag),
                     STATUS_INVALID);
    assert_string_equal(diag.message,
                        "Format 'DELIMITED' does not support 'WRAP_SINGLE_VALUE' set to 'true'.");
    assert_int_equal(format_check_wrap(FORMAT_JSON, 2, FORMAT_WRAP_SINGLES, &diag), STATUS_INVALID);
    assert_string_equal(diag.message,
                        "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas");
}

static void windows_stand_behind_the_key(void **state)
{
    (void)state;
    struct buffer bytes;
    struct window_key key;
    buffer_init(&bytes);
    buffer_append_string(&bytes, "k");
    window_key_append(&bytes, WINDOW_KEY_TIME, 258, 999);
    assert_int_equal(bytes.bytes, 9);
    assert_memory_equal(bytes.data, "k\0\0\0\0\0\0\1\2", 9);
    assert_true(window_key_split(buffer_text(&bytes), WINDOW_KEY_TIME, 1000, &key));
    assert_true(text_equal(key.key, TEXT("k")));
    assert_int_equal(key.start_ms, 258);
    assert_int_equal(key.end_ms, 1258);

    buffer_reset(&bytes);
    buffer_append_string(&bytes, "k");
    window_key_append(&bytes, WINDOW_KEY_SESSION, 1, 2);
    assert_memory_equal(bytes.data, "k\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1", 17);
    assert_true(window_key_split(buffer_text(&bytes), WINDOW_KEY_SESSION, 0, &key));
    assert_int_equal(key.start_ms, 1);
    assert_int_equal(key.end_ms, 2);
    buffer_release(&bytes);
}

static void short_windowed_keys_are_refused(void **state)
{
    (void)state;
    struct window_key key;
    assert_false(window_key_split(TEXT("1234567"), WINDOW_KEY_TIME, 1, &key));
    assert_false(window_key_split(TEXT("123456789012345"), WINDOW_KEY_SESSION, 1, &key));
    assert_false(window_key_split((struct text){NULL, 0}, WINDOW_KEY_TIME, 1, &key));
    assert_true(
        window_key_split(TEXT("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), WINDOW_KEY_TIME, 1, &key));
    assert_int_equal(key.end_ms, INT64_MAX);
    assert_int_equal(key.key.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_without_case),
        cmocka_unit_test(properties_are_checked),
        cmocka_unit_test(delimiters_are_one_character_or_a_word),
        cmocka_unit_test(schemas_are_checked),
        cmocka_unit_test(features_are_listed_in_refusals),
        cmocka_unit_test(single_columns_are_wrapped_by_rule),
        cmocka_unit_test(windows_stand_behind_the_key),
        cmocka_unit_test(short_windowed_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
