/* pull_values.c
 *
 * Constants of a WHERE clause become values of the key columns' types, by the strict rules that
 * INSERT VALUES follows as well, or times in milliseconds. An expression that cannot be
 * evaluated while planning is no error: the query then scans.
 */
#include "planner/pull_bounds.h"

#include "base/hash.h"
#include "functions/expr.h"
#include "parser/printer.h"
#include "planner/names.h"
#include "planner/pull_keys.h"
#include "planner/translate.h"

static enum status fail_conversion(const struct pull_reader *self, uint32_t key,
                                   const struct expression *expression)
{
    const struct schema_column *column = &self->source->schema.columns[key];
    struct buffer type;
    buffer_init(&type);
    type_print(column->type, &type);
    const enum status status =
        diag_fail(self->planner->diag, STATUS_INVALID, expression->pos,
                  "%.*s can not be converted to the type of the key column: %.*s %.*s KEY",
                  TEXT_ARGS(printer_expression_text(self->planner->arena, expression)),
                  TEXT_ARGS(column->name), TEXT_ARGS(buffer_text(&type)));
    buffer_release(&type);
    return status;
}

/* The value of an expression without columns; *is_known is false when it cannot be had here. */
static enum status evaluate(const struct pull_reader *self, const struct expression *expression,
                            const struct type **type, struct value *out, bool *is_known)
{
    static const struct schema no_columns = {0};
    const struct scope scope = {.schema = &no_columns};
    const struct planner *planner = self->planner;
    const struct expr *expr = NULL;
    TRY(translate_literal(planner, expression, is_known, type, out));
    if (*is_known || !planner->constants) {
        return STATUS_OK;
    }
    TRY(translate(planner, &scope, expression, &expr));
    *type = expr->type;
    *is_known = true;
    struct value value;
    TRY(expr_eval_constant(expr, planner->constants, &value, planner->diag));
    /* The plan outlives what the context computes. */
    return value_copy(planner->arena, expr->type, &value, out, planner->diag);
}

static enum status key_value(const struct pull_reader *self, uint32_t key,
                             const struct pull_bound *bound, struct value *out, bool *is_known)
{
    const struct planner *planner = self->planner;
    const struct type *type = NULL;
    struct value value;
    struct diag ignored;
    TRY(evaluate(self, bound->other, &type, &value, is_known));
    if (!*is_known) {
        return STATUS_OK;
    }
    if (value.is_null) {
        return diag_fail(planner->diag, STATUS_INVALID, bound->condition->pos,
                         "Primary key columns can not be NULL: %.*s",
                         TEXT_ARGS(printer_expression_text(planner->arena, bound->condition)));
    }
    const enum status status =
        expr_coerce_value(COERCE_STRICT, type, value, self->source->schema.columns[key].type,
                          planner->arena, out, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(planner->diag);
    }
    return status == STATUS_OK ? STATUS_OK : fail_conversion(self, key, bound->other);
}

/* --- A set of keys ----------------------------------------------------------------------- */

/* Open addressing over the keys that a plan lists already: IN may name thousands. */
struct pull_key_set {
    uint32_t *slots; /* number of a key in the plan plus 1; 0: free */
    uint32_t mask;
};

enum status pull_key_set_create(const struct pull_reader *reader, uint32_t capacity,
                                struct pull_key_set **out)
{
    struct pull_key_set *set = ARENA_NEW(reader->planner->arena, struct pull_key_set);
    if (!set) {
        return diag_no_memory(reader->planner->diag);
    }
    uint32_t slot_count = 16;
    while (slot_count < 2 * capacity) {
        slot_count *= 2;
    }
    set->mask = slot_count - 1;
    set->slots = arena_zalloc(reader->planner->arena, slot_count * sizeof(*set->slots));
    if (!set->slots) {
        return diag_no_memory(reader->planner->diag);
    }
    *out = set;
    return STATUS_OK;
}

static bool keys_equal(const struct pull_reader *self, const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < self->key_count; i++) {
        if (!value_equal(self->source->schema.columns[i].type, &a[i], &b[i])) {
            return false;
        }
    }
    return true;
}

/* The slot of these keys, or the free one where they belong. */
static uint32_t *find_slot(const struct pull_reader *self, const struct pull_key_set *set,
                           const struct pull_plan *plan, const struct value *keys)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < self->key_count; i++) {
        hash = hash_int64(hash ^ value_hash(self->source->schema.columns[i].type, &keys[i]));
    }
    for (uint32_t at = (uint32_t)hash & set->mask;; at = (at + 1) & set->mask) {
        uint32_t *slot = &set->slots[at];
        if (*slot == 0 || keys_equal(self, plan->keys[*slot - 1], keys)) {
            return slot;
        }
    }
}

enum status pull_add_lookup(const struct pull_reader *self, struct pull_key_set *set,
                            const struct pull_alternative *alternative, struct pull_plan *plan,
                            bool *is_known)
{
    struct value *keys = arena_array(self->planner->arena, self->key_count, sizeof(*keys));
    if (!keys) {
        return diag_no_memory(self->planner->diag);
    }
    *is_known = true;
    for (uint32_t i = 0; *is_known && i < self->key_count; i++) {
        TRY(key_value(self, i, &alternative->keys[i], &keys[i], is_known));
    }
    if (*is_known) {
        uint32_t *slot = find_slot(self, set, plan, keys);
        if (*slot == 0) {
            plan->keys[plan->key_count++] = keys;
            *slot = plan->key_count;
        }
    }
    return STATUS_OK;
}

enum status pull_set_range(const struct pull_reader *self,
                           const struct pull_alternative *alternative, struct pull_plan *plan)
{
    const struct pull_bound *bound = &alternative->keys[0];
    struct value value;
    bool is_known;
    TRY(key_value(self, 0, bound, &value, &is_known));
    plan->has_key_range = is_known;
    const bool is_exclusive =
        bound->op == AST_COMPARISON_LESS_THAN || bound->op == AST_COMPARISON_GREATER_THAN;
    const bool is_upper =
        bound->op == AST_COMPARISON_LESS_THAN || bound->op == AST_COMPARISON_LESS_THAN_OR_EQUAL;
    if (is_known && is_upper) {
        plan->key_max = value;
        plan->key_max_is_exclusive = is_exclusive;
    } else if (is_known) {
        plan->key_min = value;
        plan->key_min_is_exclusive = is_exclusive;
    }
    return STATUS_OK;
}

/* --- Windows ----------------------------------------------------------------------------- */

static enum status bound_time(const struct pull_reader *self, const struct pull_bound *bound,
                              int64_t *out_ms, bool *is_known)
{
    const struct type *type = NULL;
    struct value value;
    TRY(evaluate(self, bound->other, &type, &value, is_known));
    const bool is_number = *is_known && (type->kind == TYPE_INTEGER || type->kind == TYPE_BIGINT);
    if (*is_known && (!is_number || value.is_null)) {
        return pull_fail_where(self->planner, bound->condition->pos, true,
                               "Window bounds must resolve to an INT, BIGINT, or STRING "
                               "containing a datetime");
    }
    if (is_number) {
        *out_ms = type->kind == TYPE_INTEGER ? value.int32 : value.int64;
    }
    return STATUS_OK;
}

static enum status window_range(const struct pull_reader *self, const struct pull_window *window,
                                struct time_range *out)
{
    int64_t ms = 0;
    bool is_known;
    *out = (struct time_range){INT64_MIN, INT64_MAX};
    if (window->equal.is_set) {
        TRY(bound_time(self, &window->equal, &ms, &is_known));
        *out = is_known ? (struct time_range){ms, ms} : *out;
        return STATUS_OK;
    }
    if (window->lower.is_set) {
        TRY(bound_time(self, &window->lower, &ms, &is_known));
        const bool steps = window->lower.op == AST_COMPARISON_GREATER_THAN && ms < INT64_MAX;
        out->min_ms = is_known ? ms + steps : out->min_ms;
    }
    if (window->upper.is_set) {
        TRY(bound_time(self, &window->upper, &ms, &is_known));
        const bool steps = window->upper.op == AST_COMPARISON_LESS_THAN && ms > INT64_MIN;
        out->max_ms = is_known ? ms - steps : out->max_ms;
    }
    return STATUS_OK;
}

enum status pull_unite_windows(const struct pull_reader *self,
                               const struct pull_alternative *alternative, struct time_range *start,
                               struct time_range *end)
{
    struct time_range ranges[2];
    TRY(window_range(self, &alternative->start, &ranges[0]));
    TRY(window_range(self, &alternative->end, &ranges[1]));
    struct time_range *const wholes[2] = {start, end};
    for (size_t i = 0; i < 2; i++) {
        wholes[i]->min_ms =
            ranges[i].min_ms < wholes[i]->min_ms ? ranges[i].min_ms : wholes[i]->min_ms;
        wholes[i]->max_ms =
            ranges[i].max_ms > wholes[i]->max_ms ? ranges[i].max_ms : wholes[i]->max_ms;
    }
    return STATUS_OK;
}
