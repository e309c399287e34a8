/* json_document.h: a JSON value as a tree in an arena, and back to text.
 *
 * Numbers keep their text, so nothing is lost of them; objects keep the order of their keys,
 * and of a key that comes twice the last value, as ksqlDB's JSON mapper has it. Strings are
 * unescaped. Texts are borrowed from the input where they need no change. Thread: a document is
 * immutable once read. */
#ifndef FUNCTIONS_JSON_DOCUMENT_H
#define FUNCTIONS_JSON_DOCUMENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "functions/json_reader.h"

struct json_node {
    enum json_kind kind; /* JSON_END for a text without a value */
    struct text text;    /* STRING: unescaped; numbers: as written */
    struct text key;     /* of an object's member, unescaped */
    uint32_t count;      /* of items */
    const struct json_node **items;
};

/* Reads the first value of text. STATUS_INVALID without a message when it is not JSON. */
MUST_USE enum status json_document_read(struct text text, struct arena *arena,
                                        const struct json_node **out, struct diag *diag);

/* Appends the value without blanks; numbers in plain digits. False, with the buffer in any
 * state, when a number's exponent is beyond JSON_SCALE_MAX. */
enum { JSON_SCALE_MAX = 9999 }; /* Jackson's limit for plain numbers */
MUST_USE bool json_document_print(const struct json_node *node, struct buffer *out);

/* Appends text between quotes, escaped as Jackson does it. */
void json_print_string(struct text text, struct buffer *out);

#endif
