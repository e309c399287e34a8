/* proto_test.c: PROTOBUF and PROTOBUF_NOSR: schemas to columns and back, what nulls become, records
 * written by others, and records that are not what they say. */
#include "tests/test.h"

#include "tests/formats/registry_fixture.h"

static const char all_columns[] =
    "A BOOLEAN, B INTEGER, C BIGINT, D DOUBLE, E STRING, F BYTES, G DECIMAL(9,2), H DATE, I TIME, "
    "J TIMESTAMP, K ARRAY<STRING>, L MAP<STRING, BIGINT>, M STRUCT<X INTEGER, Y ARRAY<DOUBLE>>, "
    "N ARRAY<STRUCT<Z BIGINT>>";

static const char full_row[] =
    "{\"A\":true,\"B\":-5,\"C\":9007199254740993,\"D\":1.5,\"E\":\"x\",\"F\":\"AAH/\","
    "\"G\":-123.45,\"H\":18000,\"I\":3600001,\"J\":-1,\"K\":[\"a\",\"\"],"
    "\"L\":{\"x\":1,\"y\":0},\"M\":{\"X\":7,\"Y\":[1.0,2.5]},\"N\":[{\"Z\":0},{\"Z\":3}]}";

static const char null_row[] =
    "{\"A\":null,\"B\":null,\"C\":null,\"D\":null,\"E\":null,\"F\":null,\"G\":null,\"H\":null,"
    "\"I\":null,\"J\":null,\"K\":null,\"L\":null,\"M\":null,\"N\":null}";

static void rows_read_back_as_they_were_written(void **state)
{
    (void)state;
    static const enum format_nullable nullables[] = {FORMAT_NULLABLE_NOT, FORMAT_NULLABLE_OPTIONAL,
                                                     FORMAT_NULLABLE_WRAPPER};
    for (size_t i = 0; i < 3; i++) {
        struct registry_fixture fixture;
        registry_fixture_init(&fixture);
        const uint32_t id =
            registry_fixture_add_columns(&fixture, FORMAT_PROTOBUF, nullables[i], all_columns);
        const struct text record =
            registry_fixture_encode(&fixture, FORMAT_PROTOBUF, id, all_columns, full_row);
        assert_memory_equal(record.data, "\0\0\0\0\1\0", 6);
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, all_columns, record),
                            full_row);
        if (i == 0) {
            registry_fixture_spoil(&fixture, FORMAT_PROTOBUF, all_columns, record);
        }
        registry_fixture_release(&fixture);
    }
}

static void nulls_become_zeros_unless_the_schema_keeps_them(void **state)
{
    (void)state;
    static const char zeros[] =
        "{\"A\":false,\"B\":0,\"C\":0,\"D\":0.0,\"E\":\"\",\"F\":null,\"G\":null,\"H\":null,"
        "\"I\":null,\"J\":null,\"K\":[],\"L\":{},\"M\":null,\"N\":[]}";
    static const char kept[] =
        "{\"A\":null,\"B\":null,\"C\":null,\"D\":null,\"E\":null,\"F\":null,\"G\":null,\"H\":null,"
        "\"I\":null,\"J\":null,\"K\":[],\"L\":{},\"M\":null,\"N\":[]}";
    static const struct {
        enum format_nullable nullable;
        const char *shown;
    } rows[] = {{FORMAT_NULLABLE_NOT, zeros},
                {FORMAT_NULLABLE_OPTIONAL, kept},
                {FORMAT_NULLABLE_WRAPPER, kept}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry_fixture fixture;
        registry_fixture_init(&fixture);
        const uint32_t id =
            registry_fixture_add_columns(&fixture, FORMAT_PROTOBUF, rows[i].nullable, all_columns);
        const struct text record =
            registry_fixture_encode(&fixture, FORMAT_PROTOBUF, id, all_columns, null_row);
        assert_int_equal(record.bytes, 6);
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, all_columns, record),
                            rows[i].shown);
        registry_fixture_release(&fixture);
    }
}

static void records_without_a_registry_are_bare_messages(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const struct text record = registry_fixture_encode(
        &fixture, FORMAT_PROTOBUF_NOSR, 0, "A INTEGER, B STRING", "{\"A\":150,\"B\":\"hi\"}");
    assert_int_equal(record.bytes, 7);
    assert_memory_equal(record.data, "\x08\x96\x01\x12\x02hi", 7);
    assert_string_equal(
        registry_fixture_decode(&fixture, FORMAT_PROTOBUF_NOSR, "A INTEGER, B STRING", record),
        "{\"A\":150,\"B\":\"hi\"}");
    registry_fixture_release(&fixture);
}

/* Bytes as protoc's own encoders write them. */
static void records_of_others_are_read_by_their_schema(void **state)
{
    (void)state;
    static const char schema[] =
        "syntax = \"proto3\"; /* two messages */\n"
        "package p; import 'x.proto'; option java_package = \"a;b\";\n"
        "message First { int32 a = 1; }\n"
        "message Second {\n"
        "  reserved 9, 10 to 12; reserved \"gone\";\n"
        "  enum Suit { option allow_alias = true; SPADES = 0; HEARTS = 1 [deprecated = true]; }\n"
        "  message Inner { sint32 s = 1; fixed32 f = 2; First g = 3; }\n"
        "  Suit suit = 1;\n"
        "  repeated int32 packed = 2;\n"
        "  repeated int32 loose = 3 [packed = false];\n"
        "  map<int32, Inner> inners = 4;\n"
        "  .p.Second.Inner inner = 5;\n"
        "  float small = 6;\n"
        "  google.protobuf.Int64Value wrapped = 7;\n"
        "  oneof choice { string text = 8; int32 number = 13; }\n"
        "}\n";
    static const struct {
        const char *columns;
        const char *body;
        size_t bytes;
        const char *shown;
    } rows[] = {
        {"SUIT STRING", "\x08\x01", 2, "{\"SUIT\":\"HEARTS\"}"},
        {"SUIT STRING", "", 0, "{\"SUIT\":\"SPADES\"}"},
        {"PACKED ARRAY<INTEGER>, LOOSE ARRAY<BIGINT>", "\x12\x02\x01\x02\x10\x03\x18\x07", 8,
         "{\"PACKED\":[1,2,3],\"LOOSE\":[7]}"},
        {"INNERS MAP<STRING, STRUCT<S INTEGER>>", "\x22\x06\x08\x05\x12\x02\x08\x03", 8,
         "{\"INNERS\":{\"5\":{\"S\":-2}}}"},
        {"INNER STRUCT<F BIGINT, G STRUCT<A INTEGER>>", "\x2A\x07\x15\xFF\xFF\xFF\xFF\x1A\x00", 9,
         "{\"INNER\":{\"F\":4294967295,\"G\":{\"A\":0}}}"},
        {"SMALL DOUBLE", "\x35\xCD\xCC\x8C\x3F", 5, "{\"SMALL\":1.100000023841858}"},
        {"WRAPPED BIGINT", "", 0, "{\"WRAPPED\":null}"},
        {"WRAPPED BIGINT", "\x3A\x00", 2, "{\"WRAPPED\":0}"},
        {"CHOICE_0 STRUCT<TEXT STRING, NUMBER INTEGER>", "\x42\x01x", 3,
         "{\"CHOICE_0\":{\"TEXT\":\"x\",\"NUMBER\":null}}"},
        {"SUIT STRING", "\x08\x01\xA0\x06\x01\xF8\x06\x01", 8, "{\"SUIT\":\"HEARTS\"}"},
        {"SUIT STRING", "\x0A\x01\x01", 3, "{\"SUIT\":\"SPADES\"}"},
        {"SUIT STRING", "\x08", 1, "! the record ends too early"},
        {"SUIT STRING", "\x0B", 1, "! a field is of a kind that does not exist"},
        {"SUIT STRING", "\x00\x01", 2, "! a field has no number"},
        {"SUIT BIGINT", "\x08\x01", 2,
         "! Cannot deserialize type string as type int64 for path: ->SUIT"},
    };
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, schema);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char record[64] = {0, 0, 0, 0, 1, 2, 2}; /* the second message: a path of one, index 1 */
        memcpy(record + 7, rows[i].body, rows[i].bytes);
        assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, rows[i].columns,
                                                    (struct text){record, 7 + rows[i].bytes}),
                            rows[i].shown);
    }
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, "A INTEGER",
                                                TEXT("\0\0\0\0\1\2\0\x08\x05")),
                        "{\"A\":5}");
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, "A INTEGER",
                                                TEXT("\0\0\0\0\1\2\x0C\x08\x05")),
                        "! Invalid Protobuf schema: there is no such message: ");
    registry_fixture_release(&fixture);
}

static void records_that_overflow_are_refused(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    char record[1024] = {0, 0, 0, 0, 1};
    registry_fixture_init(&fixture);
    (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF,
                               "syntax='proto3'; message M { google.protobuf.Timestamp t = 1; "
                               "google.type.TimeOfDay d = 2; }");
    /* 2^63 / 1000 - 1 seconds and 2^31 - 1 nanoseconds */
    assert_string_equal(
        registry_fixture_decode(&fixture, FORMAT_PROTOBUF, "T TIMESTAMP",
                                TEXT("\0\0\0\0\1\0\x0A\x0F\x08\xF6\xA7\x8D\xAF\xBA\x93\xB1\x10"
                                     "\x10\xFF\xFF\xFF\xFF\x07")),
        "! a timestamp is out of range");
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, "D TIME",
                                                TEXT("\0\0\0\0\1\0\x12\x04\x08\x18\x10\x01")),
                        "! Time values must use number of milliseconds greater than 0 and less "
                        "than 86400000.");
    record[5] = (char)0xD0; /* a path of 1000 messages within messages */
    record[6] = 0x0F;
    assert_string_equal(registry_fixture_decode(&fixture, FORMAT_PROTOBUF, "T TIMESTAMP",
                                                (struct text){record, sizeof(record)}),
                        "! the message's index is cut off or too long");
    registry_fixture_release(&fixture);
}

static void numbers_too_large_for_the_schema_are_not_written(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool fits;
    } rows[] = {
        {"{\"A\":4294967295,\"B\":0,\"C\":-2147483648}", true},
        {"{\"A\":-1,\"B\":0,\"C\":0}", false},
        {"{\"A\":0,\"B\":4294967296,\"C\":0}", false},
        {"{\"A\":0,\"B\":0,\"C\":2147483648}", false},
    };
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    const uint32_t id = registry_fixture_add(
        &fixture, FORMAT_PROTOBUF,
        "syntax='proto3'; message M { uint32 A = 1; fixed32 B = 2; sint32 C = 3; }");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *refusal = registry_fixture_refusal(
            &fixture, FORMAT_PROTOBUF, id, "A BIGINT, B BIGINT, C BIGINT", rows[i].json);
        assert_int_equal(refusal[0] == '\0', rows[i].fits);
    }
    registry_fixture_release(&fixture);
}

/* Each record names another message, of which none exists, by a schema that is long. */
static void messages_that_do_not_exist_leave_no_schemas_behind(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    struct buffer text;
    registry_fixture_init(&fixture);
    buffer_init(&text);
    buffer_printf(&text, "syntax='proto3'; message M {");
    for (int i = 1; i <= 500; i++) {
        buffer_printf(&text, " string field%d = %d;", i, i);
    }
    buffer_append(&text, "}", 2);
    (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, text.data);
    struct decoder_options options =
        fixture_decoder_options(&fixture.base, FORMAT_PROTOBUF, "FIELD1 STRING");
    options.schema.registry = &fixture.registry;
    struct decoder *decoder = fixture_decoder(&fixture.base, &options);
    const size_t before_bytes = arena_bytes(&fixture.base.arena);
    for (int i = 0; i < 100; i++) {
        const char record[] = {0, 0, 0, 0, 1, 4, (char)(i & 0x7E), (char)(i & 1)};
        assert_string_equal(
            fixture_decode(&fixture.base, decoder, &options, (struct text){record, sizeof(record)}),
            "! Invalid Protobuf schema: there is no such message: ");
    }
    assert_true(arena_bytes(&fixture.base.arena) - before_bytes < 100000);
    buffer_release(&text);
    registry_fixture_release(&fixture);
}

/* A full name holds that of the package, so a long one would be copied again and again. */
static void names_and_counts_of_schemas_are_bounded(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    struct buffer text;
    registry_fixture_init(&fixture);
    buffer_init(&text);
    buffer_printf(&text, "syntax='proto3'; package a");
    for (int i = 0; i < 600; i++) {
        buffer_printf(&text, ".a");
    }
    buffer_printf(&text, "; message M { int32 a = 1; }");
    buffer_append_byte(&text, '\0');
    (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, text.data);
    assert_string_equal(registry_fixture_columns(&fixture, false),
                        "! Invalid Protobuf schema: a name has more than 1024 bytes");
    buffer_reset(&text);
    buffer_printf(&text, "syntax='proto3';");
    for (int i = 0; i < 66000; i++) {
        buffer_printf(&text, "message M%d{}", i);
    }
    buffer_append_byte(&text, '\0');
    (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, text.data);
    assert_string_equal(registry_fixture_columns(&fixture, false),
                        "! Invalid Protobuf schema: it has more than 65536 parts");
    buffer_release(&text);
    registry_fixture_release(&fixture);
}

static void schemas_become_columns(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *shown;
    } rows[] = {
        {"syntax='proto3'; message M { uint32 a = 1; repeated M2 b = 2; bytes c = 3; } "
         "message M2 { google.type.Date d = 1; }",
         "A BIGINT, B ARRAY<STRUCT<`D` DATE>>, C BYTES"},
        {"syntax='proto3'; message M { confluent.type.Decimal d = 1 [(confluent.field_meta) = "
         "{ params: [ { value: \"4\", key: \"precision\" }, { key: \"scale\", value: \"2\" } ] }]; "
         "}",
         "D DECIMAL(4, 2)"},
        {"syntax='proto3'; message M { repeated FooEntry foo = 1; "
         "message FooEntry { string key = 1; double value = 2; } }",
         "FOO MAP<STRING, DOUBLE>"},
        {"syntax='proto3'; message M { M m = 1; }",
         "! Invalid Protobuf schema: recursive messages are not supported: M"},
        {"syntax='proto3'; message M { oneof a_b { int32 x = 1; } oneof a { int32 y = 2; } }",
         "A_B_0 STRUCT<`X` INTEGER>, A_1 STRUCT<`Y` INTEGER>"},
        {"syntax='proto3'; message M { oneof o { repeated int32 a = 1; } }",
         "! Invalid Protobuf schema: line 1: expected a single field in a oneof before, found ';'"},
        {"syntax='proto3'; message M { oneof o { map<string, int32> a = 1; } }",
         "! Invalid Protobuf schema: line 1: expected a single field in a oneof before, found ';'"},
        {"syntax='proto3'; message M { Nosuch m = 1; }",
         "! Invalid Protobuf schema: unknown type: Nosuch"},
        {"syntax='proto3';\nmessage M { int32 a 1; }",
         "! Invalid Protobuf schema: line 2: expected =, found '1'"},
        {"syntax='proto3'; message M { int32 a = 0; }", "! Invalid Protobuf schema: line 1"},
        {"syntax='proto3'; message M {", "! Invalid Protobuf schema: line 1: expected a type"},
        {"", "! Invalid Protobuf schema: there is no such message"},
        {"syntax='proto3'; message M { }", "! Schema does not include any columns"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry_fixture fixture;
        registry_fixture_init(&fixture);
        (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, rows[i].schema);
        const char *shown = registry_fixture_columns(&fixture, false);
        if (strncmp(shown, rows[i].shown, strlen(rows[i].shown)) != 0) {
            fail_msg("%s\nexpected: %s", shown, rows[i].shown);
        }
        registry_fixture_release(&fixture);
    }
}

static void any_spoilt_schema_is_read_without_harm(void **state)
{
    (void)state;
    static const char schema[] =
        "syntax='proto3'; package p; message M { oneof o { int32 a = 1; M2 b = 2; } map<string, "
        "M2> "
        "m = 3; repeated X.Y y = 4 [packed=false]; message X { enum Y { A = 0; } } } "
        "message M2 { google.type.Date d = 1; }";
    for (size_t i = 0; i < sizeof(schema) - 1; i++) {
        static const char spoilers[] = "{};=<>[]\"/. a1\n";
        for (size_t s = 0; s < sizeof(spoilers); s++) {
            struct registry_fixture fixture;
            char copy[sizeof(schema)];
            memcpy(copy, schema, sizeof(schema));
            copy[i] = spoilers[s]; /* the last one ends the text here */
            registry_fixture_init(&fixture);
            (void)registry_fixture_add(&fixture, FORMAT_PROTOBUF, copy);
            assert_non_null(registry_fixture_columns(&fixture, false));
            registry_fixture_release(&fixture);
        }
    }
}

static void columns_become_the_schema_that_ksqldb_registers(void **state)
{
    (void)state;
    struct registry_fixture fixture;
    registry_fixture_init(&fixture);
    (void)registry_fixture_add_columns(
        &fixture, FORMAT_PROTOBUF, FORMAT_NULLABLE_OPTIONAL,
        "I INTEGER, H ARRAY<STRUCT<K STRING>>, M MAP<STRING, BYTES>");
    assert_string_equal(fixture.schemas[0].text.data, "syntax = \"proto3\";\n\n"
                                                      "message ConnectDefault1 {\n"
                                                      "  optional int32 I = 1;\n"
                                                      "  repeated ConnectDefault2 H = 2;\n"
                                                      "  repeated ConnectDefault3Entry M = 3;\n\n"
                                                      "  message ConnectDefault2 {\n"
                                                      "    optional string K = 1;\n"
                                                      "  }\n\n"
                                                      "  message ConnectDefault3Entry {\n"
                                                      "    optional string key = 1;\n"
                                                      "    optional bytes value = 2;\n"
                                                      "  }\n"
                                                      "}\n");
    registry_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_read_back_as_they_were_written),
        cmocka_unit_test(nulls_become_zeros_unless_the_schema_keeps_them),
        cmocka_unit_test(records_without_a_registry_are_bare_messages),
        cmocka_unit_test(records_of_others_are_read_by_their_schema),
        cmocka_unit_test(records_that_overflow_are_refused),
        cmocka_unit_test(numbers_too_large_for_the_schema_are_not_written),
        cmocka_unit_test(messages_that_do_not_exist_leave_no_schemas_behind),
        cmocka_unit_test(names_and_counts_of_schemas_are_bounded),
        cmocka_unit_test(schemas_become_columns),
        cmocka_unit_test(any_spoilt_schema_is_read_without_harm),
        cmocka_unit_test(columns_become_the_schema_that_ksqldb_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
