/* hash_store.c
 *
 * A table of slots with open addressing and linear probing, and entries beside it that never move.
 * A slot is 8 bytes: 32 bits of the hash and the number of an entry, so eight slots share a cache
 * line, most mismatches are settled without touching an entry, and growing the table reads slots
 * only. Load is kept at three quarters at most. Removal shifts the following slots back, so there
 * are no tombstones and lookups do not slow down with time.
 *
 * Entries lie in slabs of doubling size: slab k holds 16 << k, so that the place of an entry
 * follows from its number by a bit count, a store of three keys costs a kilobyte and one of ten
 * million has twenty slabs. Free entries are linked and remember their number in place of a key.
 *
 * Touched entries form a list in order of their first touch. A removed entry that the file has
 * stays on it, out of the table, until the deletion is collected; when its key is put again
 * meanwhile, the new entry comes later in the list, so the commit deletes first and then puts.
 *
 * Rejected: payloads inside the slots (one miss less, but they would move under the operators,
 * and growing would copy them); swiss-table tags (denser, no faster here at this load).
 */
#include "state/hash_store.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "base/memory.h"
#include "state/hash_store_parts.h"

enum {
    SLOT_COUNT_FIRST = 16,
    GROUP_COUNT = 32, /* lookups in flight at once */
    HUGE_PAGE_BYTES = 2 << 20,
};

static_assert(sizeof(struct hash_entry) == 32, "the payload behind an entry is aligned");

/* --- entries --------------------------------------------------------------------------------- */

static struct hash_entry *entry_at(const struct hash_store *store, uint32_t number)
{
    const uint32_t shifted = number + SLAB_ENTRIES_FIRST;
    const unsigned top_bit = 31U - (unsigned)__builtin_clz(shifted);
    const uint32_t place = shifted - (1U << top_bit);
    return (struct hash_entry *)(void *)(store->slabs[top_bit - SLAB_SHIFT_FIRST] +
                                         place * store->entry_bytes);
}

static void want_huge_pages(void *block, size_t bytes)
{
    const uintptr_t mask = HUGE_PAGE_BYTES - 1;
    const uintptr_t first = ((uintptr_t)block + mask) & ~mask;
    const uintptr_t end = ((uintptr_t)block + bytes) & ~mask;
    if (first < end) { /* a wish: memory works without it */
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
    }
}

/* A new entry from a slab; NULL when memory is out. */
static struct hash_entry *carve_entry(struct hash_store *store, uint32_t *out_number)
{
    const uint32_t number = store->used_count;
    const unsigned slab =
        31U - (unsigned)__builtin_clz(number + SLAB_ENTRIES_FIRST) - SLAB_SHIFT_FIRST;
    if (slab >= SLAB_COUNT_MAX) {
        return NULL;
    }
    if (!store->slabs[slab]) {
        const size_t bytes = ((size_t)SLAB_ENTRIES_FIRST << slab) * store->entry_bytes;
        store->slabs[slab] = memory_alloc(bytes);
        if (!store->slabs[slab]) {
            return NULL;
        }
        want_huge_pages(store->slabs[slab], bytes);
        store->bytes += bytes;
    }
    store->used_count++;
    *out_number = number;
    return entry_at(store, number);
}

static struct hash_entry *take_entry(struct hash_store *store, uint32_t *out_number)
{
    struct hash_entry *entry = store->free_first;
    if (!entry) {
        return carve_entry(store, out_number);
    }
    store->free_first = entry->dirty_next;
    *out_number = (uint32_t)entry->key.integer;
    return entry;
}

static uint32_t key_bytes_of(const struct hash_entry *entry)
{
    return entry->key_bytes_bits & HASH_ENTRY_KEY_BYTES_MASK;
}

static void release_key(struct hash_store *store, struct hash_entry *entry)
{
    const uint32_t key_bytes = key_bytes_of(entry);
    if (key_bytes > HASH_ENTRY_INLINE_BYTES) {
        memory_free(entry->key.block);
        store->bytes -= key_bytes;
    }
}

static bool copy_key(struct hash_store *store, struct hash_entry *entry, struct text key)
{
    char *to = entry->key.inline_bytes;
    if (key.bytes > HASH_ENTRY_INLINE_BYTES) {
        to = memory_alloc(key.bytes);
        if (!to) {
            return false;
        }
        entry->key.block = to;
        store->bytes += key.bytes;
    }
    if (key.bytes) {
        memcpy(to, key.data, key.bytes);
    }
    return true;
}

/* The number is found again from the address by looking through the slabs, largest first. */
static uint32_t number_of(const struct hash_store *store, const struct hash_entry *entry)
{
    const uintptr_t address = (uintptr_t)entry;
    for (unsigned slab = SLAB_COUNT_MAX; slab-- > 0;) {
        const uintptr_t first = (uintptr_t)store->slabs[slab];
        const size_t bytes = ((size_t)SLAB_ENTRIES_FIRST << slab) * store->entry_bytes;
        if (first && address >= first && address - first < bytes) {
            const uint32_t place = (uint32_t)((address - first) / store->entry_bytes);
            return place + ((uint32_t)SLAB_ENTRIES_FIRST << slab) - SLAB_ENTRIES_FIRST;
        }
    }
    assert(!"the entry belongs to another store");
    return 0;
}

void hash_store_give_back(struct hash_store *store, struct hash_entry *entry)
{
    const uint32_t number = number_of(store, entry);
    release_key(store, entry);
    entry->key_bytes_bits = HASH_ENTRY_FREE;
    entry->key.integer = number;
    entry->dirty_next = store->free_first;
    store->free_first = entry;
}

/* --- slots ----------------------------------------------------------------------------------- */

static bool grow(struct hash_store *store)
{
    const uint64_t count = store->slots ? (store->slot_mask + 1) * 2 : SLOT_COUNT_FIRST;
    if (count > (uint64_t)UINT32_MAX + 1) {
        return false;
    }
    struct slot *slots = memory_zalloc(count * sizeof(struct slot));
    if (!slots) {
        return false;
    }
    want_huge_pages(slots, count * sizeof(struct slot));
    const uint64_t mask = count - 1;
    for (uint64_t i = 0; store->slots && i <= store->slot_mask; i++) {
        if (store->slots[i].number) {
            uint64_t at = store->slots[i].hash & mask;
            while (slots[at].number) {
                at = (at + 1) & mask;
            }
            slots[at] = store->slots[i];
        }
    }
    const size_t old_bytes = store->slots ? (store->slot_mask + 1) * sizeof(struct slot) : 0;
    memory_free(store->slots);
    store->slots = slots;
    store->slot_mask = mask;
    store->bytes += count * sizeof(struct slot) - old_bytes;
    return true;
}

static void insert_slot(struct hash_store *store, uint32_t hash, uint32_t number)
{
    uint64_t at = hash & store->slot_mask;
    while (store->slots[at].number) {
        at = (at + 1) & store->slot_mask;
    }
    store->slots[at] = (struct slot){hash, number + 1};
}

/* Empties slot hole and moves back those behind it whose way from home leads over it. */
static void remove_slot(struct hash_store *store, uint64_t hole)
{
    const uint64_t mask = store->slot_mask;
    for (uint64_t at = (hole + 1) & mask; store->slots[at].number; at = (at + 1) & mask) {
        const uint64_t home = store->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            store->slots[hole] = store->slots[at];
            hole = at;
        }
    }
    store->slots[hole].number = 0;
}

/* --- lookup ---------------------------------------------------------------------------------- */

static bool has_key(const struct hash_entry *entry, struct text key)
{
    if (key_bytes_of(entry) != key.bytes) {
        return false;
    }
    if (key.bytes == sizeof(uint64_t)) {
        uint64_t integer;
        memcpy(&integer, key.data, sizeof(integer));
        return entry->key.integer == integer;
    }
    return key.bytes == 0 || memcmp(hash_entry_key(entry).data, key.data, key.bytes) == 0;
}

struct hash_entry *hash_store_find(const struct hash_store *store, struct text key, uint64_t hash)
{
    if (!store->slots) {
        return NULL;
    }
    const uint32_t wanted = (uint32_t)hash;
    for (uint64_t at = wanted & store->slot_mask; store->slots[at].number;
         at = (at + 1) & store->slot_mask) {
        if (store->slots[at].hash == wanted) {
            struct hash_entry *entry = entry_at(store, store->slots[at].number - 1);
            if (has_key(entry, key)) {
                return entry;
            }
        }
    }
    return NULL;
}

struct hash_entry *hash_store_find_int64(const struct hash_store *store, uint64_t key,
                                         uint64_t hash)
{
    if (!store->slots) {
        return NULL;
    }
    const uint32_t wanted = (uint32_t)hash;
    for (uint64_t at = wanted & store->slot_mask; store->slots[at].number;
         at = (at + 1) & store->slot_mask) {
        if (store->slots[at].hash == wanted) {
            struct hash_entry *entry = entry_at(store, store->slots[at].number - 1);
            if (entry->key.integer == key && key_bytes_of(entry) == sizeof(key)) {
                return entry;
            }
        }
    }
    return NULL;
}

void hash_store_prefetch(const struct hash_store *store, uint64_t hash)
{
    if (store->slots) {
        __builtin_prefetch(&store->slots[(uint32_t)hash & store->slot_mask]);
    }
}

/* The first entry with this hash, which is nearly always the one looked for; it is brought into the
 * cache without being looked at. NULL when no slot has the hash. */
static struct hash_entry *prefetch_candidate(const struct hash_store *store, uint64_t hash)
{
    const uint32_t wanted = (uint32_t)hash;
    uint64_t at = wanted & store->slot_mask;
    while (store->slots[at].number && store->slots[at].hash != wanted) {
        at = (at + 1) & store->slot_mask;
    }
    if (!store->slots[at].number) {
        return NULL;
    }
    struct hash_entry *entry = entry_at(store, store->slots[at].number - 1);
    __builtin_prefetch(entry, 1);
    __builtin_prefetch(hash_entry_payload(entry), 1); /* may lie on the next line */
    return entry;
}

void hash_store_find_many(const struct hash_store *store, const struct text *keys,
                          const uint64_t *hashes, size_t count, struct hash_entry **out)
{
    if (!store->slots) {
        memset(out, 0, count * sizeof(out[0]));
        return;
    }
    for (size_t first = 0; first < count; first += GROUP_COUNT) {
        const size_t end = first + GROUP_COUNT < count ? first + GROUP_COUNT : count;
        for (size_t i = first; i < end; i++) {
            hash_store_prefetch(store, hashes[i]);
        }
        for (size_t i = first; i < end; i++) {
            out[i] = prefetch_candidate(store, hashes[i]);
        }
        for (size_t i = first; i < end; i++) {
            if (out[i] && !has_key(out[i], keys[i])) {
                out[i] = hash_store_find(store, keys[i], hashes[i]);
            }
        }
    }
}

/* --- change ---------------------------------------------------------------------------------- */

void hash_store_touch(struct hash_store *store, struct hash_entry *entry)
{
    if (entry->key_bytes_bits & HASH_ENTRY_DIRTY) {
        return;
    }
    entry->key_bytes_bits |= HASH_ENTRY_DIRTY;
    entry->dirty_next = NULL;
    if (store->dirty_last) {
        store->dirty_last->dirty_next = entry;
    } else {
        store->dirty_first = entry;
    }
    store->dirty_last = entry;
    store->dirty_count++;
}

struct hash_entry *hash_store_insert(struct hash_store *store, struct text key, uint64_t hash)
{
    assert(key.bytes <= HASH_ENTRY_KEY_BYTES_MASK);
    const bool is_full = !store->slots || (store->entry_count + 1) * 4 > (store->slot_mask + 1) * 3;
    if (is_full && !grow(store)) {
        return NULL;
    }
    uint32_t number = 0;
    struct hash_entry *entry = take_entry(store, &number);
    if (!entry) {
        return NULL;
    }
    memset(entry, 0, store->entry_bytes);
    if (!copy_key(store, entry, key)) {
        entry->key_bytes_bits = HASH_ENTRY_FREE;
        entry->key.integer = number;
        entry->dirty_next = store->free_first;
        store->free_first = entry;
        return NULL;
    }
    entry->hash = (uint32_t)hash;
    entry->key_bytes_bits = (uint32_t)key.bytes;
    insert_slot(store, entry->hash, number);
    store->entry_count++;
    return entry;
}

static struct hash_entry *insert_touched(struct hash_store *store, struct text key, uint64_t hash)
{
    struct hash_entry *entry = hash_store_insert(store, key, hash);
    if (entry) {
        hash_store_touch(store, entry);
    }
    return entry;
}

struct hash_entry *hash_store_put(struct hash_store *store, struct text key, uint64_t hash,
                                  bool *out_is_new)
{
    struct hash_entry *entry = hash_store_find(store, key, hash);
    if (out_is_new) {
        *out_is_new = entry == NULL;
    }
    return entry ? entry : insert_touched(store, key, hash);
}

struct hash_entry *hash_store_put_int64(struct hash_store *store, uint64_t key, uint64_t hash,
                                        bool *out_is_new)
{
    struct hash_entry *entry = hash_store_find_int64(store, key, hash);
    if (out_is_new) {
        *out_is_new = entry == NULL;
    }
    const struct text bytes = {(const char *)&key, sizeof(key)};
    return entry ? entry : insert_touched(store, bytes, hash);
}

static void release_payload(struct hash_store *store, struct hash_entry *entry)
{
    if (store->options.release) {
        store->options.release(store->options.context, hash_entry_payload(entry));
    }
}

void hash_store_remove(struct hash_store *store, struct hash_entry *entry)
{
    assert(!(entry->key_bytes_bits & (HASH_ENTRY_FREE | HASH_ENTRY_REMOVED)));
    uint64_t at = entry->hash & store->slot_mask;
    while (entry_at(store, store->slots[at].number - 1) != entry) {
        at = (at + 1) & store->slot_mask;
        assert(store->slots[at].number);
    }
    remove_slot(store, at);
    store->entry_count--;
    release_payload(store, entry);
    if (entry->key_bytes_bits & HASH_ENTRY_STORED) {
        hash_store_touch(store, entry);
    }
    if (entry->key_bytes_bits & HASH_ENTRY_DIRTY) {
        entry->key_bytes_bits |= HASH_ENTRY_REMOVED;
    } else {
        hash_store_give_back(store, entry);
    }
}

/* --- all entries ----------------------------------------------------------------------------- */

struct hash_entry *hash_store_next(const struct hash_store *store, uint32_t *cursor)
{
    while (*cursor < store->used_count) {
        struct hash_entry *entry = entry_at(store, (*cursor)++);
        if (!(entry->key_bytes_bits & (HASH_ENTRY_FREE | HASH_ENTRY_REMOVED))) {
            return entry;
        }
    }
    return NULL;
}

uint64_t hash_store_count(const struct hash_store *store)
{
    return store->entry_count;
}

uint64_t hash_store_dirty_count(const struct hash_store *store)
{
    return store->dirty_count;
}

size_t hash_store_bytes(const struct hash_store *store)
{
    return store->bytes;
}

void hash_store_clear(struct hash_store *store)
{
    for (uint32_t number = 0; number < store->used_count; number++) {
        struct hash_entry *entry = entry_at(store, number);
        if (entry->key_bytes_bits & HASH_ENTRY_FREE) {
            continue;
        }
        if (!(entry->key_bytes_bits & HASH_ENTRY_REMOVED)) {
            release_payload(store, entry);
        }
        release_key(store, entry);
    }
    for (unsigned slab = 0; slab < SLAB_COUNT_MAX; slab++) {
        memory_free(store->slabs[slab]);
    }
    memory_free(store->slots);
    const size_t entry_bytes = store->entry_bytes;
    const struct hash_store_options options = store->options;
    *store = (struct hash_store){
        .entry_bytes = entry_bytes, .options = options, .bytes = sizeof(*store)};
}

enum status hash_store_create(const struct hash_store_options *options, struct hash_store **out,
                              struct diag *diag)
{
    struct hash_store *store = memory_zalloc(sizeof(*store));
    if (!store) {
        return diag_no_memory(diag);
    }
    store->options = *options;
    store->entry_bytes =
        sizeof(struct hash_entry) + ((options->payload_bytes + 15U) & ~(size_t)15U);
    store->bytes = sizeof(*store);
    *out = store;
    return STATUS_OK;
}

void hash_store_destroy(struct hash_store *store)
{
    if (store) {
        hash_store_clear(store);
        memory_free(store);
    }
}
