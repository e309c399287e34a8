/* like.h: the LIKE predicate. '%' stands for any run of characters, '_' for one; neither
 * matches a line break, since ksqlDB turns the pattern into a Java regex whose dot does not.
 * Source: ksqlDB's LikeEvaluator. Thread: any. */
#ifndef FUNCTIONS_LIKE_H
#define FUNCTIONS_LIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* A pattern looked over once. Plain data; borrows the pattern's text. */
struct like_pattern {
    struct text text;
    uint32_t escape;
    /* What most patterns are: one literal, with '%' before or behind it, or both. */
    bool is_simple;
    bool is_open_before;
    bool is_open_behind;
    struct text literal;
};

/* escape: the code point that makes the next pattern character literal, 0 for none.
 * STATUS_INVALID: "LIKE pattern must not end with escape character". */
MUST_USE enum status like_compile(struct text pattern, uint32_t escape, struct like_pattern *out,
                                  struct diag *diag);

bool like_match(const struct like_pattern *pattern, struct text text);

#endif
