/* shell_history.c
 *
 * Entries are appended to the file as they are typed, so two shells at once both keep theirs and
 * a killed one loses nothing. A file that has grown to twice the limit is written anew.
 */
#include "shell/shell_history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "shell/file_text.h"

/* --- Entries in memory -------------------------------------------------------------------- */

static void append(struct shell_history *history, struct text entry)
{
    char *copy = memory_alloc(entry.bytes + 1);
    if (!copy) {
        return; /* an entry less */
    }
    memcpy(copy, entry.data, entry.bytes);
    copy[entry.bytes] = '\0';
    if (history->count == HISTORY_COUNT_MAX) {
        memory_free(history->items[0]);
        memmove(history->items, history->items + 1,
                (HISTORY_COUNT_MAX - 1) * sizeof(history->items[0]));
        history->count--;
    }
    history->items[history->count++] = copy;
}

/* --- The file ----------------------------------------------------------------------------- */

static void append_escaped(struct buffer *out, struct text entry)
{
    for (size_t i = 0; i < entry.bytes; i++) {
        const char c = entry.data[i];
        if (c == '\n') {
            buffer_append_string(out, "\\n");
        } else if (c == '\\') {
            buffer_append_string(out, "\\\\");
        } else {
            buffer_append_byte(out, c);
        }
    }
    buffer_append_byte(out, '\n');
}

static void append_unescaped(struct buffer *out, struct text line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        const bool is_escape = line.data[i] == '\\' && i + 1 < line.bytes;
        if (is_escape) {
            i++;
        }
        buffer_append_byte(out, is_escape && line.data[i] == 'n' ? '\n' : line.data[i]);
    }
}

static void write_file(const struct shell_history *history, struct text text, int flags)
{
    const int fd = open(history->path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd >= 0) {
        const ssize_t written = write(fd, text.data, text.bytes);
        (void)written; /* a history that cannot be kept is no reason to stop */
        (void)close(fd);
    }
}

static void shorten_file(const struct shell_history *history)
{
    struct buffer all;
    buffer_init(&all);
    for (size_t i = 0; i < history->count; i++) {
        append_escaped(&all, text_of(history->items[i]));
    }
    write_file(history, buffer_text(&all), O_TRUNC);
    buffer_release(&all);
}

static void read_entries(struct shell_history *history, struct text text)
{
    struct buffer entry;
    size_t line_count = 0;
    buffer_init(&entry);
    while (text.bytes > 0) {
        const char *end = memchr(text.data, '\n', text.bytes);
        const size_t bytes = end ? (size_t)(end - text.data) : text.bytes;
        buffer_reset(&entry);
        append_unescaped(&entry, (struct text){text.data, bytes});
        if (entry.bytes > 0) {
            append(history, buffer_text(&entry));
        }
        line_count++;
        const size_t used = bytes + (end != NULL);
        text = (struct text){text.data + used, text.bytes - used};
    }
    buffer_release(&entry);
    if (line_count > 2 * (size_t)HISTORY_COUNT_MAX) {
        shorten_file(history);
    }
}

/* Makes every folder of path that is missing. */
static void make_folders(const char *path)
{
    char part[4096];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        (void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
        (void)mkdir(part, 0700);
    }
}

static void choose_path(struct shell_history *history)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && state[0] == '/') {
        (void)snprintf(history->path, sizeof(history->path), "%s/leat/history", state);
    } else if (home && home[0] == '/') {
        (void)snprintf(history->path, sizeof(history->path), "%s/.local/state/leat/history", home);
    }
}

void shell_history_init(struct shell_history *history)
{
    struct buffer file;
    *history = (struct shell_history){0};
    choose_path(history);
    if (!history->path[0]) {
        return;
    }
    make_folders(history->path);
    buffer_init(&file);
    if (file_text_read(history->path, &file, NULL) == STATUS_OK && file.bytes > 0) {
        read_entries(history, buffer_text(&file));
    }
    buffer_release(&file);
}

void shell_history_release(struct shell_history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        memory_free(history->items[i]);
    }
}

void shell_history_add(struct shell_history *history, struct text entry)
{
    if (entry.bytes == 0 ||
        (history->count > 0 && text_equal(text_of(history->items[history->count - 1]), entry))) {
        return;
    }
    append(history, entry);
    if (history->path[0]) {
        struct buffer line;
        buffer_init(&line);
        append_escaped(&line, entry);
        write_file(history, buffer_text(&line), O_APPEND);
        buffer_release(&line);
    }
}

bool shell_history_find(const struct shell_history *history, size_t index, struct text part,
                        size_t *out_index)
{
    char needle[256];
    (void)snprintf(needle, sizeof(needle), "%.*s", TEXT_ARGS(part));
    while (index > 0) {
        index--;
        if (strcasestr(history->items[index], needle)) {
            *out_index = index;
            return true;
        }
    }
    return false;
}
