/* group_emit.c
 *
 * Changed groups to rows. In the immediate mode a row is written at each change; otherwise the
 * changed entries wait in a list until flush, where each gives one row however often it changed:
 * the output cache. With EMIT FINAL nothing is written but the windows that stream time has
 * closed, in order of start and key, as they would come out of a sorted store.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/row_codec.h"
#include "operators/group_parts.h"
#include "operators/rows.h"

/* --- one row -------------------------------------------------------------------------------- */

/* Takes a session's window off the key; other keys are the group's own. */
static enum status split_key(const struct group *self, struct text stored, struct text *out_key,
                             int64_t *out_end_ms, struct diag *diag)
{
    int64_t start_ms = 0;
    *out_key = stored;
    *out_end_ms = 0;
    if (self->options.window.kind != OP_WINDOW_SESSION) {
        return STATUS_OK;
    }
    return key_codec_split_window(stored, out_key, &start_ms, out_end_ms, diag);
}

static enum status write_keys(const struct group *self, struct text stored, struct batch *batch,
                              size_t row, bool is_copied, struct diag *diag)
{
    struct text key = {NULL, 0};
    int64_t end_ms = 0;
    const struct text bytes = is_copied ? arena_text(batch->arena, stored) : stored;
    if (!bytes.data) {
        return diag_no_memory(diag);
    }
    TRY(split_key(self, bytes, &key, &end_ms, diag));
    TRY(key_codec_decode(&self->keys, key, batch->arena, self->values, diag));
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        column_set(&batch->columns[i], row, self->values[i]);
    }
    return STATUS_OK;
}

static void write_window(const struct group *self, const struct group_state *state,
                         struct batch *batch, size_t row)
{
    if (!batch->window_start_ms) {
        return;
    }
    const bool is_session = self->options.window.kind == OP_WINDOW_SESSION;
    batch->window_start_ms[row] = state->window_start_ms;
    batch->window_end_ms[row] =
        is_session ? state->time_ms : state->window_start_ms + self->options.window.size_ms;
}

static enum status write_results(const struct group *self, struct group_state *state,
                                 struct batch *batch, size_t row, bool is_copied, struct diag *diag)
{
    TRY(group_state_results(self, state, batch->arena, self->values, diag));
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        struct value value = self->values[i];
        if (is_copied && !value.is_null) {
            TRY(value_copy(batch->arena, self->result_types[i], &self->values[i], &value, diag));
        }
        column_set(&batch->columns[self->options.key_count + i], row, value);
    }
    return STATUS_OK;
}

/* All but the results. */
static enum status write_frame(const struct group *self, struct hash_entry *entry, int64_t time_ms,
                               struct batch *batch, size_t row, bool is_copied, struct diag *diag)
{
    TRY(write_keys(self, hash_entry_key(entry), batch, row, is_copied, diag));
    batch->time_ms[row] = time_ms;
    write_window(self, group_state_of(entry), batch, row);
    rows_set_pseudo(batch, self->options.pseudo, self->options.pseudo_count, row);
    return STATUS_OK;
}

enum status group_write_row(const struct group *self, struct hash_entry *entry, struct batch *batch,
                            size_t row, bool is_copied, struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    TRY(write_frame(self, entry, state->time_ms, batch, row, is_copied, diag));
    return write_results(self, state, batch, row, is_copied, diag);
}

/* --- changes -------------------------------------------------------------------------------- */

void group_drop_late(const struct group *self, const struct group_push *push, size_t row,
                     int64_t close_ms)
{
    char message[160];
    (void)snprintf(message, sizeof(message),
                   "Skipping record for expired window. timestamp=[%" PRId64
                   "] expiration=[%" PRId64 "] streamTime=[%" PRId64 "]",
                   push->batch->time_ms[row], close_ms, self->stream_time_ms);
    rows_log(&self->op, push->context, push->batch, row, message);
    rows_count(push->batch, &push->context->counters->records_late, 1);
}

/* The row as it was last emitted, to be decoded when its successor is emitted. */
static enum status keep_old(struct group *self, struct group_push *push, struct group_state *state,
                            struct diag *diag)
{
    TRY(group_state_results(self, state, push->context->batch_arena, self->values, diag));
    buffer_reset(&self->scratch);
    row_codec_encode(self->result_types, self->values, self->options.aggregate_count,
                     &self->scratch);
    TRY(buffer_status(&self->scratch, diag));
    struct group_old *old = memory_alloc(sizeof(*old) + self->scratch.bytes);
    if (!old) {
        return diag_no_memory(diag);
    }
    old->time_ms = state->time_ms;
    old->bytes = self->scratch.bytes;
    memcpy(old->results, self->scratch.data, old->bytes);
    state->old = old;
    return STATUS_OK;
}

static enum status begin_shown(struct group *self, struct group_push *push,
                               struct hash_entry *entry, size_t input_row, size_t *out_row,
                               struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    TRY(row_builder_add(&push->builder, out_row, diag));
    struct batch *batch = push->builder.batch;
    if (batch->cause && push->batch->cause) {
        batch->cause[*out_row] = push->batch->cause[input_row];
    }
    if (batch->old && (state->flags & GROUP_HAS_SHOWN)) {
        TRY(group_write_row(self, entry, batch->old, *out_row, true, diag));
        batch->flags[*out_row] |= ROW_HAS_OLD;
    }
    return STATUS_OK;
}

enum status group_begin_change(struct group *self, struct group_push *push,
                               struct hash_store *store, struct hash_entry *entry, size_t input_row,
                               size_t *out_row, struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    hash_store_touch(store, entry);
    if (push->is_immediate) {
        return begin_shown(self, push, entry, input_row, out_row, diag);
    }
    if (self->options.window.kind == OP_WINDOW_SESSION || (state->flags & GROUP_IS_PENDING)) {
        return STATUS_OK;
    }
    state->flags |= GROUP_IS_PENDING;
    buffer_append(&self->pending, &entry, sizeof(entry));
    if (self->options.emits_old && (state->flags & GROUP_HAS_SHOWN)) {
        TRY(keep_old(self, push, state, diag));
    }
    return buffer_status(&self->pending, diag);
}

enum status group_end_change(struct group *self, struct group_push *push, struct hash_entry *entry,
                             size_t out_row, struct diag *diag)
{
    if (!push->is_immediate) {
        return STATUS_OK;
    }
    group_state_of(entry)->flags |= GROUP_HAS_SHOWN;
    return group_write_row(self, entry, push->builder.batch, out_row, true, diag);
}

enum status group_emit_delete(struct group *self, struct group_push *push, struct hash_entry *entry,
                              size_t input_row, struct diag *diag)
{
    size_t row = 0;
    if (!push->is_immediate) {
        return STATUS_OK;
    }
    TRY(begin_shown(self, push, entry, input_row, &row, diag));
    struct batch *batch = push->builder.batch;
    TRY(write_frame(self, entry, group_state_of(entry)->time_ms, batch, row, true, diag));
    rows_set_null(batch, self->options.key_count, self->options.aggregate_count, row);
    batch->flags[row] |= ROW_DELETE;
    group_state_of(entry)->flags &= ~(uint32_t)GROUP_HAS_SHOWN;
    return STATUS_OK;
}

/* --- flush ---------------------------------------------------------------------------------- */

static struct row_builder builder_of(struct group *self, struct op_context *context,
                                     size_t row_count)
{
    struct row_builder builder = {
        .op = &self->op,
        .context = context,
        .schema = self->options.schema,
        .has_windows = self->options.window.kind != OP_WINDOW_NONE,
        .has_old = self->options.emits_old,
    };
    row_builder_start(&builder, row_count);
    return builder;
}

/* Writes the old row that was kept, and forgets it. */
static enum status write_old(const struct group *self, struct hash_entry *entry,
                             struct batch *batch, size_t row, struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    const int64_t time_ms = state->old->time_ms;
    const struct text image =
        arena_text(batch->arena, (struct text){state->old->results, state->old->bytes});
    memory_free(state->old);
    state->old = NULL;
    if (!image.data) {
        return diag_no_memory(diag);
    }
    TRY(write_frame(self, entry, time_ms, batch->old, row, false, diag));
    TRY(row_codec_decode(self->result_types, self->options.aggregate_count, image, batch->arena,
                         self->values, diag));
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        column_set(&batch->old->columns[self->options.key_count + i], row, self->values[i]);
    }
    batch->flags[row] |= ROW_HAS_OLD;
    return STATUS_OK;
}

static enum status emit_entry(struct group *self, struct row_builder *builder,
                              struct hash_entry *entry, struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    size_t row = 0;
    TRY(row_builder_add(builder, &row, diag));
    TRY(group_write_row(self, entry, builder->batch, row, false, diag));
    if (state->old) {
        TRY(write_old(self, entry, builder->batch, row, diag));
    }
    state->flags |= GROUP_HAS_SHOWN;
    return STATUS_OK;
}

enum status group_emit_pending(struct group *self, struct op_context *context, struct diag *diag)
{
    struct hash_entry *const *entries = (struct hash_entry *const *)(void *)self->pending.data;
    const size_t count = self->pending.bytes / sizeof(*entries);
    struct row_builder builder = builder_of(self, context, count);
    for (size_t i = 0; i < count; i++) {
        group_state_of(entries[i])->flags &= ~(uint32_t)GROUP_IS_PENDING;
        if (!self->options.is_final) {
            TRY(emit_entry(self, &builder, entries[i], diag));
        }
    }
    buffer_reset(&self->pending);
    return row_builder_finish(&builder, diag);
}

/* --- final results -------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    const struct hash_entry *const *left = a;
    const struct hash_entry *const *right = b;
    return text_compare(hash_entry_key(*left), hash_entry_key(*right));
}

/* ksqlDB loses a window that has left the store's retention by the time it closes. */
static bool is_lost(const struct group *self, struct op_context *context, int64_t start_ms)
{
    const struct op_window *window = &self->options.window;
    char message[160];
    if (self->options.emits_expired || start_ms >= self->newest_start_ms - window->retention_ms) {
        return false;
    }
    (void)snprintf(message, sizeof(message),
                   "Window [%" PRId64 ", %" PRId64
                   ") left its retention before it could be emitted as final",
                   start_ms, start_ms + window->size_ms);
    const struct log_entry entry = {
        .kind = LOG_RECORD_PROCESSING, .step = self->op.place.step, .message = message};
    context->log(context->log_context, &entry);
    return true;
}

static enum status emit_bucket(struct group *self, struct row_builder *builder,
                               struct hash_store *bucket, struct diag *diag)
{
    const size_t count = hash_store_count(bucket);
    struct hash_entry **entries =
        arena_array(builder->context->batch_arena, count, sizeof(struct hash_entry *));
    uint32_t cursor = 0;
    if (!entries) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        entries[i] = hash_store_next(bucket, &cursor);
        assert(entries[i]);
    }
    qsort(entries, count, sizeof(struct hash_entry *), compare_keys);
    for (size_t i = 0; i < count; i++) {
        TRY(emit_entry(self, builder, entries[i], diag));
    }
    return STATUS_OK;
}

static enum status emit_closed_windows(struct group *self, struct row_builder *builder,
                                       int64_t close_ms, struct diag *diag)
{
    const int64_t size_ms = self->options.window.size_ms;
    size_t index = window_store_lower_bound(self->windows, self->emitted_ms - size_ms + 1);
    for (; index < window_store_bucket_count(self->windows); index++) {
        int64_t start_ms = 0;
        struct hash_store *bucket = window_store_bucket_at(self->windows, index, &start_ms);
        if (start_ms + size_ms > close_ms) {
            break;
        }
        if (!is_lost(self, builder->context, start_ms)) {
            TRY(emit_bucket(self, builder, bucket, diag));
        }
    }
    return STATUS_OK;
}

enum status group_emit_closed(struct group *self, struct op_context *context, struct diag *diag)
{
    struct row_builder builder = builder_of(self, context, 1);
    const int64_t close_ms = group_close_ms(self);
    assert(self->options.is_final && self->stream_time_ms != INT64_MIN);
    if (self->windows) {
        TRY(emit_closed_windows(self, &builder, close_ms, diag));
    } else {
        TRY(group_emit_closed_sessions(self, &builder, diag));
    }
    self->emitted_ms = close_ms > self->emitted_ms ? close_ms : self->emitted_ms;
    return row_builder_finish(&builder, diag);
}

/* --- expiry --------------------------------------------------------------------------------- */

static enum status expire_windows(struct group *self, struct op_context *context, int64_t bound_ms,
                                  struct diag *diag)
{
    int64_t oldest_ms = 0;
    if (window_store_bucket_count(self->windows) == 0) {
        return STATUS_OK;
    }
    (void)window_store_bucket_at(self->windows, 0, &oldest_ms);
    if (oldest_ms >= bound_ms) {
        return STATUS_OK;
    }
    TRY(group_emit_pending(self, context, diag)); /* it may hold entries that go now */
    window_store_drop_before(self->windows, bound_ms, NULL);
    return STATUS_OK;
}

enum status group_expire(struct group *self, struct op_context *context, struct diag *diag)
{
    const int64_t retention_ms = self->options.window.retention_ms;
    if (self->options.window.kind == OP_WINDOW_NONE || self->stream_time_ms == INT64_MIN) {
        return STATUS_OK;
    }
    const int64_t bound_ms = self->stream_time_ms - retention_ms;
    if (self->windows) {
        return expire_windows(self, context, bound_ms, diag);
    }
    if (self->stream_time_ms >= self->next_sweep_ms) {
        group_sweep_sessions(self, bound_ms);
        self->next_sweep_ms = self->stream_time_ms + retention_ms / 8 + 1;
    }
    return STATUS_OK;
}
