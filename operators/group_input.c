/* group_input.c
 *
 * Keys first, over all rows that take part; then the arguments, over those whose key is
 * complete; last the keys' bytes and hashes, in one go over the batch. */
#include <stdio.h>

#include "operators/evaluate.h"
#include "operators/group_parts.h"
#include "operators/rows.h"

static enum status read_keys(const struct group *self, struct op_context *context,
                             const uint32_t *rows, size_t count, struct group_input *input,
                             uint8_t *has_failed, struct diag *diag)
{
    const struct group_options *options = &self->options;
    input->keys = arena_array(input->batch->arena, options->key_count, sizeof(*input->keys));
    if (!input->keys) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < options->key_count; i++) {
        TRY(evaluate(&self->op, context, options->keys[i], self->key_what[i], input->batch, rows,
                     count, &input->keys[i], has_failed, diag));
    }
    return STATUS_OK;
}

/* The first key column that is NULL in the row; key_count when none is. */
static uint32_t null_key_of(const struct group *self, const struct group_input *input, size_t row)
{
    uint32_t index = 0;
    while (index < self->options.key_count && !column_is_null(&input->keys[index], row)) {
        index++;
    }
    return index;
}

static void check_keys(const struct group *self, struct op_context *context, const uint32_t *rows,
                       size_t count, const uint8_t *has_failed, struct group_input *input)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t null_key = null_key_of(self, input, rows[i]);
        input->has_key[rows[i]] = null_key == self->options.key_count;
        if (null_key < self->options.key_count && !has_failed[rows[i]]) {
            char message[128];
            (void)snprintf(message, sizeof(message),
                           "Group-by column with index %u resolved to null. The source row will "
                           "be excluded from the table.",
                           null_key);
            rows_log(&self->op, context, input->batch, rows[i], message);
        }
    }
}

static enum status read_arguments(const struct group *self, struct op_context *context,
                                  const uint32_t *rows, size_t count, struct group_input *input,
                                  struct diag *diag)
{
    struct arena *arena = input->batch->arena;
    const struct group_options *options = &self->options;
    input->arguments = arena_array(arena, options->aggregate_count, sizeof(struct column *));
    if (!input->arguments) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < options->aggregate_count; i++) {
        const uint32_t argument_count = options->aggregates[i].argument_count;
        struct column *columns = arena_array(arena, argument_count, sizeof(*columns));
        if (!columns) {
            return diag_no_memory(diag);
        }
        input->arguments[i] = columns;
        for (uint32_t j = 0; j < argument_count; j++) {
            TRY(evaluate(&self->op, context, options->arguments[i][j], self->argument_what,
                         input->batch, rows, count, &columns[j], NULL, diag));
        }
    }
    return STATUS_OK;
}

enum status group_read_input(const struct group *self, struct op_context *context,
                             const struct batch *batch, const uint32_t *rows, size_t count,
                             struct group_input *input, struct diag *diag)
{
    uint8_t *has_failed = arena_zalloc(batch->arena, batch->capacity);
    uint32_t *kept = arena_array(batch->arena, batch->row_count, sizeof(*kept));
    *input = (struct group_input){.batch = batch,
                                  .has_key = arena_zalloc(batch->arena, batch->capacity)};
    if (!has_failed || !kept || !input->has_key) {
        return diag_no_memory(diag);
    }
    TRY(read_keys(self, context, rows, count, input, has_failed, diag));
    check_keys(self, context, rows, count, has_failed, input);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        kept[kept_count] = rows[i];
        kept_count += input->has_key[rows[i]];
    }
    TRY(read_arguments(self, context, kept, kept_count, input, diag));
    return key_codec_encode(&self->keys, input->keys, input->has_key, batch->row_count,
                            batch->arena, &input->encoded, diag);
}
