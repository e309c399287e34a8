/* registry_test.c: the tables themselves, lookups, the manual, and functions that users add. */
#include "tests/test.h"

#include "functions/overload.h"
#include "functions/registry.h"
#include "functions/table_function.h"

static struct arena arena;
static struct diag diag;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void every_row_is_in_order_and_has_its_manual(void **state)
{
    (void)state;
    const struct function_registry *registry = function_registry_builtin();
    for (size_t i = 0; i < registry->family_count; i++) {
        const struct function_family *family = registry->families[i];
        for (size_t at = 0; at < family->function_count; at++) {
            const struct function_def *def = &family->functions[at];
            const bool is_first = at == 0 || strcmp(family->functions[at - 1].name, def->name) != 0;
            struct signature signature;
            assert_true(at == 0 || strcmp(family->functions[at - 1].name, def->name) <= 0);
            assert_ok(signature_parse(def->parameters, def->returns, &arena, &signature, &diag),
                      &diag);
            assert_non_null(def->category);
            assert_true(def->call || def->kernel);
            if (is_first && !def->summary) {
                fail_msg("%s has no summary", def->name);
            }
        }
    }
}

static void no_name_stands_in_two_families(void **state)
{
    (void)state;
    const struct function_entry *entries = NULL;
    size_t count = 0;
    assert_ok(function_list(function_registry_builtin(), &arena, &entries, &count, &diag), &diag);
    assert_true(count > 50);
    for (size_t i = 1; i < count; i++) {
        assert_true(strcmp(entries[i - 1].name, entries[i].name) < 0);
    }
}

static void names_are_found_in_any_case(void **state)
{
    (void)state;
    const struct function_registry *registry = function_registry_builtin();
    const struct function_def *first = NULL;
    enum function_kind kind = FUNCTION_SCALAR;
    assert_int_equal(function_find(registry, TEXT("subString"), &first), 4);
    assert_string_equal(first->name, "SUBSTRING");
    assert_int_equal(function_find(registry, TEXT("substrin"), &first), 0);
    assert_int_equal(function_find(registry, TEXT("substrings"), &first), 0);
    assert_true(function_find_kind(registry, TEXT("count"), &kind));
    assert_int_equal(kind, FUNCTION_AGGREGATE);
    assert_true(function_find_kind(registry, TEXT("Explode"), &kind));
    assert_int_equal(kind, FUNCTION_TABLE);
    assert_false(function_find_kind(registry, TEXT("nosuch"), &kind));
}

static void describe_shows_each_variation(void **state)
{
    (void)state;
    struct function_manual manual;
    assert_ok(function_describe(function_registry_builtin(), TEXT("elt"), &arena, &manual, &diag),
              &diag);
    assert_string_equal(manual.name, "ELT");
    assert_string_equal(manual.category, "STRING");
    assert_int_equal(manual.variation_count, 1);
    const struct function_variation *variation = &manual.variations[0];
    assert_int_equal(variation->argument_count, 2);
    assert_string_equal(variation->arguments[0].type.data, "INT");
    assert_true(text_equal(variation->arguments[1].name, TEXT("args")));
    assert_true(text_starts_with(variation->arguments[1].description, TEXT("The texts to")));
    assert_true(variation->arguments[1].is_variadic);
    assert_string_equal(variation->returns.data, "VARCHAR");
    assert_int_equal(
        function_describe(function_registry_builtin(), TEXT("nosuch"), &arena, &manual, &diag),
        STATUS_MISSING);
}

static enum status call_nothing(struct function_call *call, const struct value *args,
                                struct value *out)
{
    (void)call;
    (void)args;
    *out = VALUE_NULL;
    return STATUS_OK;
}

static enum status extend(const struct function_def *functions, size_t count,
                          const struct function_registry **out)
{
    struct function_family *family = ARENA_NEW(&arena, struct function_family);
    const struct function_family **families = arena_array(&arena, 1, sizeof(*families));
    *family = (struct function_family){.functions = functions, .function_count = count};
    families[0] = family;
    return function_registry_extend(function_registry_builtin(), families, 1, &arena, out, &diag);
}

static void users_can_add_functions(void **state)
{
    (void)state;
    static const struct function_def good[] = {
        {.name = "MINE", .parameters = "INT x", .returns = "INT", .call = call_nothing},
        {.name = "MINE", .parameters = "STRUCT<A INT> x", .returns = "INT", .call = call_nothing},
    };
    const struct function_registry *registry = NULL;
    const struct function_def *first = NULL;
    assert_ok(extend(good, 2, &registry), &diag);
    assert_int_equal(function_find(registry, TEXT("mine"), &first), 2);
    assert_int_equal(function_find(registry, TEXT("len"), &first), 2);
}

static void bad_functions_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct function_def def;
        enum status status;
    } cases[] = {
        {{.name = "LEN", .parameters = "", .returns = "INT"}, STATUS_CONFLICT},
        {{.name = "COUNT", .parameters = "", .returns = "INT"}, STATUS_CONFLICT},
        {{.name = "1X", .parameters = "", .returns = "INT"}, STATUS_INVALID},
        {{.name = "lower", .parameters = "", .returns = "INT"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "INTS x", .returns = "INT"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "ARRAY<INT x", .returns = "INT"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "MAP<INT> x", .returns = "INT"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "INT x,", .returns = "INT"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "", .returns = "DECIMAL(2, 3)"}, STATUS_INVALID},
        {{.name = "MINE", .parameters = "", .returns = "LAMBDA (T"}, STATUS_INVALID},
        {{.name = "MINE",
          .parameters = "ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<"
                        "ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<INT>>>>>>>>>>>>>>>>> x",
          .returns = "INT"},
         STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct function_registry *registry = NULL;
        assert_int_equal(extend(&cases[i].def, 1, &registry), cases[i].status);
    }
}

static void one_name_is_one_kind_of_function(void **state)
{
    (void)state;
    static const struct function_def scalar[] = {
        {.name = "MINE", .parameters = "", .returns = "INT", .call = call_nothing}};
    static const struct aggregate_def aggregate[] = {
        {.name = "MINE", .parameters = "", .returns = "INT"}};
    static const struct function_family both = {
        .functions = scalar, .function_count = 1, .aggregates = aggregate, .aggregate_count = 1};
    static const struct function_family one = {.functions = scalar, .function_count = 1};
    static const struct function_family other = {.aggregates = aggregate, .aggregate_count = 1};
    const struct function_family *inside[] = {&both};
    const struct function_family *across[] = {&one, &other};
    const struct function_registry *registry = NULL;
    assert_int_equal(
        function_registry_extend(function_registry_builtin(), inside, 1, &arena, &registry, &diag),
        STATUS_CONFLICT);
    assert_int_equal(
        function_registry_extend(function_registry_builtin(), across, 2, &arena, &registry, &diag),
        STATUS_CONFLICT);
    assert_non_null(strstr(diag.message, "A scalar, aggregate and table function may not share a"));
}

static void signatures_of_all_kinds_are_checked(void **state)
{
    (void)state;
    static const struct aggregate_def aggregates[] = {
        {.name = "MINE", .parameters = "INTS x", .returns = "INT"},
        {.name = "MINE", .parameters = "INT x", .returns = "INT", .literal_parameter_count = 2},
    };
    static const struct table_function_def tables[] = {
        {.name = "MINE", .parameters = "INT x", .returns = "INTS"}};
    const struct function_family families[] = {
        {.aggregates = aggregates, .aggregate_count = 1},
        {.aggregates = aggregates + 1, .aggregate_count = 1},
        {.tables = tables, .table_count = 1},
    };
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        const struct function_family *family[] = {&families[i]};
        const struct function_registry *registry = NULL;
        assert_int_equal(function_registry_extend(function_registry_builtin(), family, 1, &arena,
                                                  &registry, &diag),
                         STATUS_INVALID);
        assert_non_null(strstr(diag.message, "\"MINE\""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_is_in_order_and_has_its_manual, setup, teardown),
        cmocka_unit_test_setup_teardown(no_name_stands_in_two_families, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_found_in_any_case, setup, teardown),
        cmocka_unit_test_setup_teardown(describe_shows_each_variation, setup, teardown),
        cmocka_unit_test_setup_teardown(users_can_add_functions, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_functions_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(one_name_is_one_kind_of_function, setup, teardown),
        cmocka_unit_test_setup_teardown(signatures_of_all_kinds_are_checked, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
