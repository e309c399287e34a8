/* record_line.c
 *
 * Plain lines hold the bytes as they are, so that what was produced from lines comes back the
 * same. JSON is the form for all else: it can tell an empty value from none.
 */
#include "shell/record_line.h"

#include "formats/json_value.h"

static void append_json_text(struct buffer *out, struct text text)
{
    if (text.data) {
        json_write_text(out, text);
    } else {
        buffer_append_string(out, "null");
    }
}

static void append_json(struct buffer *out, const struct record *record, struct record_place place)
{
    buffer_append_byte(out, '{');
    if (place.offset >= 0) {
        buffer_printf(out, "\"partition\":%u,\"offset\":%lld,", place.partition,
                      (long long)place.offset);
    }
    buffer_printf(out, "\"timestamp\":%lld,\"key\":", (long long)record->time_ms);
    append_json_text(out, record->key);
    buffer_append_string(out, ",\"value\":");
    append_json_text(out, record->value);
    buffer_append_string(out, ",\"headers\":[");
    for (uint32_t i = 0; i < record->header_count; i++) {
        buffer_append_string(out, i ? ",{\"key\":" : "{\"key\":");
        append_json_text(out, record->headers[i].key);
        buffer_append_string(out, ",\"value\":");
        append_json_text(out, record->headers[i].value);
        buffer_append_byte(out, '}');
    }
    buffer_append_string(out, "]}\n");
}

static void append_plain(struct buffer *out, const struct record_line_format *format,
                         const struct record *record)
{
    if (format->has_key && record->key.data) {
        buffer_append_text(out, record->key);
        buffer_append_byte(out, format->key_separator);
    }
    buffer_append_text(out, record->value.data ? record->value : TEXT("<null>"));
    buffer_append_byte(out, '\n');
}

void record_line_append(struct buffer *out, const struct record_line_format *format,
                        const struct record *record, struct record_place place)
{
    if (format->is_json) {
        append_json(out, record, place);
    } else {
        append_plain(out, format, record);
    }
}
