/* avro_default.h: the default value of an Avro field, from JSON to the bytes that stand for it. */
#ifndef FORMATS_AVRO_DEFAULT_H
#define FORMATS_AVRO_DEFAULT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "formats/wire_schema.h"

/* Appends the bytes of json as schema reads them; a union's default is of its first branch. False
 * when json is no value of schema. Bytes are texts of one character per byte. Thread: any. */
bool avro_default_write(const struct wire_schema *schema, const json_t *json, struct buffer *out);

#endif
