/* window_key.c
 *
 * Windowed keys are the key's own bytes with one or two big-endian longs behind them, so that a
 * reader that does not know of windows can still find the key in front. Time windows carry no
 * end: it is the start plus the declared size, at most the largest long as in Kafka's
 * timeWindowForSize. */
#include "formats/window_key.h"

#include <assert.h>

enum { LONG_BYTES = 8 };

uint32_t window_key_suffix_bytes(enum window_key_kind kind)
{
    return kind == WINDOW_KEY_SESSION ? 2 * LONG_BYTES : LONG_BYTES;
}

void window_key_append(struct buffer *out, enum window_key_kind kind, int64_t start_ms,
                       int64_t end_ms)
{
    if (kind == WINDOW_KEY_SESSION) {
        buffer_append_be64(out, (uint64_t)end_ms);
    }
    buffer_append_be64(out, (uint64_t)start_ms);
}

static int64_t read_be64(const char *from)
{
    uint64_t value = 0;
    for (int i = 0; i < LONG_BYTES; i++) {
        value = value << 8 | (unsigned char)from[i];
    }
    return (int64_t)value;
}

bool window_key_split(struct text bytes, enum window_key_kind kind, int64_t size_ms,
                      struct window_key *out)
{
    assert(kind == WINDOW_KEY_SESSION || size_ms >= 0);
    const uint32_t suffix = window_key_suffix_bytes(kind);
    if (!bytes.data || bytes.bytes < suffix) {
        return false;
    }
    const char *window = bytes.data + bytes.bytes - suffix;
    out->key = (struct text){bytes.data, bytes.bytes - suffix};
    if (kind == WINDOW_KEY_SESSION) {
        out->end_ms = read_be64(window);
        out->start_ms = read_be64(window + LONG_BYTES);
        return true;
    }
    out->start_ms = read_be64(window);
    if (__builtin_add_overflow(out->start_ms, size_ms, &out->end_ms)) {
        out->end_ms = INT64_MAX;
    }
    return true;
}
