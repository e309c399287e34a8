/* query_items.c
 *
 * A star becomes one item per column. The order is ksqlDB's: keys first, then (for clients) the
 * bounds of a windowed source, then values. After PARTITION BY the new keys lead and the old
 * ones come last, as they are values then. In a join every starred column is called
 * ALIAS_COLUMN, and a key that the join made up stands in front.
 */
#include "planner/query_items.h"

#include "base/bounds.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/translate.h"

/* A growing list of items. */
struct item_list {
    const struct planner *planner;
    struct query *query;
    struct query_item *items;
    uint32_t count;
    uint32_t capacity;
    bool shows_windows;
};

static enum status add_item(struct item_list *list, const struct query_item *item)
{
    if (list->count == COLUMN_COUNT_MAX) {
        return diag_fail(list->planner->diag, STATUS_LIMIT, item->pos,
                         "The projection has more than %d columns", COLUMN_COUNT_MAX);
    }
    if (list->count == list->capacity) {
        const uint32_t capacity = list->capacity ? 2 * list->capacity : 16;
        struct query_item *items = arena_array(list->planner->arena, capacity, sizeof(*items));
        if (!items) {
            return diag_no_memory(list->planner->diag);
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *item;
    return STATUS_OK;
}

static enum status add_column(struct item_list *list, struct query_source *source,
                              struct text column, struct sql_pos pos)
{
    struct expression *expression = ARENA_NEW(list->planner->arena, struct expression);
    if (!expression) {
        return diag_no_memory(list->planner->diag);
    }
    expression->kind = EXPRESSION_COLUMN;
    expression->depth = 1;
    expression->pos = pos;
    expression->column.has_source = true;
    expression->column.source = (struct identifier){.name = source->alias, .pos = pos};
    expression->column.name = (struct identifier){.name = column, .pos = pos};
    struct query_item item = {
        .kind = SELECT_ITEM_EXPRESSION, .pos = pos, .expression = expression, .alias = column};
    if (query_is_join(list->query)) {
        item.alias = name_of_join_column(list->planner->arena, source->alias, column);
        if (!item.alias.data) {
            return diag_no_memory(list->planner->diag);
        }
    }
    return add_item(list, &item);
}

static bool is_partition_key(const struct query *query, const struct query_source *source,
                             struct text column)
{
    for (uint32_t i = 0; i < query->partition_by.count; i++) {
        const struct expression *key = query->partition_by.items[i];
        if (key->kind == EXPRESSION_COLUMN && text_equal(key->column.name.name, column) &&
            text_equal(key->column.source.name, source->alias)) {
            return true;
        }
    }
    return false;
}

static enum status add_columns_of(struct item_list *list, struct query_source *source,
                                  bool are_keys, struct sql_pos pos)
{
    const struct schema *schema = &source->source->schema;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct schema_column *column = &schema->columns[i];
        if ((column->role == COLUMN_KEY) == are_keys &&
            !is_partition_key(list->query, source, column->name)) {
            source->is_used[i] = true;
            TRY(add_column(list, source, column->name, pos));
        }
    }
    return STATUS_OK;
}

static enum status add_window_bounds(struct item_list *list, struct query_source *source,
                                     struct sql_pos pos)
{
    const bool is_shown = list->shows_windows || query_is_join(list->query);
    if (!is_shown || source->source->window.kind == WINDOW_NONE) {
        return STATUS_OK;
    }
    for (size_t i = PSEUDO_WINDOWSTART; i <= PSEUDO_WINDOWEND; i++) {
        source->is_pseudo_used[i] = true;
        TRY(add_column(list, source, pseudo_names[i].name, pos));
    }
    return STATUS_OK;
}

/* A re-keyed join shows the pseudo columns of its sources as well: they are plain values of it
 * by then, and ksqlDB does not leave them out. */
static enum status add_row_columns(struct item_list *list, struct query_source *source,
                                   struct sql_pos pos)
{
    if (!query_is_join(list->query) || !list->query->ast->has_partition_by) {
        return STATUS_OK;
    }
    for (size_t i = PSEUDO_ROWTIME; i <= PSEUDO_ROWOFFSET; i++) {
        source->is_pseudo_used[i] = true;
        TRY(add_column(list, source, pseudo_names[i].name, pos));
    }
    return STATUS_OK;
}

static enum status add_source(struct item_list *list, struct query_source *source,
                              struct sql_pos pos)
{
    const bool are_keys_last = list->query->ast->has_partition_by;
    if (!are_keys_last) {
        TRY(add_columns_of(list, source, true, pos));
    }
    TRY(add_window_bounds(list, source, pos));
    TRY(add_columns_of(list, source, false, pos));
    TRY(add_row_columns(list, source, pos));
    return are_keys_last ? add_columns_of(list, source, true, pos) : STATUS_OK;
}

/* The new keys of PARTITION BY, which are not among the source's columns yet. */
static enum status add_partition_keys(struct item_list *list, struct sql_pos pos)
{
    for (uint32_t i = 0; i < list->query->partition_by.count; i++) {
        struct expression *key = list->query->partition_by.items[i];
        if (key->kind == EXPRESSION_NULL) {
            continue;
        }
        struct query_item item = {.kind = SELECT_ITEM_EXPRESSION, .pos = pos, .expression = key};
        TRY(query_key_name(list->planner, list->query, key, &item.alias));
        TRY(add_item(list, &item));
    }
    return STATUS_OK;
}

static enum status add_join_key(struct item_list *list, const struct join_rules *joins,
                                struct sql_pos pos)
{
    struct expression *expression = ARENA_NEW(list->planner->arena, struct expression);
    if (!expression) {
        return diag_no_memory(list->planner->diag);
    }
    expression->kind = EXPRESSION_COLUMN;
    expression->depth = 1;
    expression->pos = pos;
    expression->column.name = (struct identifier){.name = joins->key_name, .pos = pos};
    const struct query_item item = {.kind = SELECT_ITEM_EXPRESSION,
                                    .pos = pos,
                                    .expression = expression,
                                    .alias = joins->key_name};
    return add_item(list, &item);
}

static enum status add_star(struct item_list *list, const struct join_rules *joins,
                            struct sql_pos pos)
{
    struct query *query = list->query;
    if (joins && joins->is_synthetic && !query->ast->has_partition_by) {
        TRY(add_join_key(list, joins, pos));
    }
    TRY(add_partition_keys(list, pos));
    for (uint32_t i = 0; i < query->source_count; i++) {
        TRY(add_source(list, &query->sources[i], pos));
    }
    return STATUS_OK;
}

/* struct->*: one item per field. */
static enum status add_struct_star(struct item_list *list, const struct query_item *star)
{
    const struct planner *planner = list->planner;
    struct schema schema;
    struct expression *plain = NULL;
    const struct expr *expr = NULL;
    TRY(query_schema(planner, list->query, &schema));
    TRY(query_plain(planner, list->query, star->expression, &plain));
    const struct scope scope = {.schema = &schema};
    TRY(translate_in(planner, &scope, CLAUSE_OF_SELECT, plain, &expr));
    if (expr->type->kind != TYPE_STRUCT) {
        return diag_fail(planner->diag, STATUS_INVALID, star->pos,
                         "Cannot apply '->*' to '%.*s': it is not a STRUCT but %s",
                         TEXT_ARGS(expr->text), type_kind_name(expr->type->kind));
    }
    for (uint32_t i = 0; i < expr->type->field_count; i++) {
        struct expression *field = ARENA_NEW(planner->arena, struct expression);
        if (!field) {
            return diag_no_memory(planner->diag);
        }
        field->kind = EXPRESSION_DEREFERENCE;
        field->depth = star->expression->depth + 1;
        field->pos = star->pos;
        field->dereference.base = star->expression;
        field->dereference.field = (struct identifier){.name = expr->type->fields[i].name};
        struct query_item item = {
            .kind = SELECT_ITEM_EXPRESSION, .pos = star->pos, .expression = field};
        item.alias = query_alias_for(planner, list->query, field);
        if (!item.alias.data) {
            return diag_no_memory(planner->diag);
        }
        TRY(add_item(list, &item));
    }
    return STATUS_OK;
}

enum status query_expand_items(const struct planner *planner, struct query *query,
                               const struct join_rules *joins, bool shows_windows)
{
    struct item_list list = {.planner = planner, .query = query, .shows_windows = shows_windows};
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        switch (item->kind) {
        case SELECT_ITEM_EXPRESSION:
            TRY(add_item(&list, item));
            break;
        case SELECT_ITEM_STAR:
            TRY(add_star(&list, joins, item->pos));
            break;
        case SELECT_ITEM_SOURCE_STAR:
            if (!query_is_join(query)) {
                TRY(add_partition_keys(&list, item->pos));
            }
            TRY(add_source(&list, &query->sources[item->source_index], item->pos));
            break;
        case SELECT_ITEM_STRUCT_STAR:
            TRY(add_struct_star(&list, item));
            break;
        }
    }
    query->items = list.items;
    query->item_count = list.count;
    return STATUS_OK;
}

enum status query_key_name(const struct planner *planner, struct query *query,
                           const struct expression *expression, struct text *out)
{
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        if (item->kind == SELECT_ITEM_EXPRESSION &&
            expression_equal(item->expression, expression)) {
            *out = item->alias;
            return STATUS_OK;
        }
    }
    struct expression *plain = NULL;
    TRY(query_plain(planner, query, expression, &plain));
    *out = plain->kind == EXPRESSION_COLUMN ? plain->column.name.name
                                            : query_alias_for(planner, query, expression);
    return out->data ? STATUS_OK : diag_no_memory(planner->diag);
}

static enum status add_schema_column(const struct planner *planner, const struct query *query,
                                     const struct query_source *source,
                                     const struct schema_column *column, struct schema_column *out)
{
    *out = *column;
    if (query_is_join(query)) {
        out->name = name_of_join_column(planner->arena, source->alias, column->name);
    }
    return out->name.data ? STATUS_OK : diag_no_memory(planner->diag);
}

enum status query_schema(const struct planner *planner, const struct query *query,
                         struct schema *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < query->source_count; i++) {
        count += query->sources[i].source->schema.column_count + PSEUDO_KIND_COUNT;
    }
    struct schema_column *columns = arena_array(planner->arena, count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(planner->diag);
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < query->source_count; i++) {
        const struct query_source *source = &query->sources[i];
        const struct schema *schema = &source->source->schema;
        for (uint32_t j = 0; j < schema->column_count; j++) {
            TRY(add_schema_column(planner, query, source, &schema->columns[j], &columns[next++]));
        }
        for (size_t j = 0; j < PSEUDO_KIND_COUNT; j++) {
            const struct schema_column pseudo = {.name = pseudo_names[j].name,
                                                 .type = type_of(pseudo_names[j].type),
                                                 .role = COLUMN_VALUE};
            if (query_source_has(source, pseudo.name)) {
                TRY(add_schema_column(planner, query, source, &pseudo, &columns[next++]));
            }
        }
    }
    *out = (struct schema){next, columns};
    return STATUS_OK;
}
