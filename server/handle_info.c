/* handle_info.c
 *
 * What the server says about itself. Most of it is constant text around the service's name, so it
 * is printed rather than built. The version is one of ksqlDB's, because its clients parse it and
 * choose their behaviour by it; Leat's own stands in the Server header.
 */
#include "server/handlers.h"

#include "engine/engine.h"
#include "formats/json_value.h"
#include "server/clock.h"
#include "server/limits.h"
#include "server/server_state.h"

/* The newest ksqlDB whose REST API clients of all kinds know. */
static const char ksqldb_version[] = "0.29.0";
/* ksqlDB gives the id of its Kafka cluster here; an embedded log has no other name. */
static const char cluster_id[] = "leat";

static void reply(struct exchange *exchange, struct buffer *body)
{
    exchange_reply(exchange, 200, exchange->media, body);
}

static void reply_text(struct exchange *exchange, const char *text)
{
    struct buffer body;
    buffer_init(&body);
    buffer_append_string(&body, text);
    reply(exchange, &body);
}

static struct text service_id(struct server *server)
{
    return engine_setting(server->engine, "ksql.service.id");
}

/* --- Liveness --------------------------------------------------------------------------------- */

void handle_root(struct server *server, struct exchange *exchange)
{
    (void)server;
    struct buffer body;
    buffer_init(&body);
    exchange_set_header(exchange, "Location", "/info");
    exchange_reply(exchange, 307, MEDIA_NONE, &body);
}

void handle_alive(struct server *server, struct exchange *exchange)
{
    (void)server;
    reply_text(exchange, "{}");
}

void handle_livez(struct server *server, struct exchange *exchange)
{
    (void)server;
    reply_text(exchange, "ok\n");
}

void handle_readyz(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct buffer body;
    const bool is_ready = server_get_phase(server) == SERVER_READY &&
                          engine_check(server->engine, &diag) == STATUS_OK;
    buffer_init(&body);
    buffer_append_string(&body, is_ready ? "ok\n" : "not ready\n");
    exchange_reply(exchange, is_ready ? 200 : 503, exchange->media, &body);
}

/* --- Descriptions ----------------------------------------------------------------------------- */

void handle_info(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct buffer body;
    const bool is_running = engine_check(server->engine, &diag) == STATUS_OK;
    buffer_init(&body);
    buffer_printf(&body,
                  "{\"KsqlServerInfo\":{\"version\":\"%s\",\"kafkaClusterId\":\"%s\","
                  "\"ksqlServiceId\":",
                  ksqldb_version, cluster_id);
    json_write_text(&body, service_id(server));
    buffer_printf(&body, ",\"serverStatus\":\"%s\"}}", is_running ? "RUNNING" : "ERROR");
    reply(exchange, &body);
}

/* {"id":"","scope":{..}} */
static void write_cluster(struct server *server, struct buffer *out)
{
    buffer_printf(out,
                  "{\"id\":\"\",\"scope\":{\"path\":[],\"clusters\":{\"kafka-cluster\":\"%s\","
                  "\"ksql-cluster\":",
                  cluster_id);
    json_write_text(out, service_id(server));
    buffer_append_string(out, "}}}");
}

void handle_metadata(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    buffer_printf(&body, "{\"version\":\"%s\",\"clusterId\":", ksqldb_version);
    write_cluster(server, &body);
    buffer_append_byte(&body, '}');
    reply(exchange, &body);
}

void handle_metadata_id(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    write_cluster(server, &body);
    reply(exchange, &body);
}

void handle_property(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    if (engine_check_property(server->engine, router_rest(exchange), &diag) == STATUS_OK) {
        reply_text(exchange, "true");
    } else {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
    }
}

/* --- Health ----------------------------------------------------------------------------------- */

/* As ksqlDB asks its own catalog: runs the three lists. */
static bool catalog_answers(struct server *server)
{
    struct diag diag;
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    enum status status = session_create(server->engine, &session, &diag);
    if (status == STATUS_OK) {
        status = script_open(server->engine, session,
                             TEXT("LIST STREAMS; LIST TABLES; LIST QUERIES;"), &script, &diag);
    }
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        outcome = (struct outcome){.kind = OUTCOME_NONE};
        status = script_step(script, &outcome, &diag);
        json_decref(status == STATUS_OK ? outcome.entity : NULL);
    }
    script_close(script);
    session_destroy(session);
    return status == STATUS_OK;
}

/* Anybody may ask for the server's health, so the answer is kept for a while. Two callers that find
 * it old at once both ask the catalog, which does no harm. */
static bool has_catalog(struct server *server)
{
    const int64_t time_ms = clock_ms();
    if (time_ms >= atomic_load(&server->health_until_ms)) {
        atomic_store(&server->has_catalog, catalog_answers(server));
        atomic_store(&server->health_until_ms, time_ms + HEALTH_CACHE_MS);
    }
    return atomic_load(&server->has_catalog);
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

void handle_health(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct buffer body;
    const bool is_writable = engine_check(server->engine, &diag) == STATUS_OK;
    const bool is_catalog_healthy = has_catalog(server);
    const bool is_ready = server_get_phase(server) == SERVER_READY;
    const bool is_healthy = is_writable && is_catalog_healthy;
    buffer_init(&body);
    buffer_printf(&body,
                  "{\"isHealthy\":%s,\"details\":{\"metastore\":{\"isHealthy\":%s},"
                  "\"kafka\":{\"isHealthy\":%s},\"commandRunner\":{\"isHealthy\":%s}},"
                  "\"serverState\":\"%s\"}",
                  truth(is_healthy), truth(is_catalog_healthy), truth(is_writable),
                  truth(is_writable), is_ready ? "READY" : "TERMINATING");
    exchange_reply(exchange, is_healthy ? 200 : 503, exchange->media, &body);
}
