/* cast.c
 *
 * The matrix is a table of bit sets, one per source kind; the conversions are one small
 * function per source kind. Column kernels for the frequent numeric casts are in eval_cast.c
 * and must agree with what stands here.
 *
 * Text is trimmed before it is read as a number or a BOOLEAN, as ksqlDB does. DOUBLE to
 * integers truncates and saturates, NaN gives 0: Java's narrowing conversion.
 */
#include "functions/cast.h"

#include <assert.h>
#include <math.h>

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "base/number_text.h"

#define BIT(kind) (1U << (kind))

/* Beside the cast to the same type, which is always there. */
static const unsigned cast_targets[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = BIT(TYPE_STRING),
    [TYPE_INTEGER] = BIT(TYPE_BIGINT) | BIT(TYPE_DECIMAL) | BIT(TYPE_DOUBLE) | BIT(TYPE_STRING),
    [TYPE_BIGINT] = BIT(TYPE_INTEGER) | BIT(TYPE_DECIMAL) | BIT(TYPE_DOUBLE) | BIT(TYPE_STRING),
    [TYPE_DECIMAL] = BIT(TYPE_INTEGER) | BIT(TYPE_BIGINT) | BIT(TYPE_DECIMAL) | BIT(TYPE_DOUBLE) |
                     BIT(TYPE_STRING),
    [TYPE_DOUBLE] = BIT(TYPE_INTEGER) | BIT(TYPE_BIGINT) | BIT(TYPE_DECIMAL) | BIT(TYPE_STRING),
    [TYPE_STRING] = BIT(TYPE_BOOLEAN) | BIT(TYPE_INTEGER) | BIT(TYPE_BIGINT) | BIT(TYPE_DECIMAL) |
                    BIT(TYPE_DOUBLE) | BIT(TYPE_DATE) | BIT(TYPE_TIME) | BIT(TYPE_TIMESTAMP) |
                    BIT(TYPE_BYTES),
    [TYPE_TIMESTAMP] = BIT(TYPE_STRING) | BIT(TYPE_TIME) | BIT(TYPE_DATE),
    [TYPE_DATE] = BIT(TYPE_STRING) | BIT(TYPE_TIMESTAMP),
    [TYPE_TIME] = BIT(TYPE_STRING),
    [TYPE_ARRAY] = BIT(TYPE_ARRAY) | BIT(TYPE_STRING),
    [TYPE_MAP] = BIT(TYPE_MAP) | BIT(TYPE_STRING),
    [TYPE_STRUCT] = BIT(TYPE_STRUCT) | BIT(TYPE_STRING),
};

static bool fields_are_castable(const struct type *from, const struct type *to)
{
    for (uint32_t i = 0; i < to->field_count; i++) {
        const int at = type_find_field(from, to->fields[i].name);
        if (at >= 0 && !cast_is_supported(from->fields[at].type, to->fields[i].type)) {
            return false;
        }
    }
    return true;
}

bool cast_is_supported(const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_NULL || type_equal(from, to)) {
        return true;
    }
    if (!(cast_targets[from->kind] & BIT(to->kind))) {
        return false;
    }
    if (to->kind == TYPE_STRUCT) {
        return fields_are_castable(from, to);
    }
    return to->kind == TYPE_STRING ||
           ((!to->key || cast_is_supported(from->key, to->key)) &&
            (!to->element || cast_is_supported(from->element, to->element)));
}

static struct text trim(struct text text)
{
    while (text.bytes > 0 && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.bytes--;
    }
    while (text.bytes > 0 && (unsigned char)text.data[text.bytes - 1] <= ' ') {
        text.bytes--;
    }
    return text;
}

static bool is_prefix_of(struct text text, const char *word)
{
    return text.bytes > 0 && text.bytes <= strlen(word) &&
           strncasecmp(text.data, word, text.bytes) == 0;
}

bool cast_text_is_true(struct text text)
{
    return is_prefix_of(text, "true") || is_prefix_of(text, "yes");
}

bool cast_text_is_false(struct text text)
{
    return is_prefix_of(text, "false") || is_prefix_of(text, "no");
}

static struct decimal_type decimal_of(const struct type *type)
{
    return (struct decimal_type){type->precision, type->scale};
}

static int64_t saturate(double real, int64_t low, int64_t high)
{
    if (isnan(real)) {
        return 0;
    }
    if (real <= (double)low) {
        return low;
    }
    return real >= (double)high ? high : (int64_t)real;
}

/* --- To STRING ---------------------------------------------------------------------------- */

static void print_list(const struct type *type, const struct value_list *list, struct buffer *out)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        cast_print(type->element, &list->items[i], out);
    }
    buffer_append_byte(out, ']');
}

static void print_map(const struct type *type, const struct value_map *map, struct buffer *out)
{
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < map->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        cast_print(type->key, &map->keys[i], out);
        buffer_append_byte(out, '=');
        cast_print(type->element, &map->values[i], out);
    }
    buffer_append_byte(out, '}');
}

/* Fields that are NULL are left out. */
static void print_struct(const struct type *type, const struct value_list *list, struct buffer *out)
{
    buffer_append_string(out, "Struct{");
    bool is_first = true;
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].is_null) {
            continue;
        }
        buffer_append_string(out, is_first ? "" : ",");
        buffer_append_text(out, type->fields[i].name);
        buffer_append_byte(out, '=');
        cast_print(type->fields[i].type, &list->items[i], out);
        is_first = false;
    }
    buffer_append_byte(out, '}');
}

static void print_bytes(struct text bytes, struct buffer *out)
{
    if (buffer_reserve(out, base64_encoded_bytes(bytes.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, bytes);
    }
}

static void print_decimal(const struct type *type, int128 decimal, struct buffer *out)
{
    if (buffer_reserve(out, decimal_text_bytes_max(type->scale))) {
        out->bytes += decimal_text(out->data + out->bytes, decimal, type->scale);
    }
}

static size_t simple_text(const struct type *type, const struct value *value, char *out)
{
    switch (type->kind) {
    case TYPE_INTEGER:
        return number_text_int32(out, value->int32);
    case TYPE_BIGINT:
        return number_text_int64(out, value->int64);
    case TYPE_DOUBLE:
        return number_text_double(out, value->real);
    case TYPE_DATE:
        return civil_time_date_text(out, value->int32);
    case TYPE_TIME: /* milliseconds are dropped, and seconds where they are 0 */
        return civil_time_time_text(out, value->int32 - value->int32 % 1000,
                                    CIVIL_TIME_PARTS_SHORTEST);
    case TYPE_TIMESTAMP:
        return civil_time_timestamp_text(out, value->int64);
    case TYPE_BOOLEAN:
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
    assert(false);
    return 0;
}

void cast_print(const struct type *type, const struct value *value, struct buffer *out)
{
    if (value->is_null) {
        buffer_append_string(out, "null");
    } else if (type->kind == TYPE_BOOLEAN) {
        buffer_append_string(out, value->boolean ? "true" : "false");
    } else if (type->kind == TYPE_STRING) {
        buffer_append_text(out, value->text);
    } else if (type->kind == TYPE_BYTES) {
        print_bytes(value->text, out);
    } else if (type->kind == TYPE_DECIMAL) {
        print_decimal(type, value->decimal, out);
    } else if (type->kind == TYPE_ARRAY) {
        print_list(type, value->list, out);
    } else if (type->kind == TYPE_STRUCT) {
        print_struct(type, value->list, out);
    } else if (type->kind == TYPE_MAP) {
        print_map(type, value->map, out);
    } else if (buffer_reserve(out, CIVIL_TIME_TIMESTAMP_BYTES_MAX)) {
        out->bytes += simple_text(type, value, out->data + out->bytes);
    }
}
static_assert((int)CIVIL_TIME_TIMESTAMP_BYTES_MAX >= (int)NUMBER_TEXT_DOUBLE_BYTES_MAX,
              "room for any simple value");

static enum status cast_to_string(const struct type *from, const struct value *value,
                                  struct arena *arena, struct value *out, struct diag *diag)
{
    struct buffer buffer;
    buffer_init(&buffer);
    cast_print(from, value, &buffer);
    enum status status = buffer_status(&buffer, diag);
    if (status == STATUS_OK) {
        *out = value_text(arena_text(arena, buffer_text(&buffer)));
        status = out->text.data ? STATUS_OK : diag_no_memory(diag);
    }
    buffer_release(&buffer);
    return status;
}

/* --- From STRING -------------------------------------------------------------------------- */

static enum status fail_number(struct text text, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "For input string: \"%.*s\"",
                     TEXT_ARGS(text));
}

static enum status decode_bytes(struct text text, struct arena *arena, struct value *out,
                                struct diag *diag)
{
    char *bytes = arena_alloc(arena, base64_decoded_bytes_max(text.bytes) + 1);
    if (!bytes) {
        return diag_no_memory(diag);
    }
    size_t count = 0;
    TRY(base64_decode(text, bytes, &count, diag));
    *out = value_text((struct text){bytes, count});
    return STATUS_OK;
}

static enum status cast_string(struct text text, const struct type *to, struct arena *arena,
                               struct value *out, struct diag *diag)
{
    const struct text trimmed = trim(text);
    struct value value = {0};
    switch (to->kind) {
    case TYPE_BOOLEAN:
        value.boolean = cast_text_is_true(trimmed);
        break;
    case TYPE_INTEGER:
        if (!number_text_parse_int32(trimmed, &value.int32)) {
            return fail_number(trimmed, diag);
        }
        break;
    case TYPE_BIGINT:
        if (!number_text_parse_int64(trimmed, &value.int64)) {
            return fail_number(trimmed, diag);
        }
        break;
    case TYPE_DOUBLE:
        if (!number_text_parse_double(trimmed, NUMBER_TEXT_NAMES_REFUSED, &value.real)) {
            return fail_number(trimmed, diag);
        }
        break;
    case TYPE_DECIMAL:
        TRY(decimal_parse(trimmed, decimal_of(to), DECIMAL_ROUNDING_HALF_UP, &value.decimal, diag));
        break;
    case TYPE_DATE:
        TRY(civil_time_parse_date(text, &value.int32, diag));
        break;
    case TYPE_TIME:
        TRY(civil_time_parse_time(text, &value.int32, diag));
        break;
    case TYPE_TIMESTAMP:
        TRY(civil_time_parse_timestamp(text, &value.int64, diag));
        break;
    case TYPE_BYTES:
        return decode_bytes(text, arena, out, diag);
    case TYPE_STRING:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        assert(false);
        break;
    }
    *out = value;
    return STATUS_OK;
}

/* --- Among numbers ------------------------------------------------------------------------ */

static enum status cast_integer(int64_t integer, const struct type *to, struct value *out,
                                struct diag *diag)
{
    if (to->kind == TYPE_INTEGER) {
        *out = value_int32((int32_t)integer); /* wraps, as in Java */
    } else if (to->kind == TYPE_BIGINT) {
        *out = value_int64(integer);
    } else if (to->kind == TYPE_DOUBLE) {
        *out = value_real((double)integer);
    } else {
        struct value value = {0};
        TRY(decimal_of_int64(integer, decimal_of(to), &value.decimal, diag));
        *out = value;
    }
    return STATUS_OK;
}

static enum status cast_double(double real, const struct type *to, struct value *out,
                               struct diag *diag)
{
    if (to->kind == TYPE_INTEGER) {
        *out = value_int32((int32_t)saturate(real, INT32_MIN, INT32_MAX));
    } else if (to->kind == TYPE_BIGINT) {
        *out = value_int64(saturate(real, INT64_MIN, INT64_MAX));
    } else {
        struct value value = {0};
        TRY(decimal_of_double(real, decimal_of(to), DECIMAL_ROUNDING_HALF_UP, &value.decimal,
                              diag));
        *out = value;
    }
    return STATUS_OK;
}

static enum status cast_decimal(int128 decimal, int32_t scale, const struct type *to,
                                struct value *out, struct diag *diag)
{
    if (to->kind == TYPE_DOUBLE) {
        *out = value_real(decimal_to_double(decimal, scale));
        return STATUS_OK;
    }
    if (to->kind == TYPE_DECIMAL) {
        struct value value = {0};
        TRY(decimal_cast(decimal, scale, decimal_of(to), DECIMAL_ROUNDING_HALF_UP, &value.decimal,
                         diag));
        *out = value;
        return STATUS_OK;
    }
    return cast_integer(decimal_to_int64(decimal, scale), to, out, diag);
}

static void cast_timestamp(int64_t ms, const struct type *to, struct value *out)
{
    int32_t ms_of_day = 0;
    const int64_t days = civil_time_split(ms, &ms_of_day);
    *out = value_int32(to->kind == TYPE_TIME ? ms_of_day : (int32_t)days);
}

/* --- Nested ------------------------------------------------------------------------------- */

static enum status cast_list(const struct type *from, const struct value_list *list,
                             const struct type *to, struct arena *arena, struct value *out,
                             struct diag *diag)
{
    struct value_list *result = value_list_create(arena, list->count);
    if (!result) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        TRY(cast_value(from->element, &list->items[i], to->element, arena, &result->items[i],
                       diag));
    }
    *out = (struct value){.list = result};
    return STATUS_OK;
}

static enum status cast_map(const struct type *from, const struct value_map *map,
                            const struct type *to, struct arena *arena, struct value *out,
                            struct diag *diag)
{
    struct value_map *result = value_map_create(arena, map->count);
    if (!result) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        struct value key = VALUE_NULL;
        struct value value = VALUE_NULL;
        TRY(cast_value(from->key, &map->keys[i], to->key, arena, &key, diag));
        TRY(cast_value(from->element, &map->values[i], to->element, arena, &value, diag));
        value_map_put(to, result, key, value);
    }
    *out = (struct value){.map = result};
    return STATUS_OK;
}

static enum status cast_struct(const struct type *from, const struct value_list *list,
                               const struct type *to, struct arena *arena, struct value *out,
                               struct diag *diag)
{
    struct value_list *result = value_list_create(arena, to->field_count);
    if (!result) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < to->field_count; i++) {
        const int at = type_find_field(from, to->fields[i].name);
        result->items[i] = VALUE_NULL;
        if (at >= 0) {
            TRY(cast_value(from->fields[at].type, &list->items[at], to->fields[i].type, arena,
                           &result->items[i], diag));
        }
    }
    *out = (struct value){.list = result};
    return STATUS_OK;
}

enum status cast_value(const struct type *from, const struct value *value, const struct type *to,
                       struct arena *arena, struct value *out, struct diag *diag)
{
    if (value->is_null || type_equal(from, to)) {
        *out = *value;
        return STATUS_OK;
    }
    if (to->kind == TYPE_STRING) {
        return cast_to_string(from, value, arena, out, diag);
    }
    switch (from->kind) {
    case TYPE_INTEGER:
        return cast_integer(value->int32, to, out, diag);
    case TYPE_BIGINT:
        return cast_integer(value->int64, to, out, diag);
    case TYPE_DOUBLE:
        return cast_double(value->real, to, out, diag);
    case TYPE_DECIMAL:
        return cast_decimal(value->decimal, from->scale, to, out, diag);
    case TYPE_STRING:
        return cast_string(value->text, to, arena, out, diag);
    case TYPE_TIMESTAMP:
        cast_timestamp(value->int64, to, out);
        return STATUS_OK;
    case TYPE_DATE:
        *out = value_int64((int64_t)value->int32 * CIVIL_TIME_MS_PER_DAY);
        return STATUS_OK;
    case TYPE_ARRAY:
        return cast_list(from, value->list, to, arena, out, diag);
    case TYPE_MAP:
        return cast_map(from, value->map, to, arena, out, diag);
    case TYPE_STRUCT:
        return cast_struct(from, value->list, to, arena, out, diag);
    case TYPE_BOOLEAN:
    case TYPE_BYTES:
    case TYPE_TIME:
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    assert(false);
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "unsupported cast");
}
