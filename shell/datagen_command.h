/* datagen_command.h: the subcommand `leat datagen`; argv[0] is its name. Returns the exit code. */
#ifndef SHELL_DATAGEN_COMMAND_H
#define SHELL_DATAGEN_COMMAND_H

int datagen_command(int argc, char **argv);

#endif
