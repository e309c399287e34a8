/* http2_connection.c
 *
 * One connection: nghttp2 frames, this file moves the bytes. Up to a buffer's worth is framed, then
 * written; what the socket does not take waits, and nothing more is framed until it has gone, so
 * a client that does not read costs one buffer.
 */
#include "server/http2_parts.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/limits.h"
#include "server/peer.h"
#include "server/server_state.h"

enum { HEADER_LIST_BYTES_MAX = REQUEST_HEADER_BYTES_MAX + REQUEST_TARGET_BYTES_MAX };

void http2_connection_destroy(struct http2_connection *connection)
{
    struct http2 *http2 = connection->loop->http2;
    while (connection->streams.next != &connection->streams) {
        http2_stream_remove(connection->streams.next);
    }
    nghttp2_session_del(connection->session);
    (void)close(connection->fd);
    connection->previous->next = connection->next;
    connection->next->previous = connection->previous;
    buffer_release(&connection->out);
    memory_free(connection);
    metrics_add(&http2->server->metrics, METRIC_CONNECTIONS, -1);
}

/* Writes what is framed. False: the connection is broken. */
static bool write_out(struct http2_connection *connection)
{
    struct buffer *out = &connection->out;
    while (connection->out_sent < out->bytes) {
        const ssize_t sent = send(connection->fd, out->data + connection->out_sent,
                                  out->bytes - connection->out_sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN;
        }
        connection->out_sent += (size_t)sent;
        connection->active_ms = clock_ms();
    }
    connection->out_sent = 0;
    if (out->capacity > HTTP2_IO_BYTES) {
        buffer_release(out);
    } else {
        buffer_reset(out);
    }
    return true;
}

/* Frames up to a buffer's worth. False: memory is out. */
static bool frame_out(struct http2_connection *connection)
{
    while (connection->out.bytes < HTTP2_IO_BYTES) {
        const uint8_t *data = NULL;
        const ssize_t bytes = nghttp2_session_mem_send(connection->session, &data);
        if (bytes <= 0) {
            return bytes == 0;
        }
        buffer_append(&connection->out, data, (size_t)bytes);
    }
    return !connection->out.has_failed;
}

static void set_write_interest(struct http2_connection *connection, bool wants_write)
{
    if (connection->wants_write != wants_write) {
        struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0U),
                                    .data.ptr = connection};
        (void)epoll_ctl(connection->loop->poller.epoll, EPOLL_CTL_MOD, connection->fd, &event);
        connection->wants_write = wants_write;
    }
}

/* Sends until nothing is left or the socket is full; marks the connection dead when it is done. */
void http2_connection_flush(struct http2_connection *connection)
{
    do {
        if (!frame_out(connection) || !write_out(connection)) {
            connection->is_dead = true;
            return;
        }
    } while (connection->out.bytes == 0 && nghttp2_session_want_write(connection->session));
    set_write_interest(connection, connection->out.bytes > 0);
    const bool is_over = connection->out.bytes == 0 &&
                         !nghttp2_session_want_read(connection->session) &&
                         !nghttp2_session_want_write(connection->session);
    connection->is_dead = connection->is_dead || is_over;
}

void http2_connection_read(struct http2_connection *connection)
{
    uint8_t bytes[HTTP2_IO_BYTES];
    const ssize_t count = recv(connection->fd, bytes, sizeof(bytes), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        connection->is_dead = true;
        return;
    }
    if (nghttp2_session_mem_recv(connection->session, bytes, (size_t)count) < 0) {
        http2_connection_flush(connection); /* the GOAWAY that says why */
        connection->is_dead = true;
    }
}

static bool submit_settings(struct http2_connection *connection)
{
    const nghttp2_settings_entry entries[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP2_STREAM_COUNT_MAX},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP2_STREAM_WINDOW_BYTES},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST_BYTES_MAX},
    };
    return nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, entries,
                                   sizeof(entries) / sizeof(entries[0])) == 0 &&
           nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                                 HTTP2_CONNECTION_WINDOW_BYTES) == 0;
}

/* --- The beginning ---------------------------------------------------------------------------- */

/* The listener has seen all of these bytes; they are still in the socket. */
static bool skip_request(struct http2_connection *connection, size_t bytes)
{
    char skipped[4096];
    while (bytes > 0) {
        const size_t part = bytes < sizeof(skipped) ? bytes : sizeof(skipped);
        const ssize_t count = recv(connection->fd, skipped, part, 0);
        if (count <= 0) {
            return false;
        }
        bytes -= (size_t)count;
    }
    return true;
}

/* The 101 goes before the first frame, and the settings before the answer. */
static bool begin_upgraded(struct http2_connection *connection, const struct http2_upgrade *upgrade)
{
    buffer_append_string(&connection->out, "HTTP/1.1 101 Switching Protocols\r\n"
                                           "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    if (!skip_request(connection, upgrade->bytes) || !http2_stream_upgrade(connection, upgrade) ||
        !submit_settings(connection)) {
        return false;
    }
    http2_stream_run_upgraded(connection, upgrade);
    return true;
}

static bool begin(struct http2_connection *connection, const struct http2_upgrade *upgrade)
{
    struct http2 *http2 = connection->loop->http2;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    return nghttp2_session_server_new2(&connection->session, http2->callbacks, connection,
                                       http2->options) == 0 &&
           (upgrade ? begin_upgraded(connection, upgrade) : submit_settings(connection)) &&
           epoll_ctl(connection->loop->poller.epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

void http2_connection_add(struct http2_loop *loop, int fd, const char *peer,
                          const struct http2_upgrade *upgrade)
{
    struct http2 *http2 = loop->http2;
    struct http2_connection *connection = memory_zalloc(sizeof(*connection));
    if (!connection) {
        (void)close(fd);
        return;
    }
    peer_set_options(fd, 4 * SOCKET_SEND_BYTES); /* many streams share it */
    connection->loop = loop;
    connection->fd = fd;
    connection->active_ms = clock_ms();
    connection->streams.next = &connection->streams;
    connection->streams.previous = &connection->streams;
    buffer_init(&connection->out);
    (void)snprintf(connection->peer, sizeof(connection->peer), "%s", peer);
    connection->next = &loop->connections;
    connection->previous = loop->connections.previous;
    connection->previous->next = connection;
    connection->next->previous = connection;
    metrics_add(&http2->server->metrics, METRIC_CONNECTIONS, 1);
    if (!begin(connection, upgrade)) {
        http2_connection_destroy(connection);
        return;
    }
    http2_connection_flush(connection);
}

void http2_connection_check(struct http2_connection *connection, int64_t time_ms)
{
    const bool has_streams = connection->streams.next != &connection->streams;
    const bool is_stuck = connection->out.bytes > 0;
    if (time_ms - connection->active_ms > IDLE_TIMEOUT_S * 1000 && (is_stuck || !has_streams)) {
        connection->is_dead = true;
        return;
    }
    for (struct http2_stream *stream = connection->streams.next; stream != &connection->streams;
         stream = stream->next) {
        http2_stream_check(stream, time_ms);
    }
    http2_connection_flush(connection);
}
