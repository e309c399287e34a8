/* json_number.c
 *
 * Nothing here needs big numbers: the low 64 bits of a number of any length can be had digit by
 * digit, doubles come from base/number_text, and text is only rearranged. Length is bounded by
 * JSON_NUMBER_BYTES_MAX, exponents by 32 bits. */
#include "formats/json_number.h"

#include <assert.h>

#include "base/number_text.h"

enum {
    EXACT_DIGITS_MAX = 18,  /* any number of so many digits fits an int64_t */
    PLAIN_EXPONENT_MIN = -6 /* BigDecimal prints smaller numbers with an exponent */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *scan_digits(const struct json_scan *scan, const char *at)
{
    while (at < scan->end && is_digit(*at)) {
        at++;
    }
    return at;
}

/* One digit or more, as behind a point. */
static const char *scan_some_digits(struct json_scan *scan, const char *at, struct text *out)
{
    const char *end = scan_digits(scan, at);
    if (end == at) {
        return json_fail(scan, JSON_FAULT_DIGIT, at);
    }
    *out = (struct text){at, (size_t)(end - at)};
    return end;
}

static const char *scan_exponent(struct json_scan *scan, const char *at, int32_t *out)
{
    const bool has_sign = at < scan->end && (*at == '-' || *at == '+');
    const bool is_negative = has_sign && *at == '-';
    struct text digits;
    const char *end = scan_some_digits(scan, at + has_sign, &digits);
    if (!end) {
        return NULL;
    }
    int64_t value = 0;
    for (size_t i = 0; i < digits.bytes && value <= INT32_MAX; i++) {
        value = value * 10 + (digits.data[i] - '0');
    }
    if (value >= INT32_MAX - JSON_NUMBER_BYTES_MAX) { /* so that scales fit too */
        return json_fail(scan, JSON_FAULT_EXPONENT, at);
    }
    *out = (int32_t)(is_negative ? -value : value);
    return end;
}

const char *json_number_scan(struct json_scan *scan, const char *at, struct json_number *out)
{
    const char *begin = at;
    *out = (struct json_number){.is_integral = true, .is_negative = *at == '-'};
    at = scan_some_digits(scan, at + out->is_negative, &out->whole);
    if (!at) {
        return NULL;
    }
    if (out->whole.data[0] == '0' && out->whole.bytes > 1) {
        return json_fail(scan, JSON_FAULT_LEADING_ZERO, out->whole.data);
    }
    if (at < scan->end && *at == '.') {
        out->is_integral = false;
        at = scan_some_digits(scan, at + 1, &out->fraction);
    }
    if (at && at < scan->end && (*at == 'e' || *at == 'E')) {
        out->is_integral = false;
        at = scan_exponent(scan, at + 1, &out->exponent);
    }
    if (!at) {
        return NULL;
    }
    out->text = (struct text){begin, (size_t)(at - begin)};
    if (out->text.bytes > JSON_NUMBER_BYTES_MAX) {
        return json_fail(scan, JSON_FAULT_NUMBER_LENGTH, begin);
    }
    return at;
}

/* The index-th digit of whole and fraction taken together. */
static unsigned digit_at(const struct json_number *number, size_t index)
{
    const char c = index < number->whole.bytes ? number->whole.data[index]
                                               : number->fraction.data[index - number->whole.bytes];
    return (unsigned)(c - '0');
}

static size_t digit_count(const struct json_number *number)
{
    return number->whole.bytes + number->fraction.bytes;
}

int64_t json_number_int64(const struct json_number *number)
{
    /* How many digits stand before the point once the exponent has moved it. */
    const int64_t kept = (int64_t)number->whole.bytes + number->exponent;
    const size_t count = digit_count(number);
    uint64_t value = 0;
    for (size_t i = 0; i < count && (int64_t)i < kept; i++) {
        value = value * 10 + digit_at(number, i);
    }
    /* 64 more factors of ten are 64 factors of two: nothing of the low 64 bits is left. */
    const int64_t zeros = kept - (int64_t)count;
    for (int64_t i = 0; i < zeros && value != 0; i++) {
        value *= 10;
    }
    return (int64_t)(number->is_negative ? -value : value);
}

/* The digits as one number; false when there are too many. */
static bool collect_digits(const struct json_number *number, uint64_t *out)
{
    const size_t count = digit_count(number);
    if (count > EXACT_DIGITS_MAX) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + digit_at(number, i);
    }
    *out = value;
    return true;
}

double json_number_double(const struct json_number *number)
{
    const int64_t exponent = (int64_t)number->exponent - (int64_t)number->fraction.bytes;
    uint64_t digits = 1;
    double value = 0;
    const bool is_short = collect_digits(number, &digits);
    if (digits == 0) {
        return 0.0;
    }
    if (is_short && number_text_assemble_double(digits, exponent, number->is_negative, &value)) {
        return value;
    }
    const bool is_number =
        number_text_parse_double(number->text, NUMBER_TEXT_NAMES_REFUSED, &value);
    assert(is_number);
    (void)is_number;
    return value == 0.0 ? 0.0 : value;
}

enum status json_number_decimal(const struct json_number *number, struct decimal_type type,
                                int128 *out, struct diag *diag)
{
    uint64_t digits = 0;
    if (number->exponent != 0 || !collect_digits(number, &digits)) {
        return decimal_parse(number->text, type, DECIMAL_ROUNDING_UNNECESSARY, out, diag);
    }
    const int64_t value = number->is_negative ? -(int64_t)digits : (int64_t)digits;
    return decimal_cast(value, (int32_t)number->fraction.bytes, type, DECIMAL_ROUNDING_UNNECESSARY,
                        out, diag);
}

static bool is_zero(const struct json_number *number)
{
    for (size_t i = 0; i < digit_count(number); i++) {
        if (digit_at(number, i) != 0) {
            return false;
        }
    }
    return true;
}

/* Digits of the unscaled number that are leading zeros and not printed; the last one stays. */
static size_t leading_zeros(const struct json_number *number)
{
    const size_t count = digit_count(number);
    size_t zeros = 0;
    while (zeros + 1 < count && digit_at(number, zeros) == 0) {
        zeros++;
    }
    return zeros;
}

/* The exponent of the first digit, which decides how BigDecimal prints. */
static int64_t adjusted_exponent(const struct json_number *number, size_t zeros)
{
    const int64_t scale = (int64_t)number->fraction.bytes - number->exponent;
    return (int64_t)(digit_count(number) - zeros) - 1 - scale;
}

bool json_number_is_canonical(const struct json_number *number)
{
    if (number->is_negative && is_zero(number)) {
        return false;
    }
    if (number->is_integral) {
        return true;
    }
    const bool has_exponent = number->text.bytes != number->is_negative + number->whole.bytes + 1 +
                                                        number->fraction.bytes;
    return !has_exponent && adjusted_exponent(number, leading_zeros(number)) >= PLAIN_EXPONENT_MIN;
}

/* Appends digits from first up to limit, counted over whole and fraction. */
static void print_digits(const struct json_number *number, size_t first, size_t limit,
                         struct buffer *out)
{
    for (size_t i = first; i < limit; i++) {
        buffer_append_byte(out, (char)('0' + digit_at(number, i)));
    }
}

/* Without exponent: scale digits behind the point, filled up with zeros in front. */
static void print_plain(const struct json_number *number, size_t zeros, int64_t scale,
                        struct buffer *out)
{
    const size_t count = digit_count(number);
    const int64_t before = (int64_t)(count - zeros) - scale; /* digits before the point */
    if (before <= 0) {
        buffer_append_string(out, "0.");
        for (int64_t i = before; i < 0; i++) {
            buffer_append_byte(out, '0');
        }
        print_digits(number, zeros, count, out);
        return;
    }
    print_digits(number, zeros, zeros + (size_t)before, out);
    if (scale > 0) {
        buffer_append_byte(out, '.');
        print_digits(number, zeros + (size_t)before, count, out);
    }
}

void json_number_print(const struct json_number *number, struct buffer *out)
{
    const int64_t scale = (int64_t)number->fraction.bytes - number->exponent;
    const size_t zeros = leading_zeros(number);
    const int64_t adjusted = adjusted_exponent(number, zeros);
    if (number->is_negative && !is_zero(number)) {
        buffer_append_byte(out, '-');
    }
    if (scale >= 0 && adjusted >= PLAIN_EXPONENT_MIN) {
        print_plain(number, zeros, scale, out);
        return;
    }
    print_digits(number, zeros, zeros + 1, out);
    if (zeros + 1 < digit_count(number)) {
        buffer_append_byte(out, '.');
        print_digits(number, zeros + 1, digit_count(number), out);
    }
    if (adjusted != 0) {
        buffer_printf(out, "E%+lld", (long long)adjusted);
    }
}

const char *json_number_node(const struct json_number *number)
{
    if (!number->is_integral) {
        return "DecimalNode";
    }
    int64_t value = 0;
    if (!number_text_parse_int64(number->text, &value)) {
        return "BigIntegerNode";
    }
    return value >= INT32_MIN && value <= INT32_MAX ? "IntNode" : "LongNode";
}
