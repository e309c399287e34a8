/* statement_test.c: every statement of the language, and how it prints.
 *
 * Each row parses to the kind named and prints as shown; the print parses again and prints the
 * same. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "parser/parser.h"
#include "parser/printer.h"

struct row {
    enum statement_kind kind;
    const char *sql;
    const char *printed;
};

static const struct row rows[] = {
    {STATEMENT_QUERY, "select * from a", "SELECT *\nFROM A A"},
    {STATEMENT_QUERY, "SELECT a, b AS c, `d` e FROM s x EMIT CHANGES LIMIT 5",
     "SELECT\n  A,\n  B C,\n  `d` E\nFROM S X\nEMIT CHANGES\nLIMIT 5"},
    {STATEMENT_QUERY, "SELECT s.*, a->b->*, f(x)->* FROM s LIMIT -1",
     "SELECT\n  S.*,\n  A->B->*,\n  F(X)->*\nFROM S S\nLIMIT -1"},
    {STATEMENT_QUERY,
     "SELECT 1 FROM s AS x INNER JOIN y ON x.a = y.a LEFT JOIN z zz WITHIN 1 HOUR ON TRUE",
     "SELECT 1\nFROM S X\nINNER JOIN Y Y ON ((X.A = Y.A))\nLEFT OUTER JOIN Z ZZ WITHIN 1 HOURS ON "
     "(true)"},
    {STATEMENT_QUERY,
     "SELECT 1 FROM s JOIN y WITHIN (1 SECOND, 2 MINUTES) GRACE PERIOD 3 DAYS ON a RIGHT OUTER "
     "JOIN z WITHIN 5 MILLISECOND GRACE PERIOD 0 SECONDS ON b FULL JOIN w ON c",
     "SELECT 1\nFROM S S\nINNER JOIN Y Y WITHIN (1 SECONDS, 2 MINUTES) GRACE PERIOD 3 DAYS ON (A)"
     "\nRIGHT OUTER JOIN Z Z WITHIN 5 MILLISECONDS GRACE PERIOD 0 SECONDS ON (B)\nFULL OUTER JOIN "
     "W W ON (C)"},
    {STATEMENT_QUERY,
     "SELECT 1 FROM s WINDOW w TUMBLING (SIZE 1 DAY, RETENTION 2 DAYS, GRACE PERIOD 1 HOUR) WHERE "
     "a GROUP BY b, c PARTITION BY d HAVING e EMIT FINAL",
     "SELECT 1\nFROM S S\nWINDOW TUMBLING ( SIZE 1 DAYS , RETENTION 2 DAYS , GRACE PERIOD 1 HOURS "
     ") \nWHERE A\nGROUP BY B, C\nPARTITION BY D\nHAVING E\nEMIT FINAL"},
    {STATEMENT_QUERY,
     "SELECT 1 FROM s WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS) GROUP BY ()",
     "SELECT 1\nFROM S S\nWINDOW HOPPING ( SIZE 10 SECONDS , ADVANCE BY 5 SECONDS ) \nGROUP BY ()"},
    {STATEMENT_QUERY, "SELECT 1 FROM s WINDOW SESSION (9 MINUTES, GRACE PERIOD 1 DAY) GROUP BY (a)",
     "SELECT 1\nFROM S S\nWINDOW SESSION ( 9 MINUTES , GRACE PERIOD 1 DAYS ) \nGROUP BY A"},
    {STATEMENT_QUERY, "SELECT 1 FROM s GROUP BY (a + 1) * 2, b",
     "SELECT 1\nFROM S S\nGROUP BY ((A + 1) * 2), B"},
    {STATEMENT_CREATE_SOURCE,
     "CREATE OR REPLACE SOURCE STREAM IF NOT EXISTS s (k INT KEY, v VARCHAR(20), h BYTES "
     "HEADER('x'), a HEADERS_T HEADERS) WITH (kafka_topic='t', 'value_format'='JSON', "
     "partitions=1)",
     "CREATE OR REPLACE SOURCE STREAM IF NOT EXISTS S (K INTEGER KEY, V STRING, H BYTES "
     "HEADER('x'), A HEADERS_T HEADERS) WITH (KAFKA_TOPIC='t', 'value_format'='JSON', "
     "PARTITIONS=1)"},
    {STATEMENT_CREATE_SOURCE, "CREATE TABLE t (k STRING PRIMARY KEY, d DECIMAL(4,2) ARRAY)",
     "CREATE TABLE T (K STRING PRIMARY KEY, D ARRAY<DECIMAL(4, 2)>)"},
    {STATEMENT_CREATE_SOURCE, "CREATE STREAM s WITH (a=NULL, b=-1.5, c=TRUE, d=1E3)",
     "CREATE STREAM S WITH (A=null, B=-1.5, C=true, D=1E3)"},
    {STATEMENT_CREATE_SOURCE,
     "CREATE STREAM s (m MAP<STRING, STRUCT<a INT, \"b\" ARRAY<BIGINT>>>, e STRUCT< >)",
     "CREATE STREAM S (M MAP<STRING, STRUCT<A INTEGER, `b` ARRAY<BIGINT>>>, E STRUCT< >)"},
    {STATEMENT_CREATE_AS, "CREATE STREAM IF NOT EXISTS a WITH (x=1) AS SELECT * FROM b",
     "CREATE STREAM IF NOT EXISTS A WITH (X=1) AS SELECT *\nFROM B B\nEMIT CHANGES"},
    {STATEMENT_CREATE_AS, "CREATE OR REPLACE TABLE a AS SELECT b FROM c GROUP BY b EMIT FINAL",
     "CREATE OR REPLACE TABLE A AS SELECT B\nFROM C C\nGROUP BY B\nEMIT FINAL"},
    {STATEMENT_INSERT_SELECT, "INSERT INTO a WITH (query_id='x') SELECT * FROM b",
     "INSERT INTO A WITH (QUERY_ID='x') SELECT *\nFROM B B\nEMIT CHANGES"},
    {STATEMENT_INSERT_VALUES, "INSERT INTO a VALUES (1, -2, 'it''s', NULL, f(3))",
     "INSERT INTO A VALUES (1, -2, 'it''s', null, F(3))"},
    {STATEMENT_INSERT_VALUES, "INSERT INTO a (rowtime, `b`) VALUES ()",
     "INSERT INTO A (ROWTIME, `b`) VALUES ()"},
    {STATEMENT_DROP_SOURCE, "DROP STREAM IF EXISTS a DELETE TOPIC",
     "DROP STREAM IF EXISTS A DELETE TOPIC"},
    {STATEMENT_DROP_SOURCE, "DROP TABLE a", "DROP TABLE A"},
    {STATEMENT_ALTER_SOURCE, "ALTER STREAM a ADD COLUMN b INT, ADD c STRING",
     "ALTER STREAM A\nADD COLUMN B INTEGER,\nADD COLUMN C STRING"},
    {STATEMENT_ALTER_SOURCE, "ALTER TABLE a ADD b INT", "ALTER TABLE A\nADD COLUMN B INTEGER"},
    {STATEMENT_CREATE_TYPE, "CREATE TYPE IF NOT EXISTS a AS STRUCT<x INT>",
     "CREATE TYPE IF NOT EXISTS A AS STRUCT<X INTEGER>"},
    {STATEMENT_DROP_TYPE, "DROP TYPE IF EXISTS a", "DROP TYPE IF EXISTS A"},
    {STATEMENT_CREATE_CONNECTOR,
     "CREATE SOURCE CONNECTOR IF NOT EXISTS `jdbc` WITH ('connector.class'='X', \"mode\"='bulk')",
     "CREATE SOURCE CONNECTOR IF NOT EXISTS `jdbc` WITH ('connector.class'='X', 'mode'='bulk')"},
    {STATEMENT_CREATE_CONNECTOR, "CREATE SINK CONNECTOR a WITH (b='c')",
     "CREATE SINK CONNECTOR A WITH (B='c')"},
    {STATEMENT_DROP_CONNECTOR, "DROP CONNECTOR IF EXISTS a", "DROP CONNECTOR IF EXISTS A"},
    {STATEMENT_LIST, "LIST PROPERTIES", "LIST PROPERTIES"},
    {STATEMENT_LIST, "SHOW ALL TOPICS EXTENDED", "SHOW ALL TOPICS EXTENDED"},
    {STATEMENT_LIST, "SHOW TOPICS", "SHOW TOPICS"},
    {STATEMENT_LIST, "SHOW STREAMS EXTENDED", "SHOW STREAMS EXTENDED"},
    {STATEMENT_LIST, "LIST TABLES", "LIST TABLES"},
    {STATEMENT_LIST, "SHOW FUNCTIONS", "SHOW FUNCTIONS"},
    {STATEMENT_LIST, "SHOW CONNECTORS", "SHOW CONNECTORS"},
    {STATEMENT_LIST, "SHOW SOURCE CONNECTORS", "SHOW SOURCE CONNECTORS"},
    {STATEMENT_LIST, "LIST SINK CONNECTORS", "LIST SINK CONNECTORS"},
    {STATEMENT_LIST, "SHOW CONNECTOR PLUGINS", "SHOW CONNECTOR PLUGINS"},
    {STATEMENT_LIST, "SHOW TYPES", "SHOW TYPES"},
    {STATEMENT_LIST, "SHOW VARIABLES", "SHOW VARIABLES"},
    {STATEMENT_LIST, "SHOW QUERIES EXTENDED", "SHOW QUERIES EXTENDED"},
    {STATEMENT_DESCRIBE, "DESCRIBE a EXTENDED", "DESCRIBE A EXTENDED"},
    {STATEMENT_DESCRIBE, "DESCRIBE STREAMS EXTENDED", "DESCRIBE STREAMS EXTENDED"},
    {STATEMENT_DESCRIBE, "DESCRIBE TABLES", "DESCRIBE TABLES"},
    {STATEMENT_DESCRIBE, "DESCRIBE `TABLES`", "DESCRIBE `TABLES`"},
    {STATEMENT_DESCRIBE, "DESCRIBE FUNCTION substring", "DESCRIBE FUNCTION SUBSTRING"},
    {STATEMENT_DESCRIBE, "DESCRIBE CONNECTOR a", "DESCRIBE CONNECTOR A"},
    {STATEMENT_PRINT, "PRINT myTopic FROM BEGINNING INTERVAL 2 LIMIT 3",
     "PRINT myTopic FROM BEGINNING INTERVAL 2 LIMIT 3"},
    {STATEMENT_PRINT, "PRINT 'my topic' SAMPLE 2", "PRINT 'my topic' INTERVAL 2"},
    {STATEMENT_TERMINATE, "TERMINATE CSAS_x_1", "TERMINATE CSAS_x_1"},
    {STATEMENT_TERMINATE, "TERMINATE ALL", "TERMINATE ALL"},
    {STATEMENT_PAUSE, "PAUSE `q`", "PAUSE `q`"},
    {STATEMENT_PAUSE, "PAUSE ALL", "PAUSE ALL"},
    {STATEMENT_RESUME, "RESUME q", "RESUME q"},
    {STATEMENT_RESUME, "RESUME ALL", "RESUME ALL"},
    {STATEMENT_SET, "SET 'a.b' = 'it''s'", "SET 'a.b'='it''s'"},
    {STATEMENT_UNSET, "UNSET 'a.b'", "UNSET 'a.b'"},
    {STATEMENT_ALTER_SYSTEM, "ALTER SYSTEM 'a'='b'", "ALTER SYSTEM 'a'='b'"},
    {STATEMENT_DEFINE, "DEFINE select = 'x'", "DEFINE select='x'"},
    {STATEMENT_UNDEFINE, "UNDEFINE x", "UNDEFINE x"},
    {STATEMENT_EXPLAIN, "EXPLAIN SELECT * FROM a", "EXPLAIN \nSELECT *\nFROM A A"},
    {STATEMENT_EXPLAIN, "EXPLAIN ctas_x_1", "EXPLAIN \nctas_x_1"},
    {STATEMENT_ASSERT_TOPIC, "ASSERT TOPIC a WITH (PARTITIONS=1) TIMEOUT 10 SECONDS",
     "ASSERT TOPIC a WITH (PARTITIONS=1) TIMEOUT 10 SECONDS"},
    {STATEMENT_ASSERT_TOPIC, "ASSERT NOT EXISTS TOPIC 'a'", "ASSERT NOT EXISTS TOPIC 'a'"},
    {STATEMENT_ASSERT_SCHEMA, "ASSERT SCHEMA SUBJECT a ID 3 TIMEOUT 1 DAY",
     "ASSERT SCHEMA SUBJECT a ID 3 TIMEOUT 1 DAYS"},
    {STATEMENT_ASSERT_SCHEMA, "ASSERT NOT EXISTS SCHEMA ID 3", "ASSERT NOT EXISTS SCHEMA ID 3"},
    {STATEMENT_ASSERT_VALUES, "ASSERT VALUES a (b) VALUES (1)", "ASSERT VALUES A (B) VALUES (1)"},
    {STATEMENT_ASSERT_NULL_VALUES, "ASSERT NULL VALUES a (b) KEY (1)",
     "ASSERT NULL VALUES A (B) KEY (1)"},
    {STATEMENT_ASSERT_SOURCE, "ASSERT STREAM a (b INT KEY) WITH (c='d')",
     "ASSERT STREAM A (B INTEGER KEY) WITH (C='d')"},
    {STATEMENT_ASSERT_SOURCE, "ASSERT TABLE a", "ASSERT TABLE A"},
    {STATEMENT_RUN_SCRIPT, "RUN SCRIPT '/x.sql'", "RUN SCRIPT '/x.sql'"},
};

static const struct parser_options test_options = {.allow_test_statements = true};

static struct statement *parse(struct arena *arena, struct text sql)
{
    struct diag diag;
    struct statement *statement = NULL;
    diag_reset(&diag);
    if (parser_parse_statement(sql, &test_options, arena, &statement, &diag) != STATUS_OK) {
        fail_msg("%.*s: %s", TEXT_ARGS(sql), diag.message);
    }
    return statement;
}

static struct text print(struct arena *arena, const struct statement *statement)
{
    struct buffer out;
    buffer_init(&out);
    printer_statement(&out, statement);
    const struct text text = arena_text(arena, buffer_text(&out));
    buffer_release(&out);
    return text;
}

static void every_statement_prints_canonically_and_round_trips(void **state)
{
    (void)state;
    bool seen[STATEMENT_KIND_COUNT] = {false};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        const struct statement *statement = parse(&arena, text_of(rows[i].sql));
        assert_int_equal(statement->kind, rows[i].kind);
        seen[statement->kind] = true;
        const struct text printed = print(&arena, statement);
        assert_string_equal(printed.data, rows[i].printed);
        assert_string_equal(print(&arena, parse(&arena, printed)).data, rows[i].printed);
        arena_release(&arena);
    }
    for (int kind = 0; kind < STATEMENT_KIND_COUNT; kind++) {
        assert_true(seen[kind]);
    }
}

/* SHOW, EMIT, MAP and the like are names where they do not start a clause. */
static void free_words_are_names(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "SELECT emit, partition, if, map, array, struct, session, key, id, show FROM s",
        "SELECT a emit FROM s partition EMIT CHANGES",
        "SELECT a FROM partition PARTITION BY partition EMIT CHANGES",
        "CREATE STREAM s (map INT, array INT, struct INT, key INT KEY, header INT)",
        "SELECT map[1], struct->a, array->b FROM s",
        "SELECT a FROM s session WINDOW SESSION (1 DAY) GROUP BY session.a",
        "SELECT day, f(DAYS, day) FROM s",
        "CREATE STREAM if (a INT)",
        "SELECT replace(a, 'b', 'c') FROM date",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        const struct text printed = print(&arena, parse(&arena, text_of(texts[i])));
        assert_string_equal(print(&arena, parse(&arena, printed)).data, printed.data);
        arena_release(&arena);
    }
}

static void scripts_keep_the_text_and_place_of_each_statement(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct statement_list list = {0};
    arena_init(&arena);
    diag_reset(&diag);
    assert_ok(parser_parse_script(TEXT("-- first;\nSHOW TABLES ;\n\n  /* ; */ SET 'a'=';' ; --x"),
                                  NULL, &arena, &list, &diag),
              &diag);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0]->text.data, "SHOW TABLES");
    assert_int_equal(list.items[0]->pos.line, 2);
    assert_string_equal(list.items[1]->text.data, "SET 'a'=';'");
    assert_int_equal(list.items[1]->pos.line, 4);
    assert_int_equal(list.items[1]->pos.column, 11);
    assert_ok(parser_parse_script(TEXT(" -- nothing\n"), NULL, &arena, &list, &diag), &diag);
    assert_int_equal(list.count, 0);
    assert_ok(parser_parse_script((struct text){NULL, 0}, NULL, &arena, &list, &diag), &diag);
    assert_int_equal(list.count, 0);
    arena_release(&arena);
}

static void explained_statement_has_its_own_text(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct statement *statement = parse(&arena, TEXT("EXPLAIN  EXPLAIN\nSHOW TABLES"));
    const struct statement *inner = statement->explain.statement->explain.statement;
    assert_string_equal(inner->text.data, "SHOW TABLES");
    assert_int_equal(inner->pos.line, 2);
    arena_release(&arena);
}

static void durations_are_counted_in_milliseconds(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct statement *statement =
        parse(&arena, TEXT("SELECT 1 FROM s WINDOW HOPPING (SIZE 1 DAY, ADVANCE BY 90 SECONDS)"));
    const struct select_window *window = statement->query->window;
    assert_int_equal(window->size.ms, 86400000);
    assert_int_equal(window->advance.ms, 90000);
    assert_false(window->grace.is_present);
    arena_release(&arena);
}

static void topics_keep_their_case(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_string_equal(parse(&arena, TEXT("PRINT MyTopic"))->print.topic.name.data, "MyTopic");
    assert_string_equal(parse(&arena, TEXT("DESCRIBE MyName"))->describe.name.name.data, "MYNAME");
    arena_release(&arena);
}

static void fragments_parse_alone(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct type_name *type = NULL;
    struct column_definition_list columns;
    arena_init(&arena);
    diag_reset(&diag);
    assert_ok(parser_parse_type(TEXT("MAP<STRING, INT>"), &arena, &type, &diag), &diag);
    assert_int_equal(type->kind, TYPE_NAME_MAP);
    assert_ok(parser_parse_columns(TEXT("`A` STRING KEY, `b` INTEGER"), &arena, &columns, &diag),
              &diag);
    assert_int_equal(columns.count, 2);
    assert_string_equal(columns.items[1].name.name.data, "b");
    assert_ok(parser_parse_columns(TEXT(" "), &arena, &columns, &diag), &diag);
    assert_int_equal(columns.count, 0);
    assert_int_equal(parser_parse_type(TEXT("INT;"), &arena, &type, &diag), STATUS_INVALID);
    assert_int_equal(parser_parse_type(TEXT("INT INT"), &arena, &type, &diag), STATUS_INVALID);
    assert_int_equal(parser_parse_type(TEXT(""), &arena, &type, &diag), STATUS_INVALID);
    arena_release(&arena);
}

static void splitter_walks_statements_without_parsing(void **state)
{
    (void)state;
    struct statement_splitter splitter;
    struct statement_text text;
    statement_splitter_init(&splitter, TEXT("SELECT ';' ;-- c;\n b `;` ; 'open; x"));
    assert_true(statement_splitter_next(&splitter, &text));
    assert_true(text_equal(text.text, TEXT("SELECT ';'")) && text.is_terminated);
    assert_true(statement_splitter_next(&splitter, &text));
    assert_true(text_equal(text.text, TEXT("b `;`")) && text.is_terminated);
    assert_int_equal(text.pos.line, 2);
    assert_false(splitter.is_open);
    assert_true(statement_splitter_next(&splitter, &text));
    assert_true(text_equal(text.text, TEXT("'open; x")) && !text.is_terminated);
    assert_true(splitter.is_open);
    assert_false(statement_splitter_next(&splitter, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_prints_canonically_and_round_trips),
        cmocka_unit_test(free_words_are_names),
        cmocka_unit_test(scripts_keep_the_text_and_place_of_each_statement),
        cmocka_unit_test(explained_statement_has_its_own_text),
        cmocka_unit_test(durations_are_counted_in_milliseconds),
        cmocka_unit_test(topics_keep_their_case),
        cmocka_unit_test(fragments_parse_alone),
        cmocka_unit_test(splitter_walks_statements_without_parsing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
