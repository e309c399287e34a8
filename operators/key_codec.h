/* key_codec.h: the values of a key to the bytes under which a store keeps it, and back.
 *
 *   one integer, date or time column   8 bytes, big-endian with the sign flipped
 *   one DOUBLE column                  its bits as such an integer, in the order of the numbers
 *   one STRING or BYTES column         its bytes
 *   anything else                      a row of base/row_codec.h
 *
 * All but the last sort as their values do, so that scans give rows in the order of their keys.
 * Bytes are equal exactly when the values are. A NULL is only possible in the last form; a single
 * NULL has no bytes and is never a key.
 * Private to operators/. Thread: immutable once initialised. */
#ifndef OPERATORS_KEY_CODEC_H
#define OPERATORS_KEY_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/column.h"
#include "base/schema.h"
#include "state/hash_store.h"

enum key_form { KEY_INTEGER, KEY_TEXT, KEY_ROW };

struct key_codec {
    enum key_form form;
    uint32_t column_count;
    const struct type **types;
};

/* For keys made of the columns of these types; count may be 0 (one empty key). */
MUST_USE enum status key_codec_init(struct key_codec *codec, struct arena *arena,
                                    const struct type *const *types, uint32_t count,
                                    struct diag *diag);

/* For the leading count columns of schema. */
MUST_USE enum status key_codec_init_schema(struct key_codec *codec, struct arena *arena,
                                           const struct schema *schema, uint32_t count,
                                           struct diag *diag);

/* The keys of the rows of a batch. */
struct key_batch {
    struct text *keys;  /* of KEY_INTEGER: slices of integers */
    uint64_t *integers; /* KEY_INTEGER only: the 8 bytes as the store takes them */
    uint64_t *hashes;   /* as the store's functions want them */
};

/* Keys of rows 0 to count - 1 of columns (one per key column), in arena. A row without has_key
 * (NULL: all have one), or whose only key column is NULL, gets some key that must not be used. */
MUST_USE enum status key_codec_encode(const struct key_codec *codec, const struct column *columns,
                                      const uint8_t *has_key, size_t count, struct arena *arena,
                                      struct key_batch *out, struct diag *diag);

/* The same for keys that are bytes already; borrows them. */
MUST_USE enum status key_codec_adopt(const struct key_codec *codec, const struct text *keys,
                                     size_t count, struct arena *arena, struct key_batch *out,
                                     struct diag *diag);

/* Appends the bytes of one key. A NULL of a single column is refused (STATUS_INVALID). */
MUST_USE enum status key_codec_encode_values(const struct key_codec *codec,
                                             const struct value *values, struct buffer *out,
                                             struct diag *diag);

/* Reads bytes into out, one value per column; text is borrowed from bytes. */
MUST_USE enum status key_codec_decode(const struct key_codec *codec, struct text bytes,
                                      struct arena *arena, struct value *out, struct diag *diag);

/* Stores know integer keys from others. */
static inline bool key_codec_has_int64(const struct key_codec *codec)
{
    return codec->form == KEY_INTEGER;
}

static inline struct hash_entry *key_batch_find(const struct key_batch *batch, size_t row,
                                                const struct hash_store *store)
{
    return batch->integers ? hash_store_find_int64(store, batch->integers[row], batch->hashes[row])
                           : hash_store_find(store, batch->keys[row], batch->hashes[row]);
}

static inline struct hash_entry *key_batch_put(const struct key_batch *batch, size_t row,
                                               struct hash_store *store, bool *out_is_new)
{
    return batch->integers
               ? hash_store_put_int64(store, batch->integers[row], batch->hashes[row], out_is_new)
               : hash_store_put(store, batch->keys[row], batch->hashes[row], out_is_new);
}

/* A window behind a key's bytes: start and end, 8 bytes each in the form of integer keys. */
enum { KEY_WINDOW_BYTES = 16 };

void key_codec_append_window(struct buffer *out, int64_t start_ms, int64_t end_ms);
/* Takes the window off again; STATUS_CORRUPT when bytes is too short. */
MUST_USE enum status key_codec_split_window(struct text bytes, struct text *out_key,
                                            int64_t *out_start_ms, int64_t *out_end_ms,
                                            struct diag *diag);

#endif
