/* shell_syntax.c
 *
 * A scanner of its own rather than the lexer: the lexer skips comments and blanks and gives up at
 * an open string, all of which an editor must colour. Keywords come from the parser's table; the
 * words that are also names are coloured too, as a guess that costs nothing.
 */
#include "shell/shell_syntax.h"

#include <ctype.h>

#include "parser/keywords.h"

/* The end of a run that a quote closes; a doubled quote stays inside. */
static size_t end_of_quoted(struct text text, size_t start)
{
    const char quote = text.data[start];
    for (size_t i = start + 1; i < text.bytes; i++) {
        if (text.data[i] != quote) {
            continue;
        }
        if (i + 1 == text.bytes || text.data[i + 1] != quote) {
            return i + 1;
        }
        i++;
    }
    return text.bytes;
}

static size_t end_at(struct text text, size_t start, const char *closing, size_t closing_bytes)
{
    const char *end = memmem(text.data + start, text.bytes - start, closing, strlen(closing));
    return end ? (size_t)(end - text.data) + closing_bytes : text.bytes;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || ((unsigned char)c & 0x80U);
}

static size_t end_of_word(struct text text, size_t start)
{
    while (start < text.bytes && is_word(text.data[start])) {
        start++;
    }
    return start;
}

static bool begins(struct text text, size_t at, struct text part)
{
    return text_starts_with((struct text){text.data + at, text.bytes - at}, part);
}

/* The end of the piece at start, and its ink. */
static size_t take_piece(struct text text, size_t start, enum shell_ink *out_ink)
{
    const char c = text.data[start];
    *out_ink = INK_PLAIN;
    if (c == '\'') {
        *out_ink = INK_STRING;
        return end_of_quoted(text, start);
    }
    if (c == '`' || c == '"') {
        *out_ink = INK_NAME;
        return end_of_quoted(text, start);
    }
    if (begins(text, start, TEXT("--"))) {
        *out_ink = INK_COMMENT;
        return end_at(text, start, "\n", 0);
    }
    if (begins(text, start, TEXT("/*"))) {
        *out_ink = INK_BLOCK;
        return end_at(text, start + 2, "*/", 2);
    }
    if (begins(text, start, TEXT("${"))) {
        *out_ink = INK_VARIABLE;
        return end_at(text, start, "}", 1);
    }
    if (!is_word(c)) {
        return start + 1;
    }
    const size_t end = end_of_word(text, start);
    if (isdigit((unsigned char)c)) {
        *out_ink = INK_NUMBER;
    } else if (keyword_find((struct text){text.data + start, end - start})) {
        *out_ink = INK_KEYWORD;
    }
    return end;
}

void shell_syntax_ink(struct text text, unsigned char *out)
{
    size_t at = 0;
    while (at < text.bytes) {
        enum shell_ink ink;
        const size_t end = take_piece(text, at, &ink);
        memset(out + at, (int)ink, end - at);
        at = end;
    }
}

bool shell_syntax_is_complete(struct text text, const unsigned char *inks)
{
    size_t at = text.bytes;
    while (at > 0 && (isspace((unsigned char)text.data[at - 1]) || inks[at - 1] == INK_COMMENT)) {
        at--;
    }
    return at > 0 && text.data[at - 1] == ';' && inks[at - 1] == INK_PLAIN;
}
