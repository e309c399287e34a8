/* shell_json.h: looks into JSON text without changing it.
 *
 * A table must show 1.10 and 1.0E10 as the server wrote them, which a parser that makes doubles
 * of numbers cannot give back. So rows are cut, not parsed: values are parts of the text. The
 * text comes from the server; anything malformed ends an iteration. Thread: any. */
#ifndef SHELL_SHELL_JSON_H
#define SHELL_SHELL_JSON_H

#include "base/buffer.h"
#include "base/text.h"

/* The elements of an array, in turn: *rest is the array, brackets included, at first. */
bool shell_json_next(struct text *rest, struct text *out_element);

/* The value of a member of an object; empty when there is none. */
struct text shell_json_member(struct text object, struct text name);

/* Appends a value for a person: a string without quotes and escapes, the rest as it is. */
void shell_json_append(struct buffer *out, struct text value);

#endif
