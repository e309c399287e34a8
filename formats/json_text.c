/* json_text.c
 *
 * Any JSON value as STRING. Text is itself, numbers and booleans their text, an object is written
 * again as JSON without spaces, an array is "[a, b]" with its elements as STRING in turn: what
 * Jackson's asText and ksqlDB's own joining give. Numbers print as BigDecimal does, also inside
 * objects. Equal names inside such an object are kept, where Jackson would keep the last.
 *
 * The value is checked as a whole before it is rendered, so that rendering meets no faults and
 * its recursion is bounded by JSON_DEPTH_MAX. */
#include <assert.h>

#include "formats/json_number.h"
#include "formats/json_reader.h"
#include "formats/json_value.h"

static const char *render_json(struct json_reader *reader, const char *at, struct buffer *out);

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

/* A string's text without quotes; the value at at is a checked string. */
static const char *scan_text(struct json_reader *reader, const char *at, struct text *out)
{
    struct json_string string;
    at = json_scan_string(&reader->scan, at + 1, &string);
    assert(at);
    *out = json_string_text(reader->arena, string);
    return out->data ? at : json_no_memory(reader);
}

static const char *render_scalar(struct json_reader *reader, const char *at, struct buffer *out)
{
    if (starts_number(*at)) {
        struct json_number number;
        at = json_number_scan(&reader->scan, at, &number);
        json_number_print(&number, out);
        return at;
    }
    const char *end = json_scan_literal(&reader->scan, at);
    buffer_append(out, at, (size_t)(end - at));
    return end;
}

/* Behind an element: the next one, or NULL in *next and the position behind the container. */
static const char *step_over(struct json_reader *reader, const char *at, bool *is_end)
{
    at = json_skip_space(&reader->scan, at);
    *is_end = *at != ',';
    return *is_end ? at + 1 : json_skip_space(&reader->scan, at + 1);
}

static const char *render_object(struct json_reader *reader, const char *at, struct buffer *out)
{
    buffer_append_byte(out, '{');
    at = json_skip_space(&reader->scan, at + 1);
    bool is_end = *at == '}';
    at += is_end;
    for (const char *comma = ""; !is_end; comma = ",") {
        struct text name;
        at = scan_text(reader, at, &name);
        if (!at) {
            return NULL;
        }
        buffer_append_string(out, comma);
        json_write_text(out, name);
        buffer_append_byte(out, ':');
        at = json_skip_space(&reader->scan, json_skip_space(&reader->scan, at) + 1);
        at = render_json(reader, at, out);
        if (!at) {
            return NULL;
        }
        at = step_over(reader, at, &is_end);
    }
    buffer_append_byte(out, '}');
    return at;
}

typedef const char *render_fn(struct json_reader *reader, const char *at, struct buffer *out);

static const char *render_array(struct json_reader *reader, const char *at, const char *separator,
                                render_fn *render, struct buffer *out)
{
    buffer_append_byte(out, '[');
    at = json_skip_space(&reader->scan, at + 1);
    bool is_end = *at == ']';
    at += is_end;
    for (const char *comma = ""; !is_end; comma = separator) {
        buffer_append_string(out, comma);
        at = render(reader, at, out);
        if (!at) {
            return NULL;
        }
        at = step_over(reader, at, &is_end);
    }
    buffer_append_byte(out, ']');
    return at;
}

/* A value as JSON again. */
static const char *render_json(struct json_reader *reader, const char *at, struct buffer *out)
{
    if (*at == '{') {
        return render_object(reader, at, out);
    }
    if (*at == '[') {
        return render_array(reader, at, ",", render_json, out);
    }
    if (*at != '"') {
        return render_scalar(reader, at, out);
    }
    struct text text;
    at = scan_text(reader, at, &text);
    if (at) {
        json_write_text(out, text);
    }
    return at;
}

/* A value as STRING. */
static const char *render_text(struct json_reader *reader, const char *at, struct buffer *out)
{
    if (*at == '[') {
        return render_array(reader, at, ", ", render_text, out);
    }
    if (*at != '"') {
        return render_json(reader, at, out);
    }
    struct text text;
    at = scan_text(reader, at, &text);
    if (at) {
        buffer_append_text(out, text);
    }
    return at;
}

/* The value at at, known to be well-formed, into the arena. */
static bool render_into_arena(struct json_reader *reader, const char *at, struct text *out)
{
    struct buffer buffer;
    buffer_init(&buffer);
    const bool is_rendered = render_text(reader, at, &buffer) != NULL;
    const bool is_whole = is_rendered && !buffer.has_failed;
    if (is_whole) {
        *out = arena_text(reader->arena, buffer_text(&buffer));
    }
    buffer_release(&buffer);
    return is_whole && out->data;
}

const char *json_read_text(struct json_reader *reader, const char *at, struct text *out,
                           bool *is_clean)
{
    if (*at == '"') {
        struct json_string string;
        at = json_scan_string(&reader->scan, at + 1, &string);
        if (!at) {
            return NULL;
        }
        *is_clean = !string.has_escapes;
        *out = json_string_text(reader->arena, string);
        return out->data ? at : json_no_memory(reader);
    }
    const char *end = json_skip_value(&reader->scan, at);
    if (!end) {
        return NULL;
    }
    bool is_itself = *at != '{' && *at != '[';
    *is_clean = is_itself;
    if (starts_number(*at)) {
        struct json_number number;
        json_number_scan(&reader->scan, at, &number);
        is_itself = json_number_is_canonical(&number);
    }
    if (is_itself) {
        *out = (struct text){at, (size_t)(end - at)};
        return end;
    }
    return render_into_arena(reader, at, out) ? end : json_no_memory(reader);
}
