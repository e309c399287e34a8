/* json_sr_test.c: JSON_SR: JSON behind a schema's id, and JSON schemas to columns and back. */
#include "tests/test.h"

#include "tests/formats/registry_fixture.h"

static const char columns[] = "A BOOLEAN, B INTEGER, C BIGINT, D DOUBLE, E STRING, F BYTES, "
                              "G DECIMAL(9,2), H DATE, I TIME, J TIMESTAMP, K ARRAY<STRING>, "
                              "L MAP<STRING, BIGINT>, M STRUCT<X INTEGER>";

static void rows_read_back_as_they_were_written(void **state)
{
    (void)state;
    static const char row[] =
        "{\"A\":true,\"B\":-5,\"C\":9007199254740993,\"D\":1.5,\"E\":\"x\",\"F\":\"AAH/\","
        "\"G\":-123.45,\"H\":18000,\"I\":3600000,\"J\":-1,\"K\":[\"a\",null],"
        "\"L\":{\"x\":1,\"y\":null},\"M\":{\"X\":7}}";
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const uint32_t id =
        registry_fixture_add_columns(&fixture, FORMAT_JSON_SR, FORMAT_NULLABLE_NOT, columns);
    const struct text record = registry_fixture_encode(&fixture, FORMAT_JSON_SR, id, columns, row);
    assert_memory_equal(record.data, "\0\0\0\0\1{\"A\"", 9);
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_JSON_SR, columns, record), row);
    registry_fixture_spoil(&fixture, FORMAT_JSON_SR, columns, record);
    registry_fixture_release(&fixture);
}

static void records_are_refused_in_order_and_with_a_reason(void **state)
{
    (void)state;
    const struct text records[] = {
        TEXT("\0\0\0\0\1{\"B\":1}"), TEXT("{\"B\":1}"), TEXT("\0\0\0\0\x09{\"B\":1}"),
        TEXT("\0\0\0\0\1{\"B\":"),   {NULL, 0},         TEXT("\0\0\0\0\2{\"B\":\"1\"}"),
        TEXT("\0\0\0\0\1null")};
    static const char *const shown[] = {
        "{\"B\":1}",
        "! Got unexpected JSON serialization format that did not start with the magic byte.",
        "! no schema has the id 9",
        "! Unexpected end-of-input",
        "null",
        "! Cannot deserialize type string as type int32 for path: ->B",
        "null",
    };
    struct registry_fixture fixture;
    struct column column;
    struct decode_result result;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add_columns(&fixture, FORMAT_JSON_SR, FORMAT_NULLABLE_NOT, "B INTEGER");
    (void)registry_fixture_add_columns(&fixture, FORMAT_JSON_SR, FORMAT_NULLABLE_NOT, "B STRING");
    struct fixture *base = &fixture.base;
    struct decoder_options options = fixture_decoder_options(base, FORMAT_JSON_SR, "B INTEGER");
    options.schema.registry = &fixture.registry;
    assert_ok(decoder_decode(fixture_decoder(base, &options), records, 7, &column, &base->batch,
                             &result, &base->diag),
              &base->diag);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        buffer_reset(&base->text);
        fixture_show_row(base, &options, &column, &result, i);
        buffer_append_byte(&base->text, '\0');
        assert_int_equal(strncmp(base->text.data, shown[i], strlen(shown[i])), 0);
    }
    registry_fixture_release(&fixture);
}

static void schemas_become_columns(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *shown;
    } rows[] = {
        {"{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"integer\",\"connect.index\":1},"
         "\"a\":{\"type\":\"string\",\"connect.index\":0}}}",
         "A STRING, B BIGINT"},
        {"{\"properties\":{\"a\":{\"type\":[\"null\",\"number\"]},"
         "\"b\":{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/definitions/t\"}]}},"
         "\"definitions\":{\"t\":{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}}}",
         "A DOUBLE, B ARRAY<BOOLEAN>"},
        {"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\",\"title\":"
         "\"org.apache.kafka.connect.data.Decimal\",\"connect.parameters\":{\"scale\":\"2\","
         "\"connect.decimal.precision\":\"4\"}}}",
         "ROWVAL MAP<STRING, DECIMAL(4, 2)>"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}",
         "! Invalid JSON schema: it has too many parts, or they nest too deep"},
        {"[", "! Invalid JSON schema: "},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"string\"},"
         "{\"type\":\"integer\"}]}}}",
         "! Schema does not include any columns with types that ksqlDB supports."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry_fixture fixture;
        registry_fixture_init(&fixture);
        (void)registry_fixture_add(&fixture, FORMAT_JSON_SR, rows[i].schema);
        const char *shown = registry_fixture_columns(&fixture, false);
        assert_int_equal(strncmp(shown, rows[i].shown, strlen(rows[i].shown)), 0);
        registry_fixture_release(&fixture);
    }
}

/* Lists that are gone through for every property, or every reference to them. */
static void long_lists_in_schemas_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        const char *tail;
        const char *shown;
    } rows[] = {
        {"{\"type\":\"object\",\"properties\":{\"A\":{\"type\":\"string\"}},\"required\":[", "]}",
         "! Invalid JSON schema: more than 4096 properties"},
        {"{\"type\":\"object\",\"properties\":{\"A\":{\"type\":[", "]}}}",
         "! Invalid JSON schema: a choice of more than 4096"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry_fixture fixture;
        struct buffer text;
        registry_fixture_init(&fixture);
        buffer_init(&text);
        buffer_append_string(&text, rows[i].head);
        for (int k = 0; k < 4096; k++) {
            buffer_append_string(&text, "\"null\",");
        }
        buffer_append_string(&text, "\"null\"");
        buffer_append_string(&text, rows[i].tail);
        buffer_append_byte(&text, '\0');
        (void)registry_fixture_add(&fixture, FORMAT_JSON_SR, text.data);
        assert_string_equal(registry_fixture_columns(&fixture, false), rows[i].shown);
        buffer_release(&text);
        registry_fixture_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_read_back_as_they_were_written),
        cmocka_unit_test(records_are_refused_in_order_and_with_a_reason),
        cmocka_unit_test(schemas_become_columns),
        cmocka_unit_test(long_lists_in_schemas_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
