/* source.c
 *
 * A run of records becomes batches: keys and values go to their decoders as arrays of slices, the
 * decoded columns take their places in the step's schema, and what the record itself knows
 * (time, headers, window, position) is put beside them. Rows that failed anywhere are taken
 * out at the end by one compaction, so the usual batch without failures is never copied. Cost
 * beside decoding: some nanoseconds a record.
 */
#include "operators/source.h"

#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "formats/decoder.h"
#include "formats/window_key.h"
#include "functions/expr.h"
#include "operators/event_time.h"
#include "operators/rows.h"
#include "operators/source_share.h"

/* One side of the records: which columns of the schema it fills. */
struct source_side {
    uint32_t column_count; /* 0: there is nothing to decode */
    uint32_t *positions;   /* in the schema, per column of the decoder */
    struct decoder_options decoding;
    struct decoder *decoder; /* NULL until the first records: thousands of subscribers see none */
};

struct source {
    struct operator op;
    struct arena *arena; /* the one that owns it */
    struct source_options options;
    uint32_t declared_count; /* columns before the pseudo columns */
    struct source_side key;
    struct source_side value;
    struct event_time *event_time; /* NULL: the record's own time */
    struct source_share *share;    /* NULL: decodes for itself alone */
};

/* One batch in the making. */
struct source_slice {
    struct op_context *context;
    const struct source_run *run;
    size_t first; /* of run->records */
    struct batch *batch;
    uint8_t *has_failed;
    size_t failed_count;
    const char *fatal;  /* what ends the query, by its options; NULL: nothing */
    const char *reason; /* the failing row's message that goes with it */
};

static const struct record *record_at(const struct source_slice *slice, size_t row)
{
    return &slice->run->records[slice->first + row];
}

static void fail_row(struct source *self, struct source_slice *slice, size_t row,
                     enum log_kind kind, bool is_key, const char *message)
{
    if (slice->has_failed[row]) {
        return;
    }
    const struct record *record = record_at(slice, row);
    const struct log_entry entry = {
        .kind = kind,
        .step = self->op.place.step,
        .message = message,
        .topic = self->options.topic,
        .has_origin = true,
        .origin = slice->batch->origin[row],
        .is_key = is_key,
        .record = is_key ? record->key : record->value,
    };
    slice->has_failed[row] = 1;
    slice->failed_count++;
    slice->context->log(slice->context->log_context, &entry);
}

/* --- keys ----------------------------------------------------------------------------------- */

static enum window_key_kind window_key_kind_of(const struct source *self)
{
    return self->options.window.kind == OP_WINDOW_SESSION ? WINDOW_KEY_SESSION : WINDOW_KEY_TIME;
}

/* Takes the window off a key's bytes and puts it beside the row. */
static void split_window(struct source *self, struct source_slice *slice, size_t row,
                         struct text *key)
{
    struct batch *batch = slice->batch;
    struct window_key window = {0};
    if (key->data &&
        !window_key_split(*key, window_key_kind_of(self), self->options.window.size_ms, &window)) {
        fail_row(self, slice, row, LOG_DESERIALIZATION, true,
                 "Error deserializing windowed key: too few bytes for a window");
    }
    batch->window_start_ms[row] = window.start_ms;
    batch->window_end_ms[row] = window.end_ms;
    *key = window.key;
}

static enum status read_keys(struct source *self, struct source_slice *slice, struct text **out,
                             struct diag *diag)
{
    struct batch *batch = slice->batch;
    struct text *keys = arena_array(batch->arena, batch->row_count, sizeof(*keys));
    if (!keys) {
        return diag_no_memory(diag);
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        keys[row] = record_at(slice, row)->key;
        if (self->options.window.kind != OP_WINDOW_NONE) {
            split_window(self, slice, row, &keys[row]);
        }
    }
    *out = keys;
    return STATUS_OK;
}

static void mark_null_key(struct source *self, struct source_slice *slice, size_t row)
{
    slice->batch->flags[row] |= ROW_NULL_KEY;
    if (self->options.is_table) {
        fail_row(self, slice, row, LOG_RECORD_PROCESSING, true,
                 "Skipping record of a table due to null key");
    }
}

/* --- decoding ------------------------------------------------------------------------------- */

/* Decodes one side of all rows into the batch's columns. */
static enum status decode_side(struct source *self, struct source_slice *slice,
                               struct source_side *side, bool is_key,
                               const struct text *texts, struct decode_result *result,
                               struct diag *diag)
{
    struct batch *batch = slice->batch;
    struct column *columns = arena_zalloc(batch->arena, side->column_count * sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    if (!side->decoder) {
        TRY(decoder_create(self->arena, &side->decoding, &side->decoder, diag));
    }
    TRY(decoder_decode(side->decoder, texts, batch->row_count, columns, batch->arena, result,
                       diag));
    for (uint32_t i = 0; i < side->column_count; i++) {
        batch->columns[side->positions[i]] = columns[i];
    }
    for (uint32_t i = 0; i < result->error_count; i++) {
        const struct decode_error *error = &result->errors[i];
        const struct text message = arena_text(batch->arena, error->message);
        if (!message.data) {
            return diag_no_memory(diag);
        }
        fail_row(self, slice, error->row, LOG_DESERIALIZATION, is_key, message.data);
        if (self->options.fails_on_bad_record && !slice->fatal) {
            slice->fatal = "Deserialization error, and the query is set to fail on it";
            slice->reason = message.data;
        }
    }
    return STATUS_OK;
}

static enum status decode_keys(struct source *self, struct source_slice *slice, struct diag *diag)
{
    struct batch *batch = slice->batch;
    struct decode_result result = {0};
    struct text *keys = NULL;
    TRY(read_keys(self, slice, &keys, diag));
    if (self->key.column_count > 0) {
        TRY(decode_side(self, slice, &self->key, true, keys, &result, diag));
    }
    const bool may_be_null = self->key.column_count == 0 || result.null_count > 0;
    for (size_t row = 0; may_be_null && row < batch->row_count; row++) {
        if (result.outcomes ? result.outcomes[row] == RECORD_NULL : !keys[row].data) {
            mark_null_key(self, slice, row);
        }
    }
    return STATUS_OK;
}

static enum status decode_values(struct source *self, struct source_slice *slice, struct diag *diag)
{
    struct batch *batch = slice->batch;
    struct decode_result result = {0};
    struct text *values = arena_array(batch->arena, batch->row_count, sizeof(*values));
    if (!values) {
        return diag_no_memory(diag);
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        values[row] = record_at(slice, row)->value;
    }
    if (self->value.column_count > 0) {
        TRY(decode_side(self, slice, &self->value, false, values, &result, diag));
    }
    const bool may_be_null = self->value.column_count == 0 || result.null_count > 0;
    for (size_t row = 0; may_be_null && row < batch->row_count; row++) {
        if (result.outcomes ? result.outcomes[row] == RECORD_NULL : !values[row].data) {
            batch->flags[row] |= ROW_DELETE;
        }
    }
    return STATUS_OK;
}

/* --- what the record itself knows ------------------------------------------------------------ */

static enum status fill_places(struct source_slice *slice, bool has_windows, struct diag *diag)
{
    struct batch *batch = slice->batch;
    const struct source_run *run = slice->run;
    bool has_headers = false;
    batch->origin = arena_array(batch->arena, batch->capacity, sizeof(*batch->origin));
    if (!batch->origin) {
        return diag_no_memory(diag);
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        const struct record *record = record_at(slice, row);
        batch->origin[row] =
            run->origins ? run->origins[slice->first + row]
                         : (struct row_origin){run->partition,
                                               run->base_offset + (int64_t)(slice->first + row)};
        batch->time_ms[row] = record->time_ms;
        has_headers = has_headers || record->header_count > 0;
    }
    if (has_headers) {
        batch->cause = arena_array(batch->arena, batch->capacity, sizeof(const struct record *));
        for (size_t row = 0; batch->cause && row < batch->row_count; row++) {
            batch->cause[row] = record_at(slice, row);
        }
    }
    if (has_headers && !batch->cause) {
        return diag_no_memory(diag);
    }
    return has_windows ? batch_add_windows(batch, diag) : STATUS_OK;
}

static void read_times(struct source *self, struct source_slice *slice)
{
    struct batch *batch = slice->batch;
    for (size_t row = 0; row < batch->row_count; row++) {
        const char *reason = NULL;
        if (slice->has_failed[row]) {
            continue;
        }
        if (self->event_time && !(batch->flags[row] & ROW_DELETE)) {
            const struct column *column = &batch->columns[self->options.timestamp.column_index];
            reason = event_time_read(self->event_time, slice->context->expr->zones, column, row,
                                     &batch->time_ms[row]);
        } else if (batch->time_ms[row] < 0 || batch->time_ms[row] > EVENT_TIME_MS_MAX) {
            reason = "Timestamp of the record is negative or too large";
        }
        if (reason) {
            fail_row(self, slice, row, LOG_RECORD_PROCESSING, false, reason);
        }
        if (reason && self->event_time && self->options.fails_on_bad_time && !slice->fatal) {
            slice->fatal = "Fatal user code error in TimestampExtractor callback for record";
            slice->reason = reason;
            return; /* the reason is good until the next time is read */
        }
    }
}

/* One element of a HEADERS column: STRUCT<KEY STRING, VALUE BYTES>. */
static bool set_header(struct arena *arena, const struct record_header *header, struct value *out)
{
    struct value_list *fields = value_list_create(arena, 2);
    if (!fields) {
        return false;
    }
    fields->items[0] = header->key.data ? value_text(header->key) : VALUE_NULL;
    fields->items[1] = header->value.data ? value_text(header->value) : VALUE_NULL;
    *out = (struct value){.list = fields};
    return true;
}

static enum status all_headers(struct arena *arena, const struct record *record, struct value *out,
                               struct diag *diag)
{
    struct value_list *list = value_list_create(arena, record->header_count);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < record->header_count; i++) {
        if (!set_header(arena, &record->headers[i], &list->items[i])) {
            return diag_no_memory(diag);
        }
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

/* The last header of that name; NULL when there is none. */
static struct value one_header(const struct record *record, struct text name)
{
    for (uint32_t i = record->header_count; i > 0; i--) {
        const struct record_header *header = &record->headers[i - 1];
        if (text_equal(header->key, name)) {
            return header->value.data ? value_text(header->value) : VALUE_NULL;
        }
    }
    return VALUE_NULL;
}

static enum status fill_headers(const struct source_slice *slice,
                                const struct schema_column *column, struct column *out,
                                struct diag *diag)
{
    struct batch *batch = slice->batch;
    TRY(column_init(out, batch->arena, column->type, batch->capacity, diag));
    for (size_t row = 0; row < batch->row_count; row++) {
        struct value value = VALUE_NULL;
        if (column->header_key.data) {
            value = one_header(record_at(slice, row), column->header_key);
        } else {
            TRY(all_headers(batch->arena, record_at(slice, row), &value, diag));
        }
        column_set(out, row, value);
    }
    return STATUS_OK;
}

static bool is_wanted(const struct source *self, uint32_t position)
{
    return !self->options.is_wanted || self->options.is_wanted[position] ||
           self->options.timestamp.column_index == (int32_t)position;
}

static enum status fill_headers_columns(const struct source *self,
                                        const struct source_slice *slice, struct diag *diag)
{
    for (uint32_t i = 0; i < self->declared_count; i++) {
        const struct schema_column *column = &self->options.schema->columns[i];
        if (column->role == COLUMN_HEADERS && is_wanted(self, i)) {
            TRY(fill_headers(slice, column, &slice->batch->columns[i], diag));
        }
    }
    return STATUS_OK;
}

static enum status fill_pseudo_columns(const struct source *self, struct batch *batch,
                                       struct diag *diag)
{
    const struct source_options *options = &self->options;
    for (uint32_t i = 0; i < options->pseudo_count; i++) {
        const uint32_t position = options->pseudo[i].column_index;
        TRY(column_init(&batch->columns[position], batch->arena,
                        options->schema->columns[position].type, batch->capacity, diag));
    }
    for (size_t row = 0; options->pseudo_count > 0 && row < batch->row_count; row++) {
        rows_set_pseudo(batch, options->pseudo, options->pseudo_count, row);
    }
    return STATUS_OK;
}

/* --- batches -------------------------------------------------------------------------------- */

static enum status drop_failed(struct source_slice *slice, struct diag *diag)
{
    struct batch *batch = slice->batch;
    if (slice->failed_count == 0) {
        return STATUS_OK;
    }
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    size_t kept = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        rows[kept] = (uint32_t)row;
        kept += !slice->has_failed[row];
    }
    slice->context->counters->records_failed += slice->failed_count;
    batch_compact(batch, rows, kept);
    return STATUS_OK;
}

/* Columns, times and places of count records from slice->first on; failures are in the slice. */
static enum status decode_slice(struct source *self, struct source_slice *slice,
                                struct arena *arena, size_t count, struct diag *diag)
{
    const uint32_t column_count = self->options.schema->column_count;
    TRY(batch_create(arena, column_count, count, &slice->batch, diag));
    slice->batch->row_count = count;
    slice->has_failed = arena_zalloc(arena, count);
    if (!slice->has_failed) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < column_count; i++) {
        slice->batch->columns[i].type = self->options.schema->columns[i].type;
    }
    TRY(fill_places(slice, self->options.window.kind != OP_WINDOW_NONE, diag));
    TRY(decode_keys(self, slice, diag));
    TRY(decode_values(self, slice, diag));
    read_times(self, slice);
    return STATUS_OK;
}

static void update_stream_time(struct op_context *context, const struct batch *batch)
{
    for (size_t row = 0; row < batch->row_count; row++) {
        if (batch->time_ms[row] > context->stream_time_ms) {
            context->stream_time_ms = batch->time_ms[row];
        }
    }
}

static enum status push_slice(struct source *self, struct op_context *context,
                              const struct source_run *run, size_t first, size_t count,
                              struct diag *diag)
{
    struct source_slice slice = {.context = context, .run = run, .first = first};
    TRY(decode_slice(self, &slice, context->batch_arena, count, diag));
    if (slice.fatal) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s: %s", slice.fatal, slice.reason);
    }
    TRY(fill_headers_columns(self, &slice, diag));
    TRY(fill_pseudo_columns(self, slice.batch, diag));
    TRY(drop_failed(&slice, diag));
    context->counters->records_in += count;
    update_stream_time(context, slice.batch);
    return op_emit(&self->op, context, slice.batch, diag);
}

/* --- shared batches ------------------------------------------------------------------------- */

static void ignore_entry(void *log_context, const struct log_entry *entry)
{
    (void)log_context;
    (void)entry;
}

enum status source_decode(struct operator* op, struct op_context *context,
                          const struct source_run *run, struct arena *arena, struct batch **out,
                          bool *out_has_failures, struct diag *diag)
{
    struct source *self = (struct source *)op;
    struct op_context silent = *context;
    silent.log = ignore_entry;
    struct source_slice slice = {.context = &silent, .run = run};
    TRY(decode_slice(self, &slice, arena, run->count, diag));
    TRY(fill_headers_columns(self, &slice, diag));
    *out = slice.batch;
    /* Causes point into the run; where that is not the segment itself it is gone soon. */
    *out_has_failures = slice.failed_count > 0 || (run->origins && slice.batch->cause);
    return STATUS_OK;
}

/* A batch with the columns that this query wants, and its own pseudo columns; the arrays are
 * everybody's. */
static enum status view_shared(const struct source *self, struct arena *arena,
                               const struct batch *shared, struct batch **out, struct diag *diag)
{
    const struct schema *schema = self->options.schema;
    struct batch *batch = ARENA_NEW(arena, struct batch);
    struct column *columns = arena_zalloc(arena, schema->column_count * sizeof(*columns));
    if (!batch || !columns) {
        return diag_no_memory(diag);
    }
    *batch = *shared;
    batch->arena = arena;
    batch->is_shared = true;
    batch->columns = columns;
    batch->column_count = schema->column_count;
    for (uint32_t i = 0; i < self->declared_count; i++) {
        if (is_wanted(self, i)) {
            columns[i] = shared->columns[i];
        }
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        columns[i].type = schema->columns[i].type;
    }
    *out = batch;
    return fill_pseudo_columns(self, batch, diag);
}

static enum status push_shared(struct source *self, struct op_context *context,
                               const struct shared_batch *shared, struct diag *diag)
{
    struct batch *batch = NULL;
    TRY(view_shared(self, context->batch_arena, shared->batch, &batch, diag));
    context->counters->records_in += batch->row_count;
    if (shared->time_max_ms > context->stream_time_ms) {
        context->stream_time_ms = shared->time_max_ms;
    }
    const struct operator* downstream = self->op.place.downstream;
    if (downstream && !downstream->vtable->takes_shared) {
        TRY(batch_own(batch, NULL, batch->row_count, diag));
    }
    return op_emit(&self->op, context, batch, diag);
}

void source_attend(struct operator* op)
{
    struct source *self = (struct source *)op;
    if (self->share) {
        source_share_attend(self->share, self->options.is_wanted);
    }
}

bool source_is_busy(const struct operator* op)
{
    const struct source *self = (const struct source *)op;
    return self->share && source_share_is_busy(self->share);
}

enum status source_push(struct operator* op, struct op_context *context,
                        const struct source_run *run, struct diag *diag)
{
    struct source *self = (struct source *)op;
    const struct shared_batch *shared = NULL;
    if (self->share && run->count <= BATCH_ROWS_MAX) {
        TRY(source_share_decode(self->share, context, run, &shared, diag));
    }
    if (shared) {
        return push_shared(self, context, shared, diag);
    }
    for (size_t first = 0; first < run->count; first += BATCH_ROWS_MAX) {
        const size_t left = run->count - first;
        const size_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        TRY(push_slice(self, context, run, first, count, diag));
    }
    return STATUS_OK;
}

static void source_release(struct operator* op)
{
    struct source *self = (struct source *)op;
    if (self->share) {
        source_share_leave(self->share);
    }
}

static const struct op_vtable source_vtable = {.name = "source", .release = source_release};

/* --- creation ------------------------------------------------------------------------------- */

/* A decoder that is made only to see that it can be. */
static enum status try_decoder(const struct decoder_options *decoding, struct diag *diag)
{
    struct arena arena;
    struct decoder *decoder = NULL;
    arena_init(&arena);
    const enum status status = decoder_create(&arena, decoding, &decoder, diag);
    arena_release(&arena);
    return status;
}

/* Collects the columns of one role. */
static enum status create_side(struct source *self, struct arena *arena, enum column_role role,
                               const struct op_serde *serde, struct source_side *side,
                               struct diag *diag)
{
    const struct schema *schema = self->options.schema;
    struct type_field *fields = arena_array(arena, self->declared_count, sizeof(*fields));
    bool *wanted = arena_array(arena, self->declared_count, sizeof(*wanted));
    side->positions = arena_array(arena, self->declared_count, sizeof(*side->positions));
    if (!fields || !wanted || !side->positions) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < self->declared_count; i++) {
        if (schema->columns[i].role == role) {
            fields[side->column_count] =
                (struct type_field){schema->columns[i].name, schema->columns[i].type};
            wanted[side->column_count] = is_wanted(self, i);
            side->positions[side->column_count++] = i;
        }
    }
    if (side->column_count == 0) {
        return STATUS_OK;
    }
    side->decoding = (struct decoder_options){
        .format = serde->format,
        .side = role == COLUMN_KEY ? FORMAT_KEY : FORMAT_VALUE,
        .wrap = serde->wrap,
        .delimiter = serde->delimiter,
        .schema = serde->schema,
        .topic = self->options.topic,
        .column_count = side->column_count,
        .columns = fields,
        .wanted = wanted,
    };
    return try_decoder(&side->decoding, diag);
}

enum status source_create(struct arena *arena, const struct source_options *options,
                          struct operator** out, struct diag *diag)
{
    struct source *self = ARENA_NEW(arena, struct source);
    if (!self) {
        return diag_no_memory(diag);
    }
    assert(options->pseudo_count <= options->schema->column_count);
    self->op = (struct operator){.vtable = &source_vtable, .place = options->place};
    self->arena = arena;
    self->options = *options;
    self->declared_count = options->schema->column_count - options->pseudo_count;
    TRY(create_side(self, arena, COLUMN_KEY, &options->key, &self->key, diag));
    TRY(create_side(self, arena, COLUMN_VALUE, &options->value, &self->value, diag));
    if (options->timestamp.column_index >= 0) {
        const uint32_t position = (uint32_t)options->timestamp.column_index;
        TRY(event_time_create(arena, &self->options.timestamp,
                              options->schema->columns[position].type, &self->event_time, diag));
    }
    if (options->shares) {
        TRY(source_share_join(options->shares, options, &self->share, diag));
    }
    *out = &self->op;
    return STATUS_OK;
}
