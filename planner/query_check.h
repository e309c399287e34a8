/* query_check.h: rules of queries that need names only, clause by clause.
 *
 * Source of behaviour: ksqlDB's Analyzer, ColumnReferenceValidator and the query validators.
 * Thread: any. */
#ifndef PLANNER_QUERY_CHECK_H
#define PLANNER_QUERY_CHECK_H

#include "base/status.h"
#include "planner/join_rules.h"
#include "planner/query.h"

/* Every column and function of every clause exists; joins may be NULL. */
MUST_USE enum status query_check_columns(const struct planner *planner, const struct query *query,
                                         const struct join_rules *joins);

/* Every column of expression exists; clause is "SELECT", "WHERE" and so on. */
MUST_USE enum status query_check_expression(const struct planner *planner,
                                            const struct query *query, const char *clause,
                                            const struct expression *expression);

/* Formats of sources that cannot feed a join or a grouping. */
MUST_USE enum status query_check_formats(const struct planner *planner, const struct query *query);

#endif
