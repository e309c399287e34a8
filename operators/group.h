/* group.h: GROUP BY: aggregates per group, with or without windows, over a stream or a table.
 *
 * Output columns: the group keys, one per aggregate, then pseudo columns; rows are changes of a
 * table whose time is the newest input time of the group (sessions: the last event's time).
 *
 *   Input       a stream's rows are added; rows with a null value are dropped. A table's change
 *               takes the old row back (undo) and adds the new one, so the input must carry
 *               old rows (batch->old).
 *   Dropped     rows with a NULL or failing group key (logged, counted as failed), and rows all
 *               of whose windows ended at or before stream time - grace (logged, counted as late).
 *               Stream time is the newest time of the rows that were not dropped for their key,
 *               row by row, so the result does not depend on batches.
 *   Sessions    a row within the gap of sessions of its group joins them into one; each session
 *               that it replaces is deleted first.
 *   Emission    cache_is_off: every change at once, in input order. Otherwise each changed group
 *               once per flush, in the order of the first change.
 *   is_final    EMIT FINAL: nothing until stream time reaches end + grace, then one row per
 *               window in order of start and key. Plan steps of kind PLAN_SUPPRESS are this
 *               switch on the group below them: there is no operator for them.
 *   Retention   a window stays in the store until start + retention is before stream time.
 *
 * State rows: tumbling and hopping: state/window_store.h's key; sessions: key bytes, then end
 * and start (8 bytes each, big-endian, sign flipped); otherwise key bytes, all as written by
 * operators/key_codec.h. Value: the newest time, then each accumulator's saved value as a row of
 * base/row_codec.h.
 *
 * Source: ksqlDB StreamAggregateBuilder and TableAggregateBuilder; Kafka Streams'
 * KStreamWindowAggregate, KStreamSessionWindowAggregate and KTableAggregate. */
#ifndef OPERATORS_GROUP_H
#define OPERATORS_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/schema.h"
#include "functions/aggregate.h"
#include "functions/expr.h"
#include "operators/operator.h"
#include "operators/window.h"

struct reader;

struct group_options {
    struct op_place place;
    const struct schema *schema;    /* of the output */
    const struct expr *const *keys; /* over the input */
    uint32_t key_count;             /* 0: one group of all rows */
    const struct aggregate *aggregates;
    const struct expr *const *const *arguments; /* [aggregate][argument], over the input */
    uint32_t aggregate_count;
    struct op_window window;
    const struct op_pseudo *pseudo;
    uint32_t pseudo_count;
    bool input_is_table;
    bool is_final; /* EMIT FINAL; windowed only */
    /* is_final: windows that fell out of retention before they could be emitted, because stream
     * time jumped, are emitted too. ksqlDB loses them; false does as it does. */
    bool emits_expired;
    bool emits_old; /* something below wants old rows: HAVING, joins, another GROUP BY */
    uint64_t store_id;
};

/* Creates the operator in arena, which owns it; op_release frees its state. What options points
 * to is borrowed. */
MUST_USE enum status group_create(struct arena *arena, const struct group_options *options,
                                  struct operator** out, struct diag *diag);

/* Fills an empty state from the file. */
MUST_USE enum status group_load(struct operator* op, struct reader *reader, struct diag *diag);

/* For pull queries: appends the row of one state row to out, a batch of the output's schema (with
 * windows when windowed) that has room for it; nested values go to out->arena. Reads only what
 * creation set, so any thread may call it. */
MUST_USE enum status group_decode_row(const struct operator* op, struct text key, struct text value,
                                      struct batch *out, struct diag *diag);

/* Appends the key part of the state keys of a group to out. Without windows it is the state key.
 * Sessions: the prefix of all sessions of the group. Tumbling and hopping windows: what stands
 * behind the start (window_store_encode_start). */
MUST_USE enum status group_encode_key(const struct operator* op, const struct value *keys,
                                      struct buffer *out, struct diag *diag);

#endif
