/* commit_parts.h: the inside of a commit, for commit.c which fills it and commit_writer.c which
 * writes it. Private to state/. */
#ifndef STATE_COMMIT_PARTS_H
#define STATE_COMMIT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "state/commit.h"

/* Small operations, each one SQL statement (commit_writer.c has the table). They are applied kind
 * by kind in this order; log deletions, from COMMIT_OP_LATE on, after everything else. */
enum commit_op_kind {
    COMMIT_OP_HIDE_TOPIC, /* before PUT: a new topic may take the name of a deleted one */
    COMMIT_OP_PUT_TOPIC,
    COMMIT_OP_PUT_CATALOG,
    COMMIT_OP_DELETE_CATALOG,
    COMMIT_OP_PUT_SETTING,
    COMMIT_OP_DELETE_SETTING,
    COMMIT_OP_DROP_POSITIONS,
    COMMIT_OP_DROP_COUNTERS,
    COMMIT_OP_DROP_STORE,
    COMMIT_OP_DELETE_STATE_BELOW,
    COMMIT_OP_PUT_POSITION,
    COMMIT_OP_PUT_COUNTER,
    COMMIT_OP_LATE,
    COMMIT_OP_PURGE_LOG = COMMIT_OP_LATE,
    COMMIT_OP_PURGE_PARTITIONS,
    COMMIT_OP_PURGE_TOPIC,
    COMMIT_OP_PUT_LOG_START,
    COMMIT_OP_DELETE_LOG,
    COMMIT_OP_COUNT
};

enum { COMMIT_OP_ARGUMENTS_MAX = 6 };

enum commit_argument_kind { COMMIT_ARGUMENT_INTEGER, COMMIT_ARGUMENT_TEXT, COMMIT_ARGUMENT_BLOB };

struct commit_argument {
    enum commit_argument_kind kind;
    int64_t integer;
    struct text text;
};

struct commit_op {
    struct commit_op *next; /* of the same kind */
    uint32_t argument_count;
    struct commit_argument arguments[COMMIT_OP_ARGUMENTS_MAX];
};

/* Where one state row lies in rows.data: two 32-bit lengths, the key, the value. */
struct state_row {
    uint64_t key_prefix; /* first 8 key bytes, big-endian: decides most comparisons */
    uint64_t at;
};

enum { STATE_ROW_HEADER_BYTES = 8 };
#define STATE_ROW_DELETED UINT32_MAX /* in place of the value's length */

struct state_rows {
    struct state_rows *next;
    uint64_t store;
    struct buffer bytes;
    struct buffer index; /* of struct state_row */
};

struct commit_finish {
    struct commit_finish *next;
    void (*finish)(void *context, enum status status);
    void *context;
};

struct commit {
    struct commit *next; /* in the committer's queue */
    uint64_t sequence;
    size_t queued_bytes;
    struct arena arena;
    struct commit_op *op_first[COMMIT_OP_COUNT];
    struct commit_op *op_last[COMMIT_OP_COUNT];
    struct state_rows *state_first;
    struct state_rows *state_last; /* the store written to last */
    struct commit_batch *batches;
    size_t batch_count;
    size_t batch_capacity;
    struct commit_finish *finish_first;
    struct commit_finish *finish_last;
};

/* Tells batches and callbacks the outcome and frees the commit. */
void commit_finish(struct commit *commit, enum status status);

static inline size_t state_rows_count(const struct state_rows *rows)
{
    return rows->index.bytes / sizeof(struct state_row);
}

/* Sorts the index by key; among equal keys the last written comes last. */
void state_rows_sort(struct state_rows *rows);

/* A row at a place of the index; *is_deleted rows have no value. */
struct text state_rows_key(const struct state_rows *rows, const struct state_row *row);
struct text state_rows_value(const struct state_rows *rows, const struct state_row *row,
                             bool *is_deleted);

#endif
