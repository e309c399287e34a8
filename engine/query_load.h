/* query_load.h: brings the persistent queries back at start, and adds new ones. */
#ifndef ENGINE_QUERY_LOAD_H
#define ENGINE_QUERY_LOAD_H

#include "base/status.h"
#include "state/reader.h"

struct engine;
struct query;

/* Plans every stored query anew against the stored catalog and starts it where it stood. The
 * driver must not run yet. A query that cannot be planned now, because a function is missing, is
 * there in state ERROR; whatever else fails is damage. */
MUST_USE enum status query_load_all(struct engine *engine, struct reader *reader,
                                    struct diag *diag);

/* Puts query (a reference, taken on success) at its place in the engine's list. Under the
 * engine's lock. */
MUST_USE enum status engine_add_query(struct engine *engine, struct query *query,
                                      struct diag *diag);
/* Takes it out of the list and gives up the list's reference. Under the engine's lock. */
void engine_remove_query(struct engine *engine, struct query *query);
/* NULL when there is none of this id. Under the engine's lock; borrowed. */
struct query *engine_find_query(struct engine *engine, struct text id);

/* Runs one statement of the engine's own in a session of its own. */
MUST_USE enum status engine_run_statement(struct engine *engine, struct text sql,
                                          struct diag *diag);

#endif
