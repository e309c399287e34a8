/* row_image.h: some columns of a row as stored bytes, and back: what stateful operators keep.
 *
 * The bytes are the row's time (8 bytes, big-endian), then a row of base/row_codec.h. Private to
 * operators/. Thread: immutable once initialised. */
#ifndef OPERATORS_ROW_IMAGE_H
#define OPERATORS_ROW_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/batch.h"
#include "base/buffer.h"
#include "base/schema.h"

struct row_image {
    uint32_t column_count;
    uint32_t *positions; /* in the schema */
    const struct type **types;
};

/* The columns of schema from first_column on that is_wanted (NULL: all). */
MUST_USE enum status row_image_init(struct row_image *image, struct arena *arena,
                                    const struct schema *schema, uint32_t first_column,
                                    const bool *is_wanted, struct diag *diag);

/* Appends one row of batch to out; values is scratch for column_count values. A column that is
 * not present counts as NULL. The buffer's status tells of failures. */
void row_image_encode(const struct row_image *image, const struct batch *batch, size_t row,
                      struct value *values, struct buffer *out);

/* Writes time and columns of one row, its schema's column 0 being first_column of batch; text and
 * nested values borrow from bytes or lie in batch->arena. Columns outside of the image are left
 * alone. */
MUST_USE enum status row_image_decode(const struct row_image *image, struct text bytes,
                                      struct batch *batch, uint32_t first_column, size_t row,
                                      struct diag *diag);

/* The time alone; 0 when bytes is too short. */
int64_t row_image_time_ms(struct text bytes);

#endif
