/* proto_file.c
 *
 * A hand-written parser: the language is small, every definition starts with a word that tells
 * what it is, and what is of no interest can be skipped by counting brackets. Tokens are words
 * (names with dots, numbers with signs), strings and single characters. Nesting is bounded, so
 * recursion is too. */
#include "formats/proto_file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "formats/wire_schema.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SYMBOL };

struct token {
    enum token_kind kind;
    struct text text; /* STRING: what stands between the quotes, escapes and all */
};

struct proto_parser {
    struct proto_file *file;
    struct arena *arena;
    const char *at;
    const char *end;
    uint32_t line;
    struct token token; /* the current one */
    struct text package;
    bool is_proto2;
    bool is_imported;
    uint32_t file_message_count;
    uint32_t depth;
    struct diag *diag;
};

void proto_file_init(struct proto_file *file)
{
    *file = (struct proto_file){0};
    file->last_message = &file->messages;
}

/* --- Tokens ------------------------------------------------------------------------------- */

static void skip_comment(struct proto_parser *self)
{
    const bool is_line = self->at[1] == '/';
    self->at += 2;
    while (self->at < self->end) {
        const bool ends =
            is_line ? *self->at == '\n'
                    : self->at + 1 < self->end && self->at[0] == '*' && self->at[1] == '/';
        self->line += *self->at == '\n';
        self->at += ends && !is_line ? 2 : 1;
        if (ends) {
            return;
        }
    }
}

static void skip_blanks(struct proto_parser *self)
{
    while (self->at < self->end) {
        if (isspace((unsigned char)*self->at)) {
            self->line += *self->at++ == '\n';
        } else if (*self->at == '/' && self->at + 1 < self->end &&
                   (self->at[1] == '/' || self->at[1] == '*')) {
            skip_comment(self);
        } else {
            return;
        }
    }
}

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '+';
}

static void take_string(struct proto_parser *self)
{
    const char quote = *self->at++;
    const char *begin = self->at;
    while (self->at < self->end && *self->at != quote) {
        self->at += *self->at == '\\' && self->at + 1 < self->end ? 2 : 1;
    }
    self->token = (struct token){TOKEN_STRING, {begin, (size_t)(self->at - begin)}};
    self->at += self->at < self->end;
}

static void advance(struct proto_parser *self)
{
    skip_blanks(self);
    const char *begin = self->at;
    if (begin == self->end) {
        self->token = (struct token){TOKEN_END, {begin, 0}};
        return;
    }
    if (*begin == '"' || *begin == '\'') {
        take_string(self);
        return;
    }
    const bool is_word = is_word_byte(*begin);
    do {
        self->at++;
    } while (is_word && self->at < self->end && is_word_byte(*self->at));
    self->token =
        (struct token){is_word ? TOKEN_WORD : TOKEN_SYMBOL, {begin, (size_t)(self->at - begin)}};
}

static bool is_symbol(const struct proto_parser *self, char symbol)
{
    return self->token.kind == TOKEN_SYMBOL && self->token.text.data[0] == symbol;
}

static bool is_word(const struct proto_parser *self, const char *word)
{
    return self->token.kind == TOKEN_WORD && text_equal(self->token.text, text_of(word));
}

/* Takes the word if it is the next token. */
static bool accept_word(struct proto_parser *self, const char *word)
{
    const bool found = is_word(self, word);
    if (found) {
        advance(self);
    }
    return found;
}

static enum status unexpected(const struct proto_parser *self, const char *wanted)
{
    return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE,
                     "Invalid Protobuf schema: line %u: expected %s, found '%.*s'", self->line,
                     wanted, TEXT_ARGS(self->token.text));
}

static enum status expect_symbol(struct proto_parser *self, const char *symbol)
{
    if (!is_symbol(self, symbol[0])) {
        return unexpected(self, symbol);
    }
    advance(self);
    return STATUS_OK;
}

static enum status expect_word(struct proto_parser *self, const char *what, struct text *out)
{
    if (self->token.kind != TOKEN_WORD) {
        return unexpected(self, what);
    }
    *out = self->token.text;
    advance(self);
    return STATUS_OK;
}

static enum status expect_number(struct proto_parser *self, int64_t *out)
{
    char digits[24] = {0};
    char *end = NULL;
    const struct text text = self->token.text;
    if (self->token.kind != TOKEN_WORD || text.bytes >= sizeof(digits)) {
        return unexpected(self, "a number");
    }
    memcpy(digits, text.data, text.bytes);
    *out = strtoll(digits, &end, 0);
    if (*end != '\0') {
        return unexpected(self, "a number");
    }
    advance(self);
    return STATUS_OK;
}

/* Skips to behind the next ';', or behind the block that comes before it. */
static enum status skip_definition(struct proto_parser *self)
{
    uint32_t open_count = 0;
    for (;; advance(self)) {
        if (self->token.kind == TOKEN_END) {
            return unexpected(self, "';'");
        }
        open_count += is_symbol(self, '{');
        if (is_symbol(self, '}') && open_count > 0 && --open_count == 0) {
            break;
        }
        if (is_symbol(self, ';') && open_count == 0) {
            break;
        }
    }
    advance(self);
    while (is_symbol(self, ';')) {
        advance(self);
    }
    return STATUS_OK;
}

/* The name of a message or an enum, and scope.name, in the arena. */
static enum status take_full_name(struct proto_parser *self, struct text scope, struct text *out)
{
    struct text name = {NULL, 0};
    TRY(expect_word(self, "a name", &name));
    if (scope.bytes + name.bytes > WIRE_NAME_BYTES_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid Protobuf schema: a name has more than %d bytes",
                         WIRE_NAME_BYTES_MAX);
    }
    *out = scope.bytes == 0
               ? name
               : arena_printf(self->arena, "%.*s.%.*s", TEXT_ARGS(scope), TEXT_ARGS(name));
    return out->data ? STATUS_OK : diag_no_memory(self->diag);
}

/* Every message, field, enum and symbol is one. */
static enum status count_part(struct proto_parser *self)
{
    return ++self->file->part_count <= WIRE_NODE_COUNT_MAX
               ? STATUS_OK
               : diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                           "Invalid Protobuf schema: it has more than %d parts",
                           WIRE_NODE_COUNT_MAX);
}

/* --- Fields ------------------------------------------------------------------------------- */

static uint16_t small_number(struct text text)
{
    uint32_t number = 0;
    for (size_t i = 0; i < text.bytes && number <= UINT16_MAX; i++) {
        number = number * 10 + (uint32_t)(text.data[i] - '0') % 10;
    }
    return number <= UINT16_MAX ? (uint16_t)number : 0;
}

/* What stands in the options as {key: "precision", value: "4"}. */
static void apply_parameter(struct proto_field *field, struct text key, struct text value)
{
    if (text_equal(key, TEXT("precision"))) {
        field->precision = small_number(value);
    } else if (text_equal(key, TEXT("scale"))) {
        field->scale = small_number(value);
    }
}

/* From the opening bracket to behind the closing one. */
static enum status parse_options(struct proto_parser *self, struct proto_field *field)
{
    uint32_t open_count = 0;
    struct text word = {NULL, 0};
    struct text key = {NULL, 0};
    struct text value = {NULL, 0};
    do {
        if (self->token.kind == TOKEN_END) {
            return unexpected(self, "']'");
        }
        open_count += is_symbol(self, '[');
        open_count -= is_symbol(self, ']');
        if (self->token.kind == TOKEN_STRING) {
            key = text_equal(word, TEXT("key")) ? self->token.text : key;
            value = text_equal(word, TEXT("value")) ? self->token.text : value;
        } else if (is_symbol(self, '}')) {
            apply_parameter(field, key, value);
        } else if (self->token.kind == TOKEN_WORD) {
            field->is_unpacked |= text_equal(word, TEXT("packed")) && is_word(self, "false");
            word = self->token.text;
        }
        advance(self);
    } while (open_count > 0);
    return STATUS_OK;
}

static enum status parse_field_type(struct proto_parser *self, struct proto_field *field)
{
    if (!accept_word(self, "map")) {
        return expect_word(self, "a type", &field->type);
    }
    if (!is_symbol(self, '<')) { /* a message of that name */
        field->type = TEXT("map");
        return STATUS_OK;
    }
    field->label = PROTO_MAP;
    advance(self);
    TRY(expect_word(self, "a type", &field->map_key));
    TRY(expect_symbol(self, ","));
    TRY(expect_word(self, "a type", &field->type));
    return expect_symbol(self, ">");
}

static enum status add_field(struct proto_parser *self, struct proto_message *message,
                             const struct proto_field *field)
{
    struct proto_field *copy = ARENA_NEW(self->arena, struct proto_field);
    if (!copy) {
        return diag_no_memory(self->diag);
    }
    if (message->field_count++ >= COLUMN_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Invalid Protobuf schema: a message has more than %d fields",
                         COLUMN_COUNT_MAX);
    }
    TRY(count_part(self));
    *copy = *field;
    *message->last_field = copy;
    message->last_field = &copy->next;
    return STATUS_OK;
}

static enum status parse_field(struct proto_parser *self, struct proto_message *message,
                               struct text oneof)
{
    struct proto_field field = {.label = PROTO_SINGLE, .oneof = oneof};
    int64_t number = 0;
    if (accept_word(self, "repeated")) {
        field.label = PROTO_REPEATED;
    } else if (accept_word(self, "optional")) {
        field.label = PROTO_OPTIONAL;
    } else if (accept_word(self, "required")) {
        field.label = PROTO_REQUIRED;
    }
    TRY(parse_field_type(self, &field));
    TRY(expect_word(self, "a name", &field.name));
    TRY(expect_symbol(self, "="));
    TRY(expect_number(self, &number));
    if (number < 1 || number >= 1 << 29) {
        return unexpected(self, "a field number before");
    }
    field.number = (uint32_t)number;
    if (is_symbol(self, '[')) {
        TRY(parse_options(self, &field));
    }
    if (oneof.data && field.label != PROTO_SINGLE) {
        return unexpected(self, "a single field in a oneof before");
    }
    TRY(expect_symbol(self, ";"));
    return add_field(self, message, &field);
}

static enum status parse_oneof(struct proto_parser *self, struct proto_message *message)
{
    struct text name = {NULL, 0};
    TRY(expect_word(self, "a name", &name));
    TRY(expect_symbol(self, "{"));
    while (!is_symbol(self, '}')) {
        TRY(is_word(self, "option") ? skip_definition(self) : parse_field(self, message, name));
    }
    advance(self);
    return STATUS_OK;
}

/* --- Definitions -------------------------------------------------------------------------- */

static enum status parse_symbol(struct proto_parser *self, struct proto_enum *all)
{
    struct proto_symbol *symbol = ARENA_NEW(self->arena, struct proto_symbol);
    struct proto_field ignored = {0};
    int64_t number = 0;
    if (!symbol) {
        return diag_no_memory(self->diag);
    }
    TRY(expect_word(self, "a name", &symbol->name));
    TRY(expect_symbol(self, "="));
    TRY(expect_number(self, &number));
    if (number < INT32_MIN || number > INT32_MAX || all->symbol_count >= COLUMN_COUNT_MAX) {
        return unexpected(self, "a smaller enum before");
    }
    symbol->number = (int32_t)number;
    if (is_symbol(self, '[')) {
        TRY(parse_options(self, &ignored));
    }
    TRY(count_part(self));
    *all->last_symbol = symbol;
    all->last_symbol = &symbol->next;
    all->symbol_count++;
    return expect_symbol(self, ";");
}

static enum status parse_enum(struct proto_parser *self, struct text scope)
{
    struct proto_enum *all = ARENA_NEW(self->arena, struct proto_enum);
    if (!all) {
        return diag_no_memory(self->diag);
    }
    all->last_symbol = &all->symbols;
    TRY(count_part(self));
    TRY(take_full_name(self, scope, &all->name));
    TRY(expect_symbol(self, "{"));
    while (!is_symbol(self, '}')) {
        TRY(is_word(self, "option") || is_word(self, "reserved") ? skip_definition(self)
                                                                 : parse_symbol(self, all));
    }
    advance(self);
    all->next = self->file->enums;
    self->file->enums = all;
    return STATUS_OK;
}

static enum status parse_message(struct proto_parser *self, struct proto_message *parent,
                                 uint32_t index);

static enum status parse_member(struct proto_parser *self, struct proto_message *message,
                                uint32_t *child_count)
{
    if (is_symbol(self, ';')) {
        advance(self);
        return STATUS_OK;
    }
    if (accept_word(self, "message")) {
        return parse_message(self, message, (*child_count)++);
    }
    if (accept_word(self, "enum")) {
        return parse_enum(self, message->name);
    }
    if (accept_word(self, "oneof")) {
        return parse_oneof(self, message);
    }
    if (is_word(self, "option") || is_word(self, "reserved") || is_word(self, "extensions") ||
        is_word(self, "extend")) {
        return skip_definition(self);
    }
    return parse_field(self, message, (struct text){NULL, 0});
}

static enum status parse_message(struct proto_parser *self, struct proto_message *parent,
                                 uint32_t index)
{
    struct proto_message *message = ARENA_NEW(self->arena, struct proto_message);
    uint32_t child_count = 0;
    if (!message) {
        return diag_no_memory(self->diag);
    }
    if (++self->depth > VALUE_DEPTH_MAX) {
        return unexpected(self, "fewer messages within messages");
    }
    TRY(count_part(self));
    TRY(take_full_name(self, parent ? parent->name : self->package, &message->name));
    message->last_field = &message->fields;
    message->parent = parent;
    message->index = index;
    message->is_proto2 = self->is_proto2;
    message->is_imported = self->is_imported;
    *self->file->last_message = message;
    self->file->last_message = &message->next;
    TRY(expect_symbol(self, "{"));
    while (!is_symbol(self, '}')) {
        TRY(parse_member(self, message, &child_count));
    }
    advance(self);
    self->depth--;
    return STATUS_OK;
}

static enum status parse_syntax(struct proto_parser *self)
{
    TRY(expect_symbol(self, "="));
    if (self->token.kind != TOKEN_STRING) {
        return unexpected(self, "\"proto3\"");
    }
    self->is_proto2 = text_equal(self->token.text, TEXT("proto2"));
    return skip_definition(self);
}

static enum status parse_definition(struct proto_parser *self)
{
    if (is_symbol(self, ';')) {
        advance(self);
        return STATUS_OK;
    }
    if (accept_word(self, "syntax")) {
        return parse_syntax(self);
    }
    if (accept_word(self, "package")) {
        TRY(expect_word(self, "a name", &self->package));
        return expect_symbol(self, ";");
    }
    if (accept_word(self, "message")) {
        return parse_message(self, NULL, self->file_message_count++);
    }
    if (accept_word(self, "enum")) {
        return parse_enum(self, self->package);
    }
    if (is_word(self, "import") || is_word(self, "option") || is_word(self, "service") ||
        is_word(self, "extend")) {
        return skip_definition(self);
    }
    return unexpected(self, "a definition");
}

enum status proto_file_parse(struct proto_file *file, struct arena *arena, struct text text,
                             bool is_imported, struct diag *diag)
{
    struct proto_parser self = {.file = file,
                                .arena = arena,
                                .at = text.data,
                                .end = text.data + text.bytes,
                                .line = 1,
                                .is_proto2 = true, /* unless the text says proto3 */
                                .is_imported = is_imported,
                                .diag = diag};
    advance(&self);
    while (self.token.kind != TOKEN_END) {
        TRY(parse_definition(&self));
    }
    return STATUS_OK;
}
