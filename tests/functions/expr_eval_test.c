/* expr_eval_test.c: what expressions give over columns: rules about NULL, laziness, failures of
 * single rows and where they are reported, lambdas, and memory running out. */
#include "tests/test.h"

#include "base/memory.h"
#include "functions/function.h"
#include "functions/registry.h"
#include "tests/functions/expr_run.h"
#include "tests/functions/notation.h"

#define RUN(cases) expr_run_all((cases), sizeof(cases) / sizeof((cases)[0]))

static void nulls_make_comparisons_false(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(= i i)", "BOOLEAN", "true, true, false, true"},
        {"(<> i i)", "BOOLEAN", "false, false, false, false"},
        {"(not (= i i))", "BOOLEAN", "false, false, true, false"},
        {"(<> i 2)", "BOOLEAN", "true, false, false, true"},
        {"(> 2 i)", "BOOLEAN", "true, false, false, true"},
        {"(distinct i i)", "BOOLEAN", "false, false, false, false"},
        {"(distinct i j)", "BOOLEAN", "true, true, true, true"},
        {"(same s s)", "BOOLEAN", "true, true, true, true"},
        {"(= d d)", "BOOLEAN", "true, true, false, false"},
        {"(< s 'abd')", "BOOLEAN", "true, true, false, true"},
        {"(<= y y)", "BOOLEAN", "true, true, false, true"},
        {"(= b true)", "BOOLEAN", "true, false, false, true"},
        {"(= p (map 'x' 1))", "BOOLEAN", "true, false, false, false"},
        {"(null? i)", "BOOLEAN", "false, false, true, false"},
        {"(null? 1)", "BOOLEAN", "false, false, false, false"},
        {"(in i j i)", "BOOLEAN", "true, true, false, true"},
        {"(not (in i 1))", "BOOLEAN", "false, true, true, true"},
    };
    RUN(cases);
}

static void truth_values_are_never_null(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(and b (> j 0))", "BOOLEAN", "true, false, NULL!, false"},
        {"(and (> j 0) b)", "BOOLEAN", "true, false, NULL!, false"},
        {"(and (> j 100) b)", "BOOLEAN", "false, false, false, false"},
        {"(or b (> j 0))", "BOOLEAN", "true, false, NULL!, true"},
        {"(or (> j 0) b)", "BOOLEAN", "true, false, true, true"},
        {"(or true b)", "BOOLEAN", "true, true, true, true"},
        {"(not b)", "BOOLEAN", "false, true, NULL!, false"},
        {"(case b 1 2)", "INTEGER", "1, 2, NULL!, 1"},
    };
    RUN(cases);
}

static void branches_run_only_for_their_rows(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(/ 10 j)", "INTEGER", "1, NULL!, 3, -10"},
        {"(case (= j 0) -1 (/ 10 j))", "INTEGER", "1, -1, 3, -10"},
        {"(and (<> j 0) (> (/ 10 j) 1))", "BOOLEAN", "false, false, true, false"},
        {"(or (= j 0) (> (/ 10 j) 1))", "BOOLEAN", "false, true, true, false"},
        {"(case (> j 5) 'big' (> j 0) 'small')", "STRING", "'big', NULL, 'small', NULL"},
        {"(case (= (/ 10 j) 1) 'one' 'other')", "STRING", "'one', NULL!, 'other', 'other'"},
        {"(/ i j)", "INTEGER", "0, NULL!, NULL!, -2147483648"},
        {"(% 7 (- 0 j))", "INTEGER", "7, NULL!, 1, 0"},
        {"(/ d 0)", "DOUBLE", "Infinity, NaN, NULL!, NaN"},
        {"(/ 1 3.0)", "DECIMAL(17, 6)", "NULL!, NULL!, NULL!, NULL!"},
    };
    RUN(cases);
}

static void like_matches_whole_texts(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(like s 'a%')", "BOOLEAN", "true, false, NULL!, false"},
        {"(like s '%')", "BOOLEAN", "true, true, NULL!, true"},
        {"(like s '_b_')", "BOOLEAN", "true, false, NULL!, false"},
        {"(like s '%e%')", "BOOLEAN", "false, false, NULL!, true"},
        {"(like t '2020-02-__')", "BOOLEAN", "false, true, true, false"},
        {"(like 'abbbc' 'a%b_')", "BOOLEAN", "true, true, true, true"},
        {"(like 'a%c' 'a!%c' '!')", "BOOLEAN", "true, true, true, true"},
        {"(like 'abc' 'a!%c' '!')", "BOOLEAN", "false, false, false, false"},
        {"(like 'abc' 'abc!' '!')", "BOOLEAN", "NULL!, NULL!, NULL!, NULL!"},
        {"(like 'a\nb' 'a%')", "BOOLEAN", "false, false, false, false"},
        {"(like 'a\nb' 'a\n%')", "BOOLEAN", "true, true, true, true"},
        {"(like '\xC3\xA4x' '_x')", "BOOLEAN", "true, true, true, true"},
        {"(like 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' '%a%a%a%a%a%a%a%a%a%b')", "BOOLEAN",
         "false, false, false, false"},
    };
    RUN(cases);
}

static void failing_arguments_become_null(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call coalesce (/ 10 j) 0)", "INTEGER", "1, 0, 3, -10"},
        {"(array (/ 10 j) 5)", "ARRAY<INTEGER>", "[1, 5], [NULL, 5], [3, 5], [-10, 5]"},
        {"(struct A (/ 10 j))", "STRUCT<`A` INTEGER>", "[1], [NULL], [3], [-10]"},
        {"(cast (/ 10 j) VARCHAR)", "STRING", "'1', NULL, '3', '-10'"},
        {"(null? (cast t DATE))", "BOOLEAN", "true, true, false, true"},
        {"(+ 1 (cast t INT))", "INTEGER", "NULL!, NULL!, NULL!, 8"},
        {"(call ifnull (cast t DATE) (cast 'x' DATE))", "DATE", "NULL, NULL, 18293, NULL"},
    };
    RUN(cases);
}

static void lambdas_see_elements_and_columns(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call transform a (lambda (x) (+ x 1)))", "ARRAY<INTEGER>",
         "[2, 3], [], NULL, NULL!"},
        {"(call transform a (lambda (x) (call coalesce x j)))", "ARRAY<INTEGER>",
         "[1, 2], [], NULL, [-1, 7]"},
        {"(call transform a (lambda (x) (cast x VARCHAR)))", "ARRAY<STRING>",
         "['1', '2'], [], NULL, [NULL, '7']"},
        {"(call filter a (lambda (x) (> x 1)))", "ARRAY<INTEGER>", "[2], [], NULL, [7]"},
        {"(call reduce a 0 (lambda (r x) (+ r (call ifnull x 100))))", "INTEGER",
         "3, 0, 0, 107"},
        {"(call transform (array a a) (lambda (r) (call transform r (lambda (x) (* x j)))))",
         "ARRAY<ARRAY<INTEGER>>", "[[10, 20], [10, 20]], [[], []], [NULL, NULL], NULL!"},
        {"(call transform p (lambda (k v) (call ucase k)) (lambda (k v) (call ifnull v 0)))",
         "MAP<STRING, INTEGER>", "{'X': 1}, {}, NULL, {'X': 0, 'Y': 2}"},
        {"(call filter a (lambda (x) (+ x 1)))", "",
         "!Function 'filter' does not accept parameters (ARRAY<INTEGER>, LAMBDA)."},
    };
    RUN(cases);
}

/* --- Reports ------------------------------------------------------------------------------ */

static void assert_reports(const char *expression, bool nested_errors_are_null,
                           const char *expected)
{
    struct arena arena;
    struct diag diag;
    struct column column;
    const struct expr *expr = NULL;
    arena_init(&arena);
    assert_ok(expr_run_build(&arena, expression, &expr, &diag), &diag);
    struct batch *batch = expr_run_batch(&arena);
    struct expr_context *context = expr_run_context(&arena);
    context->nested_errors_are_null = nested_errors_are_null;
    assert_ok(expr_eval(expr, batch, NULL, batch->row_count, context, &column, NULL, &diag),
              &diag);
    assert_string_equal(expr_run_reports(&arena), expected);
    arena_release(&arena);
    expr_run_release();
}

static void each_failing_row_is_reported_once(void **state)
{
    (void)state;
    assert_reports("(/ 10 j)", true, "1: (/ 10 j): / by zero\n");
    assert_reports("(+ (/ 10 j) (/ 20 j))", true, "1: (+ (/ 10 j) (/ 20 j)): / by zero\n");
    assert_reports("(+ i 1)", true, "2: (+ i 1): an operand of arithmetic is NULL\n");
    assert_reports("(cast 'x' INT)", true,
                   "0: (cast 'x' INT): For input string: \"x\"\n"
                   "1: (cast 'x' INT): For input string: \"x\"\n"
                   "2: (cast 'x' INT): For input string: \"x\"\n"
                   "3: (cast 'x' INT): For input string: \"x\"\n");
    assert_reports("(case (= j 0) (+ (cast 'x' INT) 1) 2)", true,
                   "1: (cast 'x' INT): For input string: \"x\"\n"
                   "1: (case (= j 0) (+ (cast 'x' INT) 1) 2): an operand of arithmetic is NULL\n");
}

static void nested_failures_name_the_part_that_failed(void **state)
{
    (void)state;
    assert_reports("(call ifnull (/ 10 j) 0)", true, "1: (/ 10 j): / by zero\n");
    assert_reports("(call ifnull (/ 10 j) 0)", false,
                   "1: (call ifnull (/ 10 j) 0): / by zero\n");
    assert_reports("(call transform (array j) (lambda (x) (call ifnull (/ 10 x) 0)))", true,
                   "1: (/ 10 x): / by zero\n");
    assert_reports("(call transform (array j) (lambda (x) (/ 10 x)))", true,
                   "1: (call transform (array j) (lambda (x) (/ 10 x))): / by zero\n");
}

static void a_constant_fails_with_its_message(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct value value;
    const struct expr *expr = NULL;
    arena_init(&arena);
    assert_ok(expr_run_build(&arena, "(+ 1 (/ 1 0))", &expr, &diag), &diag);
    struct expr_context *context = expr_run_context(&arena);
    assert_int_equal(expr_eval_constant(expr, context, &value, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "/ by zero");
    assert_ok(expr_run_build(&arena, "(+ 1 (/ 4 2))", &expr, &diag), &diag);
    assert_ok(expr_eval_constant(expr, context, &value, &diag), &diag);
    assert_int_equal(value.int32, 3);
    arena_release(&arena);
    expr_run_release();
}

static void a_column_is_not_copied(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    struct column column;
    const struct expr *expr = NULL;
    arena_init(&arena);
    assert_ok(expr_run_build(&arena, "l", &expr, &diag), &diag);
    struct batch *batch = expr_run_batch(&arena);
    assert_ok(expr_eval(expr, batch, NULL, batch->row_count, expr_run_context(&arena), &column,
                        NULL, &diag),
              &diag);
    assert_ptr_equal(column.data, batch->columns[expr->column_index].data);
    arena_release(&arena);
    expr_run_release();
}

/* --- Memory ------------------------------------------------------------------------------- */

static enum status build_and_eval(const char *expression, struct arena *arena,
                                  const struct batch *batch, struct expr_context *context)
{
    struct diag diag;
    struct column column;
    const struct expr *expr = NULL;
    TRY(expr_run_build(arena, expression, &expr, &diag));
    return expr_eval(expr, batch, NULL, batch->row_count, context, &column, NULL, &diag);
}

/* Fails every allocation of evaluation in turn; the builders run with memory, since the reader
 * of the test needs it. */
static void walk_failures(const char *expression)
{
    struct arena fixed;
    struct diag diag;
    const struct expr *expr = NULL;
    arena_init(&fixed);
    struct batch *batch = expr_run_batch(&fixed);
    assert_ok(expr_run_build(&fixed, expression, &expr, &diag), &diag);
    struct expr_context *context = expr_run_context(&fixed);
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t n = 1; status != STATUS_OK; n++) {
        struct arena arena;
        struct column column;
        arena_init(&arena);
        context->arena = &arena;
        memory_fail_after(n);
        status = expr_eval(expr, batch, NULL, batch->row_count, context, &column, NULL, &diag);
        memory_fail_after(0);
        assert_true(n < 200);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        arena_release(&arena);
    }
    arena_release(&fixed);
    expr_run_release();
}

/* x IN (1, '2', ARRAY[x, 7][1]), COALESCE(SPLIT(CAST(x AS VARCHAR), ','), NULL), x + 1.5 */
static enum status build_everything(struct arena *arena, struct diag *diag)
{
    struct expr_build build = {
        .arena = arena, .registry = function_registry_builtin(), .diag = diag};
    const struct expr *items[4];
    const struct expr *made = NULL;
    TRY(expr_column(&build, 1, type_of(TYPE_INTEGER), &items[0]));
    TRY(expr_literal(&build, type_of(TYPE_INTEGER), value_int32(1), &items[1]));
    TRY(expr_literal(&build, type_of(TYPE_STRING), value_text(TEXT("2")), &items[2]));
    TRY(expr_array(&build, items, 2, &made));
    TRY(expr_subscript(&build, made, items[1], &items[3]));
    TRY(expr_in(&build, items[0], items + 1, 3, &made));
    TRY(expr_is_null(&build, made, &made));
    const struct expr *text = NULL;
    TRY(expr_cast(&build, items[0], type_of(TYPE_STRING), &text));
    const struct expr_argument split[] = {{.expr = text}, {.expr = items[2]}};
    TRY(expr_call(&build, TEXT("split"), split, 2, &text));
    const struct expr *null = NULL;
    TRY(expr_literal(&build, type_of(TYPE_NULL), VALUE_NULL, &null));
    const struct expr_argument coalesce[] = {{.expr = text}, {.expr = null}};
    TRY(expr_call(&build, TEXT("coalesce"), coalesce, 2, &text));
    const struct type *decimal = type_decimal(arena, 2, 1);
    const struct expr *number = NULL;
    if (!decimal) {
        return diag_no_memory(diag);
    }
    TRY(expr_literal(&build, decimal, (struct value){.decimal = 15}, &number));
    return expr_arithmetic(&build, OP_ADD, items[0], number, &made);
}

static void builders_run_out_of_memory_in_order(void **state)
{
    (void)state;
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t n = 1; status != STATUS_OK; n++) {
        struct arena arena;
        struct diag diag;
        arena_init(&arena);
        memory_fail_after(n);
        status = build_everything(&arena, &diag);
        memory_fail_after(0);
        assert_true(n < 200);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        arena_release(&arena);
    }
}

static void running_out_of_memory_is_an_ordinary_failure(void **state)
{
    (void)state;
    static const char *const expressions[] = {
        "(+ (* i 2) l)",
        "(cast (array i j) ARRAY<VARCHAR>)",
        "(call regexp_replace s '[a-z]+' '<$0>')",
        "(call regexp_extract_all '.' t)",
        "(call split t '-')",
        "(case (like s 'a%') (call ucase s) (call concat s t))",
        "(call transform a (lambda (x) (+ x j)))",
        "(map s (/ 10 j))",
    };
    for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
        walk_failures(expressions[i]);
    }
    struct arena arena; /* the walk is worth nothing if these fail for other reasons */
    arena_init(&arena);
    struct batch *batch = expr_run_batch(&arena);
    struct expr_context *context = expr_run_context(&arena);
    for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
        assert_int_equal(build_and_eval(expressions[i], &arena, batch, context), STATUS_OK);
    }
    arena_release(&arena);
    expr_run_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nulls_make_comparisons_false),
        cmocka_unit_test(truth_values_are_never_null),
        cmocka_unit_test(branches_run_only_for_their_rows),
        cmocka_unit_test(like_matches_whole_texts),
        cmocka_unit_test(failing_arguments_become_null),
        cmocka_unit_test(lambdas_see_elements_and_columns),
        cmocka_unit_test(each_failing_row_is_reported_once),
        cmocka_unit_test(nested_failures_name_the_part_that_failed),
        cmocka_unit_test(a_constant_fails_with_its_message),
        cmocka_unit_test(a_column_is_not_copied),
        cmocka_unit_test(builders_run_out_of_memory_in_order),
        cmocka_unit_test(running_out_of_memory_is_an_ordinary_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
