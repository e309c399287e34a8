/* evaluate.h: expressions of an operator, with the errors of single rows logged as its own.
 *
 * Private to operators/. Thread: the task's. */
#ifndef OPERATORS_EVALUATE_H
#define OPERATORS_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/batch.h"
#include "functions/expr.h"
#include "operators/operator.h"

/* As expr_eval over batch. A row that fails is NULL, has_failed[row] (NULL: not asked for) is set,
 * and the log gets "<what>: <reason>" with the row's origin. */
MUST_USE enum status evaluate(const struct operator* op, struct op_context *context,
                              const struct expr *expr, const char *what, const struct batch *batch,
                              const uint32_t *rows, size_t count, struct column *column,
                              uint8_t *has_failed, struct diag *diag);

#endif
