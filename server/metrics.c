/* metrics.c
 *
 * Durations go into a dozen fixed buckets from 250 us to 10 s, which is what percentiles over a
 * scrape interval need. Labels are route paths of the router's table, so a client cannot make
 * new series.
 */
#include "server/metrics.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *type;
    const char *help;
} descriptions[METRIC_COUNT] = {
    [METRIC_CONNECTIONS] = {"leat_http_connections", "gauge", "Open connections."},
    [METRIC_CONNECTIONS_TOTAL] = {"leat_http_connections_total", "counter",
                                  "Connections accepted."},
    [METRIC_CONNECTIONS_REFUSED] = {"leat_http_connections_refused_total", "counter",
                                    "Connections closed because too many were open."},
    [METRIC_DEADLINES] = {"leat_http_deadlines_total", "counter",
                          "Connections closed because a request came too slowly."},
    [METRIC_PUSH_CLIENTS] = {"leat_push_clients", "gauge", "Open push queries."},
    [METRIC_PULL_QUERIES] = {"leat_pull_queries_total", "counter", "Pull queries started."},
    [METRIC_PUSH_QUERIES] = {"leat_push_queries_total", "counter", "Push queries started."},
    [METRIC_ROWS_SENT] = {"leat_rows_sent_total", "counter", "Rows of pull and push queries."},
    [METRIC_BYTES_SENT] = {"leat_http_response_bytes_total", "counter",
                           "Bytes of response bodies."},
    [METRIC_ROWS_INSERTED] = {"leat_rows_inserted_total", "counter",
                              "Rows stored by /inserts-stream."},
    [METRIC_STREAMS_CUT] = {"leat_streams_cut_total", "counter",
                            "Responses broken off because the client read too slowly."},
    [METRIC_LOGINS_REFUSED] = {"leat_logins_refused_total", "counter", "Wrong passwords."},
    [METRIC_TLS_CONNECTIONS] = {"leat_tls_connections", "gauge", "Open TLS connections."},
    [METRIC_TLS_HANDSHAKES_FAILED] = {"leat_tls_handshakes_failed_total", "counter",
                                      "TLS handshakes that came to nothing."},
};

static const int64_t bucket_limits_us[METRICS_BUCKET_COUNT] = {
    250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 2000000, 10000000};

void metrics_add(struct metrics *metrics, enum metric metric, int64_t amount)
{
    atomic_fetch_add_explicit(&metrics->values[metric], amount, memory_order_relaxed);
}

int64_t metrics_get(struct metrics *metrics, enum metric metric)
{
    return atomic_load_explicit(&metrics->values[metric], memory_order_relaxed);
}

void metrics_count_request(struct metrics *metrics, size_t route_index, unsigned http_status,
                           int64_t duration_us)
{
    assert(route_index < METRICS_ROUTE_COUNT_MAX);
    const size_t class = http_status / 100 < METRICS_CLASS_COUNT ? http_status / 100 : 0;
    size_t bucket = 0;
    while (bucket < METRICS_BUCKET_COUNT && duration_us > bucket_limits_us[bucket]) {
        bucket++;
    }
    atomic_fetch_add_explicit(&metrics->requests[route_index][class], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->duration_buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->duration_us, (uint64_t)duration_us, memory_order_relaxed);
}

/* --- Text ------------------------------------------------------------------------------------- */

static void write_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_requests(struct metrics *metrics, const char *const *route_names,
                           size_t route_count, struct buffer *out)
{
    write_head(out, "leat_http_requests_total", "counter", "Requests answered.");
    for (size_t route = 0; route <= route_count; route++) {
        for (size_t class = 0; class < METRICS_CLASS_COUNT; class ++) {
            const uint64_t count =
                atomic_load_explicit(&metrics->requests[route][class], memory_order_relaxed);
            if (count > 0) {
                buffer_printf(out, "leat_http_requests_total{path=\"%s\",code=\"%zuxx\"} %llu\n",
                              route < route_count ? route_names[route] : "", class,
                              (unsigned long long)count);
            }
        }
    }
}

static void write_durations(struct metrics *metrics, struct buffer *out)
{
    uint64_t count = 0;
    write_head(out, "leat_http_request_duration_seconds", "histogram",
               "Time from the first header to the beginning of the answer.");
    for (size_t i = 0; i < METRICS_BUCKET_COUNT; i++) {
        count += atomic_load_explicit(&metrics->duration_buckets[i], memory_order_relaxed);
        buffer_printf(out, "leat_http_request_duration_seconds_bucket{le=\"%g\"} %llu\n",
                      (double)bucket_limits_us[i] / 1e6, (unsigned long long)count);
    }
    count += atomic_load_explicit(&metrics->duration_buckets[METRICS_BUCKET_COUNT],
                                  memory_order_relaxed);
    const uint64_t sum_us = atomic_load_explicit(&metrics->duration_us, memory_order_relaxed);
    buffer_printf(out,
                  "leat_http_request_duration_seconds_bucket{le=\"+Inf\"} %llu\n"
                  "leat_http_request_duration_seconds_sum %g\n"
                  "leat_http_request_duration_seconds_count %llu\n",
                  (unsigned long long)count, (double)sum_us / 1e6, (unsigned long long)count);
}

/* The names that every Prometheus client library gives the process. */
static void write_process(struct buffer *out)
{
    unsigned long long total_pages = 0;
    unsigned long long resident_pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) {
        return;
    }
    if (fscanf(file, "%llu %llu", &total_pages, &resident_pages) == 2) {
        const unsigned long long page_bytes = (unsigned long long)sysconf(_SC_PAGESIZE);
        write_head(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
        buffer_printf(out, "process_resident_memory_bytes %llu\n", resident_pages * page_bytes);
        write_head(out, "process_virtual_memory_bytes", "gauge", "Virtual memory.");
        buffer_printf(out, "process_virtual_memory_bytes %llu\n", total_pages * page_bytes);
    }
    (void)fclose(file);
}

void metrics_write(struct metrics *metrics, const char *const *route_names, size_t route_count,
                   struct buffer *out)
{
    assert(route_count < METRICS_ROUTE_COUNT_MAX);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        write_head(out, descriptions[i].name, descriptions[i].type, descriptions[i].help);
        buffer_printf(out, "%s %lld\n", descriptions[i].name,
                      (long long)metrics_get(metrics, (enum metric)i));
    }
    write_requests(metrics, route_names, route_count, out);
    write_durations(metrics, out);
    write_process(out);
}
