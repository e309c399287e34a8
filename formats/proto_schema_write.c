/* proto_schema_write.c
 *
 * The text that ksqlDB registers for columns: one message, its fields numbered as the columns
 * stand, messages of structs and map entries defined inside of the message that uses them and
 * numbered through. Field names that Protobuf does not take become underscores, as Connect's.
 * Source: Confluent ProtobufData and ProtobufSchema. */
#include <ctype.h>
#include <string.h>

#include "formats/proto_schema.h"

enum { INDENT = 2 };

struct proto_printer {
    struct arena *arena;
    struct buffer *out;
    enum format_nullable nullable;
    uint32_t message_count; /* that have got a name */
    struct diag *diag;
};

static enum status print_message(struct proto_printer *self, struct text name,
                                 const struct type_field *fields, uint32_t count, int depth);

static void append_indent(struct proto_printer *self, int depth)
{
    for (int i = 0; i < depth * INDENT; i++) {
        buffer_append_byte(self->out, ' ');
    }
}

static void append_name(struct proto_printer *self, struct text name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        if (i == 0 && isdigit(c)) {
            buffer_append_byte(self->out, '_');
        }
        buffer_append_byte(self->out, isalnum(c) || c == '_' ? (char)c : '_');
    }
}

static struct text next_name(struct proto_printer *self, const char *end)
{
    return arena_printf(self->arena, "ConnectDefault%u%s", ++self->message_count, end);
}

/* --- Types -------------------------------------------------------------------------------- */

static const char *scalar_name(const struct type *type)
{
    static const char *const names[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = "bool",
        [TYPE_INTEGER] = "int32",
        [TYPE_BIGINT] = "int64",
        [TYPE_DOUBLE] = "double",
        [TYPE_STRING] = "string",
        [TYPE_BYTES] = "bytes",
        [TYPE_DECIMAL] = "confluent.type.Decimal",
        [TYPE_DATE] = "google.type.Date",
        [TYPE_TIME] = "google.type.TimeOfDay",
        [TYPE_TIMESTAMP] = "google.protobuf.Timestamp",
    };
    return names[type->kind];
}

static const char *wrapper_name(const struct type *type)
{
    static const char *const names[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = "google.protobuf.BoolValue",
        [TYPE_INTEGER] = "google.protobuf.Int32Value",
        [TYPE_BIGINT] = "google.protobuf.Int64Value",
        [TYPE_DOUBLE] = "google.protobuf.DoubleValue",
        [TYPE_STRING] = "google.protobuf.StringValue",
        [TYPE_BYTES] = "google.protobuf.BytesValue",
    };
    return names[type->kind];
}

/* A field's type and what stands before it; nested names are those of messages within. */
static void append_type(struct proto_printer *self, const struct type *type, struct text nested,
                        bool is_element)
{
    const char *wrapper = wrapper_name(type);
    if (nested.data) {
        buffer_append_text(self->out, nested);
    } else if (wrapper && !is_element && self->nullable == FORMAT_NULLABLE_WRAPPER) {
        buffer_append_string(self->out, wrapper);
    } else {
        const bool is_optional =
            wrapper && !is_element && self->nullable == FORMAT_NULLABLE_OPTIONAL;
        buffer_append_string(self->out, is_optional ? "optional " : "");
        buffer_append_string(self->out, scalar_name(type));
    }
}

static const struct type *item_of(const struct type *type)
{
    return type->kind == TYPE_ARRAY ? type->element : type;
}

static enum status print_field(struct proto_printer *self, const struct type_field *field,
                               uint32_t number, struct text nested, int depth)
{
    const struct type *item = item_of(field->type);
    if (item != field->type && item->kind == TYPE_ARRAY) {
        return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE,
                         "PROTOBUF format does not support arrays of arrays: %.*s",
                         TEXT_ARGS(field->name));
    }
    const bool is_repeated = field->type->kind == TYPE_ARRAY || field->type->kind == TYPE_MAP;
    append_indent(self, depth);
    buffer_append_string(self->out, is_repeated ? "repeated " : "");
    append_type(self, item, nested, is_repeated);
    buffer_append_byte(self->out, ' ');
    append_name(self, field->name);
    buffer_printf(self->out, " = %u", number);
    if (item->kind == TYPE_DECIMAL) {
        buffer_printf(self->out,
                      " [(confluent.field_meta) = {params: [{key: \"precision\", value: \"%u\"}, "
                      "{key: \"scale\", value: \"%u\"}]}]",
                      item->precision, item->scale);
    }
    buffer_append_string(self->out, ";\n");
    return STATUS_OK;
}

/* --- Messages ----------------------------------------------------------------------------- */

/* The message that a field needs: a struct's, or a map entry's. */
static enum status print_nested(struct proto_printer *self, const struct type *type,
                                struct text name, int depth)
{
    const struct type *item = item_of(type);
    buffer_append_byte(self->out, '\n');
    if (item->kind == TYPE_STRUCT) {
        return print_message(self, name, item->fields, item->field_count, depth);
    }
    const struct type_field entry[] = {{TEXT("key"), item->key}, {TEXT("value"), item->element}};
    return print_message(self, name, entry, 2, depth);
}

static enum status print_message(struct proto_printer *self, struct text name,
                                 const struct type_field *fields, uint32_t count, int depth)
{
    struct text *names = arena_zalloc(self->arena, count * sizeof(*names));
    if (!names || !name.data) {
        return diag_no_memory(self->diag);
    }
    append_indent(self, depth);
    buffer_append_string(self->out, "message ");
    buffer_append_text(self->out, name);
    buffer_append_string(self->out, " {\n");
    for (uint32_t i = 0; i < count; i++) {
        const enum type_kind kind = item_of(fields[i].type)->kind;
        if (kind == TYPE_STRUCT || kind == TYPE_MAP) {
            names[i] = next_name(self, kind == TYPE_MAP ? "Entry" : "");
        }
        TRY(print_field(self, &fields[i], i + 1, names[i], depth + 1));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].data) {
            TRY(print_nested(self, fields[i].type, names[i], depth + 1));
        }
    }
    append_indent(self, depth);
    buffer_append_string(self->out, "}\n");
    return STATUS_OK;
}

/* --- Imports ------------------------------------------------------------------------------ */

enum import_bit {
    IMPORT_DECIMAL = 1,
    IMPORT_DATE = 2,
    IMPORT_TIME = 4,
    IMPORT_TIMESTAMP = 8,
    IMPORT_WRAPPERS = 16
};

static unsigned imports_of(const struct type *type, enum format_nullable nullable)
{
    static const unsigned bits[TYPE_KIND_COUNT] = {[TYPE_DECIMAL] = IMPORT_DECIMAL,
                                                   [TYPE_DATE] = IMPORT_DATE,
                                                   [TYPE_TIME] = IMPORT_TIME,
                                                   [TYPE_TIMESTAMP] = IMPORT_TIMESTAMP};
    unsigned found = bits[type->kind];
    if (nullable == FORMAT_NULLABLE_WRAPPER && wrapper_name(type)) {
        found |= IMPORT_WRAPPERS;
    }
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        found |= imports_of(type->element, nullable);
    }
    for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < type->field_count; i++) {
        found |= imports_of(type->fields[i].type, nullable);
    }
    return found;
}

static void append_imports(struct proto_printer *self, const struct schema_writing *writing)
{
    static const struct {
        unsigned bit;
        const char *path;
    } rows[] = {{IMPORT_DECIMAL, "confluent/meta.proto"},
                {IMPORT_DECIMAL, "confluent/type/decimal.proto"},
                {IMPORT_TIMESTAMP, "google/protobuf/timestamp.proto"},
                {IMPORT_WRAPPERS, "google/protobuf/wrappers.proto"},
                {IMPORT_DATE, "google/type/date.proto"},
                {IMPORT_TIME, "google/type/timeofday.proto"}};
    unsigned found = 0;
    for (uint32_t i = 0; i < writing->column_count; i++) {
        found |= imports_of(writing->columns[i].type, writing->nullable);
    }
    buffer_append_string(self->out, found ? "\n" : "");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (found & rows[i].bit) {
            buffer_printf(self->out, "import \"%s\";\n", rows[i].path);
        }
    }
}

enum status proto_schema_write(struct arena *arena, const struct schema_writing *writing,
                               struct buffer *out, struct diag *diag)
{
    struct proto_printer self = {
        .arena = arena, .out = out, .nullable = writing->nullable, .diag = diag};
    struct text name = writing->full_name;
    const char *dot = name.data ? memrchr(name.data, '.', name.bytes) : NULL;
    buffer_append_string(out, "syntax = \"proto3\";\n");
    if (dot) {
        const size_t package_bytes = (size_t)(dot - name.data);
        buffer_printf(out, "package %.*s;\n", (int)package_bytes, name.data);
        name = (struct text){dot + 1, name.bytes - package_bytes - 1};
    }
    if (!name.data) {
        name = next_name(&self, "");
    }
    append_imports(&self, writing);
    buffer_append_byte(out, '\n');
    TRY(print_message(&self, name, writing->columns, writing->column_count, 0));
    return buffer_status(out, diag);
}
