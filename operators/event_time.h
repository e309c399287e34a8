/* event_time.h: a time in milliseconds out of a row's TIMESTAMP column, for source and sink.
 *
 * Private to operators/. Source: ksqlDB's TimestampExtractionPolicy classes. Thread: the
 * task's. */
#ifndef OPERATORS_EVENT_TIME_H
#define OPERATORS_EVENT_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/column.h"
#include "base/status.h"
#include "operators/source.h"

struct event_time;
struct time_zone_cache;

/* Prepares reading timestamp from a column of this type: BIGINT, TIMESTAMP, or STRING with a
 * pattern. Fails with STATUS_INVALID for other types and wrong patterns. */
MUST_USE enum status event_time_create(struct arena *arena, const struct op_timestamp *timestamp,
                                       const struct type *type, struct event_time **out,
                                       struct diag *diag);

/* Reads row of column. NULL on success; otherwise why there is no time >= 0 in it, valid until the
 * next call. Text without a zone is in that of the machine, as in ksqlDB; zones is the task's, the
 * same in every call. */
const char *event_time_read(struct event_time *self, struct time_zone_cache *zones,
                            const struct column *column, size_t row, int64_t *out_ms);

#endif
