/* regex_java.h: patterns of java.util.regex, written for PCRE2.
 *
 * Most of both dialects is the same text. What Java has and PCRE2 has not (nested classes and
 * intersections, \uXXXX, \p{Alpha}, octal escapes) is written otherwise; what only PCRE2 has
 * (verbs, recursion, \K, ...) and what Java refuses (a lone '{') is refused. Not covered: blocks
 * such as \p{InGreek}, and Java's ASCII-only meaning of (?i). Thread: any. */
#ifndef FUNCTIONS_REGEX_JAVA_H
#define FUNCTIONS_REGEX_JAVA_H

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

/* Appends the translation to out. STATUS_INVALID with the reason when Java would refuse the
 * pattern or this translator cannot do it. */
MUST_USE enum status regex_java_translate(struct text pattern, struct buffer *out,
                                          struct diag *diag);

#endif
