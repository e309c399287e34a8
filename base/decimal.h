/* decimal.h: SQL DECIMAL values and their arithmetic, as ksqlDB does it with BigDecimal.
 *
 * A value is its unscaled 128-bit integer; the scale stands in the SQL type, so value and scale
 * go through the interface side by side: 12.30 as DECIMAL(4,2) is 1230. Values hold at most 38
 * digits. SQL may declare a higher precision or scale; a value that then needs more than 38
 * digits is an error, never a wrong number.
 *
 * Two kinds of failure: arithmetic gives an enum decimal_result, which costs nothing on the
 * record path (decimal_result_message has the wording); conversions from outside data give
 * enum status and a diag. *out is written only on success. Thread: any. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/int128.h"
#include "base/status.h"
#include "base/text.h"

/* precision >= 1, 0 <= scale <= precision for SQL types; both may exceed 38. */
struct decimal_type {
    int32_t precision;
    int32_t scale;
};

enum decimal_rounding {
    DECIMAL_ROUNDING_HALF_UP,
    DECIMAL_ROUNDING_HALF_DOWN,
    DECIMAL_ROUNDING_DOWN,       /* toward zero */
    DECIMAL_ROUNDING_UP,         /* away from zero */
    DECIMAL_ROUNDING_FLOOR,      /* toward minus infinity */
    DECIMAL_ROUNDING_CEILING,    /* toward plus infinity */
    DECIMAL_ROUNDING_UNNECESSARY /* a digit other than 0 may not be dropped */
};

enum decimal_result {
    DECIMAL_OK = 0,
    DECIMAL_OVERFLOW, /* more than 38 digits */
    DECIMAL_INEXACT,  /* ROUNDING_UNNECESSARY met a digit that would be lost */
    DECIMAL_DIVISION_BY_ZERO,
    DECIMAL_DIVISION_UNDEFINED, /* 0 / 0 */
    DECIMAL_DIVISION_IMPOSSIBLE /* remainder: the quotient has more digits than the precision */
};

/* The message of the ArithmeticException that Java throws there. */
const char *decimal_result_message(enum decimal_result result);

/* Result types of the operators (spec: "Arithmetic typing"), and the smallest type that holds
 * all values of both (GREATEST, IN, CASE). */
struct decimal_type decimal_type_of_add(struct decimal_type a, struct decimal_type b);
struct decimal_type decimal_type_of_multiply(struct decimal_type a, struct decimal_type b);
struct decimal_type decimal_type_of_divide(struct decimal_type a, struct decimal_type b);
struct decimal_type decimal_type_of_remainder(struct decimal_type a, struct decimal_type b);
struct decimal_type decimal_type_widen(struct decimal_type a, struct decimal_type b);

/* Both results have the larger of the two scales. */
MUST_USE enum decimal_result decimal_add(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                         int128 *out);
MUST_USE enum decimal_result decimal_subtract(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                              int128 *out);
/* The result has scale a_scale + b_scale. */
MUST_USE enum decimal_result decimal_multiply(int128 a, int128 b, int128 *out);
/* a / b, exact at out_scale or DECIMAL_INEXACT (1/3 always is). */
MUST_USE enum decimal_result decimal_divide(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                            int32_t out_scale, int128 *out);
/* a % b with the sign of a and the larger of the two scales. out_precision is that of
 * decimal_type_of_remainder: Java refuses a whole quotient that it cannot hold. */
MUST_USE enum decimal_result decimal_remainder(int128 a, int32_t a_scale, int128 b, int32_t b_scale,
                                               int32_t out_precision, int128 *out);

/* The same number with another scale; scales may be negative (ROUND to tens is scale -1). */
MUST_USE enum decimal_result decimal_rescale(int128 value, int32_t from_scale, int32_t to_scale,
                                             enum decimal_rounding rounding, int128 *out);

/* <0, 0 or >0, by value: 1.0 equals 1.00. */
int decimal_compare(int128 a, int32_t a_scale, int128 b, int32_t b_scale);

/* Digits of the unscaled value without leading zeros, 1 for 0: BigDecimal.precision. */
int32_t decimal_digits(int128 value);

/* Room that decimal_text needs. */
static inline size_t decimal_text_bytes_max(int32_t scale)
{
    return 43U + (scale > 0 ? (size_t)scale : 0U);
}

/* BigDecimal.toPlainString: all digits of the scale, no exponent ("0.50", "-12"). scale >= 0.
 * Writes no NUL; returns the length. */
size_t decimal_text(char *out, int128 value, int32_t scale);

/* The next four bring a number from outside to type, rounding where it has more decimals than
 * the scale: HALF_UP for CAST, UNNECESSARY where ksqlDB takes exact values only. Errors are
 * STATUS_INVALID with ksqlDB's text:
 *   Numeric field overflow: A field with precision <p> and scale <s> must round to an absolute
 *   value less than 10^<p-s>. Got <v>
 *   Cannot fit decimal '<v>' into DECIMAL(<p>, <s>) without rounding. (Requires <p>,<s>)
 * The bound is tested before rounding, as ksqlDB does: 9.99 rounds into DECIMAL(2,1) as 10.0. */

/* BigDecimal(String): [sign] digits [. digits] [e [sign] digits], nothing else, no spaces. */
MUST_USE enum status decimal_parse(struct text text, struct decimal_type type,
                                   enum decimal_rounding rounding, int128 *out, struct diag *diag);
/* BigDecimal.valueOf(double): through the shortest text of the double. NaN and infinities are
 * errors. */
MUST_USE enum status decimal_of_double(double value, struct decimal_type type,
                                       enum decimal_rounding rounding, int128 *out,
                                       struct diag *diag);
MUST_USE enum status decimal_of_int64(int64_t value, struct decimal_type type, int128 *out,
                                      struct diag *diag);
MUST_USE enum status decimal_cast(int128 value, int32_t scale, struct decimal_type type,
                                  enum decimal_rounding rounding, int128 *out, struct diag *diag);

/* BigDecimal.doubleValue, correctly rounded. */
double decimal_to_double(int128 value, int32_t scale);
/* BigDecimal.longValue: decimals are cut off, and of the whole number the low 64 bits. */
int64_t decimal_to_int64(int128 value, int32_t scale);

#endif
