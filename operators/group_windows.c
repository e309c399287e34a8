/* group_windows.c
 *
 * A stream's rows into groups without windows, or with tumbling or hopping ones.
 *
 * Rows are taken in runs: neighbours that belong to the same windows, which in a stream that is
 * roughly in order are nearly all of a batch. For each window of a run the groups are looked up
 * together, so that the cache misses overlap, and each aggregate is handed all rows of the
 * run at once. Within one window rows keep their order, whatever the batch.
 *
 * A run ends where a row would change what the next ones may see: where stream time closes a
 * window (it is emitted then, before anything else) or makes an older one late. When every
 * change must be shown, rows are taken one by one instead.
 */
#include <assert.h>

#include "operators/group_parts.h"
#include "operators/rows.h"
#include "operators/window.h"

/* The windows of a row that still accept it: starts from first_ms to last_ms. */
struct window_span {
    int64_t first_ms;
    int64_t last_ms;
};

static int64_t step_ms(const struct group *self)
{
    const struct op_window *window = &self->options.window;
    return window->kind == OP_WINDOW_HOPPING ? window->advance_ms : window->size_ms;
}

/* As Kafka Streams' TimeWindows.windowsFor: no window starts before 1970. */
static struct window_span span_of(const struct group *self, int64_t time_ms)
{
    if (self->options.window.kind == OP_WINDOW_NONE) {
        return (struct window_span){0, 0};
    }
    const int64_t step = step_ms(self);
    const int64_t size = self->options.window.size_ms;
    const int64_t close_ms = group_close_ms(self);
    const int64_t oldest_ms = time_ms - size + step;
    struct window_span span = {window_floor_ms(oldest_ms > 0 ? oldest_ms : 0, step),
                               window_floor_ms(time_ms, step)};
    while (span.first_ms <= span.last_ms && span.first_ms + size <= close_ms) {
        span.first_ms += step;
    }
    return span;
}

/* Whether stream time has closed a window that was not emitted yet. */
static bool has_closed(const struct group *self)
{
    const int64_t close_ms = group_close_ms(self);
    const int64_t size_ms = self->options.window.size_ms;
    if (!self->options.is_final || close_ms <= self->emitted_ms) {
        return false;
    }
    int64_t start_ms = 0;
    const size_t next = window_store_lower_bound(self->windows, self->emitted_ms - size_ms + 1);
    if (next == window_store_bucket_count(self->windows)) {
        return false;
    }
    (void)window_store_bucket_at(self->windows, next, &start_ms);
    return start_ms + size_ms <= close_ms;
}

static struct hash_store *store_of(struct group *self, int64_t start_ms)
{
    return self->windows ? window_store_put(self->windows, start_ms) : self->groups;
}

static enum status init_new(const struct group *self, struct hash_entry *entry, int64_t start_ms,
                            struct diag *diag)
{
    struct group_state *state = group_state_of(entry);
    state->window_start_ms = start_ms;
    return group_state_init(self, state, diag);
}

/* --- runs of rows --------------------------------------------------------------------------- */

/* Finds or makes the group of every row of a run; marks them as changed. */
static enum status find_groups(struct group *self, struct group_push *push,
                               const struct group_input *input, struct hash_store *store,
                               int64_t start_ms, size_t from, size_t count,
                               struct hash_entry **entries, struct diag *diag)
{
    hash_store_find_many(store, input->encoded.keys + from, input->encoded.hashes + from, count,
                         entries);
    for (size_t i = 0; i < count; i++) {
        bool is_new = false;
        if (!entries[i]) {
            entries[i] = key_batch_put(&input->encoded, from + i, store, &is_new);
        }
        if (!entries[i]) {
            return diag_no_memory(diag);
        }
        if (is_new) {
            TRY(init_new(self, entries[i], start_ms, diag));
        }
        struct group_state *state = group_state_of(entries[i]);
        if (!(state->flags & GROUP_IS_PENDING)) { /* asked here to spare most rows the call */
            TRY(group_begin_change(self, push, store, entries[i], from + i, NULL, diag));
        }
        const int64_t time_ms = input->batch->time_ms[from + i];
        state->time_ms = time_ms > state->time_ms ? time_ms : state->time_ms;
    }
    return STATUS_OK;
}

/* The same column without its first rows. */
static struct column column_from(const struct column *column, size_t from)
{
    struct column part = *column;
    part.data = (char *)column->data + from * layout_bytes(type_layout(column->type));
    part.is_null = column->is_null + from;
    return part;
}

static enum status add_one_by_one(const struct group *self, uint32_t aggregate, void **states,
                                  const struct column *parts, size_t count, struct diag *diag)
{
    const struct aggregate *call = &self->options.aggregates[aggregate];
    for (size_t row = 0; row < count; row++) {
        for (uint32_t i = 0; i < call->argument_count; i++) {
            self->values[i] = column_get(&parts[i], row);
        }
        TRY(call->def->add(call, states[row], self->values, diag));
    }
    return STATUS_OK;
}

/* Adds the rows of a run to one aggregate of their groups. */
static enum status add_to_aggregate(const struct group *self, const struct group_input *input,
                                    uint32_t aggregate, size_t from, size_t count,
                                    struct hash_entry *const *entries, void **states,
                                    struct diag *diag)
{
    const struct aggregate *call = &self->options.aggregates[aggregate];
    struct column parts[AGGREGATE_ARGUMENTS_MAX];
    const struct column *arguments[AGGREGATE_ARGUMENTS_MAX];
    for (uint32_t i = 0; i < call->argument_count; i++) {
        parts[i] = column_from(&input->arguments[aggregate][i], from);
        arguments[i] = &parts[i];
    }
    for (size_t i = 0; i < count; i++) {
        states[i] = group_accumulator(self, group_state_of(entries[i]), aggregate);
    }
    if (!call->def->add_rows) {
        return add_one_by_one(self, aggregate, states, parts, count, diag);
    }
    return call->def->add_rows(call, states, arguments, count, diag);
}

static enum status add_run(struct group *self, struct group_push *push,
                           const struct group_input *input, struct window_span span, size_t from,
                           size_t count, struct diag *diag)
{
    struct arena *arena = input->batch->arena;
    struct hash_entry **entries = arena_array(arena, count, sizeof(struct hash_entry *));
    void **states = arena_array(arena, count, sizeof(void *));
    if (!entries || !states) {
        return diag_no_memory(diag);
    }
    for (int64_t start = span.first_ms; start <= span.last_ms; start += step_ms(self)) {
        struct hash_store *store = store_of(self, start);
        if (!store) {
            return diag_no_memory(diag);
        }
        TRY(find_groups(self, push, input, store, start, from, count, entries, diag));
        for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
            TRY(add_to_aggregate(self, input, i, from, count, entries, states, diag));
        }
        if (!self->windows) {
            break;
        }
    }
    return STATUS_OK;
}

/* --- single rows ---------------------------------------------------------------------------- */

static enum status add_shown(struct group *self, struct group_push *push,
                             const struct group_input *input, int64_t start_ms, size_t row,
                             struct diag *diag)
{
    bool is_new = false;
    size_t out_row = 0;
    struct hash_store *store = store_of(self, start_ms);
    struct hash_entry *entry = store ? key_batch_put(&input->encoded, row, store, &is_new) : NULL;
    if (!entry) {
        return diag_no_memory(diag);
    }
    if (is_new) {
        TRY(init_new(self, entry, start_ms, diag));
    }
    TRY(group_begin_change(self, push, store, entry, row, &out_row, diag));
    TRY(group_state_add(self, group_state_of(entry), input, row, diag));
    return group_end_change(self, push, entry, out_row, diag);
}

static enum status add_row_shown(struct group *self, struct group_push *push,
                                 const struct group_input *input, struct window_span span,
                                 size_t row, struct diag *diag)
{
    if (!self->windows) {
        return add_shown(self, push, input, 0, row, diag);
    }
    for (int64_t start = span.first_ms; start <= span.last_ms; start += step_ms(self)) {
        TRY(add_shown(self, push, input, start, row, diag));
    }
    return STATUS_OK;
}

/* --- batches -------------------------------------------------------------------------------- */

/* Takes one row into account: moves stream time, says which windows accept it. False: dropped. */
static bool accept_row(struct group *self, const struct group_push *push,
                       const struct group_input *input, size_t row, struct window_span *out)
{
    const int64_t time_ms = input->batch->time_ms[row];
    if (!input->has_key[row]) {
        return false; /* logged and counted by whoever found it out */
    }
    self->stream_time_ms = time_ms > self->stream_time_ms ? time_ms : self->stream_time_ms;
    *out = span_of(self, time_ms);
    if (out->first_ms > out->last_ms) {
        group_drop_late(self, push, row, group_close_ms(self));
        return false;
    }
    self->newest_start_ms =
        out->last_ms > self->newest_start_ms ? out->last_ms : self->newest_start_ms;
    rows_count(input->batch, &push->context->counters->records_used, 1);
    return true;
}

/* The rows that wait to be added together. */
struct row_run {
    size_t from;
    size_t count;
    struct window_span span;
};

static enum status add_waiting(struct group *self, struct group_push *push,
                               const struct group_input *input, struct row_run *run,
                               struct diag *diag)
{
    const size_t count = run->count;
    run->count = 0;
    return count > 0 ? add_run(self, push, input, run->span, run->from, count, diag) : STATUS_OK;
}

static bool continues(const struct row_run *run, struct window_span span, size_t row)
{
    return run->count > 0 && run->from + run->count == row && run->span.first_ms == span.first_ms &&
           run->span.last_ms == span.last_ms;
}

static enum status push_runs(struct group *self, struct group_push *push,
                             const struct group_input *input, struct diag *diag)
{
    struct row_run run = {0};
    for (size_t row = 0; row < input->batch->row_count; row++) {
        struct window_span span = {0};
        if (!accept_row(self, push, input, row, &span)) {
            continue;
        }
        if (!continues(&run, span, row)) {
            TRY(add_waiting(self, push, input, &run, diag));
            run = (struct row_run){.from = row, .span = span};
        }
        run.count++;
        if (has_closed(self)) {
            TRY(add_waiting(self, push, input, &run, diag));
            TRY(group_emit_closed(self, push->context, diag));
        }
    }
    return add_waiting(self, push, input, &run, diag);
}

enum status group_push_windows(struct group *self, struct group_push *push,
                               const struct group_input *input, struct diag *diag)
{
    if (!push->is_immediate) {
        return push_runs(self, push, input, diag);
    }
    for (size_t row = 0; row < input->batch->row_count; row++) {
        struct window_span span = {0};
        if (accept_row(self, push, input, row, &span)) {
            TRY(add_row_shown(self, push, input, span, row, diag));
        }
    }
    return STATUS_OK;
}
