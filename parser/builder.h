/* builder.h: from the grammar's rules to nodes of the tree.
 *
 * One function per kind of rule; only grammar.y calls them. The first failure (memory, a limit, a
 * number out of range) is kept in the builder, and from then on every function does nothing and
 * gives NULL or an empty list, so that rules need not check. Nodes live in the builder's arena and
 * share nothing with the tokens. Source of the checks: ksqlDB's AstBuilder and ParserUtil.
 * Thread: one per parse. */
#ifndef PARSER_BUILDER_H
#define PARSER_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/ast.h"
#include "parser/lexer.h"

struct builder {
    struct arena *arena;
    struct diag *diag;
    enum status status;               /* of the first failure */
    const struct token *syntax_error; /* where the grammar could not go on; NULL: nowhere */
    /* The result: the one that the GOAL token asked for. */
    struct statement *statement;
    struct expression *expression;
    struct type_name *type;
    struct column_definition_list columns;
};

void builder_init(struct builder *b, struct arena *arena, struct diag *diag);

static inline bool builder_has_failed(const struct builder *b)
{
    return b->status != STATUS_OK || b->syntax_error;
}

/* ---- Failures ---- */

void builder_syntax_error(struct builder *b, const struct token *at);
void builder_too_large(struct builder *b);

/* ---- What rules hand to each other ---- */

struct case_branch_list {
    struct case_branch *items;
    size_t count;
};

struct map_entry_list {
    struct map_entry *items;
    size_t count;
};

struct struct_entry_list {
    struct struct_entry *items;
    size_t count;
};

struct type_field_list {
    struct type_name_field *items;
    size_t count;
};

struct select_item_list {
    struct select_item *items;
    size_t count;
};

struct relation {
    struct select_source *source;
    struct select_join *joins;
    size_t join_count;
};

struct join_words {
    enum ast_join_type type;
    const struct token *first; /* NULL: bare JOIN */
};

struct within {
    struct duration before;
    struct duration after;
    struct duration grace;
    bool is_pair;
};

struct window_limits {
    struct duration retention;
    struct duration grace;
};

struct grouping {
    struct expression_list list;
    const struct token *first; /* NULL: no such clause */
};

struct emit_words {
    enum ast_emit emit;
    const struct token *first; /* NULL: no such clause */
    const struct token *last;
};

struct query_clauses {
    struct select_item_list items;
    struct relation relation;
    struct select_window *window;
    struct expression *where;
    struct grouping group_by;
    struct grouping partition_by;
    struct expression *having;
    struct emit_words emit;
    const struct token *limit;
};

struct constraint_words {
    enum column_constraint constraint;
    const struct token *header_key; /* of HEADER('k') */
    const struct token *last;
};

/* ---- Names and literals: build_name.c ---- */

/* The text of a quoted token without its quotes, doubled ones made single. */
struct text builder_unquote(struct builder *b, const struct token *token);
struct identifier builder_identifier(struct builder *b, const struct token *token);
/* Refuses characters that no stream, table or alias may hold. */
struct identifier builder_source_name(struct builder *b, struct identifier name);
/* A name or string whose case is kept: a topic, a subject, a query id. */
struct identifier builder_resource_name(struct builder *b, const struct token *token);
/* Any text into the arena; data is NULL after a failure. */
struct text builder_text(struct builder *b, struct text text);
/* As above, ASCII letters in upper case. */
struct text builder_upper_text(struct builder *b, struct text text);
struct identifier_list builder_add_identifier(struct builder *b, struct identifier_list list,
                                              struct identifier item);

struct expression *builder_null(struct builder *b, const struct token *token);
struct expression *builder_boolean(struct builder *b, const struct token *token, bool value);
struct expression *builder_string(struct builder *b, const struct token *token);
struct expression *builder_number(struct builder *b, const struct token *token);
/* DECIMAL 'x'; any other type is refused. */
struct expression *builder_typed_literal(struct builder *b, const struct token *type,
                                         const struct token *string);
/* A number that must be an integer; what names it in the message. */
int64_t builder_integer(struct builder *b, const struct token *number, const char *what);
struct duration builder_duration(struct builder *b, const struct token *number,
                                 const struct token *unit);

/* ---- Expressions: build_expression.c ---- */

struct expression_list builder_add_expression(struct builder *b, struct expression_list list,
                                              struct expression *item);
struct expression_list builder_prepend_expression(struct builder *b, struct expression *item,
                                                  struct expression_list list);
struct case_branch_list builder_add_branch(struct builder *b, struct case_branch_list list,
                                           struct expression *when, struct expression *then);
struct map_entry_list builder_add_map_entry(struct builder *b, struct map_entry_list list,
                                            struct expression *key, struct expression *value);
struct struct_entry_list builder_add_struct_entry(struct builder *b, struct struct_entry_list list,
                                                  struct identifier name, struct expression *value);

struct expression *builder_column(struct builder *b, const struct identifier *source,
                                  struct identifier name);
struct expression *builder_arithmetic(struct builder *b, enum ast_arithmetic op,
                                      const struct token *token, struct expression *left,
                                      struct expression *right);
struct expression *builder_sign(struct builder *b, const struct token *token, bool is_minus,
                                struct expression *operand);
struct expression *builder_concat(struct builder *b, struct expression *left,
                                  struct expression *right);
struct expression *builder_comparison(struct builder *b, enum ast_comparison op,
                                      const struct token *token, struct expression *left,
                                      struct expression *right);
struct expression *builder_logical(struct builder *b, enum ast_logical op, struct expression *left,
                                   struct expression *right);
struct expression *builder_not(struct builder *b, const struct token *token,
                               struct expression *operand);
/* NOT operand when is_negated, else operand. */
struct expression *builder_negate(struct builder *b, bool is_negated, struct expression *operand);
struct expression *builder_between(struct builder *b, struct expression *value,
                                   struct expression *min, struct expression *max);
struct expression *builder_in(struct builder *b, struct expression *value,
                              struct expression_list list, const struct token *last);
/* escape may be NULL. */
struct expression *builder_like(struct builder *b, struct expression *value,
                                struct expression *pattern, const struct token *escape);
struct expression *builder_is_null(struct builder *b, struct expression *value, bool is_negated,
                                   const struct token *last);
struct expression *builder_at_time_zone(struct builder *b, struct expression *value,
                                        const struct token *zone);
/* subject and otherwise may be NULL. */
struct expression *builder_case(struct builder *b, const struct token *first,
                                struct expression *subject, struct case_branch_list branches,
                                struct expression *otherwise, const struct token *last);
struct expression *builder_cast(struct builder *b, const struct token *first,
                                struct expression *value, struct type_name *type,
                                const struct token *last);
struct expression *builder_array(struct builder *b, const struct token *first,
                                 struct expression_list list, const struct token *last);
struct expression *builder_map(struct builder *b, const struct token *first,
                               struct map_entry_list list, const struct token *last);
struct expression *builder_struct(struct builder *b, const struct token *first,
                                  struct struct_entry_list list, const struct token *last);
struct expression *builder_call(struct builder *b, struct identifier name, bool is_star,
                                struct expression_list args, const struct token *last);
struct expression *builder_unit_argument(struct builder *b, const struct token *unit);
struct expression *builder_subscript(struct builder *b, struct expression *base,
                                     struct expression *index, const struct token *last);
struct expression *builder_dereference(struct builder *b, struct expression *base,
                                       struct identifier field);
struct expression *builder_lambda(struct builder *b, struct identifier_list params,
                                  struct expression *body);

/* ---- Types: build_type.c ---- */

/* first is NULL for the form "element ARRAY". */
struct type_name *builder_array_type(struct builder *b, struct type_name *element,
                                     const struct token *first, const struct token *last);
struct type_name *builder_map_type(struct builder *b, const struct token *first,
                                   struct type_name *key, struct type_name *value,
                                   const struct token *last);
struct type_name *builder_struct_type(struct builder *b, const struct token *first,
                                      struct type_field_list fields, const struct token *last);
struct type_name *builder_decimal_type(struct builder *b, const struct token *first,
                                       const struct token *precision, const struct token *scale,
                                       const struct token *last);
/* last is the bracket behind ignored parameters, or NULL. */
struct type_name *builder_simple_type(struct builder *b, struct identifier name,
                                      const struct token *last);
struct type_field_list builder_add_type_field(struct builder *b, struct type_field_list list,
                                              struct identifier name, struct type_name *type);

/* ---- Queries: build_query.c ---- */

struct select_query *builder_query(struct builder *b, const struct token *first,
                                   const struct query_clauses *clauses);
struct select_item_list builder_add_item(struct builder *b, struct select_item_list list,
                                         const struct select_item *item);
/* alias may be NULL. */
struct select_item *builder_item(struct builder *b, struct expression *expression,
                                 const struct identifier *alias);
struct select_item *builder_struct_star(struct builder *b, struct expression *base,
                                        const struct token *last);
struct select_item *builder_source_star(struct builder *b, struct identifier source,
                                        const struct token *last);
struct select_item *builder_star(struct builder *b, const struct token *star);
/* alias may be NULL. */
struct select_source *builder_source(struct builder *b, struct identifier name,
                                     const struct identifier *alias);
struct relation builder_relation(struct builder *b, struct select_source *source);
struct relation builder_add_join(struct builder *b, struct relation relation,
                                 const struct select_join *join);
/* within may be NULL. */
struct select_join *builder_join(struct builder *b, struct join_words words,
                                 const struct select_source *source, const struct within *within,
                                 struct expression *on);
struct within *builder_within(struct builder *b, struct duration before, struct duration after,
                              bool is_pair, struct duration grace);
struct window_limits *builder_window_limits(struct builder *b, struct duration retention,
                                            struct duration grace);
/* limits may be NULL. last ends the window's text. */
struct select_window *builder_window(struct builder *b, enum ast_window_kind kind,
                                     struct duration size, struct duration advance,
                                     const struct window_limits *limits, const struct token *last);
/* Adds what stands before the form: the word WINDOW, and a name or NULL. */
struct select_window *builder_name_window(struct builder *b, struct select_window *window,
                                          const struct token *first, const struct token *name);

/* ---- Statements: build_statement.c ---- */

struct statement *builder_statement(struct builder *b, enum statement_kind kind);
struct statement *builder_list(struct builder *b, struct list_statement list);
struct statement *builder_describe(struct builder *b, struct describe_statement describe);
/* interval and limit may be NULL. */
struct statement *builder_print(struct builder *b, struct identifier topic, bool from_beginning,
                                const struct token *interval, const struct token *limit);
/* query_id is NULL for ALL. */
struct statement *builder_query_control(struct builder *b, enum statement_kind kind,
                                        const struct token *query_id);
/* value is NULL for UNSET. */
struct statement *builder_setting(struct builder *b, enum statement_kind kind,
                                  const struct token *key, const struct token *value);
/* value is NULL for UNDEFINE. */
struct statement *builder_variable(struct builder *b, enum statement_kind kind,
                                   const struct token *name, const struct token *value);
struct statement *builder_create(struct builder *b, struct create_source_statement create);
struct statement *builder_create_source(struct builder *b, struct statement *head,
                                        struct column_definition_list columns,
                                        struct property_list properties);
/* as is the word AS, where CREATE SOURCE .. AS goes wrong. */
struct statement *builder_create_as(struct builder *b, struct statement *head,
                                    struct property_list properties, const struct token *as,
                                    struct select_query *query);
struct statement *builder_create_connector(struct builder *b,
                                           struct create_connector_statement create);
struct statement *builder_drop_named(struct builder *b, enum statement_kind kind, bool if_exists,
                                     struct identifier name);
struct statement *builder_values(struct builder *b, enum statement_kind kind,
                                 struct identifier target, struct identifier_list columns,
                                 struct expression_list values);
/* One of the two is NULL. */
struct statement *builder_explain(struct builder *b, struct statement *statement,
                                  const struct token *query_id);
struct statement *builder_assert_topic(struct builder *b, struct assert_topic_statement topic);
/* subject.name.data and id are NULL when absent. */
struct statement *builder_assert_schema(struct builder *b, bool not_exists,
                                        struct identifier subject, const struct expression *id,
                                        struct duration timeout);

struct column_definition *builder_column_definition(struct builder *b, struct identifier name,
                                                    struct type_name *type,
                                                    struct constraint_words words);
struct column_definition_list builder_add_column(struct builder *b,
                                                 struct column_definition_list list,
                                                 const struct column_definition *column);
struct property *builder_property(struct builder *b, struct identifier name,
                                  struct expression *value);
struct property_list builder_add_property(struct builder *b, struct property_list list,
                                          const struct property *property);
/* Marks the list as present and gives it its place. */
struct property_list builder_properties(struct property_list list, const struct token *first,
                                        const struct token *last);

/* ---- For the build_*.c files ---- */

/* size zeroed bytes; NULL after a failure. */
void *builder_new(struct builder *b, size_t bytes);
/* Room for one more item of size bytes behind count others: the old array, or a copy of twice the
 * room. NULL after a failure. */
void *builder_grow(struct builder *b, void *items, size_t count, size_t bytes);
/* A new node of the given depth over its parts; NULL after a failure or when it is too deep. */
struct expression *builder_expression(struct builder *b, enum expression_kind kind, uint32_t depth,
                                      struct sql_pos pos);
/* From the start of first to the end of last. */
struct sql_pos builder_span(struct sql_pos first, struct sql_pos last);
/* Keeps a failure; the message starts with "Failed to prepare statement: line l:c: ". */
void builder_fail(struct builder *b, struct sql_pos pos, const char *format, ...) PRINTF_LIKE(3, 4);
/* As above, without a place: "Failed to prepare statement: " + message + argument. */
void builder_fail_plainly(struct builder *b, struct sql_pos pos, const char *message,
                          const char *argument);
/* As builder_fail(); the message starts with "Line: l, Col: c: ". */
void builder_fail_at(struct builder *b, struct sql_pos pos, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
