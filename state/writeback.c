/* writeback.c
 *
 * Where commits are not synced, a checkpoint syncs all that the log has gathered since the last
 * one, and commits wait for it: 13 ms for some megabytes. Asked early and often, the kernel
 * writes them while commits go on, and little is left for the checkpoint. This is advice: what
 * fails here is not lost, only written later.
 *
 * The log is opened a second time, which is safe for this file alone: closing a descriptor drops a
 * process's locks on a file, and SQLite keeps its locks on the other two.
 */
#include "state/writeback.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "state/database_parts.h"

enum { STEP_BYTES = 512 << 10 };

void writeback_init(struct writeback *writeback, const struct database *database)
{
    *writeback = (struct writeback){.fd = -1};
    if (database->synchronous == SYNCHRONOUS_NORMAL) {
        char path[sizeof(database->path) + 8];
        (void)snprintf(path, sizeof(path), "%s-wal", database->path);
        writeback->fd = open(path, O_WRONLY | O_CLOEXEC);
    }
}

void writeback_release(struct writeback *writeback)
{
    if (writeback->fd >= 0) {
        (void)close(writeback->fd);
    }
    *writeback = (struct writeback){.fd = -1};
}

void writeback_note(struct writeback *writeback, size_t log_bytes)
{
    if (log_bytes < writeback->started_bytes) {
        writeback->started_bytes = 0; /* it was started over */
    }
    if (writeback->fd >= 0 && log_bytes - writeback->started_bytes >= STEP_BYTES) {
        (void)sync_file_range(writeback->fd, (off_t)writeback->started_bytes,
                              (off_t)(log_bytes - writeback->started_bytes),
                              SYNC_FILE_RANGE_WRITE);
        writeback->started_bytes = log_bytes;
    }
}
