/* live_feed.c
 *
 * The process that kill_loop.py kills: it opens a data directory, makes sure that a topic and a
 * chain of queries over it exist, and appends records without end, saying on standard output
 * which are durable. Records carry a running number, so that whoever looks afterwards knows
 * exactly what must be there. `live_feed DIR` feeds; `live_feed DIR drain` lets the queries catch
 * up and ends.
 *
 * Record n has key n % 97, value {"SEQ":n,"K":"n % 97","V":n * 7919 % 1000} and time 10 * n ms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "topics/topics.h"

enum { BATCH_MAX = 64, VALUE_BYTES = 96, KEY_BYTES = 16, KEYS = 97 };

static const char statements[] =
    "CREATE STREAM IF NOT EXISTS feed (id STRING KEY, seq BIGINT, k STRING, v INTEGER)"
    " WITH (KAFKA_TOPIC='feed', VALUE_FORMAT='JSON', PARTITIONS=2);"
    "CREATE STREAM IF NOT EXISTS evens AS SELECT id, seq, k, v FROM feed WHERE v % 2 = 0;"
    "CREATE TABLE IF NOT EXISTS totals AS SELECT k, COUNT(*) AS n, SUM(v) AS total, MAX(seq)"
    " AS last"
    " FROM evens GROUP BY k;"
    "CREATE TABLE IF NOT EXISTS per_window AS SELECT k, COUNT(*) AS n FROM feed"
    " WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 1 DAY) GROUP BY k;"
    "CREATE TABLE IF NOT EXISTS per_hop AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM feed"
    " WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 1 DAY) GROUP BY k;"
    "CREATE STREAM IF NOT EXISTS by_k AS SELECT k, v, seq FROM feed PARTITION BY k;"
    "CREATE STREAM IF NOT EXISTS joined AS SELECT e.k AS k, e.seq AS seq, t.n AS n"
    " FROM evens e LEFT JOIN totals t ON e.k = t.k;";

static void die(const char *what, const struct diag *diag)
{
    (void)fprintf(stderr, "live_feed: %s: %s\n", what, diag->message);
    exit(1);
}

static void run_statements(struct engine *engine, struct diag *diag)
{
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {0};
    if (session_create(engine, &session, diag) != STATUS_OK ||
        session_set(session, "auto.offset.reset", "earliest", diag) != STATUS_OK ||
        script_open(engine, session, text_of(statements), &script, diag) != STATUS_OK) {
        die("statements", diag);
    }
    do {
        if (script_step(script, &outcome, diag) != STATUS_OK) {
            die("statement", diag);
        }
        if (outcome.kind == OUTCOME_ENTITY) {
            json_decref(outcome.entity);
        }
    } while (outcome.kind != OUTCOME_END);
    script_close(script);
    session_destroy(session);
}

/* How many records the topic holds: the number of the next one. */
static uint64_t next_number(struct engine *engine)
{
    struct topics *topics = engine_topics(engine);
    struct topic *topic = topics_find(topics, text_of("feed"));
    uint64_t count = 0;
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        count += (uint64_t)topics_range(topics, topic, i).end_offset;
    }
    topic_unref(topic);
    return count;
}

static void feed_batch(struct engine *engine, uint64_t first, size_t count, struct diag *diag)
{
    char values[BATCH_MAX][VALUE_BYTES];
    char keys[BATCH_MAX][KEY_BYTES];
    struct record records[BATCH_MAX];
    for (size_t i = 0; i < count; i++) {
        const uint64_t n = first + i;
        (void)snprintf(keys[i], sizeof(keys[i]), "%d", (int)(n % KEYS));
        (void)snprintf(values[i], sizeof(values[i]), "{\"SEQ\":%llu,\"K\":\"%s\",\"V\":%d}",
                       (unsigned long long)n, keys[i], (int)(n * 7919 % 1000));
        records[i] = (struct record){.key = text_of(keys[i]),
                                     .value = text_of(values[i]),
                                     .time_ms = (int64_t)n * 10};
    }
    if (engine_produce(engine, "feed", -1, records, count, true, diag) != STATUS_OK) {
        die("produce", diag);
    }
    (void)printf("%llu\n", (unsigned long long)(first + count));
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    struct diag diag;
    struct engine *engine = NULL;
    if (argc < 2) {
        return 2;
    }
    const bool is_drain = argc > 2 && strcmp(argv[2], "drain") == 0;
    const struct engine_options options = {.data_dir = argv[1], .cache_is_off = true};
    if (engine_open(&options, &engine, &diag) != STATUS_OK) {
        die("open", &diag);
    }
    run_statements(engine, &diag);
    uint64_t next = next_number(engine);
    (void)printf("%llu\n", (unsigned long long)next);
    (void)fflush(stdout);
    for (uint64_t round = next; !is_drain; round++) {
        const size_t count = 1 + (size_t)(round * 2654435761U % BATCH_MAX);
        feed_batch(engine, next, count, &diag);
        next += count;
    }
    if (engine_run_until_idle(engine, -1, &diag) != STATUS_OK) {
        die("drain", &diag);
    }
    engine_close(engine);
    return 0;
}
