/* many_queries_test.c
 *
 * Hundreds of queries over one stream, which share what is decoded and take turns: each has written
 * what it writes when it is alone, and counted what it counts then, whatever the size of batches
 * and commits, and across a restart. */
#include <stdio.h>

#include "base/buffer.h"
#include "engine/engine_state.h"
#include "engine/query.h"
#include "operators/source_share.h"
#include "tests/engine/fixture.h"
#include "tests/state/temp_dir.h"
#include "topics/topics.h"

enum { QUERIES = 200, RECORDS = 1200, PARTITIONS = 3, KINDS = 6, LINE_BYTES = 400 };

struct cut {
    size_t batch_rows;
    size_t commit_rows;
    bool restarts;
};

/* --- An engine and its queries ---------------------------------------------------------------- */

static void open_engine(struct fixture *f, const char *dir, struct cut cut)
{
    const struct engine_setting settings[] = {{"auto.offset.reset", "earliest"}};
    const struct engine_options options = {.data_dir = dir,
                                           .durability = DURABILITY_PROCESS_CRASH,
                                           .settings = settings,
                                           .setting_count = 1,
                                           .batch_rows = cut.batch_rows,
                                           .commit_rows = cut.commit_rows,
                                           .cache_is_off = true,
                                           .is_manual = true,
                                           .now_ms = fixture_now_ms};
    *f = (struct fixture){0};
    assert_ok(engine_open(&options, &f->engine, &f->diag), &f->diag);
    assert_ok(session_create(f->engine, &f->session, &f->diag), &f->diag);
}

static void close_engine(struct fixture *f)
{
    json_decref(f->entity);
    session_destroy(f->session);
    engine_close(f->engine);
}

static void run(struct fixture *f)
{
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
}

static void define_stream(struct fixture *f)
{
    fixture_run(f, "CREATE STREAM events (id STRING KEY, kind INT, amount INT, name STRING)"
                   " WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON', PARTITIONS=3);"
                   "CREATE STREAM rules (id STRING KEY, kind INT)"
                   " WITH (KAFKA_TOPIC='rules', VALUE_FORMAT='JSON', PARTITIONS=3);");
}

/* In turn: a filter, one that reads other columns, a table, one of many writers of one stream, and
 * two without a filter in front. '#' is the query's number. */
static const char *const forms[KINDS] = {
    "CREATE STREAM q# AS SELECT * FROM events WHERE kind = #;",
    "CREATE STREAM q# AS SELECT id, name, ROWTIME AS t FROM events WHERE LEN(name) <> #;",
    "CREATE TABLE q# AS SELECT kind, COUNT(*) AS n, SUM(amount) AS s FROM events"
    " WHERE amount <> # GROUP BY kind;",
    "INSERT INTO rules WITH (QUERY_ID='q#') SELECT id, kind FROM events WHERE kind = #;",
    "CREATE STREAM q# AS SELECT amount, kind + # AS k, id FROM events"
    " PARTITION BY amount;",
    "CREATE TABLE q# AS SELECT name, MAX(kind + #) AS most FROM events GROUP BY name;"};

static void define_query(struct fixture *f, int number)
{
    struct buffer sql = {0};
    for (const char *at = forms[number % KINDS]; *at; at++) {
        if (*at == '#') {
            buffer_printf(&sql, "%d", number);
        } else {
            buffer_append_byte(&sql, *at);
        }
    }
    buffer_append_byte(&sql, '\0');
    fixture_run(f, sql.data);
    buffer_release(&sql);
}

/* Some records do not decode for queries that read AMOUNT, some for those that read NAME; some
 * have no value, some headers. */
static void produce_one(struct fixture *f, int number)
{
    static const struct record_header header = {.key = {"h", 1}, .value = {"1", 1}};
    char key[16];
    char value[160];
    (void)snprintf(key, sizeof(key), "k%d", number % 17);
    (void)snprintf(value, sizeof(value), "{\"KIND\":%d,\"AMOUNT\":%s%d%s,\"NAME\":%s}",
                   number * 7 % QUERIES, number % 97 == 5 ? "\"x" : "", number % 100,
                   number % 97 == 5 ? "\"" : "", number % 89 == 3 ? "{}" : "\"some \\\"name\\\"\"");
    const bool has_header = number % 500 == 7;
    const struct record record = {.key = {key, strlen(key)},
                                  .value = number % 211 == 9 ? (struct text){NULL, 0}
                                                             : (struct text){value, strlen(value)},
                                  .headers = has_header ? &header : NULL,
                                  .header_count = has_header,
                                  .time_ms = 1000 + number * 13 % 4001};
    assert_ok(
        engine_produce(f->engine, "events", number / 5 % PARTITIONS, &record, 1, false, &f->diag),
        &f->diag);
}

static void feed(struct fixture *f, int first, int end)
{
    for (int i = first; i < end; i++) {
        produce_one(f, i);
    }
}

/* --- What a query leaves ---------------------------------------------------------------------- */

static void print_segment(const struct segment *segment, int64_t from, struct buffer *out)
{
    for (uint32_t i = (uint32_t)(from - segment->base_offset); i < segment->record_count; i++) {
        const struct record *record = &segment->records[i];
        buffer_printf(out, "%u %.*s %.*s @%lld %u\n", segment->partition, TEXT_ARGS(record->key),
                      TEXT_ARGS(record->value), (long long)record->time_ms, record->header_count);
    }
}

static void print_topic(struct fixture *f, const char *name, struct buffer *out)
{
    struct topics *topics = engine_topics(f->engine);
    struct topic *topic = topics_find(topics, text_of(name));
    assert_non_null(topic);
    for (uint32_t p = 0; p < topic_partition_count(topic); p++) {
        const int64_t end = topics_range(topics, topic, p).end_offset;
        for (int64_t at = 0; at < end;) {
            struct segment *segment = NULL;
            assert_ok(topics_read(topics, topic, p, at, true, &segment, &f->diag), &f->diag);
            print_segment(segment, at, out);
            at = segment_end_offset(segment);
            segment_unref(segment);
        }
    }
    topic_unref(topic);
}

static void print_report(void *context, const struct query_report *report)
{
    buffer_printf(context, "in %llu out %llu failed %llu waiting %llu %s\n",
                  (unsigned long long)report->records_in, (unsigned long long)report->records_out,
                  (unsigned long long)report->records_failed,
                  (unsigned long long)report->records_waiting, report->state);
}

static void print_all(struct fixture *f, int first, int end, struct buffer *topics,
                      struct buffer *reports)
{
    char name[16];
    for (int i = first; i < end; i++) {
        (void)snprintf(name, sizeof(name), "Q%d", i);
        if (i % KINDS != 3) {
            print_topic(f, name, topics);
        }
    }
    assert_ok(engine_report_queries(f->engine, print_report, reports, &f->diag), &f->diag);
}

/* --- Together and alone ----------------------------------------------------------------------- */

static void run_together(struct cut cut, struct buffer *topics, struct buffer *reports,
                         struct buffer *rules)
{
    const struct temp_dir dir = temp_dir_make();
    struct fixture f;
    open_engine(&f, dir.path, cut);
    define_stream(&f);
    for (int i = 0; i < QUERIES; i++) {
        define_query(&f, i);
    }
    feed(&f, 0, RECORDS / 2);
    run(&f);
    if (cut.restarts) {
        close_engine(&f);
        open_engine(&f, dir.path, cut);
    }
    feed(&f, RECORDS / 2, RECORDS);
    run(&f);
    print_all(&f, 0, QUERIES, topics, reports);
    print_topic(&f, "rules", rules);
    close_engine(&f);
    temp_dir_remove(&dir);
}

static void run_alone(int number, struct buffer *topics, struct buffer *reports)
{
    struct fixture f;
    open_engine(&f, NULL, (struct cut){0});
    define_stream(&f);
    define_query(&f, number);
    feed(&f, 0, RECORDS / 2);
    run(&f);
    feed(&f, RECORDS / 2, RECORDS);
    run(&f);
    print_all(&f, number, number + 1, topics, reports);
    close_engine(&f);
}

static void require_equal(const struct buffer *expected, const struct buffer *actual)
{
    size_t line = 0;
    size_t i = 0;
    const size_t bytes = expected->bytes < actual->bytes ? expected->bytes : actual->bytes;
    for (; i < bytes && expected->data[i] == actual->data[i]; i++) {
        line = expected->data[i] == '\n' ? i + 1 : line;
    }
    if (i != expected->bytes || i != actual->bytes) {
        const size_t left = bytes - line < LINE_BYTES ? bytes - line : LINE_BYTES;
        fail_msg("expected\n%.*s\nbut got\n%.*s", (int)left, expected->data + line, (int)left,
                 actual->data + line);
    }
}

static void a_query_among_many_gives_what_it_gives_alone(void **state)
{
    static const struct cut cuts[] = {{0, 0, false}, {7, 0, true}, {0, 100, true}};
    struct buffer topics = {0};
    struct buffer reports = {0};
    struct buffer first_rules = {0};
    (void)state;
    for (int i = 0; i < QUERIES; i++) {
        run_alone(i, &topics, &reports);
    }
    assert_true(topics.bytes > 100000);
    assert_non_null(memmem(reports.data, reports.bytes, "failed 13", 9));
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        struct buffer together = {0};
        struct buffer counted = {0};
        struct buffer rules = {0};
        run_together(cuts[i], &together, &counted, &rules);
        require_equal(&topics, &together);
        require_equal(&reports, &counted);
        if (i == 0) {
            buffer_append_text(&first_rules, buffer_text(&rules));
        }
        require_equal(&first_rules, &rules); /* the order of many writers, too */
        buffer_release(&together);
        buffer_release(&counted);
        buffer_release(&rules);
    }
    buffer_release(&topics);
    buffer_release(&reports);
    buffer_release(&first_rules);
}

/* --- Comings and goings ----------------------------------------------------------------------- */

static void require_report(void *context, const struct query_report *report)
{
    const int64_t *expected = context;
    assert_string_equal(report->state, "RUNNING");
    assert_int_equal(report->records_in, *expected);
    assert_int_equal(report->records_waiting, 0);
}

static void require_all_read(struct fixture *f, int64_t count)
{
    assert_ok(engine_report_queries(f->engine, require_report, &count, &f->diag), &f->diag);
}

static void a_query_that_is_resumed_reads_what_it_missed(void **state)
{
    struct fixture f;
    (void)state;
    open_engine(&f, NULL, (struct cut){0});
    define_stream(&f);
    for (int i = 0; i < 12; i++) {
        define_query(&f, i);
    }
    feed(&f, 0, 100);
    run(&f);
    require_all_read(&f, 100);
    fixture_run(&f, "PAUSE ALL;");
    feed(&f, 100, 200);
    run(&f);
    fixture_run(&f, "RESUME ALL;"); /* nothing new comes after it */
    run(&f);
    require_all_read(&f, 200);
    define_query(&f, 12);
    run(&f);
    require_all_read(&f, 200);
    fixture_run(&f, "DROP STREAM q0;");
    feed(&f, 200, 300);
    run(&f);
    require_all_read(&f, 300);
    fixture_run(&f, "TERMINATE ALL;");
    feed(&f, 300, 400);
    run(&f);
    close_engine(&f);
}

static void a_query_that_fails_leaves_the_others_alone(void **state)
{
    struct fixture f;
    (void)state;
    open_engine(&f, NULL, (struct cut){0});
    define_stream(&f);
    define_query(&f, 0);
    define_query(&f, 1);
    fixture_run(&f, "SET 'ksql.fail.on.deserialization.error'='true';"
                    "CREATE STREAM strict AS SELECT id, amount FROM events;"
                    "UNSET 'ksql.fail.on.deserialization.error';");
    define_query(&f, 2);
    feed(&f, 0, 200);
    run(&f);
    json_t *strict = engine_describe(f.engine, "STRICT");
    assert_json_string(strict, "writeQueries.0.state", "ERROR");
    json_decref(strict);
    json_t *other = engine_describe(f.engine, "Q2");
    assert_json_int(other, "writeQueries.0.ledger.recordsIn", 200);
    json_decref(other);
    close_engine(&f);
}

/* The turn by hand, as the driver takes it: the query is resumed after the others have said what
 * they read, so what they decode together is not for it. */
static void a_query_that_is_resumed_within_a_turn_reads_its_own_columns(void **state)
{
    enum { COUNT = 3 };
    struct fixture f;
    struct buffer text = {0};
    (void)state;
    open_engine(&f, NULL, (struct cut){0});
    define_stream(&f);
    fixture_run(&f, "CREATE STREAM a AS SELECT id, kind FROM events;"
                    "CREATE STREAM b AS SELECT id, kind FROM events;"
                    "CREATE STREAM c AS SELECT id, name FROM events;");
    feed(&f, 10, 60);
    struct query **queries = f.engine->queries;
    for (int i = 0; i < COUNT; i++) {
        assert_true(query_begin_round(queries[i]));
    }
    assert_ok(query_pause(queries[COUNT - 1], &f.diag), &f.diag);
    for (int i = 0; i < COUNT; i++) {
        query_attend(queries[i]);
    }
    assert_ok(query_resume(queries[COUNT - 1], &f.diag), &f.diag);
    for (int i = 0; i < COUNT; i++) {
        size_t used = 0;
        bool is_over = false;
        assert_ok(query_step(queries[i], COUNT, &used, &is_over, &f.diag), &f.diag);
    }
    source_shares_end_turn(f.engine->shares);
    run(&f);
    print_topic(&f, "C", &text);
    buffer_append_byte(&text, '\0');
    size_t count = 0;
    for (const char *at = text.data; (at = strstr(at, "{\"NAME\":\"some")); at++) {
        count++;
    }
    assert_int_equal(count, 50);
    buffer_release(&text);
    close_engine(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_among_many_gives_what_it_gives_alone),
        cmocka_unit_test(a_query_that_is_resumed_reads_what_it_missed),
        cmocka_unit_test(a_query_that_is_resumed_within_a_turn_reads_its_own_columns),
        cmocka_unit_test(a_query_that_fails_leaves_the_others_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
