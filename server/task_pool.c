/* task_pool.c
 *
 * One queue under one lock. Threads are made on demand, because most servers never need more than
 * a few, and are kept, because making one costs more than a request.
 */
#include "server/task_pool.h"

#include <assert.h>
#include <pthread.h>

#include "base/memory.h"

struct task_pool {
    pthread_mutex_t lock; /* all below, and the state and next of every task */
    pthread_cond_t work;
    struct pool_task *first;
    struct pool_task *last;
    size_t waiting_count;
    size_t running_count;
    size_t idle_count; /* threads that wait for work */
    size_t thread_count;
    size_t thread_count_max;
    size_t stack_bytes;
    bool must_stop;
    pthread_t threads[];
};

/* --- Under the lock --------------------------------------------------------------------------- */

static void enqueue(struct task_pool *pool, struct pool_task *task)
{
    task->state = TASK_QUEUED;
    task->next = NULL;
    if (pool->last) {
        pool->last->next = task;
    } else {
        pool->first = task;
    }
    pool->last = task;
    pool->waiting_count++;
}

static struct pool_task *dequeue(struct task_pool *pool)
{
    struct pool_task *task = pool->first;
    pool->first = task->next;
    if (!pool->first) {
        pool->last = NULL;
    }
    pool->waiting_count--;
    task->state = TASK_RUNNING;
    return task;
}

static void settle(struct task_pool *pool, struct pool_task *task, enum task_result result)
{
    if (result == TASK_GONE) {
        return;
    }
    if (result == TASK_AGAIN || task->state == TASK_RUNNING_AGAIN) {
        enqueue(pool, task);
    } else {
        task->state = TASK_IDLE;
    }
}

/* --- Threads ---------------------------------------------------------------------------------- */

static void *run(void *context)
{
    struct task_pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->must_stop) {
        if (!pool->first) {
            pool->idle_count++;
            pthread_cond_wait(&pool->work, &pool->lock);
            pool->idle_count--;
            continue;
        }
        struct pool_task *task = dequeue(pool);
        pool->running_count++;
        pthread_mutex_unlock(&pool->lock);
        const enum task_result result = task->run(task);
        pthread_mutex_lock(&pool->lock);
        pool->running_count--;
        settle(pool, task, result);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* When no thread can be made, those that exist do the work. */
static void start_thread(struct task_pool *pool)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, pool->stack_bytes);
    if (pthread_create(&pool->threads[pool->thread_count], &attributes, run, pool) == 0) {
        pool->thread_count++;
    }
    pthread_attr_destroy(&attributes);
}

/* Under the lock, after something was enqueued; releases it first, so that the thread that is
 * called does not wake only to wait for the lock. */
static void call_thread_and_unlock(struct task_pool *pool)
{
    const bool has_idle = pool->idle_count > 0;
    if (pool->idle_count < pool->waiting_count && pool->thread_count < pool->thread_count_max) {
        start_thread(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    if (has_idle) {
        pthread_cond_signal(&pool->work);
    }
}

void task_pool_destroy(struct task_pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->must_stop = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    memory_free(pool);
}

enum status task_pool_create(size_t thread_count_max, size_t stack_bytes, struct task_pool **out,
                             struct diag *diag)
{
    assert(thread_count_max > 0);
    struct task_pool *pool =
        memory_zalloc(sizeof(*pool) + thread_count_max * sizeof(pool->threads[0]));
    if (!pool) {
        return diag_no_memory(diag);
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pool->thread_count_max = thread_count_max;
    pool->stack_bytes = stack_bytes;
    start_thread(pool); /* later ones may fail, but there must be one */
    if (pool->thread_count == 0) {
        task_pool_destroy(pool);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start a thread");
    }
    *out = pool;
    return STATUS_OK;
}

/* --- For callers ------------------------------------------------------------------------------ */

void task_pool_wake(struct task_pool *pool, struct pool_task *task)
{
    pthread_mutex_lock(&pool->lock);
    if (task->state == TASK_RUNNING) {
        task->state = TASK_RUNNING_AGAIN;
    } else if (task->state == TASK_IDLE) {
        enqueue(pool, task);
        call_thread_and_unlock(pool);
        return;
    }
    pthread_mutex_unlock(&pool->lock);
}

void task_pool_begin(struct task_pool *pool, struct pool_task *task)
{
    pthread_mutex_lock(&pool->lock);
    assert(task->state == TASK_IDLE);
    task->state = TASK_RUNNING;
    pthread_mutex_unlock(&pool->lock);
}

void task_pool_end(struct task_pool *pool, struct pool_task *task, enum task_result result)
{
    pthread_mutex_lock(&pool->lock);
    settle(pool, task, result);
    if (result != TASK_GONE && pool->first) {
        call_thread_and_unlock(pool);
        return;
    }
    pthread_mutex_unlock(&pool->lock);
}

size_t task_pool_load(struct task_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const size_t load = pool->waiting_count + pool->running_count;
    pthread_mutex_unlock(&pool->lock);
    return load;
}
