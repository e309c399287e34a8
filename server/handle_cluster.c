/* handle_cluster.c
 *
 * The cluster, which here is this server alone. ksqlDB keeps the view behind /clusterStatus only
 * where servers exchange heartbeats; whoever switches that on wants to see the server alive and
 * what it runs. There are no standbys, and nothing lags behind another server. Source: ksqlDB's
 * ClusterStatusResource and ServerVerticle.
 */
#include "server/handlers.h"

#include <stdio.h>
#include <time.h>

#include "server/server_state.h"
#include "server/statement_text.h"

enum { HOST_BYTES_MAX = 300 };

static bool has_heartbeat(const struct server *server)
{
    const struct text value = engine_setting(server->engine, "ksql.heartbeat.enable");
    return text_equal_nocase(value, TEXT("true"));
}

/* "host:port" of the advertised listener, or else of the first one. */
static void print_host(const struct server *server, char out[HOST_BYTES_MAX])
{
    static const char separator[] = "://";
    const struct text url = engine_setting(server->engine, "ksql.advertised.listener");
    const char *at = url.data ? memmem(url.data, url.bytes, separator, strlen(separator)) : NULL;
    if (!at) {
        (void)snprintf(out, HOST_BYTES_MAX, "%s:%u", server->options.addresses[0].host,
                       server_port(server, 0));
        return;
    }
    at += strlen(separator);
    const size_t bytes = (size_t)(url.data + url.bytes - at);
    const char *slash = memchr(at, '/', bytes);
    (void)snprintf(out, HOST_BYTES_MAX, "%.*s", (int)(slash ? slash - at : (ptrdiff_t)bytes), at);
}

/* {"CTAS_T_1":{..}} of what SHOW QUERIES names; NULL when memory is out. */
static json_t *describe_queries(const json_t *queries)
{
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(queries); i++) {
        const json_t *query = json_array_get(queries, i);
        const char *kind = json_string_value(json_object_get(query, "queryType"));
        const char *id = json_string_value(json_object_get(query, "id"));
        if (!kind || !id || strcmp(kind, "PERSISTENT") != 0) {
            continue;
        }
        json_t *one = json_pack("{s:[], s:[], s:[], s:[]}", "activeStores", "activePartitions",
                                "standByStores", "standByPartitions");
        if (json_object_set_new(all, id, one) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

static void reply_status(struct server *server, struct exchange *exchange, const json_t *queries)
{
    char host[HOST_BYTES_MAX];
    struct buffer body;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    print_host(server, host);
    const json_int_t time_ms = (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    json_t *status =
        json_pack("{s:{s:{s:b, s:I, s:o, s:{s:{}, s:i}}}}", "clusterStatus", host, "hostAlive", 1,
                  "lastStatusUpdateMs", time_ms, "activeStandbyPerQuery", describe_queries(queries),
                  "hostStoreLags", "stateStoreLags", "updateTimeMs", 0);
    buffer_init(&body);
    json_document_write(&body, status);
    json_decref(status);
    exchange_reply(exchange, 200, exchange->media, &body);
}

void handle_cluster_status(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    json_t *queries = NULL;
    if (!has_heartbeat(server)) {
        exchange_reply_error(exchange, ERROR_NOT_FOUND,
                             "The cluster status is not kept: ksql.heartbeat.enable is false");
    } else if (statement_run(server->engine, TEXT("SHOW QUERIES;"), &queries, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_INTERNAL, diag.message);
    } else {
        reply_status(server, exchange, json_object_get(queries, "queries"));
    }
    json_decref(queries);
}

/* Servers of one cluster talk over an internal listener; this one has only a public one. ksqlDB
 * answers 400 with a code of 500. */
void handle_internal_only(struct server *server, struct exchange *exchange)
{
    (void)server;
    struct buffer body;
    buffer_init(&body);
    error_body_write(&body, ERROR_INTERNAL,
                     TEXT("Can't call internal endpoint on public listener"));
    exchange_reply(exchange, 400, MEDIA_JSON, &body);
}
