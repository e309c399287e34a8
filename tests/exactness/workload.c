/* workload.c
 *
 * Every operator takes part, at different depths of the chain, with sides of joins that come
 * from different depths, a stream that is fed by a query younger than its readers, and two streams
 * on one topic. The records come from a generator seeded by their number: out of order by up to a
 * minute, with null values, null keys, bytes that are no JSON, divisions by zero, and headers.
 */
#include "tests/exactness/workload.h"

#include <inttypes.h>

#include "base/hash.h"
#include "tests/test.h"
#include "topics/topics.h"

static const char statements[] =
    "CREATE STREAM clicks (id STRING KEY, user_id STRING, page STRING, cost INT,"
    " tags ARRAY<STRING>) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=3);"
    "CREATE STREAM clicks_again (id STRING KEY, cost INT)"
    " WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=3);"
    "CREATE STREAM views (id STRING KEY, user_id STRING, amount INT)"
    " WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=2);"
    "CREATE TABLE users (user_id STRING PRIMARY KEY, name STRING, city STRING)"
    " WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=3);"
    "CREATE TABLE accounts (user_id STRING PRIMARY KEY, credit INT)"
    " WITH (KAFKA_TOPIC='accounts', VALUE_FORMAT='JSON', PARTITIONS=3);"
    "CREATE TABLE cities (city STRING PRIMARY KEY, country STRING, area INT)"
    " WITH (KAFKA_TOPIC='cities', VALUE_FORMAT='JSON', PARTITIONS=2);"
    /* without state */
    "CREATE STREAM by_user AS SELECT user_id, id AS click, page, cost, 100 / (cost - 7) AS ratio,"
    " tags FROM clicks WHERE cost IS NULL OR cost % 5 <> 0 PARTITION BY user_id;"
    "CREATE STREAM views_by_user WITH (PARTITIONS=3) AS SELECT user_id, id AS visit, amount"
    " FROM views PARTITION BY user_id;"
    "CREATE STREAM tagged AS SELECT user_id, EXPLODE(tags) AS tag, cost FROM by_user;"
    /* groups */
    "CREATE TABLE totals AS SELECT user_id, COUNT(*) AS n, SUM(cost) AS total, MAX(page)"
    " AS last_page,"
    " LATEST_BY_OFFSET(page) AS page, COLLECT_LIST(cost) AS costs FROM by_user GROUP BY user_id"
    " HAVING COUNT(*) % 3 <> 0;"
    "CREATE TABLE tumbled AS SELECT tag, COUNT(*) AS n, SUM(cost) AS total FROM tagged"
    " WINDOW TUMBLING (SIZE 20 SECONDS, GRACE PERIOD 15 SECONDS) GROUP BY tag;"
    "CREATE TABLE hopped AS SELECT page, COUNT(*) AS n, AVG(cost) AS mean FROM clicks"
    " WINDOW HOPPING (SIZE 30 SECONDS, ADVANCE BY 10 SECONDS, GRACE PERIOD 20 SECONDS)"
    " GROUP BY page HAVING COUNT(*) > 2;"
    "CREATE TABLE visits AS SELECT user_id, COUNT(*) AS n, EARLIEST_BY_OFFSET(page) AS entry"
    " FROM by_user WINDOW SESSION (4 SECONDS, GRACE PERIOD 10 SECONDS) GROUP BY user_id;"
    "CREATE TABLE finals AS SELECT user_id, COUNT(*) AS n FROM views_by_user"
    " WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY user_id EMIT FINAL;"
    "CREATE TABLE final_sessions AS SELECT user_id, SUM(amount) AS total FROM views_by_user"
    " WINDOW SESSION (3 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY user_id EMIT FINAL;"
    "CREATE TABLE per_city AS SELECT city, COUNT(*) AS n, COLLECT_LIST(name) AS names FROM users"
    " GROUP BY city;"
    /* joins */
    "CREATE STREAM named AS SELECT b.user_id AS user_id, b.click, u.name, u.city FROM by_user b"
    " JOIN users u ON b.user_id = u.user_id;"
    "CREATE STREAM totaled AS SELECT b.user_id AS user_id, b.click, t.n, t.total FROM by_user b"
    " LEFT JOIN totals t ON b.user_id = t.user_id;"
    "CREATE TABLE profiles AS SELECT u.user_id AS user_id, u.name, u.city, a.credit FROM users u"
    " LEFT JOIN accounts a ON u.user_id = a.user_id;"
    "CREATE TABLE balances AS SELECT ROWKEY AS user_id, t.n, p.name, p.credit FROM totals t"
    " FULL OUTER JOIN profiles p ON t.user_id = p.user_id;"
    "CREATE TABLE placed AS SELECT u.user_id AS user_id, u.name, c.country, c.area FROM users u"
    " JOIN cities c ON u.city = c.city;"
    "CREATE TABLE placed_profiles AS SELECT p.user_id AS user_id, p.credit, n.n, n.names FROM"
    " profiles p LEFT JOIN per_city n ON p.city = n.city;"
    "CREATE TABLE three AS SELECT u.user_id AS user_id, u.name, a.credit, t.total FROM users u"
    " JOIN accounts a ON u.user_id = a.user_id LEFT JOIN totals t ON u.user_id = t.user_id;"
    "CREATE STREAM pairs AS SELECT ROWKEY AS user_id, b.click, v.visit, v.amount FROM by_user b"
    " FULL OUTER JOIN views_by_user v WITHIN 2 SECONDS GRACE PERIOD 3 SECONDS"
    " ON b.user_id = v.user_id;"
    "CREATE STREAM doubles AS SELECT c.id AS id, c.cost, a.cost AS cost_again FROM clicks c"
    " JOIN clicks_again a WITHIN 1 SECOND GRACE PERIOD 1 SECOND ON c.id = a.id;"
    /* a stream whose second feeder is younger than its readers */
    "CREATE STREAM mixed AS SELECT user_id, cost AS number FROM by_user;"
    "CREATE TABLE mixed_totals AS SELECT number, COUNT(*) AS n, COLLECT_LIST(user_id) AS who"
    " FROM mixed GROUP BY number;"
    "INSERT INTO mixed SELECT user_id, amount AS number FROM views_by_user;";

static const char *const sinks[] = {
    "BY_USER",  "VIEWS_BY_USER", "TAGGED",          "TOTALS", "TUMBLED", "HOPPED",
    "VISITS", "FINALS",        "FINAL_SESSIONS",  "PER_CITY", "NAMED",  "TOTALED",
    "PROFILES", "BALANCES",      "PLACED_PROFILES", "PLACED", "PAIRS",    "DOUBLES",
    "MIXED",    "MIXED_TOTALS",  "THREE"};

static int64_t now_ms(void *clock)
{
    (void)clock;
    return 1700000000000;
}

struct engine *workload_open(const char *dir, struct cut cut)
{
    const struct engine_setting settings[] = {{"auto.offset.reset", "earliest"}};
    const struct engine_options options = {.data_dir = dir,
                                           .durability = DURABILITY_PROCESS_CRASH,
                                           .settings = settings,
                                           .setting_count = 1,
                                           .batch_rows = cut.batch_rows,
                                           .commit_rows = cut.commit_rows,
                                           .commit_interval_ms = 600000,
                                           .cache_is_off = true,
                                           .is_manual = true,
                                           .now_ms = now_ms};
    struct engine *engine = NULL;
    struct diag diag;
    assert_ok(engine_open(&options, &engine, &diag), &diag);
    return engine;
}

void workload_define(struct engine *engine)
{
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {0};
    struct diag diag;
    assert_ok(session_create(engine, &session, &diag), &diag);
    assert_ok(script_open(engine, session, text_of(statements), &script, &diag), &diag);
    do {
        assert_ok(script_step(script, &outcome, &diag), &diag);
        if (outcome.kind == OUTCOME_ENTITY) {
            json_decref(outcome.entity);
        }
    } while (outcome.kind != OUTCOME_END);
    script_close(script);
    session_destroy(session);
}

/* --- input ---------------------------------------------------------------------------------- */

enum { KEY_BYTES = 32, VALUE_BYTES = 160, USERS = 12, CITIES = 6, FEED_MAX = 300 };

/* One record in the making. */
struct draft {
    uint64_t dice;
    const char *topic;
    int64_t time_ms;
    char key[KEY_BYTES];
    char value[VALUE_BYTES];
    bool has_no_key;
    bool has_no_value;
    bool has_header;
};

/* The next number below limit. */
static unsigned roll(struct draft *draft, unsigned limit)
{
    draft->dice = draft->dice * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)((draft->dice >> 33) % limit);
}

static const char *draft_click(struct draft *draft)
{
    const unsigned user = roll(draft, USERS);
    const unsigned cost = roll(draft, 20);
    (void)snprintf(draft->key, sizeof(draft->key), "c%u", roll(draft, 400));
    (void)snprintf(draft->value, sizeof(draft->value),
                   "{\"USER_ID\":\"u%u\",\"PAGE\":\"p%u\",\"COST\":%u,\"TAGS\":[\"t%u\",\"t%u\"]}",
                   user, roll(draft, 8), cost, roll(draft, 5), roll(draft, 5));
    return "clicks";
}

static const char *draft_view(struct draft *draft)
{
    (void)snprintf(draft->key, sizeof(draft->key), "v%u", roll(draft, 400));
    (void)snprintf(draft->value, sizeof(draft->value), "{\"USER_ID\":\"u%u\",\"AMOUNT\":%u}",
                   roll(draft, USERS), roll(draft, 20));
    return "views";
}

static const char *draft_table_row(struct draft *draft)
{
    const unsigned table = roll(draft, 3);
    if (table == 2) {
        (void)snprintf(draft->key, sizeof(draft->key), "city%u", roll(draft, CITIES));
        (void)snprintf(draft->value, sizeof(draft->value), "{\"COUNTRY\":\"x%u\",\"AREA\":%u}",
                       roll(draft, 3), roll(draft, 1000));
        return "cities";
    }
    (void)snprintf(draft->key, sizeof(draft->key), "u%u", roll(draft, USERS));
    (void)snprintf(draft->value, sizeof(draft->value),
                   "{\"NAME\":\"n%u\",\"CITY\":\"city%u\",\"CREDIT\":%u}", roll(draft, 100),
                   roll(draft, CITIES), roll(draft, 1000));
    return table == 0 ? "users" : "accounts";
}

/* One record in twenty is not as it should be. */
static void spoil(struct draft *draft)
{
    switch (roll(draft, 60)) {
    case 0:
        draft->has_no_value = true;
        break;
    case 1:
        draft->has_no_key = true;
        break;
    case 2:
        draft->value[0] = '(';
        break;
    default:
        break;
    }
}

static struct draft draft_record(uint32_t number)
{
    struct draft draft = {.dice = number * 0x9e3779b97f4a7c15U + 12345};
    const unsigned kind = roll(&draft, 10);
    if (kind < 5) {
        draft.topic = draft_click(&draft);
    } else {
        draft.topic = kind < 8 ? draft_view(&draft) : draft_table_row(&draft);
    }
    spoil(&draft);
    /* Some come late: by seconds often, by a minute now and then; many share a moment. */
    const unsigned delay_ms = roll(&draft, 40) == 0 ? roll(&draft, 60000) : roll(&draft, 4) * 400;
    draft.time_ms = 100000 + (int64_t)number / 16 * 800 - delay_ms;
    draft.has_header = roll(&draft, 8) == 0;
    return draft;
}

static void produce(struct engine *engine, const char *topic, int32_t partition,
                    const struct record *records, size_t count)
{
    struct diag diag;
    assert_ok(engine_produce(engine, topic, partition, records, count, false, &diag), &diag);
}

/* Appends what drafts hold for one topic: together, so that batches can be long; those without a
 * key one by one to a partition of their own choice. */
static void feed_topic(struct engine *engine, const char *topic, struct draft *drafts, size_t count)
{
    struct record records[FEED_MAX];
    struct record_header headers[FEED_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct draft *draft = &drafts[i];
        if (strcmp(draft->topic, topic) != 0) {
            continue;
        }
        headers[kept] = (struct record_header){TEXT("n"), text_of(draft->key)};
        records[kept] = (struct record){
            .key = draft->has_no_key ? (struct text){NULL, 0} : text_of(draft->key),
            .value = draft->has_no_value ? (struct text){NULL, 0} : text_of(draft->value),
            .time_ms = draft->time_ms,
            .headers = draft->has_header ? &headers[kept] : NULL,
            .header_count = draft->has_header,
        };
        if (draft->has_no_key) {
            produce(engine, topic, (int32_t)(roll(draft, 2)), &records[kept], 1);
        } else {
            kept++;
        }
    }
    if (kept > 0) {
        produce(engine, topic, -1, records, kept);
    }
}

void workload_feed(struct engine *engine, uint32_t first, uint32_t count)
{
    static const char *const topics[] = {"clicks", "views", "users", "accounts", "cities"};
    struct draft drafts[FEED_MAX];
    struct diag diag;
    for (uint32_t done = 0; done < count;) {
        const uint32_t part = count - done < FEED_MAX ? count - done : FEED_MAX;
        for (uint32_t i = 0; i < part; i++) {
            drafts[i] = draft_record(first + done + i);
        }
        for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
            feed_topic(engine, topics[i], drafts, part);
        }
        done += part;
    }
    assert_ok(engine_flush(engine, &diag), &diag);
}

void workload_run(struct engine *engine)
{
    struct diag diag;
    assert_ok(engine_run_until_idle(engine, -1, &diag), &diag);
}

/* --- what is there -------------------------------------------------------------------------- */

static json_int_t ledger_line(const json_t *ledger, const char *name)
{
    const json_t *value = json_object_get(ledger, name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* Calls visit with the ledger of every query. */
static void visit_ledgers(struct engine *engine,
                          void (*visit)(const json_t *query, const json_t *ledger, void *context),
                          void *context)
{
    for (size_t i = 0; i < sizeof(sinks) / sizeof(sinks[0]); i++) {
        json_t *description = engine_describe(engine, sinks[i]);
        const json_t *queries = json_object_get(description, "writeQueries");
        assert_true(json_array_size(queries) > 0);
        for (size_t q = 0; q < json_array_size(queries); q++) {
            const json_t *query = json_array_get(queries, q);
            visit(query, json_object_get(query, "ledger"), context);
        }
        json_decref(description);
    }
}

static void check_ledger(const json_t *query, const json_t *ledger, void *context)
{
    (void)context;
    const json_int_t sum =
        ledger_line(ledger, "recordsUsed") + ledger_line(ledger, "recordsFiltered") +
        ledger_line(ledger, "recordsLate") + ledger_line(ledger, "recordsFailed");
    if (sum != ledger_line(ledger, "recordsIn")) {
        char *dump = json_dumps(ledger, JSON_COMPACT);
        fail_msg("%s does not add up: %s", json_string_value(json_object_get(query, "id")), dump);
    }
}

void workload_check_ledgers(struct engine *engine)
{
    visit_ledgers(engine, check_ledger, NULL);
}

static void print_ledger(const json_t *query, const json_t *ledger, void *context)
{
    char *dump = json_dumps(ledger, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(json_string_value(json_object_get(query, "state")), "RUNNING");
    buffer_printf(context, "%s %s\n", json_string_value(json_object_get(query, "id")), dump);
    free(dump);
}

static void print_text(struct buffer *out, struct text text)
{
    buffer_printf(out, " %zu:", text.bytes);
    for (size_t i = 0; text.data && i < text.bytes; i++) {
        const char byte = text.data[i];
        if (byte >= ' ' && byte <= '~') {
            buffer_append_byte(out, byte);
        } else {
            buffer_printf(out, "\\%02x", (unsigned)(uint8_t)byte);
        }
    }
    buffer_append_text(out, text.data ? TEXT(".") : TEXT("null"));
}

static void print_record(struct buffer *out, const struct record *record)
{
    print_text(out, record->key);
    print_text(out, record->value);
    buffer_printf(out, " @%" PRId64, record->time_ms);
    for (uint32_t i = 0; i < record->header_count; i++) {
        print_text(out, record->headers[i].key);
        print_text(out, record->headers[i].value);
    }
    buffer_append_byte(out, '\n');
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Appends the lines of text, sorted, to out. */
static void append_sorted(struct buffer *out, struct buffer *text)
{
    enum { LINES_MAX = 20000 };
    char **lines = calloc(LINES_MAX, sizeof(*lines));
    size_t count = 0;
    assert_non_null(lines);
    buffer_append_byte(text, '\0');
    char *rest = NULL;
    for (char *line = strtok_r(text->data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        assert_true(count < LINES_MAX);
        lines[count++] = line;
    }
    qsort(lines, count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(out, "%s\n", lines[i]);
    }
    free(lines);
}

/* Within a batch the processing log follows the steps of a query, not its rows: it is compared
 * as a set. */
static void print_partition(struct topics *topics, struct topic *topic, uint32_t partition,
                            struct buffer *out)
{
    const bool is_log = text_equal(topic_name(topic), TEXT("default_ksql_processing_log"));
    struct buffer log;
    const struct topic_range range = topics_range(topics, topic, partition);
    struct diag diag;
    buffer_init(&log);
    assert_int_equal(range.start_offset, 0);
    assert_int_equal(range.durable_offset, range.end_offset);
    for (int64_t offset = 0; offset < range.end_offset;) {
        struct segment *segment = NULL;
        assert_ok(topics_read(topics, topic, partition, offset, true, &segment, &diag), &diag);
        assert_non_null(segment);
        for (; offset < segment_end_offset(segment); offset++) {
            const struct record *record = &segment->records[offset - segment->base_offset];
            if (is_log) {
                print_record(&log, record);
                continue;
            }
            buffer_printf(out, "%.*s/%u+%" PRId64, TEXT_ARGS(topic_name(topic)), partition, offset);
            print_record(out, record);
        }
        segment_unref(segment);
    }
    append_sorted(out, &log);
    buffer_release(&log);
}

void workload_print(struct engine *engine, struct buffer *out)
{
    struct topics *topics = engine_topics(engine);
    struct topic **list = NULL;
    size_t count = 0;
    struct diag diag;
    visit_ledgers(engine, print_ledger, out);
    assert_ok(topics_list(topics, &list, &count, &diag), &diag);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t partition = 0; partition < topic_partition_count(list[i]); partition++) {
            print_partition(topics, list[i], partition, out);
        }
    }
    topics_free_list(list);
    assert_ok(buffer_status(out, &diag), &diag);
}
