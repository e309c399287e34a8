/* lexer.h: SQL text to tokens.
 *
 * A lexer is a cursor over text that it borrows; it allocates nothing and cannot fail. What is no
 * token of the language comes out as TOKEN_UNRECOGNIZED, so that the parser can point at it.
 * Token kinds are the TOKEN_ constants that lemon writes to parser/grammar.h.
 * Source of the rules: ksqlDB's SqlBase lexer. Thread: one at a time per lexer. */
#ifndef PARSER_LEXER_H
#define PARSER_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct token {
    int kind;            /* TOKEN_ constant; 0 at the end of the text */
    bool is_substituted; /* text replaces a ${variable}; pos is still the variable's place */
    struct text text;    /* as written, quotes included; borrowed from the SQL text */
    struct sql_pos pos;
};

struct lexer {
    struct text sql; /* at most 4 GiB; the parser allows far less */
    uint32_t offset_bytes;
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters */
    bool is_open;    /* the text ended inside a string, a quoted name or a comment */
};

/* Borrows sql, which must outlive the lexer and the tokens. */
void lexer_init(struct lexer *lexer, struct text sql);

/* Skips blanks and comments and takes the next token. At the end it gives kind 0 for ever. */
struct token lexer_next(struct lexer *lexer);

#endif
