/* row_writer.h: rows of a cursor to a file as a table, JSON lines or CSV.
 *
 * Values look as REST shows them: times as ISO text, BYTES as base64. Thread: one at a time. */
#ifndef SHELL_ROW_WRITER_H
#define SHELL_ROW_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/batch.h"
#include "base/buffer.h"
#include "base/schema.h"
#include "base/status.h"
#include "shell/text_table.h"

enum row_format { ROW_TABLE, ROW_JSON, ROW_CSV };

struct row_writer_options {
    FILE *out;
    enum row_format format;
    size_t width_max; /* TABLE: of the terminal; 0: no limit */
    bool is_endless;  /* TABLE: later rows may be wider than the first ones */
};

struct row_writer {
    struct row_writer_options options;
    const struct schema *schema; /* borrowed from the cursor */
    struct buffer out;           /* drawn, not written yet */
    struct buffer cell;          /* scratch: the cells of a row */
    struct text *cells;          /* TABLE: of a row */
    struct text_table table;     /* TABLE */
};

/* "table", "json" or "csv"; STATUS_INVALID for anything else. */
MUST_USE enum status row_format_parse(const char *name, enum row_format *out, struct diag *diag);

/* Starts a result: writes the header of CSV. */
MUST_USE enum status row_writer_init(struct row_writer *writer,
                                     const struct row_writer_options *options,
                                     const struct schema *schema, struct diag *diag);
void row_writer_release(struct row_writer *writer);

/* Writes rows; the first ones of a table are held, so that columns become as wide as they are.
 * STATUS_CANCELLED: nobody reads them any more (head has seen enough). */
MUST_USE enum status row_writer_write(struct row_writer *writer, const struct batch *batch,
                                      struct diag *diag);
/* Writes what is held: nothing more comes for now. */
MUST_USE enum status row_writer_flush(struct row_writer *writer, struct diag *diag);
/* Ends the table. */
MUST_USE enum status row_writer_finish(struct row_writer *writer, struct diag *diag);

#endif
