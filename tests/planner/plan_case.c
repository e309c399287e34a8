/* plan_case.c
 *
 * Output is compared as text, so that a failing case shows the plan that was wanted and the one
 * that was made.
 */
#include "tests/planner/plan_case.h"

#include "tests/test.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "parser/parser.h"
#include "tests/planner/memory_catalog.h"

static void execute(struct memory_catalog *catalog, const char *sql, struct buffer *out)
{
    struct diag *diag = catalog->planner.diag;
    struct statement_list list;
    enum status status = parser_parse_script(text_of(sql), NULL, catalog->arena, &list, diag);
    for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
        buffer_reset(out);
        status = memory_catalog_execute(catalog, list.items[i], out);
    }
    if (status != STATUS_OK) {
        buffer_reset(out);
        buffer_printf(out, "ERROR: %s\n", diag->message);
    }
}

static void run_case(const char *setup, const struct plan_case *test)
{
    struct arena arena;
    struct diag diag;
    struct memory_catalog catalog;
    struct buffer out;
    arena_init(&arena);
    diag_reset(&diag);
    buffer_init(&out);
    memory_catalog_init(&catalog, &arena, &diag);
    execute(&catalog, setup, &out);
    assert_string_equal(diag.message, "");
    execute(&catalog, test->statements, &out);
    buffer_append_byte(&out, '\0');
    assert_false(out.has_failed);
    if (getenv("LEAT_TEST_PRINT")) {
        printf("%s\n%s\n", test->statements, out.data);
    } else if (strcmp(out.data, test->expected) != 0) {
        fail_msg("%s\nwanted:\n%s\ngot:\n%s", test->statements, test->expected, out.data);
    }
    buffer_release(&out);
    arena_release(&arena);
}

void plan_cases_run(const char *setup, const struct plan_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        run_case(setup, &cases[i]);
    }
}
