/* group_test.c
 *
 * GROUP BY in all its forms, each with the same input at several batch sizes. */
#include "operators/group.h"

#include "base/memory.h"
#include "operators/table_store.h"
#include "tests/operators/flow.h"

static const size_t batch_sizes[] = FLOW_BATCH_SIZES;

/* A GROUP BY K of COUNT(V), SUM(V) over (K STRING KEY, V BIGINT). */
struct grouping {
    struct flow *flow;
    const struct schema *input;
    const struct schema *output;
    const struct expr *keys[1];
    struct aggregate aggregates[2];
    const struct expr *arguments[1];
    const struct expr *const *argument_lists[2];
    struct group_options options;
    struct operator* op;
};

static void grouping_prepare(struct grouping *g, size_t batch_rows, bool cache_is_off)
{
    memset(g, 0, sizeof(*g));
    g->flow = flow_create(batch_rows, cache_is_off);
    g->input = flow_schema(g->flow, "K STRING KEY, V BIGINT");
    g->output = flow_schema(g->flow, "K STRING KEY, COUNT BIGINT, SUM BIGINT");
    g->keys[0] = flow_column(g->flow, g->input, "K");
    g->aggregates[0] = flow_aggregate(g->flow, "COUNT", type_of(TYPE_BIGINT));
    g->aggregates[1] = flow_aggregate(g->flow, "SUM", type_of(TYPE_BIGINT));
    g->arguments[0] = flow_column(g->flow, g->input, "V");
    g->argument_lists[0] = g->arguments;
    g->argument_lists[1] = g->arguments;
    g->options = (struct group_options){
        .place = flow_place(g->flow, "Aggregate"),
        .schema = g->output,
        .keys = g->keys,
        .key_count = 1,
        .aggregates = g->aggregates,
        .arguments = g->argument_lists,
        .aggregate_count = 2,
        .store_id = 7,
    };
}

static void grouping_open(struct grouping *g)
{
    assert_ok(group_create(&g->flow->arena, &g->options, &g->op, &g->flow->diag), &g->flow->diag);
}

static void grouping_close(struct grouping *g)
{
    op_release(g->op);
    flow_destroy(g->flow);
}

static void push(struct grouping *g, const char *rows)
{
    flow_push(g->flow, g->op, 0, g->input, rows);
}

#define FOR_EACH_BATCH_SIZE(i) for (size_t i = 0; i < sizeof(batch_sizes) / sizeof(size_t); i++)

static void every_change_is_emitted_without_cache(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        grouping_open(&g);
        push(&g, "a,1@10 b,5@11 a,-@9 a,2@12");
        flow_expect(g.flow, "a,1,1@10 b,1,5@11 a,1,1@10 a,2,3@12");
        grouping_close(&g);
    }
}

static void groups_are_emitted_once_per_flush_with_cache(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], false);
        grouping_open(&g);
        push(&g, "a,1@10 b,5@11 a,2@12");
        flow_expect(g.flow, "");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "a,2,3@12 b,1,5@11");
        push(&g, "b,1@20");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "b,2,6@20");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "");
        grouping_close(&g);
    }
}

static void rows_without_key_or_value_are_dropped_and_counted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        grouping_open(&g);
        push(&g, "-,1@10 a,-@11! a,2@12");
        flow_expect(g.flow, "a,1,2@12");
        assert_int_equal(g.flow->counters.records_failed, 1);
        assert_int_equal(g.flow->counters.records_filtered, 1);
        assert_int_equal(g.flow->counters.records_used, 1);
        assert_non_null(strstr(g.flow->log.data, "Group-by column with index 0 resolved to null"));
        grouping_close(&g);
    }
}

static void old_rows_are_those_last_emitted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        for (int cache_is_off = 0; cache_is_off < 2; cache_is_off++) {
            struct grouping g;
            grouping_prepare(&g, batch_sizes[i], cache_is_off);
            g.options.emits_old = true;
            grouping_open(&g);
            push(&g, "a,1@10");
            flow_flush(g.flow, g.op);
            push(&g, "a,2@12");
            flow_flush(g.flow, g.op);
            push(&g, "b,3@13 a,4@14");
            flow_flush(g.flow, g.op);
            flow_expect(g.flow, "a,1,1@10 a,2,3@12<a,1,1> b,1,3@13 a,3,7@14<a,2,3>");
            grouping_close(&g);
        }
    }
}

static void use_window(struct grouping *g, enum op_window_kind kind, int64_t size_ms,
                       int64_t advance_ms, int64_t grace_ms)
{
    g->options.window = (struct op_window){.kind = kind,
                                           .size_ms = size_ms,
                                           .advance_ms = advance_ms,
                                           .grace_ms = grace_ms,
                                           .retention_ms = size_ms + grace_ms};
}

static void late_rows_are_dropped_and_counted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        use_window(&g, OP_WINDOW_TUMBLING, 10, 10, 5);
        grouping_open(&g);
        /* at 14 the first window still accepts, at 15 it does not */
        push(&g, "a,1@1 a,2@14 a,4@3 a,8@15 a,16@9 b,1@12");
        flow_expect(g.flow, "a,1,1@1[0;10] a,1,2@14[10;20] a,2,5@3[0;10] a,2,10@15[10;20] "
                            "b,1,1@12[10;20]");
        assert_int_equal(g.flow->counters.records_late, 1);
        assert_int_equal(g.flow->counters.records_used, 5);
        assert_non_null(strstr(g.flow->log.data, "Skipping record for expired window"));
        grouping_close(&g);
    }
}

static void tumbling_windows_coalesce_with_cache(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], false);
        use_window(&g, OP_WINDOW_TUMBLING, 10, 10, 5);
        grouping_open(&g);
        push(&g, "a,1@1 b,1@2 a,2@3 a,4@12 a,8@4 a,16@30");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "a,3,11@4[0;10] b,1,1@2[0;10] a,1,4@12[10;20] a,1,16@30[30;40]");
        grouping_close(&g);
    }
}

static void hopping_windows_overlap_and_do_not_start_before_1970(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        use_window(&g, OP_WINDOW_HOPPING, 10, 5, 100);
        grouping_open(&g);
        push(&g, "a,1@3 a,2@12");
        flow_expect(g.flow, "a,1,1@3[0;10] a,1,2@12[5;15] a,1,2@12[10;20]");
        grouping_close(&g);
    }
}

static void hopping_windows_are_late_one_by_one(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        use_window(&g, OP_WINDOW_HOPPING, 10, 5, 0);
        grouping_open(&g);
        push(&g, "a,1@16 a,2@8 a,4@14");
        flow_expect(g.flow, "a,1,1@16[10;20] a,1,1@16[15;25] a,2,5@16[10;20]");
        assert_int_equal(g.flow->counters.records_late, 1);
        grouping_close(&g);
    }
}

static void final_results_come_once_in_order_when_the_window_closes(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], false);
        use_window(&g, OP_WINDOW_TUMBLING, 10, 10, 5);
        g.options.is_final = true;
        g.options.emits_expired = true;
        grouping_open(&g);
        push(&g, "b,1@1 a,2@2 a,4@12 b,8@9 a,16@14");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "");
        push(&g, "c,1@15");
        flow_expect(g.flow, "a,1,2@2[0;10] b,2,9@9[0;10]");
        push(&g, "c,1@99 c,1@100");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "a,2,20@14[10;20] c,1,1@15[10;20]");
        grouping_close(&g);
    }
}

static void final_results_past_their_retention_are_lost_as_in_ksqldb(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], false);
        use_window(&g, OP_WINDOW_TUMBLING, 2, 2, 1);
        g.options.is_final = true;
        grouping_open(&g);
        push(&g, "k,1@0 k,1@1 k,1@2 k,1@1 k,1@0 k,1@5");
        flow_expect(g.flow, "k,1,1@2[2;4]");
        assert_non_null(strstr(g.flow->log.data, "Window [0, 2) left its retention"));
        grouping_close(&g);
    }
}

static void sessions_merge_and_delete_what_they_replace(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        use_window(&g, OP_WINDOW_SESSION, 10, 0, 1000);
        grouping_open(&g);
        push(&g, "a,1@0 a,2@30 a,4@15");
        flow_expect(g.flow, "a,1,1@0[0;0] a,1,2@30[30;30] a,1,4@15[15;15]");
        push(&g, "a,8@20");
        flow_expect(g.flow, "a,-,-@15[15;15]! a,-,-@30[30;30]! a,3,14@30[15;30]");
        push(&g, "a,16@16 a,32@16");
        flow_expect(g.flow, "a,-,-@30[15;30]! a,4,30@30[15;30] a,-,-@30[15;30]! a,5,62@30[15;30]");
        push(&g, "b,1@50 b,1@50");
        flow_expect(g.flow, "b,1,1@50[50;50] b,2,2@50[50;50]");
        grouping_close(&g);
    }
}

static void late_sessions_are_dropped_and_expired_ones_do_not_merge(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        use_window(&g, OP_WINDOW_SESSION, 30000, 0, 60000);
        grouping_open(&g);
        push(&g, "a,0@0 a,1@100010 a,5@10009 a,6@10010");
        flow_expect(g.flow, "a,1,0@0[0;0] a,1,1@100010[100010;100010] a,1,6@10010[10010;10010]");
        assert_int_equal(g.flow->counters.records_late, 1);
        grouping_close(&g);
    }
}

static void final_sessions_come_when_they_close(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], false);
        use_window(&g, OP_WINDOW_SESSION, 5, 0, 6);
        g.options.is_final = true;
        grouping_open(&g);
        push(&g, "k,1@0 k,1@4 k,1@8 k,1@12 k,1@14 k,1@30 k,1@29 k,1@17 k,1@42");
        flow_flush(g.flow, g.op);
        flow_expect(g.flow, "k,5,5@14[0;14] k,2,2@30[29;30]");
        grouping_close(&g);
    }
}

/* Puts a table_store before the group, which gives a table's changes their old rows. */
static struct operator* put_table_store(struct grouping *g)
{
    struct operator* store = NULL;
    const struct table_store_options options = {
        .place = {.downstream = g->op, .step = "Source"},
        .schema = g->input,
        .key_count = 1,
        .emits_old = true,
        .store_id = 8,
    };
    assert_ok(table_store_create(&g->flow->arena, &options, &store, &g->flow->diag),
              &g->flow->diag);
    return store;
}

static void table_changes_undo_the_old_row(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct grouping g;
        grouping_prepare(&g, batch_sizes[i], true);
        g.input = flow_schema(g.flow, "ID BIGINT KEY, K STRING, V BIGINT");
        g.keys[0] = flow_column(g.flow, g.input, "K");
        g.arguments[0] = flow_column(g.flow, g.input, "V");
        g.options.input_is_table = true;
        grouping_open(&g);
        struct operator* store = put_table_store(&g);
        flow_push(g.flow, store, 0, g.input, "1,a,1@1 2,b,2@2 1,a,5@3 1,b,5@4 2,-,-@5! 9,-,-@6!");
        flow_expect(g.flow, "a,1,1@1 b,1,2@2 a,1,5@3 a,0,0@4 b,2,7@4 b,1,5@5");
        flow_push(g.flow, store, 0, g.input, "1,-,5@7 1,a,6@8");
        flow_expect(g.flow, "b,0,0@7 a,1,6@8");
        assert_int_equal(g.flow->counters.records_filtered, 1); /* the delete of what was not */
        assert_int_equal(g.flow->counters.records_failed, 1);
        assert_int_equal(g.flow->counters.records_used, 6);
        op_release(store);
        grouping_close(&g);
    }
}

static void reopen(struct grouping *g)
{
    struct reader *reader = flow_reader(g->flow);
    op_release(g->op);
    grouping_open(g);
    assert_ok(group_load(g->op, reader, &g->flow->diag), &g->flow->diag);
    reader_close(reader);
}

static void state_survives_in_the_file(void **state)
{
    (void)state;
    struct grouping g;
    grouping_prepare(&g, 7, false);
    flow_open_file(g.flow);
    use_window(&g, OP_WINDOW_TUMBLING, 10, 10, 5);
    g.options.emits_old = true;
    grouping_open(&g);
    push(&g, "a,1@1 b,1@2 a,2@14");
    flow_commit(g.flow, g.op);
    flow_expect(g.flow, "a,1,1@1[0;10] b,1,1@2[0;10] a,1,2@14[10;20]");
    reopen(&g);
    push(&g, "a,4@3 b,2@15 b,1@8"); /* stream time 14 was kept: 8 is late after 15 */
    flow_commit(g.flow, g.op);
    flow_expect(g.flow, "a,2,5@3[0;10]<a,1,1> b,1,2@15[10;20]");
    assert_int_equal(g.flow->counters.records_late, 1);
    grouping_close(&g);
}

static void sessions_survive_in_the_file(void **state)
{
    (void)state;
    struct grouping g;
    grouping_prepare(&g, 7, true);
    flow_open_file(g.flow);
    use_window(&g, OP_WINDOW_SESSION, 10, 0, 1000);
    grouping_open(&g);
    push(&g, "a,1@0 a,2@8 a,4@30");
    flow_commit(g.flow, g.op);
    flow_expect(g.flow, "a,1,1@0[0;0] a,-,-@0[0;0]! a,2,3@8[0;8] a,1,4@30[30;30]");
    reopen(&g);
    push(&g, "a,8@18 a,16@25");
    flow_commit(g.flow, g.op);
    flow_expect(g.flow, "a,-,-@8[0;8]! a,3,11@18[0;18] a,-,-@18[0;18]! a,-,-@30[30;30]! "
                        "a,5,31@30[0;30]");
    grouping_close(&g);
}

static enum status decode_row(void *context, struct text key, struct text value, bool *keep_going,
                              struct diag *diag)
{
    struct grouping *g = context;
    struct batch *batch = NULL;
    (void)keep_going;
    TRY(batch_create(&g->flow->batch_arena, 3, 1, &batch, diag));
    for (uint32_t i = 0; i < 3; i++) {
        TRY(column_init(&batch->columns[i], &g->flow->batch_arena, g->output->columns[i].type, 1,
                        diag));
    }
    TRY(batch_add_windows(batch, diag));
    TRY(group_decode_row(g->op, key, value, batch, diag));
    return g->flow->collector->vtable->push(g->flow->collector, &g->flow->context, 0, batch, diag);
}

static void stored_rows_decode_for_lookups(void **state)
{
    (void)state;
    struct grouping g;
    grouping_prepare(&g, 7, false);
    flow_open_file(g.flow);
    use_window(&g, OP_WINDOW_TUMBLING, 10, 10, 5);
    grouping_open(&g);
    push(&g, "a,1@1 b,1@2 a,2@14");
    flow_commit(g.flow, g.op);
    flow_expect(g.flow, "a,1,1@1[0;10] b,1,1@2[0;10] a,1,2@14[10;20]");
    struct reader *reader = flow_reader(g.flow);
    assert_ok(reader_scan_state(reader, 7, (struct text){"", 0}, (struct text){NULL, 0}, 100,
                                decode_row, &g, NULL, &g.flow->diag),
              &g.flow->diag);
    reader_close(reader);
    flow_expect(g.flow, "a,1,1@1[0;10] b,1,1@2[0;10] a,1,2@14[10;20]");
    grouping_close(&g);
}

static void too_many_windows_per_row_are_refused(void **state)
{
    (void)state;
    struct grouping g;
    grouping_prepare(&g, 7, false);
    use_window(&g, OP_WINDOW_HOPPING, WINDOWS_PER_ROW_MAX, 1, 0);
    grouping_open(&g);
    op_release(g.op);
    use_window(&g, OP_WINDOW_HOPPING, WINDOWS_PER_ROW_MAX + 1, 1, 0);
    assert_int_equal(group_create(&g.flow->arena, &g.options, &g.op, &g.flow->diag), STATUS_LIMIT);
    flow_destroy(g.flow);
}

/* One life of the operator in which the allocation_count-th allocation and all later ones fail. */
static enum status live(struct grouping *g, uint64_t allocation_count)
{
    struct diag *diag = &g->flow->diag;
    struct batch *batch = flow_batch(g->flow, g->input, "a,1@1 b,2@2 a,3@13 b,-@14 c,5@50");
    memory_fail_after(allocation_count);
    enum status status = group_create(&g->flow->arena, &g->options, &g->op, diag);
    if (status != STATUS_OK) {
        return status;
    }
    status = g->op->vtable->push(g->op, &g->flow->context, 0, batch, diag);
    if (status == STATUS_OK) {
        status = op_flush(g->op, &g->flow->context, diag);
    }
    op_release(g->op);
    return status;
}

static void running_out_of_memory_is_a_status(void **state)
{
    (void)state;
    static const enum op_window_kind kinds[] = {OP_WINDOW_NONE, OP_WINDOW_HOPPING,
                                                OP_WINDOW_SESSION};
    for (size_t i = 0; i < 3; i++) {
        enum status status = STATUS_NO_MEMORY;
        for (uint64_t count = 1; status != STATUS_OK; count++) {
            struct grouping g;
            grouping_prepare(&g, 4096, true);
            if (kinds[i] != OP_WINDOW_NONE) {
                use_window(&g, kinds[i], 10, 5, 0);
            }
            status = live(&g, count);
            memory_fail_after(0);
            assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
            assert_true(count < 1000);
            flow_destroy(g.flow);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_emitted_without_cache),
        cmocka_unit_test(groups_are_emitted_once_per_flush_with_cache),
        cmocka_unit_test(rows_without_key_or_value_are_dropped_and_counted),
        cmocka_unit_test(old_rows_are_those_last_emitted),
        cmocka_unit_test(late_rows_are_dropped_and_counted),
        cmocka_unit_test(tumbling_windows_coalesce_with_cache),
        cmocka_unit_test(hopping_windows_overlap_and_do_not_start_before_1970),
        cmocka_unit_test(hopping_windows_are_late_one_by_one),
        cmocka_unit_test(final_results_come_once_in_order_when_the_window_closes),
        cmocka_unit_test(final_results_past_their_retention_are_lost_as_in_ksqldb),
        cmocka_unit_test(sessions_merge_and_delete_what_they_replace),
        cmocka_unit_test(late_sessions_are_dropped_and_expired_ones_do_not_merge),
        cmocka_unit_test(final_sessions_come_when_they_close),
        cmocka_unit_test(table_changes_undo_the_old_row),
        cmocka_unit_test(state_survives_in_the_file),
        cmocka_unit_test(sessions_survive_in_the_file),
        cmocka_unit_test(stored_rows_decode_for_lookups),
        cmocka_unit_test(running_out_of_memory_is_a_status),
        cmocka_unit_test(too_many_windows_per_row_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
