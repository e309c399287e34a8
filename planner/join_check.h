/* join_check.h: which kinds of sources may be joined how.
 *
 * Source of behaviour: ksqlDB's LogicalPlanner.verifyJoin and JoinNode. Thread: any. */
#ifndef PLANNER_JOIN_CHECK_H
#define PLANNER_JOIN_CHECK_H

#include "base/status.h"
#include "planner/join_rules.h"
#include "planner/steps.h"

/* left is what was joined before (a source step for the first join), right a source step.
 * *out_kind is the step that does it. */
MUST_USE enum status join_check(const struct planner *planner, const struct query *query,
                                const struct join_rule *rule, const struct plan_step *left,
                                const struct plan_step *right, enum plan_kind *out_kind);

/* Needs the types of the two sides. */
MUST_USE enum status join_check_types(const struct planner *planner, const struct join_rule *rule,
                                      const struct expr *left, const struct expr *right);

#endif
