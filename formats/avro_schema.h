/* avro_schema.h: Avro schemas: JSON to a wire_schema, and SQL columns to JSON.
 *
 * Follows Confluent's AvroData for what a schema means in the terms of Connect: a union of null
 * and one other type is that type, optional; other unions are structs with a field per branch; an
 * array of records marked as map entries is a map. Thread: any. */
#ifndef FORMATS_AVRO_SCHEMA_H
#define FORMATS_AVRO_SCHEMA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "formats/wire_schema.h"

/* Fails with STATUS_INVALID for text that is no Avro schema, is recursive, or nests too deep. */
MUST_USE enum status avro_schema_parse(struct arena *arena, struct text text,
                                       const struct wire_schema **out, struct diag *diag);

/* As schema_write. Fails for column names that Avro does not take. */
MUST_USE enum status avro_schema_write(struct arena *arena, const struct schema_writing *writing,
                                       struct buffer *out, struct diag *diag);

#endif
