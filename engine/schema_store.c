/* schema_store.c
 *
 * Two linked lists: a registry has hundreds of schemas, statements look at it when they are
 * planned and decoders once per schema. What is found by text is found by comparing texts: the
 * printed schema of the same columns is the same text.
 *
 * Invariants: an id in memory is never reused or changed; a subject's last version is its newest.
 */
#include "engine/schema_store.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/number_text.h"
#include "engine/serde.h"

static const struct text schema_kind = {"schema", 6};
static const struct text subject_kind = {"subject", 7};

struct stored_schema {
    uint32_t id;
    struct registered_schema schema;
    struct stored_schema *next;
};

struct schema_version {
    uint32_t id;
    struct schema_version *older;
};

struct schema_subject {
    struct text name;
    struct schema_version *newest; /* NULL: dropped */
    struct schema_subject *next;
};

/* --- Lookups, under the lock ---------------------------------------------------------------- */

static struct stored_schema *find_id(const struct schema_store *store, uint32_t id)
{
    struct stored_schema *schema = store->schemas;
    while (schema && schema->id != id) {
        schema = schema->next;
    }
    return schema;
}

static bool schemas_equal(const struct registered_schema *a, const struct registered_schema *b)
{
    bool match = a->format == b->format && text_equal(a->text, b->text) &&
                 a->reference_count == b->reference_count;
    for (uint32_t i = 0; match && i < a->reference_count; i++) {
        match = text_equal(a->references[i].name, b->references[i].name) &&
                text_equal(a->references[i].text, b->references[i].text);
    }
    return match;
}

static struct stored_schema *find_schema(const struct schema_store *store,
                                         const struct registered_schema *wanted)
{
    struct stored_schema *schema = store->schemas;
    while (schema && !schemas_equal(&schema->schema, wanted)) {
        schema = schema->next;
    }
    return schema;
}

static struct schema_subject *find_subject(const struct schema_store *store, struct text name)
{
    struct schema_subject *subject = store->subjects;
    while (subject && !text_equal(subject->name, name)) {
        subject = subject->next;
    }
    return subject;
}

static bool copy_schema(struct arena *arena, const struct registered_schema *from,
                        struct registered_schema *to)
{
    struct schema_reference *references =
        arena_array(arena, from->reference_count, sizeof(*references));
    *to = *from;
    to->text = arena_text(arena, from->text);
    to->references = references;
    bool is_copied = references && to->text.data;
    for (uint32_t i = 0; is_copied && i < from->reference_count; i++) {
        references[i].name = arena_text(arena, from->references[i].name);
        references[i].text = arena_text(arena, from->references[i].text);
        is_copied = references[i].name.data && references[i].text.data;
    }
    return is_copied;
}

/* The view of formats/. */
static enum status find(void *context, uint32_t id, struct arena *arena,
                        struct registered_schema *out, struct diag *diag)
{
    struct schema_store *store = context;
    pthread_mutex_lock(&store->lock);
    const struct stored_schema *found = find_id(store, id);
    const bool is_copied = found && copy_schema(arena, &found->schema, out);
    pthread_mutex_unlock(&store->lock);
    if (!found) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE,
                         "Schema with id %u does not exist in the Schema Registry", id);
    }
    return is_copied ? STATUS_OK : diag_no_memory(diag);
}

void schema_store_init(struct schema_store *store)
{
    *store = (struct schema_store){.next_id = 1, .registry = {.context = store, .find = find}};
    pthread_mutex_init(&store->lock, NULL);
    arena_init(&store->arena);
}

void schema_store_release(struct schema_store *store)
{
    pthread_mutex_destroy(&store->lock);
    arena_release(&store->arena);
}

struct text schema_store_subject(struct arena *arena, struct text topic, enum format_side side)
{
    return arena_printf(arena, "%.*s-%s", TEXT_ARGS(topic), side == FORMAT_KEY ? "key" : "value");
}

bool schema_store_latest(struct schema_store *store, struct text subject, uint32_t *out_id)
{
    pthread_mutex_lock(&store->lock);
    const struct schema_subject *found = find_subject(store, subject);
    const bool has_version = found && found->newest;
    if (has_version) {
        *out_id = found->newest->id;
    }
    pthread_mutex_unlock(&store->lock);
    return has_version;
}

static bool has_version(const struct schema_subject *subject, uint32_t id)
{
    const struct schema_version *version = subject ? subject->newest : NULL;
    while (version && version->id != id) {
        version = version->older;
    }
    return version != NULL;
}

bool schema_store_has_version(struct schema_store *store, struct text subject, uint32_t id)
{
    pthread_mutex_lock(&store->lock);
    const bool found = has_version(find_subject(store, subject), id);
    pthread_mutex_unlock(&store->lock);
    return found;
}

/* --- Rows ----------------------------------------------------------------------------------- */

static enum status put_row(struct commit *commit, struct text kind, struct text name, int64_t order,
                           json_t *body, struct diag *diag)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (!text) {
        return diag_no_memory(diag);
    }
    const enum status status = commit_put_catalog(commit, kind, name, order, text_of(text), diag);
    free(text); /* jansson's own allocation */
    return status;
}

static json_t *json_of_text(struct text text)
{
    return json_stringn(text.data, text.bytes);
}

static enum status put_schema(const struct stored_schema *stored, struct commit *commit,
                              struct diag *diag)
{
    char name[NUMBER_TEXT_INT64_BYTES_MAX];
    const struct registered_schema *schema = &stored->schema;
    json_t *references = json_array();
    for (uint32_t i = 0; i < schema->reference_count; i++) {
        json_array_append_new(
            references, json_pack("{s:o, s:o}", "name", json_of_text(schema->references[i].name),
                                  "schema", json_of_text(schema->references[i].text)));
    }
    json_t *body = json_pack("{s:s, s:o, s:o}", "format", format_info(schema->format)->name,
                             "schema", json_of_text(schema->text), "references", references);
    return put_row(commit, schema_kind, (struct text){name, number_text_int64(name, stored->id)},
                   stored->id, body, diag);
}

/* Ids, the oldest version first. */
static enum status put_subject(const struct schema_subject *subject, struct commit *commit,
                               struct diag *diag)
{
    json_t *ids = json_array();
    for (const struct schema_version *at = subject->newest; at; at = at->older) {
        json_array_insert_new(ids, 0, json_integer(at->id));
    }
    return put_row(commit, subject_kind, subject->name, 0, json_pack("{s:o}", "ids", ids), diag);
}

/* --- Changes -------------------------------------------------------------------------------- */

static struct stored_schema *add_schema(struct schema_store *store,
                                        const struct registered_schema *schema, uint32_t id)
{
    struct stored_schema *stored = ARENA_NEW(&store->arena, struct stored_schema);
    if (!stored || !copy_schema(&store->arena, schema, &stored->schema)) {
        return NULL;
    }
    stored->id = id;
    stored->next = store->schemas;
    store->schemas = stored;
    if (id >= store->next_id) {
        store->next_id = id + 1;
    }
    return stored;
}

static struct schema_subject *subject_for(struct schema_store *store, struct text name)
{
    struct schema_subject *subject = find_subject(store, name);
    if (subject) {
        return subject;
    }
    subject = ARENA_NEW(&store->arena, struct schema_subject);
    if (!subject) {
        return NULL;
    }
    subject->name = arena_text(&store->arena, name);
    subject->next = store->subjects;
    if (!subject->name.data) {
        return NULL;
    }
    store->subjects = subject;
    return subject;
}

static bool add_version(struct schema_store *store, struct schema_subject *subject, uint32_t id)
{
    if (has_version(subject, id)) {
        return true;
    }
    struct schema_version *version = ARENA_NEW(&store->arena, struct schema_version);
    if (version) {
        *version = (struct schema_version){id, subject->newest};
        subject->newest = version;
    }
    return version != NULL;
}

static enum status choose_schema(struct schema_store *store, const struct registered_schema *schema,
                                 uint32_t wanted_id, struct stored_schema **out, struct diag *diag)
{
    *out = wanted_id > 0 ? find_id(store, wanted_id) : find_schema(store, schema);
    if (*out && !schemas_equal(&(*out)->schema, schema)) {
        return diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE,
                         "another schema has the id %u in the Schema Registry", wanted_id);
    }
    if (!*out) {
        *out = add_schema(store, schema, wanted_id > 0 ? wanted_id : store->next_id);
    }
    return *out ? STATUS_OK : diag_no_memory(diag);
}

static enum status register_locked(struct schema_store *store, struct text subject_name,
                                   const struct registered_schema *schema, uint32_t wanted_id,
                                   struct commit *commit, uint32_t *out_id, struct diag *diag)
{
    struct stored_schema *stored = NULL;
    TRY(choose_schema(store, schema, wanted_id, &stored, diag));
    struct schema_subject *subject = subject_for(store, subject_name);
    if (!subject || !add_version(store, subject, stored->id)) {
        return diag_no_memory(diag);
    }
    *out_id = stored->id;
    if (!commit) {
        return STATUS_OK;
    }
    TRY(put_schema(stored, commit, diag));
    return put_subject(subject, commit, diag);
}

enum status schema_store_register(struct schema_store *store, struct text subject,
                                  const struct registered_schema *schema, uint32_t wanted_id,
                                  struct commit *commit, uint32_t *out_id, struct diag *diag)
{
    pthread_mutex_lock(&store->lock);
    const enum status status =
        register_locked(store, subject, schema, wanted_id, commit, out_id, diag);
    pthread_mutex_unlock(&store->lock);
    return status;
}

enum status schema_store_drop(struct schema_store *store, struct text subject,
                              struct commit *commit, struct diag *diag)
{
    pthread_mutex_lock(&store->lock);
    struct schema_subject *found = find_subject(store, subject);
    if (found) {
        found->newest = NULL;
    }
    pthread_mutex_unlock(&store->lock);
    return found ? commit_delete_catalog(commit, subject_kind, subject, diag) : STATUS_OK;
}

/* --- Uses ----------------------------------------------------------------------------------- */

struct schema_use schema_store_reading(struct schema_store *store, const struct serde *serde)
{
    return (struct schema_use){.registry = &store->registry, .nullable = serde->nullable};
}

static enum status register_columns(struct schema_store *store, const struct schema_side *side,
                                    struct arena *arena, struct buffer *text, struct commit *commit,
                                    uint32_t *out_id, struct diag *diag)
{
    const struct schema_writing writing = {
        .format = side->serde->format,
        .is_unwrapped = serde_wrap(side->serde, side->side) == FORMAT_UNWRAP_SINGLES,
        .full_name = side->serde->full_name,
        .nullable = side->serde->nullable,
        .column_count = side->column_count,
        .columns = side->columns,
    };
    TRY(schema_write(arena, &writing, text, diag));
    const struct registered_schema schema = {.format = side->serde->format,
                                             .text = buffer_text(text)};
    const struct text subject = schema_store_subject(arena, side->topic, side->side);
    return subject.data ? schema_store_register(store, subject, &schema, 0, commit, out_id, diag)
                        : diag_no_memory(diag);
}

enum status schema_store_writing(struct schema_store *store, const struct schema_side *side,
                                 struct commit *commit, struct schema_use *out, struct diag *diag)
{
    struct arena arena;
    struct buffer text;
    *out = schema_store_reading(store, side->serde);
    out->id = side->serde->schema_id;
    out->full_name = side->serde->full_name;
    const bool is_registered = format_info(side->serde->format)->uses_registry;
    if (out->id > 0 || side->column_count == 0 || !is_registered) {
        return STATUS_OK;
    }
    arena_init(&arena);
    buffer_init(&text);
    const enum status status = register_columns(store, side, &arena, &text, commit, &out->id, diag);
    buffer_release(&text);
    arena_release(&arena);
    return status;
}

/* --- Keys ----------------------------------------------------------------------------------- */

static bool columns_equal(const struct schema_columns *a, const struct schema_side *b)
{
    bool match = a->count == b->column_count;
    for (uint32_t i = 0; match && i < a->count; i++) {
        match = type_equal(a->fields[i].type, b->columns[i].type) &&
                (a->is_bare || text_equal(a->fields[i].name, b->columns[i].name));
    }
    return match;
}

static enum status check_key(struct schema_store *store, const struct schema_side *side,
                             struct text source, uint32_t id, struct arena *arena,
                             struct diag *diag)
{
    const struct schema_reading reading = {.side = side->side,
                                           .is_unwrapped = side->serde->is_unwrapped,
                                           .keeps_case = true,
                                           .full_name = side->serde->full_name};
    struct registered_schema schema;
    struct schema_columns columns;
    TRY(find(store, id, arena, &schema, diag));
    if (schema.format == side->serde->format &&
        schema_read_columns(arena, &schema, &reading, &columns, diag) == STATUS_OK &&
        columns_equal(&columns, side)) {
        return STATUS_OK;
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Cannot INSERT VALUES into data source %.*s. ksqlDB generated schema would "
                     "overwrite existing key schema.\n\tExisting Schema: %.*s",
                     TEXT_ARGS(source), TEXT_ARGS(schema.text));
}

enum status schema_store_check_key(struct schema_store *store, const struct schema_side *side,
                                   struct text source, struct diag *diag)
{
    struct arena arena;
    uint32_t id = 0;
    if (side->serde->schema_id > 0 || side->column_count == 0 ||
        !format_info(side->serde->format)->uses_registry) {
        return STATUS_OK;
    }
    arena_init(&arena);
    const struct text subject = schema_store_subject(&arena, side->topic, side->side);
    enum status status = subject.data ? STATUS_OK : diag_no_memory(diag);
    if (status == STATUS_OK && schema_store_latest(store, subject, &id)) {
        status = check_key(store, side, source, id, &arena, diag);
    }
    arena_release(&arena);
    return status;
}

/* --- Inference ------------------------------------------------------------------------------ */

static const char *side_words(enum format_side side)
{
    return side == FORMAT_KEY ? "keys" : "values";
}

static enum status fail_missing(const struct schema_question *question, struct text subject,
                                struct diag *diag)
{
    if (question->id > 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Schema for message %s on schema id'%u' does not exist in the Schema "
                         "Registry.\nSchema Id: %u",
                         side_words(question->side), question->id, question->id);
    }
    return diag_fail(
        diag, STATUS_INVALID, SQL_POS_NONE,
        "Schema for message %s on topic '%.*s' does not exist in the Schema Registry.\n"
        "Subject: %.*s\nPossible causes include:\n"
        "- The topic itself does not exist\n\t-> Use SHOW TOPICS; to check\n"
        "- Messages on the topic are not serialized using a format Schema Registry supports\n"
        "\t-> Use PRINT '%.*s' FROM BEGINNING; to verify\n"
        "- Messages on the topic have not been serialized using a Confluent Schema Registry "
        "supported serializer\n\t-> See "
        "https://docs.confluent.io/current/schema-registry/docs/serializer-formatter.html\n"
        "- The schema is registered on a different instance of the Schema Registry\n"
        "\t-> Use the REST API to list available subjects\n"
        "\thttps://docs.confluent.io/current/schema-registry/docs/api.html#get--subjects\n"
        "- You do not have permissions to access the Schema Registry.\n\t-> See "
        "https://docs.confluent.io/current/schema-registry/docs/security.html",
        side_words(question->side), TEXT_ARGS(question->topic), TEXT_ARGS(subject),
        TEXT_ARGS(question->topic));
}

static enum status check_format(const struct schema_question *question,
                                const struct registered_schema *schema, struct diag *diag)
{
    if (schema->format == question->format) {
        return STATUS_OK;
    }
    const bool is_key = question->side == FORMAT_KEY;
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "%s schema is not in the expected format. You may want to set %s to '%s'.",
                     is_key ? "Key" : "Value", is_key ? "KEY_FORMAT" : "VALUE_FORMAT",
                     format_info(schema->format)->name);
}

enum status schema_store_infer(struct schema_store *store, const struct schema_question *question,
                               struct arena *arena, const struct type_field **out,
                               uint32_t *out_count, struct diag *diag)
{
    const struct schema_reading reading = {.side = question->side,
                                           .is_unwrapped = question->is_unwrapped,
                                           .keeps_case = question->id > 0,
                                           .full_name = question->full_name,
                                           .is_choice_needed = true};
    const struct text subject = schema_store_subject(arena, question->topic, question->side);
    struct registered_schema schema;
    uint32_t id = question->id;
    if (!subject.data) {
        return diag_no_memory(diag);
    }
    if (id == 0 && !schema_store_latest(store, subject, &id)) {
        return fail_missing(question, subject, diag);
    }
    const enum status status = find(store, id, arena, &schema, diag);
    if (status != STATUS_OK) {
        return status == STATUS_MISSING ? fail_missing(question, subject, diag) : status;
    }
    struct schema_columns columns;
    TRY(check_format(question, &schema, diag));
    TRY(schema_read_columns(arena, &schema, &reading, &columns, diag));
    *out = columns.fields;
    *out_count = columns.count;
    return STATUS_OK;
}

/* --- Reading back --------------------------------------------------------------------------- */

static enum status damaged(struct text name, struct diag *diag)
{
    return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE,
                     "the stored schema or subject '%.*s' cannot be read", TEXT_ARGS(name));
}

static struct text text_member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct text){json_string_value(value), json_string_length(value)};
}

static enum status read_schema(struct schema_store *store, struct text name, int64_t id,
                               const json_t *body, struct arena *arena, struct diag *diag)
{
    const struct format_info *info = format_find(text_member(body, "format"));
    const json_t *list = json_object_get(body, "references");
    struct registered_schema schema = {.text = text_member(body, "schema"),
                                       .reference_count = (uint32_t)json_array_size(list)};
    struct schema_reference *references =
        arena_array(arena, schema.reference_count, sizeof(*references));
    if (!references) {
        return diag_no_memory(diag);
    }
    if (!info || !schema.text.data || id <= 0 || id > INT32_MAX) {
        return damaged(name, diag);
    }
    schema.format = info->kind;
    schema.references = references;
    for (uint32_t i = 0; i < schema.reference_count; i++) {
        const json_t *item = json_array_get(list, i);
        references[i] =
            (struct schema_reference){text_member(item, "name"), text_member(item, "schema")};
    }
    return add_schema(store, &schema, (uint32_t)id) ? STATUS_OK : diag_no_memory(diag);
}

static enum status load_schema(void *context, struct text name, int64_t sequence, struct text body,
                               struct diag *diag)
{
    struct arena arena;
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    if (!json) {
        return damaged(name, diag);
    }
    arena_init(&arena);
    const enum status status = read_schema(context, name, sequence, json, &arena, diag);
    arena_release(&arena);
    json_decref(json);
    return status;
}

static enum status read_subject(struct schema_store *store, struct text name, const json_t *body,
                                struct diag *diag)
{
    const json_t *ids = json_object_get(body, "ids");
    struct schema_subject *subject = subject_for(store, name);
    bool is_added = subject != NULL;
    for (size_t i = 0; is_added && i < json_array_size(ids); i++) {
        const json_int_t id = json_integer_value(json_array_get(ids, i));
        if (id <= 0 || id > INT32_MAX) {
            return damaged(name, diag);
        }
        is_added = add_version(store, subject, (uint32_t)id);
    }
    return is_added ? STATUS_OK : diag_no_memory(diag);
}

static enum status load_subject(void *context, struct text name, int64_t sequence, struct text body,
                                struct diag *diag)
{
    (void)sequence;
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    if (!json) {
        return damaged(name, diag);
    }
    const enum status status = read_subject(context, name, json, diag);
    json_decref(json);
    return status;
}

enum status schema_store_load(struct schema_store *store, struct reader *reader, struct diag *diag)
{
    TRY(reader_scan_catalog(reader, schema_kind, load_schema, store, diag));
    return reader_scan_catalog(reader, subject_kind, load_subject, store, diag);
}
