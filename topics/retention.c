/* retention.c
 *
 * Deletes whole batches from the front of partitions, as Kafka deletes whole log segments: by time
 * when the newest record of a batch is older than retention.ms, by size as long as what would be
 * left is still at least retention.bytes (kafka.log.UnifiedLog, deleteRetentionMsBreachedSegments
 * and deleteRetentionSizeBreachedSegments). Work is cut into slices by a number of batches, since a
 * deletion's transaction grows with it. Only what is in the file is looked at, so what is not
 * durable yet is safe.
 */
#include <assert.h>

#include "base/bounds.h"
#include "topics/topics_parts.h"

struct cut {
    int64_t keep_from_ms;  /* batches whose newest record is older go */
    uint64_t excess_bytes; /* more than retention.bytes */
    uint32_t batch_count_left;
    int64_t start_offset; /* result */
    bool is_cut;          /* result */
};

static enum status visit_batch(void *context, const struct stored_batch *batch, bool *keep_going,
                               struct diag *diag)
{
    (void)diag;
    struct cut *cut = context;
    const bool is_too_old = batch->time_max_ms < cut->keep_from_ms;
    const bool is_too_much = cut->excess_bytes > 0 && cut->excess_bytes >= batch->blob_bytes;
    if (cut->batch_count_left == 0 || (!is_too_old && !is_too_much)) {
        *keep_going = false;
        return STATUS_OK;
    }
    cut->batch_count_left--;
    cut->excess_bytes -= is_too_much ? batch->blob_bytes : cut->excess_bytes;
    cut->start_offset = batch->base_offset + (int64_t)batch->record_count;
    cut->is_cut = true;
    return STATUS_OK;
}

static enum status find_cut(struct reader *reader, const struct topic *topic, uint32_t partition,
                            int64_t now_ms, struct cut *cut, struct diag *diag)
{
    const struct topic_config *config = &topic->config;
    cut->is_cut = false;
    cut->excess_bytes = 0;
    cut->keep_from_ms = config->retention_ms >= 0 ? now_ms - config->retention_ms : INT64_MIN;
    if (config->retention_bytes >= 0) {
        uint64_t bytes = 0;
        TRY(reader_get_log_bytes(reader, topic->id, partition, &bytes, diag));
        const uint64_t limit = (uint64_t)config->retention_bytes;
        cut->excess_bytes = bytes > limit ? bytes - limit : 0;
    }
    return reader_scan_batches(reader, topic->id, partition, visit_batch, cut, diag);
}

static void apply_cut(struct topics *topics, struct topic *topic, uint32_t partition,
                      int64_t start_offset)
{
    struct segment_box *dropped = NULL;
    pthread_mutex_lock(&topics->lock);
    if (topic->partitions[partition].start_offset < start_offset) {
        topic->partitions[partition].start_offset = start_offset;
    }
    hot_drop_before(topics, topic, partition, start_offset, &dropped);
    pthread_mutex_unlock(&topics->lock);
    hot_unref_all(dropped);
}

static enum status retain_topic(struct topics *topics, struct reader *reader, struct commit *commit,
                                struct topic *topic, int64_t now_ms, struct cut *cut,
                                struct diag *diag)
{
    const bool has_limit = topic->config.retention_ms >= 0 || topic->config.retention_bytes >= 0;
    if (!has_limit || text_equal(topic->config.cleanup_policy, TEXT("compact"))) {
        return STATUS_OK;
    }
    for (uint32_t p = 0; p < topic->partition_count && cut->batch_count_left > 0; p++) {
        TRY(find_cut(reader, topic, p, now_ms, cut, diag));
        if (cut->is_cut) {
            TRY(commit_delete_log(commit, topic->id, p, cut->start_offset, diag));
            apply_cut(topics, topic, p, cut->start_offset);
        }
    }
    return STATUS_OK;
}

struct purge {
    struct commit *commit;
    bool is_any;
};

static enum status purge_deleted(void *context, const struct topic_row *row, struct diag *diag)
{
    struct purge *purge = context;
    purge->is_any = true;
    return commit_delete_topic(purge->commit, row->id, RETENTION_BATCH_COUNT_MAX, diag);
}

static enum status retain_all(struct topics *topics, struct reader *reader, struct commit *commit,
                              int64_t now_ms, bool *out_more, struct diag *diag)
{
    struct cut cut = {.batch_count_left = RETENTION_BATCH_COUNT_MAX};
    struct purge purge = {.commit = commit};
    struct topic **list = NULL;
    size_t count = 0;
    TRY(topics_list(topics, &list, &count, diag));
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK && cut.batch_count_left > 0; i++) {
        status = retain_topic(topics, reader, commit, list[i], now_ms, &cut, diag);
    }
    topics_free_list(list);
    TRY(status);
    TRY(reader_scan_topics(reader, true, purge_deleted, &purge, diag));
    *out_more = cut.batch_count_left == 0 || purge.is_any;
    return STATUS_OK;
}

enum status topics_apply_retention(struct topics *topics, struct commit *commit, int64_t now_ms,
                                   bool *out_more, struct diag *diag)
{
    assert(out_more);
    struct reader *reader = NULL;
    TRY(reader_open(topics->database, TOPICS_READ_TIMEOUT_MS, &reader, diag));
    const enum status status = retain_all(topics, reader, commit, now_ms, out_more, diag);
    reader_close(reader);
    return status;
}
