/* string_basic.c
 *
 * Functions of one text: its case, its length, its parts, single characters. Most are a thin
 * cover over base/utf8.h, which knows UTF-16 counting and has fast paths for ASCII.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "functions/expr.h"
#include "functions/string_functions.h"

enum { UUID_BYTES = 16, UUID_TEXT_BYTES = 36, UNICODE_ESCAPE_BYTES = 6 };

enum status string_lcase(struct function_call *call, const struct value *args, struct value *out)
{
    struct text text = {NULL, 0};
    TRY(utf8_lower(args[0].text, call->arena, &text, call->diag));
    *out = value_text(text);
    return STATUS_OK;
}

enum status string_ucase(struct function_call *call, const struct value *args, struct value *out)
{
    struct text text = {NULL, 0};
    TRY(utf8_upper(args[0].text, call->arena, &text, call->diag));
    *out = value_text(text);
    return STATUS_OK;
}

/* What \s matches in a Java regex. */
static bool is_blank(unsigned char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Leading blanks are lost, as in ksqlDB. */
enum status string_initcap(struct function_call *call, const struct value *args, struct value *out)
{
    struct text lower = {NULL, 0};
    TRY(utf8_lower(args[0].text, call->arena, &lower, call->diag));
    while (lower.bytes > 0 && is_blank((unsigned char)lower.data[0])) {
        lower.data++;
        lower.bytes--;
    }
    /* A capital letter may need more bytes than the small one, at most 4. */
    char *text = arena_array(call->arena, lower.bytes + 1, UTF8_BYTES_MAX);
    if (!text) {
        return diag_no_memory(call->diag);
    }
    size_t bytes = 0;
    bool starts_word = true;
    const char *next = lower.data;
    const char *end = lower.data + lower.bytes;
    while (next < end) {
        const uint32_t code = utf8_next(&next, end);
        bytes += utf8_encode(text + bytes, starts_word ? utf8_upper_code(code) : code);
        starts_word = code < 0x80U && is_blank((unsigned char)code);
    }
    *out = value_text((struct text){text, bytes});
    return STATUS_OK;
}

enum status string_trim(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    struct text text = args[0].text;
    while (text.bytes > 0 && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.bytes--;
    }
    while (text.bytes > 0 && (unsigned char)text.data[text.bytes - 1] <= ' ') {
        text.bytes--;
    }
    *out = value_text(text);
    return STATUS_OK;
}

enum status string_len(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = value_int32((int32_t)utf8_utf16_length(args[0].text));
    return STATUS_OK;
}

enum status string_len_bytes(struct function_call *call, const struct value *args,
                             struct value *out)
{
    (void)call;
    *out = value_int32((int32_t)args[0].text.bytes);
    return STATUS_OK;
}

struct range {
    size_t start;
    size_t end;
};

/* Where SUBSTRING(pos, length) lies in a text of so many units: position 1 is the first, 0 is
 * taken as 1, -1 is the last; all is cut to the text. */
static struct range substring_range(const struct function_call *call, const struct value *args,
                                    size_t size)
{
    const int64_t length = (int64_t)size;
    const int64_t position = args[1].int32;
    int64_t start = position < 0 ? length + position : position - 1;
    start = start < 0 ? 0 : start;
    start = start > length ? length : start;
    int64_t end = call->argument_count > 2 ? start + args[2].int32 : length;
    end = end > length ? length : end;
    end = end < start ? start : end;
    return (struct range){(size_t)start, (size_t)end};
}

enum status string_substring(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const struct text text = args[0].text;
    struct text part = {NULL, 0};
    const struct range range = substring_range(call, args, utf8_utf16_length(text));
    TRY(utf8_slice(text, range.start, range.end, call->arena, &part, call->diag));
    *out = value_text(part);
    return STATUS_OK;
}

enum status string_substring_bytes(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    const struct text text = args[0].text;
    const struct range range = substring_range(call, args, text.bytes);
    *out = value_text((struct text){text.data + range.start, range.end - range.start});
    return STATUS_OK;
}

/* Whether needle stands at byte offset at. */
static bool stands_at(struct text text, struct text needle, size_t at)
{
    return needle.bytes <= text.bytes - at &&
           (needle.bytes == 0 || memcmp(text.data + at, needle.data, needle.bytes) == 0);
}

static bool is_character_start(struct text text, size_t at)
{
    return at == text.bytes || ((unsigned char)text.data[at] & 0xC0U) != 0x80U;
}

/* Byte offset of the occurrence-th needle at or behind start, text.bytes + 1 if there is none. */
static size_t find_forward(struct text text, struct text needle, size_t start, int32_t occurrence)
{
    for (size_t at = start; at <= text.bytes; at++) {
        if (is_character_start(text, at) && stands_at(text, needle, at) && --occurrence == 0) {
            return at;
        }
    }
    return text.bytes + 1;
}

/* The same going back from start. */
static size_t find_backward(struct text text, struct text needle, size_t start, int32_t occurrence)
{
    for (size_t at = start + 1; at > 0; at--) {
        if (is_character_start(text, at - 1) && stands_at(text, needle, at - 1) &&
            --occurrence == 0) {
            return at - 1;
        }
    }
    return text.bytes + 1;
}

enum status string_instr(struct function_call *call, const struct value *args, struct value *out)
{
    *out = value_int32(0);
    if (args[0].is_null || args[1].is_null) {
        return STATUS_OK;
    }
    const struct text text = args[0].text;
    const int64_t position = call->argument_count > 2 ? args[2].int32 : 1;
    const int32_t occurrence = call->argument_count > 3 ? args[3].int32 : 1;
    const int64_t length = (int64_t)utf8_utf16_length(text);
    if (llabs(position) > length || occurrence <= 0) {
        return STATUS_OK;
    }
    int64_t unit = position < 0 ? length + position : position - 1;
    unit = unit < 0 ? 0 : unit;
    const size_t start = utf8_offset_of_unit(text, (size_t)unit);
    const size_t at = position < 0 ? find_backward(text, args[1].text, start, occurrence)
                                   : find_forward(text, args[1].text, start, occurrence);
    if (at <= text.bytes) {
        const struct text before = {text.data, at};
        *out = value_int32((int32_t)utf8_utf16_length(before) + 1);
    }
    return STATUS_OK;
}

static enum status return_code(struct function_call *call, uint32_t code, struct value *out)
{
    char bytes[UTF8_BYTES_MAX];
    return function_return_text(call, (struct text){bytes, utf8_encode(bytes, code)}, out);
}

enum status string_chr(struct function_call *call, const struct value *args, struct value *out)
{
    if (args[0].is_null || args[0].int32 < 0 || args[0].int32 > UTF8_CODE_MAX) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    return return_code(call, (uint32_t)args[0].int32, out);
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    const char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Reads \uXXXX at offset at; -1 when something else stands there. */
static int32_t read_escape(struct text text, size_t at)
{
    if (text.bytes - at < UNICODE_ESCAPE_BYTES || text.data[at] != '\\' ||
        text.data[at + 1] != 'u') {
        return -1;
    }
    int32_t code = 0;
    for (size_t i = 2; i < UNICODE_ESCAPE_BYTES; i++) {
        const int digit = hex_digit(text.data[at + i]);
        if (digit < 0) {
            return -1;
        }
        code = code * 16 + digit;
    }
    return code;
}

static uint32_t join_surrogates(int32_t high, int32_t low)
{
    return 0x10000U + (((uint32_t)high - 0xD800U) << 10) + ((uint32_t)low - 0xDC00U);
}

/* Unescapes \uXXXX; other bytes stay. */
static enum status unescape(struct function_call *call, struct text text, struct value *out)
{
    char *result = arena_alloc(call->arena, text.bytes + 1);
    if (!result) {
        return diag_no_memory(call->diag);
    }
    size_t bytes = 0;
    size_t at = 0;
    while (at < text.bytes) {
        const int32_t code = read_escape(text, at);
        if (code < 0) {
            if (text.data[at] == '\\') {
                return function_fail(call, "Unable to parse unicode value: %.*s", TEXT_ARGS(text));
            }
            result[bytes++] = text.data[at++];
            continue;
        }
        at += UNICODE_ESCAPE_BYTES;
        const bool is_high = code >= 0xD800 && code < 0xDC00;
        const int32_t low = is_high ? read_escape(text, at) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            at += UNICODE_ESCAPE_BYTES;
            bytes += utf8_encode(result + bytes, join_surrogates(code, low));
        } else {
            bytes += utf8_encode(result + bytes, (uint32_t)code);
        }
    }
    *out = value_text((struct text){result, bytes});
    return STATUS_OK;
}

enum status string_chr_text(struct function_call *call, const struct value *args, struct value *out)
{
    if (args[0].is_null || args[0].text.bytes < UNICODE_ESCAPE_BYTES ||
        !text_starts_with(args[0].text, TEXT("\\u"))) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    return unescape(call, args[0].text, out);
}

static enum status return_uuid(struct function_call *call, const unsigned char *bytes,
                               struct value *out)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(call->arena, UUID_TEXT_BYTES);
    if (!text) {
        return diag_no_memory(call->diag);
    }
    size_t at = 0;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text[at++] = '-';
        }
        text[at++] = digits[bytes[i] >> 4];
        text[at++] = digits[bytes[i] & 0xFU];
    }
    assert(at == UUID_TEXT_BYTES);
    *out = value_text((struct text){text, UUID_TEXT_BYTES});
    return STATUS_OK;
}

/* Version 4: random but for the six bits that say so. */
enum status string_uuid(struct function_call *call, const struct value *args, struct value *out)
{
    (void)args;
    unsigned char bytes[UUID_BYTES];
    const uint64_t words[2] = {call->context->random(call->context->clock),
                               call->context->random(call->context->clock)};
    memcpy(bytes, words, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = (unsigned char)((bytes[8] & 0x3FU) | 0x80U);
    return return_uuid(call, bytes, out);
}

enum status string_uuid_bytes(struct function_call *call, const struct value *args,
                              struct value *out)
{
    if (args[0].text.bytes != UUID_BYTES) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    return return_uuid(call, (const unsigned char *)args[0].text.data, out);
}
