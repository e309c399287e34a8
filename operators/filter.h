/* filter.h: keeps the rows for which a predicate is TRUE: WHERE and HAVING.
 *
 * Streams: FALSE, NULL and failing rows are dropped and counted as filtered; rows with a null
 * value are dropped without asking.
 * Tables: a row that passes goes on. One that does not becomes a delete if the key's old row
 * had passed, and disappears otherwise. So a filter on a table wants old rows (batch->old) from
 * above; without them every row counts as the first of its key. It hands old rows on where they
 * had passed. Source: ksqlDB TableFilterBuilder over Kafka Streams' KTableFilter. */
#ifndef OPERATORS_FILTER_H
#define OPERATORS_FILTER_H

#include <stdbool.h>

#include "functions/expr.h"
#include "operators/operator.h"

struct filter_options {
    struct op_place place;
    const struct expr *predicate; /* BOOLEAN over the input's columns */
    bool is_table;
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status filter_create(struct arena *arena, const struct filter_options *options,
                                   struct operator** out, struct diag *diag);

#endif
