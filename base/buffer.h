/* buffer.h: a growable run of bytes that it owns.
 *
 * Appends never fail singly: the first failed allocation marks the buffer, later appends do
 * nothing, and buffer_status() tells in one place. This keeps encoders free of a check per
 * byte. Thread: one at a time. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"

struct buffer {
    char *data;
    size_t bytes;    /* in use */
    size_t capacity; /* of data */
    bool has_failed; /* an append was lost: memory or BUFFER_BYTES_MAX ran out */
};

void buffer_init(struct buffer *buffer);
void buffer_release(struct buffer *buffer);

/* Empties the buffer, keeps its memory, forgets a failure. */
static inline void buffer_reset(struct buffer *buffer)
{
    buffer->bytes = 0;
    buffer->has_failed = false;
}

/* Makes room for at least extra more bytes; false when that failed. */
bool buffer_reserve_slow(struct buffer *buffer, size_t extra);

static inline bool buffer_reserve(struct buffer *buffer, size_t extra)
{
    return extra <= buffer->capacity - buffer->bytes || buffer_reserve_slow(buffer, extra);
}

static inline void buffer_append(struct buffer *buffer, const void *data, size_t bytes)
{
    if (bytes && buffer_reserve(buffer, bytes)) {
        memcpy(buffer->data + buffer->bytes, data, bytes);
        buffer->bytes += bytes;
    }
}

static inline void buffer_append_text(struct buffer *buffer, struct text text)
{
    buffer_append(buffer, text.data, text.bytes);
}

static inline void buffer_append_byte(struct buffer *buffer, char byte)
{
    if (buffer_reserve(buffer, 1)) {
        buffer->data[buffer->bytes++] = byte;
    }
}

static inline void buffer_append_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Big-endian, as Kafka writes numbers and as keys must sort. */
void buffer_append_be32(struct buffer *buffer, uint32_t value);
void buffer_append_be64(struct buffer *buffer, uint64_t value);
/* LEB128, 1 to 10 bytes. */
void buffer_append_varint(struct buffer *buffer, uint64_t value);

static inline struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->data, buffer->bytes};
}

/* STATUS_OK, or STATUS_NO_MEMORY when an append was lost. */
MUST_USE enum status buffer_status(const struct buffer *buffer, struct diag *diag);

#endif
