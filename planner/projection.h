/* projection.h: the last step before the sink or the client, and the rules of its keys.
 *
 * Source of behaviour: ksqlDB's FinalProjectNode and the validateKeyPresent() of its nodes.
 * Thread: any. */
#ifndef PLANNER_PROJECTION_H
#define PLANNER_PROJECTION_H

#include "base/status.h"
#include "planner/join_rules.h"
#include "planner/steps.h"

/* Where the key columns of the step below come from: decides how a missing one is named. */
enum key_origin { KEY_OF_SOURCE, KEY_OF_GROUP, KEY_OF_PARTITION, KEY_OF_JOIN, KEY_OF_FOREIGN_JOIN };

/* The query so far. */
struct relation {
    struct plan_step *step;
    struct scope scope;
    enum key_origin key_origin;
    /* GROUP, PARTITION: the expression behind each key column, as messages print it. */
    const struct text *key_texts;
    const struct join_rules *joins; /* JOIN, FOREIGN_JOIN */
};

/* For a persistent query, sink_name says what it builds, and key columns come first; for a
 * query of a client (data NULL) every column is a value, in the order written. A key column
 * that is missing is not a failure yet, since ksqlDB checks properties of the sink first:
 * *out_missing is then the failure to report (in the planner's arena), else NULL. */
MUST_USE enum status projection_plan(struct plan_builder *builder, const struct relation *relation,
                                     struct text sink_name, struct plan_step **out,
                                     struct diag **out_missing);

#endif
