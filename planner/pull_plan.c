#include "planner/planner.h"
enum status plan_pull(const struct planner *planner, const struct select_query *query, struct pull_plan *out)
{ (void)query; (void)out; return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE, "pull"); }
void pull_plan_print(const struct pull_plan *plan, struct buffer *out) { (void)plan; (void)out; }
