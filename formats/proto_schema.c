/* proto_schema.c
 *
 * Names are resolved from the inside out, as protoc does; what is not found among the messages
 * of the text and its imports may be one of the types that everybody knows, which are never
 * parsed. A message that is met again while it is being resolved is recursive. Resolved messages
 * are kept and shared. */
#include "formats/proto_schema.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "formats/avro_binary.h"
#include "formats/proto_file.h"

struct resolver {
    struct arena *arena;
    struct proto_file file;
    uint32_t depth;
    struct diag *diag;
};

static enum status resolve_message(struct resolver *self, struct proto_message *message,
                                   const struct wire_schema **out);

static enum status invalid(struct resolver *self, const char *what, struct text name)
{
    return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE, "Invalid Protobuf schema: %s: %.*s",
                     what, TEXT_ARGS(name));
}

/* --- Types that need no text -------------------------------------------------------------- */

struct known_type {
    const char *name;
    enum wire_kind kind;
    enum wire_form form;
    uint32_t fixed_bytes;
};

static const struct known_type scalars[] = {
    {"double", WIRE_FLOAT64, WIRE_PLAIN, 8},       {"float", WIRE_FLOAT32, WIRE_PLAIN, 4},
    {"int32", WIRE_INT32, WIRE_PLAIN, 0},          {"int64", WIRE_INT64, WIRE_PLAIN, 0},
    {"uint32", WIRE_INT64, WIRE_PROTO_UINT32, 0},  {"uint64", WIRE_INT64, WIRE_PLAIN, 0},
    {"sint32", WIRE_INT32, WIRE_PROTO_ZIGZAG, 0},  {"sint64", WIRE_INT64, WIRE_PROTO_ZIGZAG, 0},
    {"fixed32", WIRE_INT64, WIRE_PROTO_FIXED, 4},  {"fixed64", WIRE_INT64, WIRE_PROTO_FIXED, 8},
    {"sfixed32", WIRE_INT32, WIRE_PROTO_FIXED, 4}, {"sfixed64", WIRE_INT64, WIRE_PROTO_FIXED, 8},
    {"bool", WIRE_BOOLEAN, WIRE_PLAIN, 0},         {"string", WIRE_STRING, WIRE_PLAIN, 0},
    {"bytes", WIRE_BYTES, WIRE_PLAIN, 0},
};

static const struct known_type messages[] = {
    {"google.protobuf.DoubleValue", WIRE_FLOAT64, WIRE_PROTO_WRAPPER, 8},
    {"google.protobuf.FloatValue", WIRE_FLOAT32, WIRE_PROTO_WRAPPER, 4},
    {"google.protobuf.Int64Value", WIRE_INT64, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.UInt64Value", WIRE_INT64, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.Int32Value", WIRE_INT32, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.UInt32Value", WIRE_INT64, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.BoolValue", WIRE_BOOLEAN, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.StringValue", WIRE_STRING, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.BytesValue", WIRE_BYTES, WIRE_PROTO_WRAPPER, 0},
    {"google.protobuf.Timestamp", WIRE_TIMESTAMP, WIRE_PLAIN, 0},
    {"google.type.Date", WIRE_DATE, WIRE_PLAIN, 0},
    {"google.type.TimeOfDay", WIRE_TIME, WIRE_PLAIN, 0},
    {"confluent.type.Decimal", WIRE_DECIMAL, WIRE_PLAIN, 0},
};

static const struct known_type *find_known(const struct known_type *types, size_t count,
                                           struct text name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(text_of(types[i].name), name)) {
            return &types[i];
        }
    }
    return NULL;
}

static struct wire_schema *new_node(struct resolver *self, enum wire_kind kind)
{
    struct wire_schema *node = ARENA_NEW(self->arena, struct wire_schema);
    if (node) {
        *node = (struct wire_schema){.kind = kind, .null_branch = -1};
    }
    return node;
}

static struct wire_schema *new_known(struct resolver *self, const struct known_type *type,
                                     const struct proto_field *field)
{
    struct wire_schema *node = new_node(self, type->kind);
    if (node) {
        node->form = type->form;
        node->fixed_bytes = type->fixed_bytes;
        node->precision = field->precision ? field->precision : WIRE_DECIMAL_PRECISION_UNKNOWN;
        node->scale = field->scale <= node->precision ? field->scale : node->precision;
    }
    return node;
}

/* --- Names -------------------------------------------------------------------------------- */

static struct proto_message *find_message(const struct resolver *self, struct text name)
{
    struct proto_message *message = self->file.messages;
    while (message && !text_equal(message->name, name)) {
        message = message->next;
    }
    return message;
}

static const struct proto_enum *find_enum(const struct resolver *self, struct text name)
{
    const struct proto_enum *found = self->file.enums;
    while (found && !text_equal(found->name, name)) {
        found = found->next;
    }
    return found;
}

static enum status make_enum(struct resolver *self, const struct proto_enum *from,
                             struct wire_schema **out)
{
    struct wire_schema *node = new_node(self, WIRE_STRING);
    struct text *names = arena_array(self->arena, from->symbol_count, sizeof(*names));
    int32_t *numbers = arena_array(self->arena, from->symbol_count, sizeof(*numbers));
    if (!node || !names || !numbers) {
        return diag_no_memory(self->diag);
    }
    const struct proto_symbol *symbol = from->symbols;
    for (uint32_t i = 0; i < from->symbol_count; i++, symbol = symbol->next) {
        names[i] = symbol->name;
        numbers[i] = symbol->number;
    }
    node->form = WIRE_PROTO_ENUM;
    node->name = from->name;
    node->symbols = names;
    node->symbol_numbers = numbers;
    node->symbol_count = from->symbol_count;
    *out = node;
    return STATUS_OK;
}

/* What a full name (borrowed during the call) means; *out stays NULL when nothing has it. */
static enum status take_named(struct resolver *self, struct text name,
                              const struct proto_field *field, const struct wire_schema **out)
{
    struct proto_message *message = find_message(self, name);
    const struct proto_enum *found = find_enum(self, name);
    struct wire_schema *node = NULL;
    if (message) {
        return resolve_message(self, message, out);
    }
    if (found) {
        TRY(make_enum(self, found, &node));
        *out = node;
        return STATUS_OK;
    }
    const struct known_type *known =
        find_known(messages, sizeof(messages) / sizeof(messages[0]), name);
    if (known) {
        *out = new_known(self, known, field);
        return *out ? STATUS_OK : diag_no_memory(self->diag);
    }
    return STATUS_OK;
}

/* The type of one value of field, whose message is the scope. */
static enum status resolve_type(struct resolver *self, const struct proto_message *scope,
                                const struct proto_field *field, struct text type,
                                const struct wire_schema **out)
{
    const struct known_type *scalar =
        find_known(scalars, sizeof(scalars) / sizeof(scalars[0]), type);
    struct text around = scope->name;
    *out = NULL;
    if (type.bytes > WIRE_NAME_BYTES_MAX) {
        return invalid(self, "unknown type", (struct text){type.data, WIRE_NAME_BYTES_MAX});
    }
    if (scalar) {
        *out = new_known(self, scalar, field);
        return *out ? STATUS_OK : diag_no_memory(self->diag);
    }
    if (text_starts_with(type, TEXT("."))) {
        around.bytes = 0;
        type = (struct text){type.data + 1, type.bytes - 1};
    }
    for (;;) {
        char name[2 * WIRE_NAME_BYTES_MAX + 2];
        const int bytes = snprintf(name, sizeof(name), "%.*s%s%.*s", TEXT_ARGS(around),
                                   around.bytes > 0 ? "." : "", TEXT_ARGS(type));
        TRY(take_named(self, (struct text){name, (size_t)bytes}, field, out));
        if (*out || around.bytes == 0) {
            break;
        }
        const char *dot = memrchr(around.data, '.', around.bytes);
        around.bytes = dot ? (size_t)(dot - around.data) : 0;
    }
    return *out ? STATUS_OK : invalid(self, "unknown type", type);
}

/* --- Fields ------------------------------------------------------------------------------- */

static bool is_message(const struct wire_schema *schema)
{
    return schema->kind == WIRE_STRUCT || schema->form == WIRE_PROTO_WRAPPER ||
           schema->kind == WIRE_TIMESTAMP || schema->kind == WIRE_DATE ||
           schema->kind == WIRE_TIME || schema->kind == WIRE_DECIMAL;
}

static bool ends_with(struct text text, struct text end)
{
    return text.bytes >= end.bytes &&
           memcmp(text.data + text.bytes - end.bytes, end.data, end.bytes) == 0;
}

/* How Connect writes a map: a repeated message ..Entry. */
static bool is_entry(const struct wire_schema *schema)
{
    return schema->kind == WIRE_STRUCT && ends_with(schema->name, TEXT("Entry")) &&
           schema->field_count == 2 && schema->fields[0].number == 1 &&
           schema->fields[1].number == 2 && text_equal(schema->fields[0].name, TEXT("key")) &&
           text_equal(schema->fields[1].name, TEXT("value"));
}

static enum status make_container(struct resolver *self, const struct proto_message *scope,
                                  const struct proto_field *field,
                                  const struct wire_schema *element, const struct wire_schema **out)
{
    const bool is_map = field->label == PROTO_MAP;
    struct wire_schema *node = new_node(self, is_map || is_entry(element) ? WIRE_MAP : WIRE_ARRAY);
    if (!node) {
        return diag_no_memory(self->diag);
    }
    node->element = element;
    node->is_packed = !scope->is_proto2 && !field->is_unpacked;
    *out = node;
    if (is_map) {
        return resolve_type(self, scope, field, field->map_key, &node->key);
    }
    if (node->kind == WIRE_MAP) {
        node->key = element->fields[0].schema;
        node->element = element->fields[1].schema;
    }
    return STATUS_OK;
}

static enum status resolve_field(struct resolver *self, const struct proto_message *scope,
                                 const struct proto_field *field, struct wire_field *out)
{
    const struct wire_schema *type = NULL;
    TRY(resolve_type(self, scope, field, field->type, &type));
    *out = (struct wire_field){.name = field->name, .number = field->number};
    if (field->label == PROTO_REPEATED || field->label == PROTO_MAP) {
        return make_container(self, scope, field, type, &out->schema);
    }
    out->is_presence_kept =
        field->label == PROTO_OPTIONAL || field->oneof.data || scope->is_proto2 || is_message(type);
    out->schema = type;
    if (out->is_presence_kept && field->label != PROTO_REQUIRED) {
        out->schema = wire_schema_optional(self->arena, type);
    }
    return out->schema ? STATUS_OK : diag_no_memory(self->diag);
}

/* --- Messages ----------------------------------------------------------------------------- */

static uint32_t count_members(const struct proto_message *message, struct text oneof)
{
    uint32_t count = 0;
    for (const struct proto_field *field = message->fields; field; field = field->next) {
        count += field->oneof.data && text_equal(field->oneof, oneof);
    }
    return count;
}

/* The fields of a message as they are found. */
struct message_fields {
    struct wire_field *items;
    uint32_t count;
    uint32_t oneof_count;
};

/* The schema that stands for a oneof among fields, made when its first member comes. Its field has
 * Connect's name: that of the oneof, and which one it is. */
static enum status find_oneof(struct resolver *self, const struct proto_message *message,
                              struct message_fields *fields, struct text name,
                              struct wire_schema **out)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct wire_field *field = &fields->items[i];
        if (field->number == 0 && text_equal(field->schema->name, name)) {
            *out = (struct wire_schema *)(uintptr_t)field->schema; /* made below */
            return STATUS_OK;
        }
    }
    struct wire_schema *node = new_node(self, WIRE_STRUCT);
    const struct text unique =
        arena_printf(self->arena, "%.*s_%u", TEXT_ARGS(name), fields->oneof_count++);
    struct wire_field *members =
        arena_array(self->arena, count_members(message, name), sizeof(*members));
    if (!node || !unique.data || !members) {
        return diag_no_memory(self->diag);
    }
    node->form = WIRE_PROTO_ONEOF;
    node->name = name;
    node->is_optional = true;
    node->fields = members;
    fields->items[fields->count++] =
        (struct wire_field){.name = unique, .schema = node, .is_presence_kept = true};
    *out = node;
    return STATUS_OK;
}

static enum status fill_message(struct resolver *self, const struct proto_message *message,
                                struct wire_schema *node)
{
    struct message_fields fields = {
        .items = arena_array(self->arena, message->field_count, sizeof(*fields.items))};
    if (!fields.items) {
        return diag_no_memory(self->diag);
    }
    for (const struct proto_field *field = message->fields; field; field = field->next) {
        struct wire_schema *oneof = NULL;
        if (!field->oneof.data) {
            TRY(resolve_field(self, message, field, &fields.items[fields.count++]));
            continue;
        }
        TRY(find_oneof(self, message, &fields, field->oneof, &oneof));
        struct wire_field *members = (struct wire_field *)(uintptr_t)oneof->fields;
        TRY(resolve_field(self, message, field, &members[oneof->field_count++]));
    }
    node->name = message->name;
    node->fields = fields.items;
    node->field_count = fields.count;
    return STATUS_OK;
}

static enum status resolve_message(struct resolver *self, struct proto_message *message,
                                   const struct wire_schema **out)
{
    if (message->is_open) {
        return invalid(self, "recursive messages are not supported", message->name);
    }
    if (!message->schema) {
        if (++self->depth > VALUE_DEPTH_MAX) {
            return invalid(self, "messages nest too deep", message->name);
        }
        struct wire_schema *node = new_node(self, WIRE_STRUCT);
        if (!node) {
            return diag_no_memory(self->diag);
        }
        message->is_open = true;
        TRY(fill_message(self, message, node));
        message->is_open = false;
        message->schema = node;
        self->depth--;
    }
    *out = message->schema;
    return STATUS_OK;
}

/* --- Choices ------------------------------------------------------------------------------ */

static uint32_t path_of(const struct proto_message *message, uint32_t *path)
{
    uint32_t count = 0;
    for (const struct proto_message *at = message; at; at = at->parent) {
        path[count++] = at->index; /* the innermost first */
    }
    return count;
}

/* The index as records have it: the path's length and parts, or one zero for the first message. */
static enum status write_index(struct resolver *self, const struct proto_message *message,
                               struct text *out)
{
    uint32_t path[VALUE_DEPTH_MAX + 1];
    const uint32_t count = path_of(message, path);
    struct buffer bytes;
    buffer_init(&bytes);
    if (count == 1 && path[0] == 0) {
        avro_write_long(&bytes, 0);
    } else {
        avro_write_long(&bytes, count);
        for (uint32_t i = count; i-- > 0;) {
            avro_write_long(&bytes, path[i]);
        }
    }
    const enum status status = buffer_status(&bytes, self->diag);
    *out = arena_text(self->arena, buffer_text(&bytes));
    buffer_release(&bytes);
    return status == STATUS_OK && !out->data ? diag_no_memory(self->diag) : status;
}

/* A message may be named with its package or without. */
static bool is_called(const struct proto_message *message, struct text name)
{
    return text_equal(message->name, name) ||
           (ends_with(message->name, name) && message->name.bytes > name.bytes &&
            message->name.data[message->name.bytes - name.bytes - 1] == '.');
}

static enum status choose(struct resolver *self, const struct proto_choice *choice,
                          struct proto_message **out, struct text *out_index)
{
    for (struct proto_message *message = self->file.messages; message; message = message->next) {
        if (message->is_imported) {
            continue;
        }
        TRY(write_index(self, message, out_index));
        const bool is_meant =
            choice->index.data ? text_equal(choice->index, *out_index)
                               : !choice->full_name.data || is_called(message, choice->full_name);
        if (is_meant) {
            *out = message;
            return STATUS_OK;
        }
    }
    return invalid(self, "there is no such message", choice->full_name);
}

static enum status parse_all(struct resolver *self, const struct registered_schema *registered)
{
    proto_file_init(&self->file);
    TRY(proto_file_parse(&self->file, self->arena, registered->text, false, self->diag));
    for (uint32_t i = 0; i < registered->reference_count; i++) {
        TRY(proto_file_parse(&self->file, self->arena, registered->references[i].text, true,
                             self->diag));
    }
    return STATUS_OK;
}

enum status proto_schema_parse(struct arena *arena, const struct registered_schema *registered,
                               const struct proto_choice *choice, const struct wire_schema **out,
                               struct diag *diag)
{
    struct resolver self = {.arena = arena, .diag = diag};
    struct proto_message *message = NULL;
    const struct wire_schema *schema = NULL;
    struct text index;
    TRY(parse_all(&self, registered));
    TRY(choose(&self, choice, &message, &index));
    TRY(resolve_message(&self, message, &schema));
    message->schema->message_index = index;
    *out = schema;
    return STATUS_OK;
}

enum status proto_schema_check_choice(struct arena *arena,
                                      const struct registered_schema *registered,
                                      enum format_side side, struct text full_name,
                                      struct diag *diag)
{
    struct resolver self = {.arena = arena, .diag = diag};
    uint32_t count = 0;
    TRY(parse_all(&self, registered));
    for (const struct proto_message *at = self.file.messages; at; at = at->next) {
        count += !at->parent && !at->is_imported;
    }
    if (count <= 1 || full_name.data) {
        return STATUS_OK;
    }
    const enum status status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                         "%s schema has multiple schema definitions. \n",
                                         side == FORMAT_KEY ? "Key" : "Value");
    for (const struct proto_message *at = self.file.messages; at; at = at->next) {
        if (!at->parent && !at->is_imported) {
            diag_append(diag, "%.*s\n", TEXT_ARGS(at->name));
        }
    }
    diag_append(diag,
                "Please specify a schema full name in the WITH clause using "
                "%s_SCHEMA_FULL_NAME",
                side == FORMAT_KEY ? "KEY" : "VALUE");
    return status;
}

/* By way of the text, which is the one place that says how columns become a message. */
enum status wire_schema_of_columns(struct arena *arena, const struct type_field *columns,
                                   uint32_t column_count, enum format_nullable nullable,
                                   const struct wire_schema **out, struct diag *diag)
{
    const struct schema_writing writing = {.format = FORMAT_PROTOBUF_NOSR,
                                           .nullable = nullable,
                                           .column_count = column_count,
                                           .columns = columns};
    const struct proto_choice choice = {.index = {NULL, 0}};
    struct buffer text;
    buffer_init(&text);
    enum status status = proto_schema_write(arena, &writing, &text, diag);
    const struct registered_schema schema = {.format = FORMAT_PROTOBUF,
                                             .text = arena_text(arena, buffer_text(&text))};
    buffer_release(&text);
    if (status == STATUS_OK && !schema.text.data) {
        status = diag_no_memory(diag);
    }
    return status == STATUS_OK ? proto_schema_parse(arena, &schema, &choice, out, diag) : status;
}
