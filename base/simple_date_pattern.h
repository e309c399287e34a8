/* simple_date_pattern.h: reading dates by the patterns of java.text.SimpleDateFormat.
 *
 * Only ksqlDB's PARSE_DATE uses these (through commons-lang's FastDateFormat, in GMT). Unlike
 * java.time's, such patterns are lenient: numbers may be of any length and overflow into the
 * next larger unit (month 13 is January of the next year), text behind the date is ignored,
 * names match without regard to case, and dates before 1582-10-15 are Julian.
 * Limits: week fields are read and have no effect; zone names other than GMT and UTC are
 * refused. Thread: any. */
#ifndef BASE_SIMPLE_DATE_PATTERN_H
#define BASE_SIMPLE_DATE_PATTERN_H

#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "base/time_pattern.h"

/* pattern: compiled with TIME_PATTERN_SIMPLE_DATE. current_year places years of two digits: in
 * the hundred years that began eighty years before it. STATUS_INVALID with "Unparseable date:
 * <text>", or "Date format contains time field." if the result is not a midnight. */
MUST_USE enum status simple_date_pattern_parse_date(const struct time_pattern *pattern,
                                                    struct text text, int64_t current_year,
                                                    int64_t *out_days, struct diag *diag);

#endif
