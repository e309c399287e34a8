/* group_file.c
 *
 * State rows. The value is the group's newest time as 8 big-endian bytes, then the saved values of
 * all accumulators as one row; the window's start is in the key. What else is kept in memory can be
 * found again from that: stream time is the newest time of any group, since the row that moved
 * it was accepted by some group that is still there; and the windows that were emitted as final
 * are those that this stream time has closed. */
#include <endian.h>
#include <string.h>

#include "base/row_codec.h"
#include "operators/group_parts.h"
#include "operators/rows.h"

static enum status encode_state(void *context, const struct hash_entry *entry, struct buffer *out,
                                struct diag *diag)
{
    const struct group *self = context;
    const struct group_state *state = hash_entry_payload_const(entry);
    struct arena arena;
    enum status status = STATUS_OK;
    arena_init(&arena);
    for (uint32_t i = 0; i < self->options.aggregate_count && status == STATUS_OK; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        const void *accumulator = (const char *)state + self->offsets[i];
        status = aggregate->def->save(aggregate, accumulator, &arena, &self->values[i], diag);
    }
    if (status == STATUS_OK) {
        buffer_append_be64(out, (uint64_t)state->time_ms);
        row_codec_encode(self->saved_types, self->values, self->options.aggregate_count, out);
        status = buffer_status(out, diag);
    }
    arena_release(&arena);
    return status;
}

/* Fills a zeroed payload; values has room for one value per aggregate. */
static enum status decode_state(const struct group *self, struct group_state *state,
                                struct text stored, struct arena *arena, struct value *values,
                                struct diag *diag)
{
    uint64_t time = 0;
    if (stored.bytes < sizeof(time)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored group is damaged");
    }
    memcpy(&time, stored.data, sizeof(time));
    const struct text saved = {stored.data + sizeof(time), stored.bytes - sizeof(time)};
    TRY(row_codec_decode(self->saved_types, self->options.aggregate_count, saved, arena, values,
                         diag));
    TRY(group_state_init(self, state, diag));
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        TRY(aggregate->def->load(aggregate, &values[i], group_accumulator(self, state, i), diag));
    }
    state->time_ms = (int64_t)be64toh(time);
    state->flags |= GROUP_HAS_SHOWN; /* every change is emitted before it is stored */
    return STATUS_OK;
}

static enum status load_entry(void *context, struct hash_entry *entry, struct text stored,
                              struct diag *diag)
{
    struct group *self = context;
    struct group_state *state = group_state_of(entry);
    struct arena arena;
    arena_init(&arena);
    enum status status = decode_state(self, state, stored, &arena, self->values, diag);
    arena_release(&arena);
    if (status == STATUS_OK && self->options.window.kind == OP_WINDOW_SESSION) {
        struct text key = {NULL, 0};
        int64_t end_ms = 0;
        status = key_codec_split_window(hash_entry_key(entry), &key, &state->window_start_ms,
                                        &end_ms, diag);
    }
    if (status == STATUS_OK && state->time_ms > self->stream_time_ms) {
        self->stream_time_ms = state->time_ms;
    }
    return status;
}

/* Buckets know their start, entries do not yet. */
static void set_window_starts(struct group *self)
{
    for (size_t i = 0; i < window_store_bucket_count(self->windows); i++) {
        int64_t start_ms = 0;
        uint32_t cursor = 0;
        struct hash_entry *entry = NULL;
        struct hash_store *bucket = window_store_bucket_at(self->windows, i, &start_ms);
        while ((entry = hash_store_next(bucket, &cursor)) != NULL) {
            group_state_of(entry)->window_start_ms = start_ms;
        }
        self->newest_start_ms = start_ms;
    }
}

enum status group_load(struct operator* op, struct reader *reader, struct diag *diag)
{
    struct group *self = (struct group *)op;
    const uint64_t store_id = self->options.store_id;
    const bool has_int64 = key_codec_has_int64(&self->keys);
    if (self->windows) {
        TRY(window_store_load(self->windows, reader, store_id, has_int64, load_entry, self, diag));
        set_window_starts(self);
    } else {
        TRY(hash_store_load(self->groups, reader, store_id, has_int64 && !self->sessions,
                            load_entry, self, diag));
    }
    if (self->stream_time_ms == INT64_MIN) {
        return STATUS_OK;
    }
    const int64_t close_ms = group_close_ms(self);
    self->emitted_ms = close_ms > self->emitted_ms ? close_ms : self->emitted_ms;
    return self->sessions ? group_index_sessions(self, diag) : STATUS_OK;
}

enum status group_collect(struct operator* op, struct op_context *context, struct commit *commit,
                          struct diag *diag)
{
    struct group *self = (struct group *)op;
    (void)context;
    if (self->windows) {
        return window_store_collect(self->windows, commit, self->options.store_id, encode_state,
                                    self, diag);
    }
    return hash_store_collect(self->groups, commit, self->options.store_id, (struct text){NULL, 0},
                              encode_state, self, diag);
}

/* --- pull queries --------------------------------------------------------------------------- */

/* Splits a stored key into the group's part and its window. */
static enum status split_stored_key(const struct group *self, struct text stored,
                                    struct text *out_key, struct batch *out, size_t row,
                                    struct diag *diag)
{
    *out_key = stored;
    if (self->options.window.kind == OP_WINDOW_NONE) {
        return STATUS_OK;
    }
    if (self->options.window.kind == OP_WINDOW_SESSION) {
        return key_codec_split_window(stored, out_key, &out->window_start_ms[row],
                                      &out->window_end_ms[row], diag);
    }
    if (stored.bytes < WINDOW_STORE_PREFIX_BYTES) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored key is damaged");
    }
    out->window_start_ms[row] = window_store_decode_start(stored.data);
    out->window_end_ms[row] = out->window_start_ms[row] + self->options.window.size_ms;
    *out_key = (struct text){stored.data + WINDOW_STORE_PREFIX_BYTES,
                             stored.bytes - WINDOW_STORE_PREFIX_BYTES};
    return STATUS_OK;
}

static enum status decode_key_columns(const struct group *self, struct text key, struct batch *out,
                                      size_t row, struct diag *diag)
{
    const uint32_t key_count = self->options.key_count;
    struct value *values = arena_array(out->arena, key_count, sizeof(*values));
    struct text plain_key = {NULL, 0};
    const struct text copy = arena_text(out->arena, key);
    if (!values || !copy.data) {
        return diag_no_memory(diag);
    }
    TRY(split_stored_key(self, copy, &plain_key, out, row, diag));
    TRY(key_codec_decode(&self->keys, plain_key, out->arena, values, diag));
    for (uint32_t i = 0; i < key_count; i++) {
        column_set(&out->columns[i], row, values[i]);
    }
    return STATUS_OK;
}

/* Results of a state that exists for this call only; they must not borrow from it. */
static enum status copy_results(const struct group *self, struct group_state *state,
                                struct value *values, struct batch *out, size_t row,
                                struct diag *diag)
{
    TRY(group_state_results(self, state, out->arena, values, diag));
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        struct value value = values[i];
        if (!value.is_null) {
            TRY(value_copy(out->arena, self->result_types[i], &values[i], &value, diag));
        }
        column_set(&out->columns[self->options.key_count + i], row, value);
    }
    return STATUS_OK;
}

enum status group_decode_row(const struct operator* op, struct text key, struct text value,
                             struct batch *out, struct diag *diag)
{
    const struct group *self = (const struct group *)op;
    const size_t row = out->row_count;
    struct group_state *state = arena_zalloc(out->arena, self->payload_bytes);
    struct value *values = arena_array(out->arena, self->options.aggregate_count, sizeof(*values));
    const struct text stored = arena_text(out->arena, value);
    if (!state || !values || !stored.data) {
        return diag_no_memory(diag);
    }
    TRY(decode_key_columns(self, key, out, row, diag));
    enum status status = decode_state(self, state, stored, out->arena, values, diag);
    if (status == STATUS_OK) {
        out->time_ms[row] = state->time_ms;
        status = copy_results(self, state, values, out, row, diag);
    }
    group_state_release((void *)(uintptr_t)self, state);
    TRY(status);
    rows_set_pseudo(out, self->options.pseudo, self->options.pseudo_count, row);
    out->flags[row] = 0;
    out->row_count++;
    return STATUS_OK;
}

enum status group_encode_key(const struct operator* op, const struct value *keys,
                             struct buffer *out, struct diag *diag)
{
    const struct group *self = (const struct group *)op;
    return key_codec_encode_values(&self->keys, keys, out, diag);
}
