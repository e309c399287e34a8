/* variables.h: ${name} in SQL text.
 *
 * A variable stands for a whole token (a name or a literal) or for a part of a string. It is put
 * in token by token, so that an error can still point into the text that the user wrote.
 * Source: ksqlDB's VariableSubstitutor. Thread: one parse at a time per scope. */
#ifndef PARSER_VARIABLES_H
#define PARSER_VARIABLES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/lexer.h"
#include "parser/parser.h"

/* The variables in force: those the caller gave, then what the script defined and undefined.
 * The newest entry of a name wins; one without value data undefines. */
struct variable_scope {
    struct parser_variable *items;
    size_t count;
    size_t room;
    struct arena *arena; /* borrowed; holds items */
};

/* options may be NULL. Copies the list of variables, borrows their texts. */
MUST_USE enum status variable_scope_init(struct variable_scope *scope,
                                         const struct parser_options *options, struct arena *arena,
                                         struct diag *diag);

/* Borrows both texts. value.data NULL undefines name. */
MUST_USE enum status variable_scope_add(struct variable_scope *scope, struct text name,
                                        struct text value, struct diag *diag);

/* Replaces token where it is a variable or a string that mentions one; others stay. previous_kind
 * is the kind of the token before it. New texts live in scratch. A variable that stands alone
 * must be defined, and hold a name or a literal; in a string an unknown one stays as it is. */
MUST_USE enum status variables_substitute(const struct variable_scope *scope, struct token *token,
                                          int previous_kind, struct arena *scratch,
                                          struct diag *diag);

#endif
