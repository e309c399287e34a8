/* safe_output.h: text that may hold anybody's data, written where it cannot do harm.
 *
 * A terminal obeys what it is sent: an escape sequence in a record could clear it, rename it, or
 * type for its user. Files and pipes get the bytes as they are. Thread: any. */
#ifndef SHELL_SAFE_OUTPUT_H
#define SHELL_SAFE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"

/* Writes text; where file is a terminal, control characters other than line feeds and tabs are
 * shown as escapes (\x1b). False, with errno, when not all could be written. */
bool safe_output_write(FILE *file, struct text text);

/* Likewise for a file that is read by something which shows it on a terminal: a pager. */
bool safe_output_write_clean(FILE *file, struct text text);

#endif
