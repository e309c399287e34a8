/* query_items.h: the projection with its stars spelled out.
 *
 * Source of behaviour: resolveSelectStar() of ksqlDB's plan nodes, and its SelectItem handling
 * of struct stars. Thread: any. */
#ifndef PLANNER_QUERY_ITEMS_H
#define PLANNER_QUERY_ITEMS_H

#include <stdbool.h>

#include "base/schema.h"
#include "base/status.h"
#include "planner/join_rules.h"
#include "planner/query.h"

/* All columns of all sources under their plain names, pseudo columns included: what expressions
 * of the query can be typed against before there is a plan. */
MUST_USE enum status query_schema(const struct planner *planner, const struct query *query,
                                  struct schema *out);

/* Replaces every star in query->items; all items are EXPRESSION afterwards. joins is NULL for a
 * single source. shows_windows: a star shows WINDOWSTART and WINDOWEND outside of joins too (for
 * clients). */
MUST_USE enum status query_expand_items(const struct planner *planner, struct query *query,
                                        const struct join_rules *joins, bool shows_windows);

/* The name that a grouping or partitioning expression gets as a key column: its alias in the
 * projection, its column's or field's name, or a generated one. */
MUST_USE enum status query_key_name(const struct planner *planner, struct query *query,
                                    const struct expression *expression, struct text *out);

#endif
