/* shell_command.h: the subcommand `leat shell`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_SHELL_COMMAND_H
#define SHELL_SHELL_COMMAND_H

int shell_command(int argc, char **argv);

#endif
