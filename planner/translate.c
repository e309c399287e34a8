/* translate.c
 *
 * One function per kind of expression: translate the operands, tell the builder where the node
 * stands and how ksqlDB would print it, and call it. What has no builder is composed here: a
 * simple CASE is a searched one with equalities, BETWEEN is two comparisons.
 *
 * Recursion goes as deep as the parser lets trees be (PARSER_DEPTH_MAX).
 */
#include "planner/translator.h"

#include <assert.h>

#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/settings.h"

enum status translate_text(const struct planner *planner, const struct expression *expression,
                           struct text *out)
{
    *out = printer_expression_text(planner->arena, expression);
    return out->data ? STATUS_OK : diag_no_memory(planner->diag);
}

enum status translator_begin(const struct translator *self, const struct expression *node,
                             struct expr_build *build)
{
    *build = (struct expr_build){
        .arena = self->planner->arena,
        .registry = self->planner->registry,
        .diag = self->planner->diag,
        .pos = node->pos,
    };
    return translate_text(self->planner, node, &build->text);
}

/* --- Columns ----------------------------------------------------------------------------- */

int scope_find(const struct scope *scope, struct text name)
{
    if (scope->has_only_matches) {
        return -1;
    }
    if (!scope->prefix.data) {
        return schema_find(scope->schema, name);
    }
    if (!text_starts_with(name, scope->prefix)) {
        return -1;
    }
    const struct text rest = {name.data + scope->prefix.bytes, name.bytes - scope->prefix.bytes};
    return schema_find(scope->schema, rest);
}

static enum status translate_column(struct translator *self, const struct expression *node,
                                    const struct expr **out)
{
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    const struct text name = node->column.name.name;
    for (const struct binding *at = self->bindings; at; at = at->outer) {
        for (size_t i = 0; i < at->params->count; i++) {
            if (text_equal(at->params->items[i].name, name)) {
                return expr_lambda_argument(&build, at->first_slot + (uint32_t)i, at->types[i],
                                            out);
            }
        }
    }
    const int index = scope_find(self->scope, name);
    if (index < 0) {
        return diag_fail(self->planner->diag, STATUS_INVALID, node->pos, "Unknown column %.*s.",
                         TEXT_ARGS(name));
    }
    return expr_column(&build, (uint32_t)index, self->scope->schema->columns[index].type, out);
}

/* Inside lambdas too: their parameters never have a column's name. */
static const struct scope_match *find_match(const struct translator *self,
                                            const struct expression *node)
{
    for (uint32_t i = 0; i < self->scope->match_count; i++) {
        if (expression_equal(self->scope->matches[i].expression, node)) {
            return &self->scope->matches[i];
        }
    }
    return NULL;
}

/* --- Operators --------------------------------------------------------------------------- */

static enum status translate_pair(struct translator *self, const struct expression *left,
                                  const struct expression *right, const struct expr **sides)
{
    TRY(translator_node(self, left, &sides[0]));
    return translator_node(self, right, &sides[1]);
}

static enum status translate_arithmetic(struct translator *self, const struct expression *node,
                                        const struct expr **out)
{
    static const enum expr_op ops[] = {
        [AST_ARITHMETIC_ADD] = OP_ADD,           [AST_ARITHMETIC_SUBTRACT] = OP_SUBTRACT,
        [AST_ARITHMETIC_MULTIPLY] = OP_MULTIPLY, [AST_ARITHMETIC_DIVIDE] = OP_DIVIDE,
        [AST_ARITHMETIC_MODULUS] = OP_MODULUS,
    };
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translate_pair(self, node->arithmetic.left, node->arithmetic.right, sides));
    TRY(translator_begin(self, node, &build));
    return expr_arithmetic(&build, ops[node->arithmetic.op], sides[0], sides[1], out);
}

static enum status translate_concat(struct translator *self, const struct expression *node,
                                    const struct expr **out)
{
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translate_pair(self, node->concat.left, node->concat.right, sides));
    TRY(translator_begin(self, node, &build));
    return expr_arithmetic(&build, OP_ADD, sides[0], sides[1], out);
}

static enum status translate_sign(struct translator *self, const struct expression *node,
                                  const struct expr **out)
{
    const struct expr *operand = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->sign.operand, &operand));
    TRY(translator_begin(self, node, &build));
    if (node->sign.is_minus) {
        return expr_negate(&build, operand, out);
    }
    if (!type_is_numeric(operand->type)) {
        return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                         "Unary + needs a number: %.*s", TEXT_ARGS(operand->text));
    }
    *out = operand;
    return STATUS_OK;
}

static enum status translate_comparison(struct translator *self, const struct expression *node,
                                        const struct expr **out)
{
    static const enum expr_op ops[] = {
        [AST_COMPARISON_EQUAL] = OP_EQUAL,
        [AST_COMPARISON_NOT_EQUAL] = OP_NOT_EQUAL,
        [AST_COMPARISON_LESS_THAN] = OP_LESS,
        [AST_COMPARISON_LESS_THAN_OR_EQUAL] = OP_LESS_EQUAL,
        [AST_COMPARISON_GREATER_THAN] = OP_GREATER,
        [AST_COMPARISON_GREATER_THAN_OR_EQUAL] = OP_GREATER_EQUAL,
        [AST_COMPARISON_IS_DISTINCT_FROM] = OP_IS_DISTINCT_FROM,
    };
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translate_pair(self, node->comparison.left, node->comparison.right, sides));
    TRY(translator_begin(self, node, &build));
    return expr_compare(&build, ops[node->comparison.op], sides[0], sides[1], out);
}

static enum status translate_logical(struct translator *self, const struct expression *node,
                                     const struct expr **out)
{
    const struct expr *sides[2];
    struct expr_build build;
    const enum expr_kind kind = node->logical.op == AST_LOGICAL_AND ? EXPR_AND : EXPR_OR;
    TRY(translate_pair(self, node->logical.left, node->logical.right, sides));
    TRY(translator_begin(self, node, &build));
    return expr_logical(&build, kind, sides[0], sides[1], out);
}

static enum status translate_not(struct translator *self, const struct expression *node,
                                 const struct expr **out)
{
    const struct expr *operand = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->operand, &operand));
    TRY(translator_begin(self, node, &build));
    return expr_not(&build, operand, out);
}

static enum status translate_between(struct translator *self, const struct expression *node,
                                     const struct expr **out)
{
    const struct expr *value = NULL;
    const struct expr *bounds[2];
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translator_node(self, node->between.value, &value));
    TRY(translate_pair(self, node->between.min, node->between.max, bounds));
    TRY(translator_begin(self, node, &build));
    TRY(expr_compare(&build, OP_GREATER_EQUAL, value, bounds[0], &sides[0]));
    TRY(expr_compare(&build, OP_LESS_EQUAL, value, bounds[1], &sides[1]));
    return expr_logical(&build, EXPR_AND, sides[0], sides[1], out);
}

static enum status translate_list(struct translator *self, const struct expression_list *list,
                                  const struct expr ***out)
{
    const struct expr **items = arena_array(self->planner->arena, list->count, sizeof(*items));
    if (!items) {
        return diag_no_memory(self->planner->diag);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(translator_node(self, list->items[i], &items[i]));
    }
    *out = items;
    return STATUS_OK;
}

static enum status translate_in_list(struct translator *self, const struct expression *node,
                                     const struct expr **out)
{
    const struct expr *value = NULL;
    const struct expr **items = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->in.value, &value));
    TRY(translate_list(self, &node->in.list, &items));
    TRY(translator_begin(self, node, &build));
    return expr_in(&build, value, items, (uint32_t)node->in.list.count, out);
}

/* The code point that a text of one character holds. */
static uint32_t code_point(struct text text)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    assert(text.bytes >= 1 && text.bytes <= 4);
    uint32_t point = (unsigned char)text.data[0] & masks[text.bytes];
    for (size_t i = 1; i < text.bytes; i++) {
        point = point << 6 | ((unsigned char)text.data[i] & 0x3FU);
    }
    return point;
}

static enum status translate_like(struct translator *self, const struct expression *node,
                                  const struct expr **out)
{
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translate_pair(self, node->like.value, node->like.pattern, sides));
    TRY(translator_begin(self, node, &build));
    const uint32_t escape = node->like.escape.data ? code_point(node->like.escape) : 0;
    return expr_like(&build, sides[0], sides[1], escape, out);
}

static enum status translate_is_null(struct translator *self, const struct expression *node,
                                     const struct expr **out)
{
    const struct expr *operand = NULL;
    const struct expr *is_null = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->is_null.value, &operand));
    TRY(translator_begin(self, node, &build));
    TRY(expr_is_null(&build, operand, &is_null));
    if (node->is_null.is_negated) {
        return expr_not(&build, is_null, out);
    }
    *out = is_null;
    return STATUS_OK;
}

/* --- CASE -------------------------------------------------------------------------------- */

/* The condition of one branch; with a subject, that it equals the branch's value. */
static enum status translate_when(struct translator *self, const struct expression *node,
                                  const struct expr *subject, const struct expression *when,
                                  const struct expr **out)
{
    const struct expr *value = NULL;
    TRY(translator_node(self, when, &value));
    if (!subject) {
        *out = value;
        return STATUS_OK;
    }
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    build.pos = when->pos;
    build.text = arena_printf(self->planner->arena, "(%.*s = %.*s)", TEXT_ARGS(subject->text),
                              TEXT_ARGS(value->text));
    if (!build.text.data) {
        return diag_no_memory(self->planner->diag);
    }
    return expr_compare(&build, OP_EQUAL, subject, value, out);
}

static enum status translate_case(struct translator *self, const struct expression *node,
                                  const struct expr **out)
{
    const size_t count = node->conditional.branch_count;
    const struct expr **branches = arena_array(self->planner->arena, 2 * count, sizeof(*branches));
    if (!branches) {
        return diag_no_memory(self->planner->diag);
    }
    const struct expr *subject = NULL;
    const struct expr *otherwise = NULL;
    if (node->conditional.subject) {
        TRY(translator_node(self, node->conditional.subject, &subject));
    }
    for (size_t i = 0; i < count; i++) {
        const struct case_branch *branch = &node->conditional.branches[i];
        TRY(translate_when(self, node, subject, branch->when, &branches[2 * i]));
        TRY(translator_node(self, branch->then, &branches[2 * i + 1]));
    }
    if (node->conditional.otherwise) {
        TRY(translator_node(self, node->conditional.otherwise, &otherwise));
    }
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    return expr_case(&build, branches, (uint32_t)count, otherwise, out);
}

/* --- Values made of parts, and parts of values ------------------------------------------- */

/* The text that NULL gave when it was cast to STRING, before ksqlDB 0.15. */
static enum status replace_null(struct expr_build *build, const struct expr *text,
                                const struct expr **out)
{
    struct expr_argument arguments[2] = {{.expr = text}};
    TRY(expr_literal(build, text->type, value_text(TEXT("null")), &arguments[1].expr));
    return expr_call(build, TEXT("IFNULL"), arguments, 2, out);
}

static enum status translate_cast(struct translator *self, const struct expression *node,
                                  const struct expr **out)
{
    const struct expr *operand = NULL;
    const struct type *type = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->cast.value, &operand));
    TRY(plan_type(self->planner, node->cast.type, &type));
    TRY(translator_begin(self, node, &build));
    TRY(expr_cast(&build, operand, type, out));
    if (type->kind == TYPE_STRING &&
        !setting_bool(self->planner, "ksql.cast.strings.preserve.nulls", true)) {
        return replace_null(&build, *out, out);
    }
    return STATUS_OK;
}

static enum status translate_array(struct translator *self, const struct expression *node,
                                   const struct expr **out)
{
    const struct expr **items = NULL;
    struct expr_build build;
    TRY(translate_list(self, &node->array, &items));
    TRY(translator_begin(self, node, &build));
    return expr_array(&build, items, (uint32_t)node->array.count, out);
}

static enum status translate_map(struct translator *self, const struct expression *node,
                                 const struct expr **out)
{
    const size_t count = node->map.count;
    const struct expr **keys = arena_array(self->planner->arena, count, sizeof(*keys));
    const struct expr **values = arena_array(self->planner->arena, count, sizeof(*values));
    if (!keys || !values) {
        return diag_no_memory(self->planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(translator_node(self, node->map.entries[i].key, &keys[i]));
        TRY(translator_node(self, node->map.entries[i].value, &values[i]));
    }
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    return expr_map(&build, keys, values, (uint32_t)count, out);
}

static enum status translate_struct(struct translator *self, const struct expression *node,
                                    const struct expr **out)
{
    const size_t count = node->structure.count;
    const struct expr **values = arena_array(self->planner->arena, count, sizeof(*values));
    struct text *names = arena_array(self->planner->arena, count, sizeof(*names));
    if (!values || !names) {
        return diag_no_memory(self->planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = node->structure.entries[i].name.name;
        TRY(translator_node(self, node->structure.entries[i].value, &values[i]));
    }
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    return expr_struct(&build, names, values, (uint32_t)count, out);
}

static enum status translate_subscript(struct translator *self, const struct expression *node,
                                       const struct expr **out)
{
    const struct expr *sides[2];
    struct expr_build build;
    TRY(translate_pair(self, node->subscript.base, node->subscript.index, sides));
    TRY(translator_begin(self, node, &build));
    return expr_subscript(&build, sides[0], sides[1], out);
}

static enum status translate_dereference(struct translator *self, const struct expression *node,
                                         const struct expr **out)
{
    const struct expr *base = NULL;
    struct expr_build build;
    TRY(translator_node(self, node->dereference.base, &base));
    TRY(translator_begin(self, node, &build));
    return expr_field(&build, base, node->dereference.field.name, out);
}

/* --- All --------------------------------------------------------------------------------- */

static enum status fail_misplaced(const struct translator *self, const struct expression *node)
{
    static const char *const texts[EXPRESSION_KIND_COUNT] = {
        [EXPRESSION_AT_TIME_ZONE] = "AT TIME ZONE is not supported; use CONVERT_TZ or "
                                    "FORMAT_TIMESTAMP",
        [EXPRESSION_LAMBDA] = "A lambda can only be an argument of a function",
        [EXPRESSION_INTERVAL_UNIT] = "An interval unit can only be an argument of a function",
    };
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos, "%s", texts[node->kind]);
}

static enum status translate_constant(struct translator *self, const struct expression *node,
                                      const struct expr **out)
{
    bool is_literal;
    const struct type *type = NULL;
    struct value value;
    struct expr_build build;
    TRY(translate_literal(self->planner, node, &is_literal, &type, &value));
    assert(is_literal);
    TRY(translator_begin(self, node, &build));
    return expr_literal(&build, type, value, out);
}

typedef enum status translate_function(struct translator *self, const struct expression *node,
                                       const struct expr **out);

static translate_function *const translators[EXPRESSION_KIND_COUNT] = {
    [EXPRESSION_NULL] = translate_constant,
    [EXPRESSION_BOOLEAN] = translate_constant,
    [EXPRESSION_INTEGER] = translate_constant,
    [EXPRESSION_BIGINT] = translate_constant,
    [EXPRESSION_DECIMAL] = translate_constant,
    [EXPRESSION_DOUBLE] = translate_constant,
    [EXPRESSION_STRING] = translate_constant,
    [EXPRESSION_COLUMN] = translate_column,
    [EXPRESSION_ARITHMETIC] = translate_arithmetic,
    [EXPRESSION_SIGN] = translate_sign,
    [EXPRESSION_CONCAT] = translate_concat,
    [EXPRESSION_COMPARISON] = translate_comparison,
    [EXPRESSION_LOGICAL] = translate_logical,
    [EXPRESSION_NOT] = translate_not,
    [EXPRESSION_BETWEEN] = translate_between,
    [EXPRESSION_IN] = translate_in_list,
    [EXPRESSION_LIKE] = translate_like,
    [EXPRESSION_IS_NULL] = translate_is_null,
    [EXPRESSION_CASE] = translate_case,
    [EXPRESSION_CAST] = translate_cast,
    [EXPRESSION_ARRAY] = translate_array,
    [EXPRESSION_MAP] = translate_map,
    [EXPRESSION_STRUCT] = translate_struct,
    [EXPRESSION_CALL] = translator_call,
    [EXPRESSION_SUBSCRIPT] = translate_subscript,
    [EXPRESSION_DEREFERENCE] = translate_dereference,
};

enum status translator_node(struct translator *self, const struct expression *node,
                            const struct expr **out)
{
    assert(node->kind < EXPRESSION_KIND_COUNT);
    const struct scope_match *match = find_match(self, node);
    if (match) {
        struct expr_build build;
        TRY(translator_begin(self, node, &build));
        return expr_column(&build, match->column_index,
                           self->scope->schema->columns[match->column_index].type, out);
    }
    translate_function *const function = translators[node->kind];
    return function ? function(self, node, out) : fail_misplaced(self, node);
}

enum status translate(const struct planner *planner, const struct scope *scope,
                      const struct expression *expression, const struct expr **out)
{
    struct translator translator = {.planner = planner, .scope = scope};
    return translator_node(&translator, expression, out);
}

/* ksqlDB finds these mistakes only while it generates code, and then names what it was
 * generating; all others come from its type checks. */
static bool is_code_error(const char *message)
{
    static const char *const starts[] = {"Cast of ", "invalid input syntax for type ",
                                         "operator does not exist: "};
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(message, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

enum status translate_in(const struct planner *planner, const struct scope *scope,
                         enum clause clause, const struct expression *expression,
                         const struct expr **out)
{
    const enum status status = translate(planner, scope, expression, out);
    if (status == STATUS_OK || status == STATUS_NO_MEMORY) {
        return status;
    }
    if (is_code_error(planner->diag->message)) {
        diag_prefix(planner->diag, clause == CLAUSE_OF_WHERE || clause == CLAUSE_OF_HAVING
                                       ? "Invalid Predicate: "
                                       : "Invalid Select: ");
    } else if (clause == CLAUSE_OF_WHERE) {
        diag_prefix(planner->diag, "Error in WHERE expression: ");
    } else if (clause == CLAUSE_OF_HAVING) {
        diag_prefix(planner->diag, "Error in HAVING expression: ");
    }
    return status;
}

enum status translate_condition(const struct planner *planner, const struct scope *scope,
                                enum clause clause, const struct expression *expression,
                                const struct expr **out)
{
    TRY(translate_in(planner, scope, clause, expression, out));
    if ((*out)->type->kind == TYPE_BOOLEAN) {
        return STATUS_OK;
    }
    struct buffer type;
    buffer_init(&type);
    type_print((*out)->type, &type);
    const enum status status = diag_fail(
        planner->diag, STATUS_INVALID, expression->pos,
        "Type error in %s expression: Should evaluate to boolean but is %.*s (%.*s) instead.",
        clause == CLAUSE_OF_HAVING ? "HAVING" : "WHERE", TEXT_ARGS((*out)->text),
        TEXT_ARGS(buffer_text(&type)));
    buffer_release(&type);
    return status;
}
