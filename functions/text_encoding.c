/* text_encoding.c
 *
 * One function per encoding and direction, behind one switch each way. Every result is at most
 * three times its input (a byte that is not ASCII becomes U+FFFD), so buffers are sized ahead.
 *
 * Source: ksqlDB's BytesUtils; Commons Codec's Hex and Base64 for ENCODE.
 */
#include "functions/text_encoding.h"

#include <assert.h>
#include <ctype.h>

#include "base/base64.h"
#include "base/utf8.h"

enum text_encoding text_encoding_of(struct text name)
{
    static const char *const names[] = {[ENCODING_HEX] = "hex",
                                        [ENCODING_UTF8] = "utf8",
                                        [ENCODING_ASCII] = "ascii",
                                        [ENCODING_BASE64] = "base64"};
    for (int i = 0; i < ENCODING_NONE; i++) {
        if (text_equal_nocase(name, text_of(names[i]))) {
            return (enum text_encoding)i;
        }
    }
    return ENCODING_NONE;
}

static enum status make_room(struct function_call *call, size_t bytes, char **out)
{
    *out = arena_alloc(call->arena, bytes + 1);
    return *out ? STATUS_OK : diag_no_memory(call->diag);
}

static enum status encode_hex(struct function_call *call, bool is_upper, struct text bytes,
                              struct text *out)
{
    const char *digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char *hex = NULL;
    TRY(make_room(call, bytes.bytes * 2, &hex));
    for (size_t i = 0; i < bytes.bytes; i++) {
        const unsigned char byte = (unsigned char)bytes.data[i];
        hex[2 * i] = digits[byte >> 4];
        hex[2 * i + 1] = digits[byte & 0xFU];
    }
    *out = (struct text){hex, bytes.bytes * 2};
    return STATUS_OK;
}

static enum status encode_ascii(struct function_call *call, struct text bytes, struct text *out)
{
    char *text = NULL;
    size_t length = 0;
    if (utf8_is_ascii(bytes)) {
        *out = bytes;
        return STATUS_OK;
    }
    TRY(make_room(call, bytes.bytes * 3, &text));
    for (size_t i = 0; i < bytes.bytes; i++) {
        const unsigned char byte = (unsigned char)bytes.data[i];
        length += utf8_encode(text + length, byte < 0x80U ? byte : UTF8_REPLACEMENT);
    }
    *out = (struct text){text, length};
    return STATUS_OK;
}

static enum status encode_base64(struct function_call *call, struct text bytes, struct text *out)
{
    char *text = NULL;
    TRY(make_room(call, base64_encoded_bytes(bytes.bytes), &text));
    *out = (struct text){text, base64_encode(text, bytes)};
    return STATUS_OK;
}

enum status text_encode(struct function_call *call, enum text_encoding encoding, bool is_upper,
                        struct text bytes, struct text *out)
{
    switch (encoding) {
    case ENCODING_HEX:
        return encode_hex(call, is_upper, bytes, out);
    case ENCODING_UTF8:
        return utf8_repair(bytes, call->arena, out, call->diag);
    case ENCODING_ASCII:
        return encode_ascii(call, bytes, out);
    case ENCODING_BASE64:
        return encode_base64(call, bytes, out);
    case ENCODING_NONE:
        break;
    }
    assert(false);
    return STATUS_OK;
}

static int digit_value(char digit)
{
    if (!isxdigit((unsigned char)digit)) {
        return -1;
    }
    return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

static enum status decode_hex(struct function_call *call, struct text hex, struct text *out)
{
    char *bytes = NULL;
    if (hex.bytes % 2 != 0) {
        return function_fail(call, "Odd number of characters.");
    }
    TRY(make_room(call, hex.bytes / 2, &bytes));
    for (size_t i = 0; i < hex.bytes; i++) {
        const int digit = digit_value(hex.data[i]);
        if (digit < 0) {
            return function_fail(call, "Illegal hexadecimal character %c at index %zu", hex.data[i],
                                 i);
        }
        const int high = i % 2 == 0 ? 0 : (unsigned char)bytes[i / 2] << 4;
        bytes[i / 2] = (char)(high | digit);
    }
    *out = (struct text){bytes, hex.bytes / 2};
    return STATUS_OK;
}

static enum status decode_ascii(struct function_call *call, struct text text, struct text *out)
{
    char *bytes = NULL;
    size_t length = 0;
    if (utf8_is_ascii(text)) {
        *out = text;
        return STATUS_OK;
    }
    TRY(make_room(call, text.bytes, &bytes));
    const char *next = text.data;
    while (next < text.data + text.bytes) {
        const uint32_t code = utf8_next(&next, text.data + text.bytes);
        bytes[length++] = code < 0x80U ? (char)code : '?';
    }
    *out = (struct text){bytes, length};
    return STATUS_OK;
}

static enum status decode_base64(struct function_call *call, struct text text, struct text *out)
{
    char *bytes = NULL;
    size_t length = 0;
    TRY(make_room(call, base64_decoded_bytes_max(text.bytes), &bytes));
    TRY(base64_decode(text, bytes, &length, call->diag));
    *out = (struct text){bytes, length};
    return STATUS_OK;
}

enum status text_decode(struct function_call *call, enum text_encoding encoding, struct text text,
                        struct text *out)
{
    switch (encoding) {
    case ENCODING_HEX:
        return decode_hex(call, text, out);
    case ENCODING_UTF8:
        *out = text;
        return STATUS_OK;
    case ENCODING_ASCII:
        return decode_ascii(call, text, out);
    case ENCODING_BASE64:
        return decode_base64(call, text, out);
    case ENCODING_NONE:
        break;
    }
    assert(false);
    return STATUS_OK;
}

enum status text_decode_base64_leniently(struct function_call *call, struct text text,
                                         struct text *out)
{
    char *kept = NULL;
    size_t count = 0;
    TRY(make_room(call, text.bytes, &kept));
    for (size_t i = 0; i < text.bytes && text.data[i] != '='; i++) {
        const char byte = text.data[i];
        if (isalnum((unsigned char)byte) || byte == '+' || byte == '/') {
            kept[count++] = byte;
        } else if (byte == '-' || byte == '_') {
            kept[count++] = byte == '-' ? '+' : '/';
        }
    }
    if (count % 4 == 1) { /* six bits are no byte */
        count--;
    }
    return decode_base64(call, (struct text){kept, count}, out);
}
