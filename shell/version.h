/* version.h: the version of the program. */
#ifndef SHELL_VERSION_H
#define SHELL_VERSION_H

#define LEAT_VERSION "0.1.0"

#endif
