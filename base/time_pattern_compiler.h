/* time_pattern_compiler.h: a pattern while it is compiled. Private to time_pattern.c, which takes
 * it apart, and time_pattern_rules.c, which knows what each letter means. Thread: one at a time. */
#ifndef BASE_TIME_PATTERN_COMPILER_H
#define BASE_TIME_PATTERN_COMPILER_H

#include "base/time_pattern_program.h"

enum { TIME_PATTERN_NO_ACTIVE = -1 };

struct time_pattern_compiler {
    struct text pattern;
    size_t at;
    struct time_pattern *program;
    char *literals; /* room for all literal text, as it takes no more than the pattern */
    /* The number that subsequent fixed-width ones report to, or TIME_PATTERN_NO_ACTIVE. */
    int32_t active;
    int32_t pad_width;
    uint32_t open[TIME_PATTERN_DEPTH_MAX]; /* optional sections not yet closed */
    size_t depth;
    struct diag *diag;
};

/* What a run of one letter means. */
struct time_pattern_rule {
    char letter;
    enum time_field field;
    enum status (*compile)(struct time_pattern_compiler *compiler,
                           const struct time_pattern_rule *rule, int32_t count);
};

/* The rule of letter in the program's dialect; NULL: there is none. */
const struct time_pattern_rule *time_pattern_find_rule(const struct time_pattern_compiler *compiler,
                                                       char letter);

/* Every item goes through here, so that padding reaches it and a run of numbers ends. There is
 * room: an item takes at least one byte of the pattern. */
void time_pattern_append(struct time_pattern_compiler *compiler, struct time_item item);

/* STATUS_INVALID: what, and the letter. */
MUST_USE enum status time_pattern_fail_letter(const struct time_pattern_compiler *compiler,
                                              const char *what, char letter);

#endif
