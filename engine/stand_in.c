/* stand_in.c
 *
 * A function of an extension that is not there today must not keep a whole server from starting,
 * nor may its query vanish: the query waits in state ERROR, with its positions and its state in
 * the file, until it can be planned again. Meanwhile something must stand where its plan would.
 * The text is parsed, not planned: names of sources are all that is taken from it.
 */
#include "engine/stand_in.h"

#include "engine/catalog_store.h"
#include "parser/parser.h"

/* More steps than any plan has that own stores: what TERMINATE deletes by number. */
enum { STORE_STEP_COUNT_MAX = 64 };

static const struct select_query *query_of(const struct statement *statement)
{
    if (statement->kind == STATEMENT_CREATE_AS) {
        return statement->create_as.query;
    }
    return statement->kind == STATEMENT_INSERT_SELECT ? statement->insert_select.query : NULL;
}

/* Of a source, what the world outside of its queries sees. */
static struct source *copy_source(const struct source *from, struct arena *arena)
{
    struct source *copy = ARENA_NEW(arena, struct source);
    if (!copy) {
        return NULL;
    }
    *copy = (struct source){.name = arena_text(arena, from->name),
                            .topic = arena_text(arena, from->topic),
                            .is_table = from->is_table,
                            .key_serde = {.format = from->key_serde.format},
                            .value_serde = {.format = from->value_serde.format},
                            .window = from->window};
    return copy->name.data && copy->topic.data && schema_copy(arena, &from->schema, &copy->schema)
               ? copy
               : NULL;
}

static enum status add_source(const struct catalog_store *catalog, struct text name,
                              struct arena *arena, struct plan *plan, struct diag *diag)
{
    const struct source *source = catalog_store_find_source(catalog, name);
    if (!source) {
        return STATUS_OK;
    }
    struct plan_step *step = ARENA_NEW(arena, struct plan_step);
    const struct source *copy = copy_source(source, arena);
    if (!step || !copy) {
        return diag_no_memory(diag);
    }
    *step = (struct plan_step){.kind = PLAN_SOURCE,
                               .name = "Source",
                               .schema = copy->schema,
                               .is_table = copy->is_table,
                               .window = copy->window,
                               .source = {.source = copy, .alias = copy->name}};
    plan->sources[plan->source_count++] = step;
    return STATUS_OK;
}

static enum status add_sources(const struct catalog_store *catalog,
                               const struct select_query *query, struct arena *arena,
                               struct plan *plan, struct diag *diag)
{
    plan->sources = arena_array(arena, query->join_count + 1, sizeof(*plan->sources));
    if (!plan->sources) {
        return diag_no_memory(diag);
    }
    TRY(add_source(catalog, query->from.name.name, arena, plan, diag));
    for (size_t i = 0; i < query->join_count; i++) {
        TRY(add_source(catalog, query->joins[i].source.name.name, arena, plan, diag));
    }
    return STATUS_OK;
}

static enum status add_root(const struct catalog_store *catalog, struct text sink,
                            struct arena *arena, struct plan *plan, struct diag *diag)
{
    const struct source *source = sink.data ? catalog_store_find_source(catalog, sink) : NULL;
    struct plan_step *step = ARENA_NEW(arena, struct plan_step);
    const struct source *copy = source ? copy_source(source, arena) : NULL;
    if (!step || (source && !copy)) {
        return diag_no_memory(diag);
    }
    *step = (struct plan_step){.kind = PLAN_SINK, .name = "Sink"};
    if (copy) {
        step->schema = copy->schema;
        step->is_table = copy->is_table;
        step->window = copy->window;
        step->sink = (struct plan_sink){.topic = copy->topic,
                                        .key_serde = copy->key_serde,
                                        .value_serde = copy->value_serde,
                                        .window = copy->window,
                                        .is_table = copy->is_table};
    }
    if (plan->source_count > 0) {
        step->inputs[0] = plan->sources[0];
        step->input_count = 1;
    }
    plan->root = step;
    plan->is_table = step->is_table;
    return STATUS_OK;
}

enum status stand_in_plan(const struct catalog_store *catalog, struct text sql, struct text sink,
                          struct arena *arena, struct plan **out, struct diag *diag)
{
    struct plan *plan = ARENA_NEW(arena, struct plan);
    struct statement *statement = NULL;
    struct diag ignored;
    if (!plan) {
        return diag_no_memory(diag);
    }
    *plan = (struct plan){.step_count = STORE_STEP_COUNT_MAX};
    if (parser_parse_statement(sql, NULL, arena, &statement, &ignored) == STATUS_OK &&
        query_of(statement)) {
        TRY(add_sources(catalog, query_of(statement), arena, plan, diag));
    }
    TRY(add_root(catalog, sink, arena, plan, diag));
    *out = plan;
    return STATUS_OK;
}
