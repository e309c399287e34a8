/* hash_order.h: the order in which Java's HashMap would give the keys of a map.
 *
 * Maps here keep the order in which their keys were put. ksqlDB's records hold HashMaps, and
 * functions that walk a map (REDUCE, MAP_KEYS, MAP_VALUES, ENTRIES) show their order: by the
 * slot of a key's hash, then by arrival. The table is taken to be as small as one that was made
 * for the map's size and filled, as the maps of records are.
 *
 * Source: java.util.HashMap, and hashCode of String and the boxed types. Thread: any. */
#ifndef FUNCTIONS_HASH_ORDER_H
#define FUNCTIONS_HASH_ORDER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

/* *out is an array in arena of the map's positions, in that order. */
MUST_USE enum status hash_order(const struct type *map_type, const struct value_map *map,
                                struct arena *arena, const uint32_t **out, struct diag *diag);

#endif
