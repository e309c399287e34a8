/* windows.h: the WINDOW clause with its defaults.
 *
 * Source of behaviour: ksqlDB's KsqlWindowExpression and its subclasses. Thread: any. */
#ifndef PLANNER_WINDOWS_H
#define PLANNER_WINDOWS_H

#include "base/status.h"
#include "parser/ast.h"
#include "planner/catalog.h"

/* ast may be NULL: WINDOW_NONE. */
MUST_USE enum status window_read(const struct select_window *ast, struct window_spec *out,
                                 struct diag *diag);

#endif
