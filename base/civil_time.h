/* civil_time.h: dates and times of day in the proleptic Gregorian calendar, and their ISO texts.
 *
 * DATE counts days and TIMESTAMP milliseconds from 1970-01-01 (UTC); TIME counts milliseconds
 * from midnight. Negative numbers lie before 1970. Year 0 is 1 BC, as in ISO 8601. Writers put
 * ASCII into the caller's buffer, without NUL, and return the length. Thread: any. */
#ifndef BASE_CIVIL_TIME_H
#define BASE_CIVIL_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

enum {
    CIVIL_TIME_DATE_BYTES_MAX = 24,
    CIVIL_TIME_TIME_BYTES_MAX = 12, /* 23:59:59.999 */
    CIVIL_TIME_TIMESTAMP_BYTES_MAX = 40,
    CIVIL_TIME_MS_PER_DAY = 86400000,
    CIVIL_TIME_YEAR_MAX = 999999999 /* Java's Year.MAX_VALUE; the least year is its negative */
};

struct civil_time_date {
    int64_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

bool civil_time_is_leap_year(int64_t year);
int32_t civil_time_days_in_month(int64_t year, int32_t month);
/* 1 to 366. */
int32_t civil_time_day_of_year(struct civil_time_date date);
/* 1 is Monday, 7 is Sunday. */
int32_t civil_time_day_of_week(int64_t days);

/* The year may be any up to twice +-CIVIL_TIME_YEAR_MAX; the date must exist. */
int64_t civil_time_days(struct civil_time_date date);
struct civil_time_date civil_time_date(int64_t days);

/* Splits milliseconds since 1970 into days and the milliseconds of the day (never negative). */
int64_t civil_time_split(int64_t ms, int32_t *ms_of_day);

/* LocalDate.toString: 2020-02-29; +10000-01-01 behind 9999; -0001-01-01 before year 0. */
size_t civil_time_date_text(char *out, int64_t days);

enum civil_time_parts {
    CIVIL_TIME_PARTS_SHORTEST, /* LocalTime.toString: HH:mm, and :ss and .SSS where not 0 */
    CIVIL_TIME_PARTS_SECONDS,  /* HH:mm:ss */
    CIVIL_TIME_PARTS_MILLIS    /* HH:mm:ss.SSS */
};

/* ms_of_day: 0 to CIVIL_TIME_MS_PER_DAY. The end of a day, which records may hold, is written as
 * its start. */
size_t civil_time_time_text(char *out, int32_t ms_of_day, enum civil_time_parts parts);

/* DateTimeFormatter "yyyy-MM-dd'T'HH:mm:ss.SSS" in UTC, the text of CAST(ts AS STRING). yyyy is
 * the year of the era: the year 0 prints as 0001. */
size_t civil_time_timestamp_text(char *out, int64_t ms);

/* The readers below give STATUS_INVALID and java.time's message for a text that they refuse. */

/* CAST(text AS DATE): yyyy[-MM[-dd]]; missing parts are 01. */
MUST_USE enum status civil_time_parse_date(struct text text, int32_t *out_days, struct diag *diag);

/* CAST(text AS TIME), LocalTime.parse: HH:mm[:ss[.SSSSSSSSS]], cut to milliseconds. */
MUST_USE enum status civil_time_parse_time(struct text text, int32_t *out_ms_of_day,
                                           struct diag *diag);

/* CAST(text AS TIMESTAMP) and time literals: yyyy-MM-dd'T'HH:mm:ss.SSS, cut anywhere behind the
 * year, with an optional offset behind the time (civil_time_parse_offset), UTC without one. As
 * ksqlDB does it, 2021-02-31 is the last of that February and 24:00:00.000 the next midnight.
 * Source: ksqlDB PartialStringToTimestampParser. */
MUST_USE enum status civil_time_parse_timestamp(struct text text, int64_t *out_ms,
                                                struct diag *diag);

/* ZoneOffset.of: Z, +h, +hh, +hh:mm, +hhmm, +hh:mm:ss, +hhmmss, up to 18 hours, to seconds east
 * of UTC. False for other texts. */
MUST_USE bool civil_time_parse_offset(struct text text, int32_t *out_seconds);

#endif
