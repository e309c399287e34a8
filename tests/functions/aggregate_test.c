/* aggregate_test.c: each aggregate function by example. A case is a list of steps: "+row" adds,
 * "-row" undoes, "=value" is what the group gives then. Every step also runs on a second group
 * that is saved and loaded again before it. */
#include "tests/test.h"

#include "functions/registry.h"
#include "tests/functions/aggregate_run.h"
#include "tests/functions/notation.h"

enum { STEPS_MAX = 16 };

struct aggregate_case {
    const char *name;
    const char *types;
    const char *literal_types;
    const char *literals;
    const char *result_type;
    const char *steps[STEPS_MAX];
};

static const struct aggregate_case cases[] = {
    {"COUNT",
     "VARCHAR",
     "",
     "",
     "BIGINT",
     {"=0", "+'a'", "+NULL", "+'a'", "=2", "-'a'", "-NULL", "=1"}},
    {"SUM",
     "INT",
     "",
     "",
     "INT",
     {"=0", "+5", "+NULL", "=5", "+2147483647", "=-2147483644", "-5", "=2147483647"}},
    {"SUM", "BIGINT", "", "", "BIGINT", {"+9223372036854775807", "+1", "=-9223372036854775808"}},
    {"SUM", "DOUBLE", "", "", "DOUBLE", {"+5.5", "+100.25", "=105.75", "-5.5", "=100.25"}},
    {"SUM",
     "DECIMAL(4, 2)",
     "",
     "",
     "DECIMAL(4, 2)",
     {"=0.00", "+1.25", "+NULL", "+3.75", "=5.00", "-1.25", "=3.75"}},
    {"SUM_LIST",
     "ARRAY<BIGINT>",
     "",
     "",
     "BIGINT",
     {"+[1, NULL, 2]", "+NULL", "+[]", "=3", "-[2]", "=1"}},
    {"SUM_LIST", "ARRAY<INT>", "", "", "INT", {"+[2147483647, 1]", "=-2147483648"}},
    {"SUM_LIST", "ARRAY<DOUBLE>", "", "", "DOUBLE", {"+[0.5, 0.25]", "=0.75"}},
    {"AVG",
     "INT",
     "",
     "",
     "DOUBLE",
     {"=0.0", "+1", "+NULL", "+2", "=1.5", "-1", "=2.0", "+2147483647", "=-1.0737418235E9"}},
    {"AVG",
     "BIGINT",
     "",
     "",
     "DOUBLE",
     {"+4611686018427387904", "+4611686018427387904", "=-4.611686018427388E18"}},
    {"AVG", "DOUBLE", "", "", "DOUBLE", {"+1.5", "+2.5", "=2.0", "-1.5", "-2.5", "=0.0"}},
    {"MIN",
     "INT",
     "",
     "",
     "INT",
     {"=NULL", "+NULL", "=NULL", "+3", "+-2147483648", "+7", "=-2147483648"}},
    {"MAX",
     "BIGINT",
     "",
     "",
     "BIGINT",
     {"+-3", "=-3", "+9223372036854775807", "+7", "=9223372036854775807"}},
    {"MAX",
     "DOUBLE",
     "",
     "",
     "DOUBLE",
     {"+-0.0", "=-0.0", "+0.0", "=0.0", "+NaN", "=NaN", "+Infinity", "=NaN"}},
    {"MIN",
     "DOUBLE",
     "",
     "",
     "DOUBLE",
     {"+NaN", "=NaN", "+0.0", "+-0.0", "=-0.0", "+-Infinity", "=-Infinity"}},
    {"MAX", "DECIMAL(6, 2)", "", "", "DECIMAL(6, 2)", {"+1.50", "+12.25", "+-3.00", "=12.25"}},
    {"MIN", "VARCHAR", "", "", "VARCHAR", {"+'b'", "+'abc'", "+'a'", "+''", "=''", "+'z'", "=''"}},
    {"MAX", "VARCHAR", "", "", "VARCHAR", {"+''", "=''", "+'b'", "+'abc'", "+'ba'", "='ba'"}},
    {"MAX", "BYTES", "", "", "BYTES", {"+x'01'", "+x'FF'", "=x'01'", "+x'0100'", "=x'0100'"}},
    {"MIN", "DATE", "", "", "DATE", {"+100", "+-7", "=-7"}},
    {"MAX", "TIME", "", "", "TIME", {"+100", "+7", "=100"}},
    {"MAX", "TIMESTAMP", "", "", "TIMESTAMP", {"+100", "+7", "=100"}},
    {"STDDEV_SAMP",
     "INT",
     "",
     "",
     "DOUBLE",
     {"=0.0", "+0", "=0.0", "+10", "=50.0", "+NULL", "+7", "=26.333333333333332", "+6",
      "=17.583333333333332", "-7", "=25.333333333333332"}},
    {"STDDEV_SAMP", "BIGINT", "", "", "DOUBLE", {"+2147483648", "+100", "=2.3058427944653343E18"}},
    {"STDDEV_SAMP", "DOUBLE", "", "", "DOUBLE", {"+-1.8", "+2.3", "=8.405"}},
    {"STDDEV_SAMPLE",
     "INT",
     "",
     "",
     "DOUBLE",
     {"+0", "+10", "=7.0710678118654755", "+7", "=5.131601439446884", "+6", "=4.193248541803041"}},
    {"STDDEV_SAMPLE",
     "DOUBLE",
     "",
     "",
     "DOUBLE",
     {"+10.0", "+12.0", "=1.4142135623730951", "+13.0", "=1.5275252316519465"}},
    {"STDDEV_SAMPLE",
     "BIGINT",
     "",
     "",
     "DOUBLE",
     {"+1", "+3", "=1.4142135623730951", "-3", "=0.0"}},
    {"CORRELATION",
     "INT, INT",
     "",
     "",
     "DOUBLE",
     {"=NaN", "+1, 8", "=NaN", "+-1, -2", "=1.0", "+-4, -1", "=0.7455284088780169", "+NULL, 1",
      "=0.7455284088780169", "--4, -1", "=1.0"}},
    {"CORRELATION", "DOUBLE, DOUBLE", "", "", "DOUBLE", {"+1.0, 2.0", "+2.0, 4.0", "=1.0"}},
    {"CORRELATION", "BIGINT, BIGINT", "", "", "DOUBLE", {"+1, 4", "+2, 2", "=-1.0"}},
    {"COLLECT_LIST",
     "INT",
     "",
     "",
     "ARRAY<INT>",
     {"=[]", "+1", "+NULL", "+2", "+1", "=[1, NULL, 2, 1]", "-1", "=[1, NULL, 2]", "-9",
      "=[1, NULL, 2]", "-NULL", "=[1, 2]"}},
    {"COLLECT_LIST",
     "ARRAY<MAP<VARCHAR, DOUBLE>>",
     "",
     "",
     "ARRAY<ARRAY<MAP<VARCHAR, DOUBLE>>>",
     {"+[{'a': 1.5}, NULL]", "+NULL", "=[[{'a': 1.5}, NULL], NULL]"}},
    {"COLLECT_SET",
     "VARCHAR",
     "",
     "",
     "ARRAY<VARCHAR>",
     {"=[]", "+'b'", "+NULL", "+'a'", "+'b'", "+NULL", "=['b', NULL, 'a']"}},
    {"COLLECT_SET",
     "DOUBLE",
     "",
     "",
     "ARRAY<DOUBLE>",
     {"+0.0", "+-0.0", "+NaN", "+NaN", "=[0.0, -0.0, NaN]"}},
    {"COLLECT_SET",
     "ARRAY<MAP<VARCHAR, INT>>",
     "",
     "",
     "ARRAY<ARRAY<MAP<VARCHAR, INT>>>",
     {"+[{'b': 1, 'a': 2}]", "+[{'a': 2, 'b': 1}]", "+[NULL]", "=[[{'a': 2, 'b': 1}], [NULL]]"}},
    {"COLLECT_LIST",
     "STRUCT<M MAP<VARCHAR, INT>, I INT>",
     "",
     "",
     "ARRAY<STRUCT<M MAP<VARCHAR, INT>, I INT>>",
     {"+[{'b': 1, 'a': 2}, 7]", "-[{'a': 2, 'b': 1}, 7]", "=[]"}},
    {"HISTOGRAM",
     "VARCHAR",
     "",
     "",
     "MAP<VARCHAR, BIGINT>",
     {"={}", "+'a'", "+'b'", "+'a'", "={'a': 2, 'b': 1}", "-'b'", "-'c'", "={'a': 2}", "+NULL",
      "={'a': 2, 'null': 1}"}},
    {"TOPK",
     "INT",
     "INT",
     "3",
     "ARRAY<INT>",
     {"=[]", "+0", "+NULL", "+100", "+99", "=[100, 99, 0]", "+7", "=[100, 99, 7]", "+100",
      "=[100, 100, 99]"}},
    {"TOPK", "DOUBLE", "INT", "1", "ARRAY<DOUBLE>", {"+1.5", "+2.5", "+0.5", "=[2.5]"}},
    {"TOPK",
     "BIGINT, VARCHAR",
     "INT",
     "2",
     "ARRAY<STRUCT<sort_col BIGINT, col0 VARCHAR>>",
     {"+1, 'a'", "+1, 'b'", "+0, 'c'", "=[[1, 'a'], [1, 'b']]", "+2, NULL",
      "=[[2, NULL], [1, 'a']]", "+NULL, 'x'", "=[[2, NULL], [1, 'a']]"}},
    {"TOPK",
     "VARCHAR, ARRAY<INT>, DECIMAL(4, 1)",
     "INT",
     "2",
     "ARRAY<STRUCT<sort_col VARCHAR, col0 ARRAY<INT>, col1 DECIMAL(4, 1)>>",
     {"+'a', [1, 2], 1.5", "+'b', NULL, NULL", "=[['b', NULL, NULL], ['a', [1, 2], 1.5]]"}},
    {"TOPKDISTINCT",
     "INT",
     "INT",
     "3",
     "ARRAY<INT>",
     {"+0", "+100", "+99", "+7", "+100", "+NULL", "+7", "=[100, 99, 7]"}},
    {"TOPKDISTINCT",
     "BYTES",
     "INT",
     "2",
     "ARRAY<BYTES>",
     {"+x'42'", "+x'46'", "+x'46'", "+x'47'", "=[x'47', x'46']"}},
    {"TOPKDISTINCT",
     "DECIMAL(2, 1)",
     "INT",
     "2",
     "ARRAY<DECIMAL(2, 1)>",
     {"+9.8", "+8.9", "+9.9", "=[9.9, 9.8]"}},
    {"EARLIEST_BY_OFFSET", "INT", "", "", "INT", {"=NULL", "+NULL", "=NULL", "+12", "+13", "=12"}},
    {"EARLIEST_BY_OFFSET", "INT", "BOOLEAN", "false", "INT", {"+NULL", "=NULL", "+13", "=NULL"}},
    {"EARLIEST_BY_OFFSET",
     "INT",
     "INT",
     "2",
     "ARRAY<INT>",
     {"=[]", "+12", "+NULL", "+13", "+14", "=[12, 13]"}},
    {"EARLIEST_BY_OFFSET",
     "INT",
     "INT, BOOLEAN",
     "2, false",
     "ARRAY<INT>",
     {"+12", "+NULL", "+13", "=[12, NULL]"}},
    {"LATEST_BY_OFFSET",
     "VARCHAR",
     "",
     "",
     "VARCHAR",
     {"=NULL", "+'a'", "+NULL", "='a'", "+'long enough to need more room'",
      "='long enough to need more room'", "+''", "=''"}},
    {"LATEST_BY_OFFSET", "INT", "BOOLEAN", "false", "INT", {"+1", "+NULL", "=NULL"}},
    {"LATEST_BY_OFFSET",
     "STRUCT<A VARCHAR, B BIGINT>",
     "INT",
     "2",
     "ARRAY<STRUCT<A VARCHAR, B BIGINT>>",
     {"+['a', 1]", "+['b', NULL]", "+NULL", "+['c', 3]", "=[['b', NULL], ['c', 3]]"}},
    {"LATEST_BY_OFFSET",
     "INT",
     "INT, BOOLEAN",
     "2, false",
     "ARRAY<INT>",
     {"+1", "+NULL", "+3", "=[NULL, 3]"}},
    {"ATTR",
     "VARCHAR",
     "",
     "",
     "VARCHAR",
     {"=NULL", "+'1'", "='1'", "+'1'", "='1'", "+'2'", "=NULL", "-'1'", "-'1'", "='2'"}},
    {"ATTR",
     "ARRAY<INT>",
     "",
     "",
     "ARRAY<INT>",
     {"+[1, 2]", "+[1, 2]", "=[1, 2]", "+NULL", "=NULL", "-NULL", "=[1, 2]"}},
    {"COUNT_DISTINCT",
     "VARCHAR",
     "",
     "",
     "BIGINT",
     {"=0", "+'one'", "+'two'", "+'one'", "+NULL", "=2"}},
    {"COUNT_DISTINCT",
     "MAP<VARCHAR, INT>",
     "",
     "",
     "BIGINT",
     {"+{'a': 1, 'b': 2}", "+{'b': 2, 'a': 1}", "=1"}},
    {"COUNT_DISTINCT", "ARRAY<INT>", "", "", "BIGINT", {"+[1]", "+[2]", "+[1]", "=2"}},
};

static struct arena arena;
static struct diag diag;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    diag_reset(&diag);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void check_result(const struct aggregate_case *test, const struct aggregate *aggregate,
                         const void *state, const char *expected)
{
    const char *result = aggregate_run_result(aggregate, &arena, state);
    if (strcmp(result, expected) != 0) {
        fail_msg("%s(%s): %s instead of %s", test->name, test->types, result, expected);
    }
}

static void run_case(const struct aggregate_case *test)
{
    int64_t order = 0;
    struct aggregate aggregate =
        aggregate_run_resolve(&arena, test->name, test->types, test->literal_types, test->literals);
    aggregate.order = &order;
    assert_true(type_equal(aggregate.result_type, notation_type(&arena, test->result_type)));
    void *group = aggregate_run_create(&aggregate);
    void *reloaded = aggregate_run_create(&aggregate);
    for (int i = 0; i < STEPS_MAX && test->steps[i]; i++) {
        const char *step = test->steps[i];
        if (step[0] == '=') {
            check_result(test, &aggregate, group, step + 1);
            check_result(test, &aggregate, reloaded, step + 1);
            continue;
        }
        void *next = aggregate_run_reload(&aggregate, &arena, reloaded);
        aggregate_run_drop(&aggregate, reloaded);
        reloaded = next;
        aggregate_run_step(&aggregate, &arena, group, step);
        aggregate_run_step(&aggregate, &arena, reloaded, step);
    }
    aggregate_run_drop(&aggregate, group);
    aggregate_run_drop(&aggregate, reloaded);
}

static void every_function_gives_what_its_case_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run_case(&cases[i]);
    }
}

static enum status resolve(const char *name, const char *types, uint32_t literal_count)
{
    static const struct value literal = {.int32 = 0};
    const struct type *all[8];
    const struct value *literals[8] = {NULL};
    const struct text texts[8] = {TEXT("A"), TEXT("B"), TEXT("(C + 1)")};
    const uint32_t count = notation_types(&arena, types, all, 8);
    for (uint32_t i = count - literal_count; i < count; i++) {
        literals[i] = &literal;
    }
    struct aggregate aggregate;
    return aggregate_resolve(function_registry_builtin(), NULL, text_of(name), all, literals, texts,
                             count, &arena, &aggregate, &diag);
}

static void bad_calls_are_refused_in_ksqldb_words(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *types;
        uint32_t literal_count;
        const char *message;
    } bad[] = {
        {"EARLIEST_BY_OFFSET", "INT, INT", 0,
         "Parameter 2 passed to function EARLIEST_BY_OFFSET must be a literal constant, but was "
         "expression: 'B'"},
        {"TOPK", "INT, VARCHAR, INT", 0,
         "Parameter 3 passed to function TOPK must be a literal constant, but was expression: "
         "'(C + 1)'"},
        {"EARLIEST_BY_OFFSET", "INT, INT", 1, "earliestN must be 1 or greater"},
        {"LATEST_BY_OFFSET", "INT, INT, BOOLEAN", 2, "latestN must be 1 or greater"},
        {"TOPK", "INT, INT", 1, "TOPK: k must be 1 or greater"},
        {"AVG", "DECIMAL(4, 2)", 0,
         "Function 'avg' does not accept parameters (DECIMAL(4, 2)).\n"
         "Valid alternatives are:\navg(BIGINT val1)\navg(INT val1)\navg(DOUBLE val1)\n"
         "For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;"},
        {"ATTR", "NULL", 0,
         "Function 'ATTR' does not accept NULL as parameter 1. Use CAST() to give it a type."},
        {"NO_SUCH", "INT", 0, "Can't find any functions with the name 'NO_SUCH'"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(resolve(bad[i].name, bad[i].types, bad[i].literal_count), STATUS_INVALID);
        assert_string_equal(diag.message, bad[i].message);
    }
}

static void a_decimal_sum_that_overflows_says_so_and_stays(void **state)
{
    (void)state;
    struct aggregate aggregate = aggregate_run_resolve(&arena, "SUM", "DECIMAL(3, 2)", "", "");
    void *group = aggregate_run_create(&aggregate);
    aggregate_run_step(&aggregate, &arena, group, "+9.99");
    const struct value more = notation_value(&arena, aggregate.argument_types[0], "0.01");
    assert_int_equal(aggregate.def->add(&aggregate, group, &more, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "Numeric field overflow: A field with precision 3 and scale "
                                      "2 must round to an absolute value less than 10^1. Got 10.0");
    assert_string_equal(aggregate_run_result(&aggregate, &arena, group), "9.99");
    aggregate_run_drop(&aggregate, group);
}

static void damaged_saved_states_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *types;
        const char *saved;
    } damaged[] = {
        {"COUNT", "INT", "NULL"},         {"SUM", "INT", "NULL"},
        {"AVG", "INT", "[1, NULL]"},      {"STDDEV_SAMP", "INT", "NULL"},
        {"COLLECT_LIST", "INT", "NULL"},  {"HISTOGRAM", "VARCHAR", "{'a': NULL}"},
        {"ATTR", "INT", "[[1, NULL]]"},   {"LATEST_BY_OFFSET", "INT", "[NULL, 1]"},
        {"COUNT_DISTINCT", "INT", "[1]"},
    };
    for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        struct aggregate aggregate =
            aggregate_run_resolve(&arena, damaged[i].name, damaged[i].types, "", "");
        const struct value saved = notation_value(&arena, aggregate.state_type, damaged[i].saved);
        void *group = aggregate_run_create(&aggregate);
        assert_int_equal(aggregate.def->load(&aggregate, &saved, group, &diag), STATUS_CORRUPT);
        aggregate_run_drop(&aggregate, group);
    }
}

static void only_some_aggregates_work_on_tables(void **state)
{
    (void)state;
    static const char *const streams_only[] = {"MIN",
                                               "MAX",
                                               "TOPK",
                                               "TOPKDISTINCT",
                                               "COLLECT_SET",
                                               "COUNT_DISTINCT",
                                               "EARLIEST_BY_OFFSET",
                                               "LATEST_BY_OFFSET"};
    for (size_t i = 0; i < sizeof(streams_only) / sizeof(streams_only[0]); i++) {
        const struct aggregate_def *def = NULL;
        assert_true(function_find_aggregate(function_registry_builtin(), text_of(streams_only[i]),
                                            &def) > 0);
        assert_null(def->undo);
    }
    assert_true(aggregate_exists(function_registry_builtin(), TEXT("count")));
    assert_false(aggregate_exists(function_registry_builtin(), TEXT("EXPLODE")));
}

/* --- User-defined aggregates with variadic parameters ------------------------------------ */

static enum status text_resolve(struct aggregate *aggregate, struct arena *unused,
                                struct diag *unused_diag)
{
    (void)unused;
    (void)unused_diag;
    aggregate->state_type = aggregate->result_type;
    aggregate->state_bytes = 16;
    return STATUS_OK;
}

static const struct aggregate_def user_table[] = {
    {.name = "MID_VAR_ARG",
     .parameters = "BIGINT val1, VARCHAR... val2, INT init1, INT init2",
     .literal_parameter_count = 2,
     .returns = "BIGINT",
     .resolve = text_resolve},
    {.name = "MULTI_ARG",
     .parameters = "BIGINT val1, VARCHAR val2, INT init, VARCHAR... inits",
     .literal_parameter_count = 2,
     .returns = "BIGINT",
     .resolve = text_resolve},
    {.name = "VAR_ARG",
     .parameters = "BIGINT val1, VARCHAR... val2",
     .returns = "BIGINT",
     .resolve = text_resolve},
};
static const struct function_family user_family = {.aggregates = user_table, .aggregate_count = 3};

static void variadic_arguments_are_divided_into_columns_and_literals(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *types;
        uint32_t literal_count; /* of the arguments, from the end */
        const char *message;    /* or NULL */
    } calls[] = {
        {"VAR_ARG", "BIGINT, VARCHAR, VARCHAR", 0, NULL},
        {"VAR_ARG", "BIGINT", 0, NULL},
        {"VAR_ARG", "BIGINT, INT", 0, "Function 'VAR_ARG' does not accept parameters (BIGINT, "},
        {"MID_VAR_ARG", "BIGINT, VARCHAR, VARCHAR, INT, INT", 2, NULL},
        {"MID_VAR_ARG", "BIGINT, INT, INT", 2, NULL},
        {"MID_VAR_ARG", "BIGINT, INT, INT, INT", 3,
         "Function 'MID_VAR_ARG' does not accept parameters (BIGINT, INTEGER, INTEGER, INTEGER)."},
        {"MULTI_ARG", "BIGINT, VARCHAR, INT", 1, NULL},
        {"MULTI_ARG", "BIGINT, VARCHAR, INT, VARCHAR, VARCHAR", 3, NULL},
        {"MULTI_ARG", "BIGINT, VARCHAR", 0, "Function 'MULTI_ARG' does not accept parameters ("},
    };
    const struct function_family *families[] = {&user_family};
    const struct function_registry *registry = NULL;
    assert_ok(function_registry_extend(function_registry_builtin(), families, 1, &arena, &registry,
                                       &diag),
              &diag);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        static const struct value literal = {.int32 = 1};
        const struct type *types[8];
        const struct value *literals[8] = {NULL};
        const struct text texts[8] = {{NULL, 0}};
        struct aggregate aggregate;
        const uint32_t count = notation_types(&arena, calls[i].types, types, 8);
        for (uint32_t at = count - calls[i].literal_count; at < count; at++) {
            literals[at] = &literal;
        }
        const enum status status =
            aggregate_resolve(registry, NULL, text_of(calls[i].name), types, literals, texts, count,
                              &arena, &aggregate, &diag);
        assert_int_equal(status, calls[i].message ? STATUS_INVALID : STATUS_OK);
        if (calls[i].message) {
            assert_memory_equal(diag.message, calls[i].message, strlen(calls[i].message));
        } else {
            assert_int_equal(aggregate.constant_count, calls[i].literal_count);
            assert_int_equal(aggregate.argument_count, count - calls[i].literal_count);
        }
    }
}

/* One setting: context is its name, "=" and its value. */
static struct text find_setting(void *context, struct text name)
{
    const char *setting = context;
    const bool is_it = text_starts_with(text_of(setting), name) && setting[name.bytes] == '=';
    return is_it ? text_of(setting + name.bytes + 1) : (struct text){NULL, 0};
}

static void a_setting_of_the_function_limits_what_it_collects(void **state)
{
    (void)state;
    static const struct {
        const char *setting;
        enum status status;
        int64_t limit;
    } limits[] = {
        {"ksql.functions.collect_list.limit=3", STATUS_OK, 3},
        {"ksql.functions._global_.limit=4", STATUS_OK, 4},
        {"ksql.functions.collect_set.limit=3", STATUS_OK, INT32_MAX},
        {"ksql.functions.collect_list.limit=-1", STATUS_OK, INT32_MAX},
        {"ksql.functions.collect_list.limit=many", STATUS_INVALID, 0},
    };
    const struct type *type = type_of(TYPE_INTEGER);
    const struct value *literal = NULL;
    const struct text text = TEXT("A");
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        char setting[64];
        (void)snprintf(setting, sizeof(setting), "%s", limits[i].setting);
        const struct function_settings settings = {find_setting, setting};
        struct aggregate aggregate;
        assert_int_equal(aggregate_resolve(function_registry_builtin(), &settings,
                                           TEXT("COLLECT_LIST"), &type, &literal, &text, 1, &arena,
                                           &aggregate, &diag),
                         limits[i].status);
        if (limits[i].status == STATUS_OK) {
            assert_int_equal(aggregate.limit, limits[i].limit);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_function_gives_what_its_case_says, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_calls_are_refused_in_ksqldb_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_decimal_sum_that_overflows_says_so_and_stays, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(damaged_saved_states_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(variadic_arguments_are_divided_into_columns_and_literals,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(only_some_aggregates_work_on_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(a_setting_of_the_function_limits_what_it_collects, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
