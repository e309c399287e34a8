/* value_index.c
 *
 * Open addressing with at most half of the slots in use. The hash is value_hash, which gives
 * -0.0 and 0.0 the same number; they are told apart by the comparison.
 */
#include "functions/value_index.h"

#include <assert.h>

#include "functions/natural_order.h"

enum status value_index_init(struct value_index *index, struct arena *arena,
                             const struct type *type, uint32_t capacity, struct diag *diag)
{
    uint32_t slot_count = 8;
    while (slot_count / 2 < capacity && slot_count < UINT32_C(1) << 31) {
        slot_count *= 2;
    }
    if (slot_count / 2 < capacity) {
        return diag_no_memory(diag);
    }
    uint32_t *slots = arena_zalloc(arena, (size_t)slot_count * sizeof(*slots));
    if (!slots) {
        return diag_no_memory(diag);
    }
    *index = (struct value_index){.type = type, .slots = slots, .slot_count = slot_count};
    return STATUS_OK;
}

int64_t value_index_find(const struct value_index *index, const struct value *items,
                         const struct value *value)
{
    const uint32_t mask = index->slot_count - 1;
    uint32_t slot = (uint32_t)value_hash(index->type, value) & mask;
    for (; index->slots[slot]; slot = (slot + 1) & mask) {
        const uint32_t at = index->slots[slot] - 1;
        if (natural_equal(index->type, &items[at], value)) {
            return at;
        }
    }
    return -1;
}

void value_index_add(struct value_index *index, const struct value *items, uint32_t at)
{
    const uint32_t mask = index->slot_count - 1;
    uint32_t slot = (uint32_t)value_hash(index->type, &items[at]) & mask;
    while (index->slots[slot]) {
        slot = (slot + 1) & mask;
    }
    index->slots[slot] = at + 1;
}

enum status map_build_init(struct map_build *build, struct arena *arena,
                           const struct type *map_type, uint32_t capacity, struct diag *diag)
{
    build->map = value_map_create(arena, capacity);
    if (!build->map) {
        return diag_no_memory(diag);
    }
    return value_index_init(&build->keys, arena, map_type->key, capacity, diag);
}

bool map_build_put(struct map_build *build, struct value key, struct value value)
{
    struct value_map *map = build->map;
    assert(!key.is_null);
    const int64_t at = value_index_find(&build->keys, map->keys, &key);
    if (at >= 0) {
        map->values[at] = value;
        return false;
    }
    map->keys[map->count] = key;
    map->values[map->count] = value;
    value_index_add(&build->keys, map->keys, map->count);
    map->count++;
    return true;
}
