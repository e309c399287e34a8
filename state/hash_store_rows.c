/* hash_store_rows.c
 *
 * A hash store's way to the file and back. Collecting walks the list of touched entries once, in
 * the order of their first touch, and leaves it empty; loading is one scan in key order. An entry
 * knows whether the file has a row for it, so that what comes and goes between two commits never
 * reaches the file.
 */
#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "state/hash_store_parts.h"

struct collecting {
    struct commit *commit;
    uint64_t store_id;
    struct buffer key;
    size_t prefix_bytes; /* at the start of key */
    struct buffer value;
    hash_store_encode *encode;
    void *context;
};

static enum status collect_entry(struct collecting *collecting, const struct hash_entry *entry,
                                 struct diag *diag)
{
    struct text key = hash_entry_key(entry);
    if (collecting->prefix_bytes > 0) {
        collecting->key.bytes = collecting->prefix_bytes;
        buffer_append_text(&collecting->key, key);
        TRY(buffer_status(&collecting->key, diag));
        key = buffer_text(&collecting->key);
    }
    if (entry->key_bytes_bits & HASH_ENTRY_REMOVED) {
        const bool is_stored = entry->key_bytes_bits & HASH_ENTRY_STORED;
        return is_stored ? commit_delete_state(collecting->commit, collecting->store_id, key, diag)
                         : STATUS_OK;
    }
    buffer_reset(&collecting->value);
    TRY(collecting->encode(collecting->context, entry, &collecting->value, diag));
    TRY(buffer_status(&collecting->value, diag));
    return commit_put_state(collecting->commit, collecting->store_id, key,
                            buffer_text(&collecting->value), diag);
}

static enum status collect_all(struct hash_store *store, struct collecting *collecting,
                               struct diag *diag)
{
    while (store->dirty_first) {
        struct hash_entry *entry = store->dirty_first;
        TRY(collect_entry(collecting, entry, diag));
        store->dirty_first = entry->dirty_next;
        store->dirty_count--;
        entry->dirty_next = NULL;
        if (entry->key_bytes_bits & HASH_ENTRY_REMOVED) {
            hash_store_give_back(store, entry);
        } else {
            entry->key_bytes_bits = (entry->key_bytes_bits & ~HASH_ENTRY_DIRTY) | HASH_ENTRY_STORED;
        }
    }
    store->dirty_last = NULL;
    return STATUS_OK;
}

enum status hash_store_collect(struct hash_store *store, struct commit *commit, uint64_t store_id,
                               struct text prefix, hash_store_encode *encode, void *context,
                               struct diag *diag)
{
    struct collecting collecting = {.commit = commit,
                                    .store_id = store_id,
                                    .prefix_bytes = prefix.bytes,
                                    .encode = encode,
                                    .context = context};
    buffer_init(&collecting.key);
    buffer_init(&collecting.value);
    buffer_append_text(&collecting.key, prefix);
    const enum status status = collect_all(store, &collecting, diag);
    buffer_release(&collecting.key);
    buffer_release(&collecting.value);
    return status;
}

enum status hash_store_restore(struct hash_store *store, struct text key, uint64_t hash,
                               struct text stored, hash_store_decode *decode, void *context,
                               struct diag *diag)
{
    struct hash_entry *entry = hash_store_insert(store, key, hash);
    if (!entry) {
        return diag_no_memory(diag);
    }
    entry->key_bytes_bits |= HASH_ENTRY_STORED;
    return decode(context, entry, stored, diag);
}

struct loading {
    struct hash_store *store;
    bool has_int64_keys;
    hash_store_decode *decode;
    void *context;
};

enum status hash_store_hash(struct text key, bool has_int64_keys, uint64_t *out, struct diag *diag)
{
    uint64_t integer = 0;
    if (!has_int64_keys) {
        *out = hash_bytes(key.data, key.bytes);
        return STATUS_OK;
    }
    if (key.bytes != sizeof(integer)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                         "a state row has a key of %zu bytes where an integer was expected",
                         key.bytes);
    }
    memcpy(&integer, key.data, sizeof(integer));
    *out = hash_int64(integer);
    return STATUS_OK;
}

static enum status load_row(void *context, struct text key, struct text value, bool *keep_going,
                            struct diag *diag)
{
    (void)keep_going;
    const struct loading *loading = context;
    uint64_t hash = 0;
    TRY(hash_store_hash(key, loading->has_int64_keys, &hash, diag));
    return hash_store_restore(loading->store, key, hash, value, loading->decode, loading->context,
                              diag);
}

enum status hash_store_load(struct hash_store *store, struct reader *reader, uint64_t store_id,
                            bool has_int64_keys, hash_store_decode *decode, void *context,
                            struct diag *diag)
{
    assert(store->entry_count == 0 && store->dirty_count == 0);
    struct loading loading = {store, has_int64_keys, decode, context};
    const struct text all = {0};
    return reader_scan_state(reader, store_id, all, all, UINT64_MAX, load_row, &loading, NULL,
                             diag);
}
