/* print_guess.c
 *
 * A format fits what it can show, so there is one function per format that appends its text or
 * refuses, and guessing is showing and dropping what came of it. A windowed key is a key of any
 * format with one or two times behind it; nothing marks it, so a long text is a windowed one too as
 * far as anyone can tell, unless its last bytes cannot be times. ksqlDB guesses the same.
 *
 * HOPPING and TUMBLING keys have the same bytes: one attempt answers for both. */
#include "engine/print_guess.h"

#include <inttypes.h>
#include <string.h>

#include "base/number_text.h"
#include "base/utf8.h"
#include "formats/json_value.h"
#include "formats/window_key.h"

/* Of a time window whose length nobody has said; its end is not shown. */
enum { WINDOW_SIZE_MS = 1 };

/* The replacement character: ksqlDB holds that a text with one was no UTF-8. */
static const struct text replacement = {"\xEF\xBF\xBD", 3};

/* --- Formats ------------------------------------------------------------------------------ */

static enum status refuse(struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "the format does not fit");
}

static enum status append_avro(struct print_guess *guess, struct text bytes, struct buffer *out,
                               struct diag *diag)
{
    return wire_text_append(&guess->avro, bytes, out, diag);
}

static enum status append_protobuf(struct print_guess *guess, struct text bytes, struct buffer *out,
                                   struct diag *diag)
{
    return wire_text_append(&guess->protobuf, bytes, out, diag);
}

static enum status append_json_sr(struct print_guess *guess, struct text bytes, struct buffer *out,
                                  struct diag *diag)
{
    return wire_text_append(&guess->json_sr, bytes, out, diag);
}

static enum status append_string(struct print_guess *guess, struct text bytes, struct buffer *out,
                                 struct diag *diag)
{
    (void)guess;
    if (bytes.bytes == 0 || !utf8_is_valid(bytes) ||
        memmem(bytes.data, bytes.bytes, replacement.data, replacement.bytes)) {
        return refuse(diag);
    }
    buffer_append_text(out, bytes);
    return STATUS_OK;
}

/* The text as it stands. */
static enum status append_json(struct print_guess *guess, struct text bytes, struct buffer *out,
                               struct diag *diag)
{
    struct value value;
    arena_reset(&guess->scratch);
    TRY(json_read_value(&guess->scratch, type_of(TYPE_STRING), bytes, &value, diag));
    return append_string(guess, bytes, out, diag);
}

static uint64_t big_endian(struct text bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.bytes; i++) {
        value = value << 8 | (unsigned char)bytes.data[i];
    }
    return value;
}

static enum status append_int(struct print_guess *guess, struct text bytes, struct buffer *out,
                              struct diag *diag)
{
    (void)guess;
    if (bytes.bytes != sizeof(int32_t)) {
        return refuse(diag);
    }
    buffer_printf(out, "%" PRId32, (int32_t)(uint32_t)big_endian(bytes));
    return STATUS_OK;
}

static enum status append_bigint(struct print_guess *guess, struct text bytes, struct buffer *out,
                                 struct diag *diag)
{
    (void)guess;
    if (bytes.bytes != sizeof(int64_t)) {
        return refuse(diag);
    }
    buffer_printf(out, "%" PRId64, (int64_t)big_endian(bytes));
    return STATUS_OK;
}

static enum status append_double(struct print_guess *guess, struct text bytes, struct buffer *out,
                                 struct diag *diag)
{
    (void)guess;
    double real = 0;
    if (bytes.bytes != sizeof(real)) {
        return refuse(diag);
    }
    const uint64_t bits = big_endian(bytes);
    memcpy(&real, &bits, sizeof(real));
    if (buffer_reserve(out, NUMBER_TEXT_DOUBLE_BYTES_MAX)) {
        out->bytes += number_text_double(out->data + out->bytes, real);
    }
    return STATUS_OK;
}

/* Appends what the format makes of bytes, or fails when it can make nothing of them. */
static const struct {
    const char *name;
    enum status (*append)(struct print_guess *guess, struct text bytes, struct buffer *out,
                          struct diag *diag);
} formats[PRINT_FORMAT_COUNT] = {
    [PRINT_AVRO] = {"AVRO", append_avro},
    [PRINT_PROTOBUF] = {"PROTOBUF", append_protobuf},
    [PRINT_JSON] = {"JSON", append_json},
    [PRINT_JSON_SR] = {"JSON_SR", append_json_sr},
    [PRINT_KAFKA_INT] = {"KAFKA_INT", append_int},
    [PRINT_KAFKA_BIGINT] = {"KAFKA_BIGINT", append_bigint},
    [PRINT_KAFKA_DOUBLE] = {"KAFKA_DOUBLE", append_double},
    [PRINT_KAFKA_STRING] = {"KAFKA_STRING", append_string},
};

/* --- Windows ------------------------------------------------------------------------------ */

/* What stands around the name of a windowed key's format. */
static const struct {
    const char *before;
    const char *behind;
} window_names[PRINT_WINDOW_COUNT] = {
    [PRINT_SESSION] = {"SESSION(", ")"},
    [PRINT_HOPPING] = {"HOPPING(", ")"},
    [PRINT_TUMBLING] = {"TUMBLING(", ")"},
    [PRINT_NO_WINDOW] = {"", ""},
};

/* Whether Kafka has such windows: no negative times, and an end behind the start. */
static bool is_possible(const struct window_key *key, enum window_key_kind kind)
{
    return key->start_ms >= 0 && (kind == WINDOW_KEY_SESSION ? key->end_ms >= key->start_ms
                                                             : key->end_ms > key->start_ms);
}

static enum status append_windowed(struct print_guess *guess, enum print_format format,
                                   enum window_key_kind kind, struct text bytes, struct buffer *out,
                                   struct diag *diag)
{
    struct window_key key;
    if (!window_key_split(bytes, kind, WINDOW_SIZE_MS, &key) || !is_possible(&key, kind)) {
        return refuse(diag);
    }
    buffer_append_byte(out, '[');
    TRY(formats[format].append(guess, key.key, out, diag));
    buffer_printf(out, "@%" PRId64 "/", key.start_ms);
    if (kind == WINDOW_KEY_SESSION) {
        buffer_printf(out, "%" PRId64 "]", key.end_ms);
    } else {
        buffer_append_string(out, "-]");
    }
    return STATUS_OK;
}

static enum status append_as(struct print_guess *guess, enum print_format format,
                             enum print_window window, struct text bytes, struct buffer *out,
                             struct diag *diag)
{
    if (window == PRINT_NO_WINDOW) {
        return formats[format].append(guess, bytes, out, diag);
    }
    const enum window_key_kind kind =
        window == PRINT_SESSION ? WINDOW_KEY_SESSION : WINDOW_KEY_TIME;
    return append_windowed(guess, format, kind, bytes, out, diag);
}

/* --- Guessing ----------------------------------------------------------------------------- */

void print_guess_init(struct print_guess *guess, enum format_side side,
                      const struct schema_registry *registry)
{
    *guess = (struct print_guess){.side = side, .has_changed = true};
    wire_text_init(&guess->avro, FORMAT_AVRO, registry);
    wire_text_init(&guess->protobuf, FORMAT_PROTOBUF, registry);
    wire_text_init(&guess->json_sr, FORMAT_JSON_SR, registry);
    arena_init(&guess->scratch);
    buffer_init(&guess->text);
    for (size_t format = 0; format < PRINT_FORMAT_COUNT; format++) {
        for (size_t window = 0; window < PRINT_WINDOW_COUNT; window++) {
            guess->fits[format][window] = side == FORMAT_KEY || window == PRINT_NO_WINDOW;
        }
    }
}

void print_guess_release(struct print_guess *guess)
{
    wire_text_release(&guess->avro);
    wire_text_release(&guess->protobuf);
    wire_text_release(&guess->json_sr);
    arena_release(&guess->scratch);
    buffer_release(&guess->text);
}

static enum status try_format(struct print_guess *guess, enum print_format format,
                              enum print_window window, struct text bytes, struct diag *diag)
{
    struct diag reason;
    bool *fits = &guess->fits[format][window];
    if (!*fits) {
        return STATUS_OK;
    }
    if (window == PRINT_TUMBLING) {
        *fits = guess->fits[format][PRINT_HOPPING];
        return STATUS_OK;
    }
    buffer_reset(&guess->text);
    const enum status status = append_as(guess, format, window, bytes, &guess->text, &reason);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(diag);
    }
    *fits = status == STATUS_OK;
    guess->has_changed |= status != STATUS_OK;
    return buffer_status(&guess->text, diag);
}

enum status print_guess_narrow(struct print_guess *guess, struct text bytes, struct diag *diag)
{
    if (!bytes.data) {
        return STATUS_OK;
    }
    guess->has_changed |= !guess->was_seen;
    guess->was_seen = true;
    for (size_t format = 0; format < PRINT_FORMAT_COUNT; format++) {
        for (size_t window = 0; window < PRINT_WINDOW_COUNT; window++) {
            TRY(try_format(guess, (enum print_format)format, (enum print_window)window, bytes,
                           diag));
        }
    }
    return STATUS_OK;
}

/* The names of what is left, " or " between them; false: nothing is. */
static bool append_names(const struct print_guess *guess, struct buffer *out)
{
    const char *separator = "";
    for (size_t format = 0; format < PRINT_FORMAT_COUNT; format++) {
        for (size_t window = 0; window < PRINT_WINDOW_COUNT; window++) {
            if (!guess->fits[format][window]) {
                continue;
            }
            buffer_printf(out, "%s%s%s%s", separator, window_names[window].before,
                          formats[format].name, window_names[window].behind);
            separator = " or ";
        }
    }
    return *separator != '\0';
}

void print_guess_append_formats(struct print_guess *guess, struct buffer *out)
{
    if (!guess->has_changed) {
        return;
    }
    guess->has_changed = false;
    buffer_printf(out, "%s format: ", guess->side == FORMAT_KEY ? "Key" : "Value");
    if (!guess->was_seen) {
        buffer_append_string(out, "¯\\_(ツ)_/¯ - no data processed");
    } else if (!append_names(guess, out)) {
        buffer_append_string(out, " does not match any supported format. It may be a STRING with "
                                  "encoding other than UTF8, or some other format.");
    }
    buffer_append_byte(out, '\n');
}

/* --- Showing ------------------------------------------------------------------------------ */

/* As Kafka's Bytes.toString(). */
static void append_escaped(struct buffer *out, struct text bytes)
{
    for (size_t i = 0; i < bytes.bytes; i++) {
        const unsigned char byte = (unsigned char)bytes.data[i];
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            buffer_append_byte(out, (char)byte);
        } else {
            buffer_printf(out, "\\x%02X", byte);
        }
    }
}

enum status print_guess_append(struct print_guess *guess, struct text bytes, struct buffer *out,
                               struct diag *diag)
{
    if (!bytes.data) {
        buffer_append_string(out, "<null>");
        return STATUS_OK;
    }
    for (size_t format = 0; format < PRINT_FORMAT_COUNT; format++) {
        for (size_t window = 0; window < PRINT_WINDOW_COUNT; window++) {
            if (guess->fits[format][window]) {
                return append_as(guess, (enum print_format)format, (enum print_window)window,
                                 bytes, out, diag);
            }
        }
    }
    append_escaped(out, bytes);
    return STATUS_OK;
}
