/* hash_order.c
 *
 * A counting sort by slot: stable, linear, and with no comparison of keys. HashMap turns a slot
 * with eight keys or more into a tree, but walks even that in order of arrival, so a slot is a
 * list here too.
 */
#include "functions/hash_order.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

static uint32_t fold(uint64_t bits)
{
    return (uint32_t)(bits ^ bits >> 32);
}

/* String.hashCode, over UTF-16 units. */
static uint32_t hash_string(struct text text)
{
    uint32_t hash = 0;
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        const uint32_t code = utf8_next(&next, end);
        if (code > 0xFFFFU) {
            hash = hash * 31U + (0xD800U + ((code - 0x10000U) >> 10));
            hash = hash * 31U + (0xDC00U + (code & 0x3FFU));
        } else {
            hash = hash * 31U + code;
        }
    }
    return hash;
}

static uint32_t hash_real(double real)
{
    uint64_t bits = UINT64_C(0x7FF8000000000000); /* every NaN */
    if (!isnan(real)) {
        memcpy(&bits, &real, sizeof(bits));
    }
    return fold(bits);
}

/* Keys of other types than these do not occur in records; they keep their order of arrival. */
static uint32_t hash_key(const struct type *type, const struct value *key)
{
    switch (type->kind) {
    case TYPE_STRING:
        return hash_string(key->text);
    case TYPE_INTEGER:
        return (uint32_t)key->int32;
    case TYPE_BIGINT:
        return fold((uint64_t)key->int64);
    case TYPE_DOUBLE:
        return hash_real(key->real);
    case TYPE_BOOLEAN:
        return key->boolean ? 1231U : 1237U;
    case TYPE_DECIMAL:
    case TYPE_BYTES:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    return 0;
}

/* The slots of a HashMap that was made for count keys: at most three quarters are in use. */
static uint32_t slot_count_for(uint32_t count)
{
    uint32_t slots = 1;
    while (slots < count || slots / 4U * 3U + slots % 4U * 3U / 4U < count) {
        slots *= 2U;
    }
    return slots;
}

enum status hash_order(const struct type *map_type, const struct value_map *map,
                       struct arena *arena, const uint32_t **out, struct diag *diag)
{
    const uint32_t slot_count = slot_count_for(map->count);
    uint32_t *order = arena_array(arena, map->count, sizeof(*order));
    uint32_t *slots = arena_array(arena, map->count, sizeof(*slots));
    uint32_t *starts = arena_zalloc(arena, ((size_t)slot_count + 1) * sizeof(*starts));
    if (!order || !slots || !starts) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const uint32_t hash = hash_key(map_type->key, &map->keys[i]);
        slots[i] = (hash ^ hash >> 16) & (slot_count - 1);
        starts[slots[i] + 1]++;
    }
    for (uint32_t i = 0; i < slot_count; i++) {
        starts[i + 1] += starts[i];
    }
    for (uint32_t i = 0; i < map->count; i++) {
        order[starts[slots[i]]++] = i;
    }
    *out = order;
    return STATUS_OK;
}
