/* windows.h: the WINDOW clause with its defaults.
 *
 * Source of behaviour: ksqlDB's KsqlWindowExpression and its subclasses. Thread: any. */
#ifndef PLANNER_WINDOWS_H
#define PLANNER_WINDOWS_H

#include <stdbool.h>

#include "base/status.h"
#include "parser/ast.h"
#include "planner/catalog.h"

/* ast may be NULL: WINDOW_NONE. is_final: the query says EMIT FINAL. */
MUST_USE enum status window_read(const struct select_window *ast, bool is_final,
                                 struct window_spec *out, struct diag *diag);

#endif
