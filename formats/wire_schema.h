/* wire_schema.h: a schema of a registry format as a tree, whatever language it was written in.
 *
 * Avro, JSON Schema and Protobuf texts are parsed into this one form, which has the kinds of Kafka
 * Connect, because ksqlDB defines the SQL types and coercions of these formats in its terms. What
 * only one format's bytes depend on (union branches, field numbers) stands beside the kind.
 *
 * Trees are finite and may share nodes; a named type that contains itself is refused by the
 * parsers. Everything lives in the arena of the call that made it. Source: ksqlDB
 * ConnectSchemaUtil, AvroData, ProtobufData, JsonSchemaData. Thread: immutable once built. */
#ifndef FORMATS_WIRE_SCHEMA_H
#define FORMATS_WIRE_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/schema_registry.h"

enum {
    /* Nodes that one schema may have: a hostile text of a few kilobytes could name millions. */
    WIRE_NODE_COUNT_MAX = 65536,
    /* Of a name with its namespace or package: each type and each use of one has a copy. */
    WIRE_NAME_BYTES_MAX = 1024,
    WIRE_DECIMAL_PRECISION_UNKNOWN = 64 /* what Connect says of a decimal that does not tell */
};

enum wire_kind {
    WIRE_BOOLEAN,
    WIRE_INT8,
    WIRE_INT16,
    WIRE_INT32,
    WIRE_INT64,
    WIRE_FLOAT32,
    WIRE_FLOAT64,
    WIRE_STRING,
    WIRE_BYTES,
    WIRE_DECIMAL,
    WIRE_DATE,
    WIRE_TIME,
    WIRE_TIMESTAMP,
    WIRE_ARRAY,
    WIRE_MAP,
    WIRE_STRUCT,
    WIRE_NOTHING, /* Avro null on its own, JSON null: no SQL type */
    WIRE_KIND_COUNT
};

/* How the bytes of a node look where its kind leaves a choice. */
enum wire_form {
    WIRE_PLAIN,
    WIRE_AVRO_ENUM,    /* STRING: an index into symbols */
    WIRE_AVRO_FIXED,   /* BYTES, DECIMAL: size bytes */
    WIRE_AVRO_ENTRIES, /* MAP: an array of records of key and value */
    WIRE_AVRO_UNION,   /* STRUCT: one of the fields, which are the branches */
    WIRE_PROTO_ZIGZAG, /* INT32, INT64: sint32, sint64 */
    WIRE_PROTO_FIXED,  /* INT32, INT64: (s)fixed32 and 64 by fixed_bytes */
    WIRE_PROTO_UINT32, /* INT64: uint32 */
    WIRE_PROTO_ENUM,   /* STRING: the number of a symbol */
    WIRE_PROTO_ONEOF,  /* STRUCT: its fields stand among those of the message around it */
    WIRE_PROTO_WRAPPER /* a message whose field 1 is the value: google.protobuf.Int32Value */
};

struct wire_schema;

struct wire_field {
    struct text name;
    const struct wire_schema *schema;
    uint32_t number;       /* Protobuf */
    bool is_presence_kept; /* Protobuf: optional, or of a oneof; 0 and absent differ */
    bool has_default;      /* Avro: a writer without the column writes default_bytes */
    struct text default_bytes;
};

struct wire_schema {
    enum wire_kind kind;
    enum wire_form form;
    bool is_optional;   /* may be null */
    bool is_packed;     /* Protobuf ARRAY: numbers in one run */
    int8_t null_branch; /* Avro: index of null in a union with one other branch; -1: no union */
    uint16_t precision; /* DECIMAL */
    uint16_t scale;
    uint32_t fixed_bytes;
    uint32_t symbol_count;
    const struct text *symbols;
    const int32_t *symbol_numbers; /* Protobuf; NULL: the index */
    struct text name;              /* of records, messages, enums */
    struct text message_index;     /* Protobuf: the bytes in a record that name this message */
    const struct wire_schema *key; /* MAP */
    const struct wire_schema *element;
    uint32_t field_count;
    const struct wire_field *fields;
};

/* "int32", "struct": Connect's names, as in messages. */
const char *wire_kind_name(enum wire_kind kind);

/* The registered schema of id, which must be one of format: one registry has all of them, and a
 * record may name any. STATUS_MISSING: there is no such id. */
MUST_USE enum status wire_schema_find(struct arena *arena, const struct schema_registry *registry,
                                      uint32_t id, enum format_kind format,
                                      struct registered_schema *out, struct diag *diag);

struct proto_choice; /* formats/proto_schema.h */

/* The schema of registered, parsed by its format. choice: which message is meant (Protobuf). */
MUST_USE enum status wire_schema_parse(struct arena *arena,
                                       const struct registered_schema *registered,
                                       const struct proto_choice *choice,
                                       const struct wire_schema **out, struct diag *diag);

/* A copy of schema that may be null. NULL when memory is out. */
const struct wire_schema *wire_schema_optional(struct arena *arena,
                                               const struct wire_schema *schema);

#endif
