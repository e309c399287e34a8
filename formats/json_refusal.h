/* json_refusal.h: noting in a reader why a value does not convert.
 *
 * Every function returns NULL, so that a refusal is one statement, and does nothing but that while
 * the reader is not careful. Messages are those of ksqlDB's KsqlJsonDeserializer.
 * Thread: the reader's. */
#ifndef FORMATS_JSON_REFUSAL_H
#define FORMATS_JSON_REFUSAL_H

#include <assert.h>

#include "formats/json_reader.h"

/* "<what>, path: $.A[2]". */
const char *json_refuse(struct json_reader *reader, struct text what);

/* The value at at (NULL: there is none) is of a kind that type does not take: "Can't convert
 * type. sourceType: TextNode, requiredType: BOOLEAN". */
const char *json_refuse_type(struct json_reader *reader, const struct type *type, const char *at);

/* A text that is no number: "Can't coerce string to type. targetType: INTEGER". */
const char *json_refuse_text(struct json_reader *reader, const struct type *type);

/* The path goes one step down, and up again. */
static inline void json_push_step(struct json_reader *reader, struct json_step step)
{
    assert(reader->step_count < sizeof(reader->steps) / sizeof(reader->steps[0]));
    reader->steps[reader->step_count++] = step;
}

static inline void json_pop_step(struct json_reader *reader)
{
    assert(reader->step_count > 0);
    reader->step_count--;
}

#endif
