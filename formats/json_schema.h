/* json_schema.h: JSON Schema: a document to a wire_schema, and SQL columns to a document.
 *
 * Follows Confluent's JsonSchemaData: what JSON cannot tell (int32 or int64, a decimal, a date)
 * stands in Connect's own members, "connect.type" and "title". A choice between null and one other
 * schema is that one, optional; any other choice has no SQL type. Thread: any. */
#ifndef FORMATS_JSON_SCHEMA_H
#define FORMATS_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "formats/wire_schema.h"

/* Fails with STATUS_INVALID for text that is no JSON Schema or nests too deep. */
MUST_USE enum status json_schema_parse(struct arena *arena, struct text text,
                                       const struct wire_schema **out, struct diag *diag);

/* As schema_write. */
MUST_USE enum status json_schema_write(struct arena *arena, const struct schema_writing *writing,
                                       struct buffer *out, struct diag *diag);

#endif
