/* expression_tree.c
 *
 * One function knows where a node keeps its children: slot_at(). Visiting, comparing and
 * copying are loops over slots. A copy first duplicates the arrays that a node owns, so that
 * its slots can be overwritten without touching the original.
 */
#include "planner/expression_tree.h"

#include <assert.h>

bool lambda_frame_binds(const struct lambda_frame *frame, struct text name)
{
    for (; frame; frame = frame->outer) {
        for (size_t i = 0; i < frame->params->count; i++) {
            if (text_equal(frame->params->items[i].name, name)) {
                return true;
            }
        }
    }
    return false;
}

static struct expression **slot_of_list(struct expression_list *list, size_t index)
{
    return index < list->count ? &list->items[index] : NULL;
}

static struct expression **slot_of_pair(struct expression **first, struct expression **second,
                                        size_t index)
{
    if (index == 0) {
        return first;
    }
    return index == 1 ? second : NULL;
}

static struct expression **slot_of_case(struct expression *node, size_t index)
{
    if (node->conditional.subject) {
        if (index == 0) {
            return &node->conditional.subject;
        }
        index--;
    }
    const size_t branch = index / 2;
    if (branch < node->conditional.branch_count) {
        struct case_branch *at = &node->conditional.branches[branch];
        return index % 2 == 0 ? &at->when : &at->then;
    }
    const bool is_else = index == 2 * node->conditional.branch_count;
    return is_else && node->conditional.otherwise ? &node->conditional.otherwise : NULL;
}

static struct expression **slot_of_between(struct expression *node, size_t index)
{
    if (index == 2) {
        return &node->between.max;
    }
    return slot_of_pair(&node->between.value, &node->between.min, index);
}

static struct expression **slot_of_map(struct expression *node, size_t index)
{
    if (index / 2 >= node->map.count) {
        return NULL;
    }
    struct map_entry *entry = &node->map.entries[index / 2];
    return index % 2 == 0 ? &entry->key : &entry->value;
}

static struct expression **slot_at(struct expression *node, size_t index)
{
    struct expression **single = NULL;
    switch (node->kind) {
    case EXPRESSION_NULL:
    case EXPRESSION_BOOLEAN:
    case EXPRESSION_INTEGER:
    case EXPRESSION_BIGINT:
    case EXPRESSION_DECIMAL:
    case EXPRESSION_DOUBLE:
    case EXPRESSION_STRING:
    case EXPRESSION_COLUMN:
    case EXPRESSION_INTERVAL_UNIT:
    case EXPRESSION_KIND_COUNT:
        return NULL;
    case EXPRESSION_ARITHMETIC:
        return slot_of_pair(&node->arithmetic.left, &node->arithmetic.right, index);
    case EXPRESSION_CONCAT:
        return slot_of_pair(&node->concat.left, &node->concat.right, index);
    case EXPRESSION_COMPARISON:
        return slot_of_pair(&node->comparison.left, &node->comparison.right, index);
    case EXPRESSION_LOGICAL:
        return slot_of_pair(&node->logical.left, &node->logical.right, index);
    case EXPRESSION_LIKE:
        return slot_of_pair(&node->like.value, &node->like.pattern, index);
    case EXPRESSION_SUBSCRIPT:
        return slot_of_pair(&node->subscript.base, &node->subscript.index, index);
    case EXPRESSION_BETWEEN:
        return slot_of_between(node, index);
    case EXPRESSION_IN:
        return index == 0 ? &node->in.value : slot_of_list(&node->in.list, index - 1);
    case EXPRESSION_CASE:
        return slot_of_case(node, index);
    case EXPRESSION_ARRAY:
        return slot_of_list(&node->array, index);
    case EXPRESSION_MAP:
        return slot_of_map(node, index);
    case EXPRESSION_STRUCT:
        return index < node->structure.count ? &node->structure.entries[index].value : NULL;
    case EXPRESSION_CALL:
        return slot_of_list(&node->call.args, index);
    case EXPRESSION_SIGN:
        single = &node->sign.operand;
        break;
    case EXPRESSION_NOT:
        single = &node->operand;
        break;
    case EXPRESSION_IS_NULL:
        single = &node->is_null.value;
        break;
    case EXPRESSION_CAST:
        single = &node->cast.value;
        break;
    case EXPRESSION_DEREFERENCE:
        single = &node->dereference.base;
        break;
    case EXPRESSION_LAMBDA:
        single = &node->lambda.body;
        break;
    case EXPRESSION_AT_TIME_ZONE:
        single = &node->at_time_zone.value;
        break;
    }
    return index == 0 ? single : NULL;
}

struct expression *expression_child(const struct expression *node, size_t index)
{
    struct expression **slot = slot_at((struct expression *)node, index);
    return slot ? *slot : NULL;
}

/* --- Equality ---------------------------------------------------------------------------- */

static bool type_name_equal(const struct type_name *a, const struct type_name *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case TYPE_NAME_SIMPLE:
        return text_equal(a->simple.name, b->simple.name);
    case TYPE_NAME_DECIMAL:
        return a->decimal.precision == b->decimal.precision && a->decimal.scale == b->decimal.scale;
    case TYPE_NAME_ARRAY:
        return type_name_equal(a->element, b->element);
    case TYPE_NAME_MAP:
        return type_name_equal(a->map.key, b->map.key) &&
               type_name_equal(a->map.value, b->map.value);
    case TYPE_NAME_STRUCT:
        break;
    }
    if (a->fields.count != b->fields.count) {
        return false;
    }
    for (size_t i = 0; i < a->fields.count; i++) {
        if (!text_equal(a->fields.items[i].name.name, b->fields.items[i].name.name) ||
            !type_name_equal(a->fields.items[i].type, b->fields.items[i].type)) {
            return false;
        }
    }
    return true;
}

static bool column_equal(const struct expression *a, const struct expression *b)
{
    return a->column.has_source == b->column.has_source &&
           text_equal(a->column.name.name, b->column.name.name) &&
           (!a->column.has_source || text_equal(a->column.source.name, b->column.source.name));
}

static bool names_equal(const struct identifier_list *a, const struct identifier_list *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (!text_equal(a->items[i].name, b->items[i].name)) {
            return false;
        }
    }
    return a->count == b->count;
}

static bool struct_names_equal(const struct expression *a, const struct expression *b)
{
    for (size_t i = 0; i < a->structure.count && i < b->structure.count; i++) {
        if (!text_equal(a->structure.entries[i].name.name, b->structure.entries[i].name.name)) {
            return false;
        }
    }
    return a->structure.count == b->structure.count;
}

/* Whether everything but the children agrees. */
static bool node_equal(const struct expression *a, const struct expression *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case EXPRESSION_BOOLEAN:
        return a->boolean == b->boolean;
    case EXPRESSION_INTEGER:
        return a->integer == b->integer;
    case EXPRESSION_BIGINT:
        return a->bigint == b->bigint;
    case EXPRESSION_DECIMAL:
        return text_equal(a->decimal.digits, b->decimal.digits);
    case EXPRESSION_DOUBLE:
        return a->real == b->real;
    case EXPRESSION_STRING:
        return text_equal(a->string, b->string);
    case EXPRESSION_COLUMN:
        return column_equal(a, b);
    case EXPRESSION_ARITHMETIC:
        return a->arithmetic.op == b->arithmetic.op;
    case EXPRESSION_SIGN:
        return a->sign.is_minus == b->sign.is_minus;
    case EXPRESSION_COMPARISON:
        return a->comparison.op == b->comparison.op;
    case EXPRESSION_LOGICAL:
        return a->logical.op == b->logical.op;
    case EXPRESSION_LIKE:
        return text_equal(a->like.escape, b->like.escape);
    case EXPRESSION_IS_NULL:
        return a->is_null.is_negated == b->is_null.is_negated;
    case EXPRESSION_CASE:
        return !a->conditional.subject == !b->conditional.subject &&
               a->conditional.branch_count == b->conditional.branch_count;
    case EXPRESSION_CAST:
        return type_name_equal(a->cast.type, b->cast.type);
    case EXPRESSION_STRUCT:
        return struct_names_equal(a, b);
    case EXPRESSION_CALL:
        return text_equal_nocase(a->call.name.name, b->call.name.name) &&
               a->call.is_star == b->call.is_star;
    case EXPRESSION_INTERVAL_UNIT:
        return a->interval_unit == b->interval_unit;
    case EXPRESSION_DEREFERENCE:
        return text_equal(a->dereference.field.name, b->dereference.field.name);
    case EXPRESSION_LAMBDA:
        return names_equal(&a->lambda.params, &b->lambda.params);
    case EXPRESSION_AT_TIME_ZONE:
        return text_equal(a->at_time_zone.zone, b->at_time_zone.zone);
    case EXPRESSION_NULL:
    case EXPRESSION_CONCAT:
    case EXPRESSION_NOT:
    case EXPRESSION_BETWEEN:
    case EXPRESSION_IN:
    case EXPRESSION_ARRAY:
    case EXPRESSION_MAP:
    case EXPRESSION_SUBSCRIPT:
    case EXPRESSION_KIND_COUNT:
        break;
    }
    return true;
}

bool expression_equal(const struct expression *a, const struct expression *b)
{
    if (a == b) {
        return true;
    }
    if (!node_equal(a, b)) {
        return false;
    }
    for (size_t i = 0;; i++) {
        const struct expression *left = expression_child(a, i);
        const struct expression *right = expression_child(b, i);
        if (!left || !right) {
            return left == right;
        }
        if (!expression_equal(left, right)) {
            return false;
        }
    }
}

/* --- Visiting ---------------------------------------------------------------------------- */

static enum status visit_node(const struct expression_visitor *visitor,
                              const struct expression *node, const struct lambda_frame *lambdas)
{
    bool enter = true;
    TRY(visitor->visit(visitor->context, node, lambdas, &enter));
    if (!enter) {
        return STATUS_OK;
    }
    const struct lambda_frame frame = {&node->lambda.params, lambdas};
    const bool is_lambda = node->kind == EXPRESSION_LAMBDA;
    const struct expression *child = NULL;
    for (size_t i = 0; (child = expression_child(node, i)) != NULL; i++) {
        TRY(visit_node(visitor, child, is_lambda ? &frame : lambdas));
    }
    return STATUS_OK;
}

enum status expression_visit(const struct expression_visitor *visitor,
                             const struct expression *node)
{
    return visit_node(visitor, node, NULL);
}

/* --- Rewriting --------------------------------------------------------------------------- */

static void *copy_array(struct arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = arena_array(arena, count, size);
    if (copy && count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static bool copy_list(struct arena *arena, struct expression_list *list)
{
    list->items = copy_array(arena, list->items, list->count, sizeof(*list->items));
    return list->items != NULL;
}

/* Makes the arrays that hold the node's children its own. */
static bool own_children(struct arena *arena, struct expression *node)
{
    if (node->kind == EXPRESSION_IN) {
        return copy_list(arena, &node->in.list);
    }
    if (node->kind == EXPRESSION_ARRAY) {
        return copy_list(arena, &node->array);
    }
    if (node->kind == EXPRESSION_CALL) {
        return copy_list(arena, &node->call.args);
    }
    if (node->kind == EXPRESSION_CASE) {
        node->conditional.branches =
            copy_array(arena, node->conditional.branches, node->conditional.branch_count,
                       sizeof(*node->conditional.branches));
        return node->conditional.branches != NULL;
    }
    if (node->kind == EXPRESSION_MAP) {
        node->map.entries =
            copy_array(arena, node->map.entries, node->map.count, sizeof(*node->map.entries));
        return node->map.entries != NULL;
    }
    if (node->kind == EXPRESSION_STRUCT) {
        node->structure.entries = copy_array(arena, node->structure.entries, node->structure.count,
                                             sizeof(*node->structure.entries));
        return node->structure.entries != NULL;
    }
    return true;
}

static enum status rewrite_node(const struct expression_rewriter *rewriter,
                                const struct expression *node, const struct lambda_frame *lambdas,
                                struct expression **out)
{
    struct expression *replaced = NULL;
    TRY(rewriter->replace(rewriter->context, node, lambdas, &replaced));
    if (replaced) {
        *out = replaced;
        return STATUS_OK;
    }
    struct expression *copy = arena_alloc(rewriter->arena, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(rewriter->diag);
    }
    *copy = *node;
    if (!own_children(rewriter->arena, copy)) {
        return diag_no_memory(rewriter->diag);
    }
    const struct lambda_frame frame = {&node->lambda.params, lambdas};
    const bool is_lambda = node->kind == EXPRESSION_LAMBDA;
    struct expression **slot = NULL;
    for (size_t i = 0; (slot = slot_at(copy, i)) != NULL; i++) {
        assert(*slot);
        TRY(rewrite_node(rewriter, *slot, is_lambda ? &frame : lambdas, slot));
    }
    *out = copy;
    return STATUS_OK;
}

enum status expression_rewrite(const struct expression_rewriter *rewriter,
                               const struct expression *node, struct expression **out)
{
    return rewrite_node(rewriter, node, NULL, out);
}
