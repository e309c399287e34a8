/* csv.h: one line of delimited text, as Apache Commons CSV's default format reads it.
 *
 * Fields are separated by one character and may stand in double quotes, with a quote inside
 * doubled. White space is part of a field, but between a closing quote and the next delimiter it
 * is skipped. Empty lines in front are skipped and everything behind the first line is ignored.
 * Thread: any. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum csv_step {
    CSV_FIELD,       /* a field; more follow */
    CSV_LAST,        /* the last field of the line */
    CSV_NO_LINE,     /* there is no field at all */
    CSV_UNCLOSED,    /* the text ends inside quotes */
    CSV_AFTER_QUOTE, /* something else than a delimiter behind a closing quote */
    CSV_NO_MEMORY
};

struct csv_reader {
    const char *at;
    const char *end;
    struct text delimiter; /* one UTF-8 character */
};

/* Refuses delimiters that would be taken for something else. */
MUST_USE enum status csv_check_delimiter(struct text delimiter, struct diag *diag);

/* Starts on a text; skips empty lines. False when nothing is left. */
bool csv_start(struct csv_reader *reader, struct text text, struct text delimiter);

/* The next field: a slice of the text, or in arena if it has doubled quotes. */
enum csv_step csv_next(struct csv_reader *reader, struct arena *arena, struct text *out);

/* The bytes of out from start on are one field's text: puts it between quotes if a reader, or
 * Commons CSV's printer, would want them. is_first: it is the line's first field. */
void csv_quote(struct buffer *out, size_t start, bool is_first, struct text delimiter);

#endif
