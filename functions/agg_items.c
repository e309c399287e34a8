/* agg_items.c
 *
 * Two blocks: the encoded bytes of all items, and an array of (offset, bytes, tag). Removing an
 * item leaves its bytes behind as dead; when they are more than half, the live ones move to a
 * fresh block. The hash index is a third block, made when a long list is searched for the first
 * time, kept up while items are appended, and dropped when item numbers change.
 *
 * Rejected: an arena per group (its first chunk is larger than most groups), and boxed values
 * (an allocation per text, and release() would need the type).
 */
#include "functions/agg_items.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/row_codec.h"
#include "functions/agg_canonical.h"

struct item {
    uint32_t offset; /* in blob */
    uint32_t bytes;
    int64_t tag;
};

struct agg_items {
    struct buffer blob;
    size_t kept_bytes; /* of blob; what lies behind is staged */
    size_t dead_bytes; /* of blob, in removed items */
    struct item *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots;     /* item number + 1, 0 for a free slot; NULL: no index */
    uint32_t slot_count; /* a power of two, more than twice the items */
};

enum {
    ITEMS_FIRST = 2,      /* capacity of a new list */
    ITEMS_INDEXED = 16,   /* shorter lists are searched one by one */
    DEAD_BYTES_MIN = 256, /* fewer are not worth a compaction */
};

static void drop_index(struct agg_items *items)
{
    memory_free(items->slots);
    items->slots = NULL;
    items->slot_count = 0;
}

void agg_items_release_state(void *state)
{
    struct agg_items **owner = state;
    struct agg_items *items = *owner;
    if (!items) {
        return;
    }
    buffer_release(&items->blob);
    memory_free(items->items);
    memory_free(items->slots);
    memory_free(items);
    *owner = NULL;
}

/* Makes the list if need be and forgets what was staged. */
static enum status begin_stage(struct agg_items **items, struct diag *diag)
{
    if (!*items) {
        *items = memory_zalloc(sizeof(**items));
        if (!*items) {
            return diag_no_memory(diag);
        }
        buffer_init(&(*items)->blob);
    }
    (*items)->blob.bytes = (*items)->kept_bytes;
    return STATUS_OK;
}

static enum status end_stage(struct agg_items *items, struct text *out, struct diag *diag)
{
    struct buffer *blob = &items->blob;
    const enum status status = buffer_status(blob, diag);
    if (status != STATUS_OK) {
        blob->bytes = items->kept_bytes;
        blob->has_failed = false;
        return status;
    }
    *out = (struct text){blob->data + items->kept_bytes, blob->bytes - items->kept_bytes};
    return STATUS_OK;
}

enum status agg_items_stage(struct agg_items **items, const struct type *type,
                            const struct value *value, struct text *out, struct diag *diag)
{
    struct arena arena; /* stays empty unless the value has maps */
    struct value canonical;
    TRY(begin_stage(items, diag));
    arena_init(&arena);
    const enum status status = agg_canonical_value(type, value, &arena, &canonical, diag);
    if (status == STATUS_OK) {
        row_codec_encode(&type, &canonical, 1, &(*items)->blob);
    }
    arena_release(&arena);
    return status == STATUS_OK ? end_stage(*items, out, diag) : status;
}

enum status agg_items_stage_encoded(struct agg_items **items, struct text encoded, struct text *out,
                                    struct diag *diag)
{
    TRY(begin_stage(items, diag));
    buffer_append_text(&(*items)->blob, encoded);
    return end_stage(*items, out, diag);
}

static void index_item(struct agg_items *items, uint32_t at)
{
    const struct text text = agg_items_text(items, at);
    const uint32_t mask = items->slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes(text.data, text.bytes) & mask;
    while (items->slots[slot]) {
        slot = (slot + 1) & mask;
    }
    items->slots[slot] = at + 1;
}

static bool build_index(struct agg_items *items)
{
    uint32_t slot_count = 4U * ITEMS_INDEXED;
    while (slot_count < items->count * 4U) {
        slot_count *= 2U;
    }
    uint32_t *slots = memory_zalloc(slot_count * sizeof(*slots));
    if (!slots) {
        return false;
    }
    memory_free(items->slots);
    items->slots = slots;
    items->slot_count = slot_count;
    for (uint32_t i = 0; i < items->count; i++) {
        index_item(items, i);
    }
    return true;
}

static bool reserve_item(struct agg_items *items)
{
    if (items->count < items->capacity) {
        return true;
    }
    if (items->capacity > UINT32_MAX / 8U) {
        return false;
    }
    const uint32_t capacity = items->capacity ? items->capacity * 2U : ITEMS_FIRST;
    struct item *grown = memory_resize(items->items, capacity * sizeof(*grown));
    if (!grown) {
        return false;
    }
    items->items = grown;
    items->capacity = capacity;
    return true;
}

enum status agg_items_keep(struct agg_items *items, uint32_t at, int64_t tag, struct diag *diag)
{
    assert(at <= items->count);
    assert(items->blob.bytes > items->kept_bytes);
    if (!reserve_item(items)) {
        return diag_no_memory(diag);
    }
    if (at < items->count) {
        drop_index(items);
        memmove(&items->items[at + 1], &items->items[at],
                (items->count - at) * sizeof(items->items[0]));
    }
    items->items[at] = (struct item){.offset = (uint32_t)items->kept_bytes,
                                     .bytes = (uint32_t)(items->blob.bytes - items->kept_bytes),
                                     .tag = tag};
    items->kept_bytes = items->blob.bytes;
    items->count++;
    if (items->slots && items->count > items->slot_count / 2U) {
        drop_index(items); /* built anew, larger, by the next search */
    } else if (items->slots) {
        index_item(items, at);
    }
    return STATUS_OK;
}

enum status agg_items_keep_only(struct agg_items *items, int64_t tag, struct diag *diag)
{
    if (!reserve_item(items)) {
        return diag_no_memory(diag);
    }
    drop_index(items);
    const size_t bytes = items->blob.bytes - items->kept_bytes;
    memmove(items->blob.data, items->blob.data + items->kept_bytes, bytes);
    items->items[0] = (struct item){.bytes = (uint32_t)bytes, .tag = tag};
    items->count = 1;
    items->blob.bytes = bytes;
    items->kept_bytes = bytes;
    items->dead_bytes = 0;
    return STATUS_OK;
}

enum status agg_items_append(struct agg_items **items, const struct type *type,
                             const struct value *value, int64_t tag, struct diag *diag)
{
    struct text staged;
    TRY(agg_items_stage(items, type, value, &staged, diag));
    return agg_items_keep(*items, (*items)->count, tag, diag);
}

/* Leaves everything as it is when memory is out: dead bytes only cost room. */
static void compact(struct agg_items *items)
{
    struct buffer live;
    buffer_init(&live);
    if (!buffer_reserve(&live, items->kept_bytes - items->dead_bytes)) {
        buffer_release(&live);
        return;
    }
    for (uint32_t i = 0; i < items->count; i++) {
        const struct text text = agg_items_text(items, i);
        items->items[i].offset = (uint32_t)live.bytes;
        buffer_append_text(&live, text);
    }
    buffer_release(&items->blob);
    items->blob = live;
    items->kept_bytes = live.bytes;
    items->dead_bytes = 0;
}

void agg_items_remove(struct agg_items *items, uint32_t at)
{
    assert(at < items->count);
    drop_index(items);
    items->dead_bytes += items->items[at].bytes;
    items->count--;
    memmove(&items->items[at], &items->items[at + 1],
            (items->count - at) * sizeof(items->items[0]));
    if (items->dead_bytes > DEAD_BYTES_MIN && items->dead_bytes > items->kept_bytes / 2) {
        compact(items);
    }
}

enum status agg_items_count_staged(struct agg_items *items, struct text staged, int64_t change,
                                   uint32_t count_max, struct diag *diag)
{
    const int64_t at = agg_items_find(items, staged);
    if (at < 0) {
        return change > 0 && items->count < count_max
                   ? agg_items_keep(items, items->count, change, diag)
                   : STATUS_OK;
    }
    items->items[at].tag += change;
    if (items->items[at].tag < 1) {
        agg_items_remove(items, (uint32_t)at);
    }
    return STATUS_OK;
}

enum status agg_items_merge_counts(struct agg_items **items, const struct agg_items *from,
                                   uint32_t count_max, struct diag *diag)
{
    for (uint32_t i = 0; i < agg_items_count(from); i++) {
        struct text staged;
        TRY(agg_items_stage_encoded(items, agg_items_text(from, i), &staged, diag));
        TRY(agg_items_count_staged(*items, staged, from->items[i].tag, count_max, diag));
    }
    return STATUS_OK;
}

uint32_t agg_items_count(const struct agg_items *items)
{
    return items ? items->count : 0;
}

int64_t agg_items_tag(const struct agg_items *items, uint32_t at)
{
    assert(at < items->count);
    return items->items[at].tag;
}

struct text agg_items_text(const struct agg_items *items, uint32_t at)
{
    assert(at < items->count);
    const struct item *item = &items->items[at];
    return (struct text){items->blob.data + item->offset, item->bytes};
}

static int64_t find_one_by_one(const struct agg_items *items, struct text encoded)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (text_equal(agg_items_text(items, i), encoded)) {
            return i;
        }
    }
    return -1;
}

int64_t agg_items_find(struct agg_items *items, struct text encoded)
{
    if (items->count < ITEMS_INDEXED || (!items->slots && !build_index(items))) {
        return find_one_by_one(items, encoded);
    }
    const uint32_t mask = items->slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes(encoded.data, encoded.bytes) & mask;
    for (; items->slots[slot]; slot = (slot + 1) & mask) {
        const uint32_t at = items->slots[slot] - 1;
        if (text_equal(agg_items_text(items, at), encoded)) {
            return at;
        }
    }
    return -1;
}

int64_t agg_items_find_last(const struct agg_items *items, struct text encoded)
{
    for (uint32_t i = items->count; i > 0; i--) {
        if (text_equal(agg_items_text(items, i - 1), encoded)) {
            return i - 1;
        }
    }
    return -1;
}

enum status agg_items_get(const struct agg_items *items, uint32_t at, const struct type *type,
                          struct arena *arena, struct value *out, struct diag *diag)
{
    return row_codec_decode(&type, 1, agg_items_text(items, at), arena, out, diag);
}

enum status agg_items_values(const struct agg_items *items, const struct type *type,
                             struct arena *arena, struct value **out, struct diag *diag)
{
    const uint32_t count = agg_items_count(items);
    struct value *values = arena_array(arena, count, sizeof(*values));
    if (!values) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct text copy = arena_text(arena, agg_items_text(items, i));
        if (!copy.data) {
            return diag_no_memory(diag);
        }
        TRY(row_codec_decode(&type, 1, copy, arena, &values[i], diag));
    }
    *out = values;
    return STATUS_OK;
}

enum status agg_items_return_list(const struct agg_items *items, const struct type *type,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    struct value_list *list = ARENA_NEW(arena, struct value_list);
    if (!list) {
        return diag_no_memory(diag);
    }
    list->count = agg_items_count(items);
    TRY(agg_items_values(items, type, arena, &list->items, diag));
    *out = (struct value){.list = list};
    return STATUS_OK;
}
