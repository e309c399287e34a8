/* timestamp_rules.h: TIMESTAMP and TIMESTAMP_FORMAT against the columns of a source.
 *
 * Source of behaviour: ksqlDB's TimestampExtractionPolicyFactory. Thread: any. */
#ifndef PLANNER_TIMESTAMP_RULES_H
#define PLANNER_TIMESTAMP_RULES_H

#include "base/schema.h"
#include "base/status.h"
#include "planner/planner.h"
#include "planner/properties.h"

MUST_USE enum status timestamp_choose(const struct planner *planner,
                                      const struct properties *properties,
                                      const struct schema *schema, struct timestamp_spec *out);

#endif
