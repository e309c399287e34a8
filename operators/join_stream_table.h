/* join_stream_table.h: each row of a stream with the table's row of its key at that moment.
 *
 * INNER and LEFT. Changes of the table emit nothing; they matter through the table_store that
 * stands between the table's source and this operator. Stream rows with a null value are
 * dropped. A NULL key matches nothing: INNER drops the row, LEFT emits it with a NULL right
 * side. The row's time is the stream's. Source: Kafka Streams KStreamKTableJoinProcessor. */
#ifndef OPERATORS_JOIN_STREAM_TABLE_H
#define OPERATORS_JOIN_STREAM_TABLE_H

#include "operators/join.h"

struct join_stream_table_options {
    struct op_place place;
    struct join_shape shape;
};

/* Creates the operator in arena, which owns it; what options points to is borrowed. */
MUST_USE enum status join_stream_table_create(struct arena *arena,
                                              const struct join_stream_table_options *options,
                                              struct operator** out, struct diag *diag);

/* Names the table_store of the right side, which is made after the join; before the first push. */
void join_stream_table_set_table(struct operator* op, struct operator* table);

#endif
