/* statement_control.c
 *
 * Statements that steer queries and the session: TERMINATE, PAUSE, RESUME, SET, UNSET, DEFINE,
 * UNDEFINE, and custom types.
 */
#include "base/memory.h"
#include "engine/cursor.h"
#include "engine/execution.h"
#include "engine/query.h"
#include "engine/query_load.h"

static const struct text no_id = {NULL, 0};

/* --- Queries ------------------------------------------------------------------------------ */

/* What one statement does to one query, writing what must last into commit. */
typedef enum status control_function(struct execution *execution, struct query *query,
                                     struct commit *commit);

static enum status terminate_query(struct execution *execution, struct query *query,
                                   struct commit *commit)
{
    TRY(query_terminate(query, commit, execution->diag));
    engine_remove_query(execution->engine, query);
    return STATUS_OK;
}

static enum status pause_query(struct execution *execution, struct query *query,
                               struct commit *commit)
{
    TRY(query_pause(query, execution->diag));
    return query_put_row(query, commit, execution->diag);
}

static enum status resume_query(struct execution *execution, struct query *query,
                                struct commit *commit)
{
    if (execution->statement->query_control.is_all && query->has_stand_in) {
        return STATUS_OK; /* it keeps none of the others from running */
    }
    TRY(query_resume(query, execution->diag));
    return query_put_row(query, commit, execution->diag);
}

/* The automatic query of a SOURCE TABLE is not the user's to steer. */
static bool is_of_source_table(const struct query *query)
{
    return text_starts_with(query->id, TEXT("CST_"));
}

/* The name of a push query, which may have ended meanwhile. */
static bool is_of_client(struct text id)
{
    const struct text prefix = TEXT("transient_");
    return id.bytes >= prefix.bytes &&
           text_equal_nocase((struct text){id.data, prefix.bytes}, prefix);
}

static enum status control_all(struct execution *execution, control_function *control,
                               struct commit *commit)
{
    struct engine *engine = execution->engine;
    for (size_t i = engine->query_count; i > 0; i--) { /* from the end: control may remove */
        struct query *query = engine->queries[i - 1];
        if (!is_of_source_table(query)) {
            TRY(control(execution, query, commit));
        }
    }
    return STATUS_OK;
}

static enum status control_one(struct execution *execution, control_function *control,
                               const char *verb, struct commit *commit)
{
    const struct identifier *id = &execution->statement->query_control.query_id;
    struct query *query = engine_find_query(execution->engine, id->name);
    if (!query && is_of_client(id->name)) {
        return diag_fail(execution->diag, STATUS_MISSING, id->pos,
                         "Failed to %s query with query ID: '%.*s'", verb, TEXT_ARGS(id->name));
    }
    if (!query) {
        return diag_fail(execution->diag, STATUS_MISSING, id->pos, "Unknown queryId: %.*s",
                         TEXT_ARGS(id->name));
    }
    if (is_of_source_table(query)) {
        return diag_fail(execution->diag, STATUS_INVALID, id->pos,
                         "Cannot %s query '%.*s' because it is linked to a source table.", verb,
                         TEXT_ARGS(id->name));
    }
    return control(execution, query, commit);
}

static enum status control_queries(struct execution *execution, control_function *control,
                                   const char *verb, const char *message)
{
    const struct query_control_statement *statement = &execution->statement->query_control;
    struct commit *commit = NULL;
    TRY(commit_create(&commit, execution->diag));
    const enum status status = statement->is_all
                                   ? control_all(execution, control, commit)
                                   : control_one(execution, control, verb, commit);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    execution->engine->next_sequence++;
    TRY(execution_submit(execution, commit));
    topics_wake(execution->engine->topics);
    const struct text id = statement->is_all ? TEXT("ALL") : statement->query_id.name;
    const struct text command =
        arena_printf(execution->arena, "%s/%.*s/execute", verb, TEXT_ARGS(id));
    return execution_give_status(execution, command.data, message, no_id);
}

/* A query of a client ends at its next look. */
static bool terminate_cursor(struct execution *execution, struct text id)
{
    struct engine *engine = execution->engine;
    pthread_mutex_lock(&engine->cursor_lock);
    struct cursor *cursor = engine->cursors;
    while (cursor && !text_equal_nocase(text_of(cursor->query_id), id)) {
        cursor = cursor->next_open;
    }
    if (cursor) {
        cursor_terminate(cursor);
    }
    pthread_mutex_unlock(&engine->cursor_lock);
    return cursor != NULL;
}

enum status statement_terminate(struct execution *execution)
{
    const struct query_control_statement *statement = &execution->statement->query_control;
    if (!statement->is_all && terminate_cursor(execution, statement->query_id.name)) {
        const struct text id = statement->query_id.name;
        return execution_give(execution,
                              json_pack("{s:s, s:s%, s:b}", "@type", "terminate_query", "queryId",
                                        id.data, id.bytes, "wasTerminated", 1));
    }
    return control_queries(execution, terminate_query, "terminate", "Query terminated.");
}

enum status statement_pause(struct execution *execution)
{
    return control_queries(execution, pause_query, "pause", "Query paused.");
}

enum status statement_resume(struct execution *execution)
{
    return control_queries(execution, resume_query, "resume", "Query resumed.");
}

/* --- The session -------------------------------------------------------------------------- */

enum status statement_set(struct execution *execution)
{
    const struct setting_statement *setting = &execution->statement->setting;
    const enum status status = settings_set(&execution->session->settings, setting->key,
                                            setting->value, false, execution->diag);
    if (status != STATUS_OK && execution->diag) {
        execution->diag->pos = execution->statement->pos;
    }
    return status;
}

enum status statement_unset(struct execution *execution)
{
    TRY(settings_check_name(execution->statement->setting.key, execution->diag));
    (void)settings_unset(&execution->session->settings, execution->statement->setting.key);
    return STATUS_OK;
}

enum status statement_alter_system(struct execution *execution)
{
    return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                     "Cannot alter system configs when KSQL_SHARED_RUNTIME_ENABLED is turned off.");
}

/* --- Connectors: there is no Connect cluster ------------------------------------------------- */

enum status statement_create_connector(struct execution *execution)
{
    return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                     "Failed to create connector: there is no Kafka Connect behind this server");
}

enum status statement_drop_connector(struct execution *execution)
{
    const struct drop_named_statement *drop = &execution->statement->drop_named;
    const struct text message = arena_printf(
        execution->arena, "Connector '%.*s' does not exist.", TEXT_ARGS(drop->name.name));
    if (!message.data) {
        return diag_no_memory(execution->diag);
    }
    return drop->if_exists
               ? execution_give_warning(execution, message.data)
               : diag_fail(execution->diag, STATUS_MISSING, drop->name.pos,
                           "Failed to drop connector: Connector %.*s not found",
                           TEXT_ARGS(drop->name.name));
}

/* --- More of the session ---------------------------------------------------------------------- */

/* A C string of text in the statement's arena; NULL when memory is out. */
static const char *c_string(struct execution *execution, struct text text)
{
    return arena_text(execution->arena, text).data;
}

enum status statement_define(struct execution *execution)
{
    const struct variable_statement *variable = &execution->statement->variable;
    const char *name = c_string(execution, variable->name);
    const char *value = c_string(execution, variable->value);
    return name && value ? session_define(execution->session, name, value, execution->diag)
                         : diag_no_memory(execution->diag);
}

enum status statement_undefine(struct execution *execution)
{
    const struct text name = execution->statement->variable.name;
    bool was_found = false;
    TRY(session_undefine(execution->session, name, &was_found, execution->diag));
    if (was_found) {
        return STATUS_OK;
    }
    const struct text message =
        arena_printf(execution->arena, "Cannot undefine variable '%.*s' which was never defined",
                     TEXT_ARGS(name));
    return message.data ? execution_give_warning(execution, message.data)
                        : diag_no_memory(execution->diag);
}

/* --- Custom types ------------------------------------------------------------------------- */

/* printf of a type into the statement's arena: prefix, type, suffix. */
static struct text type_message(struct execution *execution, const char *prefix,
                                const struct type *type, const char *suffix)
{
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append_string(&buffer, prefix);
    type_print(type, &buffer);
    buffer_append_string(&buffer, suffix);
    const struct text message =
        buffer.has_failed ? (struct text){NULL, 0}
                          : arena_text(execution->arena, buffer_text(&buffer));
    buffer_release(&buffer);
    return message;
}

static enum status refuse_type(struct execution *execution, struct text name,
                               const struct type *existing)
{
    const bool if_not_exists = execution->statement->create_type.if_not_exists;
    const struct text prefix = arena_printf(
        execution->arena,
        if_not_exists ? "%.*s is already registered with type "
                      : "Cannot register custom type '%.*s' since it is already registered with "
                        "type: ",
        TEXT_ARGS(name));
    if (!prefix.data) {
        return diag_no_memory(execution->diag);
    }
    const struct text message = type_message(execution, prefix.data, existing, "");
    if (!message.data) {
        return diag_no_memory(execution->diag);
    }
    return if_not_exists ? execution_give_warning(execution, message.data)
                         : diag_fail(execution->diag, STATUS_CONFLICT, execution->statement->pos,
                                     "%s", message.data);
}

enum status statement_create_type(struct execution *execution)
{
    const struct create_type_statement *create = &execution->statement->create_type;
    struct engine *engine = execution->engine;
    const struct text name = create->name.name;
    const struct type *existing = catalog_store_find_type(&engine->catalog, name);
    if (existing) {
        return refuse_type(execution, name, existing);
    }
    const struct planner planner = execution_planner(execution, execution->arena);
    const struct type *type = NULL;
    struct commit *commit = NULL;
    TRY(plan_type(&planner, create->type, &type));
    TRY(commit_create(&commit, execution->diag));
    const enum status status = catalog_store_put_type(
        &engine->catalog, name, type, engine->next_sequence++, commit, execution->diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    TRY(execution_submit(execution, commit));
    const struct text command =
        arena_printf(execution->arena, "type/%.*s/create", TEXT_ARGS(name));
    const struct text prefix =
        arena_printf(execution->arena, "Registered custom type with name '%.*s' and SQL type ",
                     TEXT_ARGS(name));
    const struct text message = type_message(execution, prefix.data, type, "");
    return execution_give_status(execution, command.data, message.data, no_id);
}

enum status statement_drop_type(struct execution *execution)
{
    const struct drop_named_statement *drop = &execution->statement->drop_named;
    struct engine *engine = execution->engine;
    const struct text name = drop->name.name;
    const struct text command =
        arena_printf(execution->arena, "type/%.*s/drop", TEXT_ARGS(name));
    if (!catalog_store_find_type(&engine->catalog, name)) {
        const struct text message =
            arena_printf(execution->arena, "Type '%.*s' does not exist", TEXT_ARGS(name));
        return drop->if_exists
                   ? execution_give_warning(execution, message.data)
                   : diag_fail(execution->diag, STATUS_MISSING, drop->name.pos,
                               "Type %.*s does not exist.", TEXT_ARGS(name));
    }
    struct commit *commit = NULL;
    TRY(commit_create(&commit, execution->diag));
    const enum status status =
        catalog_store_drop_type(&engine->catalog, name, commit, execution->diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    engine->next_sequence++;
    TRY(execution_submit(execution, commit));
    const struct text message =
        arena_printf(execution->arena, "Dropped type '%.*s'", TEXT_ARGS(name));
    return execution_give_status(execution, command.data, message.data, no_id);
}
