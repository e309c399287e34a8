/* test_catalog.c
 *
 * The one file of the runner that looks behind engine.h.
 */
#include "shell/test_catalog.h"

#include "engine/engine_state.h"
#include "engine/query.h"
#include "engine/serde.h"

const struct source *test_catalog_find(struct engine *engine, struct text name)
{
    return catalog_store_find_source(&engine->catalog, name);
}

const struct source *test_catalog_find_by_topic(struct engine *engine, struct text topic)
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

enum status test_catalog_check_queries(struct engine *engine, struct diag *diag)
{
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct query *query = engine->queries[i];
        if (query_get_state(query) == QUERY_ERROR) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", query->error);
        }
    }
    return STATUS_OK;
}

enum status test_side_of(struct arena *arena, const struct source *source, enum format_side side,
                         struct test_side *out, struct diag *diag)
{
    const struct serde *serde = side == FORMAT_KEY ? &source->key_serde : &source->value_serde;
    const enum column_role role = side == FORMAT_KEY ? COLUMN_KEY : COLUMN_VALUE;
    struct type_field *columns = arena_array(arena, source->schema.column_count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    *out = (struct test_side){.format = serde->format,
                              .side = side,
                              .wrap = serde_wrap(serde, side),
                              .delimiter = serde_delimiter(serde),
                              .columns = columns};
    for (uint32_t i = 0; i < source->schema.column_count; i++) {
        const struct schema_column *column = &source->schema.columns[i];
        if (column->role == role) {
            columns[out->column_count++] = (struct type_field){column->name, column->type};
        }
    }
    return STATUS_OK;
}
