/* eval_nested.c
 *
 * Subscripts, fields and the constructors of arrays, maps and structs, row by row: their values
 * are boxed anyway. Access into NULL, or to what is not there, gives NULL and is no error.
 * Results borrow the parts that they hold from the operands' columns.
 */
#include <assert.h>

#include "functions/eval.h"

/* Position 1 is the first, -1 the last; -1 in *at when there is no such element. */
static int64_t array_position(int64_t index, uint32_t count)
{
    if (index > 0 && index <= (int64_t)count) {
        return index - 1;
    }
    return index < 0 && -index <= (int64_t)count ? (int64_t)count + index : -1;
}

static struct value subscript(const struct type *type, const struct value *container,
                              const struct value *index)
{
    if (container->is_null || index->is_null) {
        return VALUE_NULL;
    }
    if (type->kind == TYPE_MAP) {
        const int at = value_map_find(type, container->map, index);
        return at < 0 ? VALUE_NULL : container->map->values[at];
    }
    const int64_t at = array_position(index->int32, container->list->count);
    return at < 0 ? VALUE_NULL : container->list->items[at];
}

enum status eval_subscript(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operands[2];
    struct run constant;
    TRY(eval_begin(&run, expr, operands, 2, &constant, out));
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        const struct value container = vector_get(&operands[0], row);
        const struct value index = vector_get(&operands[1], row);
        column_set(&out->column, row, subscript(operands[0].column.type, &container, &index));
    }
    return STATUS_OK;
}

enum status eval_field(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operand;
    struct run constant;
    TRY(eval_begin(&run, expr, &operand, 1, &constant, out));
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        const struct value container = vector_get(&operand, row);
        if (container.is_null) {
            column_set_null(&out->column, row);
            continue;
        }
        assert(expr->field_index < container.list->count);
        column_set(&out->column, row, container.list->items[expr->field_index]);
    }
    return STATUS_OK;
}

static enum status make_list(const struct run *run, const struct expr *expr,
                             const struct vector *operands, size_t row, struct value *out)
{
    struct value_list *list = value_list_create(run->eval->context->arena, expr->operand_count);
    if (!list) {
        return diag_no_memory(run->eval->diag);
    }
    for (uint32_t i = 0; i < expr->operand_count; i++) {
        list->items[i] = vector_get(&operands[i], row);
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status make_map(const struct run *run, const struct expr *expr,
                            const struct vector *operands, size_t row, struct value *out)
{
    struct value_map *map = value_map_create(run->eval->context->arena, expr->operand_count / 2);
    if (!map) {
        return diag_no_memory(run->eval->diag);
    }
    *out = VALUE_NULL;
    for (uint32_t i = 0; i < expr->operand_count; i += 2) {
        struct value key = vector_get(&operands[i], row);
        if (key.is_null) { /* Java's maps take a null key, and formats write it as "null" */
            if (expr->type->key->kind != TYPE_STRING) {
                return run_fail(run, row, "a key of MAP is NULL");
            }
            key = value_text(TEXT("null"));
        }
        value_map_put(expr->type, map, key, vector_get(&operands[i + 1], row));
    }
    *out = (struct value){.map = map};
    return STATUS_OK;
}

enum status eval_constructor(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector *operands = NULL;
    TRY(eval_operands(run, expr, &operands));
    struct run constant;
    run = run_for(run, operands, expr->operand_count, &constant);
    TRY(vector_init(out, run, expr->type));
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        struct value value = VALUE_NULL;
        if (expr->kind == EXPR_MAP) {
            TRY(make_map(run, expr, operands, row, &value));
        } else {
            TRY(make_list(run, expr, operands, row, &value));
        }
        column_set(&out->column, row, value);
    }
    return STATUS_OK;
}
