/* columns.h: column lists of statements into schemas.
 *
 * Source of behaviour: ksqlDB's TableElements and CreateSourceFactory. Thread: any. */
#ifndef PLANNER_COLUMNS_H
#define PLANNER_COLUMNS_H

#include "base/schema.h"
#include "base/status.h"
#include "planner/planner.h"

/* Key columns first, then the others in their order. Checks names, types and constraints. */
MUST_USE enum status columns_resolve(const struct planner *planner,
                                     const struct column_definition_list *list, bool is_table,
                                     struct schema *out);

#endif
