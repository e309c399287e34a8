/* filter.c
 *
 * The predicate is evaluated once for the new rows and, on tables, once for the old ones; then
 * the batch is compacted in place, so that a filter allocates one column and a list of rows. Of a
 * shared batch only the rows that pass are copied: a selective filter costs its predicate alone.
 *
 * On a table four cases remain, by whether the old and the new row pass:
 *   new passes            the row goes on, with its old row only if that had passed
 *   only old passed       the row goes on as a delete, with its old row
 *   neither               nothing was seen below before and nothing is now: dropped
 */
#include "operators/filter.h"

#include "operators/evaluate.h"
#include "operators/rows.h"

struct filter {
    struct operator op;
    struct filter_options options;
    const char *what; /* starts the log message of a failing row */
};

/* Evaluates the predicate for some rows; rows that were not asked for do not pass. */
static enum status predicate_of(const struct filter *self, struct op_context *context,
                                const struct batch *batch, const uint32_t *rows, size_t count,
                                struct column *passes, struct diag *diag)
{
    return evaluate(&self->op, context, self->options.predicate, self->what, batch, rows, count,
                    passes, NULL, diag);
}

static bool is_true(const struct column *passes, size_t row)
{
    return passes->boolean[row] && !column_is_null(passes, row);
}

static enum status filter_stream(struct filter *self, struct op_context *context,
                                 struct batch *batch, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    struct column passes;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(predicate_of(self, context, batch, rows, count, &passes, diag));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = rows[i];
        rows[kept] = row;
        kept += is_true(&passes, row);
    }
    rows_count(batch, &context->counters->records_filtered, batch->row_count - kept);
    if (batch->is_shared) {
        TRY(batch_own(batch, rows, kept, diag));
    } else {
        batch_compact(batch, rows, kept);
    }
    return op_emit(&self->op, context, batch, diag);
}

/* Which old rows had passed; none where the batch carries no old rows. */
static enum status old_predicate_of(const struct filter *self, struct op_context *context,
                                    struct batch *batch, struct column *passed, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    if (!batch->old) {
        return predicate_of(self, context, batch, NULL, 0, passed, diag);
    }
    TRY(rows_select(batch, ROW_HAS_OLD, true, &rows, &count, diag));
    return predicate_of(self, context, batch->old, rows, count, passed, diag);
}

static enum status filter_table(struct filter *self, struct op_context *context,
                                struct batch *batch, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    struct column passes;
    struct column passed;
    if (batch->is_shared) {
        TRY(batch_own(batch, NULL, batch->row_count, diag));
    }
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(predicate_of(self, context, batch, rows, count, &passes, diag));
    TRY(old_predicate_of(self, context, batch, &passed, diag));
    size_t kept = 0;
    for (size_t i = 0; i < batch->row_count; i++) {
        const bool is_in = is_true(&passes, i);
        const bool was_in = is_true(&passed, i);
        if (!is_in) {
            batch->flags[i] |= ROW_DELETE;
        }
        if (!was_in) {
            batch->flags[i] &= (uint8_t)~ROW_HAS_OLD;
        }
        rows[kept] = (uint32_t)i;
        kept += is_in || was_in;
    }
    rows_count(batch, &context->counters->records_filtered, batch->row_count - kept);
    batch_compact(batch, rows, kept);
    return op_emit(&self->op, context, batch, diag);
}

static enum status filter_push(struct operator* op, struct op_context *context, uint32_t input,
                               struct batch *batch, struct diag *diag)
{
    struct filter *self = (struct filter *)op;
    (void)input;
    return self->options.is_table ? filter_table(self, context, batch, diag)
                                  : filter_stream(self, context, batch, diag);
}

static const struct op_vtable filter_vtable = {
    .name = "filter", .push = filter_push, .takes_shared = true};

enum status filter_create(struct arena *arena, const struct filter_options *options,
                          struct operator** out, struct diag *diag)
{
    struct filter *self = ARENA_NEW(arena, struct filter);
    const struct text what =
        arena_printf(arena, "Error evaluating predicate %.*s", TEXT_ARGS(options->predicate->text));
    if (!self || !what.data) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &filter_vtable, .place = options->place};
    self->options = *options;
    self->what = what.data;
    *out = &self->op;
    return STATUS_OK;
}
