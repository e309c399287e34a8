/* json_members.c
 *
 * An array that doubles, and beside it a table of positions with linear probing, at most half
 * full, which is built when the array outgrows SCAN_MAX. Old arrays stay in the arena: together
 * they are no larger than the newest one. */
#include "formats/json_members.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

enum { SCAN_MAX = 16 };

static uint32_t slot_of(const struct json_members *members, struct text name)
{
    return (uint32_t)hash_bytes(name.data, name.bytes) & (members->slot_count - 1);
}

/* The item of that name, or NULL; *slot is where a new one would go. */
static struct json_member *find(const struct json_members *members, struct text name,
                                uint32_t *slot)
{
    if (!members->slot_count) {
        for (uint32_t i = 0; i < members->count; i++) {
            if (text_equal(members->items[i].name, name)) {
                return &members->items[i];
            }
        }
        return NULL;
    }
    uint32_t at = slot_of(members, name);
    while (members->slots[at]) {
        struct json_member *item = &members->items[members->slots[at] - 1];
        if (text_equal(item->name, name)) {
            return item;
        }
        at = (at + 1) & (members->slot_count - 1);
    }
    *slot = at;
    return NULL;
}

static bool rebuild_slots(struct json_members *members)
{
    const uint32_t slot_count = members->capacity * 2;
    uint32_t *slots = arena_array(members->arena, slot_count, sizeof(*slots));
    if (!slots) {
        return false;
    }
    memset(slots, 0, slot_count * sizeof(*slots));
    members->slots = slots;
    members->slot_count = slot_count;
    for (uint32_t i = 0; i < members->count; i++) {
        uint32_t at = slot_of(members, members->items[i].name);
        while (slots[at]) {
            at = (at + 1) & (slot_count - 1);
        }
        slots[at] = i + 1;
    }
    return true;
}

static bool grow(struct json_members *members)
{
    const uint32_t capacity = members->capacity ? members->capacity * 2 : SCAN_MAX;
    struct json_member *items = arena_array(members->arena, capacity, sizeof(*items));
    if (!items) {
        return false;
    }
    if (members->count) {
        memcpy(items, members->items, members->count * sizeof(*items));
    }
    members->items = items;
    members->capacity = capacity;
    return capacity <= SCAN_MAX || rebuild_slots(members);
}

bool json_members_put(struct json_members *members, struct text name, const char *value)
{
    if (members->count == members->capacity && !grow(members)) {
        return false;
    }
    uint32_t slot = 0;
    struct json_member *old = find(members, name, &slot);
    if (old) {
        old->value = value;
        return true;
    }
    members->items[members->count++] = (struct json_member){name, value};
    if (members->slot_count) {
        members->slots[slot] = members->count;
    }
    return true;
}
