/* text_width.c
 *
 * ASCII is answered at once; the rest by wcwidth.
 */
#include "shell/text_width.h"

#include <wchar.h>

#include "base/utf8.h"

static size_t cells_of(uint32_t code)
{
    if (code < 0x7F) {
        return 1;
    }
    const int cells = wcwidth((wchar_t)code);
    return cells < 0 ? 1 : (size_t)cells;
}

size_t text_width(struct text text)
{
    size_t cells = 0;
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        cells += cells_of(utf8_next(&next, end));
    }
    return cells;
}

size_t text_width_fit(struct text text, size_t cells, size_t *out_cells)
{
    size_t used = 0;
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        const char *start = next;
        const size_t more = cells_of(utf8_next(&next, end));
        if (used + more > cells && start > text.data) {
            *out_cells = used;
            return (size_t)(start - text.data);
        }
        used += more;
    }
    *out_cells = used;
    return text.bytes;
}

static void append_code(struct buffer *out, uint32_t code)
{
    char bytes[UTF8_BYTES_MAX];
    if (code == '\n') {
        buffer_append_string(out, "\\n");
    } else if (code == '\t') {
        buffer_append_string(out, "\\t");
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
        buffer_printf(out, "\\x%02x", (unsigned)code);
    } else {
        buffer_append(out, bytes, utf8_encode(bytes, code));
    }
}

void text_width_append_lines(struct buffer *out, struct text text)
{
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        const uint32_t code = utf8_next(&next, end);
        if (code == '\n' || code == '\t') {
            buffer_append_byte(out, (char)code);
        } else {
            append_code(out, code);
        }
    }
}

void text_width_append_clean(struct buffer *out, struct text text)
{
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        append_code(out, utf8_next(&next, end));
    }
}
