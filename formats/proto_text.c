/* proto_text.c
 *
 * A Protobuf message as text, straight from its bytes and its schema, as TextFormat's
 * shortDebugString writes it: a: 1 b { c: "x" }. Fields stand in the order of their numbers, so a
 * first pass over the bytes notes where each field is, and checks them all; a second one writes.
 * Of a field that may occur once the last occurrence counts. What no field of the schema is, or is
 * of another kind than its field, is shown by its number.
 *
 * Timestamps, dates, decimals and wrappers are plain messages here; their fields stand in tables,
 * because the schema's tree has them as single values. Depth is bounded by the schema's. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "formats/proto_binary.h"
#include "formats/proto_occurrence.h"
#include "formats/wire_text.h"

/* Where a field stands: its tag, counted from the beginning of its message. */
struct place {
    uint32_t number;
    uint32_t at;
};

static const struct wire_schema int32_schema = {.kind = WIRE_INT32};
static const struct wire_schema int64_schema = {.kind = WIRE_INT64};
static const struct wire_schema bytes_schema = {.kind = WIRE_BYTES};

#define KNOWN_FIELD(field_name, field_number, field_schema)                                        \
    {.name = {(field_name), sizeof(field_name) - 1},                                               \
     .schema = &(field_schema),                                                                    \
     .number = (field_number)}

static const struct wire_field timestamp_fields[] = {KNOWN_FIELD("seconds", 1, int64_schema),
                                                     KNOWN_FIELD("nanos", 2, int32_schema)};
static const struct wire_field date_fields[] = {KNOWN_FIELD("year", 1, int32_schema),
                                                KNOWN_FIELD("month", 2, int32_schema),
                                                KNOWN_FIELD("day", 3, int32_schema)};
static const struct wire_field time_fields[] = {
    KNOWN_FIELD("hours", 1, int32_schema), KNOWN_FIELD("minutes", 2, int32_schema),
    KNOWN_FIELD("seconds", 3, int32_schema), KNOWN_FIELD("nanos", 4, int32_schema)};
static const struct wire_field decimal_fields[] = {KNOWN_FIELD("value", 1, bytes_schema),
                                                   KNOWN_FIELD("precision", 2, int64_schema),
                                                   KNOWN_FIELD("scale", 3, int32_schema)};

/* The messages that stand for a single value. */
static const struct wire_schema known_messages[WIRE_KIND_COUNT] = {
    [WIRE_TIMESTAMP] = {.kind = WIRE_STRUCT, .field_count = 2, .fields = timestamp_fields},
    [WIRE_DATE] = {.kind = WIRE_STRUCT, .field_count = 3, .fields = date_fields},
    [WIRE_TIME] = {.kind = WIRE_STRUCT, .field_count = 4, .fields = time_fields},
    [WIRE_DECIMAL] = {.kind = WIRE_STRUCT, .field_count = 3, .fields = decimal_fields},
};

static bool append_message(struct wire_reader *reader, const struct wire_schema *schema,
                           struct text bytes, struct buffer *out);

/* --- Scalars ------------------------------------------------------------------------------ */

static void append_escaped(struct buffer *out, struct text text)
{
    static const char letters[0x80] = {['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',
                                       ['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\',
                                       ['\''] = '\'', ['"'] = '"'};
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte < sizeof(letters) && letters[byte]) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, letters[byte]);
        } else if (byte < 0x20 || byte >= 0x7F) {
            buffer_printf(out, "\\%03o", byte);
        } else {
            buffer_append_byte(out, (char)byte);
        }
    }
    buffer_append_byte(out, '"');
}

static void append_symbol(struct buffer *out, const struct wire_schema *schema, uint64_t bits)
{
    const int32_t number = (int32_t)(uint32_t)bits;
    for (uint32_t i = 0; i < schema->symbol_count; i++) {
        if (schema->symbol_numbers[i] == number) {
            buffer_append_text(out, schema->symbols[i]);
            return;
        }
    }
    buffer_printf(out, "%" PRId32, number);
}

static bool append_scalar(struct wire_reader *reader, const struct wire_schema *schema,
                          const struct occurrence *field, struct buffer *out)
{
    if (schema->kind == WIRE_BOOLEAN) {
        buffer_append_string(out, field->bits ? "true" : "false");
    } else if (schema->kind == WIRE_FLOAT32 || schema->kind == WIRE_FLOAT64) {
        wire_text_append_real(out, schema->kind, proto_real(schema->kind, field->bits));
    } else if (schema->form == WIRE_PROTO_ENUM) {
        append_symbol(out, schema, field->bits);
    } else if (schema->kind == WIRE_STRING && !utf8_is_valid(field->bytes)) {
        return wire_fail(reader, TEXT("a text is not UTF-8"));
    } else if (schema->kind == WIRE_STRING || schema->kind == WIRE_BYTES) {
        append_escaped(out, field->bytes);
    } else {
        buffer_printf(out, "%" PRId64, proto_integer(schema, field->bits));
    }
    return true;
}

/* A field that the schema does not have. */
static void append_unknown(struct buffer *out, const struct occurrence *field)
{
    buffer_printf(out, "%" PRIu32 ": ", field->number);
    if (field->wire == PROTO_BYTES) {
        append_escaped(out, field->bytes);
    } else if (field->wire == PROTO_FIXED32) {
        buffer_printf(out, "0x%08" PRIx64, field->bits);
    } else if (field->wire == PROTO_FIXED64) {
        buffer_printf(out, "0x%016" PRIx64, field->bits);
    } else {
        buffer_printf(out, "%" PRIu64, field->bits);
    }
    buffer_append_byte(out, ' ');
}

/* --- Fields ------------------------------------------------------------------------------- */

static bool append_braces(struct wire_reader *reader, const struct wire_schema *schema,
                          struct text bytes, struct buffer *out)
{
    buffer_append_string(out, " { ");
    if (!append_message(reader, schema, bytes, out)) {
        return false;
    }
    buffer_append_string(out, "} ");
    return true;
}

/* google.protobuf.Int32Value and its like. */
static bool append_wrapper(struct wire_reader *reader, const struct wire_schema *schema,
                           struct text bytes, struct buffer *out)
{
    struct wire_schema inner = *schema;
    inner.form = WIRE_PLAIN;
    const struct wire_field field = {.name = TEXT("value"), .schema = &inner, .number = 1};
    const struct wire_schema message = {.kind = WIRE_STRUCT, .field_count = 1, .fields = &field};
    return append_braces(reader, &message, bytes, out);
}

static bool append_entry(struct wire_reader *reader, const struct wire_schema *map,
                         struct text bytes, struct buffer *out)
{
    const struct wire_field fields[] = {
        {.name = TEXT("key"), .schema = map->key, .number = 1, .is_presence_kept = true},
        {.name = TEXT("value"), .schema = map->element, .number = 2, .is_presence_kept = true}};
    const struct wire_schema message = {.kind = WIRE_STRUCT, .field_count = 2, .fields = fields};
    return append_braces(reader, &message, bytes, out);
}

/* One value of a field, or of its list. */
static bool append_single(struct wire_reader *reader, struct text name,
                          const struct wire_schema *schema, const struct occurrence *field,
                          struct buffer *out)
{
    if (out->bytes > WIRE_TEXT_BYTES_MAX) {
        return wire_fail(reader, TEXT("the text of a record is too long"));
    }
    buffer_append_text(out, name);
    if (schema->form == WIRE_PROTO_WRAPPER) {
        return append_wrapper(reader, schema, field->bytes, out);
    }
    if (known_messages[schema->kind].field_count > 0) {
        return append_braces(reader, &known_messages[schema->kind], field->bytes, out);
    }
    if (schema->kind == WIRE_STRUCT) {
        return append_braces(reader, schema, field->bytes, out);
    }
    if (schema->kind == WIRE_MAP) {
        return append_entry(reader, schema, field->bytes, out);
    }
    buffer_append_string(out, ": ");
    if (!append_scalar(reader, schema, field, out)) {
        return false;
    }
    buffer_append_byte(out, ' ');
    return true;
}

/* Numbers in one run, each without a tag. */
static bool append_packed(struct wire_reader *reader, const struct wire_field *list,
                          struct text bytes, struct buffer *out)
{
    const struct wire_schema *element = list->schema->element;
    struct wire_reader run = *reader;
    struct occurrence item = {.wire = proto_wire_of(element)};
    run.at = bytes.data;
    run.end = bytes.data + bytes.bytes;
    while (run.at < run.end) {
        if (!proto_read_value(&run, &item)) {
            return wire_fail(reader, run.message);
        }
        if (!append_single(reader, list->name, element, &item, out)) {
            return false;
        }
    }
    return true;
}

/* Fields that do not tell absent from zero are not shown when they are zero. */
static bool is_default(const struct wire_field *known, const struct occurrence *field)
{
    return !known->is_presence_kept && known->schema->kind != WIRE_STRUCT && field->bits == 0 &&
           field->bytes.bytes == 0;
}

static bool append_field(struct wire_reader *reader, const struct wire_field *known,
                         const struct occurrence *field, struct buffer *out)
{
    const struct wire_schema *schema = known ? known->schema : NULL;
    if (!known) {
        append_unknown(out, field);
        return true;
    }
    if (schema->kind == WIRE_ARRAY && field->wire == proto_wire_of(schema->element)) {
        return append_single(reader, known->name, schema->element, field, out);
    }
    if (schema->kind == WIRE_ARRAY && field->wire == PROTO_BYTES) {
        return append_packed(reader, known, field->bytes, out);
    }
    if (schema->kind == WIRE_ARRAY || field->wire != proto_wire_of(schema)) {
        append_unknown(out, field);
        return true;
    }
    if (schema->kind != WIRE_MAP && is_default(known, field)) {
        return true;
    }
    return append_single(reader, known->name, schema, field, out);
}

/* --- Messages ----------------------------------------------------------------------------- */

static const struct wire_field *find_field(const struct wire_schema *message, uint32_t number)
{
    for (uint32_t i = 0; i < message->field_count; i++) {
        const struct wire_field *field = &message->fields[i];
        if (field->number == number) {
            return field;
        }
        const struct wire_field *member =
            field->number == 0 ? find_field(field->schema, number) : NULL; /* of a oneof */
        if (member) {
            return member;
        }
    }
    return NULL;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->number != right->number) {
        return left->number < right->number ? -1 : 1;
    }
    return (left->at > right->at) - (left->at < right->at);
}

static struct wire_reader reader_of(const struct wire_reader *reader, struct text bytes)
{
    struct wire_reader inner = *reader;
    inner.at = bytes.data;
    inner.end = bytes.data + bytes.bytes;
    return inner;
}

static bool count_fields(struct wire_reader *reader, struct text bytes, size_t *out)
{
    struct wire_reader inner = reader_of(reader, bytes);
    struct occurrence field;
    *out = 0;
    while (inner.at < inner.end) {
        if (!proto_read_occurrence(&inner, &field)) {
            return wire_fail(reader, inner.message);
        }
        (*out)++;
    }
    return true;
}

/* All fields were read once already, so reading them again cannot fail. */
static void find_places(const struct wire_reader *reader, struct text bytes, struct place *places,
                        size_t count)
{
    struct wire_reader inner = reader_of(reader, bytes);
    bool is_sorted = true;
    for (size_t i = 0; i < count; i++) {
        struct occurrence field;
        places[i].at = (uint32_t)(inner.at - bytes.data);
        const bool is_read = proto_read_occurrence(&inner, &field);
        assert(is_read);
        places[i].number = is_read ? field.number : 0;
        is_sorted = is_sorted && (i == 0 || places[i - 1].number <= field.number);
    }
    if (!is_sorted) {
        qsort(places, count, sizeof(*places), compare_places);
    }
}

static bool is_repeated(const struct wire_field *field)
{
    return !field || field->schema->kind == WIRE_ARRAY || field->schema->kind == WIRE_MAP;
}

static bool append_message(struct wire_reader *reader, const struct wire_schema *schema,
                           struct text bytes, struct buffer *out)
{
    const struct wire_field *known = NULL;
    size_t count = 0;
    if (!count_fields(reader, bytes, &count)) {
        return false;
    }
    struct place *places = arena_array(reader->arena, count, sizeof(*places));
    if (!places) {
        return wire_no_memory(reader);
    }
    find_places(reader, bytes, places, count);
    for (size_t i = 0; i < count; i++) {
        const size_t at = places[i].at;
        struct wire_reader inner =
            reader_of(reader, (struct text){bytes.data + at, bytes.bytes - at});
        struct occurrence field = {0};
        if (i == 0 || places[i].number != places[i - 1].number) {
            known = find_field(schema, places[i].number);
        }
        if (i + 1 < count && places[i + 1].number == places[i].number && !is_repeated(known)) {
            continue; /* a later one counts */
        }
        if (!proto_read_occurrence(&inner, &field) || !append_field(reader, known, &field, out)) {
            return false;
        }
    }
    return true;
}

bool proto_append_text(struct wire_reader *reader, const struct wire_schema *schema,
                       struct buffer *out)
{
    const struct text bytes = {reader->at, (size_t)(reader->end - reader->at)};
    const size_t start = out->bytes;
    if (!append_message(reader, schema, bytes, out)) {
        return false;
    }
    if (out->bytes > start) {
        out->bytes--; /* the blank at the end */
    }
    return true;
}
