/* agg_support.h: what the accumulators of several aggregate functions share.
 *
 * Private to the agg_*.c files. Thread: any. */
#ifndef FUNCTIONS_AGG_SUPPORT_H
#define FUNCTIONS_AGG_SUPPORT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"
#include "functions/aggregate.h"

/* state_bytes of a state struct: its size as a multiple of 16. */
#define AGG_STATE_BYTES(type) ((uint32_t)((sizeof(type) + 15U) & ~15U))

/* A STRUCT type for an intermediate state; names are borrowed, fields are copied to arena.
 * NULL when memory is out. */
const struct type *agg_struct_type(struct arena *arena, const struct type_field *fields,
                                   uint32_t field_count);

/* Sets the two facts that every resolve() sets; STATUS_NO_MEMORY when state_type is NULL. */
MUST_USE enum status agg_set_state(struct aggregate *aggregate, const struct type *state_type,
                                   uint32_t state_bytes, struct diag *diag);

/* The init() of accumulators for which zeroed memory is the start. */
enum status agg_init_zero(const struct aggregate *aggregate, void *state, struct diag *diag);

/* A list value of count items copied from items (the items themselves are not copied). */
MUST_USE enum status agg_return_list(struct arena *arena, const struct value *items, uint32_t count,
                                     struct value *out, struct diag *diag);

/* The items of a saved list or struct of exactly count items, none of them NULL; NULL when
 * the value is not such a list. For load(). */
const struct value *agg_saved_items(const struct value *saved, uint32_t count);

/* The failure of load() on a value that save() cannot have written. */
enum status agg_corrupt(const struct aggregate *aggregate, struct diag *diag);

/* Java's int arithmetic: wraps. */
static inline int32_t agg_wrap_add32(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int64_t agg_wrap_add64(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int32_t agg_wrap_subtract32(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

static inline int64_t agg_wrap_subtract64(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int32_t agg_wrap_multiply32(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a * (uint32_t)b);
}

static inline int64_t agg_wrap_multiply64(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* A running sum in the width of its column; which member holds it is the column's layout. */
union agg_number {
    int32_t int32;
    int64_t int64;
    double real;
};

static inline void agg_number_add(enum layout layout, union agg_number *sum,
                                  const struct value *value)
{
    if (layout == LAYOUT_INT32) {
        sum->int32 = agg_wrap_add32(sum->int32, value->int32);
    } else if (layout == LAYOUT_INT64) {
        sum->int64 = agg_wrap_add64(sum->int64, value->int64);
    } else {
        sum->real += value->real;
    }
}

static inline void agg_number_subtract(enum layout layout, union agg_number *sum,
                                       const struct value *value)
{
    if (layout == LAYOUT_INT32) {
        sum->int32 = agg_wrap_subtract32(sum->int32, value->int32);
    } else if (layout == LAYOUT_INT64) {
        sum->int64 = agg_wrap_subtract64(sum->int64, value->int64);
    } else {
        sum->real -= value->real;
    }
}

static inline struct value agg_number_value(enum layout layout, const union agg_number *sum)
{
    if (layout == LAYOUT_INT32) {
        return value_int32(sum->int32);
    }
    return layout == LAYOUT_INT64 ? value_int64(sum->int64) : value_real(sum->real);
}

#endif
