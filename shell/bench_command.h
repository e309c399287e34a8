/* bench_command.h: the subcommand `leat bench`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_BENCH_COMMAND_H
#define SHELL_BENCH_COMMAND_H

int bench_command(int argc, char **argv);

#endif
