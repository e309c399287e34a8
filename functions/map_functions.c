/* map_functions.c
 *
 * The MAP family. MAP_KEYS, MAP_VALUES and unsorted ENTRIES give what they find in the order of
 * Java's HashMap (functions/hash_order.h).
 *
 * Source: ksqlDB's package function.udf.map and udf.array.Entries.
 */
#include "functions/array_sort.h"
#include "functions/families.h"
#include "functions/hash_order.h"
#include "functions/value_index.h"

/* The keys or the values of a map, in hash order. */
static enum status return_ordered(struct function_call *call, const struct value_map *map,
                                  const struct value *items, struct value *out)
{
    const uint32_t *order = NULL;
    TRY(hash_order(call->argument_types[0], map, call->arena, &order, call->diag));
    struct value_list *list = value_list_create(call->arena, map->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        list->items[i] = items[order[i]];
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status map_keys(struct function_call *call, const struct value *args, struct value *out)
{
    return return_ordered(call, args[0].map, args[0].map->keys, out);
}

static enum status map_values(struct function_call *call, const struct value *args,
                              struct value *out)
{
    return return_ordered(call, args[0].map, args[0].map->values, out);
}

static void put_all(struct map_build *build, const struct value *from)
{
    if (from->is_null) {
        return;
    }
    for (uint32_t i = 0; i < from->map->count; i++) {
        map_build_put(build, from->map->keys[i], from->map->values[i]);
    }
}

static enum status map_union(struct function_call *call, const struct value *args,
                             struct value *out)
{
    *out = VALUE_NULL;
    if (args[0].is_null && args[1].is_null) {
        return STATUS_OK;
    }
    struct map_build build;
    const uint32_t first = args[0].is_null ? 0 : args[0].map->count;
    const uint32_t second = args[1].is_null ? 0 : args[1].map->count;
    TRY(map_build_init(&build, call->arena, call->result_type, first + second, call->diag));
    put_all(&build, &args[0]);
    put_all(&build, &args[1]);
    *out = (struct value){.map = build.map};
    return STATUS_OK;
}

static enum status as_map(struct function_call *call, const struct value *args, struct value *out)
{
    const struct value_list *keys = args[0].list;
    const struct value_list *values = args[1].list;
    struct map_build build;
    TRY(map_build_init(&build, call->arena, call->result_type, keys->count, call->diag));
    for (uint32_t i = 0; i < keys->count; i++) {
        if (!keys->items[i].is_null) { /* a map has no NULL key */
            map_build_put(&build, keys->items[i],
                          i < values->count ? values->items[i] : VALUE_NULL);
        }
    }
    *out = (struct value){.map = build.map};
    return STATUS_OK;
}

static enum status make_entry(struct function_call *call, struct value key, struct value value,
                              struct value *out)
{
    struct value_list *entry = value_list_create(call->arena, 2);
    if (!entry) {
        return diag_no_memory(call->diag);
    }
    entry->items[0] = key;
    entry->items[1] = value;
    *out = (struct value){.list = entry};
    return STATUS_OK;
}

static enum status entries(struct function_call *call, const struct value *args, struct value *out)
{
    *out = VALUE_NULL;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    const struct value_map *map = args[0].map;
    const struct type *map_type = call->argument_types[0];
    struct value keys = VALUE_NULL;
    TRY(return_ordered(call, map, map->keys, &keys));
    if (args[1].boolean) {
        TRY(array_sort_values(map_type->key, keys.list->items, map->count, false, call->arena,
                              call->diag));
    }
    struct map_build index; /* finds the value of a sorted key */
    TRY(map_build_init(&index, call->arena, map_type, map->count, call->diag));
    put_all(&index, &args[0]);
    struct value *items = keys.list->items;
    for (uint32_t i = 0; i < map->count; i++) {
        const int64_t at = value_index_find(&index.keys, index.map->keys, &items[i]);
        TRY(make_entry(call, items[i], index.map->values[at], &items[i]));
    }
    *out = keys;
    return STATUS_OK;
}

#define MAP_ROW(upper, lower, params, result, options, code, text, lines)                          \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "MAP", .parameters = (params),           \
        .returns = (result), .flags = (options), .call = (code), .summary = (text),                \
        .manual = (lines)                                                                          \
    }

#define ENTRIES(type, text)                                                                        \
    MAP_ROW("ENTRIES", "entries", "MAP<VARCHAR, " type "> map, BOOLEAN sorted",                    \
            "ARRAY<STRUCT<K VARCHAR, V " type ">>", FUNCTION_PRIMITIVE_NUMBERS, entries, text,     \
            "map: The map.\nsorted: Whether to sort the entries by key.")

static const struct function_def map_table[] = {
    MAP_ROW("AS_MAP", "as_map", "ARRAY<VARCHAR> keys, ARRAY<T> values", "MAP<VARCHAR, T>",
            FUNCTION_STRICT, as_map, "Makes a map of an array of keys and one of values.",
            "keys: The keys; of equal ones the last wins.\n"
            "values: The values; missing ones are NULL, extra ones are ignored."),
    ENTRIES("INT", "Makes an array of structs of the keys (K) and values (V) of a map."),
    ENTRIES("BIGINT", NULL),
    ENTRIES("DOUBLE", NULL),
    ENTRIES("BOOLEAN", NULL),
    ENTRIES("VARCHAR", NULL),
    MAP_ROW("MAP_KEYS", "map_keys", "MAP<VARCHAR, T> input", "ARRAY<VARCHAR>", FUNCTION_STRICT,
            map_keys, "Returns the keys of a map.", "input: The map."),
    MAP_ROW("MAP_UNION", "map_union", "MAP<VARCHAR, T> map1, MAP<VARCHAR, T> map2",
            "MAP<VARCHAR, T>", 0, map_union,
            "Joins two maps; of equal keys the value of the second map wins.",
            "map1: The first map.\nmap2: The second map."),
    MAP_ROW("MAP_VALUES", "map_values", "MAP<VARCHAR, T> input", "ARRAY<T>", FUNCTION_STRICT,
            map_values, "Returns the values of a map.", "input: The map."),
};

const struct function_family map_family = {
    .functions = map_table, .function_count = sizeof(map_table) / sizeof(map_table[0])};
