/* hash_store.h: an operator's state by key, in memory, written back to the file at commits.
 *
 * Maps key bytes to a payload of a fixed size whose meaning is the operator's. A find costs one
 * cache miss in the slot table and one in the entry; hash_store_find_many() overlaps them over a
 * batch. Entries never move: a pointer stays valid until the entry is removed or the store is
 * destroyed or cleared.
 *
 * Write-back: the operator calls hash_store_touch() on each entry that it changed; new and
 * removed entries are touched by themselves. hash_store_collect() puts what was touched into a
 * commit and starts over. In the file a row's key is the key bytes, its value what encode wrote.
 *
 * Keys of 8 bytes are compared as one integer; keys up to HASH_ENTRY_INLINE_BYTES lie in the
 * entry, longer ones in their own block.
 *
 * Thread: one at a time; the task that owns it. */
#ifndef STATE_HASH_STORE_H
#define STATE_HASH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "state/commit.h"
#include "state/reader.h"

struct hash_store;

enum { HASH_ENTRY_INLINE_BYTES = 16 };

/* An entry; the payload lies right behind it, 16-byte aligned. Fields are the store's own. */
struct hash_entry {
    uint32_t hash;           /* the low half, which places it in the slot table */
    uint32_t key_bytes_bits; /* length of the key, and four flags on top */
    struct hash_entry *dirty_next;
    union {
        char inline_bytes[HASH_ENTRY_INLINE_BYTES];
        uint64_t integer;
        char *block;
    } key;
};

enum { HASH_ENTRY_KEY_BYTES_MASK = 0x0FFFFFFF };

struct hash_store_options {
    size_t payload_bytes; /* rounded up to a multiple of 16 */
    /* Called when an entry goes, for payloads that own memory; NULL when they do not. */
    void (*release)(void *context, void *payload);
    void *context; /* for release */
};

/* Appends the payload's stored form to out. */
typedef enum status hash_store_encode(void *context, const struct hash_entry *entry,
                                      struct buffer *out, struct diag *diag);
/* Fills the zeroed payload of entry from its stored form. STATUS_CORRUPT when it cannot be. */
typedef enum status hash_store_decode(void *context, struct hash_entry *entry, struct text stored,
                                      struct diag *diag);

MUST_USE enum status hash_store_create(const struct hash_store_options *options,
                                       struct hash_store **out, struct diag *diag);
void hash_store_destroy(struct hash_store *store);

static inline void *hash_entry_payload(struct hash_entry *entry)
{
    return entry + 1;
}

static inline const void *hash_entry_payload_const(const struct hash_entry *entry)
{
    return entry + 1;
}

static inline struct text hash_entry_key(const struct hash_entry *entry)
{
    const uint32_t key_bytes = entry->key_bytes_bits & HASH_ENTRY_KEY_BYTES_MASK;
    const bool is_inline = key_bytes <= HASH_ENTRY_INLINE_BYTES;
    return (struct text){is_inline ? entry->key.inline_bytes : entry->key.block, key_bytes};
}

/* The hash of an integer key must be hash_int64(), that of any other key hash_bytes(), and one
 * store must be used with one of the two only: the hash is passed in so that it is computed
 * once per record. A key as text may have any bytes, none included. */

/* NULL when absent. */
struct hash_entry *hash_store_find(const struct hash_store *store, struct text key, uint64_t hash);
/* For stores whose keys are 8 bytes long: the integer as the machine stores it. */
struct hash_entry *hash_store_find_int64(const struct hash_store *store, uint64_t key,
                                         uint64_t hash);
/* Looks count keys up at once; out gets NULL for the absent. */
void hash_store_find_many(const struct hash_store *store, const struct text *keys,
                          const uint64_t *hashes, size_t count, struct hash_entry **out);

/* The entry of key, made with a zeroed payload and touched when absent (*out_is_new, may be
 * NULL). Copies the key. NULL when memory is out. */
struct hash_entry *hash_store_put(struct hash_store *store, struct text key, uint64_t hash,
                                  bool *out_is_new);
struct hash_entry *hash_store_put_int64(struct hash_store *store, uint64_t key, uint64_t hash,
                                        bool *out_is_new);

/* Removes entry, which must be in store; releases its payload at once. */
void hash_store_remove(struct hash_store *store, struct hash_entry *entry);
/* Removes all and forgets what was touched; nothing reaches the file (see commit_drop_store). */
void hash_store_clear(struct hash_store *store);

/* Marks entry as changed since the last collect. Cheap when it is already. */
void hash_store_touch(struct hash_store *store, struct hash_entry *entry);

/* Brings the slots of hash into the cache, for callers that probe one by one. */
void hash_store_prefetch(const struct hash_store *store, uint64_t hash);

/* Iteration over all entries in order of their creation, roughly. Start with *cursor = 0; NULL at
 * the end. Entries may be put and removed meanwhile; new ones may or may not be met. */
struct hash_entry *hash_store_next(const struct hash_store *store, uint32_t *cursor);

uint64_t hash_store_count(const struct hash_store *store);
uint64_t hash_store_dirty_count(const struct hash_store *store);
/* What the store holds from the allocator; not what payloads own. */
size_t hash_store_bytes(const struct hash_store *store);

/* Puts all touched rows under store_id into commit, with prefix before each key, and marks them
 * clean. prefix is empty but for window stores. When it fails, give up the commit and the store:
 * part of the entries is marked clean. */
MUST_USE enum status hash_store_collect(struct hash_store *store, struct commit *commit,
                                        uint64_t store_id, struct text prefix,
                                        hash_store_encode *encode, void *context,
                                        struct diag *diag);

/* Fills an empty store from the rows of store_id. has_int64_keys tells which hash to use. */
MUST_USE enum status hash_store_load(struct hash_store *store, struct reader *reader,
                                     uint64_t store_id, bool has_int64_keys,
                                     hash_store_decode *decode, void *context, struct diag *diag);

/* The hash of a stored key; STATUS_CORRUPT when it should be an integer and is not. */
MUST_USE enum status hash_store_hash(struct text key, bool has_int64_keys, uint64_t *out,
                                     struct diag *diag);

/* Adds one row that is in the file already; it is not touched. For other loaders. */
MUST_USE enum status hash_store_restore(struct hash_store *store, struct text key, uint64_t hash,
                                        struct text stored, hash_store_decode *decode,
                                        void *context, struct diag *diag);

#endif
