/* plan_upgrade.c
 *
 * CREATE OR REPLACE of what a query does: the new plan goes on with the old one's state, so the
 * steps that keep state must be the same. Projections and filters keep none and may come and
 * go. Source of behaviour: the validateUpgrade() of ksqlDB's execution steps.
 */
#include "planner/names.h"
#include "planner/planner.h"

/* ksqlDB's name of a step's class, as its messages have it. */
static const char *class_of(const struct plan_step *step)
{
    const bool is_windowed = step->window.kind != WINDOW_NONE;
    const bool reads_table = step->input_count > 0 && step->inputs[0]->is_table;
    switch (step->kind) {
    case PLAN_SOURCE:
        if (step->is_table) {
            return is_windowed ? "WindowedTableSource" : "TableSource";
        }
        return is_windowed ? "WindowedStreamSource" : "StreamSource";
    case PLAN_FILTER:
        return step->is_table ? "TableFilter" : "StreamFilter";
    case PLAN_PROJECT:
        return step->is_table ? "TableSelect" : "StreamSelect";
    case PLAN_REKEY:
        return "StreamSelectKey";
    case PLAN_FLAT_MAP:
        return "StreamFlatMap";
    case PLAN_AGGREGATE:
        if (reads_table) {
            return "TableAggregate";
        }
        return is_windowed ? "StreamWindowedAggregate" : "StreamAggregate";
    case PLAN_JOIN_STREAM_TABLE:
        return "StreamTableJoin";
    case PLAN_JOIN_STREAM_STREAM:
        return "StreamStreamJoin";
    case PLAN_JOIN_TABLE_TABLE:
        return "TableTableJoin";
    case PLAN_JOIN_FOREIGN_KEY:
        return "ForeignKeyTableTableJoin";
    case PLAN_SUPPRESS:
        return "TableSuppress";
    case PLAN_SINK:
        return step->is_table ? "TableSink" : "StreamSink";
    case PLAN_KIND_COUNT:
        break;
    }
    return "Step";
}

static enum status fail_values(const struct plan_step *step, const char *property,
                               struct text old_value, struct text new_value, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Query is not upgradeable. Plan step of type %s must have matching %s. "
                     "Values differ: %.*s vs. %.*s",
                     class_of(step), property, TEXT_ARGS(old_value), TEXT_ARGS(new_value));
}

static enum status fail_unsupported(const struct plan_step *step, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Upgrades not yet supported for %s",
                     class_of(step));
}

/* --- Expressions of two plans ------------------------------------------------------------ */

static void print_exprs(const struct expr *const *exprs, uint32_t count, struct buffer *out)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buffer_printf(out, "%s%.*s", i ? ", " : "", TEXT_ARGS(exprs[i]->text));
    }
    buffer_append_byte(out, ']');
}

static enum status check_texts(const struct plan_step *step, const char *property,
                               const struct buffer *texts, struct diag *diag)
{
    TRY(buffer_status(&texts[0], diag));
    TRY(buffer_status(&texts[1], diag));
    if (text_equal(buffer_text(&texts[0]), buffer_text(&texts[1]))) {
        return STATUS_OK;
    }
    return fail_values(step, property, buffer_text(&texts[0]), buffer_text(&texts[1]), diag);
}

static enum status check_exprs(const struct plan_step *step, const char *property,
                               const struct expr *const *old_exprs, uint32_t old_count,
                               const struct expr *const *new_exprs, uint32_t new_count,
                               struct diag *diag)
{
    struct buffer texts[2];
    buffer_init(&texts[0]);
    buffer_init(&texts[1]);
    print_exprs(old_exprs, old_count, &texts[0]);
    print_exprs(new_exprs, new_count, &texts[1]);
    const enum status status = check_texts(step, property, texts, diag);
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return status;
}

/* --- Aggregates -------------------------------------------------------------------------- */

/* The columns that an aggregation reads, each once, in the order in which it names them. */
struct used_columns {
    const struct schema *schema;
    struct buffer *out;
    uint64_t seen[64]; /* of the first 4096 columns: COLUMN_COUNT_MAX */
    uint32_t count;
};

static void add_used(struct used_columns *self, uint32_t index, struct text name)
{
    const uint32_t word = index / 64 % 64;
    const uint64_t bit = (uint64_t)1 << (index % 64);
    if (self->seen[word] & bit) {
        return;
    }
    self->seen[word] |= bit;
    buffer_append_string(self->out, self->count++ ? ", " : "");
    type_print_name(name, self->out);
}

static void visit_used(void *context, const struct expr *expr)
{
    struct used_columns *self = context;
    if (expr->kind == EXPR_COLUMN) {
        add_used(self, expr->column_index, self->schema->columns[expr->column_index].name);
    }
}

static void print_used(const struct plan_step *step, struct buffer *out)
{
    const struct plan_step *input = step->inputs[0];
    const struct plan_aggregate *aggregate = &step->aggregate;
    const struct text row_time = pseudo_names[PSEUDO_ROWTIME].name;
    struct used_columns used = {.schema = &input->schema, .out = out};
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < aggregate->key_count; i++) {
        expr_visit(aggregate->keys[i], visit_used, &used);
    }
    for (uint32_t i = 0; i < aggregate->aggregate_count; i++) {
        for (uint32_t j = 0; j < aggregate->aggregates[i].argument_count; j++) {
            if (text_equal(aggregate->arguments[i][j]->text, row_time)) {
                /* COUNT(*). The number is any that no column has. */
                add_used(&used, 64 * 64 - 1, row_time);
            }
            expr_visit(aggregate->arguments[i][j], visit_used, &used);
        }
    }
    for (; input && input->kind == PLAN_FILTER; input = input->inputs[0]) {
        expr_visit(input->filter.predicate, visit_used, &used);
    }
    buffer_append_byte(out, ']');
}

static void print_calls(const struct plan_step *step, struct buffer *out)
{
    const struct plan_aggregate *aggregate = &step->aggregate;
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < aggregate->aggregate_count; i++) {
        buffer_printf(out, "%s%s", i ? ", " : "", aggregate->aggregates[i].def->name);
        print_exprs(aggregate->arguments[i], aggregate->aggregates[i].argument_count, out);
    }
    buffer_append_byte(out, ']');
}

static enum status check_printed(const struct plan_step *old_step, const struct plan_step *new_step,
                                 const char *property,
                                 void (*print)(const struct plan_step *step, struct buffer *out),
                                 struct diag *diag)
{
    struct buffer texts[2];
    buffer_init(&texts[0]);
    buffer_init(&texts[1]);
    print(old_step, &texts[0]);
    print(new_step, &texts[1]);
    const enum status status = check_texts(old_step, property, texts, diag);
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return status;
}

static enum status check_aggregate(const struct plan_step *old_step,
                                   const struct plan_step *new_step, struct diag *diag)
{
    const bool is_windowed =
        old_step->window.kind != WINDOW_NONE || new_step->window.kind != WINDOW_NONE;
    if (is_windowed || old_step->inputs[0]->is_table) {
        return fail_unsupported(old_step, diag);
    }
    TRY(check_exprs(old_step, "groupByExpressions", old_step->aggregate.keys,
                    old_step->aggregate.key_count, new_step->aggregate.keys,
                    new_step->aggregate.key_count, diag));
    TRY(check_printed(old_step, new_step, "columns not part of aggregate", print_used, diag));
    return check_printed(old_step, new_step, "aggregationFunctions", print_calls, diag);
}

/* --- Other steps ------------------------------------------------------------------------- */

static bool serde_equal(const struct serde *a, const struct serde *b)
{
    return a->format == b->format && a->delimiter == b->delimiter &&
           a->is_unwrapped == b->is_unwrapped && a->schema_id == b->schema_id &&
           text_equal(a->full_name, b->full_name) && a->nullable == b->nullable;
}

static enum status check_source(const struct plan_step *old_step, const struct plan_step *new_step,
                                struct diag *diag)
{
    const struct source *old_source = old_step->source.source;
    const struct source *new_source = new_step->source.source;
    if (old_step->window.kind != WINDOW_NONE) {
        return fail_unsupported(old_step, diag);
    }
    if (!text_equal(old_source->topic, new_source->topic)) {
        return fail_values(old_step, "topicName", old_source->topic, new_source->topic, diag);
    }
    if (!serde_equal(&old_source->key_serde, &new_source->key_serde) ||
        !serde_equal(&old_source->value_serde, &new_source->value_serde)) {
        return fail_values(old_step, "formats", old_source->name, new_source->name, diag);
    }
    if (!text_equal(old_source->timestamp.column, new_source->timestamp.column)) {
        return fail_values(old_step, "timestampColumn", old_source->timestamp.column,
                           new_source->timestamp.column, diag);
    }
    return STATUS_OK;
}

static enum status check_sink(const struct plan_step *old_step, const struct plan_step *new_step,
                              struct diag *diag)
{
    const struct plan_sink *old_sink = &old_step->sink;
    const struct plan_sink *new_sink = &new_step->sink;
    if (!text_equal(old_sink->topic, new_sink->topic)) {
        return fail_values(old_step, "topicName", old_sink->topic, new_sink->topic, diag);
    }
    if (!serde_equal(&old_sink->key_serde, &new_sink->key_serde) ||
        !serde_equal(&old_sink->value_serde, &new_sink->value_serde)) {
        return fail_values(old_step, "formats", old_sink->topic, new_sink->topic, diag);
    }
    if (!text_equal(old_sink->timestamp.column, new_sink->timestamp.column)) {
        return fail_values(old_step, "timestampColumn", old_sink->timestamp.column,
                           new_sink->timestamp.column, diag);
    }
    return STATUS_OK;
}

static bool is_join(const struct plan_step *step)
{
    return step->input_count == 2;
}

static const struct plan_step *skip_stateless(const struct plan_step *step)
{
    while (step && (step->kind == PLAN_FILTER || step->kind == PLAN_PROJECT)) {
        step = step->inputs[0];
    }
    return step;
}

static enum status check_step(const struct plan_step *old_step, const struct plan_step *new_step,
                              struct diag *diag)
{
    if (!is_join(old_step) && is_join(new_step)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Cannot change a non-join source into a join source.");
    }
    const bool is_never =
        is_join(old_step) || old_step->kind == PLAN_FLAT_MAP || old_step->kind == PLAN_SUPPRESS;
    if (is_never) {
        return fail_unsupported(old_step, diag);
    }
    if (old_step->kind != new_step->kind || old_step->is_table != new_step->is_table) {
        return fail_values(old_step, "type", text_of(class_of(old_step)),
                           text_of(class_of(new_step)), diag);
    }
    if (old_step->kind == PLAN_AGGREGATE) {
        return check_aggregate(old_step, new_step, diag);
    }
    if (old_step->kind == PLAN_REKEY) {
        return check_exprs(old_step, "keyExpressions", old_step->rekey.keys,
                           old_step->rekey.key_count, new_step->rekey.keys,
                           new_step->rekey.key_count, diag);
    }
    return old_step->kind == PLAN_SOURCE ? check_source(old_step, new_step, diag)
                                         : check_sink(old_step, new_step, diag);
}

enum status plan_check_upgrade(const struct plan *old_plan, const struct plan *new_plan,
                               struct diag *diag)
{
    const struct plan_step *old_step = skip_stateless(old_plan->root);
    const struct plan_step *new_step = skip_stateless(new_plan->root);
    while (old_step && new_step) {
        TRY(check_step(old_step, new_step, diag));
        old_step = skip_stateless(old_step->input_count ? old_step->inputs[0] : NULL);
        new_step = skip_stateless(new_step->input_count ? new_step->inputs[0] : NULL);
    }
    return STATUS_OK;
}
