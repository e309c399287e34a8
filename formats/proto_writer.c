/* proto_writer.c
 *
 * Fields are written in the order of the schema; absent ones are what the reader makes of nothing:
 * nulls, and zeros where the schema does not tell them from nothing. A message's length stands in
 * front of it, so it is written first and then moved aside by the one to ten bytes of its length.
 */
#include <string.h>

#include "base/civil_time.h"
#include "formats/proto_binary.h"

enum { TAG_BITS = 3, MS_PER_SECOND = 1000, NANOS_PER_MS = 1000000, LENGTH_BYTES_MAX = 10 };

static void write_tag(struct buffer *out, uint32_t number, enum proto_wire wire)
{
    buffer_append_varint(out, (uint64_t)number << TAG_BITS | (uint64_t)wire);
}

/* Puts the length of what was appended since start in front of it. */
static void insert_length(struct buffer *out, size_t start)
{
    char length[LENGTH_BYTES_MAX];
    size_t count = 0;
    uint64_t bytes = out->bytes - start;
    while (bytes >= 0x80) {
        length[count++] = (char)(bytes | 0x80);
        bytes >>= 7;
    }
    length[count++] = (char)bytes;
    if (!buffer_reserve(out, count)) {
        return;
    }
    memmove(out->data + start + count, out->data + start, out->bytes - start);
    memcpy(out->data + start, length, count);
    out->bytes += count;
}

static void write_bytes(struct buffer *out, struct text bytes)
{
    buffer_append_varint(out, bytes.bytes);
    buffer_append_text(out, bytes);
}

static void write_fixed(struct buffer *out, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buffer_append_byte(out, (char)(bits >> (8 * i) & 0xFF));
    }
}

/* --- Scalars ------------------------------------------------------------------------------ */

static uint64_t integer_bits(const struct wire_schema *schema, const struct type *type,
                             const struct value *value)
{
    const int64_t number = type_layout(type) == LAYOUT_INT64 ? value->int64 : (int64_t)value->int32;
    if (schema->form == WIRE_PROTO_ZIGZAG) {
        return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    }
    return schema->form == WIRE_PROTO_UINT32 ? (uint32_t)number : (uint64_t)number;
}

static uint64_t real_bits(enum wire_kind kind, double real)
{
    uint64_t bits = 0;
    if (kind == WIRE_FLOAT32) {
        const float narrow = (float)real;
        uint32_t half;
        memcpy(&half, &narrow, sizeof(half));
        return half;
    }
    memcpy(&bits, &real, sizeof(bits));
    return bits;
}

static bool find_symbol(const struct wire_schema *schema, struct text name, int32_t *out)
{
    for (uint32_t i = 0; i < schema->symbol_count; i++) {
        if (text_equal(schema->symbols[i], name)) {
            *out = schema->symbol_numbers[i];
            return true;
        }
    }
    return false;
}

static void write_number(struct buffer *out, uint32_t number, int64_t value)
{
    if (value != 0) {
        write_tag(out, number, PROTO_VARINT);
        buffer_append_varint(out, (uint64_t)value);
    }
}

static void write_timestamp(struct buffer *out, int64_t ms)
{
    int64_t seconds = ms / MS_PER_SECOND;
    int64_t rest = ms % MS_PER_SECOND;
    if (rest < 0) {
        rest += MS_PER_SECOND;
        seconds--;
    }
    write_number(out, 1, seconds);
    write_number(out, 2, rest * NANOS_PER_MS);
}

static void write_date(struct buffer *out, int32_t days)
{
    const struct civil_time_date date = civil_time_date(days);
    write_number(out, 1, date.year);
    write_number(out, 2, date.month);
    write_number(out, 3, date.day);
}

static void write_time(struct buffer *out, int32_t ms)
{
    const int32_t seconds = ms / MS_PER_SECOND;
    write_number(out, 1, seconds / 3600);
    write_number(out, 2, seconds / 60 % 60);
    write_number(out, 3, seconds % 60);
    write_number(out, 4, (int64_t)(ms % MS_PER_SECOND) * NANOS_PER_MS);
}

/* confluent.type.Decimal: the unscaled number in the fewest bytes, precision, scale. */
static void write_decimal(struct buffer *out, const struct type *type, int128 unscaled)
{
    char bytes[sizeof(unscaled)];
    size_t count = 1;
    while (count < sizeof(unscaled) && unscaled >> (8 * count - 1) != 0 &&
           unscaled >> (8 * count - 1) != -1) {
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (char)(unscaled >> (8 * (count - 1 - i)) & 0xFF);
    }
    write_tag(out, 1, PROTO_BYTES);
    write_bytes(out, (struct text){bytes, count});
    write_number(out, 2, type->precision);
    write_number(out, 3, type->scale);
}

/* Whether the schema's type holds the number. */
static bool is_in_range(const struct wire_schema *schema, const struct type *type,
                        const struct value *value)
{
    const int64_t number = type_layout(type) == LAYOUT_INT64 ? value->int64 : (int64_t)value->int32;
    const bool is_unsigned = schema->form == WIRE_PROTO_UINT32 ||
                             (schema->form == WIRE_PROTO_FIXED && schema->fixed_bytes == 4 &&
                              schema->kind == WIRE_INT64);
    if (is_unsigned) {
        return number >= 0 && number <= UINT32_MAX;
    }
    return schema->kind == WIRE_INT64 || (number >= INT32_MIN && number <= INT32_MAX);
}

/* The value behind its tag, without a wrapper. */
static void write_payload(struct buffer *out, const struct wire_schema *schema,
                          const struct type *type, const struct value *value, const char **refusal)
{
    int32_t symbol = 0;
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        buffer_append_byte(out, (char)value->boolean);
        return;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
        if (!is_in_range(schema, type, value)) {
            *refusal = "a number does not fit the schema's type";
        }
        if (schema->form == WIRE_PROTO_FIXED) {
            write_fixed(out, integer_bits(schema, type, value), schema->fixed_bytes);
        } else {
            buffer_append_varint(out, integer_bits(schema, type, value));
        }
        return;
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        write_fixed(out, real_bits(schema->kind, value->real),
                    schema->kind == WIRE_FLOAT32 ? 4 : 8);
        return;
    case WIRE_STRING:
        if (schema->form == WIRE_PROTO_ENUM) {
            if (!find_symbol(schema, value->text, &symbol)) {
                *refusal = "a text is no symbol of the schema's enum";
            }
            buffer_append_varint(out, (uint64_t)(int64_t)symbol);
            return;
        }
        write_bytes(out, value->text);
        return;
    case WIRE_BYTES:
        write_bytes(out, value->text);
        return;
    case WIRE_DECIMAL:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
    case WIRE_STRUCT:
    case WIRE_ARRAY:
    case WIRE_MAP:
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
}

/* --- Fields ------------------------------------------------------------------------------- */

static bool is_zero(const struct wire_schema *schema, const struct type *type,
                    const struct value *value)
{
    int32_t symbol = 1;
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        return !value->boolean;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
        return integer_bits(schema, type, value) == 0;
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        return real_bits(schema->kind, value->real) == 0;
    case WIRE_STRING:
    case WIRE_BYTES:
        return schema->form == WIRE_PROTO_ENUM
                   ? find_symbol(schema, value->text, &symbol) && symbol == 0
                   : value->text.bytes == 0;
    case WIRE_DECIMAL:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
    case WIRE_STRUCT:
    case WIRE_ARRAY:
    case WIRE_MAP:
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return false;
}

/* Messages: their fields, without the length. False: the schema is no message. */
static bool write_message(struct buffer *out, const struct wire_schema *schema,
                          const struct type *type, const struct value *value, const char **refusal)
{
    if (schema->form == WIRE_PROTO_WRAPPER) {
        struct wire_schema bare = *schema;
        bare.form = WIRE_PLAIN;
        if (!is_zero(&bare, type, value)) {
            write_tag(out, 1, proto_wire_of(&bare));
            write_payload(out, &bare, type, value, refusal);
        }
    } else if (schema->kind == WIRE_STRUCT) {
        proto_write(out, schema, type, value, refusal);
    } else if (schema->kind == WIRE_TIMESTAMP) {
        write_timestamp(out, value->int64);
    } else if (schema->kind == WIRE_DATE) {
        write_date(out, value->int32);
    } else if (schema->kind == WIRE_TIME) {
        write_time(out, value->int32);
    } else if (schema->kind == WIRE_DECIMAL) {
        write_decimal(out, type, value->decimal);
    } else {
        return false;
    }
    return true;
}

/* A value that is not null, with its tag. */
static void write_one(struct buffer *out, uint32_t number, const struct wire_schema *schema,
                      const struct type *type, const struct value *value, const char **refusal)
{
    write_tag(out, number, proto_wire_of(schema));
    const size_t start = out->bytes;
    if (write_message(out, schema, type, value, refusal)) {
        insert_length(out, start);
    } else {
        write_payload(out, schema, type, value, refusal);
    }
}

static void write_list(struct buffer *out, const struct wire_field *field, const struct type *type,
                       const struct value_list *list, const char **refusal)
{
    const struct wire_schema *element = field->schema->element;
    const bool is_packed = field->schema->is_packed && proto_wire_of(element) != PROTO_BYTES;
    if (list->count == 0) {
        return;
    }
    if (is_packed) {
        write_tag(out, field->number, PROTO_BYTES);
    }
    const size_t start = out->bytes;
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].is_null) {
            *refusal = "a list has an item that is null, which Protobuf cannot hold";
            return;
        }
        if (is_packed) {
            write_payload(out, element, type->element, &list->items[i], refusal);
        } else {
            write_one(out, field->number, element, type->element, &list->items[i], refusal);
        }
    }
    if (is_packed) {
        insert_length(out, start);
    }
}

static void write_map(struct buffer *out, const struct wire_field *field, const struct type *type,
                      const struct value_map *map, const char **refusal)
{
    for (uint32_t i = 0; i < map->count; i++) {
        write_tag(out, field->number, PROTO_BYTES);
        const size_t start = out->bytes;
        write_one(out, 1, field->schema->key, type->key, &map->keys[i], refusal);
        if (!map->values[i].is_null) {
            write_one(out, 2, field->schema->element, type->element, &map->values[i], refusal);
        }
        insert_length(out, start);
    }
}

static void write_field(struct buffer *out, const struct wire_field *field, const struct type *type,
                        const struct value *value, const char **refusal)
{
    if (value->is_null) {
        return;
    }
    if (field->schema->kind == WIRE_ARRAY) {
        write_list(out, field, type, value->list, refusal);
    } else if (field->schema->kind == WIRE_MAP) {
        write_map(out, field, type, value->map, refusal);
    } else if (field->schema->form == WIRE_PROTO_ONEOF) {
        proto_write(out, field->schema, type, value, refusal);
    } else if (field->is_presence_kept || !is_zero(field->schema, type, value)) {
        write_one(out, field->number, field->schema, type, value, refusal);
    }
}

void proto_write(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                 const struct value *value, const char **refusal)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const struct wire_field *field = &schema->fields[i];
        const int at = wire_find_target(type->fields, type->field_count, field->name, i);
        if (at >= 0) {
            write_field(out, field, type->fields[at].type, &value->list->items[at], refusal);
        }
    }
}
