/* row_codec.c
 *
 * The stored form of rows in operator state. Compact, since state is what fills memory and
 * the file, and decodable without trust: every length is checked against what is left, and
 * nesting is limited, so that a damaged file gives STATUS_CORRUPT and nothing worse.
 */
#include "base/row_codec.h"

#include <string.h>

#include "base/bounds.h"

static void encode_value(const struct type *type, const struct value *value, struct buffer *out);

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1U);
}

/* Items that share one type (arrays, map values) or have one each (structs, rows). */
struct item_types {
    const struct type *shared;
    const struct type *const *each;
    const struct type_field *fields;
};

static const struct type *item_at(const struct item_types *types, uint32_t index)
{
    if (types->shared) {
        return types->shared;
    }
    return types->each ? types->each[index] : types->fields[index].type;
}

static void encode_items(const struct item_types *types, const struct value *values,
                         uint32_t count, struct buffer *out)
{
    const size_t bitmap_bytes = (count + 7U) / 8U;
    if (!buffer_reserve(out, bitmap_bytes)) {
        return;
    }
    unsigned char *bitmap = (unsigned char *)out->data + out->bytes;
    memset(bitmap, 0, bitmap_bytes);
    for (uint32_t i = 0; i < count; i++) {
        if (values[i].is_null) {
            bitmap[i / 8U] = (unsigned char)(bitmap[i / 8U] | 1U << (i % 8U));
        }
    }
    out->bytes += bitmap_bytes;
    for (uint32_t i = 0; i < count; i++) {
        if (!values[i].is_null) {
            encode_value(item_at(types, i), &values[i], out);
        }
    }
}

static void encode_list(const struct type *type, const struct value_list *list,
                        struct buffer *out)
{
    const struct item_types types = {
        .shared = type->kind == TYPE_ARRAY ? type->element : NULL, .fields = type->fields};
    buffer_append_varint(out, list->count);
    encode_items(&types, list->items, list->count, out);
}

static void encode_map(const struct type *type, const struct value_map *map, struct buffer *out)
{
    const struct item_types key_types = {.shared = type->key};
    const struct item_types value_types = {.shared = type->element};
    buffer_append_varint(out, map->count);
    encode_items(&key_types, map->keys, map->count, out);
    encode_items(&value_types, map->values, map->count, out);
}

static void encode_value(const struct type *type, const struct value *value, struct buffer *out)
{
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        buffer_append_byte(out, value->boolean ? 1 : 0);
        return;
    case LAYOUT_INT32:
        buffer_append_varint(out, zigzag(value->int32));
        return;
    case LAYOUT_INT64:
        buffer_append_varint(out, zigzag(value->int64));
        return;
    case LAYOUT_DOUBLE:
        buffer_append(out, &value->real, sizeof(value->real));
        return;
    case LAYOUT_DECIMAL:
        buffer_append(out, &value->decimal, sizeof(value->decimal));
        return;
    case LAYOUT_TEXT:
        buffer_append_varint(out, value->text.bytes);
        buffer_append_text(out, value->text);
        return;
    case LAYOUT_LIST:
        encode_list(type, value->list, out);
        return;
    case LAYOUT_MAP:
        encode_map(type, value->map, out);
        return;
    case LAYOUT_COUNT:
        break;
    }
}

void row_codec_encode(const struct type *const *types, const struct value *values,
                      uint32_t count, struct buffer *out)
{
    const struct item_types item_types = {.each = types};
    encode_items(&item_types, values, count, out);
}

struct reader {
    const unsigned char *next;
    const unsigned char *end;
    struct arena *arena;
    struct diag *diag;
    uint32_t depth;
};

static enum status corrupt(struct reader *reader)
{
    return diag_fail(reader->diag, STATUS_CORRUPT, SQL_POS_NONE, "stored row is damaged");
}

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->next);
}

static enum status read_varint(struct reader *reader, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->next == reader->end) {
            return corrupt(reader);
        }
        const unsigned char byte = *reader->next++;
        value |= (uint64_t)(byte & 0x7FU) << shift;
        if (byte < 0x80U) {
            *out = value;
            return STATUS_OK;
        }
    }
    return corrupt(reader);
}

static enum status read_bytes(struct reader *reader, void *out, size_t bytes)
{
    if (left(reader) < bytes) {
        return corrupt(reader);
    }
    memcpy(out, reader->next, bytes);
    reader->next += bytes;
    return STATUS_OK;
}

static enum status decode_value(struct reader *reader, const struct type *type,
                                struct value *out);

static enum status decode_items(struct reader *reader, const struct item_types *types,
                                uint32_t count, struct value *out)
{
    const size_t bitmap_bytes = (count + 7U) / 8U;
    if (left(reader) < bitmap_bytes) {
        return corrupt(reader);
    }
    const unsigned char *bitmap = reader->next;
    reader->next += bitmap_bytes;
    for (uint32_t i = 0; i < count; i++) {
        if (bitmap[i / 8U] & (1U << (i % 8U))) {
            out[i] = VALUE_NULL;
        } else {
            TRY(decode_value(reader, item_at(types, i), &out[i]));
        }
    }
    return STATUS_OK;
}

/* A count that could not possibly fit in what is left is refused before memory is asked for. */
static enum status read_count(struct reader *reader, uint32_t *out)
{
    uint64_t count = 0;
    TRY(read_varint(reader, &count));
    if (count / 8 > left(reader)) {
        return corrupt(reader);
    }
    *out = (uint32_t)count;
    return STATUS_OK;
}

static enum status decode_list(struct reader *reader, const struct type *type, struct value *out)
{
    uint32_t count = 0;
    TRY(read_count(reader, &count));
    if (type->kind == TYPE_STRUCT && count != type->field_count) {
        return corrupt(reader);
    }
    struct value_list *list = value_list_create(reader->arena, count);
    if (!list) {
        return diag_no_memory(reader->diag);
    }
    const struct item_types types = {
        .shared = type->kind == TYPE_ARRAY ? type->element : NULL, .fields = type->fields};
    TRY(decode_items(reader, &types, count, list->items));
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status decode_map(struct reader *reader, const struct type *type, struct value *out)
{
    uint32_t count = 0;
    TRY(read_count(reader, &count));
    struct value_map *map = value_map_create(reader->arena, count);
    if (!map) {
        return diag_no_memory(reader->diag);
    }
    const struct item_types key_types = {.shared = type->key};
    const struct item_types value_types = {.shared = type->element};
    TRY(decode_items(reader, &key_types, count, map->keys));
    TRY(decode_items(reader, &value_types, count, map->values));
    map->count = count;
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static enum status decode_text(struct reader *reader, struct value *out)
{
    uint64_t bytes = 0;
    TRY(read_varint(reader, &bytes));
    if (bytes > left(reader)) {
        return corrupt(reader);
    }
    *out = value_text((struct text){(const char *)reader->next, (size_t)bytes});
    reader->next += bytes;
    return STATUS_OK;
}

static enum status decode_nested(struct reader *reader, const struct type *type,
                                 struct value *out)
{
    if (reader->depth >= VALUE_DEPTH_MAX) {
        return corrupt(reader);
    }
    reader->depth++;
    const enum status status = type->kind == TYPE_MAP ? decode_map(reader, type, out)
                                                      : decode_list(reader, type, out);
    reader->depth--;
    return status;
}

static enum status decode_value(struct reader *reader, const struct type *type, struct value *out)
{
    const enum layout layout = type_layout(type);
    *out = (struct value){.is_null = false};
    if (layout == LAYOUT_LIST || layout == LAYOUT_MAP) {
        return decode_nested(reader, type, out);
    }
    if (layout == LAYOUT_TEXT) {
        return decode_text(reader, out);
    }
    if (layout == LAYOUT_DOUBLE) {
        return read_bytes(reader, &out->real, sizeof(out->real));
    }
    if (layout == LAYOUT_DECIMAL) {
        return read_bytes(reader, &out->decimal, sizeof(out->decimal));
    }
    uint64_t number = 0;
    TRY(read_varint(reader, &number));
    if (layout == LAYOUT_BOOLEAN) {
        out->boolean = number != 0;
    } else if (layout == LAYOUT_INT32) {
        out->int32 = (int32_t)unzigzag(number);
    } else {
        out->int64 = unzigzag(number);
    }
    return STATUS_OK;
}

enum status row_codec_decode(const struct type *const *types, uint32_t count, struct text bytes,
                             struct arena *arena, struct value *out, struct diag *diag)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    struct reader reader = {
        .next = data, .end = data + bytes.bytes, .arena = arena, .diag = diag};
    const struct item_types item_types = {.each = types};
    TRY(decode_items(&reader, &item_types, count, out));
    return reader.next == reader.end ? STATUS_OK : corrupt(&reader);
}
