/* project.h: computes the columns of SELECT from each row.
 *
 * A column that fails to compute is NULL in that row and logged; the row goes on. Of a delete,
 * or a stream row with a null value, only the columns whose role is COLUMN_KEY are computed. Old
 * rows (batch->old) are projected too when emits_old is set, and are dropped otherwise. A column
 * that only refers to a column of the input is shared, not copied. */
#ifndef OPERATORS_PROJECT_H
#define OPERATORS_PROJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/schema.h"
#include "functions/expr.h"
#include "operators/operator.h"

struct project_options {
    struct op_place place;
    const struct schema *schema;     /* of the result */
    const struct expr *const *exprs; /* one per column of schema, over the input's columns */
    bool emits_old;                  /* something below wants old rows */
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status project_create(struct arena *arena, const struct project_options *options,
                                    struct operator** out, struct diag *diag);

#endif
