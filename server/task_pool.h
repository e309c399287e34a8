/* task_pool.h: threads that run small pieces of work, each piece on one thread at a time.
 *
 * A task is woken, not submitted: waking a task that waits does nothing, and waking one that runs
 * makes it run once more afterwards, so no wake-up is lost and no task runs twice at once. That
 * is all that requests (woken once) and open streams (woken whenever something changed) need.
 *
 * Thread: any. Locks: the pool's own; nothing is called with it held. */
#ifndef SERVER_TASK_POOL_H
#define SERVER_TASK_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct task_pool;

enum task_state { TASK_IDLE, TASK_QUEUED, TASK_RUNNING, TASK_RUNNING_AGAIN };

/* What run wants next. */
enum task_result {
    TASK_WAIT,  /* for the next wake-up */
    TASK_AGAIN, /* to run again after the others have had their turn */
    TASK_GONE,  /* nothing: the task's memory may be gone already */
};

/* Embedded in what it works on; owned by the embedder. Zeroed but for run. */
struct pool_task {
    enum task_result (*run)(struct pool_task *task);
    struct pool_task *next;
    enum task_state state;
};

/* Threads are started when there is work and nobody is free, up to thread_count_max, with so
 * much stack each. */
MUST_USE enum status task_pool_create(size_t thread_count_max, size_t stack_bytes,
                                      struct task_pool **out, struct diag *diag);
/* Lets running tasks finish; what still waits is not run. Accepts NULL. */
void task_pool_destroy(struct task_pool *pool);

void task_pool_wake(struct task_pool *pool, struct pool_task *task);

/* Brackets a run of task on the caller's thread, for the first run of a task that nobody knew
 * before: wake-ups in between count as for any run. */
void task_pool_begin(struct task_pool *pool, struct pool_task *task);
void task_pool_end(struct task_pool *pool, struct pool_task *task, enum task_result result);

/* Tasks that wait or run now. */
size_t task_pool_load(struct task_pool *pool);

#endif
