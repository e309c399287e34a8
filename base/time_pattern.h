/* time_pattern.h: date-time patterns such as yyyy-MM-dd'T'HH:mm:ssX, compiled once, then used to
 * format and parse.
 *
 * Follows java.time.format.DateTimeFormatter.ofPattern of JDK 17 in the English locale, with
 * parseCaseInsensitive, resolver style SMART, and ksqlDB's way of completing what was parsed.
 * Letters: G u y D M L d Q q w W Y E e c F a h H k K m s S A n N V v z Z X x O, text in quotes,
 * optional sections [ ], padding p. Differences from Java, all on the lenient side: where a
 * pattern asks for a full month or day name, parsing takes the short one too.
 *
 * Also the patterns of SimpleDateFormat (dialect TIME_PATTERN_SIMPLE_DATE), which PARSE_DATE
 * uses: see simple_date_pattern.h for reading by them.
 *
 * Errors are STATUS_INVALID with Java's message. A program is immutable. Thread: any. */
#ifndef BASE_TIME_PATTERN_H
#define BASE_TIME_PATTERN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time_zone.h"

enum time_pattern_dialect { TIME_PATTERN_JAVA_TIME, TIME_PATTERN_SIMPLE_DATE };

enum {
    TIME_PATTERN_BYTES_MAX = 1024, /* of a pattern; longer ones are refused with STATUS_LIMIT */
    TIME_PATTERN_DEPTH_MAX = 32    /* of nested optional sections */
};

struct time_pattern; /* the program, in the arena given to compile */

MUST_USE enum status time_pattern_compile(struct text pattern, enum time_pattern_dialect dialect,
                                          struct arena *arena, const struct time_pattern **out,
                                          struct diag *diag);

/* The formatters append to out; on failure what they had appended is taken back.
 * LocalDate.format, LocalTime.format and ZonedDateTime.format; a field that the value does not
 * have is an error ("Unsupported field: HourOfDay") outside optional sections. */
MUST_USE enum status time_pattern_format_date(const struct time_pattern *pattern, int64_t days,
                                              struct buffer *out, struct diag *diag);
MUST_USE enum status time_pattern_format_time(const struct time_pattern *pattern, int32_t ms_of_day,
                                              struct buffer *out, struct diag *diag);
MUST_USE enum status time_pattern_format_timestamp(const struct time_pattern *pattern,
                                                   int64_t epoch_ms, const struct time_zone *zone,
                                                   struct buffer *out, struct diag *diag);

/* STRINGTODATE: LocalDate.parse. The pattern must give a complete date; other fields are checked
 * and dropped. zones is for patterns with zone names (the parsers below likewise). */
MUST_USE enum status time_pattern_parse_date(const struct time_pattern *pattern, struct text text,
                                             struct time_zone_cache *zones, int64_t *out_days,
                                             struct diag *diag);

/* PARSE_TIME: a pattern with a date field fails with "Time format contains date field." */
MUST_USE enum status time_pattern_parse_time(const struct time_pattern *pattern, struct text text,
                                             struct time_zone_cache *zones, int32_t *out_ms_of_day,
                                             struct diag *diag);

/* PARSE_TIMESTAMP, STRINGTOTIMESTAMP and the TIMESTAMP_FORMAT property (ksqlDB's
 * StringToTimestampParser): fields that the text does not give are those of
 * 1970-01-01T00:00:00.000, applied from the largest unit to the smallest; a zone or offset in
 * the text goes before zone. */
MUST_USE enum status time_pattern_parse_timestamp(const struct time_pattern *pattern,
                                                  struct text text, const struct time_zone *zone,
                                                  struct time_zone_cache *zones,
                                                  int64_t *out_epoch_ms, struct diag *diag);

#endif
