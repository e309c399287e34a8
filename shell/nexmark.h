/* nexmark.h: the event generator of the NEXMark benchmark, repeatable from a seed.
 *
 * Three streams as JSON: persons (2 %), auctions (6 %) and bids (92 %) of an online auction
 * house, with the proportions, key skew, prices and text lengths of the reference generator
 * (nexmark/nexmark, NexmarkConfiguration and generator). Two differences: the random numbers are
 * seeded, and a bidder's id starts at 1000 like a person's (the reference adds the first id
 * twice, so that bidders and persons do not meet). Thread: one generator per thread. */
#ifndef SHELL_NEXMARK_H
#define SHELL_NEXMARK_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

enum nexmark_kind { NEXMARK_PERSON, NEXMARK_AUCTION, NEXMARK_BID };

enum nexmark_profile {
    NEXMARK_DENSE,  /* 10,000,000 events per second of event time: few windows */
    NEXMARK_SPARSE, /* 10,000 events per second: many windows, real expiry */
};

struct nexmark {
    uint64_t random;     /* state of the generator */
    uint64_t event;      /* number of the next event */
    uint64_t seed;
    uint64_t rate;       /* events per second of event time */
    uint64_t auction_keys; /* 0: as the reference; else bids go to so many auctions, uniformly */
};

/* "dense" or "sparse". */
MUST_USE enum status nexmark_profile_parse(const char *name, enum nexmark_profile *out,
                                           struct diag *diag);

void nexmark_init(struct nexmark *nexmark, uint64_t seed, enum nexmark_profile profile);

/* Appends the next event as one JSON object, without a newline, and moves on. */
enum nexmark_kind nexmark_next(struct nexmark *nexmark, struct buffer *out, int64_t *time_ms);

/* "person", "auction", "bid": the topic's and the stream's name. */
const char *nexmark_kind_name(enum nexmark_kind kind);

#endif
