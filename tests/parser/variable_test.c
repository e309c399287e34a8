/* variable_test.c: ${name} put into statements before they are parsed. */
#include "tests/test.h"

#include "base/arena.h"
#include "parser/parser.h"

static const struct parser_variable variables[] = {
    {{"name", 4}, {"my_stream", 9}}, {{"quoted", 6}, {"`Abc`", 5}}, {{"text", 4}, {"'it''s'", 7}},
    {{"number", 6}, {"-3", 2}},      {{"flag", 4}, {"true", 4}},    {{"plain", 5}, {"it's", 4}},
    {{"two", 3}, {"a, b", 4}},       {{"at", 2}, {"@a", 2}},        {{"empty", 5}, {"", 0}},
    {{"again", 5}, {"${name}", 7}},  {{"digit", 5}, {"1a", 2}},
};

static const struct parser_options options = {
    .variables = variables, .variable_count = sizeof(variables) / sizeof(variables[0])};

/* The text of the last statement after substitution, or the message of the failure. */
static const char *outcome(struct arena *arena, const char *sql)
{
    struct diag diag;
    struct statement_list list;
    diag_reset(&diag);
    if (parser_parse_script(text_of(sql), &options, arena, &list, &diag) != STATUS_OK) {
        return arena_text(arena, text_of(diag.message)).data;
    }
    return list.items[list.count - 1]->text.data;
}

static void assert_outcome(const char *sql, const char *expected)
{
    struct arena arena;
    arena_init(&arena);
    assert_string_equal(outcome(&arena, sql), expected);
    arena_release(&arena);
}

static void variables_stand_for_names_and_literals(void **state)
{
    (void)state;
    assert_outcome("DESCRIBE ${name};", "DESCRIBE my_stream");
    assert_outcome("DESCRIBE ${NAME};", "DESCRIBE my_stream");
    assert_outcome("SELECT ${quoted} FROM ${name} WHERE a = ${text} AND b > ${number} AND ${flag};",
                   "SELECT `Abc` FROM my_stream WHERE a = 'it''s' AND b > -3 AND true");
    assert_outcome("CREATE STREAM s (a INT) WITH (b=${text}, c=${number});",
                   "CREATE STREAM s (a INT) WITH (b='it''s', c=-3)");
    assert_outcome("PRINT ${name};", "PRINT my_stream");
}

static void variables_expand_inside_strings(void **state)
{
    (void)state;
    assert_outcome("SET 'a' = 'x${name}y${unknown}';", "SET 'a' = 'xmy_streamy${unknown}'");
    assert_outcome("SET 'a' = '${plain}';", "SET 'a' = 'it''s'");
    assert_outcome("SET 'a' = '$${name';", "SET 'a' = '$${name'");
}

static void values_are_not_expanded_again(void **state)
{
    (void)state;
    assert_outcome("SET 'a' = '${again}';", "SET 'a' = '${name}'");
}

static void a_value_must_be_one_name_or_literal(void **state)
{
    (void)state;
    static const char rule[] = " Identifier names cannot start with '@' and may only contain "
                               "alphanumeric values and '_'.";
    char message[300];
    (void)snprintf(message, sizeof(message), "Illegal argument at Line: 1, Col: 8.%s Got: 'a, b'",
                   rule);
    assert_outcome("SELECT ${two} FROM s;", message);
    (void)snprintf(message, sizeof(message), "Illegal argument at Line: 1, Col: 10.%s Got: '@a'",
                   rule);
    assert_outcome("DESCRIBE ${at};", message);
    (void)snprintf(message, sizeof(message), "Illegal argument at Line: 1, Col: 10.%s Got: '1a'",
                   rule);
    assert_outcome("DESCRIBE ${digit};", message);
    (void)snprintf(message, sizeof(message), "Illegal argument at Line: 1, Col: 10.%s Got: ''",
                   rule);
    assert_outcome("DESCRIBE ${empty};", message);
    (void)snprintf(message, sizeof(message),
                   "Illegal argument at Line: 1, Col: 10.%s Got: '${none}'", rule);
    assert_outcome("DESCRIBE ${none};", message);
    assert_outcome("CREATE STREAM s WITH (a=${two});",
                   "Illegal argument at Line: 1, Col: 25. Got: 'a, b'");
}

static void define_acts_on_the_statements_behind_it(void **state)
{
    (void)state;
    assert_outcome("DEFINE x = 'one'; DEFINE y = '${x}-two'; SET 'a' = '${Y}';",
                   "SET 'a' = 'one-two'");
    assert_outcome("DEFINE name = 'other'; DESCRIBE ${name};", "DESCRIBE other");
    assert_outcome("UNDEFINE name; SET 'a' = '${name}';", "SET 'a' = '${name}'");
    assert_outcome("DEFINE x = ''; SET 'a' = '[${x}]';", "SET 'a' = '[]'");
}

static void errors_point_into_the_text_as_written(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct statement_list list;
    arena_init(&arena);
    diag_reset(&diag);
    assert_int_equal(
        parser_parse_script(TEXT("SELECT ${name}, b c d FROM s;"), &options, &arena, &list, &diag),
        STATUS_INVALID);
    assert_int_equal(diag.pos.column, 21);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_stand_for_names_and_literals),
        cmocka_unit_test(variables_expand_inside_strings),
        cmocka_unit_test(values_are_not_expanded_again),
        cmocka_unit_test(a_value_must_be_one_name_or_literal),
        cmocka_unit_test(define_acts_on_the_statements_behind_it),
        cmocka_unit_test(errors_point_into_the_text_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
