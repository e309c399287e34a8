/* bench_queries.h: the benchmark of `leat bench` with many persistent queries over one stream.
 *
 * Prints one JSON object per kind of query. Thread: the main one. */
#ifndef SHELL_BENCH_QUERIES_H
#define SHELL_BENCH_QUERIES_H

#include <stdint.h>

#include "base/status.h"
#include "state/database.h"

struct bench_queries_options {
    const char *data_dir; /* where the directories of the engines are made */
    enum durability durability;
    int64_t query_count;
    int64_t row_count; /* that all queries read, for the throughput */
};

MUST_USE enum status bench_queries_run(const struct bench_queries_options *options,
                                       struct diag *diag);

#endif
