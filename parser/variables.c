/* variables.c
 *
 * The value of a variable that stands alone is lexed, and must be one token (or a minus and a
 * number): so a value can never smuggle in a second clause or statement. In a string the value's
 * quotes are doubled, for the same reason. Values are not searched for variables again.
 */
#include "parser/variables.h"

#include <string.h>

#include "parser/grammar.h"
#include "parser/grammar_api.h"

enum { ROOM_MIN = 16, SHOWN_BYTES_MAX = 200 };

enum status variable_scope_init(struct variable_scope *scope, const struct parser_options *options,
                                struct arena *arena, struct diag *diag)
{
    *scope = (struct variable_scope){.arena = arena};
    for (size_t i = 0; options && i < options->variable_count; i++) {
        const struct parser_variable *given = &options->variables[i];
        TRY(variable_scope_add(scope, given->name, given->value.data ? given->value : TEXT(""),
                               diag));
    }
    return STATUS_OK;
}

enum status variable_scope_add(struct variable_scope *scope, struct text name, struct text value,
                               struct diag *diag)
{
    if (scope->count == scope->room) {
        const size_t room = scope->room ? scope->room * 2 : ROOM_MIN;
        struct parser_variable *items = arena_array(scope->arena, room, sizeof(*items));
        if (!items) {
            return diag_no_memory(diag);
        }
        if (scope->count > 0) {
            memcpy(items, scope->items, scope->count * sizeof(*items));
        }
        scope->items = items;
        scope->room = room;
    }
    scope->items[scope->count++] = (struct parser_variable){name, value};
    return STATUS_OK;
}

/* data is NULL when name is not defined. */
static struct text find_value(const struct variable_scope *scope, struct text name)
{
    for (size_t i = scope->count; i > 0; i--) {
        if (text_equal_nocase(scope->items[i - 1].name, name)) {
            return scope->items[i - 1].value;
        }
    }
    return (struct text){NULL, 0};
}

static enum status refuse_value(const struct token *token, int previous_kind, struct text value,
                                struct diag *diag)
{
    const char *rule = previous_kind == TOKEN_EQ
                           ? ""
                           : " Identifier names cannot start with '@' and may only contain "
                             "alphanumeric values and '_'.";
    const int bytes = (int)(value.bytes < SHOWN_BYTES_MAX ? value.bytes : SHOWN_BYTES_MAX);
    return diag_fail(diag, STATUS_INVALID, token->pos,
                     "Illegal argument at Line: %u, Col: %u.%s Got: '%.*s'", token->pos.line,
                     token->pos.column, rule, bytes, value.data);
}

/* Quoted or not, a name in a variable is made of letters, digits, _ and @, and starts with no
 * digit. */
static bool is_plain_name(const struct token *token)
{
    if (token->kind != TOKEN_QUOTED_IDENT) {
        return token->text.data[0] < '0' || token->text.data[0] > '9';
    }
    struct lexer inner;
    lexer_init(&inner, (struct text){token->text.data + 1, token->text.bytes - 2});
    const struct token name = lexer_next(&inner);
    const char first = name.text.bytes > 0 ? name.text.data[0] : '0';
    return name.text.bytes == token->text.bytes - 2 && name.kind != TOKEN_STRING &&
           name.kind != TOKEN_QUOTED_IDENT && name.kind != TOKEN_VARIABLE &&
           (first == '_' || (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'));
}

static bool is_number(int kind)
{
    return kind == TOKEN_INTEGER_VALUE || kind == TOKEN_DECIMAL_VALUE ||
           kind == TOKEN_FLOATING_POINT_VALUE;
}

static bool is_name(int kind)
{
    return kind == TOKEN_IDENT || kind == TOKEN_QUOTED_IDENT || kind == TOKEN_ARRAY ||
           kind == TOKEN_MAP || kind == TOKEN_STRUCT || kind == TOKEN_EMIT ||
           kind == TOKEN_PARTITION || kind == TOKEN_IF || grammarFallback(kind) == TOKEN_IDENT;
}

/* The kind of the one token that value is; -1 when it is anything else. */
static int kind_of_value(struct text value)
{
    struct lexer lexer;
    lexer_init(&lexer, value);
    struct token first = lexer_next(&lexer);
    const bool has_sign = first.kind == TOKEN_MINUS;
    if (has_sign) {
        first = lexer_next(&lexer);
    }
    const bool fills_value = first.text.bytes + (has_sign ? 1 : 0) == value.bytes;
    if (!fills_value || (has_sign && !is_number(first.kind))) {
        return -1;
    }
    if (is_number(first.kind) || first.kind == TOKEN_STRING || first.kind == TOKEN_TRUE ||
        first.kind == TOKEN_FALSE) {
        return first.kind;
    }
    return is_name(first.kind) && is_plain_name(&first) ? first.kind : -1;
}

static enum status substitute_whole(const struct variable_scope *scope, struct token *token,
                                    int previous_kind, struct diag *diag)
{
    const struct text name = {token->text.data + 2, token->text.bytes - 3};
    const struct text value = find_value(scope, name);
    if (!value.data) {
        return refuse_value(token, previous_kind, token->text, diag);
    }
    const int kind = kind_of_value(value);
    if (kind < 0) {
        return refuse_value(token, previous_kind, value, diag);
    }
    token->kind = kind;
    token->text = value;
    token->is_substituted = true;
    return STATUS_OK;
}

/* Appends value with its quotes doubled; NULL out only counts. Returns the bytes. */
static size_t append_doubled(char *out, struct text value)
{
    size_t bytes = 0;
    for (size_t i = 0; i < value.bytes; i++) {
        const size_t copies = value.data[i] == '\'' ? 2 : 1;
        if (out) {
            memset(out + bytes, value.data[i], copies);
        }
        bytes += copies;
    }
    return bytes;
}

/* Writes text with its variables replaced; NULL out only counts. Returns the bytes. */
static size_t expand(const struct variable_scope *scope, struct text text, char *out)
{
    size_t bytes = 0;
    size_t at = 0;
    while (at < text.bytes) {
        struct lexer lexer;
        struct text value = {NULL, 0};
        size_t taken = 1;
        if (text.data[at] == '$') {
            lexer_init(&lexer, (struct text){text.data + at, text.bytes - at});
            const struct token token = lexer_next(&lexer);
            if (token.kind == TOKEN_VARIABLE) {
                value = find_value(scope, (struct text){token.text.data + 2, token.text.bytes - 3});
                taken = value.data ? token.text.bytes : 1;
            }
        }
        if (value.data) {
            bytes += append_doubled(out ? out + bytes : NULL, value);
        } else {
            if (out) {
                out[bytes] = text.data[at];
            }
            bytes++;
        }
        at += taken;
    }
    return bytes;
}

static enum status substitute_in_string(const struct variable_scope *scope, struct token *token,
                                        struct arena *scratch, struct diag *diag)
{
    const size_t bytes = expand(scope, token->text, NULL);
    if (bytes > PARSER_STATEMENT_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, token->pos,
                         "Statement is too large: more than %d bytes",
                         (int)PARSER_STATEMENT_BYTES_MAX);
    }
    char *out = arena_alloc(scratch, bytes);
    if (!out) {
        return diag_no_memory(diag);
    }
    (void)expand(scope, token->text, out);
    token->text = (struct text){out, bytes};
    token->is_substituted = true;
    return STATUS_OK;
}

enum status variables_substitute(const struct variable_scope *scope, struct token *token,
                                 int previous_kind, struct arena *scratch, struct diag *diag)
{
    if (token->kind == TOKEN_VARIABLE) {
        return substitute_whole(scope, token, previous_kind, diag);
    }
    if (token->kind == TOKEN_STRING && scope->count > 0 &&
        memmem(token->text.data, token->text.bytes, "${", 2)) {
        return substitute_in_string(scope, token, scratch, diag);
    }
    return STATUS_OK;
}
