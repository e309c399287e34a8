/* agg_topk.c
 *
 * TOPK: the k largest values of a column, descending; of equal ones the earlier stays ahead.
 * With further columns before k each place is a STRUCT<sort_col, col0, col1, ...>, ranked by
 * sort_col alone. TOPKDISTINCT: the k largest distinct values. NULL is not ranked. What fell out
 * of the list is forgotten, so neither can be undone.
 *
 * Two lists in step: the ranked values, and the further columns as structs. A row that does not
 * make the list costs one comparison with the last place.
 * Source: ksqlDB's TopkKudaf and TopkDistinctKudaf.
 */
#include <assert.h>

#include "functions/agg_items.h"
#include "functions/agg_support.h"
#include "functions/families.h"
#include "functions/natural_order.h"

struct topk_state {
    struct agg_items *keys; /* descending */
    struct agg_items *rows; /* the further columns of each; NULL when there are none */
};

static uint32_t places(const struct aggregate *aggregate)
{
    return (uint32_t)aggregate->constants[0].int32;
}

static enum status check_k(const struct aggregate *aggregate, struct diag *diag)
{
    if (aggregate->constants[0].is_null || aggregate->constants[0].int32 < 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s: k must be 1 or greater",
                         aggregate->def->name);
    }
    return STATUS_OK;
}

static enum status plain_resolve(struct aggregate *aggregate, struct arena *arena,
                                 struct diag *diag)
{
    TRY(check_k(aggregate, diag));
    aggregate->result_type = type_array(arena, aggregate->argument_types[0]);
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct topk_state),
                         diag);
}

static enum status row_resolve(struct aggregate *aggregate, struct arena *arena, struct diag *diag)
{
    TRY(check_k(aggregate, diag));
    const uint32_t count = aggregate->argument_count;
    struct type_field *fields = arena_array(arena, count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(diag);
    }
    fields[0] = (struct type_field){TEXT("sort_col"), aggregate->argument_types[0]};
    for (uint32_t i = 1; i < count; i++) {
        const struct text name = arena_printf(arena, "col%u", i - 1);
        if (!name.data) {
            return diag_no_memory(diag);
        }
        fields[i] = (struct type_field){name, aggregate->argument_types[i]};
    }
    const struct type *place = type_struct(arena, fields, count);
    aggregate->result_type = place ? type_array(arena, place) : NULL;
    return agg_set_state(aggregate, aggregate->result_type, AGG_STATE_BYTES(struct topk_state),
                         diag);
}

static bool has_rows(const struct aggregate *aggregate)
{
    return aggregate->argument_count > 1;
}

/* The type of the further columns: the fields of a place without sort_col. */
static struct type row_type(const struct aggregate *aggregate)
{
    const struct type *place = aggregate->result_type->element;
    return (struct type){
        .kind = TYPE_STRUCT, .field_count = place->field_count - 1, .fields = place->fields + 1};
}

/* Compares key with the place numbered at: >0 when key is larger. */
static enum status compare_place(const struct aggregate *aggregate, const struct topk_state *self,
                                 uint32_t at, const struct value *key, int *order,
                                 struct diag *diag)
{
    const struct type *type = aggregate->argument_types[0];
    struct value place;
    TRY(agg_items_get(self->keys, at, type, NULL, &place, diag));
    *order = natural_order(type, key, &place);
    return STATUS_OK;
}

/* The place that key would take, behind its equals; places() when it takes none. *is_equal
 * says that the place before holds the same value. */
static enum status find_place(const struct aggregate *aggregate, const struct topk_state *self,
                              const struct value *key, uint32_t *at, bool *is_equal,
                              struct diag *diag)
{
    const uint32_t count = agg_items_count(self->keys);
    uint32_t low = 0;
    uint32_t high = count;
    int order = 0;
    *is_equal = false;
    if (count == places(aggregate)) {
        TRY(compare_place(aggregate, self, count - 1, key, &order, diag));
        if (order <= 0) {
            *at = count;
            return STATUS_OK;
        }
    }
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        TRY(compare_place(aggregate, self, middle, key, &order, diag));
        if (order > 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *at = low;
    if (low > 0) {
        TRY(compare_place(aggregate, self, low - 1, key, &order, diag));
        *is_equal = order == 0;
    }
    return STATUS_OK;
}

static enum status insert_key(const struct aggregate *aggregate, struct topk_state *self,
                              uint32_t at, const struct value *key, struct diag *diag)
{
    struct text staged;
    TRY(agg_items_stage(&self->keys, aggregate->argument_types[0], key, &staged, diag));
    return agg_items_keep(self->keys, at, 0, diag);
}

static void drop_last(const struct aggregate *aggregate, struct topk_state *self)
{
    if (agg_items_count(self->keys) > places(aggregate)) {
        agg_items_remove(self->keys, places(aggregate));
        if (self->rows) {
            agg_items_remove(self->rows, places(aggregate));
        }
    }
}

static enum status insert_row(const struct aggregate *aggregate, struct topk_state *self,
                              uint32_t at, struct value *columns, struct diag *diag)
{
    const struct type type = row_type(aggregate);
    const struct value_list list = {.count = type.field_count, .items = columns};
    const struct value row = {.list = &list};
    struct text staged;
    TRY(agg_items_stage(&self->rows, &type, &row, &staged, diag));
    return agg_items_keep(self->rows, at, 0, diag);
}

static enum status topk_add(const struct aggregate *aggregate, void *state,
                            const struct value *arguments, struct diag *diag)
{
    struct topk_state *self = state;
    uint32_t at = 0;
    bool is_equal = false;
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    TRY(find_place(aggregate, self, &arguments[0], &at, &is_equal, diag));
    if (at == places(aggregate)) {
        return STATUS_OK;
    }
    TRY(insert_key(aggregate, self, at, &arguments[0], diag));
    if (has_rows(aggregate)) {
        struct value columns[AGGREGATE_ARGUMENTS_MAX];
        memcpy(columns, arguments + 1, (aggregate->argument_count - 1) * sizeof(columns[0]));
        const enum status status = insert_row(aggregate, self, at, columns, diag);
        if (status != STATUS_OK) {
            agg_items_remove(self->keys, at);
            return status;
        }
    }
    drop_last(aggregate, self);
    return STATUS_OK;
}

static enum status distinct_offer(const struct aggregate *aggregate, struct topk_state *self,
                                  const struct value *key, struct diag *diag)
{
    uint32_t at = 0;
    bool is_equal = false;
    if (key->is_null) {
        return STATUS_OK;
    }
    TRY(find_place(aggregate, self, key, &at, &is_equal, diag));
    if (at == places(aggregate) || is_equal) {
        return STATUS_OK;
    }
    TRY(insert_key(aggregate, self, at, key, diag));
    drop_last(aggregate, self);
    return STATUS_OK;
}

static enum status distinct_add(const struct aggregate *aggregate, void *state,
                                const struct value *arguments, struct diag *diag)
{
    return distinct_offer(aggregate, state, &arguments[0], diag);
}

static enum status topk_merge(const struct aggregate *aggregate, void *state, const void *from,
                              struct diag *diag)
{
    struct topk_state *self = state;
    const struct topk_state *other = from;
    for (uint32_t i = 0; i < agg_items_count(other->keys); i++) {
        struct value key;
        uint32_t at = 0;
        bool is_equal = false;
        TRY(agg_items_get(other->keys, i, aggregate->argument_types[0], NULL, &key, diag));
        TRY(find_place(aggregate, self, &key, &at, &is_equal, diag));
        if (at == places(aggregate)) {
            return STATUS_OK; /* what follows is no larger */
        }
        TRY(insert_key(aggregate, self, at, &key, diag));
        if (other->rows) {
            struct text staged;
            TRY(agg_items_stage_encoded(&self->rows, agg_items_text(other->rows, i), &staged,
                                        diag));
            TRY(agg_items_keep(self->rows, at, 0, diag));
        }
        drop_last(aggregate, self);
    }
    return STATUS_OK;
}

static enum status distinct_merge(const struct aggregate *aggregate, void *state, const void *from,
                                  struct diag *diag)
{
    const struct topk_state *other = from;
    for (uint32_t i = 0; i < agg_items_count(other->keys); i++) {
        struct value key;
        TRY(agg_items_get(other->keys, i, aggregate->argument_types[0], NULL, &key, diag));
        TRY(distinct_offer(aggregate, state, &key, diag));
    }
    return STATUS_OK;
}

static enum status plain_save(const struct aggregate *aggregate, const void *state,
                              struct arena *arena, struct value *out, struct diag *diag)
{
    const struct topk_state *self = state;
    return agg_items_return_list(self->keys, aggregate->argument_types[0], arena, out, diag);
}

static enum status row_save(const struct aggregate *aggregate, const void *state,
                            struct arena *arena, struct value *out, struct diag *diag)
{
    const struct topk_state *self = state;
    const struct type type = row_type(aggregate);
    const uint32_t count = agg_items_count(self->keys);
    struct value *keys = NULL;
    struct value *rows = NULL;
    TRY(agg_items_values(self->keys, aggregate->argument_types[0], arena, &keys, diag));
    TRY(agg_items_values(self->rows, &type, arena, &rows, diag));
    for (uint32_t i = 0; i < count; i++) {
        struct value_list *place = value_list_create(arena, type.field_count + 1);
        if (!place) {
            return diag_no_memory(diag);
        }
        place->items[0] = keys[i];
        memcpy(place->items + 1, rows[i].list->items, type.field_count * sizeof(rows[i]));
        keys[i] = (struct value){.list = place};
    }
    return agg_return_list(arena, keys, count, out, diag);
}

static enum status plain_load(const struct aggregate *aggregate, const struct value *saved,
                              void *state, struct diag *diag)
{
    struct topk_state *self = state;
    if (saved->is_null || !agg_saved_items(saved, saved->list->count)) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        TRY(insert_key(aggregate, self, i, &saved->list->items[i], diag));
    }
    return STATUS_OK;
}

static enum status row_load(const struct aggregate *aggregate, const struct value *saved,
                            void *state, struct diag *diag)
{
    struct topk_state *self = state;
    if (saved->is_null || !agg_saved_items(saved, saved->list->count)) {
        return agg_corrupt(aggregate, diag);
    }
    for (uint32_t i = 0; i < saved->list->count; i++) {
        const struct value_list *place = saved->list->items[i].list;
        if (place->count != aggregate->argument_count || place->items[0].is_null) {
            return agg_corrupt(aggregate, diag);
        }
        TRY(insert_key(aggregate, self, i, &place->items[0], diag));
        TRY(insert_row(aggregate, self, i, place->items + 1, diag));
    }
    return STATUS_OK;
}

static void topk_release(void *state)
{
    struct topk_state *self = state;
    agg_items_release_state(&self->keys);
    agg_items_release_state(&self->rows);
}

#define TOPK_CODE .literal_parameter_count = 1, .init = agg_init_zero, .release = topk_release

#define TOPK(type, text)                                                                           \
    {                                                                                              \
        .name = "TOPK", .parameters = type " val1, INT k", .returns = "ARRAY<" type ">",           \
        .summary = (text), TOPK_CODE, .resolve = plain_resolve, .add = topk_add,                   \
        .merge = topk_merge, .result = plain_save, .save = plain_save, .load = plain_load          \
    }

#define TOPK_ROWS(type)                                                                            \
    {                                                                                              \
        .name = "TOPK", .parameters = type " val1, ANY... val2, INT k",                            \
        .returns = "ARRAY<STRUCT<>>", TOPK_CODE, .resolve = row_resolve, .add = topk_add,          \
        .merge = topk_merge, .result = row_save, .save = row_save, .load = row_load                \
    }

#define TOPKDISTINCT(type, text)                                                                   \
    {                                                                                              \
        .name = "TOPKDISTINCT", .parameters = type " val1, INT k", .returns = "ARRAY<" type ">",   \
        .summary = (text), TOPK_CODE, .resolve = plain_resolve, .add = distinct_add,               \
        .merge = distinct_merge, .result = plain_save, .save = plain_save, .load = plain_load      \
    }

static const struct aggregate_def topk_table[] = {
    TOPK("INT", "Returns the k largest values of a column, descending. With further columns "
                "before k, returns structs of the value (sort_col) and those columns (col0, "
                "col1, ...)."),
    TOPK("BIGINT", NULL),
    TOPK("DOUBLE", NULL),
    TOPK("VARCHAR", NULL),
    TOPK_ROWS("INT"),
    TOPK_ROWS("BIGINT"),
    TOPK_ROWS("DOUBLE"),
    TOPK_ROWS("VARCHAR"),
    TOPKDISTINCT("INT", "Returns the k largest distinct values of a column, descending."),
    TOPKDISTINCT("BIGINT", NULL),
    TOPKDISTINCT("DOUBLE", NULL),
    TOPKDISTINCT("VARCHAR", NULL),
    TOPKDISTINCT("DECIMAL", NULL),
    TOPKDISTINCT("DATE", NULL),
    TOPKDISTINCT("TIME", NULL),
    TOPKDISTINCT("TIMESTAMP", NULL),
    TOPKDISTINCT("BYTES", NULL),
};

const struct function_family aggregate_topk_family = {
    .aggregates = topk_table, .aggregate_count = sizeof(topk_table) / sizeof(topk_table[0])};
