/* expr_run.h: typed expressions as text, so that tests of typing and evaluation are tables.
 *
 * Expressions are written in prefix form over the columns of one fixed batch (see expr_run.c):
 *   12  12L  1.5 (DECIMAL)  1.5e0 (DOUBLE)  'text'  true  NULL  column names
 *   (+ a b) - * / %   (neg a)   (= a b) <> < <= > >= distinct same   (and a b) (or a b) (not a)
 *   (case when then ... [else])   (in a b ...)   (like a 'p%' ['\'])   (null? a)
 *   (at container index)   (field s NAME)   (array a ...)   (map k v ...)   (struct NAME a ...)
 *   (cast a TYPE)   (call NAME a ... DAYS (lambda (x y) body))
 * TYPE is in the notation of tests/functions/notation.h, without blanks. */
#ifndef TESTS_FUNCTIONS_EXPR_RUN_H
#define TESTS_FUNCTIONS_EXPR_RUN_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "functions/expr.h"

struct expr_case {
    const char *expression;
    const char *type;     /* of the result, as SQL prints it; not read for a '!' */
    /* Values of the rows in notation, "1, NULL, 3", with '!' behind a row that failed; or '!' and
     * how the builder's message starts. */
    const char *expected;
};

/* Builds and evaluates every case: over all rows, over every second row, and row by row in
 * batches of one; all must agree with expected. */
void expr_run_all(const struct expr_case *cases, size_t count);

/* Builds expression; the batch's columns are known to it. */
enum status expr_run_build(struct arena *arena, const char *expression, const struct expr **out,
                           struct diag *diag);

/* The fixed batch, in arena. */
struct batch *expr_run_batch(struct arena *arena);

/* A context with fixed clock and randomness; caches are created on first use and live until
 * expr_run_release. */
struct expr_context *expr_run_context(struct arena *arena);
void expr_run_release(void);

/* What was reported since the last call of this: "row: text of the expression: message" lines. */
const char *expr_run_reports(struct arena *arena);

#endif
