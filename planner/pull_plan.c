/* pull_plan.c
 *
 * SELECT without EMIT: answered once from what is stored. A table must be materialized; a
 * stream is read from its first record to the last one of now. The plan is flat: where to look,
 * what to check again, and the columns of the answer. Source of behaviour: ksqlDB's
 * PullQueryValidator, QueryProjectNode and DataSourceNode.
 */
#include <assert.h>
#include <stdio.h>

#include "functions/aggregate.h"
#include "functions/table_function.h"
#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/planner.h"
#include "planner/pull_keys.h"
#include "planner/query_check.h"
#include "planner/query_items.h"
#include "planner/settings.h"
#include "planner/translate.h"

static enum status fail_syntax(const struct planner *planner, struct sql_pos pos,
                               const char *reason)
{
    return diag_fail(planner->diag, STATUS_INVALID, pos,
                     "%s See https://cnfl.io/queries for more info.\n"
                     "Add EMIT CHANGES if you intended to issue a push query.",
                     reason);
}

/* --- Rules ------------------------------------------------------------------------------- */

static enum status check_clauses(const struct planner *planner, const struct query *query)
{
    const struct select_query *ast = query->ast;
    const struct {
        bool is_there;
        const char *clause;
    } clauses[] = {
        {query_is_join(query), "JOIN"},  {ast->window != NULL, "WINDOW"},
        {ast->has_group_by, "GROUP BY"}, {ast->has_partition_by, "PARTITION BY"},
        {ast->having != NULL, "HAVING"},
    };
    for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
        if (clauses[i].is_there) {
            char reason[64];
            snprintf(reason, sizeof(reason), "Pull queries don't support %s clauses.",
                     clauses[i].clause);
            return fail_syntax(planner, ast->pos, reason);
        }
    }
    return STATUS_OK;
}

static enum status check_enabled(const struct planner *planner, const struct query *query)
{
    if (!setting_bool(planner, "ksql.pull.queries.enable", true)) {
        return diag_fail(planner->diag, STATUS_INVALID, query->ast->pos,
                         "Pull queries are disabled. See https://cnfl.io/queries for more info.\n"
                         "Add EMIT CHANGES if you intended to issue a push query.\n"
                         "Please set ksql.pull.queries.enable=true to enable this feature.\n");
    }
    if (!query->ast->has_limit) {
        return STATUS_OK;
    }
    if (!setting_bool(planner, "ksql.query.pull.limit.clause.enabled", true)) {
        return fail_syntax(planner, query->ast->limit_pos,
                           "LIMIT clause in pull queries is currently disabled.");
    }
    if (query->ast->limit < 0) {
        return fail_syntax(planner, query->ast->limit_pos,
                           "Pull queries don't support negative integers in the LIMIT clause.");
    }
    return STATUS_OK;
}

/* Columns that say where a record was read: stored rows have none. */
struct disallowed {
    bool has_partition;
    bool has_offset;
};

static enum status visit_disallowed(void *context, const struct expression *node,
                                    const struct lambda_frame *lambdas, bool *enter)
{
    struct disallowed *self = context;
    (void)lambdas;
    (void)enter;
    if (node->kind == EXPRESSION_COLUMN) {
        const struct text name = node->column.name.name;
        self->has_partition |= text_equal(name, pseudo_names[PSEUDO_ROWPARTITION].name);
        self->has_offset |= text_equal(name, pseudo_names[PSEUDO_ROWOFFSET].name);
    }
    return STATUS_OK;
}

static enum status fail_disallowed(const struct planner *planner, const struct query *query,
                                   const struct disallowed *found, const char *clause)
{
    char reason[160];
    snprintf(reason, sizeof(reason),
             "Pull queries don't support the following columns in %s clauses: %s%s%s.", clause,
             found->has_partition ? "`ROWPARTITION`" : "",
             found->has_partition && found->has_offset ? ", " : "",
             found->has_offset ? "`ROWOFFSET`" : "");
    return fail_syntax(planner, query->ast->pos, reason);
}

static enum status check_disallowed(const struct planner *planner, const struct query *query)
{
    struct disallowed select = {0};
    struct disallowed where = {0};
    const struct expression_visitor select_visitor = {visit_disallowed, &select};
    const struct expression_visitor where_visitor = {visit_disallowed, &where};
    for (uint32_t i = 0; i < query->item_count; i++) {
        if (query->items[i].expression) {
            TRY(expression_visit(&select_visitor, query->items[i].expression));
        }
    }
    if (select.has_partition || select.has_offset) {
        return fail_disallowed(planner, query, &select, "SELECT");
    }
    if (query->where) {
        TRY(expression_visit(&where_visitor, query->where));
    }
    return where.has_partition || where.has_offset
               ? fail_disallowed(planner, query, &where, "WHERE")
               : STATUS_OK;
}

static enum status visit_call(void *context, const struct expression *node,
                              const struct lambda_frame *lambdas, bool *enter)
{
    const struct planner *planner = context;
    (void)lambdas;
    (void)enter;
    if (node->kind != EXPRESSION_CALL) {
        return STATUS_OK;
    }
    if (aggregate_exists(planner->registry, node->call.name.name)) {
        return fail_syntax(planner, node->pos, "Pull queries don't support aggregation functions.");
    }
    return table_function_exists(planner->registry, node->call.name.name)
               ? fail_syntax(planner, node->pos, "Pull queries don't support table functions.")
               : STATUS_OK;
}

static enum status check_items(const struct planner *planner, const struct query *query)
{
    struct planner copy = *planner; /* the visitor's context is not const */
    const struct expression_visitor visitor = {visit_call, &copy};
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        const bool is_star =
            item->kind == SELECT_ITEM_STAR || item->kind == SELECT_ITEM_SOURCE_STAR;
        if (is_star && query->item_count > 1 && query->sources[0].source->is_table) {
            return fail_syntax(planner, item->pos,
                               "Pull queries only support wildcards in the projects if they are "
                               "the only expression.");
        }
        if (item->expression) {
            TRY(expression_visit(&visitor, item->expression));
        }
    }
    return STATUS_OK;
}

static enum status check_source(const struct planner *planner, const struct query *query)
{
    const struct source *source = query->sources[0].source;
    if (!source->is_table) {
        if (setting_bool(planner, "ksql.query.pull.stream.enabled", true)) {
            return STATUS_OK;
        }
        return fail_syntax(planner, query->ast->from.name.pos,
                           "Pull queries on streams are disabled. To create a push query on the "
                           "stream, add EMIT CHANGES to the end. To enable pull queries on "
                           "streams, set the ksql.query.pull.stream.enabled config to 'true'.");
    }
    if (source->is_materialized) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, query->ast->from.name.pos,
                     "The `%.*s` table isn't queryable. To derive a queryable table, you can do "
                     "'CREATE TABLE QUERYABLE_%.*s AS SELECT * FROM %.*s'. See "
                     "https://cnfl.io/queries for more info.\n"
                     "Add EMIT CHANGES if you intended to issue a push query.",
                     TEXT_ARGS(source->name), TEXT_ARGS(source->name), TEXT_ARGS(source->name));
}

static enum status check(const struct planner *planner, const struct query *query)
{
    TRY(check_enabled(planner, query));
    TRY(query_check_columns(planner, query, NULL));
    TRY(check_clauses(planner, query));
    TRY(check_disallowed(planner, query));
    TRY(check_items(planner, query));
    return check_source(planner, query);
}

/* --- The condition ----------------------------------------------------------------------- */

/* Where the condition is checked before it is translated as a whole. */
struct condition_context {
    const struct planner *planner;
    const struct scope *scope;
    bool can_scan;
};

static enum status check_like(const struct condition_context *self, const struct expression *node)
{
    if (node->like.value->kind != EXPRESSION_COLUMN) {
        return self->can_scan ? STATUS_OK
                              : fail_syntax(self->planner, node->pos,
                                            "Like condition must be between strings.");
    }
    const int index = scope_find(self->scope, node->like.value->column.name.name);
    const struct type *type = index < 0 ? NULL : self->scope->schema->columns[index].type;
    if (!type || type->kind == TYPE_STRING) {
        return STATUS_OK;
    }
    struct buffer text;
    buffer_init(&text);
    type_print(type, &text);
    const enum status status =
        diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                  "The column type for Like condition must be VARCHAR. The column type is %.*s",
                  TEXT_ARGS(buffer_text(&text)));
    buffer_release(&text);
    return status;
}

static enum status visit_condition(void *context, const struct expression *node,
                                   const struct lambda_frame *lambdas, bool *enter)
{
    const struct condition_context *self = context;
    (void)lambdas;
    (void)enter;
    if (node->kind == EXPRESSION_LIKE) {
        return check_like(self, node);
    }
    if (node->kind != EXPRESSION_BETWEEN) {
        return STATUS_OK;
    }
    const struct expr *ignored = NULL;
    const enum status status = translate(self->planner, self->scope, node, &ignored);
    if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
        diag_prefix(self->planner->diag, "Invalid expression: ");
    }
    return status;
}

static enum status plan_condition(const struct planner *planner, const struct scope *scope,
                                  const struct expression *where, struct pull_plan *out)
{
    struct condition_context context = {
        planner, scope, setting_bool(planner, "ksql.query.pull.table.scan.enabled", true)};
    const struct expression_visitor visitor = {visit_condition, &context};
    TRY(expression_visit(&visitor, where));
    const enum status status =
        translate_condition(planner, scope, CLAUSE_OF_WHERE, where, &out->predicate);
    if (status == STATUS_INVALID) {
        diag_append(planner->diag, "\nStatement: %.*s",
                    TEXT_ARGS(printer_expression_text(planner->arena, where)));
    }
    return status;
}

/* --- Columns ----------------------------------------------------------------------------- */

/* The source's columns and the pseudo columns that are used, appended. */
static enum status plan_input(const struct planner *planner, const struct query_source *source,
                              struct pull_plan *out)
{
    const struct schema *own = &out->source->schema;
    struct schema_column *columns =
        arena_array(planner->arena, own->column_count + PSEUDO_KIND_COUNT, sizeof(*columns));
    struct plan_pseudo *pseudo = arena_array(planner->arena, PSEUDO_KIND_COUNT, sizeof(*pseudo));
    if (!columns || !pseudo) {
        return diag_no_memory(planner->diag);
    }
    memcpy(columns, own->columns, own->column_count * sizeof(*columns));
    uint32_t next = own->column_count;
    for (size_t i = 0; i < PSEUDO_KIND_COUNT; i++) {
        if (source->is_pseudo_used[i]) {
            pseudo[out->pseudo_count++] = (struct plan_pseudo){pseudo_names[i].kind, next};
            columns[next++] = (struct schema_column){.name = pseudo_names[i].name,
                                                     .type = type_of(pseudo_names[i].type),
                                                     .role = COLUMN_VALUE};
        }
    }
    out->input_schema = (struct schema){next, columns};
    out->pseudo = pseudo;
    return STATUS_OK;
}

/* What the answer calls a column: keys and windows of tables stay keys, and headers stay headers
 * where a star stands for the whole source. */
static void set_role(const struct pull_plan *plan, const struct expr *expr, bool is_star,
                     struct schema_column *column)
{
    column->role = COLUMN_VALUE;
    if (expr->kind != EXPR_COLUMN || plan->is_stream_scan) {
        return;
    }
    const struct schema_column *input = &plan->input_schema.columns[expr->column_index];
    if (name_is_window_bound(input->name)) {
        column->role = COLUMN_KEY;
    } else if (input->role != COLUMN_HEADERS || is_star) {
        column->role = input->role;
        column->header_key = input->header_key;
    }
}

static enum status plan_items(const struct planner *planner, const struct query *query,
                              const struct scope *scope, struct pull_plan *out)
{
    const bool is_star = query->ast->items[0].kind != SELECT_ITEM_EXPRESSION;
    const uint32_t count = query->item_count;
    struct schema_column *columns = arena_array(planner->arena, count, sizeof(*columns));
    out->exprs = arena_array(planner->arena, count, sizeof(*out->exprs));
    if (!columns || !out->exprs) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct query_item *item = &query->items[i];
        struct expression *plain = NULL;
        TRY(query_plain(planner, query, item->expression, &plain));
        TRY(translate_in(planner, scope, CLAUSE_OF_SELECT, plain, &out->exprs[i]));
        if (out->exprs[i]->type->kind == TYPE_NULL) {
            return diag_fail(planner->diag, STATUS_INVALID, item->pos,
                             "Can't infer a type of null. Please explicitly cast it to a "
                             "required type, e.g. CAST(null AS VARCHAR).");
        }
        columns[i] = (struct schema_column){.name = item->alias, .type = out->exprs[i]->type};
        set_role(out, out->exprs[i], is_star, &columns[i]);
    }
    out->schema = (struct schema){count, columns};
    return STATUS_OK;
}

static enum status copy_source(const struct planner *planner, const struct source *source,
                               struct pull_plan *out)
{
    struct source *copy = ARENA_NEW(planner->arena, struct source);
    if (!copy) {
        return diag_no_memory(planner->diag);
    }
    *copy = *source;
    copy->name = arena_text(planner->arena, source->name);
    copy->topic = arena_text(planner->arena, source->topic);
    copy->query_id = arena_text(planner->arena, source->query_id);
    copy->statement = (struct text){NULL, 0};
    copy->timestamp.column = arena_text(planner->arena, source->timestamp.column);
    copy->key_serde.full_name = (struct text){NULL, 0}; /* its store is read, not its topic */
    copy->value_serde.full_name = (struct text){NULL, 0};
    if (source->timestamp.pattern.data) {
        copy->timestamp.pattern = arena_text(planner->arena, source->timestamp.pattern);
    }
    if (!copy->name.data || !copy->topic.data || !copy->query_id.data ||
        !schema_copy(planner->arena, &source->schema, &copy->schema)) {
        return diag_no_memory(planner->diag);
    }
    if (!source->query_id.data) {
        copy->query_id = (struct text){NULL, 0};
    }
    out->source = copy;
    return STATUS_OK;
}

enum status plan_pull(const struct planner *planner, const struct select_query *ast,
                      struct pull_plan *out)
{
    struct query *query = NULL;
    struct pull_plan plan = {.has_limit = ast->has_limit};
    TRY(query_resolve(planner, ast, &query));
    TRY(check(planner, query));
    TRY(query_expand_items(planner, query, NULL, true));
    plan.is_stream_scan = !query->sources[0].source->is_table;
    plan.limit = ast->has_limit ? (uint64_t)ast->limit : 0;
    TRY(copy_source(planner, query->sources[0].source, &plan));
    TRY(plan_input(planner, &query->sources[0], &plan));
    const struct scope scope = {.schema = &plan.input_schema};
    struct expression *where = NULL;
    if (query->where) {
        TRY(query_plain(planner, query, query->where, &where));
        TRY(plan_condition(planner, &scope, where, &plan));
    }
    if (!plan.is_stream_scan) {
        TRY(pull_keys_read(planner, where, &plan));
    }
    TRY(plan_items(planner, query, &scope, &plan));
    *out = plan;
    return STATUS_OK;
}
