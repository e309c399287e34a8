/* table_function_test.c: EXPLODE and CUBE_EXPLODE, their types and their errors. */
#include "tests/test.h"

#include "functions/registry.h"
#include "functions/table_function.h"
#include "tests/functions/notation.h"

static struct arena arena;
static struct diag diag;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static enum status resolve(const char *name, const char *types, struct table_function *out)
{
    const struct type *all[8];
    const uint32_t count = notation_types(&arena, types, all, 8);
    return table_function_resolve(function_registry_builtin(), text_of(name), all, count, &arena,
                                  out, &diag);
}

static void arrays_become_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *types;
        const char *argument;
        const char *result_type;
        const char *rows; /* as a list; "" for none */
    } cases[] = {
        {"EXPLODE", "ARRAY<INT>", "[1, NULL, 3]", "INT", "[1, NULL, 3]"},
        {"explode", "ARRAY<DECIMAL(4, 1)>", "[1.5]", "DECIMAL(4, 1)", "[1.5]"},
        {"EXPLODE", "ARRAY<STRUCT<A INT>>", "[[1], NULL]", "STRUCT<A INT>", "[[1], NULL]"},
        {"EXPLODE", "ARRAY<INT>", "NULL", "INT", ""},
        {"EXPLODE", "ARRAY<INT>", "[]", "INT", ""},
        {"CUBE_EXPLODE", "ARRAY<VARCHAR>", "['a', 'b']", "ARRAY<VARCHAR>",
         "[[NULL, NULL], [NULL, 'b'], ['a', NULL], ['a', 'b']]"},
        {"CUBE_EXPLODE", "ARRAY<INT>", "[1, NULL, 3]", "ARRAY<INT>",
         "[[NULL, NULL, NULL], [NULL, NULL, 3], [1, NULL, NULL], [1, NULL, 3]]"},
        {"CUBE_EXPLODE", "ARRAY<INT>", "[NULL]", "ARRAY<INT>", "[[NULL]]"},
        {"CUBE_EXPLODE", "ARRAY<INT>", "NULL", "ARRAY<INT>", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct table_function function;
        assert_ok(resolve(cases[i].name, cases[i].types, &function), &diag);
        assert_true(type_equal(function.result_type, notation_type(&arena, cases[i].result_type)));
        const struct value argument =
            notation_value(&arena, function.argument_types[0], cases[i].argument);
        const struct value_list *rows = NULL;
        assert_ok(table_function_call(&function, &argument, &arena, &rows, &diag), &diag);
        const struct value list = {.list = rows};
        const struct type *list_type = type_array(&arena, function.result_type);
        assert_string_equal(rows ? notation_print(&arena, list_type, &list) : "", cases[i].rows);
    }
}

static void bad_arguments_are_refused_in_ksqldb_words(void **state)
{
    (void)state;
    struct table_function function;
    assert_int_equal(resolve("explode", "MAP<VARCHAR, INT>", &function), STATUS_INVALID);
    assert_string_equal(
        diag.message,
        "Function 'explode' does not accept parameters (MAP<STRING, INTEGER>).\n"
        "Valid alternatives are:\nexplode(ARRAY<DECIMAL> input)\nexplode(ARRAY<T> list)\n"
        "For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;");
    assert_int_equal(resolve("SUM", "INT", &function), STATUS_INVALID);
    assert_true(table_function_exists(function_registry_builtin(), TEXT("explode")));
    assert_false(table_function_exists(function_registry_builtin(), TEXT("SUM")));
}

static void a_cube_has_at_most_20_columns(void **state)
{
    (void)state;
    struct table_function function;
    const struct value_list *rows = NULL;
    assert_ok(resolve("CUBE_EXPLODE", "ARRAY<INT>", &function), &diag);
    struct value_list *list = value_list_create(&arena, 21);
    for (uint32_t i = 0; i < list->count; i++) {
        list->items[i] = i < 8 ? value_int32((int32_t)i) : VALUE_NULL;
    }
    const struct value argument = {.list = list};
    assert_int_equal(table_function_call(&function, &argument, &arena, &rows, &diag),
                     STATUS_INVALID);
    assert_string_equal(diag.message, "cube_explode: too many columns (21); max is 20");
    list->count = 20;
    assert_ok(table_function_call(&function, &argument, &arena, &rows, &diag), &diag);
    assert_int_equal(rows->count, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arrays_become_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_arguments_are_refused_in_ksqldb_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cube_has_at_most_20_columns, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
