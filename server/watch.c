/* watch.c
 *
 * One thread looks at the list four times a second. Most answers are there long before, so a
 * connection is put into the epoll set only when it is found waiting, and then stays in it: a
 * hang-up is reported once (EPOLLONESHOT) and remembered. An event names its connection by slot
 * and generation, so one that comes after the slot was given to another is recognized.
 */
#include "server/watch.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/exchange.h"
#include "server/limits.h"
#include "server/metrics.h"
#include "server/poller.h"

/* What the eventfd is called among the events; no slot has this number. */
#define STOP_NAME UINT64_MAX

enum { TICK_MS = 250, EVENT_COUNT = 64, SLOT_COUNT = CONNECTION_COUNT_MAX + 64 };

struct watched {
    int fd;
    uint32_t generation;
    bool is_used;
    bool is_polled; /* in the epoll set */
    bool has_hung_up;
    bool was_shut_down;
    int64_t deadline_ms;     /* monotonic; 0: none */
    struct exchange *parked; /* borrowed: unpark comes before it goes */
    uint32_t next_free;
};

struct watch {
    struct metrics *metrics;
    pthread_mutex_t lock; /* slots */
    atomic_bool must_stop;
    struct poller poller; /* signalled when it is time to stop */
    uint32_t first_free; /* SLOT_COUNT: none */
    uint32_t used_end;   /* slots beyond were never used */
    struct watched slots[SLOT_COUNT];
};

/* --- The thread ------------------------------------------------------------------------------- */

/* Under the lock: what to tell about this connection; NULL: nothing. A reference. */
static struct exchange *take_hung_up(struct watched *watched)
{
    return watched->has_hung_up && watched->parked ? exchange_ref(watched->parked) : NULL;
}

static void hang_up(struct exchange *exchange)
{
    if (exchange) {
        exchange_hang_up(exchange);
        exchange_unref(exchange);
    }
}

static void handle_event(struct watch *watch, uint64_t name)
{
    if (name == STOP_NAME) {
        return;
    }
    struct watched *watched = &watch->slots[name & UINT32_MAX];
    struct exchange *exchange = NULL;
    pthread_mutex_lock(&watch->lock);
    if (watched->is_used && watched->generation == name >> 32) {
        watched->has_hung_up = true;
        exchange = take_hung_up(watched);
    }
    pthread_mutex_unlock(&watch->lock);
    hang_up(exchange);
}

static void poll_parked(struct watch *watch, uint32_t slot)
{
    struct watched *watched = &watch->slots[slot];
    if (watched->is_polled || !watched->parked) {
        return;
    }
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT,
                                .data.u64 = (uint64_t)watched->generation << 32 | slot};
    watched->is_polled = epoll_ctl(watch->poller.epoll, EPOLL_CTL_ADD, watched->fd, &event) == 0;
}

static void check_deadline(struct watch *watch, struct watched *watched, int64_t time_ms)
{
    if (watched->deadline_ms != 0 && time_ms >= watched->deadline_ms && !watched->was_shut_down) {
        watched->was_shut_down = true;
        (void)shutdown(watched->fd, SHUT_RDWR);
        metrics_add(watch->metrics, METRIC_DEADLINES, 1);
    }
}

/* A connection that hung up before its exchange was parked is told now. */
static void tick(struct watch *watch)
{
    const int64_t time_ms = clock_ms();
    for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
        struct watched *watched = &watch->slots[slot];
        struct exchange *exchange = NULL;
        pthread_mutex_lock(&watch->lock);
        const bool is_end = slot >= watch->used_end;
        if (watched->is_used) {
            poll_parked(watch, slot);
            check_deadline(watch, watched, time_ms);
            exchange = take_hung_up(watched);
        }
        pthread_mutex_unlock(&watch->lock);
        hang_up(exchange);
        if (is_end) {
            return;
        }
    }
}

static void *run(void *context)
{
    struct watch *watch = context;
    struct epoll_event events[EVENT_COUNT];
    int64_t next_tick_ms = clock_ms() + TICK_MS;
    while (!atomic_load(&watch->must_stop)) {
        const int64_t left_ms = next_tick_ms - clock_ms();
        const int count =
            left_ms > 0 ? epoll_wait(watch->poller.epoll, events, EVENT_COUNT, (int)left_ms) : 0;
        for (int i = 0; i < count; i++) {
            handle_event(watch, events[i].data.u64);
        }
        if (clock_ms() >= next_tick_ms) {
            tick(watch);
            next_tick_ms = clock_ms() + TICK_MS;
        }
    }
    return NULL;
}

/* --- For the front end ------------------------------------------------------------------------ */

enum status watch_open(struct metrics *metrics, struct watch **out, struct diag *diag)
{
    struct watch *watch = memory_zalloc(sizeof(*watch));
    if (!watch) {
        return diag_no_memory(diag);
    }
    watch->metrics = metrics;
    watch->first_free = SLOT_COUNT;
    pthread_mutex_init(&watch->lock, NULL);
    if (!poller_start(&watch->poller, (void *)(uintptr_t)STOP_NAME, run, watch)) {
        pthread_mutex_destroy(&watch->lock);
        memory_free(watch);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start watching connections");
    }
    *out = watch;
    return STATUS_OK;
}

void watch_close(struct watch *watch)
{
    if (watch) {
        atomic_store(&watch->must_stop, true);
        poller_join(&watch->poller);
        poller_close(&watch->poller);
        pthread_mutex_destroy(&watch->lock);
        memory_free(watch);
    }
}

struct watched *watch_add(struct watch *watch, int fd)
{
    struct watched *watched = NULL;
    pthread_mutex_lock(&watch->lock);
    if (watch->first_free < SLOT_COUNT) {
        watched = &watch->slots[watch->first_free];
        watch->first_free = watched->next_free;
    } else if (watch->used_end < SLOT_COUNT) {
        watched = &watch->slots[watch->used_end++];
    }
    if (watched) {
        *watched =
            (struct watched){.fd = fd, .generation = watched->generation + 1, .is_used = true};
    }
    pthread_mutex_unlock(&watch->lock);
    return watched;
}

void watch_remove(struct watch *watch, struct watched *watched)
{
    pthread_mutex_lock(&watch->lock);
    assert(watched->is_used && !watched->parked);
    if (watched->is_polled) {
        (void)epoll_ctl(watch->poller.epoll, EPOLL_CTL_DEL, watched->fd, NULL);
    }
    watched->is_used = false;
    watched->next_free = watch->first_free;
    watch->first_free = (uint32_t)(watched - watch->slots);
    pthread_mutex_unlock(&watch->lock);
}

void watch_set_deadline(struct watch *watch, struct watched *watched, int64_t timeout_ms)
{
    pthread_mutex_lock(&watch->lock);
    watched->deadline_ms = timeout_ms ? clock_ms() + timeout_ms : 0;
    pthread_mutex_unlock(&watch->lock);
}

void watch_lower_deadline(struct watch *watch, struct watched *watched, int64_t timeout_ms)
{
    const int64_t deadline_ms = clock_ms() + timeout_ms;
    pthread_mutex_lock(&watch->lock);
    if (watched->deadline_ms == 0 || watched->deadline_ms > deadline_ms) {
        watched->deadline_ms = deadline_ms;
    }
    pthread_mutex_unlock(&watch->lock);
}

void watch_park(struct watch *watch, struct watched *watched, struct exchange *exchange)
{
    pthread_mutex_lock(&watch->lock);
    watched->parked = exchange;
    pthread_mutex_unlock(&watch->lock);
}

void watch_unpark(struct watch *watch, struct watched *watched)
{
    pthread_mutex_lock(&watch->lock);
    watched->parked = NULL;
    pthread_mutex_unlock(&watch->lock);
}

size_t watch_hang_up_all(struct watch *watch)
{
    size_t count = 0;
    for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
        pthread_mutex_lock(&watch->lock);
        struct exchange *parked = watch->slots[slot].is_used ? watch->slots[slot].parked : NULL;
        struct exchange *exchange = parked ? exchange_ref(parked) : NULL;
        pthread_mutex_unlock(&watch->lock);
        count += exchange != NULL;
        hang_up(exchange);
    }
    return count;
}
