/* number_text_parse.c
 *
 * Reading numbers. A double is read in three steps, each exact, each tried only where the one
 * before cannot decide:
 *
 *   1. Clinger: at most 2^53 as digits and at most 10^22 as power are both exact doubles, so
 *      one multiplication or division rounds once, correctly. Most real data ends here.
 *   2. Eisel-Lemire: the first 19 digits times a 128-bit power of ten; the rounding of the
 *      product is certain except in a handful of cases. Longer numbers are tried with
 *      their 19 digits and with one more; equal answers are the answer.
 *   3. strtod, with the number rewritten as whole digits and an exponent, so that the decimal
 *      point of the user's locale does not matter. 768 digits decide every double; what follows
 *      them matters only as "not zero".
 *
 * The cost is 10 to 30 ns for the first two. strtod alone would be right too, but takes three
 * to ten times as long and needs a final NUL, which a slice of a record does not have.
 */
#include "base/number_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/int128.h"
#include "base/power_of_ten.h"

enum {
    DIGITS_FITTING = 19,    /* decimal digits that surely fit a uint64 */
    DIGITS_DECIDING = 768,  /* significant digits after which only "not zero" counts */
    EXPONENT_LIMIT = 100000 /* far outside the doubles, far inside an int */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool number_text_parse_int64(struct text text, int64_t *out)
{
    if (text.bytes == 0) {
        return false;
    }
    const char *next = text.data;
    const char *end = next + text.bytes;
    const bool negative = *next == '-';
    if (*next == '-' || *next == '+') {
        next++;
    }
    if (next == end) {
        return false;
    }
    int64_t value = 0; /* counts downwards: the negative numbers reach one further */
    for (; next != end; next++) {
        if (!is_digit(*next) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *next - '0', &value)) {
            return false;
        }
    }
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *out = negative ? value : -value;
    return true;
}

bool number_text_parse_int32(struct text text, int32_t *out)
{
    int64_t value = 0;
    if (!number_text_parse_int64(text, &value) || value < INT32_MIN || value > INT32_MAX) {
        return false;
    }
    *out = (int32_t)value;
    return true;
}

static double double_of_bits(uint64_t bits)
{
    double value = 0;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static bool multiply_exactly(uint64_t digits, int64_t exponent10, double *out)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits > 1ULL << 53 || exponent10 < -22 || exponent10 > 22) {
        return false;
    }
    *out =
        exponent10 < 0 ? (double)digits / exact[-exponent10] : (double)digits * exact[exponent10];
    return true;
}

/* The row of 10^q rounded as Eisel-Lemire wants it: up, where dividing by it would be exact. */
static struct power_of_ten reading_power(int32_t q)
{
    struct power_of_ten power = power_of_ten(q);
    if (q >= -27 && q < 0) {
        power.low++;
        power.high += power.low == 0;
    }
    return power;
}

/* The 128 bits of digits * 10^q that matter; digits has its top bit set. */
static uint128 multiply_approximately(uint64_t digits, int32_t q)
{
    const struct power_of_ten power = reading_power(q);
    const uint64_t undecided = UINT64_MAX >> 55; /* bits below the significand and its guard */
    uint128 product = (uint128)digits * power.high;
    if (((uint64_t)(product >> 64) & undecided) == undecided) {
        product += (uint64_t)(((uint128)digits * power.low) >> 64);
    }
    return product;
}

/* Rounds the 54-bit value down to 53 bits, half up: ties to even were settled before. */
static uint64_t drop_guard_bit(uint64_t value)
{
    return (value + (value & 1U)) >> 1;
}

/* Daniel Lemire, "Number Parsing at a Gigabyte per Second", sections 5 to 8. */
static bool eisel_lemire(uint64_t digits, int32_t q, uint64_t *bits)
{
    const int shift = __builtin_clzll(digits);
    const uint128 product = multiply_approximately(digits << shift, q);
    const uint64_t high = (uint64_t)(product >> 64);
    const uint64_t low = (uint64_t)product;
    if (low == UINT64_MAX && (q < -27 || q > 55)) {
        return false;
    }
    const int top = (int)(high >> 63);
    uint64_t significand = high >> (top + 9); /* 54 bits */
    int32_t exponent = power_of_ten_log2(q) + 63 + top - shift + 1023;
    if (exponent <= 0) {
        significand = exponent <= -63 ? 0 : drop_guard_bit(significand >> (1 - exponent));
        *bits = significand; /* a carry into bit 52 makes the smallest normal number, rightly */
        return true;
    }
    if (low <= 1 && q >= -4 && q <= 23 && (significand & 3U) == 1 &&
        significand << (top + 9) == high) {
        significand &= ~1ULL; /* exactly half way, and the lower neighbour is even */
    }
    significand = drop_guard_bit(significand);
    if (significand >> 53) {
        significand >>= 1;
        exponent++;
    }
    *bits = exponent >= 0x7FF ? 0x7FFULL << 52
                              : ((uint64_t)exponent << 52) | (significand & ~(1ULL << 52));
    return true;
}

bool number_text_assemble_double(uint64_t digits, int64_t exponent10, bool negative, double *out)
{
    double value = 0;
    if (!multiply_exactly(digits, exponent10, &value)) {
        uint64_t bits = 0;
        if (digits == 0 || exponent10 < POWER_OF_TEN_MIN) {
            bits = 0;
        } else if (exponent10 > 308) {
            bits = 0x7FFULL << 52;
        } else if (!eisel_lemire(digits, (int32_t)exponent10, &bits)) {
            return false;
        }
        value = double_of_bits(bits);
    }
    *out = negative ? -value : value;
    return true;
}

/* A number taken apart: its digits with at most one point, times 10^exponent10. */
struct parts {
    const char *digits;
    const char *digits_end;
    const char *point; /* NULL if there is none */
    int64_t exponent10;
    uint64_t value; /* of the digits without the point; only if digit_count fits */
    int64_t digit_count;
    bool negative;
};

/* [sign] digits, kept within +-EXPONENT_LIMIT; NULL when there are none. */
static const char *scan_exponent(const char *next, const char *end, int64_t *out)
{
    const bool negative = next != end && *next == '-';
    if (next != end && (*next == '-' || *next == '+')) {
        next++;
    }
    if (next == end || !is_digit(*next)) {
        return NULL;
    }
    int64_t value = 0;
    for (; next != end && is_digit(*next); next++) {
        value = value < EXPONENT_LIMIT ? value * 10 + (*next - '0') : value;
    }
    *out = negative ? -value : value;
    return next;
}

static const char *scan_digits(const char *next, const char *end, struct parts *out)
{
    out->digits = next;
    for (; next != end; next++) {
        if (is_digit(*next)) {
            out->value = out->value * 10 + (uint64_t)(*next - '0'); /* may wrap: then not used */
        } else if (*next == '.' && !out->point) {
            out->point = next;
        } else {
            break;
        }
    }
    out->digits_end = next;
    out->digit_count = next - out->digits - (out->point != NULL);
    return next;
}

static bool scan_parts(const char *next, const char *end, struct parts *out)
{
    next = scan_digits(next, end, out);
    if (out->digit_count == 0) {
        return false;
    }
    if (next != end && (*next == 'e' || *next == 'E')) {
        next = scan_exponent(next + 1, end, &out->exponent10);
        if (!next) {
            return false;
        }
    }
    const bool suffixed = next != end && memchr("dDfF", *next, 4);
    return next + suffixed == end;
}

/* The significant digits: leading zeros dropped, at most limit of them in value order. */
struct significant {
    int64_t exponent10; /* of the last digit kept */
    size_t count;
    bool more; /* a digit other than 0 was left out */
};

static struct significant collect_digits(const struct parts *parts, size_t limit, char *digits)
{
    struct significant result = {parts->exponent10, 0, false};
    bool after_point = false;
    for (const char *next = parts->digits; next != parts->digits_end; next++) {
        if (*next == '.') {
            after_point = true;
        } else if (result.count == limit) {
            result.more |= *next != '0';
            result.exponent10 += !after_point;
        } else {
            digits[result.count] = *next;
            result.count += result.count > 0 || *next != '0';
            result.exponent10 -= after_point;
        }
    }
    return result;
}

static uint64_t digits_value(const char *digits, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (uint64_t)(digits[i] - '0');
    }
    return value;
}

static double convert_slowly(const struct parts *parts)
{
    char text[DIGITS_DECIDING + 1 + 1 + NUMBER_TEXT_INT64_BYTES_MAX + 1];
    struct significant all = collect_digits(parts, DIGITS_DECIDING, text);
    if (all.more) {
        text[all.count++] = '1';
        all.exponent10--;
    }
    text[all.count++] = 'e';
    const size_t length = all.count + number_text_int64(text + all.count, all.exponent10);
    assert(length < sizeof(text));
    text[length] = '\0';
    const double value = strtod(text, NULL);
    return parts->negative ? -value : value;
}

/* More digits than a uint64 holds: sound if the first 19 and the next 19-digit number agree. */
static double convert_long(const struct parts *parts)
{
    char digits[DIGITS_FITTING];
    const struct significant kept = collect_digits(parts, DIGITS_FITTING, digits);
    const uint64_t value = digits_value(digits, kept.count);
    double below = 0;
    double above = 0;
    if (!number_text_assemble_double(value, kept.exponent10, parts->negative, &below)) {
        return convert_slowly(parts);
    }
    if (!kept.more) {
        return below;
    }
    if (!number_text_assemble_double(value + 1, kept.exponent10, parts->negative, &above) ||
        below != above) {
        return convert_slowly(parts);
    }
    return below;
}

static double convert(const struct parts *parts)
{
    if (parts->digit_count > DIGITS_FITTING) {
        return convert_long(parts);
    }
    const int64_t fraction = parts->point ? parts->digits_end - parts->point - 1 : 0;
    double value = 0;
    if (!number_text_assemble_double(parts->value, parts->exponent10 - fraction, parts->negative,
                                     &value)) {
        return convert_slowly(parts);
    }
    return value;
}

static struct text trim(struct text text)
{
    while (text.bytes && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.bytes--;
    }
    while (text.bytes && (unsigned char)text.data[text.bytes - 1] <= ' ') {
        text.bytes--;
    }
    return text;
}

static bool parse_name(struct text text, bool negative, double *out)
{
    if (text_equal(text, TEXT("NaN"))) {
        *out = __builtin_nan("");
        return true;
    }
    if (text_equal(text, TEXT("Infinity"))) {
        *out = negative ? -__builtin_inf() : __builtin_inf();
        return true;
    }
    return false;
}

bool number_text_parse_double(struct text text, enum number_text_names names, double *out)
{
    text = trim(text);
    if (text.bytes == 0) {
        return false;
    }
    struct parts parts = {.negative = text.data[0] == '-'};
    if (text.data[0] == '-' || text.data[0] == '+') {
        text.data++;
        text.bytes--;
    }
    if (names == NUMBER_TEXT_NAMES_ALLOWED && parse_name(text, parts.negative, out)) {
        return true;
    }
    if (!scan_parts(text.data, text.data + text.bytes, &parts)) {
        return false;
    }
    *out = convert(&parts);
    return true;
}
