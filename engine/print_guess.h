/* print_guess.h: which formats the keys, or the values, of a topic can have, and how PRINT shows
 * them.
 *
 * A guess begins with every format, of keys also in each kind of window, and loses those that do
 * not fit what it is shown; it never gets one back. Source: ksqlDB's RecordFormatter.
 * Thread: one at a time. */
#ifndef ENGINE_PRINT_GUESS_H
#define ENGINE_PRINT_GUESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "formats/format.h"
#include "formats/wire_text.h"

enum print_format {
    PRINT_AVRO,
    PRINT_PROTOBUF,
    PRINT_JSON,
    PRINT_JSON_SR,
    PRINT_KAFKA_INT,
    PRINT_KAFKA_BIGINT,
    PRINT_KAFKA_DOUBLE,
    PRINT_KAFKA_STRING,
    PRINT_FORMAT_COUNT
};

enum print_window {
    PRINT_SESSION,
    PRINT_HOPPING,
    PRINT_TUMBLING,
    PRINT_NO_WINDOW,
    PRINT_WINDOW_COUNT
};

struct print_guess {
    enum format_side side;
    bool fits[PRINT_FORMAT_COUNT][PRINT_WINDOW_COUNT];
    bool was_seen;    /* something that is not null */
    bool has_changed; /* since the formats were last listed; true at first */
    struct wire_text avro;
    struct wire_text protobuf;
    struct wire_text json_sr;
    struct arena scratch;
    struct buffer text; /* scratch */
};

/* registry is borrowed. */
void print_guess_init(struct print_guess *guess, enum format_side side,
                      const struct schema_registry *registry);
void print_guess_release(struct print_guess *guess);

/* Drops the formats that do not fit bytes (data NULL: null, which fits all). Fails only for want of
 * memory. */
MUST_USE enum status print_guess_narrow(struct print_guess *guess, struct text bytes,
                                        struct diag *diag);

/* Appends "Key format: JSON or KAFKA_STRING" if that has changed since the last call. */
void print_guess_append_formats(struct print_guess *guess, struct buffer *out);

/* Appends bytes as the first format that is left shows them; without one, as text with escapes.
 * bytes must have been narrowed by. Fails only for want of memory. */
MUST_USE enum status print_guess_append(struct print_guess *guess, struct text bytes,
                                        struct buffer *out, struct diag *diag);

#endif
