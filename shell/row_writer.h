/* row_writer.h: rows of a cursor to a file as a table, JSON lines or CSV.
 *
 * Values look as REST shows them: times as ISO text, BYTES as base64. Thread: one at a time. */
#ifndef SHELL_ROW_WRITER_H
#define SHELL_ROW_WRITER_H

#include <stdio.h>

#include "base/batch.h"
#include "base/buffer.h"
#include "base/schema.h"
#include "base/status.h"

enum row_format { ROW_TABLE, ROW_JSON, ROW_CSV };

struct row_writer {
    FILE *out;
    enum row_format format;
    const struct schema *schema; /* borrowed from the cursor */
    struct buffer line;          /* scratch */
    struct buffer cell;          /* scratch */
    size_t *widths;              /* TABLE: of each column */
};

/* "table", "json" or "csv"; STATUS_INVALID for anything else. */
MUST_USE enum status row_format_parse(const char *name, enum row_format *out, struct diag *diag);

/* Starts a result: writes the header of a table or CSV. */
MUST_USE enum status row_writer_init(struct row_writer *writer, FILE *out, enum row_format format,
                                     const struct schema *schema, struct diag *diag);
void row_writer_release(struct row_writer *writer);

MUST_USE enum status row_writer_write(struct row_writer *writer, const struct batch *batch,
                                      struct diag *diag);

#endif
