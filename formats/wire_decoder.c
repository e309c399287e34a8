/* wire_decoder.c
 *
 * The decoder of the binary registry formats. A record says by which schema it was written; for
 * each schema that turns up a plan is made once, and reading follows the plan. A schema that does
 * not fit the columns has a refusal in the place of its plan, so its records fail one by one, as
 * in ksqlDB, while those of other schemas are read.
 *
 * The plans hang in a list, newest use first: a topic has one schema nearly always. Ids that no
 * registry knows are not kept, so hostile records cannot make the list grow. Nor do they make it
 * heavy: a plan is made in an arena of its own first, and again to stay when it is of use, so that
 * a thousand messages that do not exist leave a thousand reasons and not a thousand schemas. */
#include <assert.h>
#include <string.h>

#include "formats/decode_batch.h"
#include "formats/proto_schema.h"
#include "formats/wire_codec.h"

/* Schemas, and messages of them, that one topic may have; bounds what hostile records make. */
enum { PLAN_COUNT_MAX = 1024 };

struct schema_plan {
    uint32_t id;
    struct text head;             /* Protobuf: which message */
    const struct wire_plan *plan; /* NULL: refusal says why */
    struct text refusal;
    struct schema_plan *next;
};

struct wire_decoder {
    struct decoder base; /* first, so that a struct decoder * can be cast back */
    const struct wire_codec *codec;
    struct arena *arena; /* of the plans */
    struct schema_plan *plans;
    uint32_t plan_count;
    const struct schema_plan *only; /* PROTOBUF_NOSR: records have no frame */
    struct value *cells;            /* one per column: the row that is being read */
    bool is_bare;                   /* records are the one column's value */
    struct wire_reader reader;
};

/* --- Plans -------------------------------------------------------------------------------- */

static enum status lay_out(struct wire_decoder *self, struct arena *arena,
                           const struct wire_schema *schema, const struct wire_plan **out,
                           struct diag *diag)
{
    const struct decoder_options *options = &self->base.options;
    if (self->is_bare) {
        return wire_plan_value(arena, schema, options->columns[0].type, out, diag);
    }
    return wire_plan_record(arena, schema, options->columns, options->column_count, options->wanted,
                            out, diag);
}

/* STATUS_MISSING: the registry does not know id. */
static enum status make_plan(struct wire_decoder *self, struct arena *arena, uint32_t id,
                             struct text head, const struct wire_plan **out, struct diag *diag)
{
    const struct schema_registry *registry = self->base.options.schema.registry;
    const struct proto_choice choice = {.index = head};
    const struct wire_schema *schema = NULL;
    struct registered_schema registered;
    TRY(registry->find(registry->context, id, arena, &registered, diag));
    TRY(wire_schema_parse(arena, &registered, &choice, &schema, diag));
    return lay_out(self, arena, schema, out, diag);
}

/* refusal: why there is no plan; data NULL: there is one. */
static enum status add_plan(struct wire_decoder *self, uint32_t id, struct text head,
                            struct text refusal, struct schema_plan **out, struct diag *diag)
{
    struct schema_plan *entry = ARENA_NEW(self->arena, struct schema_plan);
    if (!entry) {
        return diag_no_memory(diag);
    }
    entry->id = id;
    entry->head = arena_text(self->arena, head);
    if (refusal.data) {
        entry->refusal = arena_text(self->arena, refusal);
    } else {
        TRY(make_plan(self, self->arena, id, head.data ? entry->head : head, &entry->plan, diag));
    }
    if (!entry->head.data || (refusal.data && !entry->refusal.data)) {
        return diag_no_memory(diag);
    }
    entry->next = self->plans;
    self->plans = entry;
    self->plan_count++;
    *out = entry;
    return STATUS_OK;
}

/* *out is NULL when no registry knows id, or it has been met with too many heads; *out_reason then
 * says so. */
static enum status load_plan(struct wire_decoder *self, uint32_t id, struct text head,
                             struct schema_plan **out, struct diag *out_reason)
{
    const struct wire_plan *ignored = NULL;
    struct arena trial;
    struct diag diag;
    *out = NULL;
    if (!self->base.options.schema.registry) {
        (void)diag_fail(out_reason, STATUS_MISSING, SQL_POS_NONE, "there is no schema registry");
        return STATUS_OK;
    }
    if (self->plan_count == PLAN_COUNT_MAX) {
        (void)diag_fail(out_reason, STATUS_LIMIT, SQL_POS_NONE,
                        "the topic has records of more than %d schemas", PLAN_COUNT_MAX);
        return STATUS_OK;
    }
    arena_init(&trial);
    const enum status status = make_plan(self, &trial, id, head, &ignored, out_reason);
    arena_release(&trial);
    if (status == STATUS_MISSING || status == STATUS_NO_MEMORY) {
        return status == STATUS_NO_MEMORY ? status : STATUS_OK;
    }
    const struct text refusal =
        status == STATUS_OK ? (struct text){NULL, 0} : text_of(out_reason->message);
    return add_plan(self, id, head, refusal, out, &diag);
}

static bool is_plan_of(const struct schema_plan *entry, uint32_t id, struct text head)
{
    return entry->id == id && text_equal(entry->head, head);
}

static struct schema_plan *find_plan(struct wire_decoder *self, uint32_t id, struct text head)
{
    struct schema_plan **link = &self->plans;
    while (*link && !is_plan_of(*link, id, head)) {
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
    if (self->is_bare) {
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
    struct text head = {NULL, 0};
    if (self->only) {
        return read_body(self, batch, row, self->only, batch->records[row], diag);
    }
    if (!frame_read(batch->records[row], &frame)) {
        return fail_row(self, batch, row, TEXT("Unknown magic byte!"), diag);
    }
    if (self->codec->take_head && !self->codec->take_head(&frame.body, &head)) {
        return fail_row(self, batch, row, TEXT("the message's index is cut off or too long"), diag);
    }
    struct schema_plan *entry = find_plan(self, frame.id, head);
    if (!entry) {
        struct diag reason;
        TRY(load_plan(self, frame.id, head, &entry, &reason));
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
                                       const struct wire_codec *codec, struct wire_decoder **out,
                                       struct diag *diag)
{
    struct wire_decoder *self = ARENA_NEW(arena, struct wire_decoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct decoder){.decode = decode_batch, .options = *options};
    self->codec = codec;
    self->arena = arena;
    self->is_bare = options->wrap == FORMAT_UNWRAP_SINGLES && codec->read;
    self->cells = arena_array(arena, options->column_count + 1, sizeof(*self->cells));
    assert(!self->is_bare || options->column_count == 1);
    *out = self;
    return self->cells ? STATUS_OK : diag_no_memory(diag);
}

enum status avro_decoder_create(struct arena *arena, const struct decoder_options *options,
                                struct decoder **out, struct diag *diag)
{
    struct wire_decoder *self = NULL;
    TRY(wire_decoder_create(arena, options, &avro_codec, &self, diag));
    *out = &self->base;
    return STATUS_OK;
}

enum status proto_decoder_create(struct arena *arena, const struct decoder_options *options,
                                 struct decoder **out, struct diag *diag)
{
    struct wire_decoder *self = NULL;
    TRY(wire_decoder_create(arena, options, &proto_codec, &self, diag));
    *out = &self->base;
    return STATUS_OK;
}

enum status proto_nosr_decoder_create(struct arena *arena, const struct decoder_options *options,
                                      struct decoder **out, struct diag *diag)
{
    struct wire_decoder *self = NULL;
    const struct wire_schema *schema = NULL;
    struct schema_plan *only = ARENA_NEW(arena, struct schema_plan);
    if (!only) {
        return diag_no_memory(diag);
    }
    TRY(wire_decoder_create(arena, options, &proto_codec, &self, diag));
    TRY(wire_schema_of_columns(arena, options->columns, options->column_count,
                               options->schema.nullable, &schema, diag));
    TRY(lay_out(self, arena, schema, &only->plan, diag));
    self->only = only;
    *out = &self->base;
    return STATUS_OK;
}
