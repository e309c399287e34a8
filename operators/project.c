/* project.c
 *
 * Each expression is evaluated over the whole batch. Deletes have keys only: their value
 * columns are NULL, and are not computed. The new batch shares everything
 * but the columns with the input, and a column that is only passed on is shared too; one that
 * is passed on twice is copied once, so that the batch stays fit for compaction in place.
 */
#include "operators/project.h"

#include "operators/evaluate.h"
#include "operators/rows.h"

struct project {
    struct operator op;
    struct project_options options;
    const char **what; /* per column that can fail: starts the log message of a failing row */
};

static bool is_key(const struct project *self, uint32_t column)
{
    return self->options.schema->columns[column].role == COLUMN_KEY;
}

/* Columns that are shared with the input may have values there. */
static void clear_deletes(const struct project *self, struct batch *out)
{
    for (size_t row = 0; row < out->row_count; row++) {
        for (uint32_t i = 0; i < out->column_count && out->flags[row] & ROW_DELETE; i++) {
            if (!is_key(self, i)) {
                column_set_null(&out->columns[i], row);
            }
        }
    }
}

static enum status project_columns(const struct project *self, struct op_context *context,
                                   const struct batch *batch, const uint32_t *rows, size_t count,
                                   struct batch *out, struct diag *diag)
{
    for (uint32_t i = 0; i < out->column_count; i++) {
        const bool is_whole = is_key(self, i);
        TRY(evaluate(&self->op, context, self->options.exprs[i], self->what[i], batch,
                     is_whole ? NULL : rows, is_whole ? batch->row_count : count,
                     &out->columns[i], NULL, diag));
    }
    TRY(rows_unshare(out, diag));
    if (count < batch->row_count) {
        clear_deletes(self, out);
    }
    return STATUS_OK;
}

static enum status project_old(const struct project *self, struct op_context *context,
                               const struct batch *batch, struct batch *out, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_HAS_OLD, true, &rows, &count, diag));
    TRY(rows_derive(batch->old, out->column_count, &out->old, diag));
    for (uint32_t i = 0; i < out->column_count; i++) {
        TRY(evaluate(&self->op, context, self->options.exprs[i], self->what[i], batch->old, rows,
                     count, &out->old->columns[i], NULL, diag));
    }
    return rows_unshare(out->old, diag);
}

static enum status project_push(struct operator* op, struct op_context *context, uint32_t input,
                                struct batch *batch, struct diag *diag)
{
    const struct project *self = (const struct project *)op;
    (void)input;
    uint32_t *rows = NULL;
    size_t count = 0;
    struct batch *out = NULL;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(rows_derive(batch, self->options.schema->column_count, &out, diag));
    TRY(project_columns(self, context, batch, rows, count, out, diag));
    if (batch->old && self->options.emits_old) {
        TRY(project_old(self, context, batch, out, diag));
    }
    return op_emit(op, context, out, diag);
}

static const struct op_vtable project_vtable = {.name = "project", .push = project_push};

static enum status describe_columns(struct project *self, struct arena *arena, struct diag *diag)
{
    const struct schema *schema = self->options.schema;
    self->what = arena_zalloc(arena, schema->column_count * sizeof(*self->what));
    if (!self->what) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (self->options.exprs[i]->kind == EXPR_COLUMN) {
            continue;
        }
        const struct text what = arena_printf(
            arena, "Error computing expression %.*s for column %.*s with index %u",
            TEXT_ARGS(self->options.exprs[i]->text), TEXT_ARGS(schema->columns[i].name), i);
        if (!what.data) {
            return diag_no_memory(diag);
        }
        self->what[i] = what.data;
    }
    return STATUS_OK;
}

enum status project_create(struct arena *arena, const struct project_options *options,
                           struct operator** out, struct diag *diag)
{
    struct project *self = ARENA_NEW(arena, struct project);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &project_vtable, .place = options->place};
    self->options = *options;
    TRY(describe_columns(self, arena, diag));
    *out = &self->op;
    return STATUS_OK;
}
