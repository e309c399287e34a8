/* hostile_test.c
 *
 * What must never crash, hang or leak: every allocation failing in turn, trees as deep as the
 * parser allows, conditions whose alternatives multiply, and lists of thousands of keys.
 */
#include "tests/test.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "parser/parser.h"
#include "tests/planner/memory_catalog.h"
#include "tests/planner/setup.h"

/* Plans the script; with fail_at, lets that allocation and all later ones of planning fail. */
static enum status plan_script(const char *sql, uint64_t fail_at)
{
    struct arena arena;
    struct diag diag;
    struct memory_catalog catalog;
    struct statement_list setup;
    struct statement_list list;
    arena_init(&arena);
    diag_reset(&diag);
    memory_catalog_init(&catalog, &arena, &diag);
    assert_ok(parser_parse_script(TEXT(PLANNER_SETUP), NULL, &arena, &setup, &diag), &diag);
    for (size_t i = 0; i < setup.count; i++) {
        assert_ok(memory_catalog_execute(&catalog, setup.items[i], NULL), &diag);
    }
    enum status status = parser_parse_script(text_of(sql), NULL, &arena, &list, &diag);
    assert_ok(status, &diag);
    struct arena plan_arena; /* its own, so that every plan starts without a chunk */
    arena_init(&plan_arena);
    catalog.planner.arena = &plan_arena;
    memory_fail_after(fail_at);
    for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
        status = memory_catalog_execute(&catalog, list.items[i], NULL);
    }
    memory_fail_after(0);
    arena_release(&plan_arena);
    arena_release(&arena);
    if (status == STATUS_INVALID) {
        print_message("%s\n", diag.message);
    }
    return status;
}

static void failing_allocations_end_planning_with_no_memory(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "CREATE STREAM N (A STRUCT<X INT>, K INT KEY) WITH (kafka_topic='n', value_format='JSON');",
        "CREATE STREAM O AS SELECT K, X->*, TRANSFORM(L, V => V + A) AS FF FROM S WHERE A IN (1, "
        "2);",
        "CREATE TABLE O AS SELECT K, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY "
        "K "
        "HAVING COUNT(*) > 1 EMIT FINAL;",
        "CREATE STREAM O AS SELECT S.K, C, NAME FROM S JOIN R WITHIN 1 SECOND ON S.K = R.K JOIN U "
        "ON "
        "R.K = U.ID;",
        "CREATE STREAM O AS SELECT A + 1 AS Z, K, EXPLODE(L) AS E FROM S PARTITION BY A + 1;",
        "INSERT INTO R VALUES ('a', 1 + 1, 2.5);",
        "SELECT * FROM MW WHERE K IN ('a', 'b') AND WINDOWSTART > '2020-01-01';",
    };
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        enum status status = STATUS_NO_MEMORY;
        uint64_t fail_at = 1;
        for (; status != STATUS_OK && fail_at < 10000; fail_at++) {
            status = plan_script(scripts[i], fail_at);
            if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
                fail_msg("allocation %d of: %s: %s", (int)fail_at, scripts[i], status_name(status));
            }
        }
        assert_int_equal(status, STATUS_OK);
        assert_true(fail_at > 2);
    }
}

static void deep_trees_are_planned(void **state)
{
    (void)state;
    struct buffer sql;
    buffer_init(&sql);
    buffer_append_string(&sql, "CREATE STREAM O AS SELECT K, A FROM S WHERE A = 0");
    for (int i = 1; i < 300; i++) {
        buffer_printf(&sql, " OR A = %d", i);
    }
    buffer_append_string(&sql, ";");
    buffer_append_byte(&sql, '\0');
    assert_int_equal(plan_script(sql.data, 0), STATUS_OK);
    buffer_release(&sql);
}

static void multiplying_alternatives_become_a_scan(void **state)
{
    (void)state;
    struct buffer sql;
    buffer_init(&sql);
    buffer_append_string(&sql, "SELECT * FROM M WHERE K = 'a'");
    for (int i = 0; i < 60; i++) {
        buffer_append_string(&sql, " AND (N = 1 OR N = 2)");
    }
    buffer_append_string(&sql, ";");
    buffer_append_byte(&sql, '\0');
    assert_int_equal(plan_script(sql.data, 0), STATUS_OK);
    buffer_release(&sql);
}

static void thousands_of_keys_are_looked_up(void **state)
{
    (void)state;
    struct buffer sql;
    buffer_init(&sql);
    buffer_append_string(&sql, "SELECT * FROM M WHERE K IN ('x'");
    for (int i = 0; i < 8000; i++) {
        buffer_printf(&sql, ",'%d'", i % 1000);
    }
    buffer_append_string(&sql, ");");
    buffer_append_byte(&sql, '\0');
    assert_int_equal(plan_script(sql.data, 0), STATUS_OK);
    buffer_release(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_allocations_end_planning_with_no_memory),
        cmocka_unit_test(deep_trees_are_planned),
        cmocka_unit_test(multiplying_alternatives_become_a_scan),
        cmocka_unit_test(thousands_of_keys_are_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
