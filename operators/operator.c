/* operator.c
 *
 * The calls that operators make of each other. Time, flush and collect run down the chain of
 * downstream operators; a join is reached once from each of its inputs, so both of its callers
 * pass through it and its own functions must bear being called twice.
 */
#include "operators/operator.h"

enum status op_emit(struct operator* op, struct op_context *context, struct batch *batch,
                    struct diag *diag)
{
    struct operator* downstream = op->place.downstream;
    if (!downstream || batch->row_count == 0) {
        return STATUS_OK;
    }
    return downstream->vtable->push(downstream, context, op->place.downstream_input, batch, diag);
}

enum status op_advance(struct operator* op, struct op_context *context, int64_t time_ms,
                       struct diag *diag)
{
    for (; op; op = op->place.downstream) {
        if (op->vtable->advance) {
            TRY(op->vtable->advance(op, context, time_ms, diag));
        }
    }
    return STATUS_OK;
}

enum status op_flush(struct operator* op, struct op_context *context, struct diag *diag)
{
    for (; op; op = op->place.downstream) {
        if (op->vtable->flush) {
            TRY(op->vtable->flush(op, context, diag));
        }
    }
    return STATUS_OK;
}

enum status op_collect(struct operator* op, struct op_context *context, struct commit *commit,
                       struct diag *diag)
{
    for (; op; op = op->place.downstream) {
        if (op->vtable->collect) {
            TRY(op->vtable->collect(op, context, commit, diag));
        }
    }
    return STATUS_OK;
}

void op_release(struct operator* op)
{
    if (op->vtable->release) {
        op->vtable->release(op);
    }
}
