/* http2_loop.c
 *
 * One thread with one epoll set for its connections and an eventfd. Other threads reach it only
 * through a list of sockets that have come and a list of streams that were woken, both under
 * one lock. Connections of woken streams are flushed once each, after all of them were resumed,
 * so that a chunk for a thousand streams of one client goes out in few writes.
 */
#include "server/http2_parts.h"

#include <sys/epoll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"

enum { EVENT_COUNT = 64, TICK_MS = 1000 };

/* --- From other threads ----------------------------------------------------------------------- */

/* Under the loop's lock. */
static void signal_loop(struct http2_loop *loop)
{
    if (!loop->is_signalled) {
        loop->is_signalled = true;
        poller_signal(&loop->poller);
    }
}

void http2_loop_wake(struct http2_stream *stream, size_t consumed_bytes)
{
    struct http2_loop *loop = stream->connection->loop;
    pthread_mutex_lock(&loop->lock);
    stream->consumed_bytes += consumed_bytes;
    if (!stream->is_woken) {
        stream->is_woken = true;
        stream->next_woken = loop->woken;
        loop->woken = stream;
        signal_loop(loop);
    }
    pthread_mutex_unlock(&loop->lock);
}

void http2_loop_forget(struct http2_stream *stream)
{
    struct http2_loop *loop = stream->connection->loop;
    pthread_mutex_lock(&loop->lock);
    struct http2_stream **link = &loop->woken;
    while (stream->is_woken && *link != stream) {
        link = &(*link)->next_woken;
    }
    if (stream->is_woken) {
        *link = stream->next_woken;
    }
    pthread_mutex_unlock(&loop->lock);
}

void http2_loop_add(struct http2_loop *loop, int fd, const char *peer,
                    struct http2_upgrade *upgrade)
{
    struct http2_arrival *arrival = memory_zalloc(sizeof(*arrival));
    if (!arrival) {
        (void)close(fd);
        http2_upgrade_destroy(upgrade);
        return;
    }
    arrival->fd = fd;
    arrival->upgrade = upgrade;
    (void)snprintf(arrival->peer, sizeof(arrival->peer), "%s", peer);
    pthread_mutex_lock(&loop->lock);
    arrival->next = loop->arrivals;
    loop->arrivals = arrival;
    signal_loop(loop);
    pthread_mutex_unlock(&loop->lock);
}

/* --- On the thread ---------------------------------------------------------------------------- */

static void destroy_if_dead(struct http2_connection *connection)
{
    if (connection->is_dead) {
        http2_connection_destroy(connection);
    }
}

static void tick(struct http2_loop *loop)
{
    const int64_t time_ms = clock_ms();
    struct http2_connection *connection = loop->connections.next;
    while (connection != &loop->connections) {
        struct http2_connection *next = connection->next;
        http2_connection_check(connection, time_ms);
        destroy_if_dead(connection);
        connection = next;
    }
}

static struct http2_stream *take_woken(struct http2_loop *loop, size_t *out_consumed)
{
    pthread_mutex_lock(&loop->lock);
    struct http2_stream *stream = loop->woken;
    if (stream) {
        loop->woken = stream->next_woken;
        stream->is_woken = false;
        *out_consumed = stream->consumed_bytes;
        stream->consumed_bytes = 0;
    }
    pthread_mutex_unlock(&loop->lock);
    return stream;
}

static void resume_woken(struct http2_loop *loop)
{
    struct http2_connection *to_flush = NULL;
    struct http2_stream *stream = NULL;
    size_t consumed_bytes = 0;
    while ((stream = take_woken(loop, &consumed_bytes))) {
        struct http2_connection *connection = stream->connection;
        http2_stream_resume(stream, consumed_bytes);
        if (!connection->must_flush) {
            connection->must_flush = true;
            connection->next_to_flush = to_flush;
            to_flush = connection;
        }
    }
    while (to_flush) {
        struct http2_connection *connection = to_flush;
        to_flush = connection->next_to_flush;
        connection->must_flush = false;
        http2_connection_flush(connection);
        destroy_if_dead(connection);
    }
}

static void take_arrivals(struct http2_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct http2_arrival *arrival = loop->arrivals;
    loop->arrivals = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (arrival) {
        struct http2_arrival *next = arrival->next;
        http2_connection_add(loop, arrival->fd, arrival->peer, arrival->upgrade);
        http2_upgrade_destroy(arrival->upgrade);
        memory_free(arrival);
        arrival = next;
    }
}

static void handle_signal(struct http2_loop *loop)
{
    poller_drain(&loop->poller);
    pthread_mutex_lock(&loop->lock);
    loop->is_signalled = false;
    pthread_mutex_unlock(&loop->lock);
    take_arrivals(loop);
    resume_woken(loop);
}

static void handle_event(struct http2_connection *connection, uint32_t events)
{
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        http2_connection_read(connection);
    }
    if (!connection->is_dead) {
        http2_connection_flush(connection);
    }
    destroy_if_dead(connection);
}

static void *run(void *context)
{
    struct http2_loop *loop = context;
    struct epoll_event events[EVENT_COUNT];
    loop->next_tick_ms = clock_ms() + TICK_MS;
    while (!atomic_load(&loop->http2->must_stop)) {
        const int64_t left_ms = loop->next_tick_ms - clock_ms();
        const int count =
            epoll_wait(loop->poller.epoll, events, EVENT_COUNT, left_ms > 0 ? (int)left_ms : 0);
        bool is_signalled = false;
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == loop) {
                is_signalled = true; /* later: it may destroy connections of this round */
            } else {
                handle_event(events[i].data.ptr, events[i].events);
            }
        }
        if (is_signalled) {
            handle_signal(loop);
        }
        if (clock_ms() >= loop->next_tick_ms) {
            tick(loop);
            loop->next_tick_ms = clock_ms() + TICK_MS;
        }
    }
    return NULL;
}

/* --- Life ------------------------------------------------------------------------------------- */

bool http2_loop_start(struct http2 *http2, struct http2_loop *loop)
{
    loop->http2 = http2;
    loop->connections.next = &loop->connections;
    loop->connections.previous = &loop->connections;
    pthread_mutex_init(&loop->lock, NULL);
    return poller_start(&loop->poller, loop, run, loop);
}

void http2_loop_stop(struct http2_loop *loop)
{
    if (!loop->poller.is_running) {
        return;
    }
    poller_join(&loop->poller);
    take_arrivals(loop);
    while (loop->connections.next != &loop->connections) {
        http2_connection_destroy(loop->connections.next);
    }
    poller_close(&loop->poller);
    pthread_mutex_destroy(&loop->lock);
}
