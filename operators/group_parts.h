/* group_parts.h: what the files of GROUP BY share: group.c and group_*.c.
 *
 *   group.c          creation, and which way a batch takes
 *   group_input.c    keys and arguments of a batch
 *   group_state.c    accumulators of one group: add, undo, move, result
 *   group_windows.c  a stream's rows into groups, tumbling and hopping windows or none
 *   group_session.c  a stream's rows into session windows
 *   group_table.c    a table's changes into groups
 *   group_emit.c     changed groups to rows; final results; expiry
 *   group_file.c     state rows, to and from the file
 *
 * Thread: the task's. */
#ifndef OPERATORS_GROUP_PARTS_H
#define OPERATORS_GROUP_PARTS_H

#include "base/buffer.h"
#include "operators/group.h"
#include "operators/key_codec.h"
#include "operators/row_builder.h"
#include "state/hash_store.h"
#include "state/window_store.h"

enum group_flag {
    GROUP_IS_READY = 1,   /* its accumulators are initialised */
    GROUP_IS_PENDING = 2, /* changed since the last flush */
    GROUP_HAS_SHOWN = 4,  /* some row of it was emitted; only kept where old rows are */
};

/* Results of a group at its last emission, from memory_alloc. */
struct group_old {
    int64_t time_ms;
    size_t bytes;
    char results[]; /* a row of row_codec */
};

/* The payload of a group's entry; the accumulators follow. */
struct group_state {
    int64_t time_ms;         /* newest input row; of sessions also their end */
    int64_t window_start_ms; /* 0 without windows */
    struct group_old *old;   /* the row as last emitted, until its successor is; may be NULL */
    uint32_t flags;
    uint32_t unused;
};

struct group {
    struct operator op;
    struct group_options options;
    struct key_codec keys;
    uint32_t *offsets; /* per aggregate: from the payload to its accumulator */
    uint32_t payload_bytes;
    const struct type **saved_types;  /* per aggregate: state_type */
    const struct type **result_types; /* per aggregate: result_type */
    const char **key_what;            /* per key: starts log messages */
    const char *argument_what;
    struct value *values; /* scratch: as many as columns, keys, arguments or aggregates */
    struct buffer scratch;

    struct hash_store *groups;    /* without windows, and sessions (key with window behind) */
    struct window_store *windows; /* tumbling and hopping */
    struct hash_store *sessions;  /* group key -> struct session_list */
    struct buffer pending;        /* of struct hash_entry *: changed since the last flush */

    int64_t stream_time_ms;  /* newest time of an accepted row; INT64_MIN at first */
    int64_t newest_start_ms; /* newest window start in the store */
    int64_t emitted_ms;      /* is_final: windows closed at this close time were emitted */
    struct buffer closing;   /* is_final sessions: heap of struct session_end */
    int64_t next_sweep_ms;   /* sessions: stream time of the next search for expired ones */
};

/* Keys and arguments of the rows of one batch. */
struct group_input {
    const struct batch *batch;
    struct column *keys;
    struct column **arguments; /* [aggregate][argument] */
    uint8_t *has_key;          /* per row: it takes part */
    struct key_batch encoded;
};

/* Fills input for the rows listed. Rows that fail or have a NULL key are logged and get no
 * has_key, nor do rows that are not listed. */
MUST_USE enum status group_read_input(const struct group *self, struct op_context *context,
                                      const struct batch *batch, const uint32_t *rows, size_t count,
                                      struct group_input *input, struct diag *diag);

/* --- accumulators --------------------------------------------------------------------------- */

static inline struct group_state *group_state_of(struct hash_entry *entry)
{
    return hash_entry_payload(entry);
}

static inline void *group_accumulator(const struct group *self, struct group_state *state,
                                      uint32_t aggregate)
{
    return (char *)state + self->offsets[aggregate];
}

/* Initialises the accumulators of a zeroed payload. */
MUST_USE enum status group_state_init(const struct group *self, struct group_state *state,
                                      struct diag *diag);
/* Frees what the payload owns; the release() of its store. context is the group. */
void group_state_release(void *context, void *payload);
MUST_USE enum status group_state_add(const struct group *self, struct group_state *state,
                                     const struct group_input *input, size_t row,
                                     struct diag *diag);
MUST_USE enum status group_state_undo(const struct group *self, struct group_state *state,
                                      const struct group_input *input, size_t row,
                                      struct diag *diag);
/* Folds from into state. */
MUST_USE enum status group_state_merge(const struct group *self, struct group_state *state,
                                       struct group_state *from, struct diag *diag);
/* Writes the results to values, one per aggregate; they may borrow from state. */
MUST_USE enum status group_state_results(const struct group *self, struct group_state *state,
                                         struct arena *arena, struct value *values,
                                         struct diag *diag);

/* --- changes -------------------------------------------------------------------------------- */

/* What one push knows. */
struct group_push {
    struct op_context *context;
    const struct batch *batch;
    struct row_builder builder;
    bool is_immediate; /* every change becomes a row at once */
};

MUST_USE enum status group_push_windows(struct group *self, struct group_push *push,
                                        const struct group_input *input, struct diag *diag);
MUST_USE enum status group_push_sessions(struct group *self, struct group_push *push,
                                         const struct group_input *input, struct diag *diag);
MUST_USE enum status group_push_table(struct group *self, struct group_push *push,
                                      struct batch *batch, struct diag *diag);

/* Counts and logs a row that came after its windows had closed. */
void group_drop_late(const struct group *self, const struct group_push *push, size_t row,
                     int64_t close_ms);

/* Before a change of entry, of whose rows store is the owner: marks it as changed and, where old
 * rows are wanted, keeps its row as it is. *out_row is the output row of an immediate change,
 * to be filled by group_end_change; the input row is for time and cause. */
MUST_USE enum status group_begin_change(struct group *self, struct group_push *push,
                                        struct hash_store *store, struct hash_entry *entry,
                                        size_t input_row, size_t *out_row, struct diag *diag);
MUST_USE enum status group_end_change(struct group *self, struct group_push *push,
                                      struct hash_entry *entry, size_t out_row, struct diag *diag);

/* --- emission ------------------------------------------------------------------------------- */

/* Fills a row of batch with the group's key, results, time and window. */
MUST_USE enum status group_write_row(const struct group *self, struct hash_entry *entry,
                                     struct batch *batch, size_t row, bool is_copied,
                                     struct diag *diag);
/* Emits a delete of entry's row. */
MUST_USE enum status group_emit_delete(struct group *self, struct group_push *push,
                                       struct hash_entry *entry, size_t input_row,
                                       struct diag *diag);
/* Emits the groups that changed since the last flush. */
MUST_USE enum status group_emit_pending(struct group *self, struct op_context *context,
                                        struct diag *diag);
/* is_final: emits windows and sessions that stream time has closed. */
MUST_USE enum status group_emit_closed(struct group *self, struct op_context *context,
                                       struct diag *diag);
/* Drops what is past its retention. */
MUST_USE enum status group_expire(struct group *self, struct op_context *context,
                                  struct diag *diag);

/* The stream time at and before which a window's end means that it is closed. */
static inline int64_t group_close_ms(const struct group *self)
{
    const struct op_window *window = &self->options.window;
    const int64_t gap_ms = window->kind == OP_WINDOW_SESSION ? window->size_ms : 0;
    return self->stream_time_ms - window->grace_ms - gap_ms;
}

/* --- the file ------------------------------------------------------------------------------- */

MUST_USE enum status group_collect(struct operator* op, struct op_context *context,
                                   struct commit *commit, struct diag *diag);

/* --- sessions ------------------------------------------------------------------------------- */

/* The payload of an index entry: the live sessions of one group, by end, then start. */
struct session_list {
    struct hash_entry **entries;
    uint32_t count;
    uint32_t capacity;
};

void session_list_release(void *context, void *payload);
/* Rebuilds index and heap from self->groups, after loading. */
MUST_USE enum status group_index_sessions(struct group *self, struct diag *diag);
/* Emits the sessions that have closed, by end, start and key. */
MUST_USE enum status group_emit_closed_sessions(struct group *self, struct row_builder *builder,
                                                struct diag *diag);
/* Removes the sessions that ended before bound_ms. */
void group_sweep_sessions(struct group *self, int64_t bound_ms);

#endif
