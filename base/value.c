/* value.c
 *
 * Equality, order, hash and copy of values, each one switch over the memory layout and one
 * recursion over nested parts. Depth is bounded by VALUE_DEPTH_MAX at every place that builds
 * values from outside.
 *
 * STRING order is that of UTF-16 code units, as in Java: it differs from byte order only
 * where a character beyond U+FFFF meets one of U+E000..U+FFFF.
 */
#include "base/value.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

static int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Orders the lead bytes of two UTF-8 characters as their UTF-16 forms are ordered: the four
 * byte forms (surrogates, D800..DFFF) come before U+E000..U+FFFF. */
static unsigned utf16_rank(unsigned char byte)
{
    if (byte >= 0xF0U) {
        return 0xEDU * 2U + 1U; /* after the three-byte characters below U+E000 */
    }
    return byte * 2U;
}

static int compare_string(struct text a, struct text b)
{
    const size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    for (size_t i = 0; i < common; i++) {
        const unsigned char x = (unsigned char)a.data[i];
        const unsigned char y = (unsigned char)b.data[i];
        if (x != y) {
            const unsigned rank_x = utf16_rank(x);
            const unsigned rank_y = utf16_rank(y);
            return rank_x != rank_y ? (rank_x > rank_y) - (rank_x < rank_y) : (x > y) - (x < y);
        }
    }
    return (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

static int compare_nulls(const struct value *a, const struct value *b)
{
    return (int)b->is_null - (int)a->is_null;
}

static const struct type *item_type(const struct type *type, uint32_t index)
{
    return type->kind == TYPE_STRUCT ? type->fields[index].type : type->element;
}

static int compare_list(const struct type *type, const struct value_list *a,
                        const struct value_list *b)
{
    const uint32_t common = a->count < b->count ? a->count : b->count;
    for (uint32_t i = 0; i < common; i++) {
        const int order = value_compare(item_type(type, i), &a->items[i], &b->items[i]);
        if (order != 0) {
            return order;
        }
    }
    return compare_int64(a->count, b->count);
}

static bool map_equal(const struct type *type, const struct value_map *a,
                      const struct value_map *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const int at = value_map_find(type, b, &a->keys[i]);
        if (at < 0 || !value_equal(type->element, &a->values[i], &b->values[at])) {
            return false;
        }
    }
    return true;
}

static bool list_equal(const struct type *type, const struct value_list *a,
                       const struct value_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!value_equal(item_type(type, i), &a->items[i], &b->items[i])) {
            return false;
        }
    }
    return true;
}

bool value_equal(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) {
        return a->is_null && b->is_null;
    }
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        return a->boolean == b->boolean;
    case LAYOUT_INT32:
        return a->int32 == b->int32;
    case LAYOUT_INT64:
        return a->int64 == b->int64;
    case LAYOUT_DOUBLE:
        return a->real == b->real;
    case LAYOUT_DECIMAL:
        return a->decimal == b->decimal;
    case LAYOUT_TEXT:
        return text_equal(a->text, b->text);
    case LAYOUT_LIST:
        return list_equal(type, a->list, b->list);
    case LAYOUT_MAP:
        return map_equal(type, a->map, b->map);
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return false;
}

static int compare_map(const struct type *type, const struct value_map *a,
                       const struct value_map *b)
{
    if (map_equal(type, a, b)) {
        return 0;
    }
    return compare_int64(a->count, b->count) < 0 ? -1 : 1;
}

int value_compare(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) {
        return compare_nulls(a, b);
    }
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        return (int)a->boolean - (int)b->boolean;
    case LAYOUT_INT32:
        return compare_int64(a->int32, b->int32);
    case LAYOUT_INT64:
        return compare_int64(a->int64, b->int64);
    case LAYOUT_DOUBLE:
        return (a->real > b->real) - (a->real < b->real);
    case LAYOUT_DECIMAL:
        return (a->decimal > b->decimal) - (a->decimal < b->decimal);
    case LAYOUT_TEXT:
        return type->kind == TYPE_STRING ? compare_string(a->text, b->text)
                                         : text_compare(a->text, b->text);
    case LAYOUT_LIST:
        return compare_list(type, a->list, b->list);
    case LAYOUT_MAP:
        return compare_map(type, a->map, b->map);
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return 0;
}

static uint64_t hash_real(double real)
{
    const double normal = real == 0.0 ? 0.0 : real; /* -0.0 equals 0.0 */
    uint64_t bits = 0;
    memcpy(&bits, &normal, sizeof(bits));
    return hash_int64(bits);
}

static uint64_t hash_list(const struct type *type, const struct value_list *list)
{
    uint64_t hash = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        hash = hash_int64(hash ^ value_hash(item_type(type, i), &list->items[i]));
    }
    return hash;
}

static uint64_t hash_map(const struct type *type, const struct value_map *map)
{
    uint64_t hash = map->count;
    for (uint32_t i = 0; i < map->count; i++) { /* a sum, since order does not count */
        hash += hash_int64(value_hash(type->key, &map->keys[i]) ^
                           (value_hash(type->element, &map->values[i]) << 1));
    }
    return hash;
}

uint64_t value_hash(const struct type *type, const struct value *value)
{
    if (value->is_null) {
        return 0x5BD1E995U;
    }
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        return hash_int64(value->boolean);
    case LAYOUT_INT32:
        return hash_int64((uint64_t)(int64_t)value->int32);
    case LAYOUT_INT64:
        return hash_int64((uint64_t)value->int64);
    case LAYOUT_DOUBLE:
        return hash_real(value->real);
    case LAYOUT_DECIMAL:
        return hash_int64((uint64_t)value->decimal ^ (uint64_t)(value->decimal >> 64));
    case LAYOUT_TEXT:
        return hash_bytes(value->text.data, value->text.bytes);
    case LAYOUT_LIST:
        return hash_list(type, value->list);
    case LAYOUT_MAP:
        return hash_map(type, value->map);
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return 0;
}

struct value_list *value_list_create(struct arena *arena, uint32_t count)
{
    struct value_list *list = ARENA_NEW(arena, struct value_list);
    struct value *items = arena_array(arena, count, sizeof(*items));
    if (!list || !items) {
        return NULL;
    }
    *list = (struct value_list){.count = count, .items = items};
    return list;
}

struct value_map *value_map_create(struct arena *arena, uint32_t capacity)
{
    struct value_map *map = ARENA_NEW(arena, struct value_map);
    struct value *keys = arena_array(arena, capacity, sizeof(*keys));
    struct value *values = arena_array(arena, capacity, sizeof(*values));
    if (!map || !keys || !values) {
        return NULL;
    }
    *map = (struct value_map){.keys = keys, .values = values};
    return map;
}

int value_map_find(const struct type *map_type, const struct value_map *map,
                   const struct value *key)
{
    for (uint32_t i = 0; i < map->count; i++) {
        if (value_equal(map_type->key, &map->keys[i], key)) {
            return (int)i;
        }
    }
    return -1;
}

void value_map_put(const struct type *map_type, struct value_map *map, struct value key,
                   struct value value)
{
    const int at = value_map_find(map_type, map, &key);
    if (at >= 0) {
        map->values[at] = value;
        return;
    }
    map->keys[map->count] = key;
    map->values[map->count] = value;
    map->count++;
}

static enum status copy_list(struct arena *arena, const struct type *type,
                             const struct value_list *from, struct value *out, struct diag *diag)
{
    struct value_list *list = value_list_create(arena, from->count);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        TRY(value_copy(arena, item_type(type, i), &from->items[i], &list->items[i], diag));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status copy_map(struct arena *arena, const struct type *type,
                            const struct value_map *from, struct value *out, struct diag *diag)
{
    struct value_map *map = value_map_create(arena, from->count);
    if (!map) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        TRY(value_copy(arena, type->key, &from->keys[i], &map->keys[i], diag));
        TRY(value_copy(arena, type->element, &from->values[i], &map->values[i], diag));
    }
    map->count = from->count;
    *out = (struct value){.map = map};
    return STATUS_OK;
}

enum status value_copy(struct arena *arena, const struct type *type, const struct value *value,
                       struct value *out, struct diag *diag)
{
    if (value->is_null) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_TEXT) {
        const struct text text = arena_text(arena, value->text);
        if (!text.data) {
            return diag_no_memory(diag);
        }
        *out = value_text(text);
        return STATUS_OK;
    }
    if (layout == LAYOUT_LIST) {
        return copy_list(arena, type, value->list, out, diag);
    }
    if (layout == LAYOUT_MAP) {
        return copy_map(arena, type, value->map, out, diag);
    }
    *out = *value;
    return STATUS_OK;
}
