/* join_table_table.h: two tables by primary key; every change of either side emits anew.
 *
 * Each side comes out of a table_store (a source's, or one put behind another join), which
 * the other side's changes look up. All types. A change that leaves no result emits a delete
 * where there could have been one before: INNER when the other side has a row; LEFT, RIGHT and
 * OUTER unless there was nothing on either side. Sides that can stand alone (left of LEFT,
 * right of RIGHT, both of OUTER) must carry old rows. Time is the newer of both rows'. Source:
 * Kafka Streams KTableKTableInnerJoin, LeftJoin, RightJoin, OuterJoin. */
#ifndef OPERATORS_JOIN_TABLE_TABLE_H
#define OPERATORS_JOIN_TABLE_TABLE_H

#include <stdbool.h>

#include "operators/join.h"

struct join_table_table_options {
    struct op_place place;
    struct join_shape shape;
    bool emits_old; /* both sides must then carry old rows */
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status join_table_table_create(struct arena *arena,
                                             const struct join_table_table_options *options,
                                             struct operator** out, struct diag *diag);

/* Names the table_stores of both sides, which are made after the join; before the first push. */
void join_table_table_set_tables(struct operator* op, struct operator* left,
                                 struct operator* right);

#endif
