/* engine.c
 *
 * Opening puts the parts on top of each other, file first, and brings back what the file holds:
 * catalog, then queries in order of creation, each where its last commit left it. Closing goes
 * the other way. Nothing is replayed: definitions are rows.
 */
#include "engine/engine_state.h"

#include <assert.h>
#include <time.h>

#include "base/hash.h"
#include "base/memory.h"
#include "engine/driver.h"
#include "engine/execution.h"
#include "engine/processing_log.h"
#include "engine/query.h"
#include "engine/query_load.h"
#include "engine/run_list.h"
#include "parser/keywords.h"
#include "engine/waker.h"
#include "operators/source_share.h"

int64_t engine_now_ms(const struct engine *engine)
{
    return engine->options.now_ms(engine->options.clock);
}

static int64_t system_now_ms(void *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum status copy_settings(struct engine *engine, const struct engine_options *options,
                                 struct diag *diag)
{
    settings_init(&engine->settings, NULL);
    for (size_t i = 0; i < options->setting_count; i++) {
        TRY(settings_set(&engine->settings, text_of(options->settings[i].name),
                         text_of(options->settings[i].value), true, diag));
    }
    return STATUS_OK;
}

/* A reserved word before "(" is never parsed as a call. */
static enum status check_function_names(const struct function_registry *registry,
                                        const struct function_registry *base, struct arena *arena,
                                        struct diag *diag)
{
    const struct function_entry *entries = NULL;
    size_t count = 0;
    TRY(function_list(registry, arena, &entries, &count, diag));
    for (size_t i = 0; i < count; i++) {
        const struct text name = text_of(entries[i].name);
        const struct keyword *keyword = keyword_find(name);
        if (keyword && keyword->use == KEYWORD_RESERVED && !function_find_family(base, name)) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "%s is not a valid function name. Function names must be valid java "
                             "identifiers and not a KSQL reserved word",
                             entries[i].name);
        }
    }
    return STATUS_OK;
}

static enum status load_extensions(struct engine *engine, const struct engine_options *options,
                                   struct diag *diag)
{
    struct extensions *extensions = &engine->extensions;
    const struct function_registry *base =
        options->registry ? options->registry : function_registry_builtin();
    const struct text dir = settings_find(&engine->settings, TEXT("ksql.extension.dir"));
    extensions_init(extensions, &engine->arena, base);
    if (dir.bytes > 0 && settings_is_true(&engine->settings, "ksql.udfs.enabled")) {
        const struct text path = arena_text(&engine->arena, dir);
        if (!path.data) {
            return diag_no_memory(diag);
        }
        TRY(extensions_load_dir(extensions, path.data, diag));
    }
    for (size_t i = 0; i < options->extension_count; i++) {
        TRY(extensions_load(extensions, options->extensions[i], diag));
    }
    engine->registry = extensions->registry;
    return extensions->count == 0
               ? STATUS_OK
               : check_function_names(engine->registry, base, &engine->arena, diag);
}

static enum status open_storage(struct engine *engine, struct diag *diag)
{
    const struct database_options database = {.dir = engine->options.data_dir,
                                              .durability = engine->options.durability};
    const struct committer_options committer = {0};
    const struct topics_options topics = {0};
    TRY(database_open(&database, &engine->database, diag));
    TRY(committer_open(engine->database, &committer, &engine->committer, diag));
    return topics_open(&topics, engine->database, engine->committer, &engine->topics, diag);
}

static enum status load_catalog(struct engine *engine, struct diag *diag)
{
    struct reader *reader = NULL;
    TRY(reader_open(engine->database, READER_NO_TIMEOUT, &reader, diag));
    enum status status =
        catalog_store_load(&engine->catalog, reader, &engine->next_sequence, diag);
    if (status == STATUS_OK) {
        status = schema_store_load(&engine->schemas, reader, diag);
    }
    if (status == STATUS_OK) {
        status = query_load_all(engine, reader, diag);
    }
    reader_close(reader);
    return status;
}

/* The processing log is an ordinary topic and stream, made when the directory is new. */
static enum status open_processing_log(struct engine *engine, struct diag *diag)
{
    const struct text service = settings_find(&engine->settings, TEXT("ksql.service.id"));
    const struct text name = processing_log_topic(&engine->arena, service);
    if (!name.data) {
        return diag_no_memory(diag);
    }
    engine->log_topic = topics_find(engine->topics, name);
    if (engine->log_topic) {
        return STATUS_OK;
    }
    TRY(engine_create_topic(engine, name.data, 1, diag));
    engine->log_topic = topics_find(engine->topics, name);
    const struct text statement = processing_log_statement(&engine->arena, name);
    if (!engine->log_topic || !statement.data) {
        return diag_no_memory(diag);
    }
    return engine_run_statement(engine, statement, diag);
}

static enum status compile_patterns(struct engine *engine, struct diag *diag)
{
    static const char hidden[] = "ksql.hidden.topics";
    static const char read_only[] = "ksql.readonly.topics";
    TRY(topic_patterns_init(&engine->hidden_topics, hidden,
                            settings_find(&engine->settings, text_of(hidden)), diag));
    return topic_patterns_init(&engine->read_only_topics, read_only,
                               settings_find(&engine->settings, text_of(read_only)), diag);
}

bool engine_topic_is_read_only(const struct engine *engine, struct text topic)
{
    return (engine->log_topic && text_equal(topic_name(engine->log_topic), topic)) ||
           topic_patterns_match(&engine->read_only_topics, topic);
}

static enum status open_parts(struct engine *engine, const struct engine_options *options,
                              struct diag *diag)
{
    TRY(copy_settings(engine, options, diag));
    TRY(compile_patterns(engine, diag));
    TRY(load_extensions(engine, options, diag)); /* stored definitions name their functions */
    TRY(open_storage(engine, diag));
    TRY(source_shares_create(&engine->shares, diag));
    TRY(load_catalog(engine, diag));
    TRY(open_processing_log(engine, diag));
    return engine->options.is_manual ? STATUS_OK : driver_start(engine, &engine->driver, diag);
}

/* A steady flow of statements that look must not keep out one that changes. */
static void init_locks(struct engine *engine)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&engine->lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    pthread_mutex_init(&engine->cursor_lock, NULL);
}

enum status engine_open(const struct engine_options *options, struct engine **out,
                        struct diag *diag)
{
    struct engine *engine = memory_zalloc(sizeof(*engine));
    if (!engine) {
        return diag_no_memory(diag);
    }
    arena_init(&engine->arena);
    init_locks(engine);
    scratch_pool_init(&engine->scratches);
    catalog_store_init(&engine->catalog);
    schema_store_init(&engine->schemas);
    atomic_init(&engine->next_transient, 1);
    engine->options = *options;
    engine->options.now_ms = options->now_ms ? options->now_ms : system_now_ms;
    const enum status status = open_parts(engine, options, diag);
    if (status != STATUS_OK) {
        engine_close(engine);
        return status;
    }
    *out = engine;
    return STATUS_OK;
}

void engine_close(struct engine *engine)
{
    if (!engine) {
        return;
    }
    assert(!engine->cursors); /* the owner closes its cursors first */
    waker_stop(engine->waker);
    driver_stop(engine->driver);
    run_list_destroy(engine->run_list);
    for (size_t i = 0; i < engine->query_count; i++) {
        query_unref(engine->queries[i]);
    }
    memory_free(engine->queries);
    source_shares_destroy(engine->shares);
    topic_unref(engine->log_topic);
    struct diag diag;
    if (engine->committer && committer_flush(engine->committer, &diag) != STATUS_OK) {
        /* What was not written is redone after the next start; everybody who waited was told. */
        diag_reset(&diag);
    }
    catalog_store_release(&engine->catalog);
    schema_store_release(&engine->schemas);
    committer_close(engine->committer);
    topics_close(engine->topics);
    database_close(engine->database);
    topic_patterns_release(&engine->hidden_topics);
    topic_patterns_release(&engine->read_only_topics);
    settings_release(&engine->settings);
    pthread_rwlock_destroy(&engine->lock);
    pthread_mutex_destroy(&engine->cursor_lock);
    extensions_close(&engine->extensions);
    scratch_pool_release(&engine->scratches);
    arena_release(&engine->arena);
    memory_free(engine);
}

struct topics *engine_topics(struct engine *engine)
{
    return engine->topics;
}

enum status engine_check(struct engine *engine, struct diag *diag)
{
    return committer_status(engine->committer, diag);
}

int64_t engine_sequence(struct engine *engine)
{
    pthread_rwlock_rdlock(&engine->lock);
    const int64_t sequence = (int64_t)engine->next_sequence - 1;
    pthread_rwlock_unlock(&engine->lock);
    return sequence;
}

struct text engine_setting(const struct engine *engine, const char *name)
{
    return settings_find(&engine->settings, text_of(name));
}

enum status engine_check_property(const struct engine *engine, struct text name,
                                  struct diag *diag)
{
    (void)engine;
    return settings_check_property(name, diag);
}

/* --- Topics ------------------------------------------------------------------------------- */

enum status engine_submit_and_wait(struct engine *engine, struct commit *commit, bool is_durable,
                                   struct diag *diag)
{
    uint64_t sequence = 0;
    TRY(topics_submit(engine->topics, commit, &sequence, diag));
    return is_durable ? committer_wait(engine->committer, sequence, -1, diag) : STATUS_OK;
}

enum status engine_create_topic(struct engine *engine, const char *topic,
                                uint32_t partition_count, struct diag *diag)
{
    struct commit *commit = NULL;
    const struct topic_config config = topic_config_default();
    TRY(commit_create(&commit, diag));
    const enum status status = topics_create(engine->topics, commit, text_of(topic),
                                             partition_count, &config, NULL, diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(engine, commit, true, diag);
}

enum status engine_register_schema(struct engine *engine, struct text subject,
                                   const struct registered_schema *schema, uint32_t wanted_id,
                                   uint32_t *out_id, struct diag *diag)
{
    struct commit *commit = NULL;
    TRY(commit_create(&commit, diag));
    const enum status status = schema_store_register(&engine->schemas, subject, schema, wanted_id,
                                                     commit, out_id, diag);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(engine, commit, true, diag);
}

static enum status find_topic(struct engine *engine, const char *name, struct topic **out,
                              struct diag *diag)
{
    *out = topics_find(engine->topics, text_of(name));
    return *out ? STATUS_OK
                : diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "Topic '%s' does not exist.",
                            name);
}

enum status engine_delete_topic(struct engine *engine, const char *name, struct diag *diag)
{
    struct topic *topic = NULL;
    struct commit *commit = NULL;
    TRY(find_topic(engine, name, &topic, diag));
    enum status status = commit_create(&commit, diag);
    if (status == STATUS_OK) {
        status = topics_delete(engine->topics, commit, topic, diag);
    }
    topic_unref(topic);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(engine, commit, true, diag);
}

/* Kafka's default partitioner; records without a key take turns by their place in the call. */
static uint32_t partition_of(const struct topic *topic, int32_t asked, const struct record *record,
                             size_t index)
{
    const uint32_t count = topic_partition_count(topic);
    if (asked >= 0) {
        return (uint32_t)asked;
    }
    if (record->key.data) {
        return hash_partition(record->key.data, record->key.bytes, count);
    }
    return (uint32_t)(index % count);
}

enum status engine_append(struct engine *engine, struct commit *commit, struct topic *topic,
                          int32_t partition, const struct record *records, size_t count,
                          struct diag *diag)
{
    if (partition >= (int32_t)topic_partition_count(topic)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "topic '%.*s' has no partition %d", TEXT_ARGS(topic_name(topic)),
                         (int)partition);
    }
    if (topic_partition_count(topic) == 1) {
        return topics_append(engine->topics, commit, topic, 0, records, count, diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(topics_append(engine->topics, commit, topic,
                          partition_of(topic, partition, &records[i], i), &records[i], 1, diag));
    }
    return STATUS_OK;
}

enum status engine_produce(struct engine *engine, const char *name, int32_t partition,
                           const struct record *records, size_t count, bool is_durable,
                           struct diag *diag)
{
    struct topic *topic = NULL;
    struct commit *commit = NULL;
    TRY(committer_check_space(engine->committer, diag));
    TRY(find_topic(engine, name, &topic, diag));
    enum status status = commit_create(&commit, diag);
    if (status == STATUS_OK) {
        status = engine_append(engine, commit, topic, partition, records, count, diag);
    }
    topic_unref(topic);
    if (status != STATUS_OK) {
        commit_destroy(commit);
        return status;
    }
    return engine_submit_and_wait(engine, commit, is_durable, diag);
}

/* --- Progress ----------------------------------------------------------------------------- */

static bool all_queries_are_idle(struct engine *engine)
{
    bool is_idle = true;
    pthread_rwlock_rdlock(&engine->lock);
    for (size_t i = 0; i < engine->query_count; i++) {
        struct query_progress progress;
        query_read_progress(engine->queries[i], &progress);
        is_idle = is_idle && (progress.state != QUERY_RUNNING ||
                              (progress.lag == 0 && !progress.has_open_unit));
    }
    pthread_rwlock_unlock(&engine->lock);
    return is_idle;
}

static enum status wait_for_driver(struct engine *engine, int64_t timeout_ms, struct diag *diag)
{
    const int64_t step_ms = 20;
    int64_t waited_ms = 0;
    for (;;) {
        const uint64_t sequence = topics_sequence(engine->topics);
        TRY(committer_status(engine->committer, diag));
        /* A query may hand records to one that has been looked at already. */
        if (all_queries_are_idle(engine) && topics_sequence(engine->topics) == sequence) {
            return STATUS_OK;
        }
        if (timeout_ms >= 0 && waited_ms >= timeout_ms) {
            return diag_fail(diag, STATUS_CANCELLED, SQL_POS_NONE,
                             "queries are still working after %lld ms", (long long)timeout_ms);
        }
        topics_wait(engine->topics, sequence, step_ms);
        waited_ms += step_ms;
    }
}

enum status engine_flush(struct engine *engine, struct diag *diag)
{
    return committer_flush(engine->committer, diag);
}

enum status engine_run_until_idle(struct engine *engine, int64_t timeout_ms, struct diag *diag)
{
    if (engine->options.is_manual) {
        bool progress = true;
        while (progress) {
            TRY(driver_run_pass(engine, &progress, diag));
        }
        TRY(driver_apply_retention(engine, diag));
    } else {
        TRY(wait_for_driver(engine, timeout_ms, diag));
    }
    return engine_flush(engine, diag);
}
