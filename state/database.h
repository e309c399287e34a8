/* database.h: the one file of data, leat.db in the data directory, and the lock that guards it.
 *
 * Tables (STRICT; anyone may open the file read-only with the sqlite3 program and look):
 *   topic     id, name (NULL: deleted, batches are still being removed), partition_count,
 *             retention_ms, retention_bytes (-1: no limit), cleanup_policy
 *   partition topic, partition, start_offset: written when retention moves the start
 *   log       id (arrival number), topic, partition, base_offset, count, time_min, time_max,
 *             bytes (of blob), codec, crc, blob: one row per record batch
 *   position  query, source, topic, partition, offset: the next offset a query's input reads
 *   state     store, key, value (the last 4 bytes are the CRC32C of key and value)
 *   counter   query, name, value: the ledger of a query
 *   catalog   kind, name, seq, body (JSON)
 *   setting   key, value
 *
 * One process at a time: `leat.lock` beside the file is held with flock. Inside the process one
 * committer (committer.h) writes and checkpoints; everyone else reads through reader.h. */
#ifndef STATE_DATABASE_H
#define STATE_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct database;

/* What a commit survives once it is reported done. */
enum durability {
    DURABILITY_POWER_LOSS,    /* synchronous = FULL: an fsync for each group of commits */
    DURABILITY_PROCESS_CRASH, /* synchronous = NORMAL: power loss may take the last commits */
};

struct database_options {
    /* Created when absent; NULL: a temporary one (in $TMPDIR, else in memory), deleted at close. */
    const char *dir;
    enum durability durability;   /* without meaning for a temporary one, which never syncs */
    bool network_fs_is_permitted; /* WAL needs one host; refused otherwise where we can tell */
};

/* Opens or creates the file. Fails without having changed the file with
 *   STATUS_CONFLICT  another process, or this one, has it open
 *   STATUS_INVALID   not a file of Leat, written by a newer version, a symbolic or hard link, on a
 *                    network file system
 *   STATUS_IO        the operating system or SQLite failed
 * Writes *out only on STATUS_OK; the caller owns it. */
MUST_USE enum status database_open(const struct database_options *options, struct database **out,
                                   struct diag *diag);

/* All readers must be closed and the committer too. Accepts NULL. */
void database_close(struct database *database);

/* Where the file is; valid as long as database. */
const char *database_path(const struct database *database);

/* False when the last process to use the file ended without closing it. The file is sound even
 * so; database_check() makes sure where the machine is in doubt. */
bool database_was_closed_cleanly(const struct database *database);

/* SQLite's quick_check, cut off after timeout_ms (STATUS_LIMIT: nothing wrong found so far).
 * STATUS_CORRUPT with SQLite's finding. Thread: any. */
MUST_USE enum status database_check(struct database *database, int64_t timeout_ms,
                                    struct diag *diag);

#endif
