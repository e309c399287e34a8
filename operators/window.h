/* window.h: windows and pseudo columns, as operators understand them.
 *
 * Plain data that engine/build.c copies out of the plan, and the arithmetic of window starts.
 * Thread: any. */
#ifndef OPERATORS_WINDOW_H
#define OPERATORS_WINDOW_H

#include <stdint.h>

enum op_window_kind { OP_WINDOW_NONE, OP_WINDOW_TUMBLING, OP_WINDOW_HOPPING, OP_WINDOW_SESSION };

struct op_window {
    enum op_window_kind kind;
    int64_t size_ms;      /* TUMBLING, HOPPING: length; SESSION: inactivity gap */
    int64_t advance_ms;   /* HOPPING only */
    int64_t grace_ms;     /* how long past its end a window still accepts rows */
    int64_t retention_ms; /* how long a window stays readable; >= size + grace */
};

/* A column that the step itself knows, appended to its schema as a value column. */
enum op_pseudo_kind {
    OP_PSEUDO_ROWTIME,
    OP_PSEUDO_ROWPARTITION,
    OP_PSEUDO_ROWOFFSET,
    OP_PSEUDO_WINDOWSTART,
    OP_PSEUDO_WINDOWEND,
};

struct op_pseudo {
    enum op_pseudo_kind kind;
    uint32_t column_index; /* in the step's schema */
};

/* Event times beyond this are refused, so that adding window sizes cannot overflow. */
#define EVENT_TIME_MS_MAX (INT64_MAX / 4)

/* Windows that one row may belong to: SIZE divided by ADVANCE BY. Each costs a lookup. */
enum { WINDOWS_PER_ROW_MAX = 10000 };

/* The largest multiple of step_ms that is not after time_ms. */
static inline int64_t window_floor_ms(int64_t time_ms, int64_t step_ms)
{
    /* C's % truncates toward zero, so before 1970 the remainder is negative: step back. */
    const int64_t past_ms = time_ms % step_ms;
    return time_ms - past_ms - (past_ms < 0 ? step_ms : 0);
}

#endif
