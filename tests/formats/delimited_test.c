/* delimited_test.c: DELIMITED, fields, quotes, types, errors. Source: ksqlDB's
 * delimited serdes and the quoting of Commons CSV. */
#include "tests/test.h"

#include "tests/formats/fixture.h"

struct line {
    const char *columns;
    const char *record;
    const char *expected;
};

static void check_decoding(const char *delimiter, const struct line *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        struct decoder_options options =
            fixture_decoder_options(&fixture, FORMAT_DELIMITED, rows[i].columns);
        options.delimiter = text_of(delimiter);
        struct decoder *decoder = fixture_decoder(&fixture, &options);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, text_of(rows[i].record)),
                            rows[i].expected);
        fixture_release(&fixture);
    }
}

#define CHECK_DECODING(delimiter, rows)                                                            \
    check_decoding(delimiter, rows, sizeof(rows) / sizeof((rows)[0]))

static void fields_are_split_and_unquoted(void **state)
{
    (void)state;
    static const struct line rows[] = {
        {"A STRING, B STRING", "x,y", "{\"A\":\"x\",\"B\":\"y\"}"},
        {"A STRING, B STRING", "\"x\",\"y\"", "{\"A\":\"x\",\"B\":\"y\"}"},
        {"A STRING, B STRING", "\"a,\"\"b\"\"\",c", "{\"A\":\"a,\\\"b\\\"\",\"B\":\"c\"}"},
        {"A STRING, B STRING", " x , y ", "{\"A\":\" x \",\"B\":\" y \"}"},
        {"A STRING, B STRING", "\"x\"  ,y", "{\"A\":\"x\",\"B\":\"y\"}"},
        {"A STRING, B STRING", "a\"b,c", "{\"A\":\"a\\\"b\",\"B\":\"c\"}"},
        {"A STRING, B STRING", "x,", "{\"A\":\"x\",\"B\":null}"},
        {"A STRING, B STRING", ",", "{\"A\":null,\"B\":null}"},
        {"A STRING, B STRING", "\"\",y", "{\"A\":null,\"B\":\"y\"}"},
        {"A STRING, B STRING", "\n\r\nx,y\r\nmore,lines,here", "{\"A\":\"x\",\"B\":\"y\"}"},
        {"A STRING, B STRING", "\"two\nlines\",y", "{\"A\":\"two\\nlines\",\"B\":\"y\"}"},
        {"A STRING", "caf\xC3\xA9", "{\"A\":\"caf\xC3\xA9\"}"},
        {"A STRING", "\xFFz", "{\"A\":\"\xEF\xBF\xBDz\"}"},
    };
    CHECK_DECODING("", rows);
}

static void delimiters_may_be_any_character(void **state)
{
    (void)state;
    static const struct line tabs[] = {
        {"A STRING, B STRING", "x y\tz", "{\"A\":\"x y\",\"B\":\"z\"}"}};
    static const struct line sections[] = {
        {"A STRING, B STRING", "x,\xC2\xA9\xC2\xA7y", "{\"A\":\"x,\xC2\xA9\",\"B\":\"y\"}"}};
    CHECK_DECODING("\t", tabs);
    CHECK_DECODING("\xC2\xA7", sections);
}

static void values_are_parsed_strictly(void **state)
{
    (void)state;
    static const struct line rows[] = {
        {"A BOOLEAN, B BOOLEAN", "TRUE,yes", "{\"A\":true,\"B\":false}"},
        {"A INTEGER, B BIGINT", "-1,998877665544332211", "{\"A\":-1,\"B\":998877665544332211}"},
        {"A INTEGER", "1.0", "! For input string: \"1.0\""},
        {"A INTEGER", " 1", "! For input string: \" 1\""},
        {"A INTEGER", "2147483648", "! For input string: \"2147483648\""},
        {"A BIGINT", "x", "! For input string: \"x\""},
        {"A DOUBLE, B DOUBLE", "654.321,NaN", "{\"A\":654.321,\"B\":\"NaN\"}"},
        {"A DECIMAL(4,2), B DECIMAL(4,2)", ".5,\"-1.5\"", "{\"A\":0.50,\"B\":-1.50}"},
        {"A DECIMAL(4,2)", "1.234",
         "! Cannot fit decimal '1.234' into DECIMAL(4, 2) without rounding. (Requires 4,3)"},
        {"A BYTES", "aGk=", "{\"A\":\"aGk=\"}"},
        {"A TIME, B DATE, C TIMESTAMP", "1,-2,3", "{\"A\":1,\"B\":-2,\"C\":3}"},
        {"A TIME", "86400001",
         "! Time values must use number of milliseconds greater than 0 and less than 86400000."},
        {"A DATE", "2020-01-01", "! For input string: \"2020-01-01\""},
        {"A INTEGER, B STRING", ",", "{\"A\":null,\"B\":null}"},
    };
    CHECK_DECODING("", rows);
}

static void malformed_lines_are_refused(void **state)
{
    (void)state;
    static const struct line rows[] = {
        {"A STRING", "", "! No fields in record"},
        {"A STRING", "\n\n", "! No fields in record"},
        {"A STRING", "a,b",
         "! Column count mismatch on deserialization. topic: T, expected: 1, got: 2"},
        {"A INTEGER, B STRING", "x",
         "! Column count mismatch on deserialization. topic: T, expected: 2, got: 1"},
        {"A STRING", "\"abc", "! (startline 1) EOF reached before encapsulated token finished"},
        {"A STRING", "\"abc\"d",
         "! (line 1) invalid char between encapsulated token and delimiter"},
    };
    CHECK_DECODING("", rows);
}

struct printed {
    const char *columns;
    const char *row;
    const char *expected;
};

static void fields_are_quoted_as_commons_csv_quotes_them(void **state)
{
    (void)state;
    static const struct printed rows[] = {
        {"A STRING, B STRING", "{\"A\":\"x\",\"B\":\"y\"}", "x,y"},
        {"A STRING, B STRING", "{\"A\":\"a,b\",\"B\":\"q\\\"q\"}", "\"a,b\",\"q\"\"q\""},
        {"A STRING, B STRING", "{\"A\":\"\",\"B\":\"\"}", "\"\","},
        {"A STRING, B STRING", "{\"A\":null,\"B\":null}", ","},
        {"A INTEGER, B INTEGER", "{\"A\":-5,\"B\":-5}", "\"-5\",-5"},
        {"A STRING, B STRING", "{\"A\":\" x\",\"B\":\" x\"}", "\" x\",\" x\""},
        {"A STRING, B STRING", "{\"A\":\"x \",\"B\":\"#x\"}", "\"x \",\"#x\""},
        {"A STRING, B STRING", "{\"A\":\"\\u00e9\",\"B\":\"\\u00e9\"}", "\"\xC3\xA9\",\xC3\xA9"},
        {"A STRING, B STRING", "{\"A\":\"a\\nb\",\"B\":\"\\\"\"}", "\"a\nb\",\"\"\"\""},
        {"A DECIMAL(33,16)", "{\"A\":-12345.12}", "\"-12345.1200000000000000\""},
        {"A BOOLEAN, B DOUBLE, C BYTES", "{\"A\":true,\"B\":1e7,\"C\":\"aGk=\"}",
         "true,1.0E7,aGk="},
        {"A TIME, B DATE, C TIMESTAMP", "{\"A\":1,\"B\":-2,\"C\":3}", "1,-2,3"},
        {"A STRING", "{\"A\":null}", "null"},
        {"A STRING", "{\"A\":\"\"}", "\"\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const struct encoder_options options = {.format = FORMAT_DELIMITED, .side = FORMAT_VALUE};
        assert_string_equal(fixture_encode(&fixture, &options, rows[i].columns, rows[i].row),
                            rows[i].expected);
        fixture_release(&fixture);
    }
}

static void lines_read_back_as_they_were_written(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"A\":\"a\\\"b\\\"\\\"c\",\"B\":-12.50,\"C\":\"x|y\"}",
        "{\"A\":\"\\u0001 \",\"B\":null,\"C\":\"line\\r\\nend\"}",
        "{\"A\":\"\\\"\",\"B\":0.00,\"C\":\"plain\"}",
    };
    const char *columns = "A STRING, B DECIMAL(5,2), C STRING";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const struct encoder_options target = {
            .format = FORMAT_DELIMITED, .side = FORMAT_VALUE, .delimiter = TEXT("|")};
        const struct text line = arena_text(
            &fixture.arena, text_of(fixture_encode(&fixture, &target, columns, rows[i])));
        struct decoder_options options =
            fixture_decoder_options(&fixture, FORMAT_DELIMITED, columns);
        options.delimiter = TEXT("|");
        struct decoder *decoder = fixture_decoder(&fixture, &options);
        const char *expected = fixture_decode_json(&fixture, columns, rows[i]);
        const struct text kept = arena_text(&fixture.arena, text_of(expected));
        assert_string_equal(fixture_decode(&fixture, decoder, &options, line), kept.data);
        fixture_release(&fixture);
    }
}

static void failed_lines_say_so_in_the_log(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_DELIMITED, "A INTEGER");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    const struct text records[] = {TEXT("x"), {NULL, 0}, TEXT("1")};
    struct column column;
    struct decode_result result;
    assert_ok(decoder_decode(decoder, records, 3, &column, &fixture.batch, &result, &fixture.diag),
              &fixture.diag);
    assert_int_equal(result.error_count, 1);
    assert_true(text_equal(result.errors[0].message, TEXT("Error deserializing delimited")));
    assert_int_equal(result.outcomes[1], RECORD_NULL);
    assert_int_equal(column.int32[2], 1);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_split_and_unquoted),
        cmocka_unit_test(delimiters_may_be_any_character),
        cmocka_unit_test(values_are_parsed_strictly),
        cmocka_unit_test(malformed_lines_are_refused),
        cmocka_unit_test(fields_are_quoted_as_commons_csv_quotes_them),
        cmocka_unit_test(lines_read_back_as_they_were_written),
        cmocka_unit_test(failed_lines_say_so_in_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
