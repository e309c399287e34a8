/* proto_occurrence.c
 *
 * Varints, fixed numbers and runs of bytes: the four kinds of value that a tag tells apart. */
#include "formats/proto_occurrence.h"

#include "base/bounds.h"
#include "formats/proto_binary.h"

enum { VARINT_BYTES_MAX = 10, VARINT_BITS = 7, TAG_BITS = 3 };

static bool truncated(struct wire_reader *reader)
{
    return wire_fail(reader, TEXT("the record ends too early"));
}

static bool read_varint(struct wire_reader *reader, uint64_t *out)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
        if (reader->at == reader->end) {
            return truncated(reader);
        }
        const unsigned char byte = (unsigned char)*reader->at++;
        bits |= (uint64_t)(byte & 0x7F) << (i * VARINT_BITS);
        if (byte < 0x80) {
            *out = bits;
            return true;
        }
    }
    return wire_fail(reader, TEXT("a number has more than ten bytes"));
}

static bool read_bytes(struct wire_reader *reader, uint64_t bytes, struct text *out)
{
    if (bytes > (uint64_t)(reader->end - reader->at)) {
        return truncated(reader);
    }
    *out = (struct text){reader->at, (size_t)bytes};
    reader->at += bytes;
    return true;
}

static bool read_fixed(struct wire_reader *reader, size_t bytes, uint64_t *out)
{
    struct text run;
    if (!read_bytes(reader, bytes, &run)) {
        return false;
    }
    *out = 0;
    for (size_t i = bytes; i-- > 0;) {
        *out = *out << 8 | (unsigned char)run.data[i];
    }
    return true;
}

bool proto_read_value(struct wire_reader *reader, struct occurrence *out)
{
    switch (out->wire) {
    case PROTO_VARINT:
        return read_varint(reader, &out->bits);
    case PROTO_FIXED64:
        return read_fixed(reader, 8, &out->bits);
    case PROTO_FIXED32:
        return read_fixed(reader, 4, &out->bits);
    case PROTO_BYTES:
        return read_varint(reader, &out->bits) && read_bytes(reader, out->bits, &out->bytes);
    default:
        return wire_fail(reader, TEXT("a field is of a kind that does not exist"));
    }
}

bool proto_read_occurrence(struct wire_reader *reader, struct occurrence *out)
{
    uint64_t tag = 0;
    *out = (struct occurrence){0};
    if (!read_varint(reader, &tag)) {
        return false;
    }
    if (tag >> TAG_BITS == 0 || tag >> TAG_BITS > UINT32_MAX) {
        return wire_fail(reader, TEXT("a field has no number"));
    }
    out->number = (uint32_t)(tag >> TAG_BITS);
    out->wire = (uint32_t)(tag & 7);
    return proto_read_value(reader, out);
}

bool proto_take_index(struct text *body, struct text *head)
{
    struct wire_reader reader = {.at = body->data, .end = body->data + body->bytes};
    uint64_t count = 0;
    uint64_t index = 0;
    if (!read_varint(&reader, &count)) {
        return false;
    }
    count /= 2; /* zigzag; never negative */
    if (count > VALUE_DEPTH_MAX) {
        return false; /* messages do not nest so deep; and heads are kept, so they must be short */
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!read_varint(&reader, &index)) {
            return false;
        }
    }
    *head = (struct text){body->data, (size_t)(reader.at - body->data)};
    if (count == 1 && index == 0) {
        *head = (struct text){"", 1}; /* the one zero that stands for it */
    }
    *body = (struct text){reader.at, (size_t)(reader.end - reader.at)};
    return true;
}
