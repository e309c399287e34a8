/* pull_alternatives.c
 *
 * IN becomes one alternative per item, BETWEEN two conditions, and AND multiplies out what
 * stands on its sides; everything else is a condition of its own. NOT is not pushed inwards:
 * with NULLs around, the opposite of a comparison is not another comparison, and a negated
 * condition could not be looked up anyway. The product is bounded before it is made.
 */
#include "planner/pull_alternatives.h"

static enum status single(struct arena *arena, const struct expression *condition,
                          struct alternatives *out, struct diag *diag)
{
    out->items = ARENA_NEW(arena, struct conjunction);
    if (!out->items) {
        return diag_no_memory(diag);
    }
    out->items->conditions = arena_array(arena, 1, sizeof(struct expression *));
    if (!out->items->conditions) {
        return diag_no_memory(diag);
    }
    out->items->conditions[0] = condition;
    out->items->count = 1;
    out->count = 1;
    return STATUS_OK;
}

static enum status comparison(struct arena *arena, enum ast_comparison op, struct expression *left,
                              struct expression *right, const struct expression *origin,
                              struct expression **out, struct diag *diag)
{
    struct expression *node = ARENA_NEW(arena, struct expression);
    if (!node) {
        return diag_no_memory(diag);
    }
    node->kind = EXPRESSION_COMPARISON;
    node->depth = origin->depth;
    node->pos = origin->pos;
    node->comparison.op = op;
    node->comparison.left = left;
    node->comparison.right = right;
    *out = node;
    return STATUS_OK;
}

static enum status either(struct arena *arena, const struct alternatives *left,
                          const struct alternatives *right, struct alternatives *out,
                          struct diag *diag)
{
    const size_t count = (size_t)left->count + right->count;
    if (left->is_too_large || right->is_too_large || count > PULL_ALTERNATIVES_MAX) {
        out->is_too_large = true;
        return STATUS_OK;
    }
    out->items = arena_array(arena, count, sizeof(*out->items));
    if (!out->items) {
        return diag_no_memory(diag);
    }
    memcpy(out->items, left->items, left->count * sizeof(*out->items));
    memcpy(out->items + left->count, right->items, right->count * sizeof(*out->items));
    out->count = (uint32_t)count;
    return STATUS_OK;
}

static enum status join(struct arena *arena, const struct conjunction *left,
                        const struct conjunction *right, struct conjunction *out, struct diag *diag)
{
    out->count = left->count + right->count;
    out->conditions = arena_array(arena, out->count, sizeof(struct expression *));
    if (!out->conditions) {
        return diag_no_memory(diag);
    }
    memcpy(out->conditions, left->conditions, left->count * sizeof(struct expression *));
    memcpy(out->conditions + left->count, right->conditions,
           right->count * sizeof(struct expression *));
    return STATUS_OK;
}

static enum status both(struct arena *arena, const struct alternatives *left,
                        const struct alternatives *right, struct alternatives *out,
                        struct diag *diag)
{
    const uint64_t count = (uint64_t)left->count * right->count;
    if (left->is_too_large || right->is_too_large || count > PULL_ALTERNATIVES_MAX) {
        out->is_too_large = true;
        return STATUS_OK;
    }
    out->items = arena_array(arena, (size_t)count, sizeof(*out->items));
    if (!out->items) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < left->count; i++) {
        for (uint32_t j = 0; j < right->count; j++) {
            TRY(join(arena, &left->items[i], &right->items[j], &out->items[out->count++], diag));
        }
    }
    return STATUS_OK;
}

static enum status of_in(struct arena *arena, const struct expression *node,
                         struct alternatives *out, struct diag *diag)
{
    const size_t count = node->in.list.count;
    if (count > PULL_ALTERNATIVES_MAX) {
        out->is_too_large = true;
        return STATUS_OK;
    }
    out->items = arena_array(arena, count, sizeof(*out->items));
    if (!out->items) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        struct expression *equal = NULL;
        struct alternatives one = {0};
        TRY(comparison(arena, AST_COMPARISON_EQUAL, node->in.value, node->in.list.items[i], node,
                       &equal, diag));
        TRY(single(arena, equal, &one, diag));
        out->items[out->count++] = one.items[0];
    }
    return STATUS_OK;
}

static enum status of_between(struct arena *arena, const struct expression *node,
                              struct alternatives *out, struct diag *diag)
{
    struct expression *bounds[2] = {NULL, NULL};
    struct alternatives sides[2] = {0};
    TRY(comparison(arena, AST_COMPARISON_GREATER_THAN_OR_EQUAL, node->between.value,
                   node->between.min, node, &bounds[0], diag));
    TRY(comparison(arena, AST_COMPARISON_LESS_THAN_OR_EQUAL, node->between.value, node->between.max,
                   node, &bounds[1], diag));
    TRY(single(arena, bounds[0], &sides[0], diag));
    TRY(single(arena, bounds[1], &sides[1], diag));
    return both(arena, &sides[0], &sides[1], out, diag);
}

enum status alternatives_of(struct arena *arena, const struct expression *condition,
                            struct alternatives *out, struct diag *diag)
{
    *out = (struct alternatives){0};
    if (condition->kind == EXPRESSION_IN) {
        return of_in(arena, condition, out, diag);
    }
    if (condition->kind == EXPRESSION_BETWEEN) {
        return of_between(arena, condition, out, diag);
    }
    if (condition->kind != EXPRESSION_LOGICAL) {
        return single(arena, condition, out, diag);
    }
    struct alternatives left;
    struct alternatives right;
    TRY(alternatives_of(arena, condition->logical.left, &left, diag));
    TRY(alternatives_of(arena, condition->logical.right, &right, diag));
    return condition->logical.op == AST_LOGICAL_AND ? both(arena, &left, &right, out, diag)
                                                    : either(arena, &left, &right, out, diag);
}
