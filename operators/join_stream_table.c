/* join_stream_table.c
 *
 * The keys of a whole batch are looked up at once; the columns found are put beside the stream's
 * own, which are shared. Nothing is kept: the table's rows live in its table_store. */
#include "operators/join_stream_table.h"

#include <assert.h>

#include "operators/join_rows.h"
#include "operators/rows.h"
#include "operators/table_store.h"

struct join_stream_table {
    struct operator op;
    struct join_stream_table_options options;
    struct operator* table;
};

/* Drops the rows that keep does not name. */
static enum status keep_rows(struct batch *batch, const uint8_t *keep, struct diag *diag)
{
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    size_t kept = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        rows[kept] = (uint32_t)row;
        kept += keep[row] != 0;
    }
    batch_compact(batch, rows, kept);
    return STATUS_OK;
}

static enum status drop_null_values(struct op_context *context, struct batch *batch,
                                    struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    rows_count(batch, &context->counters->records_filtered, batch->row_count - count);
    batch_compact(batch, rows, count);
    return STATUS_OK;
}

static enum status push_stream(struct join_stream_table *self, struct op_context *context,
                               struct batch *batch, struct diag *diag)
{
    const struct join_shape *shape = &self->options.shape;
    TRY(drop_null_values(context, batch, diag));
    const size_t count = batch->row_count;
    if (count == 0) {
        return STATUS_OK;
    }
    struct column key;
    struct batch *found_rows = NULL;
    struct batch *out = NULL;
    uint8_t *found = arena_zalloc(batch->arena, count);
    if (!found) {
        return diag_no_memory(diag);
    }
    TRY(join_evaluate_key(&self->op, context, shape, JOIN_SIDE_LEFT, batch, NULL, count, &key,
                          diag));
    TRY(table_store_find(self->table, &key, batch, count, batch->arena, &found_rows, found, diag));
    TRY(join_combine(shape, JOIN_SIDE_LEFT, &key, batch, found_rows, &out, diag));
    for (size_t row = 0; row < count; row++) {
        found[row] = found[row] || shape->type == OP_JOIN_LEFT;
        rows_count(batch, &context->counters->records_filtered, !found[row]);
    }
    TRY(keep_rows(out, found, diag));
    return op_emit(&self->op, context, out, diag);
}

static enum status join_stream_table_push(struct operator* op, struct op_context *context,
                                          uint32_t input, struct batch *batch, struct diag *diag)
{
    struct join_stream_table *self = (struct join_stream_table *)op;
    assert(self->table);
    if (input == JOIN_SIDE_LEFT) {
        return push_stream(self, context, batch, diag);
    }
    rows_count(batch, &context->counters->records_used, batch->row_count);
    return STATUS_OK; /* the table_store above has taken the change in */
}

void join_stream_table_set_table(struct operator* op, struct operator* table)
{
    ((struct join_stream_table *)op)->table = table;
}

static const struct op_vtable join_stream_table_vtable = {.name = "join_stream_table",
                                                          .push = join_stream_table_push};

enum status join_stream_table_create(struct arena *arena,
                                     const struct join_stream_table_options *options,
                                     struct operator** out, struct diag *diag)
{
    struct join_stream_table *self = ARENA_NEW(arena, struct join_stream_table);
    if (!self) {
        return diag_no_memory(diag);
    }
    assert(options->shape.type == OP_JOIN_INNER || options->shape.type == OP_JOIN_LEFT);
    self->op = (struct operator){.vtable = &join_stream_table_vtable, .place = options->place};
    self->options = *options;
    *out = &self->op;
    return STATUS_OK;
}
