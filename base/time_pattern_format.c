/* time_pattern_format.c
 *
 * Writing by a program. Items append to the buffer one after the other. A field that the value
 * does not have ends an optional section, whose text is taken back, or fails the whole.
 *
 * Sections nest no deeper than the compiler allows, so the recursion over them is bounded.
 */
#include "base/time_pattern.h"

#include <assert.h>

#include "base/number_text.h"
#include "base/time_pattern_program.h"
#include "base/time_zone_name.h"
#include "base/utf8.h"

struct writer {
    const struct time_pattern *pattern;
    const struct time_moment *moment;
    struct buffer *out;
    struct diag *diag;
    int optional_depth;
    bool is_missing; /* a field was not there, inside an optional section */
};

static enum status fail(const struct writer *writer, const char *what, const char *name)
{
    return diag_fail(writer->diag, STATUS_INVALID, SQL_POS_NONE, "%s%s", what, name);
}

/* The item's value. In an optional section, a missing one only sets is_missing. */
static enum status get_value(struct writer *writer, const struct time_item *item, int64_t *out)
{
    if (time_field_get(writer->moment, item->field, out)) {
        return STATUS_OK;
    }
    if (writer->optional_depth > 0) {
        writer->is_missing = true;
        return STATUS_OK;
    }
    return fail(writer, "Unsupported field: ", time_field_unsupported_name(item->field));
}

static void append_zeros(struct buffer *out, int32_t count)
{
    for (; count > 0; count--) {
        buffer_append_byte(out, '0');
    }
}

static void append_padded(struct buffer *out, int64_t value, int32_t width)
{
    char digits[NUMBER_TEXT_INT64_BYTES_MAX];
    const size_t count = number_text_int64(digits, value);
    append_zeros(out, width - (int32_t)count);
    buffer_append(out, digits, count);
}

/* True where a number of the sign style EXCEEDS_PAD needs a plus. */
static bool exceeds_width(int64_t value, int32_t width)
{
    char digits[NUMBER_TEXT_INT64_BYTES_MAX];
    return width < 19 && (int32_t)number_text_int64(digits, value) > width;
}

static enum status write_number(struct writer *writer, const struct time_item *item)
{
    int64_t value = 0;
    TRY(get_value(writer, item, &value));
    const int64_t magnitude = value < 0 ? -value : value;
    char digits[NUMBER_TEXT_INT64_BYTES_MAX];
    if ((int32_t)number_text_int64(digits, magnitude) > item->max_width) {
        return diag_fail(writer->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Field %s cannot be printed as the value %lld exceeds the maximum print "
                         "width of %d",
                         time_field_name(item->field), (long long)value, item->max_width);
    }
    if (value < 0) {
        buffer_append_byte(writer->out, '-');
    } else if (item->sign == TIME_SIGN_EXCEEDS_PAD && exceeds_width(value, item->min_width)) {
        buffer_append_byte(writer->out, '+');
    }
    append_padded(writer->out, magnitude, item->min_width);
    return STATUS_OK;
}

static enum status write_reduced(struct writer *writer, const struct time_item *item)
{
    int64_t value = 0;
    TRY(get_value(writer, item, &value));
    append_padded(writer->out, (value < 0 ? -value : value) % 100, 2);
    return STATUS_OK;
}

static enum status write_fraction(struct writer *writer, const struct time_item *item)
{
    int64_t nanos = 0;
    TRY(get_value(writer, item, &nanos));
    for (int32_t width = 9; width > item->max_width; width--) {
        nanos /= 10;
    }
    append_padded(writer->out, nanos, item->max_width);
    return STATUS_OK;
}

static enum status write_text(struct writer *writer, const struct time_item *item)
{
    int64_t value = 0;
    TRY(get_value(writer, item, &value));
    const char *name = time_pattern_name(item->field, item->style, value);
    buffer_append_string(writer->out, name ? name : "");
    return STATUS_OK;
}

static void append_clock_part(struct buffer *out, int32_t value, bool colon)
{
    if (colon) {
        buffer_append_byte(out, ':');
    }
    append_padded(out, value, 2);
}

static enum status write_offset(struct writer *writer, const struct time_item *item)
{
    int64_t value = 0;
    TRY(get_value(writer, item, &value));
    const int32_t seconds = (int32_t)(value < 0 ? -value : value);
    const enum time_offset_form form = item->offset_form;
    const bool colon = form == TIME_OFFSET_HH_MM || form == TIME_OFFSET_HH_MM_ss;
    const bool minutes = form != TIME_OFFSET_HHmm || seconds / 60 % 60 != 0;
    const bool with_seconds =
        (form == TIME_OFFSET_HHMMss || form == TIME_OFFSET_HH_MM_ss) && seconds % 60 != 0;
    if (seconds / 60 == 0 && !with_seconds) {
        buffer_append_string(writer->out, item->zero_text);
        return STATUS_OK;
    }
    buffer_append_byte(writer->out, value < 0 ? '-' : '+');
    append_clock_part(writer->out, seconds / 3600, false);
    if (minutes) {
        append_clock_part(writer->out, seconds / 60 % 60, colon);
    }
    if (with_seconds) {
        append_clock_part(writer->out, seconds % 60, colon);
    }
    return STATUS_OK;
}

static void append_localized_offset(struct buffer *out, int64_t offset, bool is_full)
{
    const int32_t seconds = (int32_t)(offset < 0 ? -offset : offset);
    buffer_append_string(out, "GMT");
    if (seconds == 0) {
        return;
    }
    buffer_append_byte(out, offset < 0 ? '-' : '+');
    append_padded(out, seconds / 3600, is_full ? 2 : 1);
    if (is_full || seconds % 3600 != 0) {
        append_clock_part(out, seconds / 60 % 60, true);
    }
    if (seconds % 60 != 0) {
        append_clock_part(out, seconds % 60, true);
    }
}

static enum status write_localized_offset(struct writer *writer, const struct time_item *item)
{
    int64_t value = 0;
    TRY(get_value(writer, item, &value));
    if (!writer->is_missing) {
        append_localized_offset(writer->out, value, item->style == TIME_STYLE_FULL);
    }
    return STATUS_OK;
}

static void append_moment(const struct time_moment *moment, char *out)
{
    size_t length = 0;
    if (moment->has_date) {
        length = civil_time_date_text(out, moment->days);
    } else {
        length = civil_time_time_text(out, (int32_t)(moment->nano_of_day / 1000000),
                                      CIVIL_TIME_PARTS_SHORTEST);
    }
    out[length] = '\0';
}

/* False if the moment has no zone; then as for a missing field. */
static enum status check_zone(struct writer *writer)
{
    if (writer->moment->zone) {
        return STATUS_OK;
    }
    if (writer->optional_depth > 0) {
        writer->is_missing = true;
        return STATUS_OK;
    }
    char text[CIVIL_TIME_TIMESTAMP_BYTES_MAX + 1];
    append_moment(writer->moment, text);
    return fail(writer, "Unable to extract ZoneId from temporal ", text);
}

/* A region's name in the item's style; NULL for offsets such as +02:00. */
static const char *find_zone_name(const struct writer *writer, const struct time_item *item,
                                  struct text id)
{
    enum time_zone_name_kind kind = TIME_ZONE_NAME_GENERIC;
    if (item->kind == TIME_ITEM_ZONE_TEXT) {
        kind = writer->moment->is_daylight ? TIME_ZONE_NAME_DAYLIGHT : TIME_ZONE_NAME_STANDARD;
    }
    return time_zone_name_of(id, kind, item->style == TIME_STYLE_FULL);
}

static enum status write_zone(struct writer *writer, const struct time_item *item)
{
    TRY(check_zone(writer));
    if (writer->is_missing) {
        return STATUS_OK;
    }
    char buffer[TIME_ZONE_ID_BYTES_MAX];
    const struct text id = {buffer, time_zone_id(writer->moment->zone, buffer)};
    const char *name = item->kind == TIME_ITEM_ZONE_ID ? NULL : find_zone_name(writer, item, id);
    if (name) {
        buffer_append_string(writer->out, name);
    } else if (writer->moment->zone->rules && item->kind != TIME_ITEM_ZONE_ID) {
        append_localized_offset(writer->out, writer->moment->offset_seconds, true);
    } else {
        buffer_append_text(writer->out, id);
    }
    return STATUS_OK;
}

static enum status write_range(struct writer *writer, uint32_t from, uint32_t to);

static enum status write_optional(struct writer *writer, uint32_t index)
{
    const size_t before = writer->out->bytes;
    writer->optional_depth++;
    const enum status status = write_range(writer, index + 1, writer->pattern->items[index].end);
    writer->optional_depth--;
    if (writer->is_missing) {
        writer->out->bytes = before;
        writer->is_missing = false;
    }
    return status;
}

static enum status write_item(struct writer *writer, const struct time_item *item)
{
    switch (item->kind) {
    case TIME_ITEM_LITERAL:
        buffer_append_text(writer->out, item->literal);
        return STATUS_OK;
    case TIME_ITEM_NUMBER:
        return write_number(writer, item);
    case TIME_ITEM_REDUCED:
        return write_reduced(writer, item);
    case TIME_ITEM_FRACTION:
        return write_fraction(writer, item);
    case TIME_ITEM_TEXT:
        return write_text(writer, item);
    case TIME_ITEM_OFFSET:
        return write_offset(writer, item);
    case TIME_ITEM_LOCALIZED_OFFSET:
        return write_localized_offset(writer, item);
    case TIME_ITEM_ZONE_ID:
    case TIME_ITEM_ZONE_TEXT:
    case TIME_ITEM_GENERIC_ZONE_TEXT:
        return write_zone(writer, item);
    case TIME_ITEM_OPTIONAL:
        break;
    }
    return STATUS_OK;
}

/* Brings the text from start on to the item's width with spaces in front. */
static enum status pad(struct writer *writer, const struct time_item *item, size_t start)
{
    struct buffer *out = writer->out;
    const struct text written = {out->data + start, out->bytes - start};
    const int32_t units = (int32_t)utf8_utf16_length(written);
    if (units > item->pad_width) {
        return diag_fail(writer->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Cannot print as output of %d characters exceeds pad width of %d", units,
                         item->pad_width);
    }
    const size_t missing = (size_t)(item->pad_width - units);
    if (buffer_reserve(out, missing)) {
        memmove(out->data + start + missing, out->data + start, written.bytes);
        memset(out->data + start, ' ', missing);
        out->bytes += missing;
    }
    return STATUS_OK;
}

static enum status write_range(struct writer *writer, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && !writer->is_missing; i++) {
        const struct time_item *item = &writer->pattern->items[i];
        if (item->kind == TIME_ITEM_OPTIONAL) {
            TRY(write_optional(writer, i));
            i = item->end - 1;
            continue;
        }
        const size_t start = writer->out->bytes;
        TRY(write_item(writer, item));
        if (item->pad_width > 0 && !writer->is_missing) {
            TRY(pad(writer, item, start));
        }
    }
    return STATUS_OK;
}

static enum status write(const struct time_pattern *pattern, const struct time_moment *moment,
                         struct buffer *out, struct diag *diag)
{
    assert(pattern->dialect == TIME_PATTERN_JAVA_TIME);
    const size_t before = out->bytes;
    struct writer writer = {.pattern = pattern, .moment = moment, .out = out, .diag = diag};
    const enum status status = write_range(&writer, 0, pattern->count);
    if (status != STATUS_OK) {
        out->bytes = before;
        return status;
    }
    return out->has_failed ? buffer_status(out, diag) : STATUS_OK;
}

enum status time_pattern_format_date(const struct time_pattern *pattern, int64_t days,
                                     struct buffer *out, struct diag *diag)
{
    struct time_moment moment = {.has_date = false};
    time_moment_set_date(&moment, days);
    return write(pattern, &moment, out, diag);
}

enum status time_pattern_format_time(const struct time_pattern *pattern, int32_t ms_of_day,
                                     struct buffer *out, struct diag *diag)
{
    const struct time_moment moment = {.has_time = true, .nano_of_day = ms_of_day * 1000000LL};
    return write(pattern, &moment, out, diag);
}

enum status time_pattern_format_timestamp(const struct time_pattern *pattern, int64_t epoch_ms,
                                          const struct time_zone *zone, struct buffer *out,
                                          struct diag *diag)
{
    const struct time_moment moment = time_moment_of_instant(epoch_ms, zone);
    return write(pattern, &moment, out, diag);
}
