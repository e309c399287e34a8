/* lexer.c
 *
 * One pass, longest match, no tables but the keywords. The rules that surprise:
 *
 *   - A name may start with a digit (1R0). A run of name characters that starts with a digit is
 *     therefore read whole and is a number only if all of it is one; 1E5 is a number, 1E5X a name.
 *   - A number with a point or an exponent sign (1.5, 1E+5) cannot be a name and stops at the
 *     first character that does not fit.
 *   - Text that is not closed (a string, a quoted name, a comment) is one TOKEN_UNRECOGNIZED of
 *     its opening characters, and swallows the rest: otherwise a forgotten quote would be reported
 *     at some word far behind it.
 *
 * Columns count characters, not bytes: a continuation byte of UTF-8 does not move the column.
 */
#include "parser/lexer.h"

#include "parser/grammar.h"
#include "parser/keywords.h"

void lexer_init(struct lexer *lexer, struct text sql)
{
    *lexer = (struct lexer){.sql = sql, .line = 1, .column = 1};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c) || c == '@';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The character at distance from the cursor; NUL behind the end. A NUL in the text itself is no
 * part of any token, so that the two need not be told apart. */
static char peek(const struct lexer *lexer, size_t distance)
{
    const size_t at = lexer->offset_bytes + distance;
    return at < lexer->sql.bytes ? lexer->sql.data[at] : '\0';
}

static bool at_end(const struct lexer *lexer)
{
    return lexer->offset_bytes >= lexer->sql.bytes;
}

static void advance(struct lexer *lexer, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        const unsigned char c = (unsigned char)lexer->sql.data[lexer->offset_bytes++];
        if (c == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if ((c & 0xC0U) != 0x80U) {
            lexer->column++;
        }
    }
}

static void advance_to_end(struct lexer *lexer)
{
    advance(lexer, lexer->sql.bytes - lexer->offset_bytes);
}

/* Bytes from the cursor to behind the closing text; 0 when it never comes. */
static size_t find_end(const struct lexer *lexer, size_t from, struct text closing)
{
    const size_t left = lexer->sql.bytes - lexer->offset_bytes;
    if (from >= left) {
        return 0;
    }
    const char *start = lexer->sql.data + lexer->offset_bytes;
    const char *found = memmem(start + from, left - from, closing.data, closing.bytes);
    return found ? (size_t)(found - start) + closing.bytes : 0;
}

/* Skips blanks and comments; false when a comment is not closed: the cursor stays before it. */
static bool skip_blanks(struct lexer *lexer)
{
    for (;;) {
        if (is_blank(peek(lexer, 0))) {
            advance(lexer, 1);
        } else if (peek(lexer, 0) == '-' && peek(lexer, 1) == '-') {
            const size_t bytes = find_end(lexer, 2, TEXT("\n"));
            advance(lexer, bytes ? bytes : lexer->sql.bytes - lexer->offset_bytes);
        } else if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            const size_t bytes = find_end(lexer, 2, TEXT("*/"));
            if (bytes == 0) {
                return false;
            }
            advance(lexer, bytes);
        } else {
            return true;
        }
    }
}

/* Takes bytes as one token. */
static struct token take(struct lexer *lexer, int kind, size_t bytes)
{
    const struct token token = {
        .kind = kind,
        .text = {lexer->sql.data + lexer->offset_bytes, bytes},
        .pos = {lexer->line, lexer->column, lexer->offset_bytes, (uint32_t)bytes},
    };
    advance(lexer, bytes);
    return token;
}

static struct token take_unclosed(struct lexer *lexer, size_t opening_bytes)
{
    const struct token token = take(lexer, TOKEN_UNRECOGNIZED, opening_bytes);
    advance_to_end(lexer);
    lexer->is_open = true;
    return token;
}

static struct token take_quoted(struct lexer *lexer, int kind)
{
    const char quote = peek(lexer, 0);
    const size_t left = lexer->sql.bytes - lexer->offset_bytes;
    for (size_t i = 1; i < left; i++) {
        if (peek(lexer, i) != quote) {
            continue;
        }
        if (peek(lexer, i + 1) != quote) {
            return take(lexer, kind, i + 1);
        }
        i++; /* a doubled quote stands for itself */
    }
    return take_unclosed(lexer, 1);
}

static struct token take_word(struct lexer *lexer)
{
    size_t bytes = 1;
    while (is_name_part(peek(lexer, bytes))) {
        bytes++;
    }
    const struct text word = {lexer->sql.data + lexer->offset_bytes, bytes};
    const struct keyword *keyword = keyword_find(word);
    return take(lexer, keyword ? keyword->token : TOKEN_IDENT, bytes);
}

static size_t skip_digits(const struct lexer *lexer, size_t from)
{
    while (is_digit(peek(lexer, from))) {
        from++;
    }
    return from;
}

/* Where an exponent that starts at from ends; from when there is none. */
static size_t skip_exponent(const struct lexer *lexer, size_t from)
{
    if (peek(lexer, from) != 'e' && peek(lexer, from) != 'E') {
        return from;
    }
    const char sign = peek(lexer, from + 1);
    const size_t digits = from + (sign == '+' || sign == '-' ? 2 : 1);
    return is_digit(peek(lexer, digits)) ? skip_digits(lexer, digits) : from;
}

/* The cursor stands on a digit, or on a point before a digit. */
static struct token take_number_or_name(struct lexer *lexer)
{
    const size_t whole = skip_digits(lexer, 0);
    size_t fraction = whole;
    if (peek(lexer, whole) == '.') {
        fraction = skip_digits(lexer, whole + 1);
    }
    const size_t number = skip_exponent(lexer, fraction);
    size_t name = whole;
    while (whole > 0 && is_name_part(peek(lexer, name))) {
        name++;
    }
    if (name > number) {
        return take(lexer, TOKEN_IDENT, name);
    }
    if (number > fraction) {
        return take(lexer, TOKEN_FLOATING_POINT_VALUE, number);
    }
    return take(lexer, fraction > whole ? TOKEN_DECIMAL_VALUE : TOKEN_INTEGER_VALUE, number);
}

/* ${name} */
static struct token take_variable(struct lexer *lexer)
{
    size_t bytes = 2;
    if (peek(lexer, 1) != '{' || !is_name_start(peek(lexer, bytes))) {
        return take(lexer, TOKEN_UNRECOGNIZED, 1);
    }
    while (is_name_part(peek(lexer, bytes))) {
        bytes++;
    }
    if (peek(lexer, bytes) != '}') {
        return take(lexer, TOKEN_UNRECOGNIZED, 1);
    }
    return take(lexer, TOKEN_VARIABLE, bytes + 1);
}

/* One whole character of UTF-8, so that a message can quote it. */
static struct token take_unrecognized(struct lexer *lexer)
{
    size_t bytes = 1;
    while (bytes < 4 && ((unsigned char)peek(lexer, bytes) & 0xC0U) == 0x80U) {
        bytes++;
    }
    return take(lexer, TOKEN_UNRECOGNIZED, bytes);
}

/* Longer ones before their own prefixes. */
static const struct {
    char text[3];
    int kind;
} symbols[] = {
    {"<>", TOKEN_NEQ},    {"!=", TOKEN_NEQ},    {"<=", TOKEN_LTE},      {">=", TOKEN_GTE},
    {"||", TOKEN_CONCAT}, {":=", TOKEN_ASSIGN}, {"->", TOKEN_ARROW},    {"=>", TOKEN_LAMBDA},
    {"=", TOKEN_EQ},      {"<", TOKEN_LT},      {">", TOKEN_GT},        {"+", TOKEN_PLUS},
    {"-", TOKEN_MINUS},   {"*", TOKEN_STAR},    {"/", TOKEN_SLASH},     {"%", TOKEN_PERCENT},
    {".", TOKEN_DOT},     {",", TOKEN_COMMA},   {";", TOKEN_SEMICOLON}, {"(", TOKEN_LP},
    {")", TOKEN_RP},      {"[", TOKEN_LB},      {"]", TOKEN_RB},
};

static struct token take_symbol(struct lexer *lexer)
{
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        const char *text = symbols[i].text;
        if (text[0] == peek(lexer, 0) && (text[1] == '\0' || text[1] == peek(lexer, 1))) {
            return take(lexer, symbols[i].kind, text[1] == '\0' ? 1 : 2);
        }
    }
    return take_unrecognized(lexer);
}

struct token lexer_next(struct lexer *lexer)
{
    if (!skip_blanks(lexer)) {
        return take_unclosed(lexer, 2);
    }
    if (at_end(lexer)) {
        return take(lexer, 0, 0);
    }
    const char c = peek(lexer, 0);
    if (is_name_start(c)) {
        return take_word(lexer);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1)))) {
        return take_number_or_name(lexer);
    }
    if (c == '\'') {
        return take_quoted(lexer, TOKEN_STRING);
    }
    if (c == '"' || c == '`') {
        return take_quoted(lexer, TOKEN_QUOTED_IDENT);
    }
    if (c == '$') {
        return take_variable(lexer);
    }
    return take_symbol(lexer);
}
