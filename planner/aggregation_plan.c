/* aggregation_plan.c
 *
 * The step computes its group keys and the arguments of its aggregates itself, so that no
 * projection stands before it. What comes after it sees group expressions, aggregate calls and
 * window bounds as columns: the scope finds them by structure, and nothing else by name.
 */
#include <assert.h>

#include "functions/aggregate.h"
#include "planner/aggregation.h"
#include "planner/names.h"
#include "planner/serde_choice.h"
#include "planner/windows.h"

/* Arguments of one call, as the resolution of aggregates wants them. */
struct call_arguments {
    uint32_t count;
    const struct expr **exprs;
    const struct type **types;
    const struct value **literals;
    struct text *texts;
};

/* A call without arguments counts rows: ksqlDB passes ROWTIME, which is never NULL. A constant
 * does as well, and asks nothing of the source. */
static enum status row_argument(struct plan_builder *builder, const struct expression *call,
                                struct call_arguments *out)
{
    const struct planner *planner = builder->planner;
    struct expr_build build = {.arena = planner->arena,
                               .registry = planner->registry,
                               .diag = planner->diag,
                               .pos = call->pos,
                               .text = pseudo_names[PSEUDO_ROWTIME].name};
    out->types[0] = type_of(TYPE_BIGINT);
    out->literals[0] = NULL;
    out->texts[0] = build.text;
    return expr_literal(&build, out->types[0], value_int64(0), &out->exprs[0]);
}

static enum status translate_arguments(struct plan_builder *builder, const struct scope *scope,
                                       const struct expression *call, struct call_arguments *out)
{
    const struct planner *planner = builder->planner;
    const bool has_none = call->call.args.count == 0;
    const uint32_t count = has_none ? 1 : (uint32_t)call->call.args.count;
    struct value *values = arena_array(planner->arena, count, sizeof(*values));
    out->count = count;
    out->exprs = arena_array(planner->arena, count, sizeof(*out->exprs));
    out->types = arena_array(planner->arena, count, sizeof(*out->types));
    out->literals = arena_array(planner->arena, count, sizeof(*out->literals));
    out->texts = arena_array(planner->arena, count, sizeof(*out->texts));
    if (!values || !out->exprs || !out->types || !out->literals || !out->texts) {
        return diag_no_memory(planner->diag);
    }
    if (has_none) {
        return row_argument(builder, call, out);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct expression *argument = call->call.args.items[i];
        bool is_literal;
        const struct type *type = NULL;
        TRY(translate_in(planner, scope, CLAUSE_OF_SELECT, argument, &out->exprs[i]));
        TRY(translate_literal(planner, argument, &is_literal, &type, &values[i]));
        out->types[i] = out->exprs[i]->type;
        out->literals[i] = is_literal ? &values[i] : NULL;
        out->texts[i] = out->exprs[i]->text;
    }
    return STATUS_OK;
}

static enum status resolve_call(struct plan_builder *builder, const struct scope *scope,
                                const struct expression *call, struct aggregate *aggregate,
                                const struct expr ***arguments)
{
    const struct planner *planner = builder->planner;
    const struct function_settings settings = {planner->catalog->find_setting,
                                               planner->catalog->context};
    struct call_arguments given;
    TRY(translate_arguments(builder, scope, call, &given));
    TRY(aggregate_resolve(planner->registry, &settings, call->call.name.name, given.types,
                          given.literals, given.texts, given.count, planner->arena, aggregate,
                          planner->diag));
    assert(aggregate->argument_count <= given.count);
    *arguments = given.exprs;
    return STATUS_OK;
}

/* --- The step's schema ------------------------------------------------------------------- */

/* A key's own name must not be another column's: grouped expressions are found by structure,
 * so that any free name will do. */
static struct text unique_key_name(struct plan_builder *builder,
                                   const struct schema_column *columns, uint32_t count,
                                   struct text wanted)
{
    for (uint32_t i = 0; i < count; i++) {
        if (text_equal(columns[i].name, wanted)) {
            return arena_printf(builder->planner->arena, "KSQL_INTERNAL_COL_%u", count);
        }
    }
    return wanted;
}

static enum status plan_keys(struct plan_builder *builder, const struct aggregation *aggregation,
                             const struct scope *scope, struct plan_step *step,
                             struct schema_column *columns)
{
    const struct planner *planner = builder->planner;
    const uint32_t count = aggregation->groups.count;
    const struct expr **keys = arena_array(planner->arena, count, sizeof(*keys));
    if (!keys) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(translate_in(planner, scope, CLAUSE_OF_OTHER, aggregation->groups.items[i], &keys[i]));
        if (keys[i]->type->kind == TYPE_NULL) {
            return diag_fail(planner->diag, STATUS_INVALID, keys[i]->pos, "Cannot GROUP BY NULL");
        }
        columns[i] = (struct schema_column){
            .name = aggregation->group_names[i], .type = keys[i]->type, .role = COLUMN_KEY};
    }
    TRY(serde_check_map_keys(planner, columns, count));
    for (uint32_t i = 0; i < count; i++) {
        columns[i].name = unique_key_name(builder, columns, i, columns[i].name);
        if (!columns[i].name.data) {
            return diag_no_memory(planner->diag);
        }
    }
    step->aggregate.keys = keys;
    step->aggregate.key_count = count;
    return STATUS_OK;
}

static enum status plan_calls(struct plan_builder *builder, const struct aggregation *aggregation,
                              const struct scope *scope, struct plan_step *step,
                              struct schema_column *columns)
{
    const struct planner *planner = builder->planner;
    const uint32_t count = aggregation->calls.count;
    struct aggregate *aggregates = arena_array(planner->arena, count, sizeof(*aggregates));
    const struct expr ***arguments = arena_array(planner->arena, count, sizeof(*arguments));
    if (!aggregates || !arguments) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(resolve_call(builder, scope, aggregation->calls.items[i], &aggregates[i],
                         &arguments[i]));
        columns[i] =
            (struct schema_column){.name = arena_printf(planner->arena, "KSQL_AGG_VARIABLE_%u", i),
                                   .type = aggregates[i].result_type,
                                   .role = COLUMN_VALUE};
        if (!columns[i].name.data) {
            return diag_no_memory(planner->diag);
        }
    }
    step->aggregate.aggregates = aggregates;
    step->aggregate.arguments = arguments;
    step->aggregate.aggregate_count = count;
    return STATUS_OK;
}

/* --- Rules that need types --------------------------------------------------------------- */

static enum status check_undo(struct plan_builder *builder, const struct plan_step *step,
                              const struct plan_step *input)
{
    const struct planner *planner = builder->planner;
    const uint32_t count = step->aggregate.aggregate_count;
    struct text *names = arena_array(planner->arena, count, sizeof(*names));
    if (!names) {
        return diag_no_memory(planner->diag);
    }
    size_t failing = 0;
    for (uint32_t i = 0; input->is_table && i < count; i++) {
        const struct aggregate_def *def = step->aggregate.aggregates[i].def;
        bool is_listed = def->undo != NULL;
        for (size_t j = 0; j < failing; j++) {
            is_listed |= text_equal(names[j], text_of(def->name));
        }
        if (!is_listed) {
            names[failing++] = text_of(def->name);
        }
    }
    if (failing == 0) {
        return STATUS_OK;
    }
    const struct text list = name_list(planner->arena, names, failing, " and ");
    return diag_fail(planner->diag, STATUS_INVALID, step->pos,
                     "The aggregation function%s %.*s cannot be applied to a table source, only "
                     "to a stream source.",
                     failing == 1 ? "" : "s", TEXT_ARGS(list));
}

/* ksqlDB keeps accumulators in the source's value format; one that cannot hold them is an error
 * that users of it know, even though nothing is kept in that format here. */
static enum status check_states(struct plan_builder *builder, const struct plan_step *step)
{
    const struct planner *planner = builder->planner;
    const uint32_t count = step->aggregate.aggregate_count;
    const enum format_kind format = builder->query->sources[0].source->value_serde.format;
    struct type_field *columns = arena_array(planner->arena, count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        columns[i] = (struct type_field){step->schema.columns[step->aggregate.key_count + i].name,
                                         step->aggregate.aggregates[i].state_type};
    }
    struct diag reason;
    const enum status status =
        format == FORMAT_NONE
            ? STATUS_OK
            : format_check(format, FORMAT_VALUE, columns, count, FORMAT_WRAP_NONE_SET, &reason);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(planner->diag);
    }
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, step->pos,
                     "One of the functions used in the statement has an intermediate type that "
                     "the value format can not handle. Please remove the function or change the "
                     "format.");
}

/* --- The scope above --------------------------------------------------------------------- */

static enum status add_window_bounds(struct plan_builder *builder, struct plan_step *step,
                                     struct schema_column *columns)
{
    const struct planner *planner = builder->planner;
    if (step->window.kind == WINDOW_NONE) {
        return STATUS_OK;
    }
    struct plan_pseudo *pseudo = arena_array(planner->arena, 2, sizeof(*pseudo));
    if (!pseudo) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < 2; i++) {
        const struct pseudo_name *name = &pseudo_names[PSEUDO_WINDOWSTART + i];
        pseudo[i] = (struct plan_pseudo){name->kind, step->schema.column_count};
        columns[step->schema.column_count++] = (struct schema_column){
            .name = name->name, .type = type_of(name->type), .role = COLUMN_VALUE};
    }
    step->pseudo = pseudo;
    step->pseudo_count = 2;
    return STATUS_OK;
}

static enum status make_scope(struct plan_builder *builder, const struct aggregation *aggregation,
                              const struct plan_step *step, struct scope *out)
{
    const struct planner *planner = builder->planner;
    const uint32_t column_count = step->schema.column_count;
    struct scope_match *matches = arena_array(planner->arena, column_count, sizeof(*matches));
    if (!matches) {
        return diag_no_memory(planner->diag);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < aggregation->groups.count; i++, count++) {
        matches[count] = (struct scope_match){aggregation->groups.items[i], count};
    }
    for (uint32_t i = 0; i < aggregation->calls.count; i++, count++) {
        matches[count] = (struct scope_match){aggregation->calls.items[i], count};
    }
    for (; count < column_count; count++) {
        struct expression *bound = ARENA_NEW(planner->arena, struct expression);
        if (!bound) {
            return diag_no_memory(planner->diag);
        }
        bound->kind = EXPRESSION_COLUMN;
        bound->column.name.name = step->schema.columns[count].name;
        matches[count] = (struct scope_match){bound, count};
    }
    *out = (struct scope){.schema = &step->schema,
                          .has_only_matches = true,
                          .matches = matches,
                          .match_count = count};
    return STATUS_OK;
}

static enum status read_window(struct plan_builder *builder, const struct plan_step *input,
                               struct window_spec *out)
{
    const struct select_query *ast = builder->query->ast;
    const struct select_window *window = ast->window;
    TRY(window_read(window, ast->emit == AST_EMIT_FINAL, out, builder->planner->diag));
    if (window && input->is_table) {
        return diag_fail(builder->planner->diag, STATUS_INVALID, window->pos,
                         "Windowing not supported for table aggregations.");
    }
    return STATUS_OK;
}

enum status aggregation_plan(struct plan_builder *builder, const struct aggregation *aggregation,
                             const struct scope *scope, const struct plan_step *input,
                             struct plan_step **out, struct scope *out_scope)
{
    const struct planner *planner = builder->planner;
    const uint32_t group_count = aggregation->groups.count;
    const uint32_t call_count = aggregation->calls.count;
    struct plan_step *step = step_create(builder, PLAN_AGGREGATE, "Aggregate", input);
    struct schema_column *columns =
        arena_array(planner->arena, group_count + call_count + 2, sizeof(*columns));
    if (!step || !columns) {
        return diag_no_memory(planner->diag);
    }
    step->is_table = true;
    step->pos = builder->query->ast->group_by_pos;
    TRY(read_window(builder, input, &step->window));
    step->aggregate.window = step->window;
    TRY(plan_keys(builder, aggregation, scope, step, columns));
    TRY(plan_calls(builder, aggregation, scope, step, columns + group_count));
    step->schema = (struct schema){group_count + call_count, columns};
    TRY(check_undo(builder, step, input));
    TRY(check_states(builder, step));
    TRY(add_window_bounds(builder, step, columns));
    TRY(make_scope(builder, aggregation, step, out_scope));
    *out = step;
    return STATUS_OK;
}
