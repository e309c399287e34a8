/* entity_source.c
 *
 * Streams and tables as entities: lines of lists and descriptions. Statistics come from the
 * ledgers of the queries at a source, which are exact and survive restarts, where ksqlDB shows
 * rates of the consumers that happen to run in the answering process.
 */
#include "engine/entity.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "engine/engine_state.h"
#include "engine/query.h"
#include "engine/serde.h"

static const char *format_name(const struct serde *serde)
{
    return format_info(serde->format)->name;
}

/* --- The queries at a source -------------------------------------------------------------- */

typedef bool query_filter(const struct query *query, struct text source);

static json_t *query_list(const struct engine *engine, const struct source *source,
                          query_filter *filter, bool is_extended)
{
    json_t *list = json_array();
    for (size_t i = 0; i < engine->query_count; i++) {
        if (filter(engine->queries[i], source->name)) {
            entity_append(&list, entity_query(engine->queries[i], is_extended));
        }
    }
    return list;
}

/* The sources that were made from this one: they must be dropped before it. */
static json_t *constraints(const struct engine *engine, const struct source *source)
{
    json_t *names = json_array();
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct query *query = engine->queries[i];
        if (!query->is_insert && query->plan->root->kind == PLAN_SINK &&
            query_reads(query, source->name) && !text_equal(query->sink, source->name)) {
            entity_append(&names, entity_text(query->sink));
        }
    }
    return names;
}

static json_t *offset_summaries(const struct engine *engine, const struct source *source)
{
    json_t *summaries = json_array();
    for (size_t i = 0; i < engine->query_count; i++) {
        struct query *query = engine->queries[i];
        if (query_writes(query, source->name)) {
            json_t *summary = json_object();
            entity_set(&summary, "groupId", entity_consumer_group(engine, query->id));
            entity_set(&summary, "topicSummaries", query_offsets_json(query));
            entity_append(&summaries, summary);
        }
    }
    return summaries;
}

/* --- Statistics --------------------------------------------------------------------------- */

static void print_ledger(struct buffer *buffer, const struct query *query, const char *verb,
                         const struct query_progress *progress)
{
    const struct op_counters *counters = &progress->counters;
    buffer_printf(
        buffer,
        "%.*s %s: records-in: %llu  used: %llu  filtered: %llu  late: %llu  "
        "failed: %llu  records-out: %llu  lag: %llu\n",
        TEXT_ARGS(query->id), verb, (unsigned long long)counters->records_in,
        (unsigned long long)counters->records_used, (unsigned long long)counters->records_filtered,
        (unsigned long long)counters->records_late, (unsigned long long)counters->records_failed,
        (unsigned long long)counters->records_out, (unsigned long long)progress->lag);
}

/* What all queries at a source say together; gathered once per description. */
struct source_statistics {
    struct buffer text;
    struct buffer errors;
    uint64_t read_count;    /* by queries that read the source */
    uint64_t written_count; /* by queries that write it */
    uint64_t failed_count;  /* of those read */
};

static void add_query(struct source_statistics *statistics, struct query *query,
                      const struct source *source)
{
    const bool reads = query_reads(query, source->name);
    const bool writes = query_writes(query, source->name);
    if (!reads && !writes) {
        return;
    }
    struct query_progress progress;
    query_read_progress(query, &progress);
    print_ledger(&statistics->text, query, reads ? "reads" : "writes", &progress);
    if (writes) {
        statistics->written_count += progress.counters.records_out;
    }
    if (reads) {
        statistics->read_count += progress.counters.records_in;
        statistics->failed_count += progress.counters.records_failed;
    }
    if (progress.counters.records_failed > 0) {
        buffer_printf(&statistics->errors, "%.*s: failed-records: %llu\n", TEXT_ARGS(query->id),
                      (unsigned long long)progress.counters.records_failed);
    }
}

static void gather_statistics(struct source_statistics *statistics, const struct engine *engine,
                              const struct source *source)
{
    *statistics = (struct source_statistics){.read_count = 0};
    buffer_init(&statistics->text);
    buffer_init(&statistics->errors);
    for (size_t i = 0; i < engine->query_count; i++) {
        add_query(statistics, engine->queries[i], source);
    }
}

/* One value of this host, in the shape in which ksqlDB gathers them from all hosts. */
static json_t *host_value(const struct engine *engine, const char *name, uint64_t value)
{
    json_t *entity = json_object();
    entity_set(&entity, "host", entity_host(engine));
    entity_set(&entity, "name", json_string(name));
    entity_set(&entity, "value", entity_count(value));
    entity_set(&entity, "timestamp", json_integer((json_int_t)engine_now_ms(engine)));
    return entity;
}

static void set_statistics(json_t **entity, const struct engine *engine,
                           const struct source *source)
{
    struct source_statistics statistics;
    gather_statistics(&statistics, engine, source);
    json_t *values = json_array();
    json_t *errors = json_array();
    entity_append(&values, host_value(engine, "consumer-total-messages", statistics.read_count));
    entity_append(&values, host_value(engine, "total-messages", statistics.written_count));
    entity_append(&errors, host_value(engine, "consumer-failed-messages", statistics.failed_count));
    entity_set(entity, "statistics", entity_take_buffer(&statistics.text));
    entity_set(entity, "errorStats", entity_take_buffer(&statistics.errors));
    entity_set(entity, "clusterStatistics", values);
    entity_set(entity, "clusterErrorStats", errors);
}

static void set_no_statistics(json_t **entity)
{
    entity_set(entity, "statistics", json_string(""));
    entity_set(entity, "errorStats", json_string(""));
    entity_set(entity, "clusterStatistics", json_array());
    entity_set(entity, "clusterErrorStats", json_array());
}

/* --- The definition, for tools ------------------------------------------------------------ */

static json_t *schema_text(const struct source *source)
{
    struct buffer buffer;
    buffer_init(&buffer);
    schema_print(&source->schema, source->is_table, &buffer);
    return entity_take_buffer(&buffer);
}

/* ksqlDB's serde features of one side: none or one. */
static json_t *features(const struct source *source, enum format_side side)
{
    static const char *const names[] = {[FORMAT_WRAP_NONE_SET] = NULL,
                                        [FORMAT_WRAP_SINGLES] = "WRAP_SINGLES",
                                        [FORMAT_UNWRAP_SINGLES] = "UNWRAP_SINGLES"};
    const bool is_key = side == FORMAT_KEY;
    const struct serde *serde = is_key ? &source->key_serde : &source->value_serde;
    const uint32_t column_count = schema_count(&source->schema, is_key ? COLUMN_KEY : COLUMN_VALUE);
    const enum format_wrap asked =
        serde->has_wrap_setting ? serde_wrap(serde, side) : FORMAT_WRAP_NONE_SET;
    const char *name = names[format_wrap_of(serde->format, side, column_count, asked)];
    json_t *list = json_array();
    if (name) {
        entity_append(&list, json_string(name));
    }
    return list;
}

/* What ksqlDB keeps of a source but does not show. */
static void set_definition(json_t **entity, const struct source *source)
{
    const bool has_size =
        source->window.kind == WINDOW_TUMBLING || source->window.kind == WINDOW_HOPPING;
    entity_set(entity, "schema", schema_text(source));
    entity_set(entity, "isSource", json_boolean(source->is_read_only));
    entity_set(entity, "windowSize",
               has_size ? json_integer((json_int_t)source->window.size_ms) : json_null());
    entity_set(entity, "keyFeatures", features(source, FORMAT_KEY));
    entity_set(entity, "valueFeatures", features(source, FORMAT_VALUE));
}

/* --- Descriptions and lines of lists ------------------------------------------------------ */

static void set_topic(json_t **entity, const struct engine *engine, const struct source *source)
{
    struct topic *topic = topics_find(engine->topics, source->topic);
    const uint64_t partition_count = topic ? topic_partition_count(topic) : 0;
    topic_unref(topic);
    entity_set(entity, "topic", entity_text(source->topic));
    entity_set(entity, "partitions", entity_count(partition_count));
    entity_set(entity, "replication", entity_count(partition_count > 0));
}

static json_t *describe(const struct engine *engine, const struct source *source, bool is_extended)
{
    const struct text column =
        source->timestamp.source == TIMESTAMP_OF_COLUMN ? source->timestamp.column : TEXT("");
    json_t *entity = json_object();
    entity_set(&entity, "name", entity_text(source->name));
    entity_set(&entity, "windowType", entity_window(source->window.kind));
    entity_set(&entity, "readQueries", query_list(engine, source, query_reads, is_extended));
    entity_set(&entity, "writeQueries", query_list(engine, source, query_writes, is_extended));
    entity_set(&entity, "fields", entity_fields(&source->schema));
    entity_set(&entity, "type", json_string(source->is_table ? "TABLE" : "STREAM"));
    entity_set(&entity, "timestamp", entity_text(column));
    entity_set(&entity, "extended", json_boolean(is_extended));
    entity_set(&entity, "keyFormat", json_string(format_name(&source->key_serde)));
    entity_set(&entity, "valueFormat", json_string(format_name(&source->value_serde)));
    set_topic(&entity, engine, source);
    entity_set(&entity, "statement", entity_statement(source->statement));
    entity_set(&entity, "queryOffsetSummaries",
               is_extended ? offset_summaries(engine, source) : json_array());
    entity_set(&entity, "sourceConstraints", constraints(engine, source));
    if (is_extended) {
        set_statistics(&entity, engine, source);
        set_definition(&entity, source);
    } else {
        set_no_statistics(&entity);
    }
    return entity;
}

static json_t *name_line(const struct source *source)
{
    json_t *entity = json_object();
    entity_set(&entity, "type", json_string(source->is_table ? "TABLE" : "STREAM"));
    entity_set(&entity, "name", entity_text(source->name));
    entity_set(&entity, "topic", entity_text(source->topic));
    entity_set(&entity, "keyFormat", json_string(format_name(&source->key_serde)));
    entity_set(&entity, "valueFormat", json_string(format_name(&source->value_serde)));
    entity_set(&entity, "isWindowed", json_boolean(source->window.kind != WINDOW_NONE));
    return entity;
}

json_t *entity_source(const struct engine *engine, const struct source *source,
                      enum source_detail detail)
{
    return detail == SOURCE_NAMES ? name_line(source)
                                  : describe(engine, source, detail == SOURCE_EXTENDED);
}

static int compare_sources(const void *a, const void *b)
{
    const struct source *const *left = a;
    const struct source *const *right = b;
    return text_compare((*left)->name, (*right)->name);
}

json_t *entity_sources(const struct engine *engine, bool is_table, enum source_detail detail)
{
    struct arena arena;
    arena_init(&arena);
    const struct catalog_store *store = &engine->catalog;
    const struct source **sorted = arena_array(&arena, store->source_count, sizeof(*sorted));
    json_t *list = sorted ? json_array() : NULL;
    size_t count = 0;
    for (size_t i = 0; sorted && i < store->source_count; i++) {
        if (store->sources[i]->source.is_table == is_table) {
            sorted[count++] = &store->sources[i]->source;
        }
    }
    if (count > 0) {
        qsort(sorted, count, sizeof(struct source *), compare_sources);
    }
    for (size_t i = 0; i < count; i++) {
        entity_append(&list, entity_source(engine, sorted[i], detail));
    }
    arena_release(&arena);
    return list;
}

json_t *engine_describe(struct engine *engine, const char *name)
{
    pthread_rwlock_rdlock(&engine->lock);
    const struct source *source = catalog_store_find_source(&engine->catalog, text_of(name));
    json_t *description = source ? entity_source(engine, source, SOURCE_EXTENDED) : NULL;
    pthread_rwlock_unlock(&engine->lock);
    return description;
}
