/* eval.c
 *
 * The frame of evaluation: leaves, regions of failure, constants, and the two public entries.
 * A column reference costs nothing: the vector borrows the batch's arrays. A literal is one
 * value. All other nodes allocate one column for their result, from the context's arena.
 *
 * Rejected: compiling the tree to a flat program of instructions. The tree is walked once per
 * batch, which is nothing against the kernels, and lazy parts (CASE, AND, OR) need narrower
 * rows anyway.
 */
#include "functions/eval.h"

#include <assert.h>

typedef enum status eval_function(const struct run *run, const struct expr *expr,
                                  struct vector *out);

enum status vector_init(struct vector *vector, const struct run *run, const struct type *type)
{
    vector->is_constant = run->constant_for != NULL;
    const size_t capacity = vector->is_constant ? 1 : run->eval->capacity;
    return column_init(&vector->column, run->eval->context->arena, type, capacity, run->eval->diag);
}

void vector_clear(struct vector *vector, size_t row)
{
    struct column *column = &vector->column;
    const size_t at = vector_row(vector, row);
    const size_t bytes = layout_bytes(type_layout(column->type));
    column_set_null(column, at);
    memset((char *)column->data + at * bytes, 0, bytes);
}

const struct run *run_for(const struct run *run, const struct vector *operands, uint32_t count,
                          struct run *constant)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!operands[i].is_constant) {
            return run;
        }
    }
    assert(!run->constant_for); /* operands are evaluated for the rows themselves */
    *constant = (struct run){
        .eval = run->eval, .region = run->region, .rows = NULL, .count = 1, .constant_for = run};
    return constant;
}

bool run_has_failed(const struct run *run, size_t row)
{
    const uint8_t *failed = run->region->failed;
    if (!failed) {
        return false;
    }
    const struct run *all = run->constant_for;
    if (!all) {
        return failed[row] != 0;
    }
    return all->count == 0 || failed[run_row(all, 0)] != 0;
}

static void report(const struct run *run, size_t row, const char *message)
{
    const struct expr_errors *errors = run->eval->context->errors;
    if (errors && errors->report) {
        errors->report(errors->context, row, run->region->expr, message);
    }
}

enum status run_fail(const struct run *run, size_t row, const char *message)
{
    if (run->constant_for) {
        const struct run *all = run->constant_for;
        for (size_t i = 0; i < all->count; i++) {
            TRY(run_fail(all, run_row(all, i), message));
        }
        return STATUS_OK;
    }
    struct region *region = run->region;
    if (!region->failed) {
        region->failed = arena_zalloc(run->eval->context->arena, run->eval->capacity);
        if (!region->failed) {
            return diag_no_memory(run->eval->diag);
        }
    }
    if (!region->failed[row]) {
        region->failed[row] = 1;
        report(run, row, message);
    }
    return STATUS_OK;
}

enum status run_fail_with(const struct run *run, size_t row, enum status status)
{
    struct eval *eval = run->eval;
    if (status == STATUS_INVALID) {
        return run_fail(run, row, eval->row_diag->message);
    }
    if (status != STATUS_OK && eval->diag) {
        *eval->diag = *eval->row_diag;
    }
    return status;
}

/* --- Leaves ------------------------------------------------------------------------------- */

static enum status eval_column(const struct run *run, const struct expr *expr, struct vector *out)
{
    assert(expr->column_index < run->eval->batch->column_count);
    out->column = run->eval->batch->columns[expr->column_index];
    out->is_constant = false;
    assert(out->column.is_present);
    return STATUS_OK;
}

static enum status make_constant(const struct run *run, const struct type *type, struct value value,
                                 struct vector *out)
{
    out->is_constant = true;
    TRY(column_init(&out->column, run->eval->context->arena, type, 1, run->eval->diag));
    column_set(&out->column, 0, value);
    return STATUS_OK;
}

static enum status eval_literal(const struct run *run, const struct expr *expr, struct vector *out)
{
    return make_constant(run, expr->type, expr->literal, out);
}

static enum status eval_lambda_argument(const struct run *run, const struct expr *expr,
                                        struct vector *out)
{
    assert(expr->lambda_slot < LAMBDA_SLOTS_MAX);
    return make_constant(run, expr->type, run->eval->context->lambda_values[expr->lambda_slot],
                         out);
}

/* Lambdas are run by the functions that take them. */
static enum status eval_lambda(const struct run *run, const struct expr *expr, struct vector *out)
{
    return make_constant(run, expr->type, VALUE_NULL, out);
}

static eval_function *const evaluators[EXPR_KIND_COUNT] = {
    [EXPR_COLUMN] = eval_column,
    [EXPR_LITERAL] = eval_literal,
    [EXPR_CALL] = eval_call,
    [EXPR_CAST] = eval_cast,
    [EXPR_ARITHMETIC] = eval_arithmetic,
    [EXPR_NEGATE] = eval_negate,
    [EXPR_COMPARE] = eval_compare,
    [EXPR_AND] = eval_logical,
    [EXPR_OR] = eval_logical,
    [EXPR_NOT] = eval_not,
    [EXPR_CASE] = eval_case,
    [EXPR_IN] = eval_in,
    [EXPR_LIKE] = eval_like,
    [EXPR_IS_NULL] = eval_is_null,
    [EXPR_SUBSCRIPT] = eval_subscript,
    [EXPR_FIELD] = eval_field,
    [EXPR_ARRAY] = eval_constructor,
    [EXPR_MAP] = eval_constructor,
    [EXPR_STRUCT] = eval_constructor,
    [EXPR_LAMBDA] = eval_lambda,
    [EXPR_LAMBDA_ARGUMENT] = eval_lambda_argument,
};

enum status eval_node(const struct run *run, const struct expr *expr, struct vector *out)
{
    assert(expr->kind < EXPR_KIND_COUNT);
    return evaluators[expr->kind](run, expr, out);
}

/* --- Regions ------------------------------------------------------------------------------ */

/* Kinds that cannot fail need no region, and most operands are of these. */
static bool can_fail(enum expr_kind kind)
{
    return kind != EXPR_COLUMN && kind != EXPR_LITERAL && kind != EXPR_LAMBDA &&
           kind != EXPR_LAMBDA_ARGUMENT;
}

static bool catches(const struct expr *parent, const struct expr *operand)
{
    if (!can_fail(operand->kind)) {
        return false;
    }
    const enum expr_kind kind = parent->kind;
    return operand->kind == EXPR_CALL || operand->kind == EXPR_CAST || kind == EXPR_CALL ||
           kind == EXPR_CAST || kind == EXPR_ARRAY || kind == EXPR_MAP || kind == EXPR_STRUCT;
}

/* A vector of its own that is NULL in the rows of run that failed. */
static enum status null_failed_rows(const struct run *run, const struct vector *source,
                                    const uint8_t *failed, struct vector *out)
{
    struct vector result;
    struct run rows = *run;
    rows.constant_for = NULL;
    TRY(vector_init(&result, &rows, source->column.type));
    result.column.json_clean = source->column.json_clean;
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (failed[row]) {
            column_set_null(&result.column, row);
        } else {
            column_copy_row(&result.column, row, &source->column, vector_row(source, row));
        }
    }
    *out = result;
    return STATUS_OK;
}

enum status eval_operand(const struct run *run, const struct expr *parent, uint32_t i,
                         struct vector *out)
{
    const struct expr *operand = parent->operands[i];
    if (!run->eval->context->nested_errors_are_null || !catches(parent, operand)) {
        return eval_node(run, operand, out);
    }
    struct region region = {.expr = operand};
    struct run inner = *run;
    inner.region = &region;
    TRY(eval_node(&inner, operand, out));
    return region.failed ? null_failed_rows(&inner, out, region.failed, out) : STATUS_OK;
}

enum status eval_begin(const struct run **run, const struct expr *expr, struct vector *operands,
                       uint32_t count, struct run *constant, struct vector *out)
{
    assert(count <= expr->operand_count);
    for (uint32_t i = 0; i < count; i++) {
        TRY(eval_operand(*run, expr, i, &operands[i]));
    }
    *run = run_for(*run, operands, count, constant);
    return vector_init(out, *run, expr->type);
}

enum status eval_operands(const struct run *run, const struct expr *parent, struct vector **out)
{
    struct arena *arena = run->eval->context->arena;
    struct vector *operands = arena_array(arena, parent->operand_count, sizeof(*operands));
    if (!operands) {
        return diag_no_memory(run->eval->diag);
    }
    for (uint32_t i = 0; i < parent->operand_count; i++) {
        TRY(eval_operand(run, parent, i, &operands[i]));
    }
    *out = operands;
    return STATUS_OK;
}

/* --- Entries ------------------------------------------------------------------------------ */

static enum status spread_constant(const struct run *run, const struct vector *constant,
                                   size_t capacity, struct column *column)
{
    TRY(column_init(column, run->eval->context->arena, constant->column.type, capacity,
                    run->eval->diag));
    for (size_t i = 0; i < run->count; i++) {
        column_copy_row(column, run_row(run, i), &constant->column, 0);
    }
    return STATUS_OK;
}

/* The result of the tree as a full column, NULL where the row failed. */
static enum status finish(const struct run *run, const struct vector *vector, struct column *column,
                          uint8_t *has_failed)
{
    struct vector full = *vector;
    if (vector->is_constant) {
        full.is_constant = false;
        TRY(spread_constant(run, vector, run->eval->capacity, &full.column));
    }
    const uint8_t *failed = run->region->failed;
    for (size_t i = 0; failed && i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (!failed[row]) {
            continue;
        }
        vector_clear(&full, row);
        if (has_failed) {
            has_failed[row] = 1;
        }
    }
    *column = full.column;
    return STATUS_OK;
}

enum status expr_eval(const struct expr *expr, const struct batch *batch, const uint32_t *rows,
                      size_t count, struct expr_context *context, struct column *column,
                      uint8_t *has_failed, struct diag *diag)
{
    if (count == 0) {
        return column_init(column, context->arena, expr->type, batch->capacity, diag);
    }
    struct diag row_diag;
    struct eval eval = {.batch = batch,
                        .capacity = batch->capacity,
                        .context = context,
                        .diag = diag,
                        .row_diag = &row_diag};
    struct region region = {.expr = expr};
    const struct run run = {.eval = &eval, .region = &region, .rows = rows, .count = count};
    struct vector vector;
    TRY(eval_node(&run, expr, &vector));
    return finish(&run, &vector, column, has_failed);
}

static void keep_message(void *context, size_t row, const struct expr *expr, const char *message)
{
    (void)row;
    struct diag *diag = context;
    (void)diag_fail(diag, STATUS_INVALID, expr->pos, "%s", message);
}

enum status expr_eval_constant(const struct expr *expr, struct expr_context *context,
                               struct value *out, struct diag *diag)
{
    struct diag failure;
    diag_reset(&failure);
    const struct expr_errors errors = {keep_message, &failure};
    struct expr_context own = *context;
    own.errors = &errors;
    own.nested_errors_are_null = false;
    struct batch batch = {.arena = context->arena, .row_count = 1, .capacity = 1};
    struct column column;
    uint8_t has_failed = 0;
    TRY(expr_eval(expr, &batch, NULL, 1, &own, &column, &has_failed, diag));
    if (has_failed) {
        return diag_fail(diag, STATUS_INVALID, failure.pos, "%s", failure.message);
    }
    *out = column_get(&column, 0);
    return STATUS_OK;
}
