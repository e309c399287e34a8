/* statement_assert_values.c
 *
 * ASSERT VALUES and ASSERT NULL VALUES of SQL test files: the next record of a source's topic is
 * the one described. A session keeps for each topic how many records it has looked at. Records are
 * read by a source operator, as queries read them, from the beginning each time: topics of tests
 * are short. Only the columns that the statement names are compared. Source: ksqlDB's
 * AssertExecutor.
 */
#include "base/buffer.h"
#include "base/memory.h"
#include "engine/execution.h"
#include "engine/task.h"
#include "formats/json_value.h"
#include "operators/collector.h"

enum { ROWS_AT_ONCE = 256 };

struct asserted {
    struct asserted *next;
    char *topic;
    uint64_t count; /* of its records that assertions have used up */
};

void asserted_release(struct session *session)
{
    while (session->asserted) {
        struct asserted *first = session->asserted;
        session->asserted = first->next;
        memory_free(first->topic);
        memory_free(first);
    }
}

static enum status find_asserted(struct session *session, struct text topic, struct asserted **out,
                                 struct diag *diag)
{
    for (struct asserted *entry = session->asserted; entry; entry = entry->next) {
        if (text_equal(text_of(entry->topic), topic)) {
            *out = entry;
            return STATUS_OK;
        }
    }
    struct asserted *entry = memory_zalloc(sizeof(*entry));
    char *copy = memory_zalloc(topic.bytes + 1);
    if (!entry || !copy) {
        memory_free(entry);
        memory_free(copy);
        return diag_no_memory(diag);
    }
    memcpy(copy, topic.data, topic.bytes);
    *entry = (struct asserted){.next = session->asserted, .topic = copy};
    session->asserted = entry;
    *out = entry;
    return STATUS_OK;
}

/* --- The record ------------------------------------------------------------------------------- */

struct look {
    const struct insert_plan *expected;
    bool is_delete;     /* the record must have no value */
    uint64_t left;      /* records to pass over */
    bool was_found;
    bool is_same;
    struct buffer text; /* of the record that was found */
};

static bool is_same(const struct look *look, const struct batch *batch, size_t row)
{
    const struct insert_plan *expected = look->expected;
    const struct schema *schema = &expected->source->schema;
    if (((batch->flags[row] & ROW_DELETE) != 0) != look->is_delete ||
        (expected->has_time && expected->time_ms != batch->time_ms[row])) {
        return false;
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct value value = column_get(&batch->columns[i], row);
        if (expected->is_given[i] &&
            !value_equal(schema->columns[i].type, &expected->values[i], &value)) {
            return false;
        }
    }
    return true;
}

/* "ROWTIME=1, ID=2, V=null" */
static void print_row(const struct schema *schema, const struct batch *batch, size_t row,
                      struct buffer *out)
{
    buffer_printf(out, "ROWTIME=%lld", (long long)batch->time_ms[row]);
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct value value = column_get(&batch->columns[i], row);
        buffer_printf(out, ", %.*s=", TEXT_ARGS(schema->columns[i].name));
        json_write_value(out, schema->columns[i].type, &value, JSON_DISPLAY);
    }
    buffer_append_string(out, batch->flags[row] & ROW_DELETE ? " (without a value)" : "");
}

static enum status receive(void *receiver, struct op_context *context, struct batch *batch,
                           struct diag *diag)
{
    struct look *look = receiver;
    (void)context;
    for (size_t row = 0; row < batch->row_count && !look->was_found; row++) {
        if (look->left > 0) {
            look->left--;
            continue;
        }
        look->was_found = true;
        look->is_same = is_same(look, batch, row);
        print_row(&look->expected->source->schema, batch, row, &look->text);
    }
    return buffer_status(&look->text, diag);
}

/* Nobody reads why a record cannot be decoded; it is not there. */
static void ignore_log(void *log_context, const struct log_entry *entry)
{
    (void)log_context;
    (void)entry;
}

static enum status run_task(const struct execution *execution, const struct plan *plan,
                            struct operator *client)
{
    struct engine *engine = execution->engine;
    const struct task_options options = {.topics = engine->topics,
                                         .plan = plan,
                                         .build = {.topics = engine->topics,
                                                   .schemas = &engine->schemas,
                                                   .client = client},
                                         .batch_rows = ROWS_AT_ONCE,
                                         .merge_by_arrival = true,
                                         .committed_only = true,
                                         .now_ms = engine->options.now_ms,
                                         .clock = engine->options.clock,
                                         .log = ignore_log};
    struct task task;
    size_t count = 1;
    TRY(task_init(&task, &options, execution->diag));
    task_seek_all(&task, false);
    (void)task_begin_round(&task);
    struct task_scratch *scratch = NULL;
    enum status status =
        scratch_pool_lend(&engine->scratches, &task, &scratch, execution->diag);
    while (status == STATUS_OK && count > 0) {
        status = task_step(&task, ROWS_AT_ONCE, &count, execution->diag);
    }
    scratch_pool_give_back(&engine->scratches, &task, scratch);
    task_release(&task);
    return status;
}

static enum status look_at_record(const struct execution *execution, struct look *look)
{
    const struct source *source = look->expected->source;
    const struct plan_step step = {.kind = PLAN_SOURCE,
                                   .name = "Source",
                                   .schema = source->schema,
                                   .is_table = source->is_table,
                                   .window = source->window,
                                   .source = {.source = source, .alias = source->name}};
    const struct plan_step *sources[] = {&step};
    const struct plan plan = {
        .root = &step, .step_count = 1, .sources = sources, .source_count = 1};
    const struct collector_options collector = {.receive = receive, .receiver = look};
    struct operator *client = NULL;
    TRY(collector_create(execution->arena, &collector, &client, execution->diag));
    return run_task(execution, &plan, client);
}

/* --- The statement ---------------------------------------------------------------------------- */

static enum status judge(const struct execution *execution, const struct look *look)
{
    const struct statement *statement = execution->statement;
    if (!look->was_found) {
        return diag_fail(execution->diag, STATUS_MISSING, statement->pos,
                         "Expected another record, but all records have already been read");
    }
    if (look->is_same) {
        return STATUS_OK;
    }
    return diag_fail(execution->diag, STATUS_CONFLICT, statement->pos,
                     "Expected record does not match actual. Expected: %.*s Actual: %.*s",
                     TEXT_ARGS(statement->text), TEXT_ARGS(buffer_text(&look->text)));
}

enum status statement_assert_values(struct execution *execution)
{
    const struct planner planner = execution_planner(execution, execution->arena);
    struct insert_plan expected;
    struct asserted *asserted = NULL;
    TRY(plan_assert_values(&planner, &execution->statement->values,
                           &execution->evaluation->context, &expected));
    TRY(find_asserted(execution->session, expected.source->topic, &asserted, execution->diag));
    struct look look = {.expected = &expected,
                        .is_delete = execution->statement->kind == STATEMENT_ASSERT_NULL_VALUES,
                        .left = asserted->count};
    buffer_init(&look.text);
    enum status status = look_at_record(execution, &look);
    if (status == STATUS_OK) {
        asserted->count += look.was_found;
        status = judge(execution, &look);
    }
    buffer_release(&look.text);
    return status;
}
