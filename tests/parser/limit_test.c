/* limit_test.c: the parser's limits, at the limit and one past it, and failing allocations. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "parser/parser.h"
#include "parser/printer.h"

static const char too_large[] = "Statement is too large to parse. This may be caused by having too "
                                "many nested expressions in the statement.";

/* count times repeated, then middle, then count times suffix. */
static void build(struct buffer *out, const char *repeated, size_t count, const char *middle,
                  const char *suffix)
{
    buffer_reset(out);
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(out, repeated);
    }
    buffer_append_string(out, middle);
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(out, suffix);
    }
}

/* The expression that build makes parses, prints and parses again; or is refused as too large. */
static void assert_expression(const char *repeated, size_t count, const char *middle,
                              const char *suffix, enum status expected)
{
    struct buffer sql;
    struct arena arena;
    struct diag diag;
    struct expression *expression = NULL;
    buffer_init(&sql);
    arena_init(&arena);
    diag_reset(&diag);
    build(&sql, repeated, count, middle, suffix);
    const enum status status =
        parser_parse_expression(buffer_text(&sql), &arena, &expression, &diag);
    if (status != expected) {
        fail_msg("%zu times %s: %s %s", count, repeated, status_name(status), diag.message);
    }
    if (status == STATUS_OK) {
        const struct text printed = printer_expression_text(&arena, expression);
        assert_ok(parser_parse_expression(printed, &arena, &expression, &diag), &diag);
    } else {
        assert_string_equal(diag.message, too_large);
    }
    arena_release(&arena);
    buffer_release(&sql);
}

static void trees_have_a_greatest_depth(void **state)
{
    (void)state;
    const size_t most = PARSER_DEPTH_MAX - 1;
    assert_expression("a OR ", most, "a", "", STATUS_OK);
    assert_expression("a OR ", most + 1, "a", "", STATUS_LIMIT);
    assert_expression("f(", most, "a", ")", STATUS_OK);
    assert_expression("f(", most + 1, "a", ")", STATUS_LIMIT);
    assert_expression("NOT ", most, "a", "", STATUS_OK);
    assert_expression("NOT ", most + 1, "a", "", STATUS_LIMIT);
    assert_expression("CASE WHEN a THEN ", most, "a", " END", STATUS_OK);
    assert_expression("CASE WHEN a THEN ", most + 1, "a", " END", STATUS_LIMIT);
    assert_expression("a IN (1, ", most, "a", ")", STATUS_OK);
    assert_expression("a + ", 20 * most, "a", "", STATUS_LIMIT);
}

static void brackets_without_end_are_refused(void **state)
{
    (void)state;
    assert_expression("(", 1000, "a", ")", STATUS_OK);
    assert_expression("(", 10000, "a", ")", STATUS_LIMIT);
    assert_expression("- ", 10000, "a", "", STATUS_LIMIT);
}

static void types_have_a_greatest_depth(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct buffer sql;
        struct arena arena;
        struct diag diag;
        struct type_name *type = NULL;
        buffer_init(&sql);
        arena_init(&arena);
        build(&sql, "ARRAY<", PARSER_DEPTH_MAX - 1 + extra, "INT", ">");
        assert_int_equal(parser_parse_type(buffer_text(&sql), &arena, &type, &diag),
                         extra == 0 ? STATUS_OK : STATUS_LIMIT);
        arena_release(&arena);
        buffer_release(&sql);
    }
}

static void statements_have_a_greatest_size(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct buffer sql;
        struct arena arena;
        struct diag diag;
        struct statement_list list;
        buffer_init(&sql);
        arena_init(&arena);
        buffer_append_string(&sql, "SET 'a'='");
        while (sql.bytes < PARSER_STATEMENT_BYTES_MAX - 1 + extra) {
            buffer_append_byte(&sql, 'x');
        }
        buffer_append_string(&sql, "';");
        assert_int_equal(parser_parse_script(buffer_text(&sql), NULL, &arena, &list, &diag),
                         extra == 0 ? STATUS_OK : STATUS_LIMIT);
        arena_release(&arena);
        buffer_release(&sql);
    }
}

static void variables_cannot_blow_a_statement_up(void **state)
{
    (void)state;
    struct buffer value;
    struct arena arena;
    struct diag diag;
    struct statement_list list;
    buffer_init(&value);
    arena_init(&arena);
    build(&value, "x", 40000, "", "");
    const struct parser_variable variable = {TEXT("v"), buffer_text(&value)};
    const struct parser_options options = {.variables = &variable, .variable_count = 1};
    assert_int_equal(parser_parse_script(TEXT("SET 'a'='${v}';"), &options, &arena, &list, &diag),
                     STATUS_OK);
    assert_int_equal(
        parser_parse_script(TEXT("SET 'a'='${v}${v}';"), &options, &arena, &list, &diag),
        STATUS_LIMIT);
    assert_int_equal(
        parser_parse_script(TEXT("SET '${v}'='${v}';"), &options, &arena, &list, &diag),
        STATUS_LIMIT);
    arena_release(&arena);
    buffer_release(&value);
}

static void long_scripts_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct statement_list list;
    arena_init(&arena);
    const struct text sql = {"", (size_t)PARSER_SCRIPT_BYTES_MAX + 1};
    assert_int_equal(parser_parse_script(sql, NULL, &arena, &list, &diag), STATUS_LIMIT);
    arena_release(&arena);
}

/* Fails the first allocation, then the second, ..., until the work succeeds. */
static void fail_each_allocation(const char *sql, enum status last)
{
    static const struct parser_variable variable = {{"v", 1}, {"x", 1}};
    static const struct parser_options options = {.variables = &variable, .variable_count = 1};
    enum status status = STATUS_NO_MEMORY;
    uint64_t count = 0;
    while (status == STATUS_NO_MEMORY) {
        struct arena arena;
        struct diag diag;
        struct statement_list list;
        arena_init(&arena);
        diag_reset(&diag);
        memory_fail_after(++count);
        status = parser_parse_script(text_of(sql), &options, &arena, &list, &diag);
        memory_fail_after(0);
        assert_int_equal(diag.status, status);
        arena_release(&arena);
        assert_true(count < 1000);
    }
    assert_int_equal(status, last);
    assert_true(count > 2);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct buffer sql;
    buffer_init(&sql);
    buffer_append_string(&sql, "DEFINE w = '${v}'; CREATE STREAM s AS SELECT ");
    for (int i = 0; i < 200; i++) {
        buffer_printf(&sql, "CASE WHEN a%d > -%d THEN ARRAY[1, 2] ELSE f(x, y => y) END c%d, ", i,
                      i, i);
    }
    buffer_append_string(&sql, "MAP('a':=1) FROM ${v} JOIN b WITHIN 1 DAY ON a = b;");
    buffer_append_byte(&sql, '\0');
    fail_each_allocation(sql.data, STATUS_OK);
    fail_each_allocation("SELECT a b c FROM d;", STATUS_INVALID);
    buffer_release(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_have_a_greatest_depth),
        cmocka_unit_test(brackets_without_end_are_refused),
        cmocka_unit_test(types_have_a_greatest_depth),
        cmocka_unit_test(statements_have_a_greatest_size),
        cmocka_unit_test(variables_cannot_blow_a_statement_up),
        cmocka_unit_test(long_scripts_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
