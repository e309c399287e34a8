/* type.c
 *
 * One table gives each kind its name, memory layout and whether it counts as a number; the
 * rest walks the small tree that a nested type is. Recursion is bounded by the parser, which
 * limits the depth of types.
 */
#include "base/type.h"

#include <assert.h>

static const struct {
    const char *name;
    enum layout layout;
    bool is_numeric;
} kinds[] = {
    [TYPE_BOOLEAN] = {"BOOLEAN", LAYOUT_BOOLEAN, false},
    [TYPE_INTEGER] = {"INTEGER", LAYOUT_INT32, true},
    [TYPE_BIGINT] = {"BIGINT", LAYOUT_INT64, true},
    [TYPE_DECIMAL] = {"DECIMAL", LAYOUT_DECIMAL, true},
    [TYPE_DOUBLE] = {"DOUBLE", LAYOUT_DOUBLE, true},
    [TYPE_STRING] = {"STRING", LAYOUT_TEXT, false},
    [TYPE_BYTES] = {"BYTES", LAYOUT_TEXT, false},
    [TYPE_DATE] = {"DATE", LAYOUT_INT32, false},
    [TYPE_TIME] = {"TIME", LAYOUT_INT32, false},
    [TYPE_TIMESTAMP] = {"TIMESTAMP", LAYOUT_INT64, false},
    [TYPE_ARRAY] = {"ARRAY", LAYOUT_LIST, false},
    [TYPE_MAP] = {"MAP", LAYOUT_MAP, false},
    [TYPE_STRUCT] = {"STRUCT", LAYOUT_LIST, false},
    [TYPE_NULL] = {"NULL", LAYOUT_BOOLEAN, false},
};
static_assert(sizeof(kinds) / sizeof(kinds[0]) == TYPE_KIND_COUNT, "one row per kind");

static const struct type simple_types[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = {.kind = TYPE_BOOLEAN},     [TYPE_INTEGER] = {.kind = TYPE_INTEGER},
    [TYPE_BIGINT] = {.kind = TYPE_BIGINT},       [TYPE_DOUBLE] = {.kind = TYPE_DOUBLE},
    [TYPE_STRING] = {.kind = TYPE_STRING},       [TYPE_BYTES] = {.kind = TYPE_BYTES},
    [TYPE_DATE] = {.kind = TYPE_DATE},           [TYPE_TIME] = {.kind = TYPE_TIME},
    [TYPE_TIMESTAMP] = {.kind = TYPE_TIMESTAMP}, [TYPE_NULL] = {.kind = TYPE_NULL},
};

const struct type *type_of(enum type_kind kind)
{
    assert(kind < TYPE_KIND_COUNT && kind != TYPE_DECIMAL && kind != TYPE_ARRAY &&
           kind != TYPE_MAP && kind != TYPE_STRUCT);
    return &simple_types[kind];
}

static const struct type *new_type(struct arena *arena, struct type content)
{
    struct type *type = ARENA_NEW(arena, struct type);
    if (type) {
        *type = content;
    }
    return type;
}

const struct type *type_decimal(struct arena *arena, uint16_t precision, uint16_t scale)
{
    assert(scale <= precision);
    return new_type(arena,
                    (struct type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale});
}

const struct type *type_array(struct arena *arena, const struct type *element)
{
    return new_type(arena, (struct type){.kind = TYPE_ARRAY, .element = element});
}

const struct type *type_map(struct arena *arena, const struct type *key, const struct type *value)
{
    return new_type(arena, (struct type){.kind = TYPE_MAP, .key = key, .element = value});
}

const struct type *type_struct(struct arena *arena, const struct type_field *fields,
                               uint32_t field_count)
{
    return new_type(
        arena, (struct type){.kind = TYPE_STRUCT, .fields = fields, .field_count = field_count});
}

static bool copy_fields(struct arena *arena, const struct type *from, struct type *to)
{
    struct type_field *fields = arena_array(arena, from->field_count, sizeof(*fields));
    if (!fields) {
        return false;
    }
    for (uint32_t i = 0; i < from->field_count; i++) {
        fields[i].name = arena_text(arena, from->fields[i].name);
        fields[i].type = type_copy(arena, from->fields[i].type);
        if (!fields[i].name.data || !fields[i].type) {
            return false;
        }
    }
    to->fields = fields;
    return true;
}

const struct type *type_copy(struct arena *arena, const struct type *type)
{
    if (kinds[type->kind].layout < LAYOUT_LIST && type->kind != TYPE_DECIMAL) {
        return type_of(type->kind);
    }
    struct type *copy = ARENA_NEW(arena, struct type);
    if (!copy) {
        return NULL;
    }
    *copy = *type;
    copy->key = type->key ? type_copy(arena, type->key) : NULL;
    copy->element = type->element ? type_copy(arena, type->element) : NULL;
    if ((type->key && !copy->key) || (type->element && !copy->element)) {
        return NULL;
    }
    return type->fields && !copy_fields(arena, type, copy) ? NULL : copy;
}

static bool fields_equal(const struct type *a, const struct type *b)
{
    if (a->field_count != b->field_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (!text_equal(a->fields[i].name, b->fields[i].name) ||
            !type_equal(a->fields[i].type, b->fields[i].type)) {
            return false;
        }
    }
    return true;
}

bool type_equal(const struct type *a, const struct type *b)
{
    if (a == b) {
        return true;
    }
    if (a->kind != b->kind || a->precision != b->precision || a->scale != b->scale) {
        return false;
    }
    if (a->key && !type_equal(a->key, b->key)) {
        return false;
    }
    if (a->element && !type_equal(a->element, b->element)) {
        return false;
    }
    return fields_equal(a, b);
}

enum layout type_layout(const struct type *type)
{
    return kinds[type->kind].layout;
}

bool type_is_numeric(const struct type *type)
{
    return kinds[type->kind].is_numeric;
}

int type_find_field(const struct type *type, struct text name)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (text_equal(type->fields[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

const char *type_kind_name(enum type_kind kind)
{
    assert(kind < TYPE_KIND_COUNT);
    return kinds[kind].name;
}

void type_print_name(struct text name, struct buffer *out)
{
    buffer_append_byte(out, '`');
    for (size_t i = 0; i < name.bytes; i++) {
        if (name.data[i] == '`') {
            buffer_append_byte(out, '`');
        }
        buffer_append_byte(out, name.data[i]);
    }
    buffer_append_byte(out, '`');
}

static void print_struct(const struct type *type, struct buffer *out)
{
    buffer_append_string(out, "STRUCT<");
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (i > 0) {
            buffer_append_string(out, ", ");
        }
        type_print_name(type->fields[i].name, out);
        buffer_append_byte(out, ' ');
        type_print(type->fields[i].type, out);
    }
    buffer_append_byte(out, '>');
}

void type_print(const struct type *type, struct buffer *out)
{
    if (type->kind == TYPE_STRUCT) {
        print_struct(type, out);
        return;
    }
    buffer_append_string(out, kinds[type->kind].name);
    if (type->kind == TYPE_DECIMAL) {
        buffer_printf(out, "(%u, %u)", type->precision, type->scale);
    }
    if (type->element) {
        buffer_append_byte(out, '<');
        if (type->key) {
            type_print(type->key, out);
            buffer_append_string(out, ", ");
        }
        type_print(type->element, out);
        buffer_append_byte(out, '>');
    }
}
