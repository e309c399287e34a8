/* expr_build_nested.c
 *
 * Access into arrays, maps and structs, and their constructors. Elements of ARRAY[], and the
 * keys and the values of MAP(), are brought to one type each by the lax rules that IN uses.
 */
#include "functions/expr_build.h"

#define EMPTY_ISSUE "(see https://github.com/confluentinc/ksql/issues/4239)."

enum status expr_subscript(struct expr_build *build, const struct expr *container,
                           const struct expr *index, const struct expr **out)
{
    const struct type *type = container->type;
    if (type->kind != TYPE_ARRAY && type->kind != TYPE_MAP) {
        return expr_refuse(build, "%.*s is %s and cannot be subscripted: expected ARRAY or MAP",
                           TEXT_ARGS(container->text), expr_type_text(build, type));
    }
    const struct type *wanted = type->kind == TYPE_MAP ? type->key : type_of(TYPE_INTEGER);
    const bool is_index = type->kind == TYPE_MAP || index->type->kind == TYPE_INTEGER ||
                          index->type->kind == TYPE_BIGINT || index->type->kind == TYPE_NULL;
    const bool widens = type_is_numeric(wanted) && type_is_numeric(index->type);
    if (!is_index ||
        !(widens || index->type->kind == wanted->kind || index->type->kind == TYPE_NULL)) {
        return expr_refuse(build, "Cannot subscript %.*s (%s) with %.*s (%s)",
                           TEXT_ARGS(container->text), expr_type_text(build, type),
                           TEXT_ARGS(index->text), expr_type_text(build, index->type));
    }
    TRY(expr_convert(build, index, wanted, &index));
    const struct expr *operands[] = {container, index};
    return expr_finish(build, expr_create(build, EXPR_SUBSCRIPT, type->element, operands, 2), out);
}

enum status expr_field(struct expr_build *build, const struct expr *container, struct text field,
                       const struct expr **out)
{
    if (container->type->kind != TYPE_STRUCT) {
        return expr_refuse(build, "Expected STRUCT type, got: %s",
                           expr_type_text(build, container->type));
    }
    const int at = type_find_field(container->type, field);
    if (at < 0) {
        return expr_refuse(build, "Could not find field '%.*s' in '%.*s'.", TEXT_ARGS(field),
                           TEXT_ARGS(container->text));
    }
    struct expr *node =
        expr_create(build, EXPR_FIELD, container->type->fields[at].type, &container, 1);
    if (node) {
        node->field_index = (uint32_t)at;
    }
    return expr_finish(build, node, out);
}

static enum status copy_items(struct expr_build *build, const struct expr *const *items,
                              uint32_t count, const struct expr ***out)
{
    const struct expr **copy = arena_array(build->arena, count, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = items[i];
    }
    *out = copy;
    return STATUS_OK;
}

enum status expr_array(struct expr_build *build, const struct expr *const *items, uint32_t count,
                       const struct expr **out)
{
    if (count == 0) {
        return expr_refuse(build, "Array constructor cannot be empty. Please supply at least one "
                                  "element " EMPTY_ISSUE);
    }
    const struct expr **elements = NULL;
    TRY(copy_items(build, items, count, &elements));
    const struct type *element = NULL;
    TRY(expr_coerce_list(build, elements, count, &element));
    if (!element) {
        return expr_refuse(build, "Cannot construct an array with all NULL elements " EMPTY_ISSUE
                                  " As a workaround, you may cast a NULL value to the desired "
                                  "type.");
    }
    const struct type *type = type_array(build->arena, element);
    if (!type) {
        return diag_no_memory(build->diag);
    }
    return expr_finish(build, expr_create(build, EXPR_ARRAY, type, elements, count), out);
}

static enum status coerce_side(struct expr_build *build, const struct expr *const *items,
                               uint32_t count, const char *what, const char *one,
                               const struct expr ***out, const struct type **type)
{
    TRY(copy_items(build, items, count, out));
    TRY(expr_coerce_list(build, *out, count, type));
    if (*type) {
        return STATUS_OK;
    }
    return expr_refuse(build,
                       "Cannot construct a map with all NULL %s " EMPTY_ISSUE
                       " As a workaround, you may cast a NULL %s to the desired type.",
                       what, one);
}

enum status expr_map(struct expr_build *build, const struct expr *const *keys,
                     const struct expr *const *values, uint32_t count, const struct expr **out)
{
    if (count == 0) {
        return expr_refuse(build, "Map constructor cannot be empty. Please supply at least one "
                                  "key value pair " EMPTY_ISSUE);
    }
    const struct expr **key_items = NULL;
    const struct expr **value_items = NULL;
    const struct type *key = NULL;
    const struct type *element = NULL;
    TRY(coerce_side(build, keys, count, "keys", "key", &key_items, &key));
    TRY(coerce_side(build, values, count, "values", "value", &value_items, &element));
    const struct expr **operands = arena_array(build->arena, 2 * (size_t)count, sizeof(*operands));
    const struct type *type = type_map(build->arena, key, element);
    if (!operands || !type) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        operands[2 * i] = key_items[i];
        operands[2 * i + 1] = value_items[i];
    }
    return expr_finish(build, expr_create(build, EXPR_MAP, type, operands, 2 * count), out);
}

enum status expr_struct(struct expr_build *build, const struct text *names,
                        const struct expr *const *values, uint32_t count, const struct expr **out)
{
    struct type_field *fields = arena_array(build->arena, count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(names[i], names[j])) {
                return expr_refuse(build, "Duplicate field names found in STRUCT: '%.*s'",
                                   TEXT_ARGS(build->text));
            }
        }
        if (values[i]->type->kind == TYPE_NULL) {
            return expr_refuse(build, "Can't infer a type of null. Please explicitly cast it to a "
                                      "required type, e.g. CAST(null AS VARCHAR).");
        }
        fields[i] = (struct type_field){names[i], values[i]->type};
    }
    const struct type *type = type_struct(build->arena, fields, count);
    if (!type) {
        return diag_no_memory(build->diag);
    }
    return expr_finish(build, expr_create(build, EXPR_STRUCT, type, values, count), out);
}
