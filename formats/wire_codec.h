/* wire_codec.h: what tells the binary registry formats apart, for the decoder and the encoder that
 * they share. Thread: constant. */
#ifndef FORMATS_WIRE_CODEC_H
#define FORMATS_WIRE_CODEC_H

#include "base/buffer.h"
#include "formats/wire_plan.h"
#include "formats/wire_schema.h"

enum { FRAME_BYTES = 5 }; /* a zero byte and the schema's id */

/* A record of a registry format without its frame. */
struct frame {
    uint32_t id;
    struct text body;
};

/* False: the record is too short, or does not start with a zero byte. */
static inline bool frame_read(struct text record, struct frame *out)
{
    if (record.bytes < FRAME_BYTES || record.data[0] != 0) {
        return false;
    }
    out->id = 0;
    for (size_t i = 1; i < FRAME_BYTES; i++) {
        out->id = out->id << 8 | (unsigned char)record.data[i];
    }
    out->body = (struct text){record.data + FRAME_BYTES, record.bytes - FRAME_BYTES};
    return true;
}

static inline void frame_write(struct buffer *out, uint32_t id)
{
    buffer_append_byte(out, 0);
    buffer_append_be32(out, id);
}

struct wire_codec {
    /* Takes what stands between a schema's id and the values off body; false when it cannot be.
     * NULL: nothing stands there. */
    bool (*take_head)(struct text *body, struct text *head);
    /* NULL: a value never stands alone; a bare column is a record of one field. One value, or a
     * record's fields into cells that start as NULL; false with reader->message. */
    bool (*read)(struct wire_reader *reader, const struct wire_plan *plan, struct value *out);
    bool (*read_fields)(struct wire_reader *reader, const struct wire_plan *plan,
                        struct value *cells);
    /* *refusal (NULL before) says why a value cannot be written. */
    void (*write)(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                  const struct value *value, const char **refusal);
};

extern const struct wire_codec avro_codec;
extern const struct wire_codec proto_codec; /* PROTOBUF, PROTOBUF_NOSR */

#endif
