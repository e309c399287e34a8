/* parser.h: SQL text to tree.
 *
 * Follows ksqlDB's DefaultKsqlParser and AstBuilder: the same language, the same messages, with
 * lines and columns from 1. Everything that a call yields lives in the arena given to it; the SQL
 * text itself may be gone after the call. On failure the arena may hold leftovers, and diag holds
 * the message (with the statement's text after a line "Statement: "), the place in the text, and
 * one of STATUS_INVALID, STATUS_LIMIT (too large or nested too deep) and STATUS_NO_MEMORY.
 * Thread: any; no state outlives a call. */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/ast.h"

enum {
    /* ksqlDB has no such limit; generated statements of a few hundred columns stay far below. */
    PARSER_STATEMENT_BYTES_MAX = 64 * 1024,
    /* A whole script in one request. Keeps line, column and offset well inside 32 bits. */
    PARSER_SCRIPT_BYTES_MAX = 16 * 1024 * 1024,
    /* Levels of an expression or a type: later passes recurse once a level. A chain such as
     * a OR b OR c is one level deeper per operator, and generated ones have hundreds. */
    PARSER_DEPTH_MAX = 500,
};

/* A session variable: ${name} in the text stands for value (without recursion). */
struct parser_variable {
    struct text name; /* compared without regard to case */
    struct text value;
};

struct parser_options {
    const struct parser_variable *variables; /* a later entry of the same name wins */
    size_t variable_count;
    bool allow_test_statements; /* ASSERT VALUES, ASSERT NULL VALUES, ASSERT STREAM, ASSERT TABLE
                                   and RUN SCRIPT: SQL test files only */
};

/* Parses every statement of a script; each must end in ';'. A script of blanks and comments only
 * gives an empty list. options may be NULL: none. A DEFINE or UNDEFINE in the script acts on the
 * statements after it, on top of the variables given; the caller still gets it as a statement, so
 * that it can change its session when it executes it. */
MUST_USE enum status parser_parse_script(struct text sql, const struct parser_options *options,
                                         struct arena *arena, struct statement_list *out,
                                         struct diag *diag);

/* Parses exactly one statement; the ';' may be missing. For stored statement texts, prepared
 * statements, and EXPLAIN. */
MUST_USE enum status parser_parse_statement(struct text sql, const struct parser_options *options,
                                            struct arena *arena, struct statement **out,
                                            struct diag *diag);

/* Parses exactly one expression and nothing after it. */
MUST_USE enum status parser_parse_expression(struct text sql, struct arena *arena,
                                             struct expression **out, struct diag *diag);

/* Parses exactly one type, such as STRUCT<A INT, B ARRAY<STRING>>. */
MUST_USE enum status parser_parse_type(struct text sql, struct arena *arena, struct type_name **out,
                                       struct diag *diag);

/* Parses a column list without its parentheses, such as "`A` STRING KEY, `B` INTEGER": how
 * ksqlDB writes a schema. An empty text gives an empty list. */
MUST_USE enum status parser_parse_columns(struct text sql, struct arena *arena,
                                          struct column_definition_list *out, struct diag *diag);

/* One statement's place in a script. */
struct statement_text {
    struct text text;   /* borrowed from the script: first to last token, without the ';' */
    struct sql_pos pos; /* of its first token */
    bool is_terminated; /* a ';' followed */
};

/* Walks a script statement by statement without parsing: knows strings, quoted identifiers and
 * comments. For shells (is the line complete yet?) and for tools that read directives between
 * statements. Next returns false at the end; a ';' alone gives an empty text. */
struct statement_splitter {
    struct text sql;
    struct sql_pos next; /* where to go on */
    bool is_open;        /* after the end: a string, quoted name or comment was not closed */
};

void statement_splitter_init(struct statement_splitter *splitter, struct text sql);
bool statement_splitter_next(struct statement_splitter *splitter, struct statement_text *out);

#endif
