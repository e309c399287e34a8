/* join.h: what all joins share: their types, and the shape of their rows.
 *
 * Output columns: the join key, all columns of the left input, all of the right (keys and pseudo
 * columns included), then the join's own pseudo columns. A side without a match is all NULL.
 * Input 0 is the left, input 1 the right. Each side is found by the value of its key expression;
 * a key that is NULL, or fails (which is logged), never matches. */
#ifndef OPERATORS_JOIN_H
#define OPERATORS_JOIN_H

#include <stdint.h>

#include "base/schema.h"
#include "functions/expr.h"
#include "operators/operator.h"
#include "operators/window.h"

enum op_join_type { OP_JOIN_INNER, OP_JOIN_LEFT, OP_JOIN_RIGHT, OP_JOIN_OUTER };

/* The part of the options that is common to all joins. */
struct join_shape {
    enum op_join_type type;
    const struct schema *schema;    /* of the output */
    const struct schema *inputs[2]; /* left and right */
    const struct expr *keys[2];     /* keys[i] over input i; of one type */
    const struct op_pseudo *pseudo; /* of the join itself: ROWTIME */
    uint32_t pseudo_count;
};

#endif
