/* keywords.h: the one table of SQL words.
 *
 * Serves the lexer (which token is this word?), error messages (how is this token written, is it
 * reserved?), the printer (must this name be quoted?) and completion in shells.
 * Source of the words: ksqlDB's SqlBase grammar. Thread: any. */
#ifndef PARSER_KEYWORDS_H
#define PARSER_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum keyword_use {
    KEYWORD_RESERVED,  /* never a name unless quoted */
    KEYWORD_FREE,      /* a name wherever a name can stand */
    KEYWORD_AMBIGUOUS, /* a name too, but some places read it as a keyword: quote it in print */
};

struct keyword {
    struct text text; /* upper case */
    int token;        /* TOKEN_ constant; TOKEN_IDENT or TOKEN_RESERVED where the grammar needs
                         no token of its own */
    enum keyword_use use;
};

/* All of them, sorted by text. */
const struct keyword *keywords_all(size_t *out_count);

/* NULL when word is no keyword; case does not matter. */
const struct keyword *keyword_find(struct text word);

/* The keyword that is this token; NULL for other tokens. */
const struct keyword *keyword_of_token(int token);

#endif
