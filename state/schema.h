/* schema.h: the tables of leat.db. Private to state/; database.h explains them. */
#ifndef STATE_SCHEMA_H
#define STATE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/status.h"

enum {
    SCHEMA_APPLICATION_ID = 0x4C656174, /* "Leat" */
    SCHEMA_VERSION = 2,                 /* user_version; grows when the format changes */
    SCHEMA_VERSION_MIN = 2,             /* the oldest that can be read: 1 had other keys of DOUBLE
                                           and other numbers of stores */
    SCHEMA_PAGE_BYTES = 8192,
};

/* Whether connection's file is ours: new and empty (*out_is_new), or one of a
 * format from SCHEMA_VERSION_MIN on. Reads only. STATUS_INVALID otherwise. */
MUST_USE enum status schema_check(sqlite3 *connection, bool *out_is_new, struct diag *diag);

/* Makes the tables in an empty file, inside the caller's transaction. */
MUST_USE enum status schema_create(sqlite3 *connection, struct diag *diag);

#endif
