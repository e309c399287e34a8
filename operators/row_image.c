/* row_image.c
 *
 * Rows at rest are as small as row_codec makes them; they are opened again only when a join or
 * a change needs them. */
#include "operators/row_image.h"

#include <endian.h>
#include <string.h>

#include "base/row_codec.h"

enum status row_image_init(struct row_image *image, struct arena *arena,
                           const struct schema *schema, uint32_t first_column,
                           const bool *is_wanted, struct diag *diag)
{
    const uint32_t count_max = schema->column_count;
    image->column_count = 0;
    image->positions = arena_array(arena, count_max, sizeof(*image->positions));
    image->types = arena_array(arena, count_max, sizeof(const struct type *));
    if (!image->positions || !image->types) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = first_column; i < count_max; i++) {
        if (!is_wanted || is_wanted[i]) {
            image->positions[image->column_count] = i;
            image->types[image->column_count++] = schema->columns[i].type;
        }
    }
    return STATUS_OK;
}

void row_image_encode(const struct row_image *image, const struct batch *batch, size_t row,
                      struct value *values, struct buffer *out)
{
    for (uint32_t i = 0; i < image->column_count; i++) {
        const struct column *column = &batch->columns[image->positions[i]];
        values[i] = column->is_present ? column_get(column, row) : VALUE_NULL;
    }
    buffer_append_be64(out, (uint64_t)batch->time_ms[row]);
    row_codec_encode(image->types, values, image->column_count, out);
}

int64_t row_image_time_ms(struct text bytes)
{
    uint64_t time = 0;
    if (bytes.bytes >= sizeof(time)) {
        memcpy(&time, bytes.data, sizeof(time));
    }
    return (int64_t)be64toh(time);
}

enum status row_image_decode(const struct row_image *image, struct text bytes, struct batch *batch,
                             uint32_t first_column, size_t row, struct diag *diag)
{
    const size_t time_bytes = sizeof(uint64_t);
    if (bytes.bytes < time_bytes) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored row is damaged");
    }
    struct value *values = arena_array(batch->arena, image->column_count, sizeof(*values));
    if (!values) {
        return diag_no_memory(diag);
    }
    const struct text codec_bytes = {bytes.data + time_bytes, bytes.bytes - time_bytes};
    TRY(row_codec_decode(image->types, image->column_count, codec_bytes, batch->arena, values,
                         diag));
    batch->time_ms[row] = row_image_time_ms(bytes);
    for (uint32_t i = 0; i < image->column_count; i++) {
        column_set(&batch->columns[first_column + image->positions[i]], row, values[i]);
    }
    return STATUS_OK;
}
