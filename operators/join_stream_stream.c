/* join_stream_stream.c
 *
 * Rows are taken one by one. Each moves stream time, which may let rows that waited for a match
 * go out alone; then it meets the kept rows of the other side within the window; then it is kept
 * itself, unless it is older than its side's retention. A row that met nobody goes out alone at
 * once where its side is an outer one and no match is awaited: the join is eager, or the row is too
 * late to be waited for.
 *
 * Pairs are written straight into the output batch: one side copied from the input, the other
 * decoded from its stored image.
 */
#include "operators/join_stream_stream.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "operators/join_stream_stream_parts.h"
#include "operators/row_builder.h"
#include "operators/rows.h"

/* One batch of one side on its way through. */
struct stream_push {
    struct join_stream_stream *self;
    struct op_context *context;
    enum join_side side;
    const struct batch *batch;
    struct column key;
    struct text *keys; /* with windows behind them */
    uint64_t *hashes;
    struct row_builder builder;
    size_t row;           /* the one at hand */
    uint64_t match_count; /* of it */
};

/* --- keys ----------------------------------------------------------------------------------- */

static bool has_windows(const struct join_stream_stream *self)
{
    return self->options.window.kind != OP_WINDOW_NONE;
}

static int64_t window_end_of(const struct join_stream_stream *self, int64_t start_ms,
                             int64_t key_end_ms)
{
    return self->options.window.kind == OP_WINDOW_SESSION ? key_end_ms
                                                          : start_ms + self->options.window.size_ms;
}

/* Time windows are one when they start together, so the end in the key is always 0. */
static enum status append_window(struct stream_push *push, size_t row, struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    const bool is_session = self->options.window.kind == OP_WINDOW_SESSION;
    buffer_reset(&self->scratch);
    buffer_append_text(&self->scratch, push->keys[row]);
    key_codec_append_window(&self->scratch, push->batch->window_start_ms[row],
                            is_session ? push->batch->window_end_ms[row] : 0);
    TRY(buffer_status(&self->scratch, diag));
    push->keys[row] = arena_text(push->batch->arena, buffer_text(&self->scratch));
    return push->keys[row].data ? STATUS_OK : diag_no_memory(diag);
}

static enum status encode_keys(struct stream_push *push, struct diag *diag)
{
    const struct batch *batch = push->batch;
    struct key_batch encoded = {0};
    TRY(key_codec_encode(&push->self->key, &push->key, NULL, batch->row_count, batch->arena,
                         &encoded, diag));
    push->keys = encoded.keys;
    push->hashes = encoded.hashes;
    for (size_t row = 0; row < batch->row_count; row++) {
        if (has_windows(push->self)) {
            TRY(append_window(push, row, diag));
        }
        push->hashes[row] = hash_bytes(push->keys[row].data, push->keys[row].bytes);
    }
    return STATUS_OK;
}

/* --- output --------------------------------------------------------------------------------- */

/* A new output row with key, window and cause of the input row at hand. */
static enum status begin_row(struct stream_push *push, size_t *out_row, struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    TRY(row_builder_add(&push->builder, out_row, diag));
    struct batch *out = push->builder.batch;
    rows_copy_place(out, *out_row, push->batch, push->row);
    if (has_windows(self)) {
        out->window_end_ms[*out_row] =
            window_end_of(self, out->window_start_ms[*out_row], out->window_end_ms[*out_row]);
    }
    column_copy_row(&out->columns[0], *out_row, &push->key, push->row);
    join_copy_side(&self->options.shape, 1, push->side, out, *out_row, push->batch, push->row);
    return STATUS_OK;
}

static enum status emit_alone(struct stream_push *push, struct diag *diag)
{
    const struct join_shape *shape = &push->self->options.shape;
    size_t row = 0;
    TRY(begin_row(push, &row, diag));
    join_copy_side(shape, 1, join_other(push->side), push->builder.batch, row, NULL, 0);
    join_set_pseudo(shape, push->builder.batch, row);
    return STATUS_OK;
}

/* Writes a kept row into the columns of its side. */
static enum status decode_side(struct join_stream_stream *self, enum join_side side,
                               const struct stream_row *kept, struct batch *out, size_t row,
                               struct diag *diag)
{
    const uint32_t first = join_first_column(&self->options.shape, 1, side);
    return row_image_decode(&self->sides[side].image, (struct text){kept->image, kept->bytes}, out,
                            first, row, diag);
}

static enum status emit_pair(void *visitor, struct stream_row *kept, bool *is_changed,
                             struct diag *diag)
{
    struct stream_push *push = visitor;
    const int64_t time_ms = push->batch->time_ms[push->row];
    size_t row = 0;
    TRY(begin_row(push, &row, diag));
    struct batch *out = push->builder.batch;
    TRY(decode_side(push->self, join_other(push->side), kept, out, row, diag));
    out->time_ms[row] = kept->time_ms > time_ms ? kept->time_ms : time_ms;
    join_set_pseudo(&push->self->options.shape, out, row);
    *is_changed = kept->waits;
    kept->waits = false;
    push->match_count++;
    return STATUS_OK;
}

/* Emits a kept row whose time to be matched is over. */
static enum status emit_waiting(struct stream_push *push, const struct waiting_row *waiting,
                                struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    const struct join_shape *shape = &self->options.shape;
    struct text key = hash_entry_key(waiting->entry);
    struct value value = VALUE_NULL;
    int64_t start_ms = 0;
    int64_t end_ms = 0;
    size_t row = 0;
    TRY(row_builder_add(&push->builder, &row, diag));
    struct batch *out = push->builder.batch;
    if (has_windows(self)) {
        TRY(key_codec_split_window(key, &key, &start_ms, &end_ms, diag));
        out->window_start_ms[row] = start_ms;
        out->window_end_ms[row] = window_end_of(self, start_ms, end_ms);
    }
    TRY(key_codec_decode(&self->key, key, out->arena, &value, diag));
    column_set(&out->columns[0], row, value);
    TRY(decode_side(self, waiting->side, waiting->row, out, row, diag));
    join_copy_side(shape, 1, join_other(waiting->side), out, row, NULL, 0);
    join_set_pseudo(shape, out, row);
    return STATUS_OK;
}

/* --- rows ----------------------------------------------------------------------------------- */

static enum status move_time(struct stream_push *push, int64_t time_ms, struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    struct waiting_row waiting;
    if (time_ms <= self->stream_time_ms) {
        return STATUS_OK;
    }
    self->stream_time_ms = time_ms;
    while (stream_take_closed(self, &waiting)) {
        TRY(emit_waiting(push, &waiting, diag));
    }
    return STATUS_OK;
}

static enum status find_matches(struct stream_push *push, struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    const struct join_stream_stream_options *options = &self->options;
    const bool is_left = push->side == JOIN_SIDE_LEFT;
    const int64_t time_ms = push->batch->time_ms[push->row];
    const int64_t from_ms = time_ms - (is_left ? options->before_ms : options->after_ms);
    const int64_t to_ms = time_ms + (is_left ? options->after_ms : options->before_ms);
    push->match_count = 0;
    return stream_side_visit(self, join_other(push->side), push->keys[push->row],
                             push->hashes[push->row], from_ms, to_ms, emit_pair, push, diag);
}

static void count_late(struct stream_push *push)
{
    rows_log(&push->self->op, push->context, push->batch, push->row,
             "Skipping record that is older than the join's window and grace period");
    rows_count(push->batch, &push->context->counters->records_late, 1);
}

static enum status join_row(struct stream_push *push, struct diag *diag)
{
    struct join_stream_stream *self = push->self;
    const size_t row = push->row;
    const int64_t time_ms = push->batch->time_ms[row];
    const bool is_outer = join_stands_alone(self->options.shape.type, push->side);
    const bool is_kept = time_ms >= stream_side_oldest_ms(self, push->side);
    TRY(move_time(push, time_ms, diag));
    TRY(find_matches(push, diag));
    const bool is_unmatched = is_outer && push->match_count == 0;
    const bool is_awaited = is_unmatched && !self->options.is_eager && is_kept &&
                            stream_row_closes_ms(self, push->side, time_ms) >= self->stream_time_ms;
    if (is_unmatched && !is_awaited) {
        TRY(emit_alone(push, diag));
    }
    if (!is_kept && push->match_count == 0 && !is_outer) {
        count_late(push);
        return STATUS_OK;
    }
    rows_count(push->batch, &push->context->counters->records_used, 1);
    if (!is_kept) {
        return STATUS_OK;
    }
    return stream_side_add(self, push->side, push->batch, row, push->keys[row], push->hashes[row],
                           is_awaited, diag);
}

/* A row without a key can only stand alone. */
static enum status pass_without_key(struct stream_push *push, struct diag *diag)
{
    struct op_counters *counters = push->context->counters;
    const bool is_outer = join_stands_alone(push->self->options.shape.type, push->side);
    rows_count(push->batch, is_outer ? &counters->records_used : &counters->records_filtered, 1);
    return is_outer ? emit_alone(push, diag) : STATUS_OK;
}

static enum status push_rows(struct stream_push *push, const uint32_t *rows, size_t count,
                             struct diag *diag)
{
    for (size_t i = 0; i < count; i++) {
        push->row = rows[i];
        if (column_is_null(&push->key, push->row)) {
            TRY(pass_without_key(push, diag));
        } else {
            TRY(join_row(push, diag));
        }
    }
    return row_builder_finish(&push->builder, diag);
}

static enum status join_stream_stream_push(struct operator* op, struct op_context *context,
                                           uint32_t input, struct batch *batch, struct diag *diag)
{
    struct join_stream_stream *self = (struct join_stream_stream *)op;
    struct stream_push push = {
        .self = self,
        .context = context,
        .side = input == 0 ? JOIN_SIDE_LEFT : JOIN_SIDE_RIGHT,
        .batch = batch,
        .builder = {.op = op,
                    .context = context,
                    .schema = self->options.shape.schema,
                    .has_windows = has_windows(self),
                    .has_cause = batch->cause != NULL},
    };
    uint32_t *rows = NULL;
    size_t count = 0;
    assert(!has_windows(self) || batch->window_start_ms);
    row_builder_start(&push.builder, batch->row_count);
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    rows_count(batch, &context->counters->records_filtered, batch->row_count - count);
    TRY(join_evaluate_key(op, context, &self->options.shape, push.side, batch, rows, count,
                          &push.key, diag));
    for (size_t row = 0; row < batch->row_count; row++) {
        if (batch->flags[row] & ROW_DELETE) {
            column_set_null(&push.key, row);
        }
    }
    TRY(encode_keys(&push, diag));
    TRY(push_rows(&push, rows, count, diag));
    stream_sides_expire(self);
    return STATUS_OK;
}

static void join_stream_stream_release(struct operator* op)
{
    stream_sides_release((struct join_stream_stream *)op);
}

static const struct op_vtable join_stream_stream_vtable = {.name = "join_stream_stream",
                                                           .push = join_stream_stream_push,
                                                           .collect = join_stream_stream_collect,
                                                           .release = join_stream_stream_release};

enum status join_stream_stream_create(struct arena *arena,
                                      const struct join_stream_stream_options *options,
                                      struct operator** out, struct diag *diag)
{
    struct join_stream_stream *self = ARENA_NEW(arena, struct join_stream_stream);
    const struct join_shape *shape = &options->shape;
    const uint32_t left_count = shape->inputs[0]->column_count;
    const uint32_t right_count = shape->inputs[1]->column_count;
    if (!self) {
        return diag_no_memory(diag);
    }
    assert(options->before_ms >= 0 && options->after_ms >= 0 && options->grace_ms >= 0);
    self->op = (struct operator){.vtable = &join_stream_stream_vtable, .place = options->place};
    self->options = *options;
    self->stream_time_ms = INT64_MIN;
    buffer_init(&self->waiting);
    buffer_init(&self->scratch);
    self->values = arena_array(arena, left_count > right_count ? left_count : right_count,
                               sizeof(*self->values));
    if (!self->values) {
        return diag_no_memory(diag);
    }
    TRY(key_codec_init(&self->key, arena, &shape->keys[0]->type, 1, diag));
    const enum status status = stream_sides_create(self, arena, diag);
    if (status != STATUS_OK) {
        stream_sides_release(self);
        return status;
    }
    *out = &self->op;
    return STATUS_OK;
}
