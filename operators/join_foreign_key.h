/* join_foreign_key.h: a table with another one by a foreign key: n rows to one.
 *
 * INNER and LEFT. keys[0] computes the foreign key from the left row, keys[1] is the right
 * primary key. The output's key columns are those of the left. A change of the right side
 * fans out to all left rows that refer to it, found in an index from foreign key to left keys
 * that this operator keeps in memory and rebuilds from the left table at start: it has no rows
 * in the file. The left side must carry old rows; both come out of table_stores. Time is the
 * newer of both rows'. Source: Kafka Streams' foreignkeyjoin package. */
#ifndef OPERATORS_JOIN_FOREIGN_KEY_H
#define OPERATORS_JOIN_FOREIGN_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "operators/join.h"

struct join_foreign_key_options {
    struct op_place place;
    struct join_shape shape; /* the first left_key_count output columns are the left's keys */
    uint32_t left_key_count; /* primary key columns of the left input */
    bool emits_old;          /* both sides must then carry old rows */
};

/* Creates the operator in arena, which owns it; op_release frees its index. What options points
 * to is borrowed. */
MUST_USE enum status join_foreign_key_create(struct arena *arena,
                                             const struct join_foreign_key_options *options,
                                             struct operator** out, struct diag *diag);

/* Names the table_stores of both sides, which are made after the join; before the first push. */
void join_foreign_key_set_tables(struct operator* op, struct operator* left,
                                 struct operator* right);

/* Builds the index from the left table, after its table_store_load. context is used to evaluate
 * the foreign keys. */
MUST_USE enum status join_foreign_key_load(struct operator* op, struct op_context *context,
                                           struct diag *diag);

#endif
