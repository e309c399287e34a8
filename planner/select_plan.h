/* select_plan.h: a SELECT as steps, up to and including the projection.
 *
 * Source of behaviour: ksqlDB's QueryAnalyzer and LogicalPlanner. Thread: any. */
#ifndef PLANNER_SELECT_PLAN_H
#define PLANNER_SELECT_PLAN_H

#include "base/status.h"
#include "planner/steps.h"

struct select_purpose {
    bool is_persistent; /* result goes into a topic, not to a client */
    bool is_create_as;
    struct text sink_name; /* of a persistent query */
};

struct select_plan {
    struct plan_builder builder;
    struct plan_step *root;               /* the projection */
    const struct plan_step *materialized; /* see struct plan */
    bool is_partitioned_by_null;
    struct diag *missing_key; /* a failure to report once the sink's properties are checked;
                                 NULL: none */
};

MUST_USE enum status select_plan(const struct planner *planner, const struct select_query *query,
                                 const struct select_purpose *purpose, struct select_plan *out);

/* The finished plan, with what the query says about limits and emission. */
MUST_USE enum status select_plan_finish(struct select_plan *select, const struct plan_step *root,
                                        struct plan **out);

#endif
