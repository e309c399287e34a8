/* decimal_text.c
 *
 * Decimals from text and to text, and fitting numbers into a DECIMAL type.
 *
 * A text is taken apart into its significant digits and the scale that BigDecimal would give
 * it, without building the number: where the digits end and where they are cut follows from
 * counting alone, so a text of a million digits or an exponent of a billion costs no more than
 * reading it. A double goes through its text: BigDecimal.valueOf does the same, and error
 * messages then show what Java's would.
 */
#include "base/decimal.h"

#include <assert.h>
#include <stdio.h>

#include "base/number_text.h"

enum {
    MESSAGE_DIGITS_MAX = 400, /* longer numbers appear in messages as they were written */
    EXPONENT_DIGITS_MAX = 10
};

static const uint64_t e19 = 10000000000000000000ULL;

/* The digits of value, no sign; at most 39. */
static size_t put_digits(char *out, uint128 value)
{
    if (value >> 64 == 0) {
        return number_text_uint64(out, (uint64_t)value);
    }
    const size_t high = put_digits(out, value / e19);
    char low[NUMBER_TEXT_INT64_BYTES_MAX];
    const size_t low_count = number_text_uint64(low, (uint64_t)(value % e19));
    memset(out + high, '0', 19 - low_count);
    memcpy(out + high + 19 - low_count, low, low_count);
    return high + 19;
}

size_t decimal_text(char *out, int128 value, int32_t scale)
{
    assert(scale >= 0);
    char *next = out;
    if (value < 0) {
        *next++ = '-';
    }
    char digits[40];
    const size_t places = (size_t)scale;
    const size_t count = put_digits(digits, value < 0 ? 0 - (uint128)value : (uint128)value);
    const size_t whole = count > places ? count - places : 0;
    memcpy(next, digits, whole);
    next += whole;
    if (whole == 0) {
        *next++ = '0';
    }
    if (places == 0) {
        return (size_t)(next - out);
    }
    *next++ = '.';
    const size_t zeros = places - (count - whole);
    memset(next, '0', zeros);
    memcpy(next + zeros, digits + whole, count - whole);
    return (size_t)(next - out) + places;
}

/* A number as BigDecimal would hold it, its digits still in the text. */
struct literal {
    struct text text;   /* all of it, for messages */
    const char *digits; /* from the first digit other than 0, possibly with a point inside */
    const char *end;    /* of the digits */
    int64_t count;      /* significant digits; 0 for zero */
    int64_t places;     /* digits behind the point */
    int64_t scale;
    bool negative;
};

static enum status syntax_error(const char *next, const char *end, bool point_seen,
                                struct diag *diag)
{
    if (next == end) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "No digits found.");
    }
    if (*next == '.' && point_seen) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Character array contains more than one decimal point.");
    }
    size_t bytes = 1;
    while (next + bytes != end && ((unsigned char)next[bytes] & 0xC0U) == 0x80U) {
        bytes++;
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Character %.*s is neither a decimal digit number, decimal point, nor "
                     "\"e\" notation exponential mark.",
                     (int)bytes, next);
}

static enum status exponent_overflow(struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Exponent overflow.");
}

/* What follows the e: [sign] digits to the end of the text, within an int. */
static enum status scan_exponent(const char *next, const char *end, int64_t *out, struct diag *diag)
{
    const bool negative = next != end && *next == '-';
    if (next != end && (*next == '-' || *next == '+')) {
        next++;
    }
    if (next == end) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "No exponent digits.");
    }
    while (end - next > EXPONENT_DIGITS_MAX && *next == '0') {
        next++;
    }
    if (end - next > EXPONENT_DIGITS_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Too many nonzero exponent digits.");
    }
    int64_t value = 0;
    for (; next != end; next++) {
        if (*next < '0' || *next > '9') {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Not a digit.");
        }
        value = value * 10 + (*next - '0');
    }
    *out = negative ? -value : value;
    return value <= INT32_MAX ? STATUS_OK : exponent_overflow(diag);
}

static enum status scan(struct text text, struct literal *out, struct diag *diag)
{
    const char *next = text.data;
    const char *end = text.bytes ? next + text.bytes : next;
    *out = (struct literal){.text = text, .negative = next != end && *next == '-'};
    if (next != end && (*next == '-' || *next == '+')) {
        next++;
    }
    bool point_seen = false;
    int64_t all = 0;
    for (; next != end && ((*next >= '0' && *next <= '9') || (*next == '.' && !point_seen));
         next++) {
        if (*next == '.') {
            point_seen = true;
            continue;
        }
        all++;
        out->places += point_seen;
        if (!out->digits && *next != '0') {
            out->digits = next;
        }
        out->count += out->digits != NULL;
    }
    out->end = next;
    int64_t exponent = 0;
    if (next != end && (*next == 'e' || *next == 'E')) {
        TRY(scan_exponent(next + 1, end, &exponent, diag));
    } else if (next != end) {
        return syntax_error(next, end, point_seen, diag);
    }
    out->scale = out->places - exponent;
    if (all == 0) {
        return syntax_error(end, end, point_seen, diag);
    }
    if (out->scale < INT32_MIN || out->scale > INT32_MAX) {
        return exponent_overflow(diag);
    }
    return STATUS_OK;
}

/* The literal as toPlainString; out has room for MESSAGE_DIGITS_MAX + 4. */
static struct text plain_text(const struct literal *literal, char *out)
{
    const int64_t whole = literal->count - literal->scale;
    const int64_t length = (whole > 0 ? whole : 1) + (literal->scale > 0 ? literal->scale : 0);
    if (length > MESSAGE_DIGITS_MAX) {
        const size_t bytes = literal->text.bytes;
        return (struct text){literal->text.data, bytes < 400 ? bytes : 400};
    }
    char *next = out;
    if (literal->negative && literal->count > 0) {
        *next++ = '-';
    }
    if (whole <= 0) {
        *next++ = '0';
    }
    const char *digit = literal->digits;
    for (int64_t at = whole > 0 ? whole : 0; at > -literal->scale || at > 0; at--) {
        if (at == 0) {
            *next++ = '.';
        }
        if (digit && digit != literal->end && *digit == '.') {
            digit++;
        }
        const bool given = at <= whole && digit && digit != literal->end;
        *next++ = given ? *digit++ : '0';
    }
    return (struct text){out, (size_t)(next - out)};
}

static enum status overflow(const struct literal *literal, struct decimal_type type,
                            struct diag *diag)
{
    char buffer[MESSAGE_DIGITS_MAX + 4];
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Numeric field overflow: A field with precision %d and scale %d must round "
                     "to an absolute value less than 10^%d. Got %.*s",
                     type.precision, type.scale, type.precision - type.scale,
                     TEXT_ARGS(plain_text(literal, buffer)));
}

static enum status does_not_fit(const struct literal *literal, struct decimal_type type,
                                struct diag *diag)
{
    char buffer[MESSAGE_DIGITS_MAX + 4];
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Cannot fit decimal '%.*s' into DECIMAL(%d, %d) without rounding. "
                     "(Requires %lld,%lld)",
                     TEXT_ARGS(plain_text(literal, buffer)), type.precision, type.scale,
                     (long long)(literal->count ? literal->count : 1), (long long)literal->scale);
}

static enum status too_long(const struct literal *literal, struct decimal_type type,
                            struct diag *diag)
{
    char buffer[MESSAGE_DIGITS_MAX + 4];
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "DECIMAL(%d, %d) value needs more than %d digits: %.*s", type.precision,
                     type.scale, DECIMAL_DIGITS_MAX, TEXT_ARGS(plain_text(literal, buffer)));
}

/* What is cut off: the first digit of it, and whether any digit behind that is not 0. */
struct cut {
    int guard;
    bool more;
};

static uint32_t digit_of(char c)
{
    return (uint32_t)(c - '0');
}

/* The first kept digits of the literal as a number, zeros added where it has fewer. At most 38
 * digits, so nothing can overflow. With kept < 0 even the guard stands before all digits. */
static uint128 take_digits(const struct literal *literal, int64_t kept, struct cut *cut)
{
    uint128 value = 0;
    int64_t index = 0;
    *cut = (struct cut){0, kept < 0};
    for (const char *next = literal->digits; next != literal->end && !cut->more; next++) {
        if (*next == '.') {
            continue;
        }
        if (index < kept) {
            value = value * 10U + digit_of(*next);
        } else if (index == kept) {
            cut->guard = (int)digit_of(*next);
        } else {
            cut->more = *next != '0';
        }
        index++;
    }
    for (; index < kept; index++) {
        value *= 10;
    }
    return value;
}

/* 1 if the number grows by rounding its cut-off part: that part stands in for 0.gm. */
static uint128 carry_of(struct cut cut, bool negative, enum decimal_rounding rounding)
{
    const int128 tail = cut.guard * 10 + cut.more;
    int128 carry = 0;
    const enum decimal_result rounded =
        decimal_rescale(negative ? -tail : tail, 2, 0, rounding, &carry);
    assert(rounded == DECIMAL_OK);
    (void)rounded;
    return carry != 0;
}

static enum status fit(const struct literal *literal, struct decimal_type type,
                       enum decimal_rounding rounding, int128 *out, struct diag *diag)
{
    if (literal->count == 0) {
        *out = 0;
        return STATUS_OK;
    }
    const int64_t whole = literal->count - literal->scale;
    if (whole > (int64_t)type.precision - type.scale) {
        return overflow(literal, type, diag);
    }
    const int64_t kept = whole + type.scale; /* digits up to the last place of the type */
    if (kept > DECIMAL_DIGITS_MAX) {
        return too_long(literal, type, diag);
    }
    struct cut cut;
    uint128 value = take_digits(literal, kept, &cut);
    if (cut.guard != 0 || cut.more) {
        if (rounding == DECIMAL_ROUNDING_UNNECESSARY) {
            return does_not_fit(literal, type, diag);
        }
        value += carry_of(cut, literal->negative, rounding);
    }
    *out = literal->negative ? -(int128)value : (int128)value;
    return STATUS_OK;
}

enum status decimal_parse(struct text text, struct decimal_type type,
                          enum decimal_rounding rounding, int128 *out, struct diag *diag)
{
    struct literal literal;
    TRY(scan(text, &literal, diag));
    return fit(&literal, type, rounding, out, diag);
}

enum status decimal_of_double(double value, struct decimal_type type,
                              enum decimal_rounding rounding, int128 *out, struct diag *diag)
{
    char text[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    const size_t length = number_text_double(text, value);
    return decimal_parse((struct text){text, length}, type, rounding, out, diag);
}

enum status decimal_of_int64(int64_t value, struct decimal_type type, int128 *out,
                             struct diag *diag)
{
    return decimal_cast(value, 0, type, DECIMAL_ROUNDING_UNNECESSARY, out, diag);
}

/* True if |value| at scale is below 10^digits. */
static bool is_below_power(int128 value, int32_t scale, int32_t digits)
{
    return value == 0 || decimal_digits(value) - scale <= digits;
}

enum status decimal_cast(int128 value, int32_t scale, struct decimal_type type,
                         enum decimal_rounding rounding, int128 *out, struct diag *diag)
{
    if (is_below_power(value, scale, type.precision - type.scale) &&
        decimal_rescale(value, scale, type.scale, rounding, out) == DECIMAL_OK) {
        return STATUS_OK;
    }
    /* It failed; the way through the text says why. */
    char digits[64];
    size_t length = decimal_text(digits, value, 0);
    digits[length++] = 'e';
    length += number_text_int64(digits + length, -(int64_t)scale);
    return decimal_parse((struct text){digits, length}, type, rounding, out, diag);
}
