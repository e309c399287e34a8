/* shell_screen.c
 *
 * The progress line is drawn with a carriage return and cleared before anything else is written,
 * so it never mixes with rows. less runs with -F (quit if it fits), -R (colours), -S (no
 * folding: tables stay tables) and -X (leave the result on the screen). A pager that cannot be
 * started leaves the result unpaged. Everything but the shell's own colours goes through
 * safe_output, because it may come from records or from a server that nobody knows.
 */
#include "shell/shell_screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/safe_output.h"
#include "shell/text_width.h"

enum { STATUS_BYTES = 4096 /* longer ones are cut */ };

void shell_screen_init(struct shell_screen *screen)
{
    const char *no_colour = getenv("NO_COLOR");
    *screen = (struct shell_screen){.is_terminal = isatty(STDOUT_FILENO) == 1,
                                    .is_watched = isatty(STDERR_FILENO) == 1};
    screen->has_colour = screen->is_terminal && screen->is_watched && (!no_colour || !no_colour[0]);
}

void shell_screen_release(struct shell_screen *screen)
{
    if (screen->spool) {
        (void)fclose(screen->spool);
    }
}

static struct winsize window_size(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    }
    return size;
}

size_t shell_screen_width(const struct shell_screen *screen)
{
    return screen->is_terminal ? window_size().ws_col : 0;
}

size_t shell_screen_height(const struct shell_screen *screen)
{
    return screen->is_terminal ? window_size().ws_row : 0;
}

static void clear_progress(struct shell_screen *screen)
{
    if (screen->has_progress) {
        (void)fputs("\r\033[K", stderr);
        screen->has_progress = false;
    }
}

void shell_screen_write(struct shell_screen *screen, struct text text)
{
    clear_progress(screen);
    (void)safe_output_write(stdout, text);
    (void)fflush(stdout);
    if (screen->spool) {
        (void)fwrite(text.data, 1, text.bytes, screen->spool);
        (void)fflush(screen->spool);
    }
}

static size_t count_lines(struct text text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        lines += text.data[i] == '\n';
    }
    return lines;
}

/* The program, as a child: it must get Ctrl-C, which the shell itself blocks. */
static FILE *open_pager(void)
{
    const char *pager = getenv("PAGER");
    sigset_t none;
    sigset_t before;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, &before);
    FILE *file = popen(pager && pager[0] ? pager : "less -FRSX 2>/dev/null || cat", "we");
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return file;
}

/* The first lines of text. */
static struct text first_lines(struct text text, size_t line_max)
{
    size_t bytes = 0;
    for (size_t lines = 0; bytes < text.bytes && lines < line_max; bytes++) {
        lines += text.data[bytes] == '\n';
    }
    return (struct text){text.data, bytes};
}

void shell_screen_page(struct shell_screen *screen, struct text text)
{
    if (screen->line_max > 0) {
        shell_screen_write(screen, first_lines(text, screen->line_max));
        return;
    }
    const bool is_long = screen->is_terminal && isatty(STDIN_FILENO) == 1 &&
                         count_lines(text) >= shell_screen_height(screen);
    FILE *pager = is_long ? open_pager() : NULL;
    if (!pager) {
        shell_screen_write(screen, text);
        return;
    }
    clear_progress(screen);
    (void)safe_output_write_clean(pager, text);
    (void)pclose(pager);
    if (screen->spool) {
        (void)fwrite(text.data, 1, text.bytes, screen->spool);
    }
}

void shell_screen_error(struct shell_screen *screen, struct text text)
{
    clear_progress(screen);
    (void)fputs(screen->has_colour ? "\033[31m" : "", stderr);
    (void)safe_output_write(stderr, text);
    (void)fputs(screen->has_colour ? "\033[0m" : "", stderr);
    if (screen->spool) {
        (void)fwrite(text.data, 1, text.bytes, screen->spool);
    }
}

static bool has_status(const struct shell_screen *screen)
{
    return screen->is_watched && screen->is_terminal && !screen->is_quiet;
}

bool shell_screen_is_unread(void)
{
    struct pollfd fd = {.fd = STDOUT_FILENO};
    return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR);
}

void shell_screen_clear(const struct shell_screen *screen)
{
    if (screen->is_terminal) {
        (void)fputs("\033[H\033[2J", stdout);
        (void)fflush(stdout);
    }
}

void shell_screen_status(struct shell_screen *screen, const char *format, ...)
{
    if (!has_status(screen)) {
        return;
    }
    char line[STATUS_BYTES];
    va_list arguments;
    va_start(arguments, format);
    clear_progress(screen);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    (void)safe_output_write(stderr, text_of(line));
    (void)fputc('\n', stderr);
    va_end(arguments);
}

void shell_screen_progress(struct shell_screen *screen, const char *format, ...)
{
    if (!has_status(screen)) {
        return;
    }
    char line[256];
    size_t cells = 0;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    /* A line that wrapped could not be cleared any more. */
    const size_t bytes = text_width_fit(text_of(line), shell_screen_width(screen) - 1, &cells);
    (void)fprintf(stderr, "\r\033[K%.*s", (int)bytes, line);
    screen->has_progress = true;
}

enum status shell_screen_spool(struct shell_screen *screen, const char *path, struct diag *diag)
{
    if (screen->spool) {
        (void)fclose(screen->spool);
        screen->spool = NULL;
    }
    if (!path) {
        return STATUS_OK;
    }
    screen->spool = fopen(path, "ae");
    return screen->spool ? STATUS_OK
                         : diag_fail(diag, STATUS_IO, SQL_POS_NONE, "Cannot write %s: %s", path,
                                     strerror(errno));
}
