/* inserter.c
 *
 * Rows gather as values; a commit turns them into columns, encodes those as the target's topic
 * wants them, appends them in one unit of work and waits until it is durable. Nothing is sized
 * for the largest commit, because many have one row. The target's definition is copied when the
 * inserter is opened, so a later ALTER or DROP does not reach into it; a dropped topic makes the
 * next commit fail.
 */
#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/row_reader.h"
#include "engine/serde.h"
#include "formats/encoder.h"

enum {
    ROW_COUNT_MAX = 16384,
    CELL_COUNT_MAX = 1 << 20, /* of gathered rows: 32 MB of values */
};

/* One side of a record. */
struct side {
    struct encoder *encoder;
    uint32_t column_count;
    uint32_t *indexes;             /* of its columns in the schema */
    const struct column **columns; /* the gathered ones, for the encoder */
    struct buffer bytes;
};

struct inserter {
    struct engine *engine;
    struct arena arena;     /* definition, encoders */
    struct arena row_arena; /* gathered rows */
    struct schema schema;
    struct topic *topic; /* a reference */
    struct side key;
    struct side value;
    struct row_reader reader;
    struct value *values; /* of the gathered rows, one after another; their text in row_arena */
    size_t row_count;
    size_t row_capacity;
};

/* --- Opening ---------------------------------------------------------------------------------- */

/* Registers the schema of one side, when its format has such, in a commit of its own. */
static enum status use_schema(struct inserter *inserter, const struct schema_side *side,
                              struct schema_use *out, struct diag *diag)
{
    struct commit *commit = NULL;
    if (!format_info(side->serde->format)->uses_registry) {
        return STATUS_OK;
    }
    TRY(commit_create(&commit, diag));
    const enum status status =
        schema_store_writing(&inserter->engine->schemas, side, commit, out, diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(inserter->engine, commit, false, diag);
}

static enum status create_side(struct inserter *inserter, const struct source *source,
                               enum format_side format_side, struct side *side, struct diag *diag)
{
    const bool is_key = format_side == FORMAT_KEY;
    const enum column_role role = is_key ? COLUMN_KEY : COLUMN_VALUE;
    const struct serde *serde = is_key ? &source->key_serde : &source->value_serde;
    const uint32_t count = schema_count(&inserter->schema, role);
    struct type_field *fields = arena_array(&inserter->arena, count, sizeof(*fields));
    side->indexes = arena_array(&inserter->arena, count, sizeof(*side->indexes));
    side->columns = arena_array(&inserter->arena, count, sizeof(*side->columns));
    if (!fields || !side->indexes || !side->columns) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < inserter->schema.column_count; i++) {
        const struct schema_column *column = &inserter->schema.columns[i];
        if (column->role == role) {
            fields[side->column_count] =
                (struct type_field){.name = column->name, .type = column->type};
            side->indexes[side->column_count++] = i;
        }
    }
    const struct text delimiter =
        serde->delimiter ? arena_text(&inserter->arena, serde_delimiter(serde)) : TEXT("");
    const struct schema_side written = {.serde = serde,
                                        .side = format_side,
                                        .topic = source->topic,
                                        .column_count = count,
                                        .columns = fields};
    struct encoder_options options = {.format = serde->format,
                                      .side = format_side,
                                      .wrap = serde_wrap(serde, format_side),
                                      .delimiter = delimiter,
                                      .column_count = count,
                                      .columns = fields};
    TRY(use_schema(inserter, &written, &options.schema, diag));
    return delimiter.data ? encoder_create(&inserter->arena, &options, &side->encoder, diag)
                          : diag_no_memory(diag);
}

static enum status check_target(const struct engine *engine, const struct source *source,
                                struct text name, struct diag *diag)
{
    if (!source) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE,
                         "Cannot insert values into an unknown stream/table: `%.*s`",
                         TEXT_ARGS(name));
    }
    if (source->window.kind != WINDOW_NONE) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Cannot insert values into windowed stream/table");
    }
    if (source->is_read_only || engine_topic_is_read_only(engine, source->topic)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Cannot insert values into read-only topic: %.*s",
                         TEXT_ARGS(source->topic));
    }
    return STATUS_OK;
}

/* Under the engine's lock. */
static enum status bind_target(struct inserter *inserter, struct text name, struct diag *diag)
{
    const struct source *source = catalog_store_find_source(&inserter->engine->catalog, name);
    TRY(check_target(inserter->engine, source, name, diag));
    inserter->topic = topics_find(inserter->engine->topics, source->topic);
    if (!inserter->topic) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "Kafka topic does not exist: %.*s",
                         TEXT_ARGS(source->topic));
    }
    if (!schema_copy(&inserter->arena, &source->schema, &inserter->schema)) {
        return diag_no_memory(diag);
    }
    TRY(create_side(inserter, source, FORMAT_KEY, &inserter->key, diag));
    return create_side(inserter, source, FORMAT_VALUE, &inserter->value, diag);
}

/* A name as SQL reads it: upper case unless it is back-quoted. */
static struct text fold_name(struct arena *arena, struct text name)
{
    if (name.bytes >= 2 && name.data[0] == '`' && name.data[name.bytes - 1] == '`') {
        return arena_text(arena, (struct text){name.data + 1, name.bytes - 2});
    }
    const struct text copy = arena_text(arena, name);
    char *bytes = (char *)(uintptr_t)copy.data; /* the copy is ours */
    for (size_t i = 0; bytes && i < copy.bytes; i++) {
        bytes[i] = (char)(bytes[i] >= 'a' && bytes[i] <= 'z' ? bytes[i] - 'a' + 'A' : bytes[i]);
    }
    return copy;
}

static enum status open_target(struct inserter *inserter, struct text target, struct diag *diag)
{
    const struct text name = fold_name(&inserter->arena, target);
    if (!name.data) {
        return diag_no_memory(diag);
    }
    pthread_rwlock_rdlock(&inserter->engine->lock);
    const enum status status = bind_target(inserter, name, diag);
    pthread_rwlock_unlock(&inserter->engine->lock);
    TRY(status);
    inserter->reader.schema = &inserter->schema;
    return STATUS_OK;
}

enum status inserter_open(struct engine *engine, struct text target, struct inserter **out,
                          struct diag *diag)
{
    struct inserter *inserter = memory_zalloc(sizeof(*inserter));
    if (!inserter) {
        return diag_no_memory(diag);
    }
    inserter->engine = engine;
    arena_init(&inserter->arena);
    arena_init(&inserter->row_arena);
    const enum status status = open_target(inserter, target, diag);
    if (status != STATUS_OK) {
        inserter_close(inserter);
        return status;
    }
    *out = inserter;
    return STATUS_OK;
}

void inserter_close(struct inserter *inserter)
{
    if (inserter) {
        topic_unref(inserter->topic);
        buffer_release(&inserter->key.bytes);
        buffer_release(&inserter->value.bytes);
        memory_free(inserter->values);
        arena_release(&inserter->row_arena);
        arena_release(&inserter->arena);
        memory_free(inserter);
    }
}

/* --- Rows ------------------------------------------------------------------------------------- */

static size_t row_count_max(const struct inserter *inserter)
{
    const size_t by_cells = CELL_COUNT_MAX / (inserter->schema.column_count + 1);
    return by_cells < ROW_COUNT_MAX ? by_cells : ROW_COUNT_MAX;
}

static enum status reserve_row(struct inserter *inserter, struct diag *diag)
{
    if (inserter->row_count == row_count_max(inserter)) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "more than %zu rows in one commit",
                         inserter->row_count);
    }
    if (inserter->row_count < inserter->row_capacity) {
        return STATUS_OK;
    }
    const size_t capacity = inserter->row_capacity ? inserter->row_capacity * 2 : 16;
    struct value *values = memory_resize(
        inserter->values, capacity * inserter->schema.column_count * sizeof(*inserter->values));
    if (!values) {
        return diag_no_memory(diag);
    }
    inserter->values = values;
    inserter->row_capacity = capacity;
    return STATUS_OK;
}

enum status inserter_add(struct inserter *inserter, struct text json, struct diag *diag)
{
    TRY(reserve_row(inserter, diag));
    const struct text own = arena_text(&inserter->row_arena, json);
    if (!own.data) {
        return diag_no_memory(diag);
    }
    struct value *row = inserter->values + inserter->row_count * inserter->schema.column_count;
    TRY(row_reader_read(&inserter->reader, own, &inserter->row_arena, row, diag));
    inserter->row_count++;
    return STATUS_OK;
}

/* One column of the gathered rows. */
static enum status gather_column(struct inserter *inserter, uint32_t index, struct column *out,
                                 struct diag *diag)
{
    const uint32_t column_count = inserter->schema.column_count;
    TRY(column_init(out, &inserter->row_arena, inserter->schema.columns[index].type,
                    inserter->row_count, diag));
    for (size_t row = 0; row < inserter->row_count; row++) {
        const struct value *value = &inserter->values[row * column_count + index];
        if (value->is_null) {
            column_set_null(out, row);
        } else {
            column_set(out, row, *value);
        }
    }
    return STATUS_OK;
}

static enum status encode_side(struct inserter *inserter, struct side *side,
                               struct encoded_record *records, struct diag *diag)
{
    const struct encode_rows rows = {.count = inserter->row_count};
    struct column *columns =
        arena_array(&inserter->row_arena, side->column_count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < side->column_count; i++) {
        TRY(gather_column(inserter, side->indexes[i], &columns[i], diag));
        side->columns[i] = &columns[i];
    }
    buffer_reset(&side->bytes);
    return encoder_encode(side->encoder, side->columns, &rows, &side->bytes, records, diag);
}

static enum status append_rows(struct inserter *inserter, struct commit *commit, struct diag *diag)
{
    const size_t count = inserter->row_count;
    const int64_t now_ms = engine_now_ms(inserter->engine);
    struct encoded_record *keys = arena_array(&inserter->row_arena, count, sizeof(*keys));
    struct encoded_record *values = arena_array(&inserter->row_arena, count, sizeof(*values));
    struct record *records = arena_array(&inserter->row_arena, count, sizeof(*records));
    if (!keys || !values || !records) {
        return diag_no_memory(diag);
    }
    TRY(encode_side(inserter, &inserter->key, keys, diag));
    TRY(encode_side(inserter, &inserter->value, values, diag));
    for (size_t i = 0; i < count; i++) {
        records[i] = (struct record){.key = encoded_text(&inserter->key.bytes, keys[i]),
                                     .value = encoded_text(&inserter->value.bytes, values[i]),
                                     .time_ms = now_ms};
    }
    return engine_append(inserter->engine, commit, inserter->topic, -1, records, count, diag);
}

enum status inserter_commit(struct inserter *inserter, struct diag *diag)
{
    struct commit *commit = NULL;
    if (inserter->row_count == 0) {
        return STATUS_OK;
    }
    enum status status = committer_check_space(inserter->engine->committer, diag);
    if (status == STATUS_OK) {
        status = commit_create(&commit, diag);
    }
    if (status == STATUS_OK) {
        status = append_rows(inserter, commit, diag);
    }
    inserter->row_count = 0;
    arena_reset(&inserter->row_arena);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(inserter->engine, commit, true, diag);
}
