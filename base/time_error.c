/* time_error.c
 *
 * ksqlDB passes the messages of java.time on to its users, so they are part of what they know.
 * They are built in one place, because the ISO readers and the pattern programs share them.
 */
#include "base/time_error.h"

#include <assert.h>
#include <stdio.h>

#include "base/utf8.h"

enum { TEXT_UNITS_MAX = 64, REASON_BYTES_MAX = 256 };

/* The part of text that a message shows. */
static struct text shown(struct text text, const char **dots)
{
    const size_t bytes = utf8_offset_of_unit(text, TEXT_UNITS_MAX);
    *dots = bytes < text.bytes ? "..." : "";
    return (struct text){text.data, bytes};
}

static enum status fail(struct text text, const char *what, struct diag *diag)
{
    const char *dots = "";
    const struct text part = shown(text, &dots);
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Text '%.*s%s' could not be parsed%s",
                     TEXT_ARGS(part), dots, what);
}

static enum status fail_at(struct text text, const char *what, size_t at, struct diag *diag)
{
    char reason[REASON_BYTES_MAX];
    const size_t within = at < text.bytes ? at : text.bytes;
    const size_t index = utf8_utf16_length((struct text){text.data, within}) + at - within;
    (void)snprintf(reason, sizeof(reason), "%s at index %zu", what, index);
    return fail(text, reason, diag);
}

enum status time_error_at(struct text text, size_t at, struct diag *diag)
{
    return fail_at(text, "", at, diag);
}

enum status time_error_unparsed(struct text text, size_t at, struct diag *diag)
{
    return fail_at(text, ", unparsed text found", at, diag);
}

enum status time_error_because(struct text text, struct diag *diag, const char *format, ...)
{
    char reason[REASON_BYTES_MAX] = ": ";
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason + 2, sizeof(reason) - 2, format, args);
    va_end(args);
    if (!text.data) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", reason + 2);
    }
    return fail(text, reason, diag);
}

enum status time_error_value(struct text text, const char *field, const char *limits, int64_t value,
                             struct diag *diag)
{
    return time_error_because(text, diag, "Invalid value for %s (valid values %s): %lld", field,
                              limits, (long long)value);
}

enum status time_error_date(struct text text, int64_t year, int32_t month, int32_t day,
                            struct diag *diag)
{
    static const char *const months[] = {"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                         "MAY",       "JUNE",     "JULY",     "AUGUST",
                                         "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
    assert(month >= 1 && month <= 12);
    if (day == 29) {
        return time_error_because(
            text, diag, "Invalid date 'February 29' as '%lld' is not a leap year", (long long)year);
    }
    return time_error_because(text, diag, "Invalid date '%s %d'", months[month - 1], day);
}
