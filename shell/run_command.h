/* run_command.h: the subcommand `leat run`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_RUN_COMMAND_H
#define SHELL_RUN_COMMAND_H

int run_command(int argc, char **argv);

#endif
