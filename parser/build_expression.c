/* build_expression.c
 *
 * Nodes of expressions. Each knows its depth, one more than its deepest part, so that a tree that
 * would exhaust the stack of a later pass is refused while it is being built.
 *
 * NOT BETWEEN, NOT IN, NOT LIKE and IS NOT DISTINCT FROM become a NOT around the plain predicate,
 * as in ksqlDB; IS NOT NULL has a node of its own.
 */
#include "parser/builder.h"

static uint32_t depth_of(const struct expression *node)
{
    return node ? node->depth : 0;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static struct sql_pos pos_of(const struct expression *node)
{
    return node ? node->pos : SQL_POS_NONE;
}

static uint32_t list_depth(struct expression_list list)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < list.count; i++) {
        depth = larger(depth, list.items[i]->depth);
    }
    return depth;
}

/* A node over two parts, from the start of left to the end of right. */
static struct expression *binary_node(struct builder *b, enum expression_kind kind,
                                      const struct expression *left, const struct expression *right)
{
    return builder_expression(b, kind, larger(depth_of(left), depth_of(right)) + 1,
                              builder_span(pos_of(left), pos_of(right)));
}

struct expression_list builder_add_expression(struct builder *b, struct expression_list list,
                                              struct expression *item)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(struct expression *));
    if (!list.items) {
        return (struct expression_list){0};
    }
    list.items[list.count++] = item;
    return list;
}

struct expression_list builder_prepend_expression(struct builder *b, struct expression *item,
                                                  struct expression_list list)
{
    struct expression_list all = builder_add_expression(b, (struct expression_list){0}, item);
    for (size_t i = 0; i < list.count; i++) {
        all = builder_add_expression(b, all, list.items[i]);
    }
    return all;
}

struct case_branch_list builder_add_branch(struct builder *b, struct case_branch_list list,
                                           struct expression *when, struct expression *then)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct case_branch_list){0};
    }
    list.items[list.count++] = (struct case_branch){when, then};
    return list;
}

struct map_entry_list builder_add_map_entry(struct builder *b, struct map_entry_list list,
                                            struct expression *key, struct expression *value)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct map_entry_list){0};
    }
    list.items[list.count++] = (struct map_entry){key, value};
    return list;
}

struct struct_entry_list builder_add_struct_entry(struct builder *b, struct struct_entry_list list,
                                                  struct identifier name, struct expression *value)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct struct_entry_list){0};
    }
    list.items[list.count++] = (struct struct_entry){name, value};
    return list;
}

struct expression *builder_column(struct builder *b, const struct identifier *source,
                                  struct identifier name)
{
    const struct sql_pos pos = source ? builder_span(source->pos, name.pos) : name.pos;
    struct expression *node = builder_expression(b, EXPRESSION_COLUMN, 1, pos);
    if (node) {
        node->column.name = name;
        node->column.has_source = source != NULL;
        if (source) {
            node->column.source = *source;
        }
    }
    return node;
}

struct expression *builder_arithmetic(struct builder *b, enum ast_arithmetic op,
                                      const struct token *token, struct expression *left,
                                      struct expression *right)
{
    struct expression *node = binary_node(b, EXPRESSION_ARITHMETIC, left, right);
    if (node) {
        node->arithmetic.op = op;
        node->arithmetic.op_pos = token->pos;
        node->arithmetic.left = left;
        node->arithmetic.right = right;
    }
    return node;
}

struct expression *builder_sign(struct builder *b, const struct token *token, bool is_minus,
                                struct expression *operand)
{
    struct expression *node = builder_expression(b, EXPRESSION_SIGN, depth_of(operand) + 1,
                                                 builder_span(token->pos, pos_of(operand)));
    if (node) {
        node->sign.is_minus = is_minus;
        node->sign.operand = operand;
    }
    return node;
}

struct expression *builder_concat(struct builder *b, struct expression *left,
                                  struct expression *right)
{
    struct expression *node = binary_node(b, EXPRESSION_CONCAT, left, right);
    if (node) {
        node->concat.left = left;
        node->concat.right = right;
    }
    return node;
}

struct expression *builder_comparison(struct builder *b, enum ast_comparison op,
                                      const struct token *token, struct expression *left,
                                      struct expression *right)
{
    struct expression *node = binary_node(b, EXPRESSION_COMPARISON, left, right);
    if (node) {
        node->comparison.op = op;
        node->comparison.op_pos = token->pos;
        node->comparison.left = left;
        node->comparison.right = right;
    }
    return node;
}

struct expression *builder_logical(struct builder *b, enum ast_logical op, struct expression *left,
                                   struct expression *right)
{
    struct expression *node = binary_node(b, EXPRESSION_LOGICAL, left, right);
    if (node) {
        node->logical.op = op;
        node->logical.left = left;
        node->logical.right = right;
    }
    return node;
}

static struct expression *not_node(struct builder *b, struct expression *operand,
                                   struct sql_pos pos)
{
    struct expression *node = builder_expression(b, EXPRESSION_NOT, depth_of(operand) + 1, pos);
    if (node) {
        node->operand = operand;
    }
    return node;
}

struct expression *builder_not(struct builder *b, const struct token *token,
                               struct expression *operand)
{
    return not_node(b, operand, builder_span(token->pos, pos_of(operand)));
}

struct expression *builder_negate(struct builder *b, bool is_negated, struct expression *operand)
{
    return is_negated ? not_node(b, operand, pos_of(operand)) : operand;
}

struct expression *builder_between(struct builder *b, struct expression *value,
                                   struct expression *min, struct expression *max)
{
    const uint32_t depth = larger(depth_of(value), larger(depth_of(min), depth_of(max)));
    struct expression *node = builder_expression(b, EXPRESSION_BETWEEN, depth + 1,
                                                 builder_span(pos_of(value), pos_of(max)));
    if (node) {
        node->between.value = value;
        node->between.min = min;
        node->between.max = max;
    }
    return node;
}

struct expression *builder_in(struct builder *b, struct expression *value,
                              struct expression_list list, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    struct expression *node =
        builder_expression(b, EXPRESSION_IN, larger(depth_of(value), list_depth(list)) + 1,
                           builder_span(pos_of(value), last->pos));
    if (node) {
        node->in.value = value;
        node->in.list = list;
    }
    return node;
}

/* Bytes of the UTF-8 character that text starts with; 0 for an empty text. */
static size_t first_character_bytes(struct text text)
{
    size_t bytes = text.bytes > 0 ? 1 : 0;
    while (bytes < text.bytes && ((unsigned char)text.data[bytes] & 0xC0U) == 0x80U) {
        bytes++;
    }
    return bytes;
}

struct expression *builder_like(struct builder *b, struct expression *value,
                                struct expression *pattern, const struct token *escape)
{
    struct expression *node = binary_node(b, EXPRESSION_LIKE, value, pattern);
    if (!node) {
        return NULL;
    }
    node->like.value = value;
    node->like.pattern = pattern;
    if (!escape) {
        return node;
    }
    node->pos = builder_span(node->pos, escape->pos);
    node->like.escape = builder_unquote(b, escape);
    const struct text text = node->like.escape;
    if (text.data && (text.bytes == 0 || first_character_bytes(text) != text.bytes)) {
        builder_fail_at(b, escape->pos, "Expected single character escape but got: %.*s",
                        (int)(text.bytes < 100 ? text.bytes : 100), text.data);
    }
    return node;
}

struct expression *builder_is_null(struct builder *b, struct expression *value, bool is_negated,
                                   const struct token *last)
{
    struct expression *node = builder_expression(b, EXPRESSION_IS_NULL, depth_of(value) + 1,
                                                 builder_span(pos_of(value), last->pos));
    if (node) {
        node->is_null.value = value;
        node->is_null.is_negated = is_negated;
    }
    return node;
}

struct expression *builder_at_time_zone(struct builder *b, struct expression *value,
                                        const struct token *zone)
{
    struct expression *node = builder_expression(b, EXPRESSION_AT_TIME_ZONE, depth_of(value) + 1,
                                                 builder_span(pos_of(value), zone->pos));
    if (node) {
        node->at_time_zone.value = value;
        node->at_time_zone.zone = builder_unquote(b, zone);
    }
    return node;
}

struct expression *builder_case(struct builder *b, const struct token *first,
                                struct expression *subject, struct case_branch_list branches,
                                struct expression *otherwise, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    uint32_t depth = larger(depth_of(subject), depth_of(otherwise));
    for (size_t i = 0; i < branches.count; i++) {
        depth = larger(depth, branches.items[i].when->depth);
        depth = larger(depth, branches.items[i].then->depth);
    }
    struct expression *node =
        builder_expression(b, EXPRESSION_CASE, depth + 1, builder_span(first->pos, last->pos));
    if (node) {
        node->conditional.subject = subject;
        node->conditional.branches = branches.items;
        node->conditional.branch_count = branches.count;
        node->conditional.otherwise = otherwise;
    }
    return node;
}

struct expression *builder_cast(struct builder *b, const struct token *first,
                                struct expression *value, struct type_name *type,
                                const struct token *last)
{
    struct expression *node = builder_expression(b, EXPRESSION_CAST, depth_of(value) + 1,
                                                 builder_span(first->pos, last->pos));
    if (node) {
        node->cast.value = value;
        node->cast.type = type;
    }
    return node;
}

struct expression *builder_array(struct builder *b, const struct token *first,
                                 struct expression_list list, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    struct expression *node = builder_expression(b, EXPRESSION_ARRAY, list_depth(list) + 1,
                                                 builder_span(first->pos, last->pos));
    if (node) {
        node->array = list;
    }
    return node;
}

struct expression *builder_map(struct builder *b, const struct token *first,
                               struct map_entry_list list, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    uint32_t depth = 0;
    for (size_t i = 0; i < list.count; i++) {
        depth = larger(depth, larger(list.items[i].key->depth, list.items[i].value->depth));
    }
    struct expression *node =
        builder_expression(b, EXPRESSION_MAP, depth + 1, builder_span(first->pos, last->pos));
    if (node) {
        node->map.entries = list.items;
        node->map.count = list.count;
    }
    return node;
}

struct expression *builder_struct(struct builder *b, const struct token *first,
                                  struct struct_entry_list list, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    uint32_t depth = 0;
    for (size_t i = 0; i < list.count; i++) {
        depth = larger(depth, list.items[i].value->depth);
    }
    struct expression *node =
        builder_expression(b, EXPRESSION_STRUCT, depth + 1, builder_span(first->pos, last->pos));
    if (node) {
        node->structure.entries = list.items;
        node->structure.count = list.count;
    }
    return node;
}

struct expression *builder_call(struct builder *b, struct identifier name, bool is_star,
                                struct expression_list args, const struct token *last)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    struct expression *node = builder_expression(b, EXPRESSION_CALL, list_depth(args) + 1,
                                                 builder_span(name.pos, last->pos));
    if (node) {
        node->call.name = name;
        node->call.is_star = is_star;
        node->call.args = args;
    }
    return node;
}

struct expression *builder_subscript(struct builder *b, struct expression *base,
                                     struct expression *index, const struct token *last)
{
    struct expression *node = binary_node(b, EXPRESSION_SUBSCRIPT, base, index);
    if (node) {
        node->pos = builder_span(node->pos, last->pos);
        node->subscript.base = base;
        node->subscript.index = index;
    }
    return node;
}

struct expression *builder_dereference(struct builder *b, struct expression *base,
                                       struct identifier field)
{
    struct expression *node = builder_expression(b, EXPRESSION_DEREFERENCE, depth_of(base) + 1,
                                                 builder_span(pos_of(base), field.pos));
    if (node) {
        node->dereference.base = base;
        node->dereference.field = field;
    }
    return node;
}

struct expression *builder_lambda(struct builder *b, struct identifier_list params,
                                  struct expression *body)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    struct expression *node = builder_expression(b, EXPRESSION_LAMBDA, depth_of(body) + 1,
                                                 builder_span(params.items[0].pos, pos_of(body)));
    if (node) {
        node->lambda.params = params;
        node->lambda.body = body;
    }
    return node;
}
