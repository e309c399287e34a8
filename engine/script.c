/* script.c
 *
 * A script is parsed whole, then run statement by statement. One table says for each kind of
 * statement which function runs it, how the engine's lock is held meanwhile, and, for kinds
 * that do not run here, how the refusal names them.
 */
#include <assert.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "engine/execution.h"
#include "parser/caret.h"
#include "parser/parser.h"

struct script {
    atomic_uint references; /* the client's, and those of plans that borrow from the tree */
    struct engine *engine;
    struct session *session;
    struct arena arena;
    struct statement_list statements;
    size_t next;
};

/* How a statement holds the engine's lock. */
enum lock_mode {
    LOCK_NONE,
    LOCK_SHARED, /* what is in the catalog stays there meanwhile */
    LOCK_ALONE,  /* it may change the catalog */
};

static const struct {
    statement_function *run; /* NULL: refused by name */
    const char *name;
    enum lock_mode lock;
    bool is_query;
} kinds[] = {
    [STATEMENT_QUERY] = {statement_query, "SELECT", LOCK_SHARED, true},
    [STATEMENT_CREATE_SOURCE] = {statement_create_source, "CREATE", LOCK_ALONE, false},
    [STATEMENT_CREATE_AS] = {statement_create_as, "CREATE AS SELECT", LOCK_ALONE, false},
    [STATEMENT_INSERT_SELECT] = {statement_insert_select, "INSERT INTO", LOCK_ALONE, false},
    [STATEMENT_INSERT_VALUES] = {statement_insert_values, "INSERT VALUES", LOCK_SHARED, false},
    [STATEMENT_DROP_SOURCE] = {statement_drop_source, "DROP", LOCK_ALONE, false},
    [STATEMENT_ALTER_SOURCE] = {statement_alter_source, "ALTER", LOCK_ALONE, false},
    [STATEMENT_CREATE_TYPE] = {statement_create_type, "CREATE TYPE", LOCK_ALONE, false},
    [STATEMENT_DROP_TYPE] = {statement_drop_type, "DROP TYPE", LOCK_ALONE, false},
    [STATEMENT_CREATE_CONNECTOR] = {statement_create_connector, "CREATE CONNECTOR",
                                    LOCK_NONE, false},
    [STATEMENT_DROP_CONNECTOR] = {statement_drop_connector, "DROP CONNECTOR", LOCK_NONE, false},
    [STATEMENT_LIST] = {statement_list, "SHOW", LOCK_SHARED, false},
    [STATEMENT_DESCRIBE] = {statement_describe, "DESCRIBE", LOCK_SHARED, false},
    [STATEMENT_PRINT] = {statement_print, "PRINT", LOCK_SHARED, true},
    [STATEMENT_TERMINATE] = {statement_terminate, "TERMINATE", LOCK_ALONE, false},
    [STATEMENT_PAUSE] = {statement_pause, "PAUSE", LOCK_ALONE, false},
    [STATEMENT_RESUME] = {statement_resume, "RESUME", LOCK_ALONE, false},
    [STATEMENT_SET] = {statement_set, "SET", LOCK_NONE, false},
    [STATEMENT_UNSET] = {statement_unset, "UNSET", LOCK_NONE, false},
    [STATEMENT_ALTER_SYSTEM] = {statement_alter_system, "ALTER SYSTEM", LOCK_NONE, false},
    [STATEMENT_DEFINE] = {statement_define, "DEFINE", LOCK_NONE, false},
    [STATEMENT_UNDEFINE] = {statement_undefine, "UNDEFINE", LOCK_NONE, false},
    [STATEMENT_EXPLAIN] = {statement_explain, "EXPLAIN", LOCK_SHARED, false},
    [STATEMENT_ASSERT_TOPIC] = {statement_assert_topic, "ASSERT TOPIC", LOCK_NONE, false},
    [STATEMENT_ASSERT_SCHEMA] = {statement_assert_schema, "ASSERT SCHEMA", LOCK_NONE, false},
    [STATEMENT_ASSERT_VALUES] = {statement_assert_values, "ASSERT VALUES", LOCK_SHARED, false},
    [STATEMENT_ASSERT_NULL_VALUES] = {statement_assert_values, "ASSERT NULL VALUES",
                                      LOCK_SHARED, false},
    [STATEMENT_ASSERT_SOURCE] = {statement_assert_source, "ASSERT STREAM or ASSERT TABLE",
                                 LOCK_SHARED, false},
    [STATEMENT_RUN_SCRIPT] = {NULL, "RUN SCRIPT", LOCK_NONE, false},
};
static_assert(sizeof(kinds) / sizeof(kinds[0]) == STATEMENT_KIND_COUNT, "one row per kind");

enum status script_open(struct engine *engine, struct session *session, struct text sql,
                        struct script **out, struct diag *diag)
{
    struct script *script = memory_zalloc(sizeof(*script));
    if (!script) {
        return diag_no_memory(diag);
    }
    atomic_init(&script->references, 1);
    script->engine = engine;
    script->session = session;
    arena_init(&script->arena);
    struct parser_options options = {0};
    enum status status = session_parser_options(session, &script->arena, &options, diag);
    if (status == STATUS_OK) {
        status = parser_parse_script(sql, &options, &script->arena, &script->statements, diag);
    }
    if (status != STATUS_OK) {
        script_close(script);
        return status;
    }
    *out = script;
    return STATUS_OK;
}

struct script *script_ref(struct script *script)
{
    if (script) {
        atomic_fetch_add(&script->references, 1);
    }
    return script;
}

void script_unref(struct script *script)
{
    if (script && atomic_fetch_sub(&script->references, 1) == 1) {
        arena_release(&script->arena);
        memory_free(script);
    }
}

void script_close(struct script *script)
{
    script_unref(script);
}

void script_print_error(struct buffer *out, struct text file, struct text sql,
                        const struct diag *diag)
{
    caret_print(out, file, sql, diag);
}

bool script_peek_at(const struct script *script, size_t ahead, struct outcome *out)
{
    *out = (struct outcome){.kind = OUTCOME_END};
    if (ahead >= script->statements.count - script->next) {
        return false;
    }
    const struct statement *statement = script->statements.items[script->next + ahead];
    out->kind = OUTCOME_NONE;
    out->statement = statement->text;
    out->pos = statement->pos;
    out->type_name = kinds[statement->kind].name;
    out->is_query = kinds[statement->kind].is_query;
    out->is_insert = statement->kind == STATEMENT_INSERT_VALUES;
    out->is_assert = statement->kind == STATEMENT_ASSERT_TOPIC ||
                     statement->kind == STATEMENT_ASSERT_SCHEMA;
    out->is_print = statement->kind == STATEMENT_PRINT;
    out->is_push =
        statement->kind == STATEMENT_QUERY && statement->query->emit != AST_EMIT_NONE;
    return true;
}

void script_peek(const struct script *script, struct outcome *out)
{
    (void)script_peek_at(script, 0, out);
}

void script_skip(struct script *script)
{
    script->next += script->next < script->statements.count;
}

/* --- The planner's view of the catalog ---------------------------------------------------- */

static const struct source *find_source(void *context, struct text name)
{
    const struct execution *execution = context;
    if (execution->hidden.data && text_equal(name, execution->hidden)) {
        return NULL;
    }
    return catalog_store_find_source(&execution->engine->catalog, name);
}

static void each_source(void *context, void *visit_context,
                        void (*visit)(void *visit_context, const struct source *source))
{
    const struct execution *execution = context;
    const struct catalog_store *store = &execution->engine->catalog;
    for (size_t i = 0; i < store->source_count; i++) {
        visit(visit_context, &store->sources[i]->source);
    }
}

static const struct type *find_type(void *context, struct text name)
{
    const struct execution *execution = context;
    return catalog_store_find_type(&execution->engine->catalog, name);
}

static bool find_topic(void *context, struct text name, struct catalog_topic *out)
{
    const struct execution *execution = context;
    struct topic *topic = topics_find(execution->engine->topics, name);
    if (!topic) {
        return false;
    }
    *out = (struct catalog_topic){.partition_count = topic_partition_count(topic),
                                  .retention_ms = topic_get_config(topic)->retention_ms};
    topic_unref(topic);
    return true;
}

static struct text find_setting(void *context, struct text name)
{
    const struct execution *execution = context;
    return settings_find(&execution->session->settings, name);
}

static enum status infer_columns(void *context, const struct schema_question *question,
                                 struct arena *arena, const struct type_field **out,
                                 uint32_t *out_count, struct diag *diag)
{
    const struct execution *execution = context;
    return schema_store_infer(&execution->engine->schemas, question, arena, out, out_count, diag);
}

void execution_init_catalog(struct execution *execution)
{
    execution->catalog = (struct catalog){.context = execution,
                                          .find_source = find_source,
                                          .each_source = each_source,
                                          .find_type = find_type,
                                          .find_topic = find_topic,
                                          .find_setting = find_setting,
                                          .infer_columns = infer_columns};
}

struct text execution_setting(const struct execution *execution, const char *name)
{
    return settings_find(&execution->session->settings, text_of(name));
}

struct planner execution_planner(const struct execution *execution, struct arena *arena)
{
    return (struct planner){
        .catalog = &execution->catalog,
        .registry = execution->engine->registry,
        .arena = arena,
        .diag = execution->diag,
        .now_ms = engine_now_ms(execution->engine),
        .constants = &execution->evaluation->context,
    };
}

/* --- Results ------------------------------------------------------------------------------ */

enum status execution_give(struct execution *execution, json_t *entity)
{
    const struct text text = execution->statement->text;
    json_t *statement_text = entity ? json_pack("s%+", text.data, text.bytes, ";") : NULL;
    if (!statement_text ||
        json_object_set_new(entity, "statementText", statement_text) != 0 ||
        (!json_object_get(entity, "warnings") &&
         json_object_set_new(entity, "warnings", json_array()) != 0)) {
        json_decref(entity);
        return diag_no_memory(execution->diag);
    }
    execution->out->kind = OUTCOME_ENTITY;
    execution->out->entity = entity;
    return STATUS_OK;
}

enum status execution_give_status(struct execution *execution, const char *command,
                                  const char *message, struct text query_id)
{
    json_t *id = query_id.data ? json_stringn(query_id.data, query_id.bytes) : json_null();
    json_t *entity = json_pack("{s:s, s:s, s:{s:s, s:s, s:o}, s:I}", "@type", "currentStatus",
                               "commandId", command, "commandStatus", "status", "SUCCESS",
                               "message", message, "queryId", id, "commandSequenceNumber",
                               (json_int_t)execution->engine->next_sequence - 1);
    return execution_give(execution, entity);
}

enum status execution_give_warning(struct execution *execution, const char *message)
{
    return execution_give(
        execution, json_pack("{s:s, s:s}", "@type", "warning_entity", "message", message));
}

enum status execution_submit(struct execution *execution, struct commit *commit)
{
    if (execution->done) {
        const enum status status = commit_on_finish(commit, execution->done,
                                                    execution->done_context, execution->diag);
        if (status != STATUS_OK) {
            commit_destroy(commit);
            return status;
        }
        execution->has_submitted = true; /* done is called even if submitting fails */
    }
    TRY(topics_submit(execution->engine->topics, commit, &execution->ticket, execution->diag));
    execution->has_submitted = true;
    return STATUS_OK;
}

/* --- Running ------------------------------------------------------------------------------ */

/* What a statement of this kind does, under the lock if it needs it. */
static enum status call_statement(struct execution *execution)
{
    const enum statement_kind kind = execution->statement->kind;
    if (!kinds[kind].run) {
        return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                         "%s statements do not run here.", kinds[kind].name);
    }
    pthread_rwlock_t *lock = &execution->engine->lock;
    switch (kinds[kind].lock) {
    case LOCK_NONE:
        return kinds[kind].run(execution);
    case LOCK_SHARED:
        pthread_rwlock_rdlock(lock);
        break;
    case LOCK_ALONE:
        pthread_rwlock_wrlock(lock);
        break;
    }
    const enum status status = kinds[kind].run(execution);
    pthread_rwlock_unlock(lock);
    return status;
}

static enum status run_statement(struct execution *execution)
{
    TRY(call_statement(execution));
    if (!execution->has_submitted || execution->done) {
        return STATUS_OK;
    }
    const enum status status = committer_wait(execution->engine->committer, execution->ticket, -1,
                                              execution->diag);
    if (status != STATUS_OK) {
        json_decref(execution->out->entity);
        execution->out->entity = NULL;
        execution->out->kind = OUTCOME_NONE;
    }
    return status;
}

/* Runs the next statement; done and context are NULL or as in script_step_async(). */
static enum status step(struct script *script, struct outcome *out, bool *out_is_pending,
                        void (*done)(void *context, enum status status), void *context,
                        struct diag *diag)
{
    const struct statement *statement = script->statements.items[script->next];
    struct arena arena;
    arena_init(&arena);
    struct execution execution = {
        .engine = script->engine,
        .session = script->session,
        .script = script,
        .statement = statement,
        .arena = &arena,
        .out = out,
        .diag = diag,
        .done = statement->kind == STATEMENT_INSERT_VALUES ? done : NULL,
        .done_context = context,
    };
    execution_init_catalog(&execution);
    struct evaluation evaluation;
    execution.evaluation = &evaluation;
    enum status status = evaluation_init(&evaluation, script->engine, &arena, diag);
    if (status == STATUS_OK) {
        status = run_statement(&execution);
        evaluation_release(&evaluation);
    }
    arena_release(&arena);
    *out_is_pending = execution.done && execution.has_submitted;
    if (status == STATUS_OK) {
        script->next++;
    }
    return status;
}

enum status script_step(struct script *script, struct outcome *out, struct diag *diag)
{
    bool is_pending = false;
    script_peek(script, out);
    return out->kind == OUTCOME_END ? STATUS_OK
                                    : step(script, out, &is_pending, NULL, NULL, diag);
}

enum status script_step_async(struct script *script, struct outcome *out, bool *out_is_pending,
                              void (*done)(void *context, enum status status), void *context,
                              struct diag *diag)
{
    *out_is_pending = false;
    script_peek(script, out);
    return out->kind == OUTCOME_END ? STATUS_OK
                                    : step(script, out, out_is_pending, done, context, diag);
}
