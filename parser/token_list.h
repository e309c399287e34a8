/* token_list.h: the tokens of one statement, made fit for the grammar.
 *
 * Reading replaces variables. Resolving settles, with a look at the neighbours, what LALR(1)
 * cannot: see token_list.c. Lists live in a scratch arena and borrow the SQL text.
 * Thread: one parse at a time. */
#ifndef PARSER_TOKEN_LIST_H
#define PARSER_TOKEN_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/lexer.h"
#include "parser/variables.h"

struct token_list {
    struct token *items; /* the last one has kind 0: the ';', or the end of the text */
    size_t count;        /* the last one counts: never 0 after reading */
    bool is_terminated;  /* a ';' ended the statement */
    bool is_open;        /* a string, quoted name or comment was not closed */
    bool is_changed;     /* a variable was replaced */
};

/* Reads up to and with the next ';'. A list of count 1 that is not terminated is the end. */
MUST_USE enum status token_list_read(struct lexer *lexer, const struct variable_scope *variables,
                                     struct arena *scratch, struct token_list *out,
                                     struct diag *diag);

/* The statement's text with variables replaced, from the first token to the last before the end,
 * as a copy in arena. Only before resolving. */
MUST_USE enum status token_list_text(const struct token_list *list, struct text sql,
                                     struct arena *arena, struct text *out, struct diag *diag);

/* Prepares the list for the grammar. */
MUST_USE enum status token_list_resolve(struct token_list *list, bool allow_test_statements,
                                        struct arena *scratch, struct diag *diag);

#endif
