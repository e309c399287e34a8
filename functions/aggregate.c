/* aggregate.c
 *
 * Resolution of aggregate calls: the overload is chosen over all arguments together, without
 * implicit casts; then the last of them must be literals, as many as the overload's literal
 * parameters take, and the overload's own resolve() makes the state's type.
 *
 * Source: ksqlDB's UdafFactoryInvoker and UdafUtil.
 */
#include "functions/aggregate.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>

#include "functions/overload.h"
#include "functions/registry.h"

bool aggregate_exists(const struct function_registry *registry, struct text name)
{
    const struct aggregate_def *first = NULL;
    return function_find_aggregate(registry, name, &first) > 0;
}

static enum status choose(const struct aggregate_def *defs, size_t count,
                          const struct type *const *argument_types, uint32_t argument_count,
                          struct arena *arena, struct signature **signatures_out,
                          struct overload_choice *out, struct diag *diag)
{
    struct signature *signatures = arena_array(arena, count, sizeof(*signatures));
    struct overload_argument *arguments = arena_array(arena, argument_count, sizeof(*arguments));
    if (!signatures || !arguments) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(signature_parse(defs[i].parameters, defs[i].returns, arena, &signatures[i], diag));
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        arguments[i] = (struct overload_argument){.type = argument_types[i]};
    }
    const struct overload_set set = {.spelling = defs->spelling ? defs->spelling : defs->name,
                                     .signatures = signatures,
                                     .count = (uint32_t)count};
    TRY(overload_choose(&set, arguments, argument_count, false, arena, out, diag));
    *signatures_out = signatures;
    return STATUS_OK;
}

/* How many of the arguments go to the literal parameters of the chosen signature. */
static uint32_t count_literals(const struct signature *signature,
                               const struct overload_choice *choice, uint32_t argument_count,
                               uint32_t literal_parameter_count)
{
    assert(literal_parameter_count <= signature->parameter_count);
    const struct parameter *first =
        signature->parameters + (signature->parameter_count - literal_parameter_count);
    uint32_t count = 0;
    while (count < argument_count && choice->parameters[argument_count - 1 - count] >= first) {
        count++;
    }
    return count;
}

/* Divides the arguments into columns and constants. */
static enum status take_arguments(struct aggregate *aggregate, struct text name,
                                  const struct type *const *argument_types,
                                  const struct value *const *literals,
                                  const struct text *argument_texts, uint32_t argument_count,
                                  struct diag *diag)
{
    aggregate->argument_count = argument_count - aggregate->constant_count;
    for (uint32_t i = 0; i < aggregate->argument_count; i++) {
        if (argument_types[i]->kind == TYPE_NULL) { /* nothing tells what the state holds */
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "Function '%s' does not accept NULL as parameter %u. Use CAST() to "
                             "give it a type.",
                             aggregate->def->name, i + 1);
        }
        aggregate->argument_types[i] = argument_types[i];
    }
    for (uint32_t i = 0; i < aggregate->constant_count; i++) {
        const uint32_t at = aggregate->argument_count + i;
        if (!literals[at]) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "Parameter %u passed to function %.*s must be a literal constant, "
                             "but was expression: '%.*s'",
                             at + 1, TEXT_ARGS(name), TEXT_ARGS(argument_texts[at]));
        }
        aggregate->constant_types[i] = argument_types[at];
        aggregate->constants[i] = *literals[at];
    }
    return STATUS_OK;
}

static struct text find_setting(const struct aggregate *aggregate, const char *function,
                                const char *key)
{
    enum { NAME_BYTES_MAX = 256 }; /* a longer name is no setting of anybody's */
    char name[NAME_BYTES_MAX];
    const struct function_settings *settings = aggregate->settings;
    const int bytes = snprintf(name, sizeof(name), "ksql.functions.%s.%s", function, key);
    if (!settings || bytes < 0 || bytes >= NAME_BYTES_MAX) {
        return (struct text){NULL, 0};
    }
    for (char *next = name; *next; next++) {
        *next = (char)tolower((unsigned char)*next);
    }
    return settings->find(settings->context, (struct text){name, (size_t)bytes});
}

struct text aggregate_setting(const struct aggregate *aggregate, const char *key)
{
    const struct text own = find_setting(aggregate, aggregate->def->name, key);
    return own.data ? own : find_setting(aggregate, "_global_", key);
}

enum status aggregate_resolve(const struct function_registry *registry,
                              const struct function_settings *settings, struct text name,
                              const struct type *const *argument_types,
                              const struct value *const *literals,
                              const struct text *argument_texts, uint32_t argument_count,
                              struct arena *arena, struct aggregate *out, struct diag *diag)
{
    const struct aggregate_def *defs = NULL;
    const size_t count = function_find_aggregate(registry, name, &defs);
    if (count == 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Can't find any functions with the name '%.*s'", TEXT_ARGS(name));
    }
    if (argument_count > AGGREGATE_ARGUMENTS_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "%s has %u arguments; at most %d are allowed", defs->name, argument_count,
                         AGGREGATE_ARGUMENTS_MAX);
    }
    struct signature *signatures = NULL;
    struct overload_choice choice;
    TRY(choose(defs, count, argument_types, argument_count, arena, &signatures, &choice, diag));

    const struct signature *signature = &signatures[choice.index];
    struct aggregate aggregate = {.def = &defs[choice.index], .settings = settings};
    aggregate.constant_count =
        count_literals(signature, &choice, argument_count, aggregate.def->literal_parameter_count);
    TRY(take_arguments(&aggregate, name, argument_types, literals, argument_texts, argument_count,
                       diag));
    TRY(parameter_type_resolve(signature->returns, &choice.bindings, arena, &aggregate.result_type,
                               diag));
    TRY(aggregate.def->resolve(&aggregate, arena, diag));
    aggregate.settings = NULL;
    assert(aggregate.result_type && aggregate.state_type);
    assert(aggregate.state_bytes > 0 && aggregate.state_bytes % 16 == 0);
    *out = aggregate;
    return STATUS_OK;
}
