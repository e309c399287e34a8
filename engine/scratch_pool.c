/* scratch_pool.c
 *
 * A stack, so that the scratch used last, whose memory is warm, is the next one lent. A few are
 * kept; more are the trace of a burst and are freed.
 */
#include "engine/scratch_pool.h"

#include "base/memory.h"

enum { FREE_COUNT_MAX = 4 };

struct pooled_scratch {
    struct task_scratch scratch; /* first, so that a struct task_scratch * can be cast back */
    struct pooled_scratch *next;
};

void scratch_pool_init(struct scratch_pool *pool)
{
    *pool = (struct scratch_pool){.free = NULL};
    pthread_mutex_init(&pool->lock, NULL);
}

static void destroy(struct pooled_scratch *pooled)
{
    task_scratch_release(&pooled->scratch);
    memory_free(pooled);
}

void scratch_pool_release(struct scratch_pool *pool)
{
    while (pool->free) {
        struct pooled_scratch *pooled = pool->free;
        pool->free = pooled->next;
        destroy(pooled);
    }
    pthread_mutex_destroy(&pool->lock);
}

static struct task_scratch *take(struct scratch_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct pooled_scratch *pooled = pool->free;
    if (pooled) {
        pool->free = pooled->next;
        pool->free_count--;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!pooled) {
        pooled = memory_zalloc(sizeof(*pooled));
        if (!pooled) {
            return NULL;
        }
        task_scratch_init(&pooled->scratch);
    }
    return &pooled->scratch;
}

static void give(struct scratch_pool *pool, struct task_scratch *scratch)
{
    struct pooled_scratch *pooled = (struct pooled_scratch *)scratch;
    if (!pooled) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    const bool is_kept = pool->free_count < FREE_COUNT_MAX;
    if (is_kept) {
        pooled->next = pool->free;
        pool->free = pooled;
        pool->free_count++;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!is_kept) {
        destroy(pooled);
    }
}

enum status scratch_pool_lend(struct scratch_pool *pool, struct task *task,
                              struct task_scratch **out, struct diag *diag)
{
    *out = take(pool);
    task_borrow_scratch(task, *out);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

void scratch_pool_give_back(struct scratch_pool *pool, struct task *task,
                            struct task_scratch *scratch)
{
    if (task) {
        task_borrow_scratch(task, NULL);
    }
    give(pool, scratch);
}
