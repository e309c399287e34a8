/* scratch_pool.h: what tasks need only while they step, lent to whoever steps one.
 *
 * Queries and subscribers are many and mostly idle; those that work at the same time are as many as
 * threads. Thread: any; a scratch belongs to whoever took it. */
#ifndef ENGINE_SCRATCH_POOL_H
#define ENGINE_SCRATCH_POOL_H

#include <pthread.h>

#include "engine/task.h"

struct pooled_scratch;

struct scratch_pool {
    pthread_mutex_t lock;
    struct pooled_scratch *free;
    size_t free_count;
};

void scratch_pool_init(struct scratch_pool *pool);
/* All must have been given back. */
void scratch_pool_release(struct scratch_pool *pool);

/* Lends task, which has none, a scratch to step with. The scratch is *out too: NULL when memory is
 * out, and then it still goes to scratch_pool_give_back(). */
MUST_USE enum status scratch_pool_lend(struct scratch_pool *pool, struct task *task,
                                       struct task_scratch **out, struct diag *diag);
/* Ends that; task is NULL when it has gone meanwhile. */
void scratch_pool_give_back(struct scratch_pool *pool, struct task *task,
                            struct task_scratch *scratch);

#endif
