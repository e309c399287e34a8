/* statement_query.h: the three ways to open a cursor; all run under the engine's lock. */
#ifndef ENGINE_STATEMENT_QUERY_H
#define ENGINE_STATEMENT_QUERY_H

#include "engine/cursor.h"
#include "engine/execution.h"

MUST_USE enum status push_open(struct execution *execution, struct cursor **out);
MUST_USE enum status pull_open(struct execution *execution, struct cursor **out);
MUST_USE enum status print_open(struct execution *execution, struct cursor **out);

#endif
