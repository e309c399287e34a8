/* push_plan.c
 *
 * SELECT .. EMIT CHANGES: the same steps as a persistent query, but keys are ordinary columns of
 * the result and there is no sink. Source of behaviour: ksqlDB's PushQueryValidator and
 * LogicalPlanner.buildQueryLogicalPlan.
 */
#include "planner/planner.h"
#include "planner/select_plan.h"

enum status plan_push(const struct planner *planner, const struct select_query *query,
                      struct plan **out)
{
    const struct select_purpose purpose = {.is_persistent = false};
    struct select_plan select;
    TRY(select_plan(planner, query, &purpose, &select));
    return select_plan_finish(&select, select.root, out);
}
