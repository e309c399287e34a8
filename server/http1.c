/* http1.c
 *
 * libmicrohttpd reads requests and writes answers on its own few threads; nothing here may wait. A
 * request is a small state machine: its headers are checked in the first call of the handler, its
 * body collected in the next ones, then the route runs on another thread while the connection is
 * suspended, and the last call queues the answer. A streamed answer suspends the connection again
 * whenever there is nothing to send.
 *
 * Suspending and resuming are decided under the exchange's lock (exchange.h's park and wake),
 * so a connection is never suspended twice nor resumed before it is suspended.
 *
 * What the library lets through and what it cannot see is measured in http1_guard.c and watch.c.
 * An answer queued in the first call ends the connection, and nothing that was sent behind the
 * headers is read any more.
 */
#include "server/http1.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/http1_guard.h"
#include "server/limits.h"
#include "server/peer.h"
#include "server/router.h"
#include "server/server_state.h"
#include "server/watch.h"
#include "server/websocket.h"

enum {
    THREAD_COUNT = 2,         /* a thread moves 25,000 small answers per second */
    STREAM_BLOCK_BYTES = 256, /* what the library asks to be given; it uses its pool instead */
    DROP_BYTES_MAX = 2 * REQUEST_BODY_BYTES_MAX, /* of a body that is refused */
    /* Out of reach: at its own limit 0.9.75 keeps a lock for good, and its thread waits for it ever
     * after. The listener and the slots of the watch are the limit. */
    LIBRARY_CONNECTION_LIMIT = 1 << 30,
};

struct http1 {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct watch *watch;
};

enum stage {
    STAGE_HEADERS,
    STAGE_BODY,
    STAGE_DROP, /* the request is refused: its body is read and dropped before the answer */
    STAGE_ANSWER,
};

/* One request; the library's con_cls. */
struct http1_request {
    struct http1 *http1;
    struct MHD_Connection *connection;
    struct watched *watched;   /* NULL: memory was out when the connection came */
    struct exchange *exchange; /* a reference */
    struct text target;        /* raw, in the exchange's arena */
    int64_t body_start_ms;
    size_t received_bytes; /* of the body */
    size_t credited_bytes; /* ... for which the deadline was extended */
    size_t dropped_bytes;
    enum stage stage;
};

/* --- Waiting, under the exchange's lock ------------------------------------------------------- */

static void park(struct exchange *exchange)
{
    struct http1_request *request = exchange->connection;
    if (request->watched) {
        watch_park(request->http1->watch, request->watched, exchange);
    }
    MHD_suspend_connection(request->connection);
}

static void wake(struct exchange *exchange)
{
    struct http1_request *request = exchange->connection;
    if (request->watched) {
        watch_unpark(request->http1->watch, request->watched);
    }
    MHD_resume_connection(request->connection);
}

static const struct exchange_front_end front_end = {.park = park, .wake = wake};

/* --- Answers ---------------------------------------------------------------------------------- */

static ssize_t read_stream(void *context, uint64_t position, char *to, size_t bytes_max)
{
    (void)position;
    struct http1_request *request = context;
    size_t bytes = 0;
    switch (exchange_take(request->exchange, to, bytes_max, false, &bytes)) {
    case EXCHANGE_BYTES:
        return (ssize_t)bytes;
    case EXCHANGE_WAIT:
        return 0;
    case EXCHANGE_END:
        return MHD_CONTENT_READER_END_OF_STREAM;
    case EXCHANGE_CUT:
        break;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* Nobody waits for the answer any more. */
static void leave_exchange(struct http1_request *request)
{
    struct exchange *exchange = request->exchange;
    if (exchange) {
        exchange_detach(exchange);
        metrics_add(&request->http1->server->metrics, METRIC_BYTES_SENT,
                    (int64_t)exchange->out_total);
        exchange_unref(exchange);
        request->exchange = NULL;
    }
}

/* The answer to a WebSocket's handshake has gone out. The socket goes on under a descriptor of its
 * own, so that the library can close and forget its connection at once; which it does with a lock
 * held that is taken under an exchange's everywhere else, so the exchange is left here. */
static void hand_over(void *context, struct MHD_Connection *connection, void *con_cls,
                      const char *early, size_t early_bytes, MHD_socket fd,
                      struct MHD_UpgradeResponseHandle *handle)
{
    (void)connection;
    (void)con_cls;
    struct http1_request *request = context;
    const int own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own_fd >= 0) {
        websocket_add(request->http1->server->websockets, own_fd, request->exchange,
                      (struct text){early, early_bytes});
    }
    leave_exchange(request);
    (void)MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

/* The exchange keeps a whole answer's bytes until the request is completed. */
static struct MHD_Response *make_response(struct http1_request *request)
{
    struct exchange *exchange = request->exchange;
    if (exchange->http_status == MHD_HTTP_SWITCHING_PROTOCOLS) {
        return MHD_create_response_for_upgrade(hand_over, request);
    }
    if (exchange->is_stream) {
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, read_stream,
                                                 request, NULL);
    }
    return MHD_create_response_from_buffer(exchange->out.bytes, exchange->out.data,
                                           MHD_RESPMEM_PERSISTENT);
}

static bool add_headers(const struct http1_request *request, struct MHD_Response *response)
{
    const struct exchange *exchange = request->exchange;
    const char *media = media_type_name(exchange->media);
    char server[64];
    (void)snprintf(server, sizeof(server), "leat/%s", exchange->server->options.version);
    const bool is_upgrade = exchange->http_status == MHD_HTTP_SWITCHING_PROTOCOLS;
    return MHD_add_response_header(response, "Server", server) == MHD_YES &&
           (!is_upgrade || MHD_add_response_header(response, "Upgrade", "websocket") == MHD_YES) &&
           (!media || MHD_add_response_header(response, "Content-Type", media) == MHD_YES) &&
           (!exchange->header_name || MHD_add_response_header(response, exchange->header_name,
                                                              exchange->header_value) == MHD_YES);
}

static enum MHD_Result queue_answer(struct http1_request *request)
{
    struct MHD_Response *response = make_response(request);
    if (!response) {
        return MHD_NO;
    }
    enum MHD_Result result = MHD_NO;
    if (add_headers(request, response)) {
        server_note_answer(request->http1->server, request->exchange);
        result = MHD_queue_response(request->connection, request->exchange->http_status, response);
    }
    MHD_destroy_response(response);
    return result;
}

/* Queues the answer, or suspends the connection until there is one. */
static enum MHD_Result give_answer(struct http1_request *request)
{
    switch (exchange_poll_head(request->exchange)) {
    case EXCHANGE_HEAD_WAIT:
        return MHD_YES;
    case EXCHANGE_HEAD_READY:
        return queue_answer(request);
    case EXCHANGE_HEAD_GONE:
        break;
    }
    return MHD_NO;
}

/* --- Headers ---------------------------------------------------------------------------------- */

struct header_copy {
    struct request *request;
    enum status status;
    struct diag diag;
};

static enum MHD_Result copy_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_bytes, const char *value, size_t value_bytes)
{
    (void)kind;
    struct header_copy *copy = context;
    copy->status = request_add_header(copy->request, (struct text){name, name_bytes},
                                      (struct text){value ? value : "", value_bytes}, &copy->diag);
    return copy->status == STATUS_OK ? MHD_YES : MHD_NO;
}

static void copy_peer(struct http1_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    peer_print(info ? info->client_addr : NULL, request->exchange->request.peer);
}

static enum protocol protocol_of(const char *version)
{
    return strcmp(version, MHD_HTTP_VERSION_1_1) == 0 ? PROTOCOL_HTTP_1_1 : PROTOCOL_HTTP_1_0;
}

/* Fills the request; false: the exchange has been answered. */
static bool fill_request(struct http1_request *request, const char *method, const char *version)
{
    struct exchange *exchange = request->exchange;
    struct header_copy copy = {.request = &exchange->request};
    struct refusal refusal;
    exchange->request.protocol = protocol_of(version);
    copy_peer(request);
    enum status status =
        request_set_target(&exchange->request, text_of(method), request->target, &copy.diag);
    if (status != STATUS_OK) {
        exchange_reply_error(exchange,
                             status == STATUS_LIMIT ? ERROR_TARGET_TOO_LONG : ERROR_BAD_REQUEST,
                             copy.diag.message);
        return false;
    }
    (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, copy_header, &copy);
    if (copy.status != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_HEADERS_TOO_LARGE, copy.diag.message);
        return false;
    }
    if (http1_guard_refuses(&exchange->request, &refusal)) {
        exchange_reply_error(exchange, refusal.code, refusal.message);
        return false;
    }
    return true;
}

static void set_deadline(const struct http1_request *request, int64_t timeout_ms)
{
    if (request->watched) {
        watch_set_deadline(request->http1->watch, request->watched, timeout_ms);
    }
}

/* Each ten kilobytes of the body that came give the client another second. */
static void extend_deadline(struct http1_request *request)
{
    if (request->received_bytes - request->credited_bytes >= BODY_BYTES_PER_SECOND_MIN) {
        request->credited_bytes = request->received_bytes;
        const int64_t end_ms =
            request->body_start_ms + peer_body_timeout_ms(request->received_bytes);
        const int64_t left_ms = end_ms - clock_ms();
        set_deadline(request, left_ms > 0 ? left_ms : 1); /* 0 would be none */
    }
}

/* Whether a refused request's body is worth reading: a client that is still sending when the
 * connection ends often does not see the answer. */
static bool is_worth_dropping(const struct request *request)
{
    const struct text length = request_find_header(request, "Content-Length");
    const bool asks_first = request_find_header(request, "Expect").data != NULL;
    return !asks_first && strtoll(length.data ? length.data : "0", NULL, 10) <= DROP_BYTES_MAX;
}

/* An unsound request is answered at once, which ends the connection: what follows on it is never
 * taken for a request. */
static enum MHD_Result take_headers(struct http1_request *request, const char *method,
                                    const char *version)
{
    if (!fill_request(request, method, version)) {
        return queue_answer(request);
    }
    request->body_start_ms = clock_ms();
    set_deadline(request, peer_body_timeout_ms(0));
    if (router_admit(request->exchange)) {
        request->stage = STAGE_BODY;
    } else if (is_worth_dropping(&request->exchange->request)) {
        request->stage = STAGE_DROP;
    } else {
        return queue_answer(request);
    }
    return MHD_YES;
}

/* --- Bodies ----------------------------------------------------------------------------------- */

/* The library cannot answer in the middle of a body, so one that is refused is read on for a
 * while, and past that the connection is cut. */
static enum MHD_Result drop_body(struct http1_request *request, size_t *bytes)
{
    request->dropped_bytes += *bytes;
    *bytes = 0;
    return request->dropped_bytes <= DROP_BYTES_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result take_body(struct http1_request *request, const char *data, size_t *bytes)
{
    enum MHD_Result result = MHD_YES;
    request->received_bytes += *bytes;
    if (request->stage == STAGE_DROP) {
        result = drop_body(request, bytes);
    } else if (!router_add_body(request->exchange, (struct text){data, *bytes})) {
        router_refuse_body(request->exchange);
        request->stage = STAGE_DROP;
        result = drop_body(request, bytes);
    }
    *bytes = 0;
    extend_deadline(request);
    return result;
}

static void end_body(struct http1_request *request)
{
    set_deadline(request, 0);
    if (request->stage == STAGE_BODY) {
        router_run(request->exchange);
    }
    request->stage = STAGE_ANSWER;
}

/* --- The library's callbacks ------------------------------------------------------------------ */

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *bytes, void **con_cls)
{
    (void)context;
    (void)connection;
    (void)url;
    struct http1_request *request = *con_cls;
    if (!request) {
        return MHD_NO; /* memory was out when the request line came */
    }
    if (request->stage == STAGE_HEADERS) {
        return take_headers(request, method, version);
    }
    if (*bytes > 0) {
        return take_body(request, data, bytes);
    }
    if (request->stage != STAGE_ANSWER) {
        end_body(request);
    }
    return give_answer(request);
}

static struct watched *watched_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The only place where the target can be seen as it came. What is returned becomes con_cls. */
static void *begin_request(void *context, const char *target, struct MHD_Connection *connection)
{
    struct http1 *http1 = context;
    struct http1_request *request = memory_zalloc(sizeof(*request));
    struct exchange *exchange =
        request ? exchange_create(http1->server, &front_end, request) : NULL;
    if (!exchange) {
        memory_free(request);
        return NULL;
    }
    request->http1 = http1;
    request->connection = connection;
    request->watched = watched_of(connection);
    request->exchange = exchange;
    request->target = arena_text(&exchange->request.arena, text_of(target));
    if (request->watched) {
        watch_lower_deadline(http1->watch, request->watched, HEADER_DEADLINE_MS);
    }
    return request;
}

static void end_request(void *context, struct MHD_Connection *connection, void **con_cls,
                        enum MHD_RequestTerminationCode reason)
{
    (void)connection;
    struct http1 *http1 = context;
    struct http1_request *request = *con_cls;
    if (!request) {
        return;
    }
    *con_cls = NULL;
    leave_exchange(request);
    if (reason == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED) {
        metrics_add(&http1->server->metrics, METRIC_STREAMS_CUT, 1);
    }
    /* Until the next request line, which sets a shorter one. */
    set_deadline(request, IDLE_TIMEOUT_S * 1000 + HEADER_DEADLINE_MS);
    memory_free(request);
}

static void notice_connection(void *context, struct MHD_Connection *connection,
                              void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    struct http1 *http1 = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        peer_set_options(info->connect_fd, SOCKET_SEND_BYTES);
        struct watched *watched = watch_add(http1->watch, info->connect_fd);
        if (watched) {
            watch_set_deadline(http1->watch, watched, HEADER_DEADLINE_MS);
        } else { /* one too many: what nobody watches would have no deadline */
            metrics_add(&http1->server->metrics, METRIC_CONNECTIONS_REFUSED, 1);
            (void)shutdown(info->connect_fd, SHUT_RDWR);
        }
        *socket_context = watched;
        metrics_add(&http1->server->metrics, METRIC_CONNECTIONS, 1);
        return;
    }
    metrics_add(&http1->server->metrics, METRIC_CONNECTIONS, -1);
    if (*socket_context) {
        watch_remove(http1->watch, *socket_context);
        *socket_context = NULL;
    }
}

static void log_error(void *context, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Behind TLS the library's end of a connection is not TCP, and it says so thrice per answer. */
static bool is_about_tcp(const char *message)
{
    return strstr(message, "TCP_NODELAY") || strstr(message, "TCP_CORK") ||
           strstr(message, "push the data from buffers");
}

static void log_error(void *context, const char *format, va_list args)
{
    const struct http1 *http1 = context;
    char message[512];
    (void)vsnprintf(message, sizeof(message), format, args);
    message[strcspn(message, "\n")] = '\0';
    if (!is_about_tcp(message)) {
        const struct log_field field = LOG_TEXT("reason", text_of(message));
        log_event(http1->server->log, LOG_DEBUG, "libmicrohttpd", &field, 1);
    }
}

/* --- Life ------------------------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct http1 *http1)
{
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                           MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ITC |
                           MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, http1, MHD_OPTION_EXTERNAL_LOGGER, log_error,
        http1, /* first, so that it sees the others */
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, http1, MHD_OPTION_NOTIFY_COMPLETED, end_request,
        http1, MHD_OPTION_NOTIFY_CONNECTION, notice_connection, http1, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)THREAD_COUNT, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIBRARY_CONNECTION_LIMIT,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

enum status http1_open(struct server *server, struct http1 **out, struct diag *diag)
{
    struct http1 *http1 = memory_zalloc(sizeof(*http1));
    if (!http1) {
        return diag_no_memory(diag);
    }
    http1->server = server;
    enum status status = watch_open(&server->metrics, &http1->watch, diag);
    if (status == STATUS_OK) {
        http1->daemon = start_daemon(http1);
        if (!http1->daemon) {
            status = diag_fail(diag, STATUS_IO, SQL_POS_NONE, "libmicrohttpd does not start");
        }
    }
    if (status != STATUS_OK) {
        http1_close(http1);
        return status;
    }
    *out = http1;
    return STATUS_OK;
}

void http1_close(struct http1 *http1)
{
    if (!http1) {
        return;
    }
    if (http1->daemon) {
        /* The library must not be stopped while a connection is suspended. New requests are
         * refused at once by now, so this comes to an end. */
        while (watch_hang_up_all(http1->watch) > 0) {
            clock_sleep_ms(10);
        }
        MHD_stop_daemon(http1->daemon);
    }
    watch_close(http1->watch);
    memory_free(http1);
}

void http1_add(struct http1 *http1, int fd, const struct sockaddr *address, socklen_t address_bytes)
{
    (void)MHD_add_connection(http1->daemon, fd, address, address_bytes); /* closes fd on failure */
}
