/* base64.c
 *
 * Three bytes are four characters of six bits. The decoder follows java.util.Base64's decoder
 * case by case, because ksqlDB shows its messages: missing padding is allowed, padding that is
 * there must be complete and last, and bits that the padding makes superfluous are ignored.
 */
#include "base/base64.h"

#include <stdint.h>

#include "base/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(char *out, struct text data)
{
    const unsigned char *next = (const unsigned char *)data.data;
    char *put = out;
    size_t left = data.bytes;
    for (; left >= 3; left -= 3, next += 3) {
        const uint32_t bits = (uint32_t)next[0] << 16 | (uint32_t)next[1] << 8 | next[2];
        *put++ = digits[bits >> 18];
        *put++ = digits[bits >> 12 & 63U];
        *put++ = digits[bits >> 6 & 63U];
        *put++ = digits[bits & 63U];
    }
    if (left > 0) {
        const uint32_t bits = (uint32_t)next[0] << 16 | (left > 1 ? (uint32_t)next[1] << 8 : 0);
        *put++ = digits[bits >> 18];
        *put++ = digits[bits >> 12 & 63U];
        *put++ = left > 1 ? digits[bits >> 6 & 63U] : '=';
        *put++ = '=';
    }
    return (size_t)(put - out);
}

/* The six bits of a character, or -1. */
static int32_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '+') {
        return 62;
    }
    return c == '/' ? 63 : -1;
}

static enum status fail(struct diag *diag, const char *message)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", message);
}

/* A group of four characters that is being filled. */
struct group {
    uint32_t bits;
    size_t count; /* characters in it */
};

/* Writes the bytes of a last group that has fewer than four characters. */
static enum status flush(struct group group, char **put, struct diag *diag)
{
    if (group.count == 1) {
        return fail(diag, "Last unit does not have enough valid bits");
    }
    const uint32_t bits = group.bits << (6U * (4U - (uint32_t)group.count));
    if (group.count > 1) {
        *(*put)++ = (char)(bits >> 16);
    }
    if (group.count > 2) {
        *(*put)++ = (char)(bits >> 8 & 0xFFU);
    }
    return STATUS_OK;
}

/* Padding is "==" behind two characters of a group, "=" behind three; *next is at the first. */
static enum status skip_padding(const char **next, const char *end, struct group group,
                                struct diag *diag)
{
    const size_t need = group.count == 2 ? 2 : 1;
    const bool complete = need == 1 || (end - *next >= 2 && (*next)[1] == '=');
    if (group.count == 0 || !complete) {
        return fail(diag, "Input byte array has wrong 4-byte ending unit");
    }
    *next += need;
    return STATUS_OK;
}

/* Java sees the text as Latin-1, other characters as '?', and prints its bytes with a sign. */
static enum status illegal_character(const char *next, const char *end, struct diag *diag)
{
    const uint32_t code = utf8_next(&next, end);
    const uint32_t byte = code <= 0xFFU ? code : '?';
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Illegal base64 character %s%x",
                     byte >= 0x80U ? "-" : "", byte >= 0x80U ? 0x100U - byte : byte);
}

enum status base64_decode(struct text text, char *out, size_t *out_bytes, struct diag *diag)
{
    const char *next = text.data;
    const char *end = text.bytes ? next + text.bytes : next;
    char *put = out;
    struct group group = {0, 0};
    if (text.bytes == 1) {
        return fail(diag, "Input byte[] should at least have 2 bytes for base64 bytes");
    }
    for (; next != end && *next != '='; next++) {
        const int32_t value = value_of(*next);
        if (value < 0) {
            return illegal_character(next, end, diag);
        }
        group.bits = group.bits << 6 | (uint32_t)value;
        if (++group.count == 4) {
            *put++ = (char)(group.bits >> 16);
            *put++ = (char)(group.bits >> 8 & 0xFFU);
            *put++ = (char)(group.bits & 0xFFU);
            group = (struct group){0, 0};
        }
    }
    if (next != end) {
        TRY(skip_padding(&next, end, group, diag));
    }
    TRY(flush(group, &put, diag));
    if (next != end) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Input byte array has incorrect ending byte at %zu",
                         (size_t)(next - text.data));
    }
    *out_bytes = (size_t)(put - out);
    return STATUS_OK;
}
