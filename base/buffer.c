/* buffer.c
 *
 * Doubling growth, capped by BUFFER_BYTES_MAX so that no input can make one buffer eat the
 * machine. A lost append sticks until the next reset.
 */
#include "base/buffer.h"

#include <endian.h>
#include <stdio.h>

#include "base/bounds.h"
#include "base/memory.h"

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void buffer_release(struct buffer *buffer)
{
    memory_free(buffer->data);
    buffer_init(buffer);
}

bool buffer_reserve_slow(struct buffer *buffer, size_t extra)
{
    if (buffer->has_failed || extra > (size_t)BUFFER_BYTES_MAX - buffer->bytes) {
        buffer->has_failed = true;
        return false;
    }
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity - buffer->bytes < extra) {
        capacity *= 2;
    }
    char *data = memory_resize(buffer->data, capacity);
    if (!data) {
        buffer->has_failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || !buffer_reserve(buffer, (size_t)length + 1)) {
        buffer->has_failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(buffer->data + buffer->bytes, (size_t)length + 1, format, args);
    va_end(args);
    buffer->bytes += (size_t)length;
}

void buffer_append_be32(struct buffer *buffer, uint32_t value)
{
    const uint32_t big = htobe32(value);
    buffer_append(buffer, &big, sizeof(big));
}

void buffer_append_be64(struct buffer *buffer, uint64_t value)
{
    const uint64_t big = htobe64(value);
    buffer_append(buffer, &big, sizeof(big));
}

void buffer_append_varint(struct buffer *buffer, uint64_t value)
{
    while (value >= 0x80U) {
        buffer_append_byte(buffer, (char)(value | 0x80U));
        value >>= 7;
    }
    buffer_append_byte(buffer, (char)value);
}

enum status buffer_status(const struct buffer *buffer, struct diag *diag)
{
    return buffer->has_failed ? diag_no_memory(diag) : STATUS_OK;
}
