/* rekey.c
 *
 * The new key columns are computed for rows that have a value; a row without one goes on with
 * NULL keys, and one whose key fails is taken out. All input columns stay behind the keys. The
 * new key often is one of them, and then gets its own copy of it.
 */
#include "operators/rekey.h"

#include "operators/evaluate.h"
#include "operators/rows.h"

struct rekey {
    struct operator op;
    struct rekey_options options;
    const char **what; /* per key: starts the log message of a failing row */
};

static enum status compute_keys(const struct rekey *self, struct op_context *context,
                                const struct batch *batch, struct batch *out,
                                uint8_t *has_failed, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        TRY(evaluate(&self->op, context, self->options.keys[i], self->what[i], batch, rows, count,
                     &out->columns[i], has_failed, diag));
    }
    return STATUS_OK;
}

/* A row without a value goes on without a key. */
static void mark_null_keys(struct batch *out, uint32_t key_count)
{
    for (size_t row = 0; row < out->row_count; row++) {
        const bool is_null = key_count == 0 || (out->flags[row] & ROW_DELETE);
        out->flags[row] &= (uint8_t)~ROW_NULL_KEY;
        if (is_null) {
            out->flags[row] |= ROW_NULL_KEY;
            rows_set_null(out, 0, key_count, row);
        }
    }
}

static void drop_failed(struct op_context *context, struct batch *out, const uint8_t *has_failed,
                        uint32_t *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->row_count; i++) {
        rows[kept] = (uint32_t)i;
        kept += !has_failed[i];
    }
    rows_count(out, &context->counters->records_failed, out->row_count - kept);
    batch_compact(out, rows, kept);
}

static enum status rekey_push(struct operator *op, struct op_context *context, uint32_t input,
                              struct batch *batch, struct diag *diag)
{
    const struct rekey *self = (const struct rekey *)op;
    const uint32_t key_count = self->options.key_count;
    (void)input;
    struct batch *out = NULL;
    TRY(rows_derive(batch, key_count + batch->column_count, &out, diag));
    uint8_t *has_failed = arena_zalloc(batch->arena, batch->capacity);
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!has_failed || !rows) {
        return diag_no_memory(diag);
    }
    TRY(compute_keys(self, context, batch, out, has_failed, diag));
    for (uint32_t i = 0; i < batch->column_count; i++) {
        out->columns[key_count + i] = batch->columns[i];
    }
    TRY(rows_unshare(out, diag));
    mark_null_keys(out, key_count);
    drop_failed(context, out, has_failed, rows);
    return op_emit(op, context, out, diag);
}

static const struct op_vtable rekey_vtable = {.name = "rekey", .push = rekey_push};

static enum status describe_keys(struct rekey *self, struct arena *arena, struct diag *diag)
{
    self->what = arena_array(arena, self->options.key_count, sizeof(*self->what));
    if (!self->what) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        const struct text what = arena_printf(arena, "Error computing new key from expression %.*s",
                                              TEXT_ARGS(self->options.keys[i]->text));
        if (!what.data) {
            return diag_no_memory(diag);
        }
        self->what[i] = what.data;
    }
    return STATUS_OK;
}

enum status rekey_create(struct arena *arena, const struct rekey_options *options,
                         struct operator **out, struct diag *diag)
{
    struct rekey *self = ARENA_NEW(arena, struct rekey);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &rekey_vtable, .place = options->place};
    self->options = *options;
    TRY(describe_keys(self, arena, diag));
    *out = &self->op;
    return STATUS_OK;
}
