/* agg_canonical.h: one form for all equal values. Private to the agg_*.c files. */
#ifndef FUNCTIONS_AGG_CANONICAL_H
#define FUNCTIONS_AGG_CANONICAL_H

#include "base/arena.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

/* The value with the keys of every map in it sorted: maps that are equal become the same, pair
 * by pair. *out is value itself where its type has no map, else made in arena. */
MUST_USE enum status agg_canonical_value(const struct type *type, const struct value *value,
                                         struct arena *arena, struct value *out, struct diag *diag);

#endif
