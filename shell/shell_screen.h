/* shell_screen.h: where the shell's output goes: standard output, its copy (SPOOL), a pager.
 *
 * Results go to standard output, errors and status lines to standard error; status lines only
 * when a person looks. Thread: one at a time. */
#ifndef SHELL_SHELL_SCREEN_H
#define SHELL_SHELL_SCREEN_H

#include <stdio.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

struct shell_screen {
    FILE *spool;       /* NULL: none */
    bool is_terminal;  /* standard output is one */
    bool is_watched;   /* standard error is one: status lines make sense */
    bool has_colour;   /* both, and NO_COLOR is not set */
    bool has_progress; /* a status line stands below the output */
    bool is_quiet;     /* no status lines */
    size_t line_max;   /* of a whole result, the rest is left out; 0: no limit */
};

void shell_screen_init(struct shell_screen *screen);
void shell_screen_release(struct shell_screen *screen);

/* Cells of a line; 0 without a terminal: no limit. Asks the terminal each time. */
size_t shell_screen_width(const struct shell_screen *screen);
size_t shell_screen_height(const struct shell_screen *screen);

/* Writes a result, or a part of one; on a terminal without its control characters. */
void shell_screen_write(struct shell_screen *screen, struct text text);
/* Writes a whole result: through a pager ($PAGER, else less) when it is higher than the screen. */
void shell_screen_page(struct shell_screen *screen, struct text text);

/* Writes an error in red; the text ends with a line feed. */
void shell_screen_error(struct shell_screen *screen, struct text text);
/* Does nobody read standard output any more (head has seen enough)? */
bool shell_screen_is_unread(void);

/* Clears a terminal. */
void shell_screen_clear(const struct shell_screen *screen);

/* A line for people: counts and times. */
void shell_screen_status(struct shell_screen *screen, const char *format, ...) PRINTF_LIKE(2, 3);
/* As status, but cut to the terminal's width, and overwritten by whatever comes next. */
void shell_screen_progress(struct shell_screen *screen, const char *format, ...) PRINTF_LIKE(2, 3);

/* Copies what follows into a file, from now on; NULL ends that. */
MUST_USE enum status shell_screen_spool(struct shell_screen *screen, const char *path,
                                        struct diag *diag);

#endif
