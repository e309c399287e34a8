/* avro_default.c
 *
 * Follows Avro's rules for defaults in JSON, walking the schema and the JSON side by side. The
 * depth is the schema's, which its parser bounds. */
#include "formats/avro_default.h"

#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "formats/avro_binary.h"

static struct text text_of_json(const json_t *json)
{
    return (struct text){json_string_value(json), json_string_length(json)};
}

/* A JSON string whose characters U+0000 to U+00FF are bytes. */
static void write_bytes(const struct wire_schema *schema, struct text text, struct buffer *out)
{
    const char *at = text.data;
    const char *end = text.data + text.bytes;
    struct buffer bytes;
    buffer_init(&bytes);
    while (at < end) {
        buffer_append_byte(&bytes, (char)(utf8_next(&at, end) & 0xFF));
    }
    if (schema->form == WIRE_AVRO_FIXED) {
        buffer_append_text(out, buffer_text(&bytes));
    } else {
        avro_write_text(out, buffer_text(&bytes));
    }
    out->has_failed |= bytes.has_failed;
    buffer_release(&bytes);
}

static bool write_string(const struct wire_schema *schema, const json_t *json, struct buffer *out)
{
    static const struct type string = {.kind = TYPE_STRING};
    const struct value value = value_text(text_of_json(json));
    const char *refusal = NULL;
    if (!json_is_string(json)) {
        return false;
    }
    if (schema->kind != WIRE_STRING) {
        write_bytes(schema, value.text, out);
        return true;
    }
    struct wire_schema bare = *schema; /* the branch is written already */
    bare.null_branch = -1;
    avro_write(out, &bare, &string, &value, &refusal);
    return !refusal;
}

static bool write_items(const struct wire_schema *schema, const json_t *json, struct buffer *out)
{
    if (!json_is_array(json) || schema->form == WIRE_AVRO_ENTRIES) {
        return json_is_array(json) && json_array_size(json) == 0 && (avro_write_long(out, 0), true);
    }
    if (json_array_size(json) > 0) {
        avro_write_long(out, (int64_t)json_array_size(json));
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (!avro_default_write(schema->element, json_array_get(json, i), out)) {
            return false;
        }
    }
    avro_write_long(out, 0);
    return true;
}

static bool write_entries(const struct wire_schema *schema, json_t *json, struct buffer *out)
{
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(json)) {
        return false;
    }
    if (json_object_size(json) > 0) {
        avro_write_long(out, (int64_t)json_object_size(json));
    }
    json_object_foreach(json, key, value)
    {
        avro_write_text(out, text_of(key));
        if (!avro_default_write(schema->element, value, out)) {
            return false;
        }
    }
    avro_write_long(out, 0);
    return true;
}

static bool write_fields(const struct wire_schema *schema, const json_t *json, struct buffer *out)
{
    if (schema->form == WIRE_AVRO_UNION) {
        avro_write_long(out, 0);
        return avro_default_write(schema->fields[0].schema, json, out);
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const struct wire_field *field = &schema->fields[i];
        char name[256];
        if (field->name.bytes >= sizeof(name)) {
            return false;
        }
        memcpy(name, field->name.data, field->name.bytes);
        name[field->name.bytes] = '\0';
        const json_t *value = json_object_get(json, name);
        if (out->bytes > RECORD_BYTES_MAX) {
            return false; /* no record could hold it */
        }
        if (!value && field->has_default) {
            buffer_append_text(out, field->default_bytes);
        } else if (!value || !avro_default_write(field->schema, value, out)) {
            return false;
        }
    }
    return json_is_object(json);
}

static bool write_number(const struct wire_schema *schema, const json_t *json, struct buffer *out)
{
    static const struct type types[] = {{.kind = TYPE_BIGINT}, {.kind = TYPE_DOUBLE}};
    const bool is_real = schema->kind == WIRE_FLOAT32 || schema->kind == WIRE_FLOAT64;
    const struct value value =
        is_real ? value_real(json_number_value(json)) : value_int64(json_integer_value(json));
    const char *refusal = NULL;
    struct wire_schema bare = *schema;
    bare.null_branch = -1;
    avro_write(out, &bare, &types[is_real], &value, &refusal);
    return is_real ? json_is_number(json) : json_is_integer(json);
}

bool avro_default_write(const struct wire_schema *schema, const json_t *json, struct buffer *out)
{
    if (schema->null_branch >= 0) {
        if ((schema->null_branch == 0) != json_is_null(json)) {
            return false;
        }
        avro_write_long(out, 0);
    }
    if (schema->kind == WIRE_NOTHING || json_is_null(json)) {
        return json_is_null(json);
    }
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        buffer_append_byte(out, (char)json_is_true(json));
        return json_is_boolean(json);
    case WIRE_STRING:
    case WIRE_BYTES:
    case WIRE_DECIMAL:
        return write_string(schema, json, out);
    case WIRE_ARRAY:
        return write_items(schema, json, out);
    case WIRE_MAP:
        return schema->form == WIRE_AVRO_ENTRIES
                   ? write_items(schema, json, out)
                   : write_entries(schema, (json_t *)(uintptr_t)json, out);
    case WIRE_STRUCT:
        return write_fields(schema, json, out);
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        return write_number(schema, json, out);
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return false;
}
