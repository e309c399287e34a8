/* pull_alternatives.h: a condition as a list of alternatives, each a list of conditions that
 * must all hold (disjunctive normal form). Thread: any. */
#ifndef PLANNER_PULL_ALTERNATIVES_H
#define PLANNER_PULL_ALTERNATIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "parser/ast.h"

enum {
    /* Alternatives that are looked at one by one; conditions with more are checked row by row.
     * Far above what a lookup of many keys by IN needs in a statement of 64 KiB. */
    PULL_ALTERNATIVES_MAX = 16384,
};

struct conjunction {
    const struct expression **conditions;
    uint32_t count;
};

struct alternatives {
    struct conjunction *items;
    uint32_t count;
    bool is_too_large; /* more than PULL_ALTERNATIVES_MAX: items is not set */
};

MUST_USE enum status alternatives_of(struct arena *arena, const struct expression *condition,
                                     struct alternatives *out, struct diag *diag);

#endif
