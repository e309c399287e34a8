/* schema_registry.h: what formats ask of a schema registry, and what they need of a schema.
 *
 * A registry holds the text of schemas under ids that never change their meaning. Records of the
 * registry formats begin with such an id (Confluent's framing: a zero byte, the id in four bytes,
 * big-endian), so whoever decodes looks schemas up as they turn up. The registry itself lives
 * above (engine/schema_store.h); this is the view that formats have of it.
 * Source: Confluent wire format; ksqlDB serialization reference. Thread: see each call. */
#ifndef FORMATS_SCHEMA_REGISTRY_H
#define FORMATS_SCHEMA_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/format.h"

/* A schema that another one imports by name (Protobuf). */
struct schema_reference {
    struct text name;
    struct text text;
};

struct registered_schema {
    enum format_kind format; /* FORMAT_AVRO, FORMAT_JSON_SR or FORMAT_PROTOBUF */
    struct text text;
    uint32_t reference_count;
    const struct schema_reference *references;
};

struct schema_registry {
    void *context;
    /* The schema of id, copied into arena. STATUS_MISSING when there is none. Any thread. */
    enum status (*find)(void *context, uint32_t id, struct arena *arena,
                        struct registered_schema *out, struct diag *diag);
};

/* What a format needs beside the columns: plain data, borrowed. Zero where nothing was asked. */
struct schema_use {
    const struct schema_registry *registry; /* NULL: no schema can be found */
    uint32_t id;                            /* encoders: the schema that records are written with */
    struct text full_name;                  /* of the record or message; data NULL: the default */
    enum format_nullable nullable;          /* the Protobuf formats */
};

/* The columns that a registered schema stands for; in arena. keeps_case: names as they are, else
 * in upper case. is_unwrapped: the schema is one value (ROWKEY or ROWVAL), unless it cannot be.
 * Types that SQL has no equal for are left out. Fails with ksqlDB's text when the schema cannot be
 * read, is recursive, or no column is left. */
struct schema_columns {
    bool is_bare; /* one column that is the whole value */
    uint32_t count;
    const struct type_field *fields;
};
struct schema_reading {
    enum format_side side;
    bool is_unwrapped;
    bool keeps_case;
    struct text full_name; /* data NULL: the first one */
    bool is_choice_needed; /* several messages need a full_name; else the first one is meant */
};
MUST_USE enum status schema_read_columns(struct arena *arena,
                                         const struct registered_schema *schema,
                                         const struct schema_reading *reading,
                                         struct schema_columns *out, struct diag *diag);

/* Appends the text of the schema that ksqlDB would register for these columns. is_unwrapped: the
 * one column as a bare value. Fails where the format cannot have such names. */
struct schema_writing {
    enum format_kind format;
    bool is_unwrapped;
    struct text full_name;
    enum format_nullable nullable;
    uint32_t column_count;
    const struct type_field *columns;
};
MUST_USE enum status schema_write(struct arena *arena, const struct schema_writing *writing,
                                  struct buffer *out, struct diag *diag);

/* "io.confluent.ksql.avro_schemas.OutputKey": what AVRO calls the keys of source; in arena, data
 * NULL when memory is out. */
struct text schema_key_name(struct arena *arena, struct text source);

#endif
