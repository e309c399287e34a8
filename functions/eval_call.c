/* eval_call.c
 *
 * Calls of functions: a kernel over columns where the overload has one, else its row code for
 * each row. Rules about NULL that many functions share (strict, primitive parameters) are
 * applied here, so that row code need not repeat them.
 *
 * A lambda's body is evaluated over a batch of one row, a view of the row at hand, with the
 * bound values in the context: columns in the body then work like anywhere else. Memory for
 * each element comes from the batch's arena.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/bounds.h"
#include "functions/eval.h"
#include "functions/function.h"

struct call_run {
    const struct run *run;
    const struct expr *expr;
    const struct vector *arguments;
    struct function_call call;
    enum layout *layouts; /* of the arguments */
    enum layout result_layout;
    struct value *values; /* of the row at hand */
};

int64_t interval_unit_ms(enum interval_unit unit)
{
    static const int64_t ms[UNIT_COUNT] = {[UNIT_MILLISECONDS] = 1,
                                           [UNIT_SECONDS] = 1000,
                                           [UNIT_MINUTES] = 60000,
                                           [UNIT_HOURS] = 3600000,
                                           [UNIT_DAYS] = 86400000};
    assert(unit < UNIT_COUNT);
    return ms[unit];
}

enum status function_fail(struct function_call *call, const char *format, ...)
{
    char message[DIAG_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return diag_fail(call->diag, STATUS_INVALID, SQL_POS_NONE, "%s", message);
}

enum status function_check_bytes(struct function_call *call, size_t bytes)
{
    if (bytes <= RECORD_BYTES_MAX) {
        return STATUS_OK;
    }
    return function_fail(call, "the result would be longer than %d bytes", RECORD_BYTES_MAX);
}

enum status function_return_text(struct function_call *call, struct text text, struct value *out)
{
    *out = value_text(arena_text(call->arena, text));
    return out->text.data ? STATUS_OK : diag_no_memory(call->diag);
}

/* --- Lambdas ------------------------------------------------------------------------------ */

/* Reports from inside a body belong to the row of the batch, not to row 0 of the view. */
struct lambda_errors {
    const struct expr_errors *outer;
    size_t row;
    const struct expr *body;
    struct diag *diag; /* what the body as a whole failed with */
};

static void report_inner(void *context, size_t row, const struct expr *expr, const char *message)
{
    (void)row;
    struct lambda_errors *errors = context;
    if (expr == errors->body) {
        (void)diag_fail(errors->diag, STATUS_INVALID, SQL_POS_NONE, "%s", message);
        return;
    }
    if (errors->outer && errors->outer->report) {
        errors->outer->report(errors->outer->context, errors->row, expr, message);
    }
}

/* One row of batch as a batch that borrows its arrays. */
static enum status view_row(const struct batch *batch, size_t row, struct arena *arena,
                            struct batch *out, struct diag *diag)
{
    *out = (struct batch){
        .arena = arena, .row_count = 1, .capacity = 1, .column_count = batch->column_count};
    out->columns = arena_array(arena, batch->column_count, sizeof(*out->columns));
    if (!out->columns) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < batch->column_count; i++) {
        struct column *column = &out->columns[i];
        *column = batch->columns[i];
        if (column->is_present) {
            const size_t bytes = layout_bytes(type_layout(column->type));
            column->data = (char *)column->data + row * bytes;
            column->is_null += row;
        }
    }
    return STATUS_OK;
}

static enum status run_body(struct function_call *call, const struct expr *body,
                            struct expr_context *context, struct value *out)
{
    struct lambda_errors errors = {context->errors, call->row, body, call->diag};
    const struct expr_errors inner = {report_inner, &errors};
    const struct expr_errors *outer = context->errors;
    struct column column;
    uint8_t has_failed = 0;
    context->errors = &inner;
    const enum status status =
        expr_eval(body, call->view, NULL, 1, context, &column, &has_failed, call->diag);
    context->errors = outer;
    TRY(status);
    if (has_failed) {
        return STATUS_INVALID;
    }
    *out = column_get(&column, 0);
    return STATUS_OK;
}

enum status function_call_lambda(struct function_call *call, uint32_t at,
                                 const struct value *values, uint32_t count, struct value *out)
{
    const struct expr *lambda = call->expr->operands[at];
    assert(lambda->kind == EXPR_LAMBDA && lambda->lambda_argument_count == count);
    assert(lambda->lambda_slot + count <= LAMBDA_SLOTS_MAX);
    if (!call->view) {
        struct batch *view = ARENA_NEW(call->arena, struct batch);
        if (!view) {
            return diag_no_memory(call->diag);
        }
        TRY(view_row(call->batch, call->row, call->arena, view, call->diag));
        call->view = view;
    }
    struct value *slots = &call->context->lambda_values[lambda->lambda_slot];
    for (uint32_t i = 0; i < count; i++) {
        slots[i] = values[i];
    }
    return run_body(call, lambda->operands[0], call->context, out);
}

/* --- Calls -------------------------------------------------------------------------------- */

static enum status call_run_init(struct call_run *self, const struct run *run,
                                 const struct expr *expr, const struct vector *arguments)
{
    struct expr_context *context = run->eval->context;
    const uint32_t count = expr->operand_count;
    const struct type **types = arena_array(context->arena, count, sizeof(*types));
    struct value *values = arena_array(context->arena, count, sizeof(*values));
    enum layout *layouts = arena_array(context->arena, count, sizeof(*layouts));
    if (!types || !values || !layouts) {
        return diag_no_memory(run->eval->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        types[i] = expr->operands[i]->type;
        layouts[i] = type_layout(types[i]);
    }
    *self = (struct call_run){.run = run,
                              .expr = expr,
                              .arguments = arguments,
                              .layouts = layouts,
                              .result_layout = type_layout(expr->type),
                              .values = values};
    self->call = (struct function_call){.def = expr->function,
                                        .argument_count = count,
                                        .argument_types = types,
                                        .result_type = expr->type,
                                        .prepared = expr->prepared,
                                        .arena = context->arena,
                                        .context = context,
                                        .diag = run->eval->row_diag,
                                        .expr = expr,
                                        .batch = run->eval->batch};
    return STATUS_OK;
}

static bool is_primitive(enum type_kind kind)
{
    return kind == TYPE_INTEGER || kind == TYPE_BIGINT || kind == TYPE_DOUBLE ||
           kind == TYPE_BOOLEAN;
}

/* What the NULL rules say about the row, before its code runs. */
enum null_rule { NULL_RULE_CALL, NULL_RULE_NULL, NULL_RULE_FAIL };

static enum null_rule apply_null_rules(const struct call_run *self)
{
    const unsigned flags = self->expr->function->flags;
    enum null_rule rule = NULL_RULE_CALL;
    for (uint32_t i = 0; i < self->expr->operand_count; i++) {
        const struct expr *operand = self->expr->operands[i];
        if (!self->values[i].is_null || operand->kind == EXPR_LAMBDA) {
            continue;
        }
        if ((flags & FUNCTION_PRIMITIVE_NUMBERS) && is_primitive(operand->type->kind)) {
            return NULL_RULE_FAIL;
        }
        if (flags & FUNCTION_STRICT) {
            rule = NULL_RULE_NULL;
        }
    }
    return rule;
}

static enum status call_row(struct call_run *self, size_t row, struct vector *out)
{
    bool has_null = false;
    for (uint32_t i = 0; i < self->expr->operand_count; i++) {
        vector_load(&self->arguments[i], self->layouts[i], row, &self->values[i]);
        has_null |= self->values[i].is_null;
    }
    const enum null_rule rule = has_null ? apply_null_rules(self) : NULL_RULE_CALL;
    if (rule != NULL_RULE_CALL) {
        vector_clear(out, row);
        return rule == NULL_RULE_FAIL
                   ? run_fail(self->run, row, "a primitive argument of the function is NULL")
                   : STATUS_OK;
    }
    struct value value = VALUE_NULL;
    const struct run *all = self->run->constant_for;
    self->call.row = all ? run_row(all, 0) : row;
    self->call.view = NULL;
    const enum status status = self->expr->function->call(&self->call, self->values, &value);
    if (status == STATUS_OK) {
        vector_store(out, self->result_layout, row, &value);
        return STATUS_OK;
    }
    vector_clear(out, row);
    return run_fail_with(self->run, row, status);
}

static bool has_lambda(const struct expr *expr)
{
    for (uint32_t i = 0; i < expr->operand_count; i++) {
        if (expr->operands[i]->kind == EXPR_LAMBDA) {
            return true;
        }
    }
    return false;
}

/* Sets out NULL where an argument is. */
static void merge_nulls(const struct run *run, const struct vector *arguments, uint32_t count,
                        struct vector *out)
{
    for (uint32_t at = 0; at < count; at++) {
        for (size_t i = 0; arguments[at].column.has_nulls && i < run->count; i++) {
            const size_t row = run_row(run, i);
            if (vector_is_null(&arguments[at], row)) {
                column_set_null(&out->column, row);
            }
        }
    }
}

static enum status call_kernel(struct call_run *self, struct vector *out)
{
    const struct run *run = self->run;
    const uint32_t count = self->expr->operand_count;
    const struct column **columns = arena_array(self->call.arena, count, sizeof(*columns));
    bool *is_constant = arena_array(self->call.arena, count, sizeof(*is_constant));
    if (!columns || !is_constant) {
        return diag_no_memory(run->eval->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        columns[i] = &self->arguments[i].column;
        is_constant[i] = self->arguments[i].is_constant;
    }
    merge_nulls(run, self->arguments, count, out);
    TRY(self->expr->function->kernel(&self->call, columns, is_constant, run->rows, run->count,
                                     &out->column));
    for (size_t i = 0; out->column.has_nulls && i < run->count; i++) {
        const size_t row = run_row(run, i);
        if (out->column.is_null[row]) {
            vector_clear(out, row);
        }
    }
    return STATUS_OK;
}

enum status eval_call(const struct run *run, const struct expr *expr, struct vector *out)
{
    struct vector *arguments = NULL;
    struct call_run self;
    struct run constant;
    TRY(eval_operands(run, expr, &arguments));
    if (!(expr->function->flags & FUNCTION_NONDETERMINISTIC) && !has_lambda(expr)) {
        run = run_for(run, arguments, expr->operand_count, &constant);
    }
    TRY(vector_init(out, run, expr->type));
    TRY(call_run_init(&self, run, expr, arguments));
    if (expr->function->kernel) {
        return call_kernel(&self, out);
    }
    for (size_t i = 0; i < run->count; i++) {
        TRY(call_row(&self, run_row(run, i), out));
    }
    return STATUS_OK;
}
