/* table_functions.c
 *
 * EXPLODE makes a row of each element of an array. CUBE_EXPLODE makes an array for every way to
 * replace elements by NULL, as GROUP BY CUBE needs: counted in binary from all NULL to all
 * there, the last element being the lowest bit. An element that is NULL already has only one
 * way, so it does not count twice.
 *
 * Source: ksqlDB's udtf.array.Explode and udtf.Cube.
 */
#include <string.h>

#include "functions/families.h"
#include "functions/table_function.h"

enum { CUBE_COLUMNS_MAX = 20 }; /* ksqlDB's limit: a million rows of a record */

static enum status element_type(struct arena *arena, const struct type *const *argument_types,
                                uint32_t argument_count, const struct type **out, struct diag *diag)
{
    (void)arena;
    (void)argument_count;
    (void)diag;
    *out = argument_types[0]->element;
    return STATUS_OK;
}

static enum status explode(const struct table_function *function, const struct value *args,
                           struct arena *arena, const struct value_list **rows, struct diag *diag)
{
    (void)function;
    (void)arena;
    (void)diag;
    *rows = args[0].is_null ? NULL : args[0].list;
    return STATUS_OK;
}

/* The combination that the bits of choice stand for, the lowest one for the last element that
 * is not NULL. */
static struct value_list *combine(struct arena *arena, const struct value_list *list,
                                  uint32_t choice)
{
    struct value_list *out = value_list_create(arena, list->count);
    if (!out) {
        return NULL;
    }
    for (uint32_t i = list->count; i > 0; i--) {
        const struct value *item = &list->items[i - 1];
        out->items[i - 1] = VALUE_NULL;
        if (!item->is_null) {
            if (choice & 1U) {
                out->items[i - 1] = *item;
            }
            choice >>= 1U;
        }
    }
    return out;
}

static enum status cube_explode(const struct table_function *function, const struct value *args,
                                struct arena *arena, const struct value_list **rows,
                                struct diag *diag)
{
    (void)function;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    const struct value_list *list = args[0].list;
    if (list->count > CUBE_COLUMNS_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "cube_explode: too many columns (%u); max is %d", list->count,
                         CUBE_COLUMNS_MAX);
    }
    uint32_t row_count = 1;
    for (uint32_t i = 0; i < list->count; i++) {
        row_count <<= list->items[i].is_null ? 0 : 1;
    }
    struct value_list *out = value_list_create(arena, row_count);
    if (!out) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < row_count; i++) {
        struct value_list *row = combine(arena, list, i);
        if (!row) {
            return diag_no_memory(diag);
        }
        out->items[i] = (struct value){.list = row};
    }
    *rows = out;
    return STATUS_OK;
}

static const struct table_function_def table_table[] = {
    {.name = "CUBE_EXPLODE",
     .spelling = "cube_explode",
     .parameters = "ARRAY<T> columns",
     .returns = "ARRAY<T>",
     .call = cube_explode,
     .summary = "Makes a row for each combination of the elements of an array and NULL in their "
                "place.",
     .manual = "columns: The array; at most 20 elements."},
    {.name = "EXPLODE",
     .spelling = "explode",
     .parameters = "ARRAY<DECIMAL> input",
     .returns = "DECIMAL",
     .returns_of = element_type,
     .call = explode,
     .summary = "Makes a row for each element of an array.",
     .manual = "input: The array."},
    {.name = "EXPLODE",
     .spelling = "explode",
     .parameters = "ARRAY<T> list",
     .returns = "T",
     .call = explode,
     .manual = "list: The array."},
};

const struct function_family table_family = {
    .tables = table_table, .table_count = sizeof(table_table) / sizeof(table_table[0])};
