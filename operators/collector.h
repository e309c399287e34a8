/* collector.h: hands every batch to a callback: the end of a client's query, and of tests. */
#ifndef OPERATORS_COLLECTOR_H
#define OPERATORS_COLLECTOR_H

#include "operators/operator.h"

struct collector_options {
    struct op_place place; /* downstream is not used */
    /* The batch is valid until it returns. A status other than STATUS_OK ends the query. */
    enum status (*receive)(void *receiver, struct op_context *context, struct batch *batch,
                           struct diag *diag);
    void *receiver;
};

/* Creates the operator in arena, which owns it. */
MUST_USE enum status collector_create(struct arena *arena, const struct collector_options *options,
                                      struct operator** out, struct diag *diag);

#endif
