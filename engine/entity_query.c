/* entity_query.c
 *
 * Queries as entities: the short form of lists, the description of EXPLAIN, and the ledger. A
 * plain list reads only a query's state, which needs no lock; the ledger waits for the unit of
 * work that is running, so that its numbers belong together.
 */
#include "engine/entity.h"

#include <stddef.h>

#include "base/buffer.h"
#include "engine/engine_state.h"
#include "engine/query.h"
#include "planner/planner.h"

/* --- What a query touches ----------------------------------------------------------------- */

bool query_reads(const struct query *query, struct text source)
{
    for (uint32_t i = 0; i < query->plan->source_count; i++) {
        if (text_equal(query->plan->sources[i]->source.source->name, source)) {
            return true;
        }
    }
    return false;
}

bool query_writes(const struct query *query, struct text source)
{
    return query->plan->root->kind == PLAN_SINK && text_equal(query->sink, source);
}

static json_t *source_names(const struct plan *plan)
{
    json_t *names = json_array();
    for (uint32_t i = 0; i < plan->source_count; i++) {
        entity_append(&names, entity_text(plan->sources[i]->source.source->name));
    }
    return names;
}

/* A list of the sink's name or of its topic; empty when there is no sink. */
static json_t *sink_list(const struct plan *plan, struct text name)
{
    json_t *list = json_array();
    if (plan->root->kind == PLAN_SINK) {
        entity_append(&list, entity_text(name));
    }
    return list;
}

static struct text sink_topic(const struct plan *plan)
{
    return plan->root->kind == PLAN_SINK ? plan->root->sink.topic : (struct text){NULL, 0};
}

/* --- The ledger --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} ledger_lines[] = {
    {"recordsIn", offsetof(struct op_counters, records_in)},
    {"recordsUsed", offsetof(struct op_counters, records_used)},
    {"recordsFiltered", offsetof(struct op_counters, records_filtered)},
    {"recordsLate", offsetof(struct op_counters, records_late)},
    {"recordsFailed", offsetof(struct op_counters, records_failed)},
    {"recordsOut", offsetof(struct op_counters, records_out)},
};

json_t *entity_ledger(struct query *query)
{
    struct query_progress progress;
    query_read_progress(query, &progress);
    json_t *ledger = json_object();
    for (size_t i = 0; i < sizeof(ledger_lines) / sizeof(ledger_lines[0]); i++) {
        uint64_t count = 0;
        memcpy(&count, (const char *)&progress.counters + ledger_lines[i].offset, sizeof(count));
        entity_set(&ledger, ledger_lines[i].name, entity_count(count));
    }
    entity_set(&ledger, "lag", entity_count(progress.lag));
    return ledger;
}

json_t *entity_consumer_group(const struct engine *engine, struct text query_id)
{
    const struct text service = settings_find(&engine->settings, TEXT("ksql.service.id"));
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_printf(&buffer, "_confluent-ksql-%.*squery_%.*s", TEXT_ARGS(service),
                  TEXT_ARGS(query_id));
    return entity_take_buffer(&buffer);
}

/* --- The short form ----------------------------------------------------------------------- */

struct query_view query_view_of(struct query *query)
{
    return (struct query_view){
        .id = query->id,
        .sql = query->sql,
        .sink = query->sink,
        .plan = query->plan,
        .type = "PERSISTENT",
        .settings = &query->settings,
        .query = query,
    };
}

static const char *state_of(const struct query_view *view)
{
    return view->query ? query_state_name(query_get_state(view->query)) : view->state;
}

json_t *entity_query_line(const struct query_view *view)
{
    const char *state = state_of(view);
    json_t *entity = json_object();
    entity_set(&entity, "queryString", entity_statement(view->sql));
    entity_set(&entity, "sinks", sink_list(view->plan, view->sink));
    entity_set(&entity, "sinkKafkaTopics", sink_list(view->plan, sink_topic(view->plan)));
    entity_set(&entity, "id", entity_text(view->id));
    entity_set(&entity, "statusCount", json_pack("{s:i}", state, 1));
    entity_set(&entity, "queryType", json_string(view->type));
    entity_set(&entity, "state", json_string(state));
    return entity;
}

json_t *entity_query(struct query *query, bool is_extended)
{
    const struct query_view view = query_view_of(query);
    json_t *entity = entity_query_line(&view);
    if (is_extended) {
        entity_set(&entity, "ledger", entity_ledger(query));
    }
    return entity;
}

/* --- The description ---------------------------------------------------------------------- */

static json_t *settings_object(const struct settings *settings)
{
    json_t *object = json_object();
    for (size_t i = 0; settings && i < settings->count; i++) {
        entity_set(&object, settings->values[i].name,
                   entity_text(text_of(settings->values[i].value)));
    }
    return object;
}

/* The error that stopped the query; ksqlDB keeps the newest few, here the first one stops it. */
static json_t *query_errors(struct query *query)
{
    json_t *errors = json_array();
    if (!query) {
        return errors;
    }
    pthread_mutex_lock(&query->run_lock);
    if (query_get_state(query) == QUERY_ERROR) {
        entity_append(&errors, json_pack("{s:I, s:o, s:s}", "timestamp",
                                         (json_int_t)query->error_time_ms, "errorMessage",
                                         entity_text(text_of(query->error)), "type", "UNKNOWN"));
    }
    pthread_mutex_unlock(&query->run_lock);
    return errors;
}

static json_t *execution_plan(const struct plan *plan)
{
    struct buffer buffer;
    buffer_init(&buffer);
    plan_print(plan, &buffer);
    return entity_take_buffer(&buffer);
}

/* The topics that a query moves records between, one per line. */
static json_t *topology(const struct plan *plan)
{
    struct buffer buffer;
    buffer_init(&buffer);
    for (uint32_t i = 0; i < plan->source_count; i++) {
        buffer_printf(&buffer, "Source topic: %.*s\n",
                      TEXT_ARGS(plan->sources[i]->source.source->topic));
    }
    const struct text sink = sink_topic(plan);
    if (sink.data) {
        buffer_printf(&buffer, "Sink topic: %.*s\n", TEXT_ARGS(sink));
    }
    return entity_take_buffer(&buffer);
}

static json_t *host_status(const struct engine *engine, const struct query_view *view)
{
    json_t *status = json_object();
    const char *state = state_of(view);
    if (state) {
        struct arena arena;
        arena_init(&arena);
        const struct text host = entity_host_text(engine, &arena);
        entity_set(&status, host.data, json_string(state));
        arena_release(&arena);
    }
    return status;
}

json_t *entity_query_description(const struct engine *engine, const struct query_view *view)
{
    const struct plan_step *root = view->plan->root;
    const char *state = state_of(view);
    json_t *entity = json_object();
    entity_set(&entity, "id", entity_text(view->id));
    entity_set(&entity, "statementText", entity_statement(view->sql));
    entity_set(&entity, "windowType", entity_window(root->window.kind));
    entity_set(&entity, "fields", entity_fields(&root->schema));
    entity_set(&entity, "sources", source_names(view->plan));
    entity_set(&entity, "sinks", sink_list(view->plan, view->sink));
    entity_set(&entity, "topology", topology(view->plan));
    entity_set(&entity, "executionPlan", execution_plan(view->plan));
    entity_set(&entity, "overriddenProperties", settings_object(view->settings));
    entity_set(&entity, "ksqlHostQueryStatus", host_status(engine, view));
    entity_set(&entity, "queryType", json_string(view->type));
    entity_set(&entity, "queryErrors", query_errors(view->query));
    entity_set(&entity, "tasksMetadata", json_array());
    entity_set(&entity, "consumerGroupId", entity_consumer_group(engine, view->id));
    entity_set(&entity, "state", state ? json_string(state) : json_null());
    if (view->query) { /* what ksqlDB does not show */
        entity_set(&entity, "ledger", entity_ledger(view->query));
        entity_set(&entity, "topicOffsets", query_offsets_json(view->query));
    }
    return entity;
}
