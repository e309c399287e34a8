/* proto_occurrence.h: the next field in the bytes of a Protobuf message, whatever its schema.
 *
 * A length must fit what is left, and numbers have ten bytes at most; groups, which proto3 does not
 * have, are refused. Source: Protocol Buffers encoding. Thread: one reader each. */
#ifndef FORMATS_PROTO_OCCURRENCE_H
#define FORMATS_PROTO_OCCURRENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/wire_plan.h"

/* One field's value as it stands in the bytes. */
struct occurrence {
    uint32_t number;
    uint32_t wire; /* enum proto_wire, or what none has */
    uint64_t bits; /* VARINT, FIXED64, FIXED32 */
    struct text bytes;
};

/* Tag and value at reader->at; false with reader->message. */
bool proto_read_occurrence(struct wire_reader *reader, struct occurrence *out);

/* The value alone, of the kind out->wire. */
bool proto_read_value(struct wire_reader *reader, struct occurrence *out);

/* Takes the index of a record's message off body: [count, index...], or 0 for the first one, which
 * *head is then too if it was written the long way. False: it is cut off. */
bool proto_take_index(struct text *body, struct text *head);

#endif
