/* table_calls.h: table functions in the projection. Source of behaviour: ksqlDB's
 * TableFunctionAnalysis and FlatMapNode. Thread: any. */
#ifndef PLANNER_TABLE_CALLS_H
#define PLANNER_TABLE_CALLS_H

#include "base/status.h"
#include "planner/projection.h"

/* Finds the calls in the projection, with plain names, each once. */
MUST_USE enum status table_calls_read(const struct planner *planner, const struct query *query,
                                      bool has_aggregation, struct query_expressions *out);

/* Puts the step on top of relation. */
MUST_USE enum status table_calls_plan(struct plan_builder *builder,
                                      const struct query_expressions *calls,
                                      struct relation *relation);

#endif
