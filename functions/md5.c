/* md5.c
 *
 * The algorithm as RFC 1321 describes it: four rounds of sixteen steps over each 64-byte block,
 * with the constants floor(2^32 * |sin(i)|). Small and plain; a record's worth of text costs
 * about a microsecond.
 */
#include "functions/md5.h"

#include <stdint.h>

static const uint32_t constants[64] = {
    0xD76AA478U, 0xE8C7B756U, 0x242070DBU, 0xC1BDCEEEU, 0xF57C0FAFU, 0x4787C62AU, 0xA8304613U,
    0xFD469501U, 0x698098D8U, 0x8B44F7AFU, 0xFFFF5BB1U, 0x895CD7BEU, 0x6B901122U, 0xFD987193U,
    0xA679438EU, 0x49B40821U, 0xF61E2562U, 0xC040B340U, 0x265E5A51U, 0xE9B6C7AAU, 0xD62F105DU,
    0x02441453U, 0xD8A1E681U, 0xE7D3FBC8U, 0x21E1CDE6U, 0xC33707D6U, 0xF4D50D87U, 0x455A14EDU,
    0xA9E3E905U, 0xFCEFA3F8U, 0x676F02D9U, 0x8D2A4C8AU, 0xFFFA3942U, 0x8771F681U, 0x6D9D6122U,
    0xFDE5380CU, 0xA4BEEA44U, 0x4BDECFA9U, 0xF6BB4B60U, 0xBEBFBC70U, 0x289B7EC6U, 0xEAA127FAU,
    0xD4EF3085U, 0x04881D05U, 0xD9D4D039U, 0xE6DB99E5U, 0x1FA27CF8U, 0xC4AC5665U, 0xF4292244U,
    0x432AFF97U, 0xAB9423A7U, 0xFC93A039U, 0x655B59C3U, 0x8F0CCC92U, 0xFFEFF47DU, 0x85845DD1U,
    0x6FA87E4FU, 0xFE2CE6E0U, 0xA3014314U, 0x4E0811A1U, 0xF7537E82U, 0xBD3AF235U, 0x2AD7D2BBU,
    0xEB86D391U};

static const uint32_t shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotate(uint32_t value, uint32_t by)
{
    return value << by | value >> (32U - by);
}

static uint32_t little_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* The function of round and the word of the block that step i uses. */
static uint32_t mix(uint32_t i, const uint32_t state[4], uint32_t *word)
{
    const uint32_t b = state[1];
    const uint32_t c = state[2];
    const uint32_t d = state[3];
    switch (i / 16U) {
    case 0:
        *word = i;
        return (b & c) | (~b & d);
    case 1:
        *word = (5U * i + 1U) % 16U;
        return (d & b) | (~d & c);
    case 2:
        *word = (3U * i + 5U) % 16U;
        return b ^ c ^ d;
    default:
        *word = 7U * i % 16U;
        return c ^ (b | ~d);
    }
}

static void digest_block(uint32_t digest[4], const unsigned char *block)
{
    uint32_t state[4] = {digest[0], digest[1], digest[2], digest[3]};
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t word = 0;
        const uint32_t mixed = mix(i, state, &word);
        const uint32_t sum = state[0] + mixed + constants[i] + little_endian(block + 4U * word);
        state[0] = state[3];
        state[3] = state[2];
        state[2] = state[1];
        state[1] += rotate(sum, shifts[i / 16U][i % 4U]);
    }
    for (int i = 0; i < 4; i++) {
        digest[i] += state[i];
    }
}

void md5_digest(struct text data, unsigned char out[MD5_BYTES])
{
    uint32_t digest[4] = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U};
    const unsigned char *next = (const unsigned char *)data.data;
    size_t left = data.bytes;
    for (; left >= 64; left -= 64, next += 64) {
        digest_block(digest, next);
    }
    /* The rest, a bit 1, zeros, and the length in bits: one block or two. */
    unsigned char tail[128] = {0};
    if (left) {
        memcpy(tail, next, left);
    }
    tail[left] = 0x80U;
    const size_t tail_bytes = left < 56 ? 64 : 128;
    const uint64_t bits = (uint64_t)data.bytes * 8U;
    for (size_t i = 0; i < 8; i++) {
        tail[tail_bytes - 8 + i] = (unsigned char)(bits >> (8 * i));
    }
    for (size_t at = 0; at < tail_bytes; at += 64) {
        digest_block(digest, tail + at);
    }
    for (size_t i = 0; i < MD5_BYTES; i++) {
        out[i] = (unsigned char)(digest[i / 4] >> (8 * (i % 4)));
    }
}
