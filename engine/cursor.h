/* cursor.h: the inside of a client's cursor, for the files of engine/ that make one.
 *
 * A cursor does its work on the thread that asks for rows: it steps a task of its own, or scans
 * stored rows slice by slice. So a slow client holds a place in the log and nothing else: no
 * buffer grows for it, and no query waits. Whoever makes a cursor gives it a fill function. */
#ifndef ENGINE_CURSOR_H
#define ENGINE_CURSOR_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "engine/engine.h"

struct cursor;
struct topic;
struct waker_entry;

/* A chunk with its memory. */
struct cursor_chunk {
    struct row_chunk chunk; /* first: what the consumer holds */
    struct arena arena;
    atomic_uint references;
    struct cursor_chunk *next;
};

struct cursor_vtable {
    enum cursor_kind kind;
    /* Adds chunks with cursor_add_rows() or cursor_add_lines(), or ends with cursor_end(). Adding
     * nothing means: nothing is there now; wait for the topics to change. */
    enum status (*fill)(struct cursor *cursor, struct diag *diag);
    /* Whether nothing durable is left to read; NULL: always. */
    bool (*is_caught_up)(const struct cursor *cursor);
    /* cursor_is_brief(); NULL: it is not. */
    bool (*is_brief)(const struct cursor *cursor);
    /* Calls visit for each topic that rows come from; NULL: rows never come later. */
    void (*each_topic)(const struct cursor *cursor,
                       void (*visit)(void *context, struct topic *topic), void *context);
    /* Frees what the maker put into cursor->source. */
    void (*release)(struct cursor *cursor);
};

struct cursor {
    const struct cursor_vtable *vtable;
    struct engine *engine;
    struct cursor *next_open;      /* in the engine's list, under cursor_lock */
    struct cursor **previous_open; /* what points here; NULL: not in the list */
    struct arena arena;       /* schema and plan */
    struct script *script;    /* a reference: the plan borrows from its tree */
    char query_id[64];
    struct schema schema;
    bool is_table;
    void *source;             /* the maker's own */
    struct cursor_chunk *first;
    struct cursor_chunk *last;
    bool has_limit;
    uint64_t rows_left;       /* of the limit */
    bool counts_only;
    uint64_t row_count;       /* handed out or counted */
    size_t row_bytes;         /* of memory, on average in the last chunk; 0: none yet */
    bool is_end;
    const char *final_message;
    atomic_bool is_terminated; /* TERMINATE or close-query from another thread */
    void (*wake)(void *context); /* with wake_context, under the waker's lock or cursor_lock */
    void *wake_context;
    struct waker_entry *wake_entries; /* the waker's, one per topic */
};

/* Ends the query at its next look, and sees to it that it looks. Under cursor_lock, or before
 * the cursor is closed. */
void cursor_terminate(struct cursor *cursor);

/* An empty cursor. */
MUST_USE enum status cursor_create(struct engine *engine, const struct cursor_vtable *vtable,
                                   struct cursor **out, struct diag *diag);

/* Puts a cursor that has a query id into the engine's list, where TERMINATE finds it. */
void cursor_register(struct cursor *cursor);

/* Drops rows with one of flags (enum row_flag). ROW_DELETE: a stream's records with a null value
 * are no rows for a client. */
MUST_USE enum status cursor_drop_rows(struct batch *batch, uint8_t flags, struct arena *arena,
                                      struct diag *diag);

/* Copies the rows of batch, whose columns are those of the schema, into a new
 * chunk; observes the limit. */
MUST_USE enum status cursor_add_rows(struct cursor *cursor, const struct batch *batch,
                                     struct diag *diag);
MUST_USE enum status cursor_add_lines(struct cursor *cursor, struct text lines,
                                      struct diag *diag);
void cursor_end(struct cursor *cursor, const char *final_message);

/* Sets LIMIT n; 0 ends the cursor at once. */
void cursor_set_limit(struct cursor *cursor, uint64_t limit);

#endif
