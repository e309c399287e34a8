/* print_expression.c
 *
 * Names, literals, types and expressions. Every operator stands in brackets of its own, so the
 * text says how it was read and needs no thought about precedence. Recursion is bounded by
 * PARSER_DEPTH_MAX.
 *
 * Two literals print so that they come back with their own type: a DECIMAL without a fraction
 * keeps its point ("1."), a DOUBLE its exponent ("1.5E0").
 */
#include "parser/printer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/keywords.h"

/* ---- Names ---- */

static bool is_upper_name_part(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@';
}

/* A number with an exponent, such as 1E5, is no name although all of its characters are. */
static bool looks_like_number(struct text name)
{
    size_t at = 0;
    while (at < name.bytes && name.data[at] >= '0' && name.data[at] <= '9') {
        at++;
    }
    const size_t digits = at;
    if (at < name.bytes && name.data[at] == 'E') {
        at++;
        while (at < name.bytes && name.data[at] >= '0' && name.data[at] <= '9') {
            at++;
        }
    }
    return digits > 0 && at == name.bytes && (at == digits || name.data[at - 1] != 'E');
}

bool printer_must_quote(struct text name)
{
    if (name.bytes == 0 || name.data[0] == '@' || looks_like_number(name)) {
        return true;
    }
    for (size_t i = 0; i < name.bytes; i++) {
        if (!is_upper_name_part(name.data[i])) {
            return true;
        }
    }
    const struct keyword *keyword = keyword_find(name);
    return keyword && keyword->use != KEYWORD_FREE;
}

/* text between two quotes, those inside doubled. */
static void print_quoted(struct buffer *out, struct text text, char quote)
{
    buffer_append_byte(out, quote);
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] == quote) {
            buffer_append_byte(out, quote);
        }
        buffer_append_byte(out, text.data[i]);
    }
    buffer_append_byte(out, quote);
}

void printer_name(struct buffer *out, struct text name)
{
    if (printer_must_quote(name)) {
        print_quoted(out, name, '`');
    } else {
        buffer_append_text(out, name);
    }
}

void printer_string(struct buffer *out, struct text text)
{
    print_quoted(out, text, '\'');
}

/* ---- Types ---- */

static void print_fields(struct buffer *out, const struct type_name *type)
{
    buffer_append_string(out, type->fields.count > 0 ? "STRUCT<" : "STRUCT< ");
    for (size_t i = 0; i < type->fields.count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_name(out, type->fields.items[i].name.name);
        buffer_append_byte(out, ' ');
        printer_type(out, type->fields.items[i].type);
    }
    buffer_append_byte(out, '>');
}

/* A custom type whose name is that of a built-in one must stay quoted. */
static void print_simple_type(struct buffer *out, const struct identifier *name)
{
    static const char *const synonyms[] = {"INT",    "VARCHAR", "BOOLEAN",  "INTEGER",
                                           "BIGINT", "DOUBLE",  "STRING",   "BYTES",
                                           "DATE",   "TIME",    "TIMESTAMP"};
    for (size_t i = 0; name->is_quoted && i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
        if (text_equal(name->name, text_of(synonyms[i]))) {
            print_quoted(out, name->name, '`');
            return;
        }
    }
    printer_name(out, name->name);
}

void printer_type(struct buffer *out, const struct type_name *type)
{
    switch (type->kind) {
    case TYPE_NAME_SIMPLE:
        print_simple_type(out, &type->simple);
        break;
    case TYPE_NAME_DECIMAL:
        buffer_printf(out, "DECIMAL(%" PRId32 ", %" PRId32 ")", type->decimal.precision,
                      type->decimal.scale);
        break;
    case TYPE_NAME_ARRAY:
        buffer_append_string(out, "ARRAY<");
        printer_type(out, type->element);
        buffer_append_byte(out, '>');
        break;
    case TYPE_NAME_MAP:
        buffer_append_string(out, "MAP<");
        printer_type(out, type->map.key);
        buffer_append_string(out, ", ");
        printer_type(out, type->map.value);
        buffer_append_byte(out, '>');
        break;
    case TYPE_NAME_STRUCT:
        print_fields(out, type);
        break;
    }
}

/* ---- Literals ---- */

/* The shortest digits that give the same double back, with an exponent and no zeros around. */
static void print_double(struct buffer *out, double value)
{
    char digits[40];
    int precision = 0;
    do {
        (void)snprintf(digits, sizeof(digits), "%.*E", precision, value);
        precision++;
    } while (precision <= 17 && strtod(digits, NULL) != value);
    char *exponent = strchr(digits, 'E');
    const int power = (int)strtol(exponent + 1, NULL, 10);
    size_t mantissa_bytes = (size_t)(exponent - digits);
    if (!memchr(digits, '.', mantissa_bytes)) {
        buffer_append(out, digits, mantissa_bytes);
    } else {
        while (digits[mantissa_bytes - 1] == '0') {
            mantissa_bytes--;
        }
        buffer_append(out, digits, mantissa_bytes);
    }
    buffer_printf(out, "E%d", power);
}

static void print_decimal(struct buffer *out, const struct expression *node)
{
    buffer_append_text(out, node->decimal.digits);
    if (node->decimal.scale == 0) {
        buffer_append_byte(out, '.');
    }
}

const char *printer_unit(enum ast_interval_unit unit)
{
    static const char *const texts[] = {
        [AST_INTERVAL_DAYS] = "DAYS",
        [AST_INTERVAL_HOURS] = "HOURS",
        [AST_INTERVAL_MINUTES] = "MINUTES",
        [AST_INTERVAL_SECONDS] = "SECONDS",
        [AST_INTERVAL_MILLISECONDS] = "MILLISECONDS",
    };
    return texts[unit];
}

/* ---- Expressions ---- */

static const char *const arithmetic_texts[] = {
    [AST_ARITHMETIC_ADD] = " + ",      [AST_ARITHMETIC_SUBTRACT] = " - ",
    [AST_ARITHMETIC_MULTIPLY] = " * ", [AST_ARITHMETIC_DIVIDE] = " / ",
    [AST_ARITHMETIC_MODULUS] = " % ",
};

static const char *const comparison_texts[] = {
    [AST_COMPARISON_EQUAL] = " = ",
    [AST_COMPARISON_NOT_EQUAL] = " <> ",
    [AST_COMPARISON_LESS_THAN] = " < ",
    [AST_COMPARISON_LESS_THAN_OR_EQUAL] = " <= ",
    [AST_COMPARISON_GREATER_THAN] = " > ",
    [AST_COMPARISON_GREATER_THAN_OR_EQUAL] = " >= ",
    [AST_COMPARISON_IS_DISTINCT_FROM] = " IS DISTINCT FROM ",
};

static void print_infix(struct buffer *out, const struct expression *left, const char *op,
                        const struct expression *right)
{
    buffer_append_byte(out, '(');
    printer_expression(out, left);
    buffer_append_string(out, op);
    printer_expression(out, right);
    buffer_append_byte(out, ')');
}

static void print_list(struct buffer *out, const struct expression_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_expression(out, list->items[i]);
    }
}

static void print_column(struct buffer *out, const struct expression *node)
{
    if (node->column.has_source) {
        printer_name(out, node->column.source.name);
        buffer_append_byte(out, '.');
    }
    printer_name(out, node->column.name.name);
}

/* A minus before a minus would start a comment; before a number it would join it. */
static void print_sign(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, node->sign.is_minus ? '-' : '+');
    const size_t at = out->bytes;
    printer_expression(out, node->sign.operand);
    const char next = out->bytes > at ? out->data[at] : '\0';
    const bool needs_brackets =
        next == '-' || next == '+' || next == '.' || (next >= '0' && next <= '9');
    if (needs_brackets && buffer_reserve(out, 2)) {
        memmove(out->data + at + 1, out->data + at, out->bytes - at);
        out->data[at] = '(';
        out->data[out->bytes + 1] = ')';
        out->bytes += 2;
    }
}

static void print_not(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "(NOT ");
    printer_expression(out, node->operand);
    buffer_append_byte(out, ')');
}

static void print_between(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, '(');
    printer_expression(out, node->between.value);
    buffer_append_string(out, " BETWEEN ");
    printer_expression(out, node->between.min);
    buffer_append_string(out, " AND ");
    printer_expression(out, node->between.max);
    buffer_append_byte(out, ')');
}

static void print_in(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, '(');
    printer_expression(out, node->in.value);
    buffer_append_string(out, " IN (");
    print_list(out, &node->in.list);
    buffer_append_string(out, "))");
}

static void print_like(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, '(');
    printer_expression(out, node->like.value);
    buffer_append_string(out, " LIKE ");
    printer_expression(out, node->like.pattern);
    if (node->like.escape.data) {
        buffer_append_string(out, " ESCAPE ");
        printer_string(out, node->like.escape);
    }
    buffer_append_byte(out, ')');
}

static void print_is_null(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, '(');
    printer_expression(out, node->is_null.value);
    buffer_append_string(out, node->is_null.is_negated ? " IS NOT NULL)" : " IS NULL)");
}

static void print_case(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "(CASE");
    if (node->conditional.subject) {
        buffer_append_byte(out, ' ');
        printer_expression(out, node->conditional.subject);
    }
    for (size_t i = 0; i < node->conditional.branch_count; i++) {
        buffer_append_string(out, " WHEN ");
        printer_expression(out, node->conditional.branches[i].when);
        buffer_append_string(out, " THEN ");
        printer_expression(out, node->conditional.branches[i].then);
    }
    if (node->conditional.otherwise) {
        buffer_append_string(out, " ELSE ");
        printer_expression(out, node->conditional.otherwise);
    }
    buffer_append_string(out, " END)");
}

static void print_cast(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "CAST(");
    printer_expression(out, node->cast.value);
    buffer_append_string(out, " AS ");
    printer_type(out, node->cast.type);
    buffer_append_byte(out, ')');
}

static void print_map(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "MAP(");
    for (size_t i = 0; i < node->map.count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_expression(out, node->map.entries[i].key);
        buffer_append_string(out, ":=");
        printer_expression(out, node->map.entries[i].value);
    }
    buffer_append_byte(out, ')');
}

static void print_struct(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "STRUCT(");
    for (size_t i = 0; i < node->structure.count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_name(out, node->structure.entries[i].name.name);
        buffer_append_string(out, ":=");
        printer_expression(out, node->structure.entries[i].value);
    }
    buffer_append_byte(out, ')');
}

static void print_call(struct buffer *out, const struct expression *node)
{
    printer_name(out, node->call.name.name);
    buffer_append_byte(out, '(');
    buffer_append_string(out, node->call.is_star ? "*" : "");
    print_list(out, &node->call.args);
    buffer_append_byte(out, ')');
}

/* What a base of [..] or -> must be: signs and time zones bind less tightly. */
static void print_base(struct buffer *out, const struct expression *base)
{
    const bool needs_brackets =
        base->kind == EXPRESSION_SIGN || base->kind == EXPRESSION_AT_TIME_ZONE;
    buffer_append_string(out, needs_brackets ? "(" : "");
    printer_expression(out, base);
    buffer_append_string(out, needs_brackets ? ")" : "");
}

static void print_subscript(struct buffer *out, const struct expression *node)
{
    print_base(out, node->subscript.base);
    buffer_append_byte(out, '[');
    printer_expression(out, node->subscript.index);
    buffer_append_byte(out, ']');
}

static void print_lambda(struct buffer *out, const struct expression *node)
{
    buffer_append_byte(out, '(');
    for (size_t i = 0; i < node->lambda.params.count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_name(out, node->lambda.params.items[i].name);
    }
    buffer_append_string(out, ") => ");
    printer_expression(out, node->lambda.body);
}

static void print_array(struct buffer *out, const struct expression *node)
{
    buffer_append_string(out, "ARRAY[");
    print_list(out, &node->array);
    buffer_append_byte(out, ']');
}

static void print_time_zone(struct buffer *out, const struct expression *node)
{
    print_base(out, node->at_time_zone.value);
    buffer_append_string(out, " AT TIME ZONE ");
    printer_string(out, node->at_time_zone.zone);
}

void printer_expression(struct buffer *out, const struct expression *node)
{
    switch (node->kind) {
    case EXPRESSION_NULL:
        buffer_append_string(out, "null");
        break;
    case EXPRESSION_BOOLEAN:
        buffer_append_string(out, node->boolean ? "true" : "false");
        break;
    case EXPRESSION_INTEGER:
        buffer_printf(out, "%" PRId32, node->integer);
        break;
    case EXPRESSION_BIGINT:
        buffer_printf(out, "%" PRId64, node->bigint);
        break;
    case EXPRESSION_DECIMAL:
        print_decimal(out, node);
        break;
    case EXPRESSION_DOUBLE:
        print_double(out, node->real);
        break;
    case EXPRESSION_STRING:
        printer_string(out, node->string);
        break;
    case EXPRESSION_COLUMN:
        print_column(out, node);
        break;
    case EXPRESSION_ARITHMETIC:
        print_infix(out, node->arithmetic.left, arithmetic_texts[node->arithmetic.op],
                    node->arithmetic.right);
        break;
    case EXPRESSION_SIGN:
        print_sign(out, node);
        break;
    case EXPRESSION_CONCAT:
        print_infix(out, node->concat.left, " || ", node->concat.right);
        break;
    case EXPRESSION_COMPARISON:
        print_infix(out, node->comparison.left, comparison_texts[node->comparison.op],
                    node->comparison.right);
        break;
    case EXPRESSION_LOGICAL:
        print_infix(out, node->logical.left, node->logical.op == AST_LOGICAL_AND ? " AND " : " OR ",
                    node->logical.right);
        break;
    case EXPRESSION_NOT:
        print_not(out, node);
        break;
    case EXPRESSION_BETWEEN:
        print_between(out, node);
        break;
    case EXPRESSION_IN:
        print_in(out, node);
        break;
    case EXPRESSION_LIKE:
        print_like(out, node);
        break;
    case EXPRESSION_IS_NULL:
        print_is_null(out, node);
        break;
    case EXPRESSION_CASE:
        print_case(out, node);
        break;
    case EXPRESSION_CAST:
        print_cast(out, node);
        break;
    case EXPRESSION_ARRAY:
        print_array(out, node);
        break;
    case EXPRESSION_MAP:
        print_map(out, node);
        break;
    case EXPRESSION_STRUCT:
        print_struct(out, node);
        break;
    case EXPRESSION_CALL:
        print_call(out, node);
        break;
    case EXPRESSION_INTERVAL_UNIT:
        buffer_append_string(out, printer_unit(node->interval_unit));
        break;
    case EXPRESSION_SUBSCRIPT:
        print_subscript(out, node);
        break;
    case EXPRESSION_DEREFERENCE:
        print_base(out, node->dereference.base);
        buffer_append_string(out, "->");
        printer_name(out, node->dereference.field.name);
        break;
    case EXPRESSION_LAMBDA:
        print_lambda(out, node);
        break;
    case EXPRESSION_AT_TIME_ZONE:
        print_time_zone(out, node);
        break;
    case EXPRESSION_KIND_COUNT:
        break; /* no node has it */
    }
}

struct text printer_expression_text(struct arena *arena, const struct expression *expression)
{
    struct buffer buffer;
    struct text text = {NULL, 0};
    buffer_init(&buffer);
    printer_expression(&buffer, expression);
    if (!buffer.has_failed) {
        text = arena_text(arena, buffer_text(&buffer));
    }
    buffer_release(&buffer);
    return text;
}
