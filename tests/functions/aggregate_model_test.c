/* aggregate_model_test.c: accumulators against naive models, and the properties that all share.
 *
 * A model keeps every value of a group and computes the result afresh. Random adds, undos,
 * merges and reloads must never make an accumulator differ from it; adding rows in columns must
 * equal adding them one by one; and an allocation that fails must fail one call only. */
#include "tests/test.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "tests/functions/aggregate_run.h"
#include "tests/functions/notation.h"

enum { VALUES_MAX = 400, NULL_VALUE = INT32_MIN };

/* The values of a group in order of arrival; NULL_VALUE for NULL. */
struct model {
    int32_t values[VALUES_MAX];
    uint32_t count;
};

struct model_case {
    const char *name;
    const char *literal_types;
    const char *literals;
    const char *type; /* the column's: INT, or VARCHAR for the same numbers as texts */
    void (*print)(const struct model *model, struct buffer *out);
};

static struct arena arena;
static struct diag diag;
static uint64_t seed;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    seed = 42;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33) % limit;
}

static uint32_t present(const struct model *model, int32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < model->count; i++) {
        if (model->values[i] != NULL_VALUE) {
            out[count++] = model->values[i];
        }
    }
    return count;
}

static int compare_descending(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a;
    const int32_t y = *(const int32_t *)b;
    return (x < y) - (x > y);
}

static void print_list(const int32_t *values, uint32_t count, struct buffer *out)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        if (values[i] == NULL_VALUE) {
            buffer_append_string(out, "NULL");
        } else {
            buffer_printf(out, "%d", values[i]);
        }
    }
    buffer_append_byte(out, ']');
}

static uint32_t distinct(const int32_t *values, uint32_t count, int32_t *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;
        while (at < kept && out[at] != values[i]) {
            at++;
        }
        if (at == kept) {
            out[kept++] = values[i];
        }
    }
    return kept;
}

static void print_count(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    buffer_printf(out, "%u", present(model, values));
}

static void print_sum(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    int32_t sum = 0;
    const uint32_t count = present(model, values);
    for (uint32_t i = 0; i < count; i++) {
        sum += values[i];
    }
    buffer_printf(out, "%d", sum);
}

static void print_top(const struct model *model, uint32_t places, bool is_distinct,
                      struct buffer *out)
{
    int32_t values[VALUES_MAX];
    int32_t kept[VALUES_MAX];
    uint32_t count = present(model, values);
    if (is_distinct) {
        count = distinct(values, count, kept);
        memcpy(values, kept, sizeof(values));
    }
    qsort(values, count, sizeof(values[0]), compare_descending);
    print_list(values, count < places ? count : places, out);
}

static void print_top3(const struct model *model, struct buffer *out)
{
    print_top(model, 3, false, out);
}

static void print_top20_distinct(const struct model *model, struct buffer *out)
{
    print_top(model, 20, true, out);
}

static void print_max(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    const uint32_t count = present(model, values);
    qsort(values, count, sizeof(values[0]), compare_descending);
    buffer_printf(out, count ? "%d" : "NULL", values[0]);
}

static void print_min(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    const uint32_t count = present(model, values);
    qsort(values, count, sizeof(values[0]), compare_descending);
    buffer_printf(out, count ? "%d" : "NULL", count ? values[count - 1] : 0);
}

static void print_all(const struct model *model, struct buffer *out)
{
    print_list(model->values, model->count, out);
}

static void print_set(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    print_list(values, distinct(model->values, model->count, values), out);
}

static void print_attr(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    const bool is_single = distinct(model->values, model->count, values) == 1;
    if (is_single && values[0] != NULL_VALUE) {
        buffer_printf(out, "%d", values[0]);
    } else {
        buffer_append_string(out, "NULL");
    }
}

static void print_latest(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    const uint32_t count = present(model, values);
    buffer_printf(out, count ? "%d" : "NULL", count ? values[count - 1] : 0);
}

static void print_earliest5(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    const uint32_t count = present(model, values);
    print_list(values, count < 5 ? count : 5, out);
}

static void print_count_distinct(const struct model *model, struct buffer *out)
{
    int32_t values[VALUES_MAX];
    int32_t kept[VALUES_MAX];
    const uint32_t count = present(model, values);
    buffer_printf(out, "%u", distinct(values, count, kept));
}

static const struct model_case models[] = {
    {"COUNT", "", "", "INT", print_count},
    {"SUM", "", "", "INT", print_sum},
    {"MIN", "", "", "INT", print_min},
    {"MAX", "", "", "INT", print_max},
    {"TOPK", "INT", "3", "INT", print_top3},
    {"TOPKDISTINCT", "INT", "20", "INT", print_top20_distinct},
    {"COLLECT_LIST", "", "", "INT", print_all},
    {"COLLECT_SET", "", "", "INT", print_set},
    {"ATTR", "", "", "INT", print_attr},
    {"LATEST_BY_OFFSET", "", "", "INT", print_latest},
    {"EARLIEST_BY_OFFSET", "INT", "5", "INT", print_earliest5},
    {"COUNT_DISTINCT", "", "", "INT", print_count_distinct},
};

static const char *step_text(char sign, int32_t value, char *out, size_t out_bytes)
{
    if (value == NULL_VALUE) {
        snprintf(out, out_bytes, "%cNULL", sign);
    } else {
        snprintf(out, out_bytes, "%c%d", sign, value);
    }
    return out;
}

static void model_remove_last(struct model *model, int32_t value)
{
    uint32_t at = model->count - 1;
    while (model->values[at] != value) {
        at--;
    }
    memmove(&model->values[at], &model->values[at + 1],
            (model->count - 1 - at) * sizeof(model->values[0]));
    model->count--;
}

static void add_random(const struct aggregate *aggregate, void *group, struct model *model)
{
    char text[32];
    const uint32_t draw = random_below(40);
    const int32_t value = draw == 0 ? NULL_VALUE : (int32_t)draw - 15;
    model->values[model->count++] = value;
    aggregate_run_step(aggregate, &arena, group, step_text('+', value, text, sizeof(text)));
}

static void undo_random(const struct aggregate *aggregate, void *group, struct model *model)
{
    char text[32];
    const int32_t value = model->values[random_below(model->count)];
    model_remove_last(model, value);
    aggregate_run_step(aggregate, &arena, group, step_text('-', value, text, sizeof(text)));
}

/* A second group of a few values is filled after the first and merged into it. */
static void merge_random(const struct aggregate *aggregate, void *group, struct model *model)
{
    void *other = aggregate_run_create(aggregate);
    for (uint32_t i = random_below(5); i > 0; i--) {
        add_random(aggregate, other, model);
    }
    assert_ok(aggregate->def->merge(aggregate, group, other, &diag), &diag);
    aggregate_run_drop(aggregate, other);
}

static void check_model(const struct model_case *test, const struct aggregate *aggregate,
                        const void *group, const struct model *model)
{
    struct buffer expected;
    buffer_init(&expected);
    test->print(model, &expected);
    buffer_append_byte(&expected, '\0');
    const char *result = aggregate_run_result(aggregate, &arena, group);
    if (strcmp(result, expected.data) != 0) {
        fail_msg("%s after %u values: %s instead of %s", test->name, model->count, result,
                 expected.data);
    }
    buffer_release(&expected);
}

static void run_model(const struct model_case *test)
{
    int64_t order = 0;
    struct model model = {.count = 0};
    struct aggregate aggregate =
        aggregate_run_resolve(&arena, test->name, test->type, test->literal_types, test->literals);
    aggregate.order = &order;
    void *group = aggregate_run_create(&aggregate);
    for (int step = 0; step < 250 && model.count + 8 < VALUES_MAX; step++) {
        const uint32_t action = random_below(10);
        if (action < 6 || (action < 8 && model.count == 0)) {
            add_random(&aggregate, group, &model);
        } else if (action < 8 && aggregate.def->undo) {
            undo_random(&aggregate, group, &model);
        } else if (action == 8) {
            merge_random(&aggregate, group, &model);
        } else {
            void *loaded = aggregate_run_reload(&aggregate, &arena, group);
            aggregate_run_drop(&aggregate, group);
            group = loaded;
        }
        check_model(test, &aggregate, group, &model);
    }
    aggregate_run_drop(&aggregate, group);
}

static void accumulators_never_differ_from_their_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        run_model(&models[i]);
        arena_reset(&arena);
    }
}

static void long_lists_find_their_items(void **state)
{
    (void)state;
    struct aggregate set = aggregate_run_resolve(&arena, "COLLECT_SET", "INT", "", "");
    struct aggregate histogram = aggregate_run_resolve(&arena, "HISTOGRAM", "VARCHAR", "", "");
    void *numbers = aggregate_run_create(&set);
    void *counts = aggregate_run_create(&histogram);
    char text[32];
    for (int32_t i = 0; i < 6000; i++) {
        aggregate_run_step(&set, &arena, numbers, step_text('+', i % 1500, text, sizeof(text)));
        snprintf(text, sizeof(text), "+'%d'", i % 1500);
        aggregate_run_step(&histogram, &arena, counts, text);
        arena_reset(&arena);
        set.result_type = type_array(&arena, type_of(TYPE_INTEGER));
        histogram.result_type = type_map(&arena, type_of(TYPE_STRING), type_of(TYPE_BIGINT));
    }
    struct value value;
    assert_ok(set.def->result(&set, numbers, &arena, &value, &diag), &diag);
    assert_int_equal(value.list->count, 1500);
    assert_int_equal(value.list->items[1499].int32, 1499);
    assert_ok(histogram.def->result(&histogram, counts, &arena, &value, &diag), &diag);
    assert_int_equal(value.map->count, 1000); /* one past it was ignored */
    for (uint32_t i = 0; i < value.map->count; i++) {
        assert_int_equal(value.map->values[i].int64, 4);
    }
    aggregate_run_drop(&set, numbers);
    aggregate_run_drop(&histogram, counts);
}

static void collections_stop_at_their_limit(void **state)
{
    (void)state;
    static const char *const names[] = {"COLLECT_LIST", "COLLECT_SET"};
    for (int i = 0; i < 2; i++) {
        struct aggregate aggregate = aggregate_run_resolve(&arena, names[i], "INT", "", "");
        aggregate.limit = 2;
        void *group = aggregate_run_create(&aggregate);
        void *other = aggregate_run_create(&aggregate);
        aggregate_run_step(&aggregate, &arena, group, "+1");
        aggregate_run_step(&aggregate, &arena, other, "+2");
        aggregate_run_step(&aggregate, &arena, other, "+3");
        assert_ok(aggregate.def->merge(&aggregate, group, other, &diag), &diag);
        aggregate_run_step(&aggregate, &arena, group, "+4");
        assert_string_equal(aggregate_run_result(&aggregate, &arena, group), "[1, 2]");
        aggregate_run_drop(&aggregate, group);
        aggregate_run_drop(&aggregate, other);
    }
}

/* Two sessions that grow together, the later one filled first. */
static void merging_follows_the_order_of_processing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *literal_types;
        const char *literals;
        const char *expected;
    } cases[] = {
        {"EARLIEST_BY_OFFSET", "", "", "3"},
        {"LATEST_BY_OFFSET", "", "", "2"},
        {"EARLIEST_BY_OFFSET", "INT", "2", "[3, 1]"},
        {"LATEST_BY_OFFSET", "INT", "2", "[3, 1]"}, /* the oldest two, as ksqlDB has it */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t order = 7;
        struct aggregate aggregate = aggregate_run_resolve(
            &arena, cases[i].name, "INT", cases[i].literal_types, cases[i].literals);
        aggregate.order = &order;
        void *early = aggregate_run_create(&aggregate);
        void *late = aggregate_run_create(&aggregate);
        aggregate_run_step(&aggregate, &arena, late, "+3");
        aggregate_run_step(&aggregate, &arena, early, "+1");
        aggregate_run_step(&aggregate, &arena, early, "+2");
        assert_ok(aggregate.def->merge(&aggregate, early, late, &diag), &diag);
        assert_string_equal(aggregate_run_result(&aggregate, &arena, early), cases[i].expected);
        aggregate_run_drop(&aggregate, early);
        aggregate_run_drop(&aggregate, late);
    }
}

static void loading_moves_the_counter_past_what_was_saved(void **state)
{
    (void)state;
    int64_t order = 100;
    struct aggregate aggregate = aggregate_run_resolve(&arena, "LATEST_BY_OFFSET", "INT", "", "");
    aggregate.order = &order;
    void *group = aggregate_run_create(&aggregate);
    aggregate_run_step(&aggregate, &arena, group, "+1");
    order = 0;
    void *loaded = aggregate_run_reload(&aggregate, &arena, group);
    assert_int_equal(order, 101);
    aggregate_run_drop(&aggregate, group);
    aggregate_run_drop(&aggregate, loaded);
}

/* --- add_rows --------------------------------------------------------------------------- */

enum { ROWS = 200, GROUPS = 7 };

static void fill_column(struct column *column, const struct type *type)
{
    assert_ok(column_init(column, &arena, type, ROWS, &diag), &diag);
    for (size_t i = 0; i < ROWS; i++) {
        char text[32];
        const int32_t draw = (int32_t)random_below(30) - 10;
        if (draw == 0) {
            column_set(column, i, VALUE_NULL);
            continue;
        }
        const char *const formats[] = {"%d", "'%d'", "x'%02X'"};
        const int unquoted = type->kind == TYPE_BYTES ? 2 : 0;
        const int format = type->kind == TYPE_STRING ? 1 : unquoted;
        snprintf(text, sizeof(text), formats[format], format == 2 ? draw + 100 : draw);
        column_set(column, i, notation_value(&arena, type, text));
    }
}

static void check_add_rows(const char *name, const char *type_text)
{
    struct aggregate aggregate = aggregate_run_resolve(&arena, name, type_text, "", "");
    const struct aggregate_def *def = aggregate.def;
    void *by_row[GROUPS];
    void *by_column[GROUPS];
    void *states[ROWS];
    struct column column;
    const struct column *columns[] = {&column};
    assert_non_null(def->add_rows);
    fill_column(&column, aggregate.argument_types[0]);
    for (int i = 0; i < GROUPS; i++) {
        by_row[i] = aggregate_run_create(&aggregate);
        by_column[i] = aggregate_run_create(&aggregate);
    }
    for (size_t i = 0; i < ROWS; i++) {
        const uint32_t group = random_below(GROUPS);
        const struct value value = column_get(&column, i);
        states[i] = by_column[group];
        assert_ok(def->add(&aggregate, by_row[group], &value, &diag), &diag);
    }
    assert_ok(def->add_rows(&aggregate, states, columns, ROWS, &diag), &diag);
    for (int i = 0; i < GROUPS; i++) {
        assert_string_equal(aggregate_run_result(&aggregate, &arena, by_column[i]),
                            aggregate_run_result(&aggregate, &arena, by_row[i]));
        aggregate_run_drop(&aggregate, by_row[i]);
        aggregate_run_drop(&aggregate, by_column[i]);
    }
}

static void rows_in_columns_equal_rows_one_by_one(void **state)
{
    (void)state;
    static const char *const calls[][2] = {
        {"COUNT", "INT"},         {"COUNT", "VARCHAR"}, {"SUM", "INT"},
        {"SUM", "BIGINT"},        {"SUM", "DOUBLE"},    {"SUM", "DECIMAL(9, 2)"},
        {"AVG", "INT"},           {"AVG", "BIGINT"},    {"AVG", "DOUBLE"},
        {"MIN", "INT"},           {"MIN", "BIGINT"},    {"MIN", "DOUBLE"},
        {"MIN", "VARCHAR"},       {"MAX", "INT"},       {"MAX", "BIGINT"},
        {"MAX", "TIMESTAMP"},     {"MAX", "DOUBLE"},    {"MAX", "BYTES"},
        {"MAX", "DECIMAL(9, 2)"},
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        check_add_rows(calls[i][0], calls[i][1]);
    }
}

/* --- Failing allocations ---------------------------------------------------------------- */

struct walk {
    const char *name;
    const char *types;
    const char *literal_types;
    const char *literals;
    const char *rows[2];
};

/* Adds, merges, saves and loads while every allocation from the n-th on fails; STATUS_OK when
 * none was needed any more. */
static enum status walk_once(const struct walk *walk, struct aggregate *aggregate, void *group,
                             void *other, void *loaded, uint64_t n)
{
    struct value rows[2][AGGREGATE_ARGUMENTS_MAX];
    struct arena results;
    enum status status = STATUS_OK;
    arena_init(&results);
    for (int i = 0; i < 2; i++) {
        notation_values(&arena, aggregate->argument_types, aggregate->argument_count, walk->rows[i],
                        rows[i]);
    }
    memory_fail_after(n);
    for (int i = 0; i < 40 && status == STATUS_OK; i++) {
        status = aggregate->def->add(aggregate, i % 4 ? group : other, rows[i % 2], &diag);
    }
    if (status == STATUS_OK) {
        status = aggregate->def->merge(aggregate, group, other, &diag);
    }
    struct value saved = VALUE_NULL;
    if (status == STATUS_OK) {
        status = aggregate->def->save(aggregate, group, &results, &saved, &diag);
    }
    if (status == STATUS_OK) {
        status = aggregate->def->load(aggregate, &saved, loaded, &diag);
    }
    memory_fail_after(0);
    arena_release(&results);
    return status;
}

static void failing_allocations_are_reported_and_leak_nothing(void **state)
{
    (void)state;
    static const struct walk walks[] = {
        {"MAX", "VARCHAR", "", "", {"'a'", "'b and more'"}},
        {"COLLECT_SET", "MAP<VARCHAR, INT>", "", "", {"{'a': 1}", "{'b': 2, 'a': 1}"}},
        {"HISTOGRAM", "VARCHAR", "", "", {"'a'", "'b'"}},
        {"ATTR", "VARCHAR", "", "", {"'a'", "'b'"}},
        {"TOPK", "INT, VARCHAR", "INT", "3", {"1, 'a'", "2, 'b'"}},
        {"LATEST_BY_OFFSET", "VARCHAR", "INT", "3", {"'a'", "'b'"}},
        {"COUNT_DISTINCT", "VARCHAR", "", "", {"'a'", "'b'"}},
    };
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        struct aggregate aggregate = aggregate_run_resolve(
            &arena, walks[i].name, walks[i].types, walks[i].literal_types, walks[i].literals);
        enum status status = STATUS_NO_MEMORY;
        uint64_t n = 0;
        while (status != STATUS_OK) {
            n++;
            assert_true(n < 1000);
            void *group = aggregate_run_create(&aggregate);
            void *other = aggregate_run_create(&aggregate);
            void *loaded = aggregate_run_create(&aggregate);
            status = walk_once(&walks[i], &aggregate, group, other, loaded, n);
            assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
            aggregate_run_drop(&aggregate, group);
            aggregate_run_drop(&aggregate, other);
            aggregate_run_drop(&aggregate, loaded);
        }
        assert_true(n > 1);
    }
}

static void distinct_counts_are_close_for_many_values(void **state)
{
    (void)state;
    struct aggregate aggregate = aggregate_run_resolve(&arena, "COUNT_DISTINCT", "BIGINT", "", "");
    void *group = aggregate_run_create(&aggregate);
    for (int64_t i = 0; i < 200000; i++) {
        const struct value value = value_int64(i);
        assert_ok(aggregate.def->add(&aggregate, group, &value, &diag), &diag);
    }
    struct value result;
    assert_ok(aggregate.def->result(&aggregate, group, &arena, &result, &diag), &diag);
    assert_in_range(result.int64, 196000, 204000);
    void *loaded = aggregate_run_reload(&aggregate, &arena, group);
    assert_string_equal(aggregate_run_result(&aggregate, &arena, loaded),
                        aggregate_run_result(&aggregate, &arena, group));
    aggregate_run_drop(&aggregate, group);
    aggregate_run_drop(&aggregate, loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(accumulators_never_differ_from_their_models, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(long_lists_find_their_items, setup, teardown),
        cmocka_unit_test_setup_teardown(collections_stop_at_their_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(merging_follows_the_order_of_processing, setup, teardown),
        cmocka_unit_test_setup_teardown(loading_moves_the_counter_past_what_was_saved, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(rows_in_columns_equal_rows_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(failing_allocations_are_reported_and_leak_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(distinct_counts_are_close_for_many_values, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
