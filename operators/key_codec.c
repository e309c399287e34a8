/* key_codec.c
 *
 * Most keys are one number or one text, and then need no encoding at all beside eight bytes or
 * a borrowed slice; a whole batch of them costs a few nanoseconds a row. Numbers are stored with
 * the most significant byte first and the sign bit flipped, because the file compares keys as
 * bytes. ksqlDB scans its stores in the order of serialized keys, which for doubles from zero on
 * is the order of the numbers; below zero, and for integers, ours is the one without surprises. */
#include "operators/key_codec.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/hash.h"
#include "base/row_codec.h"

static const uint64_t sign_bit = (uint64_t)1 << 63;

static uint64_t integer_key(int64_t value)
{
    return htobe64((uint64_t)value ^ sign_bit);
}

static int64_t key_integer(uint64_t key)
{
    return (int64_t)(be64toh(key) ^ sign_bit);
}

/* Below zero the bits of a double grow as the number falls: all but the sign are turned over. */
static int64_t double_order(double value)
{
    int64_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static double order_double(int64_t order)
{
    const int64_t bits = order < 0 ? order ^ INT64_MAX : order;
    double value = 0;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* A value of a type of form KEY_INTEGER as that integer, and back. */
static int64_t value_order(const struct type *type, const struct value *value)
{
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_DOUBLE) {
        return double_order(value->real);
    }
    return layout == LAYOUT_INT32 ? value->int32 : value->int64;
}

static struct value order_value(const struct type *type, int64_t order)
{
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_DOUBLE) {
        return value_real(order_double(order));
    }
    return layout == LAYOUT_INT32 ? value_int32((int32_t)order) : value_int64(order);
}

static enum key_form form_of(const struct type *const *types, uint32_t count)
{
    const enum layout layout = count == 1 ? type_layout(types[0]) : LAYOUT_COUNT;
    if (layout == LAYOUT_INT32 || layout == LAYOUT_INT64 || layout == LAYOUT_DOUBLE) {
        return KEY_INTEGER;
    }
    return layout == LAYOUT_TEXT ? KEY_TEXT : KEY_ROW;
}

enum status key_codec_init(struct key_codec *codec, struct arena *arena,
                           const struct type *const *types, uint32_t count, struct diag *diag)
{
    const struct type **copy = arena_array(arena, count, sizeof(const struct type *));
    if (!copy) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = types[i];
    }
    *codec = (struct key_codec){form_of(types, count), count, copy};
    return STATUS_OK;
}

enum status key_codec_init_schema(struct key_codec *codec, struct arena *arena,
                                  const struct schema *schema, uint32_t count, struct diag *diag)
{
    const struct type **types = arena_array(arena, count, sizeof(const struct type *));
    assert(count <= schema->column_count);
    if (!types) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        types[i] = schema->columns[i].type;
    }
    return key_codec_init(codec, arena, types, count, diag);
}

static void encode_integers(const struct column *column, size_t count, struct key_batch *out)
{
    const enum layout layout = type_layout(column->type);
    if (layout == LAYOUT_INT32) {
        for (size_t row = 0; row < count; row++) {
            out->integers[row] = integer_key(column->int32[row]);
        }
    } else if (layout == LAYOUT_DOUBLE) {
        for (size_t row = 0; row < count; row++) {
            out->integers[row] = integer_key(double_order(column->real[row]));
        }
    } else {
        for (size_t row = 0; row < count; row++) {
            out->integers[row] = integer_key(column->int64[row]);
        }
    }
    for (size_t row = 0; row < count; row++) {
        out->hashes[row] = hash_int64(out->integers[row]);
        out->keys[row] = (struct text){(const char *)&out->integers[row], sizeof(uint64_t)};
    }
}

static void encode_texts(const struct column *column, size_t count, struct key_batch *out)
{
    for (size_t row = 0; row < count; row++) {
        out->keys[row] = column->text[row];
        out->hashes[row] = hash_bytes(out->keys[row].data, out->keys[row].bytes);
    }
}

static enum status encode_row(const struct key_codec *codec, const struct column *columns,
                              size_t row, struct value *values, struct buffer *buffer,
                              struct text *out, struct arena *arena)
{
    for (uint32_t i = 0; i < codec->column_count; i++) {
        values[i] = column_get(&columns[i], row);
    }
    buffer_reset(buffer);
    row_codec_encode(codec->types, values, codec->column_count, buffer);
    *out = arena_text(arena, buffer_text(buffer));
    return buffer->has_failed || !out->data ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status encode_rows(const struct key_codec *codec, const struct column *columns,
                               const uint8_t *has_key, size_t count, struct arena *arena,
                               struct key_batch *out)
{
    struct value *values = arena_array(arena, codec->column_count, sizeof(*values));
    struct buffer buffer;
    buffer_init(&buffer);
    enum status status = values ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t row = 0; row < count && status == STATUS_OK; row++) {
        out->keys[row] = (struct text){NULL, 0};
        if (!has_key || has_key[row]) {
            status = encode_row(codec, columns, row, values, &buffer, &out->keys[row], arena);
        }
        out->hashes[row] = hash_bytes(out->keys[row].data, out->keys[row].bytes);
    }
    buffer_release(&buffer);
    return status;
}

static enum status create_batch(const struct key_codec *codec, size_t count, struct arena *arena,
                                struct key_batch *out, struct diag *diag)
{
    const bool is_integer = codec->form == KEY_INTEGER;
    *out = (struct key_batch){
        .keys = arena_array(arena, count, sizeof(*out->keys)),
        .integers = is_integer ? arena_array(arena, count, sizeof(*out->integers)) : NULL,
        .hashes = arena_array(arena, count, sizeof(*out->hashes)),
    };
    const bool is_complete = out->keys && out->hashes && (out->integers || !is_integer);
    return is_complete ? STATUS_OK : diag_no_memory(diag);
}

enum status key_codec_encode(const struct key_codec *codec, const struct column *columns,
                             const uint8_t *has_key, size_t count, struct arena *arena,
                             struct key_batch *out, struct diag *diag)
{
    enum status status = STATUS_OK;
    TRY(create_batch(codec, count, arena, out, diag));
    switch (codec->form) {
    case KEY_INTEGER:
        encode_integers(&columns[0], count, out);
        break;
    case KEY_TEXT:
        encode_texts(&columns[0], count, out);
        break;
    case KEY_ROW:
        status = encode_rows(codec, columns, has_key, count, arena, out);
        break;
    }
    return status == STATUS_OK ? STATUS_OK : diag_no_memory(diag);
}

enum status key_codec_adopt(const struct key_codec *codec, const struct text *keys, size_t count,
                            struct arena *arena, struct key_batch *out, struct diag *diag)
{
    TRY(create_batch(codec, count, arena, out, diag));
    for (size_t row = 0; row < count; row++) {
        out->keys[row] = keys[row];
        if (out->integers) {
            assert(keys[row].bytes == sizeof(uint64_t));
            memcpy(&out->integers[row], keys[row].data, sizeof(uint64_t));
            out->hashes[row] = hash_int64(out->integers[row]);
        } else {
            out->hashes[row] = hash_bytes(keys[row].data, keys[row].bytes);
        }
    }
    return STATUS_OK;
}

enum status key_codec_encode_values(const struct key_codec *codec, const struct value *values,
                                    struct buffer *out, struct diag *diag)
{
    if (codec->form != KEY_ROW && values[0].is_null) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "A key can not be NULL");
    }
    if (codec->form == KEY_INTEGER) {
        const uint64_t key = integer_key(value_order(codec->types[0], &values[0]));
        buffer_append(out, &key, sizeof(key));
    } else if (codec->form == KEY_TEXT) {
        buffer_append_text(out, values[0].text);
    } else {
        row_codec_encode(codec->types, values, codec->column_count, out);
    }
    return buffer_status(out, diag);
}

enum status key_codec_decode(const struct key_codec *codec, struct text bytes, struct arena *arena,
                             struct value *out, struct diag *diag)
{
    uint64_t key = 0;
    switch (codec->form) {
    case KEY_INTEGER:
        if (bytes.bytes != sizeof(key)) {
            return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored key is damaged");
        }
        memcpy(&key, bytes.data, sizeof(key));
        out[0] = order_value(codec->types[0], key_integer(key));
        return STATUS_OK;
    case KEY_TEXT:
        out[0] = value_text(bytes);
        return STATUS_OK;
    case KEY_ROW:
        return row_codec_decode(codec->types, codec->column_count, bytes, arena, out, diag);
    }
    assert(false);
    return STATUS_CORRUPT;
}

void key_codec_append_window(struct buffer *out, int64_t start_ms, int64_t end_ms)
{
    const uint64_t window[2] = {integer_key(start_ms), integer_key(end_ms)};
    static_assert(sizeof(window) == KEY_WINDOW_BYTES, "a window is two integer keys");
    buffer_append(out, window, sizeof(window));
}

enum status key_codec_split_window(struct text bytes, struct text *out_key, int64_t *out_start_ms,
                                   int64_t *out_end_ms, struct diag *diag)
{
    uint64_t window[2];
    if (bytes.bytes < sizeof(window)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored windowed key is damaged");
    }
    const size_t key_bytes = bytes.bytes - sizeof(window);
    memcpy(window, bytes.data + key_bytes, sizeof(window));
    *out_key = (struct text){bytes.data, key_bytes};
    *out_start_ms = key_integer(window[0]);
    *out_end_ms = key_integer(window[1]);
    return STATUS_OK;
}
