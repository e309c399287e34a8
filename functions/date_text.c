/* date_text.c
 *
 * Dates, times and timestamps to text and back by a pattern. FORMAT_ and PARSE_TIMESTAMP are
 * in GMT unless a zone is given; their older cousins TIMESTAMPTOSTRING and STRINGTOTIMESTAMP are
 * in the zone of the machine. PARSE_DATE alone reads patterns of SimpleDateFormat. The older
 * ones fail for a NULL text where the newer ones give NULL.
 */
#include "base/civil_time.h"
#include "base/number_text.h"
#include "base/simple_date_pattern.h"
#include "functions/date_functions.h"
#include "functions/date_support.h"
#include "functions/expr.h"

enum { VALUE_TEXT_BYTES = CIVIL_TIME_TIMESTAMP_BYTES_MAX };

/* The kinds of value; each has its words in messages. */
enum moment_kind { MOMENT_DATE, MOMENT_TIME, MOMENT_TIMESTAMP };

static const char *const moment_names[] = {
    [MOMENT_DATE] = "date", [MOMENT_TIME] = "time", [MOMENT_TIMESTAMP] = "timestamp"};

/* Puts ksqlDB's words in front of Java's; other failures pass as they are. */
static enum status explain_parse(struct function_call *call, enum moment_kind kind,
                                 const struct value *args, enum status status)
{
    if (status == STATUS_INVALID || status == STATUS_LIMIT) {
        diag_prefix(call->diag,
                    "Failed to parse %s '%.*s' with formatter '%.*s': ", moment_names[kind],
                    TEXT_ARGS(args[0].text), TEXT_ARGS(args[1].text));
        return STATUS_INVALID;
    }
    return status;
}

static enum status explain_format(struct function_call *call, enum moment_kind kind,
                                  const char *value, const struct value *args, enum status status)
{
    if (status == STATUS_INVALID || status == STATUS_LIMIT) {
        diag_prefix(call->diag,
                    "Failed to format %s %s with formatter '%.*s': ", moment_names[kind], value,
                    TEXT_ARGS(args[1].text));
        return STATUS_INVALID;
    }
    return status;
}

/* --- Formatting --------------------------------------------------------------------------- */

/* The zone of the optional third argument, else GMT, which patterns show by that name, or the
 * machine's. */
static enum status zone_argument(struct function_call *call, const struct value *args,
                                 bool is_system_default, struct time_zone *out)
{
    if (call->argument_count > 2) {
        return date_zone(call, args[2].text, out);
    }
    if (is_system_default) {
        return date_system_zone(call, out);
    }
    *out = (struct time_zone){.prefix = "GMT"};
    return STATUS_OK;
}

static enum status format_into(struct function_call *call, enum moment_kind kind,
                               const struct value *args, bool is_system_default, struct buffer *out)
{
    const struct time_pattern *pattern = NULL;
    TRY(date_pattern(call, args, TIME_PATTERN_JAVA_TIME, &pattern));
    if (kind == MOMENT_DATE) {
        return time_pattern_format_date(pattern, args[0].int32, out, call->diag);
    }
    if (kind == MOMENT_TIME) {
        return time_pattern_format_time(pattern, args[0].int32, out, call->diag);
    }
    struct time_zone zone;
    TRY(zone_argument(call, args, is_system_default, &zone));
    return time_pattern_format_timestamp(pattern, args[0].int64, &zone, out, call->diag);
}

/* value_text is how messages show the value. */
static enum status format_moment(struct function_call *call, enum moment_kind kind,
                                 const struct value *args, bool is_system_default,
                                 const char *shown, struct value *out)
{
    struct buffer buffer;
    buffer_init(&buffer);
    enum status status = format_into(call, kind, args, is_system_default, &buffer);
    status = explain_format(call, kind, shown, args, status);
    if (status == STATUS_OK) {
        status = buffer_status(&buffer, call->diag);
    }
    if (status == STATUS_OK) {
        status = function_return_text(call, buffer_text(&buffer), out);
    }
    buffer_release(&buffer);
    return status;
}

enum status date_format_date(struct function_call *call, const struct value *args,
                             struct value *out)
{
    char shown[VALUE_TEXT_BYTES + 1];
    shown[civil_time_date_text(shown, args[0].int32)] = '\0';
    return format_moment(call, MOMENT_DATE, args, false, shown, out);
}

enum status date_format_time(struct function_call *call, const struct value *args,
                             struct value *out)
{
    char shown[VALUE_TEXT_BYTES + 1];
    shown[civil_time_time_text(shown, args[0].int32, CIVIL_TIME_PARTS_SECONDS)] = '\0';
    return format_moment(call, MOMENT_TIME, args, false, shown, out);
}

enum status date_format_timestamp(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    char shown[VALUE_TEXT_BYTES + 1];
    shown[civil_time_timestamp_text(shown, args[0].int64)] = '\0';
    return format_moment(call, MOMENT_TIMESTAMP, args, false, shown, out);
}

enum status date_timestamptostring(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    char shown[VALUE_TEXT_BYTES + 1];
    shown[number_text_int64(shown, args[0].int64)] = '\0';
    return format_moment(call, MOMENT_TIMESTAMP, args, true, shown, out);
}

/* --- Parsing ------------------------------------------------------------------------------ */

static int64_t current_year(const struct function_call *call)
{
    int32_t ms_of_day = 0;
    const int64_t now_ms = call->context->now_ms(call->context->clock);
    return civil_time_date(civil_time_split(now_ms, &ms_of_day)).year;
}

static enum status parse_simple_date(struct function_call *call, const struct value *args,
                                     struct value *out)
{
    const struct time_pattern *pattern = NULL;
    int64_t days = 0;
    TRY(date_pattern(call, args, TIME_PATTERN_SIMPLE_DATE, &pattern));
    TRY(simple_date_pattern_parse_date(pattern, args[0].text, current_year(call), &days,
                                       call->diag));
    *out = value_int32((int32_t)days);
    return STATUS_OK;
}

enum status date_parse_date(struct function_call *call, const struct value *args, struct value *out)
{
    return explain_parse(call, MOMENT_DATE, args, parse_simple_date(call, args, out));
}

static enum status parse_time(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct time_pattern *pattern = NULL;
    int32_t ms_of_day = 0;
    TRY(date_pattern(call, args, TIME_PATTERN_JAVA_TIME, &pattern));
    TRY(time_pattern_parse_time(pattern, args[0].text, call->context->zones, &ms_of_day,
                                call->diag));
    *out = value_int32(ms_of_day);
    return STATUS_OK;
}

enum status date_parse_time(struct function_call *call, const struct value *args, struct value *out)
{
    return explain_parse(call, MOMENT_TIME, args, parse_time(call, args, out));
}

static enum status parse_timestamp(struct function_call *call, const struct value *args,
                                   bool is_system_default, struct value *out)
{
    const struct time_pattern *pattern = NULL;
    struct time_zone zone;
    int64_t ms = 0;
    TRY(date_pattern(call, args, TIME_PATTERN_JAVA_TIME, &pattern));
    TRY(zone_argument(call, args, is_system_default, &zone));
    TRY(time_pattern_parse_timestamp(pattern, args[0].text, &zone, call->context->zones, &ms,
                                     call->diag));
    *out = value_int64(ms);
    return STATUS_OK;
}

enum status date_parse_timestamp(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    return explain_parse(call, MOMENT_TIMESTAMP, args, parse_timestamp(call, args, false, out));
}

static bool has_null(const struct function_call *call, const struct value *args)
{
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (args[i].is_null) {
            return true;
        }
    }
    return false;
}

enum status date_stringtotimestamp(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    if (has_null(call, args)) {
        return function_fail(call, "Failed to parse timestamp: an argument is NULL");
    }
    return explain_parse(call, MOMENT_TIMESTAMP, args, parse_timestamp(call, args, true, out));
}

static enum status parse_date(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct time_pattern *pattern = NULL;
    int64_t days = 0;
    TRY(date_pattern(call, args, TIME_PATTERN_JAVA_TIME, &pattern));
    TRY(time_pattern_parse_date(pattern, args[0].text, call->context->zones, &days, call->diag));
    *out = value_int32((int32_t)days);
    return STATUS_OK;
}

enum status date_stringtodate(struct function_call *call, const struct value *args,
                              struct value *out)
{
    if (has_null(call, args)) {
        return function_fail(call, "Failed to parse date: an argument is NULL");
    }
    return explain_parse(call, MOMENT_DATE, args, parse_date(call, args, out));
}
