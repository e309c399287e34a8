/* shell_json.c
 *
 * One scan finds where a value ends: outside of strings, the first comma or closing bracket at
 * depth zero. No recursion, so depth costs nothing. Only strings that hold a backslash go through
 * a real parser.
 */
#include "shell/shell_json.h"

#include <jansson.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct text trim(struct text text)
{
    while (text.bytes > 0 && is_blank(text.data[0])) {
        text = (struct text){text.data + 1, text.bytes - 1};
    }
    while (text.bytes > 0 && is_blank(text.data[text.bytes - 1])) {
        text.bytes--;
    }
    return text;
}

/* Bytes of text before the first stop character that is in no string and no bracket. */
static size_t span_until(struct text text, char stop)
{
    size_t depth = 0;
    bool is_string = false;
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        if (is_string) {
            i += c == '\\';
            is_string = c != '"';
        } else if (depth == 0 && (c == stop || c == ']' || c == '}')) {
            return i;
        } else if (c == '"') {
            is_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return text.bytes;
}

bool shell_json_next(struct text *rest, struct text *out_element)
{
    const struct text text = trim(*rest);
    if (text.bytes == 0 || (text.data[0] != '[' && text.data[0] != ',' && text.data[0] != '{')) {
        return false;
    }
    const struct text inside = {text.data + 1, text.bytes - 1};
    const size_t bytes = span_until(inside, ',');
    const struct text element = trim((struct text){inside.data, bytes});
    *rest = (struct text){inside.data + bytes, inside.bytes - bytes};
    if (element.bytes == 0) {
        return false;
    }
    *out_element = element;
    return true;
}

struct text shell_json_member(struct text object, struct text name)
{
    struct text member;
    while (shell_json_next(&object, &member)) {
        const size_t key_bytes = span_until(member, ':');
        const struct text key = trim((struct text){member.data, key_bytes});
        if (key_bytes < member.bytes && key.bytes == name.bytes + 2 &&
            memcmp(key.data + 1, name.data, name.bytes) == 0) {
            return trim((struct text){member.data + key_bytes + 1, member.bytes - key_bytes - 1});
        }
    }
    return TEXT("");
}

void shell_json_append(struct buffer *out, struct text value)
{
    if (value.bytes < 2 || value.data[0] != '"') {
        buffer_append_text(out, value);
        return;
    }
    const struct text inside = {value.data + 1, value.bytes - 2};
    if (!memchr(inside.data, '\\', inside.bytes)) {
        buffer_append_text(out, inside);
        return;
    }
    json_t *string = json_loadb(value.data, value.bytes, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (string) {
        buffer_append(out, json_string_value(string), json_string_length(string));
    } else {
        buffer_append_text(out, value);
    }
    json_decref(string);
}
