/* json_number.h: a number as it stands in JSON, and what SQL types make of it.
 *
 * A number is kept as its text until its type is known: JSON numbers have no size, and Jackson
 * reads them as IntNode, LongNode, BigIntegerNode or DecimalNode (exact) by what they look like.
 * Thread: any. */
#ifndef FORMATS_JSON_NUMBER_H
#define FORMATS_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"
#include "formats/json_scan.h"

struct json_number {
    struct text text;     /* all of it */
    struct text whole;    /* digits before the point */
    struct text fraction; /* digits behind it; empty without a point */
    int32_t exponent;     /* 0 without one */
    bool is_negative;
    bool is_integral; /* neither point nor exponent */
};

/* Reads a number whose sign or first digit stands at at. */
const char *json_number_scan(struct json_scan *scan, const char *at, struct json_number *out);

/* longValue: cut off at the point, then the low 64 bits of what is left. The low 32 of them are
 * intValue. */
int64_t json_number_int64(const struct json_number *number);

/* doubleValue: correctly rounded; never -0.0, which BigDecimal does not have. */
double json_number_double(const struct json_number *number);

/* The exact value as type, or ksqlDB's message for one that does not fit. */
MUST_USE enum status json_number_decimal(const struct json_number *number, struct decimal_type type,
                                         int128 *out, struct diag *diag);

/* True when the number's text is what json_number_print would write. */
bool json_number_is_canonical(const struct json_number *number);

/* As BigInteger and BigDecimal print it: 1e5 is 1E+5, -0 is 0. */
void json_number_print(const struct json_number *number, struct buffer *out);

/* "IntNode", ...: Jackson's class for it, which messages name. */
const char *json_number_node(const struct json_number *number);

#endif
