/* json_schema_write.c
 *
 * The document that ksqlDB registers for columns: every property may be null, stands at its
 * "connect.index", and carries the type of Connect where JSON's is wider. Source: Confluent
 * JsonSchemaData. */
#include "formats/json_schema.h"

#include "formats/json_value.h"

/* Opens the type's object and leaves it open. Recursion is bounded by the depth of types. */
static void print_open(struct buffer *out, const struct type *type);

/* {index, "oneOf": [null, type]}: something that may be null. index < 0: it has no place. */
static void print_optional(struct buffer *out, const struct type *type, int64_t index)
{
    buffer_append_byte(out, '{');
    if (index >= 0) {
        buffer_printf(out, "\"connect.index\":%lld,", (long long)index);
    }
    buffer_append_string(out, "\"oneOf\":[{\"type\":\"null\"},");
    print_open(out, type);
    buffer_append_string(out, "}]}");
}

static void print_properties(struct buffer *out, const struct type_field *fields, uint32_t count)
{
    buffer_append_string(out, "{\"type\":\"object\",\"properties\":{");
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i ? "," : "");
        json_write_text(out, fields[i].name);
        buffer_append_byte(out, ':');
        print_optional(out, fields[i].type, i);
    }
    buffer_append_byte(out, '}');
}

static void print_open(struct buffer *out, const struct type *type)
{
    static const char *const texts[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = "{\"type\":\"boolean\"",
        [TYPE_INTEGER] = "{\"type\":\"integer\",\"connect.type\":\"int32\"",
        [TYPE_BIGINT] = "{\"type\":\"integer\",\"connect.type\":\"int64\"",
        [TYPE_DOUBLE] = "{\"type\":\"number\",\"connect.type\":\"float64\"",
        [TYPE_STRING] = "{\"type\":\"string\"",
        [TYPE_BYTES] = "{\"type\":\"string\",\"connect.type\":\"bytes\"",
        [TYPE_DATE] = "{\"type\":\"integer\",\"title\":\"org.apache.kafka.connect.data.Date\","
                      "\"connect.version\":1,\"connect.type\":\"int32\"",
        [TYPE_TIME] = "{\"type\":\"integer\",\"title\":\"org.apache.kafka.connect.data.Time\","
                      "\"connect.version\":1,\"connect.type\":\"int32\"",
        [TYPE_TIMESTAMP] =
            "{\"type\":\"integer\",\"title\":\"org.apache.kafka.connect.data.Timestamp\","
            "\"connect.version\":1,\"connect.type\":\"int64\"",
    };
    if (type->kind == TYPE_STRUCT) {
        print_properties(out, type->fields, type->field_count);
    } else if (type->kind == TYPE_ARRAY) {
        buffer_append_string(out, "{\"type\":\"array\",\"items\":");
        print_optional(out, type->element, -1);
    } else if (type->kind == TYPE_MAP) {
        buffer_append_string(out, "{\"type\":\"object\",\"connect.type\":\"map\","
                                  "\"additionalProperties\":");
        print_optional(out, type->element, -1);
    } else if (type->kind == TYPE_DECIMAL) {
        buffer_printf(out,
                      "{\"type\":\"number\",\"title\":\"org.apache.kafka.connect.data.Decimal\","
                      "\"connect.version\":1,\"connect.type\":\"bytes\",\"connect.parameters\":{"
                      "\"scale\":\"%u\",\"connect.decimal.precision\":\"%u\"}",
                      type->scale, type->precision);
    } else {
        buffer_append_string(out, texts[type->kind]);
    }
}

enum status json_schema_write(struct arena *arena, const struct schema_writing *writing,
                              struct buffer *out, struct diag *diag)
{
    (void)arena;
    if (writing->is_unwrapped) {
        print_optional(out, writing->columns[0].type, -1);
        return buffer_status(out, diag);
    }
    print_properties(out, writing->columns, writing->column_count);
    if (writing->full_name.data) {
        buffer_append_string(out, ",\"title\":");
        json_write_text(out, writing->full_name);
    }
    buffer_append_byte(out, '}');
    return buffer_status(out, diag);
}
