/* connection.h: opening SQLite and turning its result codes into ours. Private to state/. */
#ifndef STATE_CONNECTION_H
#define STATE_CONNECTION_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"

enum connection_role {
    CONNECTION_WRITER, /* may create the file; checkpoints when told to */
    CONNECTION_READER, /* query_only, never checkpoints */
};

/* Opens path, which must not be or contain a symbolic link. No pragma is set yet, so nothing was
 * written. The caller closes *out with connection_close(). */
MUST_USE enum status connection_open(const char *path, enum connection_role role, sqlite3 **out,
                                     struct diag *diag);
/* Off after opening: only the writer of a file known to be ours may turn it on. */
void connection_checkpoint_on_close(sqlite3 *connection, bool is_wanted);
/* Finalizes nothing: statements must be gone. Accepts NULL. */
void connection_close(sqlite3 *connection);

/* Sets the pragmas of role, reads each one back and fails where it did not take effect.
 * synchronous: 0 off, 1 normal, 2 full. */
MUST_USE enum status connection_configure(sqlite3 *connection, enum connection_role role,
                                          int synchronous, struct diag *diag);

MUST_USE enum status connection_execute(sqlite3 *connection, const char *sql, struct diag *diag);
/* Runs a statement that gives one integer; 0 when it gives no row. */
MUST_USE enum status connection_query_integer(sqlite3 *connection, const char *sql, int64_t *out,
                                              struct diag *diag);
/* Prepares for repeated use. */
MUST_USE enum status connection_prepare(sqlite3 *connection, const char *sql, sqlite3_stmt **out,
                                        struct diag *diag);

/* Reports the last error of connection: what was being done, SQLite's words and code. */
enum status connection_fail(sqlite3 *connection, const char *doing, struct diag *diag);
/* What a result code means to our callers. */
enum status connection_status_of(int code);

/* Binds text or blob without copying: it must live until the statement is reset. */
int statement_bind_text(sqlite3_stmt *statement, int at, struct text text);
int statement_bind_blob(sqlite3_stmt *statement, int at, struct text bytes);
/* Borrowed until the statement is stepped or reset. An empty blob has data that is not NULL. */
struct text statement_text(sqlite3_stmt *statement, int column);
struct text statement_blob(sqlite3_stmt *statement, int column);

#endif
