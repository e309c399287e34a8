/* row_codec.h: values to compact bytes and back, for state rows and anything else that only
 * Leat itself reads. Not a wire format of topics: those are in formats/.
 *
 * A row of n columns is a null bitmap of (n + 7) / 8 bytes, then each value that is not NULL
 * by its type: booleans as 1 byte, integers as zig-zag varints, doubles as 8 bytes, decimals
 * as 16 bytes, text as varint length and bytes, lists and structs as rows behind a count,
 * maps as a count, the keys and a row of the values. Types are not stored: a reader must know
 * the schema. Thread: any. */
#ifndef BASE_ROW_CODEC_H
#define BASE_ROW_CODEC_H

#include "base/buffer.h"
#include "base/type.h"
#include "base/value.h"

/* Appends count values. */
void row_codec_encode(const struct type *const *types, const struct value *values,
                      uint32_t count, struct buffer *out);

/* Reads count values into out (text borrows from bytes, nested values are made in arena).
 * STATUS_CORRUPT when bytes are not what row_codec_encode wrote for these types. */
MUST_USE enum status row_codec_decode(const struct type *const *types, uint32_t count,
                                      struct text bytes, struct arena *arena, struct value *out,
                                      struct diag *diag);

#endif
