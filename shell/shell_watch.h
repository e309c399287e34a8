/* shell_watch.h: the shell's commands that look at the server: .watch, .top, .lag and others.
 *
 * Each returns false after a failure, which was shown. Those that repeat end at Ctrl-C; without a
 * terminal they run once. Thread: one at a time. */
#ifndef SHELL_SHELL_WATCH_H
#define SHELL_SHELL_WATCH_H

#include "shell/shell_session.h"

/* "[SECONDS] STATEMENT": runs it again and again, each time on a cleared screen. */
bool shell_watch_statement(struct shell_session *session, struct text argument);

/* "[SECONDS]": the persistent queries by their rows a second. */
bool shell_watch_top(struct shell_session *session, struct text argument);

/* "[QUERY]": what queries have read and what waits for them. */
bool shell_watch_lag(struct shell_session *session, struct text argument);

/* "[NAME]": the statements that made the sources. */
bool shell_watch_schema(struct shell_session *session, struct text argument);

#endif
