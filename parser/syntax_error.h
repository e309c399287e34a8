/* syntax_error.h: says what is wrong with text that the grammar does not take.
 *
 * Source of the messages: ksqlDB's SyntaxErrorValidator over ANTLR's errors. Thread: any. */
#ifndef PARSER_SYNTAX_ERROR_H
#define PARSER_SYNTAX_ERROR_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/token_list.h"

/* What went wrong, and where. */
struct syntax_error {
    const struct token_list *tokens;
    size_t at;       /* index of the offending token; the last one when text is missing */
    int goal;        /* the GOAL token of the parse */
    struct text sql; /* the whole text, for the line that the message shows */
};

/* Fills diag and returns STATUS_INVALID (or STATUS_NO_MEMORY). Parses the statement once more up
 * to the error; what that builds goes to scratch. */
MUST_USE enum status syntax_error_report(const struct syntax_error *error, struct arena *scratch,
                                         struct diag *diag);

#endif
