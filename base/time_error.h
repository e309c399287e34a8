/* time_error.h: why a date or time text was refused, in the words of java.time.
 *
 * All fill the diag with STATUS_INVALID and return that. Texts of more than 64 characters are
 * cut in the message. Thread: any. */
#ifndef BASE_TIME_ERROR_H
#define BASE_TIME_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* Text 'x' could not be parsed at index 3 (in UTF-16 units; at is a byte offset, which may lie
 * behind the end). */
enum status time_error_at(struct text text, size_t at, struct diag *diag);

/* Text 'x' could not be parsed, unparsed text found at index 3 */
enum status time_error_unparsed(struct text text, size_t at, struct diag *diag);

/* Text 'x' could not be parsed: <reason>; the reason alone if text.data is NULL. The functions
 * below too. */
enum status time_error_because(struct text text, struct diag *diag, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* ...: Invalid value for MonthOfYear (valid values 1 - 12): 13. limits is "1 - 12". */
enum status time_error_value(struct text text, const char *field, const char *limits, int64_t value,
                             struct diag *diag);

/* ...: Invalid date 'FEBRUARY 30', for a day within 1 to 31 that its month does not have. */
enum status time_error_date(struct text text, int64_t year, int32_t month, int32_t day,
                            struct diag *diag);

#endif
