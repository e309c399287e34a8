/* shell_terminal.h: a terminal's keys, one at a time.
 *
 * In raw mode keys come unechoed and unbuffered, and Ctrl-C is a key. Source of the sequences:
 * xterm's and the VT220's. Thread: one at a time. */
#ifndef SHELL_SHELL_TERMINAL_H
#define SHELL_SHELL_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/* Keys that are no characters lie above Unicode; control keys are their ASCII codes. */
enum shell_key {
    KEY_END_OF_INPUT = 0x110000,
    KEY_UP,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_KILL_WORD_LEFT,
    KEY_KILL_WORD_RIGHT,
    KEY_PASTE_BEGIN, /* bracketed paste */
    KEY_PASTE_END,
    KEY_RESIZE, /* the terminal has another size now */
    KEY_UNKNOWN,
};

struct shell_terminal {
    struct termios before; /* of the program */
    bool is_open;          /* before is known */
    bool is_raw;
    int resize_fd; /* tells of SIGWINCH */
    unsigned char bytes[256]; /* read, not used yet */
    int byte_count;
    int next;
};

/* Blocks SIGWINCH, which becomes a key. False: standard input is no terminal. */
bool shell_terminal_open(struct shell_terminal *terminal);
/* Gives the terminal back as it was. */
void shell_terminal_close(struct shell_terminal *terminal);

/* Turns raw mode on, or off: then Ctrl-C is a signal, and what is typed waits unseen for the
 * next time, so that it does not mix with what a statement prints. */
void shell_terminal_raw(struct shell_terminal *terminal);
void shell_terminal_cook(struct shell_terminal *terminal);

/* Asks a question whose answer is one key; true: y. */
bool shell_terminal_confirm(const char *question);

/* Waits for the next key: a character of Unicode, a control code, or an enum shell_key. */
uint32_t shell_terminal_key(struct shell_terminal *terminal);

/* Are more keys here already? Then drawing can wait. */
bool shell_terminal_has_more(struct shell_terminal *terminal);

#endif
