/* database_check.c: SQLite's own look at the structure of the file, under a deadline. The contents
 * of rows are guarded by checksums of ours, which are verified whenever a row is read. */
#include "state/connection.h"
#include "state/database.h"
#include "state/reader_parts.h"

static enum status run_check(struct reader *reader, sqlite3_stmt *statement, struct diag *diag)
{
    bool has_row = false;
    TRY(reader_step(reader, statement, &has_row, diag));
    const struct text finding = has_row ? statement_text(statement, 0) : TEXT("no answer");
    if (!text_equal(finding, TEXT("ok"))) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "the data file is damaged: %.*s",
                         TEXT_ARGS(finding));
    }
    return STATUS_OK;
}

enum status database_check(struct database *database, int64_t timeout_ms, struct diag *diag)
{
    struct reader *reader = NULL;
    sqlite3_stmt *statement = NULL;
    TRY(reader_open(database, timeout_ms, &reader, diag));
    enum status status = reader_prepare(reader, READER_CHECK, &statement, diag);
    if (status == STATUS_OK) {
        status = run_check(reader, statement, diag);
    }
    reader_close(reader);
    return status;
}
