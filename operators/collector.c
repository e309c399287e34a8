/* collector.c
 *
 * The simplest end of a query. It keeps nothing, so the receiver copies what it needs. */
#include "operators/collector.h"

#include "operators/rows.h"

struct collector {
    struct operator op;
    struct collector_options options;
};

static enum status collector_push(struct operator* op, struct op_context *context, uint32_t input,
                                  struct batch *batch, struct diag *diag)
{
    const struct collector *self = (const struct collector *)op;
    (void)input;
    rows_count(batch, &context->counters->records_used, batch->row_count);
    return self->options.receive(self->options.receiver, context, batch, diag);
}

static const struct op_vtable collector_vtable = {.name = "collector", .push = collector_push};

enum status collector_create(struct arena *arena, const struct collector_options *options,
                             struct operator** out, struct diag *diag)
{
    struct collector *self = ARENA_NEW(arena, struct collector);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &collector_vtable, .place = options->place};
    self->options = *options;
    *out = &self->op;
    return STATUS_OK;
}
