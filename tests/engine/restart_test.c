/* restart_test.c: what a query is after it failed, was paused, or after the engine was opened
 * again, and in which order queries run. */
#include "tests/engine/fixture.h"
#include "tests/state/temp_dir.h"
#include "topics/topics.h"

/* Each record is a commit of its own. */
static void open_dir(struct fixture *f, const char *dir)
{
    const struct engine_setting settings[] = {{"auto.offset.reset", "earliest"}};
    const struct engine_options options = {.data_dir = dir,
                                           .settings = settings,
                                           .setting_count = 1,
                                           .commit_rows = 1,
                                           .is_manual = true,
                                           .now_ms = fixture_now_ms};
    *f = (struct fixture){0};
    assert_ok(engine_open(&options, &f->engine, &f->diag), &f->diag);
    assert_ok(session_create(f->engine, &f->session, &f->diag), &f->diag);
}

static void close_all(struct fixture *f)
{
    json_decref(f->entity);
    session_destroy(f->session);
    engine_close(f->engine);
}

static void produce(struct fixture *f, const char *topic, int32_t partition, const char *value,
                    int64_t time_ms)
{
    const struct record record = {.key = TEXT("k"), .value = text_of(value), .time_ms = time_ms};
    assert_ok(engine_produce(f->engine, topic, partition, &record, 1, true, &f->diag), &f->diag);
}

static void run(struct fixture *f)
{
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
}

/* Requires state and number of records read of the one query that writes sink. */
static void require_query(struct fixture *f, const char *sink, const char *state,
                          int64_t records_in)
{
    json_t *description = engine_describe(f->engine, sink);
    assert_json_string(description, "writeQueries.0.state", state);
    assert_json_int(description, "writeQueries.0.ledger.recordsIn", records_in);
    assert_json_int(description, "writeQueries.0.ledger.recordsUsed", records_in);
    json_decref(description);
}

static void states_and_ledgers_outlive_a_restart(void **state)
{
    const struct temp_dir dir = temp_dir_make();
    struct fixture f;
    (void)state;
    open_dir(&f, dir.path);
    fixture_run(&f, "CREATE STREAM s (id STRING KEY, price DECIMAL(6, 2))"
                    " WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);"
                    "CREATE STREAM copy AS SELECT * FROM s;"
                    "CREATE STREAM rest AS SELECT * FROM s;"
                    "CREATE TABLE sums AS SELECT id, SUM(price) AS p FROM s GROUP BY id;");
    produce(&f, "s", 0, "{\"PRICE\": 9000.00}", 1);
    run(&f);
    fixture_run(&f, "PAUSE `csas_rest_4`;"); /* ids are found without case */
    produce(&f, "s", 0, "{\"PRICE\": 9000.00}", 2); /* more than SUMS can hold */
    run(&f);
    for (int life = 0; life < 2; life++) {
        require_query(&f, "COPY", "RUNNING", 2);
        require_query(&f, "REST", "PAUSED", 1);
        require_query(&f, "SUMS", "ERROR", 1);
        close_all(&f);
        open_dir(&f, dir.path);
        require_query(&f, "SUMS", "RUNNING", 1); /* it tries again */
        run(&f);
    }
    fixture_run(&f, "RESUME CSAS_REST_4; RESUME CTAS_SUMS_5;");
    run(&f);
    require_query(&f, "REST", "RUNNING", 2);
    require_query(&f, "SUMS", "ERROR", 1);
    close_all(&f);
    temp_dir_remove(&dir);
}

/* The reader is older than one of the two queries that feed what it reads. */
static void a_query_runs_after_those_it_reads_from(void **state)
{
    struct fixture f;
    (void)state;
    open_dir(&f, NULL);
    fixture_run(&f, "CREATE STREAM a (id STRING KEY, x STRING)"
                    " WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON', PARTITIONS=1);"
                    "CREATE STREAM b (id STRING KEY, x STRING)"
                    " WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON', PARTITIONS=1);"
                    "CREATE STREAM both WITH (PARTITIONS=2) AS SELECT x, id FROM a PARTITION BY x;"
                    "CREATE TABLE lists WITH (PARTITIONS=1) AS SELECT id, COLLECT_LIST(x) AS l"
                    " FROM both GROUP BY id;"
                    "INSERT INTO both SELECT x, id FROM b PARTITION BY x;");
    produce(&f, "a", 0, "{\"X\": \"later\"}", 20);
    produce(&f, "b", 0, "{\"X\": \"earlier\"}", 10);
    run(&f);
    struct topic *topic = topics_find(engine_topics(f.engine), TEXT("LISTS"));
    struct segment *segment = NULL;
    const int64_t end = topics_range(engine_topics(f.engine), topic, 0).end_offset;
    assert_ok(topics_read(engine_topics(f.engine), topic, 0, end - 1, true, &segment, &f.diag),
              &f.diag);
    const struct record *last = &segment->records[end - 1 - segment->base_offset];
    assert_true(text_equal(last->value, TEXT("{\"L\":[\"earlier\",\"later\"]}")));
    segment_unref(segment);
    topic_unref(topic);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_and_ledgers_outlive_a_restart),
        cmocka_unit_test(a_query_runs_after_those_it_reads_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
