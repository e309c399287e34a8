/* test_proto.c
 *
 * The answer's own schema reads its rows: it is put into a registry of one, and each message gets
 * the frame that PROTOBUF records have.
 */
#include "shell/test_proto.h"

#include <ctype.h>

#include "base/base64.h"
#include "base/number_text.h"
#include "formats/decoder.h"
#include "formats/json_value.h"

enum { INDENT = 2 };

struct proto_rows {
    struct arena *arena;
    struct registered_schema schema;
    struct schema_registry registry;
    struct schema_columns columns;
    struct buffer *out; /* the rows as JSON */
    struct diag *diag;
};

/* --- Text format ---------------------------------------------------------------------------- */

static void print_field(struct buffer *out, struct text name, const struct type *type,
                        const struct value *value, int depth);

static void indent(struct buffer *out, int depth)
{
    for (int i = 0; i < depth * INDENT; i++) {
        buffer_append_byte(out, ' ');
    }
}

static void print_quoted(struct buffer *out, struct text text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, (char)c);
        } else if (isprint(c)) {
            buffer_append_byte(out, (char)c);
        } else {
            buffer_printf(out, "\\%03o", c);
        }
    }
    buffer_append_byte(out, '"');
}

static void print_scalar(struct buffer *out, const struct type *type, const struct value *value)
{
    char digits[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_TEXT) {
        print_quoted(out, value->text);
    } else if (layout == LAYOUT_BOOLEAN) {
        buffer_append_string(out, value->boolean ? "true" : "false");
    } else if (layout == LAYOUT_DOUBLE) {
        buffer_append(out, digits, number_text_double(digits, value->real));
    } else {
        const int64_t number = layout == LAYOUT_INT64 ? value->int64 : value->int32;
        buffer_append(out, digits, number_text_int64(digits, number));
    }
}

static bool is_zero(const struct type *type, const struct value *value)
{
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        return !value->boolean;
    case LAYOUT_INT32:
        return value->int32 == 0;
    case LAYOUT_INT64:
        return value->int64 == 0;
    case LAYOUT_DOUBLE:
        return !(value->real < 0 || value->real > 0);
    case LAYOUT_TEXT:
        return value->text.bytes == 0;
    case LAYOUT_DECIMAL:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    return false;
}

static void print_struct(struct buffer *out, struct text name, const struct type_field *fields,
                         uint32_t count, const struct value *items, int depth)
{
    indent(out, depth);
    buffer_append_text(out, name);
    buffer_append_string(out, " {\n");
    for (uint32_t i = 0; i < count; i++) {
        if (!items[i].is_null && !is_zero(fields[i].type, &items[i])) {
            print_field(out, fields[i].name, fields[i].type, &items[i], depth + 1);
        }
    }
    indent(out, depth);
    buffer_append_string(out, "}\n");
}

static void print_map(struct buffer *out, struct text name, const struct type *type,
                      const struct value_map *map, int depth)
{
    const struct type_field fields[] = {{TEXT("key"), type->key}, {TEXT("value"), type->element}};
    for (uint32_t i = 0; i < map->count; i++) {
        const struct value items[] = {map->keys[i], map->values[i]};
        print_struct(out, name, fields, 2, items, depth);
    }
}

/* Recursion is bounded by the depth of types. */
static void print_field(struct buffer *out, struct text name, const struct type *type,
                        const struct value *value, int depth)
{
    if (type->kind == TYPE_ARRAY) {
        for (uint32_t i = 0; i < value->list->count; i++) {
            print_field(out, name, type->element, &value->list->items[i], depth);
        }
    } else if (type->kind == TYPE_MAP) {
        print_map(out, name, type, value->map, depth);
    } else if (type->kind == TYPE_STRUCT) {
        print_struct(out, name, type->fields, type->field_count, value->list->items, depth);
    } else {
        indent(out, depth);
        buffer_append_text(out, name);
        buffer_append_string(out, ": ");
        print_scalar(out, type, value);
        buffer_append_byte(out, '\n');
    }
}

/* --- Rows ----------------------------------------------------------------------------------- */

static enum status find_schema(void *context, uint32_t id, struct arena *arena,
                               struct registered_schema *out, struct diag *diag)
{
    const struct proto_rows *self = context;
    (void)id;
    (void)arena;
    (void)diag;
    *out = self->schema;
    return STATUS_OK;
}

static enum status read_header(struct proto_rows *self, const struct tree *header)
{
    const struct schema_reading reading = {.side = FORMAT_VALUE, .keeps_case = true};
    TRY(tree_get_text(header, "protoSchema", &self->schema.text, self->diag));
    self->schema.format = FORMAT_PROTOBUF;
    self->registry = (struct schema_registry){.context = self, .find = find_schema};
    return schema_read_columns(self->arena, &self->schema, &reading, &self->columns, self->diag);
}

/* The message behind the frame of a schema's id and the first message's index. */
static enum status read_record(struct proto_rows *self, const struct tree *row, struct text *out)
{
    static const char frame[] = {0, 0, 0, 0, 1, 0};
    struct text base64;
    TRY(tree_get_text(row, "protobufBytes", &base64, self->diag));
    char *bytes = arena_alloc(self->arena, sizeof(frame) + base64_decoded_bytes_max(base64.bytes));
    if (!bytes) {
        return diag_no_memory(self->diag);
    }
    memcpy(bytes, frame, sizeof(frame));
    *out = (struct text){bytes, 0};
    TRY(base64_decode(base64, bytes + sizeof(frame), &out->bytes, self->diag));
    out->bytes += sizeof(frame);
    return STATUS_OK;
}

static enum status read_row(struct proto_rows *self, const struct tree *row, struct buffer *text)
{
    const struct decoder_options options = {.format = FORMAT_PROTOBUF,
                                            .side = FORMAT_VALUE,
                                            .schema = {.registry = &self->registry},
                                            .column_count = self->columns.count,
                                            .columns = self->columns.fields};
    struct column *columns = arena_zalloc(self->arena, self->columns.count * sizeof(*columns));
    struct decoder *decoder = NULL;
    struct decode_result result;
    struct text record;
    if (!columns) {
        return diag_no_memory(self->diag);
    }
    TRY(read_record(self, row, &record));
    TRY(decoder_create(self->arena, &options, &decoder, self->diag));
    TRY(decoder_decode(decoder, &record, 1, columns, self->arena, &result, self->diag));
    if (result.error_count > 0) {
        return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE, "a row cannot be read: %.*s",
                         TEXT_ARGS(result.errors[0].cause));
    }
    for (uint32_t i = 0; i < self->columns.count; i++) {
        const struct type_field *field = &self->columns.fields[i];
        const struct value value = column_get(&columns[i], 0);
        if (!value.is_null && !is_zero(field->type, &value)) {
            print_field(text, field->name, field->type, &value, 0);
        }
    }
    return buffer_status(text, self->diag);
}

static enum status append_row(struct proto_rows *self, const struct tree *item)
{
    const struct tree *header = tree_find(item, TEXT("header"));
    const struct tree *row = tree_find(item, TEXT("row"));
    if (header) {
        TRY(read_header(self, header));
    }
    if (!row) {
        buffer_append_text(self->out, item->source);
        return STATUS_OK;
    }
    struct buffer text;
    buffer_init(&text);
    const enum status status = read_row(self, row, &text);
    buffer_append_string(self->out, "{\"row\":");
    json_write_text(self->out, buffer_text(&text));
    buffer_append_byte(self->out, '}');
    buffer_release(&text);
    return status;
}

static enum status read_rows(struct proto_rows *self, const struct tree *rows)
{
    buffer_append_byte(self->out, '[');
    for (const struct tree *item = rows->first; item; item = item->next) {
        TRY(append_row(self, item));
        buffer_append_string(self->out, item->next ? "," : "");
    }
    buffer_append_byte(self->out, ']');
    return buffer_status(self->out, self->diag);
}

enum status test_proto_read_rows(struct arena *arena, const struct tree *rows,
                                 const struct tree **out, struct diag *diag)
{
    struct buffer json;
    buffer_init(&json);
    struct proto_rows self = {.arena = arena, .out = &json, .diag = diag};
    enum status status = read_rows(&self, rows);
    const struct text copy = arena_text(arena, buffer_text(&json));
    buffer_release(&json);
    if (status == STATUS_OK && !copy.data) {
        status = diag_no_memory(diag);
    }
    return status == STATUS_OK ? tree_parse(arena, copy, out, diag) : status;
}
