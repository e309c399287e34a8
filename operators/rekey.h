/* rekey.h: PARTITION BY: gives the rows of a stream new key columns.
 *
 * The output has the new key columns, then every column of the input. A key expression that fails
 * is logged and gives a NULL key; NULL keys stay in the row. Of a row with a null value only those
 * keys are computed that use no value columns; the others are NULL. Source: ksqlDB
 * PartitionByParamsFactory. */
#ifndef OPERATORS_REKEY_H
#define OPERATORS_REKEY_H

#include <stdint.h>

#include "base/schema.h"
#include "functions/expr.h"
#include "operators/operator.h"

struct rekey_options {
    struct op_place place;
    const struct schema *schema;    /* of the output */
    const struct expr *const *keys; /* over the input */
    uint32_t key_count;             /* 0: PARTITION BY NULL */
    uint32_t input_key_count;       /* leading key columns of the input */
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status rekey_create(struct arena *arena, const struct rekey_options *options,
                                  struct operator** out, struct diag *diag);

#endif
