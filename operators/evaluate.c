/* evaluate.c
 *
 * expr_eval reports a failing row by its number only; here the number becomes the row's origin
 * and the operator's step. The task's own receiver of errors is put back afterwards. */
#include "operators/evaluate.h"

#include <stdio.h>

#include "operators/rows.h"

enum { MESSAGE_BYTES_MAX = 1024 };

struct evaluation {
    const struct operator* op;
    struct op_context *context;
    const struct batch *batch;
    const char *what;
};

static void report(void *context, size_t row, const struct expr *expr, const char *message)
{
    const struct evaluation *evaluation = context;
    char text[MESSAGE_BYTES_MAX];
    (void)expr; /* what names the expression */
    (void)snprintf(text, sizeof(text), "%s: %s", evaluation->what, message);
    rows_log(evaluation->op, evaluation->context, evaluation->batch, row, text);
}

enum status evaluate(const struct operator* op, struct op_context *context, const struct expr *expr,
                     const char *what, const struct batch *batch, const uint32_t *rows,
                     size_t count, struct column *column, uint8_t *has_failed, struct diag *diag)
{
    if (count == 0) {
        return column_init(column, batch->arena, expr->type, batch->capacity, diag);
    }
    struct evaluation evaluation = {op, context, batch, what};
    const struct expr_errors errors = {report, &evaluation};
    struct expr_context *expr_context = context->expr;
    const struct expr_errors *outer = expr_context->errors;
    struct arena *outer_arena = expr_context->arena;
    expr_context->errors = &errors;
    expr_context->arena = batch->arena;
    if (count == batch->row_count) {
        rows = NULL; /* all of them: the kernels without a selection are faster */
    }
    const enum status status =
        expr_eval(expr, batch, rows, count, expr_context, column, has_failed, diag);
    expr_context->errors = outer;
    expr_context->arena = outer_arena;
    return status;
}
