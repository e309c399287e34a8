/* test_ddl.c
 *
 * Tokens are copied one by one, each followed by a space. All it takes to know a name from a
 * type is to know where names stand: at the start of a list of columns or of STRUCT's fields, and
 * behind each comma of such a list. The lists that are open are a stack of bits; one that nests
 * deeper than its bits is taken for no list, which at worst finds a difference.
 */
#include "shell/test_ddl.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>

struct normalizer {
    struct text rest;
    struct buffer *out;
    uint64_t lists; /* bit 0: the innermost bracket holds named columns */
    bool expects_name;
    bool is_after_struct; /* the last token was the type STRUCT */
};

static const struct {
    struct text from;
    struct text to; /* data NULL: left out */
} synonyms[] = {
    {{"INT", 3}, {"INTEGER", 7}},  {{"VARCHAR", 7}, {"STRING", 6}}, {{"DEC", 3}, {"DECIMAL", 7}},
    {{"BOOL", 4}, {"BOOLEAN", 7}}, {{"PRIMARY", 7}, {NULL, 0}},
};

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '@' || (c & 0x80);
}

/* Takes bytes off the rest. */
static struct text take(struct normalizer *normalizer, size_t bytes)
{
    const struct text token = {normalizer->rest.data, bytes};
    normalizer->rest.data += bytes;
    normalizer->rest.bytes -= bytes;
    return token;
}

/* The length of a quoted token, doubled quotes inside it included. */
static size_t quoted_bytes(struct text rest)
{
    const char quote = rest.data[0];
    size_t at = 1;
    while (at < rest.bytes) {
        if (rest.data[at] == quote) {
            if (at + 1 == rest.bytes || rest.data[at + 1] != quote) {
                return at + 1;
            }
            at++;
        }
        at++;
    }
    return rest.bytes;
}

static struct text canonical_type_word(struct text word)
{
    for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
        if (text_equal_nocase(word, synonyms[i].from)) {
            return synonyms[i].to;
        }
    }
    return word;
}

static void append_capitals(struct buffer *out, struct text word)
{
    for (size_t i = 0; i < word.bytes; i++) {
        buffer_append_byte(out, (char)toupper((unsigned char)word.data[i]));
    }
}

static void add_word(struct normalizer *normalizer, struct text word)
{
    if (normalizer->expects_name) {
        buffer_append_byte(normalizer->out, '`');
        append_capitals(normalizer->out, word);
        buffer_append_string(normalizer->out, "` ");
    } else if (canonical_type_word(word).data) {
        append_capitals(normalizer->out, canonical_type_word(word));
        buffer_append_byte(normalizer->out, ' ');
    }
    normalizer->is_after_struct =
        !normalizer->expects_name && text_equal_nocase(word, TEXT("STRUCT"));
    normalizer->expects_name = false;
}

static void add_symbol(struct normalizer *normalizer, char symbol)
{
    if (symbol == '<' || symbol == '(') {
        normalizer->lists = normalizer->lists << 1 | (symbol == '<' && normalizer->is_after_struct);
        normalizer->expects_name = normalizer->lists & 1;
    } else if (symbol == '>' || symbol == ')') {
        normalizer->lists >>= 1;
        normalizer->expects_name = false;
    } else if (symbol == ',') {
        normalizer->expects_name = normalizer->lists & 1;
    }
    normalizer->is_after_struct = false;
    buffer_append_byte(normalizer->out, symbol);
    buffer_append_byte(normalizer->out, ' ');
}

static void add_token(struct normalizer *normalizer)
{
    const char first = normalizer->rest.data[0];
    if (isspace((unsigned char)first)) {
        (void)take(normalizer, 1);
    } else if (first == '`' || first == '\'') {
        const size_t bytes = quoted_bytes(normalizer->rest);
        buffer_append_text(normalizer->out, take(normalizer, bytes));
        buffer_append_byte(normalizer->out, ' ');
        normalizer->expects_name = false;
        normalizer->is_after_struct = false;
    } else if (is_word_byte(first)) {
        size_t bytes = 1;
        while (bytes < normalizer->rest.bytes && is_word_byte(normalizer->rest.data[bytes])) {
            bytes++;
        }
        add_word(normalizer, take(normalizer, bytes));
    } else {
        add_symbol(normalizer, *take(normalizer, 1).data);
    }
}

void test_ddl_normalize(struct text columns, struct buffer *out)
{
    struct normalizer normalizer = {.rest = columns, .out = out, .lists = 1, .expects_name = true};
    while (normalizer.rest.bytes > 0) {
        add_token(&normalizer);
    }
}
