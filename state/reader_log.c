/* reader_log.c: topics and their batches, as topics/ asks for them. */
#include "state/reader.h"

#include "state/connection.h"
#include "state/reader_parts.h"

enum status reader_scan_topics(struct reader *reader, bool deleted,
                               enum status (*visit)(void *context, const struct topic_row *row,
                                                    struct diag *diag),
                               void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(reader_prepare(reader, deleted ? READER_SCAN_DELETED_TOPICS : READER_SCAN_TOPICS,
                       &statement, diag));
    for (;;) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        const struct topic_row row = {
            .id = (uint64_t)sqlite3_column_int64(statement, 0),
            .name = statement_text(statement, 1),
            .partition_count = (uint32_t)sqlite3_column_int64(statement, 2),
            .retention_ms = sqlite3_column_int64(statement, 3),
            .retention_bytes = sqlite3_column_int64(statement, 4),
            .cleanup_policy = statement_text(statement, 5),
        };
        TRY(visit(context, &row, diag));
    }
}

/* Runs a statement that gives at most one integer; *out keeps its value when there is none. */
static enum status get_integer(struct reader *reader, enum reader_statement which,
                               uint64_t topic_id, uint32_t partition, int64_t *out, bool *out_found,
                               struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(reader_prepare(reader, which, &statement, diag));
    if (sqlite3_bind_parameter_count(statement) == 2 &&
        (sqlite3_bind_int64(statement, 1, (int64_t)topic_id) != SQLITE_OK ||
         sqlite3_bind_int64(statement, 2, partition) != SQLITE_OK)) {
        return reader_fail(reader, diag);
    }
    bool has_row = false;
    TRY(reader_step(reader, statement, &has_row, diag));
    *out_found = has_row && sqlite3_column_type(statement, 0) != SQLITE_NULL;
    if (*out_found) {
        *out = sqlite3_column_int64(statement, 0);
    }
    return STATUS_OK;
}

enum status reader_get_next_ids(struct reader *reader, uint64_t *out_topic_id,
                                uint64_t *out_arrival, struct diag *diag)
{
    bool found = false;
    int64_t topic_id = 1;
    int64_t arrival = 1;
    TRY(get_integer(reader, READER_GET_NEXT_TOPIC_ID, 0, 0, &topic_id, &found, diag));
    TRY(get_integer(reader, READER_GET_NEXT_ARRIVAL, 0, 0, &arrival, &found, diag));
    *out_topic_id = (uint64_t)topic_id;
    *out_arrival = (uint64_t)arrival;
    return STATUS_OK;
}

enum status reader_get_log_range(struct reader *reader, uint64_t topic_id, uint32_t partition,
                                 int64_t *out_start_offset, int64_t *out_end_offset,
                                 struct diag *diag)
{
    bool found = false;
    int64_t start = 0;
    int64_t first = 0;
    TRY(get_integer(reader, READER_GET_LOG_START, topic_id, partition, &start, &found, diag));
    TRY(get_integer(reader, READER_GET_LOG_FIRST, topic_id, partition, &first, &found, diag));
    int64_t end = start;
    TRY(get_integer(reader, READER_GET_LOG_END, topic_id, partition, &end, &found, diag));
    *out_start_offset = start > first ? start : first;
    *out_end_offset = end;
    return STATUS_OK;
}

enum status reader_get_log_bytes(struct reader *reader, uint64_t topic_id, uint32_t partition,
                                 uint64_t *out_bytes, struct diag *diag)
{
    bool found = false;
    int64_t bytes = 0;
    TRY(get_integer(reader, READER_GET_LOG_BYTES, topic_id, partition, &bytes, &found, diag));
    *out_bytes = (uint64_t)bytes;
    return STATUS_OK;
}

static enum status bind_place(struct reader *reader, sqlite3_stmt *statement, uint64_t topic_id,
                              uint32_t partition, struct diag *diag)
{
    if (sqlite3_bind_int64(statement, 1, (int64_t)topic_id) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, partition) != SQLITE_OK) {
        return reader_fail(reader, diag);
    }
    return STATUS_OK;
}

/* The row of a statement that gives whole batches. */
static struct stored_batch batch_row(sqlite3_stmt *statement)
{
    return (struct stored_batch){
        .arrival = (uint64_t)sqlite3_column_int64(statement, 0),
        .base_offset = sqlite3_column_int64(statement, 1),
        .time_min_ms = sqlite3_column_int64(statement, 2),
        .time_max_ms = sqlite3_column_int64(statement, 3),
        .blob_bytes = (uint64_t)sqlite3_column_int64(statement, 4),
        .record_count = (uint32_t)sqlite3_column_int64(statement, 5),
        .codec = (uint32_t)sqlite3_column_int64(statement, 6),
        .crc = (uint32_t)sqlite3_column_int64(statement, 7),
        .blob = statement_blob(statement, 8),
    };
}

static enum status prepare_at(struct reader *reader, enum reader_statement which, uint64_t topic_id,
                              uint32_t partition, int64_t offset, sqlite3_stmt **out,
                              struct diag *diag)
{
    TRY(reader_prepare(reader, which, out, diag));
    TRY(bind_place(reader, *out, topic_id, partition, diag));
    return sqlite3_bind_int64(*out, 3, offset) == SQLITE_OK ? STATUS_OK : reader_fail(reader, diag);
}

static enum status find_batch(struct reader *reader, enum reader_statement which, uint64_t topic_id,
                              uint32_t partition, int64_t offset, struct stored_batch *out,
                              bool *out_found, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepare_at(reader, which, topic_id, partition, offset, &statement, diag));
    TRY(reader_step(reader, statement, out_found, diag));
    if (*out_found) {
        *out = batch_row(statement);
    }
    return STATUS_OK;
}

enum status reader_find_batch(struct reader *reader, uint64_t topic_id, uint32_t partition,
                              int64_t offset, struct stored_batch *out, bool *out_found,
                              struct diag *diag)
{
    struct stored_batch batch;
    bool found = false;
    TRY(find_batch(reader, READER_FIND_BATCH_AT, topic_id, partition, offset, &batch, &found,
                   diag));
    if (!found || batch.base_offset + (int64_t)batch.record_count <= offset) {
        TRY(find_batch(reader, READER_FIND_BATCH_AFTER, topic_id, partition, offset, &batch, &found,
                       diag));
    }
    *out_found = found;
    if (found) {
        *out = batch;
    }
    return STATUS_OK;
}

enum status reader_scan_blobs(struct reader *reader, uint64_t topic_id, uint32_t partition,
                              int64_t from_offset,
                              enum status (*visit)(void *context, const struct stored_batch *batch,
                                                   bool *keep_going, struct diag *diag),
                              void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepare_at(reader, READER_SCAN_BLOBS, topic_id, partition, from_offset, &statement, diag));
    bool keep_going = true;
    while (keep_going) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        const struct stored_batch batch = batch_row(statement);
        TRY(visit(context, &batch, &keep_going, diag));
    }
    return STATUS_OK;
}

enum status reader_scan_batches(struct reader *reader, uint64_t topic_id, uint32_t partition,
                                enum status (*visit)(void *context,
                                                     const struct stored_batch *batch,
                                                     bool *keep_going, struct diag *diag),
                                void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(reader_prepare(reader, READER_SCAN_BATCHES, &statement, diag));
    TRY(bind_place(reader, statement, topic_id, partition, diag));
    bool keep_going = true;
    while (keep_going) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        const struct stored_batch batch = {
            .base_offset = sqlite3_column_int64(statement, 0),
            .time_max_ms = sqlite3_column_int64(statement, 1),
            .blob_bytes = (uint64_t)sqlite3_column_int64(statement, 2),
            .record_count = (uint32_t)sqlite3_column_int64(statement, 3),
        };
        TRY(visit(context, &batch, &keep_going, diag));
    }
    return STATUS_OK;
}
