/* pull_query_test.c: the keys that pull queries look up, and the rows that they answer. */
#include "base/batch.h"
#include "base/buffer.h"
#include "base/column.h"
#include "tests/engine/fixture.h"

static void prepare(struct fixture *f)
{
    fixture_run(f, "CREATE STREAM S (ID STRING KEY, V INT)"
                   " WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);"
                   "CREATE TABLE COUNTS AS SELECT ID, COUNT(*) AS N FROM S GROUP BY ID;"
                   "INSERT INTO S (ID, V) VALUES ('a', 1);"
                   "INSERT INTO S (ID, V) VALUES ('bb', 1);"
                   "INSERT INTO S (ID, V) VALUES ('bb', 2);");
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
}

/* Opens the cursor of the one query in sql; the script is closed, as clients may do. */
static struct cursor *open_query(struct fixture *f, const char *sql)
{
    struct script *script = NULL;
    struct outcome outcome = {0};
    assert_ok(script_open(f->engine, f->session, text_of(sql), &script, &f->diag), &f->diag);
    assert_ok(script_step(script, &outcome, &f->diag), &f->diag);
    assert_int_equal(outcome.kind, OUTCOME_CURSOR);
    script_close(script);
    return outcome.cursor;
}

/* Requires rows of a STRING and a BIGINT, written "a=1 bb=2 ". */
static void require_rows(struct fixture *f, const char *sql, const char *expected)
{
    struct cursor *cursor = open_query(f, sql);
    struct buffer rows;
    bool is_end = false;
    buffer_init(&rows);
    while (!is_end) {
        struct row_chunk *chunk = NULL;
        assert_ok(cursor_next(cursor, 1000, &chunk, &is_end, &f->diag), &f->diag);
        for (size_t row = 0; chunk && row < chunk->batch->row_count; row++) {
            const struct value key = column_get(&chunk->batch->columns[0], row);
            const struct value count = column_get(&chunk->batch->columns[1], row);
            buffer_printf(&rows, "%.*s=%lld ", TEXT_ARGS(key.text), (long long)count.int64);
        }
        row_chunk_unref(chunk);
    }
    buffer_append_byte(&rows, '\0');
    assert_string_equal(rows.data, expected);
    buffer_release(&rows);
    cursor_close(cursor);
}

static void keys_may_be_computed(void **state)
{
    struct fixture *f = *state;
    prepare(f);
    require_rows(f, "SELECT ID, N FROM COUNTS WHERE ID = CONCAT('b', 'b');", "bb=2 ");
    require_rows(f, "SELECT ID, N FROM COUNTS WHERE ID IN (LCASE('A'), SUBSTRING('bbb', 2));",
                 "a=1 bb=2 ");
    require_rows(f, "SELECT ID, N FROM COUNTS WHERE ID = LCASE('X');", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_may_be_computed, fixture_open, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
