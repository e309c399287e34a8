/* time_field.h: the fields that a date-time pattern can name, and their values at a moment.
 *
 * Fields, names and limits are those of java.time.temporal.ChronoField, IsoFields and
 * WeekFields.of(SUNDAY, 1), the week of Java's English and root locales. Thread: any. */
#ifndef BASE_TIME_FIELD_H
#define BASE_TIME_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/civil_time.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time_zone.h"

/* From the largest unit to the smallest; behind them the fields that no default applies to. */
enum time_field {
    TIME_FIELD_OFFSET_SECONDS,
    TIME_FIELD_ERA, /* 0 is BC, 1 is AD */
    TIME_FIELD_YEAR,
    TIME_FIELD_YEAR_OF_ERA,
    TIME_FIELD_MONTH_OF_YEAR,
    TIME_FIELD_DAY_OF_YEAR,
    TIME_FIELD_DAY_OF_MONTH,
    TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH,
    TIME_FIELD_DAY_OF_WEEK, /* 1 is Monday */
    TIME_FIELD_AMPM_OF_DAY,
    TIME_FIELD_CLOCK_HOUR_OF_DAY, /* 1 to 24 */
    TIME_FIELD_HOUR_OF_DAY,
    TIME_FIELD_CLOCK_HOUR_OF_AMPM, /* 1 to 12 */
    TIME_FIELD_HOUR_OF_AMPM,
    TIME_FIELD_MINUTE_OF_HOUR,
    TIME_FIELD_SECOND_OF_MINUTE,
    TIME_FIELD_MILLI_OF_DAY,
    TIME_FIELD_NANO_OF_DAY,
    TIME_FIELD_NANO_OF_SECOND,
    TIME_FIELD_QUARTER_OF_YEAR,
    TIME_FIELD_WEEK_BASED_YEAR,
    TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR,
    TIME_FIELD_WEEK_OF_MONTH,
    TIME_FIELD_LOCAL_DAY_OF_WEEK, /* 1 is Sunday */
    TIME_FIELD_COUNT
};

/* What is known of a point in time: a date, a time of day, an offset, a zone, or several. */
struct time_moment {
    bool has_date;
    bool has_time;
    bool has_offset;
    int64_t days;                /* since 1970-01-01 */
    struct civil_time_date date; /* the same */
    int64_t nano_of_day;
    int32_t offset_seconds; /* east of UTC */
    bool is_daylight;
    const struct time_zone *zone; /* NULL if none is known */
};

void time_moment_set_date(struct time_moment *moment, int64_t days);

/* The date, time of day and offset of an instant in a zone, which is borrowed. */
struct time_moment time_moment_of_instant(int64_t epoch_ms, const struct time_zone *zone);

/* False if the moment does not know the field. */
bool time_field_get(const struct time_moment *moment, enum time_field field, int64_t *out);

/* "MonthOfYear" */
const char *time_field_name(enum time_field field);
/* The name that Java puts in front of "Unsupported field: " for it. */
const char *time_field_unsupported_name(enum time_field field);

bool time_field_is_date_based(enum time_field field);
bool time_field_is_time_based(enum time_field field);

/* STATUS_INVALID with Java's message if value lies outside the limits of the field; text is
 * what was parsed. */
MUST_USE enum status time_field_check(enum time_field field, int64_t value, struct text text,
                                      struct diag *diag);

/* The day in week week of year year of the week-based calendar; day is 1 (Sunday) to 7. */
int64_t time_field_days_of_week_date(int64_t year, int64_t week, int64_t day);
/* The day in week week (from 1) of a month. */
int64_t time_field_days_of_month_week(int64_t year, int32_t month, int64_t week, int64_t day);

#endif
