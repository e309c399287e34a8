/* flat_map.h: table functions: each row becomes as many rows as its longest function yields.
 *
 * The output has the input's columns, then one column per function. Functions of one SELECT are
 * zipped: a shorter one is filled up with NULL. No values at all: no row, and the record is
 * counted as filtered; so is a row with a null value. Source: ksqlDB KudtfFlatMapper. */
#ifndef OPERATORS_FLAT_MAP_H
#define OPERATORS_FLAT_MAP_H

#include <stdint.h>

#include "base/schema.h"
#include "operators/operator.h"

struct expr;
struct table_function; /* functions/table_function.h */

struct flat_map_call {
    const struct table_function *function;
    const struct expr *const *arguments; /* over the input; of the function's argument_types */
};

struct flat_map_options {
    struct op_place place;
    const struct schema *schema; /* of the output */
    const struct flat_map_call *calls;
    uint32_t call_count;
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status flat_map_create(struct arena *arena, const struct flat_map_options *options,
                                     struct operator** out, struct diag *diag);

#endif
