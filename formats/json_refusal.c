/* json_refusal.c
 *
 * Why a value did not convert, in ksqlDB's words: the complaint and the path of the value. Words
 * are only made in the careful way of reading; the quick way just stops. */
#include "formats/json_refusal.h"

#include "formats/json_number.h"

static void print_steps(const struct json_reader *reader, struct buffer *out)
{
    buffer_append_byte(out, '$');
    for (uint32_t i = 0; i < reader->step_count; i++) {
        const struct json_step *step = &reader->steps[i];
        if (step->kind == JSON_STEP_INDEX) {
            buffer_printf(out, "[%u]", step->index);
            continue;
        }
        buffer_append_byte(out, '.');
        buffer_append_text(out, step->name);
        buffer_append_string(out, step->kind == JSON_STEP_ENTRY ? ".value" : "");
    }
}

const char *json_refuse(struct json_reader *reader, struct text what)
{
    if (!reader->is_careful) {
        return NULL;
    }
    struct buffer message;
    buffer_init(&message);
    buffer_append_text(&message, what);
    buffer_append_string(&message, ", path: ");
    print_steps(reader, &message);
    reader->message = arena_text(reader->arena, buffer_text(&message));
    if (message.has_failed || !reader->message.data) {
        reader->status = STATUS_NO_MEMORY;
    }
    buffer_release(&message);
    return NULL;
}

/* Jackson's class of the value at at. */
static const char *node_name(struct json_reader *reader, const char *at)
{
    if (!at) {
        return "MissingNode";
    }
    switch (*at) {
    case '"':
        return "TextNode";
    case '{':
        return "ObjectNode";
    case '[':
        return "ArrayNode";
    case 't':
    case 'f':
        return "BooleanNode";
    case 'n':
        return "NullNode";
    default:
        break;
    }
    struct json_number number;
    return json_number_scan(&reader->scan, at, &number) ? json_number_node(&number) : "NumericNode";
}

static const char *refuse_node(struct json_reader *reader, const char *at, struct text required)
{
    const struct text what =
        arena_printf(reader->arena, "Can't convert type. sourceType: %s, requiredType: %.*s",
                     node_name(reader, at), TEXT_ARGS(required));
    return what.data ? json_refuse(reader, what) : json_no_memory(reader);
}

/* As Connect schemas print in ksqlDB: INT and VARCHAR, names without quotes. */
static void print_required(const struct type *type, struct buffer *out)
{
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        buffer_append_string(out, type->kind == TYPE_MAP ? "MAP<VARCHAR, " : "ARRAY<");
        print_required(type->element, out);
        buffer_append_byte(out, '>');
        return;
    }
    if (type->kind != TYPE_STRUCT) {
        if (type->kind == TYPE_INTEGER) {
            buffer_append_string(out, "INT");
        } else if (type->kind == TYPE_STRING) {
            buffer_append_string(out, "VARCHAR");
        } else {
            type_print(type, out);
        }
        return;
    }
    buffer_append_string(out, type->field_count ? "STRUCT<" : "STRUCT< ");
    for (uint32_t i = 0; i < type->field_count; i++) {
        buffer_append_string(out, i ? ", " : "");
        buffer_append_text(out, type->fields[i].name);
        buffer_append_byte(out, ' ');
        print_required(type->fields[i].type, out);
    }
    buffer_append_byte(out, '>');
}

const char *json_refuse_type(struct json_reader *reader, const struct type *type, const char *at)
{
    if (!reader->is_careful) {
        return NULL;
    }
    switch (type->kind) {
    case TYPE_BOOLEAN:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_DOUBLE:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        return refuse_node(reader, at, text_of(type_kind_name(type->kind)));
    case TYPE_DECIMAL:
    case TYPE_STRING:
    case TYPE_BYTES:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    struct buffer required;
    buffer_init(&required);
    print_required(type, &required);
    refuse_node(reader, at, buffer_text(&required));
    buffer_release(&required);
    return NULL;
}

const char *json_refuse_text(struct json_reader *reader, const struct type *type)
{
    if (!reader->is_careful) {
        return NULL;
    }
    const struct text what = arena_printf(
        reader->arena, "Can't coerce string to type. targetType: %s", type_kind_name(type->kind));
    return what.data ? json_refuse(reader, what) : json_no_memory(reader);
}
