/* bench_command.c
 *
 * `leat bench`: what the engine does with NEXMark bids, measured the same way every time; those
 * that need a server are in bench_server.c. Each benchmark makes its input first, then measures
 * only the work named; it is repeated on a new engine, and the median run is printed, as one JSON
 * object per line.
 *
 * ratio_to_decode compares with decoding alone, measured in the same run on the same machine:
 * the number to compare between machines and days.
 */
#include "shell/bench_command.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "formats/decoder.h"
#include "shell/bench_queries.h"
#include "shell/bench_server.h"
#include "shell/line_producer.h"
#include "shell/nexmark.h"
#include "shell/options.h"

enum { REPEATS_MAX = 99, AUCTION_KEYS = 100000 };

/* One measured stretch of work. */
struct measurement {
    double seconds;
    double cpu_seconds;
    uint64_t records;
    uint64_t bytes;
};

struct bench {
    int64_t event_count;
    int64_t repeats;
    enum nexmark_profile profile;
    enum durability durability;
    const char *data_dir; /* below it the directories of the runs are made */
    const char *sink;     /* "topic", or "none": project counts its rows */
    struct buffer lines;  /* bids, each ended by a newline */
    uint64_t bid_count;
    struct buffer auctions;
    struct bench_server_options server;
    struct bench_queries_options queries;
    struct diag *diag;
};

struct benchmark {
    const char *name;
    uint64_t auction_keys; /* of the bids: nexmark.h */
    enum status (*run)(struct bench *bench, struct measurement *out);
};

/* --- Clocks ------------------------------------------------------------------------------- */

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void measure_begin(struct measurement *measurement)
{
    measurement->seconds = wall_seconds();
    measurement->cpu_seconds = cpu_seconds();
}

static void measure_end(struct measurement *measurement)
{
    measurement->seconds = wall_seconds() - measurement->seconds;
    measurement->cpu_seconds = cpu_seconds() - measurement->cpu_seconds;
}

/* --- Input -------------------------------------------------------------------------------- */

static enum status make_events(struct bench *bench, uint64_t auction_keys)
{
    struct nexmark nexmark;
    nexmark_init(&nexmark, 1, bench->profile);
    nexmark.auction_keys = auction_keys;
    buffer_reset(&bench->lines);
    buffer_reset(&bench->auctions);
    bench->bid_count = 0;
    struct buffer other;
    buffer_init(&other);
    for (int64_t i = 0; i < bench->event_count; i++) {
        int64_t time_ms = 0;
        const uint64_t offset = nexmark.event % 50;
        const bool is_bid = offset > 3;
        struct buffer *rest = offset > 0 ? &bench->auctions : &other;
        struct buffer *out = is_bid ? &bench->lines : rest;
        (void)nexmark_next(&nexmark, out, &time_ms);
        buffer_append_byte(out, '\n');
        bench->bid_count += is_bid;
        buffer_reset(&other);
    }
    buffer_release(&other);
    TRY(buffer_status(&bench->lines, bench->diag));
    return buffer_status(&bench->auctions, bench->diag);
}

static enum status produce_lines(struct bench *bench, struct engine *engine, const char *topic,
                                 const struct buffer *lines)
{
    FILE *file = fmemopen(lines->data, lines->bytes, "r");
    if (!file) {
        return diag_no_memory(bench->diag);
    }
    const struct line_producer_options options = {.topic = topic, .timestamp_field = "dateTime"};
    uint64_t count = 0;
    const enum status status = line_producer_run(engine, &options, file, &count, bench->diag);
    (void)fclose(file);
    return status;
}

/* --- An engine of its own for each run ------------------------------------------------------ */

struct bench_engine {
    char dir[4096];
    struct engine *engine;
    struct session *session;
};

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void close_engine(struct bench_engine *bench_engine)
{
    session_destroy(bench_engine->session);
    engine_close(bench_engine->engine);
    if (bench_engine->dir[0]) {
        (void)nftw(bench_engine->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    }
}

static enum status open_engine(struct bench *bench, struct bench_engine *out)
{
    *out = (struct bench_engine){.engine = NULL};
    (void)snprintf(out->dir, sizeof(out->dir), "%s/leat-bench-XXXXXX", bench->data_dir);
    if (!mkdtemp(out->dir)) {
        return diag_fail(bench->diag, STATUS_IO, SQL_POS_NONE, "cannot make %s: %s", out->dir,
                         strerror(errno));
    }
    const struct engine_options options = {
        .data_dir = out->dir, .durability = bench->durability, .is_manual = true};
    TRY(engine_open(&options, &out->engine, bench->diag));
    TRY(session_create(out->engine, &out->session, bench->diag));
    return session_set(out->session, "auto.offset.reset", "earliest", bench->diag);
}

/* Runs a script; *out_cursor (may be NULL) gets the last query's cursor. */
static enum status run_sql(struct bench *bench, struct bench_engine *engine, const char *sql,
                           struct cursor **out_cursor)
{
    struct script *script = NULL;
    struct outcome outcome = {0};
    TRY(script_open(engine->engine, engine->session, text_of(sql), &script, bench->diag));
    enum status status = STATUS_OK;
    do {
        status = script_step(script, &outcome, bench->diag);
        if (status == STATUS_OK && outcome.kind == OUTCOME_ENTITY) {
            json_decref(outcome.entity);
        }
        if (status == STATUS_OK && outcome.kind == OUTCOME_CURSOR) {
            *out_cursor = outcome.cursor;
        }
    } while (status == STATUS_OK && outcome.kind != OUTCOME_END);
    script_close(script);
    return status;
}

#define BID_STREAM                                                                                 \
    "CREATE STREAM bid (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR,"             \
    " url VARCHAR, dateTime TIMESTAMP, extra VARCHAR)"                                             \
    " WITH (KAFKA_TOPIC='bid', VALUE_FORMAT='JSON', PARTITIONS=1);"

/* Fills the topic `bid`, then measures how long the queries of sql take to use it all and make
 * their results durable. */
static enum status measure_query(struct bench *bench, const char *setup, const char *sql,
                                 struct measurement *out)
{
    struct bench_engine engine;
    enum status status = open_engine(bench, &engine);
    if (status == STATUS_OK) {
        status = run_sql(bench, &engine, setup, NULL);
    }
    if (status == STATUS_OK && strstr(setup, "KAFKA_TOPIC='auction'")) {
        status = produce_lines(bench, engine.engine, "auction", &bench->auctions);
    }
    if (status == STATUS_OK) {
        status = produce_lines(bench, engine.engine, "bid", &bench->lines);
    }
    if (status == STATUS_OK) {
        status = run_sql(bench, &engine, sql, NULL);
    }
    measure_begin(out);
    if (status == STATUS_OK) {
        status = engine_run_until_idle(engine.engine, -1, bench->diag);
    }
    measure_end(out);
    out->records = bench->bid_count;
    out->bytes = bench->lines.bytes;
    close_engine(&engine);
    return status;
}

/* The same for a client's query, whose rows are counted and dropped. */
static enum status measure_client_query(struct bench *bench, const char *sql,
                                        struct measurement *out)
{
    struct bench_engine engine;
    struct cursor *cursor = NULL;
    struct row_chunk *chunk = NULL;
    bool is_end = false;
    enum status status = open_engine(bench, &engine);
    if (status == STATUS_OK) {
        status = run_sql(bench, &engine, BID_STREAM, NULL);
    }
    if (status == STATUS_OK) {
        status = produce_lines(bench, engine.engine, "bid", &bench->lines);
    }
    if (status == STATUS_OK) {
        status = run_sql(bench, &engine, sql, &cursor);
    }
    if (status == STATUS_OK) {
        cursor_count_only(cursor);
        measure_begin(out);
        status = cursor_next(cursor, 0, &chunk, &is_end, bench->diag);
        measure_end(out);
        if (cursor_row_count(cursor) == 0) {
            status = diag_fail(bench->diag, STATUS_INVALID, SQL_POS_NONE, "the query gave no rows");
        }
    }
    out->records = bench->bid_count;
    out->bytes = bench->lines.bytes;
    cursor_close(cursor);
    close_engine(&engine);
    return status;
}

/* --- The benchmarks ------------------------------------------------------------------------- */

static enum status decode_all(struct bench *bench, struct decoder *decoder,
                              const struct text *records, struct arena *batch_arena)
{
    struct column columns[7];
    struct decode_result result;
    for (uint64_t at = 0; at < bench->bid_count; at += BATCH_ROWS_MAX) {
        const uint64_t left = bench->bid_count - at;
        const size_t count = left < BATCH_ROWS_MAX ? (size_t)left : BATCH_ROWS_MAX;
        arena_reset(batch_arena);
        TRY(decoder_decode(decoder, records + at, count, columns, batch_arena, &result,
                           bench->diag));
        if (result.error_count > 0) {
            return diag_fail(bench->diag, STATUS_CORRUPT, SQL_POS_NONE, "a bid does not decode");
        }
    }
    return STATUS_OK;
}

static struct text *split_lines(const struct bench *bench)
{
    struct text *records = memory_alloc(bench->bid_count * sizeof(*records));
    const char *start = bench->lines.data;
    for (uint64_t i = 0; records && i < bench->bid_count; i++) {
        const char *end =
            memchr(start, '\n', (size_t)(bench->lines.data + bench->lines.bytes - start));
        records[i] = (struct text){start, (size_t)(end - start)};
        start = end + 1;
    }
    return records;
}

static enum status run_decode(struct bench *bench, struct measurement *out)
{
    const struct type_field columns[] = {
        {TEXT("AUCTION"), type_of(TYPE_BIGINT)}, {TEXT("BIDDER"), type_of(TYPE_BIGINT)},
        {TEXT("PRICE"), type_of(TYPE_BIGINT)},   {TEXT("CHANNEL"), type_of(TYPE_STRING)},
        {TEXT("URL"), type_of(TYPE_STRING)},     {TEXT("DATETIME"), type_of(TYPE_TIMESTAMP)},
        {TEXT("EXTRA"), type_of(TYPE_STRING)}};
    const struct decoder_options options = {.format = FORMAT_JSON,
                                            .side = FORMAT_VALUE,
                                            .topic = TEXT("bid"),
                                            .column_count = 7,
                                            .columns = columns};
    struct arena arena;
    struct arena batch_arena;
    arena_init(&arena);
    arena_init(&batch_arena);
    struct decoder *decoder = NULL;
    struct text *records = split_lines(bench);
    enum status status = records ? decoder_create(&arena, &options, &decoder, bench->diag)
                                 : diag_no_memory(bench->diag);
    measure_begin(out);
    if (status == STATUS_OK) {
        status = decode_all(bench, decoder, records, &batch_arena);
    }
    measure_end(out);
    out->records = bench->bid_count;
    out->bytes = bench->lines.bytes;
    memory_free(records);
    arena_release(&arena);
    arena_release(&batch_arena);
    return status;
}

static enum status run_ingest(struct bench *bench, struct measurement *out)
{
    struct bench_engine engine;
    enum status status = open_engine(bench, &engine);
    if (status == STATUS_OK) {
        status = engine_create_topic(engine.engine, "bid", 1, bench->diag);
    }
    FILE *file = fmemopen(bench->lines.data, bench->lines.bytes, "r");
    const struct line_producer_options options = {.topic = "bid"};
    measure_begin(out);
    if (status == STATUS_OK) {
        status = file ? line_producer_run(engine.engine, &options, file, &out->records, bench->diag)
                      : diag_no_memory(bench->diag);
    }
    measure_end(out);
    out->bytes = bench->lines.bytes;
    if (file) {
        (void)fclose(file);
    }
    close_engine(&engine);
    return status;
}

#define PROJECTION                                                                                 \
    "SELECT auction, bidder, price * 908 / 1000 AS price, dateTime, extra FROM bid"                \
    " WHERE price % 5 <> 0"

static enum status run_project(struct bench *bench, struct measurement *out)
{
    if (strcmp(bench->sink, "none") == 0) {
        return measure_client_query(bench, PROJECTION " EMIT CHANGES;", out);
    }
    return measure_query(bench, BID_STREAM,
                         "CREATE STREAM projected WITH (KAFKA_TOPIC='projected') AS " PROJECTION
                         ";",
                         out);
}

static enum status run_count(struct bench *bench, struct measurement *out)
{
    return measure_query(bench, BID_STREAM,
                         "CREATE TABLE counted WITH (KAFKA_TOPIC='counted', KEY_FORMAT='KAFKA') AS"
                         " SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid"
                         " WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY auction;",
                         out);
}

static enum status run_join(struct bench *bench, struct measurement *out)
{
    return measure_query(
        bench,
        BID_STREAM
        "CREATE STREAM auction (id BIGINT, itemName VARCHAR, seller BIGINT, category BIGINT)"
        " WITH (KAFKA_TOPIC='auction', VALUE_FORMAT='JSON', PARTITIONS=1);"
        "CREATE TABLE auction_t AS SELECT id, LATEST_BY_OFFSET(seller) AS seller,"
        " LATEST_BY_OFFSET(category) AS category FROM auction GROUP BY id;",
        "CREATE STREAM joined AS SELECT b.auction, b.bidder, b.price, a.seller, a.category"
        " FROM bid b INNER JOIN auction_t a ON b.auction = a.id;",
        out);
}

static const struct benchmark benchmarks[] = {
    {"count", AUCTION_KEYS, run_count}, {"decode", 0, run_decode},   {"ingest", 0, run_ingest},
    {"join", 0, run_join},              {"project", 0, run_project},
};

enum { BENCHMARK_COUNT = sizeof(benchmarks) / sizeof(benchmarks[0]) };

/* --- Repeating and printing ----------------------------------------------------------------- */

static int by_seconds(const void *a, const void *b)
{
    const struct measurement *left = a;
    const struct measurement *right = b;
    return (left->seconds > right->seconds) - (left->seconds < right->seconds);
}

static enum status run_median(struct bench *bench, const struct benchmark *benchmark,
                              struct measurement *out)
{
    struct measurement runs[REPEATS_MAX];
    TRY(make_events(bench, benchmark->auction_keys));
    for (int64_t i = 0; i < bench->repeats; i++) {
        runs[i] = (struct measurement){0};
        TRY(benchmark->run(bench, &runs[i]));
    }
    qsort(runs, (size_t)bench->repeats, sizeof(runs[0]), by_seconds);
    *out = runs[bench->repeats / 2];
    return STATUS_OK;
}

static double rate(const struct measurement *measurement)
{
    return (double)measurement->records / measurement->seconds;
}

static double rounded(double value, double unit)
{
    return (double)(int64_t)(value / unit + 0.5) * unit;
}

static void print_measurement(const char *name, const struct measurement *measurement,
                              const struct measurement *decode)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    json_t *json = json_pack(
        "{s:s, s:f, s:f, s:f, s:I, s:f}", "name", name, "records_per_second",
        rounded(rate(measurement), 1.0), "megabytes_per_second",
        rounded((double)measurement->bytes / measurement->seconds / 1e6, 0.1), "cores",
        rounded(measurement->cpu_seconds / measurement->seconds, 0.01), "peak_rss_mb",
        (json_int_t)(usage.ru_maxrss / 1024), "ratio_to_decode",
        rounded(rate(measurement) / rate(decode), 0.001));
    (void)json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
    (void)fputc('\n', stdout);
    (void)fflush(stdout);
    json_decref(json);
}

static enum status run_benchmark(struct bench *bench, const struct benchmark *benchmark,
                                 const struct measurement *decode)
{
    struct measurement measurement = *decode;
    if (benchmark->run != run_decode) {
        TRY(run_median(bench, benchmark, &measurement));
    }
    char name[64];
    const bool is_sinkless = benchmark->run == run_project && strcmp(bench->sink, "none") == 0;
    (void)snprintf(name, sizeof(name), "%s%s", benchmark->name, is_sinkless ? " --sink none" : "");
    print_measurement(name, &measurement, decode);
    return STATUS_OK;
}

static enum status run_selected(struct bench *bench, const char *name)
{
    if (bench_server_knows(name)) {
        bench->server.data_dir = bench->data_dir;
        return bench_server_run(name, &bench->server, bench->diag);
    }
    if (strcmp(name, "queries") == 0) {
        bench->queries.data_dir = bench->data_dir;
        bench->queries.durability = bench->durability;
        return bench_queries_run(&bench->queries, bench->diag);
    }
    struct measurement decode;
    const struct benchmark decode_benchmark = {.auction_keys = 0, .run = run_decode};
    TRY(run_median(bench, &decode_benchmark, &decode));
    for (size_t i = 0; i < BENCHMARK_COUNT; i++) {
        if (strcmp(name, "all") == 0 || strcmp(name, benchmarks[i].name) == 0) {
            TRY(run_benchmark(bench, &benchmarks[i], &decode));
        }
    }
    return STATUS_OK;
}

/* --- Options ------------------------------------------------------------------------------ */

static const struct option_row rows[] = {
    {"events", OPTION_NUMBER, offsetof(struct bench, event_count), "N",
     "events to generate, 92 % of them bids (default 1000000)", 1000, 4000000},
    {"repeat", OPTION_NUMBER, offsetof(struct bench, repeats), "N",
     "runs of which the median counts (default 5)", 1, REPEATS_MAX},
    {"profile", OPTION_PROFILE, offsetof(struct bench, profile), "P",
     "dense (default) or sparse event time", 0, 0},
    {"sink", OPTION_TEXT, offsetof(struct bench, sink), "none",
     "project: rows are counted instead of written", 0, 0},
    {"data", OPTION_TEXT, offsetof(struct bench, data_dir), "DIR",
     "where the data directories of the runs are made (default /tmp)", 0, 0},
    {"durability", OPTION_DURABILITY, offsetof(struct bench, durability), "D",
     "power-loss (default) or process-crash", 0, 0},
    {"seconds", OPTION_NUMBER, offsetof(struct bench, server.seconds), "N",
     "pull, push, insert: how long (default 5)", 1, 3600},
    {"clients", OPTION_NUMBER, offsetof(struct bench, server.client_count), "N",
     "pull, push, insert: keep-alive connections (default 32)", 1, 10000},
    {"rate", OPTION_NUMBER, offsetof(struct bench, server.push_rate), "N",
     "push: INSERTs per second (default 10000)", 1, 1000000},
    {"subscribers", OPTION_NUMBER, offsetof(struct bench, server.fanout_count), "N",
     "fanout: of the busy query (default 100)", 1, 10000},
    {"idle", OPTION_NUMBER, offsetof(struct bench, server.idle_count), "N",
     "fanout: of the idle query (default 10000)", 1, 10000},
    {"queries", OPTION_NUMBER, offsetof(struct bench, queries.query_count), "N",
     "queries: how many (default 1000)", 2, 100000},
    {"rows", OPTION_NUMBER, offsetof(struct bench, queries.row_count), "N",
     "queries: rows that all of them read (default 100000)", 1, 100000000},
};

static const struct option_table options = {
    .command = "leat bench",
    .usage = "usage: leat bench NAME [OPTIONS]\n\n"
             "Prints one JSON object per measurement, the median of the repeats. NAME is\n"
             "  decode   seven columns of JSON bids into column batches, one thread\n"
             "  ingest   lines to a durable topic\n"
             "  project  five columns, arithmetic, a filter that keeps 80 %; topic to topic\n"
             "  count    10 s tumbling COUNT and SUM by auction over 100,000 keys\n"
             "  join     bids with a table of auctions\n"
             "  all      each of those\n"
             "  pull     lookups by key over REST during ingest at half speed\n"
             "  push     from INSERT to a push query's subscriber, both durabilities\n"
             "  insert   single-row INSERTs over REST, both durabilities\n"
             "  fanout   many subscribers of one query, busy and idle\n"
             "  queries  many persistent queries over one stream\n\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

static bool is_name(const char *name)
{
    bool found = strcmp(name, "all") == 0 || strcmp(name, "queries") == 0 ||
                 bench_server_knows(name);
    for (size_t i = 0; i < BENCHMARK_COUNT; i++) {
        found = found || strcmp(name, benchmarks[i].name) == 0;
    }
    return found;
}

int bench_command(int argc, char **argv)
{
    struct diag diag;
    struct bench bench = {
        .event_count = 1000000,
        .repeats = 5,
        .data_dir = "/tmp",
        .sink = "topic",
        .server = {.seconds = 5,
                   .client_count = 32,
                   .push_rate = 10000,
                   .fanout_count = 100,
                   .idle_count = 10000},
        .queries = {.query_count = 1000, .row_count = 100000},
        .diag = &diag};
    int first = 0;
    int code = options_parse(&options, argc, argv, &bench, &first);
    if (code == OPTIONS_GO_ON && (first + 1 != argc || !is_name(argv[first]))) {
        code = options_usage_error(&options, "the name of a benchmark is needed");
    }
    if (code == OPTIONS_GO_ON && strcmp(bench.sink, "topic") != 0 &&
        strcmp(bench.sink, "none") != 0) {
        code = options_usage_error(&options, "--sink can be none or topic");
    }
    buffer_init(&bench.lines);
    buffer_init(&bench.auctions);
    if (code == OPTIONS_GO_ON) {
        const enum status status = run_selected(&bench, argv[first]);
        if (status != STATUS_OK) {
            (void)fprintf(stderr, "leat bench: %s\n", diag.message);
        }
        code = status == STATUS_OK ? 0 : 1;
    }
    buffer_release(&bench.lines);
    buffer_release(&bench.auctions);
    return code;
}
