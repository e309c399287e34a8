/* regex.h: regular expressions in Java's dialect, compiled once per task.
 *
 * Built on PCRE2 with its JIT; functions/regex_java.h says how the dialects are bridged. Texts
 * are taken as UTF-8; what is malformed in them never matches. Searches are bounded: a pattern
 * that backtracks too much ends with an error, never with a hang. Thread: a cache and its
 * regexes belong to one thread. */
#ifndef FUNCTIONS_REGEX_H
#define FUNCTIONS_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct regex_cache;
struct regex;

MUST_USE enum status regex_cache_create(struct regex_cache **out, struct diag *diag);
/* cache may be NULL. */
void regex_cache_destroy(struct regex_cache *cache);

/* The compiled pattern, owned by the cache and valid until the next find of another pattern.
 * STATUS_INVALID: "Invalid regular expression pattern: ..." with the reason; this is kept too,
 * so that a bad pattern costs one compilation. */
MUST_USE enum status regex_cache_find(struct regex_cache *cache, struct text pattern,
                                      struct regex **out, struct diag *diag);

/* Capturing groups of the pattern, without the whole match. */
uint32_t regex_group_count(const struct regex *regex);
/* The number of the group with this name; 0 for none. */
uint32_t regex_group_number(const struct regex *regex, struct text name);

/* Finds the first match in text at or behind byte offset start. */
MUST_USE enum status regex_find(struct regex *regex, struct text text, size_t start, bool *is_found,
                                struct diag *diag);
/* Where the last match stands; group 0 is all of it. False for a group that took no part. */
bool regex_group(const struct regex *regex, uint32_t group, size_t *start, size_t *end);

/* Where to look for the match after the last one: behind it, one character on if it is empty. */
size_t regex_next_start(const struct regex *regex, struct text text);

#endif
