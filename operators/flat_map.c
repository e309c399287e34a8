/* flat_map.c
 *
 * The arguments of all calls are evaluated for the whole batch; then each row's calls are made
 * and their rows are put side by side. The rows that come out are no longer the records that
 * were read, so they lose their origin, and each record is counted here. */
#include "operators/flat_map.h"

#include "functions/expr.h"
#include "functions/table_function.h"
#include "operators/evaluate.h"
#include "operators/row_builder.h"
#include "operators/rows.h"

struct flat_map {
    struct operator op;
    struct flat_map_options options;
};

/* One batch on its way through. */
struct flat_map_run {
    struct flat_map *self;
    struct op_context *context;
    const struct batch *batch;
    struct column **arguments;      /* [call][argument] */
    const struct value_list **made; /* per call: the rows of the row at hand, or NULL */
    struct row_builder builder;
};

static enum status evaluate_call(struct flat_map_run *run, uint32_t call, const uint32_t *rows,
                                 size_t count, struct diag *diag)
{
    const struct flat_map_call *flat_call = &run->self->options.calls[call];
    const uint32_t argument_count = flat_call->function->argument_count;
    run->arguments[call] =
        arena_array(run->batch->arena, argument_count, sizeof(*run->arguments[call]));
    if (!run->arguments[call]) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        TRY(evaluate(&run->self->op, run->context, flat_call->arguments[i],
                     "Error computing argument of a table function", run->batch, rows, count,
                     &run->arguments[call][i], NULL, diag));
    }
    return STATUS_OK;
}

/* Calls one function for one row; a function that throws makes no rows and is logged. */
static enum status make_rows(struct flat_map_run *run, uint32_t call, size_t row, struct diag *diag)
{
    const struct table_function *function = run->self->options.calls[call].function;
    struct arena *arena = run->batch->arena;
    struct value *values = arena_array(arena, function->argument_count, sizeof(*values));
    struct diag call_diag;
    if (!values) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < function->argument_count; i++) {
        values[i] = column_get(&run->arguments[call][i], row);
    }
    run->made[call] = NULL;
    diag_reset(&call_diag);
    const enum status status =
        table_function_call(function, values, arena, &run->made[call], &call_diag);
    if (status == STATUS_INVALID) {
        run->made[call] = NULL;
        rows_log(&run->self->op, run->context, run->batch, row, call_diag.message);
        return STATUS_OK;
    }
    return status == STATUS_NO_MEMORY ? diag_no_memory(diag) : status;
}

/* The output row number index of one input row. */
static enum status add_row(struct flat_map_run *run, size_t row, uint32_t index, struct diag *diag)
{
    const uint32_t input_count = run->batch->column_count;
    size_t to = 0;
    TRY(row_builder_add(&run->builder, &to, diag));
    struct batch *out = run->builder.batch;
    rows_copy_place(out, to, run->batch, row);
    out->flags[to] = run->batch->flags[row];
    rows_copy_columns(out, 0, to, run->batch, 0, row, input_count);
    for (uint32_t i = 0; i < run->self->options.call_count; i++) {
        const struct value_list *made = run->made[i];
        column_set(&out->columns[input_count + i], to,
                   made && index < made->count ? made->items[index] : VALUE_NULL);
    }
    return STATUS_OK;
}

static enum status expand_row(struct flat_map_run *run, size_t row, struct diag *diag)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < run->self->options.call_count; i++) {
        TRY(make_rows(run, i, row, diag));
        const uint32_t count = run->made[i] ? run->made[i]->count : 0;
        longest = count > longest ? count : longest;
    }
    for (uint32_t i = 0; i < longest; i++) {
        TRY(add_row(run, row, i, diag));
    }
    struct op_counters *counters = run->context->counters;
    rows_count(run->batch, longest ? &counters->records_used : &counters->records_filtered, 1);
    return STATUS_OK;
}

static enum status flat_map_push(struct operator* op, struct op_context *context, uint32_t input,
                                 struct batch *batch, struct diag *diag)
{
    struct flat_map *self = (struct flat_map *)op;
    (void)input;
    struct flat_map_run run = {
        .self = self,
        .context = context,
        .batch = batch,
        .arguments = arena_array(batch->arena, self->options.call_count, sizeof(struct column *)),
        .made =
            arena_array(batch->arena, self->options.call_count, sizeof(const struct value_list *)),
        .builder = {.op = op,
                    .context = context,
                    .schema = self->options.schema,
                    .has_windows = batch->window_start_ms != NULL,
                    .has_cause = batch->cause != NULL},
    };
    uint32_t *rows = NULL;
    size_t count = 0;
    if (!run.arguments || !run.made) {
        return diag_no_memory(diag);
    }
    row_builder_start(&run.builder, batch->row_count);
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    rows_count(batch, &context->counters->records_filtered, batch->row_count - count);
    for (uint32_t i = 0; i < self->options.call_count; i++) {
        TRY(evaluate_call(&run, i, rows, count, diag));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(expand_row(&run, rows[i], diag));
    }
    return row_builder_finish(&run.builder, diag);
}

static const struct op_vtable flat_map_vtable = {.name = "flat_map", .push = flat_map_push};

enum status flat_map_create(struct arena *arena, const struct flat_map_options *options,
                            struct operator** out, struct diag *diag)
{
    struct flat_map *self = ARENA_NEW(arena, struct flat_map);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &flat_map_vtable, .place = options->place};
    self->options = *options;
    *out = &self->op;
    return STATUS_OK;
}
