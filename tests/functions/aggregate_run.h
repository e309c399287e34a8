/* aggregate_run.h: one aggregate call and one group of it, driven by text. */
#ifndef TESTS_FUNCTIONS_AGGREGATE_RUN_H
#define TESTS_FUNCTIONS_AGGREGATE_RUN_H

#include "base/arena.h"
#include "functions/aggregate.h"

/* Resolves "NAME" for column types and literals in notation, "INT, VARCHAR" and "INT" with
 * "3"; literal_types may be "". Fails the test when the call does not resolve. */
struct aggregate aggregate_run_resolve(struct arena *arena, const char *name, const char *types,
                                       const char *literal_types, const char *literals);

/* A new group; aggregate_run_drop releases it. */
void *aggregate_run_create(const struct aggregate *aggregate);
void aggregate_run_drop(const struct aggregate *aggregate, void *state);

/* step is '+' (add) or '-' (undo) and the row in notation. Fails the test on an error. */
void aggregate_run_step(const struct aggregate *aggregate, struct arena *arena, void *state,
                        const char *step);

/* The result in notation. */
const char *aggregate_run_result(const struct aggregate *aggregate, struct arena *arena,
                                 const void *state);

/* A second group, saved from state and loaded again. */
void *aggregate_run_reload(const struct aggregate *aggregate, struct arena *arena,
                           const void *state);

#endif
