/* join_rules.h: what the ON clauses of a query mean, and which column is the result's key.
 *
 * Needs names only. Expressions are qualified. Source of behaviour: ksqlDB's Analyzer (joins),
 * JoinTree and JoinNode.JoinKey. Thread: any. */
#ifndef PLANNER_JOIN_RULES_H
#define PLANNER_JOIN_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "planner/plan.h"
#include "planner/query.h"

/* One JOIN: what has been joined so far, with source number right_source. */
struct join_rule {
    enum join_type type;
    const struct select_join *ast;
    const struct expression *on;    /* as written, for messages */
    const struct expression *left;  /* names one of the sources before right_source */
    const struct expression *right; /* names right_source */
    uint32_t left_source;
    uint32_t right_source;
    bool is_foreign; /* table with table, left not on its primary key */
};

struct join_rules {
    struct join_rule *rules;
    uint32_t count;
    /* The key of the result: one column that equals it in every row, or a new one. */
    bool is_synthetic;
    const struct expression *key;    /* NULL when synthetic or foreign */
    struct query_expressions viable; /* columns that could be the key, by preference */
    struct text key_name;            /* plain name of the key column; of one of several for
                                        foreign keys */
};

/* For a query with joins. */
MUST_USE enum status join_rules_read(const struct planner *planner, const struct query *query,
                                     struct join_rules *out);

/* "LEFT [OUTER] JOIN", as messages name it. */
const char *join_type_text(enum join_type type);

#endif
