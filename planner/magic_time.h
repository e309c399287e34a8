/* magic_time.h: texts compared with ROWTIME, WINDOWSTART and WINDOWEND are points in time.
 *
 * Source of behaviour: ksqlDB's StatementRewriteForMagicPseudoTimestamp and
 * PartialStringToTimestampParser. Thread: any. */
#ifndef PLANNER_MAGIC_TIME_H
#define PLANNER_MAGIC_TIME_H

#include <stdbool.h>

#include "base/status.h"
#include "planner/planner.h"

/* A copy of the condition with such texts replaced by numbers of milliseconds. */
MUST_USE enum status magic_time_rewrite(const struct planner *planner,
                                        const struct expression *condition,
                                        struct expression **out);

/* "2020-02", "2020-02-01T10:00", "2020-02-01T10:00:00.000+0100", ... to milliseconds. */
MUST_USE enum status magic_time_parse(struct text text, struct sql_pos pos, int64_t *out_ms,
                                      struct diag *diag);

#endif
