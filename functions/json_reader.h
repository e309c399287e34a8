/* json_reader.h: reading JSON text piece by piece, without building anything.
 *
 * Strict JSON as Jackson reads it: no comments, no single quotes, no NaN, no control characters
 * inside strings. Nothing is copied: strings and numbers are slices of the text. Functions that
 * give false leave the reader somewhere in the bad text, good for nothing more.
 *
 * A text may go on behind its first value, as ksqlDB allows ({"a":1}}), but a number or a word
 * must end there. Thread: one at a time. */
#ifndef FUNCTIONS_JSON_READER_H
#define FUNCTIONS_JSON_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 1000 }; /* nesting; Jackson's limit */

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_INTEGER, /* a number without fraction and exponent */
    JSON_FRACTION,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
    JSON_END,    /* nothing but blanks is left */
    JSON_INVALID /* no value starts here */
};

struct json_reader {
    const char *next;
    const char *end;
    uint32_t depth; /* arrays and objects that are open */
};

struct json_reader json_reader_of(struct text text);

/* What the next value is, behind blanks, judged by its first character; a number is told to be
 * JSON_INTEGER until json_read_number says better. */
enum json_kind json_peek(struct json_reader *reader);

/* Takes the token, behind blanks; false when something else stands there. */
bool json_take(struct json_reader *reader, char token);

/* A string's raw inside, without its quotes; json_unescape gives its text. */
MUST_USE bool json_read_string(struct json_reader *reader, struct text *raw, bool *has_escapes);

/* A number as it is written. */
MUST_USE bool json_read_number(struct json_reader *reader, struct text *number,
                               enum json_kind *kind);

/* Skips a value of any kind, checking all of it. *slice is its text without blanks around. */
MUST_USE bool json_skip(struct json_reader *reader, struct text *slice);

/* Skips the first value of a text; false when it is not valid JSON. A text of blanks gives true
 * and an empty slice. */
MUST_USE bool json_skip_root(struct text text, struct text *slice);

/* Opens an array or object, then asks for each item: json_enter, json_next, item, json_next,
 * item, ... json_next tells by *has_item whether there is one more; after the last the bracket
 * is taken. A key is read with json_read_key. */
MUST_USE bool json_enter(struct json_reader *reader);
MUST_USE bool json_next(struct json_reader *reader, bool is_first, bool *has_item);
MUST_USE bool json_read_key(struct json_reader *reader, struct text *raw, bool *has_escapes);

/* The text that a string's raw inside stands for, in arena or raw itself. Halves of surrogate
 * pairs without their partner become '?'. raw must come from json_read_string. */
MUST_USE enum status json_unescape(struct arena *arena, struct text raw, struct text *out,
                                   struct diag *diag);

#endif
