/* segment_parts.h: a segment from its first record to its last reader. Private to topics/.
 *
 * Being built, the texts of its records hold places in the buffers instead of addresses, because
 * the buffers still move; segment_seal() turns them into addresses, once and for all. */
#ifndef TOPICS_SEGMENT_PARTS_H
#define TOPICS_SEGMENT_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/status.h"
#include "state/commit.h"
#include "state/reader.h"
#include "topics/segment.h"

struct segment_box {
    struct segment segment; /* first: what readers get is this */
    atomic_uint_fast32_t reference_count;
    bool is_sealed;
    struct topic *owned_topic; /* a reference: topics outlive their segments */
    struct buffer values;
    struct buffer keys;    /* keys and headers, in the order of the records */
    struct buffer headers; /* of struct record_header */
    struct buffer records; /* of struct record */

    /* Under the lock of topics: */
    bool is_durable;
    bool is_published;            /* has an offset and can be read */
    struct segment_box *hot_next; /* among all published segments in memory, oldest first */
    struct segment_box *hot_previous;
    bool is_hot;
};

/* An empty segment with one reference. NULL when memory is out. */
struct segment_box *segment_create(struct topic *topic, uint32_t partition);

static inline struct segment_box *segment_box_of(struct segment *segment)
{
    return (struct segment_box *)segment;
}

/* How many of count records fit, at least one of a segment that is empty. */
size_t segment_room(const struct segment_box *box, const struct record *records, size_t count);

/* Adds copies of records, which segment_room() let pass. */
MUST_USE enum status segment_append(struct segment_box *box, const struct record *records,
                                    size_t count, struct diag *diag);

/* Ends building; no more records come. Cannot fail. */
void segment_seal(struct segment_box *box);

/* Sets memory_bytes. */
void segment_measure(struct segment_box *box);

/* Turns a sealed segment with its offset into what the file holds (segment_codec.c). */
MUST_USE enum status segment_encode(const struct segment *segment, uint64_t topic_id,
                                    struct encoded_batch *out, struct diag *diag);

/* The checksum of a batch at its place. */
uint32_t segment_checksum(uint64_t topic_id, uint32_t partition, int64_t base_offset,
                          struct text blob);

/* Makes a segment of what the file holds. STATUS_CORRUPT, saying what is wrong but not where, when
 * it is not what segment_encode() made for this place. */
MUST_USE enum status segment_decode(struct topic *topic, uint64_t topic_id, uint32_t partition,
                                    const struct stored_batch *batch, struct segment_box **out,
                                    struct diag *diag);

#endif
