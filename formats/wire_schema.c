/* wire_schema.c
 *
 * From a schema's tree to SQL: the types, the names and the columns that ksqlDB infers. The way
 * there is one table of scalar kinds and a recursion over the rest. Parsers bound the depth of
 * trees; shared nodes could still make a type far larger than its schema, so the walk counts what
 * it makes and stops at WIRE_NODE_COUNT_MAX. */
#include "formats/wire_schema.h"

#include <assert.h>

#include "base/utf8.h"
#include "formats/avro_schema.h"
#include "formats/format.h"
#include "formats/json_schema.h"
#include "formats/proto_schema.h"

static const struct {
    const char *name;
    enum type_kind type; /* TYPE_NULL: not a scalar */
} kinds[WIRE_KIND_COUNT] = {
    [WIRE_BOOLEAN] = {"boolean", TYPE_BOOLEAN},
    [WIRE_INT8] = {"int8", TYPE_INTEGER},
    [WIRE_INT16] = {"int16", TYPE_INTEGER},
    [WIRE_INT32] = {"int32", TYPE_INTEGER},
    [WIRE_INT64] = {"int64", TYPE_BIGINT},
    [WIRE_FLOAT32] = {"float32", TYPE_DOUBLE},
    [WIRE_FLOAT64] = {"float64", TYPE_DOUBLE},
    [WIRE_STRING] = {"string", TYPE_STRING},
    [WIRE_BYTES] = {"bytes", TYPE_BYTES},
    [WIRE_DECIMAL] = {"bytes", TYPE_NULL},
    [WIRE_DATE] = {"int32", TYPE_DATE},
    [WIRE_TIME] = {"int32", TYPE_TIME},
    [WIRE_TIMESTAMP] = {"int64", TYPE_TIMESTAMP},
    [WIRE_ARRAY] = {"array", TYPE_NULL},
    [WIRE_MAP] = {"map", TYPE_NULL},
    [WIRE_STRUCT] = {"struct", TYPE_NULL},
    [WIRE_NOTHING] = {"null", TYPE_NULL},
};

const char *wire_kind_name(enum wire_kind kind)
{
    assert(kind < WIRE_KIND_COUNT);
    return kinds[kind].name;
}

const struct wire_schema *wire_schema_optional(struct arena *arena,
                                               const struct wire_schema *schema)
{
    struct wire_schema *copy = ARENA_NEW(arena, struct wire_schema);
    if (copy) {
        *copy = *schema;
        copy->is_optional = true;
    }
    return copy;
}

/* --- SQL types ---------------------------------------------------------------------------- */

struct inference {
    struct arena *arena;
    bool keeps_case;
    uint32_t node_count;
    struct diag *diag;
};

static enum status infer(struct inference *self, const struct wire_schema *schema,
                         const struct type **out);

static enum status infer_fields(struct inference *self, const struct wire_schema *schema,
                                const struct type_field **out, uint32_t *out_count)
{
    struct type_field *fields = arena_array(self->arena, schema->field_count, sizeof(*fields));
    uint32_t count = 0;
    if (!fields) {
        return diag_no_memory(self->diag);
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        struct type_field field = {.name = schema->fields[i].name};
        TRY(infer(self, schema->fields[i].schema, &field.type));
        if (!field.type) {
            continue;
        }
        if (!self->keeps_case) {
            TRY(utf8_upper(field.name, self->arena, &field.name, self->diag));
        }
        fields[count++] = field;
    }
    *out = fields;
    *out_count = count;
    return STATUS_OK;
}

static enum status infer_struct(struct inference *self, const struct wire_schema *schema,
                                const struct type **out)
{
    const struct type_field *fields = NULL;
    uint32_t count = 0;
    TRY(infer_fields(self, schema, &fields, &count));
    *out = count > 0 ? type_struct(self->arena, fields, count) : NULL;
    return *out || count == 0 ? STATUS_OK : diag_no_memory(self->diag);
}

/* Keys of any scalar kind become texts, as in ksqlDB. */
static enum status infer_container(struct inference *self, const struct wire_schema *schema,
                                   const struct type **out)
{
    const struct type *element = NULL;
    *out = NULL;
    TRY(infer(self, schema->element, &element));
    if (!element) {
        return STATUS_OK;
    }
    if (schema->kind == WIRE_ARRAY) {
        *out = type_array(self->arena, element);
    } else if (schema->key->kind <= WIRE_INT64 || schema->key->kind == WIRE_STRING) {
        *out = type_map(self->arena, type_of(TYPE_STRING), element);
    } else {
        return STATUS_OK;
    }
    return *out ? STATUS_OK : diag_no_memory(self->diag);
}

static enum status infer(struct inference *self, const struct wire_schema *schema,
                         const struct type **out)
{
    *out = NULL;
    if (++self->node_count > WIRE_NODE_COUNT_MAX) {
        return diag_fail(self->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "the schema has more than %d parts", WIRE_NODE_COUNT_MAX);
    }
    if (schema->kind == WIRE_STRUCT) {
        return infer_struct(self, schema, out);
    }
    if (schema->kind == WIRE_ARRAY || schema->kind == WIRE_MAP) {
        return infer_container(self, schema, out);
    }
    if (schema->kind == WIRE_DECIMAL) {
        *out = type_decimal(self->arena, schema->precision, schema->scale);
        return *out ? STATUS_OK : diag_no_memory(self->diag);
    }
    if (kinds[schema->kind].type != TYPE_NULL) {
        *out = type_of(kinds[schema->kind].type);
    }
    return STATUS_OK;
}

/* --- Columns ------------------------------------------------------------------------------ */

enum status wire_schema_find(struct arena *arena, const struct schema_registry *registry,
                             uint32_t id, enum format_kind format, struct registered_schema *out,
                             struct diag *diag)
{
    TRY(registry->find(registry->context, id, arena, out, diag));
    return out->format == format
               ? STATUS_OK
               : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "the schema with id %u is one of %s, not of %s", id,
                           format_info(out->format)->name, format_info(format)->name);
}

enum status wire_schema_parse(struct arena *arena, const struct registered_schema *registered,
                              const struct proto_choice *choice, const struct wire_schema **out,
                              struct diag *diag)
{
    if (registered->format == FORMAT_AVRO) {
        return avro_schema_parse(arena, registered->text, out, diag);
    }
    if (registered->format == FORMAT_JSON_SR) {
        return json_schema_parse(arena, registered->text, out, diag);
    }
    assert(registered->format == FORMAT_PROTOBUF);
    return proto_schema_parse(arena, registered, choice, out, diag);
}

static enum status check_any(uint32_t count, struct diag *diag)
{
    return count > 0 ? STATUS_OK
                     : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                 "Schema does not include any columns with types that ksqlDB "
                                 "supports.");
}

/* The whole schema as one column. */
static enum status read_single(struct inference *self, const struct wire_schema *root,
                               enum format_side side, struct schema_columns *out)
{
    struct type_field *field = ARENA_NEW(self->arena, struct type_field);
    if (!field) {
        return diag_no_memory(self->diag);
    }
    field->name = side == FORMAT_KEY ? TEXT("ROWKEY") : TEXT("ROWVAL");
    TRY(infer(self, root, &field->type));
    *out = (struct schema_columns){.is_bare = true, .count = field->type ? 1 : 0, .fields = field};
    return check_any(out->count, self->diag);
}

enum status schema_read_columns(struct arena *arena, const struct registered_schema *schema,
                                const struct schema_reading *reading, struct schema_columns *out,
                                struct diag *diag)
{
    struct inference self = {.arena = arena, .keeps_case = reading->keeps_case, .diag = diag};
    const struct wire_schema *root = NULL;
    const struct proto_choice choice = {.full_name = reading->full_name};
    if (schema->format == FORMAT_PROTOBUF && reading->is_choice_needed) {
        TRY(proto_schema_check_choice(arena, schema, reading->side, reading->full_name, diag));
    }
    TRY(wire_schema_parse(arena, schema, &choice, &root, diag));
    if (reading->is_unwrapped || root->kind != WIRE_STRUCT) {
        return read_single(&self, root, reading->side, out);
    }
    *out = (struct schema_columns){.is_bare = false};
    TRY(infer_fields(&self, root, &out->fields, &out->count));
    return check_any(out->count, diag);
}
