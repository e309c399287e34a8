/* wire_text.h: whole records of a registry format as one line of text, for people.
 *
 * Nobody says which columns there are: a record names its schema, and all of it is shown. AVRO is
 * shown as Avro's GenericData does, JSON_SR as compact JSON, PROTOBUF in the one-line text format.
 * Source: ksqlDB's RecordFormatter, which shows what Confluent's deserializers give. A number of
 * uint64 or fixed64 beyond 2^63 shows as a negative one.
 * Thread: one at a time. */
#ifndef FORMATS_WIRE_TEXT_H
#define FORMATS_WIRE_TEXT_H

#include "base/arena.h"
#include "base/bounds.h"
#include "base/buffer.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "formats/wire_schema.h"

enum { WIRE_TEXT_BYTES_MAX = 4 * RECORD_BYTES_MAX /* of one record; longer ones are refused */ };

struct wire_text_schema;

struct wire_text {
    enum format_kind format; /* FORMAT_AVRO, FORMAT_JSON_SR or FORMAT_PROTOBUF */
    const struct schema_registry *registry; /* borrowed */
    struct arena arena;                     /* of the schemas */
    struct wire_text_schema *schemas;       /* those that records have named, newest first */
    uint32_t schema_count;
    struct arena scratch; /* of one record */
    struct buffer text;   /* likewise */
};

void wire_text_init(struct wire_text *self, enum format_kind format,
                    const struct schema_registry *registry);
void wire_text_release(struct wire_text *self);

/* Appends the text of record. Fails with STATUS_NO_MEMORY, or with any other status when the record
 * is none of the format: no frame, an id that the registry does not have or has for another
 * format, bytes that do not fit the schema. Then nothing is appended. */
MUST_USE enum status wire_text_append(struct wire_text *self, struct text record,
                                      struct buffer *out, struct diag *diag);

/* A number of kind WIRE_FLOAT32 or WIRE_FLOAT64 as Java's Float or Double shows it. */
void wire_text_append_real(struct buffer *out, enum wire_kind kind, double real);

#endif
