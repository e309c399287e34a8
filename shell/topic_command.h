/* topic_command.h: the subcommand `leat topic`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_TOPIC_COMMAND_H
#define SHELL_TOPIC_COMMAND_H

int topic_command(int argc, char **argv);

#endif
