/* value_index.h: a hash index over an array of values, so that functions which look for equal
 * elements or keys take linear time on any input.
 *
 * The index holds positions of the caller's array, which may still grow while it is used.
 * Equality is Java's (functions/natural_order.h). Everything lives in an arena; nothing is
 * removed. Thread: one at a time. */
#ifndef FUNCTIONS_VALUE_INDEX_H
#define FUNCTIONS_VALUE_INDEX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

struct value_index {
    const struct type *type;
    uint32_t *slots; /* position + 1; 0 for a free slot */
    uint32_t slot_count;
};

/* An index of values of type with room for capacity positions. */
MUST_USE enum status value_index_init(struct value_index *index, struct arena *arena,
                                      const struct type *type, uint32_t capacity,
                                      struct diag *diag);

/* The position in items of a value equal to value, or -1. */
int64_t value_index_find(const struct value_index *index, const struct value *items,
                         const struct value *value);

/* Adds the position at of items; its value must not be in the index yet. */
void value_index_add(struct value_index *index, const struct value *items, uint32_t at);

/* A map under construction: keys stay in the order in which they were first put. */
struct map_build {
    struct value_map *map;
    struct value_index keys;
};

MUST_USE enum status map_build_init(struct map_build *build, struct arena *arena,
                                    const struct type *map_type, uint32_t capacity,
                                    struct diag *diag);

/* Puts a pair, or replaces the value of an equal key. True when the key was new. */
bool map_build_put(struct map_build *build, struct value key, struct value value);

#endif
