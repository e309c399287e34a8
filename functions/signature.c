/* signature.c
 *
 * Turns the signature text of a table row into a small tree, and trees into text and types.
 * Parsing happens when a statement is planned, a few dozen bytes each time; keeping the trees
 * instead would need mutable state behind const tables. A recursive descent over the grammar of
 * functions/function.h; nesting is bounded by SIGNATURE_DEPTH_MAX, since user-defined functions
 * bring their own text.
 */
#include "functions/overload.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>

enum { SIGNATURE_DEPTH_MAX = 16, SIGNATURE_PARTS_MAX = 16 };

static const struct primitive_name {
    const char *name;
    enum type_kind kind;
    bool is_printed; /* the spelling that messages use; the others are accepted */
} primitive_names[] = {
    {"BOOLEAN", TYPE_BOOLEAN, true},  {"INT", TYPE_INTEGER, true},
    {"INTEGER", TYPE_INTEGER, false}, {"BIGINT", TYPE_BIGINT, true},
    {"DECIMAL", TYPE_DECIMAL, true},  {"DOUBLE", TYPE_DOUBLE, true},
    {"VARCHAR", TYPE_STRING, true},   {"STRING", TYPE_STRING, false},
    {"BYTES", TYPE_BYTES, true},      {"DATE", TYPE_DATE, true},
    {"TIME", TYPE_TIME, true},        {"TIMESTAMP", TYPE_TIMESTAMP, true},
};

enum { PRIMITIVE_NAME_COUNT = sizeof(primitive_names) / sizeof(primitive_names[0]) };

struct signature_parser {
    const char *next;
    const char *start; /* of the whole text, for messages */
    struct arena *arena;
    struct diag *diag;
    unsigned depth;
};

static enum status parse_type(struct signature_parser *parser, const struct parameter_type **out);

static enum status refuse(struct signature_parser *parser, const char *expected)
{
    return diag_fail(parser->diag, STATUS_INVALID, SQL_POS_NONE,
                     "bad function signature \"%s\": expected %s at \"%s\"", parser->start,
                     expected, parser->next);
}

static void skip_blanks(struct signature_parser *parser)
{
    while (*parser->next == ' ') {
        parser->next++;
    }
}

static bool take(struct signature_parser *parser, const char *token)
{
    skip_blanks(parser);
    const size_t bytes = strlen(token);
    if (strncmp(parser->next, token, bytes) != 0) {
        return false;
    }
    parser->next += bytes;
    return true;
}

static struct text take_word(struct signature_parser *parser)
{
    skip_blanks(parser);
    const char *start = parser->next;
    while (isalnum((unsigned char)*parser->next) || *parser->next == '_') {
        parser->next++;
    }
    return (struct text){start, (size_t)(parser->next - start)};
}

/* A list of types up to close; each preceded by a name when names is set. */
static enum status parse_parts(struct signature_parser *parser, const char *close, bool has_names,
                               struct parameter_type *out)
{
    const struct parameter_type **parts =
        arena_array(parser->arena, SIGNATURE_PARTS_MAX, sizeof(*parts));
    struct text *names = arena_array(parser->arena, SIGNATURE_PARTS_MAX, sizeof(*names));
    if (!parts || !names) {
        return diag_no_memory(parser->diag);
    }
    out->parts = parts;
    out->names = has_names ? names : NULL;
    while (!take(parser, close)) {
        if (out->part_count == SIGNATURE_PARTS_MAX - 1) { /* one is left for a lambda's result */
            return refuse(parser, "fewer parts");
        }
        if (out->part_count > 0 && !take(parser, ",")) {
            return refuse(parser, "a comma");
        }
        names[out->part_count] = has_names ? take_word(parser) : (struct text){NULL, 0};
        TRY(parse_type(parser, &parts[out->part_count]));
        out->part_count++;
    }
    return STATUS_OK;
}

static enum status parse_decimal(struct signature_parser *parser, struct parameter_type *out)
{
    out->kind = PARAMETER_PRIMITIVE;
    out->of = TYPE_DECIMAL;
    if (!take(parser, "(")) {
        return STATUS_OK;
    }
    out->kind = PARAMETER_DECIMAL;
    char *end = NULL;
    out->precision = (uint16_t)strtoul(parser->next, &end, 10);
    parser->next = end;
    if (!take(parser, ",")) {
        return refuse(parser, "a comma");
    }
    out->scale = (uint16_t)strtoul(parser->next, &end, 10);
    parser->next = end;
    const bool is_valid = out->precision >= 1 && out->scale <= out->precision;
    return is_valid && take(parser, ")") ? STATUS_OK : refuse(parser, "\")\"");
}

static enum status parse_lambda(struct signature_parser *parser, struct parameter_type *out)
{
    out->kind = PARAMETER_LAMBDA;
    if (!take(parser, "(")) {
        return refuse(parser, "\"(\"");
    }
    TRY(parse_parts(parser, ")", false, out));
    if (!take(parser, "=>")) {
        return refuse(parser, "\"=>\"");
    }
    TRY(parse_type(parser, &out->parts[out->part_count]));
    out->part_count++;
    return STATUS_OK;
}

static bool find_primitive(struct text word, struct parameter_type *out)
{
    for (size_t i = 0; i < PRIMITIVE_NAME_COUNT; i++) {
        if (text_equal(word, text_of(primitive_names[i].name))) {
            out->kind = PARAMETER_PRIMITIVE;
            out->of = primitive_names[i].kind;
            return true;
        }
    }
    return false;
}

static enum status parse_bracketed(struct signature_parser *parser, enum parameter_kind kind,
                                   uint32_t part_count, struct parameter_type *out)
{
    out->kind = kind;
    if (!take(parser, "<")) {
        return refuse(parser, "\"<\"");
    }
    TRY(parse_parts(parser, ">", kind == PARAMETER_STRUCT, out));
    const bool fits = kind == PARAMETER_STRUCT || out->part_count == part_count;
    return fits ? STATUS_OK : refuse(parser, "as many types as ARRAY or MAP needs");
}

static enum status parse_word(struct signature_parser *parser, struct text word,
                              struct parameter_type *out)
{
    if (text_equal(word, TEXT("DECIMAL"))) {
        return parse_decimal(parser, out);
    }
    if (find_primitive(word, out)) {
        return STATUS_OK;
    }
    if (text_equal(word, TEXT("ARRAY"))) {
        return parse_bracketed(parser, PARAMETER_ARRAY, 1, out);
    }
    if (text_equal(word, TEXT("MAP"))) {
        return parse_bracketed(parser, PARAMETER_MAP, 2, out);
    }
    if (text_equal(word, TEXT("STRUCT"))) {
        return parse_bracketed(parser, PARAMETER_STRUCT, 0, out);
    }
    if (text_equal(word, TEXT("LAMBDA"))) {
        return parse_lambda(parser, out);
    }
    if (text_equal(word, TEXT("ANY"))) {
        out->kind = PARAMETER_ANY;
        return STATUS_OK;
    }
    if (text_equal(word, TEXT("INTERVALUNIT"))) {
        out->kind = PARAMETER_UNIT;
        return STATUS_OK;
    }
    if (word.bytes == 1 && word.data[0] >= 'A' && word.data[0] <= 'Z') {
        out->kind = PARAMETER_VARIABLE;
        out->variable = (uint8_t)(word.data[0] - 'A');
        return STATUS_OK;
    }
    return refuse(parser, "a type");
}

static enum status parse_type(struct signature_parser *parser, const struct parameter_type **out)
{
    if (parser->depth == SIGNATURE_DEPTH_MAX) {
        return refuse(parser, "less nesting");
    }
    struct parameter_type *type = ARENA_NEW(parser->arena, struct parameter_type);
    if (!type) {
        return diag_no_memory(parser->diag);
    }
    parser->depth++;
    TRY(parse_word(parser, take_word(parser), type));
    parser->depth--;
    *out = type;
    return STATUS_OK;
}

static enum status parse_parameters(struct signature_parser *parser, struct signature *out)
{
    while (*parser->next != '\0') {
        if (out->parameter_count == PARAMETERS_MAX) {
            return refuse(parser, "fewer parameters");
        }
        if (out->parameter_count > 0 && !take(parser, ",")) {
            return refuse(parser, "a comma");
        }
        struct parameter *parameter = &out->parameters[out->parameter_count];
        TRY(parse_type(parser, &parameter->type));
        parameter->is_variadic = take(parser, "...");
        parameter->name = take_word(parser);
        out->parameter_count++;
    }
    return STATUS_OK;
}

enum status signature_parse(const char *parameters, const char *returns, struct arena *arena,
                            struct signature *out, struct diag *diag)
{
    struct signature_parser parser = {
        .next = parameters, .start = parameters, .arena = arena, .diag = diag};
    struct signature signature = {0};
    TRY(parse_parameters(&parser, &signature));
    parser.next = parser.start = returns;
    TRY(parse_type(&parser, &signature.returns));
    if (*parser.next != '\0') {
        return refuse(&parser, "the end");
    }
    *out = signature;
    return STATUS_OK;
}

static const char *primitive_name(enum type_kind kind)
{
    for (size_t i = 0; i < PRIMITIVE_NAME_COUNT; i++) {
        if (primitive_names[i].kind == kind && primitive_names[i].is_printed) {
            return primitive_names[i].name;
        }
    }
    assert(false);
    return "";
}

static void print_parts(const struct parameter_type *type, uint32_t count, struct buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        if (type->names) {
            buffer_append_text(out, type->names[i]);
            buffer_append_byte(out, ' ');
        }
        parameter_type_print(type->parts[i], out);
    }
}

void parameter_type_print(const struct parameter_type *type, struct buffer *out)
{
    switch (type->kind) {
    case PARAMETER_PRIMITIVE:
        buffer_append_string(out, primitive_name(type->of));
        return;
    case PARAMETER_DECIMAL:
        buffer_printf(out, "DECIMAL(%u, %u)", type->precision, type->scale);
        return;
    case PARAMETER_ARRAY:
    case PARAMETER_MAP:
    case PARAMETER_STRUCT:
        buffer_append_string(out, type->kind == PARAMETER_ARRAY ? "ARRAY<" : "");
        buffer_append_string(out, type->kind == PARAMETER_MAP ? "MAP<" : "");
        buffer_append_string(out, type->kind == PARAMETER_STRUCT ? "STRUCT<" : "");
        print_parts(type, type->part_count, out);
        buffer_append_byte(out, '>');
        return;
    case PARAMETER_ANY:
        buffer_append_string(out, "ANY");
        return;
    case PARAMETER_UNIT:
        buffer_append_string(out, "INTERVALUNIT");
        return;
    case PARAMETER_LAMBDA:
        buffer_append_string(out, "LAMBDA (");
        print_parts(type, type->part_count - 1, out);
        buffer_append_string(out, ") => ");
        parameter_type_print(type->parts[type->part_count - 1], out);
        return;
    case PARAMETER_VARIABLE:
        buffer_append_byte(out, (char)('A' + type->variable));
        return;
    }
    assert(false);
}

void signature_print(const char *spelling, const struct signature *signature, struct buffer *out)
{
    buffer_append_string(out, spelling);
    buffer_append_byte(out, '(');
    for (uint32_t i = 0; i < signature->parameter_count; i++) {
        const struct parameter *parameter = &signature->parameters[i];
        buffer_append_string(out, i > 0 ? ", " : "");
        parameter_type_print(parameter->type, out);
        buffer_append_string(out, parameter->is_variadic ? "..." : "");
        buffer_append_string(out, parameter->name.bytes ? " " : "");
        buffer_append_text(out, parameter->name);
    }
    buffer_append_byte(out, ')');
}

static enum status resolve_struct(const struct parameter_type *type,
                                  const struct type_bindings *bindings, struct arena *arena,
                                  const struct type **out, struct diag *diag)
{
    struct type_field *fields = arena_array(arena, type->part_count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < type->part_count; i++) {
        fields[i].name = type->names[i];
        TRY(parameter_type_resolve(type->parts[i], bindings, arena, &fields[i].type, diag));
        if (!fields[i].type) {
            *out = NULL;
            return STATUS_OK;
        }
    }
    *out = type_struct(arena, fields, type->part_count);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

static enum status resolve_container(const struct parameter_type *type,
                                     const struct type_bindings *bindings, struct arena *arena,
                                     const struct type **out, struct diag *diag)
{
    const struct type *parts[2] = {NULL, NULL};
    for (uint32_t i = 0; i < type->part_count; i++) {
        TRY(parameter_type_resolve(type->parts[i], bindings, arena, &parts[i], diag));
        if (!parts[i]) {
            *out = NULL;
            return STATUS_OK;
        }
    }
    *out = type->kind == PARAMETER_ARRAY ? type_array(arena, parts[0])
                                         : type_map(arena, parts[0], parts[1]);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

enum status parameter_type_resolve(const struct parameter_type *type,
                                   const struct type_bindings *bindings, struct arena *arena,
                                   const struct type **out, struct diag *diag)
{
    switch (type->kind) {
    case PARAMETER_PRIMITIVE:
        *out = type->of == TYPE_DECIMAL ? NULL : type_of(type->of);
        return STATUS_OK;
    case PARAMETER_DECIMAL:
        *out = type_decimal(arena, type->precision, type->scale);
        return *out ? STATUS_OK : diag_no_memory(diag);
    case PARAMETER_ARRAY:
    case PARAMETER_MAP:
        return resolve_container(type, bindings, arena, out, diag);
    case PARAMETER_STRUCT:
        return resolve_struct(type, bindings, arena, out, diag);
    case PARAMETER_VARIABLE:
        *out = bindings->types[type->variable];
        return STATUS_OK;
    case PARAMETER_ANY:
    case PARAMETER_UNIT:
    case PARAMETER_LAMBDA:
        *out = NULL;
        return STATUS_OK;
    }
    assert(false);
    return STATUS_OK;
}
