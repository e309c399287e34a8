/* options.h: the command line of a subcommand as a table: one row per option, from which both
 * the parsing and the help come. Thread: the main one. */
#ifndef SHELL_OPTIONS_H
#define SHELL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum option_kind {
    OPTION_FLAG,       /* bool: set to true */
    OPTION_TEXT,       /* const char *: the argument itself */
    OPTION_TEXTS,      /* struct option_texts: may be repeated */
    OPTION_NUMBER,     /* int64_t from min to max */
    OPTION_CHARACTER,  /* struct option_character */
    OPTION_DURABILITY, /* enum durability */
    OPTION_ROW_FORMAT, /* enum row_format */
    OPTION_PROFILE,    /* enum nexmark_profile */
    OPTION_EXTENSION,  /* struct extension_options: may be repeated */
};

struct option_character {
    bool is_set;
    char character;
};

enum { OPTION_TEXTS_MAX = 64 };

struct option_texts {
    const char *items[OPTION_TEXTS_MAX]; /* borrowed from argv */
    size_t count;
};

struct option_row {
    const char *name;     /* without the dashes */
    enum option_kind kind;
    size_t offset;        /* of the member in the command's own struct */
    const char *argument; /* how the help calls it; NULL for a flag */
    const char *summary;  /* further lines are indented like the first */
    int64_t min;          /* OPTION_NUMBER */
    int64_t max;
};

struct option_table {
    const char *command;  /* "leat run" */
    const char *usage;    /* first lines of the help, ended by an empty one */
    const char *footer;   /* last lines of the help; NULL: none */
    const struct option_row *rows;
    size_t row_count;
    const char *letters; /* the short form of each row in turn, '-': none; NULL: of no row */
};

enum { OPTIONS_GO_ON = -1 };

/* Sets members of target from argv and moves *out_first to the first argument that is no option;
 * -h and --help are known without a row. Returns OPTIONS_GO_ON, or the exit code: 0 after --help,
 * 2 after a mistake, which is printed. */
int options_parse(const struct option_table *table, int argc, char **argv, void *target,
                  int *out_first);

/* Prints message and the help to standard error; returns the exit code 2. */
int options_usage_error(const struct option_table *table, const char *message);

#endif
