/* shell_syntax.h: what each byte of a half-typed SQL text is.
 *
 * One pass serves three ends: colours, the prompt of a continued line, and whether the statement
 * is complete. It never fails: unfinished text is what an editor holds. Thread: any. */
#ifndef SHELL_SHELL_SYNTAX_H
#define SHELL_SHELL_SYNTAX_H

#include "base/text.h"

enum shell_ink {
    INK_PLAIN,
    INK_KEYWORD,
    INK_STRING,
    INK_NAME, /* quoted: `name` or "name" */
    INK_NUMBER,
    INK_COMMENT,  /* to the end of the line */
    INK_BLOCK,    /* comment that can span lines */
    INK_VARIABLE, /* ${name} */
};

/* Writes the ink of each byte to out, which has room for text.bytes. */
void shell_syntax_ink(struct text text, unsigned char *out);

/* Does a ';' outside of strings and comments end the text? inks are text's. */
bool shell_syntax_is_complete(struct text text, const unsigned char *inks);

#endif
