/* token_list.c
 *
 * Five things are decided here, each by one or two tokens around the word in question:
 *
 *   - EMIT, PARTITION and IF are keywords only before CHANGES or FINAL, BY, and NOT or EXISTS.
 *     A default reduction of the grammar would otherwise take them for an alias, or never.
 *   - ( opens the parameters of a lambda when names, a ) and => follow.
 *   - A minus before a number belongs to it unless an operand stands before the minus. Only so can
 *     -9223372036854775808 be a BIGINT.
 *   - Any word is a name behind DEFINE and UNDEFINE.
 *   - The statements of SQL tests are no statements elsewhere: their telling word is made
 *     unrecognizable, so that the error looks as if the grammar did not know them.
 */
#include "parser/token_list.h"

#include <string.h>

#include "parser/grammar.h"
#include "parser/grammar_api.h"

enum { ROOM_MIN = 64 };

static enum status too_large(struct sql_pos pos, struct diag *diag)
{
    return diag_fail(diag, STATUS_LIMIT, pos, "Statement is too large: more than %d bytes",
                     (int)PARSER_STATEMENT_BYTES_MAX);
}

static enum status add_token(struct token_list *list, size_t *room, struct token token,
                             struct arena *scratch, struct diag *diag)
{
    if (list->count == *room) {
        const size_t larger = *room ? *room * 2 : ROOM_MIN;
        struct token *items = arena_array(scratch, larger, sizeof(*items));
        if (!items) {
            return diag_no_memory(diag);
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
        *room = larger;
    }
    list->items[list->count++] = token;
    return STATUS_OK;
}

enum status token_list_read(struct lexer *lexer, const struct variable_scope *variables,
                            struct arena *scratch, struct token_list *out, struct diag *diag)
{
    struct token_list list = {0};
    size_t room = 0;
    size_t bytes = 0; /* of the tokens, variables replaced */
    int previous_kind = 0;
    for (;;) {
        struct token token = lexer_next(lexer);
        if (token.kind == TOKEN_SEMICOLON || token.kind == 0) {
            list.is_terminated = token.kind == TOKEN_SEMICOLON;
            list.is_open = lexer->is_open;
            token.kind = 0;
            TRY(add_token(&list, &room, token, scratch, diag));
            *out = list;
            return STATUS_OK;
        }
        TRY(variables_substitute(variables, &token, previous_kind, scratch, diag));
        list.is_changed = list.is_changed || token.is_substituted;
        TRY(add_token(&list, &room, token, scratch, diag));
        bytes += token.text.bytes;
        if (bytes > PARSER_STATEMENT_BYTES_MAX ||
            token.pos.offset_bytes + token.pos.bytes - list.items[0].pos.offset_bytes >
                PARSER_STATEMENT_BYTES_MAX) {
            return too_large(list.items[0].pos, diag);
        }
        previous_kind = token.kind;
    }
}

/* Writes the text; NULL out only counts. Returns the bytes. */
static size_t write_text(const struct token_list *list, struct text sql, char *out)
{
    size_t bytes = 0;
    size_t source_at = list->items[0].pos.offset_bytes;
    for (size_t i = 0; i + 1 < list->count; i++) {
        const struct token *token = &list->items[i];
        const size_t gap = token->pos.offset_bytes - source_at;
        if (out) {
            memcpy(out + bytes, sql.data + source_at, gap);
            memcpy(out + bytes + gap, token->text.data, token->text.bytes);
        }
        bytes += gap + token->text.bytes;
        source_at = token->pos.offset_bytes + token->pos.bytes;
    }
    return bytes;
}

enum status token_list_text(const struct token_list *list, struct text sql, struct arena *arena,
                            struct text *out, struct diag *diag)
{
    const size_t bytes = write_text(list, sql, NULL);
    char *text = arena_alloc(arena, bytes + 1);
    if (!text) {
        return diag_no_memory(diag);
    }
    (void)write_text(list, sql, text);
    text[bytes] = '\0';
    *out = (struct text){text, bytes};
    return STATUS_OK;
}

static bool is_name(int kind)
{
    return kind == TOKEN_IDENT || kind == TOKEN_QUOTED_IDENT || kind == TOKEN_ARRAY ||
           kind == TOKEN_MAP || kind == TOKEN_STRUCT || grammarFallback(kind) == TOKEN_IDENT;
}

static bool is_number(int kind)
{
    return kind == TOKEN_INTEGER_VALUE || kind == TOKEN_DECIMAL_VALUE ||
           kind == TOKEN_FLOATING_POINT_VALUE;
}

/* A minus behind such a token subtracts. */
static bool ends_operand(int kind)
{
    return is_name(kind) || is_number(kind) || kind == TOKEN_STRING || kind == TOKEN_RP ||
           kind == TOKEN_RB || kind == TOKEN_END || kind == TOKEN_NULL || kind == TOKEN_TRUE ||
           kind == TOKEN_FALSE;
}

/* The words that need a certain next word to be keywords. */
static const struct {
    int word;
    int next;
    int other_next;
} paired_words[] = {
    {TOKEN_EMIT, TOKEN_CHANGES, TOKEN_FINAL},
    {TOKEN_PARTITION, TOKEN_BY, TOKEN_BY},
    {TOKEN_IF, TOKEN_NOT, TOKEN_EXISTS},
};

static void resolve_paired_words(struct token_list *list)
{
    for (size_t i = 0; i + 1 < list->count; i++) {
        struct token *token = &list->items[i];
        const int next = list->items[i + 1].kind;
        for (size_t j = 0; j < sizeof(paired_words) / sizeof(paired_words[0]); j++) {
            if (token->kind == paired_words[j].word && next != paired_words[j].next &&
                next != paired_words[j].other_next) {
                token->kind = TOKEN_IDENT;
            }
        }
    }
}

static void resolve_lambdas(struct token_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != TOKEN_LP) {
            continue;
        }
        size_t at = i + 1;
        while (is_name(list->items[at].kind) && list->items[at + 1].kind == TOKEN_COMMA) {
            at += 2;
        }
        if (is_name(list->items[at].kind) && list->items[at + 1].kind == TOKEN_RP &&
            list->items[at + 2].kind == TOKEN_LAMBDA) {
            list->items[i].kind = TOKEN_LAMBDA_LP;
        }
    }
}

/* Makes minus and number one token. */
static enum status join_sign(struct token *minus, const struct token *number, struct arena *scratch,
                             struct diag *diag)
{
    char *text = arena_alloc(scratch, number->text.bytes + 1);
    if (!text) {
        return diag_no_memory(diag);
    }
    text[0] = '-';
    memcpy(text + 1, number->text.data, number->text.bytes);
    minus->kind = number->kind;
    minus->text = (struct text){text, number->text.bytes + 1};
    minus->pos.bytes = number->pos.offset_bytes + number->pos.bytes - minus->pos.offset_bytes;
    return STATUS_OK;
}

static enum status resolve_signs(struct token_list *list, struct arena *scratch, struct diag *diag)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct token token = list->items[i];
        const int previous = kept > 0 ? list->items[kept - 1].kind : 0;
        if (token.kind == TOKEN_MINUS && is_number(list->items[i + 1].kind) &&
            list->items[i + 1].text.data[0] != '-' && !ends_operand(previous)) {
            TRY(join_sign(&token, &list->items[i + 1], scratch, diag));
            i++;
        }
        list->items[kept++] = token;
    }
    list->count = kept;
    return STATUS_OK;
}

static void resolve_defines(struct token_list *list)
{
    const int first = list->items[0].kind;
    if ((first == TOKEN_DEFINE || first == TOKEN_UNDEFINE) && list->count > 1) {
        const char c = list->items[1].text.bytes > 0 ? list->items[1].text.data[0] : '\0';
        if (c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            list->items[1].kind = TOKEN_IDENT;
        }
    }
}

static void hide_test_statements(struct token_list *list)
{
    size_t first = 0;
    while (list->items[first].kind == TOKEN_EXPLAIN) {
        first++;
    }
    if (list->items[first].kind == TOKEN_RUN) {
        list->items[first].kind = TOKEN_UNRECOGNIZED;
    }
    if (list->items[first].kind != TOKEN_ASSERT) {
        return;
    }
    struct token *second = &list->items[first + 1];
    if (second->kind == TOKEN_VALUES || second->kind == TOKEN_NULL ||
        second->kind == TOKEN_STREAM || second->kind == TOKEN_TABLE) {
        second->kind = TOKEN_UNRECOGNIZED;
    }
}

enum status token_list_resolve(struct token_list *list, bool allow_test_statements,
                               struct arena *scratch, struct diag *diag)
{
    resolve_defines(list);
    resolve_paired_words(list);
    resolve_lambdas(list);
    TRY(resolve_signs(list, scratch, diag));
    if (!allow_test_statements) {
        hide_test_statements(list);
    }
    return STATUS_OK;
}
