/* json_integer.h: short whole numbers, read eight digits at a time.
 *
 * The hot path of the decoder: a sign and at most 18 digits, followed by what may follow a
 * member. Everything else (points, exponents, more digits, the last bytes of a record) is left to
 * json_number.h. Thread: any. */
#ifndef FORMATS_JSON_INTEGER_H
#define FORMATS_JSON_INTEGER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { JSON_INTEGER_DIGITS_MAX = 18 };

/* Reads the digits among the 8 bytes at at, which must all be readable: their number, and their
 * value in *out. */
static inline unsigned json_eight_digits(const char *at, uint64_t *out)
{
    uint64_t word = 0;
    memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    /* Digits become 0 to 9; every other byte gets its top bit set by one of the two terms. A
     * carry out of such a byte only reaches bytes behind it, which do not matter. */
    word ^= 0x3030303030303030U;
    const uint64_t others = ((word + 0x7676767676767676U) | word) & 0x8080808080808080U;
    if (others & 0x80U) {
        *out = 0;
        return 0;
    }
    const unsigned count = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
    word <<= 64 - 8 * count; /* leading zeros for the digits that are missing */
    word = word * 10 + (word >> 8);
    *out = ((word & 0x000000FF000000FFU) * 0x000F424000000064U +
            ((word >> 16) & 0x000000FF000000FFU) * 0x0000271000000001U) >>
           32;
    return count;
}

/* Reads a short whole number; NULL when it is not that or stands too near to the end. */
static inline const char *json_read_integer(const char *at, const char *end, int64_t *out)
{
    static const uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    if (end - at < 32) {
        return NULL;
    }
    const bool is_negative = *at == '-';
    at += is_negative;
    uint64_t value = 0;
    unsigned count = json_eight_digits(at, &value);
    if (count == 0 || (*at == '0' && count > 1)) {
        return NULL;
    }
    at += count;
    for (unsigned total = count; count == 8; total += count) {
        uint64_t more = 0;
        count = json_eight_digits(at, &more);
        if (total + count > JSON_INTEGER_DIGITS_MAX) {
            return NULL;
        }
        value = value * powers[count] + more;
        at += count;
    }
    if (*at == '.' || (*at | 0x20) == 'e') {
        return NULL;
    }
    *out = (int64_t)(is_negative ? -value : value);
    return at;
}

#endif
