/* statement_source.c
 *
 * CREATE, CREATE AS, INSERT INTO SELECT and ALTER of streams and tables. Each one plans
 * first, then builds one commit with everything that changes (topic, catalog rows, the query's
 * row), and takes effect in memory only in ways that a failed step can take back; the last step
 * is the commit, which is durable before the client hears of it.
 */
#include <ctype.h>
#include <stdlib.h>

#include "engine/execution.h"
#include "engine/query.h"
#include "engine/query_load.h"
#include "engine/serde.h"

static const char *kind_name(bool is_table)
{
    return is_table ? "Table" : "Stream";
}

static const char *kind_word(bool is_table)
{
    return is_table ? "table" : "stream";
}

/* "stream/`X`/create": how ksqlDB names a command. */
static struct text command_of(struct execution *execution, bool is_table, struct text name,
                              const char *action)
{
    return arena_printf(execution->arena, "%s/`%.*s`/%s", kind_word(is_table), TEXT_ARGS(name),
                        action);
}

/* IF NOT EXISTS over a name that is taken: a warning, and *out_done. Without it the planner
 * refuses the name. */
static enum status skip_existing(struct execution *execution, struct identifier name,
                                 bool is_table, bool if_not_exists, bool *out_done)
{
    const struct source *existing =
        catalog_store_find_source(&execution->engine->catalog, name.name);
    *out_done = existing && if_not_exists;
    if (!*out_done) {
        return STATUS_OK;
    }
    const struct text message = arena_printf(
        execution->arena, "Cannot add %s `%.*s`: A %s with the same name already exists.",
        kind_word(is_table), TEXT_ARGS(name.name), kind_word(existing->is_table));
    return message.data ? execution_give_warning(execution, message.data)
                        : diag_no_memory(execution->diag);
}

static enum status create_topic(struct execution *execution, struct commit *commit,
                                const struct source_definition *definition)
{
    struct topics *topics = execution->engine->topics;
    if (definition->partition_count == 0) {
        return STATUS_OK;
    }
    struct topic *existing = topics_find(topics, definition->source.topic);
    if (existing) { /* the planner has compared partitions already */
        topic_unref(existing);
        return STATUS_OK;
    }
    struct topic_config config = topic_config_default();
    config.retention_ms = definition->retention_ms;
    config.cleanup_policy =
        definition->source.is_table && definition->source.window.kind == WINDOW_NONE
            ? TEXT("compact")
            : TEXT("delete");
    return topics_create(topics, commit, definition->source.topic, definition->partition_count,
                         &config, NULL, execution->diag);
}

/* --- Schemas ------------------------------------------------------------------------------ */

/* Registers what the columns of one side look like in its topic. only_first: unless the subject
 * has a schema already, as for CREATE with columns. */
static enum status register_side(struct execution *execution, const struct source *source,
                                 enum format_side side, bool only_first, struct commit *commit)
{
    struct schema_store *store = &execution->engine->schemas;
    const bool is_key = side == FORMAT_KEY;
    struct schema_side written = {.serde = is_key ? &source->key_serde : &source->value_serde,
                                  .side = side,
                                  .topic = source->topic};
    struct schema_use use;
    uint32_t id = 0;
    if (!format_info(written.serde->format)->uses_registry) {
        return STATUS_OK;
    }
    const struct text subject = schema_store_subject(execution->arena, source->topic, side);
    if (!subject.data) {
        return diag_no_memory(execution->diag);
    }
    if (only_first && schema_store_latest(store, subject, &id)) {
        return STATUS_OK;
    }
    TRY(serde_columns(execution->arena, &source->schema, is_key ? COLUMN_KEY : COLUMN_VALUE,
                      &written.columns, &written.column_count, execution->diag));
    return schema_store_writing(store, &written, commit, &use, execution->diag);
}

static enum status register_schemas(struct execution *execution, const struct source *source,
                                    bool only_first, struct commit *commit)
{
    TRY(register_side(execution, source, FORMAT_KEY, only_first, commit));
    return register_side(execution, source, FORMAT_VALUE, only_first, commit);
}

/* --- Queries ------------------------------------------------------------------------------ */

struct new_query {
    struct text id;
    struct text sink;
    uint64_t number;
    bool is_insert;
    struct plan *plan;
    struct arena *plan_arena;
};

/* Makes the query and writes its row; it does not run yet. */
static enum status make_query(struct execution *execution, const struct new_query *new_query,
                              struct commit *commit, struct query **out)
{
    const struct text reset = execution_setting(execution, "auto.offset.reset");
    const struct query_definition definition = {
        .id = new_query->id,
        .number = new_query->number,
        .sql = execution->statement->text,
        .sink = new_query->sink,
        .is_insert = new_query->is_insert,
        .from_earliest = text_equal_nocase(reset, TEXT("earliest")),
        .settings = &execution->session->settings,
        .script = execution->script,
    };
    TRY(query_create(execution->engine, &definition, new_query->plan, new_query->plan_arena, out,
                     execution->diag));
    const enum status status = query_put_row(*out, commit, execution->diag);
    if (status != STATUS_OK) {
        query_unref(*out);
    }
    return status;
}

static enum status check_query_limit(struct execution *execution)
{
    const struct text text =
        execution_setting(execution, "ksql.query.persistent.active.limit");
    const unsigned long long limit = strtoull(text.data ? text.data : "2147483647", NULL, 10);
    if (execution->engine->query_count < limit) {
        return STATUS_OK;
    }
    return diag_fail(execution->diag, STATUS_LIMIT, execution->statement->pos,
                     "Executing this statement would cause the number of active, persistent "
                     "queries to exceed the configured limit. Current persistent query count: "
                     "%zu. Configured limit: %llu.",
                     execution->engine->query_count, limit);
}

/* Registers what a commit is about to make durable and submits it; takes commit and query. */
static enum status finish_query(struct execution *execution, struct commit *commit,
                                struct query *query)
{
    struct engine *engine = execution->engine;
    enum status status = engine_add_query(engine, query, execution->diag);
    if (status != STATUS_OK) {
        query_unref(query);
        commit_destroy(commit);
        return status;
    }
    status = execution_submit(execution, commit);
    if (status != STATUS_OK) {
        engine_remove_query(engine, query);
        return status;
    }
    topics_wake(engine->topics);
    return STATUS_OK;
}

/* --- CREATE ------------------------------------------------------------------------------- */

/* The query that fills the store of a SOURCE TABLE. */
static enum status make_source_table_query(struct execution *execution,
                                           struct source *source, uint64_t number,
                                           struct commit *commit, struct query **out)
{
    struct arena plan_arena;
    arena_init(&plan_arena);
    const struct planner planner = execution_planner(execution, &plan_arena);
    struct new_query new_query = {.number = number, .plan_arena = &plan_arena};
    new_query.id = arena_printf(execution->arena, "CST_%.*s_%llu", TEXT_ARGS(source->name),
                                (unsigned long long)number);
    new_query.sink = source->name;
    source->query_id = new_query.id;
    source->is_materialized = true;
    enum status status = plan_source_table(&planner, source, &new_query.plan);
    if (status == STATUS_OK) {
        status = make_query(execution, &new_query, commit, out);
    }
    arena_release(&plan_arena);
    return status;
}

static enum status register_source(struct execution *execution,
                                   struct source_definition *definition, struct commit *commit,
                                   struct query **out_query)
{
    struct engine *engine = execution->engine;
    const uint64_t sequence = engine->next_sequence;
    TRY(create_topic(execution, commit, definition));
    TRY(register_schemas(execution, &definition->source, true, commit));
    if (definition->source.is_table && definition->source.is_read_only) {
        TRY(make_source_table_query(execution, &definition->source, sequence, commit, out_query));
    }
    definition->source.statement = execution->statement->text;
    TRY(catalog_store_put_source(&engine->catalog, &definition->source, sequence, commit,
                                 execution->diag));
    engine->next_sequence++;
    return STATUS_OK;
}

static enum status check_replace(struct execution *execution, const struct source *new_source)
{
    const struct source *old_source =
        catalog_store_find_source(&execution->engine->catalog, new_source->name);
    return old_source ? plan_check_source_upgrade(old_source, new_source, execution->diag)
                      : STATUS_OK;
}

enum status statement_create_source(struct execution *execution)
{
    const struct create_source_statement *create = &execution->statement->create_source;
    const bool is_table = create->kind == AST_SOURCE_TABLE;
    bool is_done = false;
    TRY(skip_existing(execution, create->name, is_table,
                      create->if_not_exists && !create->or_replace, &is_done));
    if (is_done) {
        return STATUS_OK;
    }
    const struct planner planner = execution_planner(execution, execution->arena);
    struct source_definition definition;
    TRY(plan_create_source(&planner, create, &definition));
    TRY(check_replace(execution, &definition.source));

    struct commit *commit = NULL;
    struct query *query = NULL;
    TRY(commit_create(&commit, execution->diag));
    const enum status status = register_source(execution, &definition, commit, &query);
    if (status != STATUS_OK) {
        query_unref(query);
        commit_destroy(commit);
        return status;
    }
    if (query) {
        TRY(finish_query(execution, commit, query));
    } else {
        TRY(execution_submit(execution, commit));
    }
    const struct text command = command_of(execution, is_table, create->name.name, "create");
    return execution_give_status(execution, command.data,
                                 is_table ? "Table created" : "Stream created",
                                 (struct text){NULL, 0});
}

/* --- CREATE AS ---------------------------------------------------------------------------- */

/* One query can be replaced, but not one of several that write the same topic. */
static enum status check_one_writer(struct execution *execution, struct text sink)
{
    const struct engine *engine = execution->engine;
    struct buffer writers;
    size_t count = 0;
    buffer_init(&writers);
    for (size_t i = 0; i < engine->query_count; i++) {
        if (text_equal(engine->queries[i]->sink, sink)) {
            buffer_append_string(&writers, count ? ", " : "");
            buffer_append_text(&writers, engine->queries[i]->id);
            count++;
        }
    }
    const enum status status =
        count <= 1 ? STATUS_OK
                   : diag_fail(execution->diag, STATUS_CONFLICT, execution->statement->pos,
                               "REPLACE for sink %.*s is not supported because there are multiple "
                               "queries writing into it: [%.*s]",
                               TEXT_ARGS(sink), TEXT_ARGS(buffer_text(&writers)));
    buffer_release(&writers);
    return status;
}

/* CREATE OR REPLACE: the old query ends, the new one takes its id, number and so its state. */
static enum status take_over(struct execution *execution, struct new_query *new_query,
                             const struct source *source)
{
    struct engine *engine = execution->engine;
    const struct source *old_source = catalog_store_find_source(&engine->catalog, source->name);
    if (!old_source) {
        return STATUS_OK;
    }
    TRY(check_one_writer(execution, source->name));
    TRY(plan_check_source_upgrade(old_source, source, execution->diag));
    struct query *old_query =
        old_source->query_id.data ? engine_find_query(engine, old_source->query_id) : NULL;
    if (!old_query) {
        return STATUS_OK;
    }
    TRY(plan_check_upgrade(old_query->plan, new_query->plan, execution->diag));
    new_query->number = old_query->number;
    new_query->id = arena_text(execution->arena, old_query->id);
    TRY(query_pause(old_query, execution->diag));
    engine_remove_query(engine, old_query);
    return committer_flush(engine->committer, execution->diag);
}

static enum status register_query(struct execution *execution, struct new_query *new_query,
                                  struct source_definition *definition, struct commit *commit,
                                  struct query **out)
{
    struct engine *engine = execution->engine;
    const uint64_t sequence = engine->next_sequence;
    new_query->number = sequence;
    new_query->sink = definition->source.name;
    new_query->id =
        arena_printf(execution->arena, "%s_%.*s_%llu",
                     definition->source.is_table ? "CTAS" : "CSAS",
                     TEXT_ARGS(definition->source.name), (unsigned long long)sequence);
    if (execution->statement->create_as.or_replace) {
        TRY(take_over(execution, new_query, &definition->source));
    }
    definition->source.query_id = new_query->id;
    definition->source.statement = execution->statement->text;
    TRY(create_topic(execution, commit, definition));
    TRY(register_schemas(execution, &definition->source, false, commit));
    TRY(make_query(execution, new_query, commit, out));
    TRY(catalog_store_put_source(&engine->catalog, &definition->source, sequence, commit,
                                 execution->diag));
    engine->next_sequence++;
    return STATUS_OK;
}

static enum status give_query_status(struct execution *execution, const char *command,
                                     struct text id)
{
    const struct text message =
        arena_printf(execution->arena, "Created query with ID %.*s", TEXT_ARGS(id));
    return message.data ? execution_give_status(execution, command, message.data, id)
                        : diag_no_memory(execution->diag);
}

static enum status run_create_as(struct execution *execution, struct arena *plan_arena)
{
    const struct create_as_statement *create = &execution->statement->create_as;
    const bool is_table = create->kind == AST_SOURCE_TABLE;
    const struct planner planner = execution_planner(execution, plan_arena);
    struct source_definition definition;
    struct new_query new_query = {.plan_arena = plan_arena};
    struct query *query = NULL;
    struct commit *commit = NULL;
    TRY(plan_create_as(&planner, create, &definition, &new_query.plan));
    /* The definition outlives the plan's arena, which the query takes. */
    const struct text name = arena_text(execution->arena, definition.source.name);
    TRY(commit_create(&commit, execution->diag));
    const enum status status =
        register_query(execution, &new_query, &definition, commit, &query);
    if (status != STATUS_OK) {
        query_unref(query);
        commit_destroy(commit);
        return status;
    }
    TRY(finish_query(execution, commit, query));
    const struct text command = command_of(execution, is_table, name, "create");
    return give_query_status(execution, command.data, new_query.id);
}

enum status statement_create_as(struct execution *execution)
{
    const struct create_as_statement *create = &execution->statement->create_as;
    bool is_done = false;
    TRY(skip_existing(execution, create->name, create->kind == AST_SOURCE_TABLE,
                      create->if_not_exists && !create->or_replace, &is_done));
    if (is_done) {
        return STATUS_OK;
    }
    TRY(check_query_limit(execution));
    struct arena plan_arena;
    arena_init(&plan_arena);
    const enum status status = run_create_as(execution, &plan_arena);
    arena_release(&plan_arena);
    return status;
}

/* --- INSERT INTO .. SELECT ---------------------------------------------------------------- */

/* QUERY_ID as given: upper-cased, of letters, digits and '_', and not like ksqlDB's own. */
static enum status check_query_id(struct execution *execution, const struct property *property,
                                  struct text *out)
{
    static const char *const reserved[] = {"INSERTQUERY_", "CTAS_", "CSAS_", "CST_"};
    const struct text given = property->value->kind == EXPRESSION_STRING
                                  ? property->value->string
                                  : (struct text){NULL, 0};
    char *id = arena_alloc(execution->arena, given.bytes + 1);
    if (!id) {
        return diag_no_memory(execution->diag);
    }
    bool is_valid = given.bytes > 0;
    for (size_t i = 0; i < given.bytes; i++) {
        id[i] = (char)toupper((unsigned char)given.data[i]);
        is_valid = is_valid && (isalnum((unsigned char)id[i]) || id[i] == '_');
    }
    *out = (struct text){id, given.bytes};
    if (!is_valid) {
        return diag_fail(execution->diag, STATUS_INVALID, property->pos,
                         "Query IDs may contain only alphanumeric characters and '_'. Got: '%.*s'",
                         TEXT_ARGS(given));
    }
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (text_starts_with(*out, text_of(reserved[i]))) {
            return diag_fail(execution->diag, STATUS_INVALID, property->pos,
                             "Query IDs must not start with a reserved query ID prefix "
                             "(INSERTQUERY_, CTAS_, CSAS_, CST_). Got '%.*s'.",
                             TEXT_ARGS(*out));
        }
    }
    return STATUS_OK;
}

static enum status insert_query_id(struct execution *execution, struct new_query *new_query)
{
    const struct property_list *properties = &execution->statement->insert_select.properties;
    new_query->id = arena_printf(execution->arena, "INSERTQUERY_%llu",
                                 (unsigned long long)new_query->number);
    for (size_t i = 0; i < properties->count; i++) {
        if (text_equal(properties->items[i].name, TEXT("QUERY_ID"))) {
            TRY(check_query_id(execution, &properties->items[i], &new_query->id));
        }
    }
    if (!new_query->id.data) {
        return diag_no_memory(execution->diag);
    }
    if (engine_find_query(execution->engine, new_query->id)) {
        return diag_fail(execution->diag, STATUS_CONFLICT, execution->statement->pos,
                         "Query ID '%.*s' already exists.", TEXT_ARGS(new_query->id));
    }
    return STATUS_OK;
}

static enum status run_insert_select(struct execution *execution, struct arena *plan_arena)
{
    const struct insert_select_statement *insert = &execution->statement->insert_select;
    struct engine *engine = execution->engine;
    const struct planner planner = execution_planner(execution, plan_arena);
    struct new_query new_query = {.plan_arena = plan_arena,
                                  .number = engine->next_sequence,
                                  .is_insert = true,
                                  .sink = insert->target.name};
    struct query *query = NULL;
    struct commit *commit = NULL;
    TRY(plan_insert_select(&planner, insert, &new_query.plan));
    TRY(insert_query_id(execution, &new_query));
    const struct source *target =
        catalog_store_find_source(&engine->catalog, insert->target.name);
    TRY(commit_create(&commit, execution->diag));
    enum status status = register_schemas(execution, target, false, commit);
    if (status == STATUS_OK) {
        status = make_query(execution, &new_query, commit, &query);
    }
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    engine->next_sequence++;
    TRY(finish_query(execution, commit, query));
    const struct text command = command_of(execution, false, insert->target.name, "create");
    return give_query_status(execution, command.data, new_query.id);
}

enum status statement_insert_select(struct execution *execution)
{
    TRY(check_query_limit(execution));
    struct arena plan_arena;
    arena_init(&plan_arena);
    const enum status status = run_insert_select(execution, &plan_arena);
    arena_release(&plan_arena);
    return status;
}

/* --- ALTER -------------------------------------------------------------------------------- */

enum status statement_alter_source(struct execution *execution)
{
    const struct alter_source_statement *alter = &execution->statement->alter_source;
    const bool is_table = alter->kind == AST_SOURCE_TABLE;
    const struct planner planner = execution_planner(execution, execution->arena);
    struct source altered;
    struct commit *commit = NULL;
    TRY(plan_alter_source(&planner, alter, &altered));
    TRY(commit_create(&commit, execution->diag));
    const enum status status =
        catalog_store_put_source(&execution->engine->catalog, &altered,
                                 execution->engine->next_sequence++, commit, execution->diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    TRY(execution_submit(execution, commit));
    const struct text command =
        arena_printf(execution->arena, "%s/%.*s/alter", kind_word(is_table),
                     TEXT_ARGS(alter->name.name));
    const struct text message =
        arena_printf(execution->arena, "%s %.*s altered.", kind_name(is_table),
                     TEXT_ARGS(alter->name.name));
    return execution_give_status(execution, command.data, message.data, (struct text){NULL, 0});
}
