/* bench_server_child.h: a server to measure, in a process of its own.
 *
 * The child opens an engine on a new directory, runs a script, serves it on a free port of
 * the loopback interface, and may feed itself records meanwhile. It ends when it is told to, or
 * when this process ends. Thread: the one that started it; the process must have no other. */
#ifndef SHELL_BENCH_SERVER_CHILD_H
#define SHELL_BENCH_SERVER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"
#include "state/database.h"

enum {
    BENCH_AUCTION_COUNT = 100000, /* keys of the bids that the child feeds itself */
    BENCH_AUCTION_FIRST = 1000,
};

struct bench_child_options {
    const char *data_dir; /* below it the child's directory is made */
    enum durability durability;
    const char *sql;  /* run before it serves */
    bool must_ingest; /* NEXMark bids to topic `bid`, at half the rate that the queries reach */
};

struct bench_child {
    pid_t pid;
    int control; /* closing it ends the child */
    uint16_t port;
    double ingest_rate; /* records per second; 0: none */
    char dir[4096];
};

MUST_USE enum status bench_child_start(const struct bench_child_options *options,
                                       struct bench_child *out, struct diag *diag);
/* Waits for its end and removes its directory. */
void bench_child_stop(struct bench_child *child);

/* Resident memory now, in KiB. */
uint64_t bench_child_rss_kib(const struct bench_child *child);
/* Processor time used so far. */
double bench_child_cpu_seconds(const struct bench_child *child);

#endif
