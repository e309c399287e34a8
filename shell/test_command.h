/* test_command.h: the subcommand `leat test`. */
#ifndef SHELL_TEST_COMMAND_H
#define SHELL_TEST_COMMAND_H

/* argv[0] is the subcommand's name. Returns the exit code. */
int test_command(int argc, char **argv);

#endif
