/* like.c
 *
 * Matching with one point of return: after a '%' that was passed, a mismatch goes back to the
 * last '%' and lets it take one character more. That is enough, since an earlier '%' need never
 * take more than it did when a later one was reached; the cost is at most text times pattern,
 * never exponential. A line break can be taken by a literal only, so '%' ends at one.
 *
 * Patterns of one literal (abc, abc%, %abc, %abc%) are found with memcmp and memmem, unless the
 * text has bytes that could belong to a line break.
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

/* True when there may be a line break: bytes that begin one in UTF-8. */
static bool may_have_line_break(struct text text)
{
    bool is_found = false;
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        is_found |= byte == '\n' || byte == '\r' || byte == 0xC2U || byte == 0xE2U;
    }
    return is_found;
}

static void find_shape(struct like_pattern *pattern)
{
    struct text literal = pattern->text;
    while (literal.bytes > 0 && literal.data[0] == '%') {
        pattern->is_open_before = true;
        literal.data++;
        literal.bytes--;
    }
    while (literal.bytes > 0 && literal.data[literal.bytes - 1] == '%') {
        pattern->is_open_behind = true;
        literal.bytes--;
    }
    pattern->literal = literal;
    pattern->is_simple = pattern->escape == 0 && literal.bytes > 0 &&
                         !memchr(literal.data, '%', literal.bytes) &&
                         !memchr(literal.data, '_', literal.bytes);
}

enum status like_compile(struct text pattern, uint32_t escape, struct like_pattern *out,
                         struct diag *diag)
{
    if (ends_with_escape(pattern, escape)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "LIKE pattern must not end with escape character");
    }
    *out = (struct like_pattern){.text = pattern, .escape = escape};
    find_shape(out);
    return STATUS_OK;
}

static bool match_literal(const struct like_pattern *pattern, struct text text)
{
    const struct text literal = pattern->literal;
    if (text.bytes < literal.bytes) {
        return false;
    }
    if (pattern->is_open_before && pattern->is_open_behind) {
        return memmem(text.data, text.bytes, literal.data, literal.bytes) != NULL;
    }
    const size_t start = pattern->is_open_before ? text.bytes - literal.bytes : 0;
    const bool has_length =
        pattern->is_open_before || pattern->is_open_behind || text.bytes == literal.bytes;
    return has_length && memcmp(text.data + start, literal.data, literal.bytes) == 0;
}

bool like_match(const struct like_pattern *pattern, struct text text)
{
    if (pattern->is_simple && !may_have_line_break(text)) {
        return match_literal(pattern, text);
    }
    struct like_run run = {.text = text.data,
                           .text_end = text.data + text.bytes,
                           .pattern = pattern->text.data,
                           .pattern_end = pattern->text.data + pattern->text.bytes};
    return match(&run, pattern->escape);
}
