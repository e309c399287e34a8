/* expression_test.c: precedence, literals and the printed form of expressions. */
#include "tests/test.h"

#include "base/arena.h"
#include "parser/parser.h"
#include "parser/printer.h"

static struct expression *parse(struct arena *arena, struct text sql)
{
    struct diag diag;
    struct expression *expression = NULL;
    diag_reset(&diag);
    if (parser_parse_expression(sql, arena, &expression, &diag) != STATUS_OK) {
        fail_msg("%.*s: %s", TEXT_ARGS(sql), diag.message);
    }
    return expression;
}

/* sql prints as printed, and so does the print. */
static void assert_prints(const char *sql, const char *printed)
{
    struct arena arena;
    arena_init(&arena);
    const struct text first = printer_expression_text(&arena, parse(&arena, text_of(sql)));
    assert_string_equal(first.data, printed);
    assert_string_equal(printer_expression_text(&arena, parse(&arena, first)).data, printed);
    arena_release(&arena);
}

static void operators_bind_as_documented(void **state)
{
    (void)state;
    assert_prints("a OR b AND NOT c = d || e + f * -g",
                  "(A OR (B AND (NOT (C = (D || (E + (F * -G)))))))");
    assert_prints("a - b - c", "((A - B) - C)");
    assert_prints("a / b * c % d", "(((A / B) * C) % D)");
    assert_prints("a || b || c", "((A || B) || C)");
    assert_prints("NOT NOT a", "(NOT (NOT A))");
    assert_prints("(a OR b) AND c", "((A OR B) AND C)");
    assert_prints("-a AT TIME ZONE 'x'", "-A AT TIME ZONE 'x'");
    assert_prints("-a->b[1]", "-A->B[1]");
    assert_prints("(-a)->b", "(-A)->B");
}

static void predicates_print_like_ksqldb(void **state)
{
    (void)state;
    assert_prints("a <> b", "(A <> B)");
    assert_prints("a != b", "(A <> B)");
    assert_prints("a BETWEEN 1 AND 2 AND c", "((A BETWEEN 1 AND 2) AND C)");
    assert_prints("a NOT BETWEEN b AND c", "(NOT (A BETWEEN B AND C))");
    assert_prints("a IN (1, 'b')", "(A IN (1, 'b'))");
    assert_prints("a NOT IN (1)", "(NOT (A IN (1)))");
    assert_prints("a LIKE '%x' ESCAPE '!'", "(A LIKE '%x' ESCAPE '!')");
    assert_prints("a NOT LIKE b", "(NOT (A LIKE B))");
    assert_prints("a IS NULL", "(A IS NULL)");
    assert_prints("a IS NOT NULL", "(A IS NOT NULL)");
    assert_prints("a IS DISTINCT FROM b", "(A IS DISTINCT FROM B)");
    assert_prints("a IS NOT DISTINCT FROM b", "(NOT (A IS DISTINCT FROM B))");
}

static void constructors_and_calls_print_like_ksqldb(void **state)
{
    (void)state;
    assert_prints("case when a then 1 when b then 2 else 3 end",
                  "(CASE WHEN A THEN 1 WHEN B THEN 2 ELSE 3 END)");
    assert_prints("CASE a WHEN 1 THEN b END", "(CASE A WHEN 1 THEN B END)");
    assert_prints("CAST(a AS decimal(4,2))", "CAST(A AS DECIMAL(4, 2))");
    assert_prints("ARRAY[1, 2][1]", "ARRAY[1, 2][1]");
    assert_prints("ARRAY[]", "ARRAY[]");
    assert_prints("MAP('a':=1, b:=c)", "MAP('a':=1, B:=C)");
    assert_prints("STRUCT(a:=1, `b`:=2)->a", "STRUCT(A:=1, `b`:=2)->A");
    assert_prints("count(*)", "COUNT(*)");
    assert_prints("f()", "F()");
    assert_prints("timestampadd(SECONDS, 5, ts)", "TIMESTAMPADD(SECONDS, 5, TS)");
    assert_prints("transform(m, (k, v) => k + 1, (k, v) => v)",
                  "TRANSFORM(M, (K, V) => (K + 1), (K, V) => V)");
    assert_prints("filter(a, x => x > y)", "FILTER(A, (X) => (X > Y))");
    assert_prints("s.`a b`->\"c\"\"d\"", "S.`a b`->`c\"d`");
}

static void names_are_quoted_only_where_they_must(void **state)
{
    (void)state;
    assert_prints("`A`", "A");
    assert_prints("`a`", "`a`");
    assert_prints("`A``B`", "`A``B`");
    assert_prints("`SIZE`", "`SIZE`");
    assert_prints("key", "KEY");
    assert_prints("1R0", "1R0");
    assert_prints("`1E5`", "`1E5`");
    assert_prints("`15`", "`15`");
    assert_prints("``", "``");
    assert_prints("`MAP`", "`MAP`");
}

static void literals_keep_type_and_value(void **state)
{
    (void)state;
    assert_prints("2147483647", "2147483647");
    assert_prints("'it''s'", "'it''s'");
    assert_prints("''", "''");
    assert_prints("TRUE", "true");
    assert_prints("1.50", "1.50");
    assert_prints(".5", "0.5");
    assert_prints("00123.000", "123.000");
    assert_prints("1.", "1.");
    assert_prints("-0.25", "-0.25");
    assert_prints("1E1", "1E1");
    assert_prints("0.1e0", "1E-1");
    assert_prints("1.7976931348623157E308", "1.7976931348623157E308");
    assert_prints("1E-400", "0E0");
    assert_prints("123.456E2", "1.23456E4");
    assert_prints("DECIMAL '1.5'", "1.5");
}

static void assert_kind(const char *sql, enum expression_kind kind)
{
    struct arena arena;
    arena_init(&arena);
    assert_int_equal(parse(&arena, text_of(sql))->kind, kind);
    arena_release(&arena);
}

static void integers_widen_when_they_must(void **state)
{
    (void)state;
    assert_kind("2147483647", EXPRESSION_INTEGER);
    assert_kind("-2147483648", EXPRESSION_INTEGER);
    assert_kind("2147483648", EXPRESSION_BIGINT);
    assert_kind("9223372036854775807", EXPRESSION_BIGINT);
    assert_kind("-9223372036854775808", EXPRESSION_BIGINT);
    assert_kind("000000000000000000000000000001", EXPRESSION_INTEGER);
}

static void assert_refused(const char *sql, const char *message)
{
    struct arena arena;
    struct diag diag;
    struct expression *expression = NULL;
    arena_init(&arena);
    diag_reset(&diag);
    assert_int_equal(parser_parse_expression(text_of(sql), &arena, &expression, &diag),
                     STATUS_INVALID);
    if (!strstr(diag.message, message)) {
        fail_msg("%s: %s", sql, diag.message);
    }
    arena_release(&arena);
}

static void numbers_out_of_range_are_refused(void **state)
{
    (void)state;
    assert_refused("9223372036854775808", "Invalid numeric literal: 9223372036854775808");
    assert_refused("-9223372036854775809", "Invalid numeric literal: -9223372036854775809");
    assert_refused("1 - 9223372036854775808", "Invalid numeric literal: 9223372036854775808");
    assert_refused("1E309", "Number overflows DOUBLE: 1E309");
    assert_refused("a LIKE 'b' ESCAPE 'cd'", "Expected single character escape but got: cd");
    assert_refused("a LIKE 'b' ESCAPE ''", "Expected single character escape but got: ");
    assert_refused("FOO 'x'", "Unknown type: FOO");
    assert_refused("DECIMAL 'x'", "Invalid numeric literal: x");
}

static void minus_joins_a_number_only_where_no_operand_precedes(void **state)
{
    (void)state;
    assert_kind("-5", EXPRESSION_INTEGER);
    assert_kind("- 5", EXPRESSION_INTEGER);
    assert_prints("a -5", "(A - 5)");
    assert_prints("a - -5", "(A - -5)");
    assert_prints("f(x) -5", "(F(X) - 5)");
    assert_prints("a[1] -5", "(A[1] - 5)");
    assert_prints("key -5", "(KEY - 5)");
    assert_prints("'a' -5", "('a' - 5)");
    assert_prints("- -5", "-(-5)");
    assert_prints("-(5)", "-(5)");
    assert_prints("+5", "+(5)");
    assert_prints("- - a", "-(-A)");
    assert_prints("a * -5", "(A * -5)");
}

static void decimal_literals_know_precision_and_scale(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int precision;
        int scale;
    } literals[] = {{"1.", 1, 0},   {".5", 2, 1},      {"1.50", 3, 2}, {"0.25", 3, 2},
                    {"-0.0", 2, 1}, {"00123.0", 4, 1}, {"0.", 1, 0}};
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        const struct expression *node = parse(&arena, text_of(literals[i].sql));
        assert_int_equal(node->kind, EXPRESSION_DECIMAL);
        assert_int_equal(node->decimal.precision, literals[i].precision);
        assert_int_equal(node->decimal.scale, literals[i].scale);
        arena_release(&arena);
    }
}

static void nodes_span_their_text(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct expression *node = parse(&arena, TEXT("a +\n  s.b * f(1)"));
    assert_int_equal(node->pos.column, 1);
    assert_int_equal(node->pos.bytes, 16);
    assert_int_equal(node->arithmetic.op_pos.column, 3);
    const struct expression *product = node->arithmetic.right;
    assert_int_equal(product->pos.line, 2);
    assert_int_equal(product->pos.column, 3);
    assert_int_equal(product->pos.offset_bytes, 6);
    assert_int_equal(product->pos.bytes, 10);
    assert_int_equal(product->arithmetic.left->pos.bytes, 3);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_documented),
        cmocka_unit_test(predicates_print_like_ksqldb),
        cmocka_unit_test(constructors_and_calls_print_like_ksqldb),
        cmocka_unit_test(names_are_quoted_only_where_they_must),
        cmocka_unit_test(literals_keep_type_and_value),
        cmocka_unit_test(integers_widen_when_they_must),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(minus_joins_a_number_only_where_no_operand_precedes),
        cmocka_unit_test(decimal_literals_know_precision_and_scale),
        cmocka_unit_test(nodes_span_their_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
