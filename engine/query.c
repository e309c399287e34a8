/* query.c
 *
 * A unit of work is the only thing that changes anything: the task pushes up to commit_rows
 * records, then output, state, positions, counters and log entries go into one commit, which is
 * submitted whole. When a unit fails its commit is thrown away and the task with it, because
 * operators in memory are then ahead of the file; the next RESUME builds a task anew from what was
 * committed.
 *
 * A unit may take several steps, with those of other queries between them. Nothing of it is in any
 * commit until it ends, so one that is given up (DROP, the engine's end, a crash) has never been.
 */
#include "engine/query.h"

#include <assert.h>
#include <time.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/execution.h"

/* A unit of work ends at the first of these: its output must fit the committer's queue, its loss
 * in a crash must cost little, and what it holds back must not be held back long. Larger units
 * write a key that changes often less often. */
enum {
    UNIT_RECORDS_OUT_MAX = 200000, /* of all units that are open together */
    UNIT_RECORDS_IN_MAX = 2000000,
    UNIT_MS_MAX = 500,
    UNIT_STEP_ROWS = 65536, /* between looks at the clock */
};

static const struct text query_kind = {"query", 5};

const char *query_state_name(enum query_state state)
{
    static const char *const names[] = {"RUNNING", "PAUSED", "ERROR", "TERMINATED"};
    return names[state];
}

enum query_state query_get_state(const struct query *query)
{
    return (enum query_state)atomic_load(&query->state);
}

/* --- The ledger and positions in the file --------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} counter_fields[] = {
    {"records_in", offsetof(struct op_counters, records_in)},
    {"records_used", offsetof(struct op_counters, records_used)},
    {"records_filtered", offsetof(struct op_counters, records_filtered)},
    {"records_late", offsetof(struct op_counters, records_late)},
    {"records_failed", offsetof(struct op_counters, records_failed)},
    {"records_out", offsetof(struct op_counters, records_out)},
};

static uint64_t *counter_at(struct op_counters *counters, size_t index)
{
    return (uint64_t *)(void *)((char *)counters + counter_fields[index].offset);
}

static enum status load_counter(void *context, struct text name, int64_t value, struct diag *diag)
{
    (void)diag;
    struct task *task = context;
    for (size_t i = 0; i < sizeof(counter_fields) / sizeof(counter_fields[0]); i++) {
        if (text_equal(name, text_of(counter_fields[i].name))) {
            *counter_at(&task->counters, i) = (uint64_t)value;
        }
    }
    return STATUS_OK;
}

static enum status load_position(void *context, uint32_t source, struct text topic,
                                 uint32_t partition, int64_t offset, struct diag *diag)
{
    (void)diag;
    struct task *task = context;
    for (size_t i = 0; i < task->input_count; i++) {
        struct task_input *input = &task->inputs[i];
        if (input->source_index == source && input->partition == partition &&
            text_equal(topic_name(input->topic), topic)) {
            input->next_offset = offset;
            input->stored_offset = offset;
        }
    }
    return STATUS_OK;
}

/* Writes what differs from the file, and in the first unit all: the units of a thousand queries
 * would otherwise write the same zeros again and again. */
static enum status put_positions(struct query *query, const struct op_counters *committed,
                                 struct commit *commit, struct diag *diag)
{
    struct task *task = &query->task;
    for (size_t i = 0; i < task->input_count; i++) {
        struct task_input *input = &task->inputs[i];
        if (input->next_offset != input->stored_offset) {
            TRY(commit_put_position(commit, query->id, input->source_index,
                                    topic_name(input->topic), input->partition, input->next_offset,
                                    diag));
            input->stored_offset = input->next_offset;
        }
    }
    struct op_counters before = *committed;
    for (size_t i = 0; i < sizeof(counter_fields) / sizeof(counter_fields[0]); i++) {
        const uint64_t value = *counter_at(&task->counters, i);
        if (value != *counter_at(&before, i) || before.records_in == 0) {
            TRY(commit_put_counter(commit, query->id, text_of(counter_fields[i].name),
                                   (int64_t)value, diag));
        }
    }
    return STATUS_OK;
}

/* A failed load or unit may have taken the task away. */
static void give_back(struct query *query, struct task_scratch *scratch)
{
    scratch_pool_give_back(&query->engine->scratches, query->has_task ? &query->task : NULL,
                           scratch);
}

/* --- Life cycle --------------------------------------------------------------------------- */

static enum status load_task(struct query *query, struct diag *diag)
{
    struct reader *reader = NULL;
    struct task_scratch *scratch = NULL;
    TRY(scratch_pool_lend(&query->engine->scratches, &query->task, &scratch, diag));
    enum status status = reader_open(query->engine->database, READER_NO_TIMEOUT, &reader, diag);
    if (status != STATUS_OK) {
        give_back(query, scratch);
        return status;
    }
    status = build_load(&query->task.built, reader, &query->task.context, diag);
    if (status == STATUS_OK) {
        status = reader_scan_positions(reader, query->id, load_position, &query->task, diag);
    }
    if (status == STATUS_OK) {
        status = reader_scan_counters(reader, query->id, load_counter, &query->task, diag);
    }
    reader_close(reader);
    give_back(query, scratch);
    return status;
}

static enum status start_task(struct query *query, struct diag *diag)
{
    struct engine *engine = query->engine;
    const struct engine_options *options = &engine->options;
    const struct task_options task_options = {
        .topics = engine->topics,
        .plan = query->plan,
        .build = {.query_number = query->number,
                  .topics = engine->topics,
                  .schemas = &engine->schemas,
                  /* Several sources are merged, and no two queries cut their runs alike. */
                  .shares = query->plan->source_count == 1 ? engine->shares : NULL,
                  .writes_first_partition = options->writes_first_partition},
        .cache_is_off = options->cache_is_off || settings_cache_is_off(&query->settings),
        .batch_rows = options->batch_rows,
        .merge_by_arrival = options->merge_by_arrival,
        .now_ms = options->now_ms,
        .clock = options->clock,
        .log = processing_log_add,
        .log_context = &query->log,
    };
    TRY(task_init(&query->task, &task_options, diag));
    query->has_task = true;
    task_seek_all(&query->task, !query->from_earliest);
    return load_task(query, diag);
}

static void stop_task(struct query *query)
{
    if (query->has_task) {
        task_release(&query->task);
        query->has_task = false;
        query->has_attended = false;
        query->unit.is_open = false;
    }
}

static bool copy_definition(struct query *query, const struct query_definition *definition)
{
    query->id = arena_text(&query->arena, definition->id);
    query->sql = arena_text(&query->arena, definition->sql);
    query->sink = definition->sink.data ? arena_text(&query->arena, definition->sink)
                                        : (struct text){NULL, 0};
    return query->id.data && query->sql.data && (query->sink.data || !definition->sink.data);
}

static void free_query(struct query *query)
{
    stop_task(query);
    settings_release(&query->settings);
    processing_log_release(&query->log);
    pthread_mutex_destroy(&query->run_lock);
    script_unref(query->script);
    arena_release(&query->arena);
    memory_free(query);
}

enum status query_create(struct engine *engine, const struct query_definition *definition,
                         const struct plan *plan, struct arena *plan_arena, struct query **out,
                         struct diag *diag)
{
    struct query *query = memory_zalloc(sizeof(*query));
    if (!query) {
        return diag_no_memory(diag);
    }
    atomic_init(&query->references, 1);
    atomic_init(&query->state, definition->is_paused ? QUERY_PAUSED : QUERY_RUNNING);
    pthread_mutex_init(&query->run_lock, NULL);
    processing_log_init(&query->log);
    query->arena = *plan_arena;
    arena_init(plan_arena);
    query->engine = engine;
    query->plan = plan;
    query->script = script_ref(definition->script);
    query->number = definition->number;
    query->is_insert = definition->is_insert;
    query->from_earliest = definition->from_earliest;
    settings_init(&query->settings, &engine->settings);
    enum status status = copy_definition(query, definition) ? STATUS_OK : diag_no_memory(diag);
    if (status == STATUS_OK && definition->settings) {
        status = settings_copy(&query->settings, definition->settings, diag);
    }
    if (status == STATUS_OK) {
        query->log.query_id = query->id;
        query->log.now_ms = engine->options.now_ms;
        query->log.clock = engine->options.clock;
        query->log.rows_are_included =
            settings_is_true(&engine->settings, "ksql.logging.processing.rows.include");
        status = definition->failure ? STATUS_OK : start_task(query, diag);
    }
    if (definition->failure) {
        (void)snprintf(query->error, sizeof(query->error), "%s", definition->failure);
        query->error_time_ms = engine_now_ms(engine);
        query->has_stand_in = true;
        atomic_store(&query->state, QUERY_ERROR);
    }
    if (status != STATUS_OK) {
        free_query(query);
        return status;
    }
    *out = query;
    return STATUS_OK;
}

struct query *query_ref(struct query *query)
{
    atomic_fetch_add(&query->references, 1);
    return query;
}

void query_unref(struct query *query)
{
    if (query && atomic_fetch_sub(&query->references, 1) == 1) {
        free_query(query);
    }
}

static json_t *settings_json(const struct settings *settings)
{
    json_t *json = json_object();
    for (size_t i = 0; i < settings->count; i++) {
        json_object_set_new(json, settings->values[i].name, json_string(settings->values[i].value));
    }
    return json;
}

enum status query_put_row(const struct query *query, struct commit *commit, struct diag *diag)
{
    json_t *body = json_pack(
        "{s:o, s:o, s:o, s:b, s:b, s:b}", "settings", settings_json(&query->settings), "sql",
        json_stringn(query->sql.data, query->sql.bytes), "sink",
        query->sink.data ? json_stringn(query->sink.data, query->sink.bytes) : json_null(),
        "is_insert", query->is_insert, "from_earliest", query->from_earliest, "is_paused",
        query_get_state(query) == QUERY_PAUSED);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (!text) {
        return diag_no_memory(diag);
    }
    const enum status status = commit_put_catalog(commit, query_kind, query->id,
                                                  (int64_t)query->number, text_of(text), diag);
    free(text); /* jansson's own allocation */
    return status;
}

/* --- Units of work ------------------------------------------------------------------------ */

static enum status collect_unit(struct query *query, struct commit *commit, struct diag *diag)
{
    struct engine *engine = query->engine;
    TRY(task_flush(&query->task, diag));
    for (size_t i = 0; i < query->task.built.operator_count; i++) {
        struct operator* op = query->task.built.operators[i].op;
        if (op->vtable->collect) {
            TRY(op->vtable->collect(op, &query->task.context, commit, diag));
        }
    }
    if (query->log.ends.bytes > 0) {
        TRY(processing_log_collect(&query->log, engine->topics, engine->log_topic, commit, diag));
    }
    return put_positions(query, &query->unit.committed, commit, diag);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What a record brought about is introduced as Kafka Streams does. */
static void enter_error(struct query *query, struct diag *diag)
{
    if (diag->status == STATUS_INVALID) {
        diag_prefix(diag, "Exception caught in process: ");
    }
    memcpy(query->error, diag->message, sizeof(query->error));
    query->error_time_ms = engine_now_ms(query->engine);
    atomic_store(&query->state, QUERY_ERROR);
    processing_log_release(&query->log);
    buffer_init(&query->log.entries);
    buffer_init(&query->log.ends);
    query->kept_counters = query->unit.committed;
    stop_task(query);
}

static void begin_unit(struct query *query)
{
    if (!query->unit.is_open) {
        query->unit = (struct query_unit){
            .is_open = true, .begin_ms = monotonic_ms(), .committed = query->task.counters};
    }
}

/* A failed unit ends the query, but a failed submission ends the engine. */
static enum status end_unit(struct query *query, struct diag *diag)
{
    struct commit *commit = NULL;
    struct diag unit_diag;
    enum status status = commit_create(&commit, &unit_diag);
    if (status == STATUS_OK) {
        status = collect_unit(query, commit, &unit_diag);
    }
    if (status != STATUS_OK) {
        commit_destroy(commit);
        enter_error(query, &unit_diag);
        return STATUS_OK;
    }
    query->unit.is_open = false;
    return topics_submit(query->engine->topics, commit, NULL, diag);
}

static size_t unit_records_max(const struct query *query)
{
    const size_t wanted = query->engine->options.commit_rows;
    return wanted ? wanted : UNIT_RECORDS_IN_MAX;
}

static bool unit_is_due(const struct query *query, size_t peer_count)
{
    const struct query_unit *unit = &query->unit;
    const int64_t wanted_ms = query->engine->options.commit_interval_ms;
    const uint64_t held_back = query->task.counters.records_out - unit->committed.records_out;
    return unit->records_in >= unit_records_max(query) ||
           held_back >= UNIT_RECORDS_OUT_MAX / peer_count ||
           monotonic_ms() - unit->begin_ms >= (wanted_ms ? wanted_ms : UNIT_MS_MAX);
}

/* Pushes records until the round or the unit is at its end, or it is another query's turn. */
static enum status take_records(struct query *query, size_t peer_count, size_t *out_count,
                                struct diag *diag)
{
    const bool takes_turns = task_is_busy(&query->task);
    size_t step = 0;
    do {
        const size_t left = unit_records_max(query) - query->unit.records_in;
        TRY(task_step(&query->task, left < UNIT_STEP_ROWS ? left : UNIT_STEP_ROWS, &step, diag));
        query->unit.records_in += step;
        *out_count += step;
    } while (step > 0 && !takes_turns && !task_round_is_over(&query->task) &&
             !unit_is_due(query, peer_count));
    return STATUS_OK;
}

static enum status step_locked(struct query *query, size_t peer_count, size_t *out_count,
                               bool *out_is_over, struct diag *diag)
{
    struct diag unit_diag;
    begin_unit(query);
    const enum status status = take_records(query, peer_count, out_count, &unit_diag);
    if (status != STATUS_OK) {
        enter_error(query, &unit_diag);
        return STATUS_OK;
    }
    *out_is_over = *out_count == 0 || task_round_is_over(&query->task);
    if (query->unit.records_in == 0) {
        query->unit.is_open = false; /* nothing was there after all */
        return STATUS_OK;
    }
    return *out_is_over || unit_is_due(query, peer_count) ? end_unit(query, diag) : STATUS_OK;
}

bool query_begin_round(struct query *query)
{
    pthread_mutex_lock(&query->run_lock);
    const bool has_work = query_get_state(query) == QUERY_RUNNING && task_begin_round(&query->task);
    pthread_mutex_unlock(&query->run_lock);
    return has_work;
}

void query_attend(struct query *query)
{
    pthread_mutex_lock(&query->run_lock);
    query->has_attended = query_get_state(query) == QUERY_RUNNING;
    if (query->has_attended) {
        task_attend(&query->task);
    }
    pthread_mutex_unlock(&query->run_lock);
}

static enum status step_once(struct query *query, size_t peer_count, size_t *out_count,
                             bool *out_is_over, struct diag *diag)
{
    enum status status = STATUS_OK;
    *out_count = 0;
    *out_is_over = true;
    pthread_mutex_lock(&query->run_lock);
    if (query_get_state(query) == QUERY_RUNNING && query->has_attended) {
        struct task_scratch *scratch = NULL;
        status = scratch_pool_lend(&query->engine->scratches, &query->task, &scratch, diag);
        if (status == STATUS_OK) {
            status = step_locked(query, peer_count, out_count, out_is_over, diag);
        }
        give_back(query, scratch);
    }
    pthread_mutex_unlock(&query->run_lock);
    return status;
}

enum status query_step(struct query *query, size_t peer_count, size_t *out_count, bool *out_is_over,
                       struct diag *diag)
{
    size_t count = 0;
    *out_count = 0;
    do {
        TRY(step_once(query, peer_count, &count, out_is_over, diag));
        *out_count += count;
    } while (atomic_load(&query->has_rivals) && !*out_is_over &&
             !atomic_load(&query->engine->is_stopping));
    return STATUS_OK;
}

enum status query_pause(struct query *query, struct diag *diag)
{
    enum status status = STATUS_OK;
    pthread_mutex_lock(&query->run_lock);
    if (query->unit.is_open) {
        struct task_scratch *scratch = NULL;
        status = scratch_pool_lend(&query->engine->scratches, &query->task, &scratch, diag);
        if (status == STATUS_OK) {
            status = end_unit(query, diag);
        }
        give_back(query, scratch);
    }
    if (status == STATUS_OK && query_get_state(query) == QUERY_RUNNING) {
        atomic_store(&query->state, QUERY_PAUSED);
    }
    pthread_mutex_unlock(&query->run_lock);
    return status;
}

enum status query_resume(struct query *query, struct diag *diag)
{
    pthread_mutex_lock(&query->run_lock);
    const enum query_state state = query_get_state(query);
    enum status status = STATUS_OK;
    if (query->has_stand_in) {
        status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", query->error);
    } else if (state == QUERY_ERROR) {
        /* What was submitted must be in the file before it is read. */
        status = committer_flush(query->engine->committer, diag);
        if (status == STATUS_OK) {
            status = start_task(query, diag);
        }
        if (status != STATUS_OK) {
            stop_task(query);
        }
    }
    if (status == STATUS_OK && state != QUERY_TERMINATED) {
        atomic_store(&query->state, QUERY_RUNNING);
        atomic_store(&query->must_look, true);
    }
    pthread_mutex_unlock(&query->run_lock);
    return status;
}

enum status query_terminate(struct query *query, struct commit *commit, struct diag *diag)
{
    pthread_mutex_lock(&query->run_lock);
    enum status status = commit_drop_query(commit, query->id, diag);
    if (status == STATUS_OK) {
        status = commit_delete_catalog(commit, query_kind, query->id, diag);
    }
    const uint32_t store_count = query->plan->step_count * BUILD_STORES_PER_STEP;
    for (uint32_t i = 0; status == STATUS_OK && i < store_count; i++) {
        const uint64_t store =
            build_store_id(query->number, i / BUILD_STORES_PER_STEP, i % BUILD_STORES_PER_STEP);
        status = commit_drop_store(commit, store, diag);
    }
    if (status == STATUS_OK) {
        atomic_store(&query->state, QUERY_TERMINATED);
        stop_task(query);
    }
    pthread_mutex_unlock(&query->run_lock);
    return status;
}

/* --- Looking ------------------------------------------------------------------------------ */

void query_read_progress(struct query *query, struct query_progress *out)
{
    pthread_mutex_lock(&query->run_lock);
    *out =
        (struct query_progress){.counters = query->kept_counters, .state = query_get_state(query)};
    if (query->has_task) {
        out->counters = query->task.counters;
        out->lag = task_lag(&query->task);
        out->has_open_unit = query->unit.is_open;
    }
    pthread_mutex_unlock(&query->run_lock);
}

static json_t *input_json(struct query *query, const struct task_input *input)
{
    const struct topic_range range =
        topics_range(query->engine->topics, input->topic, input->partition);
    return json_pack("{s:i, s:I, s:I, s:I}", "partition", (int)input->partition, "logStartOffset",
                     (json_int_t)range.start_offset, "logEndOffset", (json_int_t)range.end_offset,
                     "consumerOffset", (json_int_t)input->next_offset);
}

json_t *query_offsets_json(struct query *query)
{
    json_t *topics = json_array();
    json_t *offsets = NULL;
    const struct topic *topic = NULL;
    pthread_mutex_lock(&query->run_lock);
    for (size_t i = 0; query->has_task && i < query->task.input_count; i++) {
        const struct task_input *input = &query->task.inputs[i];
        if (input->topic != topic) {
            topic = input->topic;
            offsets = json_array();
            const struct text name = topic_name(topic);
            json_array_append_new(topics, json_pack("{s:s%, s:o}", "kafkaTopic", name.data,
                                                    name.bytes, "offsets", offsets));
        }
        json_array_append_new(offsets, input_json(query, input));
    }
    pthread_mutex_unlock(&query->run_lock);
    return topics;
}
