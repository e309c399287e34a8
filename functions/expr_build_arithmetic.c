/* expr_build_arithmetic.c
 *
 * Types of + - * / % and of unary minus (spec, "Arithmetic typing"): the wider operand decides,
 * INTEGER before BIGINT before DECIMAL before DOUBLE. Operands are cast to the type in which
 * the row code computes; decimals keep their own precision and scale, since the kernels align
 * scales themselves.
 */
#include "functions/expr_build.h"

#include <assert.h>

#include "base/decimal.h"

enum { DECIMAL_PRECISION_MAX = UINT16_MAX }; /* what struct type can say */

static const char *const operator_texts[] = {[OP_ADD] = "+",
                                             [OP_SUBTRACT] = "-",
                                             [OP_MULTIPLY] = "*",
                                             [OP_DIVIDE] = "/",
                                             [OP_MODULUS] = "%"};

static int number_rank(const struct type *type)
{
    static const int ranks[TYPE_KIND_COUNT] = {
        [TYPE_INTEGER] = 1, [TYPE_BIGINT] = 2, [TYPE_DECIMAL] = 3, [TYPE_DOUBLE] = 4};
    return ranks[type->kind];
}

static enum status make_decimal(struct expr_build *build, struct decimal_type decimal,
                                const struct type **out)
{
    if (decimal.precision > DECIMAL_PRECISION_MAX) {
        return expr_refuse(build, "DECIMAL precision must be <= %d: DECIMAL(%d,%d)",
                           DECIMAL_PRECISION_MAX, decimal.precision, decimal.scale);
    }
    *out = type_decimal(build->arena, (uint16_t)decimal.precision, (uint16_t)decimal.scale);
    return *out ? STATUS_OK : diag_no_memory(build->diag);
}

enum status expr_decimal_type(struct expr_build *build, const struct type *type,
                              const struct type **out)
{
    assert(number_rank(type) > 0 && type->kind != TYPE_DOUBLE);
    if (type->kind == TYPE_DECIMAL) {
        *out = type;
        return STATUS_OK;
    }
    return make_decimal(build, (struct decimal_type){type->kind == TYPE_INTEGER ? 10 : 19, 0}, out);
}

static struct decimal_type decimal_of(const struct type *type)
{
    return (struct decimal_type){type->precision, type->scale};
}

enum status expr_widen_numbers(struct expr_build *build, const struct type *a, const struct type *b,
                               const struct type **out)
{
    const struct type *wider = number_rank(a) >= number_rank(b) ? a : b;
    if (wider->kind != TYPE_DECIMAL) {
        *out = wider;
        return STATUS_OK;
    }
    TRY(expr_decimal_type(build, a, &a));
    TRY(expr_decimal_type(build, b, &b));
    return make_decimal(build, decimal_type_widen(decimal_of(a), decimal_of(b)), out);
}

static enum status decimal_result_type(struct expr_build *build, enum expr_op op,
                                       const struct type *left, const struct type *right,
                                       const struct type **out)
{
    const struct decimal_type a = decimal_of(left);
    const struct decimal_type b = decimal_of(right);
    if (op == OP_MULTIPLY) {
        return make_decimal(build, decimal_type_of_multiply(a, b), out);
    }
    if (op == OP_DIVIDE) {
        return make_decimal(build, decimal_type_of_divide(a, b), out);
    }
    if (op == OP_MODULUS) {
        return make_decimal(build, decimal_type_of_remainder(a, b), out);
    }
    return make_decimal(build, decimal_type_of_add(a, b), out);
}

static enum status number_result_type(struct expr_build *build, enum expr_op op,
                                      const struct expr **operands, const struct type **out)
{
    TRY(expr_widen_numbers(build, operands[0]->type, operands[1]->type, out));
    for (size_t i = 0; i < 2; i++) {
        const struct type *target = *out;
        if (target->kind == TYPE_DECIMAL) {
            TRY(expr_decimal_type(build, operands[i]->type, &target));
        }
        TRY(expr_convert(build, operands[i], target, &operands[i]));
    }
    if ((*out)->kind != TYPE_DECIMAL) {
        return STATUS_OK;
    }
    return decimal_result_type(build, op, operands[0]->type, operands[1]->type, out);
}

static const char *operand_type_text(struct expr_build *build, const struct expr *operand)
{
    return operand->type->kind == TYPE_NULL ? "null" : expr_type_text(build, operand->type);
}

enum status expr_arithmetic(struct expr_build *build, enum expr_op op, const struct expr *left,
                            const struct expr *right, const struct expr **out)
{
    assert(op <= OP_MODULUS);
    const struct expr *operands[] = {left, right};
    if (left->type->kind == TYPE_NULL || right->type->kind == TYPE_NULL) {
        return expr_refuse(
            build,
            "Error processing expression: (%.*s %s %.*s). Arithmetic on types %s and %s are not "
            "supported.",
            TEXT_ARGS(left->text), operator_texts[op], TEXT_ARGS(right->text),
            operand_type_text(build, left), operand_type_text(build, right));
    }
    const struct type *type = NULL;
    if (type_is_numeric(left->type) && type_is_numeric(right->type)) {
        TRY(number_result_type(build, op, operands, &type));
    } else if (op == OP_ADD && left->type->kind == TYPE_STRING &&
               right->type->kind == TYPE_STRING) {
        type = type_of(TYPE_STRING);
    } else {
        return expr_refuse(build, "Unsupported arithmetic types. %s %s",
                           type_kind_name(left->type->kind), type_kind_name(right->type->kind));
    }
    struct expr *node = expr_create(build, EXPR_ARITHMETIC, type, operands, 2);
    if (node) {
        node->op = op;
    }
    return expr_finish(build, node, out);
}

static enum status negate_literal(struct expr_build *build, const struct expr *operand,
                                  const struct expr **out)
{
    struct value value = operand->literal;
    const enum layout layout = type_layout(operand->type);
    if (layout == LAYOUT_INT32) {
        value.int32 = (int32_t)(0U - (uint32_t)value.int32);
    } else if (layout == LAYOUT_INT64) {
        value.int64 = (int64_t)(0U - (uint64_t)value.int64);
    } else if (layout == LAYOUT_DOUBLE) {
        value.real = -value.real;
    } else {
        value.decimal = -value.decimal;
    }
    return expr_literal(build, operand->type, value, out);
}

enum status expr_negate(struct expr_build *build, const struct expr *operand,
                        const struct expr **out)
{
    if (!type_is_numeric(operand->type)) {
        return expr_refuse(build, "Unary minus needs a number, but %.*s is %s",
                           TEXT_ARGS(operand->text), operand_type_text(build, operand));
    }
    if (operand->kind == EXPR_LITERAL && !operand->literal.is_null) {
        return negate_literal(build, operand, out);
    }
    return expr_finish(build, expr_create(build, EXPR_NEGATE, operand->type, &operand, 1), out);
}
