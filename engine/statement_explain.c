/* statement_explain.c
 *
 * EXPLAIN of a running query shows the query; EXPLAIN of a statement plans it in an arena that is
 * thrown away, so that it has no effects. The id of an explained statement is the one that it
 * would get now. Pull queries, which ksqlDB refuses here, are explained too.
 */
#include <inttypes.h>

#include "base/buffer.h"
#include "engine/entity.h"
#include "engine/execution.h"
#include "engine/query.h"
#include "engine/statement_query.h"

static enum status give_description(struct execution *execution, json_t *description)
{
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "queryDescription",
                                               "queryDescription", description));
}

/* --- A running query ---------------------------------------------------------------------- */

struct wanted {
    const struct engine *engine;
    struct text id;
    json_t *description; /* NULL: not found */
};

static bool describe_wanted(void *context, const struct query_view *view)
{
    struct wanted *wanted = context;
    if (text_equal_nocase(view->id, wanted->id)) {
        wanted->description = entity_query_description(wanted->engine, view);
        return false;
    }
    return true;
}

static enum status explain_query(struct execution *execution)
{
    const struct identifier *id = &execution->statement->explain.query_id;
    struct engine *engine = execution->engine;
    for (size_t i = 0; i < engine->query_count; i++) {
        if (text_equal_nocase(engine->queries[i]->id, id->name)) {
            const struct query_view view = query_view_of(engine->queries[i]);
            return give_description(execution, entity_query_description(engine, &view));
        }
    }
    struct wanted wanted = {.engine = engine, .id = id->name};
    push_visit(engine, describe_wanted, &wanted);
    if (wanted.description) {
        return give_description(execution, wanted.description);
    }
    return diag_fail(execution->diag, STATUS_MISSING, id->pos,
                     "Query with id:%.*s does not exist, use SHOW QUERIES to view the full set "
                     "of queries.",
                     TEXT_ARGS(id->name));
}

/* --- A statement -------------------------------------------------------------------------- */

/* What explaining one kind of statement finds out. */
struct explained {
    struct plan *plan;
    struct text id;
    struct text sink;
    const char *type;
};

static enum status explain_create_as(const struct execution *execution,
                                     const struct planner *planner,
                                     const struct statement *statement, struct explained *out)
{
    struct source_definition sink;
    TRY(plan_create_as(planner, &statement->create_as, &sink, &out->plan));
    out->sink = sink.source.name;
    out->id =
        arena_printf(planner->arena, "%s_%.*s_%" PRIu64, sink.source.is_table ? "CTAS" : "CSAS",
                     TEXT_ARGS(sink.source.name), execution->engine->next_sequence);
    out->type = "PERSISTENT";
    return STATUS_OK;
}

static enum status explain_insert(const struct execution *execution, const struct planner *planner,
                                  const struct statement *statement, struct explained *out)
{
    TRY(plan_insert_select(planner, &statement->insert_select, &out->plan));
    out->sink = statement->insert_select.target.name;
    out->id =
        arena_printf(planner->arena, "INSERTQUERY_%" PRIu64, execution->engine->next_sequence);
    out->type = "PERSISTENT";
    return STATUS_OK;
}

static enum status explain_push(const struct execution *execution, const struct planner *planner,
                                const struct statement *statement, struct explained *out)
{
    TRY(plan_push(planner, statement->query, &out->plan));
    out->id = arena_printf(planner->arena, "transient_%.*s_%" PRIu64,
                           TEXT_ARGS(out->plan->sources[0]->source.source->name),
                           (uint64_t)atomic_load(&execution->engine->next_transient));
    out->type = "PUSH";
    return STATUS_OK;
}

typedef enum status explain_function(const struct execution *execution,
                                     const struct planner *planner,
                                     const struct statement *statement, struct explained *out);

/* NULL: statements of this kind run no query. */
static explain_function *find_explainer(enum statement_kind kind)
{
    static explain_function *const explainers[STATEMENT_KIND_COUNT] = {
        [STATEMENT_CREATE_AS] = explain_create_as,
        [STATEMENT_INSERT_SELECT] = explain_insert,
        [STATEMENT_QUERY] = explain_push,
    };
    return explainers[kind];
}

static enum status explain_running(struct execution *execution, const struct planner *planner,
                                   const struct statement *statement)
{
    explain_function *explain = find_explainer(statement->kind);
    if (!explain) {
        return diag_fail(execution->diag, STATUS_INVALID, statement->pos,
                         "The provided statement does not run a ksql query");
    }
    struct explained explained = {.plan = NULL};
    TRY(explain(execution, planner, statement, &explained));
    if (!explained.id.data) {
        return diag_no_memory(execution->diag);
    }
    const struct query_view view = {
        .id = explained.id,
        .sql = statement->text,
        .sink = explained.sink,
        .plan = explained.plan,
        .type = explained.type,
        .settings = &execution->session->settings,
    };
    return give_description(execution, entity_query_description(execution->engine, &view));
}

/* --- A pull query ------------------------------------------------------------------------- */

static json_t *pull_steps(const struct pull_plan *plan)
{
    struct buffer buffer;
    buffer_init(&buffer);
    pull_plan_print(plan, &buffer);
    return entity_take_buffer(&buffer);
}

static enum status explain_pull(struct execution *execution, const struct planner *planner,
                                const struct statement *statement)
{
    struct pull_plan plan;
    TRY(plan_pull(planner, statement->query, &plan));
    json_t *sources = json_array();
    entity_append(&sources, entity_text(plan.source->name));
    json_t *entity = json_object();
    entity_set(&entity, "id", json_string(""));
    entity_set(&entity, "statementText", entity_statement(statement->text));
    entity_set(&entity, "windowType", entity_window(plan.source->window.kind));
    entity_set(&entity, "fields", entity_fields(&plan.schema));
    entity_set(&entity, "sources", sources);
    entity_set(&entity, "sinks", json_array());
    entity_set(&entity, "topology", json_string(""));
    entity_set(&entity, "executionPlan", pull_steps(&plan));
    entity_set(&entity, "overriddenProperties", json_object());
    entity_set(&entity, "ksqlHostQueryStatus", json_object());
    entity_set(&entity, "queryType", json_string("PULL"));
    entity_set(&entity, "queryErrors", json_array());
    entity_set(&entity, "tasksMetadata", json_array());
    entity_set(&entity, "consumerGroupId", json_string(""));
    entity_set(&entity, "state", json_null());
    return give_description(execution, entity);
}

enum status statement_explain(struct execution *execution)
{
    const struct statement *statement = execution->statement->explain.statement;
    if (!statement) {
        return explain_query(execution);
    }
    const struct planner planner = execution_planner(execution, execution->arena);
    return statement->kind == STATEMENT_QUERY && statement->query->emit == AST_EMIT_NONE
               ? explain_pull(execution, &planner, statement)
               : explain_running(execution, &planner, statement);
}
