/* steps.h: making the steps of a plan, one function per simple kind.
 *
 * A step lives in the planner's arena and gets its number from the builder. Functions that put
 * a step on top of another take the lower one as input. Thread: that of the planner. */
#ifndef PLANNER_STEPS_H
#define PLANNER_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "planner/plan.h"
#include "planner/planner.h"
#include "planner/query.h"
#include "planner/translate.h"

/* What is known while a plan grows. */
struct plan_builder {
    const struct planner *planner;
    struct query *query;
    bool is_persistent;
    uint32_t step_count;
    uint32_t next_step_id;
    const struct plan_step **sources; /* room for one per source of the query */
    uint32_t source_count;
};

/* A step of this kind with the place, window and table-ness of its input (which may be NULL);
 * NULL: no memory. */
struct plan_step *step_create(struct plan_builder *builder, enum plan_kind kind, const char *name,
                              const struct plan_step *input);

/* The source with its pseudo columns that the query uses. */
MUST_USE enum status step_source(struct plan_builder *builder, const struct query_source *source,
                                 struct plan_step **out);

/* Keeps rows whose condition (with plain names) is TRUE. */
MUST_USE enum status step_filter(struct plan_builder *builder, const struct scope *scope,
                                 enum clause clause, const struct expression *condition,
                                 const struct plan_step *input, struct plan_step **out);

/* The scope of a single source's or a join's step. */
struct scope scope_of_step(const struct plan_step *step);

/* The column of the pseudo column in the step's schema, or -1. */
int step_find_pseudo(const struct plan_step *step, enum pseudo_kind kind);

/* The plan under root, with everything else still to be filled in; NULL: no memory. */
struct plan *plan_create(struct plan_builder *builder, const struct plan_step *root);

#endif
