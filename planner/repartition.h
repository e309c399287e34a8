/* repartition.h: PARTITION BY. Source of behaviour: ksqlDB's UserRepartitionNode and
 * PartitionByParamsFactory. Thread: any. */
#ifndef PLANNER_REPARTITION_H
#define PLANNER_REPARTITION_H

#include "base/status.h"
#include "planner/projection.h"

/* Rules that need names only. */
MUST_USE enum status repartition_check(const struct planner *planner, const struct query *query);

/* True for PARTITION BY NULL. */
bool repartition_is_by_null(const struct query *query);

/* Puts the step on top of relation. */
MUST_USE enum status repartition_plan(struct plan_builder *builder, struct relation *relation);

#endif
