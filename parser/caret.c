/* caret.c
 *
 * The place is found by its offset, not by counting lines, so a position of another text than sql
 * shows at worst a wrong line. Tabs in the line are copied into the line of the caret, so that the
 * two stay aligned whatever a tab's width; a character of UTF-8 counts as one column. Long lines
 * are cut around the place.
 */
#include "parser/caret.h"

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

static void print_caret_line(struct buffer *out, struct text line, size_t at, size_t bytes)
{
    buffer_append_string(out, "      | ");
    for (size_t i = 0; i < at; i++) {
        if (!is_continuation(line.data[i])) {
            buffer_append_byte(out, line.data[i] == '\t' ? '\t' : ' ');
        }
    }
    buffer_append_byte(out, '^');
    for (size_t i = at + 1; i < at + bytes && i < line.bytes; i++) {
        if (!is_continuation(line.data[i])) {
            buffer_append_byte(out, '^');
        }
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
