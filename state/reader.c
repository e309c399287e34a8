/* reader.c
 *
 * The pool keeps a few idle connections with their prepared statements, because opening one costs
 * some hundred microseconds and a lookup two. A lent reader holds a read transaction; the snapshot
 * is taken by the first statement in it.
 *
 * The deadline is enforced twice: before each statement, and inside of long ones by SQLite's
 * progress handler. That bounds how long a snapshot can pin the write-ahead log.
 */
#include "state/reader.h"

#include <assert.h>
#include <time.h>

#include "base/memory.h"
#include "state/connection.h"
#include "state/crc32c.h"
#include "state/reader_parts.h"

enum { PROGRESS_INSTRUCTIONS = 10000, CHECKSUM_BYTES = 4 };

static const char *const reader_sql[READER_STATEMENT_COUNT] = {
    [READER_BEGIN] = "BEGIN",
    [READER_END] = "COMMIT",
    [READER_CHECK] = "PRAGMA quick_check(1)",
    [READER_FIND_STATE] = "SELECT value FROM state WHERE store = ? AND key = ?",
    [READER_SCAN_STATE] = "SELECT key, value FROM state WHERE store = ? AND key >= ? ORDER BY key",
    [READER_SCAN_STATE_TO] = "SELECT key, value FROM state WHERE store = ? AND key >= ?"
                             " AND key < ? ORDER BY key",
    [READER_SCAN_POSITIONS] = "SELECT source, topic, partition, offset FROM position"
                              " WHERE query = ? ORDER BY source, topic, partition",
    [READER_SCAN_COUNTERS] = "SELECT name, value FROM counter WHERE query = ? ORDER BY name",
    [READER_SCAN_CATALOG] = "SELECT name, seq, body FROM catalog WHERE kind = ?"
                            " ORDER BY seq, name",
    [READER_FIND_SETTING] = "SELECT value FROM setting WHERE key = ?",
    [READER_SCAN_TOPICS] = "SELECT id, name, partition_count, retention_ms, retention_bytes,"
                           " cleanup_policy FROM topic WHERE name IS NOT NULL ORDER BY id",
    [READER_SCAN_DELETED_TOPICS] = "SELECT id, '', partition_count, retention_ms, retention_bytes,"
                                   " cleanup_policy FROM topic WHERE name IS NULL ORDER BY id",
    [READER_GET_NEXT_TOPIC_ID] = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'topic'",
    [READER_GET_NEXT_ARRIVAL] = "SELECT max(id) + 1 FROM log",
    [READER_GET_LOG_START] = "SELECT start_offset FROM partition WHERE topic = ? AND partition = ?",
    [READER_GET_LOG_FIRST] = "SELECT base_offset FROM log WHERE topic = ? AND partition = ?"
                             " ORDER BY base_offset LIMIT 1",
    [READER_GET_LOG_END] = "SELECT base_offset + count FROM log WHERE topic = ? AND partition = ?"
                           " ORDER BY base_offset DESC LIMIT 1",
    [READER_FIND_BATCH_AT] = "SELECT id, base_offset, time_min, time_max, bytes, count, codec, crc,"
                             " blob FROM log WHERE topic = ? AND partition = ? AND base_offset <= ?"
                             " ORDER BY base_offset DESC LIMIT 1",
    [READER_FIND_BATCH_AFTER] = "SELECT id, base_offset, time_min, time_max, bytes, count, codec,"
                                " crc, blob FROM log WHERE topic = ? AND partition = ?"
                                " AND base_offset > ? ORDER BY base_offset LIMIT 1",
    [READER_SCAN_BLOBS] =
        "SELECT id, base_offset, time_min, time_max, bytes, count, codec, crc, blob"
        " FROM log WHERE topic = ? AND partition = ? AND base_offset >= ?"
        " ORDER BY base_offset",
    [READER_GET_LOG_BYTES] = "SELECT sum(bytes) FROM log WHERE topic = ? AND partition = ?",
    [READER_SCAN_BATCHES] = "SELECT base_offset, time_max, bytes, count FROM log"
                            " WHERE topic = ? AND partition = ? ORDER BY base_offset",
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int interrupt_if_late(void *context)
{
    const struct reader *reader = context;
    return monotonic_ms() >= reader->deadline_ms;
}

/* --- the pool -------------------------------------------------------------------------------- */

static void destroy_reader(struct reader *reader)
{
    for (int i = 0; i < READER_STATEMENT_COUNT; i++) {
        sqlite3_finalize(reader->statements[i]);
    }
    connection_close(reader->connection);
    memory_free(reader);
}

static enum status create_reader(struct database *database, struct reader **out, struct diag *diag)
{
    struct reader *reader = memory_zalloc(sizeof(*reader));
    if (!reader) {
        return diag_no_memory(diag);
    }
    reader->database = database;
    enum status status =
        connection_open(database->path, CONNECTION_READER, &reader->connection, diag);
    if (status == STATUS_OK) {
        status = connection_configure(reader->connection, CONNECTION_READER, 0, diag);
    }
    if (status != STATUS_OK) {
        destroy_reader(reader);
        return status;
    }
    sqlite3_progress_handler(reader->connection, PROGRESS_INSTRUCTIONS, interrupt_if_late, reader);
    *out = reader;
    return STATUS_OK;
}

/* Gives an idle reader, or NULL when a new one may be opened. */
static enum status take_idle(struct database *database, struct reader **out, struct diag *diag)
{
    enum status status = STATUS_OK;
    *out = NULL;
    pthread_mutex_lock(&database->pool_lock);
    if (database->idle_count > 0) {
        *out = database->idle[--database->idle_count];
    } else if (database->reader_count >= READER_COUNT_MAX) {
        status = diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "%d reads are going on already",
                           READER_COUNT_MAX);
    } else {
        database->reader_count++;
    }
    pthread_mutex_unlock(&database->pool_lock);
    return status;
}

static void give_back(struct database *database, struct reader *reader, bool is_usable)
{
    bool is_kept = false;
    pthread_mutex_lock(&database->pool_lock);
    if (reader && is_usable && database->idle_count < READER_IDLE_COUNT_MAX) {
        database->idle[database->idle_count++] = reader;
        is_kept = true;
    } else {
        database->reader_count--;
    }
    pthread_mutex_unlock(&database->pool_lock);
    if (reader && !is_kept) {
        destroy_reader(reader);
    }
}

void database_close_readers(struct database *database)
{
    assert(database->reader_count == database->idle_count);
    while (database->idle_count > 0) {
        destroy_reader(database->idle[--database->idle_count]);
        database->reader_count--;
    }
}

/* --- life ------------------------------------------------------------------------------------ */

enum status reader_open(struct database *database, int64_t timeout_ms, struct reader **out,
                        struct diag *diag)
{
    struct reader *reader = NULL;
    TRY(take_idle(database, &reader, diag));
    if (!reader) {
        const enum status status = create_reader(database, &reader, diag);
        if (status != STATUS_OK) {
            give_back(database, NULL, false);
            return status;
        }
    }
    reader->timeout_ms = timeout_ms;
    reader->deadline_ms = timeout_ms < 0 ? INT64_MAX : monotonic_ms() + timeout_ms;

    sqlite3_stmt *begin = NULL;
    bool has_row = false;
    enum status status = reader_prepare(reader, READER_BEGIN, &begin, diag);
    if (status == STATUS_OK) {
        status = reader_step(reader, begin, &has_row, diag);
    }
    if (status != STATUS_OK) {
        give_back(database, reader, false);
        return status;
    }
    *out = reader;
    return STATUS_OK;
}

void reader_close(struct reader *reader)
{
    if (!reader) {
        return;
    }
    reader->deadline_ms = INT64_MAX; /* the end of a snapshot must not be interrupted */
    sqlite3_stmt *end = NULL;
    bool has_row = false;
    bool is_usable = reader_prepare(reader, READER_END, &end, NULL) == STATUS_OK &&
                     reader_step(reader, end, &has_row, NULL) == STATUS_OK;
    is_usable = is_usable && sqlite3_get_autocommit(reader->connection);
    give_back(reader->database, reader, is_usable);
}

enum status reader_fail(struct reader *reader, struct diag *diag)
{
    if ((sqlite3_errcode(reader->connection) & 0xFF) == SQLITE_INTERRUPT) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "the read took longer than %lld ms",
                         (long long)reader->timeout_ms);
    }
    return connection_fail(reader->connection, "reading", diag);
}

enum status reader_prepare(struct reader *reader, enum reader_statement which, sqlite3_stmt **out,
                           struct diag *diag)
{
    if (reader->pending) {
        sqlite3_reset(reader->pending);
        reader->pending = NULL;
    }
    if (interrupt_if_late(reader)) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "the read took longer than %lld ms",
                         (long long)reader->timeout_ms);
    }
    if (!reader->statements[which]) {
        TRY(connection_prepare(reader->connection, reader_sql[which], &reader->statements[which],
                               diag));
    }
    *out = reader->statements[which];
    return STATUS_OK;
}

enum status reader_step(struct reader *reader, sqlite3_stmt *statement, bool *out_has_row,
                        struct diag *diag)
{
    const int code = sqlite3_step(statement);
    *out_has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        reader->pending = statement;
        return STATUS_OK;
    }
    const enum status status = code == SQLITE_DONE ? STATUS_OK : reader_fail(reader, diag);
    sqlite3_reset(statement);
    reader->pending = NULL;
    return status;
}

/* --- state ----------------------------------------------------------------------------------- */

/* Checks and cuts off the checksum at the end of a stored value. */
static enum status check_value(uint64_t store, struct text key, struct text *value,
                               struct diag *diag)
{
    if (value->bytes >= CHECKSUM_BYTES) {
        const unsigned char *tail =
            (const unsigned char *)value->data + value->bytes - CHECKSUM_BYTES;
        const uint32_t stored = (uint32_t)tail[0] << 24 | (uint32_t)tail[1] << 16 |
                                (uint32_t)tail[2] << 8 | (uint32_t)tail[3];
        value->bytes -= CHECKSUM_BYTES;
        if (crc32c(crc32c(0, key.data, key.bytes), value->data, value->bytes) == stored) {
            return STATUS_OK;
        }
    }
    return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                     "a row of state store %llu is corrupt: its checksum is wrong",
                     (unsigned long long)store);
}

enum status reader_find_state(struct reader *reader, uint64_t store, struct text key,
                              struct buffer *value, bool *out_found, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(reader_prepare(reader, READER_FIND_STATE, &statement, diag));
    if (sqlite3_bind_int64(statement, 1, (int64_t)store) != SQLITE_OK ||
        statement_bind_blob(statement, 2, key) != SQLITE_OK) {
        return reader_fail(reader, diag);
    }
    bool has_row = false;
    TRY(reader_step(reader, statement, &has_row, diag));
    buffer_reset(value);
    if (has_row) {
        struct text stored = statement_blob(statement, 0);
        TRY(check_value(store, key, &stored, diag));
        buffer_append_text(value, stored);
        TRY(buffer_status(value, diag));
    }
    *out_found = has_row;
    return STATUS_OK;
}

enum status reader_scan_state(struct reader *reader, uint64_t store, struct text from,
                              struct text to, uint64_t row_count_max, reader_state_visit *visit,
                              void *context, bool *out_more, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(reader_prepare(reader, to.data ? READER_SCAN_STATE_TO : READER_SCAN_STATE, &statement,
                       diag));
    if (sqlite3_bind_int64(statement, 1, (int64_t)store) != SQLITE_OK ||
        statement_bind_blob(statement, 2, from) != SQLITE_OK ||
        (to.data && statement_bind_blob(statement, 3, to) != SQLITE_OK)) {
        return reader_fail(reader, diag);
    }
    bool keep_going = true;
    bool has_row = false;
    for (uint64_t count = 0;; count++) {
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row || !keep_going || count == row_count_max) {
            break;
        }
        const struct text key = statement_blob(statement, 0);
        struct text value = statement_blob(statement, 1);
        TRY(check_value(store, key, &value, diag));
        TRY(visit(context, key, value, &keep_going, diag));
    }
    if (out_more) {
        *out_more = has_row;
    }
    return STATUS_OK;
}
