/* entity.c
 *
 * The parts that entities share. json_pack(), entity_append() and entity_set() take the references
 * they are given even when they fail, and fail when they are given NULL, so that builders nest
 * without checks in between: whatever goes wrong inside comes out as NULL at the top, and nothing
 * leaks.
 */
#include "engine/entity.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "engine/engine_state.h"

/* --- Text --------------------------------------------------------------------------------- */

static json_t *repaired_text(struct text text)
{
    struct arena arena;
    arena_init(&arena);
    struct text repaired = {NULL, 0};
    json_t *json = utf8_repair(text, &arena, &repaired, NULL) == STATUS_OK
                       ? json_stringn(repaired.data, repaired.bytes)
                       : NULL;
    arena_release(&arena);
    return json;
}

json_t *entity_text(struct text text)
{
    if (!text.data) {
        return json_null();
    }
    json_t *json = json_stringn(text.data, text.bytes);
    return json ? json : repaired_text(text);
}

json_t *entity_count(uint64_t count)
{
    return json_integer((json_int_t)count);
}

json_t *entity_take_buffer(struct buffer *buffer)
{
    const struct text text = buffer->bytes ? buffer_text(buffer) : TEXT("");
    json_t *json = buffer->has_failed ? NULL : entity_text(text);
    buffer_release(buffer);
    return json;
}

json_t *entity_statement(struct text sql)
{
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, sql);
    buffer_append_byte(&buffer, ';');
    return entity_take_buffer(&buffer);
}

void entity_append(json_t **list, json_t *item)
{
    if (json_array_append_new(*list, item) != 0) { /* it takes item, also when *list is NULL */
        json_decref(*list);
        *list = NULL;
    }
}

void entity_set(json_t **object, const char *name, json_t *value)
{
    if (json_object_set_new(*object, name, value) != 0) { /* as above */
        json_decref(*object);
        *object = NULL;
    }
}

/* --- Types and columns -------------------------------------------------------------------- */

static json_t *struct_fields(const struct type *type)
{
    json_t *fields = json_array();
    for (uint32_t i = 0; i < type->field_count; i++) {
        entity_append(&fields, json_pack("{s:o, s:o}", "name", entity_text(type->fields[i].name),
                                         "schema", entity_type(type->fields[i].type)));
    }
    return fields;
}

json_t *entity_type(const struct type *type)
{
    const bool has_member = type->kind == TYPE_ARRAY || type->kind == TYPE_MAP;
    json_t *entity = json_object();
    entity_set(&entity, "type", json_string(type_kind_name(type->kind)));
    entity_set(&entity, "fields", type->kind == TYPE_STRUCT ? struct_fields(type) : json_null());
    entity_set(&entity, "memberSchema", has_member ? entity_type(type->element) : json_null());
    if (type->kind == TYPE_DECIMAL) {
        entity_set(
            &entity, "parameters",
            json_pack("{s:i, s:i}", "precision", (int)type->precision, "scale", (int)type->scale));
    }
    return entity;
}

static json_t *column_field(const struct schema_column *column)
{
    json_t *field = json_object();
    entity_set(&field, "name", entity_text(column->name));
    entity_set(&field, "schema", entity_type(column->type));
    if (column->role != COLUMN_VALUE) {
        entity_set(&field, "type", json_string(column->role == COLUMN_KEY ? "KEY" : "HEADER"));
    }
    if (column->role == COLUMN_HEADERS && column->header_key.data) {
        entity_set(&field, "headerKey", entity_text(column->header_key));
    }
    return field;
}

json_t *entity_fields(const struct schema *schema)
{
    json_t *fields = json_array();
    for (uint32_t i = 0; i < schema->column_count; i++) {
        entity_append(&fields, column_field(&schema->columns[i]));
    }
    return fields;
}

json_t *entity_window(enum window_kind kind)
{
    static const char *const names[] = {[WINDOW_NONE] = NULL,
                                        [WINDOW_TUMBLING] = "TUMBLING",
                                        [WINDOW_HOPPING] = "HOPPING",
                                        [WINDOW_SESSION] = "SESSION"};
    return entity_text(text_of(names[kind]));
}

/* --- The server --------------------------------------------------------------------------- */

enum { PORT_DEFAULT = 8088 };

/* "http://name:8088" of the advertised or the first listener, cut into its parts. */
static void find_host(const struct engine *engine, struct text *out_name, int *out_port)
{
    struct text url = settings_find(&engine->settings, TEXT("ksql.advertised.listener"));
    if (!url.data) {
        url = settings_find(&engine->settings, TEXT("listeners"));
    }
    *out_name = TEXT("localhost");
    *out_port = PORT_DEFAULT;
    const char *name = url.data ? strstr(url.data, "://") : NULL;
    if (!name) {
        return;
    }
    name += strlen("://");
    const size_t bytes = strcspn(name, ":/,");
    if (name[bytes] == ':') {
        *out_port = (int)strtol(name + bytes + 1, NULL, 10);
    }
    if (bytes > 0 && !text_equal((struct text){name, bytes}, TEXT("0.0.0.0"))) {
        *out_name = (struct text){name, bytes};
    }
}

json_t *entity_host(const struct engine *engine)
{
    struct text name;
    int port = 0;
    find_host(engine, &name, &port);
    return json_pack("{s:o, s:i}", "host", entity_text(name), "port", port);
}

struct text entity_host_text(const struct engine *engine, struct arena *arena)
{
    struct text name;
    int port = 0;
    find_host(engine, &name, &port);
    return arena_printf(arena, "%.*s:%d", TEXT_ARGS(name), port);
}
