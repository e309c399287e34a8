/* task.c
 *
 * The merge looks at the heads of all inputs, picks the smallest, and takes from it the longest
 * run that stays below the second smallest, so that a source with one partition, or partitions
 * whose times do not interleave, is pushed in whole segments. Nothing is copied: runs point into
 * the shared segments, which the task holds until they are used up. Where partitions of one
 * source do interleave, the heads of records (not their bytes) are gathered into batches, so that
 * decoding stays batch-wise.
 *
 * A round fixes how far each input may go. Queries upstream run their round to its end before
 * those downstream start theirs, so within a round a join sees everything that had been derived
 * for it.
 */
#include "engine/task.h"

#include <assert.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "base/time_zone.h"
#include "engine/evaluation.h"
#include "functions/regex.h"
#include "operators/source.h"

/* Runs at least so long are pushed as they lie. */
enum { GATHER_RUN_MAX = 64 };

static void report_expression_error(void *context, size_t row, const struct expr *expr,
                                    const char *message)
{
    (void)row;
    struct task *task = context;
    const struct log_entry entry = {
        .kind = LOG_RECORD_PROCESSING,
        .step = "expression",
        .message = message,
    };
    (void)expr;
    task->context.log(task->context.log_context, &entry);
}

/* The inputs of source number index: one per partition of its topic. */
static enum status open_source(struct task *task, const struct plan *plan, uint32_t index,
                               struct diag *diag)
{
    const struct text name = plan->sources[index]->source.source->topic;
    struct topic *topic = topics_find(task->topics, name);
    if (!topic) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "Kafka topic does not exist: %.*s",
                         TEXT_ARGS(name));
    }
    const size_t count = task->input_count + topic_partition_count(topic);
    struct task_input *inputs = memory_resize(task->inputs, count * sizeof(*inputs));
    if (!inputs) {
        topic_unref(topic);
        return diag_no_memory(diag);
    }
    task->inputs = inputs;
    for (uint32_t partition = 0; task->input_count < count; partition++) {
        inputs[task->input_count++] = (struct task_input){
            .source = task->built.sources[index],
            .source_index = index,
            .topic = topic_ref(topic),
            .partition = partition,
            .stored_offset = -1,
        };
    }
    topic_unref(topic);
    return STATUS_OK;
}

static enum status open_inputs(struct task *task, const struct plan *plan, struct diag *diag)
{
    for (uint32_t i = 0; i < plan->source_count; i++) {
        TRY(open_source(task, plan, i, diag));
    }
    return STATUS_OK;
}

static enum status create_caches(struct task *task, struct diag *diag)
{
    TRY(time_zone_cache_create(&task->zones, diag));
    return regex_cache_create(&task->regexes, diag);
}

void task_scratch_init(struct task_scratch *scratch)
{
    *scratch = (struct task_scratch){.gather = NULL};
    arena_init(&scratch->batch_arena);
}

void task_scratch_release(struct task_scratch *scratch)
{
    if (scratch->gather) {
        memory_free(scratch->gather->segments);
        memory_free(scratch->gather);
    }
    arena_release(&scratch->batch_arena);
    scratch->gather = NULL;
}

void task_borrow_scratch(struct task *task, struct task_scratch *scratch)
{
    task->scratch = scratch;
    task->context.batch_arena = scratch ? &scratch->batch_arena : NULL;
    task->context.expr = scratch ? &scratch->expr : NULL;
    if (scratch) { /* values of lambdas need no clearing: they are set before they are read */
        scratch->expr.arena = &scratch->batch_arena;
        scratch->expr.errors = &task->expr_errors;
        scratch->expr.nested_errors_are_null = task->nested_errors_are_null;
        scratch->expr.now_ms = task->now_ms;
        scratch->expr.random = evaluation_random;
        scratch->expr.clock = task->clock;
        scratch->expr.zones = task->zones;
        scratch->expr.regexes = task->regexes;
    }
}

static void init_contexts(struct task *task, const struct task_options *options)
{
    task->expr_errors =
        (struct expr_errors){.report = report_expression_error, .context = task};
    task->nested_errors_are_null = options->plan->nested_errors_are_null;
    task->now_ms = options->now_ms;
    task->clock = options->clock;
    task->context = (struct op_context){
        .counters = &task->counters,
        .log = options->log,
        .log_context = options->log_context,
        .stream_time_ms = INT64_MIN,
        .cache_is_off = options->cache_is_off,
    };
}

enum status task_init(struct task *task, const struct task_options *options, struct diag *diag)
{
    *task = (struct task){
        .topics = options->topics,
        .batch_rows = options->batch_rows && options->batch_rows < BATCH_ROWS_MAX
                          ? options->batch_rows
                          : BATCH_ROWS_MAX,
        .merge_by_arrival = options->merge_by_arrival,
        .committed_only = options->committed_only,
    };
    init_contexts(task, options);
    enum status status = create_caches(task, diag);
    if (status == STATUS_OK) {
        status = build_query(options->plan, &options->build, &task->built, diag);
    }
    if (status == STATUS_OK) {
        status = open_inputs(task, options->plan, diag);
    }
    if (status != STATUS_OK) {
        task_release(task);
    }
    return status;
}

void task_release(struct task *task)
{
    for (size_t i = 0; i < task->input_count; i++) {
        segment_unref(task->inputs[i].segment);
        topic_unref(task->inputs[i].topic);
    }
    memory_free(task->inputs);
    built_query_release(&task->built);
    time_zone_cache_destroy(task->zones);
    regex_cache_destroy(task->regexes);
    *task = (struct task){0};
}

static int64_t readable_end(const struct task *task, const struct task_input *input)
{
    const struct topic_range range = topics_range(task->topics, input->topic, input->partition);
    return task->committed_only ? range.durable_offset : range.end_offset;
}

void task_seek_all(struct task *task, bool to_end)
{
    for (size_t i = 0; i < task->input_count; i++) {
        struct task_input *input = &task->inputs[i];
        const struct topic_range range =
            topics_range(task->topics, input->topic, input->partition);
        input->next_offset = to_end ? readable_end(task, input) : range.start_offset;
    }
}

bool task_begin_round(struct task *task)
{
    bool has_work = false;
    for (size_t i = 0; i < task->input_count; i++) {
        struct task_input *input = &task->inputs[i];
        input->limit_offset = readable_end(task, input);
        has_work = has_work || input->limit_offset > input->next_offset;
    }
    return has_work;
}

bool task_round_is_over(const struct task *task)
{
    bool is_over = true;
    for (size_t i = 0; i < task->input_count; i++) {
        is_over = is_over && task->inputs[i].next_offset >= task->inputs[i].limit_offset;
    }
    return is_over;
}

void task_attend(const struct task *task)
{
    for (size_t i = 0; i < task->built.source_count; i++) {
        source_attend(task->built.sources[i]);
    }
}

bool task_is_busy(const struct task *task)
{
    bool is_busy = false;
    for (size_t i = 0; i < task->built.source_count; i++) {
        is_busy = is_busy || source_is_busy(task->built.sources[i]);
    }
    return is_busy;
}

uint64_t task_lag(const struct task *task)
{
    uint64_t lag = 0;
    for (size_t i = 0; i < task->input_count; i++) {
        const int64_t end = readable_end(task, &task->inputs[i]);
        lag +=
            end > task->inputs[i].next_offset ? (uint64_t)(end - task->inputs[i].next_offset) : 0;
    }
    return lag;
}

/* Makes sure that the input holds the segment of its next record, if there is one this round. */
static enum status fetch(struct task *task, struct task_input *input, struct diag *diag)
{
    if (input->segment && input->index < input->segment->record_count) {
        return STATUS_OK;
    }
    segment_unref(input->segment);
    input->segment = NULL;
    if (input->next_offset >= input->limit_offset) {
        return STATUS_OK;
    }
    struct segment *segment = NULL;
    TRY(topics_read(task->topics, input->topic, input->partition, input->next_offset,
                    task->committed_only, &segment, diag));
    if (!segment) {
        return STATUS_OK;
    }
    if (segment->base_offset > input->next_offset) { /* retention deleted what was next */
        input->next_offset = segment->base_offset;
    }
    input->segment = segment;
    input->index = (uint32_t)(input->next_offset - segment->base_offset);
    return STATUS_OK;
}

static bool has_record(const struct task_input *input)
{
    return input->segment && input->next_offset < input->limit_offset;
}

/* What the merge compares; ties are broken by the inputs' order, which is source, partition. */
static int64_t merge_key(const struct task *task, const struct task_input *input, uint32_t index)
{
    return task->merge_by_arrival ? (int64_t)input->segment->arrival
                                  : input->segment->records[index].time_ms;
}

struct choice {
    struct task_input *first;
    struct task_input *second; /* the next one in order, or NULL */
};

static enum status choose(struct task *task, struct choice *out, struct diag *diag)
{
    *out = (struct choice){0};
    int64_t first_key = 0;
    int64_t second_key = 0;
    for (size_t i = 0; i < task->input_count; i++) {
        struct task_input *input = &task->inputs[i];
        TRY(fetch(task, input, diag));
        if (!has_record(input)) {
            continue;
        }
        const int64_t key = merge_key(task, input, input->index);
        if (!out->first || key < first_key) {
            out->second = out->first;
            second_key = first_key;
            out->first = input;
            first_key = key;
        } else if (!out->second || key < second_key) {
            out->second = input;
            second_key = key;
        }
    }
    return STATUS_OK;
}

/* How many records of first come before the head of second. */
static size_t run_length(const struct task *task, const struct choice *choice, size_t limit)
{
    const struct task_input *first = choice->first;
    const size_t held = first->segment->record_count - first->index;
    const size_t allowed = (size_t)(first->limit_offset - first->next_offset);
    size_t most = held < allowed ? held : allowed;
    most = most < limit ? most : limit;
    if (!choice->second) {
        return most;
    }
    const int64_t bound = merge_key(task, choice->second, choice->second->index);
    const bool wins_ties = first < choice->second;
    size_t count = 1;
    while (count < most) {
        const int64_t key = merge_key(task, first, first->index + (uint32_t)count);
        if (key > bound || (key == bound && !wins_ties)) {
            break;
        }
        count++;
    }
    return count;
}

static enum status push(struct task *task, struct operator *source, const struct source_run *run,
                        struct diag *diag)
{
    arena_reset(&task->scratch->batch_arena);
    return source_push(source, &task->context, run, diag);
}

static enum status push_gathered(struct task *task, struct diag *diag)
{
    struct task_gather *gather = task->scratch->gather;
    if (!gather || gather->count == 0) {
        return STATUS_OK;
    }
    struct source_run run = {.records = gather->records,
                             .count = gather->count,
                             .origins = gather->origins,
                             .segments = gather->segments};
    for (size_t i = 0; i < task->input_count; i++) {
        const struct task_input *input = &task->inputs[i];
        if (input->source == gather->source && input->segment) {
            gather->segments[run.segment_count++] = input->segment;
        }
    }
    gather->count = 0;
    return push(task, gather->source, &run, diag);
}

/* A gather with room for a segment of each input. */
static enum status prepare_gather(struct task *task, struct diag *diag)
{
    struct task_gather *gather = task->scratch->gather;
    gather = gather ? gather : memory_zalloc(sizeof(*gather));
    task->scratch->gather = gather;
    if (!gather) {
        return diag_no_memory(diag);
    }
    if (gather->segment_capacity < task->input_count) {
        struct segment **segments =
            memory_resize(gather->segments, task->input_count * sizeof(struct segment *));
        if (!segments) {
            return diag_no_memory(diag);
        }
        gather->segments = segments;
        gather->segment_capacity = task->input_count;
    }
    return STATUS_OK;
}

static enum status gather_run(struct task *task, const struct task_input *input, size_t count,
                              struct diag *diag)
{
    TRY(prepare_gather(task, diag));
    struct task_gather *gather = task->scratch->gather;
    if (gather->source != input->source || gather->count + count > task->batch_rows) {
        TRY(push_gathered(task, diag));
    }
    gather->source = input->source;
    for (size_t i = 0; i < count; i++) {
        gather->records[gather->count] = input->segment->records[input->index + i];
        gather->origins[gather->count++] =
            (struct row_origin){input->partition, input->next_offset + (int64_t)i};
    }
    return STATUS_OK;
}

/* Takes count records from the head of input. Gathered records point into their segments, so
 * they are pushed before one of those goes. */
static enum status take_run(struct task *task, struct task_input *input, size_t count,
                            bool is_interleaved, struct diag *diag)
{
    if (is_interleaved && count < GATHER_RUN_MAX) {
        TRY(gather_run(task, input, count, diag));
    } else {
        const struct source_run run = {
            .records = input->segment->records + input->index,
            .count = count,
            .partition = input->partition,
            .base_offset = input->next_offset,
            .segments = &input->segment,
            .segment_count = 1,
        };
        TRY(push_gathered(task, diag));
        TRY(push(task, input->source, &run, diag));
    }
    input->index += (uint32_t)count;
    input->next_offset += (int64_t)count;
    return input->index == input->segment->record_count ? push_gathered(task, diag) : STATUS_OK;
}

enum status task_step(struct task *task, size_t row_count_max, size_t *out_count,
                      struct diag *diag)
{
    size_t done = 0;
    assert(task->scratch);
    while (done < row_count_max) {
        struct choice choice;
        TRY(choose(task, &choice, diag));
        if (!choice.first) {
            break;
        }
        const size_t left = row_count_max - done;
        const size_t count =
            run_length(task, &choice, left < task->batch_rows ? left : task->batch_rows);
        TRY(take_run(task, choice.first, count, choice.second != NULL, diag));
        done += count;
    }
    *out_count = done;
    return push_gathered(task, diag);
}

enum status task_flush(struct task *task, struct diag *diag)
{
    for (size_t i = 0; i < task->built.operator_count; i++) {
        struct operator *op = task->built.operators[i].op;
        if (op->vtable->flush) {
            arena_reset(&task->scratch->batch_arena);
            TRY(op->vtable->flush(op, &task->context, diag));
        }
    }
    return STATUS_OK;
}
