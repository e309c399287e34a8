/* build_query.c
 *
 * SELECT and its clauses. Rules hand each other small structs by pointer, so that lemon's stack
 * entries stay small; builder_query puts them together.
 */
#include "parser/builder.h"

struct select_item_list builder_add_item(struct builder *b, struct select_item_list list,
                                         const struct select_item *item)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct select_item_list){0};
    }
    list.items[list.count++] = *item;
    return list;
}

static struct select_item *item_node(struct builder *b, enum select_item_kind kind,
                                     struct sql_pos pos)
{
    struct select_item *item = builder_new(b, sizeof(*item));
    if (item) {
        item->kind = kind;
        item->pos = pos;
    }
    return item;
}

struct select_item *builder_item(struct builder *b, struct expression *expression,
                                 const struct identifier *alias)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    const struct sql_pos pos = alias ? builder_span(expression->pos, alias->pos) : expression->pos;
    struct select_item *item = item_node(b, SELECT_ITEM_EXPRESSION, pos);
    if (item) {
        item->expression = expression;
        item->has_alias = alias != NULL;
        if (alias) {
            item->alias = *alias;
        }
    }
    return item;
}

struct select_item *builder_struct_star(struct builder *b, struct expression *base,
                                        const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    struct select_item *item =
        item_node(b, SELECT_ITEM_STRUCT_STAR, builder_span(base->pos, last->pos));
    if (item) {
        item->expression = base;
    }
    return item;
}

struct select_item *builder_source_star(struct builder *b, struct identifier source,
                                        const struct token *last)
{
    struct select_item *item =
        item_node(b, SELECT_ITEM_SOURCE_STAR, builder_span(source.pos, last->pos));
    if (item) {
        item->source = source;
    }
    return item;
}

struct select_item *builder_star(struct builder *b, const struct token *star)
{
    return item_node(b, SELECT_ITEM_STAR, star->pos);
}

struct select_source *builder_source(struct builder *b, struct identifier name,
                                     const struct identifier *alias)
{
    struct select_source *source = builder_new(b, sizeof(*source));
    if (source) {
        source->name = name;
        source->has_alias = alias != NULL;
        source->alias = alias ? *alias : name;
    }
    return source;
}

struct relation builder_relation(struct builder *b, struct select_source *source)
{
    (void)b;
    return (struct relation){.source = source};
}

struct relation builder_add_join(struct builder *b, struct relation relation,
                                 const struct select_join *join)
{
    relation.joins = builder_grow(b, relation.joins, relation.join_count, sizeof(*relation.joins));
    if (!relation.joins) {
        return (struct relation){0};
    }
    relation.joins[relation.join_count++] = *join;
    return relation;
}

struct select_join *builder_join(struct builder *b, struct join_words words,
                                 const struct select_source *source, const struct within *within,
                                 struct expression *on)
{
    struct select_join *join = builder_new(b, sizeof(*join));
    if (!join) {
        return NULL;
    }
    join->type = words.type;
    join->source = *source;
    join->on = on;
    join->pos = builder_span(words.first ? words.first->pos : source->name.pos, on->pos);
    if (within) {
        join->within_before = within->before;
        join->within_after = within->after;
        join->within_grace = within->grace;
        join->is_within_pair = within->is_pair;
    }
    return join;
}

struct within *builder_within(struct builder *b, struct duration before, struct duration after,
                              bool is_pair, struct duration grace)
{
    struct within *within = builder_new(b, sizeof(*within));
    if (within) {
        *within = (struct within){before, after, grace, is_pair};
    }
    return within;
}

struct window_limits *builder_window_limits(struct builder *b, struct duration retention,
                                            struct duration grace)
{
    struct window_limits *limits = builder_new(b, sizeof(*limits));
    if (limits) {
        *limits = (struct window_limits){retention, grace};
    }
    return limits;
}

struct select_window *builder_window(struct builder *b, enum ast_window_kind kind,
                                     struct duration size, struct duration advance,
                                     const struct window_limits *limits, const struct token *last)
{
    struct select_window *window = builder_new(b, sizeof(*window));
    if (!window) {
        return NULL;
    }
    window->kind = kind;
    window->pos = last->pos;
    window->size = size;
    window->advance = advance;
    if (limits) {
        window->retention = limits->retention;
        window->grace = limits->grace;
    }
    return window;
}

struct select_window *builder_name_window(struct builder *b, struct select_window *window,
                                          const struct token *first, const struct token *name)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    window->pos = builder_span(first->pos, window->pos);
    if (name) {
        window->has_name = true;
        window->name = builder_identifier(b, name);
    }
    return window;
}

static void set_groupings(struct select_query *query, const struct query_clauses *clauses)
{
    query->group_by = clauses->group_by.list;
    query->partition_by = clauses->partition_by.list;
    if (clauses->group_by.first) {
        query->has_group_by = true;
        query->group_by_pos = clauses->group_by.first->pos;
    }
    if (clauses->partition_by.first) {
        query->has_partition_by = true;
        query->partition_by_pos = clauses->partition_by.first->pos;
    }
}

static void set_tail(struct builder *b, struct select_query *query,
                     const struct query_clauses *clauses)
{
    query->emit = clauses->emit.emit;
    if (clauses->emit.first) {
        query->emit_pos = builder_span(clauses->emit.first->pos, clauses->emit.last->pos);
    }
    if (clauses->limit) {
        query->has_limit = true;
        query->limit = builder_integer(b, clauses->limit, "LIMIT");
        query->limit_pos = clauses->limit->pos;
    }
}

struct select_query *builder_query(struct builder *b, const struct token *first,
                                   const struct query_clauses *clauses)
{
    struct select_query *query = builder_new(b, sizeof(*query));
    if (!query) {
        return NULL;
    }
    query->pos = first->pos;
    query->items = clauses->items.items;
    query->item_count = clauses->items.count;
    query->from = *clauses->relation.source;
    query->joins = clauses->relation.joins;
    query->join_count = clauses->relation.join_count;
    query->window = clauses->window;
    query->where = clauses->where;
    query->having = clauses->having;
    set_groupings(query, clauses);
    set_tail(b, query, clauses);
    return query;
}
