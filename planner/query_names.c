/* query_names.c
 *
 * Result names and plan names of columns. Both depend on all sources of the query: generated
 * names avoid every column that a source has, and in a join plain names get their source's
 * alias in front. Source of behaviour: ksqlDB's ColumnAliasGenerator and ColumnNames.
 */
#include <assert.h>

#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/query.h"

struct query_source *query_find_source(const struct query *query, struct text alias)
{
    for (uint32_t i = 0; i < query->source_count; i++) {
        if (text_equal(query->sources[i].alias, alias)) {
            return &query->sources[i];
        }
    }
    return NULL;
}

bool query_source_has(const struct query_source *source, struct text column)
{
    const struct pseudo_name *pseudo = pseudo_find(column);
    if (pseudo) {
        return !pseudo->is_window_bound || source->source->window.kind != WINDOW_NONE;
    }
    return schema_find(&source->source->schema, column) >= 0;
}

/* How many sources have such a column. */
static uint32_t count_sources_with(const struct query *query, struct text column)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < query->source_count; i++) {
        count += query_source_has(&query->sources[i], column);
    }
    return count;
}

struct text query_next_alias(const struct planner *planner, struct query *query)
{
    for (;;) {
        const struct text alias =
            arena_printf(planner->arena, "KSQL_COL_%u", query->aliases.next_column++);
        if (!alias.data || count_sources_with(query, alias) == 0) {
            return alias;
        }
    }
}

/* The number that the next field of this name gets; 0: the name itself. */
static bool next_field_number(const struct planner *planner, struct query *query, struct text field,
                              uint32_t *out)
{
    struct alias_generator *aliases = &query->aliases;
    for (uint32_t i = 0; i < aliases->field_count; i++) {
        if (text_equal(aliases->fields[i], field)) {
            *out = aliases->field_next[i]++;
            return true;
        }
    }
    const uint32_t count = aliases->field_count;
    if ((count & (count + 1)) == 0) { /* room for 0, 1, 3, 7, ... is used up */
        const size_t capacity = 2 * (size_t)count + 1;
        struct text *fields = arena_array(planner->arena, capacity, sizeof(*fields));
        uint32_t *next = arena_array(planner->arena, capacity, sizeof(*next));
        if (!fields || !next) {
            return false;
        }
        if (count > 0) {
            memcpy(fields, aliases->fields, count * sizeof(*fields));
            memcpy(next, aliases->field_next, count * sizeof(*next));
        }
        aliases->fields = fields;
        aliases->field_next = next;
    }
    *out = count_sources_with(query, field) > 0 ? 1 : 0;
    aliases->fields[count] = field;
    aliases->field_next[count] = *out + 1;
    aliases->field_count++;
    return true;
}

static struct text alias_for_field(const struct planner *planner, struct query *query,
                                   struct text field)
{
    for (;;) {
        uint32_t number;
        if (!next_field_number(planner, query, field, &number)) {
            return (struct text){NULL, 0};
        }
        if (number == 0) {
            return field;
        }
        const struct text alias = arena_printf(planner->arena, "%.*s_%u", TEXT_ARGS(field), number);
        if (!alias.data || count_sources_with(query, alias) == 0) {
            return alias;
        }
    }
}

struct text query_alias_for(const struct planner *planner, struct query *query,
                            const struct expression *expression)
{
    if (expression->kind == EXPRESSION_DEREFERENCE) {
        return alias_for_field(planner, query, expression->dereference.field.name);
    }
    if (expression->kind != EXPRESSION_COLUMN) {
        return query_next_alias(planner, query);
    }
    const struct text name = expression->column.name.name;
    if (query_is_join(query) && expression->column.has_source &&
        count_sources_with(query, name) > 1) {
        return name_of_join_column(planner->arena, expression->column.source.name, name);
    }
    return name;
}

struct plain_context {
    const struct planner *planner;
    const struct query *query;
};

static enum status replace_qualified(void *context, const struct expression *node,
                                     const struct lambda_frame *lambdas, struct expression **out)
{
    const struct plain_context *self = context;
    (void)lambdas;
    if (node->kind != EXPRESSION_COLUMN || !node->column.has_source) {
        return STATUS_OK;
    }
    struct expression *copy = arena_alloc(self->planner->arena, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(self->planner->diag);
    }
    *copy = *node;
    copy->column.has_source = false;
    if (query_is_join(self->query)) {
        copy->column.name.name = name_of_join_column(self->planner->arena, node->column.source.name,
                                                     node->column.name.name);
        if (!copy->column.name.name.data) {
            return diag_no_memory(self->planner->diag);
        }
    }
    *out = copy;
    return STATUS_OK;
}

enum status query_plain(const struct planner *planner, const struct query *query,
                        const struct expression *expression, struct expression **out)
{
    assert(expression);
    struct plain_context context = {planner, query};
    const struct expression_rewriter rewriter = {planner->arena, planner->diag, replace_qualified,
                                                 &context};
    return expression_rewrite(&rewriter, expression, out);
}
