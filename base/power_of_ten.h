/* power_of_ten.h: 10^q to 128 binary digits, for turning numbers into text and back.
 *
 * Thread: any (constants). */
#ifndef BASE_POWER_OF_TEN_H
#define BASE_POWER_OF_TEN_H

#include <stdint.h>

enum {
    POWER_OF_TEN_MIN = -342, /* 9007199254740991999e-342 still rounds to a double above 0 */
    POWER_OF_TEN_MAX = 324,  /* Schubfach asks for 10^324 at the smallest double */
    POWER_OF_TEN_COUNT = POWER_OF_TEN_MAX - POWER_OF_TEN_MIN + 1
};

/* 10^q = (high * 2^64 + low + f) * 2^e with 0 <= f < 1, the top bit of high set, and
 * e = power_of_ten_log2(q) - 127. f is 0 only for 0 <= q <= 55. */
struct power_of_ten {
    uint64_t high;
    uint64_t low;
};

extern const struct power_of_ten powers_of_ten[POWER_OF_TEN_COUNT];

static inline struct power_of_ten power_of_ten(int32_t q)
{
    return powers_of_ten[q - POWER_OF_TEN_MIN];
}

/* floor(log2(10^q)) for every q of the table; >> of a negative number is arithmetic in GCC. */
static inline int32_t power_of_ten_log2(int32_t q)
{
    return (217706 * q) >> 16;
}

#endif
