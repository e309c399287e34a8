/* persistent_plan.c
 *
 * Queries that write: CREATE .. AS SELECT makes its sink from the result, INSERT INTO .. SELECT
 * must fit the one that is there. Source of behaviour: ksqlDB's LogicalPlanner
 * (buildOutputNode), EngineExecutor and KsqlStructuredDataOutputNode.
 */
#include "planner/names.h"
#include "planner/planner.h"
#include "planner/properties.h"
#include "planner/query_print.h"
#include "planner/schema_inference.h"
#include "planner/select_plan.h"
#include "planner/serde_choice.h"
#include "planner/settings.h"
#include "planner/source_definition.h"
#include "planner/timestamp_rules.h"
#include "planner/topic_rules.h"

static enum status sink_step(struct select_plan *select, const struct source *sink,
                             struct plan_step **out)
{
    struct plan_step *step = step_create(&select->builder, PLAN_SINK, "Sink", select->root);
    if (!step) {
        return diag_no_memory(select->builder.planner->diag);
    }
    step->schema = select->root->schema;
    step->sink = (struct plan_sink){.topic = sink->topic,
                                    .key_serde = sink->key_serde,
                                    .value_serde = sink->value_serde,
                                    .window = sink->window,
                                    .timestamp = sink->timestamp,
                                    .is_table = sink->is_table};
    *out = step;
    return STATUS_OK;
}

static enum status check_missing_key(const struct planner *planner,
                                     const struct select_plan *select)
{
    if (!select->missing_key) {
        return STATUS_OK;
    }
    if (planner->diag) {
        *planner->diag = *select->missing_key;
    }
    return select->missing_key->status;
}

/* --- CREATE .. AS ------------------------------------------------------------------------ */

static enum status check_result_kind(const struct planner *planner,
                                     const struct create_as_statement *statement,
                                     const struct plan_step *root)
{
    const bool wants_table = statement->kind == AST_SOURCE_TABLE;
    if (root->is_table == wants_table) {
        return STATUS_OK;
    }
    const char *kind = root->is_table ? "TABLE" : "STREAM";
    return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                     "Invalid result type. Your SELECT query produces a %s. Please use CREATE %s "
                     "AS SELECT statement instead.",
                     kind, kind);
}

static enum status check_no_limit(const struct planner *planner,
                                  const struct create_as_statement *statement)
{
    if (!statement->query->has_limit) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, statement->query->limit_pos,
                     "CREATE %s AS SELECT statements don't support LIMIT clause.",
                     statement->kind == AST_SOURCE_TABLE ? "TABLE" : "STREAM");
}

/* The failure of a format names the statement as it was understood. */
static enum status choose_serdes(const struct planner *planner,
                                 const struct create_as_statement *statement,
                                 const struct properties *properties,
                                 const struct select_plan *select, struct source *source)
{
    const struct query *query = select->builder.query;
    const enum status status = serde_choose_for_sink(
        planner, properties, query->sources[0].source, statement->name.name,
        select->is_partitioned_by_null, &source->schema, &source->key_serde, &source->value_serde);
    if (status != STATUS_INVALID) {
        return status;
    }
    struct buffer text;
    buffer_init(&text);
    TRY(query_print_create_as(planner, query, statement, &text));
    diag_append(planner->diag, "\nStatement: %.*s", TEXT_ARGS(buffer_text(&text)));
    buffer_release(&text);
    return status;
}

static enum status define_sink(const struct planner *planner,
                               const struct create_as_statement *statement,
                               const struct properties *properties,
                               const struct select_plan *select, struct source_definition *out)
{
    const struct source *leftmost = select->builder.query->sources[0].source;
    const struct plan_step *root = select->root;
    struct source source = {.is_table = root->is_table,
                            .is_derived = true,
                            .is_materialized = root->is_table && select->materialized,
                            .schema = root->schema,
                            .window = root->window};
    struct topic_choice topic;
    TRY(timestamp_choose(planner, properties, &source.schema, &source.timestamp));
    TRY(check_missing_key(planner, select));
    TRY(choose_serdes(planner, statement, properties, select, &source));
    TRY(topic_choose_for_sink(planner, properties, statement->name.name, leftmost, source.is_table,
                              &source.window, &topic));
    source.topic = arena_text(planner->arena, topic.topic);
    source.name = arena_text(planner->arena, statement->name.name);
    if (!source.topic.data || !source.name.data ||
        !schema_copy(planner->arena, &root->schema, &source.schema)) {
        return diag_no_memory(planner->diag);
    }
    *out = (struct source_definition){source, topic.partition_count, topic.retention_ms};
    return schema_check_ids(planner, properties, &source);
}

enum status plan_create_as(const struct planner *planner,
                           const struct create_as_statement *statement,
                           struct source_definition *out_source, struct plan **out)
{
    const struct select_purpose purpose = {
        .is_persistent = true, .is_create_as = true, .sink_name = statement->name.name};
    const bool is_table = statement->kind == AST_SOURCE_TABLE;
    struct properties properties;
    struct select_plan select;
    struct source_definition definition;
    struct plan_step *sink = NULL;
    TRY(properties_read(&statement->properties, CLAUSE_CREATE_AS, &properties, planner->diag));
    TRY(check_no_limit(planner, statement));
    TRY(select_plan(planner, statement->query, &purpose, &select));
    TRY(check_result_kind(planner, statement, select.root));
    TRY(define_sink(planner, statement, &properties, &select, &definition));
    if (!statement->if_not_exists) {
        TRY(source_check_name(planner, &statement->name, is_table, false, statement->or_replace));
    }
    TRY(sink_step(&select, &definition.source, &sink));
    TRY(select_plan_finish(&select, sink, out));
    *out_source = definition;
    return STATUS_OK;
}

/* --- INSERT INTO .. SELECT --------------------------------------------------------------- */

static enum status find_target(const struct planner *planner, const struct identifier *name,
                               const struct source **out)
{
    const struct source *target =
        planner->catalog->find_source(planner->catalog->context, name->name);
    if (!target) {
        return fail_at(planner->diag, name->pos, "Source `%.*s` does not exist.%.*s",
                       TEXT_ARGS(name->name), TEXT_ARGS(source_name_hint(planner, name->name)));
    }
    if (target->is_table) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "INSERT INTO can only be used to insert into a stream. %.*s is a table.",
                         TEXT_ARGS(name->name));
    }
    if (target->is_read_only) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot insert into read-only stream: %.*s", TEXT_ARGS(name->name));
    }
    if (schema_count(&target->schema, COLUMN_HEADERS) > 0) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot insert into %.*s because it has header columns",
                         TEXT_ARGS(name->name));
    }
    *out = target;
    return STATUS_OK;
}

/* DECIMALs may grow at both ends; everything else must be the same type. */
static bool type_fits(const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_DECIMAL) {
        return to->scale >= from->scale &&
               to->precision - to->scale >= from->precision - from->scale;
    }
    return type_equal(from, to);
}

/* Numbers written out in the projection take the sink's DECIMAL when they fit into it. */
static bool literal_fits(const struct expr *expr, const struct type *to)
{
    return expr->kind == EXPR_LITERAL && to->kind == TYPE_DECIMAL && type_is_numeric(expr->type);
}

static enum status adapt_column(const struct planner *planner, const struct expr *expr,
                                const struct type *to, bool *fits, const struct expr **out)
{
    *fits = true;
    *out = expr;
    if (type_equal(expr->type, to)) {
        return STATUS_OK;
    }
    if (!type_fits(expr->type, to) && !literal_fits(expr, to)) {
        *fits = false;
        return STATUS_OK;
    }
    struct expr_build build = {.arena = planner->arena,
                               .registry = planner->registry,
                               .diag = planner->diag,
                               .pos = expr->pos,
                               .text = expr->text};
    return expr_cast(&build, expr, to, out);
}

static enum status fail_schema(const struct planner *planner, const struct identifier *name,
                               const struct schema *result, const struct schema *sink)
{
    struct buffer texts[2];
    const struct schema *const schemas[2] = {result, sink};
    for (size_t i = 0; i < 2; i++) {
        buffer_init(&texts[i]);
        schema_print(schemas[i], false, &texts[i]);
    }
    const enum status status =
        diag_fail(planner->diag, STATUS_INVALID, name->pos,
                  "Incompatible schema between results and sink.\nResult schema is %.*s\n"
                  "Sink schema is %.*s",
                  TEXT_ARGS(buffer_text(&texts[0])), TEXT_ARGS(buffer_text(&texts[1])));
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return status;
}

/* The projection's columns become the sink's, or the statement is refused. */
static enum status adapt_schema(const struct planner *planner, const struct identifier *name,
                                struct plan_step *root, const struct schema *sink)
{
    const struct schema *result = &root->schema;
    bool fits = result->column_count == sink->column_count;
    for (uint32_t i = 0; fits && i < sink->column_count; i++) {
        const struct schema_column *from = &result->columns[i];
        const struct schema_column *to = &sink->columns[i];
        fits = text_equal(from->name, to->name) && from->role == to->role;
        if (fits) {
            TRY(adapt_column(planner, root->project.exprs[i], to->type, &fits,
                             &root->project.exprs[i]));
        }
    }
    if (!fits) {
        return fail_schema(planner, name, result, sink);
    }
    if (!schema_copy(planner->arena, sink, &root->schema)) {
        return diag_no_memory(planner->diag);
    }
    return STATUS_OK;
}

enum status plan_insert_select(const struct planner *planner,
                               const struct insert_select_statement *statement, struct plan **out)
{
    const struct select_purpose purpose = {.is_persistent = true,
                                           .sink_name = statement->target.name};
    const struct source *target = NULL;
    struct properties properties;
    struct select_plan select;
    struct plan_step *sink = NULL;
    TRY(find_target(planner, &statement->target, &target));
    TRY(properties_read(&statement->properties, CLAUSE_INSERT, &properties, planner->diag));
    TRY(select_plan(planner, statement->query, &purpose, &select));
    if (select.root->is_table) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->target.pos,
                         "Incompatible data sink and query result. Data sink (%.*s) type is "
                         "KSTREAM but select query result is KTABLE.",
                         TEXT_ARGS(statement->target.name));
    }
    TRY(check_missing_key(planner, &select));
    TRY(adapt_schema(planner, &statement->target, select.root, &target->schema));
    struct source copy = *target;
    struct text *const texts[] = {&copy.topic, &copy.key_serde.full_name,
                                  &copy.value_serde.full_name};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i]->data) {
            *texts[i] = arena_text(planner->arena, *texts[i]);
            if (!texts[i]->data) {
                return diag_no_memory(planner->diag);
            }
        }
    }
    copy.timestamp = (struct timestamp_spec){.source = TIMESTAMP_OF_RECORD};
    TRY(sink_step(&select, &copy, &sink));
    return select_plan_finish(&select, sink, out);
}

/* --- CREATE SOURCE TABLE ----------------------------------------------------------------- */

enum status plan_source_table(const struct planner *planner, const struct source *source,
                              struct plan **out)
{
    bool *is_used = arena_alloc(planner->arena, source->schema.column_count);
    struct query *query = ARENA_NEW(planner->arena, struct query);
    struct query_source *single = ARENA_NEW(planner->arena, struct query_source);
    const struct plan_step **sources = arena_array(planner->arena, 1, sizeof(struct plan_step *));
    if (!is_used || !query || !single || !sources) {
        return diag_no_memory(planner->diag);
    }
    memset(is_used, true, source->schema.column_count);
    *single = (struct query_source){.alias = source->name, .source = source, .is_used = is_used};
    query->sources = single;
    query->source_count = 1;
    struct plan_builder builder = {
        .planner = planner, .query = query, .is_persistent = true, .sources = sources};
    struct plan_step *step = NULL;
    TRY(step_source(&builder, single, &step));
    struct plan *plan = plan_create(&builder, step);
    if (!plan) {
        return diag_no_memory(planner->diag);
    }
    plan->materialized = step;
    *out = plan;
    return STATUS_OK;
}
