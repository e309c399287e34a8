/* expr_build.c
 *
 * The leaves and the simple nodes, and what all builders share. A node is never changed once
 * it is handed out; conversions make new nodes, so that a plan may share subtrees.
 */
#include "functions/expr_build.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct expr *expr_create(struct expr_build *build, enum expr_kind kind, const struct type *type,
                         const struct expr *const *operands, uint32_t operand_count)
{
    struct expr *node = ARENA_NEW(build->arena, struct expr);
    const struct expr **copy = arena_array(build->arena, operand_count, sizeof(*copy));
    if (!node || !copy) {
        return NULL;
    }
    for (uint32_t i = 0; i < operand_count; i++) {
        copy[i] = operands[i];
    }
    node->kind = kind;
    node->type = type;
    node->pos = build->pos;
    node->text = build->text;
    node->operands = copy;
    node->operand_count = operand_count;
    return node;
}

enum status expr_finish(struct expr_build *build, const struct expr *node, const struct expr **out)
{
    if (!node) {
        return diag_no_memory(build->diag);
    }
    *out = node;
    return STATUS_OK;
}

enum status expr_refuse(struct expr_build *build, const char *format, ...)
{
    char message[DIAG_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return diag_fail(build->diag, STATUS_INVALID, build->pos, "%s", message);
}

const char *expr_type_text(struct expr_build *build, const struct type *type)
{
    struct buffer buffer;
    buffer_init(&buffer);
    type_print(type, &buffer);
    const struct text text = arena_text(build->arena, buffer_text(&buffer));
    buffer_release(&buffer);
    return text.data ? text.data : "";
}

bool expr_is_null_literal(const struct expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->type->kind == TYPE_NULL;
}

struct expr_build expr_build_at(const struct expr_build *build, const struct expr *expr)
{
    struct expr_build at = *build;
    at.pos = expr->pos;
    at.text = expr->text;
    return at;
}

enum status expr_column(struct expr_build *build, uint32_t column_index, const struct type *type,
                        const struct expr **out)
{
    struct expr *node = expr_create(build, EXPR_COLUMN, type, NULL, 0);
    if (node) {
        node->column_index = column_index;
    }
    return expr_finish(build, node, out);
}

enum status expr_literal(struct expr_build *build, const struct type *type, struct value value,
                         const struct expr **out)
{
    struct expr *node = expr_create(build, EXPR_LITERAL, type, NULL, 0);
    if (node) {
        node->literal = type->kind == TYPE_NULL ? VALUE_NULL : value;
    }
    return expr_finish(build, node, out);
}

enum status expr_literal_at(struct expr_build *build, const struct expr *expr,
                            const struct type *type, struct value value, const struct expr **out)
{
    struct expr_build at = expr_build_at(build, expr);
    return expr_literal(&at, type, value, out);
}

enum status expr_lambda_argument(struct expr_build *build, uint32_t slot, const struct type *type,
                                 const struct expr **out)
{
    if (slot >= LAMBDA_SLOTS_MAX) {
        return expr_refuse(build, "Lambda functions are nested too deeply: at most %d arguments",
                           LAMBDA_SLOTS_MAX);
    }
    struct expr *node = expr_create(build, EXPR_LAMBDA_ARGUMENT, type, NULL, 0);
    if (node) {
        node->lambda_slot = slot;
        node->lambda_argument_count = 1;
    }
    return expr_finish(build, node, out);
}

static enum status require_boolean(struct expr_build *build, const char *word,
                                   const struct expr *operand)
{
    if (operand->type->kind == TYPE_BOOLEAN || operand->type->kind == TYPE_NULL) {
        return STATUS_OK;
    }
    return expr_refuse(build, "%s needs BOOLEAN operands, but %.*s is %s", word,
                       TEXT_ARGS(operand->text), expr_type_text(build, operand->type));
}

enum status expr_logical(struct expr_build *build, enum expr_kind kind, const struct expr *left,
                         const struct expr *right, const struct expr **out)
{
    assert(kind == EXPR_AND || kind == EXPR_OR);
    const char *word = kind == EXPR_AND ? "AND" : "OR";
    const struct expr *operands[] = {left, right};
    for (size_t i = 0; i < 2; i++) {
        TRY(require_boolean(build, word, operands[i]));
        TRY(expr_convert(build, operands[i], type_of(TYPE_BOOLEAN), &operands[i]));
    }
    return expr_finish(build, expr_create(build, kind, type_of(TYPE_BOOLEAN), operands, 2), out);
}

enum status expr_not(struct expr_build *build, const struct expr *operand, const struct expr **out)
{
    TRY(require_boolean(build, "NOT", operand));
    TRY(expr_convert(build, operand, type_of(TYPE_BOOLEAN), &operand));
    return expr_finish(build, expr_create(build, EXPR_NOT, type_of(TYPE_BOOLEAN), &operand, 1),
                       out);
}

enum status expr_is_null(struct expr_build *build, const struct expr *operand,
                         const struct expr **out)
{
    return expr_finish(build, expr_create(build, EXPR_IS_NULL, type_of(TYPE_BOOLEAN), &operand, 1),
                       out);
}

enum status expr_like(struct expr_build *build, const struct expr *value,
                      const struct expr *pattern, uint32_t escape, const struct expr **out)
{
    const struct expr *operands[] = {value, pattern};
    for (size_t i = 0; i < 2; i++) {
        if (operands[i]->type->kind != TYPE_STRING && operands[i]->type->kind != TYPE_NULL) {
            return expr_refuse(build, "LIKE needs STRING operands, but %.*s is %s",
                               TEXT_ARGS(operands[i]->text),
                               expr_type_text(build, operands[i]->type));
        }
        TRY(expr_convert(build, operands[i], type_of(TYPE_STRING), &operands[i]));
    }
    struct expr *node = expr_create(build, EXPR_LIKE, type_of(TYPE_BOOLEAN), operands, 2);
    if (node) {
        node->escape = escape;
    }
    return expr_finish(build, node, out);
}

void expr_visit(const struct expr *expr, void (*visit)(void *context, const struct expr *expr),
                void *context)
{
    visit(context, expr);
    for (uint32_t i = 0; i < expr->operand_count; i++) {
        expr_visit(expr->operands[i], visit, context);
    }
}
