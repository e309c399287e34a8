/* agg_extreme.c
 *
 * MIN and MAX. NULLs are ignored; the extreme of nothing is NULL. Values compare as Java's
 * compareTo has it, and of two equal ones the first stays. Neither can be undone: the next best
 * value is not known.
 *
 * A fixed-size value lies in the state; a text is a block that the state owns and reuses while
 * it is large enough, so that a group that keeps improving does not allocate every time.
 * Source: ksqlDB's MinKudaf, MaxKudaf and BaseComparableKudaf.
 */
#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "functions/agg_support.h"
#include "functions/families.h"
#include "functions/natural_order.h"

struct extreme_state {
    union {
        int32_t int32;
        int64_t int64;
        double real;
        int128 decimal;
        struct {
            char *block; /* owned; NULL when no text was ever kept */
            uint32_t bytes;
            uint32_t capacity;
        } text;
    };
    bool has_value;
};

static enum status extreme_resolve(struct aggregate *aggregate, struct arena *arena,
                                   struct diag *diag)
{
    (void)arena;
    if (!aggregate->result_type) { /* DECIMAL */
        aggregate->result_type = aggregate->argument_types[0];
    }
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct extreme_state),
                         diag);
}

static struct value extreme_value(const struct type *type, const struct extreme_state *self)
{
    if (!self->has_value) {
        return VALUE_NULL;
    }
    switch (type_layout(type)) {
    case LAYOUT_INT32:
        return value_int32(self->int32);
    case LAYOUT_INT64:
        return value_int64(self->int64);
    case LAYOUT_DOUBLE:
        return value_real(self->real);
    case LAYOUT_DECIMAL:
        return (struct value){.decimal = self->decimal};
    case LAYOUT_TEXT:
        return value_text((struct text){self->text.block, self->text.bytes});
    case LAYOUT_BOOLEAN:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    assert(false);
    return VALUE_NULL;
}

static enum status keep_text(struct extreme_state *self, struct text text, struct diag *diag)
{
    if (text.bytes > UINT32_MAX / 2) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "text of %zu bytes is too long",
                         text.bytes);
    }
    if (!self->text.block || text.bytes > self->text.capacity) {
        char *block = memory_resize(self->text.block, text.bytes);
        if (!block) {
            return diag_no_memory(diag);
        }
        self->text.block = block;
        self->text.capacity = (uint32_t)text.bytes;
    }
    if (text.bytes) {
        memcpy(self->text.block, text.data, text.bytes);
    }
    self->text.bytes = (uint32_t)text.bytes;
    return STATUS_OK;
}

static enum status keep_value(const struct type *type, struct extreme_state *self,
                              const struct value *value, struct diag *diag)
{
    switch (type_layout(type)) {
    case LAYOUT_INT32:
        self->int32 = value->int32;
        break;
    case LAYOUT_INT64:
        self->int64 = value->int64;
        break;
    case LAYOUT_DOUBLE:
        self->real = value->real;
        break;
    case LAYOUT_DECIMAL:
        self->decimal = value->decimal;
        break;
    case LAYOUT_TEXT:
        TRY(keep_text(self, value->text, diag));
        break;
    case LAYOUT_BOOLEAN:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        assert(false);
    }
    self->has_value = true;
    return STATUS_OK;
}

/* direction: 1 for MAX, -1 for MIN. */
static enum status offer(const struct type *type, struct extreme_state *self,
                         const struct value *value, int direction, struct diag *diag)
{
    if (value->is_null) {
        return STATUS_OK;
    }
    if (self->has_value) {
        const struct value kept = extreme_value(type, self);
        if (natural_order(type, value, &kept) * direction <= 0) {
            return STATUS_OK;
        }
    }
    return keep_value(type, self, value, diag);
}

static enum status min_add(const struct aggregate *aggregate, void *state,
                           const struct value *arguments, struct diag *diag)
{
    return offer(aggregate->result_type, state, &arguments[0], -1, diag);
}

static enum status max_add(const struct aggregate *aggregate, void *state,
                           const struct value *arguments, struct diag *diag)
{
    return offer(aggregate->result_type, state, &arguments[0], 1, diag);
}

static enum status min_merge(const struct aggregate *aggregate, void *state, const void *from,
                             struct diag *diag)
{
    const struct value other = extreme_value(aggregate->result_type, from);
    return offer(aggregate->result_type, state, &other, -1, diag);
}

static enum status max_merge(const struct aggregate *aggregate, void *state, const void *from,
                             struct diag *diag)
{
    const struct value other = extreme_value(aggregate->result_type, from);
    return offer(aggregate->result_type, state, &other, 1, diag);
}

/* Loops over the two integer layouts, the usual columns; order is taken on (value ^ flip): with
 * all bits flipped the smallest integer is the largest. */
static void offer_rows_int32(void *const *states, const struct column *column, size_t row_count,
                             int32_t flip)
{
    for (size_t i = 0; i < row_count; i++) {
        struct extreme_state *self = states[i];
        const int32_t value = column->int32[i];
        if (!column_is_null(column, i) &&
            (!self->has_value || (value ^ flip) > (self->int32 ^ flip))) {
            self->int32 = value;
            self->has_value = true;
        }
    }
}

static void offer_rows_int64(void *const *states, const struct column *column, size_t row_count,
                             int64_t flip)
{
    for (size_t i = 0; i < row_count; i++) {
        struct extreme_state *self = states[i];
        const int64_t value = column->int64[i];
        if (!column_is_null(column, i) &&
            (!self->has_value || (value ^ flip) > (self->int64 ^ flip))) {
            self->int64 = value;
            self->has_value = true;
        }
    }
}

static void offer_rows_real(void *const *states, const struct column *column, size_t row_count,
                            int direction)
{
    for (size_t i = 0; i < row_count; i++) {
        struct extreme_state *self = states[i];
        const double value = column->real[i];
        if (!column_is_null(column, i) &&
            (!self->has_value || natural_order_real(value, self->real) * direction > 0)) {
            self->real = value;
            self->has_value = true;
        }
    }
}

static enum status offer_rows(const struct aggregate *aggregate, void *const *states,
                              const struct column *column, size_t row_count, int direction,
                              struct diag *diag)
{
    const struct type *type = aggregate->result_type;
    const enum layout layout = type_layout(type);
    if (layout == LAYOUT_INT32) {
        offer_rows_int32(states, column, row_count, direction > 0 ? 0 : -1);
        return STATUS_OK;
    }
    if (layout == LAYOUT_INT64) {
        offer_rows_int64(states, column, row_count, direction > 0 ? 0 : -1);
        return STATUS_OK;
    }
    if (layout == LAYOUT_DOUBLE) {
        offer_rows_real(states, column, row_count, direction);
        return STATUS_OK;
    }
    for (size_t i = 0; i < row_count; i++) {
        const struct value value = column_get(column, i);
        TRY(offer(type, states[i], &value, direction, diag));
    }
    return STATUS_OK;
}

static enum status min_add_rows(const struct aggregate *aggregate, void *const *states,
                                const struct column *const *arguments, size_t row_count,
                                struct diag *diag)
{
    return offer_rows(aggregate, states, arguments[0], row_count, -1, diag);
}

static enum status max_add_rows(const struct aggregate *aggregate, void *const *states,
                                const struct column *const *arguments, size_t row_count,
                                struct diag *diag)
{
    return offer_rows(aggregate, states, arguments[0], row_count, 1, diag);
}

static enum status extreme_save(const struct aggregate *aggregate, const void *state,
                                struct arena *arena, struct value *out, struct diag *diag)
{
    const struct value value = extreme_value(aggregate->result_type, state);
    return value_copy(arena, aggregate->result_type, &value, out, diag);
}

static enum status extreme_load(const struct aggregate *aggregate, const struct value *saved,
                                void *state, struct diag *diag)
{
    return saved->is_null ? STATUS_OK : keep_value(aggregate->result_type, state, saved, diag);
}

static void extreme_release_text(void *state)
{
    struct extreme_state *self = state;
    memory_free(self->text.block);
}

#define EXTREME_CODE                                                                               \
    .resolve = extreme_resolve, .init = agg_init_zero, .result = extreme_save,                     \
    .save = extreme_save, .load = extreme_load

#define MAX(type, release_text, text)                                                              \
    {                                                                                              \
        .name = "MAX", .parameters = type " val1", .returns = type, .summary = (text),             \
        EXTREME_CODE, .add = max_add, .merge = max_merge, .add_rows = max_add_rows,                \
        .release = (release_text)                                                                  \
    }

#define MIN(type, release_text, text)                                                              \
    {                                                                                              \
        .name = "MIN", .parameters = type " val1", .returns = type, .summary = (text),             \
        EXTREME_CODE, .add = min_add, .merge = min_merge, .add_rows = min_add_rows,                \
        .release = (release_text)                                                                  \
    }

static const struct aggregate_def extreme_table[] = {
    MAX("INT", NULL, "Returns the largest value of a column."),
    MAX("BIGINT", NULL, NULL),
    MAX("DOUBLE", NULL, NULL),
    MAX("DECIMAL", NULL, NULL),
    MAX("DATE", NULL, NULL),
    MAX("TIME", NULL, NULL),
    MAX("TIMESTAMP", NULL, NULL),
    MAX("VARCHAR", extreme_release_text, NULL),
    MAX("BYTES", extreme_release_text, NULL),
    MIN("INT", NULL, "Returns the smallest value of a column."),
    MIN("BIGINT", NULL, NULL),
    MIN("DOUBLE", NULL, NULL),
    MIN("DECIMAL", NULL, NULL),
    MIN("DATE", NULL, NULL),
    MIN("TIME", NULL, NULL),
    MIN("TIMESTAMP", NULL, NULL),
    MIN("VARCHAR", extreme_release_text, NULL),
    MIN("BYTES", extreme_release_text, NULL),
};

const struct function_family aggregate_extreme_family = {
    .aggregates = extreme_table,
    .aggregate_count = sizeof(extreme_table) / sizeof(extreme_table[0])};
