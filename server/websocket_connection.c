/* websocket_connection.c
 *
 * wslay frames and unframes; this file moves the bytes. Rows wait in the query's exchange, which
 * stops its query when there is enough of them. Up to a buffer's worth of messages is taken
 * from there, framed and written, and nothing more is taken until the socket has it all, so
 * a client that does not read costs one buffer and one row, and its query a place in the log.
 * Nor is anything read from such a client, or its pings would pile up as pongs.
 *
 * Every end is said twice, as ksqlDB does: a text message {"error":".."}, for clients that look at
 * messages only, and a close frame whose reason is the same text, cut. Then the client has a
 * moment to close its side; a socket closed with bytes unread would take back what it just sent.
 *
 * Control frames overtake messages in wslay's queues, so every message is framed at once, before
 * anything else is queued.
 */
#include "server/websocket_parts.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "server/clock.h"
#include "server/handlers.h"
#include "server/limits.h"
#include "server/peer.h"
#include "server/server_state.h"

enum {
    IO_BYTES = 16 << 10,       /* moved at once */
    OUT_BYTES_HIGH = 64 << 10, /* framed before it is written, and one message more */
    REASON_BYTES_MAX = 123,    /* a close frame has 125, two are the code */
    CLOSE_NORMAL = 1000,
    CLOSE_GOING_AWAY = 1001,
    CLOSE_BAD_REQUEST =
        1003, /* "invalid message type": what ksqlDB answers errors of clients with */
    CLOSE_INTERNAL = 1011,
    CLOSE_TRY_AGAIN = 1013,
};

/* --- Life ------------------------------------------------------------------------------------- */

static void wake(struct exchange *exchange)
{
    websocket_loop_wake(exchange->connection);
}

static const struct exchange_front_end front_end = {.wake = wake};

/* The exchange of the query: what its handler reads of the handshake is copied. */
static struct exchange *make_exchange(struct websocket *websocket, const struct request *handshake)
{
    struct exchange *exchange = exchange_create(websocket->loop->server, &front_end, websocket);
    if (!exchange) {
        return NULL;
    }
    struct request *request = &exchange->request;
    request->protocol = handshake->protocol;
    memcpy(request->peer, handshake->peer, sizeof(request->peer));
    request->method = arena_text(&request->arena, handshake->method);
    request->path = arena_text(&request->arena, handshake->path);
    request->query = arena_text(&request->arena, handshake->query);
    exchange->route = &websocket_query_route;
    exchange->media = MEDIA_WEBSOCKET;
    exchange->is_trusted = true; /* the handshake brought the credentials */
    return exchange;
}

/* Gives the framer the received bytes. */
static ssize_t give_bytes(wslay_event_context_ptr framer, uint8_t *to, size_t bytes_max, int flags,
                          void *context)
{
    (void)flags;
    struct websocket *websocket = context;
    struct text *in = &websocket->in;
    if (in->bytes == 0) {
        wslay_event_set_error(framer, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    const size_t bytes = in->bytes < bytes_max ? in->bytes : bytes_max;
    memcpy(to, in->data, bytes);
    *in = (struct text){in->data + bytes, in->bytes - bytes};
    return (ssize_t)bytes;
}

/* Takes framed bytes. */
static ssize_t take_bytes(wslay_event_context_ptr framer, const uint8_t *data, size_t bytes,
                          int flags, void *context)
{
    (void)flags;
    struct websocket *websocket = context;
    buffer_append(&websocket->out, data, bytes);
    if (websocket->out.has_failed) {
        wslay_event_set_error(framer, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    return (ssize_t)bytes;
}

static bool make_framer(struct websocket *websocket)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = give_bytes,
                                                           .send_callback = take_bytes};
    if (wslay_event_context_server_init(&websocket->framer, &callbacks, websocket) != 0) {
        websocket->framer = NULL;
        return false;
    }
    wslay_event_config_set_no_buffering(websocket->framer, 1);
    wslay_event_config_set_max_recv_msg_length(websocket->framer, WEBSOCKET_FRAME_BYTES_MAX);
    return true;
}

static void release(struct websocket *websocket)
{
    if (websocket->framer) {
        wslay_event_context_free(websocket->framer);
    }
    exchange_unref(websocket->exchange);
    buffer_release(&websocket->early);
    buffer_release(&websocket->message);
    buffer_release(&websocket->out);
    memory_free(websocket);
}

struct websocket *websocket_create(struct websocket_loop *loop, int fd,
                                   const struct exchange *handshake, struct text early)
{
    struct websocket *websocket = memory_zalloc(sizeof(*websocket));
    if (!websocket) {
        return NULL;
    }
    const int64_t timeout_ms = loop->server->options.websocket_timeout_ms;
    websocket->loop = loop;
    websocket->fd = fd;
    websocket->expiry_ms = timeout_ms > 0 ? clock_ms() + timeout_ms : 0;
    buffer_init(&websocket->early);
    buffer_init(&websocket->message);
    buffer_init(&websocket->out);
    buffer_append_text(&websocket->early, early);
    websocket->exchange = make_exchange(websocket, &handshake->request);
    if (!websocket->exchange || websocket->early.has_failed || !make_framer(websocket)) {
        release(websocket);
        return NULL;
    }
    peer_set_options(fd, SOCKET_SEND_BYTES);
    return websocket;
}

/* The query is of no interest any more; what it has not said yet is not waited for. */
static void leave_query(struct websocket *websocket)
{
    struct exchange *exchange = websocket->exchange;
    if (exchange) {
        exchange_detach(exchange);
        websocket_loop_forget(websocket);
        metrics_add(&websocket->loop->server->metrics, METRIC_BYTES_SENT,
                    (int64_t)exchange->out_total);
        exchange_unref(exchange);
        websocket->exchange = NULL;
    }
}

void websocket_destroy(struct websocket *websocket)
{
    leave_query(websocket);
    (void)shutdown(websocket->fd, SHUT_RDWR); /* the library may hold the socket a moment longer */
    (void)close(websocket->fd);
    metrics_add(&websocket->loop->server->metrics, METRIC_CONNECTIONS, -1);
    release(websocket);
}

/* --- Messages and the end --------------------------------------------------------------------- */

/* Frames what is queued. */
static void frame(struct websocket *websocket)
{
    if (wslay_event_send(websocket->framer) != 0) {
        websocket->stage = WEBSOCKET_DEAD;
    }
}

/* A text message must be valid UTF-8, which a record that PRINT shows need not be. */
static void send_text(struct websocket *websocket, struct text text)
{
    struct arena arena;
    struct diag diag;
    arena_init(&arena);
    struct wslay_event_msg message = {.opcode = WSLAY_TEXT_FRAME};
    if (utf8_repair(text, &arena, &text, &diag) == STATUS_OK) {
        message.msg = (const uint8_t *)text.data;
        message.msg_length = text.bytes;
        if (wslay_event_queue_msg(websocket->framer, &message) == WSLAY_ERR_NOMEM) {
            websocket->stage = WEBSOCKET_DEAD;
        }
        frame(websocket);
    } else {
        websocket->stage = WEBSOCKET_DEAD;
    }
    arena_release(&arena);
}

/* The longest beginning of reason that fits with "...", in whole characters. */
static size_t cut_reason(struct text reason, char out[REASON_BYTES_MAX])
{
    static const char ellipsis[] = "...";
    const size_t ellipsis_bytes = sizeof(ellipsis) - 1;
    if (reason.bytes <= REASON_BYTES_MAX) {
        memcpy(out, reason.data, reason.bytes);
        return reason.bytes;
    }
    size_t bytes = REASON_BYTES_MAX - ellipsis_bytes;
    while (bytes > 0 && ((unsigned char)reason.data[bytes] & 0xC0U) == 0x80U) {
        bytes--;
    }
    memcpy(out, reason.data, bytes);
    memcpy(out + bytes, ellipsis, ellipsis_bytes);
    return bytes + ellipsis_bytes;
}

static void begin_closing(struct websocket *websocket)
{
    if (websocket->stage == WEBSOCKET_OPEN) {
        websocket->stage = WEBSOCKET_CLOSING;
        websocket->close_ms = clock_ms() + WEBSOCKET_CLOSE_MS;
    }
    leave_query(websocket);
}

static void send_close(struct websocket *websocket, uint16_t code, struct text reason)
{
    char text[REASON_BYTES_MAX];
    const size_t bytes = cut_reason(reason, text);
    (void)wslay_event_queue_close(websocket->framer, code, (const uint8_t *)text, bytes);
    frame(websocket);
    begin_closing(websocket);
}

/* Ends the connection with a message of its own. */
static void end_with(struct websocket *websocket, uint16_t code, struct text reason)
{
    struct buffer message;
    buffer_init(&message);
    error_body_write_message(&message, reason);
    send_text(websocket, message.has_failed ? TEXT("{\"error\":\"\"}") : buffer_text(&message));
    buffer_release(&message);
    send_close(websocket, code, reason);
}

static uint16_t close_code(enum error_code error)
{
    switch ((int)error) {
    case 0:
        return CLOSE_NORMAL;
    case ERROR_COMMAND_QUEUE_TIMEOUT:
    case ERROR_TOO_MANY_REQUESTS:
        return CLOSE_TRY_AGAIN;
    case ERROR_SHUTTING_DOWN:
        return CLOSE_GOING_AWAY;
    default:
        return error_code_http_status(error) >= 500 ? CLOSE_INTERNAL : CLOSE_BAD_REQUEST;
    }
}

/* --- The query's answer ----------------------------------------------------------------------- */

/* The newest message is the query's last, {"error":".."}. */
static void end_with_last(struct websocket *websocket)
{
    const enum error_code failure = exchange_failure(websocket->exchange);
    const struct text last = buffer_text(&websocket->message);
    json_t *json = last.bytes ? json_loadb(last.data, last.bytes, 0, NULL) : NULL;
    const json_t *error = json_object_get(json, "error");
    const struct text reason = {json_string_value(error), json_string_length(error)};
    send_close(websocket, close_code(failure), reason.data ? reason : TEXT(""));
    json_decref(json);
}

/* The newest message is an error body, the whole of an answer that never became a stream. */
static void end_with_error_body(struct websocket *websocket)
{
    const struct text body = buffer_text(&websocket->message);
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    const json_t *message = json_object_get(json, "message");
    const json_int_t code = json_integer_value(json_object_get(json, "error_code"));
    const struct text reason = {json_string_value(message), json_string_length(message)};
    end_with(websocket, close_code(code ? (enum error_code)code : ERROR_INTERNAL),
             reason.data ? reason : TEXT("out of memory"));
    json_decref(json);
}

static bool is_error_body(const struct exchange *exchange)
{
    return !exchange->is_stream && exchange->http_status != 200;
}

/* Keeps the memory of most rows for the next one. */
static void forget_message(struct buffer *message)
{
    if (message->capacity > IO_BYTES) {
        buffer_release(message);
    } else {
        buffer_reset(message);
    }
}

/* Adds to the newest message, or begins the next; sends it when it is whole. */
static void add_bytes(struct websocket *websocket, struct text bytes)
{
    struct buffer *message = &websocket->message;
    if (websocket->is_message_whole) {
        websocket->is_message_whole = false;
        forget_message(message);
    }
    buffer_append_text(message, bytes);
    if (message->has_failed) {
        websocket->stage = WEBSOCKET_DEAD;
        return;
    }
    if (!is_error_body(websocket->exchange) && message->data[message->bytes - 1] == '\n') {
        message->bytes--;
        websocket->is_message_whole = true;
        send_text(websocket, buffer_text(message));
    }
}

static void end_query(struct websocket *websocket)
{
    if (is_error_body(websocket->exchange)) {
        end_with_error_body(websocket);
    } else {
        end_with_last(websocket);
    }
}

/* Takes the next part of the answer. False: there is none for now. */
static bool take_part(struct websocket *websocket)
{
    char bytes[IO_BYTES];
    size_t count = 0;
    switch (exchange_take(websocket->exchange, bytes, sizeof(bytes), true, &count)) {
    case EXCHANGE_BYTES:
        add_bytes(websocket, (struct text){bytes, count});
        return true;
    case EXCHANGE_WAIT:
        return false;
    case EXCHANGE_END:
        end_query(websocket);
        return false;
    case EXCHANGE_CUT:
        break;
    }
    end_with(websocket, CLOSE_INTERNAL, TEXT("The query was broken off"));
    return false;
}

static void take_rows(struct websocket *websocket)
{
    if (!websocket->exchange || exchange_poll_head(websocket->exchange) != EXCHANGE_HEAD_READY) {
        return;
    }
    while (websocket->stage == WEBSOCKET_OPEN && websocket->out.bytes < OUT_BYTES_HIGH &&
           take_part(websocket)) {
    }
    if (websocket->is_message_whole && websocket->message.bytes > IO_BYTES) {
        websocket->is_message_whole = false; /* too long to be the last: it need not be kept */
        forget_message(&websocket->message);
    }
}

/* --- The socket ------------------------------------------------------------------------------- */

/* Writes what is framed. */
static void write_out(struct websocket *websocket)
{
    struct buffer *out = &websocket->out;
    while (websocket->out_sent < out->bytes) {
        const ssize_t sent = send(websocket->fd, out->data + websocket->out_sent,
                                  out->bytes - websocket->out_sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            websocket->stage = errno == EAGAIN ? websocket->stage : WEBSOCKET_DEAD;
            websocket->stall_start_ms =
                websocket->stall_start_ms ? websocket->stall_start_ms : clock_ms();
            return;
        }
        websocket->out_sent += (size_t)sent;
        websocket->stall_start_ms = 0;
    }
    websocket->out_sent = 0;
    buffer_release(out); /* most connections have nothing to say most of the time */
}

/* Both have said that it is over. */
static bool is_over(const struct websocket *websocket)
{
    return websocket->stage == WEBSOCKET_CLOSING && websocket->out.bytes == 0 &&
           wslay_event_get_close_received(websocket->framer);
}

void websocket_advance(struct websocket *websocket)
{
    do {
        if (websocket->stage == WEBSOCKET_OPEN) {
            take_rows(websocket);
        }
        if (websocket->stage == WEBSOCKET_DEAD || websocket->out.bytes == 0) {
            break;
        }
        write_out(websocket);
    } while (websocket->out.bytes == 0 && websocket->stage == WEBSOCKET_OPEN);
    if (is_over(websocket)) {
        websocket->stage = WEBSOCKET_DEAD;
    }
    if (websocket->stage != WEBSOCKET_DEAD) {
        websocket_loop_watch(websocket, EPOLLRDHUP | (websocket->out.bytes ? EPOLLOUT : EPOLLIN));
    }
}

/* A frame that breaks the rules makes the framer answer and read no more; what follows on
 * the connection is dropped. */
static void unframe(struct websocket *websocket, struct text bytes)
{
    if (!wslay_event_want_read(websocket->framer)) {
        return;
    }
    websocket->in = bytes;
    const int result = wslay_event_recv(websocket->framer);
    websocket->in = TEXT("");
    if (result == WSLAY_ERR_NOMEM) {
        websocket->stage = WEBSOCKET_DEAD;
        return;
    }
    frame(websocket);
    if (!wslay_event_want_read(websocket->framer)) {
        begin_closing(websocket);
    }
}

/* False: the client has closed its side, or there is nothing more for now. */
static bool read_some(struct websocket *websocket)
{
    char bytes[IO_BYTES];
    const ssize_t count = recv(websocket->fd, bytes, sizeof(bytes), 0);
    if (count > 0) {
        unframe(websocket, (struct text){bytes, (size_t)count});
        return true;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        write_out(websocket); /* the answer to a close frame that came just before */
        websocket->stage = WEBSOCKET_DEAD;
    }
    return false;
}

void websocket_handle(struct websocket *websocket, uint32_t events)
{
    const bool is_blocked = websocket->out.bytes > 0;
    if ((events & (EPOLLHUP | EPOLLERR)) || (is_blocked && (events & EPOLLRDHUP))) {
        websocket->stage = WEBSOCKET_DEAD; /* nobody is left to write to */
        return;
    }
    if (events & (EPOLLIN | EPOLLRDHUP)) {
        (void)read_some(websocket);
    }
    if (websocket->stage != WEBSOCKET_DEAD) {
        websocket_advance(websocket);
    }
}

void websocket_start(struct websocket *websocket)
{
    router_run(websocket->exchange);
    if (websocket->early.bytes > 0) {
        unframe(websocket, buffer_text(&websocket->early));
    }
    buffer_release(&websocket->early);
    if (websocket->stage != WEBSOCKET_DEAD) {
        websocket_advance(websocket);
    }
}

/* --- Time ------------------------------------------------------------------------------------- */

void websocket_check(struct websocket *websocket, int64_t time_ms)
{
    if (websocket->stage == WEBSOCKET_CLOSING && time_ms >= websocket->close_ms) {
        websocket->stage = WEBSOCKET_DEAD;
    }
    if (websocket->stage != WEBSOCKET_OPEN) {
        return;
    }
    if (websocket->expiry_ms && time_ms >= websocket->expiry_ms) {
        end_with(websocket, CLOSE_INTERNAL, TEXT("The request token has expired."));
    } else if (websocket->stall_start_ms &&
               time_ms - websocket->stall_start_ms >= IDLE_TIMEOUT_S * 1000) {
        metrics_add(&websocket->loop->server->metrics, METRIC_STREAMS_CUT, 1);
        end_with(websocket, CLOSE_INTERNAL, TEXT("The client reads too slowly"));
    } else {
        return;
    }
    if (websocket->stage != WEBSOCKET_DEAD) {
        websocket_advance(websocket);
    }
}
