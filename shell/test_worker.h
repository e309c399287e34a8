/* test_worker.h: a test case in a process of its own.
 *
 * A case that crashes the engine, or never ends, fails; the cases behind it run all the same.
 * Thread: the process must have no other. */
#ifndef SHELL_TEST_WORKER_H
#define SHELL_TEST_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "shell/test_case.h"
#include "shell/test_run.h"

/* A case does a few milliseconds of work; under sanitizers, on a busy machine, a hundred times
 * that. */
enum { TEST_SECONDS_MAX = 60 };

/* *out_passed false: why_not says why, in one or more lines. Fails only when there can be no
 * process. */
MUST_USE enum status test_worker_run(const struct test_case *test,
                                     const struct test_options *options, bool *out_passed,
                                     struct buffer *why_not, struct diag *diag);

#endif
