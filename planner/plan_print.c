/* plan_print.c
 *
 * A plan as EXPLAIN shows it: one step per line, the consumer above what it consumes, each level
 * indented further, with the schema of the rows that the step emits.
 */
#include "planner/planner.h"

#include <assert.h>

static void print_exprs(const struct expr *const *exprs, uint32_t count, struct buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_printf(out, "%s%.*s", i ? ", " : "", TEXT_ARGS(exprs[i]->text));
    }
}

static void print_window(const struct window_spec *window, struct buffer *out)
{
    static const char *const names[] = {[WINDOW_NONE] = "",
                                        [WINDOW_TUMBLING] = "TUMBLING",
                                        [WINDOW_HOPPING] = "HOPPING",
                                        [WINDOW_SESSION] = "SESSION"};
    if (window->kind == WINDOW_NONE) {
        return;
    }
    buffer_printf(out, " window %s(size %lld ms", names[window->kind], (long long)window->size_ms);
    if (window->kind == WINDOW_HOPPING) {
        buffer_printf(out, ", advance %lld ms", (long long)window->advance_ms);
    }
    buffer_printf(out, ", grace %lld ms, retention %lld ms)", (long long)window->grace_ms,
                  (long long)window->retention_ms);
}

static void print_aggregate(const struct plan_aggregate *aggregate, struct buffer *out)
{
    buffer_append_string(out, " by (");
    print_exprs(aggregate->keys, aggregate->key_count, out);
    buffer_append_string(out, ") of (");
    for (uint32_t i = 0; i < aggregate->aggregate_count; i++) {
        buffer_printf(out, "%s%s(", i ? ", " : "", aggregate->aggregates[i].def->name);
        print_exprs(aggregate->arguments[i], aggregate->aggregates[i].argument_count, out);
        buffer_append_byte(out, ')');
    }
    buffer_append_byte(out, ')');
    print_window(&aggregate->window, out);
}

static void print_join(const struct plan_step *step, struct buffer *out)
{
    static const char *const types[] = {[JOIN_INNER] = "INNER",
                                        [JOIN_LEFT] = "LEFT",
                                        [JOIN_RIGHT] = "RIGHT",
                                        [JOIN_OUTER] = "OUTER"};
    const struct plan_join *join = &step->join;
    buffer_printf(out, " %s on %.*s = %.*s", types[join->type], TEXT_ARGS(join->keys[0]->text),
                  TEXT_ARGS(join->keys[1]->text));
    if (step->kind == PLAN_JOIN_STREAM_STREAM) {
        buffer_printf(out, " within (%lld ms, %lld ms) grace %lld ms%s", (long long)join->before_ms,
                      (long long)join->after_ms, (long long)join->grace_ms,
                      join->is_eager ? " eager" : "");
    }
}

static void print_calls(const struct plan_flat_map *flat_map, struct buffer *out)
{
    for (uint32_t i = 0; i < flat_map->call_count; i++) {
        buffer_printf(out, "%s%.*s", i ? ", " : " ", TEXT_ARGS(flat_map->calls[i].text));
    }
}

static void print_details(const struct plan_step *step, struct buffer *out)
{
    switch (step->kind) {
    case PLAN_SOURCE:
        buffer_printf(out, " %.*s topic %.*s%s", TEXT_ARGS(step->source.source->name),
                      TEXT_ARGS(step->source.source->topic),
                      step->source.has_store ? " stored" : "");
        break;
    case PLAN_FILTER:
        buffer_printf(out, " %.*s", TEXT_ARGS(step->filter.predicate->text));
        break;
    case PLAN_PROJECT:
        buffer_append_byte(out, ' ');
        print_exprs(step->project.exprs, step->schema.column_count, out);
        break;
    case PLAN_REKEY:
        buffer_append_byte(out, ' ');
        print_exprs(step->rekey.keys, step->rekey.key_count, out);
        break;
    case PLAN_FLAT_MAP:
        print_calls(&step->flat_map, out);
        break;
    case PLAN_AGGREGATE:
        print_aggregate(&step->aggregate, out);
        break;
    case PLAN_JOIN_STREAM_TABLE:
    case PLAN_JOIN_STREAM_STREAM:
    case PLAN_JOIN_TABLE_TABLE:
    case PLAN_JOIN_FOREIGN_KEY:
        print_join(step, out);
        break;
    case PLAN_SINK:
        buffer_printf(out, " topic %.*s key %s value %s", TEXT_ARGS(step->sink.topic),
                      format_info(step->sink.key_serde.format)->name,
                      format_info(step->sink.value_serde.format)->name);
        break;
    case PLAN_SUPPRESS:
    case PLAN_KIND_COUNT:
        break;
    }
}

static void print_step(const struct plan_step *step, int depth, struct buffer *out)
{
    buffer_printf(out, "%*s> %s", 2 * depth, "", step->name);
    print_details(step, out);
    buffer_append_string(out, " | ");
    schema_print(&step->schema, step->is_table, out);
    buffer_append_byte(out, '\n');
    for (uint32_t i = 0; i < step->input_count; i++) {
        print_step(step->inputs[i], depth + 1, out); /* as deep as the plan: joins + a few */
    }
}

void plan_print(const struct plan *plan, struct buffer *out)
{
    assert(plan && plan->root);
    print_step(plan->root, 0, out);
}
