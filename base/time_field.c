/* time_field.c
 *
 * One table says what each field is called and which values it takes; one switch computes its
 * value. Weeks begin on Sunday and the first week of a year or month may be a single day: that
 * is what java.time takes for English and root locales.
 */
#include "base/time_field.h"

#include <assert.h>

#include "base/time_error.h"

#define NANOS_PER_SECOND 1000000000LL
#define NANOS_PER_DAY    86400000000000LL

enum field_base { BASE_NONE, BASE_DATE, BASE_TIME };

static const struct {
    const char *name;
    const char *limits;
    int64_t least;
    int64_t most;
    enum field_base base;
} fields[] = {
    [TIME_FIELD_OFFSET_SECONDS] = {"OffsetSeconds", "-64800 - 64800", -64800, 64800, BASE_NONE},
    [TIME_FIELD_ERA] = {"Era", "0 - 1", 0, 1, BASE_DATE},
    [TIME_FIELD_YEAR] = {"Year", "-999999999 - 999999999", -999999999, 999999999, BASE_DATE},
    [TIME_FIELD_YEAR_OF_ERA] = {"YearOfEra", "1 - 999999999/1000000000", 1, 1000000000, BASE_DATE},
    [TIME_FIELD_MONTH_OF_YEAR] = {"MonthOfYear", "1 - 12", 1, 12, BASE_DATE},
    [TIME_FIELD_DAY_OF_YEAR] = {"DayOfYear", "1 - 365/366", 1, 366, BASE_DATE},
    [TIME_FIELD_DAY_OF_MONTH] = {"DayOfMonth", "1 - 28/31", 1, 31, BASE_DATE},
    [TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH] = {"AlignedDayOfWeekInMonth", "1 - 7", 1, 7,
                                                 BASE_DATE},
    [TIME_FIELD_DAY_OF_WEEK] = {"DayOfWeek", "1 - 7", 1, 7, BASE_DATE},
    [TIME_FIELD_AMPM_OF_DAY] = {"AmPmOfDay", "0 - 1", 0, 1, BASE_TIME},
    [TIME_FIELD_CLOCK_HOUR_OF_DAY] = {"ClockHourOfDay", "1 - 24", 1, 24, BASE_TIME},
    [TIME_FIELD_HOUR_OF_DAY] = {"HourOfDay", "0 - 23", 0, 23, BASE_TIME},
    [TIME_FIELD_CLOCK_HOUR_OF_AMPM] = {"ClockHourOfAmPm", "1 - 12", 1, 12, BASE_TIME},
    [TIME_FIELD_HOUR_OF_AMPM] = {"HourOfAmPm", "0 - 11", 0, 11, BASE_TIME},
    [TIME_FIELD_MINUTE_OF_HOUR] = {"MinuteOfHour", "0 - 59", 0, 59, BASE_TIME},
    [TIME_FIELD_SECOND_OF_MINUTE] = {"SecondOfMinute", "0 - 59", 0, 59, BASE_TIME},
    [TIME_FIELD_MILLI_OF_DAY] = {"MilliOfDay", "0 - 86399999", 0, 86399999, BASE_TIME},
    [TIME_FIELD_NANO_OF_DAY] = {"NanoOfDay", "0 - 86399999999999", 0, NANOS_PER_DAY - 1, BASE_TIME},
    [TIME_FIELD_NANO_OF_SECOND] = {"NanoOfSecond", "0 - 999999999", 0, 999999999, BASE_TIME},
    [TIME_FIELD_QUARTER_OF_YEAR] = {"QuarterOfYear", "1 - 4", 1, 4, BASE_NONE},
    [TIME_FIELD_WEEK_BASED_YEAR] = {"WeekBasedYear[WeekFields[SUNDAY,1]]", "-999999999 - 999999999",
                                    -999999999, 999999999, BASE_NONE},
    [TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR] = {"WeekOfWeekBasedYear[WeekFields[SUNDAY,1]]",
                                            "1 - 52/53", 1, 53, BASE_NONE},
    [TIME_FIELD_WEEK_OF_MONTH] = {"WeekOfMonth[WeekFields[SUNDAY,1]]", "0 - 4/6", 0, 6, BASE_NONE},
    [TIME_FIELD_LOCAL_DAY_OF_WEEK] = {"DayOfWeek[WeekFields[SUNDAY,1]]", "1 - 7", 1, 7, BASE_NONE},
};
static_assert(sizeof(fields) / sizeof(fields[0]) == TIME_FIELD_COUNT, "one row per field");

const char *time_field_name(enum time_field field)
{
    return fields[field].name;
}

const char *time_field_unsupported_name(enum time_field field)
{
    const bool is_of_week = field > TIME_FIELD_QUARTER_OF_YEAR;
    return fields[is_of_week ? TIME_FIELD_DAY_OF_WEEK : field].name;
}

bool time_field_is_date_based(enum time_field field)
{
    return fields[field].base == BASE_DATE;
}

bool time_field_is_time_based(enum time_field field)
{
    return fields[field].base == BASE_TIME;
}

enum status time_field_check(enum time_field field, int64_t value, struct text text,
                             struct diag *diag)
{
    if (value < fields[field].least || value > fields[field].most) {
        return time_error_value(text, fields[field].name, fields[field].limits, value, diag);
    }
    return STATUS_OK;
}

void time_moment_set_date(struct time_moment *moment, int64_t days)
{
    moment->has_date = true;
    moment->days = days;
    moment->date = civil_time_date(days);
}

struct time_moment time_moment_of_instant(int64_t epoch_ms, const struct time_zone *zone)
{
    int32_t utc_ms_of_day = 0;
    const int64_t utc_days = civil_time_split(epoch_ms, &utc_ms_of_day);
    const struct time_zone_state state =
        time_zone_at(zone, utc_days * 86400 + utc_ms_of_day / 1000);
    int32_t ms_of_day = 0;
    const int64_t shifted = utc_ms_of_day + state.offset_seconds * 1000LL;
    const int64_t days = utc_days + civil_time_split(shifted, &ms_of_day);
    struct time_moment moment = {.has_time = true,
                                 .has_offset = true,
                                 .nano_of_day = ms_of_day * 1000000LL,
                                 .offset_seconds = state.offset_seconds,
                                 .is_daylight = state.is_daylight,
                                 .zone = zone};
    time_moment_set_date(&moment, days);
    return moment;
}

/* 1 is Sunday. */
static int64_t local_day_of_week(int64_t days)
{
    return civil_time_day_of_week(days) % 7 + 1;
}

static int64_t days_of_year_start(int64_t year)
{
    return civil_time_days((struct civil_time_date){year, 1, 1});
}

/* The week, from 1, of a year or month that begins on day first. */
static int64_t week_of(int64_t first, int64_t days)
{
    return (days - first + local_day_of_week(first) - 1) / 7 + 1;
}

/* The first week of the next year takes in the last days of this one. */
static bool belongs_to_next_year(const struct time_moment *moment)
{
    const int64_t next = days_of_year_start(moment->date.year + 1);
    return moment->days >= next + 1 - local_day_of_week(next);
}

int64_t time_field_days_of_week_date(int64_t year, int64_t week, int64_t day)
{
    const int64_t first = days_of_year_start(year);
    const int64_t last_week = week_of(first, days_of_year_start(year + 1)) - 1;
    const int64_t used = week < last_week ? week : last_week;
    return first + 1 - local_day_of_week(first) + (used - 1) * 7 + day - 1;
}

int64_t time_field_days_of_month_week(int64_t year, int32_t month, int64_t week, int64_t day)
{
    const int64_t first = civil_time_days((struct civil_time_date){year, month, 1});
    return first + (week - 1) * 7 + day - local_day_of_week(first);
}

static bool get_date_field(const struct time_moment *moment, enum time_field field, int64_t *out)
{
    const struct civil_time_date date = moment->date;
    switch ((int)field) {
    case TIME_FIELD_ERA:
        *out = date.year > 0;
        return true;
    case TIME_FIELD_YEAR:
        *out = date.year;
        return true;
    case TIME_FIELD_YEAR_OF_ERA:
        *out = date.year > 0 ? date.year : 1 - date.year;
        return true;
    case TIME_FIELD_MONTH_OF_YEAR:
        *out = date.month;
        return true;
    case TIME_FIELD_DAY_OF_YEAR:
        *out = civil_time_day_of_year(date);
        return true;
    case TIME_FIELD_DAY_OF_MONTH:
        *out = date.day;
        return true;
    case TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH:
        *out = (date.day - 1) % 7 + 1;
        return true;
    case TIME_FIELD_DAY_OF_WEEK:
        *out = civil_time_day_of_week(moment->days);
        return true;
    case TIME_FIELD_QUARTER_OF_YEAR:
        *out = (date.month - 1) / 3 + 1;
        return true;
    case TIME_FIELD_WEEK_BASED_YEAR:
        *out = date.year + belongs_to_next_year(moment);
        return true;
    case TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR:
        *out =
            belongs_to_next_year(moment) ? 1 : week_of(days_of_year_start(date.year), moment->days);
        return true;
    case TIME_FIELD_WEEK_OF_MONTH:
        *out = week_of(moment->days - date.day + 1, moment->days);
        return true;
    case TIME_FIELD_LOCAL_DAY_OF_WEEK:
        *out = local_day_of_week(moment->days);
        return true;
    default:
        return false;
    }
}

static bool get_time_field(const struct time_moment *moment, enum time_field field, int64_t *out)
{
    const int64_t second = moment->nano_of_day / NANOS_PER_SECOND;
    const int64_t hour = second / 3600;
    switch ((int)field) {
    case TIME_FIELD_AMPM_OF_DAY:
        *out = hour / 12;
        return true;
    case TIME_FIELD_CLOCK_HOUR_OF_DAY:
        *out = hour == 0 ? 24 : hour;
        return true;
    case TIME_FIELD_HOUR_OF_DAY:
        *out = hour;
        return true;
    case TIME_FIELD_CLOCK_HOUR_OF_AMPM:
        *out = hour % 12 == 0 ? 12 : hour % 12;
        return true;
    case TIME_FIELD_HOUR_OF_AMPM:
        *out = hour % 12;
        return true;
    case TIME_FIELD_MINUTE_OF_HOUR:
        *out = second / 60 % 60;
        return true;
    case TIME_FIELD_SECOND_OF_MINUTE:
        *out = second % 60;
        return true;
    case TIME_FIELD_MILLI_OF_DAY:
        *out = moment->nano_of_day / 1000000;
        return true;
    case TIME_FIELD_NANO_OF_DAY:
        *out = moment->nano_of_day;
        return true;
    case TIME_FIELD_NANO_OF_SECOND:
        *out = moment->nano_of_day % NANOS_PER_SECOND;
        return true;
    default:
        return false;
    }
}

bool time_field_get(const struct time_moment *moment, enum time_field field, int64_t *out)
{
    if (field == TIME_FIELD_OFFSET_SECONDS) {
        *out = moment->offset_seconds;
        return moment->has_offset;
    }
    if (time_field_is_time_based(field)) {
        return moment->has_time && get_time_field(moment, field, out);
    }
    return moment->has_date && get_date_field(moment, field, out);
}
