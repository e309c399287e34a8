/* json_sr.c
 *
 * JSON_SR: JSON behind the id of its schema. The JSON decoder and encoder do the work; what is
 * added is the frame, and the check, once per schema, that its types may be read as the columns.
 * A record that may not be read is handed on as text that is no JSON, so that all errors are
 * noted by one decoder and in order; its reason is put in their place afterwards. */
#include "formats/decode_batch.h"
#include "formats/encode_batch.h"
#include "formats/wire_codec.h"

static const char no_json[] = "\x01";

/* What is known of one schema. */
struct schema_check {
    uint32_t id;
    struct text refusal; /* data NULL: it fits the columns */
    struct schema_check *next;
};

struct json_sr_decoder {
    struct decoder base; /* first, so that a struct decoder * can be cast back */
    struct decoder *json;
    struct arena *arena; /* of the checks */
    struct schema_check *checks;
};

/* --- Schemas ------------------------------------------------------------------------------ */

static enum status check_fit(struct json_sr_decoder *self, uint32_t id, struct arena *scratch,
                             struct diag *reason)
{
    const struct decoder_options *options = &self->base.options;
    const struct schema_registry *registry = options->schema.registry;
    struct registered_schema registered;
    const struct wire_schema *schema = NULL;
    const struct wire_plan *plan = NULL;
    if (!registry) {
        return diag_fail(reason, STATUS_MISSING, SQL_POS_NONE, "there is no schema registry");
    }
    TRY(wire_schema_find(scratch, registry, id, options->format, &registered, reason));
    TRY(wire_schema_parse(scratch, &registered, NULL, &schema, reason));
    if (options->wrap == FORMAT_UNWRAP_SINGLES) {
        return wire_plan_value(scratch, schema, options->columns[0].type, &plan, reason);
    }
    return wire_plan_record(scratch, schema, options->columns, options->column_count,
                            options->wanted, &plan, reason);
}

static enum status add_check(struct json_sr_decoder *self, uint32_t id, const struct diag *reason,
                             struct schema_check **out, struct diag *diag)
{
    struct schema_check *check = ARENA_NEW(self->arena, struct schema_check);
    if (!check) {
        return diag_no_memory(diag);
    }
    *check = (struct schema_check){.id = id, .next = self->checks};
    if (reason) {
        check->refusal = arena_text(self->arena, text_of(reason->message));
    }
    if (reason && !check->refusal.data) {
        return diag_no_memory(diag);
    }
    self->checks = check;
    *out = check;
    return STATUS_OK;
}

/* Why records of this schema cannot be read; *out has data NULL when they can. A schema that no
 * registry knows is not remembered. */
static enum status find_refusal(struct json_sr_decoder *self, struct decode_batch *batch,
                                uint32_t id, struct text *out, struct diag *diag)
{
    struct diag reason;
    struct schema_check *check = self->checks;
    while (check && check->id != id) {
        check = check->next;
    }
    if (!check) {
        const enum status status = check_fit(self, id, batch->arena, &reason);
        if (status == STATUS_NO_MEMORY) {
            return diag_no_memory(diag);
        }
        if (status == STATUS_MISSING) {
            *out = arena_text(batch->arena, text_of(reason.message));
            return out->data ? STATUS_OK : diag_no_memory(diag);
        }
        TRY(add_check(self, id, status == STATUS_OK ? NULL : &reason, &check, diag));
    }
    *out = check->refusal;
    return STATUS_OK;
}

/* --- Reading ------------------------------------------------------------------------------ */

/* The JSON of one record; *refusal says why there is none. */
static enum status take_body(struct json_sr_decoder *self, struct decode_batch *batch, size_t row,
                             struct text *body, struct text *refusal, struct diag *diag)
{
    struct frame frame;
    *body = (struct text){NULL, 0};
    *refusal = (struct text){NULL, 0};
    if (!batch->records[row].data) {
        return STATUS_OK;
    }
    if (frame_read(batch->records[row], &frame)) {
        TRY(find_refusal(self, batch, frame.id, refusal, diag));
        *body = frame.body;
    } else {
        *refusal = TEXT("Got unexpected JSON serialization format that did not start with the "
                        "magic byte. If the value was not serialized in the JsonSchema format, "
                        "you likely meant to use JSON_SR instead of JSON.");
    }
    if (refusal->data) {
        *body = text_of(no_json);
    }
    return STATUS_OK;
}

static enum status give_reasons(struct decode_batch *batch, const struct text *refusals,
                                struct diag *diag)
{
    for (uint32_t i = 0; i < batch->result->error_count; i++) {
        struct decode_error *error = &batch->errors[i];
        if (!refusals[error->row].data) {
            continue;
        }
        error->cause = refusals[error->row];
        error->message = arena_printf(batch->arena, "Error deserializing message from topic: %.*s",
                                      TEXT_ARGS(batch->options->topic));
        if (!error->message.data) {
            return diag_no_memory(diag);
        }
    }
    return STATUS_OK;
}

static enum status decode_batch(struct decoder *decoder, struct decode_batch *batch,
                                struct diag *diag)
{
    struct json_sr_decoder *self = (struct json_sr_decoder *)decoder;
    struct text *bodies = arena_array(batch->arena, batch->count, sizeof(*bodies));
    struct text *refusals = arena_array(batch->arena, batch->count, sizeof(*refusals));
    if (!bodies || !refusals) {
        return diag_no_memory(diag);
    }
    for (size_t row = 0; row < batch->count; row++) {
        TRY(take_body(self, batch, row, &bodies[row], &refusals[row], diag));
    }
    batch->records = bodies;
    TRY(self->json->decode(self->json, batch, diag));
    return give_reasons(batch, refusals, diag);
}

enum status json_sr_decoder_create(struct arena *arena, const struct decoder_options *options,
                                   struct decoder **out, struct diag *diag)
{
    struct json_sr_decoder *self = ARENA_NEW(arena, struct json_sr_decoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->base = (struct decoder){.decode = decode_batch, .options = *options};
    self->arena = arena;
    TRY(json_decoder_create(arena, options, &self->json, diag));
    *out = &self->base;
    return STATUS_OK;
}

/* --- Writing ------------------------------------------------------------------------------ */

struct json_sr_encoder {
    struct encoder base; /* first, so that a struct encoder * can be cast back */
    struct encoder *json;
};

static void encode_row(struct encoder *encoder, const struct column *const *columns, size_t row,
                       struct buffer *out)
{
    struct json_sr_encoder *self = (struct json_sr_encoder *)encoder;
    frame_write(out, encoder->options.schema.id);
    self->json->encode(self->json, columns, row, out);
}

enum status json_sr_encoder_create(struct arena *arena, const struct encoder_options *options,
                                   struct encoder **out, struct diag *diag)
{
    struct json_sr_encoder *self = ARENA_NEW(arena, struct json_sr_encoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    TRY(json_encoder_create(arena, options, &self->json, diag));
    self->base = (struct encoder){.encode = encode_row,
                                  .null_is_null_record = self->json->null_is_null_record,
                                  .options = *options};
    *out = &self->base;
    return STATUS_OK;
}
