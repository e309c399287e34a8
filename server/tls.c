/* tls.c
 *
 * The part as a whole: the identity, and a few loops, each a thread with one epoll set. A
 * connection has two descriptors in the set, and both may have events in one round, so the dead are
 * buried after the round and not during it.
 *
 * Between the client and the front end stands a pair of sockets: it costs a copy and two
 * descriptors, and in return HTTP/1.1, HTTP/2, their deadlines and their bounds are those of plain
 * connections. TLS inside of libmicrohttpd was rejected: it cannot hand on what ALPN gives to
 * HTTP/2.
 *
 * Cost, measured: an idle connection holds 11 KB beyond what it holds without TLS; a full handshake
 * with an RSA key of 2048 bits takes 2.5 ms of processor time, a resumed one a tenth; a small
 * request 20 us more, and a gigabyte of answers 1.5 s.
 */
#include "server/tls.h"

#include <assert.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/limits.h"
#include "server/server_state.h"
#include "server/tls_parts.h"

enum { EVENT_COUNT = 64, TICK_MS = 1000 };

/* --- On the thread of a loop ------------------------------------------------------------------ */

static void tick(struct tls_loop *loop)
{
    const int64_t time_ms = clock_ms();
    struct tls_connection *connection = loop->connections.next;
    while (connection != &loop->connections) {
        struct tls_connection *next = connection->next;
        tls_connection_check(connection, time_ms);
        if (connection->is_dead) {
            tls_connection_destroy(connection);
        }
        connection = next;
    }
}

static void take_arrivals(struct tls_loop *loop)
{
    poller_drain(&loop->poller);
    pthread_mutex_lock(&loop->lock);
    struct tls_arrival *arrival = loop->arrivals;
    loop->arrivals = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (arrival) {
        struct tls_arrival *next = arrival->next;
        tls_connection_add(loop, arrival);
        memory_free(arrival);
        arrival = next;
    }
}

static void bury(struct tls_connection *dead)
{
    while (dead) {
        struct tls_connection *next = dead->next_dead;
        tls_connection_destroy(dead);
        dead = next;
    }
}

/* One round of events; waits for at most timeout_ms. */
static void take_events(struct tls_loop *loop, int timeout_ms)
{
    struct epoll_event events[EVENT_COUNT];
    struct tls_connection *dead = NULL;
    const int count = epoll_wait(loop->poller.epoll, events, EVENT_COUNT, timeout_ms);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == loop) {
            take_arrivals(loop);
            continue;
        }
        struct tls_connection *connection = events[i].data.ptr;
        tls_connection_advance(connection);
        if (connection->is_dead && !connection->is_listed) {
            connection->is_listed = true;
            connection->next_dead = dead;
            dead = connection;
        }
    }
    bury(dead);
}

static bool is_flowing(const struct tls_loop *loop)
{
    for (const struct tls_connection *connection = loop->connections.next;
         connection != &loop->connections; connection = connection->next) {
        if (tls_connection_is_flowing(connection)) {
            return true;
        }
    }
    return false;
}

/* The front ends have closed; what they said last is still in the pairs. */
static void flow_out(struct tls_loop *loop)
{
    const int64_t end_ms = clock_ms() + TLS_STOP_MS;
    int64_t left_ms = TLS_STOP_MS;
    while (left_ms > 0 && is_flowing(loop)) {
        take_events(loop, (int)left_ms);
        left_ms = end_ms - clock_ms();
    }
}

static void *run(void *context)
{
    struct tls_loop *loop = context;
    int64_t next_tick_ms = clock_ms() + TICK_MS;
    while (!atomic_load(&loop->tls->must_stop)) {
        const int64_t left_ms = next_tick_ms - clock_ms();
        take_events(loop, left_ms > 0 ? (int)left_ms : 0);
        if (clock_ms() >= next_tick_ms) {
            tick(loop);
            next_tick_ms = clock_ms() + TICK_MS;
        }
    }
    flow_out(loop);
    return NULL;
}

/* --- Loops ------------------------------------------------------------------------------------ */

static bool start_loop(struct tls *tls, struct tls_loop *loop)
{
    loop->tls = tls;
    loop->connections.next = &loop->connections;
    loop->connections.previous = &loop->connections;
    pthread_mutex_init(&loop->lock, NULL);
    return poller_start(&loop->poller, loop, run, loop);
}

static void stop_loop(struct tls_loop *loop)
{
    if (!loop->poller.is_running) {
        return;
    }
    poller_join(&loop->poller);
    take_arrivals(loop);
    while (loop->connections.next != &loop->connections) {
        tls_connection_destroy(loop->connections.next);
    }
    poller_close(&loop->poller);
    pthread_mutex_destroy(&loop->lock);
}

/* --- The identity ----------------------------------------------------------------------------- */

static void log_identity(const struct tls *tls, const struct tls_identity *identity)
{
    char expires[32] = "?";
    const time_t expires_s = (time_t)identity->expires_s;
    const bool has_expired = expires_s < time(NULL);
    struct tm parts;
    if (gmtime_r(&expires_s, &parts)) {
        (void)strftime(expires, sizeof(expires), "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    const struct log_field field = LOG_TEXT("expires", text_of(expires));
    log_event(tls->server->log, has_expired ? LOG_WARN : LOG_INFO,
              has_expired ? "the TLS certificate has expired" : "TLS certificate", &field, 1);
}

enum status tls_reload(struct tls *tls, struct diag *diag)
{
    struct tls_identity *identity = NULL;
    TRY(tls_identity_load(&tls->options, &identity, diag));
    log_identity(tls, identity);
    pthread_mutex_lock(&tls->lock);
    struct tls_identity *previous = tls->identity;
    tls->identity = identity;
    pthread_mutex_unlock(&tls->lock);
    tls_identity_unref(previous);
    return STATUS_OK;
}

/* --- Life ------------------------------------------------------------------------------------- */

enum status tls_open(struct server *server, const struct tls_options *options, struct tls **out,
                     struct diag *diag)
{
    struct tls *tls = memory_zalloc(sizeof(*tls));
    if (!tls) {
        return diag_no_memory(diag);
    }
    tls->server = server;
    tls->options = *options;
    pthread_mutex_init(&tls->lock, NULL);
    enum status status = tls_reload(tls, diag);
    for (size_t i = 0; i < TLS_LOOP_COUNT && status == STATUS_OK; i++) {
        if (!start_loop(tls, &tls->loops[i])) {
            status = diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start serving TLS");
        }
    }
    if (status != STATUS_OK) {
        tls_close(tls);
        return status;
    }
    *out = tls;
    return STATUS_OK;
}

static bool is_full(const struct tls *tls)
{
    return atomic_load(&tls->connection_count) >= CONNECTION_COUNT_MAX ||
           atomic_load(&tls->handshake_count) >= TLS_HANDSHAKE_COUNT_MAX;
}

void tls_add(struct tls *tls, int fd, const struct sockaddr *address, socklen_t address_bytes)
{
    struct tls_arrival *arrival = is_full(tls) ? NULL : memory_zalloc(sizeof(*arrival));
    struct tls_loop *loop =
        &tls->loops[atomic_fetch_add(&tls->next_loop, 1) % (unsigned)TLS_LOOP_COUNT];
    if (!arrival) {
        metrics_add(&tls->server->metrics, METRIC_CONNECTIONS_REFUSED, 1);
        (void)close(fd);
        return;
    }
    assert(address_bytes <= sizeof(arrival->address));
    arrival->fd = fd;
    memcpy(&arrival->address, address, address_bytes);
    arrival->address_bytes = address_bytes;
    atomic_fetch_add(&tls->connection_count, 1);
    atomic_fetch_add(&tls->handshake_count, 1);
    pthread_mutex_lock(&loop->lock);
    arrival->next = loop->arrivals;
    loop->arrivals = arrival;
    pthread_mutex_unlock(&loop->lock);
    poller_signal(&loop->poller);
}

void tls_quiesce(struct tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    tls->is_quiet = true;
    pthread_mutex_unlock(&tls->lock);
}

void tls_close(struct tls *tls)
{
    if (!tls) {
        return;
    }
    atomic_store(&tls->must_stop, true);
    for (size_t i = 0; i < TLS_LOOP_COUNT; i++) {
        stop_loop(&tls->loops[i]);
    }
    tls_identity_unref(tls->identity);
    pthread_mutex_destroy(&tls->lock);
    memory_free(tls);
}
