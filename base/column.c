/* column.c
 *
 * Typed arrays with one null byte per row: a byte array vectorises without bit fiddling and
 * costs 4 KiB per full column. Every function here is one switch over the memory layout.
 */
#include "base/column.h"

#include <assert.h>
#include <string.h>

static const size_t layout_sizes[LAYOUT_COUNT] = {
    [LAYOUT_BOOLEAN] = sizeof(uint8_t), [LAYOUT_INT32] = sizeof(int32_t),
    [LAYOUT_INT64] = sizeof(int64_t),   [LAYOUT_DOUBLE] = sizeof(double),
    [LAYOUT_DECIMAL] = sizeof(int128),  [LAYOUT_TEXT] = sizeof(struct text),
    [LAYOUT_LIST] = sizeof(void *),     [LAYOUT_MAP] = sizeof(void *),
};

size_t layout_bytes(enum layout layout)
{
    assert(layout < LAYOUT_COUNT);
    return layout_sizes[layout];
}

enum status column_init(struct column *column, struct arena *arena, const struct type *type,
                        size_t capacity, struct diag *diag)
{
    const size_t size = layout_bytes(type_layout(type));
    *column = (struct column){.type = type, .is_present = true};
    column->is_null = arena_zalloc(arena, capacity);
    column->data = arena_array(arena, capacity, size);
    if (!column->is_null || !column->data) {
        return diag_no_memory(diag);
    }
    memset(column->data, 0, capacity * size);
    return STATUS_OK;
}

struct value column_get(const struct column *column, size_t row)
{
    assert(column->is_present);
    if (column_is_null(column, row)) {
        return VALUE_NULL;
    }
    switch (type_layout(column->type)) {
    case LAYOUT_BOOLEAN:
        return value_boolean(column->boolean[row] != 0);
    case LAYOUT_INT32:
        return value_int32(column->int32[row]);
    case LAYOUT_INT64:
        return value_int64(column->int64[row]);
    case LAYOUT_DOUBLE:
        return value_real(column->real[row]);
    case LAYOUT_DECIMAL:
        return (struct value){.decimal = column->decimal[row]};
    case LAYOUT_TEXT:
        return value_text(column->text[row]);
    case LAYOUT_LIST:
        return (struct value){.list = column->list[row]};
    case LAYOUT_MAP:
        return (struct value){.map = column->map[row]};
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return VALUE_NULL;
}

void column_set(struct column *column, size_t row, struct value value)
{
    assert(column->is_present);
    if (value.is_null) {
        column_set_null(column, row);
        return;
    }
    column->is_null[row] = 0;
    switch (type_layout(column->type)) {
    case LAYOUT_BOOLEAN:
        column->boolean[row] = value.boolean;
        return;
    case LAYOUT_INT32:
        column->int32[row] = value.int32;
        return;
    case LAYOUT_INT64:
        column->int64[row] = value.int64;
        return;
    case LAYOUT_DOUBLE:
        column->real[row] = value.real;
        return;
    case LAYOUT_DECIMAL:
        column->decimal[row] = value.decimal;
        return;
    case LAYOUT_TEXT:
        column->text[row] = value.text;
        return;
    case LAYOUT_LIST:
        column->list[row] = value.list;
        return;
    case LAYOUT_MAP:
        column->map[row] = value.map;
        return;
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
}

void column_copy_row(struct column *target, size_t to, const struct column *source, size_t from)
{
    const size_t size = layout_bytes(type_layout(source->type));
    assert(type_layout(target->type) == type_layout(source->type));
    const bool is_null = column_is_null(source, from);
    target->is_null[to] = is_null;
    target->has_nulls = target->has_nulls || is_null;
    memcpy((char *)target->data + to * size, (const char *)source->data + from * size, size);
}

/* One loop per width lets the compiler unroll the gather. */
#define GATHER(to, from)                                                                           \
    for (size_t i = 0; i < count; i++) {                                                           \
        (to)[i] = (from)[rows[i]];                                                                 \
    }

/* Moves the data of the listed rows to the front of an array of the same layout, or of the same. */
static void gather(struct column *to, const struct column *from, const uint32_t *rows,
                   size_t count)
{
    switch (layout_bytes(type_layout(from->type))) {
    case 1:
        GATHER(to->boolean, from->boolean)
        return;
    case 4:
        GATHER(to->int32, from->int32)
        return;
    case 8:
        GATHER(to->int64, from->int64)
        return;
    default:
        GATHER(to->decimal, from->decimal)
        return;
    }
}
static_assert(sizeof(struct text) == sizeof(int128), "text and decimal are moved alike");

enum status column_own(struct column *column, struct arena *arena, const uint32_t *rows,
                       size_t count, struct diag *diag)
{
    assert(count > 0);
    const struct column shared = *column;
    const size_t size = layout_bytes(type_layout(shared.type));
    column->data = arena_array(arena, count, size);
    column->is_null = arena_zalloc(arena, count);
    if (!column->data || !column->is_null) {
        return diag_no_memory(diag);
    }
    if (!rows) {
        memcpy(column->data, shared.data, count * size);
        memcpy(column->is_null, shared.is_null, shared.has_nulls ? count : 0);
        return STATUS_OK;
    }
    gather(column, &shared, rows, count);
    if (shared.has_nulls) {
        GATHER(column->is_null, shared.is_null)
    }
    return STATUS_OK;
}

void column_compact(struct column *column, const uint32_t *rows, size_t count)
{
    if (!column->is_present) {
        return;
    }
    if (column->has_nulls) {
        GATHER(column->is_null, column->is_null)
    }
    gather(column, column, rows, count);
}
