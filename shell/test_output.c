/* test_output.c
 *
 * A topic's records are put back into the order in which they were written, over all partitions:
 * by the arrival of their segments, then by partition and offset. That is the order in which a
 * case lists them.
 */
#include "shell/test_output.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "shell/test_catalog.h"
#include "shell/test_compare.h"
#include "shell/test_view.h"
#include "topics/topics.h"

struct output_check {
    struct arena *arena;
    struct engine *engine;
    struct text topic;
    struct test_topic declared;
    struct diag *diag;
};

/* --- Reading ------------------------------------------------------------------------------ */

struct topic_records {
    struct segment **segments; /* references, in order of arrival */
    size_t segment_count;
    size_t segment_capacity;
};

static void release_records(struct topic_records *records)
{
    for (size_t i = 0; i < records->segment_count; i++) {
        segment_unref(records->segments[i]);
    }
}

/* Takes segment. */
static enum status add_segment(const struct output_check *check, struct topic_records *records,
                               struct segment *segment)
{
    if (records->segment_count == records->segment_capacity) {
        const size_t capacity = records->segment_capacity * 2 + 16;
        struct segment **segments = arena_array(check->arena, capacity, sizeof(*segments));
        if (!segments) {
            segment_unref(segment);
            return diag_no_memory(check->diag);
        }
        if (records->segment_count > 0) {
            memcpy(segments, records->segments, records->segment_count * sizeof(*segments));
        }
        records->segments = segments;
        records->segment_capacity = capacity;
    }
    records->segments[records->segment_count++] = segment;
    return STATUS_OK;
}

static enum status read_partition(const struct output_check *check, struct topic *topic,
                                  uint32_t partition, struct topic_records *records)
{
    struct topics *topics = engine_topics(check->engine);
    const struct topic_range range = topics_range(topics, topic, partition);
    int64_t offset = range.start_offset;
    while (offset < range.durable_offset) {
        struct segment *segment = NULL;
        TRY(topics_read(topics, topic, partition, offset, true, &segment, check->diag));
        if (!segment) {
            break;
        }
        offset = segment_end_offset(segment);
        TRY(add_segment(check, records, segment));
    }
    return STATUS_OK;
}

static int compare_arrival(const void *left, const void *right)
{
    const struct segment *a = *(struct segment *const *)left;
    const struct segment *b = *(struct segment *const *)right;
    return (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

/* Release records in any case. */
static enum status read_topic(const struct output_check *check, struct topic_records *records)
{
    struct topic *topic = topics_find(engine_topics(check->engine), check->topic);
    enum status status = STATUS_OK;
    *records = (struct topic_records){0};
    for (uint32_t i = 0; topic && i < topic_partition_count(topic) && status == STATUS_OK; i++) {
        status = read_partition(check, topic, i, records);
    }
    topic_unref(topic);
    if (records->segment_count > 0) {
        qsort(records->segments, records->segment_count, sizeof(*records->segments),
              compare_arrival);
    }
    return status;
}

/* --- Comparing ---------------------------------------------------------------------------- */

static bool is_of_topic(const struct tree *expected, struct text topic)
{
    const struct tree *name = tree_find(expected, TEXT("topic"));
    return name && text_equal(name->text, topic);
}

/* The next of the expected records from expected on that is of this topic. */
static const struct tree *next_of_topic(const struct tree *expected, struct text topic)
{
    while (expected && !is_of_topic(expected, topic)) {
        expected = expected->next;
    }
    return expected;
}

/* The expected record in one line; white space inside its strings suffers too. */
static void append_one_line(struct buffer *out, struct text source)
{
    for (size_t i = 0; i < source.bytes; i++) {
        const bool is_space = isspace((unsigned char)source.data[i]);
        if (!is_space) {
            buffer_append_byte(out, source.data[i]);
        } else if (!isspace((unsigned char)source.data[i - 1])) { /* it starts with '{' */
            buffer_append_byte(out, ' ');
        }
    }
}

static enum status fail_record(const struct output_check *check, size_t index, const char *what,
                               const struct tree *expected, const struct test_view *actual)
{
    struct buffer line;
    struct buffer wanted;
    buffer_init(&line);
    buffer_init(&wanted);
    append_one_line(&wanted, expected ? expected->source : TEXT("(no record)"));
    if (actual) {
        test_view_print(&line, actual);
    } else {
        buffer_append_string(&line, "(no record)");
    }
    const enum status status = diag_fail(
        check->diag, STATUS_INVALID, SQL_POS_NONE,
        "topic %.*s, record %zu: %s\n  expected: %.*s\n  actual:   %.*s", TEXT_ARGS(check->topic),
        index, what, TEXT_ARGS(buffer_text(&wanted)), TEXT_ARGS(buffer_text(&line)));
    buffer_release(&line);
    buffer_release(&wanted);
    return status;
}

/* expected NULL: there should be no such record. */
static enum status check_record(const struct output_check *check, size_t index,
                                const struct record *record, const struct tree *expected)
{
    struct test_view view;
    const char *part = NULL;
    TRY(test_view_read(check->arena, &check->declared, record, &view, check->diag));
    if (!expected) {
        return fail_record(check, index, "one record too many", NULL, &view);
    }
    TRY(test_compare_record(check->arena, &view, expected, &part, check->diag));
    return part ? fail_record(check, index, part, expected, &view) : STATUS_OK;
}

static enum status check_records(const struct output_check *check,
                                 const struct topic_records *records, const struct tree *expected)
{
    size_t index = 0;
    for (size_t i = 0; i < records->segment_count; i++) {
        const struct segment *segment = records->segments[i];
        for (uint32_t r = 0; r < segment->record_count; r++, index++) {
            TRY(check_record(check, index, &segment->records[r], expected));
            expected = next_of_topic(expected->next, check->topic);
        }
    }
    return expected ? fail_record(check, index, "a record is missing", expected, NULL) : STATUS_OK;
}

static enum status check_topic(const struct output_check *check, const struct tree *expected)
{
    struct topic_records records;
    enum status status = read_topic(check, &records);
    if (status == STATUS_OK) {
        status = check_records(check, &records, expected);
    }
    release_records(&records);
    return status;
}

enum status test_output_check(struct arena *arena, struct engine *engine,
                              const struct tree *outputs, struct diag *diag)
{
    for (const struct tree *record = outputs; record; record = record->next) {
        struct output_check check = {.arena = arena, .engine = engine, .diag = diag};
        TRY(tree_get_text(record, "topic", &check.topic, diag));
        if (next_of_topic(outputs, check.topic) != record) {
            continue; /* not the first of its topic */
        }
        check.declared = test_topic_find(engine, check.topic);
        TRY(check_topic(&check, record));
    }
    return STATUS_OK;
}
