/* router.c
 *
 * The checks stand in the order in which ksqlDB makes them: liveness first, then credentials, then
 * the server's state, then the route. Paths are compared whole and as decoded; there is nothing
 * to normalize because the request has refused what would need it.
 *
 * Credentials are looked at before the body is read, but a password that must be hashed costs
 * milliseconds, so that is left to the thread that runs the route.
 */
#include "server/router.h"

#include <assert.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "server/handlers.h"
#include "server/limits.h"
#include "server/server_state.h"

#define ADMIN                                                                                      \
    {                                                                                              \
        MEDIA_V1_JSON, MEDIA_JSON                                                                  \
    }

static const struct route routes[] = {
    {"GET", "/", {MEDIA_NONE}, .is_quick = true, .run = handle_root},
    {"GET", "/chc/live", {MEDIA_JSON}, .is_open = true, .is_quick = true, .run = handle_alive},
    {"GET", "/chc/ready", {MEDIA_JSON}, .is_open = true, .is_quick = true, .run = handle_alive},
    {"POST", "/close-query", {MEDIA_NONE}, BODY_WHOLE, .run = handle_close_query},
    {"GET", "/clusterStatus", ADMIN, .run = handle_cluster_status},
    {"GET", "/healthcheck", ADMIN, .is_open = true, .run = handle_health},
    {"POST", "/heartbeat", ADMIN, BODY_WHOLE, .is_quick = true, .run = handle_internal_only},
    {"GET", "/info", ADMIN, .is_quick = true, .run = handle_info},
    {"POST",
     "/inserts-stream",
     {MEDIA_DELIMITED, MEDIA_JSON},
     BODY_STREAM,
     .needs_http2 = true,
     .run = handle_inserts},
    {"GET", "/is_valid_property/", ADMIN, .run = handle_property},
    {"POST", "/ksql", ADMIN, BODY_WHOLE, .may_wait = statements_may_wait, .run = handle_statements},
    {"POST", "/ksql/terminate", ADMIN, BODY_WHOLE, .run = handle_terminate_cluster},
    {"POST", "/lag", ADMIN, BODY_WHOLE, .is_quick = true, .run = handle_internal_only},
    {"GET", "/livez", {MEDIA_TEXT}, .is_open = true, .is_quick = true, .run = handle_livez},
    {"GET", "/metrics", {MEDIA_METRICS}, .run = handle_metrics},
    {"POST",
     "/query",
     {MEDIA_V1_JSON, MEDIA_JSON, MEDIA_DELIMITED},
     BODY_WHOLE,
     .is_stream = true,
     .may_wait = query_may_wait,
     .run = handle_query},
    {"POST",
     "/query-stream",
     {MEDIA_DELIMITED, MEDIA_JSON, MEDIA_V1_JSON, MEDIA_V1_PROTOBUF},
     BODY_WHOLE,
     .is_stream = true,
     .may_wait = query_may_wait,
     .run = handle_query_stream},
    {"GET", "/readyz", {MEDIA_TEXT}, .is_open = true, .is_quick = true, .run = handle_readyz},
    {"GET", "/status", ADMIN, .is_quick = true, .run = handle_statuses},
    {"GET", "/status/", ADMIN, .is_quick = true, .run = handle_status},
    {"GET", "/v1/metadata", ADMIN, .is_open = true, .is_quick = true, .run = handle_metadata},
    {"GET", "/v1/metadata/id", ADMIN, .is_open = true, .is_quick = true, .run = handle_metadata_id},
    {"GET", "/ws/query", {MEDIA_NONE}, .is_quick = true, .run = handle_websocket},
};

enum { ROUTE_COUNT = sizeof(routes) / sizeof(routes[0]) };

const struct route *router_table(size_t *out_count)
{
    *out_count = ROUTE_COUNT;
    return routes;
}

static bool path_matches(const struct route *route, struct text path)
{
    const struct text own = text_of(route->path);
    const bool is_prefix = own.bytes > 1 && own.data[own.bytes - 1] == '/';
    return is_prefix ? path.bytes > own.bytes && text_starts_with(path, own)
                     : text_equal(path, own);
}

struct text router_rest(const struct exchange *exchange)
{
    const struct text path = exchange->request.path;
    const size_t skip = strlen(exchange->route->path);
    assert(path.bytes >= skip);
    return (struct text){path.data + skip, path.bytes - skip};
}

/* --- Admission -------------------------------------------------------------------------------- */

/* Methods of RFC 9110 and 5789: known, but perhaps not to a route. */
static bool is_known_method(struct text method)
{
    static const char *const known[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                        "CONNECT", "OPTIONS", "TRACE", "PATCH"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (text_equal(method, text_of(known[i]))) {
            return true;
        }
    }
    return false;
}

static bool method_matches(const struct route *route, struct text method)
{
    const bool is_get = strcmp(route->method, "GET") == 0;
    return text_equal(method, text_of(route->method)) ||
           (is_get && text_equal(method, TEXT("HEAD")));
}

/* As ksqlDB's server: the one error without a JSON body. */
static void reply_not_found(struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    buffer_append_string(&body, "Not Found");
    exchange_reply(exchange, 404, MEDIA_TEXT, &body);
}

/* Sets the route, or answers 404, 405 or 501. Every path has one method only. */
static bool find_route(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    if (!is_known_method(request->method)) {
        exchange_reply_error(exchange, ERROR_UNKNOWN_METHOD, "Unknown method");
        return false;
    }
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!path_matches(&routes[i], request->path)) {
            continue;
        }
        if (method_matches(&routes[i], request->method)) {
            exchange->route = &routes[i];
            return true;
        }
        const bool is_get = strcmp(routes[i].method, "GET") == 0;
        exchange_set_header(exchange, "Allow", is_get ? "GET, HEAD" : "POST");
        exchange_reply_error(exchange, ERROR_METHOD_NOT_ALLOWED, "Method Not Allowed");
        return false;
    }
    reply_not_found(exchange);
    return false;
}

static void refuse_credentials(struct exchange *exchange)
{
    exchange_set_header(exchange, "WWW-Authenticate", "Basic realm=\"leat\", charset=\"UTF-8\"");
    exchange_reply_error(exchange, ERROR_UNAUTHORIZED, "Unauthorized");
}

static bool needs_credentials(const struct exchange *exchange)
{
    return exchange->server->auth && !exchange->route->is_open && !exchange->is_trusted;
}

static bool check_credentials(struct exchange *exchange)
{
    if (!needs_credentials(exchange)) {
        return true;
    }
    const struct text header = request_find_header(&exchange->request, "Authorization");
    const enum auth_result result = auth_quick_check(exchange->server->auth, header);
    exchange->is_trusted = result == AUTH_GRANTED;
    if (result == AUTH_REFUSED) {
        refuse_credentials(exchange);
        return false;
    }
    return true;
}

static bool check_state(struct exchange *exchange)
{
    if (exchange->route->is_open) {
        return true;
    }
    switch (server_get_phase(exchange->server)) {
    case SERVER_READY:
        return true;
    case SERVER_DRAINING:
        exchange_reply_error(exchange, ERROR_SHUTTING_DOWN, "The server is shutting down");
        return false;
    case SERVER_TERMINATED:
        exchange_reply_error(exchange, ERROR_TERMINATED, "The server is shut down");
        return false;
    }
    return false;
}

static bool check_media(struct exchange *exchange)
{
    const struct route *route = exchange->route;
    const struct text accept = request_find_header(&exchange->request, "Accept");
    size_t count = 0;
    while (count < sizeof(route->offers) / sizeof(route->offers[0]) && route->offers[count]) {
        count++;
    }
    if (count > 0 && !media_type_choose(accept, route->offers, count, &exchange->media)) {
        exchange_reply_error(exchange, ERROR_NOT_ACCEPTABLE, "Not Acceptable");
        return false;
    }
    return true;
}

/* Whether the announced length passes max; what is no number was refused by the front end. */
static bool is_announced_longer(struct text length, size_t max)
{
    size_t value = 0;
    for (size_t i = 0; i < length.bytes && value <= max; i++) {
        value = value * 10 + (size_t)(length.data[i] - '0');
    }
    return value > max;
}

static bool check_body(struct exchange *exchange)
{
    const struct text length = request_find_header(&exchange->request, "Content-Length");
    if (exchange->route->body != BODY_STREAM &&
        is_announced_longer(length, REQUEST_BODY_BYTES_MAX)) {
        router_refuse_body(exchange);
        return false;
    }
    return true;
}

static bool check_protocol(struct exchange *exchange)
{
    const enum protocol protocol = exchange->request.protocol;
    if (exchange->route->is_stream && protocol == PROTOCOL_HTTP_1_0) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST,
                             "This endpoint is not available using HTTP/1.0");
        return false;
    }
    if (exchange->route->needs_http2 && protocol != PROTOCOL_HTTP_2) {
        exchange_reply_error(exchange, ERROR_HTTP2_ONLY,
                             "This endpoint is only available when using HTTP2");
        return false;
    }
    return true;
}

bool router_admit(struct exchange *exchange)
{
    return find_route(exchange) && check_credentials(exchange) && check_state(exchange) &&
           check_protocol(exchange) && check_media(exchange) && check_body(exchange);
}

/* --- Bodies ----------------------------------------------------------------------------------- */

void router_refuse_body(struct exchange *exchange)
{
    exchange_reply_error(exchange, ERROR_BODY_TOO_LARGE, "The request's body is too large");
}

bool router_add_body(struct exchange *exchange, struct text bytes)
{
    struct buffer *body = &exchange->request.body;
    if (exchange->route->body != BODY_WHOLE) {
        return true;
    }
    if (bytes.bytes > REQUEST_BODY_BYTES_MAX - body->bytes) {
        return false;
    }
    buffer_append_text(body, bytes);
    return !body->has_failed;
}

/* --- Running ---------------------------------------------------------------------------------- */

static bool check_password(struct exchange *exchange)
{
    if (!needs_credentials(exchange)) {
        return true;
    }
    const struct text header = request_find_header(&exchange->request, "Authorization");
    if (auth_check(exchange->server->auth, header) == AUTH_REFUSED) {
        metrics_add(&exchange->server->metrics, METRIC_LOGINS_REFUSED, 1);
        refuse_credentials(exchange);
        return false;
    }
    return true;
}

static enum task_result run(struct pool_task *task)
{
    struct exchange *exchange =
        (struct exchange *)(void *)((char *)task - offsetof(struct exchange, task));
    if (check_password(exchange)) {
        exchange->route->run(exchange->server, exchange);
    }
    exchange_unref(exchange);
    return TASK_GONE;
}

static void run_on_thread(struct exchange *exchange)
{
    struct server *server = exchange->server;
    if (task_pool_load(server->requests) >= REQUEST_QUEUE_COUNT_MAX) {
        exchange_set_header(exchange, "Retry-After", "1");
        exchange_reply_error(exchange, ERROR_TOO_MANY_REQUESTS, "Too many requests are waiting");
        return;
    }
    exchange->may_block = true;
    exchange->task.run = run;
    exchange_ref(exchange);
    task_pool_wake(server->requests, &exchange->task);
}

void router_run(struct exchange *exchange)
{
    const struct route *route = exchange->route;
    const bool is_quick = route->is_quick || (route->may_wait && !route->may_wait(exchange));
    if (is_quick && !needs_credentials(exchange)) {
        route->run(exchange->server, exchange);
    } else {
        run_on_thread(exchange);
    }
}

bool router_defer(struct exchange *exchange)
{
    if (exchange->may_block) {
        return false;
    }
    run_on_thread(exchange);
    return true;
}
