/* json_schema.c
 *
 * Only what decides about SQL types is read of a schema: types, properties, items, choices with
 * null, references within the document. Everything else (patterns, bounds, formats) constrains
 * values that are read by their SQL type anyway. Whoever refers to a schema that is still being
 * read has a recursive one, which nesting depth finds out. */
#include "formats/json_schema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"

struct schema_parser {
    struct arena *arena;
    json_t *root;
    uint32_t depth;
    uint32_t node_count;
    struct diag *diag;
};

static enum status parse(struct schema_parser *self, const json_t *json,
                         const struct wire_schema **out);

static struct text member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct text){json_string_value(value), json_string_length(value)};
}

static struct wire_schema *new_node(struct schema_parser *self, enum wire_kind kind)
{
    struct wire_schema *node = ARENA_NEW(self->arena, struct wire_schema);
    if (node) {
        *node = (struct wire_schema){.kind = kind, .null_branch = -1};
    }
    return node;
}

/* --- Scalars ------------------------------------------------------------------------------ */

/* A type of Connect that JSON has another name for; matched by the members that are not empty. */
static const struct {
    struct text type;
    struct text connect_type;
    struct text title;
    enum wire_kind kind;
} scalars[] = {
    {{"integer", 7}, {"", 0}, {"org.apache.kafka.connect.data.Date", 34}, WIRE_DATE},
    {{"integer", 7}, {"", 0}, {"org.apache.kafka.connect.data.Time", 34}, WIRE_TIME},
    {{"integer", 7}, {"", 0}, {"org.apache.kafka.connect.data.Timestamp", 39}, WIRE_TIMESTAMP},
    {{"integer", 7}, {"int8", 4}, {"", 0}, WIRE_INT8},
    {{"integer", 7}, {"int16", 5}, {"", 0}, WIRE_INT16},
    {{"integer", 7}, {"int32", 5}, {"", 0}, WIRE_INT32},
    {{"integer", 7}, {"", 0}, {"", 0}, WIRE_INT64},
    {{"number", 6}, {"", 0}, {"org.apache.kafka.connect.data.Decimal", 37}, WIRE_DECIMAL},
    {{"number", 6}, {"float32", 7}, {"", 0}, WIRE_FLOAT32},
    {{"number", 6}, {"", 0}, {"", 0}, WIRE_FLOAT64},
    {{"string", 6}, {"", 0}, {"org.apache.kafka.connect.data.Decimal", 37}, WIRE_DECIMAL},
    {{"string", 6}, {"bytes", 5}, {"", 0}, WIRE_BYTES},
    {{"string", 6}, {"", 0}, {"", 0}, WIRE_STRING},
    {{"boolean", 7}, {"", 0}, {"", 0}, WIRE_BOOLEAN},
    {{"null", 4}, {"", 0}, {"", 0}, WIRE_NOTHING},
};

static uint16_t parameter(const json_t *object, const char *name, uint16_t fallback)
{
    const struct text text = member(json_object_get(object, "connect.parameters"), name);
    const long number = text.data ? strtol(text.data, NULL, 10) : -1;
    return number >= 0 && number <= UINT16_MAX ? (uint16_t)number : fallback;
}

static void apply_decimal(struct wire_schema *node, const json_t *object)
{
    node->scale = parameter(object, "scale", 0);
    node->precision =
        parameter(object, "connect.decimal.precision", WIRE_DECIMAL_PRECISION_UNKNOWN);
    if (node->precision == 0 || node->precision < node->scale) {
        node->precision = node->scale > WIRE_DECIMAL_PRECISION_UNKNOWN
                              ? node->scale
                              : WIRE_DECIMAL_PRECISION_UNKNOWN;
    }
}

static bool matches(struct text wanted, struct text given)
{
    return wanted.bytes == 0 || text_equal(wanted, given);
}

static enum status parse_scalar(struct schema_parser *self, const json_t *object, struct text type,
                                const struct wire_schema **out)
{
    struct wire_schema *node = new_node(self, WIRE_NOTHING);
    if (!node) {
        return diag_no_memory(self->diag);
    }
    for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        if (text_equal(scalars[i].type, type) &&
            matches(scalars[i].connect_type, member(object, "connect.type")) &&
            matches(scalars[i].title, member(object, "title"))) {
            node->kind = scalars[i].kind;
            break;
        }
    }
    if (node->kind == WIRE_DECIMAL) {
        apply_decimal(node, object);
    }
    *out = node;
    return STATUS_OK;
}

/* --- Containers --------------------------------------------------------------------------- */

struct property {
    struct text name;
    const json_t *schema;
    json_int_t index;
};

static int compare_index(const void *left, const void *right)
{
    const struct property *a = left;
    const struct property *b = right;
    return (a->index > b->index) - (a->index < b->index);
}

/* In the order of "connect.index"; properties without one follow as they stand. */
static enum status sort_properties(struct schema_parser *self, json_t *properties,
                                   struct property **out)
{
    const size_t count = json_object_size(properties);
    struct property *sorted = arena_array(self->arena, count, sizeof(*sorted));
    const char *name = NULL;
    json_t *schema = NULL;
    size_t next = 0;
    if (!sorted) {
        return diag_no_memory(self->diag);
    }
    json_object_foreach(properties, name, schema)
    {
        const json_t *index = json_object_get(schema, "connect.index");
        sorted[next] = (struct property){arena_text(self->arena, text_of(name)), schema,
                                         json_is_integer(index) ? json_integer_value(index)
                                                                : INT32_MAX + (json_int_t)next};
        if (!sorted[next++].name.data) {
            return diag_no_memory(self->diag);
        }
    }
    if (count > 0) {
        qsort(sorted, count, sizeof(*sorted), compare_index);
    }
    *out = sorted;
    return STATUS_OK;
}

static bool is_required(const json_t *object, struct text name)
{
    const json_t *list = json_object_get(object, "required");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (text_equal(name, (struct text){json_string_value(item), json_string_length(item)})) {
            return true;
        }
    }
    return false;
}

static enum status parse_struct(struct schema_parser *self, const json_t *object,
                                struct wire_schema *node)
{
    json_t *properties = json_object_get(object, "properties");
    const size_t count = json_object_size(properties);
    struct property *sorted = NULL;
    if (count > COLUMN_COUNT_MAX ||
        json_array_size(json_object_get(object, "required")) > COLUMN_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid JSON schema: more than %d properties", COLUMN_COUNT_MAX);
    }
    struct wire_field *fields = arena_zalloc(self->arena, count * sizeof(*fields));
    if (!fields) {
        return diag_no_memory(self->diag);
    }
    TRY(sort_properties(self, properties, &sorted));
    for (size_t i = 0; i < count; i++) {
        fields[i].name = sorted[i].name;
        TRY(parse(self, sorted[i].schema, &fields[i].schema));
        if (!fields[i].schema->is_optional && !is_required(object, sorted[i].name)) {
            fields[i].schema = wire_schema_optional(self->arena, fields[i].schema);
        }
        if (!fields[i].schema) {
            return diag_no_memory(self->diag);
        }
    }
    node->kind = WIRE_STRUCT;
    node->fields = fields;
    node->field_count = (uint32_t)count;
    return STATUS_OK;
}

/* An object whose members are values of one schema. */
static bool is_map(const json_t *object)
{
    return text_equal(member(object, "connect.type"), TEXT("map")) ||
           (!json_object_get(object, "properties") &&
            json_is_object(json_object_get(object, "additionalProperties")));
}

static enum status parse_object(struct schema_parser *self, const json_t *object,
                                const struct wire_schema **out)
{
    struct wire_schema *node = new_node(self, WIRE_MAP);
    if (!node) {
        return diag_no_memory(self->diag);
    }
    *out = node;
    if (!is_map(object)) {
        return parse_struct(self, object, node);
    }
    node->key = new_node(self, WIRE_STRING);
    return node->key ? parse(self, json_object_get(object, "additionalProperties"), &node->element)
                     : diag_no_memory(self->diag);
}

static enum status parse_array(struct schema_parser *self, const json_t *object,
                               const struct wire_schema **out)
{
    struct wire_schema *node = new_node(self, WIRE_ARRAY);
    if (!node) {
        return diag_no_memory(self->diag);
    }
    *out = node;
    return parse(self, json_object_get(object, "items"), &node->element);
}

/* --- Choices ------------------------------------------------------------------------------ */

static enum status parse_typed(struct schema_parser *self, const json_t *object, struct text type,
                               const struct wire_schema **out)
{
    if (text_equal(type, TEXT("object"))) {
        return parse_object(self, object, out);
    }
    return text_equal(type, TEXT("array")) ? parse_array(self, object, out)
                                           : parse_scalar(self, object, type, out);
}

static bool is_null_schema(const json_t *json)
{
    return text_equal(member(json, "type"), TEXT("null")) ||
           (json_is_string(json) && strcmp(json_string_value(json), "null") == 0);
}

/* The one schema of the list that is not null, optional if there is null as well. The items are
 * schemas, or names of types, which all share the members of object. */
static enum status parse_choice(struct schema_parser *self, const json_t *object,
                                const json_t *list, const struct wire_schema **out)
{
    const json_t *chosen = NULL;
    size_t other_count = 0;
    if (json_array_size(list) > COLUMN_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid JSON schema: a choice of more than %d", COLUMN_COUNT_MAX);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (!is_null_schema(item)) {
            chosen = item;
            other_count++;
        }
    }
    if (other_count != 1) {
        *out = new_node(self, WIRE_NOTHING);
        return *out ? STATUS_OK : diag_no_memory(self->diag);
    }
    if (json_is_string(chosen)) {
        TRY(parse_typed(self, object,
                        (struct text){json_string_value(chosen), json_string_length(chosen)}, out));
    } else {
        TRY(parse(self, chosen, out));
    }
    if (json_array_size(list) > 1) {
        *out = wire_schema_optional(self->arena, *out);
    }
    return *out ? STATUS_OK : diag_no_memory(self->diag);
}

/* "#/definitions/name": a schema elsewhere in the document. */
static const json_t *find_reference(const struct schema_parser *self, struct text reference)
{
    const json_t *found = self->root;
    struct text rest = reference;
    if (!text_starts_with(rest, TEXT("#"))) {
        return NULL;
    }
    while (found && rest.bytes > 0) {
        const char *slash = memchr(rest.data + 1, '/', rest.bytes - 1);
        const size_t bytes = slash ? (size_t)(slash - rest.data) : rest.bytes;
        char name[256];
        if (rest.data[0] == '/') {
            if (bytes - 1 >= sizeof(name)) {
                return NULL;
            }
            memcpy(name, rest.data + 1, bytes - 1);
            name[bytes - 1] = '\0';
            found = json_object_get(found, name);
        }
        rest = (struct text){rest.data + bytes, rest.bytes - bytes};
    }
    return found;
}

static enum status parse_members(struct schema_parser *self, const json_t *json,
                                 const struct wire_schema **out)
{
    const struct text reference = member(json, "$ref");
    const json_t *one_of = json_object_get(json, "oneOf");
    const json_t *any_of = json_object_get(json, "anyOf");
    const json_t *type = json_object_get(json, "type");
    if (reference.data) {
        return parse(self, find_reference(self, reference), out);
    }
    if (json_is_array(one_of) || json_is_array(any_of)) {
        return parse_choice(self, json, json_is_array(one_of) ? one_of : any_of, out);
    }
    if (json_is_array(type)) {
        return parse_choice(self, json, type, out);
    }
    if (json_is_string(type)) {
        return parse_typed(self, json, member(json, "type"), out);
    }
    return parse_typed(self, json, json_object_get(json, "enum") ? TEXT("string") : TEXT("object"),
                       out);
}

static enum status parse(struct schema_parser *self, const json_t *json,
                         const struct wire_schema **out)
{
    if (++self->depth > VALUE_DEPTH_MAX || ++self->node_count > WIRE_NODE_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid JSON schema: it has too many parts, or they nest too deep");
    }
    if (!json_is_object(json)) {
        *out = new_node(self, WIRE_NOTHING); /* true, or nothing at all: any value */
        self->depth--;
        return *out ? STATUS_OK : diag_no_memory(self->diag);
    }
    const enum status status = parse_members(self, json, out);
    self->depth--;
    return status;
}

enum status json_schema_parse(struct arena *arena, struct text text, const struct wire_schema **out,
                              struct diag *diag)
{
    json_error_t error;
    json_t *json = json_loadb(text.data, text.bytes, 0, &error);
    struct schema_parser self = {.arena = arena, .root = json, .diag = diag};
    if (!json) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Invalid JSON schema: %s", error.text);
    }
    const enum status status = parse(&self, json, out);
    json_decref(json);
    return status;
}
