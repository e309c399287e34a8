/* connection.c
 *
 * Distributions compile SQLite with defaults of their own, so nothing is left to them: every
 * pragma that matters is set and read back, from one table, and opening fails where one did not
 * take effect (journal_mode in particular, which silently stays what it was when the file system
 * cannot do WAL).
 *
 * No connection checkpoints by itself. In all versions of SQLite before 3.51.3 a checkpoint on one
 * connection can race with a commit on another that restarts the write-ahead log, and corrupt the
 * file; with every commit and every checkpoint on the one writer connection the race cannot form.
 */
#include "state/connection.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { PRAGMA_TEXT_BYTES_MAX = 96, BUSY_TIMEOUT_MS = 5000 };

struct pragma {
    const char *name;
    const char *value;  /* as set */
    const char *result; /* as read back */
    bool writer_only;
};

static const struct pragma pragmas[] = {
    {"journal_mode", "WAL", "wal", true},
    {"busy_timeout", "5000", "5000", false},
    {"cell_size_check", "ON", "1", false},
    {"trusted_schema", "OFF", "0", false},
    {"foreign_keys", "OFF", "0", false},
    {"mmap_size", "0", "0", false},
    {"temp_store", "MEMORY", "2", false},
    {"wal_autocheckpoint", "0", "0", false},
    {"journal_size_limit", "100663296", "100663296", true},
    {"cache_size", "-32768", "-32768", true},
    {"secure_delete", "OFF", "0", true},
};

static const struct {
    int code; /* primary result code */
    enum status status;
} status_by_code[] = {
    {SQLITE_FULL, STATUS_LIMIT},          {SQLITE_NOMEM, STATUS_NO_MEMORY},
    {SQLITE_CORRUPT, STATUS_CORRUPT},     {SQLITE_NOTADB, STATUS_INVALID},
    {SQLITE_BUSY, STATUS_CONFLICT},       {SQLITE_LOCKED, STATUS_CONFLICT},
    {SQLITE_INTERRUPT, STATUS_LIMIT},     {SQLITE_TOOBIG, STATUS_INVALID},
    {SQLITE_CONSTRAINT, STATUS_CONFLICT},
};

enum status connection_status_of(int code)
{
    assert((code & 0xFF) != SQLITE_OK);
    for (size_t i = 0; i < sizeof(status_by_code) / sizeof(status_by_code[0]); i++) {
        if (status_by_code[i].code == (code & 0xFF)) {
            return status_by_code[i].status;
        }
    }
    return STATUS_IO;
}

enum status connection_fail(sqlite3 *connection, const char *doing, struct diag *diag)
{
    const int code = connection ? sqlite3_extended_errcode(connection) : SQLITE_NOMEM;
    const char *words = connection ? sqlite3_errmsg(connection) : "out of memory";
    if ((code & 0xFF) == SQLITE_OK || (code & 0xFF) == SQLITE_ROW || (code & 0xFF) == SQLITE_DONE) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "data file: %s failed", doing);
    }
    return diag_fail(diag, connection_status_of(code), SQL_POS_NONE,
                     "data file: %s failed: %s (SQLite code %d)", doing, words, code);
}

enum status connection_open(const char *path, enum connection_role role, sqlite3 **out,
                            struct diag *diag)
{
    const int create = role == CONNECTION_WRITER ? SQLITE_OPEN_CREATE : 0;
    sqlite3 *connection = NULL;
    const int code = sqlite3_open_v2(path, &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                         SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE | create,
                                     NULL);
    if (code != SQLITE_OK) {
        const enum status status = connection_fail(connection, "opening", diag);
        connection_close(connection);
        return status;
    }
    sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    connection_checkpoint_on_close(connection, false);
    sqlite3_busy_timeout(connection, BUSY_TIMEOUT_MS);
    *out = connection;
    return STATUS_OK;
}

void connection_checkpoint_on_close(sqlite3 *connection, bool is_wanted)
{
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_wanted ? 0 : 1, NULL);
}

void connection_close(sqlite3 *connection)
{
    const int code = sqlite3_close(connection);
    assert(code == SQLITE_OK); /* BUSY would mean a statement that nobody finalized */
    (void)code;
}

static enum status set_pragma(sqlite3 *connection, const char *name, const char *value,
                              const char *result, struct diag *diag)
{
    char sql[PRAGMA_TEXT_BYTES_MAX];
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA %s=%s", name, value);
    TRY(connection_execute(connection, sql, diag));
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA %s", name);

    sqlite3_stmt *statement = NULL;
    TRY(connection_prepare(connection, sql, &statement, diag));
    const bool has_row = sqlite3_step(statement) == SQLITE_ROW;
    const char *found = has_row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    enum status status = STATUS_OK;
    if (!found || strcmp(found, result) != 0) {
        status = diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                           "data file: SQLite did not accept %s = %s; it is \"%s\"", name, value,
                           found ? found : "");
    }
    sqlite3_finalize(statement);
    return status;
}

enum status connection_configure(sqlite3 *connection, enum connection_role role, int synchronous,
                                 struct diag *diag)
{
    assert(synchronous >= 0 && synchronous <= 2);
    for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
        if (role == CONNECTION_WRITER || !pragmas[i].writer_only) {
            TRY(set_pragma(connection, pragmas[i].name, pragmas[i].value, pragmas[i].result, diag));
        }
    }
    if (role == CONNECTION_READER) {
        return set_pragma(connection, "query_only", "ON", "1", diag);
    }
    const char level[2] = {(char)('0' + synchronous), '\0'};
    return set_pragma(connection, "synchronous", level, level, diag);
}

enum status connection_execute(sqlite3 *connection, const char *sql, struct diag *diag)
{
    if (sqlite3_exec(connection, sql, NULL, NULL, NULL) != SQLITE_OK) {
        char doing[PRAGMA_TEXT_BYTES_MAX];
        sqlite3_snprintf(sizeof(doing), doing, "\"%.60s\"", sql);
        return connection_fail(connection, doing, diag);
    }
    return STATUS_OK;
}

enum status connection_query_integer(sqlite3 *connection, const char *sql, int64_t *out,
                                     struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(connection_prepare(connection, sql, &statement, diag));
    const int code = sqlite3_step(statement);
    enum status status = STATUS_OK;
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    } else {
        status = connection_fail(connection, "reading", diag);
    }
    sqlite3_finalize(statement);
    return status;
}

enum status connection_prepare(sqlite3 *connection, const char *sql, sqlite3_stmt **out,
                               struct diag *diag)
{
    if (sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) !=
        SQLITE_OK) {
        return connection_fail(connection, "preparing a statement", diag);
    }
    assert(*out);
    return STATUS_OK;
}

int statement_bind_text(sqlite3_stmt *statement, int at, struct text text)
{
    return sqlite3_bind_text64(statement, at, text.data ? text.data : "", text.bytes, SQLITE_STATIC,
                               SQLITE_UTF8);
}

int statement_bind_blob(sqlite3_stmt *statement, int at, struct text bytes)
{
    return sqlite3_bind_blob64(statement, at, bytes.data ? bytes.data : "", bytes.bytes,
                               SQLITE_STATIC);
}

struct text statement_text(sqlite3_stmt *statement, int column)
{
    const char *data = (const char *)sqlite3_column_text(statement, column);
    return (struct text){data ? data : "", (size_t)sqlite3_column_bytes(statement, column)};
}

struct text statement_blob(sqlite3_stmt *statement, int column)
{
    const char *data = sqlite3_column_blob(statement, column);
    return (struct text){data ? data : "", (size_t)sqlite3_column_bytes(statement, column)};
}
