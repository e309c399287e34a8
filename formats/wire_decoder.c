/* wire_decoder.c
 *
 * The decoder of the binary registry formats. A record says by which schema it was written; for
 * each schema that turns up a plan is made once, and reading follows the plan. A schema that does
 * not fit the columns has a refusal in the place of its plan, so its records fail one by one, as
 * in ksqlDB, while those of other schemas are read.
 *
 * The plans hang in a list, newest use first: a topic has one schema nearly always. Ids that no
 * registry knows are not kept, so hostile records cannot make the list grow. */
#include <assert.h>
#include <string.h>

#include "formats/decode_batch.h"
#include "formats/wire_codec.h"

struct schema_plan {
    uint32_t id;
    const struct wire_plan *plan; /* NULL: refusal says why */
    struct text refusal;
    struct schema_plan *next;
};

struct wire_decoder {
    struct decoder base; /* first, so that a struct decoder * can be cast back */
    const struct wire_codec *codec;
    struct arena *arena; /* of the plans */
    struct schema_plan *plans;
    struct value *cells; /* one per column: the row that is being read */
    bool is_unwrapped;
    struct wire_reader reader;
};

/* --- Plans -------------------------------------------------------------------------------- */

static enum status make_plan(struct wire_decoder *self, const struct registered_schema *registered,
                             const struct wire_plan **out, struct diag *diag)
{
    const struct decoder_options *options = &self->base.options;
    const struct wire_schema *schema = NULL;
    TRY(wire_schema_parse(self->arena, registered, (struct text){NULL, 0}, &schema, diag));
    if (!self->is_unwrapped) {
        return wire_plan_record(self->arena, schema, options->columns, options->column_count,
                                options->wanted, out, diag);
    }
    return wire_plan_value(self->arena, schema, options->columns[0].type, out, diag);
}

static enum status add_plan(struct wire_decoder *self, uint32_t id,
                            const struct registered_schema *registered, struct schema_plan **out,
                            struct diag *diag)
{
    struct diag reason;
    struct schema_plan *entry = ARENA_NEW(self->arena, struct schema_plan);
    if (!entry) {
        return diag_no_memory(diag);
    }
    entry->id = id;
    const enum status status = make_plan(self, registered, &entry->plan, &reason);
    if (status != STATUS_OK) {
        entry->plan = NULL;
        entry->refusal = arena_text(self->arena, text_of(reason.message));
    }
    if (status == STATUS_NO_MEMORY || (status != STATUS_OK && !entry->refusal.data)) {
        return diag_no_memory(diag);
    }
    *out = entry;
    return STATUS_OK;
}

/* *out is NULL when no registry knows id; *out_reason then says so. */
static enum status load_plan(struct wire_decoder *self, uint32_t id, struct schema_plan **out,
                             struct diag *out_reason)
{
    const struct schema_registry *registry = self->base.options.schema.registry;
    struct registered_schema registered;
    struct diag diag;
    *out = NULL;
    if (!registry) {
        (void)diag_fail(out_reason, STATUS_MISSING, SQL_POS_NONE, "there is no schema registry");
        return STATUS_OK;
    }
    const enum status status =
        registry->find(registry->context, id, self->arena, &registered, out_reason);
    if (status != STATUS_OK) {
        return status == STATUS_NO_MEMORY ? status : STATUS_OK;
    }
    TRY(add_plan(self, id, &registered, out, &diag));
    (*out)->next = self->plans;
    self->plans = *out;
    return STATUS_OK;
}

static struct schema_plan *find_plan(struct wire_decoder *self, uint32_t id)
{
    struct schema_plan **link = &self->plans;
    while (*link && (*link)->id != id) {
        link = &(*link)->next;
    }
    struct schema_plan *found = *link;
    if (found && found != self->plans) {
        *link = found->next;
        found->next = self->plans;
        self->plans = found;
    }
    return found;
}

/* --- Rows --------------------------------------------------------------------------------- */

/* cause is borrowed until the call returns. */
static enum status fail_row(struct wire_decoder *self, struct decode_batch *batch, size_t row,
                            struct text cause, struct diag *diag)
{
    const struct text topic = self->base.options.topic;
    const struct text message = arena_printf(
        batch->arena, "Error deserializing message from topic: %.*s", TEXT_ARGS(topic));
    const struct text copy = arena_text(batch->arena, cause);
    return message.data && copy.data ? decode_batch_fail(batch, row, message, copy, diag)
                                     : diag_no_memory(diag);
}

static bool read_cells(struct wire_decoder *self, const struct wire_plan *plan)
{
    if (self->is_unwrapped) {
        return self->codec->read(&self->reader, plan, &self->cells[0]);
    }
    for (uint32_t i = 0; i < self->base.options.column_count; i++) {
        self->cells[i] = VALUE_NULL;
    }
    return self->codec->read_fields(&self->reader, plan, self->cells);
}

static void store_cells(const struct wire_decoder *self, struct decode_batch *batch, size_t row)
{
    for (uint32_t i = 0; i < self->base.options.column_count; i++) {
        struct column *column = &batch->columns[i];
        if (!column->is_present) {
            continue;
        }
        if (self->cells[i].is_null) {
            column_set_null(column, row);
        } else {
            column_set(column, row, self->cells[i]);
        }
    }
}

static enum status read_body(struct wire_decoder *self, struct decode_batch *batch, size_t row,
                             const struct schema_plan *entry, struct text body, struct diag *diag)
{
    if (!entry->plan) {
        return fail_row(self, batch, row, entry->refusal, diag);
    }
    wire_reader_start(&self->reader, body);
    if (read_cells(self, entry->plan)) {
        store_cells(self, batch, row);
        return STATUS_OK;
    }
    return self->reader.is_out_of_memory ? diag_no_memory(diag)
                                         : fail_row(self, batch, row, self->reader.message, diag);
}

static enum status read_record(struct wire_decoder *self, struct decode_batch *batch, size_t row,
                               struct diag *diag)
{
    struct frame frame;
    if (!frame_read(batch->records[row], &frame)) {
        return fail_row(self, batch, row, TEXT("Unknown magic byte!"), diag);
    }
    struct schema_plan *entry = find_plan(self, frame.id);
    if (!entry) {
        struct diag reason;
        TRY(load_plan(self, frame.id, &entry, &reason));
        if (!entry) {
            return fail_row(self, batch, row, text_of(reason.message), diag);
        }
    }
    return read_body(self, batch, row, entry, frame.body, diag);
}

static enum status decode_batch(struct decoder *decoder, struct decode_batch *batch,
                                struct diag *diag)
{
    struct wire_decoder *self = (struct wire_decoder *)decoder;
    self->reader = (struct wire_reader){.arena = batch->arena};
    for (size_t row = 0; row < batch->count; row++) {
        if (batch->records[row].data) {
            TRY(read_record(self, batch, row, diag));
        } else {
            decode_batch_null(batch, row);
        }
    }
    return STATUS_OK;
}

static enum status wire_decoder_create(struct arena *arena, const struct decoder_options *options,
                                       const struct wire_codec *codec, struct decoder **out,
                                       struct diag *diag)
{
    struct wire_decoder *self = ARENA_NEW(arena, struct wire_decoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct decoder){.decode = decode_batch, .options = *options};
    self->codec = codec;
    self->arena = arena;
    self->is_unwrapped = options->wrap == FORMAT_UNWRAP_SINGLES;
    self->cells = arena_array(arena, options->column_count + 1, sizeof(*self->cells));
    assert(!self->is_unwrapped || options->column_count == 1);
    *out = &self->base;
    return self->cells ? STATUS_OK : diag_no_memory(diag);
}

enum status avro_decoder_create(struct arena *arena, const struct decoder_options *options,
                                struct decoder **out, struct diag *diag)
{
    return wire_decoder_create(arena, options, &avro_codec, out, diag);
}
