/* proto_reader.c
 *
 * A message is read in one pass over its bytes. Before it, every wanted field gets what it is when
 * it does not occur; then each occurrence replaces that, or adds to a list or map. The room of a
 * list is always the next power of two of its length, so that nothing has to be kept beside it.
 *
 * Numbers and lengths are not believed: a length must fit its message, an occurrence whose kind is
 * not the schema's is skipped as an unknown field is, and items come out of the record's budget.
 */
#include <assert.h>
#include <string.h>

#include "base/civil_time.h"
#include "formats/proto_binary.h"
#include "formats/proto_occurrence.h"
#include "formats/wire_codec.h"

enum { MS_PER_SECOND = 1000, SECONDS_PER_HOUR = 3600, NANOS_PER_MS = 1000000 };

enum proto_wire proto_wire_of(const struct wire_schema *schema)
{
    const bool is_wrapped = schema->form == WIRE_PROTO_WRAPPER;
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        return is_wrapped ? PROTO_BYTES : PROTO_VARINT;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
        if (schema->form == WIRE_PROTO_FIXED) {
            return schema->fixed_bytes == 4 ? PROTO_FIXED32 : PROTO_FIXED64;
        }
        return is_wrapped ? PROTO_BYTES : PROTO_VARINT;
    case WIRE_FLOAT32:
        return is_wrapped ? PROTO_BYTES : PROTO_FIXED32;
    case WIRE_FLOAT64:
        return is_wrapped ? PROTO_BYTES : PROTO_FIXED64;
    case WIRE_STRING:
        return schema->form == WIRE_PROTO_ENUM ? PROTO_VARINT : PROTO_BYTES;
    case WIRE_BYTES:
    case WIRE_DECIMAL:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
    case WIRE_ARRAY:
    case WIRE_MAP:
    case WIRE_STRUCT:
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return PROTO_BYTES;
}

/* --- Messages that everybody knows --------------------------------------------------------- */

enum { KNOWN_FIELD_COUNT = 4 };

/* Fields 1 to 4 of a small message. */
struct known_message {
    int64_t numbers[KNOWN_FIELD_COUNT];
    struct text first; /* the bytes of field 1 */
};

/* Reads bytes as a message of their own; the reader goes on behind them. */
static bool read_known(struct wire_reader *reader, struct text bytes, struct known_message *out)
{
    struct wire_reader inner = *reader;
    inner.at = bytes.data;
    inner.end = bytes.data + bytes.bytes;
    *out = (struct known_message){.first = TEXT("")};
    while (inner.at < inner.end) {
        struct occurrence field;
        if (!proto_read_occurrence(&inner, &field)) {
            return wire_fail(reader, inner.message);
        }
        if (field.number <= KNOWN_FIELD_COUNT && field.wire != PROTO_BYTES) {
            out->numbers[field.number - 1] = (int64_t)field.bits;
        } else if (field.number == 1) {
            out->first = field.bytes;
        }
    }
    return true;
}

static bool is_within(int64_t number, int64_t least, int64_t most)
{
    return number >= least && number <= most;
}

static bool read_timestamp(struct wire_reader *reader, const struct wire_plan *plan,
                           const struct known_message *from, struct value *out)
{
    const int64_t seconds = from->numbers[0];
    const int32_t nanos = (int32_t)from->numbers[1];
    const int64_t limit = INT64_MAX / MS_PER_SECOND - 3; /* nanos may be two seconds and more */
    if (!is_within(seconds, -limit, limit)) {
        return wire_fail(reader, TEXT("a timestamp is out of range"));
    }
    return wire_store_integer(reader, plan, seconds * MS_PER_SECOND + nanos / NANOS_PER_MS, out);
}

static bool read_date(struct wire_reader *reader, const struct wire_plan *plan,
                      const struct known_message *from, struct value *out)
{
    const struct civil_time_date date = {from->numbers[0], (int32_t)from->numbers[1],
                                         (int32_t)from->numbers[2]};
    if (!is_within(from->numbers[0], 1, 9999) || !is_within(from->numbers[1], 1, 12) ||
        !is_within(from->numbers[2], 1, civil_time_days_in_month(date.year, date.month))) {
        return wire_fail(reader, TEXT("a date does not exist"));
    }
    return wire_store_integer(reader, plan, civil_time_days(date), out);
}

static bool read_time(struct wire_reader *reader, const struct wire_plan *plan,
                      const struct known_message *from, struct value *out)
{
    const int64_t *parts = from->numbers;
    if (!is_within(parts[0], 0, 24) || !is_within(parts[1], 0, 59) || !is_within(parts[2], 0, 59) ||
        !is_within(parts[3], 0, 999999999)) {
        return wire_fail(reader, TEXT("a time of day does not exist"));
    }
    const int64_t seconds = parts[0] * SECONDS_PER_HOUR + parts[1] * 60 + parts[2];
    return wire_store_integer(reader, plan, seconds * MS_PER_SECOND + parts[3] / NANOS_PER_MS, out);
}

static bool read_known_value(struct wire_reader *reader, const struct wire_plan *plan,
                             struct text bytes, struct value *out)
{
    struct known_message message;
    if (!read_known(reader, bytes, &message)) {
        return false;
    }
    if (plan->schema->kind == WIRE_TIMESTAMP) {
        return read_timestamp(reader, plan, &message, out);
    }
    if (plan->schema->kind == WIRE_DATE) {
        return read_date(reader, plan, &message, out);
    }
    if (plan->schema->kind == WIRE_TIME) {
        return read_time(reader, plan, &message, out);
    }
    assert(plan->schema->kind == WIRE_DECIMAL);
    return wire_store_decimal(reader, plan, (int32_t)message.numbers[2], message.first, out);
}

/* --- Values ------------------------------------------------------------------------------- */

static bool read_one(struct wire_reader *reader, const struct wire_plan *plan,
                     const struct occurrence *field, struct value *out);

int64_t proto_integer(const struct wire_schema *schema, uint64_t bits)
{
    if (schema->form == WIRE_PROTO_ZIGZAG) {
        return (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    }
    return schema->kind == WIRE_INT32 ? (int32_t)(uint32_t)bits : (int64_t)bits;
}

double proto_real(enum wire_kind kind, uint64_t bits)
{
    double real;
    if (kind == WIRE_FLOAT32) {
        const uint32_t half = (uint32_t)bits;
        float narrow;
        memcpy(&narrow, &half, sizeof(narrow));
        return (double)narrow;
    }
    memcpy(&real, &bits, sizeof(real));
    return real;
}

/* A symbol's name; a number that has none shows as itself. */
static bool read_symbol(struct wire_reader *reader, const struct wire_plan *plan, uint64_t bits,
                        struct value *out)
{
    const struct wire_schema *schema = plan->schema;
    for (uint32_t i = 0; i < schema->symbol_count; i++) {
        if (schema->symbol_numbers[i] == (int32_t)(uint32_t)bits) {
            *out = value_text(schema->symbols[i]);
            return true;
        }
    }
    *out = value_text(arena_printf(reader->arena, "%d", (int32_t)(uint32_t)bits));
    return out->text.data || wire_no_memory(reader);
}

/* bits and bytes hold the value itself: of a field, or of field 1 of a wrapper. */
static bool read_scalar(struct wire_reader *reader, const struct wire_plan *plan, uint64_t bits,
                        struct text bytes, struct value *out)
{
    switch (plan->schema->kind) {
    case WIRE_BOOLEAN:
        return wire_store_boolean(reader, plan, bits != 0, out);
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
        return wire_store_integer(reader, plan, proto_integer(plan->schema, bits), out);
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        return wire_store_real(reader, plan, proto_real(plan->schema->kind, bits), out);
    case WIRE_STRING:
        return plan->schema->form == WIRE_PROTO_ENUM ? read_symbol(reader, plan, bits, out)
                                                     : wire_store_text(reader, plan, bytes, out);
    case WIRE_BYTES:
        return wire_store_text(reader, plan, bytes, out);
    case WIRE_DECIMAL:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        return read_known_value(reader, plan, bytes, out);
    case WIRE_ARRAY:
    case WIRE_MAP:
    case WIRE_STRUCT:
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return wire_fail(reader, TEXT("a value has no type"));
}

static bool read_wrapper(struct wire_reader *reader, const struct wire_plan *plan,
                         struct text bytes, struct value *out)
{
    struct known_message message;
    return read_known(reader, bytes, &message) &&
           read_scalar(reader, plan, (uint64_t)message.numbers[0], message.first, out);
}

static bool read_message(struct wire_reader *reader, const struct wire_plan *plan,
                         struct text bytes, struct value *out)
{
    struct value_list *list = wire_new_struct(reader, plan->target_count);
    const char *end = reader->end;
    const char *at = reader->at;
    if (!list) {
        return false;
    }
    *out = (struct value){.list = list};
    reader->at = bytes.data;
    reader->end = bytes.data + bytes.bytes;
    const bool is_read = proto_read_fields(reader, plan, list->items);
    reader->at = at;
    reader->end = end;
    return is_read;
}

static bool read_one(struct wire_reader *reader, const struct wire_plan *plan,
                     const struct occurrence *field, struct value *out)
{
    if (plan->schema->kind == WIRE_STRUCT) {
        return read_message(reader, plan, field->bytes, out);
    }
    return plan->schema->form == WIRE_PROTO_WRAPPER
               ? read_wrapper(reader, plan, field->bytes, out)
               : read_scalar(reader, plan, field->bits, field->bytes, out);
}

/* --- Lists and maps ----------------------------------------------------------------------- */

static uint32_t room_of(uint32_t count)
{
    uint32_t room = count > 0 ? 1 : 0;
    while (room < count) {
        room *= 2;
    }
    return room;
}

static bool append_item(struct wire_reader *reader, const struct wire_plan *plan,
                        const struct occurrence *field, struct value *cell)
{
    struct value_list *list = (struct value_list *)(uintptr_t)cell->list; /* made here */
    uint32_t capacity = room_of(list->count);
    if (!wire_grow_list(reader, &list, &capacity, 1)) {
        return false;
    }
    *cell = (struct value){.list = list};
    if (!read_one(reader, plan->element, field, &list->items[list->count])) {
        return false;
    }
    list->count++;
    return true;
}

/* Numbers in one run, each without a tag. */
static bool append_packed(struct wire_reader *reader, const struct wire_plan *plan,
                          struct text bytes, struct value *cell)
{
    struct wire_reader run = *reader;
    struct occurrence field = {.wire = proto_wire_of(plan->schema->element)};
    run.at = bytes.data;
    run.end = bytes.data + bytes.bytes;
    while (run.at < run.end) {
        if (!proto_read_value(&run, &field)) {
            return wire_fail(reader, run.message);
        }
        if (!append_item(reader, plan, &field, cell)) {
            return false;
        }
    }
    return true;
}

static bool is_known_message(const struct wire_schema *schema)
{
    return schema->form == WIRE_PROTO_WRAPPER || schema->kind == WIRE_DECIMAL ||
           schema->kind == WIRE_DATE || schema->kind == WIRE_TIME || schema->kind == WIRE_TIMESTAMP;
}

/* What a field is when it does not occur. BYTES are NULL then, alone among the scalars, as in
 * ksqlDB. */
static bool set_default(struct wire_reader *reader, const struct wire_field *field,
                        const struct wire_plan *plan, struct value *out)
{
    if (plan->schema->kind == WIRE_ARRAY) {
        struct value_list *list = value_list_create(reader->arena, 0);
        *out = (struct value){.list = list};
        return list || wire_no_memory(reader);
    }
    if (plan->schema->kind == WIRE_MAP) {
        struct value_map *map = value_map_create(reader->arena, 0);
        *out = (struct value){.map = map};
        return map || wire_no_memory(reader);
    }
    const bool is_kept = field && field->is_presence_kept;
    if (is_kept || is_known_message(plan->schema) || plan->schema->kind == WIRE_BYTES) {
        *out = VALUE_NULL;
        return true;
    }
    if (plan->schema->kind == WIRE_STRING && plan->schema->form == WIRE_PLAIN) {
        *out = value_text(TEXT(""));
        return true;
    }
    return read_scalar(reader, plan, 0, TEXT(""), out);
}

static bool read_entry_part(struct wire_reader *reader, const struct wire_plan *plan,
                            const struct occurrence *part, struct value *out)
{
    return part->wire != proto_wire_of(plan->schema) || read_one(reader, plan, part, out);
}

/* An entry's value that is a message is empty rather than null when it does not occur. */
static bool start_entry(struct wire_reader *reader, const struct wire_plan *plan, struct value *key,
                        struct value *value)
{
    const struct occurrence nothing = {.bytes = TEXT("")};
    const struct wire_plan *element = plan->element;
    const bool is_message = element->schema->kind == WIRE_STRUCT;
    return set_default(reader, NULL, plan->key, key) &&
           (is_message ? read_one(reader, element, &nothing, value)
                       : set_default(reader, NULL, element, value));
}

static bool append_entry(struct wire_reader *reader, const struct wire_plan *plan,
                         struct text bytes, struct value *cell)
{
    struct value_map *map = (struct value_map *)(uintptr_t)cell->map; /* made here */
    uint32_t capacity = room_of(map->count);
    if (!wire_grow_map(reader, &map, &capacity, 1)) {
        return false;
    }
    *cell = (struct value){.map = map};
    struct value *key = &map->keys[map->count];
    struct value *value = &map->values[map->count];
    if (!start_entry(reader, plan, key, value)) {
        return false;
    }
    struct wire_reader entry = *reader;
    entry.at = bytes.data;
    entry.end = bytes.data + bytes.bytes;
    while (entry.at < entry.end) {
        struct occurrence part;
        if (!proto_read_occurrence(&entry, &part)) {
            return wire_fail(reader, entry.message);
        }
        if (part.number > 2) {
            continue;
        }
        const bool is_key = part.number == 1;
        if (!read_entry_part(reader, is_key ? plan->key : plan->element, &part,
                             is_key ? key : value)) {
            return false;
        }
    }
    map->count++;
    return true;
}

/* --- Messages ----------------------------------------------------------------------------- */

/* Puts one occurrence of a wanted field into its cell. */
static bool read_field(struct wire_reader *reader, const struct wire_plan *plan,
                       const struct occurrence *field, struct value *cell)
{
    const struct wire_schema *schema = plan->schema;
    if (schema->kind == WIRE_MAP) {
        return field->wire != PROTO_BYTES || append_entry(reader, plan, field->bytes, cell);
    }
    if (schema->kind != WIRE_ARRAY) {
        return field->wire != proto_wire_of(schema) || read_one(reader, plan, field, cell);
    }
    const enum proto_wire item = proto_wire_of(schema->element);
    if (field->wire == item) {
        return append_item(reader, plan, field, cell);
    }
    return field->wire != PROTO_BYTES || append_packed(reader, plan, field->bytes, cell);
}

/* A field of a oneof that occurs makes its struct, with all others null. */
static bool read_oneof(struct wire_reader *reader, const struct wire_plan *plan,
                       const struct occurrence *field, struct value *cell)
{
    for (uint32_t i = 0; i < plan->schema->field_count; i++) {
        const struct wire_plan_field *member = &plan->fields[i];
        if (plan->schema->fields[i].number != field->number || !member->plan) {
            continue;
        }
        struct value_list *list = wire_new_struct(reader, plan->target_count);
        if (!list) {
            return false;
        }
        *cell = (struct value){.list = list};
        return read_field(reader, member->plan, field, &list->items[member->target]);
    }
    return true;
}

/* The field of schema with this number, or field_count. *next is where to look first: fields mostly
 * come in the order of the schema. */
static uint32_t find_number(const struct wire_schema *schema, uint32_t number, uint32_t *next)
{
    const uint32_t count = schema->field_count;
    uint32_t at = *next < count ? *next : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (schema->fields[at].number == number) {
            *next = at + 1;
            return at;
        }
        at = at + 1 < count ? at + 1 : 0;
    }
    return count;
}

static bool read_wanted(struct wire_reader *reader, const struct wire_plan *plan,
                        const struct occurrence *field, uint32_t *next, struct value *cells)
{
    const uint32_t count = plan->schema->field_count;
    const uint32_t at = find_number(plan->schema, field->number, next);
    if (at < count) {
        const struct wire_plan_field *wanted = &plan->fields[at];
        return !wanted->plan || read_field(reader, wanted->plan, field, &cells[wanted->target]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct wire_plan_field *oneof = &plan->fields[i];
        if (plan->schema->fields[i].number == 0 && oneof->plan &&
            !read_oneof(reader, oneof->plan, field, &cells[oneof->target])) {
            return false;
        }
    }
    return true;
}

/* Keeps each key of the maps once. */
static bool finish_maps(struct wire_reader *reader, const struct wire_plan *plan,
                        struct value *cells)
{
    for (uint32_t i = 0; i < plan->schema->field_count; i++) {
        const struct wire_plan_field *wanted = &plan->fields[i];
        if (wanted->plan && wanted->plan->schema->kind == WIRE_MAP &&
            !wire_finish_map(reader, (struct value_map *)(uintptr_t)cells[wanted->target].map)) {
            return false;
        }
    }
    return true;
}

bool proto_read_fields(struct wire_reader *reader, const struct wire_plan *plan,
                       struct value *cells)
{
    for (uint32_t i = 0; i < plan->schema->field_count; i++) {
        const struct wire_plan_field *wanted = &plan->fields[i];
        if (wanted->plan &&
            !set_default(reader, &plan->schema->fields[i], wanted->plan, &cells[wanted->target])) {
            return false;
        }
    }
    uint32_t next = 0;
    while (reader->at < reader->end) {
        struct occurrence field;
        if (!proto_read_occurrence(reader, &field) ||
            !read_wanted(reader, plan, &field, &next, cells)) {
            return false;
        }
    }
    return finish_maps(reader, plan, cells);
}

const struct wire_codec proto_codec = {
    .read_fields = proto_read_fields, .write = proto_write, .take_head = proto_take_index};
