/* window_store.c
 *
 * An array of (start, hash_store) ordered by start. Windows arrive nearly in order of time, so a
 * new bucket almost always goes to the end, and the bucket of the last record is almost always the
 * bucket of the next one. Dropping destroys whole buckets from the front and notes one bound
 * for the file; nothing is done per entry but releasing payloads that own memory.
 */
#include "state/window_store.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/memory.h"

enum { BUCKET_CAPACITY_FIRST = 8 };

struct bucket {
    int64_t start_ms;
    struct hash_store *entries;
};

struct window_store {
    struct hash_store_options options;
    struct bucket *buckets;
    size_t bucket_count;
    size_t bucket_capacity;
    size_t last; /* index of the bucket found last; may be stale */
    bool has_dropped;
    int64_t dropped_before_ms; /* to be deleted from the file at the next collect */
};

enum status window_store_create(const struct hash_store_options *options, struct window_store **out,
                                struct diag *diag)
{
    struct window_store *store = memory_zalloc(sizeof(*store));
    if (!store) {
        return diag_no_memory(diag);
    }
    store->options = *options;
    *out = store;
    return STATUS_OK;
}

void window_store_destroy(struct window_store *store)
{
    if (!store) {
        return;
    }
    for (size_t i = 0; i < store->bucket_count; i++) {
        hash_store_destroy(store->buckets[i].entries);
    }
    memory_free(store->buckets);
    memory_free(store);
}

size_t window_store_lower_bound(const struct window_store *store, int64_t start_ms)
{
    size_t low = 0;
    size_t high = store->bucket_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (store->buckets[middle].start_ms < start_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct hash_store *window_store_find(struct window_store *store, int64_t start_ms)
{
    if (store->last < store->bucket_count && store->buckets[store->last].start_ms == start_ms) {
        return store->buckets[store->last].entries;
    }
    const size_t at = window_store_lower_bound(store, start_ms);
    if (at == store->bucket_count || store->buckets[at].start_ms != start_ms) {
        return NULL;
    }
    store->last = at;
    return store->buckets[at].entries;
}

static bool reserve_bucket(struct window_store *store)
{
    if (store->bucket_count < store->bucket_capacity) {
        return true;
    }
    const size_t capacity =
        store->bucket_capacity ? store->bucket_capacity * 2 : BUCKET_CAPACITY_FIRST;
    struct bucket *grown = memory_resize(store->buckets, capacity * sizeof(struct bucket));
    if (grown) {
        store->buckets = grown;
        store->bucket_capacity = capacity;
    }
    return grown != NULL;
}

struct hash_store *window_store_put(struct window_store *store, int64_t start_ms)
{
    struct hash_store *entries = window_store_find(store, start_ms);
    if (entries) {
        return entries;
    }
    if (!reserve_bucket(store) || hash_store_create(&store->options, &entries, NULL) != STATUS_OK) {
        return NULL;
    }
    const size_t at = window_store_lower_bound(store, start_ms);
    memmove(&store->buckets[at + 1], &store->buckets[at],
            (store->bucket_count - at) * sizeof(struct bucket));
    store->buckets[at] = (struct bucket){start_ms, entries};
    store->bucket_count++;
    store->last = at;
    return entries;
}

void window_store_drop_before(struct window_store *store, int64_t start_ms,
                              uint64_t *out_entry_count)
{
    const size_t count = window_store_lower_bound(store, start_ms);
    uint64_t entry_count = 0;
    for (size_t i = 0; i < count; i++) {
        entry_count += hash_store_count(store->buckets[i].entries);
        hash_store_destroy(store->buckets[i].entries);
    }
    if (count > 0) {
        store->bucket_count -= count;
        memmove(store->buckets, &store->buckets[count],
                store->bucket_count * sizeof(struct bucket));
        if (!store->has_dropped || start_ms > store->dropped_before_ms) {
            store->dropped_before_ms = start_ms;
        }
        store->has_dropped = true;
    }
    if (out_entry_count) {
        *out_entry_count = entry_count;
    }
}

size_t window_store_bucket_count(const struct window_store *store)
{
    return store->bucket_count;
}

struct hash_store *window_store_bucket_at(const struct window_store *store, size_t index,
                                          int64_t *out_start_ms)
{
    assert(index < store->bucket_count);
    *out_start_ms = store->buckets[index].start_ms;
    return store->buckets[index].entries;
}

uint64_t window_store_count(const struct window_store *store)
{
    uint64_t count = 0;
    for (size_t i = 0; i < store->bucket_count; i++) {
        count += hash_store_count(store->buckets[i].entries);
    }
    return count;
}

size_t window_store_bytes(const struct window_store *store)
{
    size_t bytes = sizeof(*store) + store->bucket_capacity * sizeof(struct bucket);
    for (size_t i = 0; i < store->bucket_count; i++) {
        bytes += hash_store_bytes(store->buckets[i].entries);
    }
    return bytes;
}

/* --- the file -------------------------------------------------------------------------------- */

void window_store_encode_start(int64_t start_ms, char out[WINDOW_STORE_PREFIX_BYTES])
{
    const uint64_t ordered = htobe64((uint64_t)start_ms ^ (UINT64_C(1) << 63));
    memcpy(out, &ordered, sizeof(ordered));
}

int64_t window_store_decode_start(const char prefix[WINDOW_STORE_PREFIX_BYTES])
{
    uint64_t ordered;
    memcpy(&ordered, prefix, sizeof(ordered));
    return (int64_t)(be64toh(ordered) ^ (UINT64_C(1) << 63));
}

enum status window_store_collect(struct window_store *store, struct commit *commit,
                                 uint64_t store_id, hash_store_encode *encode, void *context,
                                 struct diag *diag)
{
    char prefix[WINDOW_STORE_PREFIX_BYTES];
    const struct text prefix_text = {prefix, sizeof(prefix)};
    if (store->has_dropped) {
        window_store_encode_start(store->dropped_before_ms, prefix);
        TRY(commit_delete_state_below(commit, store_id, prefix_text, diag));
        store->has_dropped = false;
    }
    for (size_t i = 0; i < store->bucket_count; i++) {
        if (hash_store_dirty_count(store->buckets[i].entries) > 0) {
            window_store_encode_start(store->buckets[i].start_ms, prefix);
            TRY(hash_store_collect(store->buckets[i].entries, commit, store_id, prefix_text, encode,
                                   context, diag));
        }
    }
    return STATUS_OK;
}

struct loading {
    struct window_store *store;
    bool has_int64_keys;
    hash_store_decode *decode;
    void *context;
};

static enum status load_row(void *context, struct text key, struct text value, bool *keep_going,
                            struct diag *diag)
{
    (void)keep_going;
    const struct loading *loading = context;
    if (key.bytes < WINDOW_STORE_PREFIX_BYTES) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                         "a windowed state row has a key of %zu bytes, without a window",
                         key.bytes);
    }
    struct hash_store *entries =
        window_store_put(loading->store, window_store_decode_start(key.data));
    if (!entries) {
        return diag_no_memory(diag);
    }
    const struct text own_key = {key.data + WINDOW_STORE_PREFIX_BYTES,
                                 key.bytes - WINDOW_STORE_PREFIX_BYTES};
    uint64_t hash = 0;
    TRY(hash_store_hash(own_key, loading->has_int64_keys, &hash, diag));
    return hash_store_restore(entries, own_key, hash, value, loading->decode, loading->context,
                              diag);
}

enum status window_store_load(struct window_store *store, struct reader *reader, uint64_t store_id,
                              bool has_int64_keys, hash_store_decode *decode, void *context,
                              struct diag *diag)
{
    assert(store->bucket_count == 0);
    struct loading loading = {store, has_int64_keys, decode, context};
    const struct text all = {0};
    return reader_scan_state(reader, store_id, all, all, UINT64_MAX, load_row, &loading, NULL,
                             diag);
}
