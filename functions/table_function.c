/* table_function.c
 *
 * Resolution of table function calls: the same choice of overloads as for scalar functions,
 * with implicit casts. The casts themselves are expressions and are put in by the planner, which
 * is told the types.
 */
#include "functions/table_function.h"

#include "functions/overload.h"
#include "functions/registry.h"

bool table_function_exists(const struct function_registry *registry, struct text name)
{
    const struct table_function_def *first = NULL;
    return function_find_table(registry, name, &first) > 0;
}

static enum status parse_signatures(const struct table_function_def *defs, size_t count,
                                    struct arena *arena, struct signature **out, struct diag *diag)
{
    struct signature *signatures = arena_array(arena, count, sizeof(*signatures));
    if (!signatures) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(signature_parse(defs[i].parameters, defs[i].returns, arena, &signatures[i], diag));
    }
    *out = signatures;
    return STATUS_OK;
}

static enum status choose(const struct table_function_def *defs, size_t count,
                          const struct signature *signatures,
                          const struct type *const *argument_types, uint32_t argument_count,
                          struct arena *arena, struct overload_choice *out, struct diag *diag)
{
    struct overload_argument *arguments = arena_array(arena, argument_count, sizeof(*arguments));
    if (!arguments) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        arguments[i] = (struct overload_argument){.type = argument_types[i]};
    }
    const struct overload_set set = {.spelling = defs->spelling ? defs->spelling : defs->name,
                                     .signatures = signatures,
                                     .count = (uint32_t)count};
    return overload_choose(&set, arguments, argument_count, true, arena, out, diag);
}

static enum status cast_types(const struct overload_choice *choice,
                              const struct type *const *argument_types, uint32_t argument_count,
                              struct arena *arena, const struct type *const **out,
                              struct diag *diag)
{
    const struct type **types = arena_array(arena, argument_count, sizeof(*types));
    if (!types) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        TRY(overload_cast_type(choice->parameters[i], argument_types[i], arena, &types[i], diag));
        if (!types[i]) {
            types[i] = argument_types[i];
        }
    }
    *out = types;
    return STATUS_OK;
}

enum status table_function_resolve(const struct function_registry *registry, struct text name,
                                   const struct type *const *argument_types,
                                   uint32_t argument_count, struct arena *arena,
                                   struct table_function *out, struct diag *diag)
{
    const struct table_function_def *defs = NULL;
    const size_t count = function_find_table(registry, name, &defs);
    if (count == 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Can't find any functions with the name '%.*s'", TEXT_ARGS(name));
    }
    struct signature *signatures = NULL;
    struct overload_choice choice;
    TRY(parse_signatures(defs, count, arena, &signatures, diag));
    TRY(choose(defs, count, signatures, argument_types, argument_count, arena, &choice, diag));

    struct table_function function = {.def = &defs[choice.index], .argument_count = argument_count};
    TRY(cast_types(&choice, argument_types, argument_count, arena, &function.argument_types, diag));
    if (function.def->returns_of) {
        TRY(function.def->returns_of(arena, function.argument_types, argument_count,
                                     &function.result_type, diag));
    } else {
        TRY(parameter_type_resolve(signatures[choice.index].returns, &choice.bindings, arena,
                                   &function.result_type, diag));
    }
    if (!function.result_type) { /* a type variable that only a NULL stands for */
        function.result_type = type_of(TYPE_NULL);
    }
    *out = function;
    return STATUS_OK;
}

enum status table_function_call(const struct table_function *function, const struct value *args,
                                struct arena *arena, const struct value_list **rows,
                                struct diag *diag)
{
    const struct value_list *made = NULL;
    TRY(function->def->call(function, args, arena, &made, diag));
    *rows = made && made->count > 0 ? made : NULL;
    return STATUS_OK;
}
