/* query_resolve.c
 *
 * One pass over every clause of a SELECT qualifies columns and refuses what can be refused by
 * names alone: sources that do not exist, aliases that are not there, ambiguous columns, and
 * lambda parameters that hide something. ksqlDB does this while it prepares a statement, and
 * says so in front of the message.
 */
#include <assert.h>

#include "planner/expression_tree.h"
#include "planner/magic_time.h"
#include "planner/names.h"
#include "planner/query.h"
#include "planner/settings.h"

static enum status prepare_failed(const struct planner *planner, const char *what,
                                  enum status status)
{
    if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
        diag_prefix(planner->diag, "%s", what);
    }
    return status;
}

/* --- Sources ----------------------------------------------------------------------------- */

/* A column that was named before its name became a pseudo column cannot be told from it. */
static enum status check_pseudo_conflict(const struct planner *planner, const struct source *source,
                                         struct sql_pos pos)
{
    for (uint32_t i = 0; i < source->schema.column_count; i++) {
        if (pseudo_find(source->schema.columns[i].name)) {
            return diag_fail(planner->diag, STATUS_INVALID, pos,
                             "Your stream/table has columns with the same name as newly "
                             "introduced pseudocolumns in ksqlDB, and cannot be queried as a "
                             "result. The conflicting names are: `%.*s`.",
                             TEXT_ARGS(source->schema.columns[i].name));
        }
    }
    return STATUS_OK;
}

static enum status add_source(const struct planner *planner, struct query *query,
                              const struct select_source *named)
{
    const struct source *source =
        planner->catalog->find_source(planner->catalog->context, named->name.name);
    if (!source) {
        const struct text hint = source_name_hint(planner, named->name.name);
        return diag_fail(planner->diag, STATUS_MISSING, named->name.pos,
                         "Exception while preparing statement: %.*s does not exist.%.*s",
                         TEXT_ARGS(named->name.name), TEXT_ARGS(hint));
    }
    TRY(check_pseudo_conflict(planner, source, named->name.pos));
    for (uint32_t i = 0; i < query->source_count; i++) {
        const struct query_source *other = &query->sources[i];
        if (query->source_count > 1 && text_equal(other->source->name, source->name)) {
            return diag_fail(planner->diag, STATUS_INVALID, named->name.pos,
                             "N-way joins do not support multiple occurrences of the same "
                             "source. Source: '%.*s'.",
                             TEXT_ARGS(source->name));
        }
    }
    for (uint32_t i = 0; i < query->source_count; i++) {
        const struct query_source *other = &query->sources[i];
        if (text_equal(other->source->name, source->name) ||
            text_equal(other->alias, named->alias.name)) {
            return diag_fail(planner->diag, STATUS_INVALID, named->name.pos,
                             "Can not join '%.*s' to '%.*s': self joins are not yet supported.",
                             TEXT_ARGS(other->source->name), TEXT_ARGS(source->name));
        }
    }
    struct query_source *added = &query->sources[query->source_count++];
    *added =
        (struct query_source){.alias = named->alias.name, .source = source, .pos = named->name.pos};
    added->is_used = arena_zalloc(planner->arena, source->schema.column_count);
    return added->is_used ? STATUS_OK : diag_no_memory(planner->diag);
}

static enum status add_sources(const struct planner *planner, struct query *query)
{
    const struct select_query *ast = query->ast;
    query->sources = arena_array(planner->arena, ast->join_count + 1, sizeof(*query->sources));
    if (!query->sources) {
        return diag_no_memory(planner->diag);
    }
    TRY(add_source(planner, query, &ast->from));
    for (size_t i = 0; i < ast->join_count; i++) {
        TRY(add_source(planner, query, &ast->joins[i].source));
    }
    return STATUS_OK;
}

/* --- Columns ----------------------------------------------------------------------------- */

struct resolve_context {
    const struct planner *planner;
    struct query *query;
};

static enum status fail_ambiguous(const struct resolve_context *self, const struct expression *node)
{
    const struct query *query = self->query;
    struct text *names = arena_array(self->planner->arena, query->source_count, sizeof(*names));
    if (!names) {
        return diag_no_memory(self->planner->diag);
    }
    size_t count = 0;
    for (uint32_t i = 0; i < query->source_count; i++) {
        if (query_source_has(&query->sources[i], node->column.name.name)) {
            names[count++] =
                arena_printf(self->planner->arena, "%.*s.%.*s", TEXT_ARGS(query->sources[i].alias),
                             TEXT_ARGS(node->column.name.name));
        }
    }
    const struct text list = name_list(self->planner->arena, names, count, " or ");
    return prepare_failed(self->planner, "Exception while preparing statement: ",
                          fail_at(self->planner->diag, node->pos,
                                  "Column '%.*s' is ambiguous. Could be %.*s.",
                                  TEXT_ARGS(node->column.name.name), TEXT_ARGS(list)));
}

static void mark_used(struct query_source *source, struct text column)
{
    const struct pseudo_name *pseudo = pseudo_find(column);
    if (pseudo) {
        source->is_pseudo_used[pseudo->kind] = true;
        return;
    }
    const int index = schema_find(&source->source->schema, column);
    if (index >= 0) {
        source->is_used[index] = true;
    }
}

static enum status qualify(const struct resolve_context *self, const struct expression *node,
                           const struct query_source *source, struct expression **out)
{
    struct expression *copy = arena_alloc(self->planner->arena, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(self->planner->diag);
    }
    *copy = *node;
    copy->column.has_source = true;
    copy->column.source = (struct identifier){.name = source->alias, .pos = node->column.name.pos};
    *out = copy;
    return STATUS_OK;
}

static enum status resolve_column(const struct resolve_context *self, const struct expression *node,
                                  const struct lambda_frame *lambdas, struct expression **out)
{
    const struct text name = node->column.name.name;
    if (node->column.has_source) {
        mark_used(query_find_source(self->query, node->column.source.name), name);
        return STATUS_OK;
    }
    if (lambda_frame_binds(lambdas, name)) {
        return STATUS_OK;
    }
    struct query_source *found = NULL;
    for (uint32_t i = 0; i < self->query->source_count; i++) {
        if (!query_source_has(&self->query->sources[i], name)) {
            continue;
        }
        if (found) {
            return fail_ambiguous(self, node);
        }
        found = &self->query->sources[i];
    }
    if (!found) {
        return STATUS_OK;
    }
    mark_used(found, name);
    return qualify(self, node, found, out);
}

static enum status check_qualifier(void *context, const struct expression *node,
                                   const struct lambda_frame *lambdas, bool *enter)
{
    const struct resolve_context *self = context;
    (void)lambdas;
    (void)enter;
    if (node->kind != EXPRESSION_COLUMN || !node->column.has_source ||
        query_find_source(self->query, node->column.source.name)) {
        return STATUS_OK;
    }
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                     "Failed to prepare statement: '%.*s' is not a valid stream/table name or "
                     "alias.",
                     TEXT_ARGS(node->column.source.name));
}

static enum status check_qualifiers_in(const struct expression_visitor *visitor,
                                       const struct expression_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        TRY(expression_visit(visitor, list->items[i]));
    }
    return STATUS_OK;
}

/* Qualifiers that name no source are reported before anything else about columns. */
static enum status check_qualifiers(const struct planner *planner, struct query *query)
{
    const struct select_query *ast = query->ast;
    struct resolve_context context = {planner, query};
    const struct expression_visitor visitor = {check_qualifier, &context};
    for (size_t i = 0; i < ast->join_count; i++) {
        TRY(expression_visit(&visitor, ast->joins[i].on));
    }
    for (size_t i = 0; i < ast->item_count; i++) {
        if (ast->items[i].expression) {
            TRY(expression_visit(&visitor, ast->items[i].expression));
        }
    }
    if (ast->where) {
        TRY(expression_visit(&visitor, ast->where));
    }
    TRY(check_qualifiers_in(&visitor, &ast->group_by));
    TRY(check_qualifiers_in(&visitor, &ast->partition_by));
    return ast->having ? expression_visit(&visitor, ast->having) : STATUS_OK;
}

/* --- Lambdas ----------------------------------------------------------------------------- */

static enum status fail_duplicate_params(const struct resolve_context *self,
                                         const struct expression *node)
{
    const struct identifier_list *params = &node->lambda.params;
    struct text *names = arena_array(self->planner->arena, params->count, sizeof(*names));
    if (!names) {
        return diag_no_memory(self->planner->diag);
    }
    for (size_t i = 0; i < params->count; i++) {
        names[i] = params->items[i].name;
    }
    const struct text list = name_list(self->planner->arena, names, params->count, ", ");
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                     "Lambda arguments have duplicates: [%.*s]", TEXT_ARGS(list));
}

/* A parameter must not hide a column, neither under its own name nor under the one that it
 * gets in a join. */
static bool is_column_name(const struct resolve_context *self, struct text name)
{
    for (uint32_t i = 0; i < self->query->source_count; i++) {
        const struct query_source *source = &self->query->sources[i];
        if (schema_find(&source->source->schema, name) >= 0) {
            return true;
        }
        const struct text alias = source->alias;
        const struct text rest = {name.data + alias.bytes + 1, name.bytes - alias.bytes - 1};
        if (query_is_join(self->query) && name.bytes > alias.bytes + 1 &&
            text_starts_with(name, alias) && name.data[alias.bytes] == '_' &&
            query_source_has(source, rest)) {
            return true;
        }
    }
    return false;
}

static enum status check_lambda(const struct resolve_context *self, const struct expression *node,
                                const struct lambda_frame *lambdas)
{
    const struct identifier_list *params = &node->lambda.params;
    if (!setting_bool(self->planner, "ksql.lambdas.enabled", true)) {
        return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                         "Lambdas are not enabled at this time.");
    }
    for (size_t i = 0; i < params->count; i++) {
        const struct text name = params->items[i].name;
        const struct identifier_list before = {params->items, i};
        if (identifier_list_has(&before, name)) {
            return fail_duplicate_params(self, node);
        }
        if (lambda_frame_binds(lambdas, name)) {
            return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                             "Reusing lambda arguments in nested lambda is not allowed");
        }
        if (is_column_name(self, name)) {
            return diag_fail(self->planner->diag, STATUS_INVALID, params->items[i].pos,
                             "Lambda function argument can't be a column name: %.*s",
                             TEXT_ARGS(name));
        }
    }
    return STATUS_OK;
}

static enum status resolve_node(void *context, const struct expression *node,
                                const struct lambda_frame *lambdas, struct expression **out)
{
    const struct resolve_context *self = context;
    if (node->kind == EXPRESSION_COLUMN) {
        return resolve_column(self, node, lambdas, out);
    }
    if (node->kind == EXPRESSION_LAMBDA) {
        return check_lambda(self, node, lambdas);
    }
    return STATUS_OK;
}

static enum status resolve_expression(const struct planner *planner, struct query *query,
                                      const struct expression *expression, struct expression **out)
{
    if (!expression) {
        *out = NULL;
        return STATUS_OK;
    }
    struct resolve_context context = {planner, query};
    const struct expression_rewriter rewriter = {planner->arena, planner->diag, resolve_node,
                                                 &context};
    return expression_rewrite(&rewriter, expression, out);
}

static enum status resolve_list(const struct planner *planner, struct query *query,
                                const struct expression_list *list, struct query_expressions *out)
{
    out->items = arena_array(planner->arena, list->count, sizeof(*out->items));
    if (!out->items) {
        return diag_no_memory(planner->diag);
    }
    out->count = (uint32_t)list->count;
    for (uint32_t i = 0; i < out->count; i++) {
        TRY(resolve_expression(planner, query, list->items[i], &out->items[i]));
    }
    return STATUS_OK;
}

/* --- Items ------------------------------------------------------------------------------- */

static enum status resolve_alias(const struct planner *planner, struct query *query,
                                 const struct select_item *ast, struct query_item *item)
{
    if (!ast->has_alias) {
        item->alias = query_alias_for(planner, query, item->expression);
        return item->alias.data ? STATUS_OK : diag_no_memory(planner->diag);
    }
    item->alias = ast->alias.name;
    const bool is_itself = item->expression->kind == EXPRESSION_COLUMN &&
                           text_equal(item->expression->column.name.name, item->alias);
    if (pseudo_find(item->alias) && !is_itself) {
        return diag_fail(planner->diag, STATUS_INVALID, ast->alias.pos,
                         "`%.*s` is a reserved column name. You cannot use it as an alias for a "
                         "column.",
                         TEXT_ARGS(item->alias));
    }
    return STATUS_OK;
}

static enum status resolve_item(const struct planner *planner, struct query *query,
                                const struct select_item *ast, struct query_item *item)
{
    *item = (struct query_item){.kind = ast->kind, .pos = ast->pos};
    if (ast->kind == SELECT_ITEM_SOURCE_STAR) {
        const struct query_source *source = query_find_source(query, ast->source.name);
        if (!source) {
            return diag_fail(planner->diag, STATUS_INVALID, ast->source.pos,
                             "Failed to prepare statement: '%.*s' is not a valid stream/table "
                             "name or alias.",
                             TEXT_ARGS(ast->source.name));
        }
        item->source_index = (uint32_t)(source - query->sources);
    }
    TRY(resolve_expression(planner, query, ast->expression, &item->expression));
    return ast->kind == SELECT_ITEM_EXPRESSION ? resolve_alias(planner, query, ast, item)
                                               : STATUS_OK;
}

static enum status resolve_items(const struct planner *planner, struct query *query)
{
    const size_t count = query->ast->item_count;
    query->items = arena_array(planner->arena, count, sizeof(*query->items));
    if (!query->items) {
        return diag_no_memory(planner->diag);
    }
    query->item_count = (uint32_t)count;
    for (uint32_t i = 0; i < query->item_count; i++) {
        TRY(resolve_item(planner, query, &query->ast->items[i], &query->items[i]));
    }
    return STATUS_OK;
}

static enum status resolve_joins(const struct planner *planner, struct query *query)
{
    const size_t count = query->ast->join_count;
    query->join_on = arena_array(planner->arena, count, sizeof(*query->join_on));
    if (!query->join_on) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(resolve_expression(planner, query, query->ast->joins[i].on, &query->join_on[i]));
    }
    return STATUS_OK;
}

enum status query_resolve(const struct planner *planner, const struct select_query *ast,
                          struct query **out)
{
    struct query *query = ARENA_NEW(planner->arena, struct query);
    if (!query) {
        return diag_no_memory(planner->diag);
    }
    query->ast = ast;
    TRY(add_sources(planner, query));
    TRY(check_qualifiers(planner, query));
    TRY(resolve_joins(planner, query));
    TRY(resolve_items(planner, query));
    TRY(resolve_expression(planner, query, ast->where, &query->where));
    TRY(resolve_list(planner, query, &ast->group_by, &query->group_by));
    TRY(resolve_list(planner, query, &ast->partition_by, &query->partition_by));
    TRY(resolve_expression(planner, query, ast->having, &query->having));
    if (query->where) {
        TRY(magic_time_rewrite(planner, query->where, &query->where));
    }
    *out = query;
    return STATUS_OK;
}
