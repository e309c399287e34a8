/* test_output.h: the records that must stand in the output topics, against those that do.
 *
 * Thread: one at a time. */
#ifndef SHELL_TEST_OUTPUT_H
#define SHELL_TEST_OUTPUT_H

#include "base/arena.h"
#include "base/status.h"
#include "engine/engine.h"
#include "shell/test_tree.h"

/* outputs is the first of the expected records, all of which name their topic. Every topic named
 * must hold exactly these records in this order. Fails with a message that shows the first
 * difference. arena takes scratch. */
MUST_USE enum status test_output_check(struct arena *arena, struct engine *engine,
                                       const struct tree *outputs, struct diag *diag);

#endif
