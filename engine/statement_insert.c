/* statement_insert.c
 *
 * INSERT INTO .. VALUES: one record, encoded as the target's topic wants it, appended and durable
 * before the statement returns.
 */
#include "base/hash.h"
#include "engine/execution.h"
#include "engine/serde.h"
#include "formats/encoder.h"

/* One side (key or value) of a row as record bytes; data NULL for null bytes. */
static enum status encode_side(struct execution *execution, const struct source *source,
                               enum format_side side, const struct value *values,
                               struct commit *commit, struct buffer *out, struct text *out_text)
{
    const bool is_key = side == FORMAT_KEY;
    const enum column_role role = is_key ? COLUMN_KEY : COLUMN_VALUE;
    const struct serde *serde = is_key ? &source->key_serde : &source->value_serde;
    const uint32_t count = schema_count(&source->schema, role);
    struct type_field *fields = arena_array(execution->arena, count, sizeof(*fields));
    struct column *columns = arena_array(execution->arena, count, sizeof(*columns));
    const struct column **pointers = arena_array(execution->arena, count, sizeof(*pointers));
    if (!fields || !columns || !pointers) {
        return diag_no_memory(execution->diag);
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < source->schema.column_count; i++) {
        const struct schema_column *column = &source->schema.columns[i];
        if (column->role == role) {
            fields[next] = (struct type_field){.name = column->name, .type = column->type};
            TRY(column_init(&columns[next], execution->arena, column->type, 1, execution->diag));
            column_set(&columns[next], 0, values[i]);
            pointers[next] = &columns[next];
            next++;
        }
    }
    const struct schema_side written = {.serde = serde,
                                        .side = side,
                                        .topic = source->topic,
                                        .column_count = count,
                                        .columns = fields};
    struct encoder_options options = {.format = serde->format,
                                      .side = side,
                                      .wrap = serde_wrap(serde, side),
                                      .delimiter = serde_delimiter(serde),
                                      .column_count = count,
                                      .columns = fields};
    if (is_key) {
        TRY(schema_store_check_key(&execution->engine->schemas, &written, source->name,
                                   execution->diag));
    }
    TRY(schema_store_writing(&execution->engine->schemas, &written, commit, &options.schema,
                             execution->diag));
    struct encoder *encoder = NULL;
    struct encoded_record record;
    const struct encode_rows rows = {.count = 1};
    TRY(encoder_create(execution->arena, &options, &encoder, execution->diag));
    TRY(encoder_encode(encoder, pointers, &rows, out, &record, execution->diag));
    *out_text = encoded_text(out, record);
    return STATUS_OK;
}

static uint32_t partition_of(const struct engine *engine, const struct topic *topic,
                             const struct record *record)
{
    if (!record->key.data || engine->options.writes_first_partition) {
        return 0;
    }
    return hash_partition(record->key.data, record->key.bytes, topic_partition_count(topic));
}

static enum status append_record(struct execution *execution, const struct source *source,
                                 const struct record *record, struct commit *commit)
{
    struct engine *engine = execution->engine;
    struct topic *topic = topics_find(engine->topics, source->topic);
    if (!topic) {
        return diag_fail(execution->diag, STATUS_MISSING, execution->statement->pos,
                         "Kafka topic does not exist: %.*s", TEXT_ARGS(source->topic));
    }
    const enum status status =
        topics_append(engine->topics, commit, topic, partition_of(engine, topic, record), record,
                      1, execution->diag);
    topic_unref(topic);
    return status;
}

/* Puts the whole insert into commit. */
static enum status add_record(struct execution *execution, const struct insert_plan *plan,
                              struct commit *commit)
{
    struct buffer keys;
    struct buffer values;
    buffer_init(&keys);
    buffer_init(&values);
    struct record record = {
        .time_ms = plan->has_time ? plan->time_ms : engine_now_ms(execution->engine)};
    enum status status = encode_side(execution, plan->source, FORMAT_KEY, plan->values, commit,
                                     &keys, &record.key);
    if (status == STATUS_OK) {
        status = encode_side(execution, plan->source, FORMAT_VALUE, plan->values, commit, &values,
                             &record.value);
    }
    if (status == STATUS_OK) {
        status = append_record(execution, plan->source, &record, commit);
    }
    buffer_release(&keys);
    buffer_release(&values);
    return status;
}

static enum status insert_values(struct execution *execution)
{
    const struct insert_values_statement *insert = &execution->statement->values;
    const struct planner planner = execution_planner(execution, execution->arena);
    struct insert_plan plan;
    struct commit *commit = NULL;
    TRY(plan_insert_values(&planner, insert, &execution->evaluation->context, &plan));
    if (engine_topic_is_read_only(execution->engine, plan.source->topic)) {
        return diag_fail(execution->diag, STATUS_INVALID, insert->target.pos,
                         "Cannot insert values into read-only topic: %.*s",
                         TEXT_ARGS(plan.source->topic));
    }
    TRY(commit_create(&commit, execution->diag));
    const enum status status = add_record(execution, &plan, commit);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return execution_submit(execution, commit);
}

enum status statement_insert_values(struct execution *execution)
{
    const enum status status = insert_values(execution);
    if (status != STATUS_OK && status != STATUS_NO_MEMORY && execution->diag) {
        const struct text target = execution->statement->values.target.name;
        const bool is_wrapped =
            strncmp(execution->diag->message, "Failed to insert values into", 28) == 0;
        if (!is_wrapped) {
            diag_prefix(execution->diag, "Failed to insert values into '%.*s'. ",
                        TEXT_ARGS(target));
        }
    }
    return status;
}
