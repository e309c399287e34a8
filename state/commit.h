/* commit.h: one finished unit of work: everything that becomes durable together or not at all.
 *
 * A commit is built by one thread in memory alone and handed over whole with committer_submit()
 * (or topics_submit(), which also gives its batches their offsets). Everything passed in is
 * copied unless said otherwise. When a call fails with STATUS_NO_MEMORY the commit is of no use
 * any more: destroy it.
 *
 * Applied in this order, whatever the order of the calls: topics, catalog and settings, dropped
 * stores, state ranges, state rows, positions, counters, batches, and last log deletions. Where
 * the same row is written twice, the later call wins.
 *
 * Thread: one at a time; after submission it belongs to the committer. */
#ifndef STATE_COMMIT_H
#define STATE_COMMIT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

struct commit;

/* How a record batch looks in the file. */
struct encoded_batch {
    uint32_t codec; /* what blob is, for those who look at the table; the blob says it too */
    uint32_t crc;   /* of blob and the batch's place, as the reader will check it */
    struct buffer blob;
};

struct commit_batch;

/* What the committer asks of the owner of a batch. Thread: the committer's. */
struct commit_batch_vtable {
    /* Turns the batch into bytes, outside of any transaction. Empties and fills out. */
    enum status (*encode)(const struct commit_batch *batch, struct encoded_batch *out,
                          struct diag *diag);
    /* Called exactly once: the batch is durable (STATUS_OK), or will never be (anything else;
     * STATUS_CANCELLED when the commit was destroyed unsubmitted). Gives up the owner. */
    void (*finish)(const struct commit_batch *batch, enum status status);
};

/* Records for one partition. Offsets must be dense in submission order; topics/ sees to it. */
struct commit_batch {
    const struct commit_batch_vtable *vtable;
    void *owner;      /* for the vtable; the commit holds it until finish() */
    uint64_t arrival; /* number of the batch over all topics: the log table's id */
    uint64_t topic_id;
    uint32_t partition;
    uint32_t record_count;
    int64_t base_offset;
    int64_t time_min_ms;
    int64_t time_max_ms;
    size_t memory_bytes; /* charged to the committer's queue */
};

/* One topic, as the topic table holds it. */
struct topic_row {
    uint64_t id; /* never used again once deleted */
    struct text name;
    uint32_t partition_count;
    int64_t retention_ms;       /* -1: no limit */
    int64_t retention_bytes;    /* -1: no limit; per partition */
    struct text cleanup_policy; /* "delete", "compact" or "compact,delete" */
};

MUST_USE enum status commit_create(struct commit **out, struct diag *diag);
/* For a commit that was not submitted: finish callbacks hear STATUS_CANCELLED. Accepts NULL. */
void commit_destroy(struct commit *commit);

/* --- topics ----------------------------------------------------------------------------------
 * For topics/ only; others go through topics.h. */

/* Adds a copy of batch. On failure the caller still owns batch->owner. */
MUST_USE enum status commit_add_batch(struct commit *commit, const struct commit_batch *batch,
                                      struct diag *diag);
/* The batches added so far, changeable until submission; moved by the next commit_add_batch. */
struct commit_batch *commit_batches(struct commit *commit, size_t *out_count);
/* Creates the topic or overwrites its row. */
MUST_USE enum status commit_put_topic(struct commit *commit, const struct topic_row *row,
                                      struct diag *diag);
/* Takes the topic's name away and removes up to batch_count_max of its batches; the row goes with
 * the last one. To be repeated while there are batches left. */
MUST_USE enum status commit_delete_topic(struct commit *commit, uint64_t topic_id,
                                         uint32_t batch_count_max, struct diag *diag);
/* Removes the batches whose base offset is below start_offset, which is a batch boundary, and
 * remembers it. */
MUST_USE enum status commit_delete_log(struct commit *commit, uint64_t topic_id, uint32_t partition,
                                       int64_t start_offset, struct diag *diag);

/* --- state of operators ---------------------------------------------------------------------- */

MUST_USE enum status commit_put_state(struct commit *commit, uint64_t store, struct text key,
                                      struct text value, struct diag *diag);
MUST_USE enum status commit_delete_state(struct commit *commit, uint64_t store, struct text key,
                                         struct diag *diag);
/* Removes all rows of store with a key below bound (as memcmp, a prefix first). */
MUST_USE enum status commit_delete_state_below(struct commit *commit, uint64_t store,
                                               struct text bound, struct diag *diag);
/* Removes all rows of store that earlier commits wrote. */
MUST_USE enum status commit_drop_store(struct commit *commit, uint64_t store, struct diag *diag);

/* --- queries --------------------------------------------------------------------------------- */

/* offset is the next one that query will read. source numbers the query's inputs: two of them may
 * read the same topic and stand at different places in it. */
MUST_USE enum status commit_put_position(struct commit *commit, struct text query, uint32_t source,
                                         struct text topic, uint32_t partition, int64_t offset,
                                         struct diag *diag);
/* Sets the counter; it does not add. */
MUST_USE enum status commit_put_counter(struct commit *commit, struct text query, struct text name,
                                        int64_t value, struct diag *diag);
/* Removes the positions and counters of query that earlier commits wrote. Not its state. */
MUST_USE enum status commit_drop_query(struct commit *commit, struct text query, struct diag *diag);

/* --- catalog --------------------------------------------------------------------------------- */

/* Catalog rows are read back by seq within a kind. */
MUST_USE enum status commit_put_catalog(struct commit *commit, struct text kind, struct text name,
                                        int64_t seq, struct text body, struct diag *diag);
MUST_USE enum status commit_delete_catalog(struct commit *commit, struct text kind,
                                           struct text name, struct diag *diag);
MUST_USE enum status commit_put_setting(struct commit *commit, struct text key, struct text value,
                                        struct diag *diag);
MUST_USE enum status commit_delete_setting(struct commit *commit, struct text key,
                                           struct diag *diag);

/* --- the end --------------------------------------------------------------------------------- */

/* Calls finish(context, status) exactly once when the outcome is known: on the committer's thread
 * after the commit is durable or has failed, or in commit_destroy() with STATUS_CANCELLED. It must
 * be quick and must not submit. May be called several times; they run in order, after the
 * batches' own finish(). */
MUST_USE enum status commit_on_finish(struct commit *commit,
                                      void (*finish)(void *context, enum status status),
                                      void *context, struct diag *diag);

/* What it holds in memory, as charged to the committer's queue. */
size_t commit_bytes(const struct commit *commit);

#endif
