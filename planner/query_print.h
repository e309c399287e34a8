/* query_print.h: a resolved query back as SQL. Source of the form: ksqlDB's SqlFormatter over a
 * sanitized statement. Thread: any. */
#ifndef PLANNER_QUERY_PRINT_H
#define PLANNER_QUERY_PRINT_H

#include "base/buffer.h"
#include "base/status.h"
#include "planner/query.h"

/* The statement with qualified columns and the names of its result. */
MUST_USE enum status query_print_create_as(const struct planner *planner, const struct query *query,
                                           const struct create_as_statement *statement,
                                           struct buffer *out);

#endif
