/* driver.c
 *
 * One thread for all queries: rows are cheap, and with the committer's thread beside it both cores
 * of a small machine are busy. The list of queries is copied under the engine's lock and run
 * without it, so that statements never wait for rows.
 */
#include "engine/driver.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/query.h"

enum { RETENTION_PERIOD_MS = 30000 };

struct driver {
    struct engine *engine;
    pthread_t thread;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct query *const *left = a;
    const struct query *const *right = b;
    if ((*left)->rank != (*right)->rank) {
        return (*left)->rank < (*right)->rank ? -1 : 1;
    }
    return (*left)->number < (*right)->number ? -1 : (*left)->number > (*right)->number;
}

/* References to all queries, in the order in which they run. */
static enum status copy_queries(struct engine *engine, struct query ***out, size_t *out_count,
                                struct diag *diag)
{
    pthread_rwlock_rdlock(&engine->lock);
    const size_t count = engine->query_count;
    struct query **queries = memory_alloc(count * sizeof(struct query *));
    for (size_t i = 0; queries && i < count; i++) {
        queries[i] = query_ref(engine->queries[i]);
    }
    if (queries && count > 1) {
        qsort(queries, count, sizeof(struct query *), compare_ranks);
    }
    pthread_rwlock_unlock(&engine->lock);
    if (!queries) {
        return diag_no_memory(diag);
    }
    *out = queries;
    *out_count = count;
    return STATUS_OK;
}

enum status driver_run_pass(struct engine *engine, bool *out_progress, struct diag *diag)
{
    struct query **queries = NULL;
    size_t count = 0;
    *out_progress = false;
    TRY(copy_queries(engine, &queries, &count, diag));
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        bool progress = false;
        if (status == STATUS_OK) {
            status = query_run_round(queries[i], &progress, diag);
        }
        *out_progress = *out_progress || progress;
        query_unref(queries[i]);
    }
    memory_free(queries);
    return status;
}

enum status driver_apply_retention(struct engine *engine, struct diag *diag)
{
    bool has_more = true;
    while (has_more) {
        struct commit *commit = NULL;
        TRY(commit_create(&commit, diag));
        const size_t empty_bytes = commit_bytes(commit);
        const enum status status = topics_apply_retention(engine->topics, commit,
                                                          engine_now_ms(engine), &has_more, diag);
        if (status != STATUS_OK || commit_bytes(commit) == empty_bytes) {
            commit_destroy(commit);
            return status;
        }
        TRY(topics_submit(engine->topics, commit, NULL, diag));
    }
    return STATUS_OK;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *run(void *context)
{
    struct driver *driver = context;
    struct engine *engine = driver->engine;
    struct diag diag;
    int64_t retention_ms = monotonic_ms() + RETENTION_PERIOD_MS;
    while (!atomic_load(&engine->is_stopping)) {
        const uint64_t sequence = topics_sequence(engine->topics);
        bool progress = false;
        enum status status = driver_run_pass(engine, &progress, &diag);
        if (status == STATUS_OK && monotonic_ms() >= retention_ms) {
            status = driver_apply_retention(engine, &diag);
            retention_ms = monotonic_ms() + RETENTION_PERIOD_MS;
        }
        if (status == STATUS_OK && progress) {
            continue;
        }
        if (status != STATUS_OK && !status_is_retriable(status)) {
            break; /* the committer has stopped and tells everyone who asks why */
        }
        topics_wait(engine->topics, sequence, 1000);
    }
    return NULL;
}

enum status driver_start(struct engine *engine, struct driver **out, struct diag *diag)
{
    struct driver *driver = memory_zalloc(sizeof(*driver));
    if (!driver) {
        return diag_no_memory(diag);
    }
    driver->engine = engine;
    if (pthread_create(&driver->thread, NULL, run, driver) != 0) {
        memory_free(driver);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start the driver's thread");
    }
    *out = driver;
    return STATUS_OK;
}

void driver_stop(struct driver *driver)
{
    if (!driver) {
        return;
    }
    atomic_store(&driver->engine->is_stopping, true);
    topics_wake(driver->engine->topics);
    pthread_join(driver->thread, NULL);
    memory_free(driver);
}
