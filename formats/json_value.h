/* json_value.h: one SQL value to JSON text and back.
 *
 * For REST rows, the shell and tests; record values of whole batches go through encoder.h and
 * decoder.h, which share this code. Thread: any. */
#ifndef FORMATS_JSON_VALUE_H
#define FORMATS_JSON_VALUE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "base/value.h"

enum json_form {
    JSON_WIRE,   /* as in records: DATE, TIME and TIMESTAMP are numbers */
    JSON_DISPLAY /* as REST shows rows: DATE, TIME and TIMESTAMP are ISO text */
};

/* Appends value. Numbers are Java's (1.0E7), NaN and the infinities are strings, DECIMAL is a
 * plain number, BYTES is base64, STRUCT an object of all fields, MAP an object whose keys are
 * the keys' text (the JSON format itself only takes STRING keys). */
void json_write_value(struct buffer *out, const struct type *type, const struct value *value,
                      enum json_form form);

/* Appends text between quotes, escaped as Jackson does: \" \\ \b \f \n \r \t, other controls as
 * \u00XX, everything else as it is. text must be UTF-8. */
void json_write_text(struct buffer *out, struct text text);

/* Reads the first JSON value of json as type, by the coercion rules of the JSON format (5.2 of
 * ksqlDB's rules: "12" is an INTEGER, anything is a STRING). Text without escapes is a slice of
 * json, the rest lives in arena. JSON null gives a NULL value. Fails with STATUS_INVALID and
 * ksqlDB's message, whose path starts at "$". */
MUST_USE enum status json_read_value(struct arena *arena, const struct type *type, struct text json,
                                     struct value *out, struct diag *diag);

#endif
