/* property_file_test.c: .properties files are read as Java reads them. */
#include "server/property_file.h"
#include "tests/test.h"

static const char *value_of(struct arena *arena, const char *text, const char *name)
{
    struct property_file file;
    struct diag diag;
    assert_ok(property_file_parse(text_of(text), arena, &file, &diag), &diag);
    return property_file_find(&file, name);
}

static void lines_are_read_as_java_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
        const char *wanted; /* NULL: not there */
    } cases[] = {
        {"a=b", "a", "b"},
        {"a = b c \n", "a", "b c "},
        {"a:b", "a", "b"},
        {"a b", "a", "b"},
        {"  \t a   :   b", "a", "b"},
        {"a", "a", ""},
        {"a=", "a", ""},
        {"a==b", "a", "=b"},
        {"a=b\r\nc=d\r\n", "c", "d"},
        {"# a=b", "a", NULL},
        {"! a=b\n", "a", NULL},
        {"# a \\\na=b", "a", "b"},
        {"a=b\\\n   c", "a", "bc"},
        {"a=b\\\r\n   c", "a", "bc"},
        {"a\\ b=c", "a b", "c"},
        {"a\\=b=c", "a=b", "c"},
        {"a=x\\ty\\nz\\\\", "a", "x\ty\nz\\"},
        {"a=1\na=2", "a", "2"},
        {"\n\n\n", "a", NULL},
        {"", "a", NULL},
        {"a=b\\", "a", "b\\"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        const char *value = value_of(&arena, cases[i].text, cases[i].name);
        if (cases[i].wanted ? !value || strcmp(value, cases[i].wanted) != 0 : value != NULL) {
            fail_msg("case %zu gave %s", i, value ? value : "nothing");
        }
        arena_release(&arena);
    }
}

static void a_line_without_a_name_is_an_error_with_its_number(void **state)
{
    (void)state;
    struct arena arena;
    struct property_file file;
    struct diag diag;
    arena_init(&arena);
    assert_int_equal(property_file_parse(TEXT("a=b\\\nc\n# d\n=e\n"), &arena, &file, &diag),
                     STATUS_INVALID);
    assert_non_null(strstr(diag.message, "line 4"));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_as_java_reads_them),
        cmocka_unit_test(a_line_without_a_name_is_an_error_with_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
