/* expr_build_case.c
 *
 * CASE wants one type for all branches, exactly; bare NULLs take that type. There is no
 * widening between branches (spec, "CASE"; ksqlDB's ExpressionTypeManager).
 */
#include "functions/expr_build.h"

static enum status check_when(struct expr_build *build, const struct expr *when)
{
    if (when->type->kind == TYPE_BOOLEAN) {
        return STATUS_OK;
    }
    return expr_refuse(build, "WHEN operand type should be boolean.\nType for '%.*s' is %s",
                       TEXT_ARGS(when->text), expr_type_text(build, when->type));
}

static enum status check_then(struct expr_build *build, const struct expr *then,
                              const struct type **type)
{
    if (then->type->kind == TYPE_NULL) {
        return STATUS_OK;
    }
    if (!*type) {
        *type = then->type;
        return STATUS_OK;
    }
    if (type_equal(*type, then->type)) {
        return STATUS_OK;
    }
    return expr_refuse(build,
                       "Invalid Case expression. Type for all 'THEN' clauses should be the same.\n"
                       "THEN expression '%.*s' has type: %s.\n"
                       "Previous THEN expression(s) type: %s.",
                       TEXT_ARGS(then->text), expr_type_text(build, then->type),
                       expr_type_text(build, *type));
}

static enum status check_otherwise(struct expr_build *build, const struct expr *otherwise,
                                   const struct type **type)
{
    if (!otherwise || otherwise->type->kind == TYPE_NULL) {
        return STATUS_OK;
    }
    if (!*type) {
        *type = otherwise->type;
        return STATUS_OK;
    }
    if (type_equal(*type, otherwise->type)) {
        return STATUS_OK;
    }
    return expr_refuse(build,
                       "Invalid Case expression. Type for the default clause should be the same "
                       "as for 'THEN' clauses.\nTHEN type: %s.\nDEFAULT type: %s.",
                       expr_type_text(build, *type), expr_type_text(build, otherwise->type));
}

enum status expr_case(struct expr_build *build, const struct expr *const *when_then,
                      uint32_t pair_count, const struct expr *otherwise, const struct expr **out)
{
    const struct type *type = NULL;
    for (uint32_t i = 0; i < pair_count; i++) {
        TRY(check_when(build, when_then[2 * i]));
        TRY(check_then(build, when_then[2 * i + 1], &type));
    }
    TRY(check_otherwise(build, otherwise, &type));
    if (!type) {
        return expr_refuse(build, "Invalid Case expression. All case branches have NULL type");
    }
    const uint32_t count = 2 * pair_count + 1;
    const struct expr **operands = arena_array(build->arena, count, sizeof(*operands));
    if (!operands) {
        return diag_no_memory(build->diag);
    }
    for (uint32_t i = 0; i < pair_count; i++) {
        operands[2 * i] = when_then[2 * i];
        TRY(expr_convert(build, when_then[2 * i + 1], type, &operands[2 * i + 1]));
    }
    if (otherwise) {
        TRY(expr_convert(build, otherwise, type, &operands[count - 1]));
    } else {
        TRY(expr_literal(build, type, VALUE_NULL, &operands[count - 1]));
    }
    return expr_finish(build, expr_create(build, EXPR_CASE, type, operands, count), out);
}
