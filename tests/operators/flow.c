/* flow.c
 *
 * The smallest task: one context, one collector, rows from text. */
#include "tests/operators/flow.h"

#include <stdlib.h>

#include "base/number_text.h"
#include "functions/registry.h"
#include "operators/collector.h"
#include "operators/rows.h"

enum { LINE_MAX = 256 };

static void log_entry(void *log_context, const struct log_entry *entry)
{
    struct flow *flow = log_context;
    buffer_printf(&flow->log, "%s: %s\n", entry->step, entry->message);
}

/* --- rows to text --------------------------------------------------------------------------- */

static void print_value(struct buffer *out, const struct column *column, size_t row)
{
    if (!column->is_present || column_is_null(column, row)) {
        buffer_append_byte(out, '-');
    } else if (type_layout(column->type) == LAYOUT_INT64) {
        buffer_printf(out, "%lld", (long long)column->int64[row]);
    } else if (type_layout(column->type) == LAYOUT_INT32) {
        buffer_printf(out, "%d", column->int32[row]);
    } else if (type_layout(column->type) == LAYOUT_TEXT) {
        buffer_append_text(out, column->text[row]);
    } else {
        const struct value value = column_get(column, row);
        for (uint32_t i = 0; i < value.list->count; i++) { /* arrays of BIGINT */
            buffer_printf(out, "%s%lld", i ? "+" : "", (long long)value.list->items[i].int64);
        }
    }
}

static void print_columns(struct buffer *out, const struct batch *batch, size_t row)
{
    for (uint32_t i = 0; i < batch->column_count; i++) {
        buffer_append_string(out, i ? "," : "");
        print_value(out, &batch->columns[i], row);
    }
}

static enum status receive(void *receiver, struct op_context *context, struct batch *batch,
                           struct diag *diag)
{
    struct flow *flow = receiver;
    struct buffer *out = &flow->out;
    (void)context;
    for (size_t row = 0; row < batch->row_count; row++) {
        buffer_append_string(out, out->bytes ? " " : "");
        print_columns(out, batch, row);
        buffer_printf(out, "@%lld", (long long)batch->time_ms[row]);
        if (batch->window_start_ms) {
            buffer_printf(out, "[%lld;%lld]", (long long)batch->window_start_ms[row],
                          (long long)batch->window_end_ms[row]);
        }
        if (batch->flags[row] & ROW_DELETE) {
            buffer_append_byte(out, '!');
        }
        if (batch->flags[row] & ROW_HAS_OLD) {
            buffer_append_byte(out, '<');
            print_columns(out, batch->old, row);
            buffer_append_byte(out, '>');
        }
    }
    return buffer_status(out, diag);
}

/* --- text to rows --------------------------------------------------------------------------- */

static struct value read_value(struct flow *flow, const struct type *type, const char *text)
{
    if (strcmp(text, "-") == 0) {
        return VALUE_NULL;
    }
    if (type_layout(type) == LAYOUT_INT64) {
        return value_int64(atoll(text));
    }
    return value_text(arena_text(&flow->batch_arena, text_of(text)));
}

static void read_marks(struct batch *batch, size_t row, char *marks)
{
    char *window = strchr(marks, '[');
    batch->time_ms[row] = atoll(marks);
    if (window) {
        char *end = NULL;
        batch->window_start_ms[row] = strtoll(window + 1, &end, 10);
        batch->window_end_ms[row] = strtoll(end + 1, &end, 10);
    }
    if (strchr(marks, '!')) {
        batch->flags[row] |= ROW_DELETE;
    }
}

static void read_row(struct flow *flow, struct batch *batch, size_t row, char *line)
{
    char *marks = strchr(line, '@');
    char *column_end = NULL;
    assert_non_null(marks);
    *marks++ = '\0';
    uint32_t i = 0;
    for (char *column = strtok_r(line, ",", &column_end); column;
         column = strtok_r(NULL, ",", &column_end)) {
        assert_true(i < batch->column_count);
        column_set(&batch->columns[i], row, read_value(flow, batch->columns[i].type, column));
        i++;
    }
    assert_int_equal(i, batch->column_count);
    read_marks(batch, row, marks);
}

static struct batch *begin_batch(struct flow *flow, const struct schema *schema, bool has_windows)
{
    struct batch *batch = NULL;
    arena_reset(&flow->batch_arena);
    assert_ok(
        rows_create(&flow->batch_arena, schema, flow->batch_rows, has_windows, &batch, &flow->diag),
        &flow->diag);
    if (flow->has_origin) {
        batch->origin = arena_zalloc(&flow->batch_arena, flow->batch_rows * sizeof(*batch->origin));
        assert_non_null(batch->origin);
    }
    return batch;
}

static void push_batch(struct flow *flow, struct operator* op, uint32_t input, struct batch *batch)
{
    if (batch->row_count > 0) {
        assert_ok(op->vtable->push(op, &flow->context, input, batch, &flow->diag), &flow->diag);
    }
}

void flow_push(struct flow *flow, struct operator* op, uint32_t input, const struct schema *schema,
               const char *rows)
{
    const bool has_windows = strchr(rows, '[') != NULL;
    char *copy = strdup(rows);
    char *row_end = NULL;
    struct batch *batch = begin_batch(flow, schema, has_windows);
    for (char *row = strtok_r(copy, " ", &row_end); row; row = strtok_r(NULL, " ", &row_end)) {
        if (batch->row_count == flow->batch_rows) {
            push_batch(flow, op, input, batch);
            batch = begin_batch(flow, schema, has_windows);
        }
        read_row(flow, batch, batch->row_count++, row);
    }
    push_batch(flow, op, input, batch);
    free(copy);
}

struct batch *flow_batch(struct flow *flow, const struct schema *schema, const char *rows)
{
    struct batch *batch = begin_batch(flow, schema, false);
    char *copy = strdup(rows);
    char *row_end = NULL;
    for (char *row = strtok_r(copy, " ", &row_end); row; row = strtok_r(NULL, " ", &row_end)) {
        read_row(flow, batch, batch->row_count++, row);
    }
    free(copy);
    return batch;
}

void flow_flush(struct flow *flow, struct operator* op)
{
    assert_ok(op_flush(op, &flow->context, &flow->diag), &flow->diag);
}

void flow_expect_at(struct flow *flow, const char *expected, const char *file, int line)
{
    buffer_append_byte(&flow->out, '\0');
    assert_false(flow->out.has_failed);
    if (strcmp(flow->out.data, expected) != 0) {
        print_error("batch size %zu, cache %s\n  expected %s\n  got      %s\n", flow->batch_rows,
                    flow->context.cache_is_off ? "off" : "on", expected, flow->out.data);
        _fail(file, line);
    }
    buffer_reset(&flow->out);
}

/* --- life ----------------------------------------------------------------------------------- */

struct flow *flow_create(size_t batch_rows, bool cache_is_off)
{
    struct flow *flow = calloc(1, sizeof(*flow));
    assert_non_null(flow);
    arena_init(&flow->arena);
    arena_init(&flow->batch_arena);
    buffer_init(&flow->out);
    buffer_init(&flow->log);
    flow->batch_rows = batch_rows;
    flow->has_origin = true;
    flow->build = (struct expr_build){
        .arena = &flow->arena, .registry = function_registry_builtin(), .diag = &flow->diag};
    flow->expr = (struct expr_context){.arena = &flow->batch_arena};
    flow->context = (struct op_context){.batch_arena = &flow->batch_arena,
                                        .expr = &flow->expr,
                                        .counters = &flow->counters,
                                        .log = log_entry,
                                        .log_context = flow,
                                        .stream_time_ms = INT64_MIN,
                                        .cache_is_off = cache_is_off};
    const struct collector_options options = {.receive = receive, .receiver = flow};
    assert_ok(collector_create(&flow->arena, &options, &flow->collector, &flow->diag), &flow->diag);
    return flow;
}

void flow_destroy(struct flow *flow)
{
    committer_close(flow->committer);
    database_close(flow->database);
    buffer_release(&flow->out);
    buffer_release(&flow->log);
    arena_release(&flow->batch_arena);
    arena_release(&flow->arena);
    free(flow);
}

struct op_place flow_place(struct flow *flow, const char *step)
{
    return (struct op_place){.downstream = flow->collector, .step = step};
}

/* --- schemas and expressions ---------------------------------------------------------------- */

const struct schema *flow_schema(struct flow *flow, const char *columns)
{
    char line[LINE_MAX];
    char *end = NULL;
    struct schema *schema = ARENA_NEW(&flow->arena, struct schema);
    struct schema_column *list = arena_zalloc(&flow->arena, 16 * sizeof(*list));
    assert_non_null(schema);
    assert_non_null(list);
    (void)snprintf(line, sizeof(line), "%s", columns);
    for (char *column = strtok_r(line, ",", &end); column; column = strtok_r(NULL, ",", &end)) {
        char name[32];
        char type[32];
        char key[32] = "";
        assert_true(sscanf(column, " %31s %31s %31s", name, type, key) >= 2);
        list[schema->column_count++] = (struct schema_column){
            .name = arena_text(&flow->arena, text_of(name)),
            .type = type_of(strcmp(type, "BIGINT") == 0 ? TYPE_BIGINT : TYPE_STRING),
            .role = strcmp(key, "KEY") == 0 ? COLUMN_KEY : COLUMN_VALUE};
    }
    schema->columns = list;
    return schema;
}

const struct expr *flow_column(struct flow *flow, const struct schema *schema, const char *name)
{
    const int index = schema_find(schema, text_of(name));
    const struct expr *expr = NULL;
    assert_true(index >= 0);
    flow->build.text = text_of(name);
    assert_ok(expr_column(&flow->build, (uint32_t)index, schema->columns[index].type, &expr),
              &flow->diag);
    return expr;
}

const struct expr *flow_bigint(struct flow *flow, int64_t value)
{
    const struct expr *expr = NULL;
    flow->build.text = TEXT("literal");
    assert_ok(expr_literal(&flow->build, type_of(TYPE_BIGINT), value_int64(value), &expr),
              &flow->diag);
    return expr;
}

const struct expr *flow_compare(struct flow *flow, enum expr_op op, const struct expr *left,
                                const struct expr *right)
{
    const struct expr *expr = NULL;
    flow->build.text = TEXT("(comparison)");
    assert_ok(expr_compare(&flow->build, op, left, right, &expr), &flow->diag);
    return expr;
}

const struct expr *flow_divide(struct flow *flow, const struct expr *left, const struct expr *right)
{
    const struct expr *expr = NULL;
    flow->build.text = TEXT("(quotient)");
    assert_ok(expr_arithmetic(&flow->build, OP_DIVIDE, left, right, &expr), &flow->diag);
    return expr;
}

struct aggregate flow_aggregate(struct flow *flow, const char *name, const struct type *type)
{
    struct aggregate aggregate;
    const struct value *literals[1] = {NULL};
    const struct text argument_text = TEXT("argument");
    assert_ok(aggregate_resolve(flow->build.registry, NULL, text_of(name), &type, literals,
                                &argument_text, 1, &flow->arena, &aggregate, &flow->diag),
              &flow->diag);
    return aggregate;
}

/* --- the file ------------------------------------------------------------------------------- */

void flow_open_file(struct flow *flow)
{
    const struct database_options options = {.dir = NULL};
    const struct committer_options committer_options = {0};
    assert_ok(database_open(&options, &flow->database, &flow->diag), &flow->diag);
    assert_ok(committer_open(flow->database, &committer_options, &flow->committer, &flow->diag),
              &flow->diag);
}

void flow_commit(struct flow *flow, struct operator* op)
{
    struct commit *commit = NULL;
    flow_flush(flow, op);
    assert_ok(commit_create(&commit, &flow->diag), &flow->diag);
    assert_ok(op_collect(op, &flow->context, commit, &flow->diag), &flow->diag);
    assert_ok(committer_submit(flow->committer, commit, NULL, &flow->diag), &flow->diag);
    assert_ok(committer_flush(flow->committer, &flow->diag), &flow->diag);
}

struct reader *flow_reader(struct flow *flow)
{
    struct reader *reader = NULL;
    assert_ok(reader_open(flow->database, READER_NO_TIMEOUT, &reader, &flow->diag), &flow->diag);
    return reader;
}
