/* avro_test.c: AVRO: schemas to columns and back, records by the schema they were written with, and
 * records that are not what they say. */
#include "tests/test.h"

#include "tests/formats/registry_fixture.h"

static const char all_columns[] =
    "A BOOLEAN, B INTEGER, C BIGINT, D DOUBLE, E STRING, F BYTES, G DECIMAL(9,2), H DATE, I TIME, "
    "J TIMESTAMP, K ARRAY<STRING>, L MAP<STRING, BIGINT>, M STRUCT<X INTEGER, Y ARRAY<DOUBLE>>";

static void rows_read_back_as_they_were_written(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"A\":true,\"B\":-5,\"C\":9007199254740993,\"D\":1.5,\"E\":\"h\xC3\xA9\",\"F\":\"AAH/\","
        "\"G\":-123.45,\"H\":18000,\"I\":3600000,\"J\":-1,\"K\":[\"a\",null,\"\"],"
        "\"L\":{\"x\":1,\"y\":null},\"M\":{\"X\":7,\"Y\":[1.0,2.5]}}",
        "{\"A\":null,\"B\":null,\"C\":null,\"D\":null,\"E\":null,\"F\":null,\"G\":null,\"H\":null,"
        "\"I\":null,\"J\":null,\"K\":null,\"L\":null,\"M\":null}",
        "{\"A\":false,\"B\":-2147483648,\"C\":-9223372036854775808,\"D\":-1.0E-7,\"E\":\"\","
        "\"F\":\"\",\"G\":0.00,\"H\":-1,\"I\":0,\"J\":0,\"K\":[],\"L\":{},\"M\":{\"X\":null,\"Y\":"
        "null}}",
    };
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const uint32_t id =
        registry_fixture_add_columns(&fixture, FORMAT_AVRO, FORMAT_NULLABLE_NOT, all_columns);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct text record =
            registry_fixture_encode(&fixture, FORMAT_AVRO, id, all_columns, rows[i]);
        assert_memory_equal(record.data, "\0\0\0\0\1", 5);
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO, all_columns, record),
                            rows[i]);
        registry_fixture_spoil(&fixture, FORMAT_AVRO, all_columns, record);
    }
    registry_fixture_release(&fixture);
}

static void fields_are_found_by_name_and_coerced(void **state)
{
    (void)state;
    static const struct {
        const char *columns;
        const char *shown;
    } rows[] = {
        {"C BIGINT, A STRING", "{\"C\":3,\"A\":\"3\"}"}, /* c: int */
        {"LIST ARRAY<BIGINT>, NONE STRING", "{\"LIST\":[1,2],\"NONE\":null}"},
        {"A BOOLEAN", "! Cannot deserialize type int32 as type boolean for path: ->A"},
        {"LIST ARRAY<BOOLEAN>", "! Cannot deserialize type int32 as type boolean for path: ->LIST"},
        {"SUIT STRING", "{\"SUIT\":\"HEARTS\"}"},
        {"D DOUBLE", "{\"D\":1.100000023841858}"}, /* a float, widened */
    };
    static const char record[] = "\0\0\0\0\1\x06\x06\x04\x02\x04\0\x02\xCD\xCC\x8C\x3F";
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add(
        &fixture, FORMAT_AVRO,
        "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
        "{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"c\",\"type\":\"int\"},"
        "{\"name\":\"list\",\"type\":{\"type\":\"array\",\"items\":\"int\"}},"
        "{\"name\":\"suit\",\"type\":{\"type\":\"enum\",\"name\":\"s\","
        "\"symbols\":[\"SPADES\",\"HEARTS\"]}},{\"name\":\"d\",\"type\":\"float\"}]}");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO, rows[i].columns,
                                                    (struct text){record, sizeof(record) - 1}),
                            rows[i].shown);
    }
    registry_fixture_release(&fixture);
}

static void bad_records_fail_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count;
        const char *shown;
    } rows[] = {
        {"", 0, "! Unknown magic byte!"},
        {"\0\0\0\0", 4, "! Unknown magic byte!"},
        {"\1\0\0\0\1\0\0", 7, "! Unknown magic byte!"},
        {"\0\0\0\0\x09\0\0", 7, "! no schema has the id 9"},
        {"\0\0\0\0\1", 5, "! the record ends too early"},
        {"\0\0\0\0\1\x04\0", 7, "! the record names a branch or symbol that does not exist"},
        {"\0\0\0\0\1\0\x02\xFE\xFF\xFF\xFF\x0F", 12, "! a list is longer than its record"},
        {"\0\0\0\0\1\0\x02\x02\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 20,
         "! a number has more than ten bytes"},
    };
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add_columns(&fixture, FORMAT_AVRO, FORMAT_NULLABLE_NOT,
                                       "A INTEGER, B ARRAY<INTEGER>");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO,
                                                    "A INTEGER, B ARRAY<INTEGER>",
                                                    (struct text){rows[i].bytes, rows[i].count}),
                            rows[i].shown);
    }
    assert_string_equal(
        registry_fixture_decode(&fixture, FORMAT_AVRO, "A INTEGER", (struct text){NULL, 0}),
        "null");
    registry_fixture_release(&fixture);
}

static void integers_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count;
        const char *shown;
    } rows[] = {
        {"\x80\xF0\xB2\x52\x02", 5, "{\"T\":86400000,\"I\":1}"},
        {"\x82\xF0\xB2\x52\x02", 5,
         "! Time values must use number of milliseconds greater than 0 and less than 86400000."},
        {"\x01\x02", 2,
         "! Time values must use number of milliseconds greater than 0 and less than 86400000."},
        {"\0\x80\x80\x80\x80\x10", 6, "! a number does not fit its type"},
    };
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add(&fixture, FORMAT_AVRO,
                               "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                               "{\"name\":\"T\",\"type\":{\"type\":\"int\",\"logicalType\":"
                               "\"time-millis\"}},{\"name\":\"I\",\"type\":\"int\"}]}");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char record[32] = {0, 0, 0, 0, 1};
        memcpy(record + 5, rows[i].bytes, rows[i].count);
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO, "T TIME, I INTEGER",
                                                    (struct text){record, 5 + rows[i].count}),
                            rows[i].shown);
    }
    registry_fixture_release(&fixture);
}

static void numbers_too_large_for_the_schema_are_not_written(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const uint32_t id = registry_fixture_add(
        &fixture, FORMAT_AVRO,
        "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"A\",\"type\":\"int\"}]}");
    assert_string_equal(
        registry_fixture_refusal(&fixture, FORMAT_AVRO, id, "A BIGINT", "{\"A\":-2147483648}"), "");
    assert_non_null(strstr(
        registry_fixture_refusal(&fixture, FORMAT_AVRO, id, "A BIGINT", "{\"A\":2147483648}"),
        "a number does not fit the schema's int"));
    registry_fixture_release(&fixture);
}

/* The key of the map, which in SQL is a text, is a list or a number in the schema. */
static void maps_are_not_written_with_keys_of_another_type(void **state)
{
    (void)state;
    static const char *const keys[] = {"\"int\"", "{\"type\":\"array\",\"items\":\"int\"}"};
    const struct type *map = NULL;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct registry_fixture fixture;
        struct encoder *encoder = NULL;
        registry_fixture_init(&fixture);
        struct fixture *base = &fixture.base;
        const struct text schema = arena_printf(
            &base->arena,
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"M\",\"type\":{"
            "\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"e\","
            "\"connect.internal.type\":\"MapEntry\",\"fields\":[{\"name\":\"key\",\"type\":%s},"
            "{\"name\":\"value\",\"type\":\"int\"}]}}}]}",
            keys[i]);
        const uint32_t id = registry_fixture_add(&fixture, FORMAT_AVRO, schema.data);
        map = type_map(&base->arena, type_of(TYPE_STRING), type_of(TYPE_INTEGER));
        const struct type_field field = {TEXT("M"), map};
        const struct encoder_options options = {.format = FORMAT_AVRO,
                                                .side = FORMAT_VALUE,
                                                .schema = {.registry = &fixture.registry, .id = id},
                                                .column_count = 1,
                                                .columns = &field};
        assert_int_equal(encoder_create(&base->arena, &options, &encoder, &base->diag),
                         STATUS_INVALID);
        registry_fixture_release(&fixture);
    }
}

/* R63 has R62 a thousand times, which has R61 a thousand times, ...: a value of it takes no byte,
 * but a walk over its parts would never end. */
static void empty_values_of_huge_schemas_are_refused(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    struct buffer text;
    registry_fixture_init(&fixture);
    buffer_init(&text);
    buffer_printf(&text, "{\"type\":\"record\",\"name\":\"r\",\"fields\":[");
    buffer_printf(&text, "{\"name\":\"Z\",\"type\":{\"type\":\"record\",\"name\":\"R0\","
                         "\"fields\":[{\"name\":\"n\",\"type\":\"null\"}]}}");
    for (int level = 1; level < 8; level++) {
        buffer_printf(&text,
                      ",{\"name\":\"Z%d\",\"type\":{\"type\":\"record\",\"name\":\"R%d\","
                      "\"fields\":[",
                      level, level);
        for (int i = 0; i < 1000; i++) {
            buffer_printf(&text, "%s{\"name\":\"f%d\",\"type\":\"R%d\"}", i ? "," : "", i,
                          level - 1);
        }
        buffer_printf(&text, "]}}");
    }
    buffer_printf(&text, ",{\"name\":\"A\",\"type\":\"int\"}]}");
    buffer_append_byte(&text, '\0');
    (void)registry_fixture_add(&fixture, FORMAT_AVRO, text.data);
    assert_string_equal(
        registry_fixture_decode(&fixture, FORMAT_AVRO, "A INTEGER", TEXT("\0\0\0\0\1\2")),
        "! a list is longer than its record");
    buffer_release(&text);
    registry_fixture_release(&fixture);
}

/* Sixty fields for each byte. */
static void structs_much_wider_than_their_record_are_refused(void **state)
{
    (void)state;
    enum { FIELDS = 60, ITEMS = 140000, HEAD = 8 };
    struct registry_fixture fixture;
    struct buffer columns;
    static char record[HEAD + ITEMS + 1] = {0, 0, 0, 0, 1, (char)0xC0, (char)0x8B, 0x11};
    registry_fixture_init(&fixture);
    buffer_init(&columns);
    (void)registry_fixture_add(
        &fixture, FORMAT_AVRO,
        "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"L\",\"type\":{\"type\":"
        "\"array\",\"items\":{\"type\":\"record\",\"name\":\"s\",\"fields\":["
        "{\"name\":\"F0\",\"type\":\"int\"}]}}}]}");
    buffer_append_string(&columns, "L ARRAY<STRUCT<");
    for (int i = 0; i < FIELDS; i++) {
        buffer_printf(&columns, "%sF%d INTEGER", i ? ", " : "", i);
    }
    buffer_append(&columns, ">>", 3);
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO, columns.data,
                                                (struct text){record, sizeof(record)}),
                        "! the record has too many structs");
    buffer_release(&columns);
    registry_fixture_release(&fixture);
}

/* Each record's default holds that of the one before it twice. */
static void defaults_that_would_explode_are_refused(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    struct buffer text;
    registry_fixture_init(&fixture);
    buffer_init(&text);
    buffer_printf(&text, "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"Z\","
                         "\"type\":{\"type\":\"record\",\"name\":\"R0\",\"fields\":["
                         "{\"name\":\"n\",\"type\":\"int\",\"default\":1}]}}");
    for (int level = 1; level < 60; level++) {
        buffer_printf(&text,
                      ",{\"name\":\"Z%d\",\"type\":{\"type\":\"record\",\"name\":\"R%d\","
                      "\"fields\":[{\"name\":\"a\",\"type\":\"R%d\",\"default\":{}},"
                      "{\"name\":\"b\",\"type\":\"R%d\",\"default\":{}}]}}",
                      level, level, level - 1, level - 1);
    }
    buffer_printf(&text, "]}");
    buffer_append_byte(&text, '\0');
    (void)registry_fixture_add(&fixture, FORMAT_AVRO, text.data);
    assert_string_equal(registry_fixture_columns(&fixture, false),
                        "! Invalid Avro schema: its defaults are too long");
    buffer_release(&text);
    registry_fixture_release(&fixture);
}

static void schemas_become_columns(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        bool keeps_case;
        const char *columns; /* or the failure */
    } rows[] = {
        {"{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
         "{\"name\":\"b\",\"type\":[\"null\",\"string\"]}]}",
         false, "A INTEGER, B STRING"},
        {"{\"type\":\"record\",\"name\":\"r\",\"fields\":["
         "{\"name\":\"a\",\"type\":\"int\"}]}",
         true, "a INTEGER"},
        {"\"long\"", false, "ROWVAL BIGINT"},
        {"{\"type\":\"map\",\"values\":{\"type\":\"bytes\",\"logicalType\":\"decimal\","
         "\"precision\":4,\"scale\":2}}",
         false, "ROWVAL MAP<STRING, DECIMAL(4, 2)>"},
        {"{\"type\":\"record\",\"name\":\"n.r\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":"
         "\"record\",\"name\":\"i\",\"fields\":[{\"name\":\"x\",\"type\":\"float\"}]}},"
         "{\"name\":\"b\",\"type\":\"n.i\"},{\"name\":\"c\",\"type\":[\"int\",\"string\"]}]}",
         false,
         "A STRUCT<`X` DOUBLE>, B STRUCT<`X` DOUBLE>, C STRUCT<`INT` INTEGER, `STRING` STRING>"},
        {"{\"type\":\"record\",\"name\":\"r\",\"fields\":["
         "{\"name\":\"a\",\"type\":[\"null\",\"r\"]}]}",
         false, "! Invalid Avro schema: recursive schemas are not supported: r"},
        {"{\"type\":\"nosuch\"}", false, "! Invalid Avro schema: unknown type: nosuch"},
        {"{\"type\":\"record\",\"name\":\"r\"}", false,
         "! Invalid Avro schema: a record needs a list of fields: r"},
        {"{", false, "! Invalid Avro schema: string or '}' expected near end of file"},
        {"{\"type\":\"record\",\"name\":\"r\",\"fields\":["
         "{\"name\":\"a\",\"type\":\"null\"}]}",
         false, "! Schema does not include any columns with types that ksqlDB supports."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry_fixture fixture;
        registry_fixture_init(&fixture);
        (void)registry_fixture_add(&fixture, FORMAT_AVRO, rows[i].schema);
        const char *shown = registry_fixture_columns(&fixture, rows[i].keeps_case);
        assert_int_equal(strncmp(shown, rows[i].columns, strlen(rows[i].columns)), 0);
        registry_fixture_release(&fixture);
    }
}

static void schemas_that_would_explode_are_refused(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    struct buffer text;
    struct schema_columns columns;
    registry_fixture_init(&fixture);
    buffer_init(&text);
    buffer_append_string(&text, "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                                "{\"name\":\"f\",\"type\":{\"type\":\"record\",\"name\":\"t0\","
                                "\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}}");
    for (int i = 1; i < 40; i++) { /* each one holds the one before it twice */
        buffer_printf(
            &text,
            ",{\"name\":\"f%d\",\"type\":{\"type\":\"record\",\"name\":\"t%d\","
            "\"fields\":[{\"name\":\"a\",\"type\":\"t%d\"},{\"name\":\"b\",\"type\":\"t%d\"}]}}",
            i, i, i - 1, i - 1);
    }
    buffer_append(&text, "]}", 3);
    (void)registry_fixture_add(&fixture, FORMAT_AVRO, text.data);
    const struct schema_reading reading = {.side = FORMAT_VALUE};
    assert_int_equal(schema_read_columns(&fixture.base.arena, &fixture.schemas[0], &reading,
                                         &columns, &fixture.base.diag),
                     STATUS_LIMIT);
    buffer_release(&text);
    registry_fixture_release(&fixture);
}

static void missing_columns_get_defaults_or_a_refusal(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const uint32_t id = registry_fixture_add(
        &fixture, FORMAT_AVRO,
        "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"A\",\"type\":\"int\"},"
        "{\"name\":\"B\",\"type\":\"string\",\"default\":\"foo\"},"
        "{\"name\":\"C\",\"type\":[\"null\",\"int\"],\"default\":null},"
        "{\"name\":\"D\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"default\":[1,2]}]}");
    const struct text record =
        registry_fixture_encode(&fixture, FORMAT_AVRO, id, "A INTEGER", "{\"A\":4}");
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_AVRO,
                                                "A INTEGER, B STRING, C INTEGER, D ARRAY<BIGINT>",
                                                record),
                        "{\"A\":4,\"B\":\"foo\",\"C\":null,\"D\":[1,2]}");
    struct encoder *encoder = NULL;
    struct column column = {0};
    const struct column *columns[] = {&column};
    struct encoded_record written;
    const struct encode_rows rows = {.count = 1};
    const struct type_field field = {TEXT("A"), type_of(TYPE_INTEGER)};
    const struct encoder_options options = {.format = FORMAT_AVRO,
                                            .side = FORMAT_VALUE,
                                            .schema = {.registry = &fixture.registry, .id = id},
                                            .column_count = 1,
                                            .columns = &field};
    struct fixture *base = &fixture.base;
    assert_ok(encoder_create(&base->arena, &options, &encoder, &base->diag), &base->diag);
    assert_ok(column_init(&column, &base->arena, field.type, 1, &base->diag), &base->diag);
    column_set_null(&column, 0);
    assert_int_equal(encoder_encode(encoder, columns, &rows, &base->text, &written, &base->diag),
                     STATUS_INVALID);
    registry_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_read_back_as_they_were_written),
        cmocka_unit_test(fields_are_found_by_name_and_coerced),
        cmocka_unit_test(bad_records_fail_with_a_reason),
        cmocka_unit_test(integers_out_of_range_are_refused),
        cmocka_unit_test(numbers_too_large_for_the_schema_are_not_written),
        cmocka_unit_test(maps_are_not_written_with_keys_of_another_type),
        cmocka_unit_test(empty_values_of_huge_schemas_are_refused),
        cmocka_unit_test(structs_much_wider_than_their_record_are_refused),
        cmocka_unit_test(defaults_that_would_explode_are_refused),
        cmocka_unit_test(schemas_become_columns),
        cmocka_unit_test(schemas_that_would_explode_are_refused),
        cmocka_unit_test(missing_columns_get_defaults_or_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
