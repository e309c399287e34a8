/* build_name.c
 *
 * Names, literals and durations: what single tokens mean.
 *
 * Numbers keep their sign, because a minus before a number is part of the token. An integer is
 * INTEGER if it fits 32 bits, else BIGINT, else an error; a number with a point is a DECIMAL whose
 * precision and scale follow from its digits; only an exponent makes a DOUBLE.
 */
#include "parser/builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parser/grammar.h"

/* Longer numbers are cut in messages. */
enum { SHOWN_BYTES_MAX = 1000 };

static int shown_bytes(struct text text)
{
    return (int)(text.bytes < SHOWN_BYTES_MAX ? text.bytes : SHOWN_BYTES_MAX);
}

struct text builder_text(struct builder *b, struct text text)
{
    struct text copy = {NULL, 0};
    if (!builder_has_failed(b)) {
        copy = arena_text(b->arena, text);
        if (!copy.data) {
            b->status = diag_no_memory(b->diag);
        }
    }
    return copy;
}

struct text builder_unquote(struct builder *b, const struct token *token)
{
    const char quote = token->text.data[0];
    char *out = builder_new(b, token->text.bytes);
    if (!out) {
        return (struct text){NULL, 0};
    }
    size_t bytes = 0;
    for (size_t i = 1; i + 1 < token->text.bytes; i++) {
        out[bytes++] = token->text.data[i];
        if (token->text.data[i] == quote) {
            i++; /* its double */
        }
    }
    return (struct text){out, bytes};
}

struct text builder_upper_text(struct builder *b, struct text text)
{
    char *out = builder_new(b, text.bytes + 1);
    if (!out) {
        return (struct text){NULL, 0};
    }
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        out[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return (struct text){out, text.bytes};
}

struct identifier builder_identifier(struct builder *b, const struct token *token)
{
    const bool is_quoted = token->kind == TOKEN_QUOTED_IDENT || token->kind == TOKEN_STRING;
    return (struct identifier){
        .name = is_quoted ? builder_unquote(b, token) : builder_upper_text(b, token->text),
        .is_quoted = is_quoted,
        .pos = token->pos,
    };
}

struct identifier builder_resource_name(struct builder *b, const struct token *token)
{
    struct identifier name = builder_identifier(b, token);
    if (!name.is_quoted) {
        name.name = builder_text(b, token->text);
    }
    return name;
}

static bool is_source_name_part(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

struct identifier builder_source_name(struct builder *b, struct identifier name)
{
    for (size_t i = 0; i < name.name.bytes && !builder_has_failed(b); i++) {
        if (!is_source_name_part(name.name.data[i])) {
            b->status =
                diag_fail(b->diag, STATUS_INVALID, name.pos,
                          "Illegal argument at Line: %u, Col: %u. Source names may only "
                          "contain alphanumeric values, '_' or '-'. Got: '%.*s'",
                          name.pos.line, name.pos.column, shown_bytes(name.name), name.name.data);
        }
    }
    return name;
}

struct identifier_list builder_add_identifier(struct builder *b, struct identifier_list list,
                                              struct identifier item)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct identifier_list){0};
    }
    list.items[list.count++] = item;
    return list;
}

struct expression *builder_null(struct builder *b, const struct token *token)
{
    return builder_expression(b, EXPRESSION_NULL, 1, token->pos);
}

struct expression *builder_boolean(struct builder *b, const struct token *token, bool value)
{
    struct expression *node = builder_expression(b, EXPRESSION_BOOLEAN, 1, token->pos);
    if (node) {
        node->boolean = value;
    }
    return node;
}

struct expression *builder_string(struct builder *b, const struct token *token)
{
    struct expression *node = builder_expression(b, EXPRESSION_STRING, 1, token->pos);
    if (node) {
        node->string = builder_unquote(b, token);
    }
    return node;
}

static void refuse_number(struct builder *b, const struct token *token)
{
    builder_fail(b, token->pos, "Invalid numeric literal: %.*s", shown_bytes(token->text),
                 token->text.data);
}

/* [-]digits, without regard to the size of what precedes them in the text. */
static bool parse_int64(struct text text, int64_t *out)
{
    const bool is_negative = text.data[0] == '-';
    int64_t value = 0;
    for (size_t i = is_negative ? 1 : 0; i < text.bytes; i++) {
        const int digit = text.data[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) {
            return false; /* counted downwards, because -2^63 has no positive twin */
        }
    }
    if (!is_negative && value == INT64_MIN) {
        return false;
    }
    *out = is_negative ? value : -value;
    return true;
}

static struct expression *build_integer(struct builder *b, const struct token *token)
{
    int64_t value = 0;
    if (!parse_int64(token->text, &value)) {
        refuse_number(b, token);
        return NULL;
    }
    const bool is_small = value >= INT32_MIN && value <= INT32_MAX;
    struct expression *node =
        builder_expression(b, is_small ? EXPRESSION_INTEGER : EXPRESSION_BIGINT, 1, token->pos);
    if (node && is_small) {
        node->integer = (int32_t)value;
    } else if (node) {
        node->bigint = value;
    }
    return node;
}

/* text is [-]digits[.digits], [-].digits or [-]digits. with a final NUL not needed. */
static struct expression *build_decimal(struct builder *b, struct text text, struct sql_pos pos)
{
    struct expression *node = builder_expression(b, EXPRESSION_DECIMAL, 1, pos);
    char *out = builder_new(b, text.bytes + 2);
    if (!node || !out) {
        return NULL;
    }
    const size_t sign = text.data[0] == '-' || text.data[0] == '+' ? 1 : 0;
    const char *point = memchr(text.data, '.', text.bytes);
    const size_t whole_end = point ? (size_t)(point - text.data) : text.bytes;
    const size_t scale = point ? text.bytes - whole_end - 1 : 0;
    size_t from = sign;
    while (from < whole_end && text.data[from] == '0') {
        from++;
    }
    const size_t whole = whole_end - from;
    size_t bytes = 0;
    if (text.data[0] == '-') {
        out[bytes++] = '-';
    }
    if (whole == 0) {
        out[bytes++] = '0';
    }
    memcpy(out + bytes, text.data + from, whole);
    bytes += whole;
    if (scale > 0) {
        memcpy(out + bytes, text.data + whole_end, scale + 1);
        bytes += scale + 1;
    }
    node->decimal.digits = (struct text){out, bytes};
    node->decimal.scale = (int32_t)scale;
    node->decimal.precision = (int32_t)(scale + (whole > 0 ? whole : 1));
    return node;
}

static struct expression *build_double(struct builder *b, const struct token *token)
{
    const struct text text = builder_text(b, token->text);
    struct expression *node = builder_expression(b, EXPRESSION_DOUBLE, 1, token->pos);
    if (!text.data || !node) {
        return NULL;
    }
    node->real = strtod(text.data, NULL);
    if (!isfinite(node->real)) {
        builder_fail(b, token->pos, "Number overflows DOUBLE: %.*s", shown_bytes(text), text.data);
        return NULL;
    }
    return node;
}

struct expression *builder_number(struct builder *b, const struct token *token)
{
    switch (token->kind) {
    case TOKEN_INTEGER_VALUE:
        return build_integer(b, token);
    case TOKEN_DECIMAL_VALUE:
        return build_decimal(b, token->text, token->pos);
    default:
        return build_double(b, token);
    }
}

/* [-+]digits[.digits], with at least one digit. */
static bool is_decimal_text(struct text text)
{
    size_t digits = 0;
    size_t points = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        if (c >= '0' && c <= '9') {
            digits++;
        } else if (c == '.') {
            points++;
        } else if (i > 0 || (c != '-' && c != '+')) {
            return false;
        }
    }
    return digits > 0 && points <= 1;
}

struct expression *builder_typed_literal(struct builder *b, const struct token *type,
                                         const struct token *string)
{
    const struct text text = builder_unquote(b, string);
    if (!text.data) {
        return NULL;
    }
    const struct identifier name = builder_identifier(b, type);
    if (!text_equal_nocase(name.name, TEXT("DECIMAL"))) {
        builder_fail(b, type->pos, "Unknown type: %.*s", shown_bytes(name.name), name.name.data);
        return NULL;
    }
    if (!is_decimal_text(text)) {
        builder_fail(b, string->pos, "Invalid numeric literal: %.*s", shown_bytes(text), text.data);
        return NULL;
    }
    return build_decimal(b, text, builder_span(type->pos, string->pos));
}

int64_t builder_integer(struct builder *b, const struct token *number, const char *what)
{
    int64_t value = 0;
    if (number->kind != TOKEN_INTEGER_VALUE) {
        builder_fail_plainly(b, number->pos, "Value must be integer for command: ", what);
    } else if (!parse_int64(number->text, &value)) {
        refuse_number(b, number);
    }
    return value;
}

/* By token: reserved plurals, free singulars and MILLISECOND. */
static const struct {
    int token;
    enum ast_interval_unit unit;
    int64_t ms;
} units[] = {
    {TOKEN_DAY, AST_INTERVAL_DAYS, 86400000},
    {TOKEN_DAYS, AST_INTERVAL_DAYS, 86400000},
    {TOKEN_HOUR, AST_INTERVAL_HOURS, 3600000},
    {TOKEN_HOURS, AST_INTERVAL_HOURS, 3600000},
    {TOKEN_MINUTE, AST_INTERVAL_MINUTES, 60000},
    {TOKEN_MINUTES, AST_INTERVAL_MINUTES, 60000},
    {TOKEN_SECOND, AST_INTERVAL_SECONDS, 1000},
    {TOKEN_SECONDS, AST_INTERVAL_SECONDS, 1000},
    {TOKEN_MILLISECOND, AST_INTERVAL_MILLISECONDS, 1},
    {TOKEN_MILLISECONDS, AST_INTERVAL_MILLISECONDS, 1},
};

static size_t unit_index(const struct token *unit)
{
    size_t index = 0;
    while (units[index].token != unit->kind) {
        index++; /* the grammar lets no other token through */
    }
    return index;
}

struct expression *builder_unit_argument(struct builder *b, const struct token *unit)
{
    struct expression *node = builder_expression(b, EXPRESSION_INTERVAL_UNIT, 1, unit->pos);
    if (node) {
        node->interval_unit = units[unit_index(unit)].unit;
    }
    return node;
}

struct duration builder_duration(struct builder *b, const struct token *number,
                                 const struct token *unit)
{
    const size_t index = unit_index(unit);
    struct duration duration = {
        .count = builder_integer(b, number, "duration"),
        .unit = units[index].unit,
        .is_present = true,
        .pos = builder_span(number->pos, unit->pos),
    };
    if (duration.count < 0 ||
        __builtin_mul_overflow(duration.count, units[index].ms, &duration.ms)) {
        builder_fail(b, number->pos, "Duration out of range: %.*s %.*s", shown_bytes(number->text),
                     number->text.data, (int)unit->text.bytes, unit->text.data);
    }
    return duration;
}
