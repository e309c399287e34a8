/* shell_editor.c
 *
 * The whole input, line feeds included, is one text with a cursor. Each key changes them through
 * a table of key and function; shell_view.c draws the result. Keys are those of readline's Emacs
 * mode and of the keyboard's arrows.
 */
#include "shell/shell_editor.h"

#include <ctype.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "shell/shell_commands.h"
#include "shell/shell_complete.h"
#include "shell/shell_terminal.h"
#include "shell/shell_view.h"
#include "shell/text_width.h"

enum { CONTROL = 0x40, INPUT_BYTES_MAX = 1 << 20 };

/* Ctrl-A is 'A' - CONTROL. */
#define CONTROL_KEY(letter) ((uint32_t)((letter)-CONTROL))

struct shell_editor {
    struct shell_session *session; /* borrowed */
    struct shell_history *history; /* borrowed */
    struct shell_terminal terminal;
    struct shell_complete complete;
    struct completion completion;
    struct buffer text;
    struct buffer killed; /* what Ctrl-Y puts in */
    struct buffer draft; /* what was typed before the history was walked */
    struct shell_view view;
    size_t cursor;        /* byte offset in text */
    size_t history_index; /* history->count: not in the history */
    bool is_pasting;
    bool is_accepted;
    bool is_ended;
};

static const char usual_prompt[] = "ksql> ";

static void draw(struct shell_editor *editor)
{
    shell_view_draw(&editor->view, buffer_text(&editor->text), editor->cursor);
}

static void set_prompt(struct shell_editor *editor, const char *prompt)
{
    (void)snprintf(editor->view.prompt, sizeof(editor->view.prompt), "%s", prompt);
}

/* --- Changing the text -------------------------------------------------------------------- */

static size_t end_of_line(const struct shell_editor *editor, size_t at)
{
    while (at < editor->text.bytes && editor->text.data[at] != '\n') {
        at++;
    }
    return at;
}

static size_t start_of_line(const struct shell_editor *editor, size_t at)
{
    while (at > 0 && editor->text.data[at - 1] != '\n') {
        at--;
    }
    return at;
}

static void insert(struct shell_editor *editor, struct text more)
{
    struct buffer *text = &editor->text;
    if (text->bytes + more.bytes > INPUT_BYTES_MAX || !buffer_reserve(text, more.bytes)) {
        return;
    }
    memmove(text->data + editor->cursor + more.bytes, text->data + editor->cursor,
            text->bytes - editor->cursor);
    memcpy(text->data + editor->cursor, more.data, more.bytes);
    text->bytes += more.bytes;
    editor->cursor += more.bytes;
}

static void erase(struct shell_editor *editor, size_t start, size_t end)
{
    struct buffer *text = &editor->text;
    if (start < end) {
        memmove(text->data + start, text->data + end, text->bytes - end);
        text->bytes -= end - start;
        editor->cursor = start;
    }
}

static void replace(struct shell_editor *editor, struct text text)
{
    buffer_reset(&editor->text);
    buffer_append_text(&editor->text, text);
    editor->cursor = editor->text.bytes;
}

static bool is_middle(const struct shell_editor *editor, size_t at)
{
    return at < editor->text.bytes && ((unsigned char)editor->text.data[at] & 0xC0U) == 0x80U;
}

static size_t before(const struct shell_editor *editor, size_t at)
{
    at -= at > 0;
    while (at > 0 && is_middle(editor, at)) {
        at--;
    }
    return at;
}

static size_t after(const struct shell_editor *editor, size_t at)
{
    at += at < editor->text.bytes;
    while (is_middle(editor, at)) {
        at++;
    }
    return at;
}

static bool is_word_at(const struct shell_editor *editor, size_t at)
{
    const unsigned char c = (unsigned char)editor->text.data[at];
    return isalnum(c) || c == '_' || c >= 0x80;
}

static size_t word_before(const struct shell_editor *editor)
{
    size_t at = editor->cursor;
    while (at > 0 && !is_word_at(editor, at - 1)) {
        at--;
    }
    while (at > 0 && is_word_at(editor, at - 1)) {
        at--;
    }
    return at;
}

static size_t word_after(const struct shell_editor *editor)
{
    size_t at = editor->cursor;
    while (at < editor->text.bytes && !is_word_at(editor, at)) {
        at++;
    }
    while (at < editor->text.bytes && is_word_at(editor, at)) {
        at++;
    }
    return at;
}

/* --- Keys --------------------------------------------------------------------------------- */

static void key_left(struct shell_editor *editor)
{
    editor->cursor = before(editor, editor->cursor);
}

static void key_right(struct shell_editor *editor)
{
    editor->cursor = after(editor, editor->cursor);
}

static void key_word_left(struct shell_editor *editor)
{
    editor->cursor = word_before(editor);
}

static void key_word_right(struct shell_editor *editor)
{
    editor->cursor = word_after(editor);
}

static void key_home(struct shell_editor *editor)
{
    editor->cursor = start_of_line(editor, editor->cursor);
}

static void key_end(struct shell_editor *editor)
{
    editor->cursor = end_of_line(editor, editor->cursor);
}

static void key_backspace(struct shell_editor *editor)
{
    erase(editor, before(editor, editor->cursor), editor->cursor);
}

static void key_delete(struct shell_editor *editor)
{
    erase(editor, editor->cursor, after(editor, editor->cursor));
}

/* Erases, and keeps it for Ctrl-Y. */
static void kill(struct shell_editor *editor, size_t start, size_t end)
{
    if (start < end) {
        buffer_reset(&editor->killed);
        buffer_append(&editor->killed, editor->text.data + start, end - start);
        erase(editor, start, end);
    }
}

static void key_kill(struct shell_editor *editor)
{
    kill(editor, editor->cursor, end_of_line(editor, editor->cursor));
}

static void key_kill_before(struct shell_editor *editor)
{
    kill(editor, start_of_line(editor, editor->cursor), editor->cursor);
}

static void key_kill_word(struct shell_editor *editor)
{
    kill(editor, word_before(editor), editor->cursor);
}

static void key_kill_word_right(struct shell_editor *editor)
{
    kill(editor, editor->cursor, word_after(editor));
}

static void key_yank(struct shell_editor *editor)
{
    insert(editor, buffer_text(&editor->killed));
}

static void key_clear_screen(struct shell_editor *editor)
{
    shell_view_write(&editor->view, TEXT("\033[H\033[2J"));
}

static void key_interrupt(struct shell_editor *editor)
{
    shell_view_leave(&editor->view, buffer_text(&editor->text), "^C");
    replace(editor, TEXT(""));
    editor->history_index = editor->history->count;
}

static void key_end_of_input(struct shell_editor *editor)
{
    if (editor->text.bytes > 0) {
        key_delete(editor);
        return;
    }
    editor->is_ended = true;
    shell_view_leave(&editor->view, buffer_text(&editor->text), "");
}

static void key_resize(struct shell_editor *editor)
{
    shell_view_resize(&editor->view);
}

static void key_hang_up(struct shell_editor *editor)
{
    editor->is_ended = true;
}

static bool is_complete(struct shell_editor *editor)
{
    const struct text text = buffer_text(&editor->text);
    size_t blanks = 0;
    while (blanks < text.bytes && isspace((unsigned char)text.data[blanks])) {
        blanks++;
    }
    return blanks == text.bytes || shell_commands_match(text) ||
           shell_view_is_complete(&editor->view, text);
}

static void key_enter(struct shell_editor *editor)
{
    if (editor->is_pasting || !is_complete(editor)) {
        insert(editor, TEXT("\n"));
        return;
    }
    editor->is_accepted = true;
    shell_view_leave(&editor->view, buffer_text(&editor->text), "");
}

static void key_paste_begin(struct shell_editor *editor)
{
    editor->is_pasting = true;
}

static void key_paste_end(struct shell_editor *editor)
{
    editor->is_pasting = false;
}

/* --- History ------------------------------------------------------------------------------ */

static void show_history(struct shell_editor *editor, size_t index)
{
    if (editor->history_index == editor->history->count) {
        buffer_reset(&editor->draft);
        buffer_append_text(&editor->draft, buffer_text(&editor->text));
    }
    editor->history_index = index;
    replace(editor, index < editor->history->count ? text_of(editor->history->items[index])
                                                   : buffer_text(&editor->draft));
}

static void key_history_back(struct shell_editor *editor)
{
    if (editor->history_index > 0) {
        show_history(editor, editor->history_index - 1);
    }
}

static void key_history_forward(struct shell_editor *editor)
{
    if (editor->history_index < editor->history->count) {
        show_history(editor, editor->history_index + 1);
    }
}

/* Up and down move between the lines first, then into the history. */
static void key_up(struct shell_editor *editor)
{
    const size_t start = start_of_line(editor, editor->cursor);
    if (start == 0) {
        key_history_back(editor);
        return;
    }
    const size_t above = start_of_line(editor, start - 1);
    const size_t column = editor->cursor - start;
    editor->cursor = above + column < start - 1 ? above + column : start - 1;
    while (is_middle(editor, editor->cursor)) {
        editor->cursor--;
    }
}

static void key_down(struct shell_editor *editor)
{
    const size_t end = end_of_line(editor, editor->cursor);
    if (end == editor->text.bytes) {
        key_history_forward(editor);
        return;
    }
    const size_t column = editor->cursor - start_of_line(editor, editor->cursor);
    const size_t below_end = end_of_line(editor, end + 1);
    editor->cursor = end + 1 + column < below_end ? end + 1 + column : below_end;
    while (is_middle(editor, editor->cursor)) {
        editor->cursor--;
    }
}

static uint32_t search_step(struct shell_editor *editor, struct buffer *needle, size_t *index)
{
    size_t found = 0;
    const bool is_found = shell_history_find(editor->history, *index, buffer_text(needle), &found);
    if (is_found) {
        *index = found;
        replace(editor, text_of(editor->history->items[found]));
    }
    (void)snprintf(editor->view.prompt, sizeof(editor->view.prompt), "(%s '%.*s') ",
                   is_found ? "search" : "no match", (int)(needle->bytes < 40 ? needle->bytes : 40),
                   needle->data ? needle->data : "");
    draw(editor);
    return shell_terminal_key(&editor->terminal);
}

/* Ctrl-R: typing narrows, Ctrl-R goes on to older ones, Ctrl-C gives up, any other key takes what
 * is shown (and Enter runs it). */
static void key_search(struct shell_editor *editor)
{
    struct buffer needle;
    size_t index = editor->history->count;
    buffer_init(&needle);
    show_history(editor, editor->history->count);
    uint32_t key = search_step(editor, &needle, &index);
    for (;;) {
        if (key == CONTROL_KEY('H') || key == 127) {
            needle.bytes -= needle.bytes > 0;
            index = editor->history->count;
        } else if (key >= ' ' && key < KEY_END_OF_INPUT) {
            char bytes[UTF8_BYTES_MAX];
            buffer_append(&needle, bytes, utf8_encode(bytes, key));
            index = index < editor->history->count ? index + 1 : index;
        } else if (key != CONTROL_KEY('R')) {
            break;
        }
        key = search_step(editor, &needle, &index);
    }
    set_prompt(editor, usual_prompt);
    editor->history_index = editor->history->count;
    buffer_release(&needle);
    if (key == CONTROL_KEY('C')) {
        replace(editor, buffer_text(&editor->draft));
    } else if (key == '\r') {
        key_enter(editor);
    }
}

/* --- Completion --------------------------------------------------------------------------- */

/* How many bytes all matches share, without regard to case. */
static size_t common_bytes(const struct completion *completion)
{
    size_t common = completion->matches[0].bytes;
    for (size_t i = 1; i < completion->count; i++) {
        const struct text match = completion->matches[i];
        size_t same = 0;
        while (same < common && same < match.bytes &&
               tolower((unsigned char)match.data[same]) ==
                   tolower((unsigned char)completion->matches[0].data[same])) {
            same++;
        }
        common = same;
    }
    return common;
}

/* Upper-case names follow the case of what was typed; others are spelled as they are. */
static void put_match(struct shell_editor *editor, struct text match)
{
    const size_t start = editor->completion.start;
    char spelled[256];
    bool is_upper = true;
    const bool is_lower_typed = islower((unsigned char)editor->text.data[start]) != 0;
    const size_t bytes = match.bytes < sizeof(spelled) ? match.bytes : sizeof(spelled);
    for (size_t i = 0; i < bytes; i++) {
        is_upper = is_upper && !islower((unsigned char)match.data[i]);
    }
    for (size_t i = 0; i < bytes; i++) {
        spelled[i] = is_upper && is_lower_typed ? (char)tolower((unsigned char)match.data[i])
                                                : match.data[i];
    }
    erase(editor, start, editor->cursor);
    insert(editor, (struct text){spelled, bytes});
}

static void list_matches(struct shell_editor *editor)
{
    const struct completion *completion = &editor->completion;
    const size_t width = shell_screen_width(&editor->session->screen);
    struct buffer out;
    size_t widest = 0;
    for (size_t i = 0; i < completion->count; i++) {
        const size_t cells = text_width(completion->matches[i]);
        widest = cells > widest ? cells : widest;
    }
    const size_t columns = width / (widest + 2) > 0 ? width / (widest + 2) : 1;
    buffer_init(&out);
    for (size_t i = 0; i < completion->count; i++) {
        const bool is_last = (i + 1) % columns == 0 || i + 1 == completion->count;
        const size_t gap = is_last ? 0 : widest + 2 - text_width(completion->matches[i]);
        buffer_append_text(&out, completion->matches[i]);
        buffer_printf(&out, "%*s%s", (int)gap, "", is_last ? "\r\n" : "");
    }
    shell_view_leave(&editor->view, buffer_text(&editor->text), "");
    shell_view_write(&editor->view, buffer_text(&out));
    buffer_release(&out);
}

static void key_complete(struct shell_editor *editor)
{
    struct completion *completion = &editor->completion;
    if (editor->is_pasting) {
        insert(editor, TEXT("    "));
        return;
    }
    shell_complete_find(&editor->complete, buffer_text(&editor->text), editor->cursor, completion);
    if (completion->count == 0) {
        return;
    }
    const size_t typed = editor->cursor - completion->start;
    const size_t common = common_bytes(completion);
    if (common > typed || completion->count == 1) {
        put_match(editor, (struct text){completion->matches[0].data, common});
        insert(editor, completion->count == 1 ? TEXT(" ") : TEXT(""));
        return;
    }
    list_matches(editor);
}

static const struct {
    uint32_t key;
    void (*run)(struct shell_editor *editor);
} keys[] = {
    {KEY_LEFT, key_left},
    {CONTROL_KEY('B'), key_left},
    {KEY_RIGHT, key_right},
    {CONTROL_KEY('F'), key_right},
    {KEY_WORD_LEFT, key_word_left},
    {KEY_WORD_RIGHT, key_word_right},
    {KEY_HOME, key_home},
    {CONTROL_KEY('A'), key_home},
    {KEY_END, key_end},
    {CONTROL_KEY('E'), key_end},
    {KEY_UP, key_up},
    {CONTROL_KEY('P'), key_history_back},
    {KEY_DOWN, key_down},
    {CONTROL_KEY('N'), key_history_forward},
    {127, key_backspace},
    {CONTROL_KEY('H'), key_backspace},
    {KEY_DELETE, key_delete},
    {CONTROL_KEY('D'), key_end_of_input},
    {CONTROL_KEY('K'), key_kill},
    {CONTROL_KEY('U'), key_kill_before},
    {CONTROL_KEY('W'), key_kill_word},
    {KEY_KILL_WORD_LEFT, key_kill_word},
    {KEY_KILL_WORD_RIGHT, key_kill_word_right},
    {CONTROL_KEY('Y'), key_yank},
    {CONTROL_KEY('L'), key_clear_screen},
    {CONTROL_KEY('C'), key_interrupt},
    {CONTROL_KEY('R'), key_search},
    {CONTROL_KEY('I'), key_complete},
    {CONTROL_KEY('M'), key_enter},
    {CONTROL_KEY('J'), key_enter},
    {KEY_PASTE_BEGIN, key_paste_begin},
    {KEY_PASTE_END, key_paste_end},
    {KEY_RESIZE, key_resize},
    {KEY_END_OF_INPUT, key_hang_up},
};

static void press(struct shell_editor *editor, uint32_t key)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].key == key) {
            keys[i].run(editor);
            return;
        }
    }
    if (key >= ' ' && key < KEY_END_OF_INPUT) {
        char bytes[UTF8_BYTES_MAX];
        insert(editor, (struct text){bytes, utf8_encode(bytes, key)});
    }
}

/* --- The public face ---------------------------------------------------------------------- */

enum status shell_editor_create(struct shell_session *session, struct shell_history *history,
                                struct shell_editor **out, struct diag *diag)
{
    struct shell_editor *editor = memory_zalloc(sizeof(*editor));
    if (!editor) {
        return diag_no_memory(diag);
    }
    if (!shell_terminal_open(&editor->terminal)) {
        memory_free(editor);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "Standard input is no terminal");
    }
    editor->session = session;
    editor->history = history;
    editor->view.screen = &session->screen;
    set_prompt(editor, usual_prompt);
    shell_complete_init(&editor->complete, session);
    *out = editor;
    return STATUS_OK;
}

void shell_editor_destroy(struct shell_editor *editor)
{
    shell_terminal_close(&editor->terminal);
    shell_complete_release(&editor->complete);
    buffer_release(&editor->text);
    buffer_release(&editor->draft);
    buffer_release(&editor->killed);
    shell_view_release(&editor->view);
    memory_free(editor);
}

bool shell_editor_read(struct shell_editor *editor, struct buffer *out)
{
    shell_terminal_raw(&editor->terminal);
    replace(editor, TEXT(""));
    editor->history_index = editor->history->count;
    editor->is_accepted = false;
    draw(editor);
    while (!editor->is_accepted && !editor->is_ended) {
        press(editor, shell_terminal_key(&editor->terminal));
        if (!editor->is_accepted && !editor->is_ended &&
            !shell_terminal_has_more(&editor->terminal)) {
            draw(editor);
        }
    }
    shell_terminal_cook(&editor->terminal);
    buffer_reset(out);
    buffer_append_text(out, buffer_text(&editor->text));
    return editor->is_accepted;
}
