/* names.h: the names that the planner itself knows, and the ways in which names are listed.
 *
 * Source of behaviour: ksqlDB's SystemColumns, ColumnNames and GrammaticalJoiner.
 * Thread: any. */
#ifndef PLANNER_NAMES_H
#define PLANNER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "parser/ast.h"
#include "planner/plan.h"

enum { PSEUDO_KIND_COUNT = 5 };

/* One pseudo column: what every source has beside its own columns. */
struct pseudo_name {
    enum pseudo_kind kind;
    struct text name;
    enum type_kind type;
    bool is_window_bound;
};

/* In the order of enum pseudo_kind. */
extern const struct pseudo_name pseudo_names[PSEUDO_KIND_COUNT];

/* NULL when name is not one of ROWTIME, ROWPARTITION, ROWOFFSET, WINDOWSTART, WINDOWEND. */
const struct pseudo_name *pseudo_find(struct text name);
bool name_is_window_bound(struct text name);

/* ALIAS_COLUMN: how a join calls a column of one of its sides; data NULL: no memory. */
struct text name_of_join_column(struct arena *arena, struct text alias, struct text column);

/* True when name is one of the identifiers. */
bool identifier_list_has(const struct identifier_list *list, struct text name);

/* "A, B and C" with last " and "; data NULL: no memory. */
struct text name_list(struct arena *arena, const struct text *names, size_t count,
                      const char *last);

/* `NAME`, as messages show names; data NULL: no memory. */
struct text name_quoted(struct arena *arena, struct text name);

/* diag_fail with ksqlDB's "Line: 1, Col: 8: " in front. */
enum status fail_at(struct diag *diag, struct sql_pos pos, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
