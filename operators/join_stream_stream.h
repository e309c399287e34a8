/* join_stream_stream.h: pairs of rows of two streams that are close in time: WITHIN.
 *
 * A left row at t matches right rows from t - before to t + after. Both sides are kept for as
 * long as a row not yet too late can match them. Rows with a null value or a NULL key match
 * nothing and are dropped (an outer side with a NULL key is emitted alone at once).
 * Unmatched rows of an outer side:
 *   is_eager   (no GRACE): emitted alone at once, even if a match follows
 *   otherwise  emitted alone once stream time is past t + after + grace (right rows: before)
 * Rows later than the grace are dropped and counted as late. Time of a pair is the newer of
 * both. State: one row per side and record, keyed by time, key and arrival number. Source:
 * Kafka Streams KStreamKStreamJoin. */
#ifndef OPERATORS_JOIN_STREAM_STREAM_H
#define OPERATORS_JOIN_STREAM_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "operators/join.h"

struct reader;

struct join_stream_stream_options {
    struct op_place place;
    struct join_shape shape;
    int64_t before_ms; /* the right row may be this much earlier than the left ... */
    int64_t after_ms;  /* ... or this much later */
    int64_t grace_ms;
    bool is_eager;
    uint64_t store_ids[2]; /* of the left and the right rows */
};

/* Creates the operator in arena, which owns it; op_release frees its rows. What options points to
 * is borrowed. */
MUST_USE enum status join_stream_stream_create(struct arena *arena,
                                               const struct join_stream_stream_options *options,
                                               struct operator **out, struct diag *diag);

/* Fills an empty state from the file. */
MUST_USE enum status join_stream_stream_load(struct operator *op, struct reader *reader,
                                             struct diag *diag);

#endif
