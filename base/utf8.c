/* utf8.c
 *
 * Bytes, code points and UTF-16 units. Everything first runs over ASCII eight bytes at a time
 * and takes the general path only from the first other byte on, because keys and most fields
 * are ASCII. Lengths in UTF-16 need no decoding: every byte that is not a continuation byte
 * starts a unit, and a lead byte of four bytes starts two.
 *
 * Decoding follows the Unicode table of well-formed sequences: what may follow a lead byte is a
 * range that is narrower than 80..BF for E0, F0 and F4, which is where overlong forms and too
 * large numbers are cut off. Encoded surrogates are found by value: Java replaces all three
 * bytes of one at once.
 */
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* How many bytes of ASCII the text begins with, possibly a few less. */
static size_t ascii_prefix(const char *data, size_t bytes)
{
    size_t done = 0;
    for (; bytes - done >= 8; done += 8) {
        uint64_t word = 0;
        memcpy(&word, data + done, 8);
        if (word & 0x8080808080808080ULL) {
            break;
        }
    }
    return done;
}

bool utf8_is_ascii(struct text text)
{
    size_t done = ascii_prefix(text.data, text.bytes);
    while (done < text.bytes && (unsigned char)text.data[done] < 0x80U) {
        done++;
    }
    return done == text.bytes;
}

/* What may stand behind a lead byte. */
struct lead {
    uint32_t bits;     /* of the code point, from the lead byte */
    size_t following;  /* continuation bytes; 0 for a byte that cannot lead */
    unsigned char low; /* the range of the first of them */
    unsigned char high;
};

static struct lead classify(unsigned char c)
{
    if (c >= 0xC2U && c <= 0xDFU) {
        return (struct lead){c & 0x1FU, 1, 0x80, 0xBF};
    }
    if (c >= 0xE0U && c <= 0xEFU) {
        return (struct lead){c & 0x0FU, 2, c == 0xE0U ? 0xA0 : 0x80, 0xBF};
    }
    if (c >= 0xF0U && c <= 0xF4U) {
        return (struct lead){c & 0x07U, 3, c == 0xF0U ? 0x90 : 0x80, c == 0xF4U ? 0x8F : 0xBF};
    }
    return (struct lead){0, 0, 0, 0};
}

/* As utf8_next; false for a malformed sequence. */
static bool decode(const char **next, const char *end, uint32_t *code)
{
    const unsigned char first = (unsigned char)*(*next)++;
    if (first < 0x80U) {
        *code = first;
        return true;
    }
    struct lead lead = classify(first);
    uint32_t value = lead.bits;
    for (size_t i = 0; i < lead.following; i++) {
        if (*next == end || (unsigned char)**next < lead.low || (unsigned char)**next > lead.high) {
            return false;
        }
        value = value << 6 | ((unsigned char)*(*next)++ & 0x3FU);
        lead.low = 0x80;
        lead.high = 0xBF;
    }
    *code = value;
    return lead.following > 0 && !(value >= 0xD800U && value <= 0xDFFFU);
}

uint32_t utf8_next(const char **next, const char *end)
{
    assert(*next < end);
    uint32_t code = 0;
    return decode(next, end, &code) ? code : (uint32_t)UTF8_REPLACEMENT;
}

bool utf8_is_valid(struct text text)
{
    if (text.bytes == 0) {
        return true;
    }
    const char *next = text.data + ascii_prefix(text.data, text.bytes);
    const char *end = text.data + text.bytes;
    uint32_t code = 0;
    while (next < end) {
        if (!decode(&next, end, &code)) {
            return false;
        }
    }
    return true;
}

size_t utf8_encode(char *out, uint32_t code)
{
    assert(code <= UTF8_CODE_MAX);
    if (code < 0x80U) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800U) {
        out[0] = (char)(0xC0U | code >> 6);
        out[1] = (char)(0x80U | (code & 0x3FU));
        return 2;
    }
    if (code >= 0xD800U && code <= 0xDFFFU) {
        out[0] = '?';
        return 1;
    }
    if (code < 0x10000U) {
        out[0] = (char)(0xE0U | code >> 12);
        out[1] = (char)(0x80U | (code >> 6 & 0x3FU));
        out[2] = (char)(0x80U | (code & 0x3FU));
        return 3;
    }
    out[0] = (char)(0xF0U | code >> 18);
    out[1] = (char)(0x80U | (code >> 12 & 0x3FU));
    out[2] = (char)(0x80U | (code >> 6 & 0x3FU));
    out[3] = (char)(0x80U | (code & 0x3FU));
    return 4;
}

enum status utf8_repair(struct text text, struct arena *arena, struct text *out, struct diag *diag)
{
    if (utf8_is_valid(text)) {
        *out = text;
        return STATUS_OK;
    }
    char *copy = arena_array(arena, text.bytes, 3); /* U+FFFD is three bytes, maybe for one */
    if (!copy) {
        return diag_no_memory(diag);
    }
    size_t used = 0;
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        used += utf8_encode(copy + used, utf8_next(&next, end));
    }
    *out = (struct text){copy, used};
    return STATUS_OK;
}

/* UTF-16 units that start at this byte. */
static size_t units_at(char c)
{
    return (size_t)!is_continuation(c) + ((unsigned char)c >= 0xF0U);
}

size_t utf8_utf16_length(struct text text)
{
    const size_t ascii = ascii_prefix(text.data, text.bytes);
    size_t units = ascii;
    for (size_t i = ascii; i < text.bytes; i++) {
        units += units_at(text.data[i]);
    }
    return units;
}

/* The offset of the code point that holds the unit, and the unit that it begins with. */
static size_t find_unit(struct text text, size_t unit, size_t *begin_unit)
{
    const size_t bytes = unit < text.bytes ? unit : text.bytes;
    size_t offset = ascii_prefix(text.data, bytes);
    size_t at = offset;
    while (offset < text.bytes) {
        const size_t units = units_at(text.data[offset]);
        if (at + units > unit && units > 0) {
            break;
        }
        at += units;
        offset++;
    }
    *begin_unit = at;
    return offset;
}

size_t utf8_offset_of_unit(struct text text, size_t unit)
{
    size_t begin_unit = 0;
    return find_unit(text, unit, &begin_unit);
}

enum status utf8_slice(struct text text, size_t start, size_t end, struct arena *arena,
                       struct text *out, struct diag *diag)
{
    size_t from_unit = 0;
    size_t to_unit = 0;
    size_t from = find_unit(text, start, &from_unit);
    if (end <= start || from == text.bytes) {
        *out = (struct text){text.data, 0};
        return STATUS_OK;
    }
    const size_t to = find_unit(text, end, &to_unit);
    const bool cuts_first = from_unit < start;
    const bool cuts_last = to < text.bytes && to_unit < end && (to > from || !cuts_first);
    if (!cuts_first && !cuts_last) {
        *out = (struct text){text.data + from, to - from};
        return STATUS_OK;
    }
    from += cuts_first ? 4 : 0;
    const size_t middle = to > from ? to - from : 0;
    char *copy = arena_alloc(arena, middle + 2);
    if (!copy) {
        return diag_no_memory(diag);
    }
    copy[0] = '?';
    memcpy(copy + cuts_first, text.data + from, middle);
    copy[cuts_first + middle] = '?';
    *out = (struct text){copy, cuts_first + middle + cuts_last};
    return STATUS_OK;
}

/* Orders lead bytes as UTF-16 orders what they begin: F0 to F4 before EE and EF. */
static unsigned int utf16_rank(char c)
{
    const unsigned int byte = (unsigned char)c;
    return byte == 0xEEU || byte == 0xEFU ? byte + 0x10U : byte;
}

int utf8_compare(struct text a, struct text b)
{
    const size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    if (common == 0 || memcmp(a.data, b.data, common) == 0) {
        return (a.bytes > b.bytes) - (a.bytes < b.bytes);
    }
    size_t at = 0;
    while (a.data[at] == b.data[at]) {
        at++;
    }
    return utf16_rank(a.data[at]) < utf16_rank(b.data[at]) ? -1 : 1;
}
