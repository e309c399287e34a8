/* join_stream_stream_parts.h: what the files of the stream-stream join share.
 *
 *   join_stream_stream.c        rows in, pairs out
 *   join_stream_stream_store.c  the kept rows of both sides, in memory and in the file
 *
 * Thread: the task's. */
#ifndef OPERATORS_JOIN_STREAM_STREAM_PARTS_H
#define OPERATORS_JOIN_STREAM_STREAM_PARTS_H

#include "base/buffer.h"
#include "operators/join_rows.h"
#include "operators/join_stream_stream.h"
#include "operators/key_codec.h"
#include "operators/row_image.h"
#include "state/window_store.h"

/* A kept row; from memory_alloc. */
struct stream_row {
    int64_t time_ms;
    uint64_t arrival; /* orders rows of one key and time; given anew, in this order, when loaded */
    uint32_t bytes;
    bool waits;   /* unmatched, of an outer side, and not emitted yet */
    char image[]; /* row_image of its input */
};

/* The payload of an entry: the rows of one key in one span, by time, then arrival. */
struct stream_rows {
    struct stream_row **rows;
    uint32_t count;
    uint32_t capacity;
};

/* What one side keeps. */
struct stream_side {
    struct window_store *spans; /* by start of span; span_ms long each */
    struct row_image image;
    int64_t newest_ms; /* of the rows kept; INT64_MIN at first */
};

/* An item of the heap of rows that wait to be emitted alone. */
struct waiting_row {
    int64_t closes_ms; /* stream time after which no match can come */
    int64_t time_ms;
    enum join_side side;
    struct hash_entry *entry; /* whose key is the join key */
    struct stream_row *row;
};

struct join_stream_stream {
    struct operator op;
    struct join_stream_stream_options options;
    struct key_codec key; /* without the window */
    struct stream_side sides[2];
    int64_t span_ms;
    int64_t retention_ms;
    uint64_t next_arrival;
    int64_t stream_time_ms; /* newest time of both sides; INT64_MIN at first */
    struct buffer waiting;  /* heap of struct waiting_row: the first to close on top */
    struct buffer scratch;
    struct value *values; /* scratch: one row */
};

/* The oldest time at which side's rows can still be seen. */
static inline int64_t stream_side_oldest_ms(const struct join_stream_stream *self,
                                            enum join_side side)
{
    const int64_t newest_ms = self->sides[side].newest_ms;
    return newest_ms == INT64_MIN ? INT64_MIN : newest_ms - self->retention_ms;
}

/* The stream time after which a row of side can have no more matches. */
static inline int64_t stream_row_closes_ms(const struct join_stream_stream *self,
                                           enum join_side side, int64_t time_ms)
{
    const struct join_stream_stream_options *options = &self->options;
    return time_ms + options->grace_ms +
           (side == JOIN_SIDE_LEFT ? options->after_ms : options->before_ms);
}

MUST_USE enum status stream_sides_create(struct join_stream_stream *self, struct arena *arena,
                                         struct diag *diag);
void stream_sides_release(struct join_stream_stream *self);

/* Keeps a copy of one row of batch. key is its join key with the window behind it. */
MUST_USE enum status stream_side_add(struct join_stream_stream *self, enum join_side side,
                                     const struct batch *batch, size_t row, struct text key,
                                     uint64_t hash, bool waits, struct diag *diag);

/* Calls visit for the rows of key from from_ms to to_ms that can still be seen, by time, then
 * arrival. visit may clear row->waits, and says so by *is_changed. */
typedef enum status stream_row_visit(void *visitor, struct stream_row *row, bool *is_changed,
                                     struct diag *diag);
MUST_USE enum status stream_side_visit(struct join_stream_stream *self, enum join_side side,
                                       struct text key, uint64_t hash, int64_t from_ms,
                                       int64_t to_ms, stream_row_visit *visit, void *visitor,
                                       struct diag *diag);

/* Takes the first waiting row whose time has closed at the stream time; false: there is none.
 * The row no longer waits; its entry is marked as changed. */
bool stream_take_closed(struct join_stream_stream *self, struct waiting_row *out);

/* Drops spans that can no longer be seen. */
void stream_sides_expire(struct join_stream_stream *self);

MUST_USE enum status join_stream_stream_collect(struct operator* op, struct op_context *context,
                                                struct commit *commit, struct diag *diag);

#endif
