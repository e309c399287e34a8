/* task.h: one query's operators at work over its input partitions.
 *
 * A task reads segments of every partition of every source topic, merges them into one order,
 * and pushes runs of records through the operators. It is used by persistent queries (the driver
 * runs them, and each unit of work ends in a commit) and by cursors of clients (which read only
 * what is durable and commit nothing).
 *
 * Order: by record time, then source, then partition, so that the same input gives the same
 * output whatever the scheduling; a partition that has more records is never overtaken. Tests may
 * ask for the order of arrival instead.
 *
 * Thread: one at a time. */
#ifndef ENGINE_TASK_H
#define ENGINE_TASK_H

#include "base/arena.h"
#include "base/bounds.h"
#include "base/record.h"
#include "engine/build.h"
#include "functions/expr.h"
#include "operators/operator.h"
#include "planner/plan.h"
#include "topics/topics.h"

/* One partition of one source. */
struct task_input {
    struct operator *source;  /* the operator that decodes it */
    uint32_t source_index;    /* in the plan's order of sources */
    struct topic *topic;      /* a reference */
    uint32_t partition;
    int64_t next_offset;      /* of the next record to push */
    int64_t limit_offset;     /* records from here on wait for the next round */
    int64_t stored_offset;    /* what the file says; -1: nothing yet */
    struct segment *segment;  /* holds next_offset, or NULL */
    uint32_t index;           /* of next_offset in the segment */
};

/* Short runs of several partitions of one source, put together until they make a batch. */
struct task_gather {
    struct operator *source;
    size_t count;
    struct segment **segments; /* in which the records lie, at most one per input */
    size_t segment_capacity;
    struct record records[BATCH_ROWS_MAX];
    struct row_origin origins[BATCH_ROWS_MAX];
};

/* What a task needs only while it steps or loads: lent to it for that (engine/scratch_pool.h). */
struct task_scratch {
    struct arena batch_arena;
    struct expr_context expr;
    struct task_gather *gather; /* NULL until partitions interleave; empty between steps */
};

void task_scratch_init(struct task_scratch *scratch);
void task_scratch_release(struct task_scratch *scratch);

struct task {
    struct task_scratch *scratch; /* borrowed; NULL: it does not work now */
    struct built_query built;
    struct op_context context;
    struct op_counters counters;
    struct expr_errors expr_errors;
    struct time_zone_cache *zones;
    struct regex_cache *regexes;
    bool nested_errors_are_null;
    int64_t (*now_ms)(void *clock);
    void *clock;
    struct task_input *inputs;
    size_t input_count;
    struct topics *topics;
    size_t batch_rows;
    bool merge_by_arrival;
    bool committed_only;
};

struct task_options {
    struct topics *topics;
    const struct plan *plan; /* must outlive the task */
    struct build_options build;
    size_t batch_rows;
    bool cache_is_off;
    bool merge_by_arrival;
    bool committed_only;
    int64_t (*now_ms)(void *clock);
    void *clock;
    void (*log)(void *log_context, const struct log_entry *entry);
    void *log_context;
};

/* Builds the operators and opens the inputs at offset 0; task_seek changes that. Initialises
 * *task in place. On failure nothing is held. */
MUST_USE enum status task_init(struct task *task, const struct task_options *options,
                               struct diag *diag);
void task_release(struct task *task);

/* From now on the task works in scratch, which nobody else uses meanwhile; NULL: its work is done.
 * Needed around task_step(), task_flush() and whatever else calls operators with its context. */
void task_borrow_scratch(struct task *task, struct task_scratch *scratch);

/* Moves every input to the oldest record there is, or past the newest. */
void task_seek_all(struct task *task, bool to_end);

/* Lets inputs advance to what is there now. False when there is nothing to do. */
bool task_begin_round(struct task *task);

/* Before a turn: tells the shares of its sources that it will read (operators/source_share.h). */
void task_attend(const struct task *task);
/* Whether others read the same in this turn. */
bool task_is_busy(const struct task *task);

/* Whether all of the round has been pushed. */
bool task_round_is_over(const struct task *task);

/* Pushes up to row_count_max records of the round; *out_count says how many it were, 0 at the
 * end of the round. */
MUST_USE enum status task_step(struct task *task, size_t row_count_max, size_t *out_count,
                               struct diag *diag);

/* Emits what operators hold back. */
MUST_USE enum status task_flush(struct task *task, struct diag *diag);

/* Records between the positions and the ends of the topics. */
uint64_t task_lag(const struct task *task);

#endif
