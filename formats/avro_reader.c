/* avro_reader.c
 *
 * One recursion reads what is wanted, another skips the rest; both follow the schema, whose depth
 * its parser has bounded. Counts in the bytes are not believed: a length must fit what is left of
 * the record, and items of lists come out of a budget that the record's length sets, since an
 * item may take no byte at all. So do fields that take none: a record that is named a thousand
 * times by one that is named a thousand times is short to write down, and never read to its end. */
#include <string.h>

#include "formats/avro_binary.h"
#include "formats/wire_codec.h"

enum { VARINT_BYTES_MAX = 10, VARINT_BITS = 7 };

static bool truncated(struct wire_reader *reader)
{
    return wire_fail(reader, TEXT("the record ends too early"));
}

static size_t left(const struct wire_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

bool avro_read_long(struct wire_reader *reader, int64_t *out)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
        if (reader->at == reader->end) {
            return truncated(reader);
        }
        const unsigned char byte = (unsigned char)*reader->at++;
        bits |= (uint64_t)(byte & 0x7F) << (i * VARINT_BITS);
        if (byte < 0x80) {
            *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
            return true;
        }
    }
    return wire_fail(reader, TEXT("a number has more than ten bytes"));
}

static bool read_bytes(struct wire_reader *reader, int64_t bytes, struct text *out)
{
    if (bytes < 0 || (uint64_t)bytes > left(reader)) {
        return truncated(reader);
    }
    *out = (struct text){reader->at, (size_t)bytes};
    reader->at += bytes;
    return true;
}

static bool read_text(struct wire_reader *reader, struct text *out)
{
    int64_t bytes = 0;
    return avro_read_long(reader, &bytes) && read_bytes(reader, bytes, out);
}

bool avro_read_run(struct wire_reader *reader, const struct wire_schema *schema, struct text *out)
{
    return schema->form == WIRE_AVRO_FIXED ? read_bytes(reader, schema->fixed_bytes, out)
                                           : read_text(reader, out);
}

/* Little-endian bits of a float or double. */
bool avro_read_real(struct wire_reader *reader, enum wire_kind kind, double *out)
{
    struct text bytes;
    if (!read_bytes(reader, kind == WIRE_FLOAT32 ? 4 : 8, &bytes)) {
        return false;
    }
    uint64_t bits = 0;
    for (size_t i = bytes.bytes; i-- > 0;) {
        bits = bits << 8 | (unsigned char)bytes.data[i];
    }
    if (kind == WIRE_FLOAT32) {
        const uint32_t half = (uint32_t)bits;
        float real;
        memcpy(&real, &half, sizeof(real));
        *out = (double)real;
    } else {
        memcpy(out, &bits, sizeof(bits));
    }
    return true;
}

bool avro_read_boolean(struct wire_reader *reader, bool *out)
{
    struct text byte;
    if (!read_bytes(reader, 1, &byte)) {
        return false;
    }
    *out = byte.data[0] != 0;
    return true;
}

bool avro_read_index(struct wire_reader *reader, uint32_t count, uint32_t *out)
{
    int64_t index = 0;
    if (!avro_read_long(reader, &index)) {
        return false;
    }
    if (index < 0 || index >= (int64_t)count) {
        return wire_fail(reader, TEXT("the record names a branch or symbol that does not exist"));
    }
    *out = (uint32_t)index;
    return true;
}

bool avro_read_null_branch(struct wire_reader *reader, const struct wire_schema *schema,
                             bool *is_null)
{
    uint32_t branch = 0;
    *is_null = schema->kind == WIRE_NOTHING;
    if (schema->null_branch < 0) {
        return true;
    }
    if (!avro_read_index(reader, 2, &branch)) {
        return false;
    }
    *is_null = branch == (uint32_t)schema->null_branch;
    return true;
}

bool avro_read_block(struct wire_reader *reader, uint64_t *out_count)
{
    int64_t count = 0;
    int64_t bytes = 0;
    if (!avro_read_long(reader, &count) || (count < 0 && !avro_read_long(reader, &bytes))) {
        return false;
    }
    if (count == INT64_MIN) {
        return truncated(reader);
    }
    *out_count = (uint64_t)(count < 0 ? -count : count);
    return true;
}

/* A field that started at start and took no byte comes out of the budget. */
static bool pay_if_empty(struct wire_reader *reader, const char *start)
{
    return reader->at != start || wire_take_items(reader, 1);
}

/* --- Skipping ----------------------------------------------------------------------------- */

static bool skip(struct wire_reader *reader, const struct wire_schema *schema);

static bool skip_blocks(struct wire_reader *reader, const struct wire_schema *schema)
{
    uint64_t count = 0;
    do {
        if (!avro_read_block(reader, &count) || !wire_take_items(reader, count)) {
            return false;
        }
        for (uint64_t i = 0; i < count; i++) {
            if ((schema->kind == WIRE_MAP && !skip(reader, schema->key)) ||
                !skip(reader, schema->element)) {
                return false;
            }
        }
    } while (count > 0);
    return true;
}

static bool skip_struct(struct wire_reader *reader, const struct wire_schema *schema)
{
    uint32_t branch = 0;
    if (schema->form == WIRE_AVRO_UNION) {
        return avro_read_index(reader, schema->field_count, &branch) &&
               skip(reader, schema->fields[branch].schema);
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const char *start = reader->at;
        if (!skip(reader, schema->fields[i].schema) || !pay_if_empty(reader, start)) {
            return false;
        }
    }
    return true;
}

static bool skip(struct wire_reader *reader, const struct wire_schema *schema)
{
    struct text text;
    int64_t number = 0;
    double real = 0;
    bool boolean = false;
    if (!avro_read_null_branch(reader, schema, &boolean) || boolean) {
        return boolean;
    }
    switch (schema->kind) {
    case WIRE_BOOLEAN:
        return avro_read_boolean(reader, &boolean);
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        return avro_read_long(reader, &number);
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        return avro_read_real(reader, schema->kind, &real);
    case WIRE_STRING:
        return schema->form == WIRE_AVRO_ENUM ? avro_read_long(reader, &number)
                                              : read_text(reader, &text);
    case WIRE_BYTES:
    case WIRE_DECIMAL:
        return avro_read_run(reader, schema, &text);
    case WIRE_ARRAY:
    case WIRE_MAP:
        return skip_blocks(reader, schema);
    case WIRE_STRUCT:
        return skip_struct(reader, schema);
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return true;
}

/* --- Reading ------------------------------------------------------------------------------ */

static bool read_list(struct wire_reader *reader, const struct wire_plan *plan, struct value *out)
{
    struct value_list *list = NULL;
    uint32_t capacity = 0;
    uint64_t count = 0;
    do {
        if (!avro_read_block(reader, &count) || !wire_grow_list(reader, &list, &capacity, count)) {
            return false;
        }
        for (uint64_t i = 0; i < count; i++, list->count++) {
            if (!avro_read(reader, plan->element, &list->items[list->count])) {
                return false;
            }
        }
    } while (count > 0);
    *out = (struct value){.list = list};
    return true;
}

static bool read_map(struct wire_reader *reader, const struct wire_plan *plan, struct value *out)
{
    struct value_map *map = NULL;
    uint32_t capacity = 0;
    uint64_t count = 0;
    do {
        if (!avro_read_block(reader, &count) || !wire_grow_map(reader, &map, &capacity, count)) {
            return false;
        }
        for (uint64_t i = 0; i < count; i++, map->count++) {
            if (!avro_read(reader, plan->key, &map->keys[map->count]) ||
                !avro_read(reader, plan->element, &map->values[map->count])) {
                return false;
            }
        }
    } while (count > 0);
    *out = (struct value){.map = map};
    return wire_finish_map(reader, map);
}

static bool read_field(struct wire_reader *reader, const struct wire_plan *plan, uint32_t index,
                       struct value *cells)
{
    const struct wire_plan_field *field = &plan->fields[index];
    return field->plan ? avro_read(reader, field->plan, &cells[field->target])
                       : skip(reader, plan->schema->fields[index].schema);
}

bool avro_read_fields(struct wire_reader *reader, const struct wire_plan *plan, struct value *cells)
{
    uint32_t branch = 0;
    if (plan->schema->form == WIRE_AVRO_UNION) {
        return avro_read_index(reader, plan->schema->field_count, &branch) &&
               read_field(reader, plan, branch, cells);
    }
    for (uint32_t i = 0; i < plan->schema->field_count; i++) {
        const char *start = reader->at;
        if (!read_field(reader, plan, i, cells) || !pay_if_empty(reader, start)) {
            return false;
        }
    }
    return true;
}

/* A union whose branch is null is null; any other is a struct with that one field. */
static bool read_struct(struct wire_reader *reader, const struct wire_plan *plan, struct value *out)
{
    struct value_list *list = wire_new_struct(reader, plan->target_count);
    const char *start = reader->at;
    uint32_t branch = 0;
    if (!list) {
        return false;
    }
    if (plan->schema->form == WIRE_AVRO_UNION) {
        if (!avro_read_index(reader, plan->schema->field_count, &branch)) {
            return false;
        }
        if (plan->schema->fields[branch].schema->kind == WIRE_NOTHING) {
            *out = VALUE_NULL;
            return true;
        }
        reader->at = start;
    }
    *out = (struct value){.list = list};
    return avro_read_fields(reader, plan, list->items);
}

static bool read_string(struct wire_reader *reader, const struct wire_plan *plan, struct value *out)
{
    struct text text;
    uint32_t symbol = 0;
    if (plan->schema->form != WIRE_AVRO_ENUM) {
        return read_text(reader, &text) && wire_store_text(reader, plan, text, out);
    }
    if (!avro_read_index(reader, plan->schema->symbol_count, &symbol)) {
        return false;
    }
    *out = value_text(plan->schema->symbols[symbol]);
    return true;
}

bool avro_read(struct wire_reader *reader, const struct wire_plan *plan, struct value *out)
{
    struct text text;
    int64_t number = 0;
    double real = 0;
    bool boolean = false;
    if (!avro_read_null_branch(reader, plan->schema, &boolean) || boolean) {
        *out = VALUE_NULL;
        return boolean;
    }
    switch (plan->schema->kind) {
    case WIRE_BOOLEAN:
        return avro_read_boolean(reader, &boolean) &&
               wire_store_boolean(reader, plan, boolean, out);
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_DATE:
    case WIRE_TIME:
    case WIRE_TIMESTAMP:
        return avro_read_long(reader, &number) && wire_store_integer(reader, plan, number, out);
    case WIRE_FLOAT32:
    case WIRE_FLOAT64:
        return avro_read_real(reader, plan->schema->kind, &real) &&
               wire_store_real(reader, plan, real, out);
    case WIRE_STRING:
        return read_string(reader, plan, out);
    case WIRE_BYTES:
        return avro_read_run(reader, plan->schema, &text) &&
               wire_store_text(reader, plan, text, out);
    case WIRE_DECIMAL:
        return avro_read_run(reader, plan->schema, &text) &&
               wire_store_decimal(reader, plan, plan->schema->scale, text, out);
    case WIRE_ARRAY:
        return read_list(reader, plan, out);
    case WIRE_MAP:
        return read_map(reader, plan, out);
    case WIRE_STRUCT:
        return read_struct(reader, plan, out);
    case WIRE_NOTHING:
    case WIRE_KIND_COUNT:
        break;
    }
    return wire_fail(reader, TEXT("a value has no type"));
}

const struct wire_codec avro_codec = {
    .read = avro_read, .read_fields = avro_read_fields, .write = avro_write};
