/* stand_in.h: the plan of a stored query that cannot be planned now.
 *
 * It says which sources the query reads and writes, as far as its text and the catalog tell, so
 * that lists, DESCRIBE and DROP see it where it was; it is never run. */
#ifndef ENGINE_STAND_IN_H
#define ENGINE_STAND_IN_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "planner/plan.h"

struct catalog_store;

/* Makes the plan in arena, with copies of what it names. sink: data NULL when there is none. */
MUST_USE enum status stand_in_plan(const struct catalog_store *catalog, struct text sql,
                                   struct text sink, struct arena *arena, struct plan **out,
                                   struct diag *diag);

#endif
