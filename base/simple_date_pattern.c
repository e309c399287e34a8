/* simple_date_pattern.c
 *
 * The items of a program are read one after the other into a calendar, as FastDateParser does
 * it: a number takes all digits, or, if another number follows directly, as many as it has
 * letters; in the first case spaces in front of it are skipped. Then the calendar is summed up
 * the lenient way of GregorianCalendar: nothing is out of range, everything carries.
 */
#include "base/simple_date_pattern.h"

#include <assert.h>

#include "base/time_pattern_program.h"

enum {
    NUMBER_MAX = 2147483647,   /* Integer.parseInt */
    GREGORIAN_BEGIN = -141427, /* 1582-10-15 */
    MS_PER_HOUR = 3600000
};

enum calendar_field {
    CALENDAR_YEAR,
    CALENDAR_MONTH, /* from 0 */
    CALENDAR_DAY_OF_MONTH,
    CALENDAR_DAY_OF_YEAR,
    CALENDAR_DAY_OF_WEEK, /* 1 is Monday */
    CALENDAR_HOUR,        /* of the day */
    CALENDAR_HALF_HOUR,   /* of the half day */
    CALENDAR_HALF_DAY,
    CALENDAR_MINUTE,
    CALENDAR_SECOND,
    CALENDAR_MS,
    CALENDAR_FIELD_COUNT
};

/* A java.util.Calendar: where fields contradict each other, what was set last counts. */
struct calendar {
    int64_t values[CALENDAR_FIELD_COUNT];
    uint32_t stamps[CALENDAR_FIELD_COUNT]; /* 0: not set; else the larger the later */
    uint32_t last_stamp;
    bool is_bc;
    int64_t offset_seconds;
};

struct reader {
    struct text text;
    size_t at;
    int64_t current_year;
    struct calendar calendar;
};

static bool is_digit_at(const struct reader *reader, size_t at)
{
    return at < reader->text.bytes && reader->text.data[at] >= '0' && reader->text.data[at] <= '9';
}

/* A year of two digits, in the hundred years from current_year - 80 on. */
static int64_t adjust_year(const struct reader *reader, int64_t year)
{
    const int64_t begin = reader->current_year - 80;
    const int64_t century = begin / 100 * 100;
    return century + year + (year >= begin - century ? 0 : 100);
}

static void set(struct calendar *calendar, enum calendar_field field, int64_t value)
{
    calendar->values[field] = value;
    calendar->stamps[field] = ++calendar->last_stamp;
}

static void set_field(struct reader *reader, const struct time_item *item, int64_t value)
{
    struct calendar *calendar = &reader->calendar;
    switch ((int)item->field) {
    case TIME_FIELD_YEAR:
        value = item->count <= 2 && value < 100 ? adjust_year(reader, value) : value;
        set(calendar, CALENDAR_YEAR, value);
        break;
    case TIME_FIELD_MONTH_OF_YEAR:
        set(calendar, CALENDAR_MONTH, value - 1);
        break;
    case TIME_FIELD_DAY_OF_MONTH:
        set(calendar, CALENDAR_DAY_OF_MONTH, value);
        break;
    case TIME_FIELD_DAY_OF_YEAR:
        set(calendar, CALENDAR_DAY_OF_YEAR, value);
        break;
    case TIME_FIELD_DAY_OF_WEEK:
    case TIME_FIELD_LOCAL_DAY_OF_WEEK: /* u, which counts from Monday too */
        set(calendar, CALENDAR_DAY_OF_WEEK, value);
        break;
    case TIME_FIELD_HOUR_OF_DAY:
    case TIME_FIELD_CLOCK_HOUR_OF_DAY:
        set(calendar, CALENDAR_HOUR, value == 24 && item->letter == 'k' ? 0 : value);
        break;
    case TIME_FIELD_HOUR_OF_AMPM:
    case TIME_FIELD_CLOCK_HOUR_OF_AMPM:
        set(calendar, CALENDAR_HALF_HOUR, value == 12 && item->letter == 'h' ? 0 : value);
        break;
    case TIME_FIELD_AMPM_OF_DAY:
        set(calendar, CALENDAR_HALF_DAY, value);
        break;
    case TIME_FIELD_MINUTE_OF_HOUR:
        set(calendar, CALENDAR_MINUTE, value);
        break;
    case TIME_FIELD_SECOND_OF_MINUTE:
        set(calendar, CALENDAR_SECOND, value);
        break;
    case TIME_FIELD_NANO_OF_SECOND:
        set(calendar, CALENDAR_MS, value);
        break;
    case TIME_FIELD_ERA:
        calendar->is_bc = value == 0;
        break;
    default: /* weeks */
        break;
    }
}

/* most: 0 for any number of digits behind any spaces. */
static bool read_number(struct reader *reader, const struct time_item *item, size_t most)
{
    while (most == 0 && reader->at < reader->text.bytes &&
           memchr(" \t\n\v\f\r", reader->text.data[reader->at], 6)) {
        reader->at++;
    }
    const size_t start = reader->at;
    int64_t value = 0;
    while (is_digit_at(reader, reader->at) && (most == 0 || reader->at - start < most)) {
        value = value * 10 + (reader->text.data[reader->at++] - '0');
        if (value > NUMBER_MAX) {
            return false;
        }
    }
    if (reader->at == start) {
        return false;
    }
    set_field(reader, item, value);
    return true;
}

static bool read_literal(struct reader *reader, const struct time_item *item)
{
    const size_t bytes = item->literal.bytes;
    if (bytes > reader->text.bytes - reader->at ||
        memcmp(reader->text.data + reader->at, item->literal.data, bytes) != 0) {
        return false;
    }
    reader->at += bytes;
    return true;
}

static bool read_text(struct reader *reader, const struct time_item *item)
{
    int64_t value = 0;
    const struct text rest = {reader->text.data + reader->at, reader->text.bytes - reader->at};
    const size_t bytes = time_pattern_match_name(item->field, TIME_STYLE_FULL, rest, &value);
    if (bytes > 0) {
        set_field(reader, item, value);
    }
    reader->at += bytes;
    return bytes > 0;
}

/* Up to two digits; the number of digits taken is added to the cursor. */
static size_t take_digits(struct reader *reader, int64_t *out)
{
    const size_t start = reader->at;
    *out = 0;
    while (is_digit_at(reader, reader->at) && reader->at - start < 2) {
        *out = *out * 10 + (reader->text.data[reader->at++] - '0');
    }
    return reader->at - start;
}

/* Hours, and minutes where wanted, behind a sign. */
static bool read_offset_parts(struct reader *reader, size_t least_hour_digits, bool minutes,
                              bool colon)
{
    int64_t hour = 0;
    int64_t minute = 0;
    const bool negative = reader->text.data[reader->at++] == '-';
    if (take_digits(reader, &hour) < least_hour_digits || hour > 23) {
        return false;
    }
    if (minutes) {
        if (colon && (reader->at == reader->text.bytes || reader->text.data[reader->at++] != ':')) {
            return false;
        }
        if (take_digits(reader, &minute) < 2) {
            return false;
        }
    }
    const int64_t seconds = (hour * 60 + minute) * 60;
    reader->calendar.offset_seconds = negative ? -seconds : seconds;
    return true;
}

static bool at_sign(const struct reader *reader)
{
    return reader->at < reader->text.bytes &&
           (reader->text.data[reader->at] == '+' || reader->text.data[reader->at] == '-');
}

static bool take_word(struct reader *reader, const char *word)
{
    const size_t bytes = strlen(word);
    if (bytes > reader->text.bytes - reader->at ||
        strncasecmp(reader->text.data + reader->at, word, bytes) != 0) {
        return false;
    }
    reader->at += bytes;
    return true;
}

/* X: Z or a signed offset of the item's form. */
static bool read_offset(struct reader *reader, const struct time_item *item)
{
    if (reader->at < reader->text.bytes && reader->text.data[reader->at] == 'Z') {
        reader->at++;
        return true;
    }
    return at_sign(reader) && read_offset_parts(reader, 2, item->offset_form != TIME_OFFSET_HHmm,
                                                item->offset_form == TIME_OFFSET_HH_MM);
}

/* z: +0200, GMT+2:00, GMT or UTC. */
static bool read_zone(struct reader *reader)
{
    if (at_sign(reader)) {
        return read_offset_parts(reader, 2, true, false);
    }
    if (take_word(reader, "GMT")) {
        return !at_sign(reader) || read_offset_parts(reader, 1, true, true);
    }
    return take_word(reader, "UTC");
}

static bool is_number(const struct time_pattern *pattern, uint32_t index)
{
    return index < pattern->count && pattern->items[index].kind == TIME_ITEM_NUMBER;
}

static bool read_item(struct reader *reader, const struct time_pattern *pattern, uint32_t index)
{
    const struct time_item *item = &pattern->items[index];
    switch ((int)item->kind) {
    case TIME_ITEM_NUMBER:
        return read_number(reader, item, is_number(pattern, index + 1) ? (size_t)item->count : 0);
    case TIME_ITEM_TEXT:
        return read_text(reader, item);
    case TIME_ITEM_OFFSET:
        return read_offset(reader, item);
    case TIME_ITEM_ZONE_TEXT:
        return read_zone(reader);
    default:
        return read_literal(reader, item);
    }
}

/* civil_time_days in the Julian calendar, where every fourth year is a leap year. */
static int64_t julian_days(struct civil_time_date date)
{
    const int64_t year = date.year - (date.month <= 2);
    const int64_t era = year / 4 - (year % 4 < 0);
    const int64_t year_of_era = year - era * 4;
    const int32_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * 1461 + year_of_era * 365 + day_of_year - 719470;
}

/* The day that lies more days behind the first of a month, in the calendar of its time. */
static int64_t days_behind(struct civil_time_date first, int64_t more)
{
    const int64_t days = civil_time_days(first) + more;
    const bool is_gregorian = first.year == 1582 ? days >= GREGORIAN_BEGIN : first.year > 1582;
    return is_gregorian ? days : julian_days(first) + more;
}

/* A day of the month or of the year, whichever was set last; else the first of the month with
 * the day of the week; else the first. False if the year is out of all bounds. */
static bool calendar_days(const struct calendar *calendar, int64_t *out)
{
    const int64_t *values = calendar->values;
    const uint32_t *stamps = calendar->stamps;
    const bool by_year = stamps[CALENDAR_DAY_OF_YEAR] > stamps[CALENDAR_DAY_OF_MONTH];
    const int64_t year = calendar->is_bc ? 1 - values[CALENDAR_YEAR] : values[CALENDAR_YEAR];
    const int64_t month = by_year ? 0 : values[CALENDAR_MONTH];
    const int64_t carry = month / 12 - (month % 12 < 0);
    const struct civil_time_date first = {year + carry, (int32_t)(month - carry * 12) + 1, 1};
    if (first.year > CIVIL_TIME_YEAR_MAX || first.year < -CIVIL_TIME_YEAR_MAX) {
        return false;
    }
    int64_t more = values[by_year ? CALENDAR_DAY_OF_YEAR : CALENDAR_DAY_OF_MONTH] - 1;
    if (!by_year && stamps[CALENDAR_DAY_OF_MONTH] == 0 && stamps[CALENDAR_DAY_OF_WEEK] > 0) {
        const int64_t days = days_behind(first, 0);
        more = (values[CALENDAR_DAY_OF_WEEK] - civil_time_day_of_week(days) + 7) % 7;
    }
    *out = days_behind(first, more);
    return true;
}

/* Hour and half of the day count together if both are set and one of them later than the hour of
 * the day, or if that is not set. */
static int64_t calendar_hour(const struct calendar *calendar)
{
    const uint32_t hour = calendar->stamps[CALENDAR_HOUR];
    const uint32_t half_hour = calendar->stamps[CALENDAR_HALF_HOUR];
    const uint32_t half_day = calendar->stamps[CALENDAR_HALF_DAY];
    const bool both = half_hour > 0 && half_day > 0 && (half_hour > hour || half_day > hour);
    if (hour > 0 && !both) {
        return calendar->values[CALENDAR_HOUR];
    }
    return calendar->values[CALENDAR_HALF_DAY] * 12 + calendar->values[CALENDAR_HALF_HOUR];
}

static int64_t calendar_ms(const struct calendar *calendar)
{
    return calendar_hour(calendar) * MS_PER_HOUR + calendar->values[CALENDAR_MINUTE] * 60000 +
           calendar->values[CALENDAR_SECOND] * 1000 + calendar->values[CALENDAR_MS] -
           calendar->offset_seconds * 1000;
}

static enum status unparseable(struct text text, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Unparseable date: %.*s", TEXT_ARGS(text));
}

enum status simple_date_pattern_parse_date(const struct time_pattern *pattern, struct text text,
                                           int64_t current_year, int64_t *out_days,
                                           struct diag *diag)
{
    assert(pattern->dialect == TIME_PATTERN_SIMPLE_DATE);
    struct reader reader = {.text = text, .current_year = current_year};
    reader.calendar.values[CALENDAR_YEAR] = 1970;
    reader.calendar.values[CALENDAR_DAY_OF_MONTH] = 1;
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (!read_item(&reader, pattern, i)) {
            return unparseable(text, diag);
        }
    }
    int64_t days = 0;
    int32_t ms_of_day = 0;
    if (!calendar_days(&reader.calendar, &days)) {
        return unparseable(text, diag);
    }
    const int64_t carried = civil_time_split(calendar_ms(&reader.calendar), &ms_of_day);
    if (ms_of_day != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Date format contains time field.");
    }
    *out_days = days + carried;
    return STATUS_OK;
}
