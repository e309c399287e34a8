/* writeback.h: starts writing the write-ahead log to the disk before a checkpoint needs it there.
 * Private to state/. Thread: the committer's. */
#ifndef STATE_WRITEBACK_H
#define STATE_WRITEBACK_H

#include <stddef.h>

struct database;

struct writeback {
    int fd;               /* of the log; -1: nothing to do */
    size_t started_bytes; /* of the log, up to where writing was asked for */
};

/* Idle where every commit is synced anyway, or none ever is. */
void writeback_init(struct writeback *writeback, const struct database *database);
void writeback_release(struct writeback *writeback);

/* The log holds log_bytes now. Does not wait for the disk. */
void writeback_note(struct writeback *writeback, size_t log_bytes);

#endif
