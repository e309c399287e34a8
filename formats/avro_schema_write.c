/* avro_schema_write.c
 *
 * The schema that ksqlDB registers for columns, field for field: every field may be null, a map is
 * an array of entry records because Connect's keys may be null, nested records are named after
 * their path. Connect's own marks (connect.name and so on) are written too, so that its converters
 * find their types again. Source: ksqlDB AvroDataTranslator, AvroFormat; Confluent AvroData. */
#include "formats/avro_schema.h"

#include <ctype.h>
#include <string.h>

#include "formats/json_value.h"

static const char default_name[] = "io.confluent.ksql.avro_schemas.KsqlDataSourceSchema";

struct avro_printer {
    struct buffer *out;
    struct diag *diag;
};

static enum status print_type(struct avro_printer *self, const struct type *type, struct text name);

/* --- Names -------------------------------------------------------------------------------- */

/* Dots in the names of columns become underscores; then Avro's own rule must hold. */
static enum status append_field_name(struct avro_printer *self, struct text name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        const char c = name.data[i] == '.' ? '_' : name.data[i];
        const bool is_letter = isalpha((unsigned char)c) || c == '_' || (c & 0x80);
        if (!is_letter && (i == 0 || !isdigit((unsigned char)c))) {
            return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE,
                             "Schema is not compatible with Avro: Illegal %s: %.*s",
                             i == 0 ? "initial character" : "character in", TEXT_ARGS(name));
        }
        buffer_append_byte(self->out, c);
    }
    return STATUS_OK;
}

/* A dotted name as the members "name" and "namespace". */
static void append_full_name(struct avro_printer *self, struct text name)
{
    const char *dot = memrchr(name.data, '.', name.bytes);
    const size_t space_bytes = dot ? (size_t)(dot - name.data) : 0;
    const size_t start = dot ? space_bytes + 1 : 0;
    buffer_append_string(self->out, "\"name\":");
    json_write_text(self->out, (struct text){name.data + start, name.bytes - start});
    if (dot) {
        buffer_append_string(self->out, ",\"namespace\":");
        json_write_text(self->out, (struct text){name.data, space_bytes});
    }
}

static void append_connect_name(struct avro_printer *self, struct text name)
{
    buffer_append_string(self->out, ",\"connect.name\":");
    json_write_text(self->out, name);
}

/* --- Types -------------------------------------------------------------------------------- */

/* "type" may be null: a field's type, or a list's item. */
static enum status print_optional(struct avro_printer *self, const struct type *type,
                                  struct text name)
{
    buffer_append_string(self->out, "[\"null\",");
    TRY(print_type(self, type, name));
    buffer_append_byte(self->out, ']');
    return STATUS_OK;
}

/* name, an underscore, part: what a nested type is called. Release out in any case. */
static struct text nested_name(struct buffer *out, struct text name, struct text part)
{
    buffer_init(out);
    buffer_append_text(out, name);
    buffer_append_byte(out, '_');
    for (size_t i = 0; i < part.bytes; i++) {
        buffer_append_byte(out, part.data[i] == '.' ? '_' : part.data[i]);
    }
    return buffer_text(out);
}

static enum status print_nested(struct avro_printer *self, const struct type *type,
                                struct text name, struct text part)
{
    struct buffer nested;
    const struct text full = nested_name(&nested, name, part);
    enum status status = buffer_status(&nested, self->diag);
    if (status == STATUS_OK) {
        status = print_optional(self, type, full);
    }
    buffer_release(&nested);
    return status;
}

static enum status print_record(struct avro_printer *self, const struct type_field *fields,
                                uint32_t field_count, struct text name)
{
    buffer_append_string(self->out, "{\"type\":\"record\",");
    append_full_name(self, name);
    buffer_append_string(self->out, ",\"fields\":[");
    for (uint32_t i = 0; i < field_count; i++) {
        buffer_append_string(self->out, i ? ",{\"name\":\"" : "{\"name\":\"");
        TRY(append_field_name(self, fields[i].name));
        buffer_append_string(self->out, "\",\"type\":");
        TRY(print_nested(self, fields[i].type, name, fields[i].name));
        buffer_append_string(self->out, ",\"default\":null}");
    }
    buffer_append_byte(self->out, ']');
    append_connect_name(self, name);
    buffer_append_byte(self->out, '}');
    return STATUS_OK;
}

static enum status print_map(struct avro_printer *self, const struct type *type, struct text name)
{
    buffer_append_string(self->out, "{\"type\":\"array\",\"items\":{\"type\":\"record\",");
    append_full_name(self, name);
    buffer_append_string(self->out, ",\"fields\":[{\"name\":\"key\",\"type\":");
    TRY(print_nested(self, type->key, name, TEXT("MapKey")));
    buffer_append_string(self->out, ",\"default\":null},{\"name\":\"value\",\"type\":");
    TRY(print_nested(self, type->element, name, TEXT("MapValue")));
    buffer_append_string(self->out, ",\"default\":null}],\"connect.internal.type\":\"MapEntry\"}");
    append_connect_name(self, name);
    buffer_append_byte(self->out, '}');
    return STATUS_OK;
}

static void print_decimal(struct avro_printer *self, const struct type *type)
{
    buffer_printf(self->out,
                  "{\"type\":\"bytes\",\"scale\":%u,\"precision\":%u,\"connect.version\":1,"
                  "\"connect.parameters\":{\"scale\":\"%u\",\"connect.decimal.precision\":\"%u\"},"
                  "\"connect.name\":\"org.apache.kafka.connect.data.Decimal\","
                  "\"logicalType\":\"decimal\"}",
                  type->scale, type->precision, type->scale, type->precision);
}

static enum status print_type(struct avro_printer *self, const struct type *type, struct text name)
{
    static const char *const texts[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = "\"boolean\"",
        [TYPE_INTEGER] = "\"int\"",
        [TYPE_BIGINT] = "\"long\"",
        [TYPE_DOUBLE] = "\"double\"",
        [TYPE_STRING] = "\"string\"",
        [TYPE_BYTES] = "\"bytes\"",
        [TYPE_DATE] = "{\"type\":\"int\",\"connect.version\":1,\"connect.name\":"
                      "\"org.apache.kafka.connect.data.Date\",\"logicalType\":\"date\"}",
        [TYPE_TIME] = "{\"type\":\"int\",\"connect.version\":1,\"connect.name\":"
                      "\"org.apache.kafka.connect.data.Time\",\"logicalType\":\"time-millis\"}",
        [TYPE_TIMESTAMP] =
            "{\"type\":\"long\",\"connect.version\":1,\"connect.name\":"
            "\"org.apache.kafka.connect.data.Timestamp\",\"logicalType\":\"timestamp-millis\"}",
    };
    if (type->kind == TYPE_STRUCT) {
        return print_record(self, type->fields, type->field_count, name);
    }
    if (type->kind == TYPE_MAP) {
        return print_map(self, type, name);
    }
    if (type->kind == TYPE_ARRAY) {
        buffer_append_string(self->out, "{\"type\":\"array\",\"items\":");
        TRY(print_optional(self, type->element, name));
        buffer_append_byte(self->out, '}');
    } else if (type->kind == TYPE_DECIMAL) {
        print_decimal(self, type);
    } else {
        buffer_append_string(self->out, texts[type->kind]);
    }
    return STATUS_OK;
}

enum status avro_schema_write(struct arena *arena, const struct schema_writing *writing,
                              struct buffer *out, struct diag *diag)
{
    (void)arena;
    struct avro_printer self = {.out = out, .diag = diag};
    const struct text name = writing->full_name.data ? writing->full_name : text_of(default_name);
    if (writing->is_unwrapped) {
        TRY(print_type(&self, writing->columns[0].type, name));
    } else {
        TRY(print_record(&self, writing->columns, writing->column_count, name));
    }
    return buffer_status(out, diag);
}

/* "ORDER_LINES" to "OrderLines": Guava's UPPER_UNDERSCORE to UPPER_CAMEL. */
struct text schema_key_name(struct arena *arena, struct text source)
{
    struct buffer name;
    buffer_init(&name);
    buffer_append_string(&name, "io.confluent.ksql.avro_schemas.");
    bool is_start = true;
    for (size_t i = 0; i < source.bytes; i++) {
        const int c = (unsigned char)source.data[i];
        if (c != '_') {
            buffer_append_byte(&name, (char)(is_start ? toupper(c) : tolower(c)));
        }
        is_start = c == '_';
    }
    buffer_append_string(&name, "Key");
    const struct text copy =
        name.has_failed ? (struct text){NULL, 0} : arena_text(arena, buffer_text(&name));
    buffer_release(&name);
    return copy;
}
