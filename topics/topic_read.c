/* topic_read.c
 *
 * A read finds its segment in memory, or reads the file. There is no gap between the two: what is
 * not in memory is durable, and the reader's snapshot is taken after memory was looked at.
 *
 * Many small appends leave many small batches. A replay would pay a lookup and a segment for each,
 * so a small batch is joined with those behind it, up to the size of an ordinary segment. Segments
 * read from the file are kept in a handful of places, because several queries that replay a topic,
 * or one consumer that takes a segment in small bites, ask for the same one again at once.
 */
#include <assert.h>
#include <inttypes.h>

#include "topics/topics_parts.h"

/* A batch below both is worth joining. */
enum { SMALL_RECORD_COUNT = 1024, SMALL_BYTES = 64 << 10 };

struct topic_range topics_range(struct topics *topics, const struct topic *topic,
                                uint32_t partition)
{
    assert(partition < topic->partition_count);
    pthread_mutex_lock(&topics->lock);
    const struct partition *p = &topic->partitions[partition];
    const struct topic_range range = {p->start_offset, p->durable_offset, p->end_offset};
    pthread_mutex_unlock(&topics->lock);
    return range;
}

static bool holds(const struct segment *segment, const struct topic *topic, uint32_t partition,
                  int64_t offset)
{
    return segment->topic == topic && segment->partition == partition &&
           segment->base_offset <= offset && offset < segment_end_offset(segment);
}

/* With the lock held: a borrowed segment, or NULL. */
static struct segment_box *cold_find(const struct topics *topics, const struct topic *topic,
                                     uint32_t partition, int64_t offset)
{
    for (unsigned i = 0; i < COLD_SEGMENT_COUNT; i++) {
        struct segment_box *box = topics->cold[i];
        if (box && holds(&box->segment, topic, partition, offset)) {
            return box;
        }
    }
    return NULL;
}

static void cold_keep(struct topics *topics, struct segment_box *box)
{
    (void)segment_ref(&box->segment);
    pthread_mutex_lock(&topics->lock);
    struct segment_box *old = topics->cold[topics->cold_next];
    topics->cold[topics->cold_next] = box;
    topics->cold_next = (topics->cold_next + 1) % COLD_SEGMENT_COUNT;
    pthread_mutex_unlock(&topics->lock);
    if (old) {
        segment_unref(&old->segment);
    }
}

static enum status decode(struct topic *topic, uint32_t partition, const struct stored_batch *batch,
                          struct segment_box **out, struct diag *diag)
{
    const enum status status = segment_decode(topic, topic->id, partition, batch, out, diag);
    if (status == STATUS_CORRUPT) {
        diag_prefix(diag,
                    "topic \"%.*s\", partition %u, offset %" PRId64
                    ": the stored records are corrupt: ",
                    TEXT_ARGS(topic->name), partition, batch->base_offset);
    }
    return status;
}

static bool is_small(const struct segment *segment)
{
    return segment->record_count <= SMALL_RECORD_COUNT && segment->values.bytes <= SMALL_BYTES;
}

struct joining {
    struct topic *topic;
    struct segment_box *joined;
};

/* Adds the records of from to joined; false when it is full. */
static enum status join(struct segment_box *joined, const struct segment *from, bool *out_fits,
                        struct diag *diag)
{
    *out_fits = segment_room(joined, from->records, from->record_count) == from->record_count;
    return *out_fits ? segment_append(joined, from->records, from->record_count, diag) : STATUS_OK;
}

static enum status join_next(void *context, const struct stored_batch *batch, bool *keep_going,
                             struct diag *diag)
{
    const struct joining *joining = context;
    const struct segment *joined = &joining->joined->segment;
    struct segment_box *box = NULL;
    *keep_going = batch->base_offset == segment_end_offset(joined) &&
                  batch->record_count <= SMALL_RECORD_COUNT && batch->blob_bytes <= SMALL_BYTES;
    if (!*keep_going) {
        return STATUS_OK;
    }
    TRY(decode(joining->topic, joined->partition, batch, &box, diag));
    const enum status status = join(joining->joined, &box->segment, keep_going, diag);
    segment_unref(&box->segment);
    return status;
}

/* Replaces the small segment *box by one that goes on with the batches behind it. */
static enum status join_small(struct reader *reader, struct topic *topic, struct segment_box **box,
                              struct diag *diag)
{
    const struct segment *first = &(*box)->segment;
    struct joining joining = {topic, segment_create(topic, first->partition)};
    if (!joining.joined) {
        return diag_no_memory(diag);
    }
    bool fits = false;
    struct segment *joined = &joining.joined->segment;
    joined->base_offset = first->base_offset;
    joined->arrival = first->arrival;
    enum status status = join(joining.joined, first, &fits, diag);
    if (status == STATUS_OK) {
        status = reader_scan_blobs(reader, topic->id, first->partition, segment_end_offset(first),
                                   join_next, &joining, diag);
    }
    if (status != STATUS_OK) {
        segment_unref(joined);
        return status;
    }
    segment_seal(joining.joined);
    joining.joined->is_durable = true;
    segment_unref(&(*box)->segment);
    *box = joining.joined;
    return STATUS_OK;
}

static enum status decode_found(struct reader *reader, struct topic *topic, uint32_t partition,
                                int64_t offset, struct segment_box **out, struct diag *diag)
{
    struct stored_batch batch;
    struct segment_box *box = NULL;
    bool found = false;
    TRY(reader_find_batch(reader, topic->id, partition, offset, &batch, &found, diag));
    if (!found) {
        *out = NULL;
        return STATUS_OK;
    }
    TRY(decode(topic, partition, &batch, &box, diag));
    const enum status status =
        is_small(&box->segment) ? join_small(reader, topic, &box, diag) : STATUS_OK;
    if (status != STATUS_OK) {
        segment_unref(&box->segment);
        return status;
    }
    *out = box;
    return STATUS_OK;
}

static enum status read_cold(struct topics *topics, struct topic *topic, uint32_t partition,
                             int64_t offset, struct segment **out, struct diag *diag)
{
    struct reader *reader = NULL;
    struct segment_box *box = NULL;
    TRY(reader_open(topics->database, TOPICS_READ_TIMEOUT_MS, &reader, diag));
    const enum status status = decode_found(reader, topic, partition, offset, &box, diag);
    reader_close(reader);
    if (status != STATUS_OK) {
        return status;
    }
    if (box) {
        cold_keep(topics, box);
    }
    *out = box ? &box->segment : NULL;
    return STATUS_OK;
}

/* With the lock held: *out_is_answered tells that *out, NULL or a new reference, is the answer. */
static enum status read_memory(struct topics *topics, struct topic *topic, uint32_t partition,
                               int64_t *offset, bool committed_only, struct segment **out,
                               bool *out_is_answered, struct diag *diag)
{
    const struct partition *p = &topic->partitions[partition];
    const int64_t end = committed_only ? p->durable_offset : p->end_offset;
    *out_is_answered = true;
    *out = NULL;
    if (topic->is_deleted) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "topic \"%.*s\" is deleted",
                         TEXT_ARGS(topic->name));
    }
    if (*offset > p->end_offset || *offset < 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "topic \"%.*s\", partition %u: offset %" PRId64
                         " is out of range; the end is %" PRId64,
                         TEXT_ARGS(topic->name), partition, *offset, p->end_offset);
    }
    if (*offset >= end) {
        return STATUS_OK;
    }
    *offset = *offset < p->start_offset ? p->start_offset : *offset;
    struct segment_box *box = hot_find(p, *offset);
    box = box ? box : cold_find(topics, topic, partition, *offset);
    assert(!box || !committed_only || box->is_durable); /* segments become durable whole */
    *out_is_answered = box != NULL;
    *out = box ? segment_ref(&box->segment) : NULL;
    return STATUS_OK;
}

enum status topics_read(struct topics *topics, struct topic *topic, uint32_t partition,
                        int64_t offset, bool committed_only, struct segment **out,
                        struct diag *diag)
{
    assert(topic->topics == topics && partition < topic->partition_count);
    bool is_answered = false;
    struct segment *segment = NULL;
    pthread_mutex_lock(&topics->lock);
    enum status status = read_memory(topics, topic, partition, &offset, committed_only, &segment,
                                     &is_answered, diag);
    pthread_mutex_unlock(&topics->lock);
    if (status == STATUS_OK && !is_answered) {
        status = read_cold(topics, topic, partition, offset, &segment, diag);
    }
    if (status == STATUS_OK) {
        *out = segment;
    }
    return status;
}
