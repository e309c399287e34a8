/* shell_complete.h: what the word before the cursor could become.
 *
 * Candidates are the parser's keywords, at the beginning the shell's commands, and the server's
 * sources, columns, functions and properties, asked for at the first completion after a statement
 * that may have changed them. Thread: one at a time. */
#ifndef SHELL_SHELL_COMPLETE_H
#define SHELL_SHELL_COMPLETE_H

#include "base/arena.h"
#include "shell/shell_session.h"

enum { COMPLETION_MATCH_MAX = 512 };

struct completion_name {
    struct text text;
    bool is_property; /* stands in strings only; all others stand outside */
};

struct shell_complete {
    struct shell_session *session; /* borrowed */
    struct arena arena;            /* names */
    struct completion_name *names;
    size_t name_count;
    size_t name_room;
    uint64_t change_count; /* of the session when the names were asked for */
    bool is_loaded;
};

struct completion {
    size_t start;                              /* of the word in the text */
    struct text matches[COMPLETION_MATCH_MAX]; /* sorted, each once; in the arena */
    size_t count;
};

void shell_complete_init(struct shell_complete *complete, struct shell_session *session);
void shell_complete_release(struct shell_complete *complete);

/* Fills *out with what begins like the word that ends at cursor, without regard to case. An empty
 * word has no matches. The matches live until the next call. */
void shell_complete_find(struct shell_complete *complete, struct text text, size_t cursor,
                         struct completion *out);

#endif
