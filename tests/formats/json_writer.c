/* json_writer.c
 *
 * One function per kind of value; everything that JSON leaves to the writer is drawn at random. */
#include "tests/test.h"

#include "tests/formats/json_writer.h"

uint32_t json_writer_random(struct json_writer *writer, uint32_t bound)
{
    writer->seed = writer->seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(writer->seed >> 33) % bound;
}

static void write_space(struct json_writer *writer, struct buffer *out)
{
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t\r\n", "    "};
    if (!writer->is_tidy) {
        buffer_append_string(out, spaces[json_writer_random(writer, 7)]);
    }
}

static void write_string(struct json_writer *writer, struct buffer *out)
{
    static const char *const pieces[] = {
        "a",
        "Zed",
        "0123456789",
        " ",
        "caf\xC3\xA9",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        "{}[],:",
        "https://example.com/path?query=1&more=2",
    };
    static const char *const escapes[] = {"\\\"", "\\\\",    "\\/",     "\\b",           "\\n",
                                          "\\t",  "\\u0041", "\\u00e9", "\\ud83d\\ude00"};
    buffer_append_byte(out, '"');
    for (uint32_t left = json_writer_random(writer, 6); left > 0; left--) {
        if (!writer->is_tidy && json_writer_random(writer, 3) == 0) {
            buffer_append_string(out, escapes[json_writer_random(writer, 9)]);
        } else {
            buffer_append_string(out, pieces[json_writer_random(writer, 9)]);
        }
    }
    buffer_append_byte(out, '"');
}

static void write_integer(struct json_writer *writer, struct buffer *out, uint32_t digits_max)
{
    const uint32_t digits = 1 + json_writer_random(writer, digits_max);
    buffer_append_string(out, json_writer_random(writer, 4) ? "" : "-");
    buffer_append_byte(out, (char)('1' + json_writer_random(writer, 9)));
    for (uint32_t i = 1; i < digits; i++) {
        buffer_append_byte(out, (char)('0' + json_writer_random(writer, 10)));
    }
}

static void write_real(struct json_writer *writer, struct buffer *out)
{
    write_integer(writer, out, 12);
    buffer_printf(out, ".%u", json_writer_random(writer, 1000000));
    if (json_writer_random(writer, 3) == 0) {
        buffer_printf(out, "e%d", (int)json_writer_random(writer, 100) - 50);
    }
}

static void write_any(struct json_writer *writer, struct buffer *out, uint32_t depth);

/* count values between brackets; element NULL: any. */
static void write_array(struct json_writer *writer, struct buffer *out, uint32_t depth)
{
    buffer_append_byte(out, '[');
    const uint32_t count = json_writer_random(writer, 12);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i ? "," : "");
        write_space(writer, out);
        if (depth) {
            write_any(writer, out, depth - 1);
        } else if (json_writer_random(writer, 8) == 0) {
            buffer_append_string(out, "null");
        } else {
            write_integer(writer, out, 18);
        }
        write_space(writer, out);
    }
    write_space(writer, out);
    buffer_append_byte(out, ']');
}

/* Unique names, values that are text or, with depth, anything. */
static void write_map(struct json_writer *writer, struct buffer *out, uint32_t depth)
{
    buffer_append_byte(out, '{');
    write_space(writer, out);
    const uint32_t count = json_writer_random(writer, json_writer_random(writer, 20) ? 5 : 60);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i ? "," : "");
        write_space(writer, out);
        buffer_printf(out, "\"key%u\"", i);
        write_space(writer, out);
        buffer_append_byte(out, ':');
        write_space(writer, out);
        if (depth) {
            write_any(writer, out, depth - 1);
        } else {
            write_string(writer, out);
        }
        write_space(writer, out);
    }
    buffer_append_byte(out, '}');
}

static void write_any(struct json_writer *writer, struct buffer *out, uint32_t depth)
{
    switch (json_writer_random(writer, depth ? 7 : 5)) {
    case 0:
        write_string(writer, out);
        return;
    case 1:
        write_integer(writer, out, 18);
        return;
    case 2:
        write_real(writer, out);
        return;
    case 3:
        buffer_append_string(out, "null");
        return;
    case 4:
        buffer_append_string(out, json_writer_random(writer, 2) ? "true" : "false");
        return;
    case 5:
        write_array(writer, out, depth);
        return;
    default:
        write_map(writer, out, depth);
        return;
    }
}

static void write_name(struct json_writer *writer, struct buffer *out, char letter)
{
    const bool is_lower = !writer->is_tidy && json_writer_random(writer, 2);
    if (!writer->is_tidy && json_writer_random(writer, 20) == 0) {
        buffer_printf(out, "\"\\u%04x\"", (unsigned)letter);
    } else {
        buffer_printf(out, "\"%c\"", is_lower ? letter + ('a' - 'A') : letter);
    }
    write_space(writer, out);
    buffer_append_byte(out, ':');
    write_space(writer, out);
}

static void write_struct(struct json_writer *writer, struct buffer *out)
{
    buffer_append_byte(out, '{');
    write_name(writer, out, 'X');
    write_integer(writer, out, 18);
    if (writer->is_tidy || json_writer_random(writer, 3)) {
        buffer_append_byte(out, ',');
        write_space(writer, out);
        write_name(writer, out, 'Y');
        write_string(writer, out);
    }
    write_space(writer, out);
    buffer_append_byte(out, '}');
}

static void write_column(struct json_writer *writer, struct buffer *out, char letter)
{
    if (!writer->is_tidy && json_writer_random(writer, 10) == 0) {
        buffer_append_string(out, "null");
        return;
    }
    switch (letter) {
    case 'A':
        write_integer(writer, out, 18);
        return;
    case 'B':
        write_string(writer, out);
        return;
    case 'C':
        write_real(writer, out);
        return;
    case 'D':
        buffer_append_string(out, json_writer_random(writer, 2) ? "true" : "false");
        return;
    case 'E':
        write_array(writer, out, 0);
        return;
    case 'F':
        write_map(writer, out, 0);
        return;
    case 'G':
        write_struct(writer, out);
        return;
    case 'H':
        write_integer(writer, out, 9);
        return;
    default:
        write_any(writer, out, 3);
        return;
    }
}

void json_writer_record(struct json_writer *writer, struct buffer *out)
{
    char letters[] = "ABCDEFGHPQ"; /* P and Q are no columns */
    uint32_t count = sizeof(letters) - 1;
    for (uint32_t i = 0; !writer->is_tidy && i < count; i++) {
        const uint32_t other = json_writer_random(writer, count);
        const char letter = letters[i];
        letters[i] = letters[other];
        letters[other] = letter;
    }
    if (!writer->is_tidy) {
        count = json_writer_random(writer, count + 1);
    }
    write_space(writer, out);
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i ? "," : "");
        write_space(writer, out);
        write_name(writer, out, letters[i]);
        write_column(writer, out, letters[i]);
        write_space(writer, out);
    }
    buffer_append_byte(out, '}');
    write_space(writer, out);
}
