/* server.c
 *
 * Opening puts the parts together, the ports last, so that the first request finds everything.
 * Closing lets go of the ports, lets open streams say goodbye, ends the connections (which tells
 * every handler and stream that is left that its client is gone), waits until those have let go
 * of their cursors, and only then takes the threads away.
 */
#include "server/server.h"

#include <assert.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/http1.h"
#include "server/http2.h"
#include "server/limits.h"
#include "server/listener.h"
#include "server/router.h"
#include "server/server_state.h"
#include "server/tls.h"
#include "server/websocket.h"

enum {
    /* Parsing and planning recurse over trees whose depth the parser bounds. */
    REQUEST_STACK_BYTES = 1 << 20,
    STREAM_STACK_BYTES = 512 << 10,
    STREAM_THREAD_COUNT = 2,
    DRAIN_STEP_MS = 2,
    FLUSH_MS = 50, /* for what was written last to reach the kernel */
};

enum server_phase server_get_phase(struct server *server)
{
    return (enum server_phase)atomic_load(&server->phase);
}

void server_note_answer(struct server *server, const struct exchange *exchange)
{
    size_t route_count = 0;
    const struct route *routes = router_table(&route_count);
    const size_t route = exchange->route ? (size_t)(exchange->route - routes) : route_count;
    const int64_t duration_us = clock_us() - exchange->start_us;
    metrics_count_request(&server->metrics, route, exchange->http_status, duration_us);
    const struct log_field fields[] = {
        LOG_TEXT("peer", text_of(exchange->request.peer)),
        LOG_TEXT("method", exchange->request.method),
        LOG_TEXT("path", exchange->request.path),
        LOG_NUMBER("status", exchange->http_status),
        LOG_NUMBER("duration_us", duration_us),
    };
    log_event(server->log, LOG_DEBUG, "request", fields, sizeof(fields) / sizeof(fields[0]));
}

static enum status open_parts(struct server *server, struct diag *diag)
{
    TRY(command_log_init(&server->commands, diag));
    if (server->options.password_file) {
        TRY(auth_open(server->options.password_file, &server->auth, diag));
    }
    TRY(task_pool_create(REQUEST_THREAD_COUNT_MAX, REQUEST_STACK_BYTES, &server->requests, diag));
    TRY(task_pool_create(STREAM_THREAD_COUNT, STREAM_STACK_BYTES, &server->streams, diag));
    TRY(websocket_open(server, &server->websockets, diag));
    TRY(http1_open(server, &server->http1, diag));
    TRY(http2_open(server, &server->http2, diag));
    if (server->options.tls) {
        TRY(tls_open(server, server->options.tls, &server->tls, diag));
    }
    for (size_t i = 0; i < server->options.address_count; i++) {
        struct server_address *address = &server->options.addresses[i];
        assert(!address->is_tls || server->tls);
        TRY(listener_open(server, address, &server->listeners[i], diag));
    }
    return STATUS_OK;
}

enum status server_open(const struct server_options *options, struct server **out,
                        struct diag *diag)
{
    struct server *server = memory_zalloc(sizeof(*server));
    if (!server) {
        return diag_no_memory(diag);
    }
    server->options = *options;
    if (server->options.push_query_count_max == 0) {
        server->options.push_query_count_max = PUSH_QUERY_COUNT_MAX;
    }
    server->engine = options->engine;
    server->log = options->log;
    atomic_init(&server->phase, SERVER_READY);
    stream_list_init(&server->streaming);
    const enum status status = open_parts(server, diag);
    if (status != STATUS_OK) {
        server_close(server);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

uint16_t server_port(const struct server *server, size_t index)
{
    assert(index < server->options.address_count);
    return server->options.addresses[index].port;
}

enum status server_reload(struct server *server, struct diag *diag)
{
    return server->tls ? tls_reload(server->tls, diag) : STATUS_OK;
}

static void close_ports(struct server *server)
{
    for (size_t i = 0; i < server->options.address_count; i++) {
        listener_close(server->listeners[i]);
    }
    if (server->tls) {
        tls_quiesce(server->tls);
    }
}

static bool is_busy(struct server *server)
{
    return atomic_load(&server->stream_count) > 0 || task_pool_load(server->requests) > 0 ||
           task_pool_load(server->streams) > 0;
}

/* Gives open streams their last value, and clients the time to read it. */
static void drain(struct server *server)
{
    for (int64_t waited_ms = 0; waited_ms < DRAIN_DEADLINE_MS && is_busy(server);
         waited_ms += DRAIN_STEP_MS) {
        stream_list_close_all(&server->streaming); /* again: some may have been starting */
        clock_sleep_ms(DRAIN_STEP_MS);
    }
    for (int64_t waited_ms = 0; waited_ms < FLUSH_MS && atomic_load(&server->exchange_count) > 0;
         waited_ms++) {
        clock_sleep_ms(1);
    }
}

/* Without connections this takes as long as the longest statement that still runs. */
static void wait_for_handlers(struct server *server)
{
    while (server->requests && server->streams && is_busy(server)) {
        clock_sleep_ms(DRAIN_STEP_MS);
    }
}

void server_close(struct server *server)
{
    if (!server) {
        return;
    }
    atomic_store(&server->phase, SERVER_DRAINING);
    close_ports(server);
    if (server->http1 && server->http2) {
        drain(server);
    }
    http2_close(server->http2);
    http1_close(server->http1);
    websocket_close(server->websockets); /* no connection is upgraded any more */
    tls_close(server->tls);
    wait_for_handlers(server);
    task_pool_destroy(server->requests);
    task_pool_destroy(server->streams);
    auth_close(server->auth);
    command_log_release(&server->commands);
    stream_list_release(&server->streaming);
    memory_free(server);
}
