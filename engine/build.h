/* build.h: the bridge from plans to operators: a table from plan step to constructor.
 *
 * Thread: one at a time per built query. */
#ifndef ENGINE_BUILD_H
#define ENGINE_BUILD_H

#include "base/arena.h"
#include "base/status.h"
#include "operators/operator.h"
#include "planner/plan.h"
#include "state/reader.h"
#include "topics/topics.h"

struct schema_store; /* engine/schema_store.h */
struct source_shares; /* operators/source_share.h */

struct build_options {
    uint64_t query_number;     /* with the step's id it numbers the stores in the file */
    struct topics *topics;     /* for sinks */
    struct schema_store *schemas; /* for sources and sinks */
    struct source_shares *shares; /* sources decode together with others'; NULL: alone */
    struct operator *client;   /* NULL: the plan has a sink; else the root's rows go there */
    bool writes_first_partition; /* sinks write to partition 0 only */
};

enum { BUILD_STORES_PER_STEP = 4 };

struct built_operator {
    struct operator *op;
    const struct plan_step *step;
    /* Reads the operator's state from the file; NULL when it has none. */
    enum status (*load)(struct operator *op, struct reader *reader, struct diag *diag);
};

/* The operators of one running query, wired. */
struct built_query {
    struct arena arena;               /* operators and their options */
    struct built_operator *operators; /* upstream first; the client's collector is not in it */
    size_t operator_count;
    struct operator **sources;        /* in the plan's order of sources */
    size_t source_count;
    struct topic *sink_topic;         /* a reference, or NULL */
    /* What holds the rows of plan->materialized, for lookups; NULL when there is none. */
    struct operator *materialized;
    bool materialized_is_group;       /* a group operator; otherwise a table_store */
    uint64_t materialized_store_id;
};

/* Number in the file of one of a step's stores; index < BUILD_STORES_PER_STEP. */
uint64_t build_store_id(uint64_t query_number, uint32_t step_id, uint32_t index);

/* Creates and wires the operators of plan, which must outlive them. On failure nothing is held. */
MUST_USE enum status build_query(const struct plan *plan, const struct build_options *options,
                                 struct built_query *out, struct diag *diag);
void built_query_release(struct built_query *built);

/* Reads every operator's state from the file. */
MUST_USE enum status build_load(const struct built_query *built, struct reader *reader,
                                struct op_context *context, struct diag *diag);

/* The stateless steps above plan->materialized up to the plan's last step before its sink, ending
 * in client: what turns stored rows into result rows. *out_first is the operator to push into;
 * it is client itself when nothing stands between. */
MUST_USE enum status build_above(const struct plan *plan, struct operator *client,
                                 struct built_query *out, struct operator **out_first,
                                 struct diag *diag);

#endif
