/* expr_build_compare.c
 *
 * Which types may be compared, and the casts that bring both sides to one (spec, "Comparison
 * compatibility"; ksqlDB's ComparisonUtil). Two DECIMAL operands keep their own scales: the
 * comparison aligns them without overflow. DECIMAL against DOUBLE compares as DOUBLE, which
 * agrees with ksqlDB's comparison of decimals for all decimals of up to 15 digits.
 */
#include "functions/expr_build.h"

#include <assert.h>

static const char *const operator_texts[OP_COUNT] = {[OP_EQUAL] = "=",
                                                     [OP_NOT_EQUAL] = "<>",
                                                     [OP_LESS] = "<",
                                                     [OP_LESS_EQUAL] = "<=",
                                                     [OP_GREATER] = ">",
                                                     [OP_GREATER_EQUAL] = ">=",
                                                     [OP_IS_DISTINCT_FROM] = "IS DISTINCT FROM",
                                                     [OP_IS_NOT_DISTINCT_FROM] =
                                                         "IS NOT DISTINCT FROM"};

static const char *const operator_names[OP_COUNT] = {[OP_EQUAL] = "EQUAL",
                                                     [OP_NOT_EQUAL] = "NOT_EQUAL",
                                                     [OP_LESS] = "LESS_THAN",
                                                     [OP_LESS_EQUAL] = "LESS_THAN_OR_EQUAL",
                                                     [OP_GREATER] = "GREATER_THAN",
                                                     [OP_GREATER_EQUAL] = "GREATER_THAN_OR_EQUAL",
                                                     [OP_IS_DISTINCT_FROM] = "IS_DISTINCT_FROM",
                                                     [OP_IS_NOT_DISTINCT_FROM] =
                                                         "IS_NOT_DISTINCT_FROM"};

static bool is_equality(enum expr_op op)
{
    return op == OP_EQUAL || op == OP_NOT_EQUAL || op == OP_IS_DISTINCT_FROM ||
           op == OP_IS_NOT_DISTINCT_FROM;
}

static bool is_time(enum type_kind kind)
{
    return kind == TYPE_DATE || kind == TYPE_TIME || kind == TYPE_TIMESTAMP;
}

static bool is_ordered(enum type_kind kind)
{
    return kind != TYPE_BOOLEAN && kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_STRUCT;
}

/* Nested values of different types compare where one side's parts only need widening. */
static bool parts_are_comparable(const struct type *a, const struct type *b)
{
    if (type_is_numeric(a) && type_is_numeric(b)) {
        return true;
    }
    if (a->kind != b->kind || a->field_count != b->field_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (!text_equal(a->fields[i].name, b->fields[i].name) ||
            !parts_are_comparable(a->fields[i].type, b->fields[i].type)) {
            return false;
        }
    }
    return (!a->key || parts_are_comparable(a->key, b->key)) &&
           (!a->element || parts_are_comparable(a->element, b->element));
}

static enum status widen_parts(struct expr_build *build, const struct type *a, const struct type *b,
                               const struct type **out);

static enum status widen_fields(struct expr_build *build, const struct type *a,
                                const struct type *b, const struct type **out)
{
    struct type_field *fields = arena_array(build->arena, a->field_count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < a->field_count; i++) {
        fields[i].name = a->fields[i].name;
        TRY(widen_parts(build, a->fields[i].type, b->fields[i].type, &fields[i].type));
    }
    *out = type_struct(build->arena, fields, a->field_count);
    return *out ? STATUS_OK : diag_no_memory(build->diag);
}

/* The type that both of two comparable types widen to. */
static enum status widen_parts(struct expr_build *build, const struct type *a, const struct type *b,
                               const struct type **out)
{
    *out = a;
    if (type_equal(a, b)) {
        return STATUS_OK;
    }
    if (type_is_numeric(a)) {
        return expr_widen_numbers(build, a, b, out);
    }
    if (a->kind == TYPE_STRUCT) {
        return widen_fields(build, a, b, out);
    }
    const struct type *key = NULL;
    const struct type *element = NULL;
    TRY(widen_parts(build, a->element, b->element, &element));
    if (a->kind == TYPE_MAP) {
        TRY(widen_parts(build, a->key, b->key, &key));
    }
    *out = key ? type_map(build->arena, key, element) : type_array(build->arena, element);
    return *out ? STATUS_OK : diag_no_memory(build->diag);
}

/* The type to compare in; NULL in *out when the two do not compare. */
static enum status common_type(struct expr_build *build, enum expr_op op, const struct type *a,
                               const struct type *b, const struct type **out)
{
    *out = NULL;
    if (!is_equality(op) && (!is_ordered(a->kind) || !is_ordered(b->kind))) {
        return STATUS_OK;
    }
    if (parts_are_comparable(a, b)) {
        return widen_parts(build, a, b, out);
    }
    if (a->kind == TYPE_STRING && is_time(b->kind)) {
        *out = b;
    } else if (b->kind == TYPE_STRING && is_time(a->kind)) {
        *out = a;
    } else if ((a->kind == TYPE_DATE && b->kind == TYPE_TIMESTAMP) ||
               (a->kind == TYPE_TIMESTAMP && b->kind == TYPE_DATE)) {
        *out = type_of(TYPE_TIMESTAMP);
    }
    return STATUS_OK;
}

static enum status convert_operands(struct expr_build *build, const struct type *type,
                                    const struct expr **operands)
{
    for (size_t i = 0; i < 2; i++) {
        const struct type *target = type;
        if (type->kind == TYPE_DECIMAL) {
            TRY(expr_decimal_type(build, operands[i]->type, &target));
        }
        TRY(expr_convert(build, operands[i], target, &operands[i]));
    }
    return STATUS_OK;
}

enum status expr_compare(struct expr_build *build, enum expr_op op, const struct expr *left,
                         const struct expr *right, const struct expr **out)
{
    assert(op >= OP_EQUAL && op < OP_COUNT);
    const struct expr *operands[] = {left, right};
    if (left->type->kind == TYPE_NULL || right->type->kind == TYPE_NULL) {
        return expr_refuse(build,
                           "Comparison with NULL not supported: %s %s %s\n"
                           "Use 'IS NULL' or 'IS NOT NULL' instead.",
                           type_kind_name(left->type->kind), operator_texts[op],
                           type_kind_name(right->type->kind));
    }
    const struct type *type = NULL;
    TRY(common_type(build, op, left->type, right->type, &type));
    if (!type) {
        return expr_refuse(build, "Cannot compare %.*s (%s) to %.*s (%s) with %s.",
                           TEXT_ARGS(left->text), expr_type_text(build, left->type),
                           TEXT_ARGS(right->text), expr_type_text(build, right->type),
                           operator_names[op]);
    }
    TRY(convert_operands(build, type, operands));
    struct expr *node = expr_create(build, EXPR_COMPARE, type_of(TYPE_BOOLEAN), operands, 2);
    if (node) {
        node->op = op;
    }
    return expr_finish(build, node, out);
}
