/* time_pattern_resolve.c
 *
 * From raw fields to a date, a time and an instant.
 *
 * The first half is java.time.format.Parsed.resolve with ResolverStyle.SMART: fields that say
 * the same in other words (hour of half day, milliseconds of day) are rewritten into plain ones,
 * a contradiction is an error; year, month and day make a date, where the 31st of a shorter month
 * is its last day; hour, minute, second and nano make a time, missing small ones being 0; what
 * is left over is held against the date and the time and dropped if it agrees.
 *
 * The second half is ksqlDB's: what is still left over is laid upon 1970-01-01T00:00 from the
 * largest unit to the smallest.
 */
#include "base/time_pattern.h"

#include <assert.h>
#include <stdio.h>

#include "base/time_error.h"
#include "base/time_pattern_program.h"

#define NANOS_PER_SECOND 1000000000LL
#define NANOS_PER_MINUTE 60000000000LL
#define NANOS_PER_HOUR   3600000000000LL

/* For what ksqlDB does outside of Java's parser: messages then do not name the text. */
static const struct text no_text = {NULL, 0};

static bool has(const struct time_parsed *parsed, enum time_field field)
{
    return time_parsed_has(parsed, field);
}

static void drop(struct time_parsed *parsed, enum time_field field)
{
    parsed->present &= ~(1U << field);
}

static int64_t take(struct time_parsed *parsed, enum time_field field)
{
    drop(parsed, field);
    return parsed->values[field];
}

static void put(struct time_parsed *parsed, enum time_field field, int64_t value)
{
    parsed->present |= 1U << field;
    parsed->values[field] = value;
}

/* Puts a value that another field implies; the field must not say otherwise already. */
static enum status derive(struct text text, struct time_parsed *parsed, const char *from,
                          enum time_field field, int64_t value, struct diag *diag)
{
    if (has(parsed, field) && parsed->values[field] != value) {
        return time_error_because(
            text, diag, "Conflict found: %s %lld differs from %s %lld while resolving  %s",
            time_field_name(field), (long long)parsed->values[field], time_field_name(field),
            (long long)value, from);
    }
    put(parsed, field, value);
    return STATUS_OK;
}

/* ---- date ---- */

static enum status resolve_year(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    if (!has(parsed, TIME_FIELD_YEAR_OF_ERA)) {
        return STATUS_OK;
    }
    const int64_t year_of_era = take(parsed, TIME_FIELD_YEAR_OF_ERA);
    TRY(time_field_check(TIME_FIELD_YEAR_OF_ERA, year_of_era, text, diag));
    bool is_ad = !has(parsed, TIME_FIELD_YEAR) || parsed->values[TIME_FIELD_YEAR] > 0;
    if (has(parsed, TIME_FIELD_ERA)) {
        is_ad = take(parsed, TIME_FIELD_ERA) == 1;
    }
    const int64_t year = is_ad ? year_of_era : 1 - year_of_era;
    if (has(parsed, TIME_FIELD_YEAR) && parsed->values[TIME_FIELD_YEAR] != year) {
        return time_error_because(text, diag, "Conflict found: Year %lld differs from Year %lld",
                                  (long long)parsed->values[TIME_FIELD_YEAR], (long long)year);
    }
    put(parsed, TIME_FIELD_YEAR, year);
    return STATUS_OK;
}

static enum status resolve_month_day(struct text text, struct time_parsed *parsed,
                                     struct diag *diag)
{
    const int64_t year = take(parsed, TIME_FIELD_YEAR);
    const int64_t month = take(parsed, TIME_FIELD_MONTH_OF_YEAR);
    const int64_t day = take(parsed, TIME_FIELD_DAY_OF_MONTH);
    TRY(time_field_check(TIME_FIELD_YEAR, year, text, diag));
    TRY(time_field_check(TIME_FIELD_MONTH_OF_YEAR, month, text, diag));
    TRY(time_field_check(TIME_FIELD_DAY_OF_MONTH, day, text, diag));
    const int32_t last = civil_time_days_in_month(year, (int32_t)month);
    const struct civil_time_date date = {year, (int32_t)month, day < last ? (int32_t)day : last};
    time_moment_set_date(&parsed->moment, civil_time_days(date));
    return STATUS_OK;
}

static enum status resolve_day_of_year(struct text text, struct time_parsed *parsed,
                                       struct diag *diag)
{
    const int64_t year = take(parsed, TIME_FIELD_YEAR);
    const int64_t day = take(parsed, TIME_FIELD_DAY_OF_YEAR);
    TRY(time_field_check(TIME_FIELD_YEAR, year, text, diag));
    TRY(time_field_check(TIME_FIELD_DAY_OF_YEAR, day, text, diag));
    if (day == 366 && !civil_time_is_leap_year(year)) {
        return time_error_because(text, diag,
                                  "Invalid date 'DayOfYear 366' as '%lld' is not a leap year",
                                  (long long)year);
    }
    const struct civil_time_date first = {year, 1, 1};
    time_moment_set_date(&parsed->moment, civil_time_days(first) + day - 1);
    return STATUS_OK;
}

/* Week of month or of the week-based year, with a day of the week. */
static enum status resolve_week(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    const bool by_year = !has(parsed, TIME_FIELD_YEAR) && has(parsed, TIME_FIELD_WEEK_BASED_YEAR) &&
                         has(parsed, TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR);
    const bool by_month = has(parsed, TIME_FIELD_YEAR) && has(parsed, TIME_FIELD_WEEK_OF_MONTH) &&
                          has(parsed, TIME_FIELD_MONTH_OF_YEAR);
    if (!has(parsed, TIME_FIELD_DAY_OF_WEEK) || (!by_year && !by_month)) {
        return STATUS_OK;
    }
    const int64_t day = take(parsed, TIME_FIELD_DAY_OF_WEEK) % 7 + 1;
    const enum time_field week_field =
        by_year ? TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR : TIME_FIELD_WEEK_OF_MONTH;
    const int64_t week = take(parsed, week_field);
    const int64_t year = take(parsed, by_year ? TIME_FIELD_WEEK_BASED_YEAR : TIME_FIELD_YEAR);
    TRY(time_field_check(TIME_FIELD_YEAR, year, text, diag));
    TRY(time_field_check(week_field, week, text, diag));
    if (by_year) {
        time_moment_set_date(&parsed->moment, time_field_days_of_week_date(year, week, day));
        return STATUS_OK;
    }
    const int64_t month = take(parsed, TIME_FIELD_MONTH_OF_YEAR);
    TRY(time_field_check(TIME_FIELD_MONTH_OF_YEAR, month, text, diag));
    time_moment_set_date(&parsed->moment,
                         time_field_days_of_month_week(year, (int32_t)month, week, day));
    return STATUS_OK;
}

static enum status resolve_date(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    TRY(resolve_year(text, parsed, diag));
    if (has(parsed, TIME_FIELD_LOCAL_DAY_OF_WEEK)) {
        const int64_t day = take(parsed, TIME_FIELD_LOCAL_DAY_OF_WEEK);
        TRY(time_field_check(TIME_FIELD_LOCAL_DAY_OF_WEEK, day, text, diag));
        put(parsed, TIME_FIELD_DAY_OF_WEEK, (day + 5) % 7 + 1); /* goes before an E */
    }
    if (has(parsed, TIME_FIELD_YEAR) && has(parsed, TIME_FIELD_MONTH_OF_YEAR) &&
        has(parsed, TIME_FIELD_DAY_OF_MONTH)) {
        return resolve_month_day(text, parsed, diag);
    }
    if (has(parsed, TIME_FIELD_YEAR) && has(parsed, TIME_FIELD_DAY_OF_YEAR)) {
        return resolve_day_of_year(text, parsed, diag);
    }
    return resolve_week(text, parsed, diag);
}

/* ---- time ---- */

/* k and h count from 1; 24 and 12 are 0, and 0 passes too. */
static enum status resolve_clock_hour(struct text text, struct time_parsed *parsed,
                                      enum time_field clock, enum time_field plain,
                                      int64_t wraps_at, struct diag *diag)
{
    if (!has(parsed, clock)) {
        return STATUS_OK;
    }
    const int64_t hour = take(parsed, clock);
    if (hour != 0) {
        TRY(time_field_check(clock, hour, text, diag));
    }
    return derive(text, parsed, time_field_name(clock), plain, hour == wraps_at ? 0 : hour, diag);
}

/* A half day alone stands for its middle: AM is 06:00. */
static enum status resolve_half_day(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    const uint32_t all_times =
        (1U << (TIME_FIELD_NANO_OF_SECOND + 1)) - (1U << TIME_FIELD_AMPM_OF_DAY);
    if (!has(parsed, TIME_FIELD_AMPM_OF_DAY)) {
        return STATUS_OK;
    }
    if ((parsed->present & all_times) == 1U << TIME_FIELD_AMPM_OF_DAY) {
        put(parsed, TIME_FIELD_HOUR_OF_AMPM, 6);
    }
    if (!has(parsed, TIME_FIELD_HOUR_OF_AMPM)) {
        return STATUS_OK;
    }
    const int64_t half = take(parsed, TIME_FIELD_AMPM_OF_DAY);
    const int64_t hour = take(parsed, TIME_FIELD_HOUR_OF_AMPM);
    TRY(time_field_check(TIME_FIELD_HOUR_OF_AMPM, hour, text, diag));
    return derive(text, parsed, "AmPmOfDay", TIME_FIELD_HOUR_OF_DAY, half * 12 + hour, diag);
}

/* Spreads whole seconds of the day over hour, minute and second. */
static enum status derive_clock(struct text text, struct time_parsed *parsed, const char *from,
                                int64_t second, struct diag *diag)
{
    TRY(derive(text, parsed, from, TIME_FIELD_HOUR_OF_DAY, second / 3600, diag));
    TRY(derive(text, parsed, from, TIME_FIELD_MINUTE_OF_HOUR, second / 60 % 60, diag));
    return derive(text, parsed, from, TIME_FIELD_SECOND_OF_MINUTE, second % 60, diag);
}

static enum status resolve_counted_time(struct text text, struct time_parsed *parsed,
                                        struct diag *diag)
{
    if (has(parsed, TIME_FIELD_NANO_OF_DAY)) {
        const int64_t nano = take(parsed, TIME_FIELD_NANO_OF_DAY);
        TRY(time_field_check(TIME_FIELD_NANO_OF_DAY, nano, text, diag));
        TRY(derive_clock(text, parsed, "NanoOfDay", nano / NANOS_PER_SECOND, diag));
        TRY(derive(text, parsed, "NanoOfDay", TIME_FIELD_NANO_OF_SECOND, nano % NANOS_PER_SECOND,
                   diag));
    }
    if (has(parsed, TIME_FIELD_MILLI_OF_DAY)) {
        const int64_t milli = take(parsed, TIME_FIELD_MILLI_OF_DAY);
        TRY(time_field_check(TIME_FIELD_MILLI_OF_DAY, milli, text, diag));
        TRY(derive_clock(text, parsed, "SecondOfDay", milli / 1000, diag));
        const int64_t finer = has(parsed, TIME_FIELD_NANO_OF_SECOND)
                                  ? parsed->values[TIME_FIELD_NANO_OF_SECOND] % 1000000
                                  : 0;
        TRY(derive(text, parsed, "MilliOfSecond", TIME_FIELD_NANO_OF_SECOND,
                   milli % 1000 * 1000000 + finer, diag));
    }
    return STATUS_OK;
}

static int64_t take_or_zero(struct time_parsed *parsed, enum time_field field)
{
    return has(parsed, field) ? take(parsed, field) : 0;
}

/* True if the hour is there and no smaller unit is missing in front of one that is given. */
static bool can_combine_time(const struct time_parsed *parsed)
{
    const bool minute_given = has(parsed, TIME_FIELD_MINUTE_OF_HOUR);
    const bool second_given = has(parsed, TIME_FIELD_SECOND_OF_MINUTE);
    const bool nano_given = has(parsed, TIME_FIELD_NANO_OF_SECOND);
    return has(parsed, TIME_FIELD_HOUR_OF_DAY) &&
           (minute_given || (!second_given && !nano_given)) && (second_given || !nano_given);
}

/* Hour, minute, second, nano to a time; 24:00 is the midnight behind the day. */
static enum status combine_time(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    int64_t hour = take(parsed, TIME_FIELD_HOUR_OF_DAY);
    const int64_t minute = take_or_zero(parsed, TIME_FIELD_MINUTE_OF_HOUR);
    const int64_t second = take_or_zero(parsed, TIME_FIELD_SECOND_OF_MINUTE);
    const int64_t nano = take_or_zero(parsed, TIME_FIELD_NANO_OF_SECOND);
    TRY(time_field_check(TIME_FIELD_MINUTE_OF_HOUR, minute, text, diag));
    TRY(time_field_check(TIME_FIELD_NANO_OF_SECOND, nano, text, diag));
    if (hour == 24 && minute == 0 && second == 0 && nano == 0) {
        hour = 0;
        parsed->excess_days = 1;
    }
    TRY(time_field_check(TIME_FIELD_HOUR_OF_DAY, hour, text, diag));
    TRY(time_field_check(TIME_FIELD_SECOND_OF_MINUTE, second, text, diag));
    parsed->moment.has_time = true;
    parsed->moment.nano_of_day =
        hour * NANOS_PER_HOUR + minute * NANOS_PER_MINUTE + second * NANOS_PER_SECOND + nano;
    return STATUS_OK;
}

/* Checks what is left of the time fields. */
static enum status check_time_fields(struct text text, const struct time_parsed *parsed,
                                     struct diag *diag)
{
    for (int index = 0; index < TIME_FIELD_COUNT; index++) {
        const enum time_field field = (enum time_field)index;
        if (has(parsed, field) && time_field_is_time_based(field)) {
            TRY(time_field_check(field, parsed->values[field], text, diag));
        }
    }
    return STATUS_OK;
}

static enum status resolve_time(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    TRY(resolve_clock_hour(text, parsed, TIME_FIELD_CLOCK_HOUR_OF_DAY, TIME_FIELD_HOUR_OF_DAY, 24,
                           diag));
    TRY(resolve_clock_hour(text, parsed, TIME_FIELD_CLOCK_HOUR_OF_AMPM, TIME_FIELD_HOUR_OF_AMPM, 12,
                           diag));
    TRY(resolve_half_day(text, parsed, diag));
    TRY(resolve_counted_time(text, parsed, diag));
    if (can_combine_time(parsed)) {
        TRY(combine_time(text, parsed, diag));
    } else if (has(parsed, TIME_FIELD_HOUR_OF_DAY)) {
        return STATUS_OK; /* with holes; checked where it is used */
    }
    return check_time_fields(text, parsed, diag);
}

/* ---- both ---- */

/* Fields that the date or the time knows too must agree with it, and are then done with. */
static enum status check_leftovers(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    for (int index = 0; index < TIME_FIELD_COUNT; index++) {
        const enum time_field field = (enum time_field)index;
        int64_t value = 0;
        if (!has(parsed, field) || !time_field_get(&parsed->moment, field, &value)) {
            continue;
        }
        if (value != parsed->values[field]) {
            char from[CIVIL_TIME_DATE_BYTES_MAX + 1];
            const size_t length =
                time_field_is_time_based(field)
                    ? civil_time_time_text(from, (int32_t)(parsed->moment.nano_of_day / 1000000),
                                           CIVIL_TIME_PARTS_SHORTEST)
                    : civil_time_date_text(from, parsed->moment.days);
            return time_error_because(
                text, diag, "Conflict found: Field %s %lld differs from %s %lld derived from %.*s",
                time_field_name(field), (long long)value, time_field_name(field),
                (long long)parsed->values[field], (int)length, from);
        }
        drop(parsed, field);
    }
    return STATUS_OK;
}

enum status time_pattern_resolve(struct text text, struct time_parsed *parsed, struct diag *diag)
{
    TRY(resolve_date(text, parsed, diag));
    TRY(resolve_time(text, parsed, diag));
    TRY(check_leftovers(text, parsed, diag));
    if (parsed->moment.has_date && parsed->moment.has_time && parsed->excess_days > 0) {
        time_moment_set_date(&parsed->moment, parsed->moment.days + parsed->excess_days);
        parsed->excess_days = 0;
    }
    return STATUS_OK;
}

static enum status read_and_resolve(const struct time_pattern *pattern, struct text text,
                                    struct time_zone_cache *zones, struct time_parsed *out,
                                    struct diag *diag)
{
    TRY(time_pattern_read(pattern, text, zones, out, diag));
    return time_pattern_resolve(text, out, diag);
}

/* What Java prints for fields that do not make up what is wanted. */
static enum status incomplete(struct text text, const struct time_parsed *parsed,
                              const char *wanted, struct diag *diag)
{
    char fields[512] = "";
    size_t used = 0;
    for (int index = 0; index < TIME_FIELD_COUNT; index++) {
        const enum time_field field = (enum time_field)index;
        if (has(parsed, field) && used < sizeof(fields)) {
            const int length =
                snprintf(fields + used, sizeof(fields) - used, "%s%s=%lld", used ? ", " : "",
                         time_field_name(field), (long long)parsed->values[field]);
            used += (size_t)length;
        }
    }
    return time_error_because(text, diag,
                              "Unable to obtain %s from TemporalAccessor: {%s},ISO of type "
                              "java.time.format.Parsed",
                              wanted, fields);
}

enum status time_pattern_parse_date(const struct time_pattern *pattern, struct text text,
                                    struct time_zone_cache *zones, int64_t *out_days,
                                    struct diag *diag)
{
    struct time_parsed parsed;
    TRY(read_and_resolve(pattern, text, zones, &parsed, diag));
    if (!parsed.moment.has_date) {
        return incomplete(text, &parsed, "LocalDate", diag);
    }
    *out_days = parsed.moment.days;
    return STATUS_OK;
}

static bool has_date_field(const struct time_parsed *parsed)
{
    for (int index = 0; index < TIME_FIELD_COUNT; index++) {
        if (has(parsed, (enum time_field)index) &&
            time_field_is_date_based((enum time_field)index)) {
            return true;
        }
    }
    return parsed->moment.has_date;
}

enum status time_pattern_parse_time(const struct time_pattern *pattern, struct text text,
                                    struct time_zone_cache *zones, int32_t *out_ms_of_day,
                                    struct diag *diag)
{
    struct time_parsed parsed;
    TRY(read_and_resolve(pattern, text, zones, &parsed, diag));
    if (has_date_field(&parsed)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Time format contains date field.");
    }
    if (!parsed.moment.has_time) {
        return incomplete(no_text, &parsed, "LocalTime", diag);
    }
    *out_ms_of_day = (int32_t)(parsed.moment.nano_of_day / 1000000);
    return STATUS_OK;
}

/* ---- laying what is left over upon 1970-01-01T00:00 ---- */

static void set_year(struct civil_time_date *date, int64_t year)
{
    date->year = year;
    const int32_t last = civil_time_days_in_month(year, date->month);
    date->day = date->day < last ? date->day : last;
}

static enum status apply_day_of_year(const struct time_parsed *parsed, struct civil_time_date *date,
                                     struct diag *diag)
{
    const int64_t day = parsed->values[TIME_FIELD_DAY_OF_YEAR];
    TRY(time_field_check(TIME_FIELD_DAY_OF_YEAR, day, no_text, diag));
    if (day == 366) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Leap day cannot be parsed without supplying the year field");
    }
    const struct civil_time_date first = {date->year, 1, 1};
    *date = civil_time_date(civil_time_days(first) + day - 1);
    return STATUS_OK;
}

static enum status apply_days(const struct time_parsed *parsed, struct civil_time_date *date,
                              struct diag *diag)
{
    if (has(parsed, TIME_FIELD_DAY_OF_YEAR)) {
        TRY(apply_day_of_year(parsed, date, diag));
    }
    if (has(parsed, TIME_FIELD_DAY_OF_MONTH)) {
        const int64_t day = parsed->values[TIME_FIELD_DAY_OF_MONTH];
        TRY(time_field_check(TIME_FIELD_DAY_OF_MONTH, day, no_text, diag));
        if (day > civil_time_days_in_month(date->year, date->month)) {
            return time_error_date(no_text, date->year, date->month, (int32_t)day, diag);
        }
        date->day = (int32_t)day;
    }
    int64_t days = civil_time_days(*date);
    if (has(parsed, TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH)) {
        const int64_t day = parsed->values[TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH];
        TRY(time_field_check(TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH, day, no_text, diag));
        days += day - ((date->day - 1) % 7 + 1);
    }
    if (has(parsed, TIME_FIELD_DAY_OF_WEEK)) {
        days += parsed->values[TIME_FIELD_DAY_OF_WEEK] - civil_time_day_of_week(days);
    }
    *date = civil_time_date(days);
    return STATUS_OK;
}

static enum status apply_date(const struct time_parsed *parsed, int64_t *out_days,
                              struct diag *diag)
{
    struct civil_time_date date = {1970, 1, 1};
    if (has(parsed, TIME_FIELD_ERA) && parsed->values[TIME_FIELD_ERA] == 0) {
        set_year(&date, 1 - date.year);
    }
    if (has(parsed, TIME_FIELD_YEAR)) {
        const int64_t year = parsed->values[TIME_FIELD_YEAR];
        TRY(time_field_check(TIME_FIELD_YEAR, year, no_text, diag));
        set_year(&date, year);
    }
    if (has(parsed, TIME_FIELD_MONTH_OF_YEAR)) {
        const int64_t month = parsed->values[TIME_FIELD_MONTH_OF_YEAR];
        TRY(time_field_check(TIME_FIELD_MONTH_OF_YEAR, month, no_text, diag));
        date.month = (int32_t)month;
        set_year(&date, date.year);
    }
    TRY(apply_days(parsed, &date, diag));
    *out_days = civil_time_days(date);
    return STATUS_OK;
}

static int64_t value_or(const struct time_parsed *parsed, enum time_field field, int64_t other)
{
    return has(parsed, field) ? parsed->values[field] : other;
}

/* The values are checked. */
static int64_t apply_time(const struct time_parsed *parsed)
{
    int64_t hour = value_or(parsed, TIME_FIELD_AMPM_OF_DAY, 0) * 12;
    hour = value_or(parsed, TIME_FIELD_HOUR_OF_DAY, hour);
    hour = hour - hour % 12 + value_or(parsed, TIME_FIELD_HOUR_OF_AMPM, hour % 12);
    return hour * NANOS_PER_HOUR +
           value_or(parsed, TIME_FIELD_MINUTE_OF_HOUR, 0) * NANOS_PER_MINUTE +
           value_or(parsed, TIME_FIELD_SECOND_OF_MINUTE, 0) * NANOS_PER_SECOND +
           value_or(parsed, TIME_FIELD_NANO_OF_SECOND, 0);
}

static enum status check_offset(const struct time_parsed *parsed, struct diag *diag)
{
    const int64_t offset = value_or(parsed, TIME_FIELD_OFFSET_SECONDS, 0);
    if (offset < -64800 || offset > 64800) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Zone offset not in valid range: -18:00 to +18:00");
    }
    return STATUS_OK;
}

/* A named zone in the text goes before an offset, an offset before the caller's zone. An offset
 * beside a named zone decides in an overlap. */
static int64_t instant_of(const struct time_parsed *parsed, const struct time_zone *zone,
                          int64_t local_seconds)
{
    const bool has_offset = has(parsed, TIME_FIELD_OFFSET_SECONDS);
    const int32_t offset = (int32_t)value_or(parsed, TIME_FIELD_OFFSET_SECONDS, 0);
    const struct time_zone *used = parsed->has_zone ? &parsed->zone : zone;
    const int64_t by_offset = local_seconds - offset;
    if (has_offset &&
        (!parsed->has_zone || time_zone_at(used, by_offset).offset_seconds == offset)) {
        return by_offset;
    }
    return time_zone_instant(used, local_seconds);
}

enum status time_pattern_parse_timestamp(const struct time_pattern *pattern, struct text text,
                                         const struct time_zone *zone,
                                         struct time_zone_cache *zones, int64_t *out_epoch_ms,
                                         struct diag *diag)
{
    struct time_parsed parsed;
    TRY(read_and_resolve(pattern, text, zones, &parsed, diag));
    TRY(check_offset(&parsed, diag));
    int64_t days = parsed.moment.days;
    int64_t nano = parsed.moment.nano_of_day;
    if (!parsed.moment.has_date) {
        TRY(apply_date(&parsed, &days, diag));
    }
    if (!parsed.moment.has_time) {
        TRY(check_time_fields(no_text, &parsed, diag));
        nano = apply_time(&parsed);
    }
    const int64_t local_seconds = days * 86400 + nano / NANOS_PER_SECOND;
    const int64_t seconds = instant_of(&parsed, zone, local_seconds);
    int64_t ms = 0;
    if (__builtin_mul_overflow(seconds, 1000, &ms) ||
        __builtin_add_overflow(ms, nano % NANOS_PER_SECOND / 1000000, &ms)) {
        return time_error_because(text, diag, "long overflow");
    }
    *out_epoch_ms = ms;
    return STATUS_OK;
}
