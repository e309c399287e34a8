/* example.c
 *
 * A complete extension, small enough to start another from: one function of each kind.
 *
 *   CLAMP(value, low, high)  scalar: the nearest number between low and high
 *   BIT_OR(bits)             aggregate: all bits that any row of the group has set
 *   COUNT_DOWN(start)        table function: a row for each of start, start - 1, ..., 1
 *
 * Compiled with the headers of the Leat that loads it:
 *   cc -shared -fPIC -D_GNU_SOURCE -I path/to/leat -o example.so example.c
 *   leat run --extension ./example.so script.sql
 */
#include "functions/leat_extension.h"

/* --- Scalar ------------------------------------------------------------------------------- */

/* FUNCTION_STRICT: no argument is NULL here. */
static enum status clamp(struct function_call *call, const struct value *args, struct value *out)
{
    const double value = args[0].real;
    const double low = args[1].real;
    const double high = args[2].real;
    if (low > high) {
        return function_fail(call, "CLAMP needs low <= high, but got %g and %g", low, high);
    }
    const double at_least = value < low ? low : value;
    *out = value_real(at_least > high ? high : at_least);
    return STATUS_OK;
}

static const struct function_def scalars[] = {
    {.name = "CLAMP",
     .category = "MATHEMATICAL",
     .parameters = "DOUBLE value, DOUBLE low, DOUBLE high",
     .returns = "DOUBLE",
     .flags = FUNCTION_STRICT,
     .call = clamp,
     .summary = "Returns the number between low and high that is nearest to value.",
     .manual = "value: The number.\n"
               "low: The least result.\n"
               "high: The greatest result."},
};

/* --- Aggregate ---------------------------------------------------------------------------- */

struct bit_state {
    int64_t bits;
    int64_t padding; /* states are multiples of 16 bytes */
};

static enum status bit_resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    (void)arena;
    (void)diag;
    aggregate->state_type = type_of(TYPE_BIGINT); /* what save() makes */
    aggregate->state_bytes = sizeof(struct bit_state);
    return STATUS_OK;
}

static enum status bit_init(const struct aggregate *aggregate, void *state, struct diag *diag)
{
    (void)aggregate;
    (void)state; /* comes zeroed */
    (void)diag;
    return STATUS_OK;
}

static enum status bit_add(const struct aggregate *aggregate, void *state,
                           const struct value *arguments, struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct bit_state *self = state;
    self->bits |= arguments[0].is_null ? 0 : arguments[0].int64;
    return STATUS_OK;
}

static enum status bit_merge(const struct aggregate *aggregate, void *state, const void *from,
                             struct diag *diag)
{
    (void)aggregate;
    (void)diag;
    struct bit_state *self = state;
    self->bits |= ((const struct bit_state *)from)->bits;
    return STATUS_OK;
}

/* Also result(): what is shown is what is saved. */
static enum status bit_save(const struct aggregate *aggregate, const void *state,
                            struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    *out = value_int64(((const struct bit_state *)state)->bits);
    return STATUS_OK;
}

static enum status bit_load(const struct aggregate *aggregate, const struct value *saved,
                            void *state, struct diag *diag)
{
    (void)aggregate;
    if (saved->is_null) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "saved bits are NULL");
    }
    ((struct bit_state *)state)->bits = saved->int64;
    return STATUS_OK;
}

/* No undo: a bit may come from any row, so BIT_OR is not for tables. No release: the state owns
 * nothing. */
static const struct aggregate_def aggregates[] = {
    {.name = "BIT_OR",
     .parameters = "BIGINT bits",
     .returns = "BIGINT",
     .summary = "Returns all bits that are set in any of the values.",
     .resolve = bit_resolve,
     .init = bit_init,
     .add = bit_add,
     .merge = bit_merge,
     .result = bit_save,
     .save = bit_save,
     .load = bit_load},
};

/* --- Table function ----------------------------------------------------------------------- */

enum { COUNT_MAX = 1000000 };

static enum status count_down(const struct table_function *function, const struct value *args,
                              struct arena *arena, const struct value_list **rows,
                              struct diag *diag)
{
    (void)function;
    const int32_t start = args[0].is_null ? 0 : args[0].int32;
    if (start <= 0) {
        return STATUS_OK; /* no rows */
    }
    if (start > COUNT_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "COUNT_DOWN starts at most at %d",
                         COUNT_MAX);
    }
    struct value_list *list = value_list_create(arena, (uint32_t)start);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (int32_t i = 0; i < start; i++) {
        list->items[i] = value_int32(start - i);
    }
    *rows = list;
    return STATUS_OK;
}

static const struct table_function_def tables[] = {
    {.name = "COUNT_DOWN",
     .parameters = "INT start",
     .returns = "INT",
     .call = count_down,
     .summary = "Makes a row for each number from start down to 1.",
     .manual = "start: The first number."},
};

/* --- What Leat looks for ------------------------------------------------------------------ */

static const struct function_family family = {
    .functions = scalars,
    .function_count = sizeof(scalars) / sizeof(scalars[0]),
    .aggregates = aggregates,
    .aggregate_count = sizeof(aggregates) / sizeof(aggregates[0]),
    .tables = tables,
    .table_count = sizeof(tables) / sizeof(tables[0]),
};

static const struct function_family *const families[] = {&family};

LEAT_EXTENSION_EXPORT const struct leat_extension leat_extension = {
    LEAT_EXTENSION_BUILD, .name = "example",    .author = "You",
    .release = "1.0",     .families = families, .family_count = 1,
};
