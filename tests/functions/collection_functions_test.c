/* collection_functions_test.c: the ARRAY and MAP families by example. */
#include "tests/test.h"

#include "functions/hash_order.h"
#include "tests/functions/function_run.h"

static void sets_of_elements(void **state)
{
    (void)state;
    static const char two[] = "ARRAY<INT>, ARRAY<INT>";
    static const struct function_case cases[] = {
        {"ARRAY_DISTINCT", "ARRAY<INT>", "[1, NULL, 1, NULL, 2]", "ARRAY<INTEGER>", "[1, NULL, 2]"},
        {"ARRAY_DISTINCT", "ARRAY<DOUBLE>", "[0.0, -0.0, NaN, NaN]", "ARRAY<DOUBLE>",
         "[0.0, -0.0, NaN]"},
        {"ARRAY_DISTINCT", "ARRAY<MAP<VARCHAR, INT>>", "[{'a': 1, 'b': 2}, {'b': 2, 'a': 1}]",
         "ARRAY<MAP<STRING, INTEGER>>", "[{'a': 1, 'b': 2}]"},
        {"ARRAY_DISTINCT", "ARRAY<INT>", "NULL", "ARRAY<INTEGER>", "NULL"},
        {"ARRAY_UNION", two, "[0, 0, 1, -1], [1, -2, NULL]", "ARRAY<INTEGER>",
         "[0, 1, -1, -2, NULL]"},
        {"ARRAY_UNION", two, "[], []", "ARRAY<INTEGER>", "[]"},
        {"ARRAY_UNION", two, "[1], NULL", "ARRAY<INTEGER>", "NULL"},
        {"ARRAY_EXCEPT", two, "[1, 2, NULL, 2, 3], [3, NULL]", "ARRAY<INTEGER>", "[1, 2]"},
        {"ARRAY_EXCEPT", two, "[1], []", "ARRAY<INTEGER>", "[1]"},
        {"ARRAY_INTERSECT", two, "[1, 2, NULL, 2, 3], [2, NULL, 9]", "ARRAY<INTEGER>", "[2, NULL]"},
        {"ARRAY_INTERSECT", two, "[1], [2]", "ARRAY<INTEGER>", "[]"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void parts_of_arrays(void **state)
{
    (void)state;
    static const char slice[] = "ARRAY<INT>, INT, INT";
    static const struct function_case cases[] = {
        {"ARRAY_CONCAT", "ARRAY<INT>, ARRAY<INT>", "[1, 2], [2, NULL]", "ARRAY<INTEGER>",
         "[1, 2, 2, NULL]"},
        {"ARRAY_CONCAT", "ARRAY<INT>, ARRAY<INT>", "NULL, [2]", "ARRAY<INTEGER>", "[2]"},
        {"ARRAY_CONCAT", "ARRAY<INT>, ARRAY<INT>", "[1], NULL", "ARRAY<INTEGER>", "[1]"},
        {"ARRAY_CONCAT", "ARRAY<INT>, ARRAY<INT>", "NULL, NULL", "ARRAY<INTEGER>", "NULL"},
        {"ARRAY_CONTAINS", "ARRAY<VARCHAR>, VARCHAR", "['a', NULL], 'a'", "BOOLEAN", "true"},
        {"ARRAY_CONTAINS", "ARRAY<VARCHAR>, VARCHAR", "['a', NULL], NULL", "BOOLEAN", "true"},
        {"ARRAY_CONTAINS", "ARRAY<VARCHAR>, VARCHAR", "['a'], 'b'", "BOOLEAN", "false"},
        {"ARRAY_CONTAINS", "ARRAY<VARCHAR>, VARCHAR", "NULL, NULL", "BOOLEAN", "false"},
        {"ARRAY_LENGTH", "ARRAY<INT>", "[1, NULL]", "INTEGER", "2"},
        {"ARRAY_LENGTH", "ARRAY<INT>", "NULL", "INTEGER", "NULL"},
        {"ARRAY_REMOVE", "ARRAY<INT>, INT", "[1, NULL, 2, 1], 1", "ARRAY<INTEGER>", "[NULL, 2]"},
        {"ARRAY_REMOVE", "ARRAY<INT>, INT", "[1, NULL], NULL", "ARRAY<INTEGER>", "[1]"},
        {"ARRAY_REMOVE", "ARRAY<INT>, INT", "NULL, 1", "ARRAY<INTEGER>", "NULL"},
        {"SLICE", slice, "[1, 2, 3, 4], 2, 3", "ARRAY<INTEGER>", "[2, 3]"},
        {"SLICE", slice, "[1, 2, 3], NULL, 2", "ARRAY<INTEGER>", "[1, 2]"},
        {"SLICE", slice, "[1, 2, 3], 2, NULL", "ARRAY<INTEGER>", "[2, 3]"},
        {"SLICE", slice, "[1, 2, 3], 4, 3", "ARRAY<INTEGER>", "[]"},
        {"SLICE", slice, "[1, 2, 3], 0, 3", "ARRAY<INTEGER>", "NULL"},
        {"SLICE", slice, "[1, 2, 3], 1, 4", "ARRAY<INTEGER>", "NULL"},
        {"SLICE", slice, "NULL, 1, 4", "ARRAY<INTEGER>", "NULL"},
        {"SLICE", slice, "[1, 2, 3], 3, 1", "ARRAY<INTEGER>", "!fromIndex(2) > toIndex(1)"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void order_in_arrays(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"ARRAY_MAX", "ARRAY<INT>", "[1, NULL, 3, 2]", "INTEGER", "3"},
        {"ARRAY_MIN", "ARRAY<DOUBLE>", "[0.0, -0.0, NaN]", "DOUBLE", "-0.0"},
        {"ARRAY_MAX", "ARRAY<VARCHAR>", "[NULL]", "STRING", "NULL"},
        {"ARRAY_MAX", "ARRAY<VARCHAR>", "[]", "STRING", "NULL"},
        {"ARRAY_MIN", "ARRAY<BOOLEAN>", "[true, false]", "BOOLEAN", "false"},
        {"ARRAY_MAX", "ARRAY<ARRAY<INT>>", "[[1]]", "", "!values of type ARRAY have no order"},
        {"ARRAY_SORT", "ARRAY<INT>", "[3, NULL, 1, 2]", "ARRAY<INTEGER>", "[1, 2, 3, NULL]"},
        {"ARRAY_SORT", "ARRAY<INT>, VARCHAR", "[3, NULL, 1, 2], 'desc'", "ARRAY<INTEGER>",
         "[3, 2, 1, NULL]"},
        {"ARRAY_SORT", "ARRAY<INT>, VARCHAR", "[3, 1], 'Ascending'", "ARRAY<INTEGER>", "[1, 3]"},
        {"ARRAY_SORT", "ARRAY<INT>, VARCHAR", "[3, 1], 'down'", "ARRAY<INTEGER>", "NULL"},
        {"ARRAY_SORT", "ARRAY<INT>, VARCHAR", "[3, 1], NULL", "ARRAY<INTEGER>", "NULL"},
        {"ARRAY_SORT", "ARRAY<DECIMAL(3, 1)>", "[1.5, -2.5, 0.0, 9.9, 1.4]", "ARRAY<DECIMAL(3, 1)>",
         "[-2.5, 0.0, 1.4, 1.5, 9.9]"},
        {"GENERATE_SERIES", "INT, INT", "1, 4", "ARRAY<INTEGER>", "[1, 2, 3, 4]"},
        {"GENERATE_SERIES", "INT, INT", "1, -1", "ARRAY<INTEGER>", "[1, 0, -1]"},
        {"GENERATE_SERIES", "BIGINT, BIGINT", "5, 5", "ARRAY<BIGINT>", "[5]"},
        {"GENERATE_SERIES", "BIGINT, BIGINT, INT", "0, 10, 4", "ARRAY<BIGINT>", "[0, 4, 8]"},
        {"GENERATE_SERIES", "INT, INT, INT", "0, 10, 0", "",
         "!GENERATE_SERIES step cannot be zero"},
        {"GENERATE_SERIES", "INT, INT, INT", "0, 10, -1", "",
         "!GENERATE_SERIES step has wrong sign"},
        {"GENERATE_SERIES", "BIGINT, BIGINT", "-9223372036854775808, 9223372036854775807", "",
         "!GENERATE_SERIES makes at most 1048576 items"},
        {"GENERATE_SERIES", "INT, INT", "NULL, 1", "ARRAY<INTEGER>", "NULL"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void joined_elements(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"ARRAY_JOIN", "ARRAY<BOOLEAN>, VARCHAR", "[true, NULL, false], '|'", "STRING",
         "'true|null|false'"},
        {"ARRAY_JOIN", "ARRAY<DOUBLE>, VARCHAR", "[1.23, -23.42, 0.0, 1e10], ' '", "STRING",
         "'1.23 -23.42 0.0 1.0E10'"},
        {"ARRAY_JOIN", "ARRAY<DECIMAL(10, 8)>", "[1.50000000, 0.00000012, -0.00000001, 0.00000000]",
         "STRING", "'1.50000000,1.2E-7,-1E-8,0E-8'"},
        {"ARRAY_JOIN", "ARRAY<BIGINT>", "[1, 2]", "STRING", "'1,2'"},
        {"ARRAY_JOIN", "ARRAY<VARCHAR>, VARCHAR", "['a', ''], NULL", "STRING", "'a'"},
        {"ARRAY_JOIN", "ARRAY<VARCHAR>, VARCHAR", "NULL, '#'", "STRING", "NULL"},
        {"ARRAY_JOIN", "ARRAY<INT>", "[]", "STRING", "''"},
        {"ARRAY_JOIN", "ARRAY<DATE>", "[NULL]", "STRING", "'null'"},
        {"ARRAY_JOIN", "ARRAY<DATE>", "[1]", "",
         "!error: hit element of type java.sql.Date which is currently not supported"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void maps(void **state)
{
    (void)state;
    static const char two[] = "MAP<VARCHAR, INT>, MAP<VARCHAR, INT>";
    static const struct function_case cases[] = {
        {"AS_MAP", "ARRAY<VARCHAR>, ARRAY<INT>", "['a', 'b', 'a', NULL], [1]",
         "MAP<STRING, INTEGER>", "{'a': NULL, 'b': NULL}"},
        {"AS_MAP", "ARRAY<VARCHAR>, ARRAY<INT>", "['a'], [1, 2]", "MAP<STRING, INTEGER>",
         "{'a': 1}"},
        {"AS_MAP", "ARRAY<VARCHAR>, ARRAY<INT>", "['a'], NULL", "MAP<STRING, INTEGER>", "NULL"},
        {"MAP_KEYS", "MAP<VARCHAR, INT>", "{'yes, thanks': 1, 'nope': 2, 'sure, yeah': 3}",
         "ARRAY<STRING>", "['yes, thanks', 'sure, yeah', 'nope']"},
        {"MAP_VALUES", "MAP<VARCHAR, INT>", "{'b': 1, 'a': NULL}", "ARRAY<INTEGER>", "[NULL, 1]"},
        {"MAP_KEYS", "MAP<VARCHAR, INT>", "NULL", "ARRAY<STRING>", "NULL"},
        {"MAP_UNION", two, "{'a': 1, 'b': 2}, {'a': 9, 'c': 3}", "MAP<STRING, INTEGER>",
         "{'a': 9, 'b': 2, 'c': 3}"},
        {"MAP_UNION", two, "NULL, {'a': NULL}", "MAP<STRING, INTEGER>", "{'a': NULL}"},
        {"MAP_UNION", two, "NULL, NULL", "MAP<STRING, INTEGER>", "NULL"},
        {"ENTRIES", "MAP<VARCHAR, INT>, BOOLEAN", "{'b': 1, 'a': NULL}, true",
         "ARRAY<STRUCT<`K` STRING, `V` INTEGER>>", "[['a', NULL], ['b', 1]]"},
        {"ENTRIES", "MAP<VARCHAR, VARCHAR>, BOOLEAN", "{'b': 'x', 'a': 'y'}, false",
         "ARRAY<STRUCT<`K` STRING, `V` STRING>>", "[['a', 'y'], ['b', 'x']]"},
        {"ENTRIES", "MAP<VARCHAR, DOUBLE>, BOOLEAN", "NULL, true",
         "ARRAY<STRUCT<`K` STRING, `V` DOUBLE>>", "NULL"},
        {"ENTRIES", "MAP<VARCHAR, BIGINT>, BOOLEAN", "{}, NULL",
         "ARRAY<STRUCT<`K` STRING, `V` BIGINT>>", "NULL"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

/* 40 keys with characters inside and outside of the BMP; the order was made with JDK 17. */
static void maps_are_walked_in_the_order_of_java(void **state)
{
    (void)state;
    static const uint32_t expected[] = {34, 14, 1,  20, 6,  5,  13, 11, 19, 32, 24, 18, 33, 4,
                                        26, 31, 12, 39, 37, 38, 0,  17, 25, 2,  9,  3,  8,  16,
                                        29, 10, 22, 35, 27, 30, 21, 36, 7,  15, 23, 28};
    struct arena arena;
    struct diag diag;
    const uint32_t *order = NULL;
    arena_init(&arena);
    struct value_map *map = value_map_create(&arena, 40);
    for (uint32_t i = 0; i < 40; i++) {
        map->keys[i] = value_text(arena_printf(&arena, "k\xC3\xA4\xF0\x9F\x98\x80%u", i * 37));
        map->values[i] = VALUE_NULL;
    }
    map->count = 40;
    const struct type *type = type_map(&arena, type_of(TYPE_STRING), type_of(TYPE_INTEGER));
    assert_ok(hash_order(type, map, &arena, &order, &diag), &diag);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(order[i], expected[i]);
    }
    arena_release(&arena);
}

static void failing_allocations_are_reported(void **state)
{
    (void)state;
    function_run_without_memory("ARRAY_UNION", "ARRAY<INT>, ARRAY<INT>", "[1, 2], [3]");
    function_run_without_memory("ARRAY_SORT", "ARRAY<INT>", "[3, 1, 2]");
    function_run_without_memory("ARRAY_JOIN", "ARRAY<INT>", "[3, 1, 2]");
    function_run_without_memory("ENTRIES", "MAP<VARCHAR, INT>, BOOLEAN", "{'a': 1}, true");
    function_run_without_memory("AS_MAP", "ARRAY<VARCHAR>, ARRAY<INT>", "['a'], [1]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_elements),
        cmocka_unit_test(parts_of_arrays),
        cmocka_unit_test(order_in_arrays),
        cmocka_unit_test(joined_elements),
        cmocka_unit_test(maps),
        cmocka_unit_test(maps_are_walked_in_the_order_of_java),
        cmocka_unit_test(failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
