/* driver.c
 *
 * One thread for all queries: rows are cheap, and with the committer's thread beside it both cores
 * of a small machine are busy. The list of queries is copied under the engine's lock when it has
 * changed, and run without it, so that statements never wait for rows. Queries of one rank take
 * turns, so that those that read the same stay close together and share what is decoded
 * (docs/decisions/0012).
 */
#include "engine/driver.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/query.h"
#include "engine/run_list.h"
#include "operators/source_share.h"

enum { RETENTION_PERIOD_MS = 30000 };

struct driver {
    struct engine *engine;
    pthread_t thread;
};

/* One step of each that is in its round; *in_round is how many stay in it. */
static enum status run_turn(const struct run_rank *rank, size_t *in_round, bool *out_progress,
                            struct diag *diag)
{
    const size_t peer_count = *in_round;
    for (size_t i = 0; i < rank->count; i++) {
        if (rank->items[i].is_in_round) {
            query_attend(rank->items[i].query);
        }
    }
    for (size_t i = 0; i < rank->count; i++) {
        struct run_item *item = &rank->items[i];
        size_t used = 0;
        bool is_over = true;
        if (item->is_in_round) {
            TRY(query_step(item->query, peer_count, &used, &is_over, diag));
            *in_round -= is_over;
            item->is_in_round = !is_over;
            item->is_awake = !is_over;
            *out_progress = *out_progress || used > 0;
        }
    }
    return STATUS_OK;
}

/* One round of the queries of one rank. When the engine stops, units that are open are given up:
 * they are done anew after the next start. */
static enum status run_rank(struct engine *engine, const struct run_rank *rank,
                            bool *out_progress, struct diag *diag)
{
    size_t in_round = 0;
    if (!run_list_wake(engine->run_list, rank)) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < rank->count; i++) {
        struct run_item *item = &rank->items[i];
        item->is_in_round = item->is_awake && query_begin_round(item->query);
        item->is_awake = item->is_in_round;
        in_round += item->is_in_round;
    }
    enum status status = STATUS_OK;
    while (in_round > 0 && status == STATUS_OK && !atomic_load(&engine->is_stopping)) {
        status = run_turn(rank, &in_round, out_progress, diag);
        source_shares_end_turn(engine->shares);
    }
    return status;
}

enum status driver_run_pass(struct engine *engine, bool *out_progress, struct diag *diag)
{
    enum status status = run_list_refresh(engine, &engine->run_list, diag);
    *out_progress = false;
    const struct run_rank *rank = NULL;
    for (size_t i = 0; status == STATUS_OK && (rank = run_list_rank(engine->run_list, i)); i++) {
        status = run_rank(engine, rank, out_progress, diag);
    }
    if (!*out_progress) {
        source_shares_trim(engine->shares);
    }
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
