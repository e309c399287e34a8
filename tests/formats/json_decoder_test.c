/* json_decoder_test.c: JSON records to columns, the coercion table, names, errors and batches.
 * Source of the expectations: ksqlDB KsqlJsonDeserializer, JsonSerdeUtils and Jackson. */
#include "tests/test.h"

#include "tests/formats/fixture.h"

struct coercion {
    const char *columns;
    const char *record;
    const char *expected;
};

static void check_table(const struct coercion *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const char *row = fixture_decode_json(&fixture, rows[i].columns, rows[i].record);
        if (strcmp(row, rows[i].expected) != 0) {
            fail_msg("%s of %s:\n  expected %s\n  got      %s", rows[i].columns, rows[i].record,
                     rows[i].expected, row);
        }
        fixture_release(&fixture);
    }
}

#define CHECK_TABLE(rows) check_table(rows, sizeof(rows) / sizeof((rows)[0]))

static void boolean_takes_only_true_and_false(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"B BOOLEAN", "{\"B\":true}", "{\"B\":true}"},
        {"B BOOLEAN", "{\"B\":false}", "{\"B\":false}"},
        {"B BOOLEAN", "{\"B\":null}", "{\"B\":null}"},
        {"B BOOLEAN", "{\"B\":\"true\"}",
         "! Can't convert type. sourceType: TextNode, requiredType: BOOLEAN, path: $.B"},
        {"B BOOLEAN", "{\"B\":1}",
         "! Can't convert type. sourceType: IntNode, requiredType: BOOLEAN, path: $.B"},
        {"B BOOLEAN", "{\"B\":1.5}",
         "! Can't convert type. sourceType: DecimalNode, requiredType: BOOLEAN, path: $.B"},
        {"B BOOLEAN", "{\"B\":[true]}",
         "! Can't convert type. sourceType: ArrayNode, requiredType: BOOLEAN, path: $.B"},
    };
    CHECK_TABLE(rows);
}

static void integers_take_numbers_cut_off_and_wrapped(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER", "{\"A\":12}", "{\"A\":12}"},
        {"A INTEGER", "{\"A\":-0}", "{\"A\":0}"},
        {"A INTEGER", "{\"A\":12.99}", "{\"A\":12}"},
        {"A INTEGER", "{\"A\":-12.99}", "{\"A\":-12}"},
        {"A INTEGER", "{\"A\":1.5e2}", "{\"A\":150}"},
        {"A INTEGER", "{\"A\":125e-2}", "{\"A\":1}"},
        {"A INTEGER", "{\"A\":1e-400}", "{\"A\":0}"},
        {"A INTEGER", "{\"A\":2147483648}", "{\"A\":-2147483648}"},
        {"A INTEGER", "{\"A\":4294967297}", "{\"A\":1}"},
        {"A BIGINT", "{\"A\":9223372036854775807}", "{\"A\":9223372036854775807}"},
        {"A BIGINT", "{\"A\":9223372036854775808}", "{\"A\":-9223372036854775808}"},
        {"A BIGINT", "{\"A\":18446744073709551617}", "{\"A\":1}"},
        {"A BIGINT", "{\"A\":-18446744073709551617}", "{\"A\":-1}"},
        {"A BIGINT", "{\"A\":1e20}", "{\"A\":7766279631452241920}"},
        {"A BIGINT", "{\"A\":1e400}", "{\"A\":0}"},
        {"A BIGINT", "{\"A\":123456789012345678}", "{\"A\":123456789012345678}"},
        {"A BIGINT", "{\"A\":-1234567890123456789}", "{\"A\":-1234567890123456789}"},
    };
    CHECK_TABLE(rows);
}

static void integers_take_numeric_text(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER", "{\"A\":\"12\"}", "{\"A\":12}"},
        {"A INTEGER", "{\"A\":\"-12\"}", "{\"A\":-12}"},
        {"A BIGINT", "{\"A\":\"1\\u0032\"}", "{\"A\":12}"},
        {"A INTEGER", "{\"A\":\"2147483648\"}",
         "! Can't coerce string to type. targetType: INTEGER, path: $.A"},
        {"A INTEGER", "{\"A\":\"1.5\"}",
         "! Can't coerce string to type. targetType: INTEGER, path: $.A"},
        {"A BIGINT", "{\"A\":\"\"}",
         "! Can't coerce string to type. targetType: BIGINT, path: $.A"},
        {"A BIGINT", "{\"A\":true}",
         "! Can't convert type. sourceType: BooleanNode, requiredType: BIGINT, path: $.A"},
        {"A INTEGER", "{\"A\":{}}",
         "! Can't convert type. sourceType: ObjectNode, requiredType: INTEGER, path: $.A"},
        {"A INTEGER", "{\"A\":[1]}",
         "! Can't convert type. sourceType: ArrayNode, requiredType: INTEGER, path: $.A"},
    };
    CHECK_TABLE(rows);
}

static void doubles_take_numbers_and_text(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"D DOUBLE", "{\"D\":1}", "{\"D\":1.0}"},
        {"D DOUBLE", "{\"D\":-0.0}", "{\"D\":0.0}"},
        {"D DOUBLE", "{\"D\":0.1}", "{\"D\":0.1}"},
        {"D DOUBLE", "{\"D\":12345678.9}", "{\"D\":1.23456789E7}"},
        {"D DOUBLE", "{\"D\":1e400}", "{\"D\":\"Infinity\"}"},
        {"D DOUBLE", "{\"D\":123456789012345678901234567890}", "{\"D\":1.2345678901234568E29}"},
        {"D DOUBLE", "{\"D\":0.1000000000000000055511151231257827}", "{\"D\":0.1}"},
        {"D DOUBLE", "{\"D\":\"1.5\"}", "{\"D\":1.5}"},
        {"D DOUBLE", "{\"D\":\"NaN\"}", "{\"D\":\"NaN\"}"},
        {"D DOUBLE", "{\"D\":\"x\"}",
         "! Can't coerce string to type. targetType: DOUBLE, path: $.D"},
        {"D DOUBLE", "{\"D\":false}",
         "! Can't convert type. sourceType: BooleanNode, requiredType: DOUBLE, path: $.D"},
    };
    CHECK_TABLE(rows);
}

static void strings_take_anything(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"S STRING", "{\"S\":\"x\"}", "{\"S\":\"x\"}"},
        {"S STRING", "{\"S\":\"\"}", "{\"S\":\"\"}"},
        {"S STRING", "{\"S\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001z\"}",
         "{\"S\":\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001z\"}"},
        {"S STRING", "{\"S\":\"\\u00e9\\ud83d\\ude00\\u001F\"}",
         "{\"S\":\"\xC3\xA9\xF0\x9F\x98\x80\\u001F\"}"},
        {"S STRING", "{\"S\":\"\\ud83d!\"}", "{\"S\":\"?!\"}"},
        {"S STRING", "{\"S\":\"caf\xC3\xA9\"}", "{\"S\":\"caf\xC3\xA9\"}"},
        {"S STRING", "{\"S\":12}", "{\"S\":\"12\"}"},
        {"S STRING", "{\"S\":-0}", "{\"S\":\"0\"}"},
        {"S STRING", "{\"S\":1.10}", "{\"S\":\"1.10\"}"},
        {"S STRING", "{\"S\":-0.0}", "{\"S\":\"0.0\"}"},
        {"S STRING", "{\"S\":1e5}", "{\"S\":\"1E+5\"}"},
        {"S STRING", "{\"S\":1.25e-3}", "{\"S\":\"0.00125\"}"},
        {"S STRING", "{\"S\":12.5E+10}", "{\"S\":\"1.25E+11\"}"},
        {"S STRING", "{\"S\":0.0000001}", "{\"S\":\"1E-7\"}"},
        {"S STRING", "{\"S\":0.000001}", "{\"S\":\"0.000001\"}"},
        {"S STRING", "{\"S\":true}", "{\"S\":\"true\"}"},
        {"S STRING", "{\"S\":null}", "{\"S\":null}"},
        {"S STRING", "{\"S\":{ \"b\" : 1.50 , \"a\" : [ 1 , null , \"q\\\"\" ] }}",
         "{\"S\":\"{\\\"b\\\":1.50,\\\"a\\\":[1,null,\\\"q\\\\\\\"\\\"]}\"}"},
        {"S STRING", "{\"S\":[1, \"x\", null, [true], {\"k\":\"v\"}]}",
         "{\"S\":\"[1, x, null, [true], {\\\"k\\\":\\\"v\\\"}]\"}"},
        {"S STRING", "{\"S\":[]}", "{\"S\":\"[]\"}"},
        {"S STRING", "{\"S\":{}}", "{\"S\":\"{}\"}"},
    };
    CHECK_TABLE(rows);
}

static void decimals_must_fit_without_rounding(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"D DECIMAL(4,2)", "{\"D\":10.1}", "{\"D\":10.10}"},
        {"D DECIMAL(4,2)", "{\"D\":10}", "{\"D\":10.00}"},
        {"D DECIMAL(4,2)", "{\"D\":1e1}", "{\"D\":10.00}"},
        {"D DECIMAL(4,2)", "{\"D\":\"-1.5\"}", "{\"D\":-1.50}"},
        {"D DECIMAL(4,2)", "{\"D\":1.000}", "{\"D\":1.00}"},
        {"D DECIMAL(38,0)", "{\"D\":12345678901234567890123456789012345678}",
         "{\"D\":12345678901234567890123456789012345678}"},
        {"D DECIMAL(4,2)", "{\"D\":100}",
         "! Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute "
         "value less than 10^2. Got 100, path: $.D"},
        {"D DECIMAL(4,2)", "{\"D\":1.234}",
         "! Cannot fit decimal '1.234' into DECIMAL(4, 2) without rounding. (Requires 4,3), "
         "path: $.D"},
        {"D DECIMAL(4,2)", "{\"D\":true}",
         "! Can't convert type. sourceType: BooleanNode, requiredType: DECIMAL(4, 2), path: $.D"},
    };
    CHECK_TABLE(rows);
}

static void bytes_take_base64(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"B BYTES", "{\"B\":\"aGk=\"}", "{\"B\":\"aGk=\"}"},
        {"B BYTES", "{\"B\":\"\"}", "{\"B\":\"\"}"},
        {"B BYTES", "{\"B\":\"a?\"}",
         "! Value is not a valid Base64 encoded string: a?, path: $.B"},
        {"B BYTES", "{\"B\":5}",
         "! Can't convert type. sourceType: IntNode, requiredType: BYTES, path: $.B"},
    };
    CHECK_TABLE(rows);
}

static void times_are_numbers_and_text_times_are_refused(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"T TIME", "{\"T\":0}", "{\"T\":0}"},
        {"T TIME", "{\"T\":86400000}", "{\"T\":86400000}"},
        {"T TIME", "{\"T\":\"1000\"}", "{\"T\":1000}"},
        {"T TIME", "{\"T\":86400001}",
         "! Time values must use number of milliseconds greater than 0 and less than 86400000., "
         "path: $.T"},
        {"T TIME", "{\"T\":-1}",
         "! Time values must use number of milliseconds greater than 0 and less than 86400000., "
         "path: $.T"},
        {"T TIME", "{\"T\":\"10:00\"}",
         "! Can't coerce string to type. targetType: TIME, path: $.T"},
        {"D DATE", "{\"D\":-3}", "{\"D\":-3}"},
        {"D DATE", "{\"D\":\"2020-01-01\"}",
         "! Can't coerce string to type. targetType: DATE, path: $.D"},
        {"D TIMESTAMP", "{\"D\":1600000000000}", "{\"D\":1600000000000}"},
        {"D TIMESTAMP", "{\"D\":\"1600000000000\"}", "{\"D\":1600000000000}"},
        {"D TIMESTAMP", "{\"D\":\"2020-01-01T00:00:00\"}",
         "! Can't coerce string to type. targetType: TIMESTAMP, path: $.D"},
        {"D TIMESTAMP", "{\"D\":true}",
         "! Can't convert type. sourceType: BooleanNode, requiredType: TIMESTAMP, path: $.D"},
    };
    CHECK_TABLE(rows);
}

static void nested_values_are_coerced_and_errors_show_the_path(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A ARRAY<INTEGER>", "{\"A\":[1,\"2\",null,3.9]}", "{\"A\":[1,2,null,3]}"},
        {"A ARRAY<INTEGER>", "{\"A\":[]}", "{\"A\":[]}"},
        {"A ARRAY<STRING>", "{\"A\":[1,2]}", "{\"A\":[\"1\",\"2\"]}"},
        {"A ARRAY<INTEGER>", "{\"A\":[0,1,\"x\"]}",
         "! Can't coerce string to type. targetType: INTEGER, path: $.A[2]"},
        {"A ARRAY<INTEGER>", "{\"A\":{}}",
         "! Can't convert type. sourceType: ObjectNode, requiredType: ARRAY<INT>, path: $.A"},
        {"M MAP<STRING, DOUBLE>", "{\"M\":{\"b\":1,\"a\":null,\"\\u0062\":2}}",
         "{\"M\":{\"b\":2.0,\"a\":null}}"},
        {"M MAP<STRING, INTEGER>", "{\"M\":{\"k\":true}}",
         "! Can't convert type. sourceType: BooleanNode, requiredType: INTEGER, path: "
         "$.M.k.value"},
        {"M MAP<STRING, INTEGER>", "{\"M\":[1]}",
         "! Can't convert type. sourceType: ArrayNode, requiredType: MAP<VARCHAR, INT>, path: "
         "$.M"},
        {"S STRUCT<A INTEGER, b STRING>", "{\"s\":{\"a\":1,\"b\":2,\"c\":3}}",
         "{\"S\":{\"A\":1,\"b\":\"2\"}}"},
        {"S STRUCT<A INTEGER, B STRING>", "{\"S\":{}}", "{\"S\":{\"A\":null,\"B\":null}}"},
        {"S STRUCT<A ARRAY<STRUCT<X TIME>>>", "{\"S\":{\"A\":[{\"X\":1},{\"x\":\"y\"}]}}",
         "! Can't coerce string to type. targetType: TIME, path: $.S.A[1].X"},
        {"S STRUCT<A INTEGER, B STRING>", "{\"S\":1}",
         "! Can't convert type. sourceType: IntNode, requiredType: STRUCT<A INT, B VARCHAR>, path: "
         "$.S"},
    };
    CHECK_TABLE(rows);
}

static void names_match_exactly_first_then_in_upper_case(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"DATETIME BIGINT", "{\"dateTime\":1}", "{\"DATETIME\":1}"},
        {"ID INTEGER", "{\"ID\":1,\"id\":2}", "{\"ID\":1}"},
        {"ID INTEGER", "{\"id\":2,\"ID\":1}", "{\"ID\":1}"},
        {"ID INTEGER", "{\"id\":2,\"Id\":3}", "{\"ID\":3}"},
        {"ID INTEGER", "{\"ID\":null,\"id\":3}", "{\"ID\":null}"},
        {"id INTEGER, ID INTEGER", "{\"id\":4}", "{\"id\":4,\"ID\":4}"},
        {"id INTEGER, ID INTEGER", "{\"id\":4,\"ID\":5}", "{\"id\":4,\"ID\":5}"},
        {"id INTEGER", "{\"ID\":4}", "{\"id\":null}"},
        {"A INTEGER", "{\"\\u0041\":4}", "{\"A\":4}"},
        {"\xC3\x89T\xC3\x89 INTEGER", "{\"\xC3\xA9t\xC3\xA9\":4}", "{\"\xC3\x89T\xC3\x89\":4}"},
        {"A INTEGER, B INTEGER", "{}", "{\"A\":null,\"B\":null}"},
        {"A INTEGER", "{\"X\":{\"A\":1},\"Y\":[{\"A\":2}]}", "{\"A\":null}"},
    };
    CHECK_TABLE(rows);
}

static void last_of_equal_names_counts_whatever_the_others_hold(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER", "{\"A\":1,\"A\":2}", "{\"A\":2}"},
        {"A INTEGER", "{\"A\":\"bad\",\"A\":2}", "{\"A\":2}"},
        {"A INTEGER", "{\"A\":1,\"A\":null}", "{\"A\":null}"},
        {"S STRUCT<A INTEGER>", "{\"S\":{\"A\":true,\"A\":7}}", "{\"S\":{\"A\":7}}"},
    };
    CHECK_TABLE(rows);
}

static void faults_come_before_conversions_and_columns_in_their_order(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER, B INTEGER", "{\"B\":true,\"A\":[]}",
         "! Can't convert type. sourceType: ArrayNode, requiredType: INTEGER, path: $.A"},
        {"A INTEGER", "{\"A\":true,\"B\":nul}",
         "! Unrecognized token 'nul': was expecting (JSON String, Number, Array, Object or token "
         "'null', 'true' or 'false')"},
    };
    CHECK_TABLE(rows);
}

static void malformed_records_fail_in_jacksons_words(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER", "{\"A\":1",
         "! Unexpected end-of-input within/between Object or Array entries"},
        {"A INTEGER", "{\"A\":\"x",
         "! Unexpected end-of-input: was expecting closing quote for a string value"},
        {"A INTEGER", "{A:1}",
         "! Unexpected character ('A' (code 65)): was expecting double-quote to start field name"},
        {"A INTEGER", "{\"A\" 1}",
         "! Unexpected character ('1' (code 49)): was expecting a colon to separate field name and "
         "value"},
        {"A INTEGER", "{\"A\":1 \"B\":2}",
         "! Unexpected character ('\"' (code 34)): was expecting comma to separate Object "
         "entries"},
        {"A INTEGER", "{\"X\":[1 2]}",
         "! Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"},
        {"A INTEGER", "{\"A\":01}", "! Invalid numeric value: Leading zeroes not allowed"},
        {"A INTEGER", "{\"A\":-}",
         "! Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9)"},
        {"A INTEGER", "{\"A\":1.}",
         "! Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9)"},
        {"S STRING", "{\"S\":\"\\x\"}", "! Unrecognized character escape 'x' (code 120)"},
        {"S STRING", "{\"S\":\"\\u12g4\"}",
         "! Unexpected character ('g' (code 103)): expected a hex-digit for character escape "
         "sequence"},
        {"S STRING", "{\"S\":\"a\nb\"}",
         "! Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash "
         "to be included in string value"},
        {"S STRING", "{\"S\":\"\xFF\"}", "! Invalid UTF-8 start byte 0xff"},
        {"A INTEGER", "{\"A\":1,}",
         "! Unexpected character ('}' (code 125)): was expecting double-quote to start field name"},
        {"A INTEGER", "{\"A\":}",
         "! Unexpected character ('}' (code 125)): expected a valid value (JSON String, Number, "
         "Array, Object or token 'null', 'true' or 'false')"},
        {"A INTEGER", "",
         "! Can't convert type. sourceType: MissingNode, requiredType: STRUCT<A INT>, path: $"},
        {"A INTEGER", "  ",
         "! Can't convert type. sourceType: MissingNode, requiredType: STRUCT<A INT>, path: $"},
        {"A INTEGER, B STRING", "12",
         "! Can't convert type. sourceType: IntNode, requiredType: STRUCT<A INT, B VARCHAR>, path: "
         "$"},
    };
    CHECK_TABLE(rows);
}

static void white_space_and_what_follows_the_object_do_not_matter(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"A INTEGER, B STRING", " { \"A\" : 1 , \"B\" : \"x\" } ", "{\"A\":1,\"B\":\"x\"}"},
        {"A INTEGER, B STRING", "\r\n{\"A\":1,\n\t\"B\"\n:\"x\"\n}", "{\"A\":1,\"B\":\"x\"}"},
        {"A INTEGER", "{\"A\":1} {\"A\":2}", "{\"A\":1}"},
        {"A INTEGER", "{\"A\":1}]", "{\"A\":1}"},
        {"A INTEGER", "\xEF\xBB\xBF{\"A\":1}", "{\"A\":1}"},
        {"A INTEGER", "null", "null"},
        {"A INTEGER", " null ", "null"},
    };
    CHECK_TABLE(rows);
}

static void messages_name_side_and_topic(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "X BOOLEAN, Y INTEGER");
    struct column columns[2];
    struct decode_result result;
    const struct text record = TEXT("{\"X\":\"t\"}");
    for (int side = FORMAT_KEY; side <= FORMAT_VALUE; side++) {
        options.side = (enum format_side)side;
        struct decoder *decoder = fixture_decoder(&fixture, &options);
        assert_ok(
            decoder_decode(decoder, &record, 1, columns, &fixture.batch, &result, &fixture.diag),
            &fixture.diag);
        assert_int_equal(result.error_count, 1);
        assert_string_equal(result.errors[0].message.data,
                            side == FORMAT_KEY
                                ? "Failed to deserialize key from topic: T. Can't convert type. "
                                  "sourceType: TextNode, requiredType: BOOLEAN, path: $.X"
                                : "Failed to deserialize value from topic: T. Can't convert type. "
                                  "sourceType: TextNode, requiredType: BOOLEAN, path: $.X");
    }
    fixture_release(&fixture);
}

static void unwrapped_column_is_the_whole_record(void **state)
{
    (void)state;
    static const struct coercion rows[] = {
        {"V INTEGER", "12", "{\"V\":12}"},
        {"V INTEGER", " 12 ", "{\"V\":12}"},
        {"V INTEGER", "null", "null"},
        {"V INTEGER", "12x",
         "! Unexpected character ('x' (code 120)): Expected space separating root-level values"},
        {"V STRING", "\"Hey\"", "{\"V\":\"Hey\"}"},
        {"V STRING", "Hey",
         "! Unrecognized token 'Hey': was expecting (JSON String, Number, Array, Object or token "
         "'null', 'true' or 'false')"},
        {"V STRING", "", "{\"V\":\"\"}"},
        {"V INTEGER", "",
         "! Can't convert type. sourceType: MissingNode, requiredType: INTEGER, path: $"},
        {"V ARRAY<STRING>", "[\"a\",null]", "{\"V\":[\"a\",null]}"},
        {"V STRUCT<A DOUBLE>", "{\"a\":45.67}", "{\"V\":{\"A\":45.67}}"},
        {"V MAP<STRING, DOUBLE>", "{\"a\":\"x\"}",
         "! Can't coerce string to type. targetType: DOUBLE, path: $.a.value"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        struct decoder_options options =
            fixture_decoder_options(&fixture, FORMAT_JSON, rows[i].columns);
        options.wrap = FORMAT_UNWRAP_SINGLES;
        struct decoder *decoder = fixture_decoder(&fixture, &options);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, text_of(rows[i].record)),
                            rows[i].expected);
        fixture_release(&fixture);
    }
}

static void only_wanted_columns_are_decoded_or_checked(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "A INTEGER, B INTEGER, C STRING");
    static const bool wanted[] = {false, false, true};
    options.wanted = wanted;
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    assert_string_equal(fixture_decode(&fixture, decoder, &options,
                                       TEXT("{\"A\":\"bad\",\"B\":[[[]]],\"C\":\"x\"}")),
                        "{\"C\":\"x\"}");
    assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("{\"A\":01,\"C\":\"x\"}")),
                        "! Invalid numeric value: Leading zeroes not allowed");
    fixture_release(&fixture);
}

static void texts_without_escapes_are_slices_and_clean(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "A STRING, B STRING");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    const struct text records[] = {
        TEXT("{\"A\":\"plain\",\"B\":\"a\\nb\"}"), TEXT("{\"A\":12.5,\"B\":\"x\"}"), {NULL, 0}};
    struct column columns[2];
    struct decode_result result;
    assert_ok(decoder_decode(decoder, records, 3, columns, &fixture.batch, &result, &fixture.diag),
              &fixture.diag);
    assert_true(columns[0].json_clean);
    assert_false(columns[1].json_clean);
    assert_ptr_equal(columns[0].text[0].data, records[0].data + 6);
    assert_int_equal(columns[1].text[0].bytes, 3);
    assert_int_equal(result.outcomes[2], RECORD_NULL);
    assert_int_equal(result.null_count, 1);
    assert_true(column_is_null(&columns[0], 2));
    fixture_release(&fixture);
}

/* A mix of layouts, faults and nulls. */
static const char *const mixed_records[] = {
    "{\"a\":1,\"b\":\"x\",\"c\":[1,2]}",
    "{\"a\":2,\"b\":\"y\",\"c\":[]}",
    "{\"b\":\"z\",\"a\":3}",
    NULL,
    "{\"a\":\"bad\",\"b\":\"q\"}",
    "{ \"a\": 4, \"c\": [5], \"extra\": {\"deep\": [1, {\"x\": null}]}, \"b\": \"esc\\n\" }",
    "null",
    "{\"A\":5,\"a\":6}",
    "{\"a\":7,\"b\":\"unclosed}",
    "{}",
    "{\"a\":8,\"b\":{\"k\":1},\"c\":null}",
};

enum { MIXED_COUNT = sizeof(mixed_records) / sizeof(mixed_records[0]) };

/* All rows, decoded in batches of size, as one text. */
static struct text decode_in_batches(struct fixture *fixture, size_t size)
{
    const struct decoder_options options =
        fixture_decoder_options(fixture, FORMAT_JSON, "A INTEGER, B STRING, C ARRAY<INTEGER>");
    struct decoder *decoder = fixture_decoder(fixture, &options);
    struct column columns[3];
    struct decode_result result;
    buffer_reset(&fixture->text);
    for (size_t first = 0; first < MIXED_COUNT; first += size) {
        struct text records[MIXED_COUNT];
        const size_t count = first + size < MIXED_COUNT ? size : MIXED_COUNT - first;
        for (size_t i = 0; i < count; i++) {
            records[i] = text_of(mixed_records[first + i]);
        }
        arena_reset(&fixture->batch);
        assert_ok(decoder_decode(decoder, records, count, columns, &fixture->batch, &result,
                                 &fixture->diag),
                  &fixture->diag);
        for (size_t i = 0; i < count; i++) {
            fixture_show_row(fixture, &options, columns, &result, i);
            buffer_append_byte(&fixture->text, '\n');
        }
    }
    return arena_text(&fixture->arena, buffer_text(&fixture->text));
}

static void batches_of_any_size_give_the_same_rows(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct text expected = decode_in_batches(&fixture, 1);
    assert_non_null(strstr(expected.data, "{\"A\":4,\"B\":\"esc\\n\",\"C\":[5]}"));
    for (size_t size = 2; size <= MIXED_COUNT; size++) {
        assert_string_equal(decode_in_batches(&fixture, size).data, expected.data);
    }
    fixture_release(&fixture);
}

static void more_names_than_are_learned_still_decode(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_JSON, "A INTEGER");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    for (int i = 0; i < 1000; i++) {
        char record[128];
        char expected[64];
        snprintf(record, sizeof(record), "{\"name%d\":%d,\"a\":%d,\"other%d\":\"x\"}", i, i, i, i);
        snprintf(expected, sizeof(expected), "{\"A\":%d}", i);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, text_of(record)), expected);
    }
    assert_true(arena_bytes(&fixture.arena) < 1 << 20);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boolean_takes_only_true_and_false),
        cmocka_unit_test(integers_take_numbers_cut_off_and_wrapped),
        cmocka_unit_test(integers_take_numeric_text),
        cmocka_unit_test(doubles_take_numbers_and_text),
        cmocka_unit_test(strings_take_anything),
        cmocka_unit_test(decimals_must_fit_without_rounding),
        cmocka_unit_test(bytes_take_base64),
        cmocka_unit_test(times_are_numbers_and_text_times_are_refused),
        cmocka_unit_test(nested_values_are_coerced_and_errors_show_the_path),
        cmocka_unit_test(names_match_exactly_first_then_in_upper_case),
        cmocka_unit_test(last_of_equal_names_counts_whatever_the_others_hold),
        cmocka_unit_test(faults_come_before_conversions_and_columns_in_their_order),
        cmocka_unit_test(malformed_records_fail_in_jacksons_words),
        cmocka_unit_test(white_space_and_what_follows_the_object_do_not_matter),
        cmocka_unit_test(messages_name_side_and_topic),
        cmocka_unit_test(unwrapped_column_is_the_whole_record),
        cmocka_unit_test(only_wanted_columns_are_decoded_or_checked),
        cmocka_unit_test(texts_without_escapes_are_slices_and_clean),
        cmocka_unit_test(batches_of_any_size_give_the_same_rows),
        cmocka_unit_test(more_names_than_are_learned_still_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
