/* reader_rows.c: the small tables of a query and of the catalog, row by row. */
#include "state/reader.h"

#include "state/connection.h"
#include "state/reader_parts.h"

/* Prepares a statement whose only parameter is a text. */
static enum status prepare_by_text(struct reader *reader, enum reader_statement which,
                                   struct text text, sqlite3_stmt **out, struct diag *diag)
{
    TRY(reader_prepare(reader, which, out, diag));
    return statement_bind_text(*out, 1, text) == SQLITE_OK ? STATUS_OK : reader_fail(reader, diag);
}

enum status reader_scan_positions(struct reader *reader, struct text query,
                                  enum status (*visit)(void *context, uint32_t source,
                                                       struct text topic, uint32_t partition,
                                                       int64_t offset,
                                                       struct diag *diag),
                                  void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepare_by_text(reader, READER_SCAN_POSITIONS, query, &statement, diag));
    for (;;) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        TRY(visit(context, (uint32_t)sqlite3_column_int64(statement, 0),
                  statement_text(statement, 1), (uint32_t)sqlite3_column_int64(statement, 2),
                  sqlite3_column_int64(statement, 3), diag));
    }
}

enum status reader_scan_counters(struct reader *reader, struct text query,
                                 enum status (*visit)(void *context, struct text name,
                                                      int64_t value, struct diag *diag),
                                 void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepare_by_text(reader, READER_SCAN_COUNTERS, query, &statement, diag));
    for (;;) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        TRY(visit(context, statement_text(statement, 0), sqlite3_column_int64(statement, 1), diag));
    }
}

enum status reader_scan_catalog(struct reader *reader, struct text kind,
                                enum status (*visit)(void *context, struct text name, int64_t seq,
                                                     struct text body, struct diag *diag),
                                void *context, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepare_by_text(reader, READER_SCAN_CATALOG, kind, &statement, diag));
    for (;;) {
        bool has_row = false;
        TRY(reader_step(reader, statement, &has_row, diag));
        if (!has_row) {
            return STATUS_OK;
        }
        TRY(visit(context, statement_text(statement, 0), sqlite3_column_int64(statement, 1),
                  statement_text(statement, 2), diag));
    }
}

enum status reader_find_setting(struct reader *reader, struct text key, struct buffer *value,
                                bool *out_found, struct diag *diag)
{
    sqlite3_stmt *statement = NULL;
    bool has_row = false;
    TRY(prepare_by_text(reader, READER_FIND_SETTING, key, &statement, diag));
    TRY(reader_step(reader, statement, &has_row, diag));
    buffer_reset(value);
    if (has_row) {
        buffer_append_text(value, statement_text(statement, 0));
        TRY(buffer_status(value, diag));
    }
    *out_found = has_row;
    return STATUS_OK;
}
