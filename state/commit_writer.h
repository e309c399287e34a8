/* commit_writer.h: commits to SQL, on the writer connection. Private to state/. Thread: the
 * committer's. */
#ifndef STATE_COMMIT_WRITER_H
#define STATE_COMMIT_WRITER_H

#include <stdbool.h>

#include "base/status.h"
#include "state/commit.h"
#include "state/database.h"

struct commit_writer;

/* Prepares all statements. Borrows database. */
MUST_USE enum status commit_writer_create(struct database *database, struct commit_writer **out,
                                          struct diag *diag);
void commit_writer_destroy(struct commit_writer *writer);

/* Applies the commits from first on, linked by next, in one transaction. The first failure rolls
 * all of it back. *out_is_certain tells whether the outcome is known: false after a COMMIT
 * that failed in the middle of writing or syncing. */
MUST_USE enum status commit_writer_apply(struct commit_writer *writer, struct commit *first,
                                         bool *out_is_certain, struct diag *diag);

/* Size of the write-ahead log after the last transaction. */
size_t commit_writer_wal_bytes(const struct commit_writer *writer);

/* Copies the write-ahead log back to the file as far as readers permit. With restart, also waits
 * a little for them, so that the next transaction starts the log over. A log that cannot be
 * copied because of readers is not a failure. */
MUST_USE enum status commit_writer_checkpoint(struct commit_writer *writer, bool restart,
                                              bool *out_is_complete, struct diag *diag);

#endif
