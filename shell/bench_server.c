/* bench_server.c
 *
 * What is measured, one function per benchmark:
 *
 *     pull    lookups by key in a table of 100,000 rows while bids change it at half speed
 *     push    from the write of an INSERT to the read of its row by a subscriber, at a given rate,
 *             for both durabilities; the row carries its time, so no clocks are compared
 *     insert  single-row INSERTs, each answered when it is durable; rows over one /inserts-stream
 *     fanout  rows that reach the subscribers of one query per second; memory per idle subscriber,
 *             each with a connection of its own, in both protocols
 */
#include "shell/bench_server.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "server/clock.h"
#include "shell/bench_server_child.h"
#include "shell/bench_server_inserts.h"
#include "shell/bench_server_load.h"

enum {
    WARM_UP_SECONDS = 1,
    WARM_UP_ROWS = 10000,
    STREAMED_ROWS = 1000000,
    FANOUT_INSERTS = 20000,
};

/* A server and the load on it. */
struct trial {
    const struct bench_server_options *options;
    struct bench_child child;
    struct load load;
    double seconds;
    double server_cores;
    struct diag *diag;
};

struct server_benchmark {
    const char *name;
    enum status (*run)(const struct bench_server_options *options, struct diag *diag);
};

/* --- Trials ----------------------------------------------------------------------------------- */

static enum status begin(struct trial *trial, const struct bench_server_options *options,
                         const struct bench_child_options *child, struct diag *diag)
{
    *trial = (struct trial){.options = options, .diag = diag};
    TRY(bench_child_start(child, &trial->child, diag));
    const enum status status = load_create(trial->child.port, &trial->load, diag);
    if (status != STATUS_OK) {
        load_release(&trial->load);
        bench_child_stop(&trial->child);
    }
    return status;
}

static void finish(struct trial *trial)
{
    load_release(&trial->load);
    bench_child_stop(&trial->child);
}

/* Runs the load for so long; what was seen is in the trial. */
static enum status measure(struct trial *trial, double seconds)
{
    struct load *load = &trial->load;
    load_reset(load);
    const int64_t start_us = clock_us();
    const double cpu = bench_child_cpu_seconds(&trial->child);
    TRY(load_run(load, seconds, trial->diag));
    trial->seconds = (double)(clock_us() - start_us) / 1e6;
    trial->server_cores = (bench_child_cpu_seconds(&trial->child) - cpu) / trial->seconds;
    if (load->failed_count > 0) {
        return diag_fail(trial->diag, STATUS_INVALID, SQL_POS_NONE, "%llu answers are wrong: %s",
                         (unsigned long long)load->failed_count, load->last_failure);
    }
    return STATUS_OK;
}

static double rounded(double value, double unit)
{
    return (double)(int64_t)(value / unit + 0.5) * unit;
}

static void add_real(json_t *json, const char *name, double value, double unit)
{
    (void)json_object_set_new(json, name, json_real(rounded(value, unit)));
}

/* The fields that every line ends with; takes the reference. */
static void print(const struct trial *trial, json_t *json)
{
    add_real(json, "server_cores", trial->server_cores, 0.01);
    add_real(json, "server_rss_mb", (double)bench_child_rss_kib(&trial->child) / 1024, 0.1);
    (void)json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
    (void)fputc('\n', stdout);
    (void)fflush(stdout);
    json_decref(json);
}

static json_t *describe(const char *name, double rate, const struct load_times *times)
{
    json_t *json = json_pack("{s:s}", "name", name);
    add_real(json, "per_second", rate, 1);
    add_real(json, "p50_ms", load_times_quantile_ms(times, 0.5), 0.01);
    add_real(json, "p99_ms", load_times_quantile_ms(times, 0.99), 0.01);
    return json;
}

/* --- pull ------------------------------------------------------------------------------------- */

static uint64_t next_random(struct load *load)
{
    load->random = load->random * 6364136223846793005u + 1442695040888963407u; /* Knuth, MMIX */
    return load->random >> 33;
}

static void pull_body(struct load *load, struct buffer *out)
{
    const uint64_t key = next_random(load) % BENCH_AUCTION_COUNT + BENCH_AUCTION_FIRST;
    buffer_printf(out, "{\"sql\":\"SELECT * FROM counted WHERE auction = %llu;\"}",
                  (unsigned long long)key);
}

static enum status call_repeatedly(struct trial *trial, const char *path,
                                   void (*next_body)(struct load *load, struct buffer *out))
{
    trial->load.path = path;
    trial->load.next_body = next_body;
    TRY(load_add_callers(&trial->load, (size_t)trial->options->client_count, trial->diag));
    TRY(measure(trial, WARM_UP_SECONDS));
    return measure(trial, (double)trial->options->seconds);
}

static enum status run_pull(const struct bench_server_options *options, struct diag *diag)
{
    const struct bench_child_options child = {
        .data_dir = options->data_dir,
        .must_ingest = true,
        .sql = "CREATE STREAM bid (auction BIGINT, bidder BIGINT, price BIGINT)"
               " WITH (KAFKA_TOPIC='bid', VALUE_FORMAT='JSON', PARTITIONS=1);"
               "CREATE TABLE counted AS SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid"
               " GROUP BY auction;"};
    struct trial trial;
    TRY(begin(&trial, options, &child, diag));
    const enum status status = call_repeatedly(&trial, "/query-stream", pull_body);
    if (status == STATUS_OK) {
        json_t *json =
            describe("pull", (double)trial.load.answer_count / trial.seconds, &trial.load.answers);
        add_real(json, "ingest_per_second", trial.child.ingest_rate, 1);
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

/* --- insert and push -------------------------------------------------------------------------- */

#define TICKS                                                                                      \
    "CREATE STREAM ticks (us BIGINT) WITH (KAFKA_TOPIC='ticks', VALUE_FORMAT='JSON',"              \
    " PARTITIONS=1);"

static void insert_body(struct load *load, struct buffer *out)
{
    (void)load;
    buffer_printf(out, "{\"ksql\":\"INSERT INTO ticks (us) VALUES (%lld);\"}",
                  (long long)clock_us());
}

static const char *durability_name(enum durability durability)
{
    return durability == DURABILITY_POWER_LOSS ? "power-loss" : "process-crash";
}

static enum status run_insert_at(const struct bench_server_options *options,
                                 enum durability durability, struct diag *diag)
{
    const struct bench_child_options child = {
        .data_dir = options->data_dir, .durability = durability, .sql = TICKS};
    struct trial trial;
    TRY(begin(&trial, options, &child, diag));
    const enum status status = call_repeatedly(&trial, "/ksql", insert_body);
    if (status == STATUS_OK) {
        json_t *json = describe("insert", (double)trial.load.answer_count / trial.seconds,
                                &trial.load.answers);
        (void)json_object_set_new(json, "durability", json_string(durability_name(durability)));
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

static enum status stream_rows(struct trial *trial)
{
    TRY(bench_inserts_send(trial->child.port, "ticks", WARM_UP_ROWS, trial->diag));
    const int64_t start_us = clock_us();
    const double cpu = bench_child_cpu_seconds(&trial->child);
    TRY(bench_inserts_send(trial->child.port, "ticks", STREAMED_ROWS, trial->diag));
    trial->seconds = (double)(clock_us() - start_us) / 1e6;
    trial->server_cores = (bench_child_cpu_seconds(&trial->child) - cpu) / trial->seconds;
    return STATUS_OK;
}

static enum status run_stream_at(const struct bench_server_options *options,
                                 enum durability durability, struct diag *diag)
{
    const struct bench_child_options child = {
        .data_dir = options->data_dir, .durability = durability, .sql = TICKS};
    struct trial trial;
    TRY(begin(&trial, options, &child, diag));
    const enum status status = stream_rows(&trial);
    if (status == STATUS_OK) {
        json_t *json = json_pack("{s:s, s:s}", "name", "insert stream", "durability",
                                 durability_name(durability));
        add_real(json, "per_second", STREAMED_ROWS / trial.seconds, 1);
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

static enum status run_insert(const struct bench_server_options *options, struct diag *diag)
{
    TRY(run_insert_at(options, DURABILITY_PROCESS_CRASH, diag));
    TRY(run_insert_at(options, DURABILITY_POWER_LOSS, diag));
    TRY(run_stream_at(options, DURABILITY_PROCESS_CRASH, diag));
    return run_stream_at(options, DURABILITY_POWER_LOSS, diag);
}

static enum status run_push_at(const struct bench_server_options *options,
                               enum durability durability, struct diag *diag)
{
    const struct bench_child_options child = {
        .data_dir = options->data_dir, .durability = durability, .sql = TICKS};
    struct trial trial;
    TRY(begin(&trial, options, &child, diag));
    trial.load.rate = (double)options->push_rate;
    trial.load.rows_have_times = true;
    enum status status =
        load_add_subscribers(&trial.load, 1, "SELECT us FROM ticks EMIT CHANGES;", diag);
    if (status == STATUS_OK) {
        status = call_repeatedly(&trial, "/ksql", insert_body);
    }
    if (status == STATUS_OK) {
        json_t *json =
            describe("push", (double)trial.load.row_count / trial.seconds, &trial.load.rows);
        (void)json_object_set_new(json, "durability", json_string(durability_name(durability)));
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

static enum status run_push(const struct bench_server_options *options, struct diag *diag)
{
    TRY(run_push_at(options, DURABILITY_PROCESS_CRASH, diag));
    return run_push_at(options, DURABILITY_POWER_LOSS, diag);
}

/* --- fanout ----------------------------------------------------------------------------------- */

/* Until every subscriber has every row; the INSERTs go as fast as they are answered. */
static enum status deliver(struct trial *trial)
{
    struct load *load = &trial->load;
    const uint64_t count = (uint64_t)trial->options->fanout_count;
    load->path = "/ksql";
    load->next_body = insert_body;
    load->rows_have_times = true;
    load->answer_limit = FANOUT_INSERTS;
    load->row_limit = FANOUT_INSERTS * count;
    TRY(load_add_callers(load, (size_t)trial->options->client_count, trial->diag));
    TRY(measure(trial, 60));
    return load->row_count == load->row_limit
               ? STATUS_OK
               : diag_fail(trial->diag, STATUS_CANCELLED, SQL_POS_NONE,
                           "only %llu of %llu rows were delivered",
                           (unsigned long long)load->row_count,
                           (unsigned long long)load->row_limit);
}

static enum status run_busy(const struct bench_server_options *options,
                            const struct bench_child_options *child, struct diag *diag)
{
    struct trial trial;
    TRY(begin(&trial, options, child, diag));
    enum status status = load_add_subscribers(&trial.load, (size_t)options->fanout_count,
                                              "SELECT us FROM ticks EMIT CHANGES;", diag);
    if (status == STATUS_OK) {
        status = deliver(&trial);
    }
    if (status == STATUS_OK) {
        json_t *json =
            describe("fanout", (double)trial.load.row_count / trial.seconds, &trial.load.rows);
        (void)json_object_set_new(json, "subscribers", json_integer(options->fanout_count));
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

static enum status run_idle(const struct bench_server_options *options,
                            const struct bench_child_options *child, bool speaks_http2,
                            struct diag *diag)
{
    struct trial trial;
    TRY(begin(&trial, options, child, diag));
    trial.load.speaks_http2 = speaks_http2;
    const double before_kib = (double)bench_child_rss_kib(&trial.child);
    const int64_t start_us = clock_us();
    enum status status = load_add_subscribers(&trial.load, (size_t)options->idle_count,
                                              "SELECT us FROM ticks EMIT CHANGES;", diag);
    const double connect_seconds = (double)(clock_us() - start_us) / 1e6;
    if (status == STATUS_OK) {
        status = measure(&trial, (double)options->seconds);
    }
    if (status == STATUS_OK) {
        const double grown_kib = (double)bench_child_rss_kib(&trial.child) - before_kib;
        json_t *json = json_pack("{s:s, s:s, s:I}", "name", "fanout idle", "protocol",
                                 speaks_http2 ? "HTTP/2" : "HTTP/1.1", "subscribers",
                                 (json_int_t)options->idle_count);
        add_real(json, "connect_seconds", connect_seconds, 0.01);
        add_real(json, "kib_per_subscriber", grown_kib / (double)options->idle_count, 0.1);
        print(&trial, json);
    }
    finish(&trial);
    return status;
}

static enum status run_fanout(const struct bench_server_options *options, struct diag *diag)
{
    const struct bench_child_options child = {
        .data_dir = options->data_dir, .durability = DURABILITY_PROCESS_CRASH, .sql = TICKS};
    TRY(run_busy(options, &child, diag));
    TRY(run_idle(options, &child, false, diag));
    return run_idle(options, &child, true, diag);
}

/* --- By name ---------------------------------------------------------------------------------- */

static const struct server_benchmark benchmarks[] = {
    {"fanout", run_fanout},
    {"insert", run_insert},
    {"pull", run_pull},
    {"push", run_push},
};

enum { BENCHMARK_COUNT = sizeof(benchmarks) / sizeof(benchmarks[0]) };

bool bench_server_knows(const char *name)
{
    for (size_t i = 0; i < BENCHMARK_COUNT; i++) {
        if (strcmp(name, benchmarks[i].name) == 0) {
            return true;
        }
    }
    return false;
}

enum status bench_server_run(const char *name, const struct bench_server_options *options,
                             struct diag *diag)
{
    for (size_t i = 0; i < BENCHMARK_COUNT; i++) {
        if (strcmp(name, benchmarks[i].name) == 0) {
            return benchmarks[i].run(options, diag);
        }
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "there is no benchmark '%s'", name);
}
