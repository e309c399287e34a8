/* group.c
 *
 * GROUP BY: creation, and which way a batch takes. The parts of the work are in group_*.c; see
 * operators/group_parts.h for who does what. */
#include "operators/group.h"

#include <assert.h>

#include "operators/group_parts.h"
#include "operators/rows.h"

static struct group_push push_of(struct group *self, struct op_context *context,
                                 const struct batch *batch)
{
    const bool is_session = self->options.window.kind == OP_WINDOW_SESSION;
    struct group_push push = {
        .context = context,
        .batch = batch,
        /* Sessions are always shown at once: their deletes must not overtake each other. */
        .is_immediate = (context->cache_is_off || is_session) && !self->options.is_final,
        .builder = {.op = &self->op,
                    .context = context,
                    .schema = self->options.schema,
                    .has_windows = self->options.window.kind != OP_WINDOW_NONE,
                    .has_old = self->options.emits_old,
                    .has_cause = batch->cause != NULL},
    };
    row_builder_start(&push.builder, batch->row_count);
    return push;
}

static enum status push_stream(struct group *self, struct group_push *push, struct batch *batch,
                               struct diag *diag)
{
    struct group_input input = {0};
    struct op_counters *counters = push->context->counters;
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(group_read_input(self, push->context, batch, rows, count, &input, diag));
    rows_count(batch, &counters->records_filtered, batch->row_count - count);
    for (size_t i = 0; i < count; i++) {
        rows_count(batch, &counters->records_failed, !input.has_key[rows[i]]);
    }
    return self->sessions ? group_push_sessions(self, push, &input, diag)
                          : group_push_windows(self, push, &input, diag);
}

static enum status group_push_batch(struct operator* op, struct op_context *context, uint32_t input,
                                    struct batch *batch, struct diag *diag)
{
    struct group *self = (struct group *)op;
    struct group_push push = push_of(self, context, batch);
    (void)input;
    if (self->options.input_is_table) {
        TRY(group_push_table(self, &push, batch, diag));
    } else {
        TRY(push_stream(self, &push, batch, diag));
    }
    TRY(row_builder_finish(&push.builder, diag));
    return group_expire(self, context, diag);
}

static enum status group_flush(struct operator* op, struct op_context *context, struct diag *diag)
{
    return group_emit_pending((struct group *)op, context, diag);
}

static void group_release(struct operator* op)
{
    struct group *self = (struct group *)op;
    hash_store_destroy(self->groups);
    window_store_destroy(self->windows);
    hash_store_destroy(self->sessions);
    buffer_release(&self->scratch);
    buffer_release(&self->pending);
    buffer_release(&self->closing);
}

static const struct op_vtable group_vtable = {.name = "group",
                                              .push = group_push_batch,
                                              .flush = group_flush,
                                              .collect = group_collect,
                                              .release = group_release};

/* --- creation ------------------------------------------------------------------------------- */

static enum status place_accumulators(struct group *self, struct arena *arena, struct diag *diag)
{
    const uint32_t count = self->options.aggregate_count;
    self->offsets = arena_array(arena, count, sizeof(*self->offsets));
    self->saved_types = arena_array(arena, count, sizeof(const struct type *));
    self->result_types = arena_array(arena, count, sizeof(const struct type *));
    if (!self->offsets || !self->saved_types || !self->result_types) {
        return diag_no_memory(diag);
    }
    static_assert(sizeof(struct group_state) % 16 == 0, "accumulators are 16-byte aligned");
    uint32_t offset = sizeof(struct group_state);
    for (uint32_t i = 0; i < count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        assert(aggregate->state_bytes % 16 == 0);
        self->offsets[i] = offset;
        self->saved_types[i] = aggregate->state_type;
        self->result_types[i] = aggregate->result_type;
        offset += aggregate->state_bytes;
    }
    self->payload_bytes = offset;
    return STATUS_OK;
}

static enum status describe_keys(struct group *self, struct arena *arena, struct diag *diag)
{
    const uint32_t key_count = self->options.key_count;
    const struct type **types = arena_array(arena, key_count, sizeof(const struct type *));
    self->key_what = arena_array(arena, key_count, sizeof(const char *));
    self->argument_what = "Error computing argument of an aggregate function";
    if (!types || !self->key_what) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < key_count; i++) {
        const struct text what =
            arena_printf(arena,
                         "Error calculating group-by column with index %u. The source row will "
                         "be excluded from the table",
                         i);
        if (!what.data) {
            return diag_no_memory(diag);
        }
        self->key_what[i] = what.data;
        types[i] = self->options.keys[i]->type;
    }
    return key_codec_init(&self->keys, arena, types, key_count, diag);
}

static enum status create_scratch(struct group *self, struct arena *arena, struct diag *diag)
{
    const uint32_t column_count = self->options.schema->column_count;
    const uint32_t count =
        column_count > AGGREGATE_ARGUMENTS_MAX ? column_count : AGGREGATE_ARGUMENTS_MAX;
    self->values = arena_array(arena, count, sizeof(*self->values));
    buffer_init(&self->scratch);
    buffer_init(&self->pending);
    buffer_init(&self->closing);
    return self->values ? STATUS_OK : diag_no_memory(diag);
}

static enum status create_stores(struct group *self, struct diag *diag)
{
    const struct hash_store_options options = {
        .payload_bytes = self->payload_bytes, .release = group_state_release, .context = self};
    const struct hash_store_options index_options = {.payload_bytes = sizeof(struct session_list),
                                                     .release = session_list_release};
    switch (self->options.window.kind) {
    case OP_WINDOW_TUMBLING:
    case OP_WINDOW_HOPPING:
        return window_store_create(&options, &self->windows, diag);
    case OP_WINDOW_SESSION:
        TRY(hash_store_create(&index_options, &self->sessions, diag));
        return hash_store_create(&options, &self->groups, diag);
    case OP_WINDOW_NONE:
        return hash_store_create(&options, &self->groups, diag);
    }
    assert(false);
    return STATUS_INVALID;
}

static enum status check_window(struct group *self, struct diag *diag)
{
    struct op_window *window = &self->options.window;
    if (window->kind == OP_WINDOW_NONE) {
        assert(!self->options.is_final);
        return STATUS_OK;
    }
    assert(window->size_ms > 0 && window->grace_ms >= 0 && !self->options.input_is_table);
    const int64_t shortest_ms = window->size_ms + window->grace_ms;
    window->retention_ms = window->retention_ms > shortest_ms ? window->retention_ms : shortest_ms;
    if (window->kind == OP_WINDOW_HOPPING &&
        window->size_ms / window->advance_ms > WINDOWS_PER_ROW_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "A row would belong to more than %d windows: SIZE is too long for "
                         "ADVANCE BY",
                         WINDOWS_PER_ROW_MAX);
    }
    return STATUS_OK;
}

enum status group_create(struct arena *arena, const struct group_options *options,
                         struct operator** out, struct diag *diag)
{
    struct group *self = ARENA_NEW(arena, struct group);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &group_vtable, .place = options->place};
    self->options = *options;
    self->stream_time_ms = INT64_MIN;
    self->newest_start_ms = INT64_MIN;
    self->next_sweep_ms = INT64_MIN;
    TRY(check_window(self, diag));
    TRY(place_accumulators(self, arena, diag));
    TRY(describe_keys(self, arena, diag));
    TRY(create_scratch(self, arena, diag));
    const enum status status = create_stores(self, diag);
    if (status != STATUS_OK) {
        group_release(&self->op);
        return status;
    }
    *out = &self->op;
    return STATUS_OK;
}
