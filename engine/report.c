/* report.c
 *
 * Numbers for those who watch an engine. Queries are referenced under the lock and looked at
 * without it, because a look waits for the unit of work that runs.
 */
#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/query.h"

static enum status reference_queries(struct engine *engine, struct query ***out, size_t *out_count,
                                     struct diag *diag)
{
    pthread_rwlock_rdlock(&engine->lock);
    const size_t count = engine->query_count;
    struct query **queries = memory_alloc(count * sizeof(struct query *));
    for (size_t i = 0; queries && i < count; i++) {
        queries[i] = query_ref(engine->queries[i]);
    }
    pthread_rwlock_unlock(&engine->lock);
    *out = queries;
    *out_count = count;
    return queries ? STATUS_OK : diag_no_memory(diag);
}

enum status engine_report_queries(struct engine *engine,
                                  void (*visit)(void *context, const struct query_report *report),
                                  void *context, struct diag *diag)
{
    struct query **queries = NULL;
    size_t count = 0;
    TRY(reference_queries(engine, &queries, &count, diag));
    for (size_t i = 0; i < count; i++) {
        struct query_progress progress;
        query_read_progress(queries[i], &progress);
        const struct query_report report = {
            .id = queries[i]->id.data,
            .state = query_state_name(progress.state),
            .records_in = progress.counters.records_in,
            .records_out = progress.counters.records_out,
            .records_late = progress.counters.records_late,
            .records_failed = progress.counters.records_failed,
            .records_waiting = progress.lag,
        };
        visit(context, &report);
        query_unref(queries[i]);
    }
    memory_free(queries);
    return STATUS_OK;
}

void engine_report_commits(struct engine *engine, struct commit_report *out)
{
    struct committer_stats stats;
    committer_read_stats(engine->committer, &stats);
    *out = (struct commit_report){.commits = stats.commit_count,
                                  .transactions = stats.group_count,
                                  .checkpoints = stats.checkpoint_count,
                                  .wal_bytes = stats.wal_bytes,
                                  .queue_bytes = stats.queue_bytes};
}
