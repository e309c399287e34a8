/* inspect.c
 *
 * A look at the catalog without copying it.
 */
#include "engine/inspect.h"

#include "engine/engine_state.h"
#include "engine/query.h"

const struct source *inspect_find_source(struct engine *engine, struct text name)
{
    return catalog_store_find_source(&engine->catalog, name);
}

const struct source *inspect_find_source_by_topic(struct engine *engine, struct text topic)
{
    const struct source *found = NULL;
    for (size_t i = 0; i < engine->catalog.source_count; i++) {
        const struct source *source = &engine->catalog.sources[i]->source;
        if (text_equal(source->topic, topic) && (!found || source->is_derived)) {
            found = source;
        }
    }
    return found;
}

const struct schema_registry *inspect_registry(struct engine *engine)
{
    return &engine->schemas.registry;
}

bool inspect_find_schema(struct engine *engine, struct text topic, enum format_side side,
                         uint32_t *out_id)
{
    struct arena arena;
    arena_init(&arena);
    const struct text subject = schema_store_subject(&arena, topic, side);
    const bool found = subject.data && schema_store_latest(&engine->schemas, subject, out_id);
    arena_release(&arena);
    return found;
}

enum status inspect_check_queries(struct engine *engine, struct diag *diag)
{
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct query *query = engine->queries[i];
        if (query_get_state(query) == QUERY_ERROR) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", query->error);
        }
    }
    return STATUS_OK;
}
