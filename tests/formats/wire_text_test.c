/* wire_text_test.c: whole records of registry formats as text, and records that are none. */
#include "formats/wire_text.h"
#include "tests/formats/registry_fixture.h"
#include "tests/test.h"

static int setup(void **state)
{
    struct registry_fixture *fixture = test_calloc(1, sizeof(*fixture));
    registry_fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    registry_fixture_release(*state);
    test_free(*state);
    return 0;
}

/* The text of record, or "! " and why it has none. Valid until the next call. */
static const char *text_of_record(struct registry_fixture *fixture, enum format_kind format,
                                  struct text record)
{
    struct wire_text wire;
    struct buffer *out = &fixture->base.text;
    wire_text_init(&wire, format, &fixture->registry);
    buffer_reset(out);
    if (wire_text_append(&wire, record, out, &fixture->base.diag) != STATUS_OK) {
        assert_int_equal(out->bytes, 0);
        buffer_printf(out, "! %s", fixture->base.diag.message);
    }
    buffer_append_byte(out, '\0');
    wire_text_release(&wire);
    return out->data;
}

#define RECORD(literal) ((struct text){(literal), sizeof(literal) - 1})
#define ASSERT_TEXT(fixture, format, literal, expected)                                            \
    assert_string_equal(text_of_record((fixture), (format), RECORD(literal)), (expected))

static void avro_is_shown_as_generic_data_does(void **state)
{
    struct registry_fixture *fixture = *state;
    (void)registry_fixture_add(
        fixture, FORMAT_AVRO,
        "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
        "{\"name\":\"t\",\"type\":\"string\"},"
        "{\"name\":\"f\",\"type\":\"float\"},"
        "{\"name\":\"u\",\"type\":[\"null\",\"int\",\"string\"]},"
        "{\"name\":\"n\",\"type\":[\"null\",\"boolean\"]},"
        "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}},"
        "{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"x\",\"size\":2}},"
        "{\"name\":\"b\",\"type\":\"bytes\"},"
        "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"items\":\"long\"}},"
        "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"int\"}}]}");
    ASSERT_TEXT(fixture, FORMAT_AVRO,
                "\0\0\0\0\1"
                "\4a\n"
                "\xcd\xcc\xcc\x3d"
                "\4\2s"
                "\0"
                "\2"
                "\xff\1"
                "\4\xe9\""
                "\4\2\4\0"
                "\2\2k\6\0",
                "{\"t\": \"a\\n\", \"f\": 0.1, \"u\": \"s\", \"n\": null, \"e\": \"B\", "
                "\"x\": [-1, 1], \"b\": \"\xc3\xa9\\\"\", \"l\": [1, 2], \"m\": {\"k\": 3}}");
    (void)registry_fixture_add(fixture, FORMAT_AVRO, "\"string\"");
    ASSERT_TEXT(fixture, FORMAT_AVRO, "\0\0\0\0\2\2k", "k");
}

static void protobuf_is_shown_in_the_order_of_its_numbers(void **state)
{
    struct registry_fixture *fixture = *state;
    (void)registry_fixture_add(
        fixture, FORMAT_PROTOBUF,
        "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\";"
        "import \"google/protobuf/wrappers.proto\";"
        "message R { string s = 2; sint32 z = 1; repeated int32 l = 4; Inner in = 3;"
        " enum E { NO = 0; YES = 1; } E e = 5; google.protobuf.Timestamp t = 6;"
        " google.protobuf.Int32Value w = 7; map<string, bool> m = 8;"
        " oneof one { float f = 9; bytes b = 10; } message Inner { int64 x = 1; } }");
    ASSERT_TEXT(fixture, FORMAT_PROTOBUF,
                "\0\0\0\0\1\0"
                "\x1a\2\x08\7"      /* in */
                "\x12\2\xc3\xbc"    /* s */
                "\x08\1\x08\3"      /* z twice */
                "\x22\2\1\2\x20\3"  /* l packed, then not */
                "\x28\1"            /* e */
                "\x32\4\x08\1\x10\2" /* t */
                "\x3a\0"            /* w */
                "\x42\5\n\1k\x10\1" /* m */
                "\x52\2\"\xff"      /* b */
                "\xf8\1\5",         /* unknown */
                "z: -2 s: \"\\303\\274\" in { x: 7 } l: 1 l: 2 l: 3 e: YES "
                "t { seconds: 1 nanos: 2 } w { } m { key: \"k\" value: true } "
                "b: \"\\\"\\377\" 31: 5");
    ASSERT_TEXT(fixture, FORMAT_PROTOBUF, "\0\0\0\0\1\0\x08\0", "");
    ASSERT_TEXT(fixture, FORMAT_PROTOBUF, "\0\0\0\0\1\0\x12\1\xff", "! a text is not UTF-8");
    ASSERT_TEXT(fixture, FORMAT_PROTOBUF, "\0\0\0\0\1", "! the message's index is cut off");
}

static void json_is_shown_compact_and_texts_in_quotes(void **state)
{
    struct registry_fixture *fixture = *state;
    (void)registry_fixture_add(fixture, FORMAT_JSON_SR, "{}");
    ASSERT_TEXT(fixture, FORMAT_JSON_SR, "\0\0\0\0\1 { \"a\" : [1, null] }", "{\"a\":[1,null]}");
    ASSERT_TEXT(fixture, FORMAT_JSON_SR, "\0\0\0\0\1\n\"k\\\"\"", "\"k\\\"\"");
    ASSERT_TEXT(fixture, FORMAT_JSON_SR, "\0\0\0\0\1null", "null");
    ASSERT_TEXT(fixture, FORMAT_JSON_SR, "\0\0\0\0\1 7", "7");
    assert_int_equal(text_of_record(fixture, FORMAT_JSON_SR, RECORD("\0\0\0\0\1{"))[0], '!');
    assert_int_equal(text_of_record(fixture, FORMAT_JSON_SR, RECORD("\0\0\0\0\1"))[0], '!');
}

static void a_schema_of_another_format_or_of_none_is_refused(void **state)
{
    struct registry_fixture *fixture = *state;
    (void)registry_fixture_add(fixture, FORMAT_AVRO, "\"string\"");
    ASSERT_TEXT(fixture, FORMAT_JSON_SR, "\0\0\0\0\1\"k\"",
                "! the schema is one of another format");
    ASSERT_TEXT(fixture, FORMAT_AVRO, "\0\0\0\0\2\2k", "! no schema has the id 2");
    ASSERT_TEXT(fixture, FORMAT_AVRO, "\1\0\0\0\1\2k", "! Unknown magic byte!");
    ASSERT_TEXT(fixture, FORMAT_AVRO, "\0\0\0\0", "! Unknown magic byte!");
    assert_string_equal(text_of_record(fixture, FORMAT_AVRO, (struct text){NULL, 0}),
                        "! Unknown magic byte!");
}

static void records_that_take_no_bytes_do_not_make_an_endless_text(void **state)
{
    struct registry_fixture *fixture = *state;
    (void)registry_fixture_add(fixture, FORMAT_AVRO,
                               "{\"type\":\"array\",\"items\":\"null\"}");
    ASSERT_TEXT(fixture, FORMAT_AVRO, "\0\0\0\0\1\xfe\xff\xff\xff\xff\xff\xff\xff\x7f",
                "! a list is longer than its record");
}

/* Every record that differs from this one in a bit, or ends before it, is read without harm, also
 * when the reader has met the others. */
static void spoil(struct registry_fixture *fixture, enum format_kind format, struct text record)
{
    struct wire_text wire;
    struct buffer *out = &fixture->base.text;
    wire_text_init(&wire, format, &fixture->registry);
    for (size_t bytes = 0; bytes <= record.bytes; bytes++) {
        for (size_t bit = 0; bit < 8 * bytes; bit++) {
            char *copy = test_malloc(bytes); /* of its own, so that reading past it is seen */
            memcpy(copy, record.data, bytes);
            copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
            buffer_reset(out);
            const enum status status =
                wire_text_append(&wire, (struct text){copy, bytes}, out, &fixture->base.diag);
            assert_int_not_equal(status, STATUS_NO_MEMORY);
            test_free(copy);
        }
    }
    wire_text_release(&wire);
}

static void spoiled_records_are_read_without_harm(void **state)
{
    static const enum format_kind formats[] = {FORMAT_AVRO, FORMAT_PROTOBUF, FORMAT_JSON_SR};
    static const char columns[] = "A INTEGER, B STRING, C ARRAY<BIGINT>, D MAP<STRING, DOUBLE>, "
                                  "E STRUCT<X DECIMAL(5, 2), Y TIMESTAMP>, F BYTES";
    struct registry_fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        const uint32_t id = registry_fixture_add_columns(fixture, formats[i],
                                                         FORMAT_NULLABLE_WRAPPER, columns);
        const struct text record = registry_fixture_encode(
            fixture, formats[i], id, columns,
            "{\"A\":7,\"B\":\"text\",\"C\":[1,2],\"D\":{\"k\":0.5},"
            "\"E\":{\"X\":1.25,\"Y\":1000},\"F\":\"YWI=\"}");
        assert_int_not_equal(text_of_record(fixture, formats[i], record)[0], '!');
        spoil(fixture, formats[i], record);
    }
}

#define WIRE_TEXT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEXT_TEST(avro_is_shown_as_generic_data_does),
        WIRE_TEXT_TEST(protobuf_is_shown_in_the_order_of_its_numbers),
        WIRE_TEXT_TEST(json_is_shown_compact_and_texts_in_quotes),
        WIRE_TEXT_TEST(a_schema_of_another_format_or_of_none_is_refused),
        WIRE_TEXT_TEST(records_that_take_no_bytes_do_not_make_an_endless_text),
        WIRE_TEXT_TEST(spoiled_records_are_read_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
