/* poller.h: an epoll set, the thread that waits for it, and a way to wake that thread.
 *
 * A zeroed poller is one that is not running. Thread: as each call says. */
#ifndef SERVER_POLLER_H
#define SERVER_POLLER_H

#include <pthread.h>
#include <stdbool.h>

struct poller {
    int epoll;
    int event; /* eventfd */
    pthread_t thread;
    bool is_running;
};

/* Starts run(context) on a thread of its own. An event whose data.ptr is name says that the poller
 * was signalled. False: it could not be started, and holds nothing. */
bool poller_start(struct poller *poller, void *name, void *(*run)(void *context), void *context);

/* Wakes the thread. Any thread. */
void poller_signal(struct poller *poller);
/* Forgets the signals so far. The poller's thread. */
void poller_drain(struct poller *poller);

/* Signals and waits for the thread's end; the epoll set stays until poller_close(). Both do nothing
 * to a poller that is not running. The thread that started it. */
void poller_join(struct poller *poller);
void poller_close(struct poller *poller);

#endif
