/* shell_terminal.c
 *
 * An escape sequence is told from the escape key by time: its bytes follow at once. Sequences
 * are looked up in one table; those of no use are swallowed whole, so that an unknown key types
 * nothing. Bracketed paste is asked for, so that a pasted Tab or Enter is text, not a command.
 */
#include "shell/shell_terminal.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/utf8.h"

enum { ESCAPE = 27, ESCAPE_WAIT_MS = 30, SEQUENCE_BYTES_MAX = 8 };

static const struct {
    const char *sequence; /* behind the escape */
    enum shell_key key;
} sequences[] = {
    {"[A", KEY_UP},           {"[B", KEY_DOWN},
    {"[C", KEY_RIGHT},        {"[D", KEY_LEFT},
    {"[H", KEY_HOME},         {"[F", KEY_END},
    {"[1~", KEY_HOME},        {"[4~", KEY_END},
    {"[7~", KEY_HOME},        {"[8~", KEY_END},
    {"[3~", KEY_DELETE},      {"OA", KEY_UP},
    {"OB", KEY_DOWN},         {"OC", KEY_RIGHT},
    {"OD", KEY_LEFT},         {"OH", KEY_HOME},
    {"OF", KEY_END},          {"[1;5C", KEY_WORD_RIGHT},
    {"[1;5D", KEY_WORD_LEFT}, {"f", KEY_WORD_RIGHT},
    {"b", KEY_WORD_LEFT},     {"[200~", KEY_PASTE_BEGIN},
    {"d", KEY_KILL_WORD_RIGHT}, {"[201~", KEY_PASTE_END},
    {"\177", KEY_KILL_WORD_LEFT},
};

static void put(const char *sequence)
{
    const ssize_t written = write(STDOUT_FILENO, sequence, strlen(sequence));
    (void)written; /* a terminal that is gone shows at the next read */
}

bool shell_terminal_open(struct shell_terminal *terminal)
{
    sigset_t set;
    *terminal = (struct shell_terminal){.resize_fd = -1};
    if (tcgetattr(STDIN_FILENO, &terminal->before) != 0) {
        return false;
    }
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGWINCH);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    terminal->resize_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    terminal->is_open = true;
    return true;
}

void shell_terminal_close(struct shell_terminal *terminal)
{
    if (terminal->is_open) {
        shell_terminal_cook(terminal);
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
        (void)close(terminal->resize_fd);
        terminal->is_open = false;
    }
}

void shell_terminal_raw(struct shell_terminal *terminal)
{
    struct termios raw = terminal->before;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    terminal->is_raw = true;
    put("\033[?2004h");
}

void shell_terminal_cook(struct shell_terminal *terminal)
{
    struct termios cooked = terminal->before;
    if (terminal->is_raw) {
        put("\033[?2004l");
        cooked.c_lflag &= ~(tcflag_t)ECHO;
        cooked.c_lflag |= NOFLSH; /* Ctrl-C ends the statement, not what is typed ahead */
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked);
        terminal->is_raw = false;
    }
}

bool shell_terminal_confirm(const char *question)
{
    struct termios before;
    char answer = 'n';
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        return false;
    }
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw); /* what was typed before is no answer */
    put(question);
    const ssize_t count = read(STDIN_FILENO, &answer, 1);
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    const bool is_yes = count == 1 && (answer == 'y' || answer == 'Y');
    put(is_yes ? "y\n" : "n\n");
    return is_yes;
}

static bool wait_for(struct shell_terminal *terminal, int timeout_ms)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    return terminal->next < terminal->byte_count || poll(&fd, 1, timeout_ms) == 1;
}

bool shell_terminal_has_more(struct shell_terminal *terminal)
{
    return wait_for(terminal, 0);
}

/* -1 at the end. */
static int take_byte(struct shell_terminal *terminal)
{
    if (terminal->next == terminal->byte_count) {
        const ssize_t count = read(STDIN_FILENO, terminal->bytes, sizeof(terminal->bytes));
        terminal->next = 0;
        terminal->byte_count = count > 0 ? (int)count : 0;
        if (count <= 0) {
            return -1;
        }
    }
    return terminal->bytes[terminal->next++];
}

/* The final byte of a control sequence is a letter or a tilde; "O" and a letter is a short one. */
static bool is_final(const char *sequence, size_t bytes)
{
    const char last = sequence[bytes - 1];
    const bool is_letter = (last >= 'A' && last <= 'Z') || (last >= 'a' && last <= 'z');
    if (bytes == 1) {
        return last != '[' && last != 'O';
    }
    return is_letter || last == '~';
}

static uint32_t take_sequence(struct shell_terminal *terminal)
{
    char sequence[SEQUENCE_BYTES_MAX + 1] = {0};
    size_t bytes = 0;
    while (bytes < SEQUENCE_BYTES_MAX && wait_for(terminal, ESCAPE_WAIT_MS)) {
        sequence[bytes++] = (char)take_byte(terminal);
        if (is_final(sequence, bytes)) {
            break;
        }
    }
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (strcmp(sequence, sequences[i].sequence) == 0) {
            return sequences[i].key;
        }
    }
    return bytes == 0 ? ESCAPE : (uint32_t)KEY_UNKNOWN;
}

static uint32_t take_character(struct shell_terminal *terminal, unsigned char first)
{
    char bytes[UTF8_BYTES_MAX] = {(char)first};
    const int more = (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0);
    for (int i = 1; i <= more; i++) {
        bytes[i] = (char)take_byte(terminal);
    }
    const char *next = bytes;
    return utf8_next(&next, bytes + more + 1);
}

/* Waits for a byte or a new size; true: it is the size. */
static bool wait_for_resize(struct shell_terminal *terminal)
{
    struct signalfd_siginfo info;
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = terminal->resize_fd, .events = POLLIN}};
    if (terminal->next < terminal->byte_count) {
        return false;
    }
    (void)poll(fds, 2, -1);
    return read(terminal->resize_fd, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

uint32_t shell_terminal_key(struct shell_terminal *terminal)
{
    if (wait_for_resize(terminal)) {
        return KEY_RESIZE;
    }
    const int byte = take_byte(terminal);
    if (byte < 0) {
        return KEY_END_OF_INPUT;
    }
    return byte == ESCAPE ? take_sequence(terminal) : take_character(terminal, (unsigned char)byte);
}
