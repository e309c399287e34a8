/* wire_text.c
 *
 * Takes a record's frame off, finds the schema that it names and has the format's own code walk the
 * bytes (avro_text.c, proto_text.c). Parsed schemas are kept, because a topic has one nearly
 * always; when there are more than SCHEMA_COUNT_MAX they are all dropped and parsed again as they
 * turn up, so that records which name many cost time and no memory. Of JSON_SR the id is checked
 * and nothing more: JSON says itself what it is, and Confluent's deserializer does not validate. */
#include "formats/wire_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number_text.h"
#include "formats/avro_binary.h"
#include "formats/json_value.h"
#include "formats/proto_binary.h"
#include "formats/proto_schema.h"
#include "formats/wire_codec.h"

enum { SCHEMA_COUNT_MAX = 32, FLOAT_DIGITS_MIN = 1, FLOAT_DIGITS_MAX = 9 };

struct wire_text_schema {
    uint32_t id;
    struct text head;                 /* Protobuf: which message */
    const struct wire_schema *schema; /* NULL: JSON_SR, whose text is not read */
    struct wire_text_schema *next;
};

void wire_text_init(struct wire_text *self, enum format_kind format,
                    const struct schema_registry *registry)
{
    *self = (struct wire_text){.format = format, .registry = registry};
    arena_init(&self->arena);
    arena_init(&self->scratch);
    buffer_init(&self->text);
}

void wire_text_release(struct wire_text *self)
{
    arena_release(&self->arena);
    arena_release(&self->scratch);
    buffer_release(&self->text);
}

/* The shortest digits that read back as the same float. */
static double shortest_float(float real)
{
    char text[32];
    for (int digits = FLOAT_DIGITS_MIN; digits < FLOAT_DIGITS_MAX; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, (double)real);
        if (strtof(text, NULL) == real) {
            return strtod(text, NULL);
        }
    }
    return (double)real;
}

void wire_text_append_real(struct buffer *out, enum wire_kind kind, double real)
{
    const double shown = kind == WIRE_FLOAT32 ? shortest_float((float)real) : real;
    if (buffer_reserve(out, NUMBER_TEXT_DOUBLE_BYTES_MAX)) {
        out->bytes += number_text_double(out->data + out->bytes, shown);
    }
}

/* --- Schemas ------------------------------------------------------------------------------ */

static enum status invalid(struct diag *diag, struct text reason)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%.*s", TEXT_ARGS(reason));
}

static enum status parse(struct wire_text *self, struct wire_text_schema *entry, struct diag *diag)
{
    const struct proto_choice choice = {.index = entry->head};
    struct registered_schema registered;
    TRY(self->registry->find(self->registry->context, entry->id, &self->arena, &registered, diag));
    if (registered.format != self->format) {
        return invalid(diag, TEXT("the schema is one of another format"));
    }
    return self->format == FORMAT_JSON_SR
               ? STATUS_OK
               : wire_schema_parse(&self->arena, &registered, &choice, &entry->schema, diag);
}

static enum status load(struct wire_text *self, uint32_t id, struct text head,
                        struct wire_text_schema **out, struct diag *diag)
{
    if (self->schema_count == SCHEMA_COUNT_MAX) {
        arena_reset(&self->arena);
        self->schemas = NULL;
        self->schema_count = 0;
    }
    struct wire_text_schema *entry = ARENA_NEW(&self->arena, struct wire_text_schema);
    if (!entry) {
        return diag_no_memory(diag);
    }
    *entry = (struct wire_text_schema){.id = id, .next = self->schemas};
    if (head.data) {
        entry->head = arena_text(&self->arena, head);
        if (!entry->head.data) {
            return diag_no_memory(diag);
        }
    }
    self->schema_count++; /* also when it cannot be read: the arena holds what was tried */
    TRY(parse(self, entry, diag));
    self->schemas = entry;
    *out = entry;
    return STATUS_OK;
}

static enum status find(struct wire_text *self, uint32_t id, struct text head,
                        struct wire_text_schema **out, struct diag *diag)
{
    struct wire_text_schema *entry = self->schemas;
    while (entry && !(entry->id == id && text_equal(entry->head, head))) {
        entry = entry->next;
    }
    *out = entry;
    return entry ? STATUS_OK : load(self, id, head, out, diag);
}

/* --- Records ------------------------------------------------------------------------------ */

/* As Jackson's JsonNode.toString(): compact, a text in its quotes. */
static enum status append_json(struct wire_text *self, struct text json, struct diag *diag)
{
    const struct type *type = type_of(TYPE_STRING);
    struct value value;
    size_t at = 0;
    TRY(json_read_value(&self->scratch, type, json, &value, diag));
    while (json.data[at] == ' ' || json.data[at] == '\n' || json.data[at] == '\r' ||
           json.data[at] == '\t') {
        at++; /* ends, because a value was read */
    }
    if (value.is_null || json.data[at] == '"') {
        json_write_value(&self->text, type, &value, JSON_WIRE);
    } else {
        buffer_append_text(&self->text, value.text);
    }
    return STATUS_OK;
}

static enum status append_body(struct wire_text *self, const struct wire_text_schema *entry,
                               struct text body, struct diag *diag)
{
    struct wire_reader reader = {.arena = &self->scratch};
    if (!entry->schema) {
        return append_json(self, body, diag);
    }
    wire_reader_start(&reader, body);
    const bool is_read = self->format == FORMAT_AVRO
                             ? avro_append_text(&reader, entry->schema, &self->text)
                             : proto_append_text(&reader, entry->schema, &self->text);
    if (is_read) {
        return STATUS_OK;
    }
    return reader.is_out_of_memory ? diag_no_memory(diag) : invalid(diag, reader.message);
}

enum status wire_text_append(struct wire_text *self, struct text record, struct buffer *out,
                             struct diag *diag)
{
    struct wire_text_schema *entry = NULL;
    struct frame frame;
    struct text head = {NULL, 0};
    if (!record.data || !frame_read(record, &frame)) {
        return invalid(diag, TEXT("Unknown magic byte!"));
    }
    if (self->format == FORMAT_PROTOBUF && !proto_codec.take_head(&frame.body, &head)) {
        return invalid(diag, TEXT("the message's index is cut off"));
    }
    arena_reset(&self->scratch);
    buffer_reset(&self->text);
    TRY(find(self, frame.id, head, &entry, diag));
    TRY(append_body(self, entry, frame.body, diag));
    TRY(buffer_status(&self->text, diag));
    buffer_append_text(out, buffer_text(&self->text));
    return STATUS_OK;
}
