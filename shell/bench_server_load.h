/* bench_server_load.h: many keep-alive connections from one thread, and what they saw.
 *
 * Callers send a request, wait for its answer and send the next, as fast as answers come or at a
 * rate; subscribers send one request and read rows for ever. Latencies run from the write of a
 * request to the last byte of its answer. Thread: one. */
#ifndef SHELL_BENCH_SERVER_LOAD_H
#define SHELL_BENCH_SERVER_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

/* Durations, counted in steps of LOAD_STEP_US; longer ones than the last count as the last. */
enum { LOAD_STEP_US = 10, LOAD_STEP_COUNT = 200000 };

struct load_times {
    uint32_t *counts; /* LOAD_STEP_COUNT */
    uint64_t total;
};

/* The duration that so great a share (0 to 1) stayed within, in milliseconds; 0: there is none. */
double load_times_quantile_ms(const struct load_times *times, double share);

struct load_peer;

struct load {
    int epoll;
    uint16_t port;
    struct load_peer *peers;
    size_t peer_count;
    size_t peer_capacity;
    /* Appends the body of a caller's next request. */
    void (*next_body)(struct load *load, struct buffer *out);
    const char *path;      /* of the callers' requests */
    const char *wanted;    /* an answer without this text has failed; NULL: any is good */
    double rate;           /* requests per second of all callers; 0: as many as there can be */
    uint64_t answer_limit; /* the run ends after so many; 0: none */
    uint64_t row_limit;    /* the run ends when subscribers have got so many; 0: none */
    bool speaks_http2;     /* subscribers do, one to a connection; their rows are not counted */
    bool rows_have_times;  /* a row is [clock_us() when it was sent] */
    uint64_t random;       /* for next_body */
    uint64_t sent_count;
    uint64_t answer_count;
    uint64_t failed_count; /* of the answers */
    uint64_t row_count;    /* of all subscribers */
    uint64_t ready_count;  /* subscribers whose header has come */
    uint64_t lost_count;   /* connections that the server closed */
    struct load_times answers;
    struct load_times rows;
    struct buffer body; /* scratch */
    char *last_failure; /* the first bytes of an answer; memory_free() */
};

MUST_USE enum status load_create(uint16_t port, struct load *out, struct diag *diag);
void load_release(struct load *load);

/* Connects so many more callers, or subscribers of sql (JSON-safe) and waits until each has its
 * header. */
MUST_USE enum status load_add_callers(struct load *load, size_t count, struct diag *diag);
MUST_USE enum status load_add_subscribers(struct load *load, size_t count, const char *sql,
                                          struct diag *diag);

/* Runs for so long, or until a limit is reached; then waits for answers that are on their way.
 * STATUS_CANCELLED: every connection is gone. */
MUST_USE enum status load_run(struct load *load, double seconds, struct diag *diag);

/* Forgets what was counted. */
void load_reset(struct load *load);

#endif
