/* catalog_store.c
 *
 * Linear lists: a catalog has hundreds of entries at most, and names are looked up when statements
 * are planned, never per record. A source's row in the file is a JSON object of its fields; its
 * columns are stored as the text that DESCRIBE prints and are parsed back from it, so that the
 * row can be read by people and one printer and one parser serve everywhere.
 */
#include "engine/catalog_store.h"

#include <assert.h>
#include <jansson.h>

#include "base/memory.h"
#include "parser/parser.h"
#include "planner/planner.h"

static const struct text source_kind = {"source", 6};
static const struct text type_kind_text = {"type", 4};

void catalog_store_init(struct catalog_store *store)
{
    *store = (struct catalog_store){0};
}

static void free_source(struct catalog_source *source)
{
    arena_release(&source->arena);
    memory_free(source);
}

static void free_type(struct catalog_type *type)
{
    arena_release(&type->arena);
    memory_free(type);
}

void catalog_store_release(struct catalog_store *store)
{
    for (size_t i = 0; i < store->source_count; i++) {
        free_source(store->sources[i]);
    }
    for (size_t i = 0; i < store->type_count; i++) {
        free_type(store->types[i]);
    }
    memory_free(store->sources);
    memory_free(store->types);
    catalog_store_init(store);
}

static size_t source_index(const struct catalog_store *store, struct text name)
{
    size_t i = 0;
    while (i < store->source_count && !text_equal(store->sources[i]->source.name, name)) {
        i++;
    }
    return i;
}

static size_t type_index(const struct catalog_store *store, struct text name)
{
    size_t i = 0;
    while (i < store->type_count && !text_equal(store->types[i]->name, name)) {
        i++;
    }
    return i;
}

const struct source *catalog_store_find_source(const struct catalog_store *store, struct text name)
{
    const size_t i = source_index(store, name);
    return i < store->source_count ? &store->sources[i]->source : NULL;
}

const struct type *catalog_store_find_type(const struct catalog_store *store, struct text name)
{
    const size_t i = type_index(store, name);
    return i < store->type_count ? store->types[i]->type : NULL;
}

/* --- A source as JSON --------------------------------------------------------------------- */

static json_t *json_of_text(struct text text)
{
    return text.data ? json_stringn(text.data, text.bytes) : json_null();
}

static struct text text_of_json(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value)
               ? (struct text){json_string_value(value), json_string_length(value)}
               : (struct text){NULL, 0};
}

static json_t *json_of_serde(const struct serde *serde)
{
    return json_pack("{s:s, s:i, s:b, s:b, s:i, s:o, s:i}", "format",
                     format_info(serde->format)->name, "delimiter", (int)serde->delimiter,
                     "is_unwrapped", serde->is_unwrapped, "has_wrap_setting",
                     serde->has_wrap_setting, "schema_id", (int)serde->schema_id, "full_name",
                     json_of_text(serde->full_name), "nullable", (int)serde->nullable);
}

static json_t *json_of_window(const struct window_spec *window)
{
    return json_pack("{s:i, s:I, s:I, s:I, s:I}", "kind", (int)window->kind, "size_ms",
                     (json_int_t)window->size_ms, "advance_ms", (json_int_t)window->advance_ms,
                     "grace_ms", (json_int_t)window->grace_ms, "retention_ms",
                     (json_int_t)window->retention_ms);
}

static json_t *json_of_source(const struct source *source)
{
    struct buffer columns;
    buffer_init(&columns);
    schema_print(&source->schema, source->is_table, &columns);
    json_t *json = json_pack(
        "{s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:{s:i, s:o, s:o}, s:o, s:o}", "is_table",
        source->is_table, "is_read_only", source->is_read_only, "is_derived", source->is_derived,
        "is_materialized", source->is_materialized, "topic", json_of_text(source->topic),
        "columns", json_of_text(buffer_text(&columns)), "key", json_of_serde(&source->key_serde),
        "value", json_of_serde(&source->value_serde), "window", json_of_window(&source->window),
        "timestamp", "source", (int)source->timestamp.source, "column",
        json_of_text(source->timestamp.column), "pattern",
        json_of_text(source->timestamp.pattern), "query_id", json_of_text(source->query_id),
        "statement", json_of_text(source->statement));
    if (columns.bytes == 0 && json) { /* an empty list prints as no text at all */
        json_object_set_new(json, "columns", json_string(""));
    }
    const bool has_failed = columns.has_failed;
    buffer_release(&columns);
    if (has_failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static enum status put_row(struct commit *commit, struct text kind, struct text name,
                           uint64_t sequence, json_t *body, struct diag *diag)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (!text) {
        return diag_no_memory(diag);
    }
    const enum status status =
        commit_put_catalog(commit, kind, name, (int64_t)sequence, text_of(text), diag);
    free(text); /* jansson's own allocation */
    return status;
}

/* --- Copies ------------------------------------------------------------------------------- */

static bool copy_text(struct arena *arena, struct text *text)
{
    if (text->data) {
        *text = arena_text(arena, *text);
        return text->data != NULL;
    }
    return true;
}

static bool copy_source(struct arena *arena, const struct source *from, struct source *to)
{
    *to = *from;
    return copy_text(arena, &to->name) && copy_text(arena, &to->topic) &&
           schema_copy(arena, &from->schema, &to->schema) &&
           copy_text(arena, &to->key_serde.full_name) &&
           copy_text(arena, &to->value_serde.full_name) &&
           copy_text(arena, &to->timestamp.column) && copy_text(arena, &to->timestamp.pattern) &&
           copy_text(arena, &to->query_id) && copy_text(arena, &to->statement);
}

/* Makes room for one more pointer in a list. */
static bool grow_list(void **list, size_t count)
{
    void *grown = memory_resize(*list, (count + 1) * sizeof(void *));
    if (grown) {
        *list = grown;
    }
    return grown != NULL;
}

static enum status add_source(struct catalog_store *store, const struct source *source,
                              uint64_t sequence, struct diag *diag)
{
    struct catalog_source *entry = memory_zalloc(sizeof(*entry));
    if (!entry) {
        return diag_no_memory(diag);
    }
    arena_init(&entry->arena);
    entry->sequence = sequence;
    const size_t at = source_index(store, source->name);
    if (!copy_source(&entry->arena, source, &entry->source) ||
        (at == store->source_count && !grow_list((void **)&store->sources, store->source_count))) {
        free_source(entry);
        return diag_no_memory(diag);
    }
    if (at < store->source_count) {
        entry->sequence = store->sources[at]->sequence;
        free_source(store->sources[at]);
    } else {
        store->source_count++;
    }
    store->sources[at] = entry;
    return STATUS_OK;
}

static enum status add_type(struct catalog_store *store, struct text name,
                            const struct type *type, uint64_t sequence, struct diag *diag)
{
    struct catalog_type *entry = memory_zalloc(sizeof(*entry));
    if (!entry) {
        return diag_no_memory(diag);
    }
    arena_init(&entry->arena);
    entry->sequence = sequence;
    entry->name = arena_text(&entry->arena, name);
    entry->type = type_copy(&entry->arena, type);
    if (!entry->name.data || !entry->type ||
        !grow_list((void **)&store->types, store->type_count)) {
        free_type(entry);
        return diag_no_memory(diag);
    }
    store->types[store->type_count++] = entry;
    return STATUS_OK;
}

/* --- Changes ------------------------------------------------------------------------------ */

enum status catalog_store_put_source(struct catalog_store *store, const struct source *source,
                                     uint64_t sequence, struct commit *commit, struct diag *diag)
{
    if (commit) {
        TRY(put_row(commit, source_kind, source->name, sequence, json_of_source(source), diag));
    }
    return add_source(store, source, sequence, diag);
}

enum status catalog_store_drop_source(struct catalog_store *store, struct text name,
                                      struct commit *commit, struct diag *diag)
{
    const size_t at = source_index(store, name);
    assert(at < store->source_count);
    TRY(commit_delete_catalog(commit, source_kind, name, diag));
    free_source(store->sources[at]);
    store->source_count--;
    memmove(&store->sources[at], &store->sources[at + 1],
            (store->source_count - at) * sizeof(store->sources[0]));
    return STATUS_OK;
}

enum status catalog_store_put_type(struct catalog_store *store, struct text name,
                                   const struct type *type, uint64_t sequence,
                                   struct commit *commit, struct diag *diag)
{
    struct buffer text;
    buffer_init(&text);
    type_print(type, &text);
    json_t *body = json_pack("{s:o}", "type", json_of_text(buffer_text(&text)));
    buffer_release(&text);
    TRY(put_row(commit, type_kind_text, name, sequence, body, diag));
    return add_type(store, name, type, sequence, diag);
}

enum status catalog_store_drop_type(struct catalog_store *store, struct text name,
                                    struct commit *commit, struct diag *diag)
{
    const size_t at = type_index(store, name);
    assert(at < store->type_count);
    TRY(commit_delete_catalog(commit, type_kind_text, name, diag));
    free_type(store->types[at]);
    store->type_count--;
    memmove(&store->types[at], &store->types[at + 1],
            (store->type_count - at) * sizeof(store->types[0]));
    return STATUS_OK;
}

/* --- Reading back ------------------------------------------------------------------------- */

struct loading {
    struct catalog_store *store;
    uint64_t sequence; /* highest one met */
};

static enum status damaged(struct text name, struct diag *diag)
{
    return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                     "the stored definition of '%.*s' cannot be read", TEXT_ARGS(name));
}

static int64_t integer_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool flag_of(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static bool read_serde(const json_t *json, struct serde *out)
{
    const struct format_info *info = format_find(text_of_json(json, "format"));
    if (!info) {
        return false;
    }
    *out = (struct serde){.format = info->kind,
                          .delimiter = (char)integer_of(json, "delimiter"),
                          .is_unwrapped = flag_of(json, "is_unwrapped"),
                          .has_wrap_setting = flag_of(json, "has_wrap_setting"),
                          .schema_id = (uint32_t)integer_of(json, "schema_id"),
                          .full_name = text_of_json(json, "full_name"),
                          .nullable = (enum format_nullable)integer_of(json, "nullable")};
    return out->nullable <= FORMAT_NULLABLE_WRAPPER;
}

static struct window_spec read_window(const json_t *json)
{
    return (struct window_spec){.kind = (enum window_kind)integer_of(json, "kind"),
                                .size_ms = integer_of(json, "size_ms"),
                                .advance_ms = integer_of(json, "advance_ms"),
                                .grace_ms = integer_of(json, "grace_ms"),
                                .retention_ms = integer_of(json, "retention_ms")};
}

static enum column_role role_of(enum column_constraint constraint)
{
    switch (constraint) {
    case COLUMN_CONSTRAINT_KEY:
    case COLUMN_CONSTRAINT_PRIMARY_KEY:
        return COLUMN_KEY;
    case COLUMN_CONSTRAINT_HEADERS:
    case COLUMN_CONSTRAINT_HEADER:
        return COLUMN_HEADERS;
    case COLUMN_CONSTRAINT_NONE:
        break;
    }
    return COLUMN_VALUE;
}

static enum status read_schema(struct text text, struct arena *arena, struct schema *out,
                               struct diag *diag)
{
    struct column_definition_list list;
    TRY(parser_parse_columns(text, arena, &list, diag));
    struct schema_column *columns = arena_zalloc(arena, list.count * sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    const struct planner planner = {.arena = arena, .diag = diag};
    for (size_t i = 0; i < list.count; i++) {
        const struct column_definition *column = &list.items[i];
        columns[i] = (struct schema_column){.name = column->name.name,
                                            .role = role_of(column->constraint)};
        if (column->constraint == COLUMN_CONSTRAINT_HEADER) {
            columns[i].header_key = column->header_key;
        }
        TRY(plan_type(&planner, column->type, &columns[i].type));
    }
    *out = (struct schema){.column_count = (uint32_t)list.count, .columns = columns};
    return STATUS_OK;
}

/* Fills source from json, borrowing its texts. */
static enum status read_source(const json_t *json, struct text name, struct arena *arena,
                               struct source *source, struct diag *diag)
{
    const json_t *timestamp = json_object_get(json, "timestamp");
    *source = (struct source){
        .name = name,
        .is_table = flag_of(json, "is_table"),
        .is_read_only = flag_of(json, "is_read_only"),
        .is_derived = flag_of(json, "is_derived"),
        .is_materialized = flag_of(json, "is_materialized"),
        .topic = text_of_json(json, "topic"),
        .window = read_window(json_object_get(json, "window")),
        .timestamp = {.source = (enum timestamp_source)integer_of(timestamp, "source"),
                      .column = text_of_json(timestamp, "column"),
                      .pattern = text_of_json(timestamp, "pattern")},
        .query_id = text_of_json(json, "query_id"),
        .statement = text_of_json(json, "statement"),
    };
    if (!read_serde(json_object_get(json, "key"), &source->key_serde) ||
        !read_serde(json_object_get(json, "value"), &source->value_serde)) {
        return damaged(name, diag);
    }
    return read_schema(text_of_json(json, "columns"), arena, &source->schema, diag);
}

static enum status read_type(struct text text, struct arena *arena, const struct type **out,
                             struct diag *diag)
{
    struct type_name *type_name = NULL;
    TRY(parser_parse_type(text, arena, &type_name, diag));
    const struct planner planner = {.arena = arena, .diag = diag};
    return plan_type(&planner, type_name, out);
}

/* One stored definition, parsed. What add makes of it in the arena lives only during the call. */
struct stored_definition {
    const json_t *json;
    struct text name;
    uint64_t sequence;
    struct arena arena;
};

static enum status load_definition(struct loading *loading, struct text name, int64_t sequence,
                                   struct text body,
                                   enum status (*add)(struct catalog_store *store,
                                                      struct stored_definition *definition,
                                                      struct diag *diag),
                                   struct diag *diag)
{
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    if (!json) {
        return damaged(name, diag);
    }
    struct stored_definition definition = {
        .json = json, .name = name, .sequence = (uint64_t)sequence};
    arena_init(&definition.arena);
    const enum status status = add(loading->store, &definition, diag);
    if (definition.sequence > loading->sequence) {
        loading->sequence = definition.sequence;
    }
    arena_release(&definition.arena);
    json_decref(json);
    return status;
}

static enum status add_stored_source(struct catalog_store *store,
                                     struct stored_definition *definition, struct diag *diag)
{
    struct source source;
    TRY(read_source(definition->json, definition->name, &definition->arena, &source, diag));
    return add_source(store, &source, definition->sequence, diag);
}

static enum status load_source(void *context, struct text name, int64_t sequence,
                               struct text body, struct diag *diag)
{
    return load_definition(context, name, sequence, body, add_stored_source, diag);
}

static enum status add_stored_type(struct catalog_store *store,
                                   struct stored_definition *definition, struct diag *diag)
{
    const struct type *type = NULL;
    TRY(read_type(text_of_json(definition->json, "type"), &definition->arena, &type, diag));
    return add_type(store, definition->name, type, definition->sequence, diag);
}

static enum status load_type(void *context, struct text name, int64_t sequence, struct text body,
                             struct diag *diag)
{
    return load_definition(context, name, sequence, body, add_stored_type, diag);
}

enum status catalog_store_load(struct catalog_store *store, struct reader *reader,
                               uint64_t *out_sequence, struct diag *diag)
{
    struct loading loading = {.store = store};
    TRY(reader_scan_catalog(reader, type_kind_text, load_type, &loading, diag));
    TRY(reader_scan_catalog(reader, source_kind, load_source, &loading, diag));
    *out_sequence = loading.sequence + 1;
    return STATUS_OK;
}
