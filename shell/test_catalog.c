/* test_catalog.c
 *
 * How the records of a source are written, in the terms of formats/.
 */
#include "shell/test_catalog.h"

#include "engine/serde.h"

struct test_topic test_topic_find(struct engine *engine, struct text name)
{
    return (struct test_topic){engine, name, inspect_find_source_by_topic(engine, name)};
}

/* Columns, spelling and wrapping are those of the registered schema. */
static enum status take_schema(struct arena *arena, const struct test_topic *topic, uint32_t id,
                               struct test_side *out, struct diag *diag)
{
    const struct schema_registry *registry = inspect_registry(topic->engine);
    struct schema_reading reading = {
        .side = out->side, .keeps_case = true, .full_name = out->schema.full_name};
    struct registered_schema schema;
    struct schema_columns columns;
    TRY(registry->find(registry->context, id, arena, &schema, diag));
    TRY(schema_read_columns(arena, &schema, &reading, &columns, diag));
    out->format = schema.format;
    out->wrap = columns.is_bare ? FORMAT_UNWRAP_SINGLES : FORMAT_WRAP_NONE_SET;
    out->columns = columns.fields;
    out->column_count = columns.count;
    out->schema.registry = registry;
    out->schema.id = id;
    return STATUS_OK;
}

static enum status start_side(struct arena *arena, const struct test_topic *topic,
                              enum format_side side, struct test_side *out, struct diag *diag)
{
    *out = (struct test_side){.format = FORMAT_JSON, .side = side};
    return topic->source ? test_side_of(arena, topic->source, side, out, diag) : STATUS_OK;
}

enum status test_side_for_writing(struct arena *arena, const struct test_topic *topic,
                                  enum format_side side, struct test_side *out, struct diag *diag)
{
    uint32_t id = 0;
    TRY(start_side(arena, topic, side, out, diag));
    const bool may_be_registered = !topic->source || format_info(out->format)->uses_registry;
    return may_be_registered && inspect_find_schema(topic->engine, topic->name, side, &id)
               ? take_schema(arena, topic, id, out, diag)
               : STATUS_OK;
}

/* The schema that the record's first bytes name; false when it names none. */
static bool names_schema(struct text record, uint32_t *out_id)
{
    enum { FRAME_BYTES = 5 };
    if (record.bytes < FRAME_BYTES || record.data[0] != 0) {
        return false;
    }
    *out_id = 0;
    for (size_t i = 1; i < FRAME_BYTES; i++) {
        *out_id = *out_id << 8 | (unsigned char)record.data[i];
    }
    return true;
}

enum status test_side_for_reading(struct arena *arena, const struct test_topic *topic,
                                  enum format_side side, struct text record,
                                  struct test_side *out, struct diag *diag)
{
    uint32_t id = 0;
    TRY(start_side(arena, topic, side, out, diag));
    return format_info(out->format)->uses_registry && names_schema(record, &id)
               ? take_schema(arena, topic, id, out, diag)
               : STATUS_OK;
}

enum status test_side_of(struct arena *arena, const struct source *source, enum format_side side,
                         struct test_side *out, struct diag *diag)
{
    const struct serde *serde = side == FORMAT_KEY ? &source->key_serde : &source->value_serde;
    const enum column_role role = side == FORMAT_KEY ? COLUMN_KEY : COLUMN_VALUE;
    struct type_field *columns = arena_array(arena, source->schema.column_count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    *out = (struct test_side){.format = serde->format,
                              .side = side,
                              .wrap = serde_wrap(serde, side),
                              .delimiter = serde_delimiter(serde),
                              .schema = {.full_name = serde->full_name,
                                         .nullable = serde->nullable},
                              .columns = columns};
    for (uint32_t i = 0; i < source->schema.column_count; i++) {
        const struct schema_column *column = &source->schema.columns[i];
        if (column->role == role) {
            columns[out->column_count++] = (struct type_field){column->name, column->type};
        }
    }
    return STATUS_OK;
}
