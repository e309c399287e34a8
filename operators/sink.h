/* sink.h: rows to records of a topic: the end of a persistent query.
 *
 * push encodes; nothing leaves the operator before collect, which appends all records since the
 * last one to the commit, partition by partition, in order. A ROW_DELETE row has a null value, a
 * ROW_NULL_KEY row a null key (as has a NULL in a key of one unwrapped column). Windowed keys
 * carry their window. A record goes to the partition that Kafka's default partitioner gives its
 * key bytes (without the window); records without a key go to partition 0, so that a run can be
 * repeated exactly. Records carry the headers of the record that caused them.
 *
 * The timestamp is the row's time, or that of a column (not for deletes); a column that does
 * not give a time >= 0 is logged, and the row is dropped and counted as failed. Nothing else is
 * dropped: a row that cannot be encoded ends the query. Source: ksqlDB SinkBuilder. */
#ifndef OPERATORS_SINK_H
#define OPERATORS_SINK_H

#include <stdint.h>

#include "base/schema.h"
#include "operators/operator.h"
#include "operators/source.h"
#include "operators/window.h"

struct topic;
struct topics;

struct sink_options {
    struct op_place place;
    const struct schema *schema; /* of the input: keys, then values; all present */
    uint32_t key_count;
    struct op_serde key;
    struct op_serde value;
    struct op_window window; /* of the keys written */
    struct op_timestamp timestamp;
    struct topics *topics;
    struct topic *topic;         /* borrowed: the query holds a reference */
    bool writes_first_partition; /* all records go to partition 0, so that they keep one order */
};

/* Creates the operator in arena, which owns it; op_release frees its buffers. What options points
 * to is borrowed. */
MUST_USE enum status sink_create(struct arena *arena, const struct sink_options *options,
                                 struct operator** out, struct diag *diag);

#endif
