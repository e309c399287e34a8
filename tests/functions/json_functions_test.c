/* json_functions_test.c: the JSON family by example, and the reader's limits. */
#include "tests/test.h"

#include "base/memory.h"
#include "functions/json_document.h"
#include "tests/functions/function_run.h"

static void texts_are_told_from_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_json;
    } texts[] = {
        {"1", true},         {"-0", true},       {"1.5e-3", true},       {"[1, 2]", true},
        {"\"abc\"", true},   {" {} ", true},     {"{\"a\":1}}", true},   {"[1] x", true},
        {"null", true},      {"true ", true},    {"1 2", true},          {"null,", true},
        {"", false},         {" ", false},       {"abc", false},         {"01", false},
        {"1.", false},       {".5", false},      {"+1", false},          {"1e", false},
        {"1x", false},       {"nullx", false},   {"NaN", false},         {"[1,]", false},
        {"[1}", false},      {"{\"a\"}", false}, {"{a:1}", false},       {"{\"a\":1,}", false},
        {"[1 2]", false},    {"\"\\x\"", false}, {"\"\\u12g4\"", false}, {"\"a", false},
        {"\"a\nb\"", false}, {"['a']", false},   {"[", false},           {"{\"a\":", false},
        {"-", false},        {"tru", false},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct text root;
        const bool is_json = json_skip_root(text_of(texts[i].text), &root) && root.bytes > 0;
        if (is_json != texts[i].is_json) {
            fail_msg("\"%s\" is told to be %s", texts[i].text, is_json ? "JSON" : "no JSON");
        }
    }
}

static void documents_print_compactly_and_exactly(void **state)
{
    (void)state;
    static const char *const documents[][2] = {
        {" [ 1 , -0, 2.50, 1e3, -1.5E-2, 0.000, 12345678901234567890123 ] ",
         "[1,0,2.50,1000,-0.015,0.000,12345678901234567890123]"},
        {"[0e5, -0.0, 1E+2, 120e-1, 1.20e1]", "[0,0.0,100,12.0,12.0]"},
        {"{\"a\": {\"b\": [null, true, false]}, \"c\": {}}",
         "{\"a\":{\"b\":[null,true,false]},\"c\":{}}"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
        {"\"\\u00e4\\ud83d\\ude00\\/\\b\\u0001\\\"\"",
         "\"\xC3\xA4\xF0\x9F\x98\x80/\\b\\u0001\\\"\""},
        {"\"\\ud800x\\udc00\"", "\"?x?\""},
    };
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        struct arena arena;
        struct diag diag;
        struct buffer printed;
        const struct json_node *node = NULL;
        arena_init(&arena);
        buffer_init(&printed);
        assert_int_equal(json_document_read(text_of(documents[i][0]), &arena, &node, &diag),
                         STATUS_OK);
        assert_true(json_document_print(node, &printed));
        buffer_append_byte(&printed, '\0');
        assert_string_equal(printed.data, documents[i][1]);
        buffer_release(&printed);
        arena_release(&arena);
    }
}

/* count brackets open and close. */
static enum status read_nested(size_t count)
{
    struct arena arena;
    struct diag diag;
    const struct json_node *node = NULL;
    char text[2 * JSON_DEPTH_MAX + 4];
    memset(text, '[', count);
    memset(text + count, ']', count);
    arena_init(&arena);
    const enum status status =
        json_document_read((struct text){text, 2 * count}, &arena, &node, &diag);
    arena_release(&arena);
    return status;
}

static void nesting_ends_at_its_limit(void **state)
{
    (void)state;
    assert_int_equal(read_nested(JSON_DEPTH_MAX), STATUS_OK);
    assert_int_equal(read_nested(JSON_DEPTH_MAX + 1), STATUS_INVALID);
}

static void objects_of_many_keys_keep_the_last_value_of_each(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct buffer text;
    const struct json_node *node = NULL;
    arena_init(&arena);
    buffer_init(&text);
    buffer_append_byte(&text, '{');
    for (int i = 0; i < 3000; i++) {
        buffer_printf(&text, "%s\"k%d\":%d", i > 0 ? "," : "", i % 1000, i);
    }
    buffer_append_byte(&text, '}');
    assert_int_equal(json_document_read(buffer_text(&text), &arena, &node, &diag), STATUS_OK);
    assert_int_equal(node->count, 1000);
    assert_true(text_equal(node->items[7]->key, TEXT("k7")));
    assert_true(text_equal(node->items[7]->text, TEXT("2007")));
    buffer_release(&text);
    arena_release(&arena);
}

/* Random damage: the reader and the tree must agree on what is JSON, and nothing may be read out
 * of bounds (each text is a block of exactly its size). */
static void damaged_texts_are_judged_alike_by_reader_and_tree(void **state)
{
    (void)state;
    static const char sample[] =
        "{\"a\": [1, -2.5e3, \"x\\u00e4\\n\"], \"b\": {\"c\": null, \"d\": true}}";
    static const char bytes[] = "{}[],:\"\\ue0-.+ tfn\n";
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct arena arena;
        struct diag diag;
        struct text root;
        const struct json_node *node = NULL;
        arena_init(&arena);
        seed = seed * 1103515245U + 12345U;
        const size_t length = sizeof(sample) - 1 - (seed >> 8) % 8U;
        char *text = memory_alloc(length);
        memcpy(text, sample, length);
        for (uint32_t i = 0; i < 1 + (seed >> 4) % 3U; i++) {
            seed = seed * 1103515245U + 12345U;
            text[(seed >> 8) % length] = bytes[(seed >> 20) % (sizeof(bytes) - 1)];
        }
        const struct text json = {text, length};
        const enum status status = json_document_read(json, &arena, &node, &diag);
        assert_int_equal(status == STATUS_OK, json_skip_root(json, &root));
        memory_free(text);
        arena_release(&arena);
    }
}

static void fields_are_extracted(void **state)
{
    (void)state;
    static const char two[] = "VARCHAR, VARCHAR";
    static const struct function_case cases[] = {
        {"EXTRACTJSONFIELD", two, "'{\"name\": \"cdc\", \"v\": [1, {\"x\": 2.50}]}', '$.name'",
         "STRING", "'cdc'"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": [1, {\"x\": 2.50}]}', '$.v[1].x'", "STRING", "'2.50'"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": [1, {\"x\": 2}]}', '$.v'", "STRING", "'[1,{\"x\":2}]'"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": [1]}', '$.v[1]'", "STRING", "NULL"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": [1]}', '$.v.a'", "STRING", "NULL"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": 1}', '$.v.a'", "STRING", "NULL"},
        {"EXTRACTJSONFIELD", two, "'{\"0\": 1}', '$[0]'", "STRING", "'1'"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": null}', '$.v'", "STRING", "'null'"},
        {"EXTRACTJSONFIELD", two, "'{\"v\": 1, \"v\": \"\\n\"}', '$.v'", "STRING", "'\n'"},
        {"EXTRACTJSONFIELD", two, "'{\"a b\": 1, \"\\u0061\": 2}', '$[\"a b\"]'", "STRING", "'1'"},
        {"EXTRACTJSONFIELD", two, "'{\"\\u0061\": 2}', '$.a'", "STRING", "'2'"},
        {"EXTRACTJSONFIELD", two, "'{\"q\\\"\": 2}', '$[\"q\\\"\"]'", "STRING", "'2'"},
        {"EXTRACTJSONFIELD", two, "'{\"@t\": 2, \"a:b\": 3}}', '$.a:b'", "STRING", "'3'"},
        {"EXTRACTJSONFIELD", two, "' [1] ', '$'", "STRING", "'[1]'"},
        {"EXTRACTJSONFIELD", two, "'', '$.a'", "STRING", "NULL"},
        {"EXTRACTJSONFIELD", two, "NULL, '$.a'", "STRING", "NULL"},
        {"EXTRACTJSONFIELD", two, "'{\"a\": 1, b}', '$.a'", "",
         "!Invalid JSON format:{\"a\": 1, b}"},
        {"EXTRACTJSONFIELD", two, "'{\"a\": 1]', '$.a'", "", "!Invalid JSON format:{\"a\": 1]"},
        {"EXTRACTJSONFIELD", two, "'{\"a\": 1', '$.a'", "", "!Invalid JSON format:{\"a\": 1"},
        {"EXTRACTJSONFIELD", two, "'[1, x]', '$[0]'", "", "!Invalid JSON format:[1, x]"},
        {"EXTRACTJSONFIELD", two, "'{}', 'a'", "", "!Invalid JSON path: 'a'"},
        {"EXTRACTJSONFIELD", two, "'{}', '$.'", "", "!Invalid JSON path: '$.'"},
        {"EXTRACTJSONFIELD", two, "'{}', '$[a'", "", "!Invalid JSON path: '$[a'"},
        {"EXTRACTJSONFIELD", two, "'{}', '$[\"a'", "", "!Invalid JSON path: '$[\"a'"},
        {"EXTRACTJSONFIELD", two, "'{}', '$[a:b]'", "", "!Invalid JSON path: '$[a:b]'"},
        {"EXTRACTJSONFIELD", two, "'{}', '$a'", "", "!Invalid JSON path: '$a'"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("EXTRACTJSONFIELD", two, "'{\"a\": [1, 2]}', '$.a'");
}

static void questions_about_json(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"IS_JSON_STRING", "VARCHAR", "'[1, 2]'", "BOOLEAN", "true"},
        {"IS_JSON_STRING", "VARCHAR", "''", "BOOLEAN", "false"},
        {"IS_JSON_STRING", "VARCHAR", "NULL", "BOOLEAN", "false"},
        {"JSON_ARRAY_LENGTH", "VARCHAR", "'[1, [2, 3]]'", "INTEGER", "2"},
        {"JSON_ARRAY_LENGTH", "VARCHAR", "'{}'", "INTEGER", "NULL"},
        {"JSON_ARRAY_LENGTH", "VARCHAR", "''", "INTEGER", "NULL"},
        {"JSON_ARRAY_LENGTH", "VARCHAR", "'['", "", "!Invalid JSON format:["},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, VARCHAR", "'[\"a\", null, \"P\\u0069nk\"]', 'Pink'",
         "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, VARCHAR", "'[1]', '1'", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, VARCHAR", "'[null]', NULL", "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "'[1.0, [2], 2]', 2", "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "'[1.0, [2]]', 1", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "'[3000000000, 1]', 1", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, BIGINT", "'[3000000000, 1]', 3000000000", "BOOLEAN",
         "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, DOUBLE", "'[1, 1.5]', 1.5", "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, DOUBLE", "'[1]', 1.0", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, BOOLEAN", "'[true]', true", "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, BOOLEAN", "'[true]', false", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, DECIMAL(2, 1)", "'[1.5]', 1.5", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "'[1, x', 1", "BOOLEAN", "true"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "'{}', 1", "BOOLEAN", "false"},
        {"JSON_ARRAY_CONTAINS", "VARCHAR, INT", "NULL, 1", "", "!argument \"content\" is null"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void parts_and_wholes(void **state)
{
    (void)state;
    static const char three[] = "VARCHAR, VARCHAR, VARCHAR";
    static const struct function_case cases[] = {
        {"JSON_ITEMS", "VARCHAR", "'[{\"a\": 1}, \"s\", 1.50]'", "ARRAY<STRING>",
         "['{\"a\":1}', '\"s\"', '1.50']"},
        {"JSON_ITEMS", "VARCHAR", "'[]'", "ARRAY<STRING>", "[]"},
        {"JSON_ITEMS", "VARCHAR", "'{}'", "", "!Invalid JSON format:{}"},
        {"JSON_KEYS", "VARCHAR", "'{\"b\": 1, \"a\": {\"c\": 2}}'", "ARRAY<STRING>", "['b', 'a']"},
        {"JSON_KEYS", "VARCHAR", "'[1]'", "ARRAY<STRING>", "NULL"},
        {"JSON_RECORDS", "VARCHAR", "'{\"b\": \"x\", \"a\": {\"c\": 2}, \"n\": null}'",
         "MAP<STRING, STRING>", "{'b': 'x', 'a': '{\"c\":2}', 'n': 'null'}"},
        {"JSON_RECORDS", "VARCHAR", "'1'", "MAP<STRING, STRING>", "NULL"},
        {"JSON_CONCAT", three, "'{\"a\": 1}', '{\"b\": 2}', '{\"a\": 3}'", "STRING",
         "'{\"a\":3,\"b\":2}'"},
        {"JSON_CONCAT", three, "'[1, 2]', '{\"a\": 1}', '4'", "STRING", "'[1,2,{\"a\":1},4]'"},
        {"JSON_CONCAT", three, "'null', 'null', '[]'", "STRING", "'[null,null]'"},
        {"JSON_CONCAT", "VARCHAR", "'1'", "STRING", "'1'"},
        {"JSON_CONCAT", three, "'1', '', '2'", "STRING", "NULL"},
        {"JSON_CONCAT", three, "'1', NULL, 'x'", "STRING", "NULL"},
        {"JSON_CONCAT", three, "'1', 'x', NULL", "", "!Invalid JSON format:x"},
        {"JSON_CONCAT", "VARCHAR", "'1e99999'", "", "!a number's exponent is beyond 9999"},
        {"JSON_CONCAT", "VARCHAR", "'1e99999999999999999999'", "",
         "!a number's exponent is beyond 9999"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("JSON_CONCAT", three, "'{\"a\": 1}', '{\"b\": 2}', '{}'");
    function_run_without_memory("JSON_RECORDS", "VARCHAR", "'{\"a\": [1.5], \"b\": \"\\n\"}'");
}

static void values_become_json(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"TO_JSON_STRING", "VARCHAR", "'a\"b'", "STRING", "'\"a\\\"b\"'"},
        {"TO_JSON_STRING", "VARCHAR", "NULL", "STRING", "'null'"},
        {"TO_JSON_STRING", "NULL", "NULL", "STRING", "'null'"},
        {"TO_JSON_STRING", "BOOLEAN", "true", "STRING", "'true'"},
        {"TO_JSON_STRING", "INT", "-5", "STRING", "'-5'"},
        {"TO_JSON_STRING", "DOUBLE", "123.456", "STRING", "'123.456'"},
        {"TO_JSON_STRING", "DOUBLE", "NaN", "STRING", "'\"NaN\"'"},
        {"TO_JSON_STRING", "DECIMAL(9, 8)", "0.00000010", "STRING", "'0.00000010'"},
        {"TO_JSON_STRING", "BYTES", "x'21'", "STRING", "'\"IQ==\"'"},
        {"TO_JSON_STRING", "TIME", "60220999", "STRING", "'\"16:43:40\"'"},
        {"TO_JSON_STRING", "TIME", "60180999", "STRING", "'\"16:43\"'"},
        {"TO_JSON_STRING", "DATE", "1000", "STRING", "'\"1972-09-27\"'"},
        {"TO_JSON_STRING", "TIMESTAMP", "60220000000", "STRING", "'\"1971-11-28T23:46:40.000\"'"},
        {"TO_JSON_STRING", "STRUCT<B INT, A ARRAY<VARCHAR>>", "[1, ['x', NULL]]", "STRING",
         "'{\"A\":[\"x\",null],\"B\":1}'"},
        {"TO_JSON_STRING", "MAP<VARCHAR, INT>", "{'b': 1, 'a': NULL}", "STRING",
         "'{\"a\":null,\"b\":1}'"},
        {"TO_JSON_STRING", "MAP<INT, INT>", "{10: 1, 9: 2}", "STRING", "'{\"10\":1,\"9\":2}'"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("TO_JSON_STRING", "STRUCT<B INT, A ARRAY<VARCHAR>>",
                                "[1, ['x', NULL]]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_told_from_json),
        cmocka_unit_test(documents_print_compactly_and_exactly),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(objects_of_many_keys_keep_the_last_value_of_each),
        cmocka_unit_test(damaged_texts_are_judged_alike_by_reader_and_tree),
        cmocka_unit_test(fields_are_extracted),
        cmocka_unit_test(questions_about_json),
        cmocka_unit_test(parts_and_wholes),
        cmocka_unit_test(values_become_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
