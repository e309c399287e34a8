/* json_reader.c
 *
 * One function per kind of type, each taking the position of a value's first character and
 * returning the one behind it. All of them check what they read, so that the quick way needs no
 * pass over the text in front; the careful way makes that pass all the same, because ksqlDB
 * reports a fault anywhere in the record before any value that does not convert.
 *
 * The path of a value is kept as a stack of steps while reading and printed only in a failure.
 * Structs inside values are read the way their record is: in the order of the document with
 * predicted names, or field by field after the values have been located.
 */
#include "formats/json_reader.h"

#include <assert.h>

#include "base/base64.h"
#include "base/number_text.h"
#include "base/utf8.h"
#include "formats/json_integer.h"
#include "formats/json_members.h"
#include "formats/json_number.h"
#include "formats/json_refusal.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* Scalars */

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

/* The text of the string at at, escapes resolved. */
static const char *read_string(struct json_reader *reader, const char *at, struct text *out)
{
    bool is_clean;
    return json_read_text(reader, at, out, &is_clean);
}

static const char *read_boolean(struct json_reader *reader, const struct type *type, const char *at,
                                struct value *out)
{
    if (*at != 't' && *at != 'f') {
        return json_refuse_type(reader, type, at);
    }
    *out = value_boolean(*at == 't');
    return json_scan_literal(&reader->scan, at);
}

/* A number, cut off at the point, or a text that is one, for all types counted in integers. */
static const char *read_integer(struct json_reader *reader, const struct type *type, const char *at,
                                int64_t *out)
{
    if (starts_number(*at)) {
        const char *next = json_read_integer(at, reader->scan.end, out);
        if (next) {
            return next;
        }
        struct json_number number;
        at = json_number_scan(&reader->scan, at, &number);
        if (at) {
            *out = json_number_int64(&number);
        }
        return at;
    }
    if (*at != '"') {
        return json_refuse_type(reader, type, at);
    }
    struct text text;
    at = read_string(reader, at, &text);
    if (!at) {
        return NULL;
    }
    if (type->kind != TYPE_INTEGER) {
        return number_text_parse_int64(text, out) ? at : json_refuse_text(reader, type);
    }
    int32_t value = 0;
    if (!number_text_parse_int32(text, &value)) {
        return json_refuse_text(reader, type);
    }
    *out = value;
    return at;
}

static const char *read_time(struct json_reader *reader, const struct type *type, const char *at,
                             struct value *out)
{
    int64_t ms = 0;
    at = read_integer(reader, type, at, &ms);
    if (at && (ms < 0 || ms > DAY_MS)) {
        return json_refuse(reader,
                           TEXT("Time values must use number of milliseconds greater than 0 "
                                "and less than 86400000."));
    }
    *out = value_int32((int32_t)ms);
    return at;
}

/* Days beyond the range of DATE become its first or last day. */
static int32_t clamp_days(int64_t days)
{
    if (days < INT32_MIN) {
        return INT32_MIN;
    }
    return days > INT32_MAX ? INT32_MAX : (int32_t)days;
}

static const char *read_double(struct json_reader *reader, const struct type *type, const char *at,
                               struct value *out)
{
    double value = 0;
    if (starts_number(*at)) {
        struct json_number number;
        at = json_number_scan(&reader->scan, at, &number);
        if (at) {
            *out = value_real(json_number_double(&number));
        }
        return at;
    }
    if (*at != '"') {
        return json_refuse_type(reader, type, at);
    }
    struct text text;
    at = read_string(reader, at, &text);
    if (at && !number_text_parse_double(text, NUMBER_TEXT_NAMES_ALLOWED, &value)) {
        return json_refuse_text(reader, type);
    }
    *out = value_real(value);
    return at;
}

static const char *read_decimal(struct json_reader *reader, const struct type *type, const char *at,
                                struct value *out)
{
    const struct decimal_type target = {.precision = type->precision, .scale = type->scale};
    struct diag diag;
    diag.message[0] = '\0';
    enum status status = STATUS_OK;
    *out = (struct value){.decimal = 0};
    if (starts_number(*at)) {
        struct json_number number;
        at = json_number_scan(&reader->scan, at, &number);
        if (!at) {
            return NULL;
        }
        status = json_number_decimal(&number, target, &out->decimal, &diag);
    } else if (*at == '"') {
        struct text text;
        at = read_string(reader, at, &text);
        if (!at) {
            return NULL;
        }
        status = decimal_parse(text, target, DECIMAL_ROUNDING_UNNECESSARY, &out->decimal, &diag);
    } else {
        return json_refuse_type(reader, type, at);
    }
    return status == STATUS_OK ? at : json_refuse(reader, text_of(diag.message));
}

static const char *read_bytes(struct json_reader *reader, const struct type *type, const char *at,
                              struct value *out)
{
    if (*at != '"') {
        return json_refuse_type(reader, type, at);
    }
    struct text text;
    at = read_string(reader, at, &text);
    if (!at) {
        return NULL;
    }
    char *bytes = arena_alloc(reader->arena, base64_decoded_bytes_max(text.bytes));
    if (!bytes) {
        return json_no_memory(reader);
    }
    struct diag diag;
    size_t count = 0;
    if (base64_decode(text, bytes, &count, &diag) != STATUS_OK) {
        const struct text what = arena_printf(
            reader->arena, "Value is not a valid Base64 encoded string: %.*s", TEXT_ARGS(text));
        return what.data ? json_refuse(reader, what) : json_no_memory(reader);
    }
    *out = value_text((struct text){bytes, count});
    return at;
}

/* ARRAY */

/* Behind an element: the next one, or behind the array with *is_end. */
static const char *next_element(struct json_reader *reader, const char *at, bool *is_end)
{
    at = json_skip_space(&reader->scan, at);
    if (at == reader->scan.end) {
        return json_fail(&reader->scan, JSON_FAULT_END, at);
    }
    if (*at == ',') {
        return json_skip_space(&reader->scan, at + 1);
    }
    *is_end = *at == ']';
    return *is_end ? at + 1 : json_fail(&reader->scan, JSON_FAULT_ARRAY_COMMA, at);
}

/* Doubles the room of list; the old room stays in the arena. */
static struct value_list *grow_list(struct arena *arena, struct value_list *list,
                                    uint32_t *capacity)
{
    const uint32_t old = *capacity;
    *capacity = old ? old * 2 : 8;
    struct value_list *grown = value_list_create(arena, *capacity);
    if (!grown) {
        return NULL;
    }
    grown->count = old;
    if (old) {
        memcpy(grown->items, list->items, old * sizeof(*list->items));
    }
    return grown;
}

static const char *read_array(struct json_reader *reader, struct json_plan *plan, const char *at,
                              struct value *out)
{
    if (*at != '[') {
        return json_refuse_type(reader, plan->type, at);
    }
    uint32_t capacity = 0;
    uint32_t count = 0;
    struct value_list *list = value_list_create(reader->arena, 0);
    reader->scan.depth++;
    at = json_skip_space(&reader->scan, at + 1);
    bool is_end = at < reader->scan.end && *at == ']';
    at += is_end;
    while (at && !is_end) {
        if (count == capacity) {
            list = list ? grow_list(reader->arena, list, &capacity) : NULL;
        }
        if (!list) {
            return json_no_memory(reader);
        }
        json_push_step(reader, (struct json_step){.kind = JSON_STEP_INDEX, .index = count});
        at = json_read_at(reader, plan->element, at, &list->items[count++]);
        json_pop_step(reader);
        at = at ? next_element(reader, at, &is_end) : NULL;
    }
    reader->scan.depth--;
    if (at && list) {
        list->count = count;
        *out = (struct value){.list = list};
        return at;
    }
    return at ? json_no_memory(reader) : NULL;
}

/* MAP and the members of objects */

/* Collects the members of the object at at, checking each value. */
static const char *read_members(struct json_reader *reader, const char *at,
                                struct json_members *members)
{
    reader->scan.depth++;
    at = json_skip_space(&reader->scan, at + 1);
    bool is_end = at < reader->scan.end && *at == '}';
    at += is_end;
    while (at && !is_end) {
        struct json_string string;
        at = json_scan_key(&reader->scan, at, &string);
        if (!at) {
            return NULL;
        }
        const struct text name = json_string_text(reader->arena, string);
        if (!name.data || !json_members_put(members, name, at)) {
            return json_no_memory(reader);
        }
        at = json_skip_value(&reader->scan, at);
        at = at ? json_next_member(reader, at, &is_end) : NULL;
    }
    reader->scan.depth--;
    return at;
}

static const char *read_map(struct json_reader *reader, struct json_plan *plan, const char *at,
                            struct value *out)
{
    if (*at != '{') {
        return json_refuse_type(reader, plan->type, at);
    }
    struct json_members members = {.arena = reader->arena};
    at = read_members(reader, at, &members);
    if (!at) {
        return NULL;
    }
    struct value_map *map = value_map_create(reader->arena, members.count);
    if (!map) {
        return json_no_memory(reader);
    }
    for (uint32_t i = 0; i < members.count; i++) {
        const struct json_member *member = &members.items[i];
        json_push_step(reader, (struct json_step){.kind = JSON_STEP_ENTRY, .name = member->name});
        map->keys[i] = value_text(member->name);
        if (!json_read_at(reader, plan->element, member->value, &map->values[i])) {
            return NULL;
        }
        json_pop_step(reader);
    }
    map->count = members.count;
    *out = (struct value){.map = map};
    return at;
}

/* STRUCT */

/* name in upper case, in the arena where that differs; data NULL when memory is out. */
static struct text upper_name(struct json_reader *reader, struct text name)
{
    struct text upper = {NULL, 0};
    if (name.bytes == 0) {
        return name;
    }
    return utf8_upper(name, reader->arena, &upper, NULL) == STATUS_OK ? upper
                                                                      : (struct text){NULL, 0};
}

const char *json_find_key(struct json_reader *reader, struct json_object *object, const char *at)
{
    struct json_string string;
    at = json_scan_key(&reader->scan, at, &string);
    if (!at || string.has_escapes) {
        return NULL; /* the careful way resolves escapes in names */
    }
    struct json_key *key = json_object_known(object, string.raw);
    if (!key) {
        const struct text upper = upper_name(reader, string.raw);
        key = upper.data ? json_object_learn(object, string.raw, upper) : NULL;
        if (!key) {
            return json_no_memory(reader);
        }
    }
    object->last->next = key;
    object->last = key;
    return at;
}

const char *json_locate_fields(struct json_reader *reader, struct json_object *object,
                               const char *at)
{
    struct json_members members = {.arena = reader->arena};
    at = read_members(reader, at, &members);
    for (uint32_t i = 0; i < object->field_count; i++) {
        object->exact[i] = NULL;
        object->folded[i] = NULL;
    }
    for (uint32_t i = 0; at && i < members.count; i++) {
        const struct json_member *member = &members.items[i];
        const struct text upper = upper_name(reader, member->name);
        if (!upper.data) {
            return json_no_memory(reader);
        }
        const int32_t exact = json_object_find(object, member->name);
        const int32_t folded = json_object_find(object, upper);
        if (exact >= 0) {
            object->exact[exact] = member->value;
        }
        if (folded >= 0) {
            object->folded[folded] = member->value;
        }
    }
    for (uint32_t i = 0; i < object->field_count; i++) {
        object->exact[i] = object->exact[i] ? object->exact[i] : object->folded[i];
    }
    return at;
}

static const char *read_struct_careful(struct json_reader *reader, struct json_object *object,
                                       const char *at, struct value_list *list)
{
    at = json_locate_fields(reader, object, at);
    for (uint32_t i = 0; at && i < object->field_count; i++) {
        if (!object->exact[i]) {
            list->items[i] = VALUE_NULL;
            continue;
        }
        json_push_step(reader,
                       (struct json_step){.kind = JSON_STEP_FIELD, .name = object->fields[i].name});
        if (!json_read_at(reader, &object->plans[i], object->exact[i], &list->items[i])) {
            return NULL;
        }
        json_pop_step(reader);
    }
    return at;
}

static const char *read_struct_quick(struct json_reader *reader, struct json_object *object,
                                     const char *at, struct value_list *list)
{
    for (uint32_t i = 0; i < object->field_count; i++) {
        list->items[i] = VALUE_NULL;
    }
    bool is_end = false;
    reader->scan.depth++;
    at = json_open_object(reader, object, at, &is_end);
    while (at && !is_end) {
        at = json_read_key(reader, object, at);
        if (!at) {
            return NULL;
        }
        const int32_t field = object->last->field;
        if (field >= 0) {
            if (object->seen[field] == object->serial) {
                return NULL;
            }
            object->seen[field] = object->serial;
            at = json_read_at(reader, &object->plans[field], at, &list->items[field]);
        } else if (field == JSON_FIELD_NONE) {
            at = json_skip_value(&reader->scan, at);
        } else {
            return NULL;
        }
        at = at ? json_next_member(reader, at, &is_end) : NULL;
    }
    reader->scan.depth--;
    return at;
}

static const char *read_struct(struct json_reader *reader, struct json_plan *plan, const char *at,
                               struct value *out)
{
    if (*at != '{') {
        return json_refuse_type(reader, plan->type, at);
    }
    struct value_list *list = value_list_create(reader->arena, plan->object->field_count);
    if (!list) {
        return json_no_memory(reader);
    }
    list->count = plan->object->field_count;
    *out = (struct value){.list = list};
    return reader->is_careful ? read_struct_careful(reader, plan->object, at, list)
                              : read_struct_quick(reader, plan->object, at, list);
}

/* All */

static const char *read_present(struct json_reader *reader, struct json_plan *plan, const char *at,
                                struct value *out)
{
    int64_t integer = 0;
    bool is_clean;
    *out = (struct value){.int64 = 0};
    switch (plan->type->kind) {
    case TYPE_BOOLEAN:
        return read_boolean(reader, plan->type, at, out);
    case TYPE_INTEGER:
        at = read_integer(reader, plan->type, at, &integer);
        *out = value_int32((int32_t)integer);
        return at;
    case TYPE_DATE:
        at = read_integer(reader, plan->type, at, &integer);
        *out = value_int32(clamp_days(integer));
        return at;
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP:
        at = read_integer(reader, plan->type, at, &integer);
        *out = value_int64(integer);
        return at;
    case TYPE_TIME:
        return read_time(reader, plan->type, at, out);
    case TYPE_DOUBLE:
        return read_double(reader, plan->type, at, out);
    case TYPE_DECIMAL:
        return read_decimal(reader, plan->type, at, out);
    case TYPE_STRING:
        return json_read_text(reader, at, &out->text, &is_clean);
    case TYPE_BYTES:
        return read_bytes(reader, plan->type, at, out);
    case TYPE_ARRAY:
        return read_array(reader, plan, at, out);
    case TYPE_MAP:
        return read_map(reader, plan, at, out);
    case TYPE_STRUCT:
        return read_struct(reader, plan, at, out);
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    assert(false);
    return NULL;
}

const char *json_read_at(struct json_reader *reader, struct json_plan *plan, const char *at,
                         struct value *out)
{
    if (at == reader->scan.end) {
        return json_fail(&reader->scan, JSON_FAULT_END, at);
    }
    if (*at == 'n') {
        *out = VALUE_NULL;
        return json_scan_literal(&reader->scan, at);
    }
    return read_present(reader, plan, at, out);
}

const char *json_check_document(struct json_reader *reader, bool *is_missing)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct json_scan *scan = &reader->scan;
    const char *at = scan->begin;
    if (scan->end - at >= 3 && memcmp(at, byte_order_mark, 3) == 0) {
        at += 3;
    }
    at = json_skip_space(scan, at);
    *is_missing = at == scan->end;
    if (*is_missing) {
        return NULL;
    }
    const char *end = json_skip_value(scan, at);
    if (!end) {
        return NULL;
    }
    const bool is_closed = *at == '{' || *at == '[' || *at == '"';
    if (!is_closed && end < scan->end && !json_is_space(*end)) {
        return json_fail(scan, JSON_FAULT_ROOT_SPACE, end);
    }
    return at;
}
