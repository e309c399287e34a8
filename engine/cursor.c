/* cursor.c
 *
 * The queue between fill() and the consumer is on one thread and holds at most what one fill
 * produced. Only is_terminated and the list of open cursors are shared.
 */
#include "engine/cursor.h"

#include <assert.h>
#include <time.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/execution.h"
#include "engine/waker.h"

enum status cursor_create(struct engine *engine, const struct cursor_vtable *vtable,
                          struct cursor **out, struct diag *diag)
{
    struct cursor *cursor = memory_zalloc(sizeof(*cursor));
    if (!cursor) {
        return diag_no_memory(diag);
    }
    cursor->vtable = vtable;
    cursor->engine = engine;
    cursor->final_message = "";
    arena_init(&cursor->arena);
    atomic_init(&cursor->is_terminated, false);
    *out = cursor;
    return STATUS_OK;
}

void cursor_register(struct cursor *cursor)
{
    struct engine *engine = cursor->engine;
    pthread_mutex_lock(&engine->cursor_lock);
    cursor->next_open = engine->cursors;
    cursor->previous_open = &engine->cursors;
    if (cursor->next_open) {
        cursor->next_open->previous_open = &cursor->next_open;
    }
    engine->cursors = cursor;
    pthread_mutex_unlock(&engine->cursor_lock);
}

static void forget(struct cursor *cursor)
{
    struct engine *engine = cursor->engine;
    pthread_mutex_lock(&engine->cursor_lock);
    if (cursor->previous_open) {
        *cursor->previous_open = cursor->next_open;
    }
    if (cursor->next_open) {
        cursor->next_open->previous_open = cursor->previous_open;
    }
    pthread_mutex_unlock(&engine->cursor_lock);
}

void cursor_close(struct cursor *cursor)
{
    if (!cursor) {
        return;
    }
    if (cursor->query_id[0] != '\0') {
        forget(cursor);
    }
    if (cursor->wake) {
        waker_remove(cursor->engine->waker, cursor);
    }
    if (cursor->source) {
        cursor->vtable->release(cursor);
    }
    while (cursor->first) {
        struct cursor_chunk *chunk = cursor->first;
        cursor->first = chunk->next;
        row_chunk_unref(&chunk->chunk);
    }
    script_unref(cursor->script);
    arena_release(&cursor->arena);
    memory_free(cursor);
}

void row_chunk_unref(struct row_chunk *row_chunk)
{
    struct cursor_chunk *chunk = (struct cursor_chunk *)row_chunk;
    if (chunk && atomic_fetch_sub(&chunk->references, 1) == 1) {
        arena_release(&chunk->arena);
        memory_free(chunk);
    }
}

static struct cursor_chunk *new_chunk(void)
{
    struct cursor_chunk *chunk = memory_zalloc(sizeof(*chunk));
    if (chunk) {
        arena_init(&chunk->arena);
        atomic_init(&chunk->references, 1);
    }
    return chunk;
}

static void enqueue(struct cursor *cursor, struct cursor_chunk *chunk)
{
    if (cursor->last) {
        cursor->last->next = chunk;
    } else {
        cursor->first = chunk;
    }
    cursor->last = chunk;
}

static enum status copy_column(struct arena *arena, const struct column *from, size_t row_count,
                               struct column *to, struct diag *diag)
{
    TRY(column_init(to, arena, from->type, row_count, diag));
    for (size_t row = 0; row < row_count; row++) {
        struct value value = column_get(from, row);
        TRY(value_copy(arena, from->type, &value, &value, diag));
        column_set(to, row, value);
    }
    return STATUS_OK;
}

static enum status copy_batch(struct arena *arena, const struct batch *from, size_t row_count,
                              const struct batch **out, struct diag *diag)
{
    struct batch *batch = NULL;
    TRY(batch_create(arena, from->column_count, row_count, &batch, diag));
    for (uint32_t i = 0; i < from->column_count; i++) {
        TRY(copy_column(arena, &from->columns[i], row_count, &batch->columns[i], diag));
    }
    memcpy(batch->time_ms, from->time_ms, row_count * sizeof(*batch->time_ms));
    memcpy(batch->flags, from->flags, row_count);
    batch->row_count = row_count;
    *out = batch;
    return STATUS_OK;
}

enum status cursor_drop_rows(struct batch *batch, uint8_t flags, struct arena *arena,
                             struct diag *diag)
{
    uint32_t *rows = arena_array(arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    size_t count = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        if (!(batch->flags[row] & flags)) {
            rows[count++] = (uint32_t)row;
        }
    }
    batch_compact(batch, rows, count);
    return STATUS_OK;
}

enum status cursor_add_rows(struct cursor *cursor, const struct batch *batch, struct diag *diag)
{
    size_t row_count = batch->row_count;
    if (cursor->has_limit && row_count > cursor->rows_left) {
        row_count = (size_t)cursor->rows_left;
    }
    cursor->row_count += row_count;
    if (row_count == 0 || cursor->is_end || cursor->counts_only) {
        return STATUS_OK;
    }
    struct cursor_chunk *chunk = new_chunk();
    if (!chunk) {
        return diag_no_memory(diag);
    }
    const enum status status =
        copy_batch(&chunk->arena, batch, row_count, &chunk->chunk.batch, diag);
    if (status != STATUS_OK) {
        row_chunk_unref(&chunk->chunk);
        return status;
    }
    enqueue(cursor, chunk);
    cursor->row_bytes = arena_bytes(&chunk->arena) / row_count;
    if (cursor->has_limit) {
        cursor->rows_left -= row_count;
        if (cursor->rows_left == 0) {
            cursor_end(cursor, "Limit Reached");
        }
    }
    return STATUS_OK;
}

enum status cursor_add_lines(struct cursor *cursor, struct text lines, struct diag *diag)
{
    struct cursor_chunk *chunk = new_chunk();
    if (!chunk) {
        return diag_no_memory(diag);
    }
    chunk->chunk.lines = arena_text(&chunk->arena, lines);
    if (!chunk->chunk.lines.data) {
        row_chunk_unref(&chunk->chunk);
        return diag_no_memory(diag);
    }
    enqueue(cursor, chunk);
    return STATUS_OK;
}

void cursor_end(struct cursor *cursor, const char *final_message)
{
    if (!cursor->is_end) {
        cursor->is_end = true;
        cursor->final_message = final_message;
    }
}

void cursor_set_limit(struct cursor *cursor, uint64_t limit)
{
    cursor->has_limit = true;
    cursor->rows_left = limit;
    if (limit == 0) {
        cursor_end(cursor, "Limit Reached");
    }
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct row_chunk *dequeue(struct cursor *cursor)
{
    struct cursor_chunk *chunk = cursor->first;
    cursor->first = chunk->next;
    if (!cursor->first) {
        cursor->last = NULL;
    }
    chunk->next = NULL;
    return &chunk->chunk;
}

/* Fills the queue once; false when there is nothing to hand out yet. */
static enum status fill_once(struct cursor *cursor, bool *out_ready, struct diag *diag)
{
    if (!cursor->first && !cursor->is_end) {
        if (atomic_load(&cursor->is_terminated)) {
            cursor_end(cursor, "Query Terminated");
        } else {
            TRY(cursor->vtable->fill(cursor, diag));
        }
    }
    *out_ready = cursor->first || cursor->is_end;
    return STATUS_OK;
}

enum status cursor_next(struct cursor *cursor, int64_t timeout_ms, struct row_chunk **out,
                        bool *is_end, struct diag *diag)
{
    const int64_t deadline_ms = timeout_ms < 0 ? INT64_MAX : monotonic_ms() + timeout_ms;
    *out = NULL;
    *is_end = false;
    for (;;) {
        const uint64_t sequence = topics_sequence(cursor->engine->topics);
        bool is_ready = false;
        TRY(fill_once(cursor, &is_ready, diag));
        if (is_ready) {
            break;
        }
        const int64_t left_ms = deadline_ms - monotonic_ms();
        if (left_ms <= 0) {
            return STATUS_OK;
        }
        topics_wait(cursor->engine->topics, sequence, left_ms < 1000 ? left_ms : 1000);
    }
    if (cursor->first) {
        *out = dequeue(cursor);
    }
    *is_end = cursor->is_end && !cursor->first && !*out;
    return STATUS_OK;
}

enum cursor_kind cursor_kind(const struct cursor *cursor)
{
    return cursor->vtable->kind;
}

const char *cursor_query_id(const struct cursor *cursor)
{
    return cursor->query_id;
}

const struct schema *cursor_schema(const struct cursor *cursor)
{
    return &cursor->schema;
}

bool cursor_is_caught_up(const struct cursor *cursor)
{
    return !cursor->first &&
           (!cursor->vtable->is_caught_up || cursor->vtable->is_caught_up(cursor));
}

bool cursor_is_table(const struct cursor *cursor)
{
    return cursor->is_table;
}

bool cursor_is_brief(const struct cursor *cursor)
{
    return cursor->vtable->is_brief && cursor->vtable->is_brief(cursor);
}

const char *cursor_final_message(const struct cursor *cursor)
{
    return cursor->final_message;
}

void cursor_count_only(struct cursor *cursor)
{
    cursor->counts_only = true;
}

uint64_t cursor_row_count(const struct cursor *cursor)
{
    return cursor->row_count;
}

enum status cursor_set_wake(struct cursor *cursor, void (*wake)(void *context), void *context,
                            struct diag *diag)
{
    struct engine *engine = cursor->engine;
    assert(!engine->options.is_manual && !cursor->wake);
    pthread_mutex_lock(&engine->cursor_lock);
    enum status status = STATUS_OK;
    if (!engine->waker) {
        status = waker_start(engine->topics, &engine->waker, diag);
    }
    if (status == STATUS_OK) {
        cursor->wake = wake;
        cursor->wake_context = context;
        status = waker_add(engine->waker, cursor, diag);
    }
    pthread_mutex_unlock(&engine->cursor_lock);
    return status;
}

void cursor_terminate(struct cursor *cursor)
{
    atomic_store(&cursor->is_terminated, true);
    if (cursor->wake) {
        cursor->wake(cursor->wake_context);
    }
    topics_wake(cursor->engine->topics); /* for those who wait in cursor_next() */
}
