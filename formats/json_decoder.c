/* json_decoder.c
 *
 * The JSON format's decoder. Each record is first read the quick way: one pass from left to
 * right, straight into the columns, with the next name predicted from the record before and the
 * common types read in place. Whatever is out of the ordinary makes that pass give up, and the
 * record is read again the careful way, which is slower and exactly as ksqlDB does it. Both ways
 * must agree wherever the quick one succeeds; tests compare them on random documents.
 *
 * Cost: a bid of NEXMark (242 bytes, seven columns) takes on the order of 100 ns; a value that
 * nobody wants costs its scan. Rejected: a tree of nodes per record (allocations, two to four
 * times slower) and a structural index per batch (records need not lie together in memory).
 */
#include <assert.h>
#include <string.h>

#include "formats/decode_batch.h"
#include "formats/json_integer.h"
#include "formats/json_reader.h"
#include "formats/json_refusal.h"

/* How the quick way reads a column. */
enum column_way { WAY_GENERAL, WAY_INT64, WAY_INT32, WAY_TEXT };

struct json_decoder {
    struct decoder base; /* first, so that a struct decoder * can be cast back */
    bool is_unwrapped;
    const struct type *root_type; /* of the whole text: the columns as a STRUCT, or the column */
    struct json_object *object;
    uint8_t *ways;    /* enum column_way of each column */
    bool *is_unclean; /* per column: a text of this batch cannot stand in JSON as it is */
    struct json_reader reader;
};

/* The quick way */

static const char *read_general(struct json_decoder *self, struct column *column, uint32_t field,
                                const char *at, size_t row)
{
    struct value value;
    at = json_read_at(&self->reader, &self->object->plans[field], at, &value);
    if (at) {
        column_set(column, row, value);
    }
    return at;
}

static const char *read_text_column(struct json_decoder *self, struct column *column,
                                    uint32_t field, const char *at, size_t row)
{
    bool is_clean = true;
    if (at < self->reader.scan.end && *at == 'n') {
        return read_general(self, column, field, at, row);
    }
    if (at == self->reader.scan.end) {
        return NULL;
    }
    at = json_read_text(&self->reader, at, &column->text[row], &is_clean);
    self->is_unclean[field] |= !is_clean;
    return at;
}

static inline const char *read_column(struct json_decoder *self, struct decode_batch *batch,
                                      uint32_t field, const char *at, size_t row)
{
    struct json_scan *scan = &self->reader.scan;
    struct column *column = &batch->columns[field];
    struct json_string string;
    const char *next = NULL;
    int64_t integer = 0;
    switch ((enum column_way)self->ways[field]) {
    case WAY_INT64:
        next = json_read_integer(at, scan->end, &column->int64[row]);
        break;
    case WAY_INT32:
        next = json_read_integer(at, scan->end, &integer);
        column->int32[row] = (int32_t)integer;
        break;
    case WAY_TEXT:
        if (at == scan->end || *at != '"') {
            return read_text_column(self, column, field, at, row);
        }
        next = json_scan_string(scan, at + 1, &string);
        if (next && string.has_escapes) {
            return read_text_column(self, column, field, at, row);
        }
        column->text[row] = string.raw;
        return next;
    case WAY_GENERAL:
        break;
    }
    return next ? next : read_general(self, column, field, at, row);
}

static inline const char *skip_member(struct json_scan *scan, const char *at)
{
    if (at < scan->end && *at == '"') {
        struct json_string string;
        return json_scan_string(scan, at + 1, &string);
    }
    int64_t integer = 0;
    const char *next = json_read_integer(at, scan->end, &integer);
    return next ? next : json_skip_value(scan, at);
}

/* Columns that the record did not name. */
static void set_missing_null(struct json_decoder *self, struct decode_batch *batch, size_t row)
{
    const struct json_object *object = self->object;
    for (uint32_t i = 0; i < object->field_count; i++) {
        if (object->seen[i] != object->serial && batch->columns[i].is_present) {
            column_set_null(&batch->columns[i], row);
        }
    }
}

static bool read_record_quick(struct json_decoder *self, struct decode_batch *batch, size_t row)
{
    struct json_reader *reader = &self->reader;
    struct json_object *object = self->object;
    const char *at = json_skip_space(&reader->scan, reader->scan.begin);
    if (at == reader->scan.end || *at != '{') {
        return false;
    }
    uint32_t found = 0;
    bool is_end = false;
    reader->scan.depth = 1;
    at = json_open_object(reader, object, at, &is_end);
    while (!is_end) {
        at = json_read_key(reader, object, at);
        if (!at) {
            return false;
        }
        const int32_t field = object->last->field;
        if (field >= 0) {
            if (object->seen[field] == object->serial) {
                return false; /* named twice: which one counts is for the careful way */
            }
            object->seen[field] = object->serial;
            found++;
            at = read_column(self, batch, (uint32_t)field, at, row);
        } else if (field == JSON_FIELD_NONE) {
            at = skip_member(&reader->scan, at);
        } else {
            return false;
        }
        at = at ? json_next_member(reader, at, &is_end) : NULL;
        if (!at) {
            return false;
        }
    }
    if (found < object->wanted_count) {
        set_missing_null(self, batch, row);
    }
    return true;
}

/* An unwrapped column: the record is the value. */
static bool read_single_quick(struct json_decoder *self, struct decode_batch *batch, size_t row)
{
    const struct json_scan *scan = &self->reader.scan;
    const char *at = json_skip_space(scan, scan->begin);
    if (at == scan->end || *at == 'n' || !batch->columns[0].is_present) {
        return false;
    }
    return read_column(self, batch, 0, at, row) == scan->end;
}

/* The careful way */

static void clear_cell(struct column *column, size_t row)
{
    const size_t bytes = layout_bytes(type_layout(column->type));
    memset((char *)column->data + row * bytes, 0, bytes);
    column->is_null[row] = 0;
}

/* One column's value, which starts at at; NULL: the record has none. */
static bool read_cell(struct json_decoder *self, struct decode_batch *batch, uint32_t field,
                      const char *at, size_t row)
{
    struct column *column = &batch->columns[field];
    if (!column->is_present) {
        return true;
    }
    clear_cell(column, row);
    if (!at) {
        column_set_null(column, row);
        return true;
    }
    if (column->type->kind == TYPE_STRING) {
        return read_text_column(self, column, field, at, row) != NULL;
    }
    return read_general(self, column, field, at, row) != NULL;
}

static bool read_record_fields(struct json_decoder *self, struct decode_batch *batch,
                               const char *at, size_t row)
{
    struct json_reader *reader = &self->reader;
    struct json_object *object = self->object;
    if (!json_locate_fields(reader, object, at)) {
        return false;
    }
    for (uint32_t i = 0; i < object->field_count; i++) {
        reader->step_count = 1;
        reader->steps[0] =
            (struct json_step){.kind = JSON_STEP_FIELD, .name = object->fields[i].name};
        if (!read_cell(self, batch, i, object->exact[i], row)) {
            return false;
        }
    }
    return true;
}

/* No value at all in the record: an unwrapped STRING reads the empty text, as Jackson's missing
 * node has it; everything else refuses. */
static bool read_missing(struct json_decoder *self, struct decode_batch *batch, size_t row)
{
    if (self->is_unwrapped && batch->columns[0].is_present &&
        batch->columns[0].type->kind == TYPE_STRING) {
        clear_cell(&batch->columns[0], row);
        batch->columns[0].text[row] = TEXT("");
        return true;
    }
    json_refuse_type(&self->reader, self->root_type, NULL);
    return false;
}

/* Reads the record or notes why not in the reader; *is_null: it stands for a null row. */
static bool read_record_careful(struct json_decoder *self, struct decode_batch *batch, size_t row,
                                bool *is_null)
{
    bool is_missing = false;
    const char *at = json_check_document(&self->reader, &is_missing);
    if (!at) {
        return is_missing && read_missing(self, batch, row);
    }
    *is_null = *at == 'n';
    if (*is_null) {
        return true;
    }
    if (self->is_unwrapped) {
        return read_cell(self, batch, 0, at, row);
    }
    if (*at != '{') {
        json_refuse_type(&self->reader, self->root_type, at);
        return false;
    }
    return read_record_fields(self, batch, at, row);
}

/* Notes the row as failed for the reason that reader gives. */
static enum status fail_row(struct json_decoder *self, struct decode_batch *batch, size_t row,
                            struct diag *diag)
{
    const struct decoder_options *options = &self->base.options;
    struct text cause = self->reader.message;
    if (!cause.data) {
        struct buffer text;
        buffer_init(&text);
        json_fault_print(&self->reader.scan, &text);
        cause = arena_text(batch->arena, buffer_text(&text));
        buffer_release(&text);
    }
    const struct text message = arena_printf(
        batch->arena, "Failed to deserialize %s from topic: %.*s. %.*s",
        options->side == FORMAT_KEY ? "key" : "value", TEXT_ARGS(options->topic), TEXT_ARGS(cause));
    if (!cause.data || !message.data) {
        return diag_no_memory(diag);
    }
    return decode_batch_fail(batch, row, message, cause, diag);
}

static enum status decode_careful(struct json_decoder *self, struct decode_batch *batch, size_t row,
                                  struct diag *diag)
{
    bool is_null = false;
    json_reader_start(&self->reader, batch->records[row], true);
    const bool is_read = read_record_careful(self, batch, row, &is_null);
    if (self->reader.status != STATUS_OK) {
        return diag_no_memory(diag);
    }
    if (is_null) {
        decode_batch_null(batch, row);
        return STATUS_OK;
    }
    return is_read ? STATUS_OK : fail_row(self, batch, row, diag);
}

static enum status decode_batch(struct decoder *decoder, struct decode_batch *batch,
                                struct diag *diag)
{
    struct json_decoder *self = (struct json_decoder *)decoder;
    const uint32_t column_count = batch->options->column_count;
    self->reader.arena = batch->arena;
    self->reader.status = STATUS_OK;
    memset(self->is_unclean, 0, column_count * sizeof(*self->is_unclean));
    for (size_t row = 0; row < batch->count; row++) {
        if (!batch->records[row].data) {
            decode_batch_null(batch, row);
            continue;
        }
        json_reader_start(&self->reader, batch->records[row], false);
        const bool is_read = self->is_unwrapped ? read_single_quick(self, batch, row)
                                                : read_record_quick(self, batch, row);
        if (!is_read) {
            TRY(decode_careful(self, batch, row, diag));
        }
    }
    for (uint32_t i = 0; i < column_count; i++) {
        batch->columns[i].json_clean = batch->columns[i].is_present &&
                                       batch->columns[i].type->kind == TYPE_STRING &&
                                       !self->is_unclean[i];
    }
    return STATUS_OK;
}

static enum column_way way_of(const struct type *type)
{
    if (type->kind == TYPE_BIGINT || type->kind == TYPE_TIMESTAMP) {
        return WAY_INT64;
    }
    if (type->kind == TYPE_INTEGER) {
        return WAY_INT32;
    }
    return type->kind == TYPE_STRING ? WAY_TEXT : WAY_GENERAL;
}

enum status json_decoder_create(struct arena *arena, const struct decoder_options *options,
                                struct decoder **out, struct diag *diag)
{
    struct json_decoder *self = ARENA_NEW(arena, struct json_decoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct decoder){.decode = decode_batch, .options = *options};
    self->is_unwrapped = options->wrap == FORMAT_UNWRAP_SINGLES;
    self->ways = arena_alloc(arena, options->column_count);
    self->is_unclean = arena_alloc(arena, options->column_count * sizeof(*self->is_unclean));
    self->root_type = self->is_unwrapped
                          ? options->columns[0].type
                          : type_struct(arena, options->columns, options->column_count);
    if (!self->ways || !self->is_unclean || !self->root_type) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < options->column_count; i++) {
        self->ways[i] = (uint8_t)way_of(options->columns[i].type);
    }
    TRY(json_object_create(arena, options->columns, options->column_count, options->wanted,
                           &self->object, diag));
    *out = &self->base;
    return STATUS_OK;
}
