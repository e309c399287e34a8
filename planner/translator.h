/* translator.h: the state of one translation, shared by the files that do it. See translate.h
 * for what other files call. Thread: that of the planner. */
#ifndef PLANNER_TRANSLATOR_H
#define PLANNER_TRANSLATOR_H

#include "planner/translate.h"

/* Parameters of one lambda while its body is translated. */
struct binding {
    const struct identifier_list *params;
    const struct type *const *types;
    uint32_t first_slot;
    const struct binding *outer;
};

struct translator {
    const struct planner *planner;
    const struct scope *scope;
    const struct binding *bindings;
    uint32_t next_slot; /* of the next parameter; nested lambdas never share one */
};

/* Tells the builder where node stands and how it is printed. */
MUST_USE enum status translator_begin(const struct translator *self, const struct expression *node,
                                      struct expr_build *build);
/* Translates one node and what is below it. */
MUST_USE enum status translator_node(struct translator *self, const struct expression *node,
                                     const struct expr **out);
/* Translates a call of a scalar function, lambdas included. */
MUST_USE enum status translator_call(struct translator *self, const struct expression *node,
                                     const struct expr **out);

#endif
