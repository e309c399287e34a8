/* source_definition.h: the rule for taking a name, shared by CREATE and CREATE .. AS. */
#ifndef PLANNER_SOURCE_DEFINITION_H
#define PLANNER_SOURCE_DEFINITION_H

#include "base/status.h"
#include "planner/planner.h"

/* Fails when the name is taken and the statement does not replace, or may not be replaced. */
MUST_USE enum status source_check_name(const struct planner *planner, const struct identifier *name,
                                       bool is_table, bool is_read_only, bool or_replace);

#endif
