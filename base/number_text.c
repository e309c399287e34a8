/* number_text.c
 *
 * Writing numbers. Every JSON record that leaves Leat passes through here, so integers are
 * written two digits at a time and doubles with Raffaello Giulietti's Schubfach, the algorithm
 * of Double.toString since JDK 19: three 64x126-bit products give the interval of decimals that
 * read back as the double, and the shortest decimal in it is one of at most four candidates.
 * It needs no loop and no big integers, and its result is proven, not tried out; writing 15,
 * 16, 17 digits with snprintf until one reads back costs about a microsecond and does not
 * always find the nearest of the shortest. Whole numbers below 10^7 skip it.
 *
 * Names in shortest_digits follow the paper ("The Schubfach way to render doubles"), so that
 * the two can be read side by side: c, q: the double is c * 2^q; k: the decimal exponent;
 * vb, vbl, vbr: four times the scaled value and its interval's left and right ends; s, t: the
 * neighbouring integers; u, w: the decimals they stand for.
 */
#include "base/number_text.h"

#include <assert.h>
#include <string.h>

#include "base/int128.h"
#include "base/power_of_ten.h"

static const char digit_pairs[201] = "00010203040506070809"
                                     "10111213141516171819"
                                     "20212223242526272829"
                                     "30313233343536373839"
                                     "40414243444546474849"
                                     "50515253545556575859"
                                     "60616263646566676869"
                                     "70717273747576777879"
                                     "80818283848586878889"
                                     "90919293949596979899";

static const uint64_t powers[] = {1ULL,
                                  10ULL,
                                  100ULL,
                                  1000ULL,
                                  10000ULL,
                                  100000ULL,
                                  1000000ULL,
                                  10000000ULL,
                                  100000000ULL,
                                  1000000000ULL,
                                  10000000000ULL,
                                  100000000000ULL,
                                  1000000000000ULL,
                                  10000000000000ULL,
                                  100000000000000ULL,
                                  1000000000000000ULL,
                                  10000000000000000ULL,
                                  100000000000000000ULL,
                                  1000000000000000000ULL,
                                  10000000000000000000ULL};

/* 1 for 0. */
static size_t digit_count(uint64_t value)
{
    const int bits = 64 - __builtin_clzll(value | 1U);
    const size_t guess = (size_t)((bits * 1233) >> 12); /* bits * log10(2), never one too many */
    return guess + (value >= powers[guess] || guess == 0);
}

size_t number_text_uint64(char *out, uint64_t value)
{
    const size_t length = digit_count(value);
    char *next = out + length;
    while (value >= 100) {
        next -= 2;
        memcpy(next, digit_pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        memcpy(next - 2, digit_pairs + 2 * value, 2);
    } else {
        next[-1] = (char)('0' + value);
    }
    return length;
}

size_t number_text_int64(char *out, int64_t value)
{
    if (value >= 0) {
        return number_text_uint64(out, (uint64_t)value);
    }
    *out = '-';
    return 1 + number_text_uint64(out + 1, 0 - (uint64_t)value);
}

size_t number_text_int32(char *out, int32_t value)
{
    return number_text_int64(out, value);
}

/* A double is digits of these many bits, and its smallest exponent; see IEEE 754. */
enum { SIGNIFICAND_BITS = 53, EXPONENT_MIN = -1074, EXPONENT_FIELD_MAX = 0x7FF };
static const uint64_t significand_min = 1ULL << (SIGNIFICAND_BITS - 1);

static uint64_t double_bits(double value)
{
    uint64_t bits = 0;
    static_assert(sizeof(bits) == sizeof(value), "IEEE 754 doubles");
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* floor(x * g / 2^127) with the last bit set where the quotient is not whole: enough to compare
 * it exactly with multiples of four. g has 126 bits. */
static uint64_t round_to_odd(uint128 g, uint64_t x)
{
    const uint64_t mask = UINT64_MAX >> 1;
    const uint128 low = (uint128)((uint64_t)g & mask) * x;
    const uint128 high = (uint128)(uint64_t)(g >> 63) * x;
    const uint64_t middle = ((uint64_t)high >> 1) + (uint64_t)(low >> 64);
    const uint64_t whole = (uint64_t)(high >> 64) + (middle >> 63);
    return whole | (((middle & mask) + mask) >> 63);
}

/* floor(log10(2^e)) and floor(log10(3/4 * 2^e)). */
static int32_t log10_of_power_of_two(int32_t e)
{
    return (int32_t)((e * 661971961083LL) >> 41);
}

static int32_t log10_of_three_quarters_power_of_two(int32_t e)
{
    return (int32_t)((e * 661971961083LL - 274743187321LL) >> 41);
}

/* The shortest decimal of c * 2^q is the result times 10^*exponent10. */
static uint64_t shortest_digits(int32_t q, uint64_t c, int32_t *exponent10)
{
    const uint64_t out = c & 1U; /* an odd c does not own the ends of its interval */
    const uint64_t cb = c << 2;
    const bool regular = c != significand_min || q == EXPONENT_MIN;
    const uint64_t cbl = regular ? cb - 2 : cb - 1;
    const int32_t k = regular ? log10_of_power_of_two(q) : log10_of_three_quarters_power_of_two(q);
    const int32_t h = q + power_of_ten_log2(-k) + 2;
    const struct power_of_ten power = power_of_ten(-k);
    const uint128 g = (((uint128)power.high << 64 | power.low) >> 2) + 1;
    const uint64_t vb = round_to_odd(g, cb << h);
    const uint64_t vbl = round_to_odd(g, cbl << h);
    const uint64_t vbr = round_to_odd(g, (cb + 2) << h);
    const uint64_t s = vb >> 2;
    *exponent10 = k;
    if (s >= 100) { /* one digit less, if exactly one of the two neighbours fits */
        const uint64_t down = s / 10 * 10;
        const uint64_t up = down + 10;
        const bool down_in = vbl + out <= down << 2;
        const bool up_in = (up << 2) + out <= vbr;
        if (down_in != up_in) {
            return down_in ? down : up;
        }
    }
    const uint64_t t = s + 1;
    const bool u_in = vbl + out <= s << 2;
    const bool w_in = (t << 2) + out <= vbr;
    if (u_in != w_in) {
        return u_in ? s : t;
    }
    const uint64_t middle = (s + t) << 1;
    return vb < middle || (vb == middle && (s & 1U) == 0) ? s : t;
}

static void strip_zeros(struct number_text_shortest *number)
{
    static const struct {
        uint32_t divisor;
        int32_t zeros;
    } steps[] = {{100000000, 8}, {100000000, 8}, {10000, 4}, {100, 2}, {10, 1}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (number->digits % steps[i].divisor == 0) {
            number->digits /= steps[i].divisor;
            number->exponent10 += steps[i].zeros;
        }
    }
}

/* Prices and measurements: at most three places, 15 digits in all. Two decimals of up to 15
 * digits never share a double, so n / 1000 == magnitude makes n / 1000 the shortest text. */
static bool short_decimal(double magnitude, struct number_text_shortest *number)
{
    if (magnitude >= 1e11) {
        return false;
    }
    const uint64_t thousandths = (uint64_t)(magnitude * 1000 + 0.5);
    if ((double)thousandths / 1000 != magnitude) {
        return false;
    }
    number->digits = thousandths;
    number->exponent10 = -3;
    return true;
}

struct number_text_shortest number_text_shortest(double value)
{
    const uint64_t bits = double_bits(value);
    const uint64_t fraction = bits & (significand_min - 1);
    const int32_t field = (int32_t)(bits >> (SIGNIFICAND_BITS - 1)) & EXPONENT_FIELD_MAX;
    assert(field != EXPONENT_FIELD_MAX);

    struct number_text_shortest number = {0, 0, bits >> 63 != 0};
    if (field == 0 && fraction == 0) {
        return number;
    }
    if (short_decimal(number.negative ? -value : value, &number)) {
        strip_zeros(&number);
        return number;
    }
    const uint64_t c = field ? fraction | significand_min : fraction;
    const int32_t q = EXPONENT_MIN + (field ? field - 1 : 0);
    if (-SIGNIFICAND_BITS < q && q < 0 && (c & ((1ULL << -q) - 1)) == 0) {
        number.digits = c >> -q; /* a whole number below 2^53 is its own shortest text */
    } else if (c < 3) {          /* so few digits that one more must be asked for: 4.9E-324 */
        number.digits = shortest_digits(q, 10 * c, &number.exponent10);
        number.exponent10--;
    } else {
        number.digits = shortest_digits(q, c, &number.exponent10);
    }
    strip_zeros(&number);
    return number;
}

static char *put_zeros(char *out, int32_t count)
{
    memset(out, '0', (size_t)count);
    return out + count;
}

static char *put_digits(char *out, const char *digits, size_t count)
{
    memcpy(out, digits, count);
    return out + count;
}

/* digits is 0.DIGITS * 10^point. */
static char *layout(char *out, const char *digits, int32_t count, int32_t point)
{
    if (point > 0 && point <= 7) {
        const int32_t whole = count < point ? count : point;
        out = put_digits(out, digits, (size_t)whole);
        out = put_zeros(out, point - whole);
        *out++ = '.';
        return whole < count ? put_digits(out, digits + whole, (size_t)(count - whole))
                             : put_zeros(out, 1);
    }
    if (point > -3 && point <= 0) {
        out = put_digits(out, "0.", 2);
        out = put_zeros(out, -point);
        return put_digits(out, digits, (size_t)count);
    }
    *out++ = digits[0];
    *out++ = '.';
    out = count > 1 ? put_digits(out, digits + 1, (size_t)(count - 1)) : put_zeros(out, 1);
    *out++ = 'E';
    return out + number_text_int32(out, point - 1);
}

static size_t write_name(char *out, uint64_t bits)
{
    if ((bits & (significand_min - 1)) != 0) {
        memcpy(out, "NaN", 3);
        return 3;
    }
    const bool negative = bits >> 63 != 0;
    out[0] = '-';
    memcpy(out + negative, "Infinity", 8);
    return 8U + negative;
}

size_t number_text_double(char *out, double value)
{
    const uint64_t bits = double_bits(value);
    if (((bits >> (SIGNIFICAND_BITS - 1)) & EXPONENT_FIELD_MAX) == EXPONENT_FIELD_MAX) {
        return write_name(out, bits);
    }
    char *next = out;
    if (bits >> 63 != 0) {
        *next++ = '-';
    }
    const double magnitude = bits >> 63 != 0 ? -value : value;
    if (magnitude < 1e7 && magnitude == (double)(uint64_t)magnitude) {
        next += number_text_uint64(next, (uint64_t)magnitude);
        next = put_digits(next, ".0", 2);
        return (size_t)(next - out);
    }
    const struct number_text_shortest number = number_text_shortest(magnitude);
    char digits[NUMBER_TEXT_INT64_BYTES_MAX];
    const int32_t count = (int32_t)number_text_uint64(digits, number.digits);
    return (size_t)(layout(next, digits, count, count + number.exponent10) - out);
}
