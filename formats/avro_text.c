/* avro_text.c
 *
 * An Avro value as text, straight from its bytes and its schema, without SQL types in between: what
 * people look at are all fields, also those that no column can hold. The text is that of Avro's
 * GenericData.toString: a union is the branch that it holds, enum symbols are texts, bytes are a
 * text with a character for each, a fixed is a list of signed numbers. Logical types are what they
 * are stored as, because Confluent's deserializer leaves them so.
 *
 * Items come out of the reader's budget, and the text has a longest length, since a null takes no
 * byte in a record but four in a text. */
#include "base/number_text.h"
#include "base/utf8.h"
#include "formats/avro_binary.h"
#include "formats/wire_text.h"

static bool append_value(struct wire_reader *reader, const struct wire_schema *schema,
                         struct buffer *out);

/* --- Scalars ------------------------------------------------------------------------------ */

/* The letter of a short escape; 0: none. */
static char short_escape(uint32_t code)
{
    switch (code) {
    case '"':
    case '\\':
        return (char)code;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void append_code(struct buffer *out, uint32_t code)
{
    char bytes[UTF8_BYTES_MAX];
    const char letter = short_escape(code);
    if (letter) {
        buffer_append_byte(out, '\\');
        buffer_append_byte(out, letter);
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2000 && code < 0x2100)) {
        buffer_printf(out, "\\u%04X", (unsigned)code);
    } else {
        buffer_append(out, bytes, utf8_encode(bytes, code));
    }
}

static void append_string(struct buffer *out, struct text text)
{
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    buffer_append_byte(out, '"');
    while (next < end) {
        append_code(out, utf8_next(&next, end));
    }
    buffer_append_byte(out, '"');
}

/* Each byte is a character, as in ISO 8859-1. */
static void append_bytes(struct buffer *out, struct text bytes)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < bytes.bytes; i++) {
        append_code(out, (unsigned char)bytes.data[i]);
    }
    buffer_append_byte(out, '"');
}

static void append_fixed(struct buffer *out, struct text bytes)
{
    buffer_append_byte(out, '[');
    for (size_t i = 0; i < bytes.bytes; i++) {
        buffer_printf(out, "%s%d", i > 0 ? ", " : "", (signed char)bytes.data[i]);
    }
    buffer_append_byte(out, ']');
}

static bool append_run(struct wire_reader *reader, const struct wire_schema *schema,
                       struct buffer *out)
{
    struct text text;
    uint32_t symbol = 0;
    if (schema->form == WIRE_AVRO_ENUM) {
        if (!avro_read_index(reader, schema->symbol_count, &symbol)) {
            return false;
        }
        append_string(out, schema->symbols[symbol]);
        return true;
    }
    if (!avro_read_run(reader, schema, &text)) {
        return false;
    }
    if (schema->form == WIRE_AVRO_FIXED) {
        append_fixed(out, text);
    } else if (schema->kind == WIRE_STRING) {
        append_string(out, text);
    } else {
        append_bytes(out, text);
    }
    return true;
}

static bool append_long(struct wire_reader *reader, struct buffer *out)
{
    int64_t number = 0;
    if (!avro_read_long(reader, &number)) {
        return false;
    }
    if (buffer_reserve(out, NUMBER_TEXT_INT64_BYTES_MAX)) {
        out->bytes += number_text_int64(out->data + out->bytes, number);
    }
    return true;
}

static bool append_real(struct wire_reader *reader, enum wire_kind kind, struct buffer *out)
{
    double real = 0;
    if (!avro_read_real(reader, kind, &real)) {
        return false;
    }
    const bool is_quoted = real - real != 0; /* NaN and the infinities */
    buffer_append_string(out, is_quoted ? "\"" : "");
    wire_text_append_real(out, kind, real);
    buffer_append_string(out, is_quoted ? "\"" : "");
    return true;
}

static bool append_boolean(struct wire_reader *reader, struct buffer *out)
{
    bool boolean = false;
    if (!avro_read_boolean(reader, &boolean)) {
        return false;
    }
    buffer_append_string(out, boolean ? "true" : "false");
    return true;
}

/* --- Containers --------------------------------------------------------------------------- */

/* A pair of a map, or the record that stands for one. */
static bool append_pair(struct wire_reader *reader, const struct wire_schema *schema,
                        struct buffer *out)
{
    const bool is_record = schema->form == WIRE_AVRO_ENTRIES;
    buffer_append_string(out, is_record ? "{\"key\": " : "");
    if (!append_value(reader, schema->key, out)) {
        return false;
    }
    buffer_append_string(out, is_record ? ", \"value\": " : ": ");
    if (!append_value(reader, schema->element, out)) {
        return false;
    }
    buffer_append_string(out, is_record ? "}" : "");
    return true;
}

static bool append_items(struct wire_reader *reader, const struct wire_schema *schema,
                         struct buffer *out)
{
    const bool is_map = schema->kind == WIRE_MAP;
    const bool has_braces = is_map && schema->form != WIRE_AVRO_ENTRIES;
    const char *separator = "";
    uint64_t count = 0;
    buffer_append_byte(out, has_braces ? '{' : '[');
    do {
        if (!avro_read_block(reader, &count) || !wire_take_items(reader, count)) {
            return false;
        }
        for (uint64_t i = 0; i < count; i++) {
            buffer_append_string(out, separator);
            separator = ", ";
            if (!(is_map ? append_pair(reader, schema, out)
                         : append_value(reader, schema->element, out))) {
                return false;
            }
        }
    } while (count > 0);
    buffer_append_byte(out, has_braces ? '}' : ']');
    return true;
}

static bool append_struct(struct wire_reader *reader, const struct wire_schema *schema,
                          struct buffer *out)
{
    uint32_t branch = 0;
    if (schema->form == WIRE_AVRO_UNION) {
        return avro_read_index(reader, schema->field_count, &branch) &&
               append_value(reader, schema->fields[branch].schema, out);
    }
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < schema->field_count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        append_string(out, schema->fields[i].name);
        buffer_append_string(out, ": ");
        const char *start = reader->at;
        if (!append_value(reader, schema->fields[i].schema, out)) {
            return false;
        }
        if (reader->at == start && !wire_take_items(reader, 1)) {
            return false; /* fields may take no byte, and may be many */
        }
    }
    buffer_append_byte(out, '}');
    return true;
}

/* --- Values ------------------------------------------------------------------------------- */

static bool append_value(struct wire_reader *reader, const struct wire_schema *schema,
                         struct buffer *out)
{
    bool is_null = false;
    if (out->bytes > WIRE_TEXT_BYTES_MAX) {
        return wire_fail(reader, TEXT("the text of a record is too long"));
    }
    if (!avro_read_null_branch(reader, schema, &is_null)) {
        return false;
    }
    if (is_null) {
        buffer_append_string(out, "null");
        return true;
    }
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        return append_boolean(reader, out);
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        return append_long(reader, out);
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        return append_real(reader, schema->kind, out);
    case WIRE_STRING:
    case WIRE_BYTES:
    case WIRE_DECIMAL:
        return append_run(reader, schema, out);
    case WIRE_ARRAY:
    case WIRE_MAP:
        return append_items(reader, schema, out);
    case WIRE_STRUCT:
        return append_struct(reader, schema, out);
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return wire_fail(reader, TEXT("a value has no type"));
}

/* A text that is the whole value goes without quotes, as Java's toString() of a text does. */
bool avro_append_text(struct wire_reader *reader, const struct wire_schema *schema,
                      struct buffer *out)
{
    struct text text;
    bool is_null = false;
    const bool is_plain_text = schema->kind == WIRE_STRING && schema->form == WIRE_PLAIN;
    if (!is_plain_text) {
        return append_value(reader, schema, out);
    }
    if (!avro_read_null_branch(reader, schema, &is_null)) {
        return false;
    }
    if (is_null) {
        buffer_append_string(out, "<null>");
        return true;
    }
    if (!avro_read_run(reader, schema, &text)) {
        return false;
    }
    buffer_append_text(out, text);
    return true;
}
