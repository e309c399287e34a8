/* rows.c
 *
 * Small pieces that most operators need. Copies go row by row through column_copy_row; only
 * stateful operators copy rows at all, the others pass columns on.
 */
#include "operators/rows.h"

#include <assert.h>
#include <string.h>

enum status rows_create(struct arena *arena, const struct schema *schema, size_t capacity,
                        bool has_windows, struct batch **out, struct diag *diag)
{
    struct batch *batch = NULL;
    TRY(batch_create(arena, schema->column_count, capacity, &batch, diag));
    for (uint32_t i = 0; i < schema->column_count; i++) {
        TRY(column_init(&batch->columns[i], arena, schema->columns[i].type, capacity, diag));
    }
    if (has_windows) {
        TRY(batch_add_windows(batch, diag));
    }
    *out = batch;
    return STATUS_OK;
}

enum status rows_derive(const struct batch *source, uint32_t column_count, struct batch **out,
                        struct diag *diag)
{
    struct batch *batch = ARENA_NEW(source->arena, struct batch);
    struct column *columns = arena_zalloc(source->arena, column_count * sizeof(*columns));
    if (!batch || !columns) {
        return diag_no_memory(diag);
    }
    *batch = *source;
    batch->column_count = column_count;
    batch->columns = columns;
    batch->old = NULL;
    *out = batch;
    return STATUS_OK;
}

enum status rows_select(const struct batch *batch, enum row_flag flag, bool has_it, uint32_t **out,
                        size_t *out_count, struct diag *diag)
{
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    size_t count = 0;
    for (size_t i = 0; i < batch->row_count; i++) {
        rows[count] = (uint32_t)i;
        count += ((batch->flags[i] & (unsigned)flag) != 0) == has_it;
    }
    *out = rows;
    *out_count = count;
    return STATUS_OK;
}

static enum status clone_column(struct column *column, struct arena *arena, size_t capacity,
                                size_t row_count, struct diag *diag)
{
    const struct column shared = *column;
    const size_t size = layout_bytes(type_layout(shared.type));
    column->data = arena_array(arena, capacity, size);
    column->is_null = arena_zalloc(arena, capacity);
    if (!column->data || !column->is_null) {
        return diag_no_memory(diag);
    }
    memcpy(column->data, shared.data, row_count * size);
    if (shared.has_nulls) {
        memcpy(column->is_null, shared.is_null, row_count);
    }
    return STATUS_OK;
}

static bool shares(const struct column *a, const struct column *b)
{
    return a->is_present && (a->data == b->data || a->is_null == b->is_null);
}

enum status rows_unshare(struct batch *batch, struct diag *diag)
{
    for (uint32_t i = 1; i < batch->column_count; i++) {
        struct column *column = &batch->columns[i];
        for (uint32_t j = 0; j < i && column->is_present; j++) {
            if (shares(&batch->columns[j], column)) {
                TRY(clone_column(column, batch->arena, batch->capacity, batch->row_count, diag));
                break;
            }
        }
    }
    return STATUS_OK;
}

enum status rows_complete(struct batch *batch, const struct schema *schema, struct diag *diag)
{
    assert(batch->column_count == schema->column_count);
    for (uint32_t i = 0; i < schema->column_count; i++) {
        struct column *column = &batch->columns[i];
        if (column->is_present) {
            continue;
        }
        TRY(column_init(column, batch->arena, schema->columns[i].type, batch->capacity, diag));
        memset(column->is_null, 1, batch->row_count);
        column->has_nulls = true;
    }
    return STATUS_OK;
}

void rows_copy_place(struct batch *target, size_t to, const struct batch *source, size_t from)
{
    target->time_ms[to] = source->time_ms[from];
    target->flags[to] = 0;
    if (target->window_start_ms && source->window_start_ms) {
        target->window_start_ms[to] = source->window_start_ms[from];
        target->window_end_ms[to] = source->window_end_ms[from];
    }
    if (target->cause) {
        target->cause[to] = source->cause ? source->cause[from] : NULL;
    }
}

void rows_copy_columns(struct batch *target, uint32_t first_to, size_t to,
                       const struct batch *source, uint32_t first_from, size_t from, uint32_t count)
{
    assert(first_to + count <= target->column_count);
    assert(first_from + count <= source->column_count);
    for (uint32_t i = 0; i < count; i++) {
        struct column *column = &target->columns[first_to + i];
        if (source->columns[first_from + i].is_present) {
            column_copy_row(column, to, &source->columns[first_from + i], from);
        } else {
            column_set_null(column, to);
        }
    }
}

void rows_set_null(struct batch *batch, uint32_t first_column, uint32_t count, size_t row)
{
    for (uint32_t i = first_column; i < first_column + count; i++) {
        column_set_null(&batch->columns[i], row);
    }
}

static struct value pseudo_value(const struct batch *batch, enum op_pseudo_kind kind, size_t row)
{
    switch (kind) {
    case OP_PSEUDO_ROWTIME:
        return value_int64(batch->time_ms[row]);
    case OP_PSEUDO_ROWPARTITION:
        return batch->origin ? value_int32((int32_t)batch->origin[row].partition) : VALUE_NULL;
    case OP_PSEUDO_ROWOFFSET:
        return batch->origin ? value_int64(batch->origin[row].offset) : VALUE_NULL;
    case OP_PSEUDO_WINDOWSTART:
        return batch->window_start_ms ? value_int64(batch->window_start_ms[row]) : VALUE_NULL;
    case OP_PSEUDO_WINDOWEND:
        return batch->window_end_ms ? value_int64(batch->window_end_ms[row]) : VALUE_NULL;
    }
    assert(false);
    return VALUE_NULL;
}

void rows_set_pseudo(struct batch *batch, const struct op_pseudo *pseudo, uint32_t pseudo_count,
                     size_t row)
{
    for (uint32_t i = 0; i < pseudo_count; i++) {
        column_set(&batch->columns[pseudo[i].column_index], row,
                   pseudo_value(batch, pseudo[i].kind, row));
    }
}

void rows_log(const struct operator* op, struct op_context *context, const struct batch *batch,
              size_t row, const char *message)
{
    const struct log_entry entry = {
        .kind = LOG_RECORD_PROCESSING,
        .step = op->place.step,
        .message = message,
        .has_origin = batch->origin != NULL,
        .origin = batch->origin ? batch->origin[row] : (struct row_origin){0},
    };
    context->log(context->log_context, &entry);
}
