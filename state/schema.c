/* schema.c
 *
 * Tables are STRICT, so that a stray type is an error and not a surprise. Those with short rows
 * that are found by key are WITHOUT ROWID: the row is in the key's B-tree and an upsert touches one
 * page. The log is an ordinary table, because its rows are large and mostly appended; the index
 * on it covers all that retention and range lookups ask, so that they never visit the blobs' pages.
 *
 * A file is ours when SQLite's application_id says so. A file without a single page counts as new:
 * that is what a crash during the first start leaves behind.
 */
#include "state/schema.h"

#include <inttypes.h>
#include <stdint.h>

#include "state/connection.h"

static const char schema_sql[] =
    "CREATE TABLE topic(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,"
    " partition_count INTEGER NOT NULL, retention_ms INTEGER NOT NULL,"
    " retention_bytes INTEGER NOT NULL, cleanup_policy TEXT NOT NULL) STRICT;"
    "CREATE TABLE partition(topic INTEGER NOT NULL, partition INTEGER NOT NULL,"
    " start_offset INTEGER NOT NULL, PRIMARY KEY(topic, partition)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE log(id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, partition INTEGER NOT NULL,"
    " base_offset INTEGER NOT NULL, count INTEGER NOT NULL, time_min INTEGER NOT NULL,"
    " time_max INTEGER NOT NULL, bytes INTEGER NOT NULL, codec INTEGER NOT NULL,"
    " crc INTEGER NOT NULL, blob BLOB NOT NULL) STRICT;"
    "CREATE INDEX log_by_offset ON log(topic, partition, base_offset, count, time_max, bytes);"
    "CREATE TABLE position(query TEXT NOT NULL, source INTEGER NOT NULL, topic TEXT NOT NULL,"
    " partition INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " PRIMARY KEY(query, source, topic, partition)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE state(store INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY(store, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE counter(query TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY(query, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE catalog(kind TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY(kind, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE setting(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;";

static enum status not_ours(struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "the data file was not made by Leat; it is left as it is");
}

enum status schema_check(sqlite3 *connection, bool *out_is_new, struct diag *diag)
{
    int64_t application_id = 0;
    int64_t version = 0;
    int64_t object_count = 0;
    if (connection_query_integer(connection, "PRAGMA application_id", &application_id, diag) ==
        STATUS_INVALID) {
        return not_ours(diag);
    }
    TRY(connection_query_integer(connection, "PRAGMA application_id", &application_id, diag));
    TRY(connection_query_integer(connection, "PRAGMA user_version", &version, diag));
    TRY(connection_query_integer(connection, "SELECT count(*) FROM sqlite_schema", &object_count,
                                 diag));
    const bool is_new = application_id == 0 && version == 0 && object_count == 0;
    if (!is_new && application_id != SCHEMA_APPLICATION_ID) {
        return not_ours(diag);
    }
    if (!is_new && version > SCHEMA_VERSION) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "the data file has format %" PRId64 ", made by a newer Leat; this one "
                         "knows formats up to %d",
                         version, SCHEMA_VERSION);
    }
    if (!is_new && version < SCHEMA_VERSION_MIN) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "the data file has format %" PRId64 ", made by an older Leat; this one "
                         "reads formats from %d on",
                         version, SCHEMA_VERSION_MIN);
    }
    *out_is_new = is_new;
    return STATUS_OK;
}

enum status schema_create(sqlite3 *connection, struct diag *diag)
{
    char sql[128];
    TRY(connection_execute(connection, schema_sql, diag));
    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                     SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
    return connection_execute(connection, sql, diag);
}
