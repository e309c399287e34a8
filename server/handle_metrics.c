/* handle_metrics.c
 *
 * GET /metrics, in Prometheus' text format: what the server counts, what each persistent query
 * has done, and the commits. The label of a query is its id, so there are as many series as
 * queries; ids are made by the engine and need no escaping.
 */
#include <stddef.h>

#include "engine/engine.h"
#include "server/handlers.h"
#include "server/server_state.h"

/* The families with one series per query. */
static const struct {
    const char *name;
    const char *type;
    const char *help;
    size_t offset; /* of the number in struct query_report */
} query_families[] = {
    {"leat_query_records_in_total", "counter", "Records read.",
     offsetof(struct query_report, records_in)},
    {"leat_query_records_out_total", "counter", "Records written.",
     offsetof(struct query_report, records_out)},
    {"leat_query_records_late_total", "counter", "Records that came after their window closed.",
     offsetof(struct query_report, records_late)},
    {"leat_query_records_failed_total", "counter", "Records that could not be used.",
     offsetof(struct query_report, records_failed)},
    {"leat_query_records_waiting", "gauge", "Records that are not read yet.",
     offsetof(struct query_report, records_waiting)},
};

enum { FAMILY_COUNT = sizeof(query_families) / sizeof(query_families[0]) };

/* A family's series are written together, so each has a buffer of its own. */
struct query_metrics {
    struct buffer families[FAMILY_COUNT];
    struct buffer states;
};

static void add_query(void *context, const struct query_report *report)
{
    struct query_metrics *metrics = context;
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        const uint64_t *number =
            (const uint64_t *)(const void *)((const char *)report + query_families[i].offset);
        buffer_printf(&metrics->families[i], "%s{query=\"%s\"} %llu\n", query_families[i].name,
                      report->id, (unsigned long long)*number);
    }
    buffer_printf(&metrics->states, "leat_query_state{query=\"%s\",state=\"%s\"} 1\n", report->id,
                  report->state);
}

static void write_queries(struct engine *engine, struct buffer *out)
{
    struct diag diag;
    struct query_metrics metrics = {0};
    const enum status status = engine_report_queries(engine, add_query, &metrics, &diag);
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", query_families[i].name,
                      query_families[i].help, query_families[i].name, query_families[i].type);
        buffer_append_text(out, buffer_text(&metrics.families[i]));
        buffer_release(&metrics.families[i]);
    }
    buffer_append_string(out, "# HELP leat_query_state What a query does, as a label.\n"
                              "# TYPE leat_query_state gauge\n");
    buffer_append_text(out, buffer_text(&metrics.states));
    buffer_release(&metrics.states);
    out->has_failed = out->has_failed || status != STATUS_OK;
}

static void write_number(struct buffer *out, const char *name, const char *type, const char *help,
                         uint64_t value)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
                  (unsigned long long)value);
}

static void write_commits(struct engine *engine, struct buffer *out)
{
    struct commit_report report;
    engine_report_commits(engine, &report);
    write_number(out, "leat_commits_total", "counter", "Units of work made durable.",
                 report.commits);
    write_number(out, "leat_transactions_total", "counter", "Transactions that they shared.",
                 report.transactions);
    write_number(out, "leat_checkpoints_total", "counter",
                 "Times that the write-ahead log was copied back.", report.checkpoints);
    write_number(out, "leat_wal_bytes", "gauge", "Size of the write-ahead log.", report.wal_bytes);
    write_number(out, "leat_commit_queue_bytes", "gauge", "Units of work that wait for the disk.",
                 report.queue_bytes);
}

static void write_server(struct server *server, struct buffer *out)
{
    const char *names[METRICS_ROUTE_COUNT_MAX];
    size_t count = 0;
    const struct route *routes = router_table(&count);
    for (size_t i = 0; i < count; i++) {
        names[i] = routes[i].path;
    }
    metrics_write(&server->metrics, names, count, out);
}

void handle_metrics(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    buffer_printf(&body,
                  "# HELP leat_build_info The program.\n# TYPE leat_build_info gauge\n"
                  "leat_build_info{version=\"%s\"} 1\n",
                  server->options.version);
    write_server(server, &body);
    write_queries(server->engine, &body);
    write_commits(server->engine, &body);
    exchange_reply(exchange, 200, exchange->media, &body);
}
