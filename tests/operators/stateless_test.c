/* stateless_test.c
 *
 * Filter, projection, PARTITION BY and table functions. */
#include "functions/table_function.h"
#include "operators/filter.h"
#include "operators/flat_map.h"
#include "operators/project.h"
#include "operators/rekey.h"
#include "operators/table_store.h"
#include "tests/operators/flow.h"

static const size_t batch_sizes[] = FLOW_BATCH_SIZES;

#define FOR_EACH_BATCH_SIZE(i) for (size_t i = 0; i < sizeof(batch_sizes) / sizeof(size_t); i++)

static struct operator* make_filter(struct flow *flow, const struct schema *schema, bool is_table)
{
    struct operator* op = NULL;
    const struct expr *predicate = flow_compare(
        flow, OP_GREATER, flow_divide(flow, flow_bigint(flow, 12), flow_column(flow, schema, "V")),
        flow_bigint(flow, 3));
    const struct filter_options options = {
        .place = flow_place(flow, "WhereFilter"), .predicate = predicate, .is_table = is_table};
    assert_ok(filter_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
    return op;
}

static void stream_rows_pass_only_when_true(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *schema = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        struct operator* op = make_filter(flow, schema, false);
        flow_push(flow, op, 0, schema, "1,1@1 2,6@2 3,-@3 4,0@4 5,-@5! 6,2@6");
        flow_expect(flow, "1,1@1 6,2@6");
        assert_int_equal(flow->counters.records_filtered, 4);
        assert_int_equal(flow->counters.records_used, 2);
        assert_non_null(strstr(flow->log.data, "WhereFilter: Error evaluating predicate"));
        flow_destroy(flow);
    }
}

static void table_rows_that_leave_the_filter_become_deletes(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *schema = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        struct operator* filter = make_filter(flow, schema, true);
        struct operator* store = NULL;
        const struct table_store_options options = {
            .place = {.downstream = filter}, .schema = schema, .key_count = 1, .emits_old = true};
        assert_ok(table_store_create(&flow->arena, &options, &store, &flow->diag), &flow->diag);
        flow_push(flow, store, 0, schema, "1,6@1 1,1@2 1,2@3 1,9@4 1,9@5 1,1@6 1,-@7! 2,-@8!");
        flow_expect(flow, "1,1@2 1,2@3<1,1> 1,9@4!<1,2> 1,1@6 1,-@7!<1,1>");
        op_release(store);
        flow_destroy(flow);
    }
}

static struct operator* make_project(struct flow *flow, const struct schema *input,
                                     const struct schema *output, bool emits_old)
{
    struct operator* op = NULL;
    const struct expr **exprs = arena_array(&flow->arena, 4, sizeof(const struct expr *));
    exprs[0] = flow_column(flow, input, "K");
    exprs[1] = flow_column(flow, input, "V");
    exprs[2] = flow_divide(flow, flow_bigint(flow, 12), flow_column(flow, input, "V"));
    exprs[3] = flow_column(flow, input, "V");
    const struct project_options options = {.place = flow_place(flow, "Project"),
                                            .schema = output,
                                            .exprs = exprs,
                                            .emits_old = emits_old};
    assert_ok(project_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
    return op;
}

static void a_failing_column_is_null_and_logged(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output =
            flow_schema(flow, "K BIGINT KEY, A BIGINT, Q BIGINT, B BIGINT");
        struct operator* op = make_project(flow, input, output, false);
        flow_push(flow, op, 0, input, "1,4@1 2,0@2 3,3@3");
        flow_expect(flow, "1,4,3,4@1 2,0,-,0@2 3,3,4,3@3");
        assert_non_null(
            strstr(flow->log.data, "Project: Error computing expression (quotient) for column Q"));
        flow_destroy(flow);
    }
}

/* A filter below compacts in place: columns that came from one must not be one. */
static void projected_batches_can_be_filtered(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output =
            flow_schema(flow, "K BIGINT KEY, A BIGINT, Q BIGINT, V BIGINT");
        struct operator* filter = make_filter(flow, output, false);
        struct operator* op = make_project(flow, input, output, false);
        op->place.downstream = filter;
        flow_push(flow, op, 0, input, "1,4@1 2,6@2 3,3@3 4,1@4 5,2@5");
        flow_expect(flow, "3,3,4,3@3 4,1,12,1@4 5,2,6,2@5");
        flow_destroy(flow);
    }
}

static void deletes_are_projected_to_their_keys_and_old_rows_follow(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output =
            flow_schema(flow, "K BIGINT KEY, A BIGINT, Q BIGINT, B BIGINT");
        struct operator* project = make_project(flow, input, output, true);
        struct operator* store = NULL;
        const struct table_store_options options = {
            .place = {.downstream = project}, .schema = input, .key_count = 1, .emits_old = true};
        assert_ok(table_store_create(&flow->arena, &options, &store, &flow->diag), &flow->diag);
        flow_push(flow, store, 0, input, "1,4@1 1,3@2 1,-@3!");
        flow_expect(flow, "1,4,3,4@1 1,3,4,3@2<1,4,3,4> 1,-,-,-@3!<1,3,4,3>");
        assert_int_equal(flow->log.bytes, 0);
        op_release(store);
        flow_destroy(flow);
    }
}

static void rekeyed_rows_get_new_keys_and_keep_their_columns(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output = flow_schema(flow, "N BIGINT KEY, K BIGINT, V BIGINT");
        const struct expr *keys[] = {
            flow_divide(flow, flow_bigint(flow, 12), flow_column(flow, input, "V"))};
        const struct rekey_options options = {.place = flow_place(flow, "PartitionBy"),
                                              .schema = output,
                                              .keys = keys,
                                              .key_count = 1};
        struct operator* op = NULL;
        assert_ok(rekey_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
        flow_push(flow, op, 0, input, "1,4@1 2,0@2 3,-@3! 5,6@5");
        flow_expect(flow, "3,1,4@1 -,2,0@2 -,3,-@3! 2,5,6@5");
        assert_non_null(strstr(flow->log.data, "PartitionBy: Error computing new key"));
        flow_destroy(flow);
    }
}

static void null_values_keep_the_keys_made_of_the_old_key(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output =
            flow_schema(flow, "A BIGINT KEY, B BIGINT KEY, C BIGINT KEY, K BIGINT, V BIGINT");
        const struct expr *keys[] = {
            flow_divide(flow, flow_bigint(flow, 12), flow_column(flow, input, "K")),
            flow_column(flow, input, "V"), flow_bigint(flow, 1)};
        const struct rekey_options options = {.place = flow_place(flow, "PartitionBy"),
                                              .schema = output,
                                              .keys = keys,
                                              .key_count = 3,
                                              .input_key_count = 1};
        struct operator* op = NULL;
        assert_ok(rekey_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
        flow_push(flow, op, 0, input, "4,5@1 4,-@2! 6,7@3");
        flow_expect(flow, "3,5,1,4,5@1 3,-,1,4,-@2! 2,7,1,6,7@3");
        flow_destroy(flow);
    }
}

static void a_key_that_is_a_column_keeps_the_column(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output = flow_schema(flow, "N BIGINT KEY, K BIGINT, V BIGINT");
        const struct expr *keys[] = {flow_column(flow, input, "V")};
        const struct rekey_options options = {.place = flow_place(flow, "PartitionBy"),
                                              .schema = output,
                                              .keys = keys,
                                              .key_count = 1};
        struct operator* filter = make_filter(flow, output, false);
        struct operator* op = NULL;
        assert_ok(rekey_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
        op->place.downstream = filter;
        flow_push(flow, op, 0, input, "1,4@1 2,6@2 3,3@3 4,-@4 5,1@5");
        flow_expect(flow, "3,3,3@3 1,5,1@5");
        flow_destroy(flow);
    }
}

/* CUBE_EXPLODE and EXPLODE need arrays; a function of the test's own yields n rows 1..n. */
static enum status count_up(const struct table_function *function, const struct value *args,
                            struct arena *arena, const struct value_list **rows, struct diag *diag)
{
    (void)function;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    if (args[0].int64 < 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "cannot count up to that");
    }
    struct value_list *list = value_list_create(arena, (uint32_t)args[0].int64);
    for (uint32_t i = 0; list && i < list->count; i++) {
        list->items[i] = value_int64(i + 1);
    }
    *rows = list;
    return list ? STATUS_OK : diag_no_memory(diag);
}

static void table_functions_are_zipped(void **state)
{
    (void)state;
    static const struct table_function_def def = {.name = "COUNT_UP", .call = count_up};
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct schema *input = flow_schema(flow, "K BIGINT KEY, V BIGINT");
        const struct schema *output =
            flow_schema(flow, "K BIGINT KEY, V BIGINT, A BIGINT, B BIGINT");
        const struct type *bigint = type_of(TYPE_BIGINT);
        const struct table_function function = {
            .def = &def, .argument_count = 1, .argument_types = &bigint, .result_type = bigint};
        const struct expr *first[] = {flow_column(flow, input, "V")};
        const struct expr *second[] = {flow_column(flow, input, "K")};
        const struct flat_map_call calls[] = {{&function, first}, {&function, second}};
        const struct flat_map_options options = {.place = flow_place(flow, "FlatMap"),
                                                 .schema = output,
                                                 .calls = calls,
                                                 .call_count = 2};
        struct operator* op = NULL;
        assert_ok(flat_map_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
        flow_push(flow, op, 0, input, "1,2@1 0,-@2 2,0@3 1,-1@4 7,7@5!");
        flow_expect(flow, "1,2,1,1@1 1,2,2,-@1 2,0,-,1@3 2,0,-,2@3 1,-1,-,1@4");
        assert_int_equal(flow->counters.records_used, 3);
        assert_int_equal(flow->counters.records_filtered, 2);
        assert_non_null(strstr(flow->log.data, "cannot count up to that"));
        flow_push(flow, op, 0, input, "5000,10000@1");
        buffer_reset(&flow->out);
        flow_destroy(flow);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_rows_pass_only_when_true),
        cmocka_unit_test(table_rows_that_leave_the_filter_become_deletes),
        cmocka_unit_test(a_failing_column_is_null_and_logged),
        cmocka_unit_test(projected_batches_can_be_filtered),
        cmocka_unit_test(deletes_are_projected_to_their_keys_and_old_rows_follow),
        cmocka_unit_test(rekeyed_rows_get_new_keys_and_keep_their_columns),
        cmocka_unit_test(null_values_keep_the_keys_made_of_the_old_key),
        cmocka_unit_test(a_key_that_is_a_column_keeps_the_column),
        cmocka_unit_test(table_functions_are_zipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
