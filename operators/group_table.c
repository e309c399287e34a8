/* group_table.c
 *
 * A table's changes into groups: what the old row gave is taken back from its group, and what the
 * new row gives is added to its own. When both fall into one group it changes once; otherwise the
 * old row's group is shown first. Changes are taken one by one: order matters here, and tables
 * change less than streams flow. A group that lost all its rows stays, with the results of no
 * rows, as in ksqlDB. */
#include "operators/group_parts.h"
#include "operators/rows.h"

/* Keys and arguments of the new and the old rows of a batch. */
struct table_input {
    struct group_input new_rows;
    struct group_input old_rows;
    bool has_old;
};

static enum status read_rows(struct group *self, struct group_push *push, struct batch *batch,
                             struct table_input *input, struct diag *diag)
{
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(group_read_input(self, push->context, batch, rows, count, &input->new_rows, diag));
    input->has_old = batch->old != NULL;
    if (!input->has_old) {
        return STATUS_OK;
    }
    TRY(rows_select(batch, ROW_HAS_OLD, true, &rows, &count, diag));
    return group_read_input(self, push->context, batch->old, rows, count, &input->old_rows, diag);
}

static enum status put_group(struct group *self, const struct group_input *input, size_t row,
                             struct hash_entry **out, struct diag *diag)
{
    bool is_new = false;
    struct hash_entry *entry = key_batch_put(&input->encoded, row, self->groups, &is_new);
    if (!entry) {
        return diag_no_memory(diag);
    }
    *out = entry;
    return is_new ? group_state_init(self, group_state_of(entry), diag) : STATUS_OK;
}

/* One change of one group: old_rows and new_rows are NULL where there is nothing to do. */
static enum status change_group(struct group *self, struct group_push *push,
                                const struct group_input *old_rows,
                                const struct group_input *new_rows, size_t row, struct diag *diag)
{
    struct hash_entry *entry = NULL;
    size_t out_row = 0;
    TRY(put_group(self, old_rows ? old_rows : new_rows, row, &entry, diag));
    TRY(group_begin_change(self, push, self->groups, entry, row, &out_row, diag));
    struct group_state *state = group_state_of(entry);
    if (old_rows) {
        TRY(group_state_undo(self, state, old_rows, row, diag));
    }
    if (new_rows) {
        TRY(group_state_add(self, state, new_rows, row, diag));
    }
    const int64_t time_ms = push->batch->time_ms[row];
    state->time_ms = time_ms > state->time_ms ? time_ms : state->time_ms;
    return group_end_change(self, push, entry, out_row, diag);
}

static enum status apply_change(struct group *self, struct group_push *push,
                                const struct table_input *input, size_t row, struct diag *diag)
{
    const struct group_input *new_rows = input->new_rows.has_key[row] ? &input->new_rows : NULL;
    const struct group_input *old_rows =
        input->has_old && input->old_rows.has_key[row] ? &input->old_rows : NULL;
    if (!new_rows && !old_rows) {
        return STATUS_OK;
    }
    if (new_rows && old_rows &&
        text_equal(new_rows->encoded.keys[row], old_rows->encoded.keys[row])) {
        return change_group(self, push, old_rows, new_rows, row, diag);
    }
    if (old_rows) {
        TRY(change_group(self, push, old_rows, NULL, row, diag));
    }
    return new_rows ? change_group(self, push, NULL, new_rows, row, diag) : STATUS_OK;
}

static void count_row(const struct group_push *push, const struct table_input *input, size_t row)
{
    struct op_counters *counters = push->context->counters;
    uint64_t *counter = &counters->records_used;
    if (push->batch->flags[row] & ROW_DELETE) {
        const bool is_known = push->batch->flags[row] & ROW_HAS_OLD;
        counter = is_known ? &counters->records_used : &counters->records_filtered;
    } else if (!input->new_rows.has_key[row]) {
        counter = &counters->records_failed;
    }
    rows_count(push->batch, counter, 1);
}

enum status group_push_table(struct group *self, struct group_push *push, struct batch *batch,
                             struct diag *diag)
{
    struct table_input input = {.has_old = false};
    TRY(read_rows(self, push, batch, &input, diag));
    for (size_t row = 0; row < batch->row_count; row++) {
        count_row(push, &input, row);
        TRY(apply_change(self, push, &input, row, diag));
    }
    return STATUS_OK;
}
