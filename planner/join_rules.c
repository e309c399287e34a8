/* join_rules.c
 *
 * A criterion is an equality whose sides each name one source: one side the source being
 * joined, the other any source before it. Which columns hold the join's key afterwards follows
 * from the criteria: both sides of the last one, and, since equality carries over, what the
 * joins before it had made equal to either. If none of these is a plain column, or a FULL join
 * can leave either side empty, the key gets a column of its own.
 */
#include "planner/join_rules.h"

#include <assert.h>

#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/query_check.h"

const char *join_type_text(enum join_type type)
{
    static const char *const texts[] = {
        [JOIN_INNER] = "[INNER] JOIN",
        [JOIN_LEFT] = "LEFT [OUTER] JOIN",
        [JOIN_RIGHT] = "RIGHT [OUTER] JOIN",
        [JOIN_OUTER] = "[FULL] OUTER JOIN",
    };
    return texts[type];
}

/* The number of the one source that a side names; more or fewer is STATUS_INVALID. */
struct side_context {
    const struct query *query;
    uint32_t source;
    uint32_t count;
};

static enum status visit_side(void *context, const struct expression *node,
                              const struct lambda_frame *lambdas, bool *enter)
{
    struct side_context *self = context;
    (void)lambdas;
    (void)enter;
    if (node->kind != EXPRESSION_COLUMN || !node->column.has_source) {
        return STATUS_OK;
    }
    const struct query_source *source = query_find_source(self->query, node->column.source.name);
    assert(source);
    const uint32_t number = (uint32_t)(source - self->query->sources);
    if (self->count == 0 || self->source != number) {
        self->count++;
        self->source = number;
    }
    return STATUS_OK;
}

static enum status side_source(const struct planner *planner, const struct query *query,
                               const struct expression *on, const struct expression *side,
                               uint32_t *out)
{
    TRY(query_check_expression(planner, query, "JOIN ON", side));
    struct side_context context = {.query = query};
    const struct expression_visitor visitor = {visit_side, &context};
    TRY(expression_visit(&visitor, side));
    if (context.count != 1) {
        return diag_fail(planner->diag, STATUS_INVALID, side->pos,
                         "Invalid comparison expression '%.*s' in join '%.*s'. Each side of the "
                         "join comparision must contain references from exactly one source.",
                         TEXT_ARGS(printer_expression_text(planner->arena, side)),
                         TEXT_ARGS(printer_expression_text(planner->arena, on)));
    }
    *out = context.source;
    return STATUS_OK;
}

static enum status check_criterion(const struct planner *planner, const struct expression *on)
{
    if (on->kind == EXPRESSION_LOGICAL) {
        return diag_fail(planner->diag, STATUS_INVALID, on->pos,
                         "Invalid join condition: joins on multiple conditions are not yet "
                         "supported. Got %.*s.",
                         TEXT_ARGS(printer_expression_text(planner->arena, on)));
    }
    if (on->kind != EXPRESSION_COMPARISON) {
        return diag_fail(planner->diag, STATUS_INVALID, on->pos,
                         "Unsupported join expression: %.*s",
                         TEXT_ARGS(printer_expression_text(planner->arena, on)));
    }
    if (on->comparison.op != AST_COMPARISON_EQUAL) {
        return diag_fail(planner->diag, STATUS_INVALID, on->pos,
                         "Only equality join criteria is supported.");
    }
    return STATUS_OK;
}

static enum status fail_sources(const struct planner *planner, const struct query *query,
                                const struct join_rule *rule, uint32_t left, uint32_t right)
{
    const struct query_source *sources = query->sources;
    if (left == right) {
        return diag_fail(planner->diag, STATUS_INVALID, rule->on->pos,
                         "Each side of the join must reference exactly one source and not the "
                         "same source. Left side references `%.*s` and right references `%.*s`",
                         TEXT_ARGS(sources[left].alias), TEXT_ARGS(sources[right].alias));
    }
    return diag_fail(planner->diag, STATUS_INVALID, rule->on->pos,
                     "A join criteria is expected to reference the source (`%.*s`) in the FROM "
                     "clause, instead the right source references `%.*s` and the left source "
                     "references `%.*s`",
                     TEXT_ARGS(sources[rule->right_source].alias), TEXT_ARGS(sources[right].alias),
                     TEXT_ARGS(sources[left].alias));
}

/* True when side is the primary key of the source that it names. */
static bool is_key_column(const struct query *query, uint32_t source_index,
                          const struct expression *side)
{
    const struct schema *schema = &query->sources[source_index].source->schema;
    return side->kind == EXPRESSION_COLUMN && schema_count(schema, COLUMN_KEY) == 1 &&
           text_equal(schema->columns[0].name, side->column.name.name);
}

static enum status read_rule(const struct planner *planner, const struct query *query,
                             uint32_t index, struct join_rule *rule)
{
    static const enum join_type types[] = {
        [AST_JOIN_INNER] = JOIN_INNER,
        [AST_JOIN_LEFT] = JOIN_LEFT,
        [AST_JOIN_RIGHT] = JOIN_RIGHT,
        [AST_JOIN_FULL] = JOIN_OUTER,
    };
    const struct expression *on = query->join_on[index];
    *rule = (struct join_rule){.type = types[query->ast->joins[index].type],
                               .ast = &query->ast->joins[index],
                               .on = on,
                               .right_source = index + 1};
    TRY(check_criterion(planner, on));
    uint32_t left;
    uint32_t right;
    TRY(side_source(planner, query, on, on->comparison.left, &left));
    TRY(side_source(planner, query, on, on->comparison.right, &right));
    rule->left = on->comparison.left;
    rule->right = on->comparison.right;
    rule->left_source = left;
    if (left == rule->right_source && right != left) {
        rule->left = on->comparison.right;
        rule->right = on->comparison.left;
        rule->left_source = right;
    } else if (right != rule->right_source || left == right) {
        return fail_sources(planner, query, rule, left, right);
    }
    if (rule->left_source > index) {
        return fail_sources(planner, query, rule, left, right);
    }
    const struct source *left_source = query->sources[rule->left_source].source;
    const struct source *right_source = query->sources[rule->right_source].source;
    rule->is_foreign = left_source->is_table && right_source->is_table &&
                       !is_key_column(query, rule->left_source, rule->left) &&
                       is_key_column(query, rule->right_source, rule->right);
    return STATUS_OK;
}

/* --- The key ----------------------------------------------------------------------------- */

static bool has_expression(const struct query_expressions *list,
                           const struct expression *expression)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (expression_equal(list->items[i], expression)) {
            return true;
        }
    }
    return false;
}

static void add_expression(struct query_expressions *list, const struct expression *expression)
{
    if (!has_expression(list, expression)) {
        list->items[list->count++] = (struct expression *)expression;
    }
}

/* What equals the key of the last join in every row, in the order of the joins. */
static enum status equivalent_expressions(const struct planner *planner,
                                          const struct join_rules *rules,
                                          struct query_expressions *out)
{
    out->count = 0;
    out->items = arena_array(planner->arena, 2 * (size_t)rules->count, sizeof(*out->items));
    if (!out->items) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct join_rule *rule = &rules->rules[i];
        const bool goes_on = has_expression(out, rule->left) || has_expression(out, rule->right);
        if (!goes_on) {
            out->count = 0;
        }
        if (rule->type == JOIN_OUTER || rule->is_foreign) {
            out->count = 0; /* neither side is the key in every row */
            continue;
        }
        add_expression(out, rule->left);
        add_expression(out, rule->right);
    }
    return STATUS_OK;
}

/* True when the projection shows the column, by name or by a star. */
static bool is_projected(const struct query *query, const struct expression *column)
{
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct query_item *item = &query->items[i];
        if (item->kind == SELECT_ITEM_STAR) {
            return true;
        }
        if (item->kind == SELECT_ITEM_SOURCE_STAR &&
            text_equal(query->sources[item->source_index].alias, column->column.source.name)) {
            return true;
        }
        if (item->kind == SELECT_ITEM_EXPRESSION && expression_equal(item->expression, column)) {
            return true;
        }
    }
    return false;
}

/* ROWKEY, or ROWKEY_1, ... when a source has such a column. */
static struct text synthetic_name(const struct planner *planner, const struct query *query)
{
    for (uint32_t number = 0;; number++) {
        const struct text name =
            number == 0 ? TEXT("ROWKEY") : arena_printf(planner->arena, "ROWKEY_%u", number);
        bool is_taken = false;
        for (uint32_t i = 0; i < query->source_count; i++) {
            is_taken |= query_source_has(&query->sources[i], name);
        }
        if (!is_taken || !name.data) {
            return name;
        }
    }
}

static enum status choose_key(const struct planner *planner, const struct query *query,
                              struct join_rules *rules)
{
    struct query_expressions equal;
    TRY(equivalent_expressions(planner, rules, &equal));
    rules->viable.items = equal.items; /* the plain columns move to the front */
    for (uint32_t i = 0; i < equal.count; i++) {
        if (equal.items[i]->kind == EXPRESSION_COLUMN) {
            rules->viable.items[rules->viable.count++] = equal.items[i];
        }
    }
    if (rules->viable.count == 0) {
        rules->is_synthetic = true;
        rules->key_name = synthetic_name(planner, query);
        return rules->key_name.data ? STATUS_OK : diag_no_memory(planner->diag);
    }
    rules->key = rules->viable.items[0];
    for (uint32_t i = 0; i < rules->viable.count; i++) {
        if (is_projected(query, rules->viable.items[i])) {
            rules->key = rules->viable.items[i];
            break;
        }
    }
    rules->key_name = name_of_join_column(planner->arena, rules->key->column.source.name,
                                          rules->key->column.name.name);
    return rules->key_name.data ? STATUS_OK : diag_no_memory(planner->diag);
}

static enum status choose_foreign_key(const struct planner *planner, const struct query *query,
                                      struct join_rules *rules)
{
    const struct query_source *left = &query->sources[0];
    rules->key_name =
        name_of_join_column(planner->arena, left->alias, left->source->schema.columns[0].name);
    return rules->key_name.data ? STATUS_OK : diag_no_memory(planner->diag);
}

enum status join_rules_read(const struct planner *planner, const struct query *query,
                            struct join_rules *out)
{
    *out = (struct join_rules){.count = query->source_count - 1};
    out->rules = arena_array(planner->arena, out->count, sizeof(*out->rules));
    if (!out->rules) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < out->count; i++) {
        TRY(read_rule(planner, query, i, &out->rules[i]));
    }
    return out->rules[out->count - 1].is_foreign ? choose_foreign_key(planner, query, out)
                                                 : choose_key(planner, query, out);
}
