/* proto_binary.h: Protobuf's wire format: bytes to values by a plan, values to bytes by a schema.
 *
 * A message is a run of fields, each with its number and how long it is, in any order; absent
 * ones have the default of their type, unless the schema keeps the difference. Source: Protocol
 * Buffers encoding; ksqlDB's null semantics of PROTOBUF. Thread: one reader each. */
#ifndef FORMATS_PROTO_BINARY_H
#define FORMATS_PROTO_BINARY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/type.h"
#include "base/value.h"
#include "formats/wire_plan.h"
#include "formats/wire_schema.h"

/* The kinds of value that a field's tag tells apart. */
enum proto_wire { PROTO_VARINT = 0, PROTO_FIXED64 = 1, PROTO_BYTES = 2, PROTO_FIXED32 = 5 };

/* How a value of schema is tagged when it stands alone. */
enum proto_wire proto_wire_of(const struct wire_schema *schema);

/* The number that the bits of a value stand for. */
int64_t proto_integer(const struct wire_schema *schema, uint64_t bits);
double proto_real(enum wire_kind kind, uint64_t bits);

/* The message from reader->at to its end into cells, one per target of plan. False:
 * reader->message says why, or memory is out. Text may be slices of the record. */
bool proto_read_fields(struct wire_reader *reader, const struct wire_plan *plan,
                       struct value *cells);

/* Appends the message from reader->at to its end as Protobuf's text format has it, on one line and
 * without a blank at its end: a: 1 b { c: "x" }. Fields are in the order of their numbers, unknown
 * ones have the number as name. False: as above, or a text that is not UTF-8. */
bool proto_append_text(struct wire_reader *reader, const struct wire_schema *schema,
                       struct buffer *out);

/* Writes a STRUCT's fields as a message without a length in front. *refusal (NULL before) says
 * why a value cannot be written. */
void proto_write(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                 const struct value *value, const char **refusal);

#endif
