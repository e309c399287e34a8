/* text_width.h: how many cells of a terminal a text takes.
 *
 * Wide characters take two cells, combining ones none. Text that is not UTF-8 counts a cell per
 * bad byte. The C library's tables answer, so the program's LC_CTYPE must be a UTF-8 one (main
 * sets it). Thread: any. */
#ifndef SHELL_TEXT_WIDTH_H
#define SHELL_TEXT_WIDTH_H

#include "base/buffer.h"
#include "base/text.h"

size_t text_width(struct text text);

/* Bytes of the longest beginning of text that fits into cells; at least one character, so that a
 * loop over the pieces ends. *out_cells: what it takes. */
size_t text_width_fit(struct text text, size_t cells, size_t *out_cells);

/* Appends text with every control character as an escape (\n, \t, \x1b), so that data cannot
 * steer the terminal. */
void text_width_append_clean(struct buffer *out, struct text text);
/* As text_width_append_clean, but line feeds and tabs stay: for text of many lines. */
void text_width_append_lines(struct buffer *out, struct text text);

#endif
