/* bench_queries.c
 *
 * A thousand persistent queries over one stream: what each costs, and how long things take that
 * could grow with their number. Two kinds: filters of which a row passes one, and tables that
 * every row changes. The stream of one trial's life:
 *
 *     create    the queries, one statement each
 *     idle      memory of a query that never got a row; processor time while nothing happens
 *     latency   a row that every query hands on: until all of that is durable, over some rows
 *     ingest    rows at once: until every query has used all and that is durable
 *     restart   close; open, until the server listens and /readyz answers 200
 *     end       SHOW QUERIES; DROP of half of them with their queries; TERMINATE ALL of the rest
 *
 * Each in one process, with an engine and a server on their own threads and no client: what is
 * asked for is what queries cost, and requests would be most of what is measured.
 */
#include "shell/bench_queries.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "engine/engine.h"
#include "server/clock.h"
#include "server/server.h"
#include "shell/version.h"

enum {
    LATENCY_ROWS = 21,
    LATENCY_POLL_MS = 1,
    IDLE_MS = 3000,
    PORTION_ROWS = 1000, /* of one append */
    ROW_BYTES_MAX = 128,
    WAIT_MS = 600000,
};

/* One kind of query; '#' stands for its number. */
struct query_kind {
    const char *name;
    const char *create;
    const char *drop;
};

static const struct query_kind kinds[] = {
    {"queries filter",
     "CREATE STREAM q_# AS SELECT id, kind, amount, name FROM events"
     " WHERE kind = # OR amount < 0;",
     "DROP STREAM q_#;"},
    {"queries count",
     "CREATE TABLE q_# AS SELECT kind % 16 AS k, COUNT(*) AS n, SUM(amount) AS s FROM events"
     " WHERE id <> # GROUP BY kind % 16;",
     "DROP TABLE q_#;"},
};

struct trial {
    const struct bench_queries_options *options;
    const struct query_kind *kind;
    char dir[4096];
    struct engine *engine;
    struct session *session;
    struct server *server;
    int64_t next_row;
    json_t *json; /* the line to print */
    struct diag *diag;
};

/* --- What the kernel knows -------------------------------------------------------------------- */

static double seconds_since(int64_t start_us)
{
    return (double)(clock_us() - start_us) / 1e6;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Resident memory; 0 when it cannot be read. */
static double rss_kib(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        (void)fscanf(file, "%*u %lu", &pages);
        (void)fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void add_real(struct trial *trial, const char *name, double value, double unit)
{
    const double rounded = (double)(int64_t)(value / unit + 0.5) * unit;
    (void)json_object_set_new(trial->json, name, json_real(rounded));
}

/* --- The engine ------------------------------------------------------------------------------- */

static enum status open_all(struct trial *trial)
{
    const struct engine_options engine = {.data_dir = trial->dir,
                                          .durability = trial->options->durability};
    TRY(engine_open(&engine, &trial->engine, trial->diag));
    const struct server_options server = {.engine = trial->engine,
                                          .addresses = {{.host = "127.0.0.1"}},
                                          .address_count = 1,
                                          .version = LEAT_VERSION};
    TRY(server_open(&server, &trial->server, trial->diag));
    return session_create(trial->engine, &trial->session, trial->diag);
}

static void close_all(struct trial *trial)
{
    session_destroy(trial->session);
    server_close(trial->server);
    engine_close(trial->engine);
    trial->session = NULL;
    trial->server = NULL;
    trial->engine = NULL;
}

static enum status run_sql(struct trial *trial, const char *sql)
{
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    enum status status =
        script_open(trial->engine, trial->session, text_of(sql), &script, trial->diag);
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        outcome.entity = NULL;
        status = script_step(script, &outcome, trial->diag);
        json_decref(status == STATUS_OK ? outcome.entity : NULL);
    }
    script_close(script);
    return status;
}

/* Runs sql for each number from first to before end, with the number in the place of each '#'. */
static enum status run_each(struct trial *trial, const char *sql, int64_t first, int64_t end)
{
    struct buffer text;
    enum status status = STATUS_OK;
    buffer_init(&text);
    for (int64_t i = first; i < end && status == STATUS_OK; i++) {
        buffer_reset(&text);
        for (const char *at = sql; *at; at++) {
            if (*at == '#') {
                buffer_printf(&text, "%lld", (long long)i);
            } else {
                buffer_append_byte(&text, *at);
            }
        }
        buffer_append_byte(&text, '\0');
        status = buffer_status(&text, trial->diag);
        if (status == STATUS_OK) {
            status = run_sql(trial, text.data);
        }
    }
    buffer_release(&text);
    return status;
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* Kinds go round the queries; a row with a negative amount passes every filter. */
static size_t write_row(const struct trial *trial, int64_t row, bool is_for_all, char *out)
{
    const int bytes = snprintf(out, ROW_BYTES_MAX,
                               "{\"ID\":%lld,\"KIND\":%lld,\"AMOUNT\":%lld,\"NAME\":\"name %lld\"}",
                               (long long)row + trial->options->query_count,
                               (long long)(row * 7919 % trial->options->query_count),
                               is_for_all ? -1LL : (long long)(row % 1000), (long long)(row % 77));
    return (size_t)bytes;
}

static enum status produce(struct trial *trial, size_t count, bool is_for_all)
{
    static char text[PORTION_ROWS][ROW_BYTES_MAX];
    static struct record records[PORTION_ROWS];
    for (size_t i = 0; i < count; i++) {
        const size_t bytes = write_row(trial, trial->next_row++, is_for_all, text[i]);
        records[i] = (struct record){.value = {text[i], bytes}, .time_ms = trial->next_row};
    }
    return engine_produce(trial->engine, "events", 0, records, count, false, trial->diag);
}

static void add_records_out(void *context, const struct query_report *report)
{
    *(uint64_t *)context += report->records_out;
}

static enum status count_records_out(struct trial *trial, uint64_t *out)
{
    *out = 0;
    return engine_report_queries(trial->engine, add_records_out, out, trial->diag);
}

static enum status pass_one_row(struct trial *trial, double *out_ms)
{
    uint64_t before = 0;
    uint64_t now = 0;
    TRY(count_records_out(trial, &before));
    const int64_t start_us = clock_us();
    TRY(produce(trial, 1, true));
    while (now < before + (uint64_t)trial->options->query_count) {
        clock_sleep_ms(LATENCY_POLL_MS);
        TRY(count_records_out(trial, &now));
    }
    TRY(engine_flush(trial->engine, trial->diag));
    *out_ms = seconds_since(start_us) * 1e3;
    return STATUS_OK;
}

/* --- The parts of a trial --------------------------------------------------------------------- */

static enum status measure_create(struct trial *trial)
{
    TRY(run_sql(trial, "CREATE STREAM events (id BIGINT, kind BIGINT, amount BIGINT, name VARCHAR)"
                       " WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON', PARTITIONS=1);"
                       "SET 'auto.offset.reset'='earliest';"));
    const int64_t start_us = clock_us();
    TRY(run_each(trial, trial->kind->create, 0, trial->options->query_count));
    add_real(trial, "create_seconds", seconds_since(start_us), 0.001);
    return STATUS_OK;
}

static void measure_idle(struct trial *trial)
{
    const int64_t start_us = clock_us();
    const double cpu = cpu_seconds();
    clock_sleep_ms(IDLE_MS);
    add_real(trial, "idle_cores", (cpu_seconds() - cpu) / seconds_since(start_us), 0.0001);
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static enum status measure_latency(struct trial *trial)
{
    double times_ms[LATENCY_ROWS];
    for (size_t i = 0; i < LATENCY_ROWS; i++) {
        TRY(pass_one_row(trial, &times_ms[i]));
    }
    qsort(times_ms, LATENCY_ROWS, sizeof(times_ms[0]), by_value);
    add_real(trial, "latency_p50_ms", times_ms[LATENCY_ROWS / 2], 0.1);
    add_real(trial, "latency_max_ms", times_ms[LATENCY_ROWS - 1], 0.1);
    return STATUS_OK;
}

static enum status measure_ingest(struct trial *trial)
{
    const int64_t start_us = clock_us();
    const double cpu = cpu_seconds();
    for (int64_t left = trial->options->row_count; left > 0; left -= PORTION_ROWS) {
        TRY(produce(trial, left < PORTION_ROWS ? (size_t)left : PORTION_ROWS, false));
    }
    TRY(engine_run_until_idle(trial->engine, WAIT_MS, trial->diag));
    const double seconds = seconds_since(start_us);
    const double rows = (double)trial->options->row_count;
    add_real(trial, "rows_per_second", rows / seconds, 1);
    add_real(trial, "row_queries_per_second", rows * (double)trial->options->query_count / seconds,
             1);
    add_real(trial, "cores", (cpu_seconds() - cpu) / seconds, 0.01);
    return STATUS_OK;
}

static enum status measure_restart(struct trial *trial)
{
    const int64_t close_us = clock_us();
    close_all(trial);
    add_real(trial, "close_seconds", seconds_since(close_us), 0.001);
    const int64_t start_us = clock_us();
    TRY(open_all(trial));
    add_real(trial, "restart_seconds", seconds_since(start_us), 0.001);
    return STATUS_OK;
}

static enum status measure_end(struct trial *trial)
{
    const int64_t half = trial->options->query_count / 2;
    const int64_t show_us = clock_us();
    TRY(run_sql(trial, "SHOW QUERIES;"));
    add_real(trial, "show_ms", seconds_since(show_us) * 1e3, 0.1);
    const int64_t drop_us = clock_us();
    TRY(run_each(trial, trial->kind->drop, 0, half));
    add_real(trial, "drop_ms_each", seconds_since(drop_us) * 1e3 / (double)half, 0.001);
    const int64_t terminate_us = clock_us();
    TRY(run_sql(trial, "TERMINATE ALL;"));
    add_real(trial, "terminate_all_seconds", seconds_since(terminate_us), 0.001);
    return STATUS_OK;
}

static enum status run_parts(struct trial *trial)
{
    const double count = (double)trial->options->query_count;
    TRY(open_all(trial));
    const double before_kib = rss_kib();
    TRY(measure_create(trial));
    measure_idle(trial);
    add_real(trial, "kib_per_query", (rss_kib() - before_kib) / count, 0.1);
    TRY(measure_latency(trial));
    TRY(measure_ingest(trial));
    add_real(trial, "kib_per_query_used", (rss_kib() - before_kib) / count, 0.1);
    TRY(measure_restart(trial));
    return measure_end(trial);
}

/* --- One kind after the other ----------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static enum status run_in(struct trial *trial)
{
    (void)snprintf(trial->dir, sizeof(trial->dir), "%s/leat-bench-XXXXXX",
                   trial->options->data_dir);
    if (!mkdtemp(trial->dir)) {
        return diag_fail(trial->diag, STATUS_IO, SQL_POS_NONE, "cannot make %s: %s", trial->dir,
                         strerror(errno));
    }
    const enum status status = run_parts(trial);
    close_all(trial);
    (void)nftw(trial->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}

/* What the child does; its exit code. */
static int run_trial(const struct bench_queries_options *options, const struct query_kind *kind)
{
    struct diag diag;
    struct trial trial = {.options = options, .kind = kind, .diag = &diag};
    trial.json =
        json_pack("{s:s, s:I}", "name", kind->name, "queries", (json_int_t)options->query_count);
    const enum status status = run_in(&trial);
    if (status == STATUS_OK) {
        (void)json_dumpf(trial.json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
        (void)fputc('\n', stdout);
        (void)fflush(stdout);
    } else {
        (void)fprintf(stderr, "leat bench: %s\n", diag.message);
    }
    json_decref(trial.json);
    return status == STATUS_OK ? 0 : 1;
}

/* In a process of its own: what an earlier trial has freed would be taken for free memory. */
static enum status fork_trial(const struct bench_queries_options *options,
                              const struct query_kind *kind, struct diag *diag)
{
    int result = -1;
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(run_trial(options, kind));
    }
    const bool has_ended = pid > 0 && waitpid(pid, &result, 0) == pid;
    return has_ended && result == 0
               ? STATUS_OK
               : diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s was not measured", kind->name);
}

enum status bench_queries_run(const struct bench_queries_options *options, struct diag *diag)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        TRY(fork_trial(options, &kinds[i], diag));
    }
    return STATUS_OK;
}
