/* json_value.c
 *
 * One recursion over the value. Structs and maps are printed through a sorted list of their
 * names: STRUCT fields and MAP keys come in the order of Java's String.compareTo.
 */
#include "functions/json_value.h"

#include <assert.h>
#include <math.h>

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "base/number_text.h"
#include "functions/array_sort.h"
#include "functions/cast.h"
#include "functions/json_document.h"
#include "functions/value_index.h"

static void print_quoted(const char *text, size_t bytes, struct buffer *out)
{
    json_print_string((struct text){text, bytes}, out);
}

static void print_bytes(struct text bytes, struct buffer *out)
{
    const size_t encoded = base64_encoded_bytes(bytes.bytes);
    if (buffer_reserve(out, encoded + 2)) {
        buffer_append_byte(out, '"');
        out->bytes += base64_encode(out->data + out->bytes, bytes);
        buffer_append_byte(out, '"');
    }
}

static void print_real(double value, struct buffer *out)
{
    char text[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    const size_t bytes = number_text_double(text, value);
    if (isfinite(value)) {
        buffer_append(out, text, bytes);
    } else {
        print_quoted(text, bytes, out);
    }
}

static void print_decimal(const struct type *type, int128 value, struct buffer *out)
{
    if (buffer_reserve(out, decimal_text_bytes_max(type->scale))) {
        out->bytes += decimal_text(out->data + out->bytes, value, type->scale);
    }
}

static void print_scalar(const struct type *type, const struct value *value, struct buffer *out)
{
    char text[CIVIL_TIME_TIMESTAMP_BYTES_MAX];
    switch (type->kind) {
    case TYPE_BOOLEAN:
        buffer_append_string(out, value->boolean ? "true" : "false");
        return;
    case TYPE_INTEGER:
        buffer_append(out, text, number_text_int32(text, value->int32));
        return;
    case TYPE_BIGINT:
        buffer_append(out, text, number_text_int64(text, value->int64));
        return;
    case TYPE_DECIMAL:
        print_decimal(type, value->decimal, out);
        return;
    case TYPE_DOUBLE:
        print_real(value->real, out);
        return;
    case TYPE_STRING:
        json_print_string(value->text, out);
        return;
    case TYPE_BYTES:
        print_bytes(value->text, out);
        return;
    case TYPE_DATE:
        print_quoted(text, civil_time_date_text(text, value->int32), out);
        return;
    case TYPE_TIME:
        print_quoted(
            text, civil_time_time_text(text, value->int32 / 1000 * 1000, CIVIL_TIME_PARTS_SHORTEST),
            out);
        return;
    case TYPE_TIMESTAMP:
        print_quoted(text, civil_time_timestamp_text(text, value->int64), out);
        return;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    assert(false);
}

/* A member to print: its name and where its value is. */
struct members {
    uint32_t count;
    struct value *names;            /* STRINGs */
    const struct type *shared_type; /* of a map's values */
    const struct type_field *fields;
    const struct value *values;
};

static enum status print_members(const struct members *members, struct arena *arena,
                                 struct buffer *out, struct diag *diag)
{
    struct value_index index;
    struct value *sorted = arena_array(arena, members->count, sizeof(*sorted));
    if (!sorted) {
        return diag_no_memory(diag);
    }
    TRY(value_index_init(&index, arena, type_of(TYPE_STRING), members->count, diag));
    for (uint32_t i = 0; i < members->count; i++) {
        sorted[i] = members->names[i];
        value_index_add(&index, members->names, i);
    }
    TRY(array_sort_values(type_of(TYPE_STRING), sorted, members->count, false, arena, diag));
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < members->count; i++) {
        const int64_t at = value_index_find(&index, members->names, &sorted[i]);
        buffer_append_string(out, i > 0 ? "," : "");
        json_print_string(sorted[i].text, out);
        buffer_append_byte(out, ':');
        TRY(json_value_print(members->fields ? members->fields[at].type : members->shared_type,
                             &members->values[at], arena, out, diag));
    }
    buffer_append_byte(out, '}');
    return STATUS_OK;
}

static enum status print_struct(const struct type *type, const struct value_list *list,
                                struct arena *arena, struct buffer *out, struct diag *diag)
{
    struct value *names = arena_array(arena, list->count, sizeof(*names));
    if (!names) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        names[i] = value_text(type->fields[i].name);
    }
    const struct members members = {
        .count = list->count, .names = names, .fields = type->fields, .values = list->items};
    return print_members(&members, arena, out, diag);
}

/* Keys of other types than STRING go by their text. */
static enum status print_map(const struct type *type, const struct value_map *map,
                             struct arena *arena, struct buffer *out, struct diag *diag)
{
    struct value *names = arena_array(arena, map->count, sizeof(*names));
    if (!names) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        names[i] = map->keys[i];
        if (type->key->kind != TYPE_STRING) {
            TRY(cast_value(type->key, &map->keys[i], type_of(TYPE_STRING), arena, &names[i], diag));
        }
    }
    const struct members members = {
        .count = map->count, .names = names, .shared_type = type->element, .values = map->values};
    return print_members(&members, arena, out, diag);
}

enum status json_value_print(const struct type *type, const struct value *value,
                             struct arena *arena, struct buffer *out, struct diag *diag)
{
    if (value->is_null) {
        buffer_append_string(out, "null");
        return STATUS_OK;
    }
    if (type->kind == TYPE_STRUCT) {
        return print_struct(type, value->list, arena, out, diag);
    }
    if (type->kind == TYPE_MAP) {
        return print_map(type, value->map, arena, out, diag);
    }
    if (type->kind != TYPE_ARRAY) {
        print_scalar(type, value, out);
        return STATUS_OK;
    }
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < value->list->count; i++) {
        buffer_append_string(out, i > 0 ? "," : "");
        TRY(json_value_print(type->element, &value->list->items[i], arena, out, diag));
    }
    buffer_append_byte(out, ']');
    return STATUS_OK;
}
