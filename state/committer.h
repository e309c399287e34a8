/* committer.h: the one thread that writes the file.
 *
 * Commits are queued in submission order. The thread takes all that wait, up to a budget, encodes
 * their batches, and applies them in one transaction (group commit): under load an fsync is shared
 * by many, and a lone commit waits for nothing. Because the order is kept, a unit derived from
 * another that was submitted before it can never be durable without it.
 *
 * When something fails the transaction is rolled back, none of the group's units is in the file,
 * and the committer has stopped: every later submission fails with the same status, and the
 * owner must close everything and open it anew, trusting the file. (A COMMIT that fails while
 * syncing has an unknown outcome; going on with other units would build on sand.) Only out of
 * memory and a full disk, whose rollback is certain, are tried again a few times first.
 *
 * A ballast file keeps BALLAST_BYTES of the disk: it is given up when the disk is full, so that
 * what was accepted can still be written. While space is low intake is refused
 * (committer_check_space()), reads and deletions go on. */
#ifndef STATE_COMMITTER_H
#define STATE_COMMITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "state/commit.h"
#include "state/database.h"

struct committer;

struct committer_options {
    size_t queue_bytes_max;   /* memory of waiting units; 0: COMMIT_QUEUE_BYTES_MAX */
    uint32_t queue_count_max; /* waiting units; 0: COMMIT_QUEUE_COUNT_MAX */
    size_t ballast_bytes;     /* 0: no ballast file, and no watch over free space */
};

struct committer_stats {
    uint64_t commit_count; /* units made durable */
    uint64_t group_count;  /* transactions they took */
    uint64_t checkpoint_count;
    uint64_t wal_bytes; /* of the write-ahead log now */
    size_t queue_bytes; /* waiting or being written */
    uint32_t queue_count;
    bool is_space_low;
};

/* Starts the thread. Borrows database, which must outlive it; one committer per database. */
MUST_USE enum status committer_open(struct database *database,
                                    const struct committer_options *options, struct committer **out,
                                    struct diag *diag);

/* Writes what waits and ends the thread; database_close() then does the last checkpoint. Nobody may
 * submit any more. Accepts NULL. */
void committer_close(struct committer *committer);

/* Queues commit and takes it, on failure too (its finish callbacks have then run). Blocks while
 * the queue is full. *out_sequence (may be NULL) is its ticket, for committer_wait(). Thread:
 * any. Locks: the queue's. Never call it from a finish callback. */
MUST_USE enum status committer_submit(struct committer *committer, struct commit *commit,
                                      uint64_t *out_sequence, struct diag *diag);

/* Waits until the unit with this ticket and all before it are durable, or the committer stopped.
 * timeout_ms < 0 waits without end; STATUS_LIMIT when time ran out. Thread: any but its own. */
MUST_USE enum status committer_wait(struct committer *committer, uint64_t sequence,
                                    int64_t timeout_ms, struct diag *diag);

/* Waits until everything submitted so far is durable. */
MUST_USE enum status committer_flush(struct committer *committer, struct diag *diag);

/* STATUS_OK, or why the committer stopped. Thread: any. */
MUST_USE enum status committer_status(struct committer *committer, struct diag *diag);

/* STATUS_LIMIT while the disk has less than the ballast's size free. To be asked before records
 * from outside are accepted. Thread: any. */
MUST_USE enum status committer_check_space(struct committer *committer, struct diag *diag);

void committer_read_stats(struct committer *committer, struct committer_stats *out);

#endif
