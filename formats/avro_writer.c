/* avro_writer.c
 *
 * Values are written by the schema, not by their type: a BIGINT is a zigzag varint wherever it
 * stands, and a float is asked for by the schema alone. A null where the schema has none, or a
 * struct field that the schema wants and the type lacks, is the one thing that cannot be written;
 * it is noted once and found by the caller. */
#include <string.h>

#include "formats/avro_binary.h"

static const char null_refusal[] = "Invalid value: null used for required field";

void avro_write_long(struct buffer *out, int64_t number)
{
    buffer_append_varint(out, (uint64_t)number << 1 ^ (uint64_t)(number >> 63));
}

void avro_write_text(struct buffer *out, struct text text)
{
    avro_write_long(out, (int64_t)text.bytes);
    buffer_append_text(out, text);
}

static void write_little_endian(struct buffer *out, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buffer_append_byte(out, (char)(bits >> (8 * i) & 0xFF));
    }
}

static void write_real(struct buffer *out, enum wire_kind kind, double real)
{
    if (kind == WIRE_FLOAT32) {
        const float narrow = (float)real;
        uint32_t bits;
        memcpy(&bits, &narrow, sizeof(bits));
        write_little_endian(out, bits, sizeof(bits));
        return;
    }
    uint64_t bits;
    memcpy(&bits, &real, sizeof(bits));
    write_little_endian(out, bits, sizeof(bits));
}

/* The fewest bytes of two's complement, at least one, as BigInteger.toByteArray; in a fixed,
 * all of its bytes. */
static void write_decimal(struct buffer *out, const struct wire_schema *schema, int128 unscaled,
                          const char **refusal)
{
    size_t bytes = 1;
    while (bytes < sizeof(unscaled) && unscaled >> (8 * bytes - 1) != 0 &&
           unscaled >> (8 * bytes - 1) != -1) {
        bytes++;
    }
    if (schema->form == WIRE_AVRO_FIXED) {
        if (bytes > schema->fixed_bytes) {
            *refusal = "a decimal does not fit its fixed bytes";
            return;
        }
        bytes = schema->fixed_bytes;
    } else {
        avro_write_long(out, (int64_t)bytes);
    }
    for (size_t i = bytes; i-- > 0;) {
        const size_t shift = i < sizeof(unscaled) ? 8 * i : 8 * sizeof(unscaled) - 1;
        buffer_append_byte(out, (char)(unscaled >> shift & 0xFF));
    }
}

static void write_string(struct buffer *out, const struct wire_schema *schema, struct text text,
                         const char **refusal)
{
    if (schema->form == WIRE_AVRO_FIXED) {
        if (text.bytes != schema->fixed_bytes) {
            *refusal = "bytes are not as long as the schema says";
        }
        buffer_append_text(out, text);
        return;
    }
    if (schema->form != WIRE_AVRO_ENUM) {
        avro_write_text(out, text);
        return;
    }
    for (uint32_t i = 0; i < schema->symbol_count; i++) {
        if (text_equal(schema->symbols[i], text)) {
            avro_write_long(out, i);
            return;
        }
    }
    *refusal = "a text is no symbol of the schema's enum";
}

static void write_list(struct buffer *out, const struct wire_schema *schema,
                       const struct type *type, const struct value_list *list, const char **refusal)
{
    if (list->count > 0) {
        avro_write_long(out, list->count);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        avro_write(out, schema->element, type->element, &list->items[i], refusal);
    }
    avro_write_long(out, 0);
}

static void write_map(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                      const struct value_map *map, const char **refusal)
{
    if (map->count > 0) {
        avro_write_long(out, map->count);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        avro_write(out, schema->key, type->key, &map->keys[i], refusal);
        avro_write(out, schema->element, type->element, &map->values[i], refusal);
    }
    avro_write_long(out, 0);
}

/* The first branch that has a value. */
static void write_union(struct buffer *out, const struct wire_schema *schema,
                        const struct type *type, const struct value_list *list,
                        const char **refusal)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const int at = wire_find_target(type->fields, type->field_count, schema->fields[i].name, i);
        if (at >= 0 && !list->items[at].is_null) {
            avro_write_long(out, i);
            avro_write(out, schema->fields[i].schema, type->fields[at].type, &list->items[at],
                       refusal);
            return;
        }
    }
    *refusal = null_refusal;
}

static void write_struct(struct buffer *out, const struct wire_schema *schema,
                         const struct type *type, const struct value_list *list,
                         const char **refusal)
{
    if (schema->form == WIRE_AVRO_UNION) {
        write_union(out, schema, type, list, refusal);
        return;
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const struct wire_field *field = &schema->fields[i];
        const int at = wire_find_target(type->fields, type->field_count, field->name, i);
        const struct value *item = at < 0 ? &VALUE_NULL : &list->items[at];
        const bool may_be_null = at >= 0 && field->schema->is_optional;
        if (item->is_null && field->has_default && !may_be_null) {
            buffer_append_text(out, field->default_bytes);
        } else {
            avro_write(out, field->schema, at < 0 ? NULL : type->fields[at].type, item, refusal);
        }
    }
}

/* A null: the union's branch, or a refusal. */
static void write_null(struct buffer *out, const struct wire_schema *schema, const char **refusal)
{
    if (schema->null_branch >= 0) {
        avro_write_long(out, schema->null_branch);
        return;
    }
    for (uint32_t i = 0; schema->form == WIRE_AVRO_UNION && i < schema->field_count; i++) {
        if (schema->fields[i].schema->kind == WIRE_NOTHING) {
            avro_write_long(out, i);
            return;
        }
    }
    if (schema->kind != WIRE_NOTHING) {
        *refusal = null_refusal;
    }
}

/* A BIGINT may stand where the schema has an int, as long as it is one. */
static void write_integer(struct buffer *out, const struct wire_schema *schema,
                          const struct type *type, const struct value *value, const char **refusal)
{
    const bool is_long = schema->kind == WIRE_INT64 || schema->kind == WIRE_TIMESTAMP;
    const int64_t number = type_layout(type) == LAYOUT_INT64 ? value->int64 : value->int32;
    if (!is_long && (number < INT32_MIN || number > INT32_MAX)) {
        *refusal = "a number does not fit the schema's int";
    }
    avro_write_long(out, number);
}

void avro_write(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                const struct value *value, const char **refusal)
{
    if (value->is_null) {
        write_null(out, schema, refusal);
        return;
    }
    if (schema->null_branch >= 0) {
        avro_write_long(out, 1 - schema->null_branch);
    }
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        buffer_append_byte(out, (char)value->boolean);
        return;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        write_integer(out, schema, type, value, refusal);
        return;
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        write_real(out, schema->kind, value->real);
        return;
    case WIRE_STRING:
    case WIRE_BYTES:
        write_string(out, schema, value->text, refusal);
        return;
    case WIRE_DECIMAL:
        write_decimal(out, schema, value->decimal, refusal);
        return;
    case WIRE_ARRAY:
        write_list(out, schema, type, value->list, refusal);
        return;
    case WIRE_MAP:
        write_map(out, schema, type, value->map, refusal);
        return;
    case WIRE_STRUCT:
        write_struct(out, schema, type, value->list, refusal);
        return;
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
}
