/* caret.h: shows where in the SQL an error is, as compilers do.
 *
 *   orders.sql:3:12: COLUMN 'X' cannot be resolved.
 *     3 | SELECT ID, X FROM S;
 *       |            ^
 *
 * Thread: any. */
#ifndef PARSER_CARET_H
#define PARSER_CARET_H

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

/* Appends "line:col: message" (with file, "file:line:col: message"), the line of sql that
 * diag->pos is in with a caret under every column of the place, and the hint, each line ended by
 * a newline. file may be empty. Without a known place only the message and the hint are shown. */
void caret_print(struct buffer *out, struct text file, struct text sql, const struct diag *diag);

#endif
