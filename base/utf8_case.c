/* utf8_case.c
 *
 * Upper and lower case. ASCII is mapped by arithmetic; everything else by binary search in the
 * runs of utf8_case_table. libutf8proc and libunistring know the same facts, but of other
 * Unicode versions than Java's, and for two tables a dependency is too much.
 *
 * The capital sigma becomes a final sigma behind a cased letter and not before one, skipping
 * characters that do not end a word (Unicode's Final_Sigma). Java looks for word boundaries
 * instead; the two agree on words.
 */
#include "base/utf8.h"

#include <assert.h>

#include "base/utf8_case_table.h"

enum {
    CAPITAL_SIGMA = 0x3A3,
    SMALL_SIGMA = 0x3C3,
    FINAL_SIGMA = 0x3C2,
    CAPITAL_DOTTED_I = 0x130,
    COMBINING_DOT_ABOVE = 0x307,
    GROWTH_MAX = 3 /* no mapping needs more bytes than this times those of its source */
};

static uint32_t map(const struct utf8_case_run *runs, size_t count, uint32_t code)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (code > runs[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == count || code < runs[low].first || (code - runs[low].first) % runs[low].stride) {
        return code;
    }
    return (uint32_t)((int32_t)code + runs[low].delta);
}

uint32_t utf8_upper_code(uint32_t code)
{
    if (code < 0x80U) {
        return code >= 'a' && code <= 'z' ? code - 32U : code;
    }
    return map(utf8_upper_runs, UTF8_UPPER_RUN_COUNT, code);
}

uint32_t utf8_lower_code(uint32_t code)
{
    if (code < 0x80U) {
        return code >= 'A' && code <= 'Z' ? code + 32U : code;
    }
    return map(utf8_lower_runs, UTF8_LOWER_RUN_COUNT, code);
}

static const struct utf8_case_expansion *find_expansion(uint32_t code)
{
    size_t low = 0;
    size_t high = UTF8_UPPER_EXPANSION_COUNT;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (utf8_upper_expansions[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const bool found = low < UTF8_UPPER_EXPANSION_COUNT && utf8_upper_expansions[low].code == code;
    return found ? &utf8_upper_expansions[low] : NULL;
}

static size_t put_upper(char *out, uint32_t code)
{
    const struct utf8_case_expansion *expansion = code < 0x80U ? NULL : find_expansion(code);
    if (!expansion) {
        return utf8_encode(out, utf8_upper_code(code));
    }
    size_t used = 0;
    for (size_t i = 0; i < UTF8_EXPANSION_MAX && expansion->upper[i]; i++) {
        used += utf8_encode(out + used, expansion->upper[i]);
    }
    return used;
}

static bool is_cased(uint32_t code)
{
    return utf8_upper_code(code) != code || utf8_lower_code(code) != code;
}

/* Characters inside a word that say nothing about its end: apostrophes, soft hyphen, accents. */
static bool is_case_ignorable(uint32_t code)
{
    return code == '\'' || code == 0xADU || code == 0x2019U || (code >= 0x300U && code <= 0x36FU);
}

static bool cased_letter_before(const char *begin, const char *at)
{
    while (at > begin) {
        const char *start = at - 1;
        while (start > begin && ((unsigned char)*start & 0xC0U) == 0x80U) {
            start--;
        }
        const char *next = start;
        const uint32_t code = utf8_next(&next, at);
        if (!is_case_ignorable(code)) {
            return is_cased(code);
        }
        at = start;
    }
    return false;
}

static bool cased_letter_behind(const char *at, const char *end)
{
    while (at < end) {
        const uint32_t code = utf8_next(&at, end);
        if (!is_case_ignorable(code)) {
            return is_cased(code);
        }
    }
    return false;
}

/* The lower case of the code point between at and behind, in its text. */
static size_t put_lower(char *out, struct text text, const char *at, const char *behind,
                        uint32_t code)
{
    if (code == CAPITAL_SIGMA) {
        const bool final = cased_letter_before(text.data, at) &&
                           !cased_letter_behind(behind, text.data + text.bytes);
        return utf8_encode(out, final ? FINAL_SIGMA : SMALL_SIGMA);
    }
    if (code == CAPITAL_DOTTED_I) {
        const size_t used = utf8_encode(out, 'i');
        return used + utf8_encode(out + used, COMBINING_DOT_ABOVE);
    }
    return utf8_encode(out, utf8_lower_code(code));
}

/* False if the text is ASCII without a letter between first and last. */
static bool must_change(struct text text, char first, char last)
{
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        if ((unsigned char)c >= 0x80U || (c >= first && c <= last)) {
            return true;
        }
    }
    return false;
}

static void map_ascii(char *out, struct text text, char first, char last)
{
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        out[i] = (char)(c ^ (c >= first && c <= last ? 0x20 : 0));
    }
}

static size_t map_code_points(char *out, struct text text, bool upper)
{
    size_t used = 0;
    const char *end = text.data + text.bytes;
    for (const char *next = text.data; next < end;) {
        const char *at = next;
        const uint32_t code = utf8_next(&next, end);
        used += upper ? put_upper(out + used, code) : put_lower(out + used, text, at, next, code);
    }
    return used;
}

static enum status map_text(struct text text, bool upper, struct arena *arena, struct text *out,
                            struct diag *diag)
{
    const char first = upper ? 'a' : 'A';
    const char last = upper ? 'z' : 'Z';
    if (!must_change(text, first, last)) {
        *out = text;
        return STATUS_OK;
    }
    const bool ascii = utf8_is_ascii(text);
    char *copy = arena_array(arena, text.bytes, ascii ? 1 : GROWTH_MAX);
    if (!copy) {
        return diag_no_memory(diag);
    }
    size_t used = text.bytes;
    if (ascii) {
        map_ascii(copy, text, first, last);
    } else {
        used = map_code_points(copy, text, upper);
        assert(used <= text.bytes * GROWTH_MAX);
    }
    *out = (struct text){copy, used};
    return STATUS_OK;
}

enum status utf8_upper(struct text text, struct arena *arena, struct text *out, struct diag *diag)
{
    return map_text(text, true, arena, out, diag);
}

enum status utf8_lower(struct text text, struct arena *arena, struct text *out, struct diag *diag)
{
    return map_text(text, false, arena, out, diag);
}
