/* test_rest_compare.h: whether a server's answer is the one that a case expects.
 *
 * An expected object may leave out members; a member whose name ends in "|starts_with" gives the
 * beginning of a text; {STATEMENT} stands for the text of the statement. Lists must agree item by
 * item. Numbers compare as test_compare_numbers() does. Source: ksqlDB's RqttResponse. Thread:
 * any. */
#ifndef SHELL_TEST_REST_COMPARE_H
#define SHELL_TEST_REST_COMPARE_H

#include "base/arena.h"
#include "base/status.h"
#include "shell/test_tree.h"

bool test_rest_matches(const struct tree *actual, const struct tree *expected,
                       struct text statement);

/* Both are arrays, and every row must have its counterpart, at the same place if is_ordered. Fails
 * with a message that shows a row too few or too many. arena takes scratch. */
MUST_USE enum status test_rest_compare_rows(struct arena *arena, const struct tree *actual,
                                            const struct tree *expected, struct text statement,
                                            bool is_ordered, struct diag *diag);

#endif
