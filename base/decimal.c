/* decimal.c
 *
 * Arithmetic on unscaled 128-bit integers. Every operation works on magnitudes as uint128 and
 * puts the sign back at the end, so that no intermediate can overflow a signed integer.
 *
 * Products and powers of ten are multiplied with overflow checks and then held against 10^38.
 * Wider intermediates are not needed: a product has exactly the result's scale, so it fits or
 * it is an error; an exact quotient exists only if the divisor, freed of its factors 2 and 5,
 * divides the dividend, and what remains is a multiplication by twos and fives; a remainder of
 * a scaled-up dividend is found digit by digit, as in school. A 256-bit type would have been
 * more code and slower.
 *
 * The bound is |value| <= 10^38, one more than 38 nines: HALF_UP may carry that far.
 */
#include "base/decimal.h"

#include <assert.h>

#include "base/number_text.h"

#define E19 ((uint128)10000000000000000000ULL)

/* 10^0 to 10^38. */
static const uint128 powers[] = {
    1U,
    10U,
    100U,
    1000U,
    10000U,
    100000U,
    1000000U,
    10000000U,
    100000000U,
    1000000000U,
    10000000000U,
    100000000000U,
    1000000000000U,
    10000000000000U,
    100000000000000U,
    1000000000000000U,
    10000000000000000U,
    100000000000000000U,
    1000000000000000000U,
    E19,
    E19 * 10U,
    E19 * 100U,
    E19 * 1000U,
    E19 * 10000U,
    E19 * 100000U,
    E19 * 1000000U,
    E19 * 10000000U,
    E19 * 100000000U,
    E19 * 1000000000U,
    E19 * 10000000000U,
    E19 * 100000000000U,
    E19 * 1000000000000U,
    E19 * 10000000000000U,
    E19 * 100000000000000U,
    E19 * 1000000000000000U,
    E19 * 10000000000000000U,
    E19 * 100000000000000000U,
    E19 * 1000000000000000000U,
    E19 * 10000000000000000000U,
};
static_assert(sizeof(powers) / sizeof(powers[0]) == DECIMAL_DIGITS_MAX + 1, "one row per power");

static uint128 limit(void)
{
    return powers[DECIMAL_DIGITS_MAX];
}

static uint128 magnitude(int128 value)
{
    return value < 0 ? 0 - (uint128)value : (uint128)value;
}

static int128 with_sign(uint128 value, bool negative)
{
    return negative ? -(int128)value : (int128)value;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

const char *decimal_result_message(enum decimal_result result)
{
    static const char *const messages[] = {
        [DECIMAL_OK] = "",
        [DECIMAL_OVERFLOW] = "Decimal value needs more than 38 digits",
        [DECIMAL_INEXACT] = "Rounding necessary",
        [DECIMAL_DIVISION_BY_ZERO] = "Division by zero",
        [DECIMAL_DIVISION_UNDEFINED] = "Division undefined",
        [DECIMAL_DIVISION_IMPOSSIBLE] = "Division impossible",
    };
    return messages[result];
}

struct decimal_type decimal_type_widen(struct decimal_type a, struct decimal_type b)
{
    const int32_t scale = larger(a.scale, b.scale);
    return (struct decimal_type){scale + larger(a.precision - a.scale, b.precision - b.scale),
                                 scale};
}

struct decimal_type decimal_type_of_add(struct decimal_type a, struct decimal_type b)
{
    const struct decimal_type wide = decimal_type_widen(a, b);
    return (struct decimal_type){wide.precision + 1, wide.scale};
}

struct decimal_type decimal_type_of_multiply(struct decimal_type a, struct decimal_type b)
{
    return (struct decimal_type){a.precision + b.precision + 1, a.scale + b.scale};
}

struct decimal_type decimal_type_of_divide(struct decimal_type a, struct decimal_type b)
{
    const int32_t scale = larger(6, a.scale + b.precision + 1);
    return (struct decimal_type){a.precision - a.scale + b.scale + scale, scale};
}

struct decimal_type decimal_type_of_remainder(struct decimal_type a, struct decimal_type b)
{
    const int32_t scale = larger(a.scale, b.scale);
    return (struct decimal_type){scale + smaller(a.precision - a.scale, b.precision - b.scale),
                                 scale};
}

/* Most values fit 64 bits, where the division is several times cheaper. b is not 0. */
static uint128 divide(uint128 a, uint128 b, uint128 *remainder)
{
    if (((a | b) >> 64) == 0) {
        const uint64_t quotient = (uint64_t)a / (uint64_t)b;
        *remainder = (uint64_t)a - quotient * (uint64_t)b;
        return quotient;
    }
    const uint128 quotient = a / b;
    *remainder = a - quotient * b;
    return quotient;
}

/* value * 10^exponent, exponent >= 0. */
static bool scale_up(uint128 value, int32_t exponent, uint128 *out)
{
    if (value == 0) {
        *out = 0;
        return true;
    }
    uint128 result = 0;
    if (exponent > DECIMAL_DIGITS_MAX || __builtin_mul_overflow(value, powers[exponent], &result) ||
        result > limit()) {
        return false;
    }
    *out = result;
    return true;
}

/* What was cut off behind a number. */
struct tail {
    bool nonzero;
    int half; /* <0, 0 or >0: less than, exactly, or more than one half */
};

static bool rounds_away(enum decimal_rounding rounding, bool negative, struct tail tail)
{
    switch (rounding) {
    case DECIMAL_ROUNDING_HALF_UP:
        return tail.half >= 0;
    case DECIMAL_ROUNDING_HALF_DOWN:
        return tail.half > 0;
    case DECIMAL_ROUNDING_UP:
        return tail.nonzero;
    case DECIMAL_ROUNDING_FLOOR:
        return tail.nonzero && negative;
    case DECIMAL_ROUNDING_CEILING:
        return tail.nonzero && !negative;
    case DECIMAL_ROUNDING_DOWN:
    case DECIMAL_ROUNDING_UNNECESSARY:
        break;
    }
    return false;
}

/* Drops the last count digits, count > 0. */
static uint128 scale_down(uint128 value, int32_t count, struct tail *tail)
{
    if (count > DECIMAL_DIGITS_MAX) {
        *tail = (struct tail){value != 0, -1};
        return 0;
    }
    uint128 rest = 0;
    const uint128 quotient = divide(value, powers[count], &rest);
    const uint128 twice = rest * 2;
    *tail = (struct tail){rest != 0, (twice > powers[count]) - (twice < powers[count])};
    return quotient;
}

enum decimal_result decimal_rescale(int128 value, int32_t from_scale, int32_t to_scale,
                                    enum decimal_rounding rounding, int128 *out)
{
    const bool negative = value < 0;
    uint128 result = magnitude(value);
    if (to_scale >= from_scale) {
        if (!scale_up(result, to_scale - from_scale, &result)) {
            return DECIMAL_OVERFLOW;
        }
    } else {
        struct tail tail;
        result = scale_down(result, from_scale - to_scale, &tail);
        if (rounding == DECIMAL_ROUNDING_UNNECESSARY && tail.nonzero) {
            return DECIMAL_INEXACT;
        }
        result += rounds_away(rounding, negative, tail);
    }
    *out = with_sign(result, negative);
    return DECIMAL_OK;
}

static enum decimal_result align(int128 *a, int32_t a_scale, int128 *b, int32_t b_scale)
{
    const enum decimal_rounding none = DECIMAL_ROUNDING_UNNECESSARY;
    if (a_scale < b_scale) {
        return decimal_rescale(*a, a_scale, b_scale, none, a);
    }
    return a_scale > b_scale ? decimal_rescale(*b, b_scale, a_scale, none, b) : DECIMAL_OK;
}

static enum decimal_result checked(int128 value, int128 *out)
{
    if (magnitude(value) > limit()) {
        return DECIMAL_OVERFLOW;
    }
    *out = value;
    return DECIMAL_OK;
}

enum decimal_result decimal_add(int128 a, int32_t a_scale, int128 b, int32_t b_scale, int128 *out)
{
    const enum decimal_result aligned = align(&a, a_scale, &b, b_scale);
    int128 sum = 0;
    if (aligned != DECIMAL_OK) {
        return aligned;
    }
    return __builtin_add_overflow(a, b, &sum) ? DECIMAL_OVERFLOW : checked(sum, out);
}

enum decimal_result decimal_subtract(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                     int128 *out)
{
    return decimal_add(a, a_scale, -b, b_scale, out);
}

enum decimal_result decimal_multiply(int128 a, int128 b, int128 *out)
{
    int128 product = 0;
    return __builtin_mul_overflow(a, b, &product) ? DECIMAL_OVERFLOW : checked(product, out);
}

/* Takes the factor out of *value as often as it divides it; value is not 0. */
static int32_t strip_factor(uint128 *value, uint32_t factor)
{
    int32_t count = 0;
    uint128 rest = 0;
    for (;;) {
        const uint128 quotient = divide(*value, factor, &rest);
        if (rest != 0) {
            return count;
        }
        *value = quotient;
        count++;
    }
}

/* value * factor^exponent; for a negative exponent the division must be exact. */
static enum decimal_result apply_factor(uint128 *value, uint32_t factor, int32_t exponent)
{
    for (; exponent < 0; exponent++) {
        uint128 rest = 0;
        *value = divide(*value, factor, &rest);
        if (rest != 0) {
            return DECIMAL_INEXACT;
        }
    }
    for (; exponent > 0; exponent--) {
        if (__builtin_mul_overflow(*value, (uint128)factor, value) || *value > limit()) {
            return DECIMAL_OVERFLOW;
        }
    }
    return DECIMAL_OK;
}

/* value * 2^twos * 5^fives, the divisions first so that only the result must fit. */
static enum decimal_result apply_factors(uint128 *value, int32_t twos, int32_t fives)
{
    enum decimal_result result = apply_factor(value, 2, smaller(twos, 0));
    if (result == DECIMAL_OK) {
        result = apply_factor(value, 5, smaller(fives, 0));
    }
    if (result != DECIMAL_OK) {
        return result;
    }
    const int32_t tens = larger(smaller(twos, fives), 0);
    if (!scale_up(*value, tens, value)) {
        return DECIMAL_OVERFLOW;
    }
    result = apply_factor(value, 2, larger(twos, 0) - tens);
    return result == DECIMAL_OK ? apply_factor(value, 5, larger(fives, 0) - tens) : result;
}

enum decimal_result decimal_divide(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                   int32_t out_scale, int128 *out)
{
    if (b == 0) {
        return a == 0 ? DECIMAL_DIVISION_UNDEFINED : DECIMAL_DIVISION_BY_ZERO;
    }
    if (a == 0) {
        *out = 0;
        return DECIMAL_OK;
    }
    const int32_t exponent = out_scale - a_scale + b_scale;
    uint128 divisor = magnitude(b);
    const int32_t twos = strip_factor(&divisor, 2);
    const int32_t fives = strip_factor(&divisor, 5);
    uint128 rest = 0;
    uint128 quotient = divide(magnitude(a), divisor, &rest);
    if (rest != 0) {
        return DECIMAL_INEXACT;
    }
    const enum decimal_result result = apply_factors(&quotient, exponent - twos, exponent - fives);
    if (result == DECIMAL_OK) {
        *out = with_sign(quotient, (a < 0) != (b < 0));
    }
    return result;
}

int32_t decimal_digits(int128 value)
{
    const uint128 positive = magnitude(value);
    int32_t low = 1;
    int32_t high = DECIMAL_DIGITS_MAX + 1;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (positive < powers[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* One digit of a long division: remainder * 10 / divisor, remainder < divisor <= 10^38, so that
 * doubling a remainder stays inside 128 bits. 10 r is ((2 r) * 2 + r) * 2. */
static uint32_t next_digit(uint128 *remainder, uint128 divisor)
{
    const uint128 once = *remainder;
    uint128 rest = once;
    uint32_t digit = 0;
    for (int step = 0; step < 3; step++) {
        rest *= 2;
        digit *= 2;
        digit += rest >= divisor;
        rest -= rest >= divisor ? divisor : 0;
        if (step == 1) {
            rest += once;
            digit += rest >= divisor;
            rest -= rest >= divisor ? divisor : 0;
        }
    }
    *remainder = rest;
    return digit;
}

/* True if value's digits after the first precision ones are zeros. */
static bool fits_after_stripping(uint128 value, int32_t digits, int32_t precision)
{
    return digits <= precision || value % powers[digits - precision] == 0;
}

/* (a * 10^exponent) % b, refusing a quotient of more than precision significant digits. */
static enum decimal_result divide_digit_by_digit(uint128 a, int32_t exponent, uint128 b,
                                                 int32_t precision, uint128 *out)
{
    uint128 rest = 0;
    const uint128 whole = divide(a, b, &rest);
    int32_t digits = whole == 0 ? 0 : decimal_digits((int128)whole);
    if (!fits_after_stripping(whole, digits, precision)) {
        return DECIMAL_DIVISION_IMPOSSIBLE;
    }
    for (; exponent > 0; exponent--) {
        const uint32_t digit = next_digit(&rest, b);
        digits += digits > 0 || digit > 0;
        if (digits > precision && digit != 0) {
            return DECIMAL_DIVISION_IMPOSSIBLE;
        }
    }
    *out = rest;
    return DECIMAL_OK;
}

enum decimal_result decimal_remainder(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                      int32_t out_precision, int128 *out)
{
    if (b == 0) {
        return a == 0 ? DECIMAL_DIVISION_UNDEFINED : DECIMAL_DIVISION_BY_ZERO;
    }
    uint128 divisor = magnitude(b);
    if (a_scale > b_scale && !scale_up(divisor, a_scale - b_scale, &divisor)) {
        *out = a; /* the divisor is larger than any value */
        return DECIMAL_OK;
    }
    uint128 rest = 0;
    const enum decimal_result result = divide_digit_by_digit(
        magnitude(a), larger(b_scale - a_scale, 0), divisor, out_precision, &rest);
    if (result == DECIMAL_OK) {
        *out = with_sign(rest, a < 0);
    }
    return result;
}

int decimal_compare(int128 a, int32_t a_scale, int128 b, int32_t b_scale)
{
    if ((a < 0) != (b < 0) || a_scale == b_scale) {
        return (a > b) - (a < b);
    }
    uint128 left = magnitude(a);
    uint128 right = magnitude(b);
    int order = 0;
    if (a_scale < b_scale && !scale_up(left, b_scale - a_scale, &left)) {
        order = 1; /* beyond every value */
    } else if (b_scale < a_scale && !scale_up(right, a_scale - b_scale, &right)) {
        order = -1;
    } else {
        order = (left > right) - (left < right);
    }
    return a < 0 ? -order : order;
}

double decimal_to_double(int128 value, int32_t scale)
{
    const uint128 positive = magnitude(value);
    double result = 0;
    if (positive >> 64 == 0 &&
        number_text_assemble_double((uint64_t)positive, -(int64_t)scale, value < 0, &result)) {
        return result;
    }
    char text[64];
    size_t length = decimal_text(text, value, 0);
    text[length++] = 'e';
    length += number_text_int64(text + length, -(int64_t)scale);
    const bool parsed =
        number_text_parse_double((struct text){text, length}, NUMBER_TEXT_NAMES_REFUSED, &result);
    assert(parsed);
    (void)parsed;
    return result;
}

int64_t decimal_to_int64(int128 value, int32_t scale)
{
    if (scale > DECIMAL_DIGITS_MAX) {
        return 0;
    }
    uint128 rest = 0;
    const uint128 whole = divide(magnitude(value), powers[scale], &rest);
    return (int64_t)(uint64_t)(value < 0 ? 0 - whole : whole);
}
