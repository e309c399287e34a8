/* segment.h: a run of records of one partition, as tasks and consumers read it.
 *
 * Values lie back to back in the order of the records, so that a decoder runs over one piece of
 * memory; SEGMENT_PADDING_BYTES behind the last one may be read (they are zero), so that it can
 * do so 64 bytes at a time. Segments are immutable and counted: many readers share one. Thread:
 * any. */
#ifndef TOPICS_SEGMENT_H
#define TOPICS_SEGMENT_H

#include <stdint.h>

#include "base/record.h"

struct topic;

enum { SEGMENT_PADDING_BYTES = 64 };

struct segment {
    const struct topic *topic; /* valid as long as the segment */
    uint32_t partition;
    uint32_t record_count; /* at least 1 */
    int64_t base_offset;   /* of records[0]; offsets are dense */
    uint64_t arrival;      /* of the first record's batch: the order of writing over all topics; a
                            * segment read from the file may join several batches */
    int64_t time_min_ms;
    int64_t time_max_ms;
    const struct record *records;
    struct text values; /* all values back to back */
    size_t memory_bytes;
};

struct segment *segment_ref(struct segment *segment);
/* Accepts NULL. */
void segment_unref(struct segment *segment);

/* One past the last offset. */
static inline int64_t segment_end_offset(const struct segment *segment)
{
    return segment->base_offset + (int64_t)segment->record_count;
}

#endif
