/* batch.c
 *
 * A batch is made anew from the task's arena for each step that changes the set of columns;
 * steps that only drop rows compact it in place.
 */
#include "base/batch.h"

#include <assert.h>

#include "base/bounds.h"

enum status batch_create(struct arena *arena, uint32_t column_count, size_t capacity,
                         struct batch **out, struct diag *diag)
{
    assert(capacity > 0);
    struct batch *batch = ARENA_NEW(arena, struct batch);
    if (!batch) {
        return diag_no_memory(diag);
    }
    batch->arena = arena;
    batch->capacity = capacity;
    batch->column_count = column_count;
    batch->columns = arena_zalloc(arena, column_count * sizeof(*batch->columns));
    batch->time_ms = arena_array(arena, capacity, sizeof(*batch->time_ms));
    batch->flags = arena_zalloc(arena, capacity);
    if (!batch->columns || !batch->time_ms || !batch->flags) {
        return diag_no_memory(diag);
    }
    *out = batch;
    return STATUS_OK;
}

enum status batch_add_windows(struct batch *batch, struct diag *diag)
{
    const size_t size = sizeof(*batch->window_start_ms);
    batch->window_start_ms = arena_array(batch->arena, batch->capacity, size);
    batch->window_end_ms = arena_array(batch->arena, batch->capacity, size);
    return batch->window_start_ms && batch->window_end_ms ? STATUS_OK : diag_no_memory(diag);
}

static void compact_int64(int64_t *array, const uint32_t *rows, size_t count)
{
    for (size_t i = 0; array && i < count; i++) {
        array[i] = array[rows[i]];
    }
}

void batch_compact(struct batch *batch, const uint32_t *rows, size_t count)
{
    assert(count <= batch->row_count);
    if (count == batch->row_count) {
        return; /* rows are ascending and distinct: all are kept */
    }
    for (uint32_t i = 0; i < batch->column_count; i++) {
        column_compact(&batch->columns[i], rows, count);
    }
    compact_int64(batch->time_ms, rows, count);
    compact_int64(batch->window_start_ms, rows, count);
    compact_int64(batch->window_end_ms, rows, count);
    for (size_t i = 0; i < count; i++) {
        batch->flags[i] = batch->flags[rows[i]];
    }
    for (size_t i = 0; batch->origin && i < count; i++) {
        batch->origin[i] = batch->origin[rows[i]];
    }
    for (size_t i = 0; batch->cause && i < count; i++) {
        batch->cause[i] = batch->cause[rows[i]];
    }
    if (batch->old) {
        batch->old->row_count = batch->row_count;
        batch_compact(batch->old, rows, count);
    }
    batch->row_count = count;
}
