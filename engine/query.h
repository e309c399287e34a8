/* query.h: a persistent query: its plan, its task, its state and its ledger.
 *
 * The driver (or engine_run_until_idle) runs it in units of work: records in, state changed,
 * output appended, processing log written, positions moved, all in one commit. States:
 *
 *   RUNNING <-> PAUSED       PAUSE, RESUME; kept in the file
 *   RUNNING --> ERROR        a failure that is not one record's: the unit is given up, what was
 *                            committed stands; RESUME or a restart tries again from there
 *   ERROR from the start     it cannot be planned today (engine/stand_in.h): only a restart,
 *                            with what it lacks, brings it back
 *   any     --> TERMINATED   TERMINATE, DROP: gone for good, its rows in the file too
 *
 * Thread: counted references; run_lock serializes units with everything that stops or reads the
 * task. */
#ifndef ENGINE_QUERY_H
#define ENGINE_QUERY_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine/processing_log.h"
#include "engine/settings.h"
#include "engine/task.h"
#include "planner/plan.h"

struct engine;

enum query_state { QUERY_RUNNING, QUERY_PAUSED, QUERY_ERROR, QUERY_TERMINATED };

/* The unit of work that is under way: operators are ahead of the file by it. Only a running query
 * has one. */
struct query_unit {
    bool is_open;
    int64_t begin_ms; /* monotonic */
    size_t records_in;
    struct op_counters committed; /* the ledger before it */
};

struct query {
    atomic_uint references;
    struct engine *engine;
    struct arena arena;    /* id, sql, plan */
    struct text id;        /* CSAS_X_3 */
    uint64_t number;       /* its sequence: numbers its stores, orders it among others */
    uint32_t rank;         /* in a pass; above those it reads from (engine/query_load.c) */
    atomic_bool must_look; /* resumed: there may be work although no topic has grown */
    atomic_bool has_rivals; /* others write its sink topic too; stays once it was so */
    bool was_lifted;       /* those that read from it are yet to be looked at */
    struct text sql;
    struct text sink;      /* source it writes; data NULL for the query of a SOURCE TABLE */
    bool is_insert;        /* INSERT INTO: does not own its sink */
    bool from_earliest;    /* auto.offset.reset when it was created */
    struct settings settings; /* what the session had set when it was created */
    const struct plan *plan;
    struct script *script; /* a reference: the plan borrows from its tree; NULL: the arena has it */

    pthread_mutex_t run_lock; /* guards what follows */
    struct task task;
    bool has_task;
    struct op_counters kept_counters; /* while there is no task: as last committed */
    struct processing_log log;
    char error[DIAG_MESSAGE_BYTES_MAX]; /* of state ERROR */
    int64_t error_time_ms;
    bool has_stand_in; /* its plan cannot run */
    atomic_int state; /* enum query_state; changed under run_lock */
    struct query_unit unit;
    bool has_attended; /* its task has said what it reads in this turn */
};

struct query_definition {
    struct text id;
    uint64_t number;
    struct text sql;
    struct text sink;
    bool is_insert;
    bool from_earliest;
    bool is_paused;
    const struct settings *settings; /* the session's own level is copied */
    struct script *script;           /* a reference is taken; may be NULL */
    const char *failure;             /* not NULL: why the plan is only a stand-in */
};

/* Makes a query that takes the arena in which plan lies (*plan_arena is empty afterwards) and
 * starts where the file says it stood, or at the topics' beginning or end. */
MUST_USE enum status query_create(struct engine *engine, const struct query_definition *definition,
                                  const struct plan *plan, struct arena *plan_arena,
                                  struct query **out, struct diag *diag);
struct query *query_ref(struct query *query);
void query_unref(struct query *query);

/* Writes the row from which the query is made again at start, with its current state. */
MUST_USE enum status query_put_row(const struct query *query, struct commit *commit,
                                   struct diag *diag);

/* A round is everything that is there when it begins. The driver lets queries of one rank take
 * turns in it, step by step, so that those that read the same decode it once; all three are for
 * the driver's thread. False: there is nothing to do, or the query does not run. */
bool query_begin_round(struct query *query);
/* Before a turn: the query will take a step in it. Without it a step does nothing and is over:
 * what is decoded for others need not be what this query reads. */
void query_attend(struct query *query);
/* Takes the next step of the round: some records where other queries read the same, else all of a
 * unit; and all of the round where others write the same topic, so that the order there does not
 * depend on how work was cut. Ends the unit of work when that is due; where peer_count queries take
 * turns, each holds back its share of output only. Failures put the query into state ERROR; the
 * call itself fails only when the engine cannot go on. *out_count: records used; *out_is_over: the
 * round is. */
MUST_USE enum status query_step(struct query *query, size_t peer_count, size_t *out_count,
                                bool *out_is_over, struct diag *diag);

/* Changes the state; waits for a step that is running, and ends the unit that is open. Fails only
 * when the engine cannot go on. */
MUST_USE enum status query_pause(struct query *query, struct diag *diag);
MUST_USE enum status query_resume(struct query *query, struct diag *diag);
/* Ends it and writes into commit the removal of its row, positions, counters and stores. */
MUST_USE enum status query_terminate(struct query *query, struct commit *commit,
                                     struct diag *diag);

enum query_state query_get_state(const struct query *query);
const char *query_state_name(enum query_state state);

/* A look at the ledger and the lag, between units. In state ERROR the ledger is that of the last
 * commit, and the lag is not known: 0. */
struct query_progress {
    struct op_counters counters;
    uint64_t lag;
    bool has_open_unit; /* what was used is not all submitted yet */
    enum query_state state;
};
void query_read_progress(struct query *query, struct query_progress *out);

/* [{kafkaTopic, offsets: [{partition, logStartOffset, logEndOffset, consumerOffset}]}]; NULL when
 * memory is out. */
json_t *query_offsets_json(struct query *query);

#endif
