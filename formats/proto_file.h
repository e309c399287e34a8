/* proto_file.h: a .proto text as messages and enums, names not yet resolved.
 *
 * proto2 and proto3; services, extensions and options are skipped, but for what a field's options
 * say about packing and decimals. Texts borrow from the source, nodes live in the arena.
 * Source: the Protocol Buffers language specification. Thread: any. */
#ifndef FORMATS_PROTO_FILE_H
#define FORMATS_PROTO_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct wire_schema;

enum proto_label { PROTO_SINGLE, PROTO_OPTIONAL, PROTO_REQUIRED, PROTO_REPEATED, PROTO_MAP };

struct proto_field {
    enum proto_label label;
    struct text name;
    struct text type;    /* of a MAP: of its values */
    struct text map_key; /* MAP: a scalar type */
    struct text oneof;   /* the oneof it belongs to; data NULL: none */
    uint32_t number;
    bool is_unpacked;   /* [packed = false] */
    uint16_t precision; /* of confluent.field_meta; 0: not given */
    uint16_t scale;
    struct proto_field *next;
};

struct proto_symbol {
    struct text name;
    int32_t number;
    struct proto_symbol *next;
};

struct proto_enum {
    struct text name; /* full, without the leading dot */
    struct proto_symbol *symbols;
    struct proto_symbol **last_symbol; /* where the next one goes */
    uint32_t symbol_count;
    struct proto_enum *next; /* of all enums */
};

struct proto_message {
    struct text name; /* full, without the leading dot */
    struct proto_message *parent;
    uint32_t index; /* among its parent's, or its file's, messages */
    bool is_proto2;
    bool is_imported;
    struct proto_field *fields; /* in order */
    struct proto_field **last_field;
    uint32_t field_count;
    struct proto_message *next; /* of all messages, in order of their beginnings */
    /* For the resolver: what it has made of this message, and whether it is at it. */
    struct wire_schema *schema;
    bool is_open;
};

/* All messages and enums of a text and of those that it imports. */
struct proto_file {
    struct proto_message *messages;
    struct proto_message **last_message;
    struct proto_enum *enums;
    uint32_t part_count; /* messages, fields, enums and symbols */
};

void proto_file_init(struct proto_file *file);

/* Adds what text defines. Fails with STATUS_INVALID, naming the line. */
MUST_USE enum status proto_file_parse(struct proto_file *file, struct arena *arena,
                                      struct text text, bool is_imported, struct diag *diag);

#endif
