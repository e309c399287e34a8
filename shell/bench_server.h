/* bench_server.h: the benchmarks of `leat bench` that need a server: pull, push, insert, fanout.
 *
 * Each starts a server in a process of its own (bench_server_child.h), loads it over the loopback
 * interface from this one (bench_server_load.h) and prints JSON objects, one per line. Both share
 * the machine: on two cores the load generator is half of what is measured. Thread: the main one,
 * before any other exists. */
#ifndef SHELL_BENCH_SERVER_H
#define SHELL_BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct bench_server_options {
    const char *data_dir; /* where directories of servers are made */
    int64_t seconds;      /* per measurement */
    int64_t client_count; /* pull and insert: connections */
    int64_t push_rate;    /* push: INSERTs per second */
    int64_t fanout_count; /* fanout: subscribers of the busy query */
    int64_t idle_count;   /* fanout: subscribers of the idle query */
};

bool bench_server_knows(const char *name);
MUST_USE enum status bench_server_run(const char *name, const struct bench_server_options *options,
                                      struct diag *diag);

#endif
