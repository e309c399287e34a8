/* civil_time.c
 *
 * Calendar arithmetic and ISO texts. Days and dates convert by Howard Hinnant's algorithms: the
 * year is taken to begin in March, so that the leap day is its last, and 400 years are one
 * era of 146,097 days. No table, no loop, exact for all years.
 */
#include "base/civil_time.h"

#include <assert.h>
#include <string.h>

#include "base/number_text.h"

enum {
    DAYS_PER_ERA = 146097,
    DAYS_TO_1970 = 719468,
    YEAR_LIMIT = 2 * CIVIL_TIME_YEAR_MAX /* callers step a few years beyond the last */
};

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool civil_time_is_leap_year(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t civil_time_days_in_month(int64_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && civil_time_is_leap_year(year));
}

int64_t civil_time_days(struct civil_time_date date)
{
    assert(date.year >= -YEAR_LIMIT && date.year <= YEAR_LIMIT);
    const int64_t year = date.year - (date.month <= 2);
    const int64_t era = floor_divide(year, 400);
    const int64_t year_of_era = year - era * 400;
    const int32_t month = date.month > 2 ? date.month - 3 : date.month + 9; /* from March */
    const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

struct civil_time_date civil_time_date(int64_t days)
{
    const int64_t shifted = days + DAYS_TO_1970;
    const int64_t era = floor_divide(shifted, DAYS_PER_ERA);
    const int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int32_t month = (int32_t)((5 * day_of_year + 2) / 153); /* from March */
    struct civil_time_date date;
    date.day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1);
    date.month = month < 10 ? month + 3 : month - 9;
    date.year = year_of_era + era * 400 + (date.month <= 2);
    return date;
}

int32_t civil_time_day_of_year(struct civil_time_date date)
{
    const struct civil_time_date first = {date.year, 1, 1};
    return (int32_t)(civil_time_days(date) - civil_time_days(first)) + 1;
}

int32_t civil_time_day_of_week(int64_t days)
{
    const int64_t from_monday = days + 3; /* 1970-01-01 was a Thursday */
    return (int32_t)(from_monday - floor_divide(from_monday, 7) * 7) + 1;
}

int64_t civil_time_split(int64_t ms, int32_t *ms_of_day)
{
    const int32_t rest = (int32_t)(ms % CIVIL_TIME_MS_PER_DAY);
    *ms_of_day = rest + (rest < 0 ? CIVIL_TIME_MS_PER_DAY : 0);
    return floor_divide(ms, CIVIL_TIME_MS_PER_DAY);
}

static char *put_two(char *out, int32_t value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

/* At least four digits. */
static char *put_year(char *out, int64_t year)
{
    if (year > 9999) {
        *out++ = '+';
    } else if (year < 0) {
        *out++ = '-';
        year = -year;
    }
    char digits[NUMBER_TEXT_INT64_BYTES_MAX];
    const size_t count = number_text_int64(digits, year);
    for (size_t i = count; i < 4; i++) {
        *out++ = '0';
    }
    memcpy(out, digits, count);
    return out + count;
}

static char *put_date(char *out, int64_t year, struct civil_time_date date)
{
    out = put_year(out, year);
    *out++ = '-';
    out = put_two(out, date.month);
    *out++ = '-';
    return put_two(out, date.day);
}

size_t civil_time_date_text(char *out, int64_t days)
{
    const struct civil_time_date date = civil_time_date(days);
    return (size_t)(put_date(out, date.year, date) - out);
}

size_t civil_time_time_text(char *out, int32_t ms_of_day, enum civil_time_parts parts)
{
    assert(ms_of_day >= 0 && ms_of_day <= CIVIL_TIME_MS_PER_DAY);
    const int32_t seconds = ms_of_day % CIVIL_TIME_MS_PER_DAY / 1000;
    const int32_t millis = ms_of_day % 1000;
    const bool shortest = parts == CIVIL_TIME_PARTS_SHORTEST;
    char *next = put_two(out, seconds / 3600);
    *next++ = ':';
    next = put_two(next, seconds / 60 % 60);
    if (!shortest || ms_of_day % 60000 != 0) {
        *next++ = ':';
        next = put_two(next, seconds % 60);
    }
    if (parts == CIVIL_TIME_PARTS_MILLIS || (shortest && millis != 0)) {
        *next++ = '.';
        *next++ = (char)('0' + millis / 100);
        next = put_two(next, millis % 100);
    }
    return (size_t)(next - out);
}

size_t civil_time_timestamp_text(char *out, int64_t ms)
{
    int32_t ms_of_day = 0;
    const struct civil_time_date date = civil_time_date(civil_time_split(ms, &ms_of_day));
    char *next = put_date(out, date.year > 0 ? date.year : 1 - date.year, date);
    *next++ = 'T';
    return (size_t)(next - out) + civil_time_time_text(next, ms_of_day, CIVIL_TIME_PARTS_MILLIS);
}
