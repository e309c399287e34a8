/* shell_describe.h: DESCRIBE's answers for people, as ksqlDB's CLI shows them. */
#ifndef SHELL_SHELL_DESCRIBE_H
#define SHELL_SHELL_DESCRIBE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes entity if it is a description of a source or a function; false: it is something else,
 * nothing was written. */
bool shell_describe_write(FILE *out, const json_t *entity);

#endif
