/* commit_writer.c
 *
 * One SQL statement per kind of operation, in a table; a statement's parameters are the
 * operation's arguments in order. State rows and batches, the two kinds that come in masses, have
 * statements of their own and are bound by hand.
 *
 * A batch is encoded (compressed) right before its insert, inside the transaction: nobody else
 * writes, and readers of a WAL database do not wait for writers, so an open transaction holds up
 * no one, and one buffer serves all batches.
 *
 * After one failed statement no other may run: SQLite may have rolled the transaction back by
 * itself, and the next statement would then commit on its own. So the first failure leads straight
 * to the rollback. A failed COMMIT is different: when SQLite still reports an open transaction, or
 * says that the disk or memory was full, nothing was committed; an I/O error while writing or
 * syncing the log leaves it open whether a restart will find the transaction or not.
 */
#include "state/commit_writer.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "base/memory.h"
#include "state/commit_parts.h"
#include "state/connection.h"
#include "state/crc32c.h"
#include "state/database_parts.h"

enum writer_statement {
    /* 0 .. COMMIT_OP_COUNT - 1: one for each kind of operation */
    STATEMENT_PUT_STATE = COMMIT_OP_COUNT,
    STATEMENT_DELETE_STATE,
    STATEMENT_PUT_BATCH,
    STATEMENT_GET_INSTANCE,
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_COUNT
};

enum { RESTART_WAIT_MS = 100, WRITER_WAIT_MS = 5000 };

static const struct {
    const char *sql;
    const char *doing; /* for messages */
} statements[STATEMENT_COUNT] = {
    [COMMIT_OP_PUT_TOPIC] = {"INSERT INTO topic VALUES(?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
                             " name = excluded.name, partition_count = excluded.partition_count,"
                             " retention_ms = excluded.retention_ms,"
                             " retention_bytes = excluded.retention_bytes,"
                             " cleanup_policy = excluded.cleanup_policy",
                             "writing a topic"},
    [COMMIT_OP_HIDE_TOPIC] = {"UPDATE topic SET name = NULL WHERE id = ?", "deleting a topic"},
    [COMMIT_OP_PUT_CATALOG] = {"INSERT OR REPLACE INTO catalog VALUES(?,?,?,?)",
                               "writing the catalog"},
    [COMMIT_OP_DELETE_CATALOG] = {"DELETE FROM catalog WHERE kind = ? AND name = ?",
                                  "writing the catalog"},
    [COMMIT_OP_PUT_SETTING] = {"INSERT OR REPLACE INTO setting VALUES(?,?)", "writing a setting"},
    [COMMIT_OP_DELETE_SETTING] = {"DELETE FROM setting WHERE key = ?", "deleting a setting"},
    [COMMIT_OP_DROP_POSITIONS] = {"DELETE FROM position WHERE query = ?", "deleting positions"},
    [COMMIT_OP_DROP_COUNTERS] = {"DELETE FROM counter WHERE query = ?", "deleting counters"},
    [COMMIT_OP_DROP_STORE] = {"DELETE FROM state WHERE store = ?", "dropping a store"},
    [COMMIT_OP_DELETE_STATE_BELOW] = {"DELETE FROM state WHERE store = ? AND key < ?",
                                      "deleting expired state"},
    [COMMIT_OP_PUT_POSITION] = {"INSERT OR REPLACE INTO position VALUES(?,?,?,?,?)",
                                "writing a position"},
    [COMMIT_OP_PUT_COUNTER] = {"INSERT OR REPLACE INTO counter VALUES(?,?,?)", "writing a counter"},
    [COMMIT_OP_PURGE_LOG] = {"DELETE FROM log WHERE id IN"
                             " (SELECT id FROM log WHERE topic = ? LIMIT ?)",
                             "deleting a topic's records"},
    [COMMIT_OP_PURGE_PARTITIONS] = {"DELETE FROM partition WHERE topic = ?", "deleting a topic"},
    [COMMIT_OP_PURGE_TOPIC] = {"DELETE FROM topic WHERE id = ?1 AND NOT EXISTS"
                               " (SELECT 1 FROM log WHERE topic = ?1)",
                               "deleting a topic"},
    [COMMIT_OP_PUT_LOG_START] = {"INSERT OR REPLACE INTO partition VALUES(?,?,?)",
                                 "deleting old records"},
    [COMMIT_OP_DELETE_LOG] = {"DELETE FROM log WHERE topic = ? AND partition = ?"
                              " AND base_offset < ?",
                              "deleting old records"},
    [STATEMENT_PUT_STATE] = {"INSERT OR REPLACE INTO state VALUES(?,?,?)", "writing state"},
    [STATEMENT_DELETE_STATE] = {"DELETE FROM state WHERE store = ? AND key = ?", "deleting state"},
    [STATEMENT_PUT_BATCH] = {"INSERT INTO log VALUES(?,?,?,?,?,?,?,?,?,?,?)", "writing records"},
    [STATEMENT_GET_INSTANCE] = {"SELECT value FROM setting WHERE key = 'instance'",
                                "checking the owner"},
    [STATEMENT_BEGIN] = {"BEGIN IMMEDIATE", "beginning a transaction"},
    [STATEMENT_COMMIT] = {"COMMIT", "committing"},
};

struct commit_writer {
    struct database *database;
    sqlite3 *connection;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    struct encoded_batch encoded; /* reused */
    struct buffer value;          /* a state value with its checksum; reused */
    size_t wal_pages;
    size_t page_bytes;
};

static int note_wal_pages(void *context, sqlite3 *connection, const char *name, int pages)
{
    (void)connection;
    (void)name;
    struct commit_writer *writer = context;
    writer->wal_pages = (size_t)pages;
    return SQLITE_OK;
}

/* Steps a statement that gives no rows and makes it ready for the next time. */
static enum status run(struct commit_writer *writer, int which, struct diag *diag)
{
    sqlite3_stmt *statement = writer->statements[which];
    const int code = sqlite3_step(statement);
    enum status status = STATUS_OK;
    if (code != SQLITE_DONE && code != SQLITE_ROW) {
        status = connection_fail(writer->connection, statements[which].doing, diag);
    }
    sqlite3_reset(statement);
    return status;
}

static enum status apply_op(struct commit_writer *writer, enum commit_op_kind kind,
                            const struct commit_op *op, struct diag *diag)
{
    sqlite3_stmt *statement = writer->statements[kind];
    assert((int)op->argument_count == sqlite3_bind_parameter_count(statement));
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < op->argument_count && code == SQLITE_OK; i++) {
        const struct commit_argument *argument = &op->arguments[i];
        const int at = (int)i + 1;
        switch (argument->kind) {
        case COMMIT_ARGUMENT_INTEGER:
            code = sqlite3_bind_int64(statement, at, argument->integer);
            break;
        case COMMIT_ARGUMENT_TEXT:
            code = statement_bind_text(statement, at, argument->text);
            break;
        case COMMIT_ARGUMENT_BLOB:
            code = statement_bind_blob(statement, at, argument->text);
            break;
        }
    }
    if (code != SQLITE_OK) {
        return connection_fail(writer->connection, statements[kind].doing, diag);
    }
    return run(writer, (int)kind, diag);
}

static enum status apply_ops(struct commit_writer *writer, const struct commit *commit,
                             enum commit_op_kind from, enum commit_op_kind to, struct diag *diag)
{
    for (enum commit_op_kind kind = from; kind < to; kind++) {
        for (const struct commit_op *op = commit->op_first[kind]; op; op = op->next) {
            TRY(apply_op(writer, kind, op, diag));
        }
    }
    return STATUS_OK;
}

static enum status put_state(struct commit_writer *writer, uint64_t store, struct text key,
                             struct text value, struct diag *diag)
{
    const uint32_t crc = crc32c(crc32c(0, key.data, key.bytes), value.data, value.bytes);
    buffer_reset(&writer->value);
    buffer_append(&writer->value, value.data, value.bytes);
    buffer_append_be32(&writer->value, crc);
    TRY(buffer_status(&writer->value, diag));

    sqlite3_stmt *statement = writer->statements[STATEMENT_PUT_STATE];
    if (sqlite3_bind_int64(statement, 1, (int64_t)store) != SQLITE_OK ||
        statement_bind_blob(statement, 2, key) != SQLITE_OK ||
        statement_bind_blob(statement, 3, buffer_text(&writer->value)) != SQLITE_OK) {
        return connection_fail(writer->connection, "writing state", diag);
    }
    return run(writer, STATEMENT_PUT_STATE, diag);
}

static enum status delete_state(struct commit_writer *writer, uint64_t store, struct text key,
                                struct diag *diag)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_DELETE_STATE];
    if (sqlite3_bind_int64(statement, 1, (int64_t)store) != SQLITE_OK ||
        statement_bind_blob(statement, 2, key) != SQLITE_OK) {
        return connection_fail(writer->connection, "deleting state", diag);
    }
    return run(writer, STATEMENT_DELETE_STATE, diag);
}

static enum status apply_state(struct commit_writer *writer, struct state_rows *rows,
                               struct diag *diag)
{
    state_rows_sort(rows);
    const struct state_row *index = (const struct state_row *)(const void *)rows->index.data;
    const size_t count = state_rows_count(rows);
    for (size_t i = 0; i < count; i++) {
        const struct text key = state_rows_key(rows, &index[i]);
        if (i + 1 < count && index[i].key_prefix == index[i + 1].key_prefix &&
            text_equal(key, state_rows_key(rows, &index[i + 1]))) {
            continue; /* written again later in the same commit */
        }
        bool is_deleted = false;
        const struct text value = state_rows_value(rows, &index[i], &is_deleted);
        TRY(is_deleted ? delete_state(writer, rows->store, key, diag)
                       : put_state(writer, rows->store, key, value, diag));
    }
    return STATUS_OK;
}

static enum status apply_batch(struct commit_writer *writer, const struct commit_batch *batch,
                               struct diag *diag)
{
    TRY(batch->vtable->encode(batch, &writer->encoded, diag));
    const struct text blob = buffer_text(&writer->encoded.blob);
    const int64_t columns[] = {
        (int64_t)batch->arrival, (int64_t)batch->topic_id, batch->partition,   batch->base_offset,
        batch->record_count,     batch->time_min_ms,       batch->time_max_ms, (int64_t)blob.bytes,
        writer->encoded.codec,   writer->encoded.crc};
    const int column_count = (int)(sizeof(columns) / sizeof(columns[0]));

    sqlite3_stmt *statement = writer->statements[STATEMENT_PUT_BATCH];
    int code = SQLITE_OK;
    for (int i = 0; i < column_count && code == SQLITE_OK; i++) {
        code = sqlite3_bind_int64(statement, i + 1, columns[i]);
    }
    if (code != SQLITE_OK || statement_bind_blob(statement, column_count + 1, blob) != SQLITE_OK) {
        return connection_fail(writer->connection, "writing records", diag);
    }
    return run(writer, STATEMENT_PUT_BATCH, diag);
}

static enum status apply_commit(struct commit_writer *writer, struct commit *commit,
                                struct diag *diag)
{
    TRY(apply_ops(writer, commit, 0, COMMIT_OP_LATE, diag));
    for (struct state_rows *rows = commit->state_first; rows; rows = rows->next) {
        TRY(apply_state(writer, rows, diag));
    }
    for (size_t i = 0; i < commit->batch_count; i++) {
        TRY(apply_batch(writer, &commit->batches[i], diag));
    }
    return apply_ops(writer, commit, COMMIT_OP_LATE, COMMIT_OP_COUNT, diag);
}

static enum status check_owner(struct commit_writer *writer, struct diag *diag)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_GET_INSTANCE];
    enum status status;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        status = database_check_instance(writer->database, statement_text(statement, 0), diag);
    } else {
        status = connection_fail(writer->connection, "checking the owner", diag);
    }
    sqlite3_reset(statement);
    return status;
}

static enum status apply_all(struct commit_writer *writer, struct commit *first, struct diag *diag)
{
    TRY(run(writer, STATEMENT_BEGIN, diag));
    TRY(check_owner(writer, diag));
    for (struct commit *commit = first; commit; commit = commit->next) {
        TRY(apply_commit(writer, commit, diag));
    }
    return STATUS_OK;
}

enum status commit_writer_apply(struct commit_writer *writer, struct commit *first,
                                bool *out_is_certain, struct diag *diag)
{
    assert(sqlite3_get_autocommit(writer->connection));
    *out_is_certain = true;
    enum status status = apply_all(writer, first, diag);
    if (status == STATUS_OK) {
        status = run(writer, STATEMENT_COMMIT, diag);
        *out_is_certain = status != STATUS_IO && status != STATUS_CORRUPT;
    }
    if (status != STATUS_OK && !sqlite3_get_autocommit(writer->connection)) {
        sqlite3_exec(writer->connection, "ROLLBACK", NULL, NULL, NULL);
        *out_is_certain = *out_is_certain && sqlite3_get_autocommit(writer->connection);
    }
    return status;
}

size_t commit_writer_wal_bytes(const struct commit_writer *writer)
{
    return writer->wal_pages * writer->page_bytes;
}

enum status commit_writer_checkpoint(struct commit_writer *writer, bool restart,
                                     bool *out_is_complete, struct diag *diag)
{
    int log_pages = 0;
    int copied_pages = 0;
    sqlite3_busy_timeout(writer->connection, RESTART_WAIT_MS);
    const int code = sqlite3_wal_checkpoint_v2(
        writer->connection, NULL, restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
        &log_pages, &copied_pages);
    sqlite3_busy_timeout(writer->connection, WRITER_WAIT_MS);
    if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) {
        return connection_fail(writer->connection, "a checkpoint", diag);
    }
    *out_is_complete = code == SQLITE_OK && log_pages == copied_pages;
    return STATUS_OK;
}

enum status commit_writer_create(struct database *database, struct commit_writer **out,
                                 struct diag *diag)
{
    struct commit_writer *writer = memory_zalloc(sizeof(*writer));
    if (!writer) {
        return diag_no_memory(diag);
    }
    writer->database = database;
    writer->connection = database->writer;
    buffer_init(&writer->encoded.blob);
    buffer_init(&writer->value);
    enum status status = STATUS_OK;
    for (int i = 0; i < STATEMENT_COUNT && status == STATUS_OK; i++) {
        assert(statements[i].sql);
        status =
            connection_prepare(writer->connection, statements[i].sql, &writer->statements[i], diag);
    }
    int64_t page_bytes = 0;
    if (status == STATUS_OK) {
        status =
            connection_query_integer(writer->connection, "PRAGMA page_size", &page_bytes, diag);
    }
    if (status != STATUS_OK) {
        commit_writer_destroy(writer);
        return status;
    }
    writer->page_bytes = (size_t)page_bytes;
    sqlite3_wal_hook(writer->connection, note_wal_pages, writer);
    *out = writer;
    return STATUS_OK;
}

void commit_writer_destroy(struct commit_writer *writer)
{
    if (!writer) {
        return;
    }
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(writer->statements[i]);
    }
    sqlite3_wal_hook(writer->connection, NULL, NULL);
    buffer_release(&writer->encoded.blob);
    buffer_release(&writer->value);
    memory_free(writer);
}
