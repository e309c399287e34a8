/* number_text.h: numbers to text and back, as Java writes and reads them.
 *
 * Writers put plain ASCII into the caller's buffer, add no NUL and return the length. Readers
 * take the whole text or fail; they write *out only when they return true. Nothing depends on
 * the locale and nothing allocates. Thread: any. */
#ifndef BASE_NUMBER_TEXT_H
#define BASE_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

enum {
    NUMBER_TEXT_INT32_BYTES_MAX = 11,
    NUMBER_TEXT_INT64_BYTES_MAX = 20, /* also enough for uint64 */
    NUMBER_TEXT_DOUBLE_BYTES_MAX = 25 /* -1.2345678901234567E-308 and room */
};

size_t number_text_int32(char *out, int32_t value);
size_t number_text_int64(char *out, int64_t value);
size_t number_text_uint64(char *out, uint64_t value);

/* Double.toString of JDK 19 and later: the shortest digits that read back as value, the
 * nearest of them to value, at least one digit after the point; 1.0E7 and up, and below 1.0E-3,
 * with an exponent. NaN, Infinity and -Infinity by these names. */
size_t number_text_double(char *out, double value);

/* The digits of number_text_double without their layout: |value| = digits * 10^exponent10, no
 * trailing zero in digits (0 gives 0, 0). */
struct number_text_shortest {
    uint64_t digits; /* at most 17 decimal digits */
    int32_t exponent10;
    bool negative;
};

/* value must be finite. */
struct number_text_shortest number_text_shortest(double value);

/* Integer.parseInt and Long.parseLong: one optional sign, then ASCII digits only. False when
 * anything else stands there or the value does not fit. (Java also takes digits of other
 * scripts; these are refused.) */
MUST_USE bool number_text_parse_int32(struct text text, int32_t *out);
MUST_USE bool number_text_parse_int64(struct text text, int64_t *out);

enum number_text_names {
    NUMBER_TEXT_NAMES_REFUSED, /* NaN and Infinity are errors, as in CAST */
    NUMBER_TEXT_NAMES_ALLOWED  /* NaN and [+-]Infinity, exactly so spelled */
};

/* Double.parseDouble, correctly rounded: characters up to the space are trimmed from both ends;
 * "1", "1.", ".5", "1e5", "-1.5E+3", with one suffix d, D, f or F. Too large gives an infinity,
 * too small a zero. Hexadecimal floats are refused. */
MUST_USE bool number_text_parse_double(struct text text, enum number_text_names names, double *out);

/* digits * 10^exponent10 correctly rounded, for a reader that has its digits already (at most
 * 19, so that they fit). False in the rare case that cannot be decided cheaply: then parse the
 * text with number_text_parse_double. */
MUST_USE bool number_text_assemble_double(uint64_t digits, int64_t exponent10, bool negative,
                                          double *out);

#endif
