/* task_pool_test.c: no wake-up is lost, and no task runs twice at once. */
#include <pthread.h>
#include <stdatomic.h>

#include "server/clock.h"
#include "server/task_pool.h"
#include "tests/test.h"

enum { TASK_COUNT = 50, WAKE_COUNT = 2000, THREAD_COUNT = 4 };

struct counter {
    struct pool_task task; /* first */
    atomic_int asked;      /* wake-ups so far */
    atomic_int seen;       /* what asked was at the last run */
    atomic_bool is_running;
    atomic_bool has_overlapped;
};

static enum task_result count(struct pool_task *task)
{
    struct counter *counter = (struct counter *)task;
    if (atomic_exchange(&counter->is_running, true)) {
        atomic_store(&counter->has_overlapped, true);
    }
    atomic_store(&counter->seen, atomic_load(&counter->asked));
    atomic_store(&counter->is_running, false);
    return TASK_WAIT;
}

struct waking {
    struct task_pool *pool;
    struct counter *counters;
};

static void *wake_all(void *context)
{
    const struct waking *waking = context;
    for (int i = 0; i < WAKE_COUNT; i++) {
        struct counter *counter = &waking->counters[i % TASK_COUNT];
        atomic_fetch_add(&counter->asked, 1);
        task_pool_wake(waking->pool, &counter->task);
    }
    return NULL;
}

static void every_wake_up_is_seen_and_no_task_overlaps_itself(void **state)
{
    (void)state;
    static struct counter counters[TASK_COUNT];
    struct task_pool *pool = NULL;
    struct diag diag;
    pthread_t threads[THREAD_COUNT];
    assert_ok(task_pool_create(THREAD_COUNT, 128 << 10, &pool, &diag), &diag);
    struct waking waking = {pool, counters};
    for (size_t i = 0; i < TASK_COUNT; i++) {
        counters[i].task.run = count;
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, wake_all, &waking), 0);
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        pthread_join(threads[i], NULL);
    }
    while (task_pool_load(pool) > 0) {
        clock_sleep_ms(1);
    }
    for (size_t i = 0; i < TASK_COUNT; i++) {
        assert_int_equal(atomic_load(&counters[i].seen), atomic_load(&counters[i].asked));
        assert_false(atomic_load(&counters[i].has_overlapped));
    }
    task_pool_destroy(pool);
}

struct again {
    struct pool_task task; /* first */
    int left;
    atomic_bool is_done;
};

static enum task_result run_again(struct pool_task *task)
{
    struct again *again = (struct again *)task;
    if (--again->left > 0) {
        return TASK_AGAIN;
    }
    atomic_store(&again->is_done, true);
    return TASK_GONE;
}

static void a_task_may_ask_for_more_turns(void **state)
{
    (void)state;
    struct task_pool *pool = NULL;
    struct diag diag;
    struct again again = {.task.run = run_again, .left = 100};
    assert_ok(task_pool_create(1, 128 << 10, &pool, &diag), &diag);
    task_pool_begin(pool, &again.task);
    task_pool_wake(pool, &again.task); /* during the run: it runs once more */
    task_pool_end(pool, &again.task, TASK_WAIT);
    while (!atomic_load(&again.is_done)) {
        clock_sleep_ms(1);
    }
    task_pool_destroy(pool);
    assert_int_equal(again.left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wake_up_is_seen_and_no_task_overlaps_itself),
        cmocka_unit_test(a_task_may_ask_for_more_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
