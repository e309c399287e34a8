/* shell_history.h: what was typed, oldest first, kept in a file between sessions.
 *
 * The file is $XDG_STATE_HOME/leat/history (default ~/.local/state/leat/history), readable by
 * its owner only; one entry a line, with line feeds and backslashes as \n and \\. Thread: one at a
 * time. */
#ifndef SHELL_SHELL_HISTORY_H
#define SHELL_SHELL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum { HISTORY_COUNT_MAX = 1000 };

struct shell_history {
    char *items[HISTORY_COUNT_MAX]; /* owned, NUL-terminated */
    size_t count;
    char path[4096]; /* empty: kept in memory only */
};

/* Reads the file, if there is one. A file that cannot be read or made is no error. */
void shell_history_init(struct shell_history *history);
void shell_history_release(struct shell_history *history);

/* Appends entry, also to the file, unless it equals the last one. The oldest goes when full. */
void shell_history_add(struct shell_history *history, struct text entry);

/* The newest entry before index that holds part, without regard to case; false: none. */
bool shell_history_find(const struct shell_history *history, size_t index, struct text part,
                        size_t *out_index);

#endif
