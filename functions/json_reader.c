/* json_reader.c
 *
 * One pass over the bytes; the insides of strings, where most of them are, go by in words of
 * eight. Skipping is recursive, to the depth that JSON_DEPTH_MAX allows; everything else is a
 * loop. Invalid UTF-8 is the business of whoever made the text.
 */
#include "functions/json_reader.h"

#include <assert.h>
#include <ctype.h>

#include "base/utf8.h"

struct json_reader json_reader_of(struct text text)
{
    return (struct json_reader){.next = text.data, .end = text.data + text.bytes};
}

static void skip_blanks(struct json_reader *reader)
{
    while (reader->next < reader->end && (*reader->next == ' ' || *reader->next == '\n' ||
                                          *reader->next == '\t' || *reader->next == '\r')) {
        reader->next++;
    }
}

enum json_kind json_peek(struct json_reader *reader)
{
    skip_blanks(reader);
    if (reader->next == reader->end) {
        return JSON_END;
    }
    switch (*reader->next) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return *reader->next == '-' || isdigit((unsigned char)*reader->next) ? JSON_INTEGER
                                                                             : JSON_INVALID;
    }
}

bool json_take(struct json_reader *reader, char token)
{
    skip_blanks(reader);
    if (reader->next == reader->end || *reader->next != token) {
        return false;
    }
    reader->next++;
    return true;
}

static bool is_hex4(const struct json_reader *reader)
{
    if (reader->end - reader->next < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)reader->next[i])) {
            return false;
        }
    }
    return true;
}

/* Behind a backslash. */
static bool skip_escape(struct json_reader *reader)
{
    if (reader->next == reader->end) {
        return false;
    }
    const char letter = *reader->next++;
    if (letter == 'u') {
        if (!is_hex4(reader)) {
            return false;
        }
        reader->next += 4;
        return true;
    }
    return letter != '\0' && strchr("\"\\/bfnrt", letter) != NULL;
}

/* A word with 0x80 in every byte of word that is zero, and perhaps in bytes above such a one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
}

/* Eight bytes at a time while none of them is a quote, a backslash or a control character. */
static void skip_plain_words(struct json_reader *reader)
{
    while (reader->end - reader->next >= 8) {
        uint64_t word = 0;
        memcpy(&word, reader->next, sizeof(word));
        const uint64_t quotes = zero_bytes(word ^ UINT64_C(0x2222222222222222));
        const uint64_t backslashes = zero_bytes(word ^ UINT64_C(0x5C5C5C5C5C5C5C5C));
        const uint64_t controls = zero_bytes(word & UINT64_C(0xE0E0E0E0E0E0E0E0));
        if (quotes | backslashes | controls) {
            return;
        }
        reader->next += 8;
    }
}

bool json_read_string(struct json_reader *reader, struct text *raw, bool *has_escapes)
{
    if (!json_take(reader, '"')) {
        return false;
    }
    const char *start = reader->next;
    *has_escapes = false;
    skip_plain_words(reader);
    while (reader->next < reader->end) {
        const unsigned char byte = (unsigned char)*reader->next++;
        if (byte == '"') {
            *raw = (struct text){start, (size_t)(reader->next - 1 - start)};
            return true;
        }
        if (byte < ' ') {
            return false;
        }
        if (byte == '\\') {
            *has_escapes = true;
            if (!skip_escape(reader)) {
                return false;
            }
            skip_plain_words(reader);
        }
    }
    return false;
}

/* At least one digit. */
static bool skip_digits(struct json_reader *reader)
{
    const char *start = reader->next;
    while (reader->next < reader->end && isdigit((unsigned char)*reader->next)) {
        reader->next++;
    }
    return reader->next > start;
}

static bool take_one_of(struct json_reader *reader, char a, char b)
{
    if (reader->next < reader->end && (*reader->next == a || *reader->next == b)) {
        reader->next++;
        return true;
    }
    return false;
}

bool json_read_number(struct json_reader *reader, struct text *number, enum json_kind *kind)
{
    skip_blanks(reader);
    const char *start = reader->next;
    take_one_of(reader, '-', '-');
    const char *digits = reader->next;
    if (!skip_digits(reader) || (*digits == '0' && reader->next - digits > 1)) {
        return false;
    }
    *kind = JSON_INTEGER;
    if (take_one_of(reader, '.', '.')) {
        *kind = JSON_FRACTION;
        if (!skip_digits(reader)) {
            return false;
        }
    }
    if (take_one_of(reader, 'e', 'E')) {
        *kind = JSON_FRACTION;
        take_one_of(reader, '+', '-');
        if (!skip_digits(reader)) {
            return false;
        }
    }
    *number = (struct text){start, (size_t)(reader->next - start)};
    return true;
}

static bool skip_word(struct json_reader *reader, struct text word)
{
    const struct text rest = {reader->next, (size_t)(reader->end - reader->next)};
    if (!text_starts_with(rest, word)) {
        return false;
    }
    reader->next += word.bytes;
    return true;
}

bool json_enter(struct json_reader *reader)
{
    skip_blanks(reader);
    if (reader->next == reader->end || reader->depth == JSON_DEPTH_MAX) {
        return false;
    }
    assert(*reader->next == '{' || *reader->next == '[');
    reader->next++;
    reader->depth++;
    return true;
}

bool json_next(struct json_reader *reader, bool is_first, bool *has_item)
{
    skip_blanks(reader);
    if (reader->next == reader->end) {
        return false;
    }
    if (*reader->next == ']' || *reader->next == '}') {
        reader->next++;
        reader->depth--;
        *has_item = false;
        return true;
    }
    *has_item = true;
    return is_first || json_take(reader, ',');
}

bool json_read_key(struct json_reader *reader, struct text *raw, bool *has_escapes)
{
    return json_read_string(reader, raw, has_escapes) && json_take(reader, ':');
}

static bool skip_items(struct json_reader *reader, bool is_object)
{
    struct text ignored;
    bool has_item = false;
    bool has_escapes = false;
    if (!json_enter(reader)) {
        return false;
    }
    for (bool is_first = true;; is_first = false) {
        if (!json_next(reader, is_first, &has_item)) {
            return false;
        }
        if (!has_item) {
            return reader->next[-1] == (is_object ? '}' : ']');
        }
        if (is_object && !json_read_key(reader, &ignored, &has_escapes)) {
            return false;
        }
        if (!json_skip(reader, &ignored)) {
            return false;
        }
    }
}

static bool skip_value(struct json_reader *reader)
{
    struct text ignored;
    bool has_escapes = false;
    enum json_kind kind = json_peek(reader);
    switch (kind) {
    case JSON_OBJECT:
        return skip_items(reader, true);
    case JSON_ARRAY:
        return skip_items(reader, false);
    case JSON_STRING:
        return json_read_string(reader, &ignored, &has_escapes);
    case JSON_INTEGER:
    case JSON_FRACTION:
        return json_read_number(reader, &ignored, &kind);
    case JSON_TRUE:
        return skip_word(reader, TEXT("true"));
    case JSON_FALSE:
        return skip_word(reader, TEXT("false"));
    case JSON_NULL:
        return skip_word(reader, TEXT("null"));
    case JSON_END:
    case JSON_INVALID:
        break;
    }
    return false;
}

bool json_skip(struct json_reader *reader, struct text *slice)
{
    skip_blanks(reader);
    const char *start = reader->next;
    if (!skip_value(reader)) {
        return false;
    }
    *slice = (struct text){start, (size_t)(reader->next - start)};
    return true;
}

bool json_skip_root(struct text text, struct text *slice)
{
    struct json_reader reader = json_reader_of(text);
    *slice = (struct text){"", 0};
    const enum json_kind kind = json_peek(&reader);
    if (kind == JSON_END) {
        return true;
    }
    if (!json_skip(&reader, slice)) {
        return false;
    }
    if (kind == JSON_OBJECT || kind == JSON_ARRAY || kind == JSON_STRING ||
        reader.next == reader.end) {
        return true;
    }
    const unsigned char byte = (unsigned char)*reader.next;
    if (kind == JSON_INTEGER) {
        return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
    }
    return !isalnum(byte) && byte != '_' && byte != '$' && byte < 0x80U;
}

static uint32_t hex4(const char *digits)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        const unsigned char digit = (unsigned char)digits[i];
        const uint32_t value =
            isdigit(digit) ? digit - (uint32_t)'0' : (uint32_t)tolower(digit) - (uint32_t)'a' + 10U;
        code = code * 16U + value;
    }
    return code;
}

/* A code point from \uXXXX at *next (behind the u), and a second \uXXXX where it is the other
 * half of a pair. */
static uint32_t unescape_code(const char **next, const char *end)
{
    const uint32_t high = hex4(*next);
    *next += 4;
    if (high < 0xD800U || high > 0xDBFFU || end - *next < 6 || (*next)[0] != '\\' ||
        (*next)[1] != 'u') {
        return high;
    }
    const uint32_t low = hex4(*next + 2);
    if (low < 0xDC00U || low > 0xDFFFU) {
        return high;
    }
    *next += 6;
    return 0x10000U + ((high - 0xD800U) << 10) + (low - 0xDC00U);
}

enum status json_unescape(struct arena *arena, struct text raw, struct text *out, struct diag *diag)
{
    static const char letters[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    if (raw.bytes == 0 || !memchr(raw.data, '\\', raw.bytes)) {
        *out = raw;
        return STATUS_OK;
    }
    char *text = arena_alloc(arena, raw.bytes); /* an escape is longer than what it means */
    if (!text) {
        return diag_no_memory(diag);
    }
    size_t bytes = 0;
    const char *next = raw.data;
    const char *end = raw.data + raw.bytes;
    while (next < end) {
        if (*next != '\\') {
            text[bytes++] = *next++;
            continue;
        }
        const char letter = next[1];
        next += 2;
        if (letter == 'u') {
            bytes += utf8_encode(text + bytes, unescape_code(&next, end));
            continue;
        }
        const char *at = strchr(letters, letter);
        text[bytes++] = at ? meanings[at - letters] : letter;
    }
    *out = (struct text){text, bytes};
    return STATUS_OK;
}
