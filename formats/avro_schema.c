/* avro_schema.c
 *
 * A schema is JSON of three shapes: a name, a list (a union), or an object. Named types may be
 * used again by name later in the text, so the parser keeps a list of them; one that is named
 * inside itself is not finished yet, which is how recursion is found out. Jansson parses the
 * JSON, because schemas are short and read once.
 *
 * Defaults of fields are turned into the bytes that stand for them while the schema is parsed:
 * a writer that lacks the column then copies them. */
#include "formats/avro_schema.h"

#include <jansson.h>
#include <string.h>

#include "base/base64.h"
#include "base/bounds.h"
#include "base/utf8.h"
#include "formats/avro_default.h"

enum { UNION_BRANCH_COUNT_MAX = 256 };

struct named_type {
    struct text name;                 /* full */
    const struct wire_schema *schema; /* NULL while it is being read */
    struct named_type *next;
};

struct avro_parser {
    struct arena *arena;
    struct named_type *names;
    uint32_t depth;
    uint32_t node_count;
    uint64_t default_bytes; /* of all fields so far */
    struct diag *diag;
};

static enum status parse(struct avro_parser *self, const json_t *json, struct text space,
                         const struct wire_schema **out);

static struct text text_of_json(const json_t *json)
{
    return (struct text){json_string_value(json), json_string_length(json)};
}

static struct text member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? text_of_json(value) : (struct text){NULL, 0};
}

static enum status invalid(struct avro_parser *self, const char *what, struct text name)
{
    return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE, "Invalid Avro schema: %s%s%.*s",
                     what, name.data ? ": " : "", TEXT_ARGS(name));
}

static struct wire_schema *new_node(struct avro_parser *self, enum wire_kind kind)
{
    struct wire_schema *node = ARENA_NEW(self->arena, struct wire_schema);
    if (node) {
        *node = (struct wire_schema){.kind = kind, .null_branch = -1};
    }
    return node;
}

/* --- Names -------------------------------------------------------------------------------- */

/* space is the namespace around; the result lies in the arena. */
static struct text full_name(struct avro_parser *self, struct text name, struct text space)
{
    if (space.bytes == 0 || memchr(name.data, '.', name.bytes)) {
        return arena_text(self->arena, name);
    }
    return arena_printf(self->arena, "%.*s.%.*s", TEXT_ARGS(space), TEXT_ARGS(name));
}

static struct text space_of(struct text full)
{
    const char *dot = memrchr(full.data, '.', full.bytes);
    return (struct text){full.data, dot ? (size_t)(dot - full.data) : 0};
}

static enum status too_long(struct avro_parser *self)
{
    return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                     "Invalid Avro schema: a name has more than %d bytes", WIRE_NAME_BYTES_MAX);
}

/* A reference to a type that was defined before. */
static enum status find_named(struct avro_parser *self, struct text name, struct text space,
                              const struct wire_schema **out)
{
    if (name.bytes > WIRE_NAME_BYTES_MAX) {
        return too_long(self);
    }
    const struct text full = full_name(self, name, space);
    if (!full.data) {
        return diag_no_memory(self->diag);
    }
    for (const struct named_type *named = self->names; named; named = named->next) {
        if (!text_equal(named->name, full) && !text_equal(named->name, name)) {
            continue;
        }
        *out = named->schema;
        return named->schema ? STATUS_OK
                             : invalid(self, "recursive schemas are not supported", full);
    }
    return invalid(self, "unknown type", name);
}

/* Enters the type of object under its full name. */
static enum status define(struct avro_parser *self, const json_t *object, struct text space,
                          struct named_type **out)
{
    const struct text name = member(object, "name");
    const struct text own_space = member(object, "namespace");
    struct named_type *named = ARENA_NEW(self->arena, struct named_type);
    if (name.bytes == 0) {
        return invalid(self, "a record, enum or fixed needs a name", name);
    }
    if (name.bytes + own_space.bytes > WIRE_NAME_BYTES_MAX) {
        return too_long(self);
    }
    if (!named) {
        return diag_no_memory(self->diag);
    }
    named->name = full_name(self, name, own_space.data ? own_space : space);
    named->next = self->names;
    self->names = named;
    *out = named;
    return named->name.data ? STATUS_OK : diag_no_memory(self->diag);
}

/* --- Scalars ------------------------------------------------------------------------------ */

static const struct {
    struct text name;
    enum wire_kind kind;
} primitives[] = {
    {{"null", 4}, WIRE_NOTHING}, {{"boolean", 7}, WIRE_BOOLEAN}, {{"int", 3}, WIRE_INT32},
    {{"long", 4}, WIRE_INT64},   {{"float", 5}, WIRE_FLOAT32},   {{"double", 6}, WIRE_FLOAT64},
    {{"bytes", 5}, WIRE_BYTES},  {{"string", 6}, WIRE_STRING},
};

static bool find_primitive(struct text name, enum wire_kind *out)
{
    for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++) {
        if (text_equal(primitives[i].name, name)) {
            *out = primitives[i].kind;
            return true;
        }
    }
    return false;
}

static uint16_t small_integer(const json_t *object, const char *name, uint16_t fallback)
{
    const json_t *value = json_object_get(object, name);
    const json_int_t number = json_integer_value(value);
    return json_is_integer(value) && number >= 0 && number <= UINT16_MAX ? (uint16_t)number
                                                                         : fallback;
}

static void apply_decimal(struct wire_schema *node, const json_t *object)
{
    node->kind = WIRE_DECIMAL;
    node->scale = small_integer(object, "scale", 0);
    node->precision = small_integer(object, "precision", WIRE_DECIMAL_PRECISION_UNKNOWN);
    if (node->precision == 0 || node->scale > node->precision) {
        node->precision = node->scale > WIRE_DECIMAL_PRECISION_UNKNOWN
                              ? node->scale
                              : WIRE_DECIMAL_PRECISION_UNKNOWN;
    }
}

static void apply_integer_kind(struct wire_schema *node, struct text logical, struct text connect)
{
    static const struct {
        enum wire_kind on;
        struct text logical;
        struct text connect;
        enum wire_kind kind;
    } rows[] = {
        {WIRE_INT32, {"date", 4}, {"org.apache.kafka.connect.data.Date", 34}, WIRE_DATE},
        {WIRE_INT32, {"time-millis", 11}, {"org.apache.kafka.connect.data.Time", 34}, WIRE_TIME},
        {WIRE_INT64,
         {"timestamp-millis", 16},
         {"org.apache.kafka.connect.data.Timestamp", 39},
         WIRE_TIMESTAMP},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (node->kind == rows[i].on &&
            (text_equal(rows[i].logical, logical) || text_equal(rows[i].connect, connect))) {
            node->kind = rows[i].kind;
            return;
        }
    }
}

/* logicalType, and what Connect leaves in a schema about its own types. */
static void apply_logical(struct wire_schema *node, const json_t *object)
{
    const struct text logical = member(object, "logicalType");
    const struct text connect = member(object, "connect.name");
    const struct text width = member(object, "connect.type");
    if (node->kind == WIRE_BYTES && text_equal(logical, TEXT("decimal"))) {
        apply_decimal(node, object);
    } else if (node->kind == WIRE_INT32 && text_equal(width, TEXT("int8"))) {
        node->kind = WIRE_INT8;
    } else if (node->kind == WIRE_INT32 && text_equal(width, TEXT("int16"))) {
        node->kind = WIRE_INT16;
    } else {
        apply_integer_kind(node, logical, connect);
    }
}

/* --- Objects ------------------------------------------------------------------------------ */

static enum status parse_fixed(struct avro_parser *self, const json_t *object, struct text space,
                               struct wire_schema *node)
{
    struct named_type *named = NULL;
    const json_t *size = json_object_get(object, "size");
    const json_int_t bytes = json_integer_value(size);
    TRY(define(self, object, space, &named));
    if (!json_is_integer(size) || bytes < 0 || bytes > RECORD_BYTES_MAX) {
        return invalid(self, "fixed needs a size", named->name);
    }
    node->kind = WIRE_BYTES;
    node->form = WIRE_AVRO_FIXED;
    node->fixed_bytes = (uint32_t)bytes;
    node->name = named->name;
    apply_logical(node, object);
    named->schema = node;
    return STATUS_OK;
}

static enum status parse_enum(struct avro_parser *self, const json_t *object, struct text space,
                              struct wire_schema *node)
{
    struct named_type *named = NULL;
    const json_t *symbols = json_object_get(object, "symbols");
    TRY(define(self, object, space, &named));
    struct text *texts = arena_array(self->arena, json_array_size(symbols), sizeof(*texts));
    if (!texts) {
        return diag_no_memory(self->diag);
    }
    for (size_t i = 0; i < json_array_size(symbols); i++) {
        const json_t *symbol = json_array_get(symbols, i);
        if (!json_is_string(symbol)) {
            return invalid(self, "a symbol of an enum must be a string", named->name);
        }
        texts[i] = arena_text(self->arena, text_of_json(symbol));
        if (!texts[i].data) {
            return diag_no_memory(self->diag);
        }
    }
    node->kind = WIRE_STRING;
    node->form = WIRE_AVRO_ENUM;
    node->symbols = texts;
    node->symbol_count = (uint32_t)json_array_size(symbols);
    node->name = named->name;
    named->schema = node;
    return STATUS_OK;
}

/* A default may hold those of the record's fields, which may hold those of theirs: together they
 * are bounded as a record is. */
static enum status keep_default(struct avro_parser *self, const json_t *value,
                                struct wire_field *field)
{
    struct buffer bytes;
    buffer_init(&bytes);
    field->has_default = avro_default_write(field->schema, value, &bytes) && !bytes.has_failed;
    self->default_bytes += bytes.bytes;
    const bool is_too_long = self->default_bytes > RECORD_BYTES_MAX;
    if (field->has_default && !is_too_long) {
        field->default_bytes = arena_text(self->arena, buffer_text(&bytes));
    }
    buffer_release(&bytes);
    if (is_too_long) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid Avro schema: its defaults are too long");
    }
    return field->has_default && !field->default_bytes.data ? diag_no_memory(self->diag)
                                                            : STATUS_OK;
}

static enum status parse_field(struct avro_parser *self, const json_t *json, struct text space,
                               struct wire_field *field)
{
    const struct text name = member(json, "name");
    const json_t *value = json_object_get(json, "default");
    if (name.bytes == 0) {
        return invalid(self, "a field needs a name", name);
    }
    field->name = arena_text(self->arena, name);
    if (!field->name.data) {
        return diag_no_memory(self->diag);
    }
    TRY(parse(self, json_object_get(json, "type"), space, &field->schema));
    return value ? keep_default(self, value, field) : STATUS_OK;
}

static enum status parse_record(struct avro_parser *self, const json_t *object, struct text space,
                                struct wire_schema *node)
{
    struct named_type *named = NULL;
    const json_t *list = json_object_get(object, "fields");
    const size_t count = json_array_size(list);
    TRY(define(self, object, space, &named));
    if (!json_is_array(list) || count > COLUMN_COUNT_MAX) {
        return invalid(self, "a record needs a list of fields", named->name);
    }
    struct wire_field *fields = arena_zalloc(self->arena, count * sizeof(*fields));
    if (!fields) {
        return diag_no_memory(self->diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(parse_field(self, json_array_get(list, i), space_of(named->name), &fields[i]));
    }
    node->kind = WIRE_STRUCT;
    node->name = named->name;
    node->fields = fields;
    node->field_count = (uint32_t)count;
    named->schema = node;
    return STATUS_OK;
}

/* Whether items is a record of key and value that Connect made of a map with such keys. */
static bool is_entry_record(const json_t *items, const struct wire_schema *element)
{
    return element->kind == WIRE_STRUCT && element->form == WIRE_PLAIN &&
           element->field_count == 2 &&
           (text_equal(member(items, "connect.internal.type"), TEXT("MapEntry")) ||
            text_equal(element->name, TEXT("io.confluent.connect.avro.MapEntry")));
}

static enum status parse_array(struct avro_parser *self, const json_t *object, struct text space,
                               struct wire_schema *node)
{
    const json_t *items = json_object_get(object, "items");
    TRY(parse(self, items, space, &node->element));
    node->kind = WIRE_ARRAY;
    if (is_entry_record(items, node->element)) {
        const struct wire_schema *entry = node->element;
        node->kind = WIRE_MAP;
        node->form = WIRE_AVRO_ENTRIES;
        node->name = entry->name;
        node->key = entry->fields[0].schema;
        node->element = entry->fields[1].schema;
    }
    return STATUS_OK;
}

static enum status parse_map(struct avro_parser *self, const json_t *object, struct text space,
                             struct wire_schema *node)
{
    node->kind = WIRE_MAP;
    node->key = new_node(self, WIRE_STRING);
    return node->key ? parse(self, json_object_get(object, "values"), space, &node->element)
                     : diag_no_memory(self->diag);
}

typedef enum status parse_complex(struct avro_parser *self, const json_t *object, struct text space,
                                  struct wire_schema *node);

static parse_complex *find_complex(struct text type)
{
    static const struct {
        struct text name;
        parse_complex *parse;
    } rows[] = {{{"record", 6}, parse_record}, {{"error", 5}, parse_record},
                {{"enum", 4}, parse_enum},     {{"fixed", 5}, parse_fixed},
                {{"array", 5}, parse_array},   {{"map", 3}, parse_map}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text_equal(rows[i].name, type)) {
            return rows[i].parse;
        }
    }
    return NULL;
}

static enum status parse_object(struct avro_parser *self, const json_t *object, struct text space,
                                const struct wire_schema **out)
{
    const json_t *type = json_object_get(object, "type");
    enum wire_kind kind = WIRE_NOTHING;
    if (!json_is_string(type)) {
        return parse(self, type, space, out); /* {"type": {...}} stands for what is inside */
    }
    parse_complex *complex = find_complex(text_of_json(type));
    if (!complex && !find_primitive(text_of_json(type), &kind)) {
        return find_named(self, text_of_json(type), space, out);
    }
    struct wire_schema *node = new_node(self, kind);
    if (!node) {
        return diag_no_memory(self->diag);
    }
    *out = node;
    if (complex) {
        return complex(self, object, space, node);
    }
    apply_logical(node, object);
    return STATUS_OK;
}

/* --- Unions ------------------------------------------------------------------------------- */

/* What AvroData calls a branch: the type's own name, or that of its kind. */
static struct text branch_name(const struct wire_schema *branch)
{
    if (branch->name.data) {
        const struct text space = space_of(branch->name);
        const size_t skipped = space.bytes > 0 ? space.bytes + 1 : 0;
        return (struct text){branch->name.data + skipped, branch->name.bytes - skipped};
    }
    for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++) {
        if (primitives[i].kind == branch->kind) {
            return primitives[i].name;
        }
    }
    return text_of(wire_kind_name(branch->kind));
}

/* null and one other type. */
static enum status make_optional(struct avro_parser *self, const struct wire_field *branches,
                                 uint32_t null_index, const struct wire_schema **out)
{
    const struct wire_schema *other = branches[1 - null_index].schema;
    if (other->null_branch >= 0 || other->form == WIRE_AVRO_UNION) {
        return invalid(self, "a union may not hold a union", (struct text){NULL, 0});
    }
    struct wire_schema *copy = new_node(self, other->kind);
    if (!copy) {
        return diag_no_memory(self->diag);
    }
    *copy = *other;
    copy->is_optional = true;
    copy->null_branch = (int8_t)null_index;
    *out = copy;
    return STATUS_OK;
}

static enum status parse_union(struct avro_parser *self, const json_t *list, struct text space,
                               const struct wire_schema **out)
{
    const size_t count = json_array_size(list);
    struct wire_schema *node = new_node(self, WIRE_STRUCT);
    struct wire_field *branches = arena_zalloc(self->arena, count * sizeof(*branches));
    size_t null_index = count;
    if (!node || !branches) {
        return diag_no_memory(self->diag);
    }
    if (count == 0 || count > UNION_BRANCH_COUNT_MAX) {
        return invalid(self, "a union needs branches", (struct text){NULL, 0});
    }
    for (size_t i = 0; i < count; i++) {
        TRY(parse(self, json_array_get(list, i), space, &branches[i].schema));
        branches[i].name = branch_name(branches[i].schema);
        null_index = branches[i].schema->kind == WIRE_NOTHING ? i : null_index;
    }
    if (count == 2 && null_index < count && branches[1 - null_index].schema->kind != WIRE_NOTHING) {
        return make_optional(self, branches, (uint32_t)null_index, out);
    }
    *node = (struct wire_schema){.kind = WIRE_STRUCT,
                                 .form = WIRE_AVRO_UNION,
                                 .is_optional = null_index < count,
                                 .null_branch = -1,
                                 .field_count = (uint32_t)count,
                                 .fields = branches};
    *out = node;
    return STATUS_OK;
}

/* --- Entry -------------------------------------------------------------------------------- */

static enum status parse_name(struct avro_parser *self, struct text name, struct text space,
                              const struct wire_schema **out)
{
    enum wire_kind kind = WIRE_NOTHING;
    if (!find_primitive(name, &kind)) {
        return find_named(self, name, space, out);
    }
    struct wire_schema *node = new_node(self, kind);
    *out = node;
    return node ? STATUS_OK : diag_no_memory(self->diag);
}

static enum status parse(struct avro_parser *self, const json_t *json, struct text space,
                         const struct wire_schema **out)
{
    if (++self->depth > VALUE_DEPTH_MAX || ++self->node_count > WIRE_NODE_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid Avro schema: it has too many parts, or they nest too deep");
    }
    enum status status = STATUS_OK;
    if (json_is_string(json)) {
        status = parse_name(self, text_of_json(json), space, out);
    } else if (json_is_array(json)) {
        status = parse_union(self, json, space, out);
    } else if (json_is_object(json)) {
        status = parse_object(self, json, space, out);
    } else {
        status = invalid(self, "a type is missing", (struct text){NULL, 0});
    }
    self->depth--;
    return status;
}

enum status avro_schema_parse(struct arena *arena, struct text text, const struct wire_schema **out,
                              struct diag *diag)
{
    struct avro_parser self = {.arena = arena, .diag = diag};
    json_error_t error;
    json_t *json = json_loadb(text.data, text.bytes, JSON_DECODE_ANY, &error);
    if (!json) { /* the schema may also be the bare name of a primitive */
        enum wire_kind kind = WIRE_NOTHING;
        return find_primitive(text, &kind) ? parse_name(&self, text, TEXT(""), out)
                                           : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                                       "Invalid Avro schema: %s", error.text);
    }
    const enum status status = parse(&self, json, TEXT(""), out);
    json_decref(json);
    return status;
}
