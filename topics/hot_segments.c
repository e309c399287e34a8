/* hot_segments.c
 *
 * The newest segments stay in memory so that whoever follows the log never reads back what was
 * just written. Each is in two orders: in its partition's ring, by offset, for lookups (binary
 * search), and in one list over all topics, by arrival, for eviction. Both orders agree within
 * a partition, so the oldest segment of all is the oldest of its partition, and evicting it leaves
 * a ring without holes. Segments that are not durable are only here and are never evicted; the
 * committer's queue bounds them.
 */
#include <assert.h>

#include "base/memory.h"
#include "topics/topics_parts.h"

enum { RING_CAPACITY_FIRST = 8 };

static struct segment_box *ring_at(const struct partition *partition, uint32_t index)
{
    return partition->ring[(partition->ring_first + index) & (partition->ring_capacity - 1)];
}

enum status partition_reserve(struct partition *partition, uint32_t count, struct diag *diag)
{
    const uint32_t needed = partition->ring_count + count;
    if (needed <= partition->ring_capacity) {
        return STATUS_OK;
    }
    uint32_t capacity = partition->ring_capacity ? partition->ring_capacity : RING_CAPACITY_FIRST;
    while (capacity < needed) {
        capacity *= 2;
    }
    struct segment_box **ring = memory_alloc(capacity * sizeof(struct segment_box *));
    if (!ring) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < partition->ring_count; i++) {
        ring[i] = ring_at(partition, i);
    }
    memory_free(partition->ring);
    partition->ring = ring;
    partition->ring_capacity = capacity;
    partition->ring_first = 0;
    return STATUS_OK;
}

static struct partition *partition_of(const struct segment_box *box)
{
    return &box->owned_topic->partitions[box->segment.partition];
}

void hot_publish(struct topics *topics, struct segment_box *box)
{
    struct partition *partition = partition_of(box);
    assert(partition->ring_count < partition->ring_capacity);
    assert(box->segment.base_offset == partition->end_offset);
    const uint32_t mask = partition->ring_capacity - 1;
    partition->ring[(partition->ring_first + partition->ring_count) & mask] = box;
    partition->ring_count++;
    partition->end_offset = segment_end_offset(&box->segment);

    box->hot_previous = topics->hot_last;
    box->hot_next = NULL;
    if (topics->hot_last) {
        topics->hot_last->hot_next = box;
    } else {
        topics->hot_first = box;
    }
    topics->hot_last = box;
    topics->hot_bytes += box->segment.memory_bytes;
    box->is_hot = true;
    box->is_published = true;
    (void)segment_ref(&box->segment);
}

struct segment_box *hot_find(const struct partition *partition, int64_t offset)
{
    uint32_t low = 0; /* segments before low end at or before offset */
    uint32_t high = partition->ring_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (segment_end_offset(&ring_at(partition, middle)->segment) <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == partition->ring_count) {
        return NULL;
    }
    struct segment_box *box = ring_at(partition, low);
    return box->segment.base_offset <= offset ? box : NULL;
}

/* Takes the oldest segment of a partition out of both orders and puts it before *dropped. */
static void drop_oldest(struct topics *topics, struct partition *partition,
                        struct segment_box **dropped)
{
    struct segment_box *box = ring_at(partition, 0);
    partition->ring_first = (partition->ring_first + 1) & (partition->ring_capacity - 1);
    partition->ring_count--;
    if (box->hot_previous) {
        box->hot_previous->hot_next = box->hot_next;
    } else {
        topics->hot_first = box->hot_next;
    }
    if (box->hot_next) {
        box->hot_next->hot_previous = box->hot_previous;
    } else {
        topics->hot_last = box->hot_previous;
    }
    topics->hot_bytes -= box->segment.memory_bytes;
    box->is_hot = false;
    box->hot_next = *dropped;
    *dropped = box;
}

void hot_evict(struct topics *topics, struct segment_box **out_dropped)
{
    while (topics->hot_bytes > topics->memory_bytes_max && topics->hot_first->is_durable) {
        struct partition *partition = partition_of(topics->hot_first);
        assert(ring_at(partition, 0) == topics->hot_first);
        drop_oldest(topics, partition, out_dropped);
    }
}

void hot_drop_before(struct topics *topics, struct topic *topic, uint32_t partition_index,
                     int64_t offset, struct segment_box **out_dropped)
{
    struct partition *partition = &topic->partitions[partition_index];
    while (partition->ring_count > 0) {
        const struct segment_box *box = ring_at(partition, 0);
        if (!box->is_durable || segment_end_offset(&box->segment) > offset) {
            return;
        }
        drop_oldest(topics, partition, out_dropped);
    }
}

void hot_drop_topic(struct topics *topics, struct topic *topic, struct segment_box **out_dropped)
{
    for (uint32_t i = 0; i < topic->partition_count; i++) {
        while (topic->partitions[i].ring_count > 0) {
            drop_oldest(topics, &topic->partitions[i], out_dropped);
        }
    }
}

void hot_drop_all(struct topics *topics, struct segment_box **out_dropped)
{
    while (topics->hot_first) {
        drop_oldest(topics, partition_of(topics->hot_first), out_dropped);
    }
}

void hot_unref_all(struct segment_box *dropped)
{
    while (dropped) {
        struct segment_box *next = dropped->hot_next;
        segment_unref(&dropped->segment);
        dropped = next;
    }
}
