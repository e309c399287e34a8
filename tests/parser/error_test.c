/* error_test.c: what the user reads when SQL is wrong, and where the caret stands. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "parser/caret.h"
#include "parser/parser.h"

static const struct {
    const char *sql;
    const char *message;
} cases[] = {
    {"CREATTE STREAM s;", "line 1:1: Syntax Error\nUnknown statement 'CREATTE'\nDid you mean "
                          "'CREATE'?\nStatement: CREATTE STREAM s;"},
    {"shw tables;", "line 1:1: Syntax Error\nUnknown statement 'shw'\nDid you mean 'SHOW'?\n"},
    {";", "line 1:1: Syntax Error\nUnknown statement ';'\n"},
    {"CREATE STREAM ORDERS (c1 VARCHAR, size INTEGER)\n  WITH (kafka_topic='ords');",
     "line 1:35: Syntax Error\n\"size\" is a reserved keyword and it can't be used as an "
     "identifier. You can use it as an identifier by escaping it as 'size' \n"
     "Statement: CREATE STREAM ORDERS (c1 VARCHAR, size INTEGER)"},
    {"CREATE STREAM ORDERS (Load VARCHAR, b INT);",
     "line 1:23: Syntax Error\n\"Load\" is a reserved keyword"},
    {"CREATE TABLE AS SELECT x FROM y;",
     "line 1:14: Syntax Error\nSyntax error at or near 'AS' at line 1:14\n"},
    {"ASSERT VALUES foo (id) VALUES (123);",
     "line 1:8: Syntax Error\nSyntax error at or near 'VALUES' at line 1:8\n"},
    {"RUN SCRIPT 'x';", "line 1:1: Syntax Error\nUnknown statement 'RUN'"},
    {"CREATE STREAM x AS SELECT cast(f0 as NULL) FROM y;",
     "line 1:38: Syntax Error\nSyntax error at or near 'NULL' at line 1:38\n"},
    {"CREATE STREAM INPUT (K STRING (KEY));",
     "line 1:32: Syntax Error\nExpecting {'STRING', INTEGER_VALUE}\n"},
    {"CREATE STREAM INPUT (K VARCHAR(STRING) (KEY));",
     "line 1:40: Syntax Error\nExpecting {',', ')'}\n"},
    {"SELECT ONLY, COLUMNS;", "line 1:21: Syntax Error\nExpecting {',', 'FROM'}\n"},
    {"SELECT * FROM S1 ORDER BY MYKEY DESC;",
     "line 1:24: Syntax Error\n\nStatement: SELECT * FROM S1 ORDER BY MYKEY DESC;"},
    {"SELECT * FROM S LIMIT heh;", "line 1:23: Syntax Error\n"},
    {"SELECT * FORM x;", "line 1:10: Syntax Error\nExpecting {',', 'FROM'}\n"},
    {"SELECT * FROM a", "line 1:16: Syntax Error\nmissing ';' at '<EOF>'\n"},
    {"SELECT * FROM artist WHERE first_name = 'Vincent' and (last_name = 'Monet'",
     "line 1:75: Syntax Error\nSyntax error at or near \";\"\n'}', ']', or ')' is missing\n"},
    {"CREATE SOURCE STREAM a AS SELECT * FROM b;", "line 1:24: Syntax Error\n"},
    {"SELECT * FROM s WHERE a IN ();", "line 1:29: Syntax Error\n"},
    {"SELECT 'abc FROM s;", "line 1:8: Syntax Error\nSyntax error at or near ''' at line 1:8\n"},
    {"SELECT a ? b FROM s;", "line 1:10: Syntax Error\n"},
    {"SHOW TABLES;\n\nSELECT FROM a;",
     "line 3:8: Syntax Error\nSyntax error at or near 'FROM' at line 3:8\n"
     "Statement: SELECT FROM a;"},
    {"CREATE TABLE INPUT (ID INT KEY);",
     "Line: 1, Col: 21: Column `ID` is a 'KEY' column: please use 'PRIMARY KEY' for tables."},
    {"CREATE STREAM INPUT (ID INT PRIMARY KEY);",
     "Line: 1, Col: 22: Column `ID` is a 'PRIMARY KEY' column: please use 'KEY' for streams."},
    {"CREATE STREAM `a.b` (ID INT);",
     "Illegal argument at Line: 1, Col: 15. Source names may only contain alphanumeric values, '_' "
     "or '-'. Got: 'a.b'"},
    {"PRINT a LIMIT 1.5;", "Failed to prepare statement: Value must be integer for command: LIMIT"},
    {"ASSERT SCHEMA ID 'x';", "ID must be an integer"},
    {"SELECT 1 FROM s WINDOW SESSION (9223372036854775807 DAYS);", "Duration out of range"},
    {"SELECT 1 FROM s WINDOW SESSION (-1 DAYS);", "Duration out of range"},
};

static void messages_are_those_of_ksqldb(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena arena;
        struct diag diag;
        struct statement_list list;
        arena_init(&arena);
        diag_reset(&diag);
        assert_int_equal(parser_parse_script(text_of(cases[i].sql), NULL, &arena, &list, &diag),
                         STATUS_INVALID);
        if (!strstr(diag.message, cases[i].message)) {
            fail_msg("%s\ngave    %s\nand not %s", cases[i].sql, diag.message, cases[i].message);
        }
        assert_true(diag.pos.line > 0);
        arena_release(&arena);
    }
}

static void assert_caret(const char *sql, const char *shown)
{
    struct arena arena;
    struct diag diag;
    struct buffer out;
    struct statement_list list;
    arena_init(&arena);
    buffer_init(&out);
    diag_reset(&diag);
    assert_int_equal(parser_parse_script(text_of(sql), NULL, &arena, &list, &diag), STATUS_INVALID);
    (void)snprintf(diag.message, sizeof(diag.message), "no");
    caret_print(&out, TEXT("f.sql"), text_of(sql), &diag);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.data, shown);
    buffer_release(&out);
    arena_release(&arena);
}

static void caret_stands_under_the_place(void **state)
{
    (void)state;
    assert_caret("SHOW TABLES;\nSELECT a, 99999999999999999999 FROM b;",
                 "f.sql:2:11: no\n    2 | SELECT a, 99999999999999999999 FROM b;\n"
                 "      |           ^^^^^^^^^^^^^^^^^^^^\n");
    assert_caret("\tSELECT '\xC3\xA4' FRM b;",
                 "f.sql:1:17: no\n    1 | \tSELECT '\xC3\xA4' FRM b;\n"
                 "      | \t               ^\n");
    assert_caret("SELECT 'x", "f.sql:1:8: no\n    1 | SELECT 'x\n      |        ^\nWhat starts "
                              "here is not closed.\n");
    assert_caret("SELECT 1", "f.sql:1:9: no\n    1 | SELECT 1\n      |         ^\n");
}

static void long_lines_are_cut_around_the_caret(void **state)
{
    (void)state;
    char sql[1000];
    memset(sql, ' ', sizeof(sql));
    sql[500] = '?';
    struct diag diag;
    struct buffer out;
    diag_reset(&diag);
    buffer_init(&out);
    (void)diag_fail(&diag, STATUS_INVALID, (struct sql_pos){1, 501, 500, 1}, "no");
    caret_print(&out, TEXT(""), (struct text){sql, sizeof(sql)}, &diag);
    assert_true(out.bytes < 400);
    assert_non_null(memchr(out.data, '?', out.bytes));
    buffer_release(&out);
}

static void a_message_without_place_shows_no_line(void **state)
{
    (void)state;
    struct diag diag;
    struct buffer out;
    diag_reset(&diag);
    buffer_init(&out);
    (void)diag_fail(&diag, STATUS_IO, SQL_POS_NONE, "no");
    caret_print(&out, TEXT("f"), TEXT("SELECT"), &diag);
    assert_true(text_equal(buffer_text(&out), TEXT("f: no\n")));
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_ksqldb),
        cmocka_unit_test(caret_stands_under_the_place),
        cmocka_unit_test(long_lines_are_cut_around_the_caret),
        cmocka_unit_test(a_message_without_place_shows_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
