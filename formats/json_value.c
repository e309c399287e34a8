/* json_value.c
 *
 * Writing follows Jackson with ksqlDB's settings; one function per kind of type. Text is copied
 * in runs: the same search that finds the end of a JSON string finds the next byte that needs an
 * escape, because the two sets of bytes are the same. The encoder's hot path has its own loop
 * for whole columns and comes here for everything that is not a number or a clean text. */
#include "formats/json_value.h"

#include <assert.h>
#include <math.h>

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "base/number_text.h"
#include "formats/json_reader.h"
#include "formats/json_refusal.h"

static void write_escape(struct buffer *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    const unsigned code = (unsigned char)c;
    buffer_append_byte(out, '\\');
    if (code >= 0x20) {
        buffer_append_byte(out, c);
    } else if (letters[code]) {
        buffer_append_byte(out, letters[code]);
    } else {
        buffer_append_string(out, "u00");
        buffer_append_byte(out, digits[code >> 4]);
        buffer_append_byte(out, digits[code & 0xF]);
    }
}

void json_write_text(struct buffer *out, struct text text)
{
    const char *at = text.data;
    const char *const end = text.data ? text.data + text.bytes : NULL;
    buffer_append_byte(out, '"');
    while (at < end) {
        bool has_high = false;
        const char *stop = json_string_stop(text.data, at, end, &has_high);
        buffer_append(out, at, (size_t)(stop - at));
        if (stop < end) {
            write_escape(out, *stop);
            stop++;
        }
        at = stop;
    }
    buffer_append_byte(out, '"');
}

static void write_integer(struct buffer *out, int64_t value)
{
    if (buffer_reserve(out, NUMBER_TEXT_INT64_BYTES_MAX)) {
        out->bytes += number_text_int64(out->data + out->bytes, value);
    }
}

static void write_double(struct buffer *out, double value)
{
    const char *quote = isfinite(value) ? "" : "\"";
    buffer_append_string(out, quote);
    if (buffer_reserve(out, NUMBER_TEXT_DOUBLE_BYTES_MAX)) {
        out->bytes += number_text_double(out->data + out->bytes, value);
    }
    buffer_append_string(out, quote);
}

static void write_decimal(struct buffer *out, int128 value, int32_t scale)
{
    if (buffer_reserve(out, decimal_text_bytes_max(scale))) {
        out->bytes += decimal_text(out->data + out->bytes, value, scale);
    }
}

static void write_bytes(struct buffer *out, struct text bytes)
{
    buffer_append_byte(out, '"');
    if (buffer_reserve(out, base64_encoded_bytes(bytes.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, bytes);
    }
    buffer_append_byte(out, '"');
}

/* DATE, TIME and TIMESTAMP as ISO text. */
static void write_civil(struct buffer *out, const struct type *type, const struct value *value)
{
    buffer_append_byte(out, '"');
    if (!buffer_reserve(out, CIVIL_TIME_TIMESTAMP_BYTES_MAX)) {
        return;
    }
    char *to = out->data + out->bytes;
    if (type->kind == TYPE_DATE) {
        out->bytes += civil_time_date_text(to, value->int32);
    } else if (type->kind == TYPE_TIME) {
        out->bytes += civil_time_time_text(to, value->int32, CIVIL_TIME_PARTS_SHORTEST);
    } else {
        out->bytes += civil_time_timestamp_text(to, value->int64);
    }
    buffer_append_byte(out, '"');
}

static void write_array(struct buffer *out, const struct type *element,
                        const struct value_list *list, enum json_form form)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i ? "," : "");
        json_write_value(out, element, &list->items[i], form);
    }
    buffer_append_byte(out, ']');
}

static void write_struct(struct buffer *out, const struct type *type, const struct value_list *list,
                         enum json_form form)
{
    assert(list->count == type->field_count);
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i ? "," : "");
        json_write_text(out, type->fields[i].name);
        buffer_append_byte(out, ':');
        json_write_value(out, type->fields[i].type, &list->items[i], form);
    }
    buffer_append_byte(out, '}');
}

/* A key's value as a name: text as it is, anything else its JSON text between quotes. */
static void write_map_key(struct buffer *out, const struct type *type, const struct value *key,
                          enum json_form form)
{
    if (type->kind == TYPE_STRING) {
        json_write_text(out, key->text);
        return;
    }
    struct buffer text;
    buffer_init(&text);
    json_write_value(&text, type, key, form);
    if (text.bytes && text.data[0] == '"') {
        buffer_append_text(out, buffer_text(&text));
    } else {
        json_write_text(out, buffer_text(&text));
    }
    out->has_failed |= text.has_failed;
    buffer_release(&text);
}

static void write_map(struct buffer *out, const struct type *type, const struct value_map *map,
                      enum json_form form)
{
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < map->count; i++) {
        buffer_append_string(out, i ? "," : "");
        write_map_key(out, type->key, &map->keys[i], form);
        buffer_append_byte(out, ':');
        json_write_value(out, type->element, &map->values[i], form);
    }
    buffer_append_byte(out, '}');
}

static void write_present(struct buffer *out, const struct type *type, const struct value *value,
                          enum json_form form)
{
    switch (type->kind) {
    case TYPE_BOOLEAN:
        buffer_append_string(out, value->boolean ? "true" : "false");
        return;
    case TYPE_INTEGER:
        write_integer(out, value->int32);
        return;
    case TYPE_BIGINT:
        write_integer(out, value->int64);
        return;
    case TYPE_DOUBLE:
        write_double(out, value->real);
        return;
    case TYPE_DECIMAL:
        write_decimal(out, value->decimal, type->scale);
        return;
    case TYPE_STRING:
        json_write_text(out, value->text);
        return;
    case TYPE_BYTES:
        write_bytes(out, value->text);
        return;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        if (form == JSON_DISPLAY) {
            write_civil(out, type, value);
        } else {
            write_integer(out, type->kind == TYPE_TIMESTAMP ? value->int64 : value->int32);
        }
        return;
    case TYPE_ARRAY:
        write_array(out, type->element, value->list, form);
        return;
    case TYPE_STRUCT:
        write_struct(out, type, value->list, form);
        return;
    case TYPE_MAP:
        write_map(out, type, value->map, form);
        return;
    case TYPE_NULL:
    case TYPE_KIND_COUNT:
        break;
    }
    buffer_append_string(out, "null");
}

void json_write_value(struct buffer *out, const struct type *type, const struct value *value,
                      enum json_form form)
{
    if (value->is_null) {
        buffer_append_string(out, "null");
        return;
    }
    write_present(out, type, value, form);
}

/* The reason why a careful read failed. */
static enum status report(const struct json_reader *reader, struct diag *diag)
{
    if (reader->status != STATUS_OK) {
        return diag_no_memory(diag);
    }
    if (reader->message.data) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%.*s", TEXT_ARGS(reader->message));
    }
    struct buffer message;
    buffer_init(&message);
    json_fault_print(&reader->scan, &message);
    const enum status status =
        diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%.*s", TEXT_ARGS(buffer_text(&message)));
    buffer_release(&message);
    return status;
}

enum status json_read_value(struct arena *arena, const struct type *type, struct text json,
                            struct value *out, struct diag *diag)
{
    struct json_plan *plan = NULL;
    TRY(json_plan_create(arena, type, &plan, diag));
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    if (!reader) {
        return diag_no_memory(diag);
    }
    reader->arena = arena;
    json_reader_start(reader, json.data ? json : TEXT(""), true);
    bool is_missing = false;
    const char *at = json_check_document(reader, &is_missing);
    if (is_missing) {
        json_refuse_type(reader, type, NULL);
    }
    struct value value;
    if (!at || !json_read_at(reader, plan, at, &value)) {
        return report(reader, diag);
    }
    *out = value;
    return STATUS_OK;
}
