/* sink.c
 *
 * Batches are encoded as they come, into two growing buffers for keys and values, with a list
 * of where each record lies. Only collect hands them to the log, because appending belongs to the
 * commit that makes the unit of work durable. Everything a record needs is copied by then: the
 * batch, and the segment its text came from, are gone.
 *
 * Records of one partition keep their order; partitions are appended one after the other, in the
 * order of their first records.
 */
#include "operators/sink.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/record.h"
#include "formats/encoder.h"
#include "formats/window_key.h"
#include "functions/expr.h"
#include "operators/event_time.h"
#include "operators/rows.h"
#include "topics/topics.h"

/* One record that waits for collect. */
struct sink_record {
    struct encoded_record key;
    struct encoded_record value;
    int64_t time_ms;
    const struct record_header *headers;
    uint32_t header_count;
    uint32_t partition;
};

struct sink {
    struct operator op;
    struct sink_options options;
    struct encoder *key_encoder;   /* NULL: records have no key */
    struct encoder *value_encoder; /* NULL: no value columns, every value is null */
    struct event_time *event_time; /* NULL: the row's own time */
    uint32_t partition_count;
    struct buffer keys;
    struct buffer values;
    struct buffer plain_keys; /* of the batch at hand, before their windows are put behind them */
    struct buffer records;    /* of struct sink_record */
    struct arena headers;     /* copies; emptied by collect */
};

static const struct encoded_record null_record = {0, ENCODED_NULL};

/* --- encoding ------------------------------------------------------------------------------- */

static enum status encode_side(struct encoder *encoder, const struct batch *batch,
                               uint32_t first_column, uint32_t column_count, enum row_flag flag,
                               struct buffer *out, struct encoded_record *records,
                               struct diag *diag)
{
    if (!encoder) {
        for (size_t row = 0; row < batch->row_count; row++) {
            records[row] = null_record;
        }
        return STATUS_OK;
    }
    const struct column **columns =
        arena_array(batch->arena, column_count, sizeof(const struct column *));
    uint8_t *is_null = arena_array(batch->arena, batch->row_count, sizeof(*is_null));
    if (!columns || !is_null) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < column_count; i++) {
        columns[i] = &batch->columns[first_column + i];
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        is_null[row] = (batch->flags[row] & (unsigned)flag) != 0;
    }
    const struct encode_rows rows = {.count = batch->row_count, .is_null_record = is_null};
    return encoder_encode(encoder, columns, &rows, out, records, diag);
}

static enum window_key_kind window_key_kind_of(const struct sink *self)
{
    return self->options.window.kind == OP_WINDOW_SESSION ? WINDOW_KEY_SESSION : WINDOW_KEY_TIME;
}

/* Copies the plain keys into the buffer of keys, each with its window behind it. */
static enum status add_windows(struct sink *self, const struct batch *batch,
                               struct encoded_record *records, struct diag *diag)
{
    const enum window_key_kind kind = window_key_kind_of(self);
    assert(batch->window_start_ms);
    for (size_t row = 0; row < batch->row_count; row++) {
        const struct text key = encoded_text(&self->plain_keys, records[row]);
        const size_t offset = self->keys.bytes;
        if (!key.data) {
            continue;
        }
        buffer_append_text(&self->keys, key);
        window_key_append(&self->keys, kind, batch->window_start_ms[row],
                          batch->window_end_ms[row]);
        records[row] =
            (struct encoded_record){(uint32_t)offset, (uint32_t)(self->keys.bytes - offset)};
    }
    return buffer_status(&self->keys, diag);
}

static enum status encode_keys(struct sink *self, const struct batch *batch,
                               struct encoded_record *records, struct diag *diag)
{
    const uint32_t key_count = self->options.key_count;
    if (self->options.window.kind == OP_WINDOW_NONE) {
        return encode_side(self->key_encoder, batch, 0, key_count, ROW_NULL_KEY, &self->keys,
                           records, diag);
    }
    buffer_reset(&self->plain_keys);
    TRY(encode_side(self->key_encoder, batch, 0, key_count, ROW_NULL_KEY, &self->plain_keys,
                    records, diag));
    return add_windows(self, batch, records, diag);
}

/* --- records -------------------------------------------------------------------------------- */

/* By the key's bytes without the window, so that all windows of a key lie in one partition: as
 * Kafka Streams' WindowedStreamPartitioner. */
static uint32_t partition_of(const struct sink *self, struct encoded_record key)
{
    struct text bytes = encoded_text(&self->keys, key);
    if (!bytes.data) {
        return 0;
    }
    if (self->options.window.kind != OP_WINDOW_NONE) {
        bytes.bytes -= window_key_suffix_bytes(window_key_kind_of(self));
    }
    return hash_partition(bytes.data, bytes.bytes, self->partition_count);
}

/* A copy of a text that keeps the difference between null and empty. */
static bool copy_text(struct arena *arena, struct text *text)
{
    if (!text->data) {
        return true;
    }
    *text = arena_text(arena, *text);
    return text->data != NULL;
}

static enum status copy_headers(struct sink *self, const struct record *cause,
                                struct sink_record *record, struct diag *diag)
{
    struct record_header *headers =
        arena_array(&self->headers, cause->header_count, sizeof(*headers));
    if (!headers) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < cause->header_count; i++) {
        headers[i] = cause->headers[i];
        if (!copy_text(&self->headers, &headers[i].key) ||
            !copy_text(&self->headers, &headers[i].value)) {
            return diag_no_memory(diag);
        }
    }
    record->headers = headers;
    record->header_count = cause->header_count;
    return STATUS_OK;
}

static enum status add_records(struct sink *self, const struct batch *batch,
                               const struct encoded_record *keys,
                               const struct encoded_record *values, struct diag *diag)
{
    for (size_t row = 0; row < batch->row_count; row++) {
        struct sink_record record = {.key = keys[row],
                                     .value = values[row],
                                     .time_ms = batch->time_ms[row],
                                     .partition = partition_of(self, keys[row])};
        if (batch->cause && batch->cause[row] && batch->cause[row]->header_count > 0) {
            TRY(copy_headers(self, batch->cause[row], &record, diag));
        }
        buffer_append(&self->records, &record, sizeof(record));
    }
    return buffer_status(&self->records, diag);
}

/* Replaces the rows' times by those of the TIMESTAMP column; drops rows that have none. */
static enum status read_times(struct sink *self, struct op_context *context, struct batch *batch,
                              struct diag *diag)
{
    if (!self->event_time) {
        return STATUS_OK;
    }
    const struct column *column = &batch->columns[self->options.timestamp.column_index];
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    size_t kept = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        const char *reason = NULL;
        if (!(batch->flags[row] & ROW_DELETE)) {
            reason = event_time_read(self->event_time, context->expr->zones, column, row,
                                     &batch->time_ms[row]);
        }
        if (reason) {
            rows_log(&self->op, context, batch, row, reason);
            continue;
        }
        rows[kept++] = (uint32_t)row;
    }
    rows_count(batch, &context->counters->records_failed, batch->row_count - kept);
    batch_compact(batch, rows, kept);
    return STATUS_OK;
}

static enum status sink_push(struct operator* op, struct op_context *context, uint32_t input,
                             struct batch *batch, struct diag *diag)
{
    struct sink *self = (struct sink *)op;
    const struct sink_options *options = &self->options;
    (void)input;
    TRY(rows_complete(batch, options->schema, diag));
    TRY(read_times(self, context, batch, diag));
    if (batch->row_count == 0) {
        return STATUS_OK;
    }
    struct encoded_record *keys = arena_array(batch->arena, batch->row_count, sizeof(*keys));
    struct encoded_record *values = arena_array(batch->arena, batch->row_count, sizeof(*values));
    if (!keys || !values) {
        return diag_no_memory(diag);
    }
    TRY(encode_keys(self, batch, keys, diag));
    TRY(encode_side(self->value_encoder, batch, options->key_count,
                    options->schema->column_count - options->key_count, ROW_DELETE, &self->values,
                    values, diag));
    TRY(add_records(self, batch, keys, values, diag));
    rows_count(batch, &context->counters->records_used, batch->row_count);
    return STATUS_OK;
}

/* --- collect -------------------------------------------------------------------------------- */

static size_t record_count(const struct sink *self)
{
    return self->records.bytes / sizeof(struct sink_record);
}

/* Where each partition's records begin in an array sorted by partition; one more for the end. */
static size_t *partition_starts(const struct sink *self, struct arena *arena)
{
    const struct sink_record *records = (const struct sink_record *)self->records.data;
    size_t *starts = arena_zalloc(arena, (self->partition_count + 1U) * sizeof(*starts));
    for (size_t i = 0; starts && i < record_count(self); i++) {
        starts[records[i].partition + 1U]++;
    }
    for (uint32_t i = 0; starts && i < self->partition_count; i++) {
        starts[i + 1U] += starts[i];
    }
    return starts;
}

static struct record record_of(const struct sink *self, const struct sink_record *record)
{
    return (struct record){
        .key = encoded_text(&self->keys, record->key),
        .value = encoded_text(&self->values, record->value),
        .time_ms = record->time_ms,
        .headers = record->headers,
        .header_count = record->header_count,
    };
}

static enum status append_all(struct sink *self, struct arena *arena, struct commit *commit,
                              struct diag *diag)
{
    const struct sink_record *waiting = (const struct sink_record *)self->records.data;
    struct record *records = arena_array(arena, record_count(self), sizeof(*records));
    size_t *starts = partition_starts(self, arena);
    size_t *next = arena_array(arena, self->partition_count, sizeof(*next));
    if (!records || !starts || !next) {
        return diag_no_memory(diag);
    }
    memcpy(next, starts, self->partition_count * sizeof(*next));
    for (size_t i = 0; i < record_count(self); i++) {
        records[next[waiting[i].partition]++] = record_of(self, &waiting[i]);
    }
    /* Partitions go in the order of their first records, which is all of the order across
     * partitions that a log can keep. */
    for (size_t i = 0; i < record_count(self); i++) {
        const uint32_t partition = waiting[i].partition;
        const size_t count = starts[partition + 1U] - starts[partition];
        if (next[partition] != starts[partition]) {
            TRY(topics_append(self->options.topics, commit, self->options.topic, partition,
                              records + starts[partition], count, diag));
            next[partition] = starts[partition]; /* done */
        }
    }
    return STATUS_OK;
}

static enum status sink_collect(struct operator* op, struct op_context *context,
                                struct commit *commit, struct diag *diag)
{
    struct sink *self = (struct sink *)op;
    if (record_count(self) == 0) {
        return STATUS_OK;
    }
    TRY(append_all(self, context->batch_arena, commit, diag));
    context->counters->records_out += record_count(self);
    buffer_reset(&self->keys);
    buffer_reset(&self->values);
    buffer_reset(&self->records);
    arena_reset(&self->headers);
    return STATUS_OK;
}

static void sink_release(struct operator* op)
{
    struct sink *self = (struct sink *)op;
    buffer_release(&self->keys);
    buffer_release(&self->values);
    buffer_release(&self->plain_keys);
    buffer_release(&self->records);
    arena_release(&self->headers);
}

static const struct op_vtable sink_vtable = {
    .name = "sink", .push = sink_push, .collect = sink_collect, .release = sink_release};

/* --- creation ------------------------------------------------------------------------------- */

static enum status create_encoder(struct arena *arena, const struct sink_options *options,
                                  enum format_side side, struct encoder **out, struct diag *diag)
{
    const bool is_key = side == FORMAT_KEY;
    const struct op_serde *serde = is_key ? &options->key : &options->value;
    const uint32_t first = is_key ? 0 : options->key_count;
    const uint32_t count =
        is_key ? options->key_count : options->schema->column_count - options->key_count;
    struct type_field *fields = arena_array(arena, count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(diag);
    }
    if (count == 0) {
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct schema_column *column = &options->schema->columns[first + i];
        fields[i] = (struct type_field){column->name, column->type};
    }
    const struct encoder_options encoder_options = {
        .format = serde->format,
        .side = side,
        .wrap = serde->wrap,
        .delimiter = serde->delimiter,
        .schema = serde->schema,
        .column_count = count,
        .columns = fields,
    };
    return encoder_create(arena, &encoder_options, out, diag);
}

enum status sink_create(struct arena *arena, const struct sink_options *options,
                        struct operator** out, struct diag *diag)
{
    struct sink *self = ARENA_NEW(arena, struct sink);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &sink_vtable, .place = options->place};
    self->options = *options;
    self->partition_count =
        options->writes_first_partition ? 1 : topic_partition_count(options->topic);
    buffer_init(&self->keys);
    buffer_init(&self->values);
    buffer_init(&self->plain_keys);
    buffer_init(&self->records);
    arena_init(&self->headers);
    TRY(create_encoder(arena, options, FORMAT_KEY, &self->key_encoder, diag));
    TRY(create_encoder(arena, options, FORMAT_VALUE, &self->value_encoder, diag));
    if (options->timestamp.column_index >= 0) {
        const uint32_t position = (uint32_t)options->timestamp.column_index;
        TRY(event_time_create(arena, &self->options.timestamp,
                              options->schema->columns[position].type, &self->event_time, diag));
    }
    *out = &self->op;
    return STATUS_OK;
}
