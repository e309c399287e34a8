/* push.c
 *
 * A push query is a task of its own whose rows go to the client instead of a topic. It reads only
 * durable records, keeps its state in memory, and owns nothing that outlives it.
 */
#include "base/memory.h"
#include "engine/entity.h"
#include "engine/query.h"
#include "engine/statement_query.h"
#include "engine/task.h"
#include "operators/collector.h"

enum {
    FILL_ROWS_MAX = 4096,
    FILL_ROWS_FIRST = 4,          /* while nothing is known about the rows */
    FILL_BYTES_WANTED = 256 << 10 /* of a chunk: what a client that stalls makes the server hold */
};

struct push {
    struct arena arena; /* plan and collector */
    struct plan *plan;
    struct task task;
    bool has_task;
    uint8_t dropped_flags; /* rows that the client does not get */
    struct text sql;       /* borrowed from the script */
};

static enum status receive(void *receiver, struct op_context *context, struct batch *batch,
                           struct diag *diag)
{
    struct cursor *cursor = receiver;
    const struct push *push = cursor->source;
    if (push->dropped_flags) {
        TRY(cursor_drop_rows(batch, push->dropped_flags, context->batch_arena, diag));
    }
    return cursor_add_rows(cursor, batch, diag);
}

static size_t fill_rows(const struct cursor *cursor)
{
    if (cursor->counts_only) {
        return FILL_ROWS_MAX;
    }
    if (cursor->row_bytes == 0) {
        return FILL_ROWS_FIRST;
    }
    const size_t rows = FILL_BYTES_WANTED / cursor->row_bytes + 1;
    return rows < FILL_ROWS_MAX ? rows : FILL_ROWS_MAX;
}

static enum status fill_from_task(struct cursor *cursor, struct diag *diag)
{
    struct push *push = cursor->source;
    size_t count = 1;
    while (!cursor->first && !cursor->is_end && count > 0) {
        (void)task_begin_round(&push->task);
        TRY(task_step(&push->task, fill_rows(cursor), &count, diag));
        TRY(task_flush(&push->task, diag));
    }
    return STATUS_OK;
}

static enum status fill(struct cursor *cursor, struct diag *diag)
{
    struct push *push = cursor->source;
    struct scratch_pool *pool = &cursor->engine->scratches;
    struct task_scratch *scratch = NULL;
    enum status status = scratch_pool_lend(pool, &push->task, &scratch, diag);
    if (status == STATUS_OK) {
        status = fill_from_task(cursor, diag);
    }
    scratch_pool_give_back(pool, &push->task, scratch);
    return status;
}

static bool is_caught_up(const struct cursor *cursor)
{
    const struct push *push = cursor->source;
    return task_lag(&push->task) == 0;
}

static void each_topic(const struct cursor *cursor,
                       void (*visit)(void *context, struct topic *topic), void *context)
{
    const struct push *push = cursor->source;
    for (size_t i = 0; i < push->task.input_count; i++) {
        if (push->task.inputs[i].partition == 0) {
            visit(context, push->task.inputs[i].topic);
        }
    }
}

static void release(struct cursor *cursor)
{
    struct push *push = cursor->source;
    if (push->has_task) {
        task_release(&push->task);
    }
    arena_release(&push->arena);
    memory_free(push);
}

static const struct cursor_vtable push_vtable = {
    .kind = CURSOR_PUSH,
    .fill = fill,
    .is_caught_up = is_caught_up,
    .each_topic = each_topic,
    .release = release};

void push_visit(struct engine *engine, push_visitor *visit, void *context)
{
    bool keep_going = true;
    pthread_mutex_lock(&engine->cursor_lock);
    for (const struct cursor *cursor = engine->cursors; cursor && keep_going;
         cursor = cursor->next_open) {
        const struct push *push = cursor->source;
        if (cursor->vtable == &push_vtable) {
            const struct query_view view = {.id = text_of(cursor->query_id),
                                            .sql = push->sql,
                                            .plan = push->plan,
                                            .type = "PUSH",
                                            .state = "RUNNING"};
            keep_going = visit(context, &view);
        }
    }
    pthread_mutex_unlock(&engine->cursor_lock);
}

/* A client has nowhere to read a processing log from; the row's column is NULL. */
static void ignore_log(void *log_context, const struct log_entry *entry)
{
    (void)log_context;
    (void)entry;
}

static enum status start_task(struct execution *execution, struct cursor *cursor,
                              struct push *push)
{
    struct engine *engine = execution->engine;
    const struct collector_options collector = {.receive = receive, .receiver = cursor};
    struct operator *client = NULL;
    TRY(collector_create(&push->arena, &collector, &client, execution->diag));
    const struct task_options options = {
        .topics = engine->topics,
        .plan = push->plan,
        .build = {.topics = engine->topics, .schemas = &engine->schemas, .client = client},
        .batch_rows = engine->options.batch_rows,
        .cache_is_off = engine->options.cache_is_off ||
                        settings_cache_is_off(&execution->session->settings),
        .merge_by_arrival = engine->options.merge_by_arrival,
        .committed_only = true,
        .now_ms = engine->options.now_ms,
        .clock = engine->options.clock,
        .log = ignore_log,
    };
    TRY(task_init(&push->task, &options, execution->diag));
    push->has_task = true;
    const struct text reset = execution_setting(execution, "auto.offset.reset");
    task_seek_all(&push->task, !text_equal_nocase(reset, TEXT("earliest")));
    return STATUS_OK;
}

/* --- The query's name --------------------------------------------------------------------- */

static bool is_stateless(const struct plan_step *step)
{
    while (step->kind == PLAN_FILTER || step->kind == PLAN_PROJECT || step->kind == PLAN_FLAT_MAP) {
        step = step->inputs[0];
    }
    return step->kind == PLAN_SOURCE;
}

static bool has_one_writer(const struct engine *engine, struct text source)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->query_count; i++) {
        count += text_equal(engine->queries[i]->sink, source);
    }
    return count == 1;
}

static bool knows_its_place(const struct plan_step *source)
{
    for (uint32_t i = 0; i < source->pseudo_count; i++) {
        if (source->pseudo[i].kind == PSEUDO_ROWPARTITION ||
            source->pseudo[i].kind == PSEUDO_ROWOFFSET) {
            return true;
        }
    }
    return false;
}

/* ksqlDB serves such a query from within the one that writes the source. Here it is a task like
 * any other; its name tells, and so does that it passes over records without a key. Source:
 * ScalablePushUtil, ScalablePushConsumer. */
static bool can_scale(const struct execution *execution, const struct plan *plan)
{
    const struct text enabled = execution_setting(execution, "ksql.query.push.v2.enabled");
    const struct text reset = execution_setting(execution, "auto.offset.reset");
    return text_equal_nocase(enabled, TEXT("true")) &&
           text_equal_nocase(reset, TEXT("latest")) && plan->source_count == 1 &&
           !plan->is_final && is_stateless(plan->root) && !knows_its_place(plan->sources[0]) &&
           has_one_writer(execution->engine, plan->sources[0]->source.source->name);
}

static void name_query(struct execution *execution, const struct plan *plan, bool is_scalable,
                       struct cursor *cursor)
{
    const struct text source = plan->sources[0]->source.source->name;
    (void)snprintf(cursor->query_id, sizeof(cursor->query_id), "%s_%.*s_%llu",
                   is_scalable ? "SCALABLE_PUSH_QUERY" : "transient",
                   (int)(source.bytes < 32 ? source.bytes : 32), source.data,
                   (unsigned long long)atomic_fetch_add(&execution->engine->next_transient, 1));
}

/* --- Opening ------------------------------------------------------------------------------ */

static enum status open_plan(struct execution *execution, struct cursor *cursor,
                             struct push *push)
{
    const struct planner planner = execution_planner(execution, &push->arena);
    TRY(plan_push(&planner, execution->statement->query, &push->plan));
    push->sql = execution->statement->text;
    cursor->schema = push->plan->root->schema;
    cursor->is_table = push->plan->is_table;
    const bool is_scalable = can_scale(execution, push->plan);
    push->dropped_flags = cursor->is_table ? 0 : ROW_DELETE;
    const struct source *source = push->plan->sources[0]->source.source;
    if (is_scalable && schema_count(&source->schema, COLUMN_KEY) > 0) {
        push->dropped_flags |= ROW_NULL_KEY;
    }
    name_query(execution, push->plan, is_scalable, cursor);
    if (push->plan->has_limit) {
        cursor_set_limit(cursor, push->plan->limit);
    }
    return start_task(execution, cursor, push);
}

enum status push_open(struct execution *execution, struct cursor **out)
{
    struct cursor *cursor = NULL;
    TRY(cursor_create(execution->engine, &push_vtable, &cursor, execution->diag));
    struct push *push = memory_zalloc(sizeof(*push));
    if (!push) {
        cursor_close(cursor);
        return diag_no_memory(execution->diag);
    }
    arena_init(&push->arena);
    cursor->script = script_ref(execution->script);
    cursor->source = push;
    const enum status status = open_plan(execution, cursor, push);
    if (status != STATUS_OK) {
        cursor_close(cursor);
        return status;
    }
    *out = cursor;
    return STATUS_OK;
}
