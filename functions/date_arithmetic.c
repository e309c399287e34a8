/* date_arithmetic.c
 *
 * Dates, times and timestamps as numbers. Adding goes through milliseconds, as in ksqlDB: so
 * DATEADD of 23 hours changes nothing, and TIMEADD goes round the clock. Sums wrap instead of
 * overflowing, like Java's long.
 */
#include "base/civil_time.h"
#include "functions/date_functions.h"
#include "functions/date_support.h"
#include "functions/expr.h"

static int64_t now_ms(const struct function_call *call)
{
    return call->context->now_ms(call->context->clock);
}

enum status date_unix_date_now(struct function_call *call, const struct value *args,
                               struct value *out)
{
    (void)args;
    struct time_zone zone;
    int32_t ms_of_day = 0;
    TRY(date_system_zone(call, &zone));
    const int64_t ms = now_ms(call);
    const int64_t offset_ms = (int64_t)time_zone_at(&zone, ms / 1000).offset_seconds * 1000;
    *out = value_int32((int32_t)civil_time_split(ms + offset_ms, &ms_of_day));
    return STATUS_OK;
}

enum status date_unix_date(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = value_int32(args[0].int32);
    return STATUS_OK;
}

enum status date_unix_timestamp_now(struct function_call *call, const struct value *args,
                                    struct value *out)
{
    (void)args;
    *out = value_int64(now_ms(call));
    return STATUS_OK;
}

enum status date_unix_timestamp(struct function_call *call, const struct value *args,
                                struct value *out)
{
    (void)call;
    *out = value_int64(args[0].int64);
    return STATUS_OK;
}

enum status date_from_unixtime(struct function_call *call, const struct value *args,
                               struct value *out)
{
    (void)call;
    *out = value_int64(args[0].int64);
    return STATUS_OK;
}

enum status date_from_days(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = value_int32(args[0].int32);
    return STATUS_OK;
}

/* Arguments are unit, count, and what it is added to. The product of the first two fits. */
static int64_t interval_ms(const struct value *args)
{
    return interval_unit_ms((enum interval_unit)args[0].int32) * args[1].int32;
}

/* Cut toward zero to whole days. */
static struct value add_to_date(const struct value *args, int64_t ms)
{
    return value_int32(
        (int32_t)(((int64_t)args[2].int32 * CIVIL_TIME_MS_PER_DAY + ms) / CIVIL_TIME_MS_PER_DAY));
}

static struct value add_to_time(const struct value *args, int64_t ms)
{
    const int64_t sum = (args[2].int32 + ms) % CIVIL_TIME_MS_PER_DAY;
    return value_int32((int32_t)(sum < 0 ? sum + CIVIL_TIME_MS_PER_DAY : sum));
}

static struct value add_to_timestamp(const struct value *args, int64_t ms)
{
    return value_int64((int64_t)((uint64_t)args[2].int64 + (uint64_t)ms));
}

enum status date_dateadd(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = add_to_date(args, interval_ms(args));
    return STATUS_OK;
}

enum status date_datesub(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = add_to_date(args, -interval_ms(args));
    return STATUS_OK;
}

enum status date_timeadd(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = add_to_time(args, interval_ms(args));
    return STATUS_OK;
}

enum status date_timesub(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    *out = add_to_time(args, -interval_ms(args));
    return STATUS_OK;
}

enum status date_timestampadd(struct function_call *call, const struct value *args,
                              struct value *out)
{
    (void)call;
    *out = add_to_timestamp(args, interval_ms(args));
    return STATUS_OK;
}

enum status date_timestampsub(struct function_call *call, const struct value *args,
                              struct value *out)
{
    (void)call;
    *out = add_to_timestamp(args, -interval_ms(args));
    return STATUS_OK;
}

/* Rounds down before 1970 too. */
static int64_t seconds_of(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
}

static enum status offset_ms(struct function_call *call, struct text zone_id, int64_t ms,
                             int64_t *out)
{
    struct time_zone zone;
    const enum status status =
        time_zone_cache_find(call->context->zones, zone_id, &zone, call->diag);
    if (status == STATUS_INVALID) {
        diag_prefix(call->diag, "Invalid time zone: ");
    }
    TRY(status);
    *out = (int64_t)time_zone_at(&zone, seconds_of(ms)).offset_seconds * 1000;
    return STATUS_OK;
}

enum status date_convert_tz(struct function_call *call, const struct value *args, struct value *out)
{
    const int64_t ms = args[0].int64;
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    TRY(offset_ms(call, args[2].text, ms, &to_ms));
    TRY(offset_ms(call, args[1].text, ms, &from_ms));
    *out = value_int64((int64_t)((uint64_t)ms + (uint64_t)(to_ms - from_ms)));
    return STATUS_OK;
}
