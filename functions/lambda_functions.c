/* lambda_functions.c
 *
 * TRANSFORM, FILTER and REDUCE: an expression applied to every element of an array, or to every
 * key and value of a map. A body that fails fails the whole call.
 *
 * As in ksqlDB, which gathers maps with Java's Collectors.toMap, TRANSFORM of a map fails on a
 * key that comes twice and on a NULL value, and FILTER on a NULL decision.
 *
 * REDUCE takes the entries of a map in the order of Java's HashMap, which shows in folds that
 * depend on it.
 *
 * Source: ksqlDB's package function.udf.lambda.
 */
#include "functions/families.h"
#include "functions/hash_order.h"
#include "functions/value_index.h"

static enum status transform_array(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    const struct value_list *from = args[0].list;
    struct value_list *list = value_list_create(call->arena, from->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        TRY(function_call_lambda(call, 1, &from->items[i], 1, &list->items[i]));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status transform_map(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    const struct value_map *from = args[0].map;
    struct map_build build;
    TRY(map_build_init(&build, call->arena, call->result_type, from->count, call->diag));
    for (uint32_t i = 0; i < from->count; i++) {
        const struct value pair[] = {from->keys[i], from->values[i]};
        struct value key;
        struct value value;
        TRY(function_call_lambda(call, 1, pair, 2, &key));
        TRY(function_call_lambda(call, 2, pair, 2, &value));
        if (key.is_null || value.is_null) {
            return function_fail(call, "a key or value of the transformed map is NULL");
        }
        if (!map_build_put(&build, key, value)) {
            return function_fail(call, "Duplicate key in the transformed map");
        }
    }
    *out = (struct value){.map = build.map};
    return STATUS_OK;
}

/* Asks the predicate, which is the argument 1. */
static enum status decide(struct function_call *call, const struct value *values, uint32_t count,
                          bool *is_kept)
{
    struct value decision;
    TRY(function_call_lambda(call, 1, values, count, &decision));
    if (decision.is_null) {
        return function_fail(call, "the predicate gave NULL");
    }
    *is_kept = decision.boolean;
    return STATUS_OK;
}

static enum status filter_array(struct function_call *call, const struct value *args,
                                struct value *out)
{
    const struct value_list *from = args[0].list;
    struct value_list *list = value_list_create(call->arena, from->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    list->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        bool is_kept = false;
        TRY(decide(call, &from->items[i], 1, &is_kept));
        if (is_kept) {
            list->items[list->count++] = from->items[i];
        }
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status filter_map(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct value_map *from = args[0].map;
    struct value_map *map = value_map_create(call->arena, from->count);
    if (!map) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        const struct value pair[] = {from->keys[i], from->values[i]};
        bool is_kept = false;
        TRY(decide(call, pair, 2, &is_kept));
        if (is_kept && pair[1].is_null) {
            return function_fail(call, "a value of the filtered map is NULL");
        }
        if (is_kept) {
            map->keys[map->count] = pair[0];
            map->values[map->count] = pair[1];
            map->count++;
        }
    }
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static enum status reduce_array(struct function_call *call, const struct value *args,
                                struct value *out)
{
    struct value state = args[1];
    if (!state.is_null && !args[0].is_null) {
        const struct value_list *list = args[0].list;
        for (uint32_t i = 0; i < list->count; i++) {
            const struct value values[] = {state, list->items[i]};
            TRY(function_call_lambda(call, 2, values, 2, &state));
        }
    }
    *out = state;
    return STATUS_OK;
}

static enum status reduce_map(struct function_call *call, const struct value *args,
                              struct value *out)
{
    struct value state = args[1];
    if (!state.is_null && !args[0].is_null) {
        const struct value_map *map = args[0].map;
        const uint32_t *order = NULL;
        TRY(hash_order(call->argument_types[0], map, call->arena, &order, call->diag));
        for (uint32_t i = 0; i < map->count; i++) {
            const struct value values[] = {state, map->keys[order[i]], map->values[order[i]]};
            TRY(function_call_lambda(call, 2, values, 3, &state));
        }
    }
    *out = state;
    return STATUS_OK;
}

/* The lambdas themselves come as NULL arguments, so FUNCTION_STRICT cannot be used. */
static enum status null_or(struct function_call *call, const struct value *args,
                           enum status (*code)(struct function_call *, const struct value *,
                                               struct value *),
                           struct value *out)
{
    if (args[0].is_null) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    return code(call, args, out);
}

static enum status filter(struct function_call *call, const struct value *args, struct value *out)
{
    const bool is_array = call->argument_types[0]->kind == TYPE_ARRAY;
    return null_or(call, args, is_array ? filter_array : filter_map, out);
}

static enum status transform(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const bool is_array = call->argument_types[0]->kind == TYPE_ARRAY;
    return null_or(call, args, is_array ? transform_array : transform_map, out);
}

#define LAMBDA_ROW(upper, lower, params, result, code, text, lines)                                \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "LAMBDA", .parameters = (params),        \
        .returns = (result), .call = (code), .summary = (text), .manual = (lines)                  \
    }

static const struct function_def lambda_table[] = {
    LAMBDA_ROW("FILTER", "filter", "ARRAY<T> array, LAMBDA (T) => BOOLEAN lambda", "ARRAY<T>",
               filter, "Keeps the elements of an array or a map for which a condition holds.",
               "array: The array.\nlambda: The condition, of an element."),
    LAMBDA_ROW("FILTER", "filter", "MAP<K, V> map, LAMBDA (K, V) => BOOLEAN lambda", "MAP<K, V>",
               filter, NULL, "map: The map.\nlambda: The condition, of a key and its value."),
    LAMBDA_ROW("REDUCE", "reduce", "ARRAY<T> list, S state, LAMBDA (S, T) => S lambda", "S",
               reduce_array, "Folds the elements of an array or a map into one value.",
               "list: The array.\nstate: The value to start with.\n"
               "lambda: The next value, of the value so far and an element."),
    LAMBDA_ROW("REDUCE", "reduce", "MAP<K, V> map, S state, LAMBDA (S, K, V) => S lambda", "S",
               reduce_map, NULL,
               "map: The map.\nstate: The value to start with.\n"
               "lambda: The next value, of the value so far, a key and its value."),
    LAMBDA_ROW("TRANSFORM", "transform", "ARRAY<T> array, LAMBDA (T) => R lambda", "ARRAY<R>",
               transform, "Applies an expression to every element of an array or a map.",
               "array: The array.\nlambda: The new element, of an element."),
    LAMBDA_ROW("TRANSFORM", "transform",
               "MAP<K, V> map, LAMBDA (K, V) => R lambda1, LAMBDA (K, V) => T lambda2", "MAP<R, T>",
               transform, NULL,
               "map: The map.\nlambda1: The new key, of a key and its value.\n"
               "lambda2: The new value, likewise."),
};

const struct function_family lambda_family = {
    .functions = lambda_table, .function_count = sizeof(lambda_table) / sizeof(lambda_table[0])};
