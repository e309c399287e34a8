/* like.c
 *
 * Matching with one point of return: after a '%' that was passed, a mismatch goes back to the
 * last '%' and lets it take one character more. That is enough, since an earlier '%' need never
 * take more than it did when a later one was reached; the cost is at most text times pattern,
 * never exponential. A line break can be taken by a literal only, so '%' ends at one.
 */
#include "functions/like.h"

#include "base/utf8.h"

/* Java's line terminators, which its dot does not match. */
static bool is_line_break(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x85U || code == 0x2028U || code == 0x2029U;
}

struct like_element {
    enum { LIKE_LITERAL, LIKE_ONE, LIKE_ANY } kind;
    uint32_t code; /* of a literal */
};

/* The element at *next, which moves behind it; *next < end. An escape at the very end stands
 * for itself; like_match refuses such patterns before. */
static struct like_element next_element(const char **next, const char *end, uint32_t escape)
{
    const uint32_t code = utf8_next(next, end);
    if (escape != 0 && code == escape && *next < end) {
        return (struct like_element){LIKE_LITERAL, utf8_next(next, end)};
    }
    if (code == '%') {
        return (struct like_element){LIKE_ANY, 0};
    }
    if (code == '_') {
        return (struct like_element){LIKE_ONE, 0};
    }
    return (struct like_element){LIKE_LITERAL, code};
}

/* True when the last character is an escape that escapes nothing. */
static bool ends_with_escape(struct text pattern, uint32_t escape)
{
    if (escape == 0) {
        return false;
    }
    const char *next = pattern.data;
    const char *end = pattern.data + pattern.bytes;
    while (next < end) {
        if (utf8_next(&next, end) == escape) {
            if (next == end) {
                return true;
            }
            (void)utf8_next(&next, end);
        }
    }
    return false;
}

static bool takes(struct like_element element, uint32_t code)
{
    return element.kind == LIKE_ONE ? !is_line_break(code) : element.code == code;
}

struct like_run {
    const char *text;
    const char *text_end;
    const char *pattern;
    const char *pattern_end;
    /* Where to go on after a mismatch: behind the last '%', and what it has not taken yet. */
    const char *retry_pattern;
    const char *retry_text;
};

/* Lets the last '%' take one more character; false when there is none, or it may not. */
static bool retry(struct like_run *run)
{
    if (!run->retry_pattern || run->retry_text == run->text_end) {
        return false;
    }
    if (is_line_break(utf8_next(&run->retry_text, run->text_end))) {
        return false;
    }
    run->text = run->retry_text;
    run->pattern = run->retry_pattern;
    return true;
}

static bool match(struct like_run *run, uint32_t escape)
{
    for (;;) {
        if (run->pattern == run->pattern_end) {
            if (run->text == run->text_end) {
                return true;
            }
        } else {
            const struct like_element element =
                next_element(&run->pattern, run->pattern_end, escape);
            if (element.kind == LIKE_ANY) {
                run->retry_pattern = run->pattern;
                run->retry_text = run->text;
                continue;
            }
            if (run->text < run->text_end && takes(element, utf8_next(&run->text, run->text_end))) {
                continue;
            }
        }
        if (!retry(run)) {
            return false;
        }
    }
}

enum status like_match(struct text text, struct text pattern, uint32_t escape, bool *out,
                       struct diag *diag)
{
    if (ends_with_escape(pattern, escape)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "LIKE pattern must not end with escape character");
    }
    struct like_run run = {.text = text.data,
                           .text_end = text.data + text.bytes,
                           .pattern = pattern.data,
                           .pattern_end = pattern.data + pattern.bytes};
    *out = match(&run, escape);
    return STATUS_OK;
}
