/* syntax_error.c
 *
 * The happy path keeps no record for messages. When it fails, the statement is parsed again up to
 * the offending token, and the tables of the grammar are asked which tokens it would take:
 *
 *   before  the state in which the offending token arrived: everything that may follow here;
 *   after   the state in which it was refused, when the rules that were complete without it have
 *           been reduced: what the innermost open rule still wants.
 *
 * ksqlDB's messages fall out of these two sets, because its recursive descent likewise leaves
 * optional parts behind before it fails:
 *
 *   1. The first word starts no statement: "Unknown statement", with the most similar one.
 *   2. A reserved word where a name must stand, and the text would go on behind it: it says so.
 *   3. While still among the leading keywords, or with many choices: "Syntax error at or near".
 *   4. With at most three choices: "Expecting {..}". When the only one is the end of the statement
 *      the set from before counts instead; if that is large, no detail is given, as in ksqlDB.
 *   5. At the end of the text: what is missing there.
 *
 * Rejected: collecting expected tokens while parsing, which costs every good statement.
 */
#include "parser/syntax_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "parser/builder.h"
#include "parser/grammar.h"
#include "parser/grammar_api.h"
#include "parser/keywords.h"

enum {
    EXPECTED_PARTS_MAX = 3,  /* longer lists of expected tokens are not shown */
    SHOWN_BYTES_MAX = 200,   /* of a token in a message */
    COMPARED_BYTES_MAX = 32, /* of a word when looking for similar ones */
    COMMAND_BYTES_MAX = 16,
};

/* In ksqlDB's order: of two equally similar ones the first is suggested. */
static const char *const commands[] = {
    "SELECT", "CREATE", "INSERT", "DESCRIBE", "PRINT",  "EXPLAIN",  "SHOW",  "LIST",   "TERMINATE",
    "PAUSE",  "RESUME", "DROP",   "SET",      "DEFINE", "UNDEFINE", "UNSET", "ASSERT", "ALTER",
};

/* The tokens that the grammar would take, as flags by kind. */
struct token_set {
    bool has[GRAMMAR_TOKEN_COUNT_MAX];
    int count;
};

/* What the second parse found out. */
struct findings {
    struct token_set before;
    struct token_set after;
    bool is_skippable; /* the next token would be taken in the offending one's place */
};

static struct token_set expected_tokens(const void *parser)
{
    struct token_set set = {{false}, 0};
    for (int kind = 0; kind < grammar_token_count; kind++) {
        const bool is_internal = kind == TOKEN_RESERVED || kind == TOKEN_UNRECOGNIZED ||
                                 kind == TOKEN_VARIABLE || kind >= TOKEN_GOAL_STATEMENT;
        if (!is_internal && grammar_accepts(parser, kind)) {
            set.has[kind] = true;
            set.count++;
        }
    }
    return set;
}

static enum status investigate(const struct syntax_error *error, struct arena *scratch,
                               struct findings *out, struct diag *diag)
{
    void *parser = grammarAlloc(memory_alloc);
    if (!parser) {
        return diag_no_memory(diag);
    }
    const struct token *items = error->tokens->items;
    struct builder builder;
    builder_init(&builder, scratch, NULL);
    grammar(parser, error->goal, &items[0], &builder);
    for (size_t i = 0; i < error->at && !builder_has_failed(&builder); i++) {
        grammar(parser, items[i].kind, &items[i], &builder);
    }
    if (!builder_has_failed(&builder)) {
        out->before = expected_tokens(parser);
        out->is_skippable = error->at + 1 < error->tokens->count &&
                            grammar_accepts(parser, items[error->at + 1].kind);
        grammar(parser, items[error->at].kind, &items[error->at], &builder);
        out->after = expected_tokens(parser);
    }
    grammarFree(parser, memory_free);
    return builder.status == STATUS_NO_MEMORY ? diag_no_memory(diag) : STATUS_OK;
}

/* ---- Pieces of messages ---- */

static const struct {
    int kind;
    const char *text;
} token_texts[] = {
    {0, "';'"},
    {TOKEN_COMMA, "','"},
    {TOKEN_LP, "'('"},
    {TOKEN_LAMBDA_LP, "'('"},
    {TOKEN_RP, "')'"},
    {TOKEN_DOT, "'.'"},
    {TOKEN_LB, "'['"},
    {TOKEN_RB, "']'"},
    {TOKEN_LT, "'<'"},
    {TOKEN_GT, "'>'"},
    {TOKEN_EQ, "'='"},
    {TOKEN_NEQ, "NEQ"},
    {TOKEN_LTE, "'<='"},
    {TOKEN_GTE, "'>='"},
    {TOKEN_PLUS, "'+'"},
    {TOKEN_MINUS, "'-'"},
    {TOKEN_STAR, "'*'"},
    {TOKEN_SLASH, "'/'"},
    {TOKEN_PERCENT, "'%'"},
    {TOKEN_CONCAT, "'||'"},
    {TOKEN_ASSIGN, "':='"},
    {TOKEN_ARROW, "'->'"},
    {TOKEN_LAMBDA, "'=>'"},
    {TOKEN_STRING, "STRING"},
    {TOKEN_INTEGER_VALUE, "INTEGER_VALUE"},
    {TOKEN_DECIMAL_VALUE, "DECIMAL_VALUE"},
    {TOKEN_FLOATING_POINT_VALUE, "FLOATING_POINT_VALUE"},
    {TOKEN_IDENT, "IDENTIFIER"},
    {TOKEN_QUOTED_IDENT, "QUOTED_IDENTIFIER"},
};

static void append_token_text(struct diag *diag, int kind)
{
    for (size_t i = 0; i < sizeof(token_texts) / sizeof(token_texts[0]); i++) {
        if (token_texts[i].kind == kind) {
            diag_append(diag, "%s", token_texts[i].text);
            return;
        }
    }
    const struct keyword *keyword = keyword_of_token(kind);
    if (keyword) {
        diag_append(diag, "'%s'", keyword->text.data);
    }
}

/* The list in print has a comma more where ',' itself is expected; ksqlDB counts pieces between
 * commas. */
static int part_count(const struct token_set *set)
{
    return set->count + (set->has[TOKEN_COMMA] ? 1 : 0);
}

static void append_expected(struct diag *diag, const struct token_set *set)
{
    const bool has_braces = set->count > 1;
    const char *separator = "";
    diag_append(diag, "Expecting %s", has_braces ? "{" : "");
    for (int kind = 0; kind < grammar_token_count; kind++) {
        if (set->has[kind]) {
            diag_append(diag, "%s", separator);
            append_token_text(diag, kind);
            separator = ", ";
        }
    }
    diag_append(diag, "%s", has_braces ? "}" : "");
}

static struct text shown(const struct syntax_error *error, const struct token *token)
{
    if (token->text.bytes == 0) {
        return error->tokens->is_terminated ? TEXT(";") : TEXT("<EOF>");
    }
    const size_t bytes = token->text.bytes < SHOWN_BYTES_MAX ? token->text.bytes : SHOWN_BYTES_MAX;
    return (struct text){token->text.data, bytes};
}

static int smallest(int a, int b, int c)
{
    const int least = a < b ? a : b;
    return least < c ? least : c;
}

/* Letters to insert, remove or replace to make command of word; case does not matter. */
static int edit_distance(struct text word, const char *command)
{
    int row[COMMAND_BYTES_MAX + 1];
    const int columns = (int)strlen(command);
    for (int j = 0; j <= columns; j++) {
        row[j] = j;
    }
    for (int i = 1; i <= (int)word.bytes; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= columns; j++) {
            const char c = word.data[i - 1];
            const char upper = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            const int replaced = diagonal + (upper == command[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[columns];
}

static const char *most_similar_command(struct text word)
{
    if (word.bytes > COMPARED_BYTES_MAX) {
        word.bytes = COMPARED_BYTES_MAX;
    }
    const char *best = commands[0];
    int best_distance = edit_distance(word, best);
    for (size_t i = 1; i < sizeof(commands) / sizeof(commands[0]); i++) {
        const int distance = edit_distance(word, commands[i]);
        if (distance < best_distance) {
            best = commands[i];
            best_distance = distance;
        }
    }
    return best;
}

/* ---- The cases ---- */

static bool is_reserved_word(const struct token *token)
{
    const struct keyword *keyword = keyword_find(token->text);
    return keyword && keyword->use == KEYWORD_RESERVED && token->kind != 0;
}

/* A reserved word where only a name may stand, and no expression, which could start in many ways.
 */
static bool is_misused_keyword(const struct findings *found, const struct token *token)
{
    return found->before.has[TOKEN_IDENT] && !found->before.has[TOKEN_CASE] &&
           found->is_skippable && is_reserved_word(token);
}

/* Only keywords stand before the offending token. */
static bool is_among_leading_keywords(const struct syntax_error *error)
{
    for (size_t i = 0; i < error->at; i++) {
        if (!keyword_of_token(error->tokens->items[i].kind)) {
            return false;
        }
    }
    return error->goal == TOKEN_GOAL_STATEMENT;
}

static void append_near(const struct syntax_error *error, const struct token *token,
                        struct diag *diag)
{
    const struct text text = shown(error, token);
    diag_append(diag, "Syntax error at or near '%.*s' at line %u:%u", TEXT_ARGS(text),
                token->pos.line, token->pos.column);
}

static void append_unknown_statement(const struct syntax_error *error, const struct token *token,
                                     struct diag *diag)
{
    const struct text text = shown(error, token);
    diag_append(diag, "Unknown statement '%.*s'\nDid you mean '%s'?", TEXT_ARGS(text),
                most_similar_command(text));
}

static void append_reserved(const struct token *token, struct diag *diag)
{
    diag_append(diag,
                "\"%.*s\" is a reserved keyword and it can't be used as an identifier. You can "
                "use it as an identifier by escaping it as '%.*s' ",
                TEXT_ARGS(token->text), TEXT_ARGS(token->text));
}

/* The text ended too early: nothing was there, not even a ';'. */
static void append_missing_end(const struct syntax_error *error, const struct findings *found,
                               const struct token *token, struct diag *diag)
{
    if (found->before.has[0]) {
        diag_append(diag, "missing ';' at '<EOF>'");
    } else if (part_count(&found->after) <= EXPECTED_PARTS_MAX) {
        diag_append(diag, "Syntax error at or near \";\"\n'}', ']', or ')' is missing");
    } else {
        append_near(error, token, diag);
    }
}

static void append_detail(const struct syntax_error *error, const struct findings *found,
                          struct diag *diag)
{
    const struct token *token = &error->tokens->items[error->at];
    const bool is_end = token->kind == 0 && !error->tokens->is_terminated;
    if (error->at == 0 && error->goal == TOKEN_GOAL_STATEMENT) {
        append_unknown_statement(error, token, diag);
        return;
    }
    if (is_end) {
        append_missing_end(error, found, token, diag);
        return;
    }
    const bool is_leading = is_among_leading_keywords(error);
    if (!is_leading && is_misused_keyword(found, token)) {
        append_reserved(token, diag);
        return;
    }
    if (is_leading || part_count(&found->after) > EXPECTED_PARTS_MAX) {
        append_near(error, token, diag);
        return;
    }
    const bool only_end = found->after.count == 1 && found->after.has[0];
    const struct token_set *set = only_end ? &found->before : &found->after;
    if (part_count(set) <= EXPECTED_PARTS_MAX && set->count > 0) {
        append_expected(diag, set);
    }
}

/* What ksqlDB does not say. */
static void add_hint(const struct syntax_error *error, const struct findings *found,
                     struct diag *diag)
{
    const struct token *token = &error->tokens->items[error->at];
    if (error->tokens->is_open && token->kind == TOKEN_UNRECOGNIZED) {
        diag_hint(diag, "What starts here is not closed.");
    } else if (found->before.has[TOKEN_IDENT] && is_reserved_word(token)) {
        diag_hint(diag, "To use a reserved word as a name, write it as `%.*s`.",
                  TEXT_ARGS(token->text));
    }
}

static void append_source_line(const struct syntax_error *error, struct sql_pos pos,
                               struct diag *diag)
{
    size_t start = pos.offset_bytes < error->sql.bytes ? pos.offset_bytes : error->sql.bytes;
    size_t end = start;
    while (start > 0 && error->sql.data[start - 1] != '\n') {
        start--;
    }
    while (end < error->sql.bytes && error->sql.data[end] != '\n' && error->sql.data[end] != '\r') {
        end++;
    }
    if (end - start > DIAG_MESSAGE_BYTES_MAX) {
        end = start + DIAG_MESSAGE_BYTES_MAX; /* diag cuts it anyhow */
    }
    diag_append(diag, "\nStatement: %.*s", (int)(end - start), error->sql.data + start);
}

enum status syntax_error_report(const struct syntax_error *error, struct arena *scratch,
                                struct diag *diag)
{
    struct findings found = {0};
    TRY(investigate(error, scratch, &found, diag));
    const struct token *token = &error->tokens->items[error->at];
    struct sql_pos pos = token->pos;
    const enum status status =
        diag_fail(diag, STATUS_INVALID, pos, "line %u:%u: Syntax Error\n", pos.line, pos.column);
    append_detail(error, &found, diag);
    append_source_line(error, pos, diag);
    add_hint(error, &found, diag);
    return status;
}
