/* encoder_test.c: rows to bytes, JSON as Jackson writes it, KAFKA and null records. */
#include "tests/test.h"

#include "formats/json_value.h"
#include "tests/formats/fixture.h"

struct encoding {
    const char *columns;
    const char *row; /* as JSON */
    const char *expected;
};

static void check_table(enum format_kind format, enum format_wrap wrap, const struct encoding *rows,
                        size_t count)
{
    const struct encoder_options options = {.format = format, .side = FORMAT_VALUE, .wrap = wrap};
    for (size_t i = 0; i < count; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const char *text = fixture_encode(&fixture, &options, rows[i].columns, rows[i].row);
        assert_string_equal(text, rows[i].expected);
        fixture_release(&fixture);
    }
}

static void json_has_every_column_without_spaces(void **state)
{
    (void)state;
    static const struct encoding rows[] = {
        {"A INTEGER, b STRING", "{}", "{\"A\":null,\"b\":null}"},
        {"A INTEGER", "{\"A\":-2147483648}", "{\"A\":-2147483648}"},
        {"A BIGINT", "{\"A\":9223372036854775807}", "{\"A\":9223372036854775807}"},
        {"A DOUBLE, B DOUBLE", "{\"A\":1e7,\"B\":\"-Infinity\"}",
         "{\"A\":1.0E7,\"B\":\"-Infinity\"}"},
        {"A DECIMAL(10,8)", "{\"A\":0.00000001}", "{\"A\":0.00000001}"},
        {"A BOOLEAN, B BYTES", "{\"A\":false,\"B\":\"//8=\"}", "{\"A\":false,\"B\":\"//8=\"}"},
        {"A TIME, B DATE, C TIMESTAMP", "{\"A\":1,\"B\":-2,\"C\":3}", "{\"A\":1,\"B\":-2,\"C\":3}"},
        {"A ARRAY<STRING>, B MAP<STRING, INTEGER>, C STRUCT<X BOOLEAN>",
         "{\"A\":[\"q\",null],\"B\":{\"\\\"\":1},\"C\":{}}",
         "{\"A\":[\"q\",null],\"B\":{\"\\\"\":1},\"C\":{\"X\":null}}"},
        {"a-name-that-is-longer-than-one-block-of-the-encoder INTEGER", "{}",
         "{\"a-name-that-is-longer-than-one-block-of-the-encoder\":null}"},
    };
    check_table(FORMAT_JSON, FORMAT_WRAP_NONE_SET, rows, sizeof(rows) / sizeof(rows[0]));
}

static void json_escapes_as_jackson_does(void **state)
{
    (void)state;
    static const struct encoding rows[] = {
        {"S STRING", "{\"S\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\"}",
         "{\"S\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\x7F\"}"},
        {"S STRING", "{\"S\":\"\\u00e9\\u2028\\ud83d\\ude00\"}",
         "{\"S\":\"\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\"}"},
        {"S STRING", "{\"S\":\"a long run of plain text that spans blocks \\n and another one\"}",
         "{\"S\":\"a long run of plain text that spans blocks \\n and another one\"}"},
        {"S STRING", "{\"S\":{\"k\":\"v\"}}", "{\"S\":\"{\\\"k\\\":\\\"v\\\"}\"}"},
    };
    check_table(FORMAT_JSON, FORMAT_WRAP_NONE_SET, rows, sizeof(rows) / sizeof(rows[0]));
}

static void unwrapped_null_is_a_null_record(void **state)
{
    (void)state;
    static const struct encoding rows[] = {
        {"V BOOLEAN", "{\"V\":true}", "true"},
        {"V STRING", "{\"V\":\"x\\u0022\"}", "\"x\\\"\""},
        {"V ARRAY<BIGINT>", "{\"V\":[12,null]}", "[12,null]"},
        {"V INTEGER", "{\"V\":null}", "null"},
    };
    check_table(FORMAT_JSON, FORMAT_UNWRAP_SINGLES, rows, sizeof(rows) / sizeof(rows[0]));
}

static void kafka_texts_are_themselves(void **state)
{
    (void)state;
    static const struct encoding rows[] = {
        {"V STRING", "{\"V\":\"x\"}", "x"},
        {"V STRING", "{\"V\":\"\"}", ""},
        {"V STRING", "{\"V\":null}", "null"},
        {"V BYTES", "{\"V\":\"aGk=\"}", "hi"},
    };
    check_table(FORMAT_KAFKA, FORMAT_WRAP_NONE_SET, rows, sizeof(rows) / sizeof(rows[0]));
}

static void check_kafka_number(const char *columns, const char *row, struct text bytes)
{
    struct fixture fixture;
    fixture_init(&fixture);
    const struct encoder_options options = {.format = FORMAT_KAFKA, .side = FORMAT_KEY};
    (void)fixture_encode(&fixture, &options, columns, row);
    assert_int_equal(fixture.text.bytes, bytes.bytes + 1); /* and the fixture's NUL */
    assert_memory_equal(fixture.text.data, bytes.data, bytes.bytes);
    const struct decoder_options back = fixture_decoder_options(&fixture, FORMAT_KAFKA, columns);
    struct decoder *decoder = fixture_decoder(&fixture, &back);
    assert_string_equal(fixture_decode(&fixture, decoder, &back, bytes), row);
    fixture_release(&fixture);
}

static void kafka_numbers_are_big_endian(void **state)
{
    (void)state;
    check_kafka_number("V INTEGER", "{\"V\":-2}", (struct text){"\xFF\xFF\xFF\xFE", 4});
    check_kafka_number("V BIGINT", "{\"V\":258}", (struct text){"\0\0\0\0\0\0\1\2", 8});
    check_kafka_number("V DOUBLE", "{\"V\":1.0}", (struct text){"\x3F\xF0\0\0\0\0\0\0", 8});
}

static void kafka_refuses_records_of_the_wrong_length(void **state)
{
    (void)state;
    static const char *const columns[] = {"V INTEGER", "V BIGINT", "V DOUBLE"};
    static const char *const causes[] = {"! Size of data received by IntegerDeserializer is not 4",
                                         "! Size of data received by LongDeserializer is not 8",
                                         "! Size of data received by Deserializer is not 8"};
    for (size_t i = 0; i < 3; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        const struct decoder_options options =
            fixture_decoder_options(&fixture, FORMAT_KAFKA, columns[i]);
        struct decoder *decoder = fixture_decoder(&fixture, &options);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("abc")), causes[i]);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("")), causes[i]);
        assert_string_equal(fixture_decode(&fixture, decoder, &options, (struct text){NULL, 0}),
                            "null");
        fixture_release(&fixture);
    }
}

static void kafka_repairs_text_that_is_no_utf8(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options =
        fixture_decoder_options(&fixture, FORMAT_KAFKA, "V STRING");
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("a\xFFz")),
                        "{\"V\":\"a\xEF\xBF\xBDz\"}");
    fixture_release(&fixture);
}

static void none_reads_and_writes_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options = {.format = FORMAT_NONE, .side = FORMAT_KEY};
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("anything")), "null");
    const struct encoder_options target = {.format = FORMAT_NONE, .side = FORMAT_KEY};
    struct encoder *encoder = NULL;
    struct encoded_record encoded[2];
    const struct encode_rows rows = {.count = 2};
    assert_ok(encoder_create(&fixture.arena, &target, &encoder, &fixture.diag), &fixture.diag);
    assert_ok(encoder_encode(encoder, NULL, &rows, &fixture.text, encoded, &fixture.diag),
              &fixture.diag);
    assert_null(encoded_text(&fixture.text, encoded[0]).data);
    assert_null(encoded_text(&fixture.text, encoded[1]).data);
    fixture_release(&fixture);
}

static void json_value_without_columns_is_a_row(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct encoder_options target = {.format = FORMAT_JSON, .side = FORMAT_VALUE};
    assert_string_equal(fixture_encode(&fixture, &target, "", "{}"), "{}");
    assert_string_equal(fixture_decode_json(&fixture, "", "{\"a\":1}"), "{}");
    assert_string_equal(fixture_decode_json(&fixture, "", "null"), "null");
    fixture_release(&fixture);
}

static void keys_without_columns_are_null_whatever_their_bytes(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct decoder_options options = {.format = FORMAT_JSON, .side = FORMAT_KEY};
    struct decoder *decoder = fixture_decoder(&fixture, &options);
    assert_string_equal(fixture_decode(&fixture, decoder, &options, TEXT("anything")), "null");
    fixture_release(&fixture);
}

static void rows_are_picked_and_tombstones_written(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct column column;
    assert_ok(column_init(&column, &fixture.arena, type_of(TYPE_INTEGER), 4, &fixture.diag),
              &fixture.diag);
    for (int i = 0; i < 4; i++) {
        column.int32[i] = 10 * i;
    }
    const struct type_field field = {TEXT("A"), type_of(TYPE_INTEGER)};
    const struct encoder_options options = {
        .format = FORMAT_JSON, .side = FORMAT_VALUE, .column_count = 1, .columns = &field};
    struct encoder *encoder = NULL;
    assert_ok(encoder_create(&fixture.arena, &options, &encoder, &fixture.diag), &fixture.diag);
    const struct column *columns[] = {&column};
    const uint32_t picked[] = {3, 1, 2};
    const uint8_t is_null[] = {0, 1, 0, 0};
    const struct encode_rows rows = {.count = 3, .rows = picked, .is_null_record = is_null};
    struct encoded_record encoded[3];
    buffer_append_string(&fixture.text, "kept");
    assert_ok(encoder_encode(encoder, columns, &rows, &fixture.text, encoded, &fixture.diag),
              &fixture.diag);
    assert_true(text_equal(encoded_text(&fixture.text, encoded[0]), TEXT("{\"A\":30}")));
    assert_null(encoded_text(&fixture.text, encoded[1]).data);
    assert_true(text_equal(encoded_text(&fixture.text, encoded[2]), TEXT("{\"A\":20}")));
    assert_true(text_equal(buffer_text(&fixture.text), TEXT("kept{\"A\":30}{\"A\":20}")));
    fixture_release(&fixture);
}

static void display_form_shows_iso_times(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const struct type *type = fixture_type(
        &fixture, "STRUCT<A DATE, B TIME, C TIMESTAMP, D MAP<INTEGER, DATE>, E DECIMAL(4,1)>");
    struct value value;
    assert_ok(json_read_value(&fixture.arena, type,
                              TEXT("{\"A\":1,\"B\":3723004,\"C\":86400001,\"E\":\"1\"}"), &value,
                              &fixture.diag),
              &fixture.diag);
    struct value_map *map = value_map_create(&fixture.arena, 1);
    value_map_put(type->fields[3].type, map, value_int32(5), value_int32(0));
    value.list->items[3] = (struct value){.map = map};
    json_write_value(&fixture.text, type, &value, JSON_DISPLAY);
    buffer_append_byte(&fixture.text, '\0');
    assert_string_equal(fixture.text.data,
                        "{\"A\":\"1970-01-02\",\"B\":\"01:02:03.004\",\"C\":\"1970-01-02T00:00:00."
                        "001\",\"D\":{\"5\":\"1970-01-01\"},\"E\":1.0}");
    fixture_release(&fixture);
}

static void json_value_reports_what_it_refuses(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct value value;
    const struct type *type = type_of(TYPE_INTEGER);
    assert_int_equal(json_read_value(&fixture.arena, type, TEXT("true"), &value, &fixture.diag),
                     STATUS_INVALID);
    assert_string_equal(
        fixture.diag.message,
        "Can't convert type. sourceType: BooleanNode, requiredType: INTEGER, path: $");
    assert_int_equal(json_read_value(&fixture.arena, type, TEXT("tru"), &value, &fixture.diag),
                     STATUS_INVALID);
    assert_int_equal(json_read_value(&fixture.arena, type, TEXT(""), &value, &fixture.diag),
                     STATUS_INVALID);
    assert_ok(json_read_value(&fixture.arena, type, TEXT(" null"), &value, &fixture.diag),
              &fixture.diag);
    assert_true(value.is_null);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_every_column_without_spaces),
        cmocka_unit_test(json_escapes_as_jackson_does),
        cmocka_unit_test(unwrapped_null_is_a_null_record),
        cmocka_unit_test(kafka_texts_are_themselves),
        cmocka_unit_test(kafka_numbers_are_big_endian),
        cmocka_unit_test(kafka_refuses_records_of_the_wrong_length),
        cmocka_unit_test(kafka_repairs_text_that_is_no_utf8),
        cmocka_unit_test(none_reads_and_writes_nothing),
        cmocka_unit_test(json_value_without_columns_is_a_row),
        cmocka_unit_test(keys_without_columns_are_null_whatever_their_bytes),
        cmocka_unit_test(rows_are_picked_and_tombstones_written),
        cmocka_unit_test(display_form_shows_iso_times),
        cmocka_unit_test(json_value_reports_what_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
