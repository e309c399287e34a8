/* poller.c
 *
 * What the threads that look after sockets have in common. How they wait, and what they do with
 * events, is theirs.
 */
#include "server/poller.h"

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void close_descriptor(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

bool poller_start(struct poller *poller, void *name, void *(*run)(void *context), void *context)
{
    poller->epoll = epoll_create1(EPOLL_CLOEXEC);
    poller->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = name};
    poller->is_running = poller->epoll >= 0 && poller->event >= 0 &&
                         epoll_ctl(poller->epoll, EPOLL_CTL_ADD, poller->event, &event) == 0 &&
                         pthread_create(&poller->thread, NULL, run, context) == 0;
    if (!poller->is_running) {
        close_descriptor(poller->epoll);
        close_descriptor(poller->event);
    }
    return poller->is_running;
}

void poller_signal(struct poller *poller)
{
    const uint64_t one = 1;
    (void)!write(poller->event, &one, sizeof(one));
}

void poller_drain(struct poller *poller)
{
    uint64_t count = 0;
    (void)!read(poller->event, &count, sizeof(count));
}

void poller_join(struct poller *poller)
{
    if (poller->is_running) {
        poller_signal(poller);
        pthread_join(poller->thread, NULL);
    }
}

void poller_close(struct poller *poller)
{
    if (poller->is_running) {
        (void)close(poller->epoll);
        (void)close(poller->event);
        poller->is_running = false;
    }
}
