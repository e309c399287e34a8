/* wire_plan.c
 *
 * What may be read as what stands in one function, accepts(), after ksqlDB's tables: integers
 * widen, numbers and booleans read as STRING, everything else must be of its own kind. Names are
 * matched exactly, else by the wire name in upper case, because inferred columns are in upper
 * case. */
#include "formats/wire_plan.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/bounds.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "base/number_text.h"
#include "base/utf8.h"
#include "formats/json_members.h"

struct planning {
    struct arena *arena;
    struct buffer *path;
    uint32_t depth;
    struct diag *diag;
};

static enum status make(struct planning *self, const struct wire_schema *schema,
                        const struct type *type, const struct wire_plan **out);

/* --- What fits ---------------------------------------------------------------------------- */

static const char *connect_name(const struct type *type)
{
    static const char *const names[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = "boolean", [TYPE_INTEGER] = "int32",  [TYPE_BIGINT] = "int64",
        [TYPE_DECIMAL] = "bytes",   [TYPE_DOUBLE] = "float64", [TYPE_STRING] = "string",
        [TYPE_BYTES] = "bytes",     [TYPE_DATE] = "int32",     [TYPE_TIME] = "int32",
        [TYPE_TIMESTAMP] = "int64", [TYPE_ARRAY] = "array",    [TYPE_MAP] = "map",
        [TYPE_STRUCT] = "struct",   [TYPE_NULL] = "null",
    };
    return names[type->kind];
}

static bool is_short_integer(enum wire_kind kind)
{
    return kind == WIRE_INT8 || kind == WIRE_INT16 || kind == WIRE_INT32;
}

static bool is_integer(enum wire_kind kind)
{
    return is_short_integer(kind) || kind == WIRE_INT64;
}

static bool accepts(enum type_kind type, enum wire_kind wire)
{
    switch (type) {
    case TYPE_BOOLEAN:
        return wire == WIRE_BOOLEAN;
    case TYPE_INTEGER:
        return is_short_integer(wire) || wire == WIRE_DATE || wire == WIRE_TIME;
    case TYPE_BIGINT:
        return is_integer(wire) || wire == WIRE_TIMESTAMP;
    case TYPE_DATE:
        return wire == WIRE_DATE || wire == WIRE_INT32;
    case TYPE_TIME:
        return wire == WIRE_TIME || wire == WIRE_INT32;
    case TYPE_TIMESTAMP:
        return wire == WIRE_TIMESTAMP || wire == WIRE_INT64;
    case TYPE_DOUBLE:
        return wire == WIRE_FLOAT32 || wire == WIRE_FLOAT64;
    case TYPE_STRING:
        return wire == WIRE_STRING || is_integer(wire) || wire == WIRE_FLOAT32 ||
               wire == WIRE_FLOAT64 || wire == WIRE_BOOLEAN;
    case TYPE_BYTES:
        return wire == WIRE_BYTES;
    case TYPE_DECIMAL:
        return wire == WIRE_DECIMAL;
    case TYPE_ARRAY:
        return wire == WIRE_ARRAY;
    case TYPE_MAP:
        return wire == WIRE_MAP;
    case TYPE_STRUCT:
        return wire == WIRE_STRUCT;
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    return false;
}

static enum wire_store store_of(const struct type *type, const struct wire_schema *schema)
{
    if (type->kind == TYPE_STRING && schema->kind != WIRE_STRING) {
        return WIRE_STORE_AS_TEXT;
    }
    if (type_layout(type) == LAYOUT_INT64) {
        return WIRE_STORE_INT64;
    }
    const bool is_same = type->scale == schema->scale && type->precision == schema->precision;
    return type->kind == TYPE_DECIMAL && !is_same ? WIRE_STORE_RESCALED : WIRE_STORE_AS_IS;
}

static enum status refuse(struct planning *self, const struct wire_schema *schema,
                          const struct type *type)
{
    return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE,
                     "Cannot deserialize type %s as type %s for path: %.*s",
                     wire_kind_name(schema->kind), connect_name(type),
                     TEXT_ARGS(buffer_text(self->path)));
}

/* --- Names -------------------------------------------------------------------------------- */

static bool is_named(struct text field, struct text column)
{
    bool match = field.bytes == column.bytes;
    for (size_t i = 0; match && i < column.bytes; i++) {
        match = field.data[i] == column.data[i] ||
                (field.data[i] == '_' && !isalnum((unsigned char)column.data[i]));
    }
    return match;
}

int wire_find_target(const struct type_field *fields, uint32_t field_count, struct text name,
                     uint32_t hint)
{
    if (hint < field_count && text_equal(name, fields[hint].name)) {
        return (int)hint;
    }
    for (uint32_t i = 0; i < field_count; i++) {
        if (is_named(name, fields[i].name)) {
            return (int)i;
        }
    }
    return -1;
}

/* The names of schema's fields in upper case; made once, since every column looks at all. */
static enum status make_upper_names(struct planning *self, const struct wire_schema *schema,
                                    struct text **out)
{
    *out = arena_array(self->arena, schema->field_count, sizeof(**out));
    if (!*out) {
        return diag_no_memory(self->diag);
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        TRY(utf8_upper(schema->fields[i].name, self->arena, &(*out)[i], self->diag));
    }
    return STATUS_OK;
}

/* The field of schema that fills the column of this name, or -1. */
static int64_t find_field(const struct wire_schema *schema, const struct text *upper_names,
                          struct text name)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (is_named(schema->fields[i].name, name)) {
            return i;
        }
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (text_equal(upper_names[i], name)) {
            return i;
        }
    }
    return -1;
}

static enum status make_fields(struct planning *self, const struct wire_schema *schema,
                               const struct type_field *targets, uint32_t target_count,
                               const bool *wanted, struct wire_plan *plan)
{
    struct wire_plan_field *fields = arena_array(self->arena, schema->field_count, sizeof(*fields));
    struct text *upper_names = NULL;
    if (!fields) {
        return diag_no_memory(self->diag);
    }
    TRY(make_upper_names(self, schema, &upper_names));
    for (uint32_t i = 0; i < schema->field_count; i++) {
        fields[i] = (struct wire_plan_field){.target = -1};
    }
    for (uint32_t i = 0; i < target_count; i++) {
        if (wanted && !wanted[i]) {
            continue;
        }
        const int64_t at = find_field(schema, upper_names, targets[i].name);
        if (at < 0) {
            continue;
        }
        const size_t path_bytes = self->path->bytes;
        buffer_append_string(self->path, "->");
        buffer_append_text(self->path, targets[i].name);
        TRY(make(self, schema->fields[at].schema, targets[i].type, &fields[at].plan));
        self->path->bytes = path_bytes;
        fields[at].target = (int32_t)i;
    }
    plan->fields = fields;
    plan->target_count = target_count;
    return STATUS_OK;
}

/* --- Plans -------------------------------------------------------------------------------- */

static enum status make_parts(struct planning *self, const struct wire_schema *schema,
                              const struct type *type, struct wire_plan *plan)
{
    if (type->kind == TYPE_STRUCT) {
        return make_fields(self, schema, type->fields, type->field_count, NULL, plan);
    }
    if (type->kind == TYPE_MAP) {
        assert(type->key->kind == TYPE_STRING); /* format_check lets no other map through */
        TRY(make(self, schema->key, type->key, &plan->key));
    }
    return type->kind == TYPE_MAP || type->kind == TYPE_ARRAY
               ? make(self, schema->element, type->element, &plan->element)
               : STATUS_OK;
}

static enum status make(struct planning *self, const struct wire_schema *schema,
                        const struct type *type, const struct wire_plan **out)
{
    if (!accepts(type->kind, schema->kind)) {
        return refuse(self, schema, type);
    }
    if (++self->depth > VALUE_DEPTH_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE, "the schema nests too deep");
    }
    struct wire_plan *plan = ARENA_NEW(self->arena, struct wire_plan);
    if (!plan) {
        return diag_no_memory(self->diag);
    }
    *plan = (struct wire_plan){.schema = schema, .type = type, .store = store_of(type, schema)};
    TRY(make_parts(self, schema, type, plan));
    self->depth--;
    *out = plan;
    return STATUS_OK;
}

enum status wire_plan_value(struct arena *arena, const struct wire_schema *schema,
                            const struct type *type, const struct wire_plan **out,
                            struct diag *diag)
{
    struct buffer path;
    buffer_init(&path);
    struct planning self = {.arena = arena, .path = &path, .diag = diag};
    const enum status status = make(&self, schema, type, out);
    buffer_release(&path);
    return status;
}

enum status wire_plan_record(struct arena *arena, const struct wire_schema *schema,
                             const struct type_field *columns, uint32_t column_count,
                             const bool *wanted, const struct wire_plan **out, struct diag *diag)
{
    struct wire_plan *plan = ARENA_NEW(arena, struct wire_plan);
    const struct type *type = type_struct(arena, columns, column_count);
    if (!plan || !type) {
        return diag_no_memory(diag);
    }
    struct buffer path;
    buffer_init(&path);
    struct planning self = {.arena = arena, .path = &path, .diag = diag};
    *plan = (struct wire_plan){.schema = schema, .type = type};
    const enum status status = schema->kind == WIRE_STRUCT
                                   ? make_fields(&self, schema, columns, column_count, wanted, plan)
                                   : refuse(&self, schema, type);
    buffer_release(&path);
    *out = plan;
    return status;
}

/* --- Writing ------------------------------------------------------------------------------ */

static enum status check_writing(struct planning *self, const struct wire_schema *schema,
                                 const struct type *type)
{
    const enum wire_store store = store_of(type, schema);
    if (!accepts(type->kind, schema->kind) || store == WIRE_STORE_AS_TEXT ||
        (store == WIRE_STORE_RESCALED && type->scale != schema->scale)) {
        return refuse(self, schema, type);
    }
    if (type->kind == TYPE_MAP) {
        TRY(check_writing(self, schema->key, type->key));
    }
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        return check_writing(self, schema->element, type->element);
    }
    for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < schema->field_count; i++) {
        const struct wire_field *field = &schema->fields[i];
        const int at = wire_find_target(type->fields, type->field_count, field->name, i);
        if (at < 0) {
            continue;
        }
        const size_t path_bytes = self->path->bytes;
        buffer_append_string(self->path, "->");
        buffer_append_text(self->path, field->name);
        TRY(check_writing(self, field->schema, type->fields[at].type));
        self->path->bytes = path_bytes;
    }
    return STATUS_OK;
}

enum status wire_check_writing(struct arena *arena, const struct wire_schema *schema,
                               const struct type *type, struct diag *diag)
{
    struct buffer path;
    buffer_init(&path);
    struct planning self = {.arena = arena, .path = &path, .diag = diag};
    const enum status status = check_writing(&self, schema, type);
    buffer_release(&path);
    return status;
}

/* --- Scalars ------------------------------------------------------------------------------ */

static bool store_printed(struct wire_reader *reader, const char *text, size_t bytes,
                          struct value *out)
{
    *out = value_text(arena_text(reader->arena, (struct text){text, bytes}));
    return out->text.data || wire_no_memory(reader);
}

bool wire_store_integer(struct wire_reader *reader, const struct wire_plan *plan, int64_t number,
                        struct value *out)
{
    char text[NUMBER_TEXT_INT64_BYTES_MAX];
    if (plan->store == WIRE_STORE_INT64) {
        *out = value_int64(number);
        return true;
    }
    if (plan->store == WIRE_STORE_AS_TEXT) {
        return store_printed(reader, text, number_text_int64(text, number), out);
    }
    if (plan->type->kind == TYPE_TIME && (number < 0 || number > CIVIL_TIME_MS_PER_DAY)) {
        return wire_fail(reader, TEXT("Time values must use number of milliseconds greater than 0 "
                                      "and less than 86400000."));
    }
    if (number < INT32_MIN || number > INT32_MAX) {
        return wire_fail(reader, TEXT("a number does not fit its type"));
    }
    *out = value_int32((int32_t)number);
    return true;
}

bool wire_store_real(struct wire_reader *reader, const struct wire_plan *plan, double number,
                     struct value *out)
{
    char text[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    if (plan->store == WIRE_STORE_AS_TEXT) {
        return store_printed(reader, text, number_text_double(text, number), out);
    }
    *out = value_real(number);
    return true;
}

bool wire_store_boolean(struct wire_reader *reader, const struct wire_plan *plan, bool boolean,
                        struct value *out)
{
    (void)reader;
    if (plan->store == WIRE_STORE_AS_TEXT) {
        *out = value_text(boolean ? TEXT("true") : TEXT("false"));
        return true;
    }
    *out = value_boolean(boolean);
    return true;
}

bool wire_store_text(struct wire_reader *reader, const struct wire_plan *plan, struct text text,
                     struct value *out)
{
    struct diag diag;
    *out = value_text(text);
    if (plan->type->kind != TYPE_STRING) {
        return true;
    }
    return utf8_repair(text, reader->arena, &out->text, &diag) == STATUS_OK ||
           wire_no_memory(reader);
}

/* False when the number has more than 128 bits. */
static bool read_unscaled(struct text bytes, int128 *out)
{
    const signed char first = bytes.bytes > 0 ? (signed char)bytes.data[0] : 0;
    const unsigned char padding = first < 0 ? 0xFF : 0;
    uint128 bits = first < 0 ? ~(uint128)0 : 0;
    for (size_t i = 0; i < bytes.bytes; i++) {
        const unsigned char byte = (unsigned char)bytes.data[i];
        if (bytes.bytes - i > sizeof(int128) && byte != padding) {
            return false;
        }
        bits = bits << 8 | byte;
    }
    *out = (int128)bits;
    return (*out < 0) == (first < 0);
}

bool wire_store_decimal(struct wire_reader *reader, const struct wire_plan *plan, int64_t scale,
                        struct text bytes, struct value *out)
{
    struct diag diag;
    *out = (struct value){.is_null = false};
    if (!read_unscaled(bytes, &out->decimal) || decimal_digits(out->decimal) > DECIMAL_DIGITS_MAX) {
        return wire_fail(reader, TEXT("a decimal has more than 38 digits"));
    }
    if (scale < -UINT16_MAX || scale > UINT16_MAX) {
        return wire_fail(reader, TEXT("a decimal has a scale that none can have"));
    }
    const struct decimal_type type = {plan->type->precision, plan->type->scale};
    if (decimal_cast(out->decimal, (int32_t)scale, type, DECIMAL_ROUNDING_UNNECESSARY,
                     &out->decimal, &diag) == STATUS_OK) {
        return true;
    }
    const struct text message = arena_text(reader->arena, text_of(diag.message));
    return message.data ? wire_fail(reader, message) : wire_no_memory(reader);
}

/* --- Containers --------------------------------------------------------------------------- */

bool wire_take_items(struct wire_reader *reader, uint64_t count)
{
    if (count > reader->item_budget) {
        return wire_fail(reader, TEXT("a list is longer than its record"));
    }
    reader->item_budget -= count;
    return true;
}

bool wire_grow_list(struct wire_reader *reader, struct value_list **list, uint32_t *capacity,
                    uint64_t count)
{
    if (!wire_take_items(reader, count)) {
        return false;
    }
    const uint64_t have = *list ? (*list)->count : 0;
    if (*list && have + count <= *capacity) {
        return true;
    }
    const uint64_t wanted = have + count > 2 * have ? have + count : 2 * have;
    struct value_list *grown = value_list_create(reader->arena, (uint32_t)wanted);
    if (!grown) {
        return wire_no_memory(reader);
    }
    grown->count = (uint32_t)have;
    if (have > 0) {
        memcpy(grown->items, (*list)->items, have * sizeof(*grown->items));
    }
    *capacity = (uint32_t)wanted;
    *list = grown;
    return true;
}

bool wire_grow_map(struct wire_reader *reader, struct value_map **map, uint32_t *capacity,
                   uint64_t count)
{
    if (!wire_take_items(reader, count)) {
        return false;
    }
    const uint64_t have = *map ? (*map)->count : 0;
    if (*map && have + count <= *capacity) {
        return true;
    }
    const uint64_t wanted = have + count > 2 * have ? have + count : 2 * have;
    struct value_map *grown = value_map_create(reader->arena, (uint32_t)wanted);
    if (!grown) {
        return wire_no_memory(reader);
    }
    if (have > 0) {
        memcpy(grown->keys, (*map)->keys, have * sizeof(*grown->keys));
        memcpy(grown->values, (*map)->values, have * sizeof(*grown->values));
        grown->count = (uint32_t)have;
    }
    *capacity = (uint32_t)wanted;
    *map = grown;
    return true;
}

/* A member's value never stands before its own place, so compacting in place loses nothing. */
bool wire_finish_map(struct wire_reader *reader, struct value_map *map)
{
    struct json_members members = {.arena = reader->arena};
    for (uint32_t i = 0; i < map->count; i++) {
        if (map->keys[i].is_null) {
            return wire_fail(reader, TEXT("a map has a key that is null"));
        }
        if (!json_members_put(&members, map->keys[i].text, (const char *)&map->values[i])) {
            return wire_no_memory(reader);
        }
    }
    if (members.count == map->count) {
        return true;
    }
    for (uint32_t i = 0; i < members.count; i++) {
        map->keys[i] = value_text(members.items[i].name);
        map->values[i] = *(const struct value *)(const void *)members.items[i].value;
    }
    map->count = members.count;
    return true;
}

struct value_list *wire_new_struct(struct wire_reader *reader, uint32_t count)
{
    if (count > reader->cell_budget) {
        (void)wire_fail(reader, TEXT("the record has too many structs"));
        return NULL;
    }
    reader->cell_budget -= count;
    struct value_list *list = value_list_create(reader->arena, count);
    if (!list) {
        reader->is_out_of_memory = true;
        return NULL;
    }
    list->count = count;
    for (uint32_t i = 0; i < count; i++) {
        list->items[i] = VALUE_NULL;
    }
    return list;
}
