/* segment.c
 *
 * A segment is built by one thread inside a commit, sealed when the commit is submitted, and read
 * by many from then on. Keys and values lie in two buffers, so that values are contiguous, and
 * the records beside them as readers want them: a follower of the log pays nothing for decoding.
 * That costs 56 bytes a record while the segment is in memory; the file holds none of it.
 */
#include "topics/segment_parts.h"

#include <assert.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "topics/topics.h"

enum { PAGE_BYTES = 4096 };

struct segment_box *segment_create(struct topic *topic, uint32_t partition)
{
    struct segment_box *box = memory_zalloc(sizeof(*box));
    if (box) {
        box->owned_topic = topic_ref(topic);
        box->segment.topic = topic;
        box->segment.partition = partition;
        atomic_init(&box->reference_count, 1);
        buffer_init(&box->values);
        buffer_init(&box->keys);
        buffer_init(&box->headers);
        buffer_init(&box->records);
    }
    return box;
}

struct segment *segment_ref(struct segment *segment)
{
    atomic_fetch_add_explicit(&segment_box_of(segment)->reference_count, 1, memory_order_relaxed);
    return segment;
}

void segment_unref(struct segment *segment)
{
    if (!segment) {
        return;
    }
    struct segment_box *box = segment_box_of(segment);
    if (atomic_fetch_sub_explicit(&box->reference_count, 1, memory_order_acq_rel) != 1) {
        return;
    }
    assert(!box->is_hot);
    buffer_release(&box->values);
    buffer_release(&box->keys);
    buffer_release(&box->headers);
    buffer_release(&box->records);
    topic_unref(box->owned_topic);
    memory_free(box);
}

/* --- building -------------------------------------------------------------------------------- */

static size_t record_bytes(const struct record *record)
{
    size_t bytes = record->key.bytes + record->value.bytes;
    for (uint32_t i = 0; i < record->header_count; i++) {
        bytes += record->headers[i].key.bytes + record->headers[i].value.bytes;
    }
    return bytes;
}

size_t segment_room(const struct segment_box *box, const struct record *records, size_t count)
{
    size_t bytes = box->values.bytes + box->keys.bytes + SEGMENT_PADDING_BYTES;
    const size_t count_max = SEGMENT_RECORD_COUNT_MAX - box->segment.record_count;
    size_t fitting = 0;
    for (; fitting < count && fitting < count_max; fitting++) {
        bytes += record_bytes(&records[fitting]);
        const bool is_first = box->segment.record_count == 0 && fitting == 0;
        if (bytes > SEGMENT_BYTES_MAX && !is_first) {
            break;
        }
    }
    return fitting;
}

/* Copies text to the end of buffer; the result's data is its place plus one, so that place 0 is
 * told from NULL. */
static struct text store(struct buffer *buffer, struct text text)
{
    if (!text.data) {
        return (struct text){0};
    }
    const uintptr_t place = buffer->bytes + 1;
    buffer_reserve(buffer, 1); /* an empty text needs an address too */
    buffer_append_text(buffer, text);
    return (struct text){(const char *)place, text.bytes};
}

static struct text locate(const struct buffer *buffer, struct text text)
{
    if (!text.data) {
        return text;
    }
    return (struct text){buffer->data + (uintptr_t)text.data - 1, text.bytes};
}

static const struct record_header *store_headers(struct segment_box *box,
                                                 const struct record *record)
{
    if (record->header_count == 0) {
        return NULL;
    }
    const uintptr_t place = box->headers.bytes + 1;
    for (uint32_t i = 0; i < record->header_count; i++) {
        struct record_header header = {.key = store(&box->keys, record->headers[i].key),
                                       .value = store(&box->keys, record->headers[i].value)};
        buffer_append(&box->headers, &header, sizeof(header));
    }
    return (const struct record_header *)place;
}

static void append_one(struct segment_box *box, const struct record *record)
{
    struct segment *segment = &box->segment;
    struct record stored = {.key = store(&box->keys, record->key),
                            .value = store(&box->values, record->value),
                            .time_ms = record->time_ms,
                            .header_count = record->header_count};
    stored.headers = store_headers(box, record);
    buffer_append(&box->records, &stored, sizeof(stored));

    const bool is_first = segment->record_count == 0;
    if (is_first || record->time_ms < segment->time_min_ms) {
        segment->time_min_ms = record->time_ms;
    }
    if (is_first || record->time_ms > segment->time_max_ms) {
        segment->time_max_ms = record->time_ms;
    }
    segment->record_count++;
}

enum status segment_append(struct segment_box *box, const struct record *records, size_t count,
                           struct diag *diag)
{
    assert(!box->is_sealed);
    size_t value_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        value_bytes += records[i].value.bytes;
    }
    buffer_reserve(&box->values, value_bytes + SEGMENT_PADDING_BYTES);
    buffer_reserve(&box->records, count * sizeof(struct record));
    for (size_t i = 0; i < count; i++) {
        append_one(box, &records[i]);
    }
    buffer_reserve(&box->values, SEGMENT_PADDING_BYTES); /* sealing cannot fail */
    TRY(buffer_status(&box->values, diag));
    TRY(buffer_status(&box->keys, diag));
    TRY(buffer_status(&box->headers, diag));
    return buffer_status(&box->records, diag);
}

/* What a buffer costs: of a large one, pages that were never written cost nothing. */
static size_t buffer_cost(const struct buffer *buffer)
{
    const size_t touched = buffer->bytes + PAGE_BYTES;
    return buffer->capacity < touched ? buffer->capacity : touched;
}

void segment_measure(struct segment_box *box)
{
    box->segment.memory_bytes = sizeof(*box) + buffer_cost(&box->values) + buffer_cost(&box->keys) +
                                buffer_cost(&box->headers) + buffer_cost(&box->records);
}

void segment_seal(struct segment_box *box)
{
    if (box->is_sealed) {
        return;
    }
    struct segment *segment = &box->segment;
    struct record *records = (struct record *)(void *)box->records.data;
    struct record_header *headers = (struct record_header *)(void *)box->headers.data;
    const size_t header_count = box->headers.bytes / sizeof(*headers);
    for (size_t i = 0; i < header_count; i++) {
        headers[i].key = locate(&box->keys, headers[i].key);
        headers[i].value = locate(&box->keys, headers[i].value);
    }
    for (uint32_t i = 0; i < segment->record_count; i++) {
        records[i].key = locate(&box->keys, records[i].key);
        records[i].value = locate(&box->values, records[i].value);
        if (records[i].header_count > 0) {
            const uintptr_t place = (uintptr_t)records[i].headers - 1;
            records[i].headers = headers + place / sizeof(*headers);
        }
    }
    memset(box->values.data + box->values.bytes, 0, SEGMENT_PADDING_BYTES);
    segment->records = records;
    segment->values = buffer_text(&box->values);
    segment_measure(box);
    box->is_sealed = true;
}
