/* joins.h: the steps of FROM and JOIN.
 *
 * Source of behaviour: ksqlDB's LogicalPlanner (buildJoin and verifyJoin) and JoinNode.
 * Thread: any. */
#ifndef PLANNER_JOINS_H
#define PLANNER_JOINS_H

#include "base/status.h"
#include "planner/projection.h"

/* Source steps and joins, left to right. rules is NULL for a single source. */
MUST_USE enum status joins_plan(struct plan_builder *builder, const struct join_rules *rules,
                                struct relation *out);

#endif
