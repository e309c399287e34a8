/* query.h: a SELECT whose names are resolved, before anything is typed.
 *
 * Columns are qualified by the alias of their source wherever they name one, items have their
 * result names, and strings compared with times are numbers. What stays unqualified is a lambda
 * parameter, a window bound of the aggregation itself, or a name that does not exist: those are
 * reported later, clause by clause. Trees and arrays live in the planner's arena.
 *
 * Source of behaviour: ksqlDB's AstSanitizer, DataSourceExtractor and ColumnAliasGenerator.
 * Thread: any. */
#ifndef PLANNER_QUERY_H
#define PLANNER_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "parser/ast.h"
#include "planner/planner.h"

/* One source of FROM and JOIN, in the order written. */
struct query_source {
    struct text alias;
    const struct source *source; /* the catalog's */
    struct sql_pos pos;
    bool *is_used;          /* per column of the source: something reads it */
    bool is_pseudo_used[5]; /* by enum pseudo_kind */
};

struct query_item {
    enum select_item_kind kind;
    struct sql_pos pos;
    struct expression *expression;
    struct text alias;     /* result name; EXPRESSION only */
    uint32_t source_index; /* SOURCE_STAR only */
};

struct query_expressions {
    struct expression **items;
    uint32_t count;
};

/* Appends expression unless an equal one is there; the list grows in the planner's arena and must
 * have been built by this function alone. */
MUST_USE enum status query_expressions_add(const struct planner *planner,
                                           struct query_expressions *list,
                                           const struct expression *expression);

/* Hands out result names of expressions without an alias. */
struct alias_generator {
    uint32_t next_column; /* of KSQL_COL_n */
    struct text *fields;  /* names of struct fields that were handed out ... */
    uint32_t *field_next; /* ... and their next number */
    uint32_t field_count;
};

struct query {
    const struct select_query *ast;
    struct query_source *sources;
    uint32_t source_count; /* 1 + joins */
    struct query_item *items;
    uint32_t item_count;
    struct expression *where; /* NULL: none */
    struct expression *having;
    struct query_expressions group_by;
    struct query_expressions partition_by;
    struct expression **join_on; /* one per join */
    struct alias_generator aliases;
};

/* Resolves sources and names. */
MUST_USE enum status query_resolve(const struct planner *planner, const struct select_query *ast,
                                   struct query **out);

/* The source with this alias, or NULL. */
struct query_source *query_find_source(const struct query *query, struct text alias);

static inline bool query_is_join(const struct query *query)
{
    return query->source_count > 1;
}

/* True when the source has such a column; pseudo columns that it has count. */
bool query_source_has(const struct query_source *source, struct text column);

/* The next free KSQL_COL_n; data NULL: no memory. */
struct text query_next_alias(const struct planner *planner, struct query *query);

/* The result name of an expression without an alias: the column's or field's name, or the next
 * free KSQL_COL_n; data NULL: no memory. */
struct text query_alias_for(const struct planner *planner, struct query *query,
                            const struct expression *expression);

/* A copy in which columns have the names that they get in the steps of the plan: NAME, or
 * ALIAS_NAME in a join, and no qualifiers. */
MUST_USE enum status query_plain(const struct planner *planner, const struct query *query,
                                 const struct expression *expression, struct expression **out);

/* What follows "X does not exist." when a source's name was perhaps misspelt: data NULL when
 * nothing comes near. */
struct text source_name_hint(const struct planner *planner, struct text name);

#endif
