/* shell_view.h: draws the input of the editor: prompts, colours, the cursor.
 *
 * Thread: one at a time. */
#ifndef SHELL_SHELL_VIEW_H
#define SHELL_SHELL_VIEW_H

#include "base/buffer.h"
#include "base/text.h"
#include "shell/shell_screen.h"

enum { VIEW_PROMPT_BYTES_MAX = 96, VIEW_ROW_COUNT_MAX = 4096 };

/* A row of the screen: a part of the text. */
struct view_row {
    size_t start;
    size_t end;
    size_t cells;       /* prompt included */
    const char *prompt; /* of the first row of a line; "" of the others */
};

/* All zero is a valid start, but for screen and prompt. */
struct shell_view {
    const struct shell_screen *screen;  /* borrowed */
    char prompt[VIEW_PROMPT_BYTES_MAX]; /* of the first line */
    struct text text;                   /* what is drawn; borrowed during a call */
    size_t cursor;                      /* byte offset in text */
    struct buffer inks;                 /* one byte a byte of text */
    struct buffer out;                  /* a drawing, until it is written */
    struct view_row rows[VIEW_ROW_COUNT_MAX];
    size_t row_count;
    size_t drawn_first;  /* of rows: the first that was drawn */
    size_t drawn_row;    /* where the cursor was put, from the first drawn row */
    size_t drawn_column; /* its cell */
};

void shell_view_release(struct shell_view *view);

/* Draws text over what was drawn before. cursor <= text.bytes. */
void shell_view_draw(struct shell_view *view, struct text text, size_t cursor);

/* The terminal has another width and has broken the drawn rows anew: finds the cursor again. */
void shell_view_resize(struct shell_view *view);

/* Draws a last time, writes mark behind it, and goes to a fresh line. */
void shell_view_leave(struct shell_view *view, struct text text, const char *mark);

/* Writes text, which ends at the beginning of a line: the next drawing starts there. */
void shell_view_write(struct shell_view *view, struct text text);

/* Does a ';' outside of strings and comments end the text? */
bool shell_view_is_complete(struct shell_view *view, struct text text);

#endif
