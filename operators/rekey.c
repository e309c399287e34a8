/* rekey.c
 *
 * The new key columns are computed for the rows that have a value, and from the old key alone also
 * for those that have none. All input columns stay behind the keys. The new key often is one of
 * them, which then gets its own copy.
 */
#include "operators/rekey.h"

#include "operators/evaluate.h"
#include "operators/rows.h"

struct rekey {
    struct operator op;
    struct rekey_options options;
    const char **what;    /* per key: starts the log message of a failing row */
    bool *uses_key_alone; /* per key: it needs no value columns */
};

static void clear_null_values(struct batch *out, struct column *key)
{
    for (size_t row = 0; row < out->row_count; row++) {
        if (out->flags[row] & ROW_DELETE) {
            column_set_null(key, row);
        }
    }
}

static enum status compute_keys(const struct rekey *self, struct op_context *context,
                                const struct batch *batch, struct batch *out, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        const bool is_for_all = self->uses_key_alone[i];
        TRY(evaluate(&self->op, context, self->options.keys[i], self->what[i], batch,
                     is_for_all ? NULL : rows, is_for_all ? batch->row_count : count,
                     &out->columns[i], NULL, diag));
    }
    return STATUS_OK;
}

/* A key of one or more columns is a record, even if all of them are NULL. */
static void mark_keys(const struct rekey *self, struct batch *out)
{
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        if (!self->uses_key_alone[i]) {
            clear_null_values(out, &out->columns[i]);
        }
    }
    for (size_t row = 0; row < out->row_count; row++) {
        out->flags[row] &= (uint8_t)~ROW_NULL_KEY;
        if (self->options.key_count == 0) {
            out->flags[row] |= ROW_NULL_KEY;
        }
    }
}

static enum status rekey_push(struct operator* op, struct op_context *context, uint32_t input,
                              struct batch *batch, struct diag *diag)
{
    const struct rekey *self = (const struct rekey *)op;
    const uint32_t key_count = self->options.key_count;
    (void)input;
    struct batch *out = NULL;
    TRY(rows_derive(batch, key_count + batch->column_count, &out, diag));
    TRY(compute_keys(self, context, batch, out, diag));
    for (uint32_t i = 0; i < batch->column_count; i++) {
        out->columns[key_count + i] = batch->columns[i];
    }
    TRY(rows_unshare(out, diag));
    mark_keys(self, out);
    return op_emit(op, context, out, diag);
}

static const struct op_vtable rekey_vtable = {.name = "rekey", .push = rekey_push};

/* What is asked of a key expression. */
struct key_check {
    uint32_t input_key_count;
    bool uses_key_alone;
};

static void check_column(void *context, const struct expr *expr)
{
    struct key_check *check = context;
    if (expr->kind == EXPR_COLUMN && expr->column_index >= check->input_key_count) {
        check->uses_key_alone = false;
    }
}

static bool uses_key_alone(const struct rekey *self, const struct expr *key)
{
    struct key_check check = {self->options.input_key_count, true};
    expr_visit(key, check_column, &check);
    return check.uses_key_alone;
}

static enum status describe_keys(struct rekey *self, struct arena *arena, struct diag *diag)
{
    self->what = arena_array(arena, self->options.key_count, sizeof(*self->what));
    self->uses_key_alone =
        arena_array(arena, self->options.key_count, sizeof(*self->uses_key_alone));
    if (!self->what || !self->uses_key_alone) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        const struct text what = arena_printf(arena, "Error computing new key from expression %.*s",
                                              TEXT_ARGS(self->options.keys[i]->text));
        if (!what.data) {
            return diag_no_memory(diag);
        }
        self->what[i] = what.data;
        self->uses_key_alone[i] = uses_key_alone(self, self->options.keys[i]);
    }
    return STATUS_OK;
}

enum status rekey_create(struct arena *arena, const struct rekey_options *options,
                         struct operator** out, struct diag *diag)
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
