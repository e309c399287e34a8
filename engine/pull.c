/* pull.c
 *
 * A pull query reads committed rows from the file through a snapshot of its own, so it neither
 * waits for the writer nor makes it wait. Stored rows are those of the materialized step; they go
 * through the stateless steps above it (HAVING, SELECT) and then through the query's own WHERE
 * and SELECT. A scan goes slice by slice, each with a snapshot of its own, resumed at a key, so
 * that no snapshot keeps the write-ahead log from being emptied.
 *
 * A pull query on a stream is a task over the stream's records up to where they ended when it
 * began.
 */
#include "base/memory.h"
#include "engine/evaluation.h"
#include "engine/query.h"
#include "engine/query_load.h"
#include "engine/statement_query.h"
#include "operators/collector.h"
#include "operators/group.h"
#include "operators/table_store.h"
#include "state/window_store.h"

enum {
    SLICE_ROWS = 1024,
    KEY_SLICE_ROWS = 64, /* of one key's windows; lookups are many, so they stay small */
    BRIEF_KEY_COUNT_MAX = 16,
    SNAPSHOT_TIMEOUT_MS = 5000,
};

struct pull {
    struct arena arena;       /* plan and operators */
    struct arena slice_arena; /* rows of one slice */
    struct pull_plan plan;
    struct evaluation evaluation;
    struct op_context context;
    struct op_counters counters;
    struct operator *client;
    /* Tables: */
    struct query *query;      /* a reference: its operators say how rows are stored */
    struct built_query above;
    struct operator *first;
    struct buffer resume;     /* the state key at which the scan goes on */
    bool is_within_key;       /* the last slice did not hold all windows of next_key */
    int64_t next_start_ms;    /* then, by window start: the first one not looked at */
    struct buffer key;        /* scratch */
    struct buffer value;      /* scratch */
    uint32_t next_key;        /* of the lookups */
    /* Streams: */
    struct plan stream_plan;
    struct plan_step stream_step;
    const struct plan_step *stream_sources[1];
    struct task task;
    bool has_task;
};

/* --- From rows of the source to rows of the answer ------------------------------------------ */

static const int64_t *pseudo_values(const struct batch *batch, enum pseudo_kind kind)
{
    if (kind == PSEUDO_WINDOWSTART) {
        return batch->window_start_ms;
    }
    return kind == PSEUDO_WINDOWEND ? batch->window_end_ms : batch->time_ms;
}

/* input_schema: the source's columns as they come, then pseudo columns from the batch's arrays. */
static enum status add_pseudo(const struct pull *pull, struct batch *batch, struct batch **out,
                              struct diag *diag)
{
    const struct schema *schema = &pull->plan.input_schema;
    struct batch *input = NULL;
    TRY(batch_create(batch->arena, schema->column_count, batch->capacity, &input, diag));
    memcpy(input->columns, batch->columns, batch->column_count * sizeof(*input->columns));
    input->row_count = batch->row_count;
    input->time_ms = batch->time_ms;
    for (uint32_t i = 0; i < pull->plan.pseudo_count; i++) {
        const struct plan_pseudo *pseudo = &pull->plan.pseudo[i];
        struct column *column = &input->columns[pseudo->column_index];
        const int64_t *values = pseudo_values(batch, pseudo->kind);
        TRY(column_init(column, batch->arena, type_of(TYPE_BIGINT), batch->capacity, diag));
        memcpy(column->int64, values, batch->row_count * sizeof(*values));
    }
    *out = input;
    return STATUS_OK;
}

static enum status keep_matching(struct pull *pull, struct batch *batch, struct diag *diag)
{
    if (!pull->plan.predicate) {
        return STATUS_OK;
    }
    struct column column;
    uint32_t *rows = arena_array(batch->arena, batch->row_count, sizeof(*rows));
    if (!rows) {
        return diag_no_memory(diag);
    }
    TRY(expr_eval(pull->plan.predicate, batch, NULL, batch->row_count, &pull->evaluation.context,
                  &column, NULL, diag));
    size_t count = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        if (!column_is_null(&column, row) && column.boolean[row]) {
            rows[count++] = (uint32_t)row;
        }
    }
    batch_compact(batch, rows, count);
    return STATUS_OK;
}

static enum status answer(struct cursor *cursor, struct pull *pull, struct batch *input,
                          struct diag *diag)
{
    TRY(keep_matching(pull, input, diag));
    if (input->row_count == 0) {
        return STATUS_OK;
    }
    const struct schema *schema = &pull->plan.schema;
    struct batch *output = NULL;
    TRY(batch_create(input->arena, schema->column_count, input->capacity, &output, diag));
    output->row_count = input->row_count;
    output->time_ms = input->time_ms;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        TRY(expr_eval(pull->plan.exprs[i], input, NULL, input->row_count,
                      &pull->evaluation.context, &output->columns[i], NULL, diag));
    }
    return cursor_add_rows(cursor, output, diag);
}

static enum status receive_table(void *receiver, struct op_context *context, struct batch *batch,
                                 struct diag *diag)
{
    struct cursor *cursor = receiver;
    struct pull *pull = cursor->source;
    struct batch *input = NULL;
    TRY(cursor_drop_rows(batch, ROW_DELETE, context->batch_arena, diag));
    if (batch->row_count == 0) {
        return STATUS_OK;
    }
    TRY(add_pseudo(pull, batch, &input, diag));
    return answer(cursor, pull, input, diag);
}

static enum status receive_stream(void *receiver, struct op_context *context,
                                  struct batch *batch, struct diag *diag)
{
    struct cursor *cursor = receiver;
    TRY(cursor_drop_rows(batch, ROW_DELETE, context->batch_arena, diag));
    return batch->row_count ? answer(cursor, cursor->source, batch, diag) : STATUS_OK;
}

/* --- Stored rows ---------------------------------------------------------------------------- */

static bool in_window_bounds(const struct pull_plan *plan, const struct batch *batch, size_t row)
{
    if (!batch->window_start_ms) {
        return true;
    }
    const int64_t start_ms = batch->window_start_ms[row];
    const int64_t end_ms = batch->window_end_ms[row];
    return start_ms >= plan->window_start_min_ms && start_ms <= plan->window_start_max_ms &&
           end_ms >= plan->window_end_min_ms && end_ms <= plan->window_end_max_ms;
}

/* Appends one stored row to batch unless its window is not asked for. */
static enum status decode_row(const struct pull *pull, struct text key, struct text value,
                              struct batch *batch, struct diag *diag)
{
    const struct built_query *built = &pull->query->task.built;
    const size_t row = batch->row_count;
    if (built->materialized_is_group) {
        TRY(group_decode_row(built->materialized, key, value, batch, diag));
    } else {
        TRY(table_store_decode_row(built->materialized, key, value, batch, diag));
    }
    if (batch->row_count > row && !in_window_bounds(&pull->plan, batch, row)) {
        batch->row_count = row;
    }
    return STATUS_OK;
}

struct slice {
    struct pull *pull;
    struct batch *batch;
    size_t key_bytes; /* not 0: only rows whose key is so long */
};

static enum status visit_row(void *context, struct text key, struct text value, bool *keep_going,
                             struct diag *diag)
{
    struct slice *slice = context;
    if (slice->key_bytes == 0 || key.bytes == slice->key_bytes) {
        TRY(decode_row(slice->pull, key, value, slice->batch, diag));
    }
    buffer_reset(&slice->pull->resume);
    buffer_append_text(&slice->pull->resume, key);
    buffer_append_byte(&slice->pull->resume, '\0');
    *keep_going = slice->batch->row_count < slice->batch->capacity;
    return buffer_status(&slice->pull->resume, diag);
}

static bool is_by_window_start(const struct pull *pull)
{
    const struct window_spec *window = &pull->query->plan->materialized->window;
    return pull->query->task.built.materialized_is_group &&
           (window->kind == WINDOW_TUMBLING || window->kind == WINDOW_HOPPING);
}

static enum status encode_key(struct pull *pull, const struct value *keys, struct diag *diag)
{
    const struct built_query *built = &pull->query->task.built;
    buffer_reset(&pull->key);
    return built->materialized_is_group
               ? group_encode_key(built->materialized, keys, &pull->key, diag)
               : table_store_encode_key(built->materialized, keys, &pull->key, diag);
}

/* The start of the first stored window at or after from_ms; false when there is none. */
struct seek {
    bool was_found;
    int64_t start_ms;
};

static enum status visit_start(void *context, struct text key, struct text value,
                               bool *keep_going, struct diag *diag)
{
    (void)value;
    (void)diag;
    struct seek *seek = context;
    *keep_going = false;
    if (key.bytes >= WINDOW_STORE_PREFIX_BYTES) {
        seek->was_found = true;
        seek->start_ms = window_store_decode_start(key.data);
    }
    return STATUS_OK;
}

/* One key in every window: hops from stored start to stored start, one lookup each. *out_more: the
 * batch is full, and pull->next_start_ms says where to go on. */
static enum status find_in_windows(struct pull *pull, struct reader *reader, struct batch *batch,
                                   bool *out_more, struct diag *diag)
{
    const uint64_t store = pull->query->task.built.materialized_store_id;
    const struct pull_plan *plan = &pull->plan;
    char prefix[WINDOW_STORE_PREFIX_BYTES];
    int64_t from_ms = pull->is_within_key ? pull->next_start_ms : plan->window_start_min_ms;
    while (from_ms <= plan->window_start_max_ms) {
        if (batch->row_count == batch->capacity) {
            pull->next_start_ms = from_ms;
            *out_more = true;
            break;
        }
        struct seek seek = {0};
        window_store_encode_start(from_ms, prefix);
        const struct text from = {prefix, sizeof(prefix)};
        TRY(reader_scan_state(reader, store, from, (struct text){NULL, 0}, 1, visit_start, &seek,
                              NULL, diag));
        if (!seek.was_found || seek.start_ms > plan->window_start_max_ms) {
            break;
        }
        window_store_encode_start(seek.start_ms, prefix);
        buffer_reset(&pull->resume);
        buffer_append(&pull->resume, prefix, sizeof(prefix));
        buffer_append_text(&pull->resume, buffer_text(&pull->key));
        bool was_found = false;
        TRY(reader_find_state(reader, store, buffer_text(&pull->resume), &pull->value, &was_found,
                              diag));
        if (was_found) {
            TRY(decode_row(pull, buffer_text(&pull->resume), buffer_text(&pull->value), batch,
                           diag));
        }
        if (seek.start_ms == INT64_MAX) {
            break;
        }
        from_ms = seek.start_ms + 1;
    }
    return STATUS_OK;
}

/* The rows whose state key is pull->key with a window behind it: session windows, and windowed
 * tables. Longer keys that begin alike lie between them. *out_more: pull->resume is where to go
 * on. */
static enum status find_by_prefix(struct pull *pull, struct reader *reader, struct batch *batch,
                                  bool *out_more, struct diag *diag)
{
    enum { WINDOW_BYTES = 16 };
    struct slice slice = {
        .pull = pull, .batch = batch, .key_bytes = pull->key.bytes + WINDOW_BYTES};
    struct buffer to;
    buffer_init(&to);
    buffer_append_text(&to, buffer_text(&pull->key));
    for (int i = 0; i <= WINDOW_BYTES; i++) { /* past every window */
        buffer_append_byte(&to, (char)0xFF);
    }
    buffer_reset(&pull->value); /* the scan moves resume */
    buffer_append_text(&pull->value, buffer_text(pull->is_within_key ? &pull->resume : &pull->key));
    enum status status = buffer_status(&to, diag);
    if (status == STATUS_OK) {
        status = reader_scan_state(reader, pull->query->task.built.materialized_store_id,
                                   buffer_text(&pull->value), buffer_text(&to), SLICE_ROWS,
                                   visit_row, &slice, out_more, diag);
    }
    buffer_release(&to);
    return status;
}

static enum status find_key(struct pull *pull, struct reader *reader, const struct value *keys,
                            struct batch *batch, bool *out_more, struct diag *diag)
{
    TRY(encode_key(pull, keys, diag));
    if (is_by_window_start(pull)) {
        return find_in_windows(pull, reader, batch, out_more, diag);
    }
    if (pull->query->plan->materialized->window.kind != WINDOW_NONE) {
        return find_by_prefix(pull, reader, batch, out_more, diag);
    }
    bool was_found = false;
    TRY(reader_find_state(reader, pull->query->task.built.materialized_store_id,
                          buffer_text(&pull->key), &pull->value, &was_found, diag));
    return was_found ? decode_row(pull, buffer_text(&pull->key), buffer_text(&pull->value), batch,
                                  diag)
                     : STATUS_OK;
}

/* Reads the rows of the next key, or the next rows of a scan. *out_is_last: none follow. */
static enum status read_slice(struct pull *pull, struct reader *reader, struct batch *batch,
                              bool *out_is_last, struct diag *diag)
{
    if (pull->plan.key_count > 0) {
        bool has_more = false;
        TRY(find_key(pull, reader, pull->plan.keys[pull->next_key], batch, &has_more, diag));
        pull->is_within_key = has_more;
        pull->next_key += !has_more;
        *out_is_last = pull->next_key == pull->plan.key_count;
        return STATUS_OK;
    }
    struct slice slice = {.pull = pull, .batch = batch};
    bool has_more = false;
    const struct text from = pull->resume.bytes ? buffer_text(&pull->resume) : TEXT("");
    buffer_reset(&pull->value);
    buffer_append_text(&pull->value, from);
    TRY(reader_scan_state(reader, pull->query->task.built.materialized_store_id,
                          buffer_text(&pull->value), (struct text){NULL, 0}, SLICE_ROWS, visit_row,
                          &slice, &has_more, diag));
    *out_is_last = !has_more;
    return STATUS_OK;
}

static size_t slice_capacity(const struct pull *pull)
{
    if (pull->plan.key_count == 0) {
        return SLICE_ROWS;
    }
    return pull->query->plan->materialized->window.kind == WINDOW_NONE ? 1 : KEY_SLICE_ROWS;
}

static enum status create_slice(struct pull *pull, struct batch **out, struct diag *diag)
{
    const struct plan_step *step = pull->query->plan->materialized;
    const size_t capacity = slice_capacity(pull);
    arena_reset(&pull->slice_arena);
    TRY(batch_create(&pull->slice_arena, step->schema.column_count, capacity, out, diag));
    for (uint32_t i = 0; i < step->schema.column_count; i++) {
        TRY(column_init(&(*out)->columns[i], &pull->slice_arena, step->schema.columns[i].type,
                        capacity, diag));
    }
    return step->window.kind == WINDOW_NONE ? STATUS_OK : batch_add_windows(*out, diag);
}

static enum status fill_slice(struct cursor *cursor, struct pull *pull, struct diag *diag)
{
    struct reader *reader = NULL;
    struct batch *batch = NULL;
    TRY(create_slice(pull, &batch, diag));
    TRY(reader_open(cursor->engine->database, SNAPSHOT_TIMEOUT_MS, &reader, diag));
    bool is_last = false;
    enum status status = read_slice(pull, reader, batch, &is_last, diag);
    reader_close(reader);
    if (status == STATUS_OK && batch->row_count > 0) {
        status = pull->first->vtable->push(pull->first, &pull->context, 0, batch, diag);
    }
    if (is_last) {
        cursor_end(cursor, "");
    }
    return status;
}

static enum status fill_table(struct cursor *cursor, struct diag *diag)
{
    struct pull *pull = cursor->source;
    while (!cursor->first && !cursor->is_end) {
        TRY(fill_slice(cursor, pull, diag));
    }
    return STATUS_OK;
}

static enum status fill_stream(struct cursor *cursor, struct diag *diag)
{
    struct pull *pull = cursor->source;
    struct scratch_pool *pool = &cursor->engine->scratches;
    struct task_scratch *scratch = NULL;
    enum status status = scratch_pool_lend(pool, &pull->task, &scratch, diag);
    while (status == STATUS_OK && !cursor->first && !cursor->is_end) {
        size_t count = 0;
        status = task_step(&pull->task, SLICE_ROWS, &count, diag);
        if (status == STATUS_OK && count == 0) {
            cursor_end(cursor, "Query Completed");
        }
    }
    scratch_pool_give_back(pool, &pull->task, scratch);
    return status;
}

static enum status fill(struct cursor *cursor, struct diag *diag)
{
    const struct pull *pull = cursor->source;
    return pull->plan.is_stream_scan ? fill_stream(cursor, diag) : fill_table(cursor, diag);
}

/* --- Opening ------------------------------------------------------------------------------ */

static void release(struct cursor *cursor)
{
    struct pull *pull = cursor->source;
    if (pull->has_task) {
        task_release(&pull->task);
    }
    built_query_release(&pull->above);
    evaluation_release(&pull->evaluation);
    query_unref(pull->query);
    buffer_release(&pull->resume);
    buffer_release(&pull->key);
    buffer_release(&pull->value);
    arena_release(&pull->slice_arena);
    arena_release(&pull->arena);
    memory_free(pull);
}

static bool is_brief(const struct cursor *cursor)
{
    const struct pull *pull = cursor->source;
    return pull->plan.key_count > 0 && pull->plan.key_count <= BRIEF_KEY_COUNT_MAX;
}

static const struct cursor_vtable pull_vtable = {
    .kind = CURSOR_PULL, .fill = fill, .is_brief = is_brief, .release = release};

static void ignore_log(void *log_context, const struct log_entry *entry)
{
    (void)log_context;
    (void)entry;
}

static enum status open_table(struct execution *execution, struct pull *pull)
{
    struct query *query =
        engine_find_query(execution->engine, pull->plan.source->query_id);
    if (!query || !query->has_task || !query->task.built.materialized) {
        return diag_fail(execution->diag, STATUS_MISSING, execution->statement->pos,
                         "The query that materializes `%.*s` is not running.",
                         TEXT_ARGS(pull->plan.source->name));
    }
    pull->query = query_ref(query);
    return build_above(query->plan, pull->client, &pull->above, &pull->first, execution->diag);
}

/* A plan of the stream's source step alone, which yields input_schema. */
static enum status open_stream(struct execution *execution, struct pull *pull)
{
    struct engine *engine = execution->engine;
    pull->stream_step = (struct plan_step){
        .kind = PLAN_SOURCE,
        .name = "Source",
        .schema = pull->plan.input_schema,
        .pseudo = pull->plan.pseudo,
        .pseudo_count = pull->plan.pseudo_count,
        .source = {.source = pull->plan.source, .alias = pull->plan.source->name},
    };
    pull->stream_sources[0] = &pull->stream_step;
    pull->stream_plan = (struct plan){.root = &pull->stream_step,
                                      .step_count = 1,
                                      .sources = pull->stream_sources,
                                      .source_count = 1,
                                      .nested_errors_are_null = true};
    const struct task_options options = {
        .topics = engine->topics,
        .plan = &pull->stream_plan,
        .build = {.topics = engine->topics, .schemas = &engine->schemas, .client = pull->client},
        .batch_rows = SLICE_ROWS,
        .committed_only = true,
        .now_ms = engine->options.now_ms,
        .clock = engine->options.clock,
        .log = ignore_log,
    };
    TRY(task_init(&pull->task, &options, execution->diag));
    pull->has_task = true;
    task_seek_all(&pull->task, false);
    (void)task_begin_round(&pull->task); /* the end is where it is now */
    return STATUS_OK;
}

static enum status open_plan(struct execution *execution, struct cursor *cursor,
                             struct pull *pull)
{
    const struct planner planner = execution_planner(execution, &pull->arena);
    TRY(plan_pull(&planner, execution->statement->query, &pull->plan));
    cursor->schema = pull->plan.schema;
    cursor->is_table = pull->plan.source->is_table;
    if (pull->plan.has_limit) {
        cursor_set_limit(cursor, pull->plan.limit);
    }
    TRY(evaluation_init(&pull->evaluation, execution->engine, &pull->slice_arena,
                        execution->diag));
    pull->context = (struct op_context){.batch_arena = &pull->slice_arena,
                                        .expr = &pull->evaluation.context,
                                        .counters = &pull->counters,
                                        .log = ignore_log,
                                        .cache_is_off = true};
    const struct collector_options collector = {
        .receive = pull->plan.is_stream_scan ? receive_stream : receive_table,
        .receiver = cursor};
    TRY(collector_create(&pull->arena, &collector, &pull->client, execution->diag));
    return pull->plan.is_stream_scan ? open_stream(execution, pull) : open_table(execution, pull);
}

enum status pull_open(struct execution *execution, struct cursor **out)
{
    struct cursor *cursor = NULL;
    TRY(cursor_create(execution->engine, &pull_vtable, &cursor, execution->diag));
    struct pull *pull = memory_zalloc(sizeof(*pull));
    if (!pull) {
        cursor_close(cursor);
        return diag_no_memory(execution->diag);
    }
    arena_init(&pull->arena);
    arena_init(&pull->slice_arena);
    cursor->script = script_ref(execution->script);
    cursor->source = pull;
    const enum status status = open_plan(execution, cursor, pull);
    if (status != STATUS_OK) {
        cursor_close(cursor);
        return status;
    }
    *out = cursor;
    return STATUS_OK;
}
