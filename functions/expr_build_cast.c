/* expr_build_cast.c
 *
 * CAST, and the silent conversions that other builders ask for. A cast of a literal is done
 * here, so that constants reach the kernels in the type that they compute in; where the
 * conversion fails, the cast stays in the tree and fails for each row, as ksqlDB has it.
 */
#include "functions/cast.h"
#include "functions/expr_build.h"

static enum status cast_literal(struct expr_build *build, const struct expr *operand,
                                const struct type *type, const struct expr **out)
{
    struct diag ignored;
    struct value value = VALUE_NULL;
    const enum status status =
        cast_value(operand->type, &operand->literal, type, build->arena, &value, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(build->diag);
    }
    if (status != STATUS_OK) {
        return expr_finish(build, expr_create(build, EXPR_CAST, type, &operand, 1), out);
    }
    return expr_literal(build, type, value, out);
}

enum status expr_cast(struct expr_build *build, const struct expr *operand, const struct type *type,
                      const struct expr **out)
{
    if (!cast_is_supported(operand->type, type)) {
        return expr_refuse(build, "Cast of %s to %s is not supported",
                           expr_type_text(build, operand->type), expr_type_text(build, type));
    }
    if (operand->kind == EXPR_LITERAL) {
        return cast_literal(build, operand, type, out);
    }
    if (type_equal(operand->type, type)) {
        *out = operand;
        return STATUS_OK;
    }
    return expr_finish(build, expr_create(build, EXPR_CAST, type, &operand, 1), out);
}

enum status expr_convert(struct expr_build *build, const struct expr *expr, const struct type *type,
                         const struct expr **out)
{
    if (type_equal(expr->type, type)) {
        *out = expr;
        return STATUS_OK;
    }
    struct expr_build at = expr_build_at(build, expr);
    return expr_cast(&at, expr, type, out);
}
