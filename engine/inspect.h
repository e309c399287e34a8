/* inspect.h: sources and failures of an engine as they are, for tools that compare them with what
 * was expected. Results are borrowed until the next statement. Thread: the one that runs the
 * engine's statements. */
#ifndef ENGINE_INSPECT_H
#define ENGINE_INSPECT_H

#include "base/status.h"
#include "base/text.h"
#include "engine/engine.h"
#include "planner/catalog.h"

/* NULL when there is none of this name. */
const struct source *inspect_find_source(struct engine *engine, struct text name);
/* The source whose formats the topic's records have: the newest one that a query fills, else the
 * first one declared; NULL when there is none. */
const struct source *inspect_find_source_by_topic(struct engine *engine, struct text topic);
/* The built-in schema registry, and the id of the newest schema of one side of a topic; false
 * when it has none. */
const struct schema_registry *inspect_registry(struct engine *engine);
bool inspect_find_schema(struct engine *engine, struct text topic, enum format_side side,
                         uint32_t *out_id);
/* STATUS_INVALID with the error of the first query that is in state ERROR. */
MUST_USE enum status inspect_check_queries(struct engine *engine, struct diag *diag);

#endif
