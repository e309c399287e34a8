/* join_stream_stream.h: pairs of rows of two streams that are close in time: WITHIN.
 *
 * A left row at t matches right rows from t - before to t + after. Both sides are kept for as
 * long as a row not yet too late can match them. Rows with a null value or a NULL key match
 * nothing; they are dropped, or emitted alone at once where their side is an outer one and
 * there is a value.
 * Unmatched rows of an outer side:
 *   is_eager   (no GRACE): emitted alone at once, even if a match follows
 *   otherwise  emitted alone once stream time is past t + after + grace (right rows: before)
 * The time of a pair is the newer of both.
 *
 * Rows that come after their own side's retention (before + after + grace behind its newest row)
 * are not kept, but still meet what the other side has kept; alone, they are emitted at once where
 * their side is an outer one, and otherwise dropped and counted as late.
 *
 * Windowed inputs match only within one window: it belongs to the key, time windows by their
 * start alone.
 *
 * State rows: per side; key: start of a span of time (state/window_store.h), then the join key;
 * value: the rows of that key and span, each with its time. Source: Kafka Streams
 * KStreamKStreamJoin. */
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
    struct op_window window; /* of the left input's keys, and of the output's; kind NONE: none */
    uint64_t store_ids[2];   /* of the left and the right rows */
};

/* Creates the operator in arena, which owns it; op_release frees its rows. What options points to
 * is borrowed. */
MUST_USE enum status join_stream_stream_create(struct arena *arena,
                                               const struct join_stream_stream_options *options,
                                               struct operator** out, struct diag *diag);

/* Fills an empty state from the file. */
MUST_USE enum status join_stream_stream_load(struct operator* op, struct reader *reader,
                                             struct diag *diag);

#endif
