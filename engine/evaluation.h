/* evaluation.h: an expression context with its caches, for work outside of tasks. */
#ifndef ENGINE_EVALUATION_H
#define ENGINE_EVALUATION_H

#include "functions/expr.h"

struct engine;

struct evaluation {
    struct expr_context context;
    struct expr_errors errors; /* ignores what single rows report */
};

/* Results of evaluation go to arena. */
MUST_USE enum status evaluation_init(struct evaluation *evaluation, struct engine *engine,
                                     struct arena *arena, struct diag *diag);
void evaluation_release(struct evaluation *evaluation);

/* Random bits from the system; a context's random function. */
uint64_t evaluation_random(void *clock);

#endif
