/* pull_keys.h: what a pull query's WHERE clause says about keys and windows.
 *
 * The clause is taken apart into alternatives, each a conjunction of conditions. If every
 * alternative fixes all key columns, rows are looked up; if there is a single one that bounds
 * the only key column, a range of keys is read; else the whole table is. The clause is checked
 * again on every row that is found, so that a wider answer here costs time only.
 *
 * Source of behaviour: ksqlDB's QueryFilterNode and PullQueryRewriter. Thread: any. */
#ifndef PLANNER_PULL_KEYS_H
#define PLANNER_PULL_KEYS_H

#include "base/status.h"
#include "parser/ast.h"
#include "planner/planner.h"

/* where has plain names. Fills the keys, the key range and the window bounds of out, which must
 * have its source set and everything else zeroed. where may be NULL. */
MUST_USE enum status pull_keys_read(const struct planner *planner, const struct expression *where,
                                    struct pull_plan *out);

/* "<message>. " and what a WHERE clause must look like. */
enum status pull_fail_where(const struct planner *planner, struct sql_pos pos, bool is_windowed,
                            const char *format, ...) PRINTF_LIKE(4, 5);

#endif
