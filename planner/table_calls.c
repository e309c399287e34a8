/* table_calls.c
 *
 * Equal calls are made once and become one column, KSQL_SYNTH_n, which the projection finds by
 * structure. Columns that were keys stay keys: each row made from a record keeps its key.
 */
#include "planner/table_calls.h"

#include "functions/table_function.h"
#include "planner/expression_tree.h"

static bool is_table_call(const struct planner *planner, const struct expression *node)
{
    return node->kind == EXPRESSION_CALL &&
           table_function_exists(planner->registry, node->call.name.name);
}

/* --- Where calls may not stand ----------------------------------------------------------- */

/* What a part of the projection is searched for: calls below outer, a call or a CASE. */
struct inner_context {
    const struct planner *planner;
    const struct expression *outer;
};

static enum status fail_in_case(const struct planner *planner, const struct expression *call)
{
    struct text text;
    TRY(translate_text(planner, call, &text));
    return diag_fail(planner->diag, STATUS_INVALID, call->pos,
                     "Table functions cannot be used in CASE: %.*s", TEXT_ARGS(text));
}

static enum status visit_inner(void *context, const struct expression *node,
                               const struct lambda_frame *lambdas, bool *enter)
{
    const struct inner_context *self = context;
    (void)lambdas;
    (void)enter;
    if (node == self->outer || !is_table_call(self->planner, node)) {
        return STATUS_OK;
    }
    if (self->outer->kind == EXPRESSION_CASE) {
        return fail_in_case(self->planner, node);
    }
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                     "Table functions cannot be nested: %.*s(%.*s())",
                     TEXT_ARGS(self->outer->call.name.name), TEXT_ARGS(node->call.name.name));
}

static enum status check_inside(const struct planner *planner, const struct expression *outer)
{
    struct inner_context context = {.planner = planner, .outer = outer};
    const struct expression_visitor visitor = {visit_inner, &context};
    return expression_visit(&visitor, outer);
}

/* --- Finding calls ----------------------------------------------------------------------- */

struct find_context {
    const struct planner *planner;
    struct query_expressions *calls;
};

static enum status visit(void *context, const struct expression *node,
                         const struct lambda_frame *lambdas, bool *enter)
{
    struct find_context *self = context;
    (void)lambdas;
    const bool is_call = is_table_call(self->planner, node);
    if (!is_call && node->kind != EXPRESSION_CASE) {
        return STATUS_OK;
    }
    *enter = false;
    TRY(check_inside(self->planner, node));
    return is_call ? query_expressions_add(self->planner, self->calls, node) : STATUS_OK;
}

enum status table_calls_read(const struct planner *planner, const struct query *query,
                             bool has_aggregation, struct query_expressions *out)
{
    *out = (struct query_expressions){0};
    struct find_context context = {.planner = planner, .calls = out};
    const struct expression_visitor visitor = {visit, &context};
    for (uint32_t i = 0; i < query->item_count; i++) {
        struct expression *plain = NULL;
        TRY(query_plain(planner, query, query->items[i].expression, &plain));
        TRY(expression_visit(&visitor, plain));
    }
    if (out->count == 0) {
        return STATUS_OK;
    }
    if (has_aggregation) {
        return diag_fail(planner->diag, STATUS_INVALID, out->items[0]->pos,
                         "Table functions cannot be used with aggregations.");
    }
    for (uint32_t i = 0; i < query->source_count; i++) {
        if (query->sources[i].source->is_table) {
            return diag_fail(planner->diag, STATUS_INVALID, out->items[0]->pos,
                             "Table source is not supported with table functions");
        }
    }
    return STATUS_OK;
}

/* --- The step ---------------------------------------------------------------------------- */

static enum status cast_argument(const struct planner *planner, const struct expr *argument,
                                 const struct type *type, const struct expr **out)
{
    if (type_equal(argument->type, type)) {
        *out = argument;
        return STATUS_OK;
    }
    struct expr_build build = {.arena = planner->arena,
                               .registry = planner->registry,
                               .diag = planner->diag,
                               .pos = argument->pos,
                               .text = argument->text};
    return expr_cast(&build, argument, type, out);
}

static enum status plan_call(struct plan_builder *builder, const struct relation *relation,
                             const struct expression *call, struct plan_table_call *out)
{
    const struct planner *planner = builder->planner;
    const uint32_t count = (uint32_t)call->call.args.count;
    const struct expr **arguments = arena_array(planner->arena, count, sizeof(*arguments));
    const struct type **types = arena_array(planner->arena, count, sizeof(*types));
    if (!arguments || !types) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(translate_in(planner, &relation->scope, CLAUSE_OF_SELECT, call->call.args.items[i],
                         &arguments[i]));
        types[i] = arguments[i]->type;
    }
    *out = (struct plan_table_call){.arguments = arguments, .pos = call->pos};
    TRY(translate_text(planner, call, &out->text));
    TRY(table_function_resolve(planner->registry, call->call.name.name, types, count,
                               planner->arena, &out->function, planner->diag));
    for (uint32_t i = 0; i < out->function.argument_count; i++) {
        TRY(cast_argument(planner, arguments[i], out->function.argument_types[i], &arguments[i]));
    }
    return STATUS_OK;
}

enum status table_calls_plan(struct plan_builder *builder, const struct query_expressions *calls,
                             struct relation *relation)
{
    const struct planner *planner = builder->planner;
    const struct schema *input = &relation->step->schema;
    const uint32_t first = input->column_count;
    const size_t match_count = (size_t)relation->scope.match_count + calls->count;
    struct plan_step *step = step_create(builder, PLAN_FLAT_MAP, "FlatMap", relation->step);
    struct plan_table_call *planned = arena_array(planner->arena, calls->count, sizeof(*planned));
    struct schema_column *columns =
        arena_array(planner->arena, (size_t)first + calls->count, sizeof(*columns));
    struct scope_match *matches = arena_array(planner->arena, match_count, sizeof(*matches));
    if (!step || !planned || !columns || !matches) {
        return diag_no_memory(planner->diag);
    }
    memcpy(columns, input->columns, first * sizeof(*columns));
    for (uint32_t i = 0; i < calls->count; i++) {
        TRY(plan_call(builder, relation, calls->items[i], &planned[i]));
        columns[first + i] =
            (struct schema_column){.name = arena_printf(planner->arena, "KSQL_SYNTH_%u", i),
                                   .type = planned[i].function.result_type,
                                   .role = COLUMN_VALUE};
        matches[i] = (struct scope_match){calls->items[i], first + i};
    }
    for (uint32_t i = 0; i < relation->scope.match_count; i++) {
        matches[calls->count + i] = relation->scope.matches[i];
    }
    step->schema = (struct schema){first + calls->count, columns};
    step->flat_map = (struct plan_flat_map){planned, calls->count};
    step->pos = calls->items[0]->pos;
    relation->step = step;
    relation->scope.schema = &step->schema;
    relation->scope.matches = matches;
    relation->scope.match_count = (uint32_t)match_count;
    return STATUS_OK;
}
