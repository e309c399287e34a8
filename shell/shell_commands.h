/* shell_commands.h: the shell's own commands: help, exit, output, run script and so on. */
#ifndef SHELL_SHELL_COMMANDS_H
#define SHELL_SHELL_COMMANDS_H

#include "shell/shell_history.h"
#include "shell/shell_session.h"

/* Is this line a command of the shell, not SQL? Such a line needs no ';'. */
bool shell_commands_match(struct text line);

/* The words of each command in turn; NULL behind the last. */
const char *shell_commands_words(size_t index);

/* Runs the command in line. False: it failed. history may be NULL: there is none. */
bool shell_commands_run(struct shell_session *session, struct shell_history *history,
                        struct text line);

/* Connects to the server and says which it is. False: there is none (an error was shown). */
bool shell_commands_greet(struct shell_session *session);

#endif
