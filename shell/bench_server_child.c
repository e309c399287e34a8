/* bench_server_child.c
 *
 * Two pipes: the child tells its port, or why there is none, and reads the other until it ends.
 * Statements run in the child by themselves, so that a measurement does not depend on what it has
 * to create first. A process rather than a thread, because memory and processor time of the server
 * are what is asked for, without the load generator's.
 *
 * Ingest: the rate that the queries reach is measured once at full speed; half of it is then
 * produced in small portions, evenly spread over time.
 */
#include "shell/bench_server_child.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "engine/engine.h"
#include "server/clock.h"
#include "server/server.h"
#include "shell/nexmark.h"
#include "shell/version.h"

enum {
    BID_COUNT = 200000, /* made once, then fed again and again */
    PORTION_MS = 10,
    MESSAGE_BYTES = 512,
};

/* What the child says once it serves. */
struct report {
    uint16_t port;
    double ingest_rate;
    bool has_failed;
    char message[MESSAGE_BYTES];
};

struct server_process {
    const struct bench_child_options *options;
    const char *dir;
    struct engine *engine;
    struct server *server;
    struct buffer text;     /* the bids */
    struct record *records; /* BID_COUNT, borrowing text */
    size_t next;            /* to be fed */
    struct report report;
    struct diag diag;
};

/* --- In the child: statements ----------------------------------------------------------------- */

static enum status run_sql(struct server_process *process, const char *sql)
{
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    struct diag *diag = &process->diag;
    TRY(session_create(process->engine, &session, diag));
    enum status status = session_set(session, "auto.offset.reset", "earliest", diag);
    if (status == STATUS_OK) {
        status = script_open(process->engine, session, text_of(sql), &script, diag);
    }
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        outcome.entity = NULL;
        status = script_step(script, &outcome, diag);
        json_decref(status == STATUS_OK ? outcome.entity : NULL);
    }
    script_close(script);
    session_destroy(session);
    return status;
}

/* --- In the child: ingest --------------------------------------------------------------------- */

static enum status make_bids(struct server_process *process)
{
    struct nexmark nexmark;
    struct buffer other;
    nexmark_init(&nexmark, 1, NEXMARK_DENSE);
    nexmark.auction_keys = BENCH_AUCTION_COUNT;
    buffer_init(&other);
    process->records = memory_zalloc(BID_COUNT * sizeof(*process->records));
    if (!process->records) {
        return diag_no_memory(&process->diag);
    }
    for (size_t count = 0; count < BID_COUNT;) {
        struct record *record = &process->records[count];
        const size_t start = process->text.bytes;
        if (nexmark_next(&nexmark, &process->text, &record->time_ms) == NEXMARK_BID) {
            record->value.bytes = process->text.bytes - start;
            count++;
        } else {
            process->text.bytes = start;
        }
    }
    TRY(buffer_status(&process->text, &process->diag));
    const char *at = process->text.data;
    for (size_t i = 0; i < BID_COUNT; i++) { /* the text has stopped moving */
        process->records[i].value.data = at;
        at += process->records[i].value.bytes;
    }
    return STATUS_OK;
}

static enum status feed(struct server_process *process, size_t count)
{
    while (count > 0) {
        const size_t left = BID_COUNT - process->next;
        const size_t portion = count < left ? count : left;
        TRY(engine_produce(process->engine, "bid", 0, process->records + process->next, portion,
                           false, &process->diag));
        process->next = (process->next + portion) % BID_COUNT;
        count -= portion;
    }
    return STATUS_OK;
}

/* Feeds every bid twice: the first round makes the keys. */
static enum status find_rate(struct server_process *process)
{
    TRY(make_bids(process));
    TRY(feed(process, BID_COUNT));
    TRY(engine_run_until_idle(process->engine, -1, &process->diag));
    const int64_t start_us = clock_us();
    TRY(feed(process, BID_COUNT));
    TRY(engine_run_until_idle(process->engine, -1, &process->diag));
    process->report.ingest_rate = BID_COUNT * 1e6 / (double)(clock_us() - start_us) / 2;
    return STATUS_OK;
}

static bool is_told_to_end(int control, int wait_ms)
{
    struct pollfd fd = {.fd = control, .events = POLLIN};
    return poll(&fd, 1, wait_ms) != 0;
}

static void serve_and_feed(struct server_process *process, int control)
{
    const double rate = process->report.ingest_rate;
    const int64_t start_us = clock_us();
    double fed = 0;
    while (!is_told_to_end(control, rate > 0 ? PORTION_MS : -1)) {
        const double due = rate * (double)(clock_us() - start_us) / 1e6;
        if (due - fed >= 1 && feed(process, (size_t)(due - fed)) == STATUS_OK) {
            fed = due;
        }
    }
}

/* --- In the child: life ----------------------------------------------------------------------- */

static enum status open_all(struct server_process *process)
{
    const struct engine_options engine_options = {.data_dir = process->dir,
                                                  .durability = process->options->durability};
    TRY(engine_open(&engine_options, &process->engine, &process->diag));
    TRY(run_sql(process, process->options->sql));
    if (process->options->must_ingest) {
        TRY(find_rate(process));
    }
    const struct server_options server_options = {.engine = process->engine,
                                                  .addresses = {{.host = "127.0.0.1"}},
                                                  .address_count = 1,
                                                  .version = LEAT_VERSION};
    return server_open(&server_options, &process->server, &process->diag);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void run_child(const struct bench_child_options *options, const char *dir, int control,
                      int answer)
{
    struct server_process *process = memory_zalloc(sizeof(*process));
    if (!process) {
        _exit(1);
    }
    process->options = options;
    process->dir = dir;
    buffer_init(&process->text);
    raise_descriptor_limit();
    process->report.has_failed = open_all(process) != STATUS_OK;
    if (process->report.has_failed) {
        (void)snprintf(process->report.message, sizeof(process->report.message), "%.*s",
                       MESSAGE_BYTES - 1, process->diag.message);
    } else {
        process->report.port = server_port(process->server, 0);
    }
    if (write(answer, &process->report, sizeof(process->report)) > 0 && process->server) {
        serve_and_feed(process, control);
    }
    server_close(process->server);
    engine_close(process->engine);
    _exit(0);
}

/* --- In the parent ---------------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static enum status fail_errno(const char *what, struct diag *diag)
{
    return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s: %s", what, strerror(errno));
}

/* The child has the ends of the pipes that are not kept here. */
static enum status fork_child(const struct bench_child_options *options, struct bench_child *child,
                              int *out_answer, struct diag *diag)
{
    int control[2];
    int answer[2];
    if (pipe(control) != 0 || pipe(answer) != 0) {
        return fail_errno("pipe", diag);
    }
    child->pid = fork();
    if (child->pid < 0) {
        return fail_errno("fork", diag);
    }
    if (child->pid == 0) {
        (void)close(control[1]);
        (void)close(answer[0]);
        run_child(options, child->dir, control[0], answer[1]);
    }
    (void)close(control[0]);
    (void)close(answer[1]);
    child->control = control[1];
    *out_answer = answer[0];
    return STATUS_OK;
}

enum status bench_child_start(const struct bench_child_options *options, struct bench_child *out,
                              struct diag *diag)
{
    struct report report = {.has_failed = true, .message = "the server has died"};
    int answer = -1;
    *out = (struct bench_child){.control = -1};
    (void)snprintf(out->dir, sizeof(out->dir), "%s/leat-bench-XXXXXX", options->data_dir);
    if (!mkdtemp(out->dir)) {
        return fail_errno(out->dir, diag);
    }
    TRY(fork_child(options, out, &answer, diag));
    const bool has_answer = read(answer, &report, sizeof(report)) == sizeof(report);
    (void)close(answer);
    if (!has_answer || report.has_failed) {
        bench_child_stop(out);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s", report.message);
    }
    out->port = report.port;
    out->ingest_rate = report.ingest_rate;
    raise_descriptor_limit(); /* for the connections to it */
    return STATUS_OK;
}

void bench_child_stop(struct bench_child *child)
{
    int status = 0;
    (void)close(child->control);
    (void)waitpid(child->pid, &status, 0);
    (void)nftw(child->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- What the kernel knows of it -------------------------------------------------------------- */

/* The text of a file in /proc/PID; empty when it cannot be read. */
static void read_proc(const struct bench_child *child, const char *name, char out[4096])
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)child->pid, name);
    FILE *file = fopen(path, "r");
    const size_t bytes = file ? fread(out, 1, 4095, file) : 0;
    out[bytes] = '\0';
    if (file) {
        (void)fclose(file);
    }
}

uint64_t bench_child_rss_kib(const struct bench_child *child)
{
    char text[4096];
    read_proc(child, "status", text);
    const char *line = strstr(text, "VmRSS:");
    return line ? strtoull(line + strlen("VmRSS:"), NULL, 10) : 0;
}

/* Fields 14 and 15 of /proc/PID/stat, counted after the name in brackets: proc(5). */
double bench_child_cpu_seconds(const struct bench_child *child)
{
    char text[4096];
    unsigned long user = 0;
    unsigned long system = 0;
    read_proc(child, "stat", text);
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                        &system) != 2) {
        return 0;
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
