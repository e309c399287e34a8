/* websocket.c
 *
 * One thread with one epoll set serves all WebSockets: a row is copied twice and sent, which a
 * thread does hundreds of thousands of times per second, so more threads would buy nothing; and a
 * thread per connection would cost a stack each. Other threads reach it only through a list of
 * connections that have come and a list of those that were woken, both under one lock.
 *
 * libmicrohttpd's upgrade could keep the socket in its own books, which holds the connection's
 * memory pool for as long as it lives and must be given back before the daemon stops. So the
 * descriptor was duplicated, and the library has closed and forgotten its own.
 */
#include "server/websocket.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/server_state.h"
#include "server/websocket_parts.h"

enum { EVENT_COUNT = 64, TICK_MS = 250 };

/* --- From other threads ----------------------------------------------------------------------- */

/* Under the loop's lock. */
static void signal_loop(struct websocket_loop *loop)
{
    if (!loop->is_signalled) {
        loop->is_signalled = true;
        poller_signal(&loop->poller);
    }
}

void websocket_loop_wake(struct websocket *websocket)
{
    struct websocket_loop *loop = websocket->loop;
    pthread_mutex_lock(&loop->lock);
    if (!websocket->is_woken) {
        websocket->is_woken = true;
        websocket->next_woken = loop->woken;
        loop->woken = websocket;
        signal_loop(loop);
    }
    pthread_mutex_unlock(&loop->lock);
}

void websocket_loop_forget(struct websocket *websocket)
{
    struct websocket_loop *loop = websocket->loop;
    pthread_mutex_lock(&loop->lock);
    struct websocket **link = &loop->woken;
    while (websocket->is_woken && *link != websocket) {
        link = &(*link)->next_woken;
    }
    if (websocket->is_woken) {
        *link = websocket->next_woken;
        websocket->is_woken = false;
    }
    pthread_mutex_unlock(&loop->lock);
}

void websocket_add(struct websocket_loop *loop, int fd, const struct exchange *handshake,
                   struct text early)
{
    struct websocket *websocket = websocket_create(loop, fd, handshake, early);
    if (!websocket) {
        (void)close(fd);
        return;
    }
    metrics_add(&loop->server->metrics, METRIC_CONNECTIONS, 1);
    pthread_mutex_lock(&loop->lock);
    websocket->next = loop->arrivals;
    loop->arrivals = websocket;
    signal_loop(loop);
    pthread_mutex_unlock(&loop->lock);
}

/* --- On the thread ---------------------------------------------------------------------------- */

void websocket_loop_watch(struct websocket *websocket, uint32_t interest)
{
    if (websocket->interest != interest) {
        struct epoll_event event = {.events = interest, .data.ptr = websocket};
        websocket->interest = interest;
        (void)epoll_ctl(websocket->loop->poller.epoll, EPOLL_CTL_MOD, websocket->fd, &event);
    }
}

/* The library may not have closed its descriptor yet, so closing ours need not end the events. */
static void remove_if_dead(struct websocket *websocket)
{
    if (websocket->stage == WEBSOCKET_DEAD) {
        (void)epoll_ctl(websocket->loop->poller.epoll, EPOLL_CTL_DEL, websocket->fd, NULL);
        websocket->previous->next = websocket->next;
        websocket->next->previous = websocket->previous;
        websocket_destroy(websocket);
    }
}

static void link_in(struct websocket_loop *loop, struct websocket *websocket)
{
    websocket->next = &loop->connections;
    websocket->previous = loop->connections.previous;
    websocket->previous->next = websocket;
    loop->connections.previous = websocket;
}

static void welcome(struct websocket_loop *loop, struct websocket *websocket)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = websocket};
    link_in(loop, websocket);
    websocket->interest = event.events;
    if (epoll_ctl(loop->poller.epoll, EPOLL_CTL_ADD, websocket->fd, &event) == 0) {
        websocket_start(websocket);
    } else {
        websocket->stage = WEBSOCKET_DEAD;
    }
    remove_if_dead(websocket);
}

static void take_arrivals(struct websocket_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct websocket *arrival = loop->arrivals;
    loop->arrivals = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (arrival) {
        struct websocket *next = arrival->next;
        welcome(loop, arrival);
        arrival = next;
    }
}

static struct websocket *take_woken(struct websocket_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct websocket *websocket = loop->woken;
    if (websocket) {
        loop->woken = websocket->next_woken;
        websocket->is_woken = false;
    }
    pthread_mutex_unlock(&loop->lock);
    return websocket;
}

static void handle_signal(struct websocket_loop *loop)
{
    poller_drain(&loop->poller);
    pthread_mutex_lock(&loop->lock);
    loop->is_signalled = false;
    pthread_mutex_unlock(&loop->lock);
    take_arrivals(loop);
    struct websocket *websocket = NULL;
    while ((websocket = take_woken(loop))) {
        websocket_advance(websocket);
        remove_if_dead(websocket);
    }
}

static void tick(struct websocket_loop *loop)
{
    const int64_t time_ms = clock_ms();
    struct websocket *websocket = loop->connections.next;
    while (websocket != &loop->connections) {
        struct websocket *next = websocket->next;
        websocket_check(websocket, time_ms);
        remove_if_dead(websocket);
        websocket = next;
    }
}

/* How long nothing but an event need be done; -1: there is nobody to look after. */
static int sleep_ms(const struct websocket_loop *loop, int64_t next_tick_ms)
{
    if (loop->connections.next == &loop->connections) {
        return -1;
    }
    const int64_t left_ms = next_tick_ms - clock_ms();
    return left_ms > 0 ? (int)left_ms : 0;
}

static void *run(void *context)
{
    struct websocket_loop *loop = context;
    struct epoll_event events[EVENT_COUNT];
    int64_t next_tick_ms = clock_ms() + TICK_MS;
    while (!atomic_load(&loop->must_stop)) {
        const int count =
            epoll_wait(loop->poller.epoll, events, EVENT_COUNT, sleep_ms(loop, next_tick_ms));
        bool is_signalled = false;
        for (int i = 0; i < count; i++) {
            struct websocket *websocket = events[i].data.ptr;
            if (events[i].data.ptr == loop) {
                is_signalled = true; /* later: it may destroy connections of this round */
                continue;
            }
            websocket_handle(websocket, events[i].events);
            remove_if_dead(websocket);
        }
        if (is_signalled) {
            handle_signal(loop);
        }
        if (clock_ms() >= next_tick_ms) {
            tick(loop);
            next_tick_ms = clock_ms() + TICK_MS;
        }
    }
    return NULL;
}

/* --- Life ------------------------------------------------------------------------------------- */

enum status websocket_open(struct server *server, struct websocket_loop **out, struct diag *diag)
{
    struct websocket_loop *loop = memory_zalloc(sizeof(*loop));
    if (!loop) {
        return diag_no_memory(diag);
    }
    loop->server = server;
    loop->connections.next = &loop->connections;
    loop->connections.previous = &loop->connections;
    pthread_mutex_init(&loop->lock, NULL);
    if (!poller_start(&loop->poller, loop, run, loop)) {
        websocket_close(loop);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start serving WebSockets");
    }
    *out = loop;
    return STATUS_OK;
}

static void destroy_all(struct websocket_loop *loop)
{
    take_arrivals(loop);
    struct websocket *websocket = NULL;
    while ((websocket = loop->connections.next) != &loop->connections) {
        websocket_advance(websocket); /* the last message, where the socket takes it */
        websocket->stage = WEBSOCKET_DEAD;
        remove_if_dead(websocket);
    }
}

void websocket_close(struct websocket_loop *loop)
{
    if (!loop) {
        return;
    }
    atomic_store(&loop->must_stop, true);
    poller_join(&loop->poller);
    destroy_all(loop);
    poller_close(&loop->poller);
    pthread_mutex_destroy(&loop->lock);
    memory_free(loop);
}
