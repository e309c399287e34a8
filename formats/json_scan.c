/* json_scan.c
 *
 * The checking walk over JSON. Values are skipped by a loop, not by recursion: a record from
 * outside may nest as deep as it likes and costs one bit per level, up to the depth that Jackson
 * allows. Each turn of the loop opens containers until one scalar or empty container has been
 * read, then closes containers until a comma asks for the next value.
 *
 * A fault is a number and a place; the sentence is only made when somebody wants to read it, so
 * that the hot path pays nothing for good messages. */
#include "formats/json_scan.h"

#include <assert.h>

#include "base/utf8.h"
#include "formats/json_integer.h"
#include "formats/json_number.h"

enum { WORD_BITS = 64 };

/* The containers around the current position; bit set: an object, clear: an array. */
struct nesting {
    uint32_t depth;
    uint64_t objects[JSON_DEPTH_MAX / WORD_BITS + 1];
};

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* at stands on the backslash; the result behind the whole escape. */
static const char *scan_escape(struct json_scan *scan, const char *at)
{
    at++;
    if (at == scan->end) {
        return json_fail(scan, JSON_FAULT_END_IN_STRING, at);
    }
    if (*at != 'u') {
        const bool is_known = memchr("\"\\/bfnrt", *at, 8) != NULL;
        return is_known ? at + 1 : json_fail(scan, JSON_FAULT_ESCAPE, at);
    }
    at++;
    for (int i = 0; i < 4; i++, at++) {
        if (at == scan->end) {
            return json_fail(scan, JSON_FAULT_END_IN_STRING, at);
        }
        if (!is_hex(*at)) {
            return json_fail(scan, JSON_FAULT_HEX, at);
        }
    }
    return at;
}

const char *json_scan_string_slow(struct json_scan *scan, const char *at, const char *stop,
                                  bool has_high, struct json_string *out)
{
    *out = (struct json_string){.raw = {at, 0}};
    while (stop < scan->end && *stop != '"') {
        if (*stop != '\\') {
            return json_fail(scan, JSON_FAULT_CONTROL, stop);
        }
        out->has_escapes = true;
        const char *next = scan_escape(scan, stop);
        if (!next) {
            return NULL;
        }
        stop = json_string_stop(scan->begin, next, scan->end, &has_high);
    }
    if (stop == scan->end) {
        return json_fail(scan, JSON_FAULT_END_IN_STRING, stop);
    }
    out->raw.bytes = (size_t)(stop - at);
    if (has_high && !utf8_is_valid(out->raw)) {
        return json_fail(scan, JSON_FAULT_UTF8, at);
    }
    return stop + 1;
}

static uint32_t hex_value(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const char c = at[i];
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value << 4 | (uint32_t)digit;
    }
    return value;
}

/* The code point of \uXXXX, or of a pair of them; *at stands behind the 'u' and moves on. */
static uint32_t unescape_code(const char **at, const char *end)
{
    const uint32_t first = hex_value(*at);
    *at += 4;
    const bool is_high = first >= 0xD800 && first < 0xDC00;
    if (!is_high || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') {
        return first;
    }
    const uint32_t second = hex_value(*at + 2);
    if (second < 0xDC00 || second > 0xDFFF) {
        return first;
    }
    *at += 6;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

static char unescape_letter(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c; /* the quote, the backslash and the slash stand for themselves */
    }
}

struct text json_string_text(struct arena *arena, struct json_string string)
{
    if (!string.has_escapes) {
        return string.raw;
    }
    char *text = arena_alloc(arena, string.raw.bytes); /* an escape is longer than what it means */
    if (!text) {
        return (struct text){NULL, 0};
    }
    const char *at = string.raw.data;
    const char *const end = at + string.raw.bytes;
    char *to = text;
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        const size_t plain = (size_t)((slash ? slash : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (!slash) {
            break;
        }
        at += 2;
        if (at[-1] == 'u') {
            to += utf8_encode(to, unescape_code(&at, end));
        } else {
            *to++ = unescape_letter(at[-1]);
        }
    }
    return (struct text){text, (size_t)(to - text)};
}

const char *json_scan_key(struct json_scan *scan, const char *at, struct json_string *out)
{
    if (at == scan->end) {
        return json_fail(scan, JSON_FAULT_END, at);
    }
    if (*at != '"') {
        return json_fail(scan, JSON_FAULT_KEY, at);
    }
    at = json_scan_string(scan, at + 1, out);
    if (!at) {
        return NULL;
    }
    at = json_skip_space(scan, at);
    if (at == scan->end) {
        return json_fail(scan, JSON_FAULT_END, at);
    }
    if (*at != ':') {
        return json_fail(scan, JSON_FAULT_COLON, at);
    }
    return json_skip_space(scan, at + 1);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

const char *json_scan_literal(struct json_scan *scan, const char *at)
{
    static const struct text words[] = {{"null", 4}, {"true", 4}, {"false", 5}};
    const struct text rest = {at, (size_t)(scan->end - at)};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!text_starts_with(rest, words[i])) {
            continue;
        }
        const char *next = at + words[i].bytes;
        if (next == scan->end || !is_word(*next)) {
            return next;
        }
    }
    return json_fail(scan, is_word(*at) ? JSON_FAULT_TOKEN : JSON_FAULT_VALUE, at);
}

static const char *skip_scalar(struct json_scan *scan, const char *at)
{
    if (*at == '"') {
        struct json_string string;
        return json_scan_string(scan, at + 1, &string);
    }
    if (*at == '-' || (*at >= '0' && *at <= '9')) {
        struct json_number number;
        int64_t integer = 0;
        const char *next = json_read_integer(at, scan->end, &integer);
        return next ? next : json_number_scan(scan, at, &number);
    }
    return json_scan_literal(scan, at);
}

static bool nesting_push(struct nesting *nesting, uint32_t outer_depth, bool is_object)
{
    if (nesting->depth + outer_depth >= JSON_DEPTH_MAX) {
        return false;
    }
    const uint64_t bit = (uint64_t)1 << (nesting->depth % WORD_BITS);
    uint64_t *word = &nesting->objects[nesting->depth / WORD_BITS];
    *word = is_object ? *word | bit : *word & ~bit;
    nesting->depth++;
    return true;
}

static bool nesting_is_object(const struct nesting *nesting)
{
    const uint32_t level = nesting->depth - 1;
    return nesting->objects[level / WORD_BITS] >> (level % WORD_BITS) & 1;
}

/* Reads containers' openings down to the first scalar or empty container, and that. */
static const char *skip_opening(struct json_scan *scan, struct nesting *nesting, const char *at)
{
    for (;;) {
        if (at == scan->end) {
            return json_fail(scan, JSON_FAULT_END, at);
        }
        const bool is_object = *at == '{';
        if (!is_object && *at != '[') {
            return skip_scalar(scan, at);
        }
        if (!nesting_push(nesting, scan->depth, is_object)) {
            return json_fail(scan, JSON_FAULT_DEPTH, at);
        }
        at = json_skip_space(scan, at + 1);
        if (at < scan->end && *at == (is_object ? '}' : ']')) {
            nesting->depth--;
            return at + 1;
        }
        if (is_object) {
            struct json_string key;
            at = json_scan_key(scan, at, &key);
            if (!at) {
                return NULL;
            }
        }
    }
}

/* Behind a value: closes containers up to the comma that asks for another one, or all. */
static const char *skip_closing(struct json_scan *scan, struct nesting *nesting, const char *at)
{
    while (nesting->depth > 0) {
        const bool is_object = nesting_is_object(nesting);
        at = json_skip_space(scan, at);
        if (at == scan->end) {
            return json_fail(scan, JSON_FAULT_END, at);
        }
        if (*at == ',') {
            struct json_string key;
            at = json_skip_space(scan, at + 1);
            return is_object ? json_scan_key(scan, at, &key) : at;
        }
        if (*at != (is_object ? '}' : ']')) {
            return json_fail(scan, is_object ? JSON_FAULT_OBJECT_COMMA : JSON_FAULT_ARRAY_COMMA,
                             at);
        }
        nesting->depth--;
        at++;
    }
    return at;
}

const char *json_skip_value(struct json_scan *scan, const char *at)
{
    struct nesting nesting;
    nesting.depth = 0;
    do {
        at = skip_opening(scan, &nesting, at);
        at = at ? skip_closing(scan, &nesting, at) : NULL;
    } while (at && nesting.depth > 0);
    return at;
}
