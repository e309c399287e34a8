/* operator.h: one running step of a query: takes batches, pushes batches.
 *
 * Operators are parts without knowledge of SQL text, plans, files or threads. They are created
 * by engine/build.c, wired downstream-first, and owned by the query's arena; release() frees
 * what an operator holds beside it. A task calls them on one thread:
 *
 *   push     one batch of changes into input number `input` (0, or 1 for the right of a join)
 *   advance  event time has reached time_ms on this input: close windows, emit what waited
 *   flush    end of a unit of work, before its commit: emit what the output cache holds back
 *   collect  write the changed state into the commit that makes the unit durable
 *
 * A batch is valid until push returns; an operator may change it in place, unless it is one of the
 * few that take shared ones.
 * State never depends on how rows were cut into batches.
 *
 * Failures: a status other than STATUS_OK ends the query (state ERROR); bad rows are not
 * failures but go to op_context.log and are counted. */
#ifndef OPERATORS_OPERATOR_H
#define OPERATORS_OPERATOR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/batch.h"
#include "base/status.h"

struct commit; /* state/commit.h */
struct expr_context;
struct operator;

/* The ledger of a query: every record read is counted in exactly one of the others. */
struct op_counters {
    uint64_t records_in;
    uint64_t records_used;     /* reached a sink, a state or a client */
    uint64_t records_filtered; /* WHERE, HAVING on streams, tombstones on streams, no join match */
    uint64_t records_late;     /* their window had closed */
    uint64_t records_failed;   /* could not be decoded or computed; in the processing log */
    uint64_t records_out;      /* emitted by the sink */
};

enum log_kind {
    LOG_DESERIALIZATION = 0, /* numbers as in ksqlDB's processing log */
    LOG_RECORD_PROCESSING = 1,
    LOG_PRODUCTION = 2,
    LOG_SERIALIZATION = 3,
};

/* One entry for the processing log; texts are borrowed for the call. */
struct log_entry {
    enum log_kind kind;
    const char *step; /* name of the step: the logger's last part */
    const char *message;
    struct text topic; /* data NULL when not known */
    bool has_origin;
    struct row_origin origin;
    bool is_key;        /* DESERIALIZATION: the key, not the value */
    struct text record; /* raw bytes, DESERIALIZATION only; data NULL otherwise */
};

/* What a task gives to its operators. One per task. */
struct op_context {
    struct arena *batch_arena; /* reset by the task between rounds of work */
    struct expr_context *expr; /* evaluation errors of rows are routed to log */
    struct op_counters *counters;
    void (*log)(void *log_context, const struct log_entry *entry);
    void *log_context;
    int64_t stream_time_ms; /* highest event time seen by this task; INT64_MIN at first */
    bool cache_is_off;      /* emit every change, as tests and EMIT CHANGES without cache want */
};

struct op_vtable {
    const char *name;
    enum status (*push)(struct operator* op, struct op_context *context, uint32_t input,
                        struct batch *batch, struct diag *diag);
    /* The four below may be NULL: nothing to do but pass on downstream. */
    enum status (*advance)(struct operator* op, struct op_context *context, int64_t time_ms,
                           struct diag *diag);
    enum status (*flush)(struct operator* op, struct op_context *context, struct diag *diag);
    enum status (*collect)(struct operator* op, struct op_context *context, struct commit *commit,
                           struct diag *diag);
    void (*release)(struct operator* op);
    /* push takes batches with is_shared too, and makes them its own before it passes them on. */
    bool takes_shared;
};

/* Where an operator stands: copied into it at creation. */
struct op_place {
    struct operator* downstream; /* NULL for a sink or collector */
    uint32_t downstream_input;
    uint32_t step_id; /* of the plan */
    const char *step; /* the logger's last part: "Project"; borrowed for the operator's life */
};

/* First member of every operator's own struct. */
struct operator
{
    const struct op_vtable *vtable;
    struct op_place place;
};

/* Pushes batch downstream unless it is empty. */
MUST_USE enum status op_emit(struct operator* op, struct op_context *context, struct batch *batch,
                             struct diag *diag);

/* Calls op's own function where it has one, then goes on downstream. */
MUST_USE enum status op_advance(struct operator* op, struct op_context *context, int64_t time_ms,
                                struct diag *diag);
MUST_USE enum status op_flush(struct operator* op, struct op_context *context, struct diag *diag);
MUST_USE enum status op_collect(struct operator* op, struct op_context *context,
                                struct commit *commit, struct diag *diag);
/* Releases op only; engine/build.c knows all operators of a query. */
void op_release(struct operator* op);

#endif
