/* statement_query.h: the three ways to open a cursor, under the engine's lock; and a push query as
 * others see it. */
#ifndef ENGINE_STATEMENT_QUERY_H
#define ENGINE_STATEMENT_QUERY_H

#include "engine/cursor.h"
#include "engine/execution.h"

MUST_USE enum status push_open(struct execution *execution, struct cursor **out);
MUST_USE enum status pull_open(struct execution *execution, struct cursor **out);
MUST_USE enum status print_open(struct execution *execution, struct cursor **out);

struct query_view;

/* What SHOW QUERIES and EXPLAIN show of a client's push query; valid during the call. False ends
 * the visit. Runs under cursor_lock. */
typedef bool push_visitor(void *context, const struct query_view *view);

/* Visits the open push queries. */
void push_visit(struct engine *engine, push_visitor *visit, void *context);

#endif
