/* event_time.c
 *
 * A column's value is either milliseconds already or text by a pattern. Bad values are data, not
 * faults of the query, so the reason comes back as text for the log. */
#include "operators/event_time.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/time_pattern.h"

enum { REASON_BYTES_MAX = 512 };

struct event_time {
    const struct time_pattern *pattern; /* NULL: the column holds milliseconds */
    struct time_zone zone;              /* of text without one; found at the first row */
    bool has_zone;
    struct diag diag; /* scratch */
    char reason[REASON_BYTES_MAX];
};

enum status event_time_create(struct arena *arena, const struct op_timestamp *timestamp,
                              const struct type *type, struct event_time **out, struct diag *diag)
{
    const bool is_text = type->kind == TYPE_STRING && timestamp->pattern.data;
    if (!is_text && type->kind != TYPE_BIGINT && type->kind != TYPE_TIMESTAMP) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Timestamp column should be BIGINT, TIMESTAMP, or STRING with a "
                         "timestamp_format specified, but is %s",
                         type_kind_name(type->kind));
    }
    struct event_time *self = ARENA_NEW(arena, struct event_time);
    if (!self) {
        return diag_no_memory(diag);
    }
    if (is_text) {
        TRY(time_pattern_compile(timestamp->pattern, TIME_PATTERN_JAVA_TIME, arena, &self->pattern,
                                 diag));
    }
    *out = self;
    return STATUS_OK;
}

static enum status parse_text(struct event_time *self, struct time_zone_cache *zones,
                              struct text text, int64_t *out_ms)
{
    if (!self->has_zone) {
        TRY(time_zone_cache_find_system(zones, &self->zone, &self->diag));
        self->has_zone = true;
    }
    return time_pattern_parse_timestamp(self->pattern, text, &self->zone, zones, out_ms,
                                        &self->diag);
}

const char *event_time_read(struct event_time *self, struct time_zone_cache *zones,
                            const struct column *column, size_t row, int64_t *out_ms)
{
    int64_t time_ms = 0;
    assert(column->is_present);
    if (column_is_null(column, row)) {
        return "Timestamp column is null";
    }
    if (!self->pattern) {
        time_ms = column->int64[row];
    } else if (parse_text(self, zones, column->text[row], &time_ms) != STATUS_OK) {
        return self->diag.message;
    }
    if (time_ms < 0 || time_ms > EVENT_TIME_MS_MAX) {
        (void)snprintf(self->reason, sizeof(self->reason), "Timestamp is %s: %" PRId64,
                       time_ms < 0 ? "negative" : "too large", time_ms);
        return self->reason;
    }
    *out_ms = time_ms;
    return NULL;
}
