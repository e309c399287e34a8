/* printer.h: the tree back to SQL text.
 *
 * The text can be parsed again and prints the same. It is also the form in which error messages
 * quote expressions. Names are quoted with ` only where they must be. Source of the form: ksqlDB's
 * ExpressionFormatter and SqlFormatter. A lost append shows in buffer_status(). Thread: any. */
#ifndef PARSER_PRINTER_H
#define PARSER_PRINTER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "parser/ast.h"

/* NAME, or `name` where the bare word would mean something else. */
void printer_name(struct buffer *out, struct text name);
/* True when printer_name would quote it. */
bool printer_must_quote(struct text name);

/* DAYS, HOURS, ... */
const char *printer_unit(enum ast_interval_unit unit);

/* 'text', quotes inside doubled. */
void printer_string(struct buffer *out, struct text text);

/* (A + B), F(A, 'x'), S.A, CAST(A AS BIGINT), ... */
void printer_expression(struct buffer *out, const struct expression *expression);
/* The same in an arena, for messages; data is NULL when memory is out. */
struct text printer_expression_text(struct arena *arena, const struct expression *expression);

/* DECIMAL(4, 2), ARRAY<STRING>, STRUCT<A INTEGER, `b` STRING>, ... */
void printer_type(struct buffer *out, const struct type_name *type);

/* A INTEGER KEY, B STRING: a column list without its brackets. */
void printer_columns(struct buffer *out, const struct column_definition_list *columns);

/* " WITH (A='x', B=1)", with the blank in front; nothing when the clause is absent. */
void printer_properties(struct buffer *out, const struct property_list *properties);

/* SELECT ... on several lines. A query that writes (CREATE AS, INSERT) always says how it emits. */
void printer_query(struct buffer *out, const struct select_query *query, bool is_persistent);

/* Without a ';'. */
void printer_statement(struct buffer *out, const struct statement *statement);

#endif
