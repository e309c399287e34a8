/* topic_patterns.c
 *
 * The list becomes one expression, "^(a.*|b)$", compiled once.
 */
#include "engine/topic_patterns.h"

#include "base/buffer.h"

enum status topic_patterns_init(struct topic_patterns *patterns, const char *setting,
                                struct text list, struct diag *diag)
{
    struct buffer pattern;
    *patterns = (struct topic_patterns){.is_compiled = false};
    if (list.bytes == 0) {
        return STATUS_OK;
    }
    buffer_init(&pattern);
    buffer_append_string(&pattern, "^(");
    for (size_t i = 0; i < list.bytes; i++) {
        buffer_append_byte(&pattern, list.data[i] == ',' ? '|' : list.data[i]);
    }
    buffer_append(&pattern, ")$", sizeof(")$")); /* with its final NUL */
    enum status status = buffer_status(&pattern, diag);
    if (status == STATUS_OK && regcomp(&patterns->regex, pattern.data, REG_EXTENDED) != 0) {
        status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "%s is not a list of regular expressions: %.*s", setting,
                           TEXT_ARGS(list));
    }
    patterns->is_compiled = status == STATUS_OK;
    buffer_release(&pattern);
    return status;
}

void topic_patterns_release(struct topic_patterns *patterns)
{
    if (patterns->is_compiled) {
        regfree(&patterns->regex);
        patterns->is_compiled = false;
    }
}

bool topic_patterns_match(const struct topic_patterns *patterns, struct text topic)
{
    regmatch_t whole = {.rm_so = 0, .rm_eo = (regoff_t)topic.bytes};
    return patterns->is_compiled &&
           regexec(&patterns->regex, topic.data, 1, &whole, REG_STARTEND) == 0;
}
