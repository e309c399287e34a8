/* shell_editor.h: reads a statement or a command from a terminal, with editing.
 *
 * Lines are joined until a ';' ends the statement; all of them can be edited until then. Prompts
 * tell what is open: "ksql> ", "    > ", in a string "  '> ", in a quoted name "  `> ", and the
 * like in a comment. Thread: one at a time. */
#ifndef SHELL_SHELL_EDITOR_H
#define SHELL_SHELL_EDITOR_H

#include "shell/shell_history.h"
#include "shell/shell_session.h"

struct shell_editor;

/* Borrows both. */
MUST_USE enum status shell_editor_create(struct shell_session *session,
                                         struct shell_history *history, struct shell_editor **out,
                                         struct diag *diag);
void shell_editor_destroy(struct shell_editor *editor);

/* Replaces out by what was typed. False: the end (Ctrl-D, or the terminal is gone). */
bool shell_editor_read(struct shell_editor *editor, struct buffer *out);

#endif
