/* join_table_table.c
 *
 * A change of one side meets the other side's row of the same key, and both the new and the old
 * result follow from what is there: a side's row is a result when the other side has one too, or
 * when it may stand alone. What is emitted:
 *
 *   the other side has a row    always: the new result, or a delete
 *   it has none                 only what this side can be alone: the new row, or the delete of
 *                               an old one
 *
 * so an INNER join may delete what was never there, as Kafka Streams does.
 */
#include "operators/join_table_table.h"

#include <assert.h>

#include "operators/join_rows.h"
#include "operators/rows.h"
#include "operators/table_store.h"

struct join_table_table {
    struct operator op;
    struct join_table_table_options options;
    struct operator* tables[2];
};

/* One batch of changes of one side, and what the other side has for their keys. */
struct table_change {
    enum join_side side;
    bool stands_alone;       /* rows of this side may */
    bool other_stands_alone; /* rows of the other side may */
    struct batch *batch;
    struct column key;
    struct batch *other;
    uint8_t *found; /* per row: the other side has one */
};

/* A side's row that is not there is all NULL, whatever its columns hold. */
static void clear_rows(const struct join_shape *shape, enum join_side side, struct batch *out,
                       unsigned flag, bool has_it)
{
    const uint32_t first = join_first_column(shape, 1, side);
    for (size_t row = 0; row < out->row_count; row++) {
        if (((out->flags[row] & flag) != 0) != has_it) {
            continue;
        }
        for (uint32_t i = 0; i < shape->inputs[side]->column_count; i++) {
            if (out->columns[first + i].is_present) {
                column_set_null(&out->columns[first + i], row);
            }
        }
    }
}

static void set_times(const struct table_change *change, struct batch *out)
{
    for (size_t row = 0; row < out->row_count; row++) {
        const int64_t other_ms = change->other->time_ms[row];
        if (change->found[row] && other_ms > out->time_ms[row]) {
            out->time_ms[row] = other_ms;
        }
    }
}

static bool has_result(const struct table_change *change, size_t row, bool is_there)
{
    return is_there ? change->found[row] || change->stands_alone
                    : change->found[row] && change->other_stands_alone;
}

/* The old results, as the old rows of out; they share nothing with the new ones. */
static enum status add_old(struct join_table_table *self, const struct table_change *change,
                           struct batch *out, struct diag *diag)
{
    const struct join_shape *shape = &self->options.shape;
    struct batch *old_batch = change->batch->old;
    struct batch *old = NULL;
    if (!old_batch) {
        return STATUS_OK;
    }
    TRY(rows_create(out->arena, shape->schema, out->capacity, out->window_start_ms != NULL, &old,
                    diag));
    old->row_count = out->row_count;
    for (size_t row = 0; row < out->row_count; row++) {
        const bool had_own = change->batch->flags[row] & ROW_HAS_OLD;
        column_copy_row(&old->columns[0], row, &change->key, row);
        join_copy_side(shape, 1, change->side, old, row, had_own ? old_batch : NULL, row);
        join_copy_side(shape, 1, join_other(change->side), old, row,
                       change->found[row] ? change->other : NULL, row);
        rows_copy_place(old, row, out, row);
        join_set_pseudo(shape, old, row);
    }
    out->old = old;
    return STATUS_OK;
}

/* Decides what becomes of each row, sets its flags and drops those that emit nothing. */
static enum status settle(struct op_context *context, const struct table_change *change,
                          struct batch *out, struct diag *diag)
{
    uint32_t *rows = arena_array(out->arena, out->row_count, sizeof(*rows));
    uint8_t *flags = arena_zalloc(out->arena, out->capacity);
    if (!rows || !flags) {
        return diag_no_memory(diag);
    }
    size_t kept = 0;
    for (size_t row = 0; row < out->row_count; row++) {
        const bool is_new = !(out->flags[row] & ROW_DELETE);
        const bool was_old = out->flags[row] & ROW_HAS_OLD;
        const bool is_emitted = change->found[row] || (change->stands_alone && (is_new || was_old));
        if (!has_result(change, row, is_new)) {
            flags[row] |= ROW_DELETE;
        }
        if (out->old && has_result(change, row, was_old)) {
            flags[row] |= ROW_HAS_OLD;
        }
        rows[kept] = (uint32_t)row;
        kept += is_emitted;
    }
    out->flags = flags;
    rows_count(change->batch, &context->counters->records_used, kept);
    rows_count(change->batch, &context->counters->records_filtered, out->row_count - kept);
    out->origin = NULL;
    batch_compact(out, rows, kept);
    return STATUS_OK;
}

static enum status join_table_table_push(struct operator* op, struct op_context *context,
                                         uint32_t input, struct batch *batch, struct diag *diag)
{
    struct join_table_table *self = (struct join_table_table *)op;
    const struct join_shape *shape = &self->options.shape;
    const enum join_side side = input == 0 ? JOIN_SIDE_LEFT : JOIN_SIDE_RIGHT;
    struct table_change change = {
        .side = side,
        .stands_alone = join_stands_alone(shape->type, side),
        .other_stands_alone = join_stands_alone(shape->type, join_other(side)),
        .batch = batch,
        .found = arena_zalloc(batch->arena, batch->row_count),
    };
    struct operator* other = self->tables[join_other(side)];
    struct batch *out = NULL;
    assert(other);
    if (!change.found) {
        return diag_no_memory(diag);
    }
    TRY(join_evaluate_key(op, context, shape, side, batch, NULL, batch->row_count, &change.key,
                          diag));
    TRY(table_store_find(other, &change.key, batch, batch->row_count, batch->arena, &change.other,
                         change.found, diag));
    set_times(&change, batch);
    TRY(join_combine(shape, side, &change.key, batch, change.other, &out, diag));
    clear_rows(shape, side, out, ROW_DELETE, true);
    if (self->options.emits_old) {
        TRY(add_old(self, &change, out, diag));
    }
    TRY(settle(context, &change, out, diag));
    return op_emit(op, context, out, diag);
}

void join_table_table_set_tables(struct operator* op, struct operator* left, struct operator* right)
{
    struct join_table_table *self = (struct join_table_table *)op;
    self->tables[0] = left;
    self->tables[1] = right;
}

static const struct op_vtable join_table_table_vtable = {.name = "join_table_table",
                                                         .push = join_table_table_push};

enum status join_table_table_create(struct arena *arena,
                                    const struct join_table_table_options *options,
                                    struct operator** out, struct diag *diag)
{
    struct join_table_table *self = ARENA_NEW(arena, struct join_table_table);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &join_table_table_vtable, .place = options->place};
    self->options = *options;
    *out = &self->op;
    return STATUS_OK;
}
