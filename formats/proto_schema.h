/* proto_schema.h: Protobuf schemas: .proto text to a wire_schema, and SQL columns to text.
 *
 * Follows Confluent's ProtobufData: messages are structs, google.protobuf's wrappers are scalars
 * that may be null, Timestamp, Date, TimeOfDay and confluent.type.Decimal are SQL's types, a
 * repeated message called ..Entry of key and value is a map, a oneof is a struct of its fields.
 * Thread: any. */
#ifndef FORMATS_PROTO_SCHEMA_H
#define FORMATS_PROTO_SCHEMA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "formats/wire_schema.h"

/* Which message of a text is meant: the one of this name, or the one that a record's index bytes
 * (without the schema's id) name, or, with neither, the first. */
struct proto_choice {
    struct text full_name;
    struct text index;
};

/* Fails with STATUS_INVALID for text that is no schema, has no such message, or whose message is
 * recursive. The schema's message_index is set. */
MUST_USE enum status proto_schema_parse(struct arena *arena,
                                        const struct registered_schema *registered,
                                        const struct proto_choice *choice,
                                        const struct wire_schema **out, struct diag *diag);

/* Fails unless the text defines one message on its own, or full_name says which one is meant; the
 * message lists them and names the property that would. */
MUST_USE enum status proto_schema_check_choice(struct arena *arena,
                                               const struct registered_schema *registered,
                                               enum format_side side, struct text full_name,
                                               struct diag *diag);

/* The schema that columns of PROTOBUF_NOSR have, which is never registered. */
MUST_USE enum status wire_schema_of_columns(struct arena *arena, const struct type_field *columns,
                                            uint32_t column_count, enum format_nullable nullable,
                                            const struct wire_schema **out, struct diag *diag);

/* As schema_write; also for PROTOBUF_NOSR. */
MUST_USE enum status proto_schema_write(struct arena *arena, const struct schema_writing *writing,
                                        struct buffer *out, struct diag *diag);

#endif
