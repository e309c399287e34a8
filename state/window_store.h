/* window_store.h: an operator's state by window start and key.
 *
 * One hash_store per window start, in an array ordered by start; the last one used is found
 * without a search. Windows end together, so expiry drops whole buckets in memory and is one range
 * delete in the file: a row's key there is the start as 8 big-endian bytes with the sign flipped
 * (so that bytes sort as times), followed by the key bytes.
 *
 * Thread: one at a time; the task that owns it. */
#ifndef STATE_WINDOW_STORE_H
#define STATE_WINDOW_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "state/hash_store.h"

struct window_store;

enum { WINDOW_STORE_PREFIX_BYTES = 8 };

/* options are those of each bucket. */
MUST_USE enum status window_store_create(const struct hash_store_options *options,
                                         struct window_store **out, struct diag *diag);
void window_store_destroy(struct window_store *store);

/* The bucket of the window that starts at start_ms, NULL when there is none. The store owns it;
 * valid until it is dropped. Entries are found, put, touched and removed as hash_store.h says. */
struct hash_store *window_store_find(struct window_store *store, int64_t start_ms);
/* The same, made when absent; NULL when memory is out. */
struct hash_store *window_store_put(struct window_store *store, int64_t start_ms);

/* Drops all buckets with a start before start_ms; *out_entry_count (may be NULL) gets the number
 * of entries that went. */
void window_store_drop_before(struct window_store *store, int64_t start_ms,
                              uint64_t *out_entry_count);

/* Buckets in order of start, at most SIZE_MAX. index < window_store_bucket_count(). */
size_t window_store_bucket_count(const struct window_store *store);
struct hash_store *window_store_bucket_at(const struct window_store *store, size_t index,
                                          int64_t *out_start_ms);
/* The first bucket whose start is not before start_ms: for joins that look at a span of time. */
size_t window_store_lower_bound(const struct window_store *store, int64_t start_ms);

uint64_t window_store_count(const struct window_store *store);
size_t window_store_bytes(const struct window_store *store);

/* As hash_store_collect and hash_store_load, over all buckets and what was dropped. */
MUST_USE enum status window_store_collect(struct window_store *store, struct commit *commit,
                                          uint64_t store_id, hash_store_encode *encode,
                                          void *context, struct diag *diag);
MUST_USE enum status window_store_load(struct window_store *store, struct reader *reader,
                                       uint64_t store_id, bool has_int64_keys,
                                       hash_store_decode *decode, void *context, struct diag *diag);

/* The stored key's prefix, for those who read rows of a window store from the file. */
void window_store_encode_start(int64_t start_ms, char out[WINDOW_STORE_PREFIX_BYTES]);
int64_t window_store_decode_start(const char prefix[WINDOW_STORE_PREFIX_BYTES]);

#endif
