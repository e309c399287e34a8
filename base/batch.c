/* batch.c
 *
 * A batch is made anew from the task's arena for each step that changes the set of columns;
 * steps that only drop rows compact it in place. A shared batch is not written to: its rows are
 * copied when it is known which of them go on.
 */
#include "base/batch.h"

#include <assert.h>
#include <string.h>

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

/* A copy of the listed elements of an array, in arena; NULL for NULL and when memory is out. */
static void *copy_listed(struct arena *arena, const void *array, size_t size, const uint32_t *rows,
                         size_t count)
{
    char *copy = array ? arena_array(arena, count, size) : NULL;
    if (copy && !rows) {
        memcpy(copy, array, count * size);
    }
    for (size_t i = 0; copy && rows && i < count; i++) {
        memcpy(copy + i * size, (const char *)array + rows[i] * size, size);
    }
    return copy;
}

static bool own_places(struct batch *batch, const uint32_t *rows, size_t count)
{
    const struct batch shared = *batch;
    struct arena *arena = batch->arena;
    batch->time_ms = copy_listed(arena, shared.time_ms, sizeof(int64_t), rows, count);
    batch->flags = copy_listed(arena, shared.flags, sizeof(uint8_t), rows, count);
    batch->window_start_ms =
        copy_listed(arena, shared.window_start_ms, sizeof(int64_t), rows, count);
    batch->window_end_ms = copy_listed(arena, shared.window_end_ms, sizeof(int64_t), rows, count);
    batch->origin = copy_listed(arena, shared.origin, sizeof(struct row_origin), rows, count);
    batch->cause =
        copy_listed(arena, shared.cause, sizeof(const struct record *), rows, count);
    return batch->time_ms && batch->flags && (batch->window_end_ms || !shared.window_end_ms) &&
           (batch->window_start_ms || !shared.window_start_ms) &&
           (batch->origin || !shared.origin) && (batch->cause || !shared.cause);
}

enum status batch_own(struct batch *batch, const uint32_t *rows, size_t count, struct diag *diag)
{
    assert(batch->is_shared && !batch->old && count <= batch->row_count);
    batch->row_count = count;
    if (count == 0) {
        return STATUS_OK; /* nothing will be read, nothing written */
    }
    if (!own_places(batch, rows, count)) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < batch->column_count; i++) {
        if (batch->columns[i].is_present) {
            TRY(column_own(&batch->columns[i], batch->arena, rows, count, diag));
        }
    }
    batch->capacity = count;
    batch->is_shared = false;
    return STATUS_OK;
}

static void compact_int64(int64_t *array, const uint32_t *rows, size_t count)
{
    for (size_t i = 0; array && i < count; i++) {
        array[i] = array[rows[i]];
    }
}

void batch_compact(struct batch *batch, const uint32_t *rows, size_t count)
{
    assert(count <= batch->row_count && !batch->is_shared);
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
