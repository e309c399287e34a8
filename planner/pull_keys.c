/* pull_keys.c
 *
 * One pass per alternative notes, for each key column, the condition that bounds it. A
 * condition that cannot be used sends the whole query to a scan of the table; when scans are
 * switched off, it is the error. Bounds of windows are kept per alternative and united.
 */
#include "planner/pull_keys.h"

#include <stdio.h>

#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/pull_alternatives.h"
#include "planner/pull_bounds.h"
#include "planner/settings.h"

enum status pull_fail_where(const struct planner *planner, struct sql_pos pos, bool is_windowed,
                            const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return diag_fail(
        planner->diag, STATUS_INVALID, pos,
        "%s. See https://cnfl.io/queries for more info.\n"
        "Add EMIT CHANGES if you intended to issue a push query.\n"
        "Pull queries require a WHERE clause that:\n"
        " - includes a key equality expression, e.g. `SELECT * FROM X WHERE <key-column> = Y;`.\n"
        " - in the case of a multi-column key, is a conjunction of equality expressions that "
        "cover all key columns.\n"
        " - to support range expressions, e.g. `SELECT * FROM X WHERE <key-column> < Y;`, range "
        "scans need to be enabled by setting ksql.query.pull.range.scan.enabled=true%s\n"
        "If more flexible queries are needed, table scans can be enabled by setting "
        "ksql.query.pull.table.scan.enabled=true.",
        message,
        is_windowed ? "\n - (optionally) limits the time bounds of the windowed table. This can "
                      "be: \n    + a single window lower bound, e.g. `WHERE WINDOWSTART = z`, or\n"
                      "    + a range, e.g. `WHERE a <= WINDOWSTART AND WINDOWSTART < b"
                    : "");
}

/* The alternative has to be scanned for, which may be forbidden. */
static enum status scan_or_fail(const struct pull_reader *self,
                                struct pull_alternative *alternative,
                                const struct expression *condition, const char *message)
{
    alternative->is_scan = true;
    return self->can_scan
               ? STATUS_OK
               : pull_fail_where(self->planner, condition->pos, self->is_windowed, "%s", message);
}

/* --- Conditions -------------------------------------------------------------------------- */

static enum status visit_column(void *context, const struct expression *node,
                                const struct lambda_frame *lambdas, bool *enter)
{
    bool *has_column = context;
    (void)enter;
    *has_column |=
        node->kind == EXPRESSION_COLUMN && !lambda_frame_binds(lambdas, node->column.name.name);
    return STATUS_OK;
}

static bool names_column(const struct expression *expression)
{
    bool has_column = false;
    const struct expression_visitor visitor = {visit_column, &has_column};
    (void)(expression_visit(&visitor, expression) == STATUS_OK); /* visit_column cannot fail */
    return has_column;
}

static enum ast_comparison mirrored(enum ast_comparison op)
{
    static const enum ast_comparison ops[] = {
        [AST_COMPARISON_EQUAL] = AST_COMPARISON_EQUAL,
        [AST_COMPARISON_NOT_EQUAL] = AST_COMPARISON_NOT_EQUAL,
        [AST_COMPARISON_LESS_THAN] = AST_COMPARISON_GREATER_THAN,
        [AST_COMPARISON_LESS_THAN_OR_EQUAL] = AST_COMPARISON_GREATER_THAN_OR_EQUAL,
        [AST_COMPARISON_GREATER_THAN] = AST_COMPARISON_LESS_THAN,
        [AST_COMPARISON_GREATER_THAN_OR_EQUAL] = AST_COMPARISON_LESS_THAN_OR_EQUAL,
        [AST_COMPARISON_IS_DISTINCT_FROM] = AST_COMPARISON_IS_DISTINCT_FROM,
    };
    return ops[op];
}

static bool is_range_op(enum ast_comparison op)
{
    return op == AST_COMPARISON_LESS_THAN || op == AST_COMPARISON_LESS_THAN_OR_EQUAL ||
           op == AST_COMPARISON_GREATER_THAN || op == AST_COMPARISON_GREATER_THAN_OR_EQUAL;
}

static enum status read_key(const struct pull_reader *self, struct pull_alternative *alternative,
                            uint32_t key, const struct pull_bound *bound)
{
    if (alternative->keys[key].is_set) {
        return scan_or_fail(self, alternative, bound->condition,
                            "A comparison condition on the key column cannot be combined with "
                            "other comparisons such as an IN predicate");
    }
    alternative->keys[key] = *bound;
    alternative->key_count++;
    if (bound->op == AST_COMPARISON_EQUAL || is_range_op(bound->op)) {
        return STATUS_OK;
    }
    alternative->is_scan = true;
    return self->can_scan ? STATUS_OK
                          : pull_fail_where(self->planner, bound->condition->pos, self->is_windowed,
                                            "Bound on key columns '%.*s' must currently be '='",
                                            TEXT_ARGS(self->keys_text));
}

static enum status fail_duplicate_bound(const struct pull_reader *self, struct text column,
                                        const struct pull_bound *first,
                                        const struct pull_bound *second)
{
    const char *kind = "EQUAL";
    if (is_range_op(first->op)) {
        kind =
            first->op == AST_COMPARISON_LESS_THAN || first->op == AST_COMPARISON_LESS_THAN_OR_EQUAL
                ? "LESS_THAN"
                : "GREATER_THAN";
    }
    struct arena *arena = self->planner->arena;
    return pull_fail_where(self->planner, second->condition->pos, true,
                           "Duplicate `%.*s` bounds on: %s: [%.*s, %.*s]", TEXT_ARGS(column), kind,
                           TEXT_ARGS(printer_expression_text(arena, first->condition)),
                           TEXT_ARGS(printer_expression_text(arena, second->condition)));
}

static enum status read_window(const struct pull_reader *self, struct pull_alternative *alternative,
                               struct text column, const struct pull_bound *bound)
{
    if (!self->is_windowed) {
        return pull_fail_where(self->planner, bound->condition->pos, false,
                               "Cannot use WINDOWSTART/WINDOWEND on non-windowed source");
    }
    const bool is_start = text_equal(column, pseudo_names[PSEUDO_WINDOWSTART].name);
    struct pull_window *window = is_start ? &alternative->start : &alternative->end;
    struct pull_bound *slot = &window->equal;
    if (bound->op != AST_COMPARISON_EQUAL) {
        if (!is_range_op(bound->op)) {
            alternative->is_scan = true; /* <> and IS DISTINCT FROM are checked row by row */
            return STATUS_OK;
        }
        const bool is_upper =
            bound->op == AST_COMPARISON_LESS_THAN || bound->op == AST_COMPARISON_LESS_THAN_OR_EQUAL;
        slot = is_upper ? &window->upper : &window->lower;
    }
    if (slot->is_set) {
        return fail_duplicate_bound(self, column, slot, bound);
    }
    *slot = *bound;
    if (window->equal.is_set && (window->lower.is_set || window->upper.is_set)) {
        struct arena *arena = self->planner->arena;
        return pull_fail_where(self->planner, bound->condition->pos, true,
                               "`%.*s` cannot be combined with other `%.*s` bounds",
                               TEXT_ARGS(printer_expression_text(arena, window->equal.condition)),
                               TEXT_ARGS(column));
    }
    return STATUS_OK;
}

static enum status read_condition(const struct pull_reader *self,
                                  struct pull_alternative *alternative,
                                  const struct expression *condition)
{
    if (condition->kind != EXPRESSION_COMPARISON) {
        const struct text text = printer_expression_text(self->planner->arena, condition);
        alternative->is_scan = true;
        return self->can_scan ? STATUS_OK
                              : pull_fail_where(self->planner, condition->pos, self->is_windowed,
                                                "Unsupported expression in WHERE clause: %.*s",
                                                TEXT_ARGS(text));
    }
    const struct expression *left = condition->comparison.left;
    const struct expression *right = condition->comparison.right;
    struct pull_bound bound = {true, condition->comparison.op, condition, right};
    const struct expression *column = left;
    if (left->kind != EXPRESSION_COLUMN) {
        column = right;
        bound.op = mirrored(bound.op);
        bound.other = left;
    }
    if (column->kind != EXPRESSION_COLUMN) {
        return scan_or_fail(self, alternative, condition,
                            "A comparison must directly reference a key column");
    }
    if (names_column(bound.other)) {
        return scan_or_fail(self, alternative, condition,
                            "A comparison must be between a key column and a resolvable "
                            "expression");
    }
    const struct text name = column->column.name.name;
    const int index = schema_find(&self->source->schema, name);
    if (index >= 0 && (uint32_t)index < self->key_count) {
        return read_key(self, alternative, (uint32_t)index, &bound);
    }
    return name_is_window_bound(name) ? read_window(self, alternative, name, &bound) : STATUS_OK;
}

/* --- Alternatives ------------------------------------------------------------------------ */

static struct text conjunction_text(const struct planner *planner,
                                    const struct conjunction *conjunction)
{
    struct text text = printer_expression_text(planner->arena, conjunction->conditions[0]);
    for (uint32_t i = 1; i < conjunction->count; i++) {
        text = arena_printf(
            planner->arena, "(%.*s AND %.*s)", TEXT_ARGS(text),
            TEXT_ARGS(printer_expression_text(planner->arena, conjunction->conditions[i])));
    }
    return text;
}

static enum status fail_partial_key(const struct pull_reader *self,
                                    const struct pull_alternative *alternative, struct sql_pos pos)
{
    struct buffer seen;
    buffer_init(&seen);
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->key_count; i++) {
        if (alternative->keys[i].is_set) {
            const struct schema one = {1, &self->source->schema.columns[i]};
            buffer_append_string(&seen, count++ ? ", " : "");
            schema_print(&one, false, &seen);
        }
    }
    const enum status status = pull_fail_where(
        self->planner, pos, self->is_windowed,
        "Multi-column sources must specify every key in the WHERE clause. Specified: [%.*s] "
        "Expected: %.*s",
        TEXT_ARGS(buffer_text(&seen)), TEXT_ARGS(self->keys_text));
    buffer_release(&seen);
    return status;
}

static enum status read_alternative(const struct pull_reader *self,
                                    const struct conjunction *conjunction,
                                    struct pull_alternative *out)
{
    *out = (struct pull_alternative){0};
    out->keys = arena_zalloc(self->planner->arena, (self->key_count + 1) * sizeof(*out->keys));
    if (!out->keys) {
        return diag_no_memory(self->planner->diag);
    }
    for (uint32_t i = 0; i < conjunction->count; i++) {
        TRY(read_condition(self, out, conjunction->conditions[i]));
    }
    if (out->is_scan || out->key_count == self->key_count) {
        return STATUS_OK;
    }
    out->is_scan = true;
    const struct sql_pos pos = conjunction->conditions[0]->pos;
    if (self->can_scan) {
        return STATUS_OK;
    }
    if (out->key_count > 0) {
        return fail_partial_key(self, out, pos);
    }
    return pull_fail_where(self->planner, pos, self->is_windowed,
                           "WHERE clause missing key column for disjunct: %.*s",
                           TEXT_ARGS(conjunction_text(self->planner, conjunction)));
}

static bool is_lookup(const struct pull_reader *self, const struct pull_alternative *alternative)
{
    for (uint32_t i = 0; i < self->key_count; i++) {
        if (!alternative->keys[i].is_set || alternative->keys[i].op != AST_COMPARISON_EQUAL) {
            return false;
        }
    }
    return !alternative->is_scan;
}

static bool is_range(const struct pull_reader *self, const struct pull_alternative *alternative)
{
    const struct type *type = self->source->schema.columns[0].type;
    return self->can_range && self->key_count == 1 && !self->is_windowed && !alternative->is_scan &&
           alternative->keys[0].is_set && is_range_op(alternative->keys[0].op) &&
           (type->kind == TYPE_STRING || type->kind == TYPE_BYTES);
}

/* --- All --------------------------------------------------------------------------------- */

static enum status require_scan(const struct pull_reader *self, struct sql_pos pos)
{
    if (!self->can_scan) {
        return diag_fail(self->planner->diag, STATUS_INVALID, pos,
                         "Query requires table scan to be enabled. Table scans can be enabled by "
                         "setting ksql.query.pull.table.scan.enabled=true");
    }
    if (self->source->window.kind == WINDOW_SESSION) {
        return diag_fail(self->planner->diag, STATUS_INVALID, pos,
                         "Table scan unsupported on session tables");
    }
    return STATUS_OK;
}

/* Chooses between lookups, a range and a scan. */
static enum status choose_access(const struct pull_reader *self, const struct alternatives *list,
                                 const struct pull_alternative *alternatives, struct sql_pos pos,
                                 struct pull_plan *plan)
{
    bool are_lookups = true;
    for (uint32_t i = 0; i < list->count; i++) {
        are_lookups &= is_lookup(self, &alternatives[i]);
    }
    if (!are_lookups) {
        if (list->count == 1 && is_range(self, &alternatives[0])) {
            TRY(pull_set_range(self, &alternatives[0], plan));
        }
        return plan->has_key_range ? STATUS_OK : require_scan(self, pos);
    }
    plan->keys = arena_array(self->planner->arena, list->count, sizeof(struct value *));
    if (!plan->keys) {
        return diag_no_memory(self->planner->diag);
    }
    struct pull_key_set *set = NULL;
    TRY(pull_key_set_create(self, list->count, &set));
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_known;
        TRY(pull_add_lookup(self, set, &alternatives[i], plan, &is_known));
        if (!is_known) {
            plan->key_count = 0;
            return require_scan(self, pos);
        }
    }
    return STATUS_OK;
}

static enum status read_all(const struct pull_reader *self, const struct expression *where,
                            struct pull_plan *plan)
{
    struct alternatives list;
    TRY(alternatives_of(self->planner->arena, where, &list, self->planner->diag));
    if (list.is_too_large) {
        return require_scan(self, where->pos);
    }
    struct pull_alternative *alternatives =
        arena_array(self->planner->arena, list.count, sizeof(*alternatives));
    if (!alternatives) {
        return diag_no_memory(self->planner->diag);
    }
    struct time_range start = {INT64_MAX, INT64_MIN};
    struct time_range end = {INT64_MAX, INT64_MIN};
    for (uint32_t i = 0; i < list.count; i++) {
        TRY(read_alternative(self, &list.items[i], &alternatives[i]));
        TRY(pull_unite_windows(self, &alternatives[i], &start, &end));
    }
    plan->window_start_min_ms = start.min_ms;
    plan->window_start_max_ms = start.max_ms;
    plan->window_end_min_ms = end.min_ms;
    plan->window_end_max_ms = end.max_ms;
    return choose_access(self, &list, alternatives, where->pos, plan);
}

enum status pull_keys_read(const struct planner *planner, const struct expression *where,
                           struct pull_plan *out)
{
    struct pull_reader reader = {
        .planner = planner,
        .source = out->source,
        .key_count = schema_count(&out->source->schema, COLUMN_KEY),
        .can_scan = setting_bool(planner, "ksql.query.pull.table.scan.enabled", true),
        .can_range = setting_bool(planner, "ksql.query.pull.range.scan.enabled", true),
        .is_windowed = out->source->window.kind != WINDOW_NONE};
    out->window_start_min_ms = out->window_end_min_ms = INT64_MIN;
    out->window_start_max_ms = out->window_end_max_ms = INT64_MAX;
    out->key_min = out->key_max = VALUE_NULL;
    if (!where) {
        return reader.can_scan ? require_scan(&reader, SQL_POS_NONE)
                               : pull_fail_where(planner, SQL_POS_NONE, reader.is_windowed,
                                                 "Missing WHERE clause");
    }
    const struct schema keys = {reader.key_count, out->source->schema.columns};
    struct buffer text;
    buffer_init(&text);
    buffer_append_byte(&text, '[');
    schema_print(&keys, false, &text);
    buffer_append_byte(&text, ']');
    reader.keys_text = arena_text(planner->arena, buffer_text(&text));
    buffer_release(&text);
    return reader.keys_text.data ? read_all(&reader, where, out) : diag_no_memory(planner->diag);
}
