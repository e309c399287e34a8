/* row_reader.c
 *
 * One pass over the text. Clients write their members in the same order in every object, so a
 * member's column is first looked for behind that of the member before it, and finding it costs
 * one comparison. Numbers are kept as text until the column's type says what to make of them.
 */
#include "engine/row_reader.h"

#include <ctype.h>

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "formats/json_integer.h"
#include "formats/json_number.h"
#include "formats/json_scan.h"

struct read {
    struct json_scan scan;
    struct arena *arena;
    struct diag *diag;
    enum status status; /* why a read failed; STATUS_OK: the text is at fault */
};

/* --- Refusals --------------------------------------------------------------------------------- */

static const char *no_memory(struct read *read)
{
    read->status = diag_no_memory(read->diag);
    return NULL;
}

/* The class that ksqlDB's JSON library gives a value of this shape. */
static const char *class_of(struct read *read, const char *at)
{
    struct json_number number;
    switch (*at) {
    case '"':
        return "java.lang.String";
    case '{':
        return "io.vertx.core.json.JsonObject";
    case '[':
        return "io.vertx.core.json.JsonArray";
    case 't':
    case 'f':
        return "java.lang.Boolean";
    default:
        break;
    }
    if (!json_number_scan(&read->scan, at, &number) || !number.is_integral) {
        return "java.lang.Double";
    }
    const int64_t value = json_number_int64(&number);
    return value >= INT32_MIN && value <= INT32_MAX ? "java.lang.Integer" : "java.lang.Long";
}

/* The value at at, checked to be well-formed, is not of type. */
static const char *refuse(struct read *read, const struct type *type, const char *at)
{
    const char *end = json_skip_value(&read->scan, at);
    if (!end) {
        return NULL;
    }
    struct buffer name;
    buffer_init(&name);
    type_print(type, &name);
    struct text shown = {at, (size_t)(end - at)};
    if (*at == '"') {
        shown = (struct text){at + 1, shown.bytes - 2};
    }
    read->status = diag_fail(read->diag, STATUS_INVALID, SQL_POS_NONE,
                             "Can't coerce a field of type class %s (%.*s) into type %.*s",
                             class_of(read, at), (int)(shown.bytes < 200 ? shown.bytes : 200),
                             shown.data, TEXT_ARGS(buffer_text(&name)));
    buffer_release(&name);
    return NULL;
}

/* --- Scalars ---------------------------------------------------------------------------------- */

static bool starts_number(char byte)
{
    return byte == '-' || (byte >= '0' && byte <= '9');
}

static const char *read_string(struct read *read, const struct type *type, const char *at,
                               struct text *out)
{
    if (*at != '"') {
        return refuse(read, type, at);
    }
    struct json_string string;
    at = json_scan_string(&read->scan, at + 1, &string);
    if (!at) {
        return NULL;
    }
    *out = string.has_escapes ? json_string_text(read->arena, string) : string.raw;
    return out->data ? at : no_memory(read);
}

static const char *read_boolean(struct read *read, const struct type *type, const char *at,
                                struct value *out)
{
    if (*at != 't' && *at != 'f') {
        return refuse(read, type, at);
    }
    *out = value_boolean(*at == 't');
    return json_scan_literal(&read->scan, at);
}

/* A whole number from min to max. */
static const char *read_integer(struct read *read, const struct type *type, const char *at,
                                int64_t min, int64_t max, int64_t *out)
{
    if (!starts_number(*at)) {
        return refuse(read, type, at);
    }
    const char *end = json_read_integer(at, read->scan.end, out);
    if (end && *out >= min && *out <= max) {
        return end;
    }
    struct json_number number;
    end = json_number_scan(&read->scan, at, &number);
    if (!end) {
        return NULL;
    }
    *out = json_number_int64(&number);
    /* Past 19 digits the low 64 bits are left, which the text's length gives away. */
    const bool fits = number.is_integral && *out >= min && *out <= max &&
                      number.whole.bytes <= 19 && (*out < 0) == (number.is_negative && *out != 0);
    return fits ? end : refuse(read, type, at);
}

static const char *read_double(struct read *read, const struct type *type, const char *at,
                               struct value *out)
{
    struct json_number number;
    if (!starts_number(*at)) {
        return refuse(read, type, at);
    }
    at = json_number_scan(&read->scan, at, &number);
    if (at) {
        *out = value_real(json_number_double(&number));
    }
    return at;
}

static const char *read_decimal(struct read *read, const struct type *type, const char *at,
                                struct value *out)
{
    const struct decimal_type target = {.precision = type->precision, .scale = type->scale};
    struct text text;
    struct json_number number;
    const char *end = NULL;
    if (starts_number(*at)) {
        end = json_number_scan(&read->scan, at, &number);
        text = (struct text){at, end ? (size_t)(end - at) : 0};
    } else {
        end = read_string(read, type, at, &text);
    }
    *out = (struct value){.decimal = 0};
    const bool is_read = end && decimal_parse(text, target, DECIMAL_ROUNDING_HALF_UP, &out->decimal,
                                              NULL) == STATUS_OK;
    return !end || is_read ? end : refuse(read, type, at);
}

static const char *read_bytes(struct read *read, const struct type *type, const char *at,
                              struct value *out)
{
    struct text text;
    size_t count = 0;
    const char *end = read_string(read, type, at, &text);
    if (!end) {
        return NULL;
    }
    char *bytes = arena_alloc(read->arena, base64_decoded_bytes_max(text.bytes));
    if (!bytes) {
        return no_memory(read);
    }
    if (base64_decode(text, bytes, &count, NULL) != STATUS_OK) {
        return refuse(read, type, at);
    }
    *out = value_text((struct text){bytes, count});
    return end;
}

/* DATE, TIME and TIMESTAMP, as their ISO texts. */
static const char *read_moment(struct read *read, const struct type *type, const char *at,
                               struct value *out)
{
    struct text text;
    const char *end = read_string(read, type, at, &text);
    if (!end) {
        return NULL;
    }
    enum status status = STATUS_INVALID;
    *out = (struct value){.int64 = 0};
    if (type->kind == TYPE_DATE) {
        status = civil_time_parse_date(text, &out->int32, NULL);
    } else if (type->kind == TYPE_TIME) {
        status = civil_time_parse_time(text, &out->int32, NULL);
    } else {
        status = civil_time_parse_timestamp(text, &out->int64, NULL);
    }
    return status == STATUS_OK ? end : refuse(read, type, at);
}

/* --- Nested values, whose depth the type bounds ----------------------------------------------- */

static const char *read_value(struct read *read, const struct type *type, const char *at,
                              struct value *out);

/* Behind a value: the next one, or behind the closing bracket with *is_end. */
static const char *next_item(struct read *read, const char *at, char closing, bool *is_end)
{
    at = at ? json_skip_space(&read->scan, at) : NULL;
    if (!at || at == read->scan.end) {
        return NULL;
    }
    if (*at == ',') {
        return json_skip_space(&read->scan, at + 1);
    }
    *is_end = *at == closing;
    return *is_end ? at + 1 : NULL;
}

/* Behind an opening bracket: the first item, or behind the closing one with *is_end. */
static const char *first_item(struct read *read, const char *at, char closing, bool *is_end)
{
    at = json_skip_space(&read->scan, at + 1);
    *is_end = at < read->scan.end && *at == closing;
    return at + *is_end;
}

static const char *read_array(struct read *read, const struct type *type, const char *at,
                              struct value *out)
{
    if (*at != '[') {
        return refuse(read, type, at);
    }
    uint32_t capacity = 8;
    uint32_t count = 0;
    bool is_end = false;
    struct value *items = arena_array(read->arena, capacity, sizeof(*items));
    at = first_item(read, at, ']', &is_end);
    while (at && !is_end) {
        if (items && count == capacity) {
            struct value *grown = arena_array(read->arena, capacity * 2, sizeof(*items));
            if (grown) {
                memcpy(grown, items, count * sizeof(*items));
            }
            items = grown;
            capacity *= 2;
        }
        if (!items) {
            return no_memory(read);
        }
        at = read_value(read, type->element, at, &items[count++]);
        at = next_item(read, at, ']', &is_end);
    }
    struct value_list *list = at ? value_list_create(read->arena, count) : NULL;
    if (!list) {
        return at ? no_memory(read) : NULL;
    }
    memcpy(list->items, items, count * sizeof(*items));
    *out = (struct value){.list = list};
    return at;
}

/* A name and where its value starts. */
static const char *read_name(struct read *read, const char *at, struct text *out)
{
    struct json_string string;
    at = json_scan_key(&read->scan, at, &string);
    if (!at) {
        return NULL;
    }
    *out = string.has_escapes ? json_string_text(read->arena, string) : string.raw;
    return out->data ? at : no_memory(read);
}

/* How many members an object has at most: its commas and one. */
static uint32_t count_members(struct read *read, const char *at)
{
    const char *end = json_skip_value(&read->scan, at);
    uint32_t count = 1;
    for (; end && at < end; at++) {
        count += *at == ',';
    }
    return end ? count : 0;
}

static const char *read_map(struct read *read, const struct type *type, const char *at,
                            struct value *out)
{
    if (*at != '{') {
        return refuse(read, type, at);
    }
    const uint32_t capacity = count_members(read, at);
    struct value_map *map = value_map_create(read->arena, capacity);
    if (capacity == 0 || !map) {
        return capacity == 0 ? NULL : no_memory(read);
    }
    bool is_end = false;
    at = first_item(read, at, '}', &is_end);
    while (at && !is_end) {
        struct text name;
        struct value value;
        at = read_name(read, at, &name);
        at = at ? read_value(read, type->element, at, &value) : NULL;
        if (at) {
            value_map_put(type, map, value_text(name), value);
        }
        at = next_item(read, at, '}', &is_end);
    }
    *out = (struct value){.map = map};
    return at;
}

static bool field_matches(struct text field, struct text name)
{
    const bool is_quoted =
        name.bytes >= 2 && name.data[0] == '`' && name.data[name.bytes - 1] == '`';
    if (is_quoted) {
        return text_equal(field, (struct text){name.data + 1, name.bytes - 2});
    }
    if (field.bytes != name.bytes) {
        return false;
    }
    for (size_t i = 0; i < name.bytes; i++) {
        if (field.data[i] != (char)toupper((unsigned char)name.data[i])) {
            return false;
        }
    }
    return true;
}

static const char *read_struct(struct read *read, const struct type *type, const char *at,
                               struct value *out)
{
    if (*at != '{') {
        return refuse(read, type, at);
    }
    struct value_list *list = value_list_create(read->arena, type->field_count);
    if (!list) {
        return no_memory(read);
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        list->items[i] = VALUE_NULL;
    }
    bool is_end = false;
    at = first_item(read, at, '}', &is_end);
    while (at && !is_end) {
        struct text name;
        uint32_t field = 0;
        at = read_name(read, at, &name);
        while (at && field < type->field_count && !field_matches(type->fields[field].name, name)) {
            field++;
        }
        if (at && field < type->field_count) {
            at = read_value(read, type->fields[field].type, at, &list->items[field]);
        } else if (at) {
            at = json_skip_value(&read->scan, at);
        }
        at = next_item(read, at, '}', &is_end);
    }
    *out = (struct value){.list = list};
    return at;
}

/* --- Any value -------------------------------------------------------------------------------- */

static const char *read_present(struct read *read, const struct type *type, const char *at,
                                struct value *out)
{
    int64_t integer = 0;
    switch (type->kind) {
    case TYPE_BOOLEAN:
        return read_boolean(read, type, at, out);
    case TYPE_INTEGER:
        at = read_integer(read, type, at, INT32_MIN, INT32_MAX, &integer);
        *out = value_int32((int32_t)integer);
        return at;
    case TYPE_BIGINT:
        at = read_integer(read, type, at, INT64_MIN, INT64_MAX, &integer);
        *out = value_int64(integer);
        return at;
    case TYPE_DOUBLE:
        return read_double(read, type, at, out);
    case TYPE_DECIMAL:
        return read_decimal(read, type, at, out);
    case TYPE_STRING:
        *out = value_text((struct text){NULL, 0});
        return read_string(read, type, at, &out->text);
    case TYPE_BYTES:
        return read_bytes(read, type, at, out);
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        return read_moment(read, type, at, out);
    case TYPE_ARRAY:
        return read_array(read, type, at, out);
    case TYPE_MAP:
        return read_map(read, type, at, out);
    case TYPE_STRUCT:
        return read_struct(read, type, at, out);
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    return NULL;
}

static const char *read_value(struct read *read, const struct type *type, const char *at,
                              struct value *out)
{
    if (at == read->scan.end) {
        return NULL;
    }
    if (*at == 'n') {
        *out = VALUE_NULL;
        return json_scan_literal(&read->scan, at);
    }
    return read_present(read, type, at, out);
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* The column of this name, looked for from where the last one was found; -1: none. */
static int find_column(struct row_reader *reader, struct text name)
{
    const uint32_t count = reader->schema->column_count;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t column = (reader->next_column + i) % count;
        if (field_matches(reader->schema->columns[column].name, name)) {
            reader->next_column = (column + 1) % count;
            return (int)column;
        }
    }
    return -1;
}

/* The whole text: one object and white space. */
static bool read_object(struct row_reader *reader, struct read *read, struct value *values)
{
    const char *at = json_skip_space(&read->scan, read->scan.begin);
    bool is_end = false;
    if (at == read->scan.end || *at != '{') {
        return false;
    }
    at = first_item(read, at, '}', &is_end);
    while (at && !is_end) {
        struct text name;
        at = read_name(read, at, &name);
        const int column = at ? find_column(reader, name) : -1;
        if (column >= 0) {
            at = read_value(read, reader->schema->columns[column].type, at, &values[column]);
        } else if (at) {
            at = json_skip_value(&read->scan, at);
        }
        at = next_item(read, at, '}', &is_end);
    }
    return at && json_skip_space(&read->scan, at) == read->scan.end;
}

static enum status check_keys(const struct schema *schema, const struct value *values,
                              struct diag *diag)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].role == COLUMN_KEY && values[i].is_null) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "Key field must be specified: %.*s",
                             TEXT_ARGS(schema->columns[i].name));
        }
    }
    return STATUS_OK;
}

enum status row_reader_read(struct row_reader *reader, struct text json, struct arena *arena,
                            struct value *values, struct diag *diag)
{
    struct read read = {
        .scan = {.begin = json.data, .end = json.data + json.bytes}, .arena = arena, .diag = diag};
    for (uint32_t i = 0; i < reader->schema->column_count; i++) {
        values[i] = VALUE_NULL;
    }
    reader->next_column = 0;
    if (!read_object(reader, &read, values)) {
        return read.status != STATUS_OK ? read.status
                                        : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                                    "Invalid JSON in inserts stream");
    }
    return check_keys(reader->schema, values, diag);
}
