/* eval_logic.c
 *
 * AND, OR, NOT, CASE, IS NULL and LIKE. AND and OR look at the right operand only for the rows
 * that the left one leaves open, and CASE looks at each branch only for its rows: a branch that
 * would fail on other rows must not run there. A NULL where a truth value is needed is an error
 * of its row (spec, "NULL semantics").
 */
#include <assert.h>

#include "functions/eval.h"
#include "functions/like.h"

/* Rows of run picked out one by one, ascending. */
struct picked {
    uint32_t *rows;
    size_t count;
};

static enum status picked_init(struct picked *picked, const struct run *run)
{
    picked->count = 0;
    picked->rows = arena_array(run->eval->context->arena, run->count, sizeof(*picked->rows));
    return picked->rows ? STATUS_OK : diag_no_memory(run->eval->diag);
}

static void pick(struct picked *picked, size_t row)
{
    picked->rows[picked->count++] = (uint32_t)row;
}

static struct run run_over(const struct run *run, const struct picked *picked)
{
    struct run narrow = *run;
    narrow.rows = picked->rows;
    narrow.count = picked->count;
    return narrow;
}

static enum status fail_null(const struct run *run, size_t row, struct vector *out)
{
    vector_clear(out, row);
    return run_fail(run, row, "a BOOLEAN operand is NULL");
}

/* Where the left operand decides, its value is the result; the other rows are picked. */
static enum status decide_left(const struct run *run, const struct vector *left, bool decisive,
                               struct vector *out, struct picked *open)
{
    const uint8_t *boolean = left->column.boolean;
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (vector_is_null(left, row)) {
            TRY(fail_null(run, row, out));
        } else if (boolean[vector_row(left, row)] == decisive) {
            out->column.boolean[row] = decisive;
        } else {
            pick(open, row);
        }
    }
    return STATUS_OK;
}

static enum status copy_truth(const struct run *run, const struct vector *from, struct vector *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (vector_is_null(from, row)) {
            TRY(fail_null(run, row, out));
        } else {
            out->column.boolean[row] = from->column.boolean[vector_row(from, row)];
        }
    }
    return STATUS_OK;
}

enum status eval_logical(const struct run *run, const struct expr *expr, struct vector *out)
{
    const bool decisive = expr->kind == EXPR_OR;
    struct vector left;
    struct vector right;
    struct picked open;
    TRY(eval_operand(run, expr, 0, &left));
    TRY(vector_init(out, run, expr->type));
    TRY(picked_init(&open, run));
    TRY(decide_left(run, &left, decisive, out, &open));
    if (open.count == 0) {
        return STATUS_OK;
    }
    /* When all rows are open the run stays dense, which keeps kernels vectorised. */
    const struct run rest = open.count == run->count ? *run : run_over(run, &open);
    TRY(eval_operand(&rest, expr, 1, &right));
    return copy_truth(&rest, &right, out);
}

enum status eval_not(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operand;
    struct run constant;
    TRY(eval_begin(&run, expr, &operand, 1, &constant, out));
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (vector_is_null(&operand, row)) {
            TRY(fail_null(run, row, out));
        } else {
            out->column.boolean[row] = !operand.column.boolean[row];
        }
    }
    return STATUS_OK;
}

static void copy_rows(const struct run *run, const struct vector *from, struct vector *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        column_copy_row(&out->column, row, &from->column, vector_row(from, row));
    }
}

/* Splits the rows of run by the condition. */
static enum status split(const struct run *run, const struct vector *when, struct picked *matched,
                         struct picked *rest, struct vector *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (vector_is_null(when, row)) {
            TRY(fail_null(run, row, out));
        } else {
            pick(when->column.boolean[vector_row(when, row)] ? matched : rest, row);
        }
    }
    return STATUS_OK;
}

static enum status take_branch(const struct run *run, const struct expr *expr, uint32_t branch,
                               struct vector *out)
{
    if (run->count == 0) {
        return STATUS_OK;
    }
    struct vector then;
    TRY(eval_operand(run, expr, branch, &then));
    copy_rows(run, &then, out);
    return STATUS_OK;
}

enum status eval_case(const struct run *run, const struct expr *expr, struct vector *out)
{
    assert(expr->operand_count % 2 == 1);
    TRY(vector_init(out, run, expr->type));
    struct run open = *run;
    for (uint32_t i = 0; i + 1 < expr->operand_count && open.count > 0; i += 2) {
        struct vector when;
        struct picked matched;
        struct picked rest;
        TRY(picked_init(&matched, &open));
        TRY(picked_init(&rest, &open));
        TRY(eval_operand(&open, expr, i, &when));
        TRY(split(&open, &when, &matched, &rest, out));
        const struct run branch = run_over(&open, &matched);
        TRY(take_branch(&branch, expr, i + 1, out));
        open = run_over(&open, &rest);
    }
    return take_branch(&open, expr, expr->operand_count - 1, out);
}

enum status eval_is_null(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operand;
    struct run constant;
    TRY(eval_begin(&run, expr, &operand, 1, &constant, out));
    for (size_t i = 0; operand.column.has_nulls && i < run->count; i++) {
        const size_t row = run_row(run, i);
        out->column.boolean[row] = operand.column.is_null[row];
    }
    return STATUS_OK;
}

/* pattern is that of the row before; it is compiled anew unless it is constant. */
static enum status like_row(const struct run *run, const struct expr *expr,
                            const struct vector *operands, size_t row, struct like_pattern *pattern,
                            struct vector *out)
{
    if (vector_is_null(&operands[0], row) || vector_is_null(&operands[1], row)) {
        vector_clear(out, row);
        return run_fail(run, row, "an operand of LIKE is NULL");
    }
    if (!operands[1].is_constant || !pattern->text.data) {
        const struct text text = vector_get(&operands[1], row).text;
        const enum status status = like_compile(text, expr->escape, pattern, run->eval->row_diag);
        if (status != STATUS_OK) {
            vector_clear(out, row);
            return run_fail_with(run, row, status);
        }
    }
    const struct text text = operands[0].column.text[vector_row(&operands[0], row)];
    out->column.boolean[row] = like_match(pattern, text);
    return STATUS_OK;
}

enum status eval_like(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector operands[2];
    struct run constant;
    TRY(eval_begin(&run, expr, operands, 2, &constant, out));
    struct like_pattern pattern = {.text = {NULL, 0}};
    for (size_t i = 0; i < run->count; i++) {
        TRY(like_row(run, expr, operands, run_row(run, i), &pattern, out));
    }
    return STATUS_OK;
}
