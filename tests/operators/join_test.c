/* join_test.c
 *
 * The joins, with rows of both sides in turn and at several batch sizes. Both inputs have the
 * columns K BIGINT KEY, V STRING; the left of the foreign-key join has F BIGINT beside. */
#include "base/memory.h"
#include "operators/join_foreign_key.h"
#include "operators/join_stream_stream.h"
#include "operators/join_stream_table.h"
#include "operators/join_table_table.h"
#include "operators/table_store.h"
#include "tests/operators/flow.h"

static const size_t batch_sizes[] = FLOW_BATCH_SIZES;

#define FOR_EACH_BATCH_SIZE(i) for (size_t i = 0; i < sizeof(batch_sizes) / sizeof(size_t); i++)

enum side { LEFT, RIGHT };

/* A join and what stands before it. */
struct joining {
    struct flow *flow;
    const struct schema *inputs[2];
    struct join_shape shape;
    struct op_window window; /* of the tables' keys */
    struct operator* join;
    struct operator* entries[2]; /* where rows of a side go in: the join or a table_store */
};

static void prepare(struct joining *j, size_t batch_rows, enum op_join_type type, const char *left)
{
    memset(j, 0, sizeof(*j));
    j->flow = flow_create(batch_rows, true);
    j->inputs[LEFT] = flow_schema(j->flow, left);
    j->inputs[RIGHT] = flow_schema(j->flow, "K BIGINT KEY, V STRING");
    char output[128];
    (void)snprintf(output, sizeof(output), "K BIGINT KEY, %s, K BIGINT, V STRING, T BIGINT", left);
    const struct schema *schema = flow_schema(j->flow, output);
    struct op_pseudo *pseudo = ARENA_NEW(&j->flow->arena, struct op_pseudo);
    *pseudo = (struct op_pseudo){OP_PSEUDO_ROWTIME, schema->column_count - 1};
    j->shape = (struct join_shape){
        .type = type,
        .schema = schema,
        .inputs = {j->inputs[LEFT], j->inputs[RIGHT]},
        .keys = {flow_column(j->flow, j->inputs[LEFT], "K"),
                 flow_column(j->flow, j->inputs[RIGHT], "K")},
        .pseudo = pseudo,
        .pseudo_count = 1,
    };
}

static struct operator* put_store(struct joining *j, enum side side)
{
    const struct table_store_options options = {
        .place = {.downstream = j->join, .downstream_input = side},
        .schema = j->inputs[side],
        .key_count = 1,
        .window = j->window,
        .emits_old = true,
        .store_id = side + 1,
    };
    assert_ok(table_store_create(&j->flow->arena, &options, &j->entries[side], &j->flow->diag),
              &j->flow->diag);
    return j->entries[side];
}

static void left(struct joining *j, const char *rows)
{
    flow_push(j->flow, j->entries[LEFT], j->entries[LEFT] == j->join ? LEFT : 0, j->inputs[LEFT],
              rows);
}

static void right(struct joining *j, const char *rows)
{
    flow_push(j->flow, j->entries[RIGHT], j->entries[RIGHT] == j->join ? RIGHT : 0,
              j->inputs[RIGHT], rows);
}

static void finish(struct joining *j)
{
    for (int side = 0; side < 2; side++) {
        if (j->entries[side] != j->join) {
            op_release(j->entries[side]);
        }
    }
    op_release(j->join);
    flow_destroy(j->flow);
}

/* --- stream and table ----------------------------------------------------------------------- */

static void open_windowed_stream_table(struct joining *j, size_t batch_rows, enum op_join_type type,
                                       struct op_window window)
{
    prepare(j, batch_rows, type, "K BIGINT, V STRING");
    j->window = window;
    const struct join_stream_table_options options = {.place = flow_place(j->flow, "Join"),
                                                      .shape = j->shape};
    assert_ok(join_stream_table_create(&j->flow->arena, &options, &j->join, &j->flow->diag),
              &j->flow->diag);
    j->entries[LEFT] = j->join;
    join_stream_table_set_table(j->join, put_store(j, RIGHT));
}

static void open_stream_table(struct joining *j, size_t batch_rows, enum op_join_type type)
{
    open_windowed_stream_table(j, batch_rows, type, (struct op_window){.kind = OP_WINDOW_NONE});
}

static void stream_rows_find_the_table_row_of_their_moment(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_table(&j, batch_sizes[i], OP_JOIN_INNER);
        left(&j, "1,a@1");
        right(&j, "1,x@2 2,y@3");
        left(&j, "1,b@4 2,c@5 3,d@6 -,e@7 1,-@8!");
        right(&j, "1,z@9 2,-@9!");
        left(&j, "1,f@10 2,g@11");
        flow_expect(j.flow, "1,1,b,1,x,4@4 2,2,c,2,y,5@5 1,1,f,1,z,10@10");
        assert_int_equal(j.flow->counters.records_filtered, 5);
        assert_int_equal(j.flow->counters.records_used, 7);
        finish(&j);
    }
}

static void left_stream_rows_stay_without_a_table_row(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_table(&j, batch_sizes[i], OP_JOIN_LEFT);
        right(&j, "1,x@2");
        left(&j, "1,b@4 3,d@6 -,e@7");
        flow_expect(j.flow, "1,1,b,1,x,4@4 3,3,d,-,-,6@6 -,-,e,-,-,7@7");
        finish(&j);
    }
}

static void windowed_stream_rows_find_the_table_row_of_their_window(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_windowed_stream_table(&j, batch_sizes[i], OP_JOIN_LEFT,
                                   (struct op_window){.kind = OP_WINDOW_SESSION});
        right(&j, "1,x@2[1;2] 1,y@3[1;3]");
        left(&j, "1,b@4[1;3] 1,c@4[1;4]");
        flow_expect(j.flow, "1,1,b,1,y,4@4[1;3] 1,1,c,-,-,4@4[1;4]");
        finish(&j);
    }
}

/* --- two tables ----------------------------------------------------------------------------- */

static void open_windowed_table_table(struct joining *j, size_t batch_rows, enum op_join_type type,
                                      bool emits_old, struct op_window window)
{
    prepare(j, batch_rows, type, "K BIGINT, V STRING");
    j->window = window;
    const struct join_table_table_options options = {
        .place = flow_place(j->flow, "Join"), .shape = j->shape, .emits_old = emits_old};
    assert_ok(join_table_table_create(&j->flow->arena, &options, &j->join, &j->flow->diag),
              &j->flow->diag);
    join_table_table_set_tables(j->join, put_store(j, LEFT), put_store(j, RIGHT));
}

static void open_table_table(struct joining *j, size_t batch_rows, enum op_join_type type,
                             bool emits_old)
{
    open_windowed_table_table(j, batch_rows, type, emits_old,
                              (struct op_window){.kind = OP_WINDOW_NONE});
}

static void inner_tables_emit_while_both_rows_are_there(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_table_table(&j, batch_sizes[i], OP_JOIN_INNER, true);
        left(&j, "1,a@5 2,b@6 1,-@7! 1,c@8");
        right(&j, "1,x@3 3,z@4");
        left(&j, "1,d@9 1,-@10!");
        right(&j, "1,y@11");
        flow_expect(j.flow, "1,1,c,1,x,8@8 1,1,d,1,x,9@9<1,1,c,1,x,9> "
                            "1,-,-,1,x,10@10!<1,1,d,1,x,10>");
        finish(&j);
    }
}

static void windowed_tables_match_by_the_start_of_time_windows(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_windowed_table_table(&j, batch_sizes[i], OP_JOIN_INNER, true,
                                  (struct op_window){.kind = OP_WINDOW_TUMBLING, .size_ms = 10});
        left(&j, "1,a@1[0;10] 1,b@11[10;20]");
        right(&j, "1,x@12[10;15] 1,y@21[20;25]");
        left(&j, "1,c@13[10;20]");
        flow_expect(j.flow, "1,1,b,1,x,12@12[10;15] 1,1,c,1,x,13@13[10;20]<1,1,b,1,x,13>");
        finish(&j);
    }
}

static void left_tables_keep_rows_without_a_match(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_table_table(&j, batch_sizes[i], OP_JOIN_LEFT, false);
        left(&j, "0,zero@0");
        right(&j, "0,blah@1 0,-@2!");
        left(&j, "0,-@3!");
        right(&j, "0,foo@4");
        left(&j, "0,goo@5 9,-@6!");
        flow_expect(j.flow, "0,0,zero,-,-,0@0 0,0,zero,0,blah,1@1 0,0,zero,-,-,2@2 0,-,-,-,-,3@3! "
                            "0,0,goo,0,foo,5@5");
        finish(&j);
    }
}

static void outer_tables_keep_rows_of_either_side(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_table_table(&j, batch_sizes[i], OP_JOIN_OUTER, true);
        right(&j, "1,x@1");
        left(&j, "1,a@2 2,b@3 1,-@4!");
        right(&j, "1,-@5!");
        flow_expect(j.flow, "1,-,-,1,x,1@1 1,1,a,1,x,2@2<1,-,-,1,x,2> 2,2,b,-,-,3@3 "
                            "1,-,-,1,x,4@4<1,1,a,1,x,4> 1,-,-,-,-,5@5!<1,-,-,1,x,5>");
        finish(&j);
    }
}

static void right_tables_keep_rows_of_the_right(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_table_table(&j, batch_sizes[i], OP_JOIN_RIGHT, false);
        left(&j, "1,a@1");
        right(&j, "1,x@2 7,y@3");
        left(&j, "1,-@4!");
        flow_expect(j.flow, "1,1,a,1,x,2@2 7,-,-,7,y,3@3 1,-,-,1,x,4@4");
        finish(&j);
    }
}

/* --- foreign keys --------------------------------------------------------------------------- */

static void open_foreign_key(struct joining *j, size_t batch_rows, enum op_join_type type,
                             bool emits_old)
{
    prepare(j, batch_rows, type, "K BIGINT, V STRING, F BIGINT");
    j->shape.keys[LEFT] = flow_column(j->flow, j->inputs[LEFT], "F");
    const struct join_foreign_key_options options = {.place = flow_place(j->flow, "Join"),
                                                     .shape = j->shape,
                                                     .left_key_count = 1,
                                                     .emits_old = emits_old};
    assert_ok(join_foreign_key_create(&j->flow->arena, &options, &j->join, &j->flow->diag),
              &j->flow->diag);
    join_foreign_key_set_tables(j->join, put_store(j, LEFT), put_store(j, RIGHT));
}

static void right_changes_reach_all_rows_that_refer_to_them(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_foreign_key(&j, batch_sizes[i], OP_JOIN_INNER, false);
        right(&j, "0,blah@0");
        left(&j, "1,zero,0@10000 0,foo,100@13000");
        right(&j, "0,a@15000");
        left(&j, "10,bar,0@16000");
        right(&j, "0,-@17000!");
        left(&j, "1,-,-@18000!");
        flow_expect(j.flow, "1,1,zero,0,0,blah,10000@10000 1,1,zero,0,0,a,15000@15000 "
                            "10,10,bar,0,0,a,16000@16000 1,1,zero,0,-,-,17000@17000! "
                            "10,10,bar,0,-,-,17000@17000! 1,1,-,-,-,-,18000@18000!");
        finish(&j);
    }
}

static void left_foreign_keys_may_change_and_be_null(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_foreign_key(&j, batch_sizes[i], OP_JOIN_LEFT, true);
        right(&j, "1,x@1 2,y@1");
        left(&j, "5,a,1@2 5,b,2@3 5,c,-@4");
        flow_expect(j.flow, "5,5,a,1,1,x,2@2 5,5,b,2,2,y,3@3<5,5,a,1,1,x,3> "
                            "5,5,c,-,-,-,4@4<5,5,b,2,2,y,4>");
        right(&j, "1,z@5 2,z@5"); /* nobody refers to them any more */
        flow_expect(j.flow, "");
        left(&j, "6,d,3@6");
        right(&j, "3,w@7 3,-@8!");
        flow_expect(j.flow, "6,6,d,3,-,-,6@6 6,6,d,3,3,w,7@7<6,6,d,3,-,-,7> "
                            "6,6,d,3,-,-,8@8<6,6,d,3,3,w,8>");
        finish(&j);
    }
}

/* Left rows that keep changing their foreign key must not make the index grow. */
static void the_index_of_references_is_tidied_up(void **state)
{
    (void)state;
    struct joining j;
    open_foreign_key(&j, 7, OP_JOIN_INNER, false);
    right(&j, "1,x@1");
    for (int round = 0; round < 200; round++) {
        left(&j, "5,a,1@2 5,a,2@2 6,b,1@2 6,b,2@2 7,c,1@2");
    }
    buffer_reset(&j.flow->out);
    right(&j, "1,y@9");
    flow_expect(j.flow, "7,7,c,1,1,y,9@9");
    finish(&j);
}

static void references_are_found_again_after_loading(void **state)
{
    (void)state;
    struct joining j;
    open_foreign_key(&j, 7, OP_JOIN_INNER, false);
    flow_open_file(j.flow);
    left(&j, "1,a,7@1 2,b,7@2 3,c,8@3");
    flow_commit(j.flow, j.entries[LEFT]);
    struct joining k = j;
    struct reader *reader = flow_reader(j.flow);
    const struct join_foreign_key_options options = {
        .place = flow_place(j.flow, "Join"), .shape = j.shape, .left_key_count = 1};
    assert_ok(join_foreign_key_create(&j.flow->arena, &options, &k.join, &j.flow->diag),
              &j.flow->diag);
    join_foreign_key_set_tables(k.join, put_store(&k, LEFT), put_store(&k, RIGHT));
    assert_ok(table_store_load(k.entries[LEFT], reader, &j.flow->diag), &j.flow->diag);
    assert_ok(join_foreign_key_load(k.join, &j.flow->context, &j.flow->diag), &j.flow->diag);
    reader_close(reader);
    right(&k, "7,x@4");
    flow_expect(j.flow, "1,1,a,7,7,x,4@4 2,2,b,7,7,x,4@4");
    op_release(k.join);
    op_release(k.entries[LEFT]);
    op_release(k.entries[RIGHT]);
    finish(&j);
}

/* --- two streams ---------------------------------------------------------------------------- */

static void open_stream_stream(struct joining *j, size_t batch_rows, enum op_join_type type,
                               const struct join_stream_stream_options *times)
{
    prepare(j, batch_rows, type, "K BIGINT, V STRING");
    struct join_stream_stream_options options = *times;
    options.place = flow_place(j->flow, "Join");
    options.shape = j->shape;
    options.store_ids[0] = 1;
    options.store_ids[1] = 2;
    assert_ok(join_stream_stream_create(&j->flow->arena, &options, &j->join, &j->flow->diag),
              &j->flow->diag);
    j->entries[LEFT] = j->join;
    j->entries[RIGHT] = j->join;
}

static const struct join_stream_stream_options eager = {
    .before_ms = 11000, .after_ms = 11000, .grace_ms = 86400000, .is_eager = true};
static const struct join_stream_stream_options patient = {
    .before_ms = 60000, .after_ms = 60000, .grace_ms = 60000};

static void eager_left_rows_are_emitted_alone_first(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_LEFT, &eager);
        left(&j, "0,zero@0");
        right(&j, "0,blah@10000");
        left(&j, "10,100@11000 0,foo@13000");
        right(&j, "0,a@15000 100,new@16000");
        left(&j, "90,ninety@17000 0,bar@30000 -,nokey@30000 0,-@30000!");
        flow_expect(j.flow,
                    "0,0,zero,-,-,0@0 0,0,zero,0,blah,10000@10000 10,10,100,-,-,11000@11000 "
                    "0,0,foo,0,blah,13000@13000 0,0,foo,0,a,15000@15000 "
                    "90,90,ninety,-,-,17000@17000 0,0,bar,-,-,30000@30000 "
                    "-,-,nokey,-,-,30000@30000");
        finish(&j);
    }
}

static void pairs_respect_before_and_after(void **state)
{
    (void)state;
    const struct join_stream_stream_options times = {
        .before_ms = 11000, .after_ms = 10000, .grace_ms = 86400000, .is_eager = true};
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_INNER, &times);
        left(&j, "0,zero@0 0,one@1000");
        right(&j, "0,blah@11000");
        left(&j, "0,two@22000 0,three@22001");
        flow_expect(j.flow, "0,0,one,0,blah,11000@11000 0,0,two,0,blah,22000@22000");
        finish(&j);
    }
}

static void unmatched_rows_wait_until_their_window_closes(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_OUTER, &patient);
        left(&j, "2,b@1 1,a@1 3,c@2");
        right(&j, "9,x@1 3,z@5");
        flow_expect(j.flow, "3,3,c,3,z,5@5");
        left(&j, "4,d@120001");
        flow_expect(j.flow, "");
        left(&j, "4,e@120002");
        flow_expect(j.flow, "9,-,-,9,x,1@1 1,1,a,-,-,1@1 2,2,b,-,-,1@1");
        finish(&j);
    }
}

static void late_outer_rows_are_emitted_alone_at_once(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_LEFT, &patient);
        left(&j, "0,A@0");
        right(&j, "0,a@60000");
        left(&j, "1,B@330000 2,C@90000");
        right(&j, "2,c@90000");
        left(&j, "3,D@60000");
        right(&j, "3,d@60000");
        flow_expect(j.flow, "0,0,A,0,a,60000@60000 2,2,C,-,-,90000@90000 3,3,D,-,-,60000@60000");
        finish(&j);
    }
}

static void late_inner_rows_are_counted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_INNER, &patient);
        left(&j, "1,B@330000 2,C@90000");
        flow_expect(j.flow, "");
        assert_int_equal(j.flow->counters.records_late, 1);
        assert_int_equal(j.flow->counters.records_used, 1);
        finish(&j);
    }
}

static void windowed_rows_match_within_their_window(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct joining j;
        struct join_stream_stream_options times = eager;
        times.window = (struct op_window){.kind = OP_WINDOW_TUMBLING, .size_ms = 5000};
        open_stream_stream(&j, batch_sizes[i], OP_JOIN_INNER, &times);
        left(&j, "1,a@0[0;5000] 1,b@1000[1000;6000]");
        right(&j, "1,x@10[0;2000] 1,y@10[2000;4000]");
        flow_expect(j.flow, "1,1,a,1,x,10@10[0;5000]");
        finish(&j);
    }
}

static void waiting_rows_survive_in_the_file(void **state)
{
    (void)state;
    struct joining j;
    open_stream_stream(&j, 7, OP_JOIN_LEFT, &patient);
    flow_open_file(j.flow);
    left(&j, "1,a@1 2,b@2 3,c@3");
    right(&j, "2,y@4");
    flow_commit(j.flow, j.join);
    flow_expect(j.flow, "2,2,b,2,y,4@4");
    struct joining k = j;
    struct reader *reader = flow_reader(j.flow);
    struct join_stream_stream_options options = patient;
    options.place = flow_place(j.flow, "Join");
    options.shape = j.shape;
    options.store_ids[0] = 1;
    options.store_ids[1] = 2;
    assert_ok(join_stream_stream_create(&j.flow->arena, &options, &k.join, &j.flow->diag),
              &j.flow->diag);
    assert_ok(join_stream_stream_load(k.join, reader, &j.flow->diag), &j.flow->diag);
    reader_close(reader);
    k.entries[LEFT] = k.join;
    k.entries[RIGHT] = k.join;
    right(&k, "3,z@5");
    left(&k, "9,n@200000");
    flow_expect(j.flow, "3,3,c,3,z,5@5 1,1,a,-,-,1@1");
    op_release(k.join);
    finish(&j);
}

/* Both sides of a join get rows while the allocation_count-th allocation and later ones fail. */
static enum status live(struct joining *j, uint64_t allocation_count)
{
    static const char *const rows[2][2] = {{"1,a@1 2,b@2", "1,x@1 3,y@300000"},
                                           {"1,a,1@1 2,b,1@2", "1,x@1 3,y@300000"}};
    const bool has_foreign_key = j->inputs[LEFT]->column_count == 3;
    for (int side = 0; side < 2; side++) {
        memory_fail_after(0);
        struct batch *batch = flow_batch(j->flow, j->inputs[side], rows[has_foreign_key][side]);
        struct operator *entry = j->entries[side];
        memory_fail_after(allocation_count);
        TRY(entry->vtable->push(entry, &j->flow->context, entry == j->join ? (uint32_t)side : 0,
                                batch, &j->flow->diag));
    }
    return STATUS_OK;
}

static void walk_allocations(void (*open)(struct joining *j))
{
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t count = 1; status != STATUS_OK; count++) {
        struct joining j;
        open(&j);
        status = live(&j, count);
        memory_fail_after(0);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_true(count < 1000);
        finish(&j);
    }
}

static void open_any_stream_stream(struct joining *j)
{
    open_stream_stream(j, 4096, OP_JOIN_OUTER, &patient);
}

static void open_any_table_table(struct joining *j)
{
    open_table_table(j, 4096, OP_JOIN_OUTER, true);
}

static void open_any_foreign_key(struct joining *j)
{
    open_foreign_key(j, 4096, OP_JOIN_LEFT, true);
}

static void open_any_stream_table(struct joining *j)
{
    open_stream_table(j, 4096, OP_JOIN_LEFT);
}

static void running_out_of_memory_is_a_status(void **state)
{
    (void)state;
    walk_allocations(open_any_stream_stream);
    walk_allocations(open_any_table_table);
    walk_allocations(open_any_foreign_key);
    walk_allocations(open_any_stream_table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_rows_find_the_table_row_of_their_moment),
        cmocka_unit_test(left_stream_rows_stay_without_a_table_row),
        cmocka_unit_test(windowed_stream_rows_find_the_table_row_of_their_window),
        cmocka_unit_test(inner_tables_emit_while_both_rows_are_there),
        cmocka_unit_test(windowed_tables_match_by_the_start_of_time_windows),
        cmocka_unit_test(left_tables_keep_rows_without_a_match),
        cmocka_unit_test(outer_tables_keep_rows_of_either_side),
        cmocka_unit_test(right_tables_keep_rows_of_the_right),
        cmocka_unit_test(right_changes_reach_all_rows_that_refer_to_them),
        cmocka_unit_test(left_foreign_keys_may_change_and_be_null),
        cmocka_unit_test(the_index_of_references_is_tidied_up),
        cmocka_unit_test(references_are_found_again_after_loading),
        cmocka_unit_test(eager_left_rows_are_emitted_alone_first),
        cmocka_unit_test(pairs_respect_before_and_after),
        cmocka_unit_test(unmatched_rows_wait_until_their_window_closes),
        cmocka_unit_test(late_outer_rows_are_emitted_alone_at_once),
        cmocka_unit_test(late_inner_rows_are_counted),
        cmocka_unit_test(windowed_rows_match_within_their_window),
        cmocka_unit_test(running_out_of_memory_is_a_status),
        cmocka_unit_test(waiting_rows_survive_in_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
