/* delimited_decoder.c
 *
 * The DELIMITED format's decoder: a field per column, in order. An empty field is NULL for every
 * type. Numbers are strict, as Java's parsers are. A record is always checked as a line: number
 * of fields and quotes; values that nobody wants are not converted.
 *
 * Source: ksqlDB KsqlDelimitedDeserializer. */
#include <assert.h>

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/decimal.h"
#include "base/number_text.h"
#include "base/utf8.h"
#include "formats/csv.h"
#include "formats/decode_batch.h"

/* One field to one value. A failed one leaves its reason in diag. */
typedef enum status parse_fn(const struct type *type, struct text field, struct arena *arena,
                             struct value *out, struct diag *diag);

static enum status fail_number(struct text field, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "For input string: \"%.*s\"",
                     TEXT_ARGS(field));
}

static enum status parse_boolean(const struct type *type, struct text field, struct arena *arena,
                                 struct value *out, struct diag *diag)
{
    (void)type;
    (void)arena;
    (void)diag;
    *out = value_boolean(text_equal_nocase(field, TEXT("true")));
    return STATUS_OK;
}

static enum status parse_integer(const struct type *type, struct text field, struct arena *arena,
                                 struct value *out, struct diag *diag)
{
    (void)type;
    (void)arena;
    return number_text_parse_int32(field, &out->int32) ? STATUS_OK : fail_number(field, diag);
}

static enum status parse_bigint(const struct type *type, struct text field, struct arena *arena,
                                struct value *out, struct diag *diag)
{
    (void)type;
    (void)arena;
    return number_text_parse_int64(field, &out->int64) ? STATUS_OK : fail_number(field, diag);
}

static enum status parse_date(const struct type *type, struct text field, struct arena *arena,
                              struct value *out, struct diag *diag)
{
    int64_t days = 0;
    (void)type;
    (void)arena;
    if (!number_text_parse_int64(field, &days) || days < INT32_MIN || days > INT32_MAX) {
        return fail_number(field, diag);
    }
    *out = value_int32((int32_t)days);
    return STATUS_OK;
}

static enum status parse_time(const struct type *type, struct text field, struct arena *arena,
                              struct value *out, struct diag *diag)
{
    int64_t ms = 0;
    (void)type;
    (void)arena;
    if (!number_text_parse_int64(field, &ms)) {
        return fail_number(field, diag);
    }
    if (ms < 0 || ms > CIVIL_TIME_MS_PER_DAY) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Time values must use number of milliseconds greater than 0 and less "
                         "than 86400000.");
    }
    *out = value_int32((int32_t)ms);
    return STATUS_OK;
}

static enum status parse_double(const struct type *type, struct text field, struct arena *arena,
                                struct value *out, struct diag *diag)
{
    (void)type;
    (void)arena;
    return number_text_parse_double(field, NUMBER_TEXT_NAMES_ALLOWED, &out->real)
               ? STATUS_OK
               : fail_number(field, diag);
}

static enum status parse_decimal(const struct type *type, struct text field, struct arena *arena,
                                 struct value *out, struct diag *diag)
{
    (void)arena;
    const struct decimal_type target = {.precision = type->precision, .scale = type->scale};
    return decimal_parse(field, target, DECIMAL_ROUNDING_UNNECESSARY, &out->decimal, diag);
}

static enum status parse_string(const struct type *type, struct text field, struct arena *arena,
                                struct value *out, struct diag *diag)
{
    (void)type;
    (void)arena;
    (void)diag;
    *out = value_text(field);
    return STATUS_OK;
}

static enum status parse_bytes(const struct type *type, struct text field, struct arena *arena,
                               struct value *out, struct diag *diag)
{
    (void)type;
    char *bytes = arena_alloc(arena, base64_decoded_bytes_max(field.bytes));
    if (!bytes) {
        return diag_no_memory(diag);
    }
    size_t count = 0;
    TRY(base64_decode(field, bytes, &count, diag));
    *out = value_text((struct text){bytes, count});
    return STATUS_OK;
}

static parse_fn *const parsers[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = parse_boolean,  [TYPE_INTEGER] = parse_integer, [TYPE_BIGINT] = parse_bigint,
    [TYPE_DECIMAL] = parse_decimal,  [TYPE_DOUBLE] = parse_double,   [TYPE_STRING] = parse_string,
    [TYPE_BYTES] = parse_bytes,      [TYPE_DATE] = parse_date,       [TYPE_TIME] = parse_time,
    [TYPE_TIMESTAMP] = parse_bigint,
};

struct delimited_decoder {
    struct decoder base; /* first, so that a struct decoder * can be cast back */
    struct text delimiter;
};

static enum status fail_line(enum csv_step step, struct diag *diag)
{
    switch (step) {
    case CSV_NO_LINE:
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "No fields in record");
    case CSV_UNCLOSED:
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "(startline 1) EOF reached before encapsulated token finished");
    case CSV_AFTER_QUOTE:
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "(line 1) invalid char between encapsulated token and delimiter");
    case CSV_NO_MEMORY:
    case CSV_FIELD:
    case CSV_LAST:
        break;
    }
    return diag_no_memory(diag);
}

/* One field of a row; column may be beyond the last one. */
static enum status read_field(struct decode_batch *batch, uint32_t column, struct text field,
                              size_t row, struct diag *diag)
{
    if (column >= batch->options->column_count || !batch->columns[column].is_present) {
        return STATUS_OK;
    }
    struct value value = {.int64 = 0};
    if (field.bytes == 0) {
        column_set_null(&batch->columns[column], row);
        return STATUS_OK;
    }
    const struct type *type = batch->columns[column].type;
    TRY(parsers[type->kind](type, field, batch->arena, &value, diag));
    column_set(&batch->columns[column], row, value);
    return STATUS_OK;
}

static uint32_t count_fields(struct csv_reader reader, struct arena *arena, enum csv_step *last)
{
    uint32_t count = 0;
    struct text field;
    do {
        *last = csv_next(&reader, arena, &field);
        count++;
    } while (*last == CSV_FIELD);
    return count;
}

/* ksqlDB counts the fields of the whole line before it converts any. */
static enum status check_line(struct decode_batch *batch, const struct csv_reader *reader,
                              struct diag *diag)
{
    const struct decoder_options *options = batch->options;
    enum csv_step last = CSV_LAST;
    const uint32_t count = count_fields(*reader, batch->arena, &last);
    if (last != CSV_LAST) {
        return fail_line(last, diag);
    }
    if (count != options->column_count) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Column count mismatch on deserialization. topic: %.*s, expected: %u, "
                         "got: %u",
                         TEXT_ARGS(options->topic), options->column_count, count);
    }
    return STATUS_OK;
}

static enum status read_line(struct delimited_decoder *self, struct decode_batch *batch,
                             struct text line, size_t row, struct diag *diag)
{
    struct csv_reader reader;
    if (!csv_start(&reader, line, self->delimiter)) {
        return fail_line(CSV_NO_LINE, diag);
    }
    const struct csv_reader start = reader;
    enum csv_step step = CSV_FIELD;
    uint32_t column = 0;
    for (; step == CSV_FIELD; column++) {
        struct text field;
        step = csv_next(&reader, batch->arena, &field);
        const bool is_field = step == CSV_FIELD || step == CSV_LAST;
        if (!is_field || read_field(batch, column, field, row, diag) != STATUS_OK) {
            TRY(check_line(batch, &start, diag)); /* its complaint comes first */
            return STATUS_INVALID;
        }
    }
    return column == batch->options->column_count ? STATUS_OK : check_line(batch, &start, diag);
}

static enum status decode_row(struct delimited_decoder *self, struct decode_batch *batch,
                              size_t row, struct diag *diag)
{
    struct text line;
    TRY(utf8_repair(batch->records[row], batch->arena, &line, diag));
    struct diag reason;
    diag_reset(&reason);
    const enum status status = read_line(self, batch, line, row, &reason);
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    if (reason.status == STATUS_NO_MEMORY) {
        return diag_no_memory(diag);
    }
    const struct text cause = arena_text(batch->arena, text_of(reason.message));
    return cause.data
               ? decode_batch_fail(batch, row, TEXT("Error deserializing delimited"), cause, diag)
               : diag_no_memory(diag);
}

static enum status decode_batch(struct decoder *decoder, struct decode_batch *batch,
                                struct diag *diag)
{
    struct delimited_decoder *self = (struct delimited_decoder *)decoder;
    for (size_t row = 0; row < batch->count; row++) {
        if (batch->records[row].data) {
            TRY(decode_row(self, batch, row, diag));
        } else {
            decode_batch_null(batch, row);
        }
    }
    return STATUS_OK;
}

enum status delimited_decoder_create(struct arena *arena, const struct decoder_options *options,
                                     struct decoder **out, struct diag *diag)
{
    struct delimited_decoder *self = ARENA_NEW(arena, struct delimited_decoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct decoder){.decode = decode_batch, .options = *options};
    self->delimiter = options->delimiter.bytes ? options->delimiter : TEXT(",");
    TRY(csv_check_delimiter(self->delimiter, diag));
    *out = &self->base;
    return STATUS_OK;
}
