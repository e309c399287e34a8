/* database_parts.h: what database.c shares with committer.c and reader.c. Private to state/. */
#ifndef STATE_DATABASE_PARTS_H
#define STATE_DATABASE_PARTS_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/bounds.h"
#include "base/text.h"
#include "state/database.h"

struct reader;

enum { DATABASE_PATH_BYTES_MAX = 4096, DATABASE_INSTANCE_BYTES = 33 };

enum { SYNCHRONOUS_OFF = 0, SYNCHRONOUS_NORMAL = 1, SYNCHRONOUS_FULL = 2 }; /* SQLite's */

struct database {
    char dir[DATABASE_PATH_BYTES_MAX]; /* absolute, without symbolic links */
    char path[DATABASE_PATH_BYTES_MAX + 16];
    char instance[DATABASE_INSTANCE_BYTES]; /* random, of this opening: the fence against others */
    int lock_fd;
    bool is_temporary;
    bool was_closed_cleanly;
    int synchronous;

    /* Used by the thread that opens and closes, and by the committer in between. */
    sqlite3 *writer;

    /* The pool of readers (reader.c), under pool_lock. */
    pthread_mutex_t pool_lock;
    struct reader *idle[READER_IDLE_COUNT_MAX];
    unsigned idle_count;
    unsigned reader_count; /* idle or lent */
};

/* Closes the idle readers; none may be lent. */
void database_close_readers(struct database *database);

/* Fails with the reason when the mark of another opening is in the file. */
MUST_USE enum status database_check_instance(struct database *database, struct text found,
                                             struct diag *diag);

#endif
