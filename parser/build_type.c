/* build_type.c
 *
 * Types as written. The two synonyms INT and VARCHAR become INTEGER and STRING here, so that
 * nobody after the parser meets them; a quoted name is never a built-in type.
 */
#include "parser/builder.h"

#include "parser/parser.h"

static uint32_t depth_of(const struct type_name *type)
{
    return type ? type->depth : 0;
}

static struct sql_pos pos_of(const struct type_name *type)
{
    return type ? type->pos : SQL_POS_NONE;
}

static struct type_name *type_node(struct builder *b, enum type_name_kind kind, uint32_t depth,
                                   struct sql_pos pos)
{
    if (depth > PARSER_DEPTH_MAX) {
        builder_too_large(b);
        return NULL;
    }
    struct type_name *type = builder_new(b, sizeof(*type));
    if (type) {
        type->kind = kind;
        type->depth = depth;
        type->pos = pos;
    }
    return type;
}

struct type_name *builder_array_type(struct builder *b, struct type_name *element,
                                     const struct token *first, const struct token *last)
{
    const struct sql_pos from = first ? first->pos : pos_of(element);
    struct type_name *type =
        type_node(b, TYPE_NAME_ARRAY, depth_of(element) + 1, builder_span(from, last->pos));
    if (type) {
        type->element = element;
    }
    return type;
}

struct type_name *builder_map_type(struct builder *b, const struct token *first,
                                   struct type_name *key, struct type_name *value,
                                   const struct token *last)
{
    const uint32_t depth = depth_of(key) > depth_of(value) ? depth_of(key) : depth_of(value);
    struct type_name *type =
        type_node(b, TYPE_NAME_MAP, depth + 1, builder_span(first->pos, last->pos));
    if (type) {
        type->map.key = key;
        type->map.value = value;
    }
    return type;
}

struct type_name *builder_struct_type(struct builder *b, const struct token *first,
                                      struct type_field_list fields, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    uint32_t depth = 0;
    for (size_t i = 0; i < fields.count; i++) {
        depth = fields.items[i].type->depth > depth ? fields.items[i].type->depth : depth;
    }
    struct type_name *type =
        type_node(b, TYPE_NAME_STRUCT, depth + 1, builder_span(first->pos, last->pos));
    if (type) {
        type->fields.items = fields.items;
        type->fields.count = fields.count;
    }
    return type;
}

/* Into 32 bits, so that the planner can check the range and quote the number. */
static int32_t small_integer(struct builder *b, const struct token *number, const char *what)
{
    const int64_t value = builder_integer(b, number, what);
    if (value > INT32_MAX || value < INT32_MIN) {
        builder_fail(b, number->pos, "Invalid numeric literal: %lld", (long long)value);
        return 0;
    }
    return (int32_t)value;
}

struct type_name *builder_decimal_type(struct builder *b, const struct token *first,
                                       const struct token *precision, const struct token *scale,
                                       const struct token *last)
{
    struct type_name *type =
        type_node(b, TYPE_NAME_DECIMAL, 1, builder_span(first->pos, last->pos));
    if (type) {
        type->decimal.precision = small_integer(b, precision, "DECIMAL(PRECISION)");
        type->decimal.scale = small_integer(b, scale, "DECIMAL(SCALE)");
    }
    return type;
}

struct type_name *builder_simple_type(struct builder *b, struct identifier name,
                                      const struct token *last)
{
    struct type_name *type =
        type_node(b, TYPE_NAME_SIMPLE, 1, last ? builder_span(name.pos, last->pos) : name.pos);
    if (!type) {
        return NULL;
    }
    if (!name.is_quoted && text_equal(name.name, TEXT("INT"))) {
        name.name = TEXT("INTEGER");
    } else if (!name.is_quoted && text_equal(name.name, TEXT("VARCHAR"))) {
        name.name = TEXT("STRING");
    }
    type->simple = name;
    return type;
}

struct type_field_list builder_add_type_field(struct builder *b, struct type_field_list list,
                                              struct identifier name, struct type_name *type)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct type_field_list){0};
    }
    list.items[list.count++] = (struct type_name_field){name, type};
    return list;
}
