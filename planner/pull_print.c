/* pull_print.c
 *
 * A pull query as EXPLAIN shows it. Keys are counted, not shown: they may be thousands.
 */
#include "planner/planner.h"

static void print_times(const char *name, int64_t min_ms, int64_t max_ms, struct buffer *out)
{
    if (min_ms != INT64_MIN || max_ms != INT64_MAX) {
        buffer_printf(out, " %s ", name);
        if (min_ms != INT64_MIN) {
            buffer_printf(out, "from %lld ms", (long long)min_ms);
        }
        if (max_ms != INT64_MAX) {
            buffer_printf(out, "%sto %lld ms", min_ms != INT64_MIN ? " " : "", (long long)max_ms);
        }
    }
}

static void print_access(const struct pull_plan *plan, struct buffer *out)
{
    if (plan->is_stream_scan) {
        buffer_append_string(out, "StreamScan");
    } else if (plan->key_count > 0) {
        buffer_printf(out, "KeyLookup of %u", plan->key_count);
    } else if (plan->has_key_range) {
        buffer_append_string(out, "RangeScan");
    } else {
        buffer_append_string(out, "TableScan");
    }
}

void pull_plan_print(const struct pull_plan *plan, struct buffer *out)
{
    buffer_append_string(out, "> ");
    print_access(plan, out);
    buffer_printf(out, " %.*s", TEXT_ARGS(plan->source->name));
    if (!plan->is_stream_scan) {
        print_times("WINDOWSTART", plan->window_start_min_ms, plan->window_start_max_ms, out);
        print_times("WINDOWEND", plan->window_end_min_ms, plan->window_end_max_ms, out);
    }
    if (plan->predicate) {
        buffer_printf(out, " where %.*s", TEXT_ARGS(plan->predicate->text));
    }
    if (plan->has_limit) {
        buffer_printf(out, " limit %llu", (unsigned long long)plan->limit);
    }
    buffer_append_string(out, " | ");
    schema_print(&plan->schema, false, out);
    buffer_append_byte(out, '\n');
}
