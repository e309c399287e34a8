/* tls_connection.c
 *
 * One connection from its first byte to its last. Whatever happens to either descriptor, the same
 * function runs: it moves what can be moved, then asks for exactly the events that would let it go
 * on. A direction holds at most one record: nothing is read for it until that has gone, so a slow
 * side holds back the other through its socket, as without TLS.
 *
 * The end of a direction is passed on as such: close_notify from the client shuts down the front
 * end's input, and the front end's end of stream becomes close_notify. A client that vanishes
 * without one has both directions cut. After our last word the socket is only shut down, and the
 * client has a while to close it first: closing with unread bytes would reset the connection and
 * lose the answer on its way.
 *
 * Reading ahead in the library was rejected: it reads one record at a time, so after a record is
 * taken nothing is hidden from epoll.
 */
#include "server/tls_parts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/http1.h"
#include "server/http2.h"
#include "server/limits.h"
#include "server/peer.h"
#include "server/server_state.h"

enum {
    ROUND_RECORDS = 4, /* per direction, before other connections have their turn */
    TLS_HANDSHAKE_RECORD = 0x16,
};

static struct server *server_of(const struct tls_connection *connection)
{
    return connection->loop->tls->server;
}

/* --- Ends of a connection --------------------------------------------------------------------- */

static void leave_handshake(struct tls_connection *connection)
{
    if (connection->stage <= TLS_STAGE_HANDSHAKE) {
        atomic_fetch_sub(&connection->loop->tls->handshake_count, 1);
    }
}

/* Nothing more is sent; the client may close at its leisure. */
static void begin_farewell(struct tls_connection *connection)
{
    leave_handshake(connection);
    connection->stage = TLS_STAGE_FAREWELL;
    connection->deadline_ms = clock_ms() + TLS_FAREWELL_MS;
    (void)shutdown(connection->client.fd, SHUT_WR);
    connection->is_dead = connection->is_dead || connection->client_has_ended;
}

static void drop_rest(struct tls_connection *connection)
{
    char rest[4096];
    const ssize_t count = recv(connection->client.fd, rest, sizeof(rest), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        connection->is_dead = true;
    }
}

static void fail_handshake(struct tls_connection *connection, const char *reason)
{
    char peer[PEER_BYTES_MAX];
    struct server *server = server_of(connection);
    peer_print((const struct sockaddr *)&connection->address, peer);
    const struct log_field fields[] = {LOG_TEXT("peer", text_of(peer)),
                                       LOG_TEXT("reason", text_of(reason))};
    metrics_add(&server->metrics, METRIC_TLS_HANDSHAKES_FAILED, 1);
    log_event(server->log, LOG_INFO, "TLS handshake failed", fields, 2);
    begin_farewell(connection);
}

/* --- Handshake -------------------------------------------------------------------------------- */

static bool is_http2(gnutls_session_t session)
{
    gnutls_datum_t protocol = {NULL, 0};
    return gnutls_alpn_get_selected_protocol(session, &protocol) == 0 && protocol.size == 2 &&
           memcmp(protocol.data, "h2", 2) == 0;
}

/* Gives the other end of a new pair to a front end. False: it is too late, or descriptors are
 * out. */
static bool hand_on(struct tls_connection *connection)
{
    struct tls *tls = connection->loop->tls;
    const struct sockaddr *address = (const struct sockaddr *)&connection->address;
    int pair[2] = {-1, -1};
    pthread_mutex_lock(&tls->lock);
    const bool is_possible =
        !tls->is_quiet &&
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0;
    if (is_possible) {
        peer_set_options(pair[0], SOCKET_SEND_BYTES);
        connection->plain.fd = pair[0];
        if (is_http2(connection->session)) {
            http2_add(tls->server->http2, pair[1], address, NULL);
        } else {
            http1_add(tls->server->http1, pair[1], address, connection->address_bytes);
        }
    }
    pthread_mutex_unlock(&tls->lock);
    return is_possible;
}

static void shake_hands(struct tls_connection *connection)
{
    int error = GNUTLS_E_INTERRUPTED;
    while (error != 0 && error != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(error)) {
        error = gnutls_handshake(connection->session);
    }
    if (error == GNUTLS_E_AGAIN) {
        return;
    }
    if (error != 0) {
        (void)gnutls_alert_send_appropriate(connection->session, error);
        fail_handshake(connection, gnutls_strerror(error));
        return;
    }
    if (!hand_on(connection)) {
        connection->is_dead = true;
        return;
    }
    leave_handshake(connection);
    connection->stage = TLS_STAGE_OPEN;
    connection->deadline_ms = 0;
    connection->moved_ms = clock_ms();
}

static void start_session(struct tls_connection *connection)
{
    struct tls *tls = connection->loop->tls;
    pthread_mutex_lock(&tls->lock);
    connection->identity = tls_identity_ref(tls->identity);
    pthread_mutex_unlock(&tls->lock);
    connection->session = tls_identity_start(connection->identity, connection->client.fd);
    connection->stage = TLS_STAGE_HANDSHAKE;
    connection->is_dead = connection->session == NULL;
}

static void answer_in_clear(struct tls_connection *connection)
{
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Length: 46\r\n"
                                 "Connection: close\r\n\r\n"
                                 "This port speaks TLS: begin URLs with https://";
    (void)send(connection->client.fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
    fail_handshake(connection, "the client does not speak TLS");
}

/* Nothing is allocated for a client that says nothing. */
static void look_at_hello(struct tls_connection *connection)
{
    unsigned char byte = 0;
    const ssize_t count = recv(connection->client.fd, &byte, 1, MSG_PEEK);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        connection->is_dead = true;
    } else if (byte == TLS_HANDSHAKE_RECORD) {
        start_session(connection);
    } else if (byte >= 'A' && byte <= 'Z') {
        answer_in_clear(connection);
    } else {
        fail_handshake(connection, "the client does not speak TLS");
    }
}

/* --- From the client to the front end --------------------------------------------------------- */

/* False: the front end takes nothing more now. */
static bool flush_to_plain(struct tls_connection *connection)
{
    struct buffer *buffer = &connection->to_plain;
    while (connection->to_plain_sent < buffer->bytes && !connection->plain_is_deaf) {
        const ssize_t sent = send(connection->plain.fd, buffer->data + connection->to_plain_sent,
                                  buffer->bytes - connection->to_plain_sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            return false;
        }
        connection->plain_is_deaf = sent < 0 && errno != EINTR;
        connection->to_plain_sent += sent > 0 ? (size_t)sent : 0;
    }
    buffer_reset(buffer);
    connection->to_plain_sent = 0;
    if (connection->client_has_ended && !connection->end_was_passed_on) {
        connection->end_was_passed_on = true;
        (void)shutdown(connection->plain.fd, SHUT_WR);
    }
    return true;
}

/* False: nothing came. */
static bool fill_from_client(struct tls_connection *connection)
{
    struct buffer *buffer = &connection->to_plain;
    if (!buffer_reserve(buffer, TLS_RECORD_BYTES)) {
        connection->is_dead = true;
        return false;
    }
    const ssize_t count = gnutls_record_recv(connection->session, buffer->data, TLS_RECORD_BYTES);
    if (count > 0) {
        buffer->bytes = (size_t)count;
        return true;
    }
    if (count == 0) {
        connection->client_has_ended = true;
        return true;
    }
    const bool is_harmless = count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED ||
                             count == GNUTLS_E_WARNING_ALERT_RECEIVED;
    connection->is_dead = !is_harmless; /* a client that asks to renegotiate, too */
    return false;
}

static void move_in(struct tls_connection *connection)
{
    for (int i = 0; i < ROUND_RECORDS && !connection->is_dead; i++) {
        if (!flush_to_plain(connection) || connection->client_has_ended ||
            !fill_from_client(connection)) {
            break;
        }
    }
    (void)flush_to_plain(connection);
}

/* --- From the front end to the client --------------------------------------------------------- */

/* False: the client takes nothing more now. A record that the library has begun is gone on with by
 * offering nothing new. */
static bool flush_to_client(struct tls_connection *connection)
{
    struct buffer *buffer = &connection->to_client;
    while (connection->to_client_sent < buffer->bytes) {
        const char *rest = buffer->data + connection->to_client_sent;
        const ssize_t sent = connection->record_is_begun
                                 ? gnutls_record_send(connection->session, NULL, 0)
                                 : gnutls_record_send(connection->session, rest,
                                                      buffer->bytes - connection->to_client_sent);
        if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED) {
            connection->record_is_begun = true;
            return false;
        }
        if (sent < 0) {
            connection->is_dead = true;
            return false;
        }
        connection->record_is_begun = false;
        connection->to_client_sent += (size_t)sent;
        connection->moved_ms = clock_ms();
    }
    buffer_reset(buffer);
    connection->to_client_sent = 0;
    return true;
}

/* False: nothing came. */
static bool fill_from_plain(struct tls_connection *connection)
{
    struct buffer *buffer = &connection->to_client;
    if (!buffer_reserve(buffer, TLS_RECORD_BYTES)) {
        connection->is_dead = true;
        return false;
    }
    const ssize_t count = recv(connection->plain.fd, buffer->data, TLS_RECORD_BYTES, 0);
    if (count > 0) {
        buffer->bytes = (size_t)count;
        connection->moved_ms = clock_ms();
        return true;
    }
    connection->plain_has_ended = count == 0 || (errno != EAGAIN && errno != EINTR);
    connection->moved_ms = connection->plain_has_ended ? clock_ms() : connection->moved_ms;
    return false;
}

static void say_goodbye(struct tls_connection *connection)
{
    const int error = gnutls_bye(connection->session, GNUTLS_SHUT_WR);
    if (error != GNUTLS_E_AGAIN && error != GNUTLS_E_INTERRUPTED) {
        begin_farewell(connection);
    }
}

static void move_out(struct tls_connection *connection)
{
    for (int i = 0; i < ROUND_RECORDS && !connection->is_dead; i++) {
        if (!flush_to_client(connection) || connection->plain_has_ended ||
            !fill_from_plain(connection)) {
            break;
        }
    }
    if (!connection->is_dead && flush_to_client(connection) && connection->plain_has_ended) {
        say_goodbye(connection);
    }
}

/* --- Events ----------------------------------------------------------------------------------- */

static void ask_for(struct tls_end *end, uint32_t events)
{
    if (end->fd < 0 || end->events == events) {
        return;
    }
    const int epoll = end->connection->loop->poller.epoll;
    struct epoll_event event = {.events = events, .data.ptr = end->connection};
    int operation = end->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (events == 0) {
        operation = EPOLL_CTL_DEL;
    }
    if (epoll_ctl(epoll, operation, end->fd, &event) != 0) {
        end->connection->is_dead = true;
    }
    end->events = events;
}

static void ask_for_open(struct tls_connection *connection)
{
    const bool is_full_in = connection->to_plain.bytes > 0;
    const bool is_full_out = connection->to_client.bytes > 0 || connection->plain_has_ended;
    const bool may_come_in = !is_full_in && !connection->client_has_ended;
    ask_for(&connection->client, (may_come_in ? EPOLLIN : 0U) | (is_full_out ? EPOLLOUT : 0U));
    ask_for(&connection->plain, (is_full_in ? EPOLLOUT : 0U) | (is_full_out ? 0U : EPOLLIN));
}

static void ask_for_events(struct tls_connection *connection)
{
    switch (connection->stage) {
    case TLS_STAGE_HANDSHAKE:
        ask_for(&connection->client,
                gnutls_record_get_direction(connection->session) ? EPOLLOUT : EPOLLIN);
        return;
    case TLS_STAGE_OPEN:
        ask_for_open(connection);
        return;
    case TLS_STAGE_HELLO:
    case TLS_STAGE_FAREWELL:
        ask_for(&connection->client, EPOLLIN);
        ask_for(&connection->plain, 0);
        return;
    }
}

static void release_if_empty(struct buffer *buffer)
{
    if (buffer->bytes == 0) {
        buffer_release(buffer);
        buffer_init(buffer);
    }
}

void tls_connection_advance(struct tls_connection *connection)
{
    if (connection->is_dead) {
        return;
    }
    if (connection->stage == TLS_STAGE_FAREWELL) {
        drop_rest(connection);
    }
    if (connection->stage == TLS_STAGE_HELLO) {
        look_at_hello(connection);
    }
    if (connection->stage == TLS_STAGE_HANDSHAKE && !connection->is_dead) {
        shake_hands(connection);
    }
    if (connection->stage == TLS_STAGE_OPEN && !connection->is_dead) {
        move_in(connection);
        move_out(connection);
    }
    if (!connection->is_dead) {
        ask_for_events(connection);
        release_if_empty(&connection->to_client);
        release_if_empty(&connection->to_plain);
    }
}

void tls_connection_check(struct tls_connection *connection, int64_t time_ms)
{
    const bool has_words = connection->to_client.bytes > 0 || connection->plain_has_ended;
    const bool is_stuck = has_words && time_ms - connection->moved_ms > IDLE_TIMEOUT_S * 1000;
    const bool is_late = connection->deadline_ms != 0 && time_ms >= connection->deadline_ms;
    if (is_late && connection->stage <= TLS_STAGE_HANDSHAKE) {
        metrics_add(&server_of(connection)->metrics, METRIC_DEADLINES, 1);
    }
    connection->is_dead = connection->is_dead || is_stuck || is_late;
}

bool tls_connection_is_flowing(const struct tls_connection *connection)
{
    return connection->stage == TLS_STAGE_OPEN && !connection->is_dead;
}

/* --- Life ------------------------------------------------------------------------------------- */

void tls_connection_add(struct tls_loop *loop, const struct tls_arrival *arrival)
{
    struct tls *tls = loop->tls;
    struct tls_connection *connection = memory_zalloc(sizeof(*connection));
    if (!connection) {
        (void)close(arrival->fd);
        atomic_fetch_sub(&tls->connection_count, 1);
        atomic_fetch_sub(&tls->handshake_count, 1);
        return;
    }
    *connection = (struct tls_connection){.loop = loop,
                                          .next = &loop->connections,
                                          .previous = loop->connections.previous,
                                          .client = {connection, arrival->fd, 0},
                                          .plain = {connection, -1, 0},
                                          .deadline_ms = clock_ms() + TLS_HANDSHAKE_DEADLINE_MS,
                                          .address = arrival->address,
                                          .address_bytes = arrival->address_bytes};
    buffer_init(&connection->to_client);
    buffer_init(&connection->to_plain);
    connection->previous->next = connection;
    connection->next->previous = connection;
    peer_set_options(arrival->fd, SOCKET_SEND_BYTES);
    metrics_add(&tls->server->metrics, METRIC_TLS_CONNECTIONS, 1);
    tls_connection_advance(connection);
    if (connection->is_dead) {
        tls_connection_destroy(connection);
    }
}

void tls_connection_destroy(struct tls_connection *connection)
{
    struct tls *tls = connection->loop->tls;
    leave_handshake(connection);
    if (connection->session) {
        gnutls_deinit(connection->session);
    }
    tls_identity_unref(connection->identity);
    (void)close(connection->client.fd);
    if (connection->plain.fd >= 0) {
        (void)close(connection->plain.fd);
    }
    buffer_release(&connection->to_client);
    buffer_release(&connection->to_plain);
    connection->previous->next = connection->next;
    connection->next->previous = connection->previous;
    memory_free(connection);
    atomic_fetch_sub(&tls->connection_count, 1);
    metrics_add(&tls->server->metrics, METRIC_TLS_CONNECTIONS, -1);
}
