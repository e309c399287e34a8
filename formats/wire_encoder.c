/* wire_encoder.c
 *
 * The encoder of the binary registry formats. The schema that records are written with is looked
 * up and laid beside the columns once; a row then becomes one struct value, which the format
 * writes behind the frame. Columns that the schema lacks are checked before (the planner compares
 * them), fields that the columns lack get their default or null, and where the schema allows
 * neither the row cannot be written, which ends the query. */
#include <assert.h>

#include "formats/encode_batch.h"
#include "formats/proto_schema.h"
#include "formats/wire_codec.h"

struct wire_encoder {
    struct encoder base; /* first, so that a struct encoder * can be cast back */
    const struct wire_codec *codec;
    const struct wire_schema *schema;
    bool is_framed;
    const struct type *type;  /* of the whole record */
    struct value_list *cells; /* the row that is being written; NULL: one bare value */
};

static void encode_row(struct encoder *encoder, const struct column *const *columns, size_t row,
                       struct buffer *out)
{
    struct wire_encoder *self = (struct wire_encoder *)encoder;
    struct value value;
    if (self->is_framed) {
        frame_write(out, encoder->options.schema.id);
        buffer_append_text(out, self->schema->message_index);
    }
    if (self->cells) {
        for (uint32_t i = 0; i < self->cells->count; i++) {
            self->cells->items[i] = column_get(columns[i], row);
        }
        value = (struct value){.list = self->cells};
    } else {
        value = column_get(columns[0], row);
    }
    self->codec->write(out, self->schema, self->type, &value, &encoder->refusal);
}

static enum status find_schema(struct wire_encoder *self, struct arena *arena, struct diag *diag)
{
    const struct schema_use *use = &self->base.options.schema;
    struct registered_schema registered;
    if (!use->registry) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "there is no schema registry");
    }
    TRY(wire_schema_find(arena, use->registry, use->id, self->base.options.format, &registered,
                         diag));
    const struct proto_choice choice = {.full_name = use->full_name};
    return wire_schema_parse(arena, &registered, &choice, &self->schema, diag);
}

static enum status create(struct arena *arena, const struct encoder_options *options,
                          const struct wire_codec *codec, struct wire_encoder **out,
                          struct diag *diag)
{
    const bool is_single = options->wrap == FORMAT_UNWRAP_SINGLES;
    const bool is_bare = is_single && codec->read;
    struct wire_encoder *self = ARENA_NEW(arena, struct wire_encoder);
    if (!self) {
        return diag_no_memory(diag);
    }
    assert(!is_single || options->column_count == 1);
    self->base = (struct encoder){
        .encode = encode_row, .null_is_null_record = is_single, .options = *options};
    self->codec = codec;
    self->type = is_bare ? options->columns[0].type
                         : type_struct(arena, options->columns, options->column_count);
    if (!is_bare) {
        self->cells = value_list_create(arena, options->column_count);
    }
    *out = self;
    return self->type && (is_bare || self->cells) ? STATUS_OK : diag_no_memory(diag);
}

static enum status create_framed(struct arena *arena, const struct encoder_options *options,
                                 const struct wire_codec *codec, struct encoder **out,
                                 struct diag *diag)
{
    struct wire_encoder *self = NULL;
    TRY(create(arena, options, codec, &self, diag));
    TRY(find_schema(self, arena, diag));
    self->is_framed = true;
    *out = &self->base;
    return wire_check_writing(arena, self->schema, self->type, diag);
}

enum status avro_encoder_create(struct arena *arena, const struct encoder_options *options,
                                struct encoder **out, struct diag *diag)
{
    return create_framed(arena, options, &avro_codec, out, diag);
}

enum status proto_encoder_create(struct arena *arena, const struct encoder_options *options,
                                 struct encoder **out, struct diag *diag)
{
    return create_framed(arena, options, &proto_codec, out, diag);
}

enum status proto_nosr_encoder_create(struct arena *arena, const struct encoder_options *options,
                                      struct encoder **out, struct diag *diag)
{
    struct wire_encoder *self = NULL;
    TRY(create(arena, options, &proto_codec, &self, diag));
    TRY(wire_schema_of_columns(arena, options->columns, options->column_count,
                               options->schema.nullable, &self->schema, diag));
    *out = &self->base;
    return STATUS_OK;
}
