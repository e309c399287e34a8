/* topic_patterns.h: names of topics by a list of regular expressions, as in ksql.hidden.topics.
 *
 * "a.*,b" matches the names that one of its parts matches as a whole, as Java's matches() does.
 * Thread: any, once initialised. */
#ifndef ENGINE_TOPIC_PATTERNS_H
#define ENGINE_TOPIC_PATTERNS_H

#include <regex.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct topic_patterns {
    regex_t regex;
    bool is_compiled; /* false: matches nothing */
};

/* setting names the list in messages. Release what was initialised. */
MUST_USE enum status topic_patterns_init(struct topic_patterns *patterns, const char *setting,
                                         struct text list, struct diag *diag);
void topic_patterns_release(struct topic_patterns *patterns);

bool topic_patterns_match(const struct topic_patterns *patterns, struct text topic);

#endif
