/* metrics.h: what the server counts, and its Prometheus text.
 *
 * Counters are relaxed atomics, one cache line's worth of adds per request. Thread: any. */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"

enum metric {
    METRIC_CONNECTIONS, /* open now */
    METRIC_CONNECTIONS_TOTAL,
    METRIC_CONNECTIONS_REFUSED, /* over the limit */
    METRIC_DEADLINES,           /* clients that were too slow to send */
    METRIC_PUSH_CLIENTS,        /* open now */
    METRIC_PULL_QUERIES,
    METRIC_PUSH_QUERIES,
    METRIC_ROWS_SENT,
    METRIC_BYTES_SENT,
    METRIC_ROWS_INSERTED, /* by /inserts-stream */
    METRIC_STREAMS_CUT,   /* clients that were too slow to read */
    METRIC_LOGINS_REFUSED,
    METRIC_TLS_CONNECTIONS, /* open now, in handshake too */
    METRIC_TLS_HANDSHAKES_FAILED,
    METRIC_COUNT
};

enum {
    METRICS_ROUTE_COUNT_MAX = 32,
    METRICS_CLASS_COUNT = 6, /* status / 100 */
    METRICS_BUCKET_COUNT = 12,
};

struct metrics {
    atomic_int_fast64_t values[METRIC_COUNT];
    /* Requests by route (last: none) and class of status. */
    atomic_uint_fast64_t requests[METRICS_ROUTE_COUNT_MAX][METRICS_CLASS_COUNT];
    /* Time until the answer began, without waiting streams. */
    atomic_uint_fast64_t duration_buckets[METRICS_BUCKET_COUNT + 1];
    atomic_uint_fast64_t duration_us;
};

void metrics_add(struct metrics *metrics, enum metric metric, int64_t amount);
int64_t metrics_get(struct metrics *metrics, enum metric metric);

/* One request has been answered. route_index: in the router's table, or its length for none. */
void metrics_count_request(struct metrics *metrics, size_t route_index, unsigned http_status,
                           int64_t duration_us);

/* Appends every metric of the server; route_names are the labels of route_index. */
void metrics_write(struct metrics *metrics, const char *const *route_names, size_t route_count,
                   struct buffer *out);

#endif
