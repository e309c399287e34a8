/* test_statement.c
 *
 * The parser is not the shell's to use, and a statement that it refuses is often the very point
 * of a case. So this only looks for words: KAFKA_TOPIC and PARTITIONS, each followed by '=',
 * and AS SELECT, which makes its own topic. Strings, quoted names and comments are skipped whole.
 */
#include "shell/test_statement.h"

#include <ctype.h>

struct token {
    enum { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SYMBOL } kind;
    struct text text; /* STRING: what stands between the quotes */
};

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void skip(struct text *sql, size_t bytes)
{
    sql->data += bytes;
    sql->bytes -= bytes;
}

/* Bytes up to and without end, or all there are. */
static size_t bytes_before(struct text sql, struct text end)
{
    const char *found = sql.bytes > 0 ? memmem(sql.data, sql.bytes, end.data, end.bytes) : NULL;
    return found ? (size_t)(found - sql.data) : sql.bytes;
}

/* Takes what stands between opening, which sql starts with, and closing. */
static struct text take_enclosed(struct text *sql, size_t opening_bytes, struct text closing)
{
    skip(sql, opening_bytes);
    const struct text inside = {sql->data, bytes_before(*sql, closing)};
    const size_t rest = sql->bytes - inside.bytes;
    skip(sql, inside.bytes + (rest < closing.bytes ? rest : closing.bytes));
    return inside;
}

static void skip_blanks(struct text *sql)
{
    for (;;) {
        if (sql->bytes > 0 && isspace((unsigned char)sql->data[0])) {
            skip(sql, 1);
        } else if (text_starts_with(*sql, TEXT("--"))) {
            (void)take_enclosed(sql, 2, TEXT("\n"));
        } else if (text_starts_with(*sql, TEXT("/*"))) {
            (void)take_enclosed(sql, 2, TEXT("*/"));
        } else {
            return;
        }
    }
}

static struct token take_token(struct text *sql)
{
    skip_blanks(sql);
    if (sql->bytes == 0) {
        return (struct token){.kind = TOKEN_END};
    }
    const char first = sql->data[0];
    if (first == '\'') {
        return (struct token){TOKEN_STRING, take_enclosed(sql, 1, TEXT("'"))};
    }
    if (first == '`' || first == '"') {
        return (struct token){TOKEN_SYMBOL,
                              take_enclosed(sql, 1, first == '`' ? TEXT("`") : TEXT("\""))};
    }
    size_t bytes = 1;
    while (is_word_byte(first) && bytes < sql->bytes && is_word_byte(sql->data[bytes])) {
        bytes++;
    }
    const struct token token = {is_word_byte(first) ? TOKEN_WORD : TOKEN_SYMBOL,
                                {sql->data, bytes}};
    skip(sql, bytes);
    return token;
}

static bool is_word(struct token token, struct text word)
{
    return token.kind == TOKEN_WORD && text_equal_nocase(token.text, word);
}

static bool is_symbol(struct token token, char symbol)
{
    return token.kind == TOKEN_SYMBOL && token.text.bytes == 1 && token.text.data[0] == symbol;
}

bool test_statement_take(struct text *sql, struct test_statement *out)
{
    struct token token = take_token(sql);
    const bool is_create = is_word(token, TEXT("CREATE"));
    const bool is_any = token.kind != TOKEN_END;
    bool makes_topic = false;
    bool selects = false;
    struct token before = {0};
    struct token property = {0}; /* whose value comes next */
    *out = (struct test_statement){.topic = {NULL, 0}};
    while (token.kind != TOKEN_END && !is_symbol(token, ';')) {
        if (is_symbol(token, '=')) {
            property = before;
            makes_topic = makes_topic || is_word(property, TEXT("PARTITIONS"));
        } else if (token.kind == TOKEN_STRING && is_symbol(before, '=') &&
                   is_word(property, TEXT("KAFKA_TOPIC"))) {
            out->topic = token.text;
        }
        selects = selects || (is_word(before, TEXT("AS")) && is_word(token, TEXT("SELECT")));
        before = token;
        token = take_token(sql);
    }
    out->selects = is_create && selects;
    out->needs_topic = is_create && !makes_topic && !selects && out->topic.data;
    return is_any;
}
