/* reader_parts.h: the inside of a reader, for reader.c (life and state), reader_rows.c (queries and
 * catalog) and reader_log.c. Private to state/. */
#ifndef STATE_READER_PARTS_H
#define STATE_READER_PARTS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "state/database_parts.h"
#include "state/reader.h"

/* One per SQL text of the table in reader.c; prepared at first use. */
enum reader_statement {
    READER_BEGIN,
    READER_END,
    READER_CHECK,
    READER_FIND_STATE,
    READER_SCAN_STATE,
    READER_SCAN_STATE_TO,
    READER_SCAN_POSITIONS,
    READER_SCAN_COUNTERS,
    READER_SCAN_CATALOG,
    READER_FIND_SETTING,
    READER_SCAN_TOPICS,
    READER_SCAN_DELETED_TOPICS,
    READER_GET_NEXT_TOPIC_ID,
    READER_GET_NEXT_ARRIVAL,
    READER_GET_LOG_START,
    READER_GET_LOG_FIRST,
    READER_GET_LOG_END,
    READER_FIND_BATCH_AT,
    READER_FIND_BATCH_AFTER,
    READER_SCAN_BLOBS,
    READER_GET_LOG_BYTES,
    READER_SCAN_BATCHES,
    READER_STATEMENT_COUNT
};

struct reader {
    struct database *database;
    sqlite3 *connection;
    sqlite3_stmt *statements[READER_STATEMENT_COUNT];
    int64_t deadline_ms;   /* monotonic; INT64_MAX: none */
    int64_t timeout_ms;    /* for the message */
    sqlite3_stmt *pending; /* its columns are still lent to the caller; reset by the next call */
};

/* Ends what an earlier call lent out, checks the deadline and gives a statement without
 * bindings, ready to be bound and stepped. */
MUST_USE enum status reader_prepare(struct reader *reader, enum reader_statement which,
                                    sqlite3_stmt **out, struct diag *diag);

/* Steps; *out_has_row tells what came. On failure, and after the last row, the statement is
 * reset. */
MUST_USE enum status reader_step(struct reader *reader, sqlite3_stmt *statement, bool *out_has_row,
                                 struct diag *diag);

/* What a failed bind or step means. */
enum status reader_fail(struct reader *reader, struct diag *diag);

#endif
