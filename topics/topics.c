/* topics.c
 *
 * The embedded log's writing side. Appending fills segments that belong to the commit alone;
 * submitting gives them their offsets and arrival numbers, shows them to readers and queues the
 * commit, all under one lock, so that the order of offsets, of arrival and of becoming durable are
 * the same order. The committer then encodes each segment (segment_codec.c), writes it, and tells
 * finish_batch(), which moves the durable offset.
 *
 * One counter serves all waiters: whatever changed, it grows. Waiters are few (the driver, and
 * consumers that follow), so one condition is enough.
 */
#include "topics/topics.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "topics/topics_parts.h"

/* --- waiting --------------------------------------------------------------------------------- */

void topics_changed(struct topics *topics)
{
    topics->sequence++;
    pthread_cond_broadcast(&topics->changed);
}

void topics_wake(struct topics *topics)
{
    pthread_mutex_lock(&topics->lock);
    topics_changed(topics);
    pthread_mutex_unlock(&topics->lock);
}

uint64_t topics_sequence(struct topics *topics)
{
    pthread_mutex_lock(&topics->lock);
    const uint64_t sequence = topics->sequence;
    pthread_mutex_unlock(&topics->lock);
    return sequence;
}

uint64_t topics_wait(struct topics *topics, uint64_t since, int64_t timeout_ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    const int64_t nanoseconds =
        deadline.tv_nsec + (timeout_ms > 0 ? timeout_ms % 1000 : 0) * 1000000;
    deadline.tv_sec +=
        (time_t)((timeout_ms > 0 ? timeout_ms / 1000 : 0) + nanoseconds / 1000000000);
    deadline.tv_nsec = (long)(nanoseconds % 1000000000);

    int code = 0;
    pthread_mutex_lock(&topics->lock);
    while (topics->sequence == since && code != ETIMEDOUT) {
        code = timeout_ms < 0 ? pthread_cond_wait(&topics->changed, &topics->lock)
                              : pthread_cond_timedwait(&topics->changed, &topics->lock, &deadline);
    }
    const uint64_t sequence = topics->sequence;
    pthread_mutex_unlock(&topics->lock);
    return sequence;
}

/* --- batches in a commit --------------------------------------------------------------------- */

static enum status encode_batch(const struct commit_batch *batch, struct encoded_batch *out,
                                struct diag *diag)
{
    const struct segment_box *box = batch->owner;
    return segment_encode(&box->segment, batch->topic_id, out, diag);
}

static void finish_batch(const struct commit_batch *batch, enum status status)
{
    struct segment_box *box = batch->owner;
    struct segment_box *dropped = NULL;
    if (box->is_published) {
        struct topics *topics = box->owned_topic->topics;
        struct partition *partition = &box->owned_topic->partitions[batch->partition];
        pthread_mutex_lock(&topics->lock);
        if (status == STATUS_OK) {
            box->is_durable = true;
            partition->durable_offset = segment_end_offset(&box->segment);
            hot_evict(topics, &dropped);
        }
        topics_changed(topics);
        pthread_mutex_unlock(&topics->lock);
    }
    hot_unref_all(dropped);
    segment_unref(&box->segment);
}

static const struct commit_batch_vtable batch_vtable = {encode_batch, finish_batch};

static bool is_ours(const struct commit_batch *batch)
{
    return batch->vtable == &batch_vtable;
}

/* The segment that commit is still filling for a partition, or NULL. */
static struct commit_batch *find_open_batch(struct commit *commit, const struct topic *topic,
                                            uint32_t partition)
{
    size_t count = 0;
    struct commit_batch *batches = commit_batches(commit, &count);
    while (count-- > 0) {
        struct commit_batch *batch = &batches[count];
        if (is_ours(batch) && batch->topic_id == topic->id && batch->partition == partition) {
            return batch;
        }
    }
    return NULL;
}

static enum status add_batch(struct commit *commit, struct topic *topic, uint32_t partition,
                             struct commit_batch **out, struct diag *diag)
{
    struct segment_box *box = segment_create(topic, partition);
    if (!box) {
        return diag_no_memory(diag);
    }
    const struct commit_batch batch = {
        .vtable = &batch_vtable, .owner = box, .topic_id = topic->id, .partition = partition};
    const enum status status = commit_add_batch(commit, &batch, diag);
    if (status != STATUS_OK) {
        segment_unref(&box->segment);
        return status;
    }
    *out = find_open_batch(commit, topic, partition);
    return STATUS_OK;
}

static enum status check_record(const struct topic *topic, const struct record *record,
                                struct diag *diag)
{
    size_t header_bytes = 0;
    for (uint32_t i = 0; i < record->header_count; i++) {
        header_bytes += record->headers[i].key.bytes + record->headers[i].value.bytes;
    }
    if (record->key.bytes > RECORD_BYTES_MAX || record->value.bytes > RECORD_BYTES_MAX ||
        header_bytes > RECORD_BYTES_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "a record for topic \"%.*s\" is too large: key %zu, value %zu, headers "
                         "%zu bytes; each may have %d",
                         TEXT_ARGS(topic->name), record->key.bytes, record->value.bytes,
                         header_bytes, RECORD_BYTES_MAX);
    }
    return STATUS_OK;
}

enum status topics_append(struct topics *topics, struct commit *commit, struct topic *topic,
                          uint32_t partition, const struct record *records, size_t count,
                          struct diag *diag)
{
    assert(topic->topics == topics && partition < topic->partition_count);
    for (size_t i = 0; i < count; i++) {
        TRY(check_record(topic, &records[i], diag));
    }
    struct commit_batch *batch = find_open_batch(commit, topic, partition);
    while (count > 0) {
        size_t fitting = batch ? segment_room(batch->owner, records, count) : 0;
        if (fitting == 0) {
            TRY(add_batch(commit, topic, partition, &batch, diag));
            fitting = segment_room(batch->owner, records, count);
        }
        TRY(segment_append(batch->owner, records, fitting, diag));
        records += fitting;
        count -= fitting;
    }
    return STATUS_OK;
}

/* --- submitting ------------------------------------------------------------------------------ */

/* With the lock held: nothing may fail after this. */
static enum status check_batches(struct commit *commit, struct diag *diag)
{
    size_t count = 0;
    struct commit_batch *batches = commit_batches(commit, &count);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct segment_box *box = batches[i].owner;
        struct topic *topic = box->owned_topic;
        struct partition *partition = &topic->partitions[batches[i].partition];
        if (topic->is_deleted || (topic->creator && topic->creator != commit)) {
            status = diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE,
                               "topic \"%.*s\" was deleted, or is not created yet",
                               TEXT_ARGS(topic->name));
        } else {
            status = partition_reserve(partition, ++partition->arriving, diag);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct segment_box *box = batches[i].owner;
        box->owned_topic->partitions[batches[i].partition].arriving = 0;
    }
    return status;
}

static void publish(struct topics *topics, struct commit_batch *batch)
{
    struct segment_box *box = batch->owner;
    struct segment *segment = &box->segment;
    const struct partition *partition = &box->owned_topic->partitions[batch->partition];
    segment->base_offset = partition->end_offset;
    segment->arrival = topics->next_arrival++;
    batch->arrival = segment->arrival;
    batch->base_offset = segment->base_offset;
    batch->record_count = segment->record_count;
    batch->time_min_ms = segment->time_min_ms;
    batch->time_max_ms = segment->time_max_ms;
    hot_publish(topics, box);
}

/* With the submit lock held. */
static enum status publish_all(struct topics *topics, struct commit *commit, struct diag *diag)
{
    size_t count = 0;
    struct commit_batch *batches = commit_batches(commit, &count);
    pthread_mutex_lock(&topics->lock);
    const enum status status = check_batches(commit, diag);
    if (status == STATUS_OK) {
        for (size_t i = 0; i < count; i++) {
            publish(topics, &batches[i]);
        }
        topics_confirm_created(topics, commit);
        topics_changed(topics);
    }
    pthread_mutex_unlock(&topics->lock);
    return status;
}

enum status topics_submit(struct topics *topics, struct commit *commit, uint64_t *out_sequence,
                          struct diag *diag)
{
    size_t count = 0;
    struct commit_batch *batches = commit_batches(commit, &count);
    for (size_t i = 0; i < count; i++) {
        assert(is_ours(&batches[i]));
        struct segment_box *box = batches[i].owner;
        segment_seal(box);
        batches[i].memory_bytes = box->segment.memory_bytes;
    }
    pthread_mutex_lock(&topics->submit_lock);
    enum status status = committer_status(topics->committer, diag);
    if (status == STATUS_OK) {
        status = publish_all(topics, commit, diag);
    }
    if (status == STATUS_OK) {
        status = committer_submit(topics->committer, commit, out_sequence, diag);
        commit = NULL;
    }
    pthread_mutex_unlock(&topics->submit_lock);
    commit_destroy(commit);
    return status;
}

/* --- life ------------------------------------------------------------------------------------ */

static enum status load_topic(void *context, const struct topic_row *row, struct diag *diag)
{
    struct topics *topics = context;
    struct topic *topic = NULL;
    if (row->partition_count == 0 || row->partition_count > PARTITION_COUNT_MAX) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                         "topic \"%.*s\" has %u partitions in the data file", TEXT_ARGS(row->name),
                         row->partition_count);
    }
    TRY(topic_create(topics, row, &topic, diag));
    if (!topics_list_insert(topics, topic)) {
        topic_unref(topic);
        return diag_no_memory(diag);
    }
    return STATUS_OK;
}

static enum status load_ranges(struct topics *topics, struct reader *reader, struct diag *diag)
{
    for (size_t i = 0; i < topics->topic_count; i++) {
        const struct topic *topic = topics->list[i];
        for (uint32_t p = 0; p < topic->partition_count; p++) {
            struct partition *partition = &topic->partitions[p];
            TRY(reader_get_log_range(reader, topic->id, p, &partition->start_offset,
                                     &partition->end_offset, diag));
            partition->durable_offset = partition->end_offset;
        }
    }
    return STATUS_OK;
}

static enum status load(struct topics *topics, struct diag *diag)
{
    struct reader *reader = NULL;
    TRY(reader_open(topics->database, READER_NO_TIMEOUT, &reader, diag));
    enum status status =
        reader_get_next_ids(reader, &topics->next_topic_id, &topics->next_arrival, diag);
    if (status == STATUS_OK) {
        status = reader_scan_topics(reader, false, load_topic, topics, diag);
    }
    if (status == STATUS_OK) {
        status = load_ranges(topics, reader, diag);
    }
    reader_close(reader);
    return status;
}

enum status topics_open(const struct topics_options *options, struct database *database,
                        struct committer *committer, struct topics **out, struct diag *diag)
{
    struct topics *topics = memory_zalloc(sizeof(*topics));
    if (!topics) {
        return diag_no_memory(diag);
    }
    topics->database = database;
    topics->committer = committer;
    topics->memory_bytes_max =
        options->memory_bytes_max ? options->memory_bytes_max : TOPICS_MEMORY_BYTES_MAX;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&topics->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&topics->submit_lock, NULL);
    pthread_mutex_init(&topics->lock, NULL);
    const enum status status = load(topics, diag);
    if (status != STATUS_OK) {
        topics_close(topics);
        return status;
    }
    *out = topics;
    return STATUS_OK;
}

void topics_close(struct topics *topics)
{
    if (!topics) {
        return;
    }
    struct segment_box *dropped = NULL;
    hot_drop_all(topics, &dropped);
    for (unsigned i = 0; i < COLD_SEGMENT_COUNT; i++) {
        if (topics->cold[i]) {
            segment_unref(&topics->cold[i]->segment);
        }
    }
    hot_unref_all(dropped);
    for (size_t i = 0; i < topics->topic_count; i++) {
        topic_unref(topics->list[i]);
    }
    memory_free(topics->list);
    pthread_cond_destroy(&topics->changed);
    pthread_mutex_destroy(&topics->submit_lock);
    pthread_mutex_destroy(&topics->lock);
    memory_free(topics);
}
