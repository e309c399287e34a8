/* window_key.h: the window that stands behind a windowed key's bytes.
 *
 * TUMBLING and HOPPING: the key, then the window's start as 8 bytes. SESSION: the key, then end,
 * then start. Big-endian milliseconds. Source: Kafka's TimeWindowedSerializer and
 * SessionWindowedSerializer. Thread: any. */
#ifndef FORMATS_WINDOW_KEY_H
#define FORMATS_WINDOW_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum window_key_kind { WINDOW_KEY_TIME, WINDOW_KEY_SESSION };

struct window_key {
    struct text key; /* a slice of the bytes */
    int64_t start_ms;
    int64_t end_ms; /* exclusive for time windows, last event time for sessions */
};

/* Appends the window to out, which ends with the key's bytes. */
void window_key_append(struct buffer *out, enum window_key_kind kind, int64_t start_ms,
                       int64_t end_ms);

/* Bytes that window_key_append adds. */
uint32_t window_key_suffix_bytes(enum window_key_kind kind);

/* Takes bytes apart; size_ms is WINDOW_SIZE, which time windows do not carry. False when bytes
 * is too short to hold a window. */
bool window_key_split(struct text bytes, enum window_key_kind kind, int64_t size_ms,
                      struct window_key *out);

#endif
