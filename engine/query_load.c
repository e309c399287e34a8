/* query_load.c
 *
 * The stored form of a query is its SQL text and settings of its birth. Planning is pure and its
 * inputs, the sources, are stored too, so planning again gives the same steps with the same
 * numbers, and the state in the file fits. Columns added to a source since then stay invisible to
 * a query that named its columns; one that used * is held to its sink's columns by the check that
 * the plan's schema equals the stored sink's.
 *
 * Queries also get their rank here: how long the longest chain of queries is that leads to them.
 * The driver runs them by rank, so that a query finds all that was derived for it whatever the
 * order of creation (INSERT INTO may feed a stream that has long been read) and wherever a
 * restart cut the work. One that goes leaves the others at their ranks: being higher than needed
 * changes nothing. Queries that feed each other in a circle have no such order: what they
 * give then depends on where the work was cut.
 */
#include "engine/query_load.h"

#include <jansson.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/execution.h"
#include "engine/query.h"
#include "engine/stand_in.h"
#include "parser/parser.h"

/* data NULL for a query that writes none. */
static struct text sink_topic(const struct query *query)
{
    const struct plan_step *root = query->plan->root;
    return root->kind == PLAN_SINK ? root->sink.topic : (struct text){NULL, 0};
}

static bool reads_from(const struct query *query, const struct query *other)
{
    const struct text topic = sink_topic(other);
    for (uint32_t i = 0; topic.data && i < query->plan->source_count; i++) {
        if (text_equal(query->plan->sources[i]->source.source->topic, topic)) {
            return true;
        }
    }
    return false;
}

static void find_rivals(struct engine *engine, struct query *query)
{
    const struct text topic = sink_topic(query);
    for (size_t i = 0; topic.data && i < engine->query_count; i++) {
        struct query *other = engine->queries[i];
        if (other != query && text_equal(sink_topic(other), topic)) {
            atomic_store(&other->has_rivals, true);
            atomic_store(&query->has_rivals, true);
        }
    }
}

/* Lifts query above what it reads from. */
static void lift(const struct engine *engine, struct query *query)
{
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct query *other = engine->queries[i];
        if (other != query && other->rank >= query->rank && reads_from(query, other)) {
            query->rank = other->rank + 1;
        }
    }
}

/* Lifts above query what reads from it; whether there was anything. */
static bool lift_readers(struct engine *engine, struct query *query)
{
    bool has_lifted = false;
    for (size_t i = 0; i < engine->query_count; i++) {
        struct query *other = engine->queries[i];
        if (other != query && other->rank <= query->rank && reads_from(other, query)) {
            other->rank = query->rank + 1;
            other->was_lifted = true;
            has_lifted = true;
        }
    }
    query->was_lifted = false;
    return has_lifted;
}

/* Finds the new query's place, and lifts what it feeds: one look at each query, unless something
 * that runs already reads from it. Ends after as many turns as the longest chain has queries, or,
 * in a circle, as there are queries. */
static void rank_query(struct engine *engine, struct query *query)
{
    lift(engine, query);
    bool is_settled = !lift_readers(engine, query);
    for (size_t turn = 0; turn < engine->query_count && !is_settled; turn++) {
        is_settled = true;
        for (size_t i = 0; i < engine->query_count; i++) {
            if (engine->queries[i]->was_lifted) {
                is_settled = !lift_readers(engine, engine->queries[i]) && is_settled;
            }
        }
    }
}

enum status engine_add_query(struct engine *engine, struct query *query, struct diag *diag)
{
    if (engine->query_count == engine->query_capacity) {
        const size_t capacity = engine->query_capacity ? engine->query_capacity * 2 : 16;
        struct query **queries =
            memory_resize(engine->queries, capacity * sizeof(struct query *));
        if (!queries) {
            return diag_no_memory(diag);
        }
        engine->queries = queries;
        engine->query_capacity = capacity;
    }
    size_t at = engine->query_count;
    while (at > 0 && engine->queries[at - 1]->number > query->number) {
        engine->queries[at] = engine->queries[at - 1];
        at--;
    }
    engine->queries[at] = query;
    engine->query_count++;
    atomic_fetch_add(&engine->query_version, 1);
    rank_query(engine, query);
    find_rivals(engine, query);
    return STATUS_OK;
}

void engine_remove_query(struct engine *engine, struct query *query)
{
    for (size_t i = 0; i < engine->query_count; i++) {
        if (engine->queries[i] == query) {
            engine->query_count--;
            atomic_fetch_add(&engine->query_version, 1);
            memmove(&engine->queries[i], &engine->queries[i + 1],
                    (engine->query_count - i) * sizeof(engine->queries[0]));
            query_unref(query);
            return;
        }
    }
}

struct query *engine_find_query(struct engine *engine, struct text id)
{
    for (size_t i = 0; i < engine->query_count; i++) {
        if (text_equal_nocase(engine->queries[i]->id, id)) {
            return engine->queries[i];
        }
    }
    return NULL;
}

/* Plans what the stored statement says, without its effects on catalog and topics. */
static enum status plan_stored(struct execution *execution, struct text sink, struct arena *arena,
                               struct plan **out)
{
    const struct planner planner = execution_planner(execution, arena);
    const struct statement *statement = execution->statement;
    if (statement->kind == STATEMENT_CREATE_AS) {
        execution->hidden = sink; /* it did not exist when this was planned first */
        struct source_definition sink_source;
        return plan_create_as(&planner, &statement->create_as, &sink_source, out);
    }
    if (statement->kind == STATEMENT_INSERT_SELECT) {
        return plan_insert_select(&planner, &statement->insert_select, out);
    }
    const struct source *source = catalog_store_find_source(&execution->engine->catalog, sink);
    return source ? plan_source_table(&planner, source, out)
                  : diag_fail(execution->diag, STATUS_CORRUPT, SQL_POS_NONE,
                              "the source table of a query is missing");
}

/* The query takes execution->arena, in which the statement lies. */
static enum status start_stored(struct execution *execution, const struct query_definition *query)
{
    struct engine *engine = execution->engine;
    struct plan *plan = NULL;
    struct query *started = NULL;
    enum status status = plan_stored(execution, query->sink, execution->arena, &plan);
    if (status == STATUS_OK) {
        status = query_create(engine, query, plan, execution->arena, &started, execution->diag);
    }
    if (status == STATUS_OK) {
        status = engine_add_query(engine, started, execution->diag);
        if (status != STATUS_OK) {
            query_unref(started);
        }
    }
    return status;
}

static struct text member_text(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);
    return json_is_string(value)
               ? (struct text){json_string_value(value), json_string_length(value)}
               : (struct text){NULL, 0};
}

static enum status restore_settings(struct session *session, const json_t *settings,
                                    struct diag *diag)
{
    const char *name = NULL;
    const json_t *value = NULL;
    json_object_foreach ((json_t *)settings, name, value) {
        TRY(settings_set(&session->settings, text_of(name), text_of(json_string_value(value)),
                         true, diag));
    }
    return STATUS_OK;
}

/* Plans and starts the query as its session would. */
static enum status load_running(struct session *session, const struct query_definition *definition,
                                struct diag *diag)
{
    struct engine *engine = session->engine;
    struct statement *statement = NULL;
    struct evaluation evaluation;
    struct arena arena;
    arena_init(&arena);
    enum status status = parser_parse_statement(definition->sql, NULL, &arena, &statement, diag);
    if (status == STATUS_OK) {
        status = evaluation_init(&evaluation, engine, &arena, diag);
    }
    if (status == STATUS_OK) {
        struct execution execution = {.engine = engine,
                                      .session = session,
                                      .statement = statement,
                                      .arena = &arena,
                                      .evaluation = &evaluation,
                                      .diag = diag};
        execution_init_catalog(&execution);
        status = start_stored(&execution, definition);
        evaluation_release(&evaluation);
    }
    arena_release(&arena);
    return status;
}

static enum status load_stand_in(struct engine *engine, const struct query_definition *definition,
                                 struct diag *diag)
{
    struct plan *plan = NULL;
    struct query *query = NULL;
    struct arena arena;
    arena_init(&arena);
    enum status status = stand_in_plan(&engine->catalog, definition->sql, definition->sink, &arena,
                                       &plan, diag);
    if (status == STATUS_OK) {
        status = query_create(engine, definition, plan, &arena, &query, diag);
    }
    if (status == STATUS_OK) {
        status = engine_add_query(engine, query, diag);
        if (status != STATUS_OK) {
            query_unref(query);
        }
    }
    arena_release(&arena);
    return status;
}

/* Whether someone can mend it with the data as it is. */
static bool is_mendable(enum status status)
{
    return status == STATUS_INVALID || status == STATUS_MISSING || status == STATUS_CONFLICT ||
           status == STATUS_LIMIT;
}

static enum status load_body(struct engine *engine, struct text id, int64_t sequence,
                             const json_t *body, struct diag *diag)
{
    struct session *session = NULL;
    struct query_definition definition = {
        .id = id,
        .number = (uint64_t)sequence,
        .sql = member_text(body, "sql"),
        .sink = member_text(body, "sink"),
        .is_insert = json_is_true(json_object_get(body, "is_insert")),
        .from_earliest = json_is_true(json_object_get(body, "from_earliest")),
        .is_paused = json_is_true(json_object_get(body, "is_paused")),
    };
    TRY(session_create(engine, &session, diag));
    enum status status = restore_settings(session, json_object_get(body, "settings"), diag);
    if (status == STATUS_OK) {
        definition.settings = &session->settings;
        status = load_running(session, &definition, diag);
    }
    if (is_mendable(status)) {
        struct diag again;
        definition.failure = diag->message;
        status = load_stand_in(engine, &definition, &again);
        if (status != STATUS_OK) {
            *diag = again;
        }
    }
    session_destroy(session);
    return status;
}

static enum status load_row(void *context, struct text name, int64_t sequence, struct text body,
                            struct diag *diag)
{
    struct engine *engine = context;
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    enum status status = json ? load_body(engine, name, sequence, json, diag)
                              : diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "not JSON");
    if (status != STATUS_OK) {
        diag_prefix(diag, "query %.*s cannot be started again: ", TEXT_ARGS(name));
        diag->pos = SQL_POS_NONE; /* the place was in the stored text */
    }
    if ((uint64_t)sequence >= engine->next_sequence) {
        engine->next_sequence = (uint64_t)sequence + 1;
    }
    json_decref(json);
    return status;
}

enum status query_load_all(struct engine *engine, struct reader *reader, struct diag *diag)
{
    return reader_scan_catalog(reader, TEXT("query"), load_row, engine, diag);
}

enum status engine_run_statement(struct engine *engine, struct text sql, struct diag *diag)
{
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {0};
    TRY(session_create(engine, &session, diag));
    enum status status = script_open(engine, session, sql, &script, diag);
    if (status == STATUS_OK) {
        status = script_step(script, &outcome, diag);
        json_decref(outcome.entity);
        script_close(script);
    }
    session_destroy(session);
    return status;
}
