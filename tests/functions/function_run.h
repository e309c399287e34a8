/* function_run.h: calls of scalar functions as rows of text. */
#ifndef TESTS_FUNCTIONS_FUNCTION_RUN_H
#define TESTS_FUNCTIONS_FUNCTION_RUN_H

#include <stddef.h>

#include "base/arena.h"

/* Types and values in notation (tests/functions/notation.h). expected is the result's type and
 * value, or an error's text behind a '!': of the resolution where arguments is NULL, else of the
 * call. */
struct function_case {
    const char *name;
    const char *types;
    const char *arguments;
    const char *expected_type;
    const char *expected;
};

/* Runs every case and fails the test at the first that differs. */
void function_run_all(const struct function_case *cases, size_t count);

/* One call without checks: the result in notation, or '!' and the message; *type is the
 * result's type as SQL prints it. */
const char *function_run(struct arena *arena, const char *name, const char *types,
                         const char *arguments, const char **type);

/* Makes allocations fail one after the other in a call that must succeed in the end. */
void function_run_without_memory(const char *name, const char *types, const char *arguments);

#endif
