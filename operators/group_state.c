/* group_state.c
 *
 * The accumulators of one group lie behind its header in the payload, at offsets fixed when the
 * operator is made. They are opaque: everything goes through the aggregate's own functions. */
#include <assert.h>

#include "base/memory.h"
#include "operators/group_parts.h"

enum status group_state_init(const struct group *self, struct group_state *state, struct diag *diag)
{
    assert(!(state->flags & GROUP_IS_READY));
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        TRY(aggregate->def->init(aggregate, group_accumulator(self, state, i), diag));
    }
    state->flags |= GROUP_IS_READY;
    state->time_ms = INT64_MIN;
    return STATUS_OK;
}

void group_state_release(void *context, void *payload)
{
    const struct group *self = context;
    struct group_state *state = payload;
    memory_free(state->old);
    state->old = NULL;
    if (!(state->flags & GROUP_IS_READY)) {
        return;
    }
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate_def *def = self->options.aggregates[i].def;
        if (def->release) {
            def->release(group_accumulator(self, state, i));
        }
    }
    state->flags &= ~(uint32_t)GROUP_IS_READY;
}

/* The arguments of one aggregate in one row, as values. */
static const struct value *arguments_of(const struct group *self, const struct group_input *input,
                                        uint32_t aggregate, size_t row)
{
    const uint32_t count = self->options.aggregates[aggregate].argument_count;
    for (uint32_t i = 0; i < count; i++) {
        self->values[i] = column_get(&input->arguments[aggregate][i], row);
    }
    return self->values;
}

enum status group_state_add(const struct group *self, struct group_state *state,
                            const struct group_input *input, size_t row, struct diag *diag)
{
    const int64_t time_ms = input->batch->time_ms[row];
    assert(state->flags & GROUP_IS_READY);
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        TRY(aggregate->def->add(aggregate, group_accumulator(self, state, i),
                                arguments_of(self, input, i, row), diag));
    }
    state->time_ms = time_ms > state->time_ms ? time_ms : state->time_ms;
    return STATUS_OK;
}

enum status group_state_undo(const struct group *self, struct group_state *state,
                             const struct group_input *input, size_t row, struct diag *diag)
{
    assert(state->flags & GROUP_IS_READY);
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        assert(aggregate->def->undo); /* the planner refuses others on tables */
        TRY(aggregate->def->undo(aggregate, group_accumulator(self, state, i),
                                 arguments_of(self, input, i, row), diag));
    }
    return STATUS_OK;
}

enum status group_state_merge(const struct group *self, struct group_state *state,
                              struct group_state *from, struct diag *diag)
{
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        TRY(aggregate->def->merge(aggregate, group_accumulator(self, state, i),
                                  group_accumulator(self, from, i), diag));
    }
    state->time_ms = from->time_ms > state->time_ms ? from->time_ms : state->time_ms;
    return STATUS_OK;
}

enum status group_state_results(const struct group *self, struct group_state *state,
                                struct arena *arena, struct value *values, struct diag *diag)
{
    for (uint32_t i = 0; i < self->options.aggregate_count; i++) {
        const struct aggregate *aggregate = &self->options.aggregates[i];
        TRY(aggregate->def->result(aggregate, group_accumulator(self, state, i), arena, &values[i],
                                   diag));
    }
    return STATUS_OK;
}
