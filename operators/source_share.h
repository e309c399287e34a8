/* source_share.h: records decoded once for all queries that read them at about the same time.
 *
 * Sources that decode alike (same topic, columns, formats, window, event time) have one share.
 * Before a turn each query that will read says so (attend); while two or more attend, the first
 * that comes to a run of records decodes it with the columns that any of them wants, and the
 * others find it.
 * A run with a record that fails is remembered as such, and each query decodes it for itself, since
 * whether a record fails depends on the columns that are wanted.
 *
 * Results are those of decoding alone, whoever attends: a share is a cache with exact keys.
 *
 * Thread: joining and leaving any; the rest is for the one thread that runs the queries. */
#ifndef OPERATORS_SOURCE_SHARE_H
#define OPERATORS_SOURCE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct batch;
struct op_context;
struct source_options;
struct source_run;
struct source_share;
struct source_shares;

MUST_USE enum status source_shares_create(struct source_shares **out, struct diag *diag);
/* Every source must have left. Accepts NULL. */
void source_shares_destroy(struct source_shares *shares);

/* Ends a turn: nobody attends any more, and what was decoded is given up. */
void source_shares_end_turn(struct source_shares *shares);
/* Between turns: gives up memory that is kept for the next, and shares that nobody is in. */
void source_shares_trim(struct source_shares *shares);

/* The share of sources with such options, made when there is none; copies what it needs of them. */
MUST_USE enum status source_share_join(struct source_shares *shares,
                                       const struct source_options *options,
                                       struct source_share **out, struct diag *diag);
void source_share_leave(struct source_share *share);

/* A query will read in this turn; is_wanted as in the options. */
void source_share_attend(struct source_share *share, const bool *is_wanted);
/* Whether several do. */
bool source_share_is_busy(const struct source_share *share);

/* What a run decodes to: columns before the pseudo columns, and all that lies beside them. */
struct shared_batch {
    const struct batch *batch; /* read only; valid until the turn ends */
    int64_t time_max_ms;
};

/* *out is NULL where the caller has to decode for itself. */
MUST_USE enum status source_share_decode(struct source_share *share, struct op_context *context,
                                         const struct source_run *run,
                                         const struct shared_batch **out, struct diag *diag);

#endif
