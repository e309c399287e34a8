/* hash_store_parts.h: the inside of a hash store, for hash_store.c (in memory) and
 * hash_store_rows.c (to the file and back). Private to state/. */
#ifndef STATE_HASH_STORE_PARTS_H
#define STATE_HASH_STORE_PARTS_H

#include "state/hash_store.h"

enum {
    SLAB_ENTRIES_FIRST = 16,
    SLAB_SHIFT_FIRST = 4, /* 1 << 4 is SLAB_ENTRIES_FIRST */
    SLAB_COUNT_MAX = 27,
};

/* Flags above the length in key_bytes_bits. */
#define HASH_ENTRY_DIRTY   (1U << 28) /* on the list of touched entries */
#define HASH_ENTRY_REMOVED (1U << 29) /* out of the table, waiting on that list */
#define HASH_ENTRY_STORED  (1U << 30) /* the file has a row for it */
#define HASH_ENTRY_FREE    (1U << 31)

struct slot {
    uint32_t hash;
    uint32_t number; /* of the entry, plus one; 0: empty */
};

struct hash_store {
    struct slot *slots;
    uint64_t slot_mask; /* slot count - 1; without meaning while slots is NULL */
    uint64_t entry_count;
    size_t entry_bytes;
    char *slabs[SLAB_COUNT_MAX];
    uint32_t used_count; /* entries ever taken from slabs */
    struct hash_entry *free_first;
    struct hash_entry *dirty_first;
    struct hash_entry *dirty_last;
    uint64_t dirty_count;
    size_t bytes;
    struct hash_store_options options;
};

/* Adds an entry for a key that is not there, untouched; NULL when memory is out. */
struct hash_entry *hash_store_insert(struct hash_store *store, struct text key, uint64_t hash);

/* Frees an entry that is out of the table and off the list. */
void hash_store_give_back(struct hash_store *store, struct hash_entry *entry);

#endif
