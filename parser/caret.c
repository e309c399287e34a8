/* caret.c
 *
 * The place is found by its offset, not by counting lines, so a position of another text than sql
 * shows at worst a wrong line. Tabs in the line are copied into the line of the caret, so that the
 * two stay aligned whatever a tab's width; other characters are as wide as the C library says
 * under the program's locale: a Chinese one takes two cells, an accent none. Long lines are cut
 * around the place.
 */
#include "parser/caret.h"

#include <wchar.h>

#include "base/utf8.h"

enum {
    SHOWN_BEFORE_MAX = 100, /* bytes of the line before the place */
    SHOWN_LINE_MAX = 200,   /* bytes of the line in all */
};

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* The line around offset, without its end; *out_at is the place in it. */
static struct text find_line(struct text sql, size_t offset, size_t *out_at)
{
    size_t start = offset;
    size_t end = offset;
    while (start > 0 && sql.data[start - 1] != '\n') {
        start--;
    }
    while (end < sql.bytes && sql.data[end] != '\n' && sql.data[end] != '\r') {
        end++;
    }
    if (offset - start > SHOWN_BEFORE_MAX) {
        start = offset - SHOWN_BEFORE_MAX;
        while (start < offset && is_continuation(sql.data[start])) {
            start++;
        }
    }
    if (end - start > SHOWN_LINE_MAX) {
        end = start + SHOWN_LINE_MAX;
        while (end > offset && is_continuation(sql.data[end])) {
            end--;
        }
    }
    *out_at = offset - start;
    return (struct text){sql.data + start, end - start};
}

/* Writes mark once for each cell that part takes, and tabs as they are unless they are marked. */
static void print_cells(struct buffer *out, struct text part, char mark)
{
    const char *next = part.data;
    const char *const end = part.data + part.bytes;
    while (next < end) {
        const uint32_t code = utf8_next(&next, end);
        const int cells = code < 0x7F ? 1 : wcwidth((wchar_t)code);
        if (code == '\t' && mark == ' ') {
            buffer_append_byte(out, '\t');
            continue;
        }
        for (int i = 0; i < (cells < 0 ? 1 : cells); i++) { /* not known here: one */
            buffer_append_byte(out, mark);
        }
    }
}

static void print_caret_line(struct buffer *out, struct text line, size_t at, size_t bytes)
{
    const size_t rest = line.bytes - at;
    const size_t shown = bytes < rest ? bytes : rest;
    buffer_append_string(out, "      | ");
    print_cells(out, (struct text){line.data, at}, ' ');
    const size_t before = out->bytes;
    print_cells(out, (struct text){line.data + at, shown}, '^');
    if (out->bytes == before) { /* at the end of the line */
        buffer_append_byte(out, '^');
    }
    buffer_append_byte(out, '\n');
}

static void print_place(struct buffer *out, struct text sql, struct sql_pos pos)
{
    size_t at = 0;
    const size_t offset = pos.offset_bytes < sql.bytes ? pos.offset_bytes : sql.bytes;
    const struct text line = find_line(sql, offset, &at);
    buffer_printf(out, "%5u | ", pos.line);
    buffer_append_text(out, line);
    buffer_append_byte(out, '\n');
    print_caret_line(out, line, at, pos.bytes);
}

void caret_print(struct buffer *out, struct text file, struct text sql, const struct diag *diag)
{
    if (file.bytes > 0) {
        buffer_append_text(out, file);
        buffer_append_byte(out, ':');
    }
    if (diag->pos.line > 0) {
        buffer_printf(out, "%u:%u: ", diag->pos.line, diag->pos.column);
    } else if (file.bytes > 0) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_string(out, diag->message);
    buffer_append_byte(out, '\n');
    if (diag->pos.line > 0) {
        print_place(out, sql, diag->pos);
    }
    if (diag->hint[0] != '\0') {
        buffer_printf(out, "%s\n", diag->hint);
    }
}
