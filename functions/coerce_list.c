/* coerce_list.c
 *
 * One common type for the items of IN, ARRAY[] and MAP(). The first typed item sets it, later
 * ones widen it: numbers as usual, DECIMAL in both directions, and structs collect the fields
 * of all items. Literals adapt where columns do not: text is read as what the others are, and
 * simple literals become text beside text. Constructors are opened, so that a literal inside
 * ARRAY['3', NULL] adapts as well. Source: ksqlDB's CoercionUtil; the messages are its own.
 */
#include "functions/expr_build.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/number_text.h"
#include "functions/cast.h"

/* --- Finding the type --------------------------------------------------------------------- */

/* Widens *type so that other fits; *is_mismatch when no type fits both. */
static enum status merge_types(struct expr_build *build, const struct type *other,
                               const struct type **type, bool *is_mismatch);

static enum status merge_fields(struct expr_build *build, const struct type *other,
                                const struct type **type, bool *is_mismatch)
{
    const struct type *old = *type;
    const uint32_t room = old->field_count + other->field_count;
    struct type_field *fields = arena_array(build->arena, room, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(build->diag);
    }
    uint32_t count = 0;
    for (; count < old->field_count; count++) {
        fields[count] = old->fields[count];
    }
    for (uint32_t i = 0; i < other->field_count; i++) {
        const int at = type_find_field(old, other->fields[i].name);
        if (at < 0) {
            fields[count++] = other->fields[i];
        } else {
            TRY(merge_types(build, other->fields[i].type, &fields[at].type, is_mismatch));
        }
    }
    *type = type_struct(build->arena, fields, count);
    return *type ? STATUS_OK : diag_no_memory(build->diag);
}

static enum status merge_types(struct expr_build *build, const struct type *other,
                               const struct type **type, bool *is_mismatch)
{
    const struct type *old = *type;
    if (type_equal(old, other)) {
        return STATUS_OK;
    }
    if (type_is_numeric(old) && type_is_numeric(other)) {
        return expr_widen_numbers(build, old, other, type);
    }
    if (old->kind != other->kind || !(old->element || old->kind == TYPE_STRUCT)) {
        *is_mismatch = true;
        return STATUS_OK;
    }
    if (old->kind == TYPE_STRUCT) {
        return merge_fields(build, other, type, is_mismatch);
    }
    const struct type *key = old->key;
    const struct type *element = old->element;
    TRY(merge_types(build, other->element, &element, is_mismatch));
    if (key) {
        TRY(merge_types(build, other->key, &key, is_mismatch));
    }
    *type = key ? type_map(build->arena, key, element) : type_array(build->arena, element);
    return *type ? STATUS_OK : diag_no_memory(build->diag);
}

static enum status refuse_text(struct expr_build *build, struct text text, const struct type *type)
{
    return expr_refuse(build, "invalid input syntax for type %s: \"%.*s\".",
                       type_kind_name(type->kind), TEXT_ARGS(text));
}

/* The least DECIMAL that holds the number that text spells, "2e1" included. */
static struct decimal_type decimal_type_of_text(struct text text)
{
    struct decimal_type type = {0, 0};
    bool is_behind_point = false;
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte == 'e' || byte == 'E') {
            const struct text exponent = {text.data + i + 1, text.bytes - i - 1};
            int32_t power = 0;
            if (number_text_parse_int32(exponent, &power) && abs(power) <= DECIMAL_DIGITS_MAX) {
                type.scale -= power; /* a larger one leaves nothing but 0 */
            }
            break;
        }
        is_behind_point = is_behind_point || byte == '.';
        type.precision += isdigit(byte) && (type.precision > 0 || byte != '0') ? 1 : 0;
        type.scale += isdigit(byte) && is_behind_point ? 1 : 0;
    }
    if (type.scale < 0) {
        type.precision -= type.scale;
        type.scale = 0;
    }
    type.precision = type.precision > type.scale ? type.precision : type.scale;
    type.precision = type.precision > 0 ? type.precision : 1;
    return type;
}

/* A text literal beside numbers widens their type as the number that it spells would: whole
 * numbers in plain spelling are INTEGER or BIGINT, all others DECIMAL. */
static enum status merge_number_text(struct expr_build *build, struct text text,
                                     const struct type **type)
{
    const struct type *old = *type;
    const struct decimal_type wide = {38, 19};
    const struct decimal_type whole = {38, 0};
    struct diag ignored;
    struct value value;
    if (old->kind == TYPE_DOUBLE) {
        return number_text_parse_double(text, NUMBER_TEXT_NAMES_REFUSED, &value.real)
                   ? STATUS_OK
                   : refuse_text(build, text, old);
    }
    if (number_text_parse_int32(text, &value.int32)) {
        return STATUS_OK;
    }
    if (number_text_parse_int64(text, &value.int64)) {
        return expr_widen_numbers(build, old, type_of(TYPE_BIGINT), type);
    }
    if (decimal_parse(text, wide, DECIMAL_ROUNDING_UNNECESSARY, &value.decimal, &ignored) !=
            STATUS_OK &&
        decimal_parse(text, whole, DECIMAL_ROUNDING_UNNECESSARY, &value.decimal, &ignored) !=
            STATUS_OK) {
        return refuse_text(build, text, old);
    }
    const struct decimal_type own = decimal_type_of_text(text);
    const struct type *decimal =
        type_decimal(build->arena, (uint16_t)own.precision, (uint16_t)own.scale);
    return decimal ? expr_widen_numbers(build, old, decimal, type) : diag_no_memory(build->diag);
}

static bool is_simple(enum type_kind kind)
{
    return kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_STRUCT && kind != TYPE_BYTES;
}

static enum status merge_literal(struct expr_build *build, const struct expr *item,
                                 const struct type **type, bool *is_mismatch)
{
    if (item->literal.is_null) {
        return STATUS_OK;
    }
    const enum type_kind kind = (*type)->kind;
    if (item->type->kind == TYPE_STRING && kind != TYPE_STRING) {
        if (type_is_numeric(*type)) {
            return merge_number_text(build, item->literal.text, type);
        }
        *is_mismatch = !is_simple(kind) && kind != TYPE_BYTES;
        return STATUS_OK; /* what the text does not fit shows when it is converted */
    }
    if (kind == TYPE_STRING && is_simple(item->type->kind)) {
        return STATUS_OK;
    }
    return merge_types(build, item->type, type, is_mismatch);
}

static enum status merge_item(struct expr_build *build, const struct expr *item,
                              const struct type **type, bool *is_mismatch);

static enum status merge_array(struct expr_build *build, const struct expr *item,
                               const struct type **type, bool *is_mismatch)
{
    const struct type *element = (*type)->element;
    for (uint32_t i = 0; i < item->operand_count; i++) {
        TRY(merge_item(build, item->operands[i], &element, is_mismatch));
    }
    *type = type_array(build->arena, element);
    return *type ? STATUS_OK : diag_no_memory(build->diag);
}

static enum status merge_map(struct expr_build *build, const struct expr *item,
                             const struct type **type, bool *is_mismatch)
{
    const struct type *key = (*type)->key;
    const struct type *element = (*type)->element;
    for (uint32_t i = 0; i < item->operand_count; i += 2) {
        TRY(merge_item(build, item->operands[i], &key, is_mismatch));
        TRY(merge_item(build, item->operands[i + 1], &element, is_mismatch));
    }
    *type = type_map(build->arena, key, element);
    return *type ? STATUS_OK : diag_no_memory(build->diag);
}

static enum status merge_struct(struct expr_build *build, const struct expr *item,
                                const struct type **type, bool *is_mismatch)
{
    struct type_field *fields = arena_array(build->arena, item->type->field_count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < item->type->field_count; i++) {
        const int at = type_find_field(*type, item->type->fields[i].name);
        fields[i] = item->type->fields[i];
        if (at >= 0) {
            fields[i].type = (*type)->fields[at].type;
            TRY(merge_item(build, item->operands[i], &fields[i].type, is_mismatch));
        }
    }
    const struct type *own = type_struct(build->arena, fields, item->type->field_count);
    return own ? merge_fields(build, own, type, is_mismatch) : diag_no_memory(build->diag);
}

static enum status merge_item(struct expr_build *build, const struct expr *item,
                              const struct type **type, bool *is_mismatch)
{
    if (item->kind == EXPR_LITERAL) {
        return merge_literal(build, item, type, is_mismatch);
    }
    if (item->kind == EXPR_ARRAY && (*type)->kind == TYPE_ARRAY) {
        return merge_array(build, item, type, is_mismatch);
    }
    if (item->kind == EXPR_MAP && (*type)->kind == TYPE_MAP) {
        return merge_map(build, item, type, is_mismatch);
    }
    if (item->kind == EXPR_STRUCT && (*type)->kind == TYPE_STRUCT) {
        return merge_struct(build, item, type, is_mismatch);
    }
    return merge_types(build, item->type, type, is_mismatch);
}

static enum status find_common_type(struct expr_build *build, const struct expr *const *items,
                                    uint32_t count, const struct type **out)
{
    const struct type *type = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (expr_is_null_literal(items[i])) {
            continue;
        }
        if (!type) {
            type = items[i]->type;
            continue;
        }
        const struct type *before = type;
        bool is_mismatch = false;
        TRY(merge_item(build, items[i], &type, &is_mismatch));
        if (is_mismatch) {
            return expr_refuse(build,
                               "operator does not exist: %s = %s (%.*s)\n"
                               "Hint: You might need to add explicit type casts.",
                               expr_type_text(build, before), expr_type_text(build, items[i]->type),
                               TEXT_ARGS(items[i]->text));
        }
    }
    *out = type;
    return STATUS_OK;
}

/* --- Converting to it --------------------------------------------------------------------- */

static enum status convert_item(struct expr_build *build, const struct expr *item,
                                const struct type *type, const struct expr **out);

static enum status convert_literal(struct expr_build *build, const struct expr *item,
                                   const struct type *type, const struct expr **out)
{
    struct value value = VALUE_NULL;
    if (!item->literal.is_null) {
        const enum status status = expr_coerce_value(COERCE_LAX, item->type, item->literal, type,
                                                     build->arena, &value, build->diag);
        if (status == STATUS_INVALID && item->type->kind == TYPE_STRING) {
            return refuse_text(build, item->literal.text, type);
        }
        TRY(status);
    }
    return expr_literal_at(build, item, type, value, out);
}

static const struct type *operand_type(const struct type *type, uint32_t i)
{
    if (type->kind == TYPE_MAP && i % 2 == 0) {
        return type->key;
    }
    return type->element;
}

static enum status convert_list(struct expr_build *build, const struct expr *item,
                                const struct type *type, const struct expr **out)
{
    const struct expr **operands =
        arena_array(build->arena, item->operand_count, sizeof(*operands));
    if (!operands) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < item->operand_count; i++) {
        TRY(convert_item(build, item->operands[i], operand_type(type, i), &operands[i]));
    }
    struct expr_build at = expr_build_at(build, item);
    return expr_finish(&at, expr_create(&at, item->kind, type, operands, item->operand_count), out);
}

static enum status convert_struct(struct expr_build *build, const struct expr *item,
                                  const struct type *type, const struct expr **out)
{
    const struct expr **operands = arena_array(build->arena, type->field_count, sizeof(*operands));
    if (!operands) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct type_field *field = &type->fields[i];
        const int at = type_find_field(item->type, field->name);
        if (at >= 0) {
            TRY(convert_item(build, item->operands[at], field->type, &operands[i]));
        } else {
            TRY(expr_literal_at(build, item, field->type, VALUE_NULL, &operands[i]));
        }
    }
    struct expr_build at = expr_build_at(build, item);
    return expr_finish(&at, expr_create(&at, EXPR_STRUCT, type, operands, type->field_count), out);
}

static enum status convert_item(struct expr_build *build, const struct expr *item,
                                const struct type *type, const struct expr **out)
{
    if (type_equal(item->type, type)) {
        *out = item;
        return STATUS_OK;
    }
    if (item->kind == EXPR_LITERAL) {
        return convert_literal(build, item, type, out);
    }
    if (item->kind == EXPR_ARRAY || item->kind == EXPR_MAP) {
        return convert_list(build, item, type, out);
    }
    if (item->kind == EXPR_STRUCT) {
        return convert_struct(build, item, type, out);
    }
    return expr_convert(build, item, type, out);
}

enum status expr_coerce_list(struct expr_build *build, const struct expr **items, uint32_t count,
                             const struct type **common)
{
    *common = NULL;
    TRY(find_common_type(build, items, count, common));
    for (uint32_t i = 0; *common && i < count; i++) {
        TRY(convert_item(build, items[i], *common, &items[i]));
    }
    return STATUS_OK;
}

enum status expr_in(struct expr_build *build, const struct expr *value,
                    const struct expr *const *items, uint32_t item_count, const struct expr **out)
{
    const struct expr **operands =
        arena_array(build->arena, item_count + (size_t)1, sizeof(*operands));
    if (!operands) {
        return diag_no_memory(build->diag);
    }
    operands[0] = value;
    for (uint32_t i = 0; i < item_count; i++) {
        operands[i + 1] = items[i];
    }
    const struct type *common = NULL;
    TRY(expr_coerce_list(build, operands, item_count + 1, &common));
    if (!common) { /* NULL IN (NULL) */
        return expr_literal(build, type_of(TYPE_BOOLEAN), value_boolean(false), out);
    }
    return expr_finish(
        build, expr_create(build, EXPR_IN, type_of(TYPE_BOOLEAN), operands, item_count + 1), out);
}
