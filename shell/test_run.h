/* test_run.h: one test case, run on an engine of its own and judged.
 *
 * Statements run first, in order; then the inputs are produced to partition 0 and every query
 * uses them in the order in which they were written; then the outputs, "post" and the expected
 * failure are checked. The engine is in memory, emits every change of a table, reads topics from
 * their beginning, and has the case's properties as server settings. Thread: one at a time. */
#ifndef SHELL_TEST_RUN_H
#define SHELL_TEST_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "shell/test_case.h"

struct test_options {
    uint32_t batch_rows;           /* most records at a time */
    const char *const *extensions; /* shared objects with functions that the cases call */
    size_t extension_count;
};

/* Fails where every case would: an extension cannot be loaded. Leaves no thread behind. */
MUST_USE enum status test_options_check(const struct test_options *options, struct diag *diag);

/* STATUS_OK when the case passes; else diag's message says why not. */
MUST_USE enum status test_run_case(const struct test_case *test, const struct test_options *options,
                                   struct diag *diag);

#endif
