/* parser.c
 *
 * Text, statement by statement: read the tokens up to ';' (variables replaced), copy the
 * statement's text, settle what the grammar cannot see, feed the grammar, and where it balks let
 * syntax_error.c explain. Tokens live in a scratch arena that is emptied after every statement;
 * only the tree and its texts stay in the caller's.
 *
 * A DEFINE acts on the statements behind it although nothing is executed yet: its value is known
 * here already, because strings are constants. The server and the shell therefore agree with
 * ksqlDB, where the CLI executes one statement after the other.
 *
 * Cost: linear in the text; lemon's stack is one block of about 100 KiB per statement.
 */
#include "parser/parser.h"

#include "base/memory.h"
#include "parser/builder.h"
#include "parser/grammar.h"
#include "parser/grammar_api.h"
#include "parser/lexer.h"
#include "parser/syntax_error.h"
#include "parser/token_list.h"
#include "parser/variables.h"

/* One call of this file's public functions. */
struct parse {
    struct lexer lexer;
    struct variable_scope variables;
    bool allow_test_statements;
    struct arena *arena;  /* the caller's: the results */
    struct arena scratch; /* tokens of the current statement */
    struct diag *diag;
};

static enum status parse_init(struct parse *parse, struct text sql,
                              const struct parser_options *options, struct arena *arena,
                              struct diag *diag)
{
    *parse = (struct parse){.arena = arena, .diag = diag};
    parse->allow_test_statements = options && options->allow_test_statements;
    arena_init(&parse->scratch);
    if (sql.bytes > PARSER_SCRIPT_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "The SQL text has %zu bytes, at most %d are allowed", sql.bytes,
                         (int)PARSER_SCRIPT_BYTES_MAX);
    }
    lexer_init(&parse->lexer, sql.data ? sql : TEXT(""));
    return variable_scope_init(&parse->variables, options, arena, diag);
}

static void parse_release(struct parse *parse)
{
    arena_release(&parse->scratch);
}

/* ---- One list of tokens through the grammar ---- */

static void feed(void *parser, int goal, const struct token_list *tokens, struct builder *builder)
{
    grammar(parser, goal, &tokens->items[0], builder);
    for (size_t i = 0; i < tokens->count && !builder_has_failed(builder); i++) {
        grammar(parser, tokens->items[i].kind, &tokens->items[i], builder);
    }
}

static enum status run_grammar(struct parse *parse, int goal, const struct token_list *tokens,
                               struct builder *out)
{
    void *parser = grammarAlloc(memory_alloc);
    if (!parser) {
        return diag_no_memory(parse->diag);
    }
    builder_init(out, parse->arena, parse->diag);
    feed(parser, goal, tokens, out);
    grammarFree(parser, memory_free);
    if (!out->syntax_error) {
        return out->status;
    }
    const struct syntax_error error = {
        .tokens = tokens,
        .at = (size_t)(out->syntax_error - tokens->items),
        .goal = goal,
        .sql = parse->lexer.sql,
    };
    return syntax_error_report(&error, &parse->scratch, parse->diag);
}

/* ksqlDB ends these messages with the text they are about. */
static void append_statement_text(struct parse *parse, struct text text)
{
    if (parse->diag && parse->diag->status == STATUS_INVALID) {
        const size_t bytes =
            text.bytes < DIAG_MESSAGE_BYTES_MAX ? text.bytes : DIAG_MESSAGE_BYTES_MAX;
        diag_append(parse->diag, "\nStatement: %.*s;", (int)bytes, text.data);
    }
}

/* Gives the statement its place and text; EXPLAIN passes the rest of both on. */
static void set_place(struct statement *statement, const struct token_list *tokens,
                      struct text text)
{
    size_t first = 0;
    const struct token *last = &tokens->items[tokens->count - 2];
    for (;;) {
        statement->pos = builder_span(tokens->items[first].pos, last->pos);
        statement->text = text;
        if (statement->kind != STATEMENT_EXPLAIN || !statement->explain.statement) {
            return;
        }
        const size_t skipped =
            tokens->items[first + 1].pos.offset_bytes - tokens->items[first].pos.offset_bytes;
        text = (struct text){text.data + skipped, text.bytes - skipped};
        statement = statement->explain.statement;
        first++;
    }
}

static enum status build_statement(struct parse *parse, struct token_list *tokens,
                                   struct statement **out)
{
    struct text text;
    TRY(token_list_text(tokens, parse->lexer.sql, parse->arena, &text, parse->diag));
    TRY(token_list_resolve(tokens, parse->allow_test_statements, &parse->scratch, parse->diag));
    struct builder builder;
    const enum status status = run_grammar(parse, TOKEN_GOAL_STATEMENT, tokens, &builder);
    if (status != STATUS_OK) {
        if (!builder.syntax_error) {
            append_statement_text(parse, text);
        }
        return status;
    }
    set_place(builder.statement, tokens, text);
    *out = builder.statement;
    return STATUS_OK;
}

/* ---- Scripts ---- */

static enum status apply_definition(struct parse *parse, const struct statement *statement)
{
    if (statement->kind != STATEMENT_DEFINE && statement->kind != STATEMENT_UNDEFINE) {
        return STATUS_OK;
    }
    return variable_scope_add(&parse->variables, statement->variable.name,
                              statement->variable.value, parse->diag);
}

static enum status add_statement(struct parse *parse, struct statement_list *list,
                                 struct statement *statement)
{
    struct builder builder;
    builder_init(&builder, parse->arena, parse->diag);
    list->items = builder_grow(&builder, list->items, list->count, sizeof(struct statement *));
    if (!list->items) {
        return builder.status;
    }
    list->items[list->count++] = statement;
    return STATUS_OK;
}

/* The statement is whole, but no ';' follows. */
static enum status refuse_unterminated(struct parse *parse, const struct token_list *tokens)
{
    const struct syntax_error error = {
        .tokens = tokens,
        .at = tokens->count - 1,
        .goal = TOKEN_GOAL_STATEMENT,
        .sql = parse->lexer.sql,
    };
    return syntax_error_report(&error, &parse->scratch, parse->diag);
}

/* *out_is_end: only blanks were left. */
static enum status parse_next(struct parse *parse, struct statement_list *list, bool *out_is_end)
{
    struct token_list tokens;
    arena_reset(&parse->scratch);
    TRY(token_list_read(&parse->lexer, &parse->variables, &parse->scratch, &tokens, parse->diag));
    *out_is_end = tokens.count == 1 && !tokens.is_terminated;
    if (*out_is_end) {
        return STATUS_OK;
    }
    if (tokens.count == 1) { /* a ';' alone */
        return refuse_unterminated(parse, &tokens);
    }
    struct statement *statement = NULL;
    TRY(build_statement(parse, &tokens, &statement));
    if (!tokens.is_terminated) {
        return refuse_unterminated(parse, &tokens);
    }
    TRY(apply_definition(parse, statement));
    return add_statement(parse, list, statement);
}

static enum status parse_all(struct parse *parse, struct statement_list *out)
{
    struct statement_list list = {0};
    bool is_end = false;
    while (!is_end) {
        TRY(parse_next(parse, &list, &is_end));
    }
    *out = list;
    return STATUS_OK;
}

enum status parser_parse_script(struct text sql, const struct parser_options *options,
                                struct arena *arena, struct statement_list *out, struct diag *diag)
{
    struct parse parse;
    enum status status = parse_init(&parse, sql, options, arena, diag);
    if (status == STATUS_OK) {
        status = parse_all(&parse, out);
    }
    parse_release(&parse);
    return status;
}

/* ---- Single things ---- */

/* Reads the tokens of a text that must be one thing; behind a ';' only blanks may follow. */
static enum status read_only_list(struct parse *parse, struct token_list *out)
{
    TRY(token_list_read(&parse->lexer, &parse->variables, &parse->scratch, out, parse->diag));
    const struct token rest = lexer_next(&parse->lexer);
    if (out->is_terminated && rest.kind != 0) {
        return diag_fail(parse->diag, STATUS_INVALID, rest.pos,
                         "line %u:%u: Syntax Error\nOnly one statement is expected here",
                         rest.pos.line, rest.pos.column);
    }
    return STATUS_OK;
}

static enum status parse_one_statement(struct parse *parse, struct statement **out)
{
    struct token_list tokens;
    TRY(read_only_list(parse, &tokens));
    if (tokens.count == 1) {
        return refuse_unterminated(parse, &tokens);
    }
    return build_statement(parse, &tokens, out);
}

enum status parser_parse_statement(struct text sql, const struct parser_options *options,
                                   struct arena *arena, struct statement **out, struct diag *diag)
{
    struct parse parse;
    enum status status = parse_init(&parse, sql, options, arena, diag);
    if (status == STATUS_OK) {
        status = parse_one_statement(&parse, out);
    }
    parse_release(&parse);
    return status;
}

static enum status parse_fragment_tokens(struct parse *parse, int goal, struct builder *out)
{
    struct token_list tokens;
    TRY(read_only_list(parse, &tokens));
    if (tokens.is_terminated) {
        const struct sql_pos pos = tokens.items[tokens.count - 1].pos;
        return diag_fail(parse->diag, STATUS_INVALID, pos,
                         "line %u:%u: Syntax Error\nSyntax error at or near ';' at line %u:%u",
                         pos.line, pos.column, pos.line, pos.column);
    }
    if (goal == TOKEN_GOAL_COLUMNS && tokens.count == 1) {
        builder_init(out, parse->arena, parse->diag); /* no columns */
        return STATUS_OK;
    }
    TRY(token_list_resolve(&tokens, false, &parse->scratch, parse->diag));
    return run_grammar(parse, goal, &tokens, out);
}

/* An expression, type or column list: the result stands in *out. */
static enum status parse_fragment(struct text sql, int goal, struct arena *arena,
                                  struct builder *out, struct diag *diag)
{
    struct parse parse;
    enum status status = parse_init(&parse, sql, NULL, arena, diag);
    if (status == STATUS_OK) {
        status = parse_fragment_tokens(&parse, goal, out);
    }
    parse_release(&parse);
    return status;
}

enum status parser_parse_expression(struct text sql, struct arena *arena, struct expression **out,
                                    struct diag *diag)
{
    struct builder builder;
    TRY(parse_fragment(sql, TOKEN_GOAL_EXPRESSION, arena, &builder, diag));
    *out = builder.expression;
    return STATUS_OK;
}

enum status parser_parse_type(struct text sql, struct arena *arena, struct type_name **out,
                              struct diag *diag)
{
    struct builder builder;
    TRY(parse_fragment(sql, TOKEN_GOAL_TYPE, arena, &builder, diag));
    *out = builder.type;
    return STATUS_OK;
}

enum status parser_parse_columns(struct text sql, struct arena *arena,
                                 struct column_definition_list *out, struct diag *diag)
{
    struct builder builder;
    TRY(parse_fragment(sql, TOKEN_GOAL_COLUMNS, arena, &builder, diag));
    *out = builder.columns;
    return STATUS_OK;
}

/* ---- Splitting ---- */

void statement_splitter_init(struct statement_splitter *splitter, struct text sql)
{
    *splitter = (struct statement_splitter){
        .sql = sql.data ? sql : TEXT(""),
        .next = {.line = 1, .column = 1},
    };
}

bool statement_splitter_next(struct statement_splitter *splitter, struct statement_text *out)
{
    struct lexer lexer;
    lexer_init(&lexer, splitter->sql);
    lexer.offset_bytes = splitter->next.offset_bytes;
    lexer.line = splitter->next.line;
    lexer.column = splitter->next.column;
    struct token token = lexer_next(&lexer);
    struct sql_pos pos = token.pos;
    size_t end = pos.offset_bytes;
    while (token.kind != 0 && token.kind != TOKEN_SEMICOLON) {
        end = lexer.is_open ? splitter->sql.bytes : token.pos.offset_bytes + token.pos.bytes;
        token = lexer_next(&lexer);
    }
    splitter->next = (struct sql_pos){lexer.line, lexer.column, lexer.offset_bytes, 0};
    splitter->is_open = lexer.is_open;
    pos.bytes = (uint32_t)(end - pos.offset_bytes);
    *out = (struct statement_text){
        .text = {splitter->sql.data + pos.offset_bytes, pos.bytes},
        .pos = pos,
        .is_terminated = token.kind == TOKEN_SEMICOLON,
    };
    return pos.bytes > 0 || out->is_terminated;
}
