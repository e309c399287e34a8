/* notation.c
 *
 * A recursive reader driven by the type, and a printer that writes what the reader takes. Types
 * are read by the parser of function signatures.
 */
#include "tests/functions/notation.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/number_text.h"
#include "functions/overload.h"
#include "tests/test.h"

const struct type *notation_type(struct arena *arena, const char *text)
{
    const struct type *type = NULL;
    assert_int_equal(notation_types(arena, text, &type, 1), 1);
    return type;
}

/* "NULL" stands for the type of a bare NULL. */
uint32_t notation_types(struct arena *arena, const char *text, const struct type **out,
                        uint32_t count_max)
{
    struct diag diag;
    struct signature signature;
    if (strcmp(text, "NULL") == 0) {
        out[0] = type_of(TYPE_NULL);
        return 1;
    }
    assert_ok(signature_parse(text, "INT", arena, &signature, &diag), &diag);
    assert_true(signature.parameter_count <= count_max);
    const struct type_bindings none = {{NULL}};
    for (uint32_t i = 0; i < signature.parameter_count; i++) {
        const struct parameter_type *type = signature.parameters[i].type;
        assert_ok(parameter_type_resolve(type, &none, arena, &out[i], &diag), &diag);
        if (!out[i]) {
            fail_msg("\"%s\" is no type", text);
        }
    }
    return signature.parameter_count;
}

struct reader {
    struct arena *arena;
    const char *start;
    const char *next;
};

static void skip_blanks(struct reader *reader)
{
    while (isspace((unsigned char)*reader->next)) {
        reader->next++;
    }
}

static bool take(struct reader *reader, const char *token)
{
    skip_blanks(reader);
    const size_t bytes = strlen(token);
    if (strncmp(reader->next, token, bytes) != 0) {
        return false;
    }
    reader->next += bytes;
    return true;
}

static void need(struct reader *reader, const char *token)
{
    if (!take(reader, token)) {
        fail_msg("\"%s\" expected at \"%s\" of \"%s\"", token, reader->next, reader->start);
    }
}

static struct value read_value(struct reader *reader, const struct type *type);

static struct value read_text(struct reader *reader)
{
    need(reader, "'");
    char *text = arena_alloc(reader->arena, strlen(reader->next) + 1);
    size_t bytes = 0;
    while (*reader->next && (*reader->next != '\'' || reader->next[1] == '\'')) {
        reader->next += *reader->next == '\'' ? 1 : 0;
        text[bytes++] = *reader->next++;
    }
    need(reader, "'");
    return value_text((struct text){text, bytes});
}

static struct value read_bytes(struct reader *reader)
{
    need(reader, "x");
    const struct value hex = read_text(reader);
    char *bytes = arena_alloc(reader->arena, hex.text.bytes / 2 + 1);
    for (size_t i = 0; i < hex.text.bytes / 2; i++) {
        char digits[3] = {hex.text.data[2 * i], hex.text.data[2 * i + 1], '\0'};
        bytes[i] = (char)strtoul(digits, NULL, 16);
    }
    return value_text((struct text){bytes, hex.text.bytes / 2});
}

static struct value read_list(struct reader *reader, const struct type *type)
{
    struct value_list *list = value_list_create(reader->arena, 4096);
    list->count = 0;
    need(reader, "[");
    while (!take(reader, "]")) {
        if (list->count > 0) {
            need(reader, ",");
        }
        const struct type *item =
            type->kind == TYPE_STRUCT ? type->fields[list->count].type : type->element;
        list->items[list->count++] = read_value(reader, item);
    }
    return (struct value){.list = list};
}

static struct value read_map(struct reader *reader, const struct type *type)
{
    struct value_map *map = value_map_create(reader->arena, 4096);
    need(reader, "{");
    while (!take(reader, "}")) {
        if (map->count > 0) {
            need(reader, ",");
        }
        const struct value key = read_value(reader, type->key);
        need(reader, ":");
        value_map_put(type, map, key, read_value(reader, type->element));
    }
    return (struct value){.map = map};
}

static struct value read_decimal(struct reader *reader, const struct type *type)
{
    struct diag diag;
    struct value value = {.decimal = 0};
    const size_t bytes = strspn(reader->next, "+-.0123456789");
    const struct decimal_type decimal_type = {type->precision, type->scale};
    assert_ok(decimal_parse((struct text){reader->next, bytes}, decimal_type,
                            DECIMAL_ROUNDING_UNNECESSARY, &value.decimal, &diag),
              &diag);
    reader->next += bytes;
    return value;
}

static struct value read_value(struct reader *reader, const struct type *type)
{
    if (take(reader, "NULL") || type->kind == TYPE_NULL) {
        return VALUE_NULL;
    }
    skip_blanks(reader);
    char *end = NULL;
    struct value value = VALUE_NULL;
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        value = value_boolean(take(reader, "true"));
        if (!value.boolean) {
            need(reader, "false");
        }
        return value;
    case LAYOUT_INT32:
        value = value_int32((int32_t)strtol(reader->next, &end, 10));
        break;
    case LAYOUT_INT64:
        value = value_int64(strtoll(reader->next, &end, 10));
        break;
    case LAYOUT_DOUBLE:
        value = value_real(strtod(reader->next, &end));
        break;
    case LAYOUT_DECIMAL:
        return read_decimal(reader, type);
    case LAYOUT_TEXT:
        return type->kind == TYPE_BYTES ? read_bytes(reader) : read_text(reader);
    case LAYOUT_LIST:
        return read_list(reader, type);
    case LAYOUT_MAP:
        return read_map(reader, type);
    case LAYOUT_COUNT:
        break;
    }
    if (!end || end == reader->next) {
        fail_msg("number expected at \"%s\" of \"%s\"", reader->next, reader->start);
    }
    reader->next = end;
    return value;
}

struct value notation_value(struct arena *arena, const struct type *type, const char *text)
{
    struct value value;
    notation_values(arena, &type, 1, text, &value);
    return value;
}

void notation_values(struct arena *arena, const struct type *const *types, uint32_t count,
                     const char *text, struct value *out)
{
    struct reader reader = {.arena = arena, .start = text, .next = text};
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            need(&reader, ",");
        }
        out[i] = read_value(&reader, types[i]);
    }
    skip_blanks(&reader);
    if (*reader.next != '\0') {
        fail_msg("\"%s\" is left of \"%s\"", reader.next, text);
    }
}

static void print_value(const struct type *type, const struct value *value, struct buffer *out);

static void print_text(const struct type *type, struct text text, struct buffer *out)
{
    buffer_append_string(out, type->kind == TYPE_BYTES ? "x'" : "'");
    for (size_t i = 0; i < text.bytes; i++) {
        if (type->kind == TYPE_BYTES) {
            buffer_printf(out, "%02X", (unsigned char)text.data[i]);
            continue;
        }
        if (text.data[i] == '\'') {
            buffer_append_byte(out, '\'');
        }
        buffer_append_byte(out, text.data[i]);
    }
    buffer_append_byte(out, '\'');
}

static void print_list(const struct type *type, const struct value_list *list, struct buffer *out)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        print_value(type->kind == TYPE_STRUCT ? type->fields[i].type : type->element,
                    &list->items[i], out);
    }
    buffer_append_byte(out, ']');
}

static void print_map(const struct type *type, const struct value_map *map, struct buffer *out)
{
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < map->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        print_value(type->key, &map->keys[i], out);
        buffer_append_string(out, ": ");
        print_value(type->element, &map->values[i], out);
    }
    buffer_append_byte(out, '}');
}

static void print_number(const struct type *type, const struct value *value, struct buffer *out)
{
    char text[128];
    size_t bytes = 0;
    if (type_layout(type) == LAYOUT_DECIMAL) {
        bytes = decimal_text(text, value->decimal, type->scale);
    } else if (type_layout(type) == LAYOUT_DOUBLE) {
        bytes = number_text_double(text, value->real);
    } else if (type_layout(type) == LAYOUT_INT32) {
        bytes = number_text_int32(text, value->int32);
    } else {
        bytes = number_text_int64(text, value->int64);
    }
    buffer_append(out, text, bytes);
}

static void print_value(const struct type *type, const struct value *value, struct buffer *out)
{
    if (value->is_null) {
        buffer_append_string(out, "NULL");
        return;
    }
    switch (type_layout(type)) {
    case LAYOUT_BOOLEAN:
        buffer_append_string(out, value->boolean ? "true" : "false");
        return;
    case LAYOUT_TEXT:
        print_text(type, value->text, out);
        return;
    case LAYOUT_LIST:
        print_list(type, value->list, out);
        return;
    case LAYOUT_MAP:
        print_map(type, value->map, out);
        return;
    case LAYOUT_INT32:
    case LAYOUT_INT64:
    case LAYOUT_DOUBLE:
    case LAYOUT_DECIMAL:
        print_number(type, value, out);
        return;
    case LAYOUT_COUNT:
        break;
    }
}

const char *notation_print(struct arena *arena, const struct type *type, const struct value *value)
{
    struct buffer buffer;
    buffer_init(&buffer);
    print_value(type, value, &buffer);
    const struct text text = arena_text(arena, buffer_text(&buffer));
    buffer_release(&buffer);
    return text.data;
}
