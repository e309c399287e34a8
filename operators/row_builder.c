/* row_builder.c
 *
 * A batch is made when its first row is asked for, so that pushing nothing costs nothing. */
#include "operators/row_builder.h"

#include "base/bounds.h"
#include "operators/rows.h"

enum { ROWS_MIN = 8 };

void row_builder_start(struct row_builder *builder, size_t capacity_hint)
{
    const size_t capacity = capacity_hint < BATCH_ROWS_MAX ? capacity_hint : BATCH_ROWS_MAX;
    builder->capacity = capacity > ROWS_MIN ? capacity : ROWS_MIN;
    builder->batch = NULL;
}

static enum status begin_batch(struct row_builder *builder, struct diag *diag)
{
    struct arena *arena = builder->context->batch_arena;
    struct batch *batch = NULL;
    TRY(rows_create(arena, builder->schema, builder->capacity, builder->has_windows, &batch, diag));
    if (builder->has_old) {
        TRY(rows_create(arena, builder->schema, builder->capacity, builder->has_windows,
                        &batch->old, diag));
    }
    if (builder->has_cause) {
        batch->cause = arena_zalloc(arena, builder->capacity * sizeof(const struct record *));
        if (!batch->cause) {
            return diag_no_memory(diag);
        }
    }
    builder->batch = batch;
    return STATUS_OK;
}

enum status row_builder_add(struct row_builder *builder, size_t *out_row, struct diag *diag)
{
    if (builder->batch && builder->batch->row_count == builder->batch->capacity) {
        TRY(row_builder_finish(builder, diag));
        builder->capacity =
            builder->capacity * 2 < BATCH_ROWS_MAX ? builder->capacity * 2 : (size_t)BATCH_ROWS_MAX;
    }
    if (!builder->batch) {
        TRY(begin_batch(builder, diag));
    }
    *out_row = builder->batch->row_count++;
    if (builder->batch->old) {
        builder->batch->old->row_count = builder->batch->row_count;
    }
    return STATUS_OK;
}

enum status row_builder_finish(struct row_builder *builder, struct diag *diag)
{
    struct batch *batch = builder->batch;
    builder->batch = NULL;
    return batch ? op_emit(builder->op, builder->context, batch, diag) : STATUS_OK;
}
