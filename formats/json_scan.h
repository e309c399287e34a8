/* json_scan.h: walking over JSON text: white space, strings, whole values.
 *
 * The functions take a position inside the text and return the one behind what they read, or
 * NULL with the fault noted in scan. They check everything that Jackson checks (grammar, UTF-8,
 * nesting), so that a record is well-formed or not whatever a query reads of it. Nothing is
 * read outside [begin, end) and nothing need follow end. Thread: one scan, one thread. */
#ifndef FORMATS_JSON_SCAN_H
#define FORMATS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "formats/json_block.h"

enum {
    JSON_DEPTH_MAX = 1000,       /* as Jackson's StreamReadConstraints has it */
    JSON_NUMBER_BYTES_MAX = 1000 /* likewise; keeps long arithmetic short */
};

enum json_fault {
    JSON_FAULT_NONE,
    JSON_FAULT_VALUE, /* something that starts no value */
    JSON_FAULT_TOKEN, /* a word that is not null, true or false */
    JSON_FAULT_KEY,   /* no quote where a name must start */
    JSON_FAULT_COLON,
    JSON_FAULT_OBJECT_COMMA,
    JSON_FAULT_ARRAY_COMMA,
    JSON_FAULT_ROOT_SPACE, /* 12x on the outermost level */
    JSON_FAULT_END,        /* the text ends inside an object or array or before a value */
    JSON_FAULT_END_IN_STRING,
    JSON_FAULT_CONTROL, /* a control character inside a string */
    JSON_FAULT_ESCAPE,
    JSON_FAULT_HEX, /* \u without four hexadecimal digits */
    JSON_FAULT_UTF8,
    JSON_FAULT_LEADING_ZERO,
    JSON_FAULT_DIGIT, /* no digit after the sign, point or exponent */
    JSON_FAULT_NUMBER_LENGTH,
    JSON_FAULT_EXPONENT, /* beyond 32 bits */
    JSON_FAULT_DEPTH,
    JSON_FAULT_COUNT
};

struct json_scan {
    const char *begin;
    const char *end;
    uint32_t depth; /* objects and arrays that the caller has opened around the position */
    enum json_fault fault;
    const char *fault_at; /* at most end */
};

static inline bool json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *json_skip_space(const struct json_scan *scan, const char *at)
{
    while (at < scan->end && json_is_space(*at)) {
        at++;
    }
    return at;
}

/* Notes the fault; always NULL, so that a failure is one statement. */
static inline const char *json_fail(struct json_scan *scan, enum json_fault fault, const char *at)
{
    scan->fault = fault;
    scan->fault_at = at;
    return NULL;
}

/* The inside of one string. */
struct json_string {
    struct text raw; /* between the quotes, as it stands */
    bool has_escapes;
};

/* at stands behind the opening quote; returns the position behind the closing one. */
const char *json_scan_string_slow(struct json_scan *scan, const char *at, const char *stop,
                                  bool has_high, struct json_string *out);

/* As above for any string; plain ASCII without escapes never leaves this function. */
static inline const char *json_scan_string(struct json_scan *scan, const char *at,
                                           struct json_string *out)
{
    bool has_high = false;
    const char *stop = json_string_stop(scan->begin, at, scan->end, &has_high);
    if (stop < scan->end && *stop == '"' && !has_high) {
        *out = (struct json_string){.raw = {at, (size_t)(stop - at)}};
        return stop + 1;
    }
    return json_scan_string_slow(scan, at, stop, has_high, out);
}

/* The text that a scanned string stands for: raw itself, or a copy in arena. data is NULL when
 * memory is out. A lone surrogate becomes U+FFFD. */
struct text json_string_text(struct arena *arena, struct json_string string);

/* Reads a name and its colon; at stands where the opening quote must be, the result where the
 * value starts. */
const char *json_scan_key(struct json_scan *scan, const char *at, struct json_string *out);

/* Reads null, true or false, whose first letter stands at at. */
const char *json_scan_literal(struct json_scan *scan, const char *at);

/* Reads one value of any kind; at stands at its first character. */
const char *json_skip_value(struct json_scan *scan, const char *at);

/* Jackson's words for the fault of scan. */
void json_fault_print(const struct json_scan *scan, struct buffer *out);

#endif
