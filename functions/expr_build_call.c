/* expr_build_call.c
 *
 * A function call: choose the overload, cast the arguments, type the lambdas, find the type of
 * the result. Lambdas come last: the types of their arguments follow from the type variables
 * that the other arguments bound, and the type of a body may bind one more.
 *
 * Interval units become INTEGER literals of enum interval_unit; a bare NULL takes the type of
 * its parameter where that is known.
 */
#include "functions/expr_build.h"

#include <assert.h>
#include <ctype.h>

#include "functions/function.h"
#include "functions/overload.h"
#include "functions/registry.h"

static const char *const unit_names[UNIT_COUNT] = {[UNIT_MILLISECONDS] = "MILLISECOND",
                                                   [UNIT_SECONDS] = "SECOND",
                                                   [UNIT_MINUTES] = "MINUTE",
                                                   [UNIT_HOURS] = "HOUR",
                                                   [UNIT_DAYS] = "DAY"};

struct call_build {
    struct expr_build *build;
    const struct function_def *defs; /* the overloads of the name */
    struct overload_set set;
    const struct expr_argument *arguments;
    struct overload_argument *shapes;
    uint32_t argument_count;
    struct overload_choice choice;
    const struct expr **operands;
    const struct type **types; /* of the arguments, as struct function_call has them */
};

static enum status parse_signatures(struct call_build *call, size_t count)
{
    struct signature *signatures = arena_array(call->build->arena, count, sizeof(*signatures));
    if (!signatures) {
        return diag_no_memory(call->build->diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(signature_parse(call->defs[i].parameters, call->defs[i].returns, call->build->arena,
                            &signatures[i], call->build->diag));
    }
    const struct function_def *def = &call->defs[0];
    call->set = (struct overload_set){def->spelling ? def->spelling : def->name, signatures,
                                      (uint32_t)count};
    return STATUS_OK;
}

static enum status describe_arguments(struct call_build *call)
{
    struct arena *arena = call->build->arena;
    const uint32_t count = call->argument_count;
    call->shapes = arena_zalloc(arena, count * sizeof(*call->shapes));
    call->operands = arena_zalloc(arena, count * sizeof(*call->operands));
    call->types = arena_zalloc(arena, count * sizeof(*call->types));
    if (!call->shapes || !call->operands || !call->types) {
        return diag_no_memory(call->build->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct expr_argument *argument = &call->arguments[i];
        call->shapes[i].lambda_argument_count = argument->lambda_argument_count;
        call->shapes[i].is_unit = argument->unit.data != NULL;
        call->shapes[i].type = argument->expr ? argument->expr->type : NULL;
    }
    return STATUS_OK;
}

static enum status build_unit(struct call_build *call, uint32_t i)
{
    const struct text unit = call->arguments[i].unit;
    for (int at = 0; at < UNIT_COUNT; at++) {
        const struct text name = text_of(unit_names[at]);
        const struct text plural = {unit.data, unit.bytes - (unit.bytes > 0)};
        const bool is_plural =
            unit.bytes > 0 && toupper((unsigned char)unit.data[unit.bytes - 1]) == 'S';
        if (text_equal_nocase(unit, name) || (is_plural && text_equal_nocase(plural, name))) {
            return expr_literal(call->build, type_of(TYPE_INTEGER), value_int32(at),
                                &call->operands[i]);
        }
    }
    return expr_refuse(call->build, "Unsupported interval unit: %.*s", TEXT_ARGS(unit));
}

static enum status build_value(struct call_build *call, uint32_t i)
{
    struct expr_build *build = call->build;
    const struct parameter *parameter = call->choice.parameters[i];
    const struct expr *argument = call->arguments[i].expr;
    const struct type *target = NULL;
    if (argument->type->kind == TYPE_NULL) {
        TRY(parameter_type_resolve(parameter->type, &call->choice.bindings, build->arena, &target,
                                   build->diag));
    } else {
        TRY(overload_cast_type(parameter, argument->type, build->arena, &target, build->diag));
    }
    call->operands[i] = argument;
    if (target) {
        TRY(expr_convert(build, argument, target, &call->operands[i]));
    }
    call->types[i] = call->operands[i]->type;
    return STATUS_OK;
}

static enum status resolve_lambda_arguments(struct call_build *call,
                                            const struct parameter_type *lambda,
                                            const struct type **types)
{
    struct expr_build *build = call->build;
    for (uint32_t i = 0; i + 1 < lambda->part_count; i++) {
        TRY(parameter_type_resolve(lambda->parts[i], &call->choice.bindings, build->arena,
                                   &types[i], build->diag));
        if (!types[i]) {
            return expr_refuse(build,
                               "Can't find the type of the arguments of the lambda passed to "
                               "function '%s'. Check your lambda statement.",
                               call->set.spelling);
        }
    }
    return STATUS_OK;
}

static enum status build_lambda(struct call_build *call, uint32_t i)
{
    struct expr_build *build = call->build;
    const struct expr_argument *argument = &call->arguments[i];
    const struct parameter_type *lambda = call->choice.parameters[i]->type;
    const struct type *types[LAMBDA_ARGUMENTS_MAX] = {NULL};
    if (argument->lambda_argument_count > LAMBDA_ARGUMENTS_MAX) {
        return expr_refuse(build, "Unsupported number of lambda arguments: %u",
                           argument->lambda_argument_count);
    }
    TRY(resolve_lambda_arguments(call, lambda, types));
    const struct expr *body = NULL;
    uint32_t first_slot = 0;
    const struct expr_build call_place = *build; /* body_of may build with the same struct */
    TRY(argument->body_of(argument->context, types, &first_slot, &body, build->diag));
    build->pos = call_place.pos;
    build->text = call_place.text;
    if (!parameter_type_bind(lambda->parts[lambda->part_count - 1], body->type,
                             &call->choice.bindings)) {
        return overload_refuse(&call->set, call->shapes, call->argument_count, build->diag);
    }
    struct expr_build at = expr_build_at(build, body);
    struct expr *node = expr_create(&at, EXPR_LAMBDA, body->type, &body, 1);
    if (node) {
        node->lambda_slot = first_slot;
        node->lambda_argument_count = argument->lambda_argument_count;
    }
    call->types[i] = body->type;
    return expr_finish(&at, node, &call->operands[i]);
}

static enum status build_operands(struct call_build *call)
{
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (call->shapes[i].is_unit) {
            TRY(build_unit(call, i));
            call->types[i] = call->operands[i]->type;
        } else if (call->shapes[i].lambda_argument_count == 0) {
            TRY(build_value(call, i));
        }
    }
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (call->shapes[i].lambda_argument_count > 0) {
            TRY(build_lambda(call, i));
        }
    }
    return STATUS_OK;
}

static enum status find_result_type(struct call_build *call, const struct type **out)
{
    struct expr_build *build = call->build;
    const struct function_def *def = &call->defs[call->choice.index];
    if (def->returns_of) {
        return def->returns_of(build->arena, call->types, call->argument_count, out, build->diag);
    }
    const struct parameter_type *returns = call->set.signatures[call->choice.index].returns;
    TRY(parameter_type_resolve(returns, &call->choice.bindings, build->arena, out, build->diag));
    if (!*out) {
        return expr_refuse(build, "Can't infer a type of null. Please explicitly cast it to a "
                                  "required type, e.g. CAST(null AS VARCHAR).");
    }
    return STATUS_OK;
}

static enum status prepare(struct call_build *call, void **prepared)
{
    const struct function_def *def = &call->defs[call->choice.index];
    if (!def->prepare) {
        return STATUS_OK;
    }
    const struct value **literals =
        arena_zalloc(call->build->arena, call->argument_count * sizeof(*literals));
    if (!literals) {
        return diag_no_memory(call->build->diag);
    }
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const struct expr *operand = call->operands[i];
        literals[i] = operand->kind == EXPR_LITERAL ? &operand->literal : NULL;
    }
    const struct function_prepare arguments = {.def = def,
                                               .argument_count = call->argument_count,
                                               .argument_types = call->types,
                                               .literals = literals,
                                               .arena = call->build->arena};
    return def->prepare(&arguments, prepared, call->build->diag);
}

static enum status refuse_name(struct expr_build *build, struct text name)
{
    char upper[128];
    size_t bytes = 0;
    for (; bytes < name.bytes && bytes < sizeof(upper); bytes++) {
        upper[bytes] = (char)toupper((unsigned char)name.data[bytes]);
    }
    return expr_refuse(build, "Can't find any functions with the name '%.*s'", (int)bytes, upper);
}

static enum status build_call(struct call_build *call, size_t overload_count,
                              const struct expr **out)
{
    struct expr_build *build = call->build;
    TRY(parse_signatures(call, overload_count));
    TRY(describe_arguments(call));
    TRY(overload_choose(&call->set, call->shapes, call->argument_count, true, build->arena,
                        &call->choice, build->diag));
    TRY(build_operands(call));
    const struct type *type = NULL;
    TRY(find_result_type(call, &type));
    void *prepared = NULL;
    TRY(prepare(call, &prepared));
    struct expr *node = expr_create(build, EXPR_CALL, type, call->operands, call->argument_count);
    if (node) {
        node->function = &call->defs[call->choice.index];
        node->prepared = prepared;
    }
    return expr_finish(build, node, out);
}

enum status expr_call(struct expr_build *build, struct text name,
                      const struct expr_argument *arguments, uint32_t argument_count,
                      const struct expr **out)
{
    struct call_build call = {
        .build = build, .arguments = arguments, .argument_count = argument_count};
    const size_t overload_count = function_find(build->registry, name, &call.defs);
    if (overload_count == 0) {
        return refuse_name(build, name);
    }
    const enum status status = build_call(&call, overload_count, out);
    if (status == STATUS_INVALID && build->diag && build->diag->pos.line == 0) {
        build->diag->pos = build->pos;
    }
    return status;
}
