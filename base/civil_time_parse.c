/* civil_time_parse.c
 *
 * Reading ISO dates and times. One cursor walks a text and takes fixed-width numbers and
 * separators; the first failure keeps its place, so that the grammars below read straight
 * through and check once at the end.
 *
 * ksqlDB completes a partial timestamp by text, not by meaning: what is missing behind the
 * time is taken from the same place of "00:00:00.000". So "T1" means ten o'clock. We complete
 * into a buffer and read that, which keeps this and the positions in messages.
 */
#include "base/civil_time.h"

#include <assert.h>
#include <string.h>

#include "base/time_error.h"

struct cursor {
    struct text text;
    size_t at;
    bool has_failed; /* at is then where */
};

static bool peek(const struct cursor *cursor, char c)
{
    return cursor->at < cursor->text.bytes && cursor->text.data[cursor->at] == c;
}

static bool peek_digit(const struct cursor *cursor)
{
    return cursor->at < cursor->text.bytes && cursor->text.data[cursor->at] >= '0' &&
           cursor->text.data[cursor->at] <= '9';
}

static void take_char(struct cursor *cursor, char c)
{
    if (!cursor->has_failed) {
        cursor->has_failed = !peek(cursor, c);
        cursor->at += !cursor->has_failed;
    }
}

/* Up to most digits, failing at their start if there are fewer than least. */
static int64_t take_number(struct cursor *cursor, size_t least, size_t most)
{
    const size_t start = cursor->at;
    int64_t value = 0;
    while (!cursor->has_failed && cursor->at - start < most && peek_digit(cursor)) {
        value = value * 10 + (cursor->text.data[cursor->at++] - '0');
    }
    if (!cursor->has_failed && cursor->at - start < least) {
        cursor->has_failed = true;
        cursor->at = start;
    }
    return value;
}

/* Four digits, a plus and more than four, or a minus and at least four that are not all 0. */
static int64_t take_year(struct cursor *cursor)
{
    const size_t start = cursor->at;
    const bool plus = peek(cursor, '+');
    const bool minus = peek(cursor, '-');
    cursor->at += plus || minus;
    const size_t first_digit = cursor->at;
    const int64_t year = take_number(cursor, 4, 18);
    const size_t digits = cursor->at - first_digit;
    const bool wrong = minus ? year == 0 : plus != (digits > 4);
    if (!cursor->has_failed && wrong) {
        cursor->has_failed = true;
        cursor->at = start;
    }
    return minus ? -year : year;
}

struct clock {
    int64_t hour;
    int64_t minute;
    int64_t second;
    int64_t nanos;
};

static int64_t take_fraction(struct cursor *cursor)
{
    const size_t start = cursor->at;
    int64_t nanos = take_number(cursor, 0, 9);
    for (size_t digits = cursor->at - start; digits < 9; digits++) {
        nanos *= 10;
    }
    return nanos;
}

static enum status check_end(const struct cursor *cursor, struct diag *diag)
{
    if (cursor->has_failed) {
        return time_error_at(cursor->text, cursor->at, diag);
    }
    if (cursor->at < cursor->text.bytes) {
        return time_error_unparsed(cursor->text, cursor->at, diag);
    }
    return STATUS_OK;
}

static enum status check_month_and_day(struct text text, struct civil_time_date date,
                                       struct diag *diag)
{
    if (date.month < 1 || date.month > 12) {
        return time_error_value(text, "MonthOfYear", "1 - 12", date.month, diag);
    }
    if (date.day < 1 || date.day > 31) {
        return time_error_value(text, "DayOfMonth", "1 - 28/31", date.day, diag);
    }
    return STATUS_OK;
}

static enum status check_date(struct text text, struct civil_time_date date, struct diag *diag)
{
    if (date.year < -CIVIL_TIME_YEAR_MAX || date.year > CIVIL_TIME_YEAR_MAX) {
        return time_error_value(text, "Year", "-999999999 - 999999999", date.year, diag);
    }
    TRY(check_month_and_day(text, date, diag));
    if (date.day > civil_time_days_in_month(date.year, date.month)) {
        return time_error_date(text, date.year, date.month, date.day, diag);
    }
    return STATUS_OK;
}

static enum status check_clock(struct text text, const struct clock *clock, struct diag *diag)
{
    if (clock->hour > 23) {
        return time_error_value(text, "HourOfDay", "0 - 23", clock->hour, diag);
    }
    if (clock->minute > 59) {
        return time_error_value(text, "MinuteOfHour", "0 - 59", clock->minute, diag);
    }
    if (clock->second > 59) {
        return time_error_value(text, "SecondOfMinute", "0 - 59", clock->second, diag);
    }
    return STATUS_OK;
}

static int32_t clock_ms(const struct clock *clock)
{
    return (int32_t)(((clock->hour * 60 + clock->minute) * 60 + clock->second) * 1000 +
                     clock->nanos / 1000000);
}

/* Completed texts are short: a longer one is not a time, and is refused before it is copied. */
enum { COMPLETE_BYTES_MAX = 96 };

struct completed {
    char data[COMPLETE_BYTES_MAX];
    size_t bytes;
};

static bool append(struct completed *out, struct text text)
{
    if (text.bytes > sizeof(out->data) - out->bytes) {
        return false;
    }
    if (text.bytes) {
        memcpy(out->data + out->bytes, text.data, text.bytes);
    }
    out->bytes += text.bytes;
    return true;
}

/* The number of parts that Java's split("-") gives: empty ones at the end do not count. */
static size_t count_date_parts(struct text date)
{
    while (date.bytes && date.data[date.bytes - 1] == '-') {
        date.bytes--;
    }
    size_t parts = 1;
    for (size_t i = 0; i < date.bytes; i++) {
        parts += date.data[i] == '-';
    }
    return parts;
}

static bool append_date(struct completed *out, struct text date)
{
    const size_t parts = count_date_parts(date);
    bool fits = append(out, date);
    if (parts <= 2) {
        fits = fits && append(out, parts == 1 ? TEXT("-01-01") : TEXT("-01"));
    }
    return fits;
}

static bool append_time(struct completed *out, struct text time)
{
    const struct text zeros = TEXT("00:00:00.000");
    bool fits = append(out, time);
    if (time.bytes < zeros.bytes) {
        fits =
            fits && append(out, (struct text){zeros.data + time.bytes, zeros.bytes - time.bytes});
    }
    return fits;
}

enum status civil_time_parse_date(struct text text, int32_t *out_days, struct diag *diag)
{
    struct completed complete = {.bytes = 0};
    if (!append_date(&complete, text)) {
        return time_error_at(text, 0, diag);
    }
    struct cursor cursor = {{complete.data, complete.bytes}, 0, false};
    struct civil_time_date date = {.year = take_year(&cursor)};
    take_char(&cursor, '-');
    date.month = (int32_t)take_number(&cursor, 2, 2);
    take_char(&cursor, '-');
    date.day = (int32_t)take_number(&cursor, 2, 2);
    TRY(check_end(&cursor, diag));
    TRY(check_date(cursor.text, date, diag));
    const int64_t days = civil_time_days(date);
    if (days < INT32_MIN || days > INT32_MAX) {
        return time_error_because(text, diag, "beyond the range of DATE");
    }
    *out_days = (int32_t)days;
    return STATUS_OK;
}

enum status civil_time_parse_time(struct text text, int32_t *out_ms_of_day, struct diag *diag)
{
    struct cursor cursor = {text, 0, false};
    struct clock clock = {.hour = take_number(&cursor, 2, 2)};
    take_char(&cursor, ':');
    clock.minute = take_number(&cursor, 2, 2);
    if (!cursor.has_failed && peek(&cursor, ':')) {
        const size_t before = cursor.at++;
        clock.second = take_number(&cursor, 2, 2);
        if (cursor.has_failed) { /* the seconds are optional as a whole, with their colon */
            cursor.has_failed = false;
            cursor.at = before;
        } else if (peek(&cursor, '.')) {
            cursor.at++;
            clock.nanos = take_fraction(&cursor);
        }
    }
    TRY(check_end(&cursor, diag));
    TRY(check_clock(text, &clock, diag));
    *out_ms_of_day = clock_ms(&clock);
    return STATUS_OK;
}

/* Checks and resolves as ResolverStyle.SMART does: the 31st of a shorter month is its last day,
 * and 24:00 is the next midnight. */
static enum status resolve_smartly(struct text text, struct civil_time_date date,
                                   struct clock clock, int64_t *out_ms, struct diag *diag)
{
    if (date.year < 1 || date.year > CIVIL_TIME_YEAR_MAX) {
        return time_error_value(text, "YearOfEra", "1 - 999999999/1000000000", date.year, diag);
    }
    TRY(check_month_and_day(text, date, diag));
    const int32_t last_day = civil_time_days_in_month(date.year, date.month);
    date.day = date.day < last_day ? date.day : last_day;
    const bool end_of_day =
        clock.hour == 24 && clock.minute == 0 && clock.second == 0 && clock.nanos == 0;
    clock.hour = end_of_day ? 0 : clock.hour;
    TRY(check_clock(text, &clock, diag));
    int64_t ms = 0;
    if (__builtin_mul_overflow(civil_time_days(date) + end_of_day, (int64_t)CIVIL_TIME_MS_PER_DAY,
                               &ms) ||
        __builtin_add_overflow(ms, (int64_t)clock_ms(&clock), &ms)) {
        return time_error_because(text, diag, "long overflow");
    }
    *out_ms = ms;
    return STATUS_OK;
}

/* yyyy-MM-dd'T'HH:mm:ss.SSS, complete. */
static enum status parse_complete_timestamp(struct text text, int64_t *out_ms, struct diag *diag)
{
    struct cursor cursor = {text, 0, false};
    struct civil_time_date date = {.year = take_year(&cursor)};
    take_char(&cursor, '-');
    date.month = (int32_t)take_number(&cursor, 2, 2);
    take_char(&cursor, '-');
    date.day = (int32_t)take_number(&cursor, 2, 2);
    take_char(&cursor, 'T');
    struct clock clock = {.hour = take_number(&cursor, 2, 2)};
    take_char(&cursor, ':');
    clock.minute = take_number(&cursor, 2, 2);
    take_char(&cursor, ':');
    clock.second = take_number(&cursor, 2, 2);
    take_char(&cursor, '.');
    clock.nanos = take_number(&cursor, 3, 3) * 1000000;
    TRY(check_end(&cursor, diag));
    return resolve_smartly(text, date, clock, out_ms, diag);
}

/* Where the offset begins behind the T: at the first plus, else the first minus, else a last Z. */
static size_t find_offset(struct text time)
{
    const char *sign = memchr(time.data, '+', time.bytes);
    if (!sign) {
        sign = memchr(time.data, '-', time.bytes);
    }
    if (sign) {
        return (size_t)(sign - time.data);
    }
    return time.bytes - (time.bytes > 0 && time.data[time.bytes - 1] == 'Z');
}

static enum status parse_partial_timestamp(struct text text, int64_t *out_ms, struct diag *diag)
{
    struct text date = text;
    struct text time = {NULL, 0};
    int32_t offset_seconds = 0;
    const char *t = text.bytes ? memchr(text.data, 'T', text.bytes) : NULL;
    if (t) {
        date.bytes = (size_t)(t - text.data);
        time = (struct text){t + 1, text.bytes - date.bytes - 1};
        const size_t at = find_offset(time);
        const struct text offset = {time.data + at, time.bytes - at};
        if (offset.bytes && !civil_time_parse_offset(offset, &offset_seconds)) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Failed to parse timezone '%.*s'",
                             TEXT_ARGS(offset));
        }
        time.bytes = at - (at > 0 && time.data[at - 1] == ':');
    }
    struct completed complete = {.bytes = 0};
    if (!append_date(&complete, date) || !append(&complete, TEXT("T")) ||
        !append_time(&complete, time)) {
        return time_error_at(text, 0, diag);
    }
    int64_t local_ms = 0;
    TRY(parse_complete_timestamp((struct text){complete.data, complete.bytes}, &local_ms, diag));
    if (__builtin_sub_overflow(local_ms, (int64_t)offset_seconds * 1000, out_ms)) {
        return time_error_because(text, diag, "long overflow");
    }
    return STATUS_OK;
}

enum status civil_time_parse_timestamp(struct text text, int64_t *out_ms, struct diag *diag)
{
    int64_t ms = 0;
    const enum status status = parse_partial_timestamp(text, &ms, diag);
    if (status != STATUS_OK) {
        diag_prefix(diag, "Failed to parse timestamp '%.*s': ", TEXT_ARGS(text));
        diag_append(diag, "\nRequired format is: \"yyyy-MM-dd'T'HH:mm:ss.SSS\", with an optional "
                          "numeric timezone. Partials are also supported, e.g. \"2020-05-26\"");
        return status;
    }
    *out_ms = ms;
    return STATUS_OK;
}

/* Two digits at *at, or one if that is all there is. */
static bool take_offset_part(struct text text, size_t *at, int32_t *out)
{
    struct cursor cursor = {text, *at, false};
    *out = (int32_t)take_number(&cursor, 2, 2);
    *at = cursor.at;
    return !cursor.has_failed;
}

bool civil_time_parse_offset(struct text text, int32_t *out_seconds)
{
    if (text_equal(text, TEXT("Z"))) {
        *out_seconds = 0;
        return true;
    }
    if (text.bytes < 2 || (text.data[0] != '+' && text.data[0] != '-')) {
        return false;
    }
    int32_t parts[3] = {0, 0, 0}; /* hours, minutes, seconds */
    size_t at = 1;
    if (text.bytes == 2) {
        struct cursor cursor = {text, 1, false};
        parts[0] = (int32_t)take_number(&cursor, 1, 1);
        at = cursor.at;
    }
    const bool colons = text.bytes > 3 && text.data[3] == ':';
    for (size_t i = 0; i < 3 && at < text.bytes; i++) {
        if (i > 0 && colons && text.data[at++] != ':') {
            return false;
        }
        if (!take_offset_part(text, &at, &parts[i])) {
            return false;
        }
    }
    const int32_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    if (at != text.bytes || parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) {
        return false;
    }
    *out_seconds = text.data[0] == '-' ? -seconds : seconds;
    return true;
}
