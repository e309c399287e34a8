/* edge_test.c
 *
 * Source and sink: from records to rows and back to records of a topic. */
#include "operators/sink.h"
#include "operators/source.h"
#include "tests/operators/flow.h"
#include "topics/topics.h"

static const size_t batch_sizes[] = FLOW_BATCH_SIZES;

#define FOR_EACH_BATCH_SIZE(i) for (size_t i = 0; i < sizeof(batch_sizes) / sizeof(size_t); i++)

static const struct op_serde kafka = {.format = FORMAT_KAFKA};
static const struct op_serde json = {.format = FORMAT_JSON};

static struct text text_or_null(const char *string)
{
    return string ? text_of(string) : (struct text){NULL, 0};
}

static struct record record_of(const char *key, const char *value, int64_t time_ms)
{
    return (struct record){
        .key = text_or_null(key), .value = text_or_null(value), .time_ms = time_ms};
}

static struct source_options source_options_of(struct flow *flow, const char *columns)
{
    return (struct source_options){
        .place = flow_place(flow, "Source"),
        .topic = TEXT("input"),
        .schema = flow_schema(flow, columns),
        .key = kafka,
        .value = json,
        .timestamp = {.column_index = -1},
    };
}

/* Pushes records in runs of at most batch_rows. */
static void push_records(struct flow *flow, const struct source_options *options,
                         const struct record *records, size_t count)
{
    struct operator* op = NULL;
    assert_ok(source_create(&flow->arena, options, &op, &flow->diag), &flow->diag);
    for (size_t first = 0; first < count; first += flow->batch_rows) {
        const size_t left = count - first;
        const struct source_run run = {
            .records = records + first,
            .count = left < flow->batch_rows ? left : flow->batch_rows,
            .partition = 3,
            .base_offset = 100 + (int64_t)first,
        };
        assert_ok(source_push(op, &flow->context, &run, &flow->diag), &flow->diag);
        arena_reset(&flow->batch_arena);
    }
}

static void records_become_rows_and_bad_ones_are_counted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const struct source_options options =
            source_options_of(flow, "K STRING KEY, A BIGINT, B STRING");
        const struct record records[] = {
            record_of("k1", "{\"A\":1,\"B\":\"x\"}", 10),
            record_of("k2", "{\"A\":", 11),
            record_of(NULL, "{\"a\":3}", 12),
            record_of("k4", NULL, 13),
            record_of("k5", "{\"A\":5}", -1),
            record_of("k6", "{\"A\":[]}", 14),
            record_of("k7", "{\"B\":\"y\"}", 9),
        };
        push_records(flow, &options, records, 7);
        flow_expect(flow, "k1,1,x@10 -,3,-@12 k4,-,-@13! k7,-,y@9");
        assert_int_equal(flow->counters.records_in, 7);
        assert_int_equal(flow->counters.records_failed, 3);
        assert_int_equal(flow->counters.records_used, 4);
        assert_int_equal(flow->context.stream_time_ms, 13);
        flow_destroy(flow);
    }
}

static void table_records_without_key_are_skipped(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        struct source_options options = source_options_of(flow, "K STRING KEY, A BIGINT");
        options.is_table = true;
        const struct record records[] = {record_of(NULL, "{\"A\":1}", 1),
                                         record_of("k", "{\"A\":1}", 2), record_of("k", NULL, 3),
                                         record_of(NULL, NULL, 3)};
        push_records(flow, &options, records, 4);
        flow_expect(flow, "k,1@2 k,-@3!");
        assert_int_equal(flow->counters.records_failed, 2);
        assert_non_null(strstr(flow->log.data, "null key"));
        flow_destroy(flow);
    }
}

static void event_time_comes_from_a_column(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        const bool is_wanted[] = {true, false};
        struct source_options options = source_options_of(flow, "K STRING KEY, A BIGINT");
        options.timestamp.column_index = 1;
        options.is_wanted = is_wanted;
        const struct record records[] = {
            record_of("k", "{\"A\":7}", 1), record_of("k", "{\"A\":-7}", 1),
            record_of("k", "{\"A\":null}", 1), record_of("k", "{\"A\":9223372036854775807}", 1),
            record_of("k", NULL, 5)};
        push_records(flow, &options, records, 5);
        flow_expect(flow, "k,7@7 k,-@5!");
        assert_int_equal(flow->counters.records_failed, 3);
        flow_destroy(flow);
    }
}

static void bad_records_end_the_query_where_it_says_so(void **state)
{
    (void)state;
    struct flow *flow = flow_create(7, true);
    struct source_options options = source_options_of(flow, "K STRING KEY, A BIGINT");
    const struct record records[] = {record_of("k", "{\"A\":-7}", 1), record_of("k", "{\"A\":", 2)};
    struct source_run run = {.records = records, .count = 2};
    struct operator* op = NULL;
    options.timestamp.column_index = 1;
    options.fails_on_bad_time = true;
    assert_ok(source_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
    assert_int_equal(source_push(op, &flow->context, &run, &flow->diag), STATUS_INVALID);
    assert_non_null(strstr(flow->diag.message, "Fatal user code error in TimestampExtractor"));
    options.fails_on_bad_time = false;
    options.fails_on_bad_record = true;
    run.count = 1;
    assert_ok(source_create(&flow->arena, &options, &op, &flow->diag), &flow->diag);
    assert_ok(source_push(op, &flow->context, &run, &flow->diag), &flow->diag);
    run.count = 2;
    assert_int_equal(source_push(op, &flow->context, &run, &flow->diag), STATUS_INVALID);
    flow_destroy(flow);
}

static void pseudo_columns_headers_and_windows_are_filled(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct flow *flow = flow_create(batch_sizes[i], true);
        struct source_options options =
            source_options_of(flow, "K STRING KEY, H STRING, T BIGINT, O BIGINT, E BIGINT");
        const struct op_pseudo pseudo[] = {
            {OP_PSEUDO_ROWTIME, 2}, {OP_PSEUDO_ROWOFFSET, 3}, {OP_PSEUDO_WINDOWEND, 4}};
        struct schema_column *columns = arena_array(&flow->arena, 5, sizeof(*columns));
        memcpy(columns, options.schema->columns, 5 * sizeof(*columns));
        columns[1].role = COLUMN_HEADERS;
        columns[1].header_key = TEXT("h");
        const struct schema schema = {5, columns};
        options.schema = &schema;
        options.pseudo = pseudo;
        options.pseudo_count = 3;
        options.window = (struct op_window){.kind = OP_WINDOW_TUMBLING, .size_ms = 50};
        const struct record_header headers[] = {
            {TEXT("h"), TEXT("one")}, {TEXT("x"), TEXT("two")}, {TEXT("h"), TEXT("three")}};
        static const char windowed_key[] = "k\0\0\0\0\0\0\0\x64";
        struct record records[] = {record_of(NULL, "{}", 7), record_of("short", "{}", 8)};
        records[0].key = (struct text){windowed_key, 9};
        records[0].headers = headers;
        records[0].header_count = 3;
        push_records(flow, &options, records, 2);
        flow_expect(flow, "k,three,7,100,150@7[100;150]");
        assert_int_equal(flow->counters.records_failed, 1);
        flow_destroy(flow);
    }
}

/* --- sink ----------------------------------------------------------------------------------- */

struct sinking {
    struct flow *flow;
    struct topics *topics;
    struct topic *topic;
    struct operator* sink;
};

static void sinking_open(struct sinking *s, size_t batch_rows, uint32_t partition_count)
{
    struct commit *commit = NULL;
    const struct topics_options options = {0};
    const struct topic_config config = topic_config_default();
    memset(s, 0, sizeof(*s));
    s->flow = flow_create(batch_rows, true);
    flow_open_file(s->flow);
    struct diag *diag = &s->flow->diag;
    assert_ok(topics_open(&options, s->flow->database, s->flow->committer, &s->topics, diag), diag);
    assert_ok(commit_create(&commit, diag), diag);
    assert_ok(
        topics_create(s->topics, commit, TEXT("output"), partition_count, &config, &s->topic, diag),
        diag);
    assert_ok(topics_submit(s->topics, commit, NULL, diag), diag);
}

static void make_sink(struct sinking *s, const struct schema *schema, struct sink_options options)
{
    options.place = (struct op_place){.step = "Sink"};
    options.schema = schema;
    options.key_count = 1;
    options.key = kafka;
    options.value = json;
    options.topics = s->topics;
    options.topic = s->topic;
    assert_ok(sink_create(&s->flow->arena, &options, &s->sink, &s->flow->diag), &s->flow->diag);
}

static void sinking_close(struct sinking *s)
{
    op_release(s->sink);
    topic_unref(s->topic);
    assert_ok(committer_flush(s->flow->committer, &s->flow->diag), &s->flow->diag);
    committer_close(s->flow->committer);
    topics_close(s->topics);
    s->flow->committer = NULL;
    flow_destroy(s->flow);
}

static void collect(struct sinking *s)
{
    struct commit *commit = NULL;
    struct diag *diag = &s->flow->diag;
    assert_ok(commit_create(&commit, diag), diag);
    assert_ok(op_collect(s->sink, &s->flow->context, commit, diag), diag);
    assert_ok(topics_submit(s->topics, commit, NULL, diag), diag);
}

/* Requires the records of one partition, each as key=value@time. */
static void expect_records(struct sinking *s, uint32_t partition, const char *expected)
{
    struct segment *segment = NULL;
    struct buffer *out = &s->flow->out;
    int64_t offset = 0;
    for (;;) {
        assert_ok(
            topics_read(s->topics, s->topic, partition, offset, false, &segment, &s->flow->diag),
            &s->flow->diag);
        if (!segment) {
            break;
        }
        for (uint32_t i = 0; i < segment->record_count; i++) {
            const struct record *record = &segment->records[i];
            buffer_append_string(out, out->bytes ? " " : "");
            buffer_printf(out, "%.*s=%.*s@%lld",
                          TEXT_ARGS(record->key.data ? record->key : TEXT("-")),
                          TEXT_ARGS(record->value.data ? record->value : TEXT("-")),
                          (long long)record->time_ms);
            for (uint32_t h = 0; h < record->header_count; h++) {
                buffer_printf(out, "#%.*s", TEXT_ARGS(record->headers[h].value));
            }
        }
        offset = segment_end_offset(segment);
        segment_unref(segment);
    }
    flow_expect(s->flow, expected);
}

static void rows_become_records_at_collect(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct sinking s;
        sinking_open(&s, batch_sizes[i], 1);
        const struct schema *schema = flow_schema(s.flow, "K STRING KEY, A BIGINT, B STRING");
        make_sink(&s, schema, (struct sink_options){.timestamp = {.column_index = -1}});
        flow_push(s.flow, s.sink, 0, schema, "k1,1,x@10 k2,-,-@11 -,3,y@12 k4,-,-@13!");
        assert_int_equal(s.flow->counters.records_out, 0);
        collect(&s);
        collect(&s);
        expect_records(&s, 0,
                       "k1={\"A\":1,\"B\":\"x\"}@10 k2={\"A\":null,\"B\":null}@11 "
                       "-={\"A\":3,\"B\":\"y\"}@12 k4=-@13");
        assert_int_equal(s.flow->counters.records_out, 4);
        assert_int_equal(s.flow->counters.records_used, 4);
        sinking_close(&s);
    }
}

static void rows_without_an_event_time_are_dropped_and_counted(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct sinking s;
        sinking_open(&s, batch_sizes[i], 1);
        const struct schema *schema = flow_schema(s.flow, "K STRING KEY, A BIGINT");
        make_sink(&s, schema, (struct sink_options){.timestamp = {.column_index = 1}});
        flow_push(s.flow, s.sink, 0, schema, "k1,1@10 k2,-2@11 k3,-@12 k4,4@13 k5,-@14!");
        collect(&s);
        expect_records(&s, 0, "k1={\"A\":1}@1 k4={\"A\":4}@4 k5=-@14");
        assert_int_equal(s.flow->counters.records_failed, 2);
        sinking_close(&s);
    }
}

static void records_go_to_the_partition_that_kafka_would_choose(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct sinking s;
        sinking_open(&s, batch_sizes[i], 4);
        const struct schema *schema = flow_schema(s.flow, "K STRING KEY, A BIGINT");
        make_sink(&s, schema, (struct sink_options){.timestamp = {.column_index = -1}});
        flow_push(s.flow, s.sink, 0, schema, "a,1@1 d,2@2 c,3@3 f,4@4 b,5@5 -,6@6 c,7@7");
        collect(&s);
        /* Utils.toPositive(Utils.murmur2(key)) % 4 is 0 for a and b, 1 for d, 2 for c, 3 for f */
        expect_records(&s, 0, "a={\"A\":1}@1 b={\"A\":5}@5 -={\"A\":6}@6");
        expect_records(&s, 1, "d={\"A\":2}@2");
        expect_records(&s, 2, "c={\"A\":3}@3 c={\"A\":7}@7");
        expect_records(&s, 3, "f={\"A\":4}@4");
        sinking_close(&s);
    }
}

static void windowed_keys_carry_their_window_and_headers_travel(void **state)
{
    (void)state;
    FOR_EACH_BATCH_SIZE(i)
    {
        struct sinking s;
        sinking_open(&s, batch_sizes[i], 1);
        struct source_options options = source_options_of(s.flow, "K STRING KEY, A BIGINT");
        options.window = (struct op_window){.kind = OP_WINDOW_SESSION};
        make_sink(&s, options.schema,
                  (struct sink_options){.timestamp = {.column_index = -1},
                                        .window = {.kind = OP_WINDOW_SESSION}});
        options.place.downstream = s.sink;
        const struct record_header headers[] = {{TEXT("h"), TEXT("one")}, {TEXT("i"), TEXT("two")}};
        static const char key[] = "kEEEEEEEESSSSSSSS"; /* end and start, as text to read */
        struct record records[] = {record_of(key, "{\"A\":1}", 5), record_of(key, NULL, 6)};
        records[0].headers = headers;
        records[0].header_count = 2;
        push_records(s.flow, &options, records, 2);
        collect(&s);
        expect_records(&s, 0, "kEEEEEEEESSSSSSSS={\"A\":1}@5#one#two kEEEEEEEESSSSSSSS=-@6");
        sinking_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_rows_and_bad_ones_are_counted),
        cmocka_unit_test(table_records_without_key_are_skipped),
        cmocka_unit_test(event_time_comes_from_a_column),
        cmocka_unit_test(bad_records_end_the_query_where_it_says_so),
        cmocka_unit_test(pseudo_columns_headers_and_windows_are_filled),
        cmocka_unit_test(rows_become_records_at_collect),
        cmocka_unit_test(rows_without_an_event_time_are_dropped_and_counted),
        cmocka_unit_test(records_go_to_the_partition_that_kafka_would_choose),
        cmocka_unit_test(windowed_keys_carry_their_window_and_headers_travel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
