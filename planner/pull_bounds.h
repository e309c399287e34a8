/* pull_bounds.h: what the conditions of one alternative say of keys and windows, and the values
 * that they come to. Shared by pull_keys.c and pull_values.c. Thread: any. */
#ifndef PLANNER_PULL_BOUNDS_H
#define PLANNER_PULL_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "parser/ast.h"
#include "planner/planner.h"

/* What one alternative says of a column. */
struct pull_bound {
    bool is_set;
    enum ast_comparison op; /* with the column on the left */
    const struct expression *condition;
    const struct expression *other; /* the side that is not the column */
};

/* Of one of the two window columns: at most one of each kind. */
struct pull_window {
    struct pull_bound equal, lower, upper;
};

struct pull_alternative {
    struct pull_bound *keys; /* per key column */
    uint32_t key_count;      /* how many are set */
    struct pull_window start, end;
    bool is_scan;
};

struct pull_reader {
    const struct planner *planner;
    const struct source *source;
    struct text keys_text; /* "[`ID` STRING KEY]" */
    uint32_t key_count;
    bool can_scan;
    bool can_range;
    bool is_windowed;
};

struct time_range {
    int64_t min_ms, max_ms; /* inclusive */
};

/* Adds the keys of an alternative to plan->keys, which has room for capacity of them, unless
 * they are there. *is_known is false when they cannot be evaluated while planning. */
struct pull_key_set;
MUST_USE enum status pull_key_set_create(const struct pull_reader *reader, uint32_t capacity,
                                         struct pull_key_set **out);
MUST_USE enum status pull_add_lookup(const struct pull_reader *reader, struct pull_key_set *set,
                                     const struct pull_alternative *alternative,
                                     struct pull_plan *plan, bool *is_known);

/* Sets the range of keys, when its bound can be evaluated. */
MUST_USE enum status pull_set_range(const struct pull_reader *reader,
                                    const struct pull_alternative *alternative,
                                    struct pull_plan *plan);

/* Widens the two ranges to take in the alternative's. */
MUST_USE enum status pull_unite_windows(const struct pull_reader *reader,
                                        const struct pull_alternative *alternative,
                                        struct time_range *start, struct time_range *end);

#endif
