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

/* NULL when memory is out. */
struct task_scratch *scratch_pool_take(struct scratch_pool *pool);
/* Takes it back; accepts NULL. */
void scratch_pool_give(struct scratch_pool *pool, struct task_scratch *scratch);

#endif
