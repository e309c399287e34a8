/* statement_drop.c
 *
 * DROP STREAM and DROP TABLE. A source goes only when no query depends on it: those that read it
 * and INSERT INTO queries on either side are named in the refusal. The query that fills it ends
 * with it, and its topic is deleted if asked, all in one commit that is durable before the client
 * hears of it. Messages are those of ksqlDB.
 */
#include "engine/execution.h"
#include "engine/query.h"
#include "engine/query_load.h"

static bool query_reads(const struct query *query, struct text name)
{
    for (uint32_t i = 0; i < query->plan->source_count; i++) {
        if (text_equal(query->plan->sources[i]->source.source->name, name)) {
            return true;
        }
    }
    return false;
}

/* Appends what to a comma-separated list. */
static void add_name(struct buffer *list, struct text what)
{
    if (list->bytes > 0) {
        buffer_append_string(list, ", ");
    }
    buffer_append_text(list, what);
}

struct dependents {
    struct buffer sinks;   /* streams and tables that read the source */
    struct buffer readers; /* INSERT INTO queries that read it */
    struct buffer writers; /* INSERT INTO queries that write it */
};

static void find_dependents(struct execution *execution, const struct source *source,
                            struct dependents *out)
{
    buffer_init(&out->sinks);
    buffer_init(&out->readers);
    buffer_init(&out->writers);
    for (size_t i = 0; i < execution->engine->query_count; i++) {
        const struct query *query = execution->engine->queries[i];
        if (text_equal(query->id, source->query_id)) {
            continue; /* its own query ends with it */
        }
        if (query_reads(query, source->name)) {
            add_name(query->is_insert ? &out->readers : &out->sinks,
                     query->is_insert ? query->id : query->sink);
        }
        if (query->is_insert && text_equal(query->sink, source->name)) {
            add_name(&out->writers, query->id);
        }
    }
}

static enum status check_droppable(struct execution *execution, const struct source *source)
{
    struct dependents dependents;
    find_dependents(execution, source, &dependents);
    enum status status = STATUS_OK;
    if (dependents.sinks.bytes > 0) {
        status = diag_fail(
            execution->diag, STATUS_CONFLICT, execution->statement->pos,
            "Cannot drop %.*s.\nThe following streams and/or tables read from this source: "
            "[%.*s].\nYou need to drop them before dropping %.*s.",
            TEXT_ARGS(source->name), TEXT_ARGS(buffer_text(&dependents.sinks)),
            TEXT_ARGS(source->name));
    } else if (dependents.readers.bytes > 0 || dependents.writers.bytes > 0) {
        status =
            diag_fail(execution->diag, STATUS_CONFLICT, execution->statement->pos,
                      "Cannot drop %.*s.\nThe following queries read from this source: [%.*s].\n"
                      "The following queries write into this source: [%.*s].\n"
                      "You need to terminate them before dropping %.*s.",
                      TEXT_ARGS(source->name), TEXT_ARGS(buffer_text(&dependents.readers)),
                      TEXT_ARGS(buffer_text(&dependents.writers)), TEXT_ARGS(source->name));
    }
    buffer_release(&dependents.sinks);
    buffer_release(&dependents.readers);
    buffer_release(&dependents.writers);
    return status;
}

static enum status delete_topic(struct execution *execution, struct commit *commit,
                                const struct source *source)
{
    struct topic *topic = topics_find(execution->engine->topics, source->topic);
    if (!topic) {
        return STATUS_OK;
    }
    const enum status status =
        topics_delete(execution->engine->topics, commit, topic, execution->diag);
    topic_unref(topic);
    return status;
}

/* The subjects of a deleted topic. */
static enum status drop_subjects(struct execution *execution, struct commit *commit,
                                 const struct source *source)
{
    static const enum format_side sides[] = {FORMAT_KEY, FORMAT_VALUE};
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        const struct serde *serde =
            sides[i] == FORMAT_KEY ? &source->key_serde : &source->value_serde;
        const struct text subject =
            schema_store_subject(execution->arena, source->topic, sides[i]);
        if (!subject.data) {
            return diag_no_memory(execution->diag);
        }
        if (format_info(serde->format)->uses_registry) {
            TRY(schema_store_drop(&execution->engine->schemas, subject, commit, execution->diag));
        }
    }
    return STATUS_OK;
}

static enum status drop_all(struct execution *execution, const struct source *source,
                            struct commit *commit)
{
    struct engine *engine = execution->engine;
    struct query *query =
        source->query_id.data ? engine_find_query(engine, source->query_id) : NULL;
    if (query) {
        TRY(query_terminate(query, commit, execution->diag));
        engine_remove_query(engine, query);
    }
    if (execution->statement->drop_source.delete_topic) {
        TRY(drop_subjects(execution, commit, source));
        TRY(delete_topic(execution, commit, source));
    }
    return catalog_store_drop_source(&engine->catalog, source->name, commit, execution->diag);
}

/* The checks of DROP; *out is NULL when IF EXISTS excuses that there is nothing to drop. */
static enum status find_droppable(struct execution *execution, const struct source **out)
{
    const struct drop_source_statement *drop = &execution->statement->drop_source;
    const bool is_table = drop->kind == AST_SOURCE_TABLE;
    *out = catalog_store_find_source(&execution->engine->catalog, drop->name.name);
    if (!*out) {
        return drop->if_exists ? STATUS_OK
                               : diag_fail(execution->diag, STATUS_MISSING, drop->name.pos,
                                           "%s %.*s does not exist.", is_table ? "Table" : "Stream",
                                           TEXT_ARGS(drop->name.name));
    }
    if ((*out)->is_table != is_table) {
        return diag_fail(execution->diag, STATUS_INVALID, drop->name.pos,
                         "Incompatible data source type is %s, but statement was DROP %s",
                         (*out)->is_table ? "TABLE" : "STREAM", is_table ? "TABLE" : "STREAM");
    }
    if (drop->delete_topic && (*out)->is_read_only) {
        return diag_fail(execution->diag, STATUS_INVALID, drop->name.pos,
                         "Cannot delete topic for read-only source: %.*s",
                         TEXT_ARGS(drop->name.name));
    }
    return check_droppable(execution, *out);
}

enum status statement_drop_source(struct execution *execution)
{
    const struct drop_source_statement *drop = &execution->statement->drop_source;
    const struct source *source = NULL;
    TRY(find_droppable(execution, &source));
    const struct text command = arena_printf(execution->arena, "%s/%.*s/drop",
                                             drop->kind == AST_SOURCE_TABLE ? "table" : "stream",
                                             TEXT_ARGS(drop->name.name));
    if (!source) {
        const struct text message = arena_printf(execution->arena, "Source `%.*s` does not exist.",
                                                 TEXT_ARGS(drop->name.name));
        return execution_give_status(execution, command.data, message.data, (struct text){NULL, 0});
    }
    const struct text message =
        arena_printf(execution->arena, "Source `%.*s` (topic: %.*s) was dropped.",
                     TEXT_ARGS(source->name), TEXT_ARGS(source->topic));
    struct commit *commit = NULL;
    TRY(commit_create(&commit, execution->diag));
    const enum status status = drop_all(execution, source, commit);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    execution->engine->next_sequence++;
    TRY(execution_submit(execution, commit));
    return execution_give_status(execution, command.data, message.data, (struct text){NULL, 0});
}
