/* aggregation.h: GROUP BY, its rules, and the step that does it.
 *
 * Source of behaviour: ksqlDB's AggregateAnalyzer, QueryAnalyzer and AggregateNode.
 * Thread: any. */
#ifndef PLANNER_AGGREGATION_H
#define PLANNER_AGGREGATION_H

#include <stdbool.h>

#include "base/status.h"
#include "planner/steps.h"

/* What a query aggregates, with plain names. */
struct aggregation {
    bool is_needed;
    struct query_expressions groups;
    struct text *group_names;       /* of the key columns */
    struct query_expressions calls; /* aggregate calls, each once */
};

/* Finds the calls and checks the rules that need no types. */
MUST_USE enum status aggregation_read(const struct planner *planner, struct query *query,
                                      bool is_create_as, struct aggregation *out);

/* The aggregate step over input. scope is its input's; out_scope finds group keys, aggregates
 * and window bounds in the new step. */
MUST_USE enum status aggregation_plan(struct plan_builder *builder,
                                      const struct aggregation *aggregation,
                                      const struct scope *scope, const struct plan_step *input,
                                      struct plan_step **out, struct scope *out_scope);

#endif
