/* http2_stream.c
 *
 * nghttp2's callbacks, in the order in which a request lives: headers, body, answer, end. An
 * answer is pulled: nghttp2 asks for data when the client has window for it; when there is none the
 * stream is deferred, its exchange parked, and the loop resumes it later.
 *
 * Streamed answers, and short ones of lines, are cut at line feeds, so that each DATA frame
 * carries one JSON value: some clients parse frames, not lines. A stream that reads its input as
 * it comes (/inserts-stream) gives its window back only when its handler has taken the bytes.
 */
#include "server/http2_parts.h"

#include <stdio.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/limits.h"
#include "server/peer.h"
#include "server/router.h"
#include "server/server_state.h"

static void wake(struct exchange *exchange)
{
    http2_loop_wake(exchange->connection, 0);
}

static void consumed(struct exchange *exchange, size_t bytes)
{
    http2_loop_wake(exchange->connection, bytes);
}

static const struct exchange_front_end front_end = {.wake = wake, .consumed = consumed};

/* --- Streams ---------------------------------------------------------------------------------- */

static struct http2_stream *add_stream(struct http2_connection *connection, int32_t id)
{
    struct server *server = connection->loop->http2->server;
    struct http2_stream *stream = memory_zalloc(sizeof(*stream));
    struct exchange *exchange = stream ? exchange_create(server, &front_end, stream) : NULL;
    if (!exchange) {
        memory_free(stream);
        return NULL;
    }
    stream->connection = connection;
    stream->id = id;
    stream->exchange = exchange;
    stream->start_ms = clock_ms();
    stream->next = &connection->streams;
    stream->previous = connection->streams.previous;
    stream->previous->next = stream;
    stream->next->previous = stream;
    exchange->request.protocol = PROTOCOL_HTTP_2;
    (void)snprintf(exchange->request.peer, PEER_BYTES_MAX, "%s", connection->peer);
    return stream;
}

void http2_stream_remove(struct http2_stream *stream)
{
    struct server *server = stream->connection->loop->http2->server;
    exchange_detach(stream->exchange); /* from here on nobody wakes it */
    http2_loop_forget(stream);
    metrics_add(&server->metrics, METRIC_BYTES_SENT, (int64_t)stream->exchange->out_total);
    exchange_unref(stream->exchange);
    stream->previous->next = stream->next;
    stream->next->previous = stream->previous;
    memory_free(stream);
}

static void reset_stream(struct http2_stream *stream, uint32_t code)
{
    (void)nghttp2_submit_rst_stream(stream->connection->session, NGHTTP2_FLAG_NONE, stream->id,
                                    code);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static ssize_t read_answer(nghttp2_session *session, int32_t stream_id, uint8_t *to,
                           size_t bytes_max, uint32_t *flags, nghttp2_data_source *source,
                           void *context)
{
    (void)session;
    (void)stream_id;
    (void)context;
    struct http2_stream *stream = source->ptr;
    struct exchange *exchange = stream->exchange;
    const bool by_line = exchange->is_stream || exchange->media == MEDIA_DELIMITED;
    size_t bytes = 0;
    switch (exchange_take(exchange, (char *)to, bytes_max, by_line, &bytes)) {
    case EXCHANGE_BYTES:
        stream->has_moved = true;
        if (!exchange->is_stream && exchange_is_drained(exchange)) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        }
        return (ssize_t)bytes;
    case EXCHANGE_WAIT:
        stream->is_deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    case EXCHANGE_END:
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        return 0;
    case EXCHANGE_CUT:
        break;
    }
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* nghttp2 resets the stream */
}

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                        .value = (uint8_t *)(uintptr_t)value,
                        .namelen = strlen(name),
                        .valuelen = strlen(value)};
}

/* Names go in lower case in HTTP/2. */
static void lower_name(const char *name, char lower[64])
{
    size_t i = 0;
    for (; name[i] && i < 63; i++) {
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]);
    }
    lower[i] = '\0';
}

static int submit_answer(struct http2_stream *stream)
{
    const struct exchange *exchange = stream->exchange;
    const char *media = media_type_name(exchange->media);
    char status[12];
    char server[64];
    char length[24];
    char extra[64];
    nghttp2_nv headers[5];
    size_t count = 0;
    (void)snprintf(status, sizeof(status), "%u", exchange->http_status);
    (void)snprintf(server, sizeof(server), "leat/%s", exchange->server->options.version);
    headers[count++] = header(":status", status);
    headers[count++] = header("server", server);
    if (media) {
        headers[count++] = header("content-type", media);
    }
    if (!exchange->is_stream) {
        (void)snprintf(length, sizeof(length), "%zu", exchange->out.bytes);
        headers[count++] = header("content-length", length);
    }
    if (exchange->header_name) {
        lower_name(exchange->header_name, extra);
        headers[count++] = header(extra, exchange->header_value);
    }
    const bool is_head = text_equal(exchange->request.method, TEXT("HEAD"));
    nghttp2_data_provider provider = {.source.ptr = stream, .read_callback = read_answer};
    return nghttp2_submit_response(stream->connection->session, stream->id, headers, count,
                                   is_head ? NULL : &provider);
}

/* Submits the answer when there is one; else the stream is parked. */
static void give_answer(struct http2_stream *stream)
{
    struct exchange *exchange = stream->exchange;
    if (stream->has_answer || exchange_poll_head(exchange) != EXCHANGE_HEAD_READY) {
        return;
    }
    stream->has_answer = true;
    server_note_answer(exchange->server, exchange);
    if (submit_answer(stream) != 0) {
        reset_stream(stream, NGHTTP2_INTERNAL_ERROR);
    }
}

/* --- Requests --------------------------------------------------------------------------------- */

static int begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct http2_connection *connection = context;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0;
    }
    struct http2_stream *stream = add_stream(connection, frame->hd.stream_id);
    if (!stream) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
}

static void add_header(struct http2_stream *stream, struct text name, struct text value)
{
    struct diag diag;
    struct request *request = &stream->exchange->request;
    if (text_equal(name, TEXT(":method"))) {
        stream->method = arena_text(&request->arena, value);
    } else if (text_equal(name, TEXT(":path"))) {
        stream->target = arena_text(&request->arena, value);
    } else if (name.bytes && name.data[0] != ':' && stream->header_status == STATUS_OK) {
        stream->header_status = request_add_header(request, name, value, &diag);
    }
}

static int take_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                       size_t name_bytes, const uint8_t *value, size_t value_bytes, uint8_t flags,
                       void *context)
{
    (void)flags;
    (void)context;
    struct http2_stream *stream =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (stream && frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        add_header(stream, (struct text){(const char *)name, name_bytes},
                   (struct text){(const char *)value, value_bytes});
    }
    return 0;
}

/* False: the exchange has been answered. */
static bool check_headers(struct http2_stream *stream)
{
    struct diag diag;
    struct exchange *exchange = stream->exchange;
    const enum status status =
        request_set_target(&exchange->request, stream->method, stream->target, &diag);
    if (status != STATUS_OK) {
        exchange_reply_error(exchange,
                             status == STATUS_LIMIT ? ERROR_TARGET_TOO_LONG : ERROR_BAD_REQUEST,
                             diag.message);
        return false;
    }
    if (stream->header_status != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_HEADERS_TOO_LARGE,
                             "The request's headers are too large or too many");
        return false;
    }
    return router_admit(exchange);
}

static void end_headers(struct http2_stream *stream)
{
    stream->has_headers = true;
    if (!check_headers(stream)) {
        give_answer(stream);
    } else if (stream->exchange->route->body == BODY_STREAM) {
        router_run(stream->exchange);
        give_answer(stream);
    }
}

static void end_request(struct http2_stream *stream)
{
    struct exchange *exchange = stream->exchange;
    stream->has_request = true;
    if (exchange->route && exchange->route->body == BODY_STREAM) {
        (void)exchange_feed(exchange, (struct text){NULL, 0}, true);
    } else if (!stream->has_answer) {
        router_run(exchange);
        give_answer(stream);
    }
}

static int take_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct http2_connection *connection = context;
    connection->active_ms = clock_ms();
    const bool is_headers =
        frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    struct http2_stream *stream =
        is_body ? nghttp2_session_get_stream_user_data(session, frame->hd.stream_id) : NULL;
    if (!stream) {
        return 0;
    }
    if (is_headers) {
        end_headers(stream);
    }
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) {
        end_request(stream);
    }
    return 0;
}

static void take_body(struct http2_stream *stream, struct text bytes)
{
    struct exchange *exchange = stream->exchange;
    if (exchange->route->body == BODY_STREAM) {
        if (!exchange_feed(exchange, bytes, false)) {
            reset_stream(stream, NGHTTP2_INTERNAL_ERROR);
        }
    } else if (!router_add_body(exchange, bytes)) {
        router_refuse_body(exchange);
        give_answer(stream);
    }
}

/* The connection's window is given back at once; a stream's when its bytes have found a place. */
static int take_data(nghttp2_session *session, uint8_t flags, int32_t stream_id,
                     const uint8_t *data, size_t bytes, void *context)
{
    (void)flags;
    (void)context;
    struct http2_stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    (void)nghttp2_session_consume_connection(session, bytes);
    if (!stream || (stream->has_answer && exchange_has_ended(stream->exchange))) {
        return 0; /* refused already: what still comes is dropped, and the window stays shut */
    }
    if (stream->exchange->route->body != BODY_STREAM) {
        (void)nghttp2_session_consume_stream(session, stream_id, bytes);
    }
    take_body(stream, (struct text){(const char *)data, bytes});
    return 0;
}

/* An answer that ended before its request did tells the client to stop sending. */
static int after_send(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    (void)context;
    struct http2_stream *stream =
        frame->hd.flags & NGHTTP2_FLAG_END_STREAM &&
                (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS)
            ? nghttp2_session_get_stream_user_data(session, frame->hd.stream_id)
            : NULL;
    if (stream && !stream->has_request) {
        reset_stream(stream, NGHTTP2_NO_ERROR);
    }
    return 0;
}

static int close_stream(nghttp2_session *session, int32_t stream_id, uint32_t code, void *context)
{
    (void)code;
    (void)context;
    struct http2_stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    if (stream) {
        (void)nghttp2_session_set_stream_user_data(session, stream_id, NULL);
        http2_stream_remove(stream);
    }
    return 0;
}

/* --- A request that came in HTTP/1.1 ---------------------------------------------------------- */

enum { UPGRADED_STREAM_ID = 1 };

bool http2_stream_upgrade(struct http2_connection *connection, const struct http2_upgrade *upgrade)
{
    struct http2_stream *stream = add_stream(connection, UPGRADED_STREAM_ID);
    const bool is_head = text_equal(upgrade->request.method, TEXT("HEAD"));
    return stream &&
           nghttp2_session_upgrade2(connection->session, upgrade->settings, upgrade->settings_bytes,
                                    is_head, NULL) == 0 &&
           nghttp2_session_set_stream_user_data(connection->session, UPGRADED_STREAM_ID, stream) ==
               0; /* a server's session ignores the argument before */
}

void http2_stream_run_upgraded(struct http2_connection *connection,
                               const struct http2_upgrade *upgrade)
{
    const struct request *request = &upgrade->request;
    struct http2_stream *stream =
        nghttp2_session_get_stream_user_data(connection->session, UPGRADED_STREAM_ID);
    add_header(stream, TEXT(":method"), request->method);
    add_header(stream, TEXT(":path"), upgrade->target);
    for (size_t i = 0; i < request->header_count; i++) {
        if (!http2_upgrade_is_hop_header(request->headers[i].name)) {
            add_header(stream, request->headers[i].name, request->headers[i].value);
        }
    }
    end_headers(stream);
    if (!stream->has_answer && request->body.bytes > 0) {
        take_body(stream, buffer_text(&request->body));
    }
    end_request(stream);
}

/* --- For the loop ----------------------------------------------------------------------------- */

void http2_stream_resume(struct http2_stream *stream, size_t consumed_bytes)
{
    nghttp2_session *session = stream->connection->session;
    if (consumed_bytes > 0) {
        (void)nghttp2_session_consume_stream(session, stream->id, consumed_bytes);
    }
    give_answer(stream);
    if (stream->is_deferred) {
        stream->is_deferred = false;
        (void)nghttp2_session_resume_data(session, stream->id);
    }
}

void http2_stream_check(struct http2_stream *stream, int64_t time_ms)
{
    struct server *server = stream->connection->loop->http2->server;
    const int64_t age_ms = time_ms - stream->start_ms;
    const int64_t body_ms = peer_body_timeout_ms(stream->exchange->request.body.bytes);
    const bool is_collecting = !stream->has_request && !stream->has_answer;
    const bool is_waiting = exchange_waiting_bytes(stream->exchange) > 0;
    if (!is_waiting || stream->has_moved) {
        stream->stall_start_ms = 0;
    } else if (stream->stall_start_ms == 0) {
        stream->stall_start_ms = time_ms;
    }
    stream->has_moved = false;
    if (!stream->has_headers && age_ms > HEADER_DEADLINE_MS) {
        metrics_add(&server->metrics, METRIC_DEADLINES, 1);
        stream->connection->is_dead = true; /* nothing else can come before the rest of them */
    } else if (is_collecting && age_ms > body_ms) {
        metrics_add(&server->metrics, METRIC_DEADLINES, 1);
        reset_stream(stream, NGHTTP2_CANCEL);
    } else if (stream->stall_start_ms && time_ms - stream->stall_start_ms > IDLE_TIMEOUT_S * 1000) {
        metrics_add(&server->metrics, METRIC_STREAMS_CUT, 1);
        reset_stream(stream, NGHTTP2_CANCEL);
    }
}

void http2_stream_set_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, take_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, take_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, take_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, after_send);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, close_stream);
}
