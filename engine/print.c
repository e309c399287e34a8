/* print.c
 *
 * PRINT shows the records of a topic without knowing its formats: print_guess.c keeps those that
 * have fitted all keys (and all values) so far. Records are taken in runs, over all partitions and
 * as long as there are some; the guesses see a whole run before any of it is shown, so that its
 * records are shown alike, and formats are listed again before a run that has changed them. A run
 * is short, because its segments and its text are held in memory. Each begins with another
 * partition, so that a busy one does not hide the others. Records that INTERVAL leaves out are not
 * looked at.
 * Source: ksqlDB's TopicStreamWriter and RecordFormatter. */
#include <stdatomic.h>

#include "base/civil_time.h"
#include "base/memory.h"
#include "engine/print_guess.h"
#include "engine/statement_query.h"

enum {
    RUN_RECORDS_MAX = 500,   /* as many as Kafka's consumer gives at once */
    RUN_BYTES_MAX = 1 << 20, /* of segments; one more may be begun */
    NO_TIME_MS = -1 /* Kafka's: a record without a time */
};

struct run_record {
    const struct record *record; /* of a segment of the run */
    uint32_t partition;
};

/* The records that are shown next. */
struct run {
    uint32_t record_count;
    uint32_t segment_count; /* each has a record of the run */
    size_t bytes;
    struct run_record records[RUN_RECORDS_MAX];
    struct segment *segments[RUN_RECORDS_MAX];
};

struct print {
    struct topics *topics;
    struct topic *topic;
    int64_t *next_offsets;    /* one per partition */
    uint32_t first_partition; /* of the next run */
    uint64_t interval;        /* every n-th record, from the first */
    uint64_t seen;
    bool has_limit;
    uint64_t rows_left;
    struct print_guess key;
    struct print_guess value;
    struct run run;
    struct buffer lines;
};

/* --- Rows --------------------------------------------------------------------------------- */

/* Years before the first count backwards, as in Java's "yyyy". */
static void append_time(struct buffer *out, int64_t time_ms)
{
    int32_t ms = 0;
    if (time_ms == NO_TIME_MS) {
        buffer_append_string(out, "N/A");
        return;
    }
    const struct civil_time_date date = civil_time_date(civil_time_split(time_ms, &ms));
    const long long year = date.year > 0 ? date.year : 1 - date.year;
    buffer_printf(out, "%s%04lld/%02d/%02d %02d:%02d:%02d.%03d Z", year > 9999 ? "+" : "", year,
                  date.month, date.day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

static enum status show_record(struct print *print, const struct run_record *row,
                               struct diag *diag)
{
    const struct record *record = row->record;
    buffer_append_string(&print->lines, "rowtime: ");
    append_time(&print->lines, record->time_ms);
    buffer_append_string(&print->lines, ", key: ");
    TRY(print_guess_append(&print->key, record->key, &print->lines, diag));
    buffer_append_string(&print->lines, ", value: ");
    TRY(print_guess_append(&print->value, record->value, &print->lines, diag));
    buffer_printf(&print->lines, ", partition: %u\n", row->partition);
    return STATUS_OK;
}

static enum status show_run(struct print *print, struct diag *diag)
{
    const struct run *run = &print->run;
    for (uint32_t i = 0; i < run->record_count; i++) {
        TRY(print_guess_narrow(&print->key, run->records[i].record->key, diag));
        TRY(print_guess_narrow(&print->value, run->records[i].record->value, diag));
    }
    if (run->record_count > 0) {
        print_guess_append_formats(&print->key, &print->lines);
        print_guess_append_formats(&print->value, &print->lines);
    }
    for (uint32_t i = 0; i < run->record_count; i++) {
        TRY(show_record(print, &run->records[i], diag));
    }
    return buffer_status(&print->lines, diag);
}

/* --- Runs --------------------------------------------------------------------------------- */

static bool has_all(const struct print *print)
{
    return print->has_limit && print->rows_left == 0;
}

static bool is_full(const struct print *print)
{
    return has_all(print) || print->run.record_count == RUN_RECORDS_MAX ||
           print->run.bytes >= RUN_BYTES_MAX;
}

/* Takes what is to be shown of segment; the run then owns it. */
static void take_segment(struct print *print, struct segment *segment)
{
    struct run *run = &print->run;
    const uint32_t count = run->record_count;
    int64_t *next = &print->next_offsets[segment->partition];
    if (segment->base_offset > *next) {
        *next = segment->base_offset;
    }
    while (*next < segment_end_offset(segment) && !has_all(print) &&
           run->record_count < RUN_RECORDS_MAX) {
        const struct record *record = &segment->records[*next - segment->base_offset];
        if (print->seen++ % print->interval == 0) {
            run->records[run->record_count++] = (struct run_record){record, segment->partition};
            print->rows_left--;
        }
        (*next)++;
    }
    if (run->record_count == count) {
        segment_unref(segment);
        return;
    }
    run->segments[run->segment_count++] = segment;
    run->bytes += segment->memory_bytes;
}

static enum status take_partition(struct print *print, uint32_t partition,
                                  const struct cursor *cursor, struct diag *diag)
{
    while (!is_full(print) && !atomic_load(&cursor->is_terminated)) {
        struct segment *segment = NULL;
        TRY(topics_read(print->topics, print->topic, partition, print->next_offsets[partition],
                        true, &segment, diag));
        if (!segment) {
            break;
        }
        take_segment(print, segment);
    }
    return STATUS_OK;
}

static enum status take_run(struct print *print, const struct cursor *cursor, struct diag *diag)
{
    const uint32_t partitions = topic_partition_count(print->topic);
    const uint32_t first = print->first_partition;
    print->first_partition = (first + 1) % partitions;
    for (uint32_t i = 0; i < partitions; i++) {
        TRY(take_partition(print, (first + i) % partitions, cursor, diag));
    }
    return STATUS_OK;
}

static void release_run(struct run *run)
{
    for (uint32_t i = 0; i < run->segment_count; i++) {
        segment_unref(run->segments[i]);
    }
    run->record_count = 0;
    run->segment_count = 0;
    run->bytes = 0;
}

/* --- The cursor --------------------------------------------------------------------------- */

static enum status fill(struct cursor *cursor, struct diag *diag)
{
    struct print *print = cursor->source;
    buffer_reset(&print->lines);
    enum status status = take_run(print, cursor, diag);
    if (status == STATUS_OK) {
        status = show_run(print, diag);
    }
    release_run(&print->run);
    TRY(status);
    if (print->lines.bytes > 0) {
        TRY(cursor_add_lines(cursor, buffer_text(&print->lines), diag));
    }
    if (has_all(print)) {
        cursor_end(cursor, "");
    }
    return STATUS_OK;
}

static void each_topic(const struct cursor *cursor,
                       void (*visit)(void *context, struct topic *topic), void *context)
{
    const struct print *print = cursor->source;
    visit(context, print->topic);
}

static void release(struct cursor *cursor)
{
    struct print *print = cursor->source;
    topic_unref(print->topic);
    print_guess_release(&print->key);
    print_guess_release(&print->value);
    buffer_release(&print->lines);
    memory_free(print->next_offsets);
    memory_free(print);
}

static const struct cursor_vtable print_vtable = {
    .kind = CURSOR_PRINT, .fill = fill, .each_topic = each_topic, .release = release};

static enum status check(struct execution *execution)
{
    const struct print_statement *statement = &execution->statement->print;
    if (statement->has_interval && statement->interval < 1) {
        return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                         "INTERVAL must be greater than one, but was: %lld",
                         (long long)statement->interval);
    }
    return STATUS_OK;
}

static struct print *new_print(struct execution *execution, struct topic *topic)
{
    const struct print_statement *statement = &execution->statement->print;
    const uint32_t partitions = topic_partition_count(topic);
    struct print *print = memory_zalloc(sizeof(*print));
    int64_t *offsets = memory_zalloc(partitions * sizeof(*offsets));
    if (!print || !offsets) {
        memory_free(print);
        memory_free(offsets);
        return NULL;
    }
    print->topics = execution->engine->topics;
    print->topic = topic;
    print->next_offsets = offsets;
    print->interval = statement->has_interval ? (uint64_t)statement->interval : 1;
    print->has_limit = statement->has_limit;
    print->rows_left = statement->has_limit ? (uint64_t)statement->limit : UINT64_MAX;
    print_guess_init(&print->key, FORMAT_KEY, &execution->engine->schemas.registry);
    print_guess_init(&print->value, FORMAT_VALUE, &execution->engine->schemas.registry);
    buffer_init(&print->lines);
    for (uint32_t i = 0; i < partitions; i++) {
        const struct topic_range range = topics_range(print->topics, topic, i);
        offsets[i] = statement->from_beginning ? range.start_offset : range.durable_offset;
    }
    return print;
}

enum status print_open(struct execution *execution, struct cursor **out)
{
    const struct identifier *name = &execution->statement->print.topic;
    TRY(check(execution));
    struct topic *topic = topics_find(execution->engine->topics, name->name);
    if (!topic) {
        return diag_fail(execution->diag, STATUS_MISSING, name->pos,
                         "Could not find topic '%.*s', or the KSQL user does not have permissions "
                         "to list the topic. Topic names are case-sensitive.",
                         TEXT_ARGS(name->name));
    }
    struct cursor *cursor = NULL;
    struct print *print = new_print(execution, topic);
    if (!print || cursor_create(execution->engine, &print_vtable, &cursor, execution->diag)) {
        topic_unref(topic);
        if (print) {
            memory_free(print->next_offsets);
            memory_free(print);
        }
        return diag_no_memory(execution->diag);
    }
    cursor->source = print;
    *out = cursor;
    return STATUS_OK;
}
