/* shell_view.c
 *
 * Everything is drawn anew after each key: the text is cut into rows of the screen, the cursor
 * goes up to the first row drawn last time, and what is below is cleared and written. That costs
 * a few kilobytes per key and needs no knowledge of what changed. The last column stays empty,
 * because terminals differ in what they do at the margin. An input higher than the screen shows
 * the rows around the cursor.
 */
#include "shell/shell_view.h"

#include <unistd.h>

#include "shell/shell_syntax.h"
#include "shell/text_width.h"

static const char *const colours[] = {
    [INK_PLAIN] = "",         [INK_KEYWORD] = "\033[1;34m", [INK_STRING] = "\033[32m",
    [INK_NAME] = "\033[36m",  [INK_NUMBER] = "\033[35m",    [INK_COMMENT] = "\033[90m",
    [INK_BLOCK] = "\033[90m", [INK_VARIABLE] = "\033[33m",
};

/* The prompt of the line that starts at start: what is open there? */
static const char *prompt_at(const struct shell_view *view, size_t start)
{
    if (start == 0) {
        return view->prompt;
    }
    switch ((enum shell_ink)view->inks.data[start - 1]) {
    case INK_STRING:
        return "  '> ";
    case INK_NAME:
        return "  `> ";
    case INK_BLOCK:
        return " /*> ";
    case INK_PLAIN:
    case INK_KEYWORD:
    case INK_NUMBER:
    case INK_COMMENT:
    case INK_VARIABLE:
        break;
    }
    return "    > ";
}

static void ink(struct shell_view *view)
{
    buffer_reset(&view->inks);
    if (buffer_reserve(&view->inks, view->text.bytes + 1)) {
        shell_syntax_ink(view->text, (unsigned char *)view->inks.data);
        view->inks.bytes = view->text.bytes;
    }
}

static size_t end_of_line(struct text text, size_t at)
{
    while (at < text.bytes && text.data[at] != '\n') {
        at++;
    }
    return at;
}

/* Cuts the line from start into rows. */
static void lay_out_line(struct shell_view *view, size_t start, size_t width)
{
    const size_t end = end_of_line(view->text, start);
    const char *prompt = prompt_at(view, start);
    size_t at = start;
    do {
        const size_t taken = text_width(text_of(prompt));
        const size_t room = width > taken + 1 ? width - taken - 1 : 1;
        size_t cells = 0;
        const struct text rest = {view->text.data + at, end - at};
        const size_t bytes = rest.bytes ? text_width_fit(rest, room, &cells) : 0;
        view->rows[view->row_count++] = (struct view_row){at, at + bytes, taken + cells, prompt};
        at += bytes;
        prompt = "";
    } while (at < end && view->row_count < VIEW_ROW_COUNT_MAX);
}

static void lay_out(struct shell_view *view)
{
    const size_t width = shell_screen_width(view->screen);
    size_t at = 0;
    view->row_count = 0;
    while (view->row_count < VIEW_ROW_COUNT_MAX) {
        lay_out_line(view, at, width);
        at = end_of_line(view->text, at) + 1;
        if (at > view->text.bytes) {
            return;
        }
    }
}

static size_t row_of_cursor(const struct shell_view *view)
{
    size_t row = 0;
    while (row + 1 < view->row_count && view->rows[row + 1].start <= view->cursor) {
        row++;
    }
    return row;
}

static void draw_row(struct shell_view *view, const struct view_row *row)
{
    const bool has_colour = view->screen->has_colour;
    int current = INK_PLAIN;
    buffer_append_string(&view->out, row->prompt);
    for (size_t i = row->start; i < row->end; i++) {
        const int next = view->inks.data[i];
        if (has_colour && next != current) {
            buffer_append_string(&view->out, "\033[0m");
            buffer_append_string(&view->out, colours[next]);
            current = next;
        }
        buffer_append_byte(&view->out, view->text.data[i]);
    }
    if (current != INK_PLAIN) {
        buffer_append_string(&view->out, "\033[0m");
    }
}

static void show(struct shell_view *view)
{
    size_t done = 0;
    while (done < view->out.bytes) {
        const ssize_t count = write(STDOUT_FILENO, view->out.data + done, view->out.bytes - done);
        if (count <= 0) {
            break; /* the terminal is gone: the next read says so */
        }
        done += (size_t)count;
    }
    buffer_reset(&view->out);
}

static void go_to_first_row(struct shell_view *view)
{
    buffer_append_string(&view->out, "\r");
    if (view->drawn_row > 0) {
        buffer_printf(&view->out, "\033[%zuA", view->drawn_row);
    }
    buffer_append_string(&view->out, "\033[J");
}

/* From the end of the last drawn row to the cursor's cell. */
static void place_cursor(struct shell_view *view, size_t row, size_t last)
{
    const struct view_row *at = &view->rows[row];
    const struct text before = {view->text.data + at->start, view->cursor - at->start};
    const size_t column = text_width(text_of(at->prompt)) + text_width(before);
    view->drawn_column = column;
    if (last > row) {
        buffer_printf(&view->out, "\033[%zuA", last - row);
    }
    buffer_append_byte(&view->out, '\r');
    if (column > 0) { /* a move by 0 would move by 1 */
        buffer_printf(&view->out, "\033[%zuC", column);
    }
}

void shell_view_draw(struct shell_view *view, struct text text, size_t cursor)
{
    view->text = text;
    view->cursor = cursor;
    ink(view);
    lay_out(view);
    const size_t height = shell_screen_height(view->screen);
    const size_t row = row_of_cursor(view);
    const size_t first = row + 1 > height ? row + 1 - height : 0;
    const size_t last = first + height < view->row_count ? first + height : view->row_count;
    go_to_first_row(view);
    for (size_t i = first; i < last; i++) {
        buffer_append_string(&view->out, i > first ? "\r\n" : "");
        draw_row(view, &view->rows[i]);
    }
    place_cursor(view, row, last - 1);
    view->drawn_first = first;
    view->drawn_row = row - first;
    show(view);
}

/* Terminals that break their lines anew keep the ends of lines that were written as such, and
 * every row ends with one. Of those that cut lines instead some rows above are lost. */
void shell_view_resize(struct shell_view *view)
{
    const size_t width = shell_screen_width(view->screen);
    const size_t cursor_row = view->drawn_first + view->drawn_row;
    size_t above = view->drawn_column / width;
    for (size_t i = view->drawn_first; i < cursor_row; i++) {
        const size_t cells = view->rows[i].cells;
        above += cells > width ? (cells + width - 1) / width : 1;
    }
    view->drawn_row = above;
}

void shell_view_leave(struct shell_view *view, struct text text, const char *mark)
{
    shell_view_draw(view, text, text.bytes);
    buffer_append_string(&view->out, mark);
    buffer_append_string(&view->out, "\r\n");
    show(view);
    view->drawn_row = 0;
}

void shell_view_write(struct shell_view *view, struct text text)
{
    buffer_append_text(&view->out, text);
    show(view);
    view->drawn_row = 0;
}

bool shell_view_is_complete(struct shell_view *view, struct text text)
{
    view->text = text;
    ink(view);
    return shell_syntax_is_complete(text, (const unsigned char *)view->inks.data);
}

void shell_view_release(struct shell_view *view)
{
    buffer_release(&view->inks);
    buffer_release(&view->out);
}
