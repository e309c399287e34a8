/* test_run.h: one test case, run on an engine of its own and judged.
 *
 * Statements run first, in order; then the inputs are produced to partition 0 and every query
 * uses them in the order in which they were written; then the outputs, "post" and the expected
 * failure are checked. The engine is in memory, emits every change of a table, reads topics from
 * their beginning, and has the case's properties as server settings. Thread: one at a time. */
#ifndef SHELL_TEST_RUN_H
#define SHELL_TEST_RUN_H

#include <stdint.h>

#include "base/status.h"
#include "shell/test_case.h"

/* STATUS_OK when the case passes; else diag's message says why not. */
MUST_USE enum status test_run_case(const struct test_case *test, uint32_t batch_rows,
                                   struct diag *diag);

#endif
