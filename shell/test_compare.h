/* test_compare.h: whether a record is the one that a case expects.
 *
 * A DOUBLE may differ by 1e-6; a DECIMAL must have the same digits and the same scale (12.3 is
 * not 12.30), be it given as a number or a string; whole numbers must be equal. Objects must have
 * as many members as expected; a member is found by its name or else by its name in capitals, and
 * one that is not there counts as null. All other texts must be equal. What a case
 * leaves out: no key, value, window or headers are expected, and any timestamp will do.
 * Source: the rules of ksqlDB's own test runner. Thread: any. */
#ifndef SHELL_TEST_COMPARE_H
#define SHELL_TEST_COMPARE_H

#include <stdbool.h>

#include "base/status.h"
#include "shell/test_tree.h"
#include "shell/test_view.h"

/* *out_part is NULL when they agree, else what differs first: "key", "value", "timestamp",
 * "window" or "headers". Fails when expected is not what a case may hold. arena takes scratch. */
MUST_USE enum status test_compare_record(struct arena *arena, const struct test_view *actual,
                                         const struct tree *expected, const char **out_part,
                                         struct diag *diag);

/* Whether two numbers of unknown type agree: whole ones exactly, others within the tolerance. */
bool test_compare_numbers(const struct tree *actual, const struct tree *expected);

#endif
