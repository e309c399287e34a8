/* file_text.h: what subcommands share: whole files as text, and option values. */
#ifndef SHELL_FILE_TEXT_H
#define SHELL_FILE_TEXT_H

#include "base/buffer.h"
#include "base/status.h"
#include "state/database.h"

/* Appends the whole file to out; "-" is standard input. */
MUST_USE enum status file_text_read(const char *path, struct buffer *out, struct diag *diag);

/* "power-loss" or "process-crash". */
MUST_USE enum status durability_parse(const char *name, enum durability *out, struct diag *diag);

/* A whole number from min to max. */
MUST_USE enum status number_option_parse(const char *option, const char *text, int64_t min,
                                         int64_t max, int64_t *out, struct diag *diag);

/* The files of --extension, in order; the paths are borrowed. */
enum { EXTENSION_OPTIONS_MAX = 16 };

struct extension_options {
    const char *paths[EXTENSION_OPTIONS_MAX];
    size_t count;
};

MUST_USE enum status extension_option_add(struct extension_options *extensions, const char *path,
                                          struct diag *diag);

#endif
