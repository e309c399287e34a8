/* like.h: the LIKE predicate. '%' stands for any run of characters, '_' for one; neither
 * matches a line break, since ksqlDB turns the pattern into a Java regex whose dot does not.
 * Source: ksqlDB's LikeEvaluator. Thread: any. */
#ifndef FUNCTIONS_LIKE_H
#define FUNCTIONS_LIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* escape: the code point that makes the next pattern character literal, 0 for none.
 * STATUS_INVALID: "LIKE pattern must not end with escape character". */
MUST_USE enum status like_match(struct text text, struct text pattern, uint32_t escape, bool *out,
                                struct diag *diag);

#endif
