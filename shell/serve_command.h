/* serve_command.h: the subcommand `leat serve`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_SERVE_COMMAND_H
#define SHELL_SERVE_COMMAND_H

int serve_command(int argc, char **argv);

#endif
