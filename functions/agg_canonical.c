/* agg_canonical.c
 *
 * A walk over the type tells whether there is anything to do, which is rare; then a copy of the
 * value is made whose maps have their pairs in the order of their keys.
 */
#include "functions/agg_canonical.h"

#include "functions/array_sort.h"
#include "functions/value_index.h"

static bool has_map(const struct type *type)
{
    if (type->kind == TYPE_ARRAY) {
        return has_map(type->element);
    }
    for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < type->field_count; i++) {
        if (has_map(type->fields[i].type)) {
            return true;
        }
    }
    return type->kind == TYPE_MAP;
}

static enum status sort_map(const struct type *type, const struct value_map *from,
                            struct arena *arena, struct value *out, struct diag *diag)
{
    struct value_index index;
    struct value_map *map = value_map_create(arena, from->count);
    if (!map) {
        return diag_no_memory(diag);
    }
    TRY(value_index_init(&index, arena, type->key, from->count, diag));
    for (uint32_t i = 0; i < from->count; i++) {
        map->keys[i] = from->keys[i];
        value_index_add(&index, from->keys, i);
    }
    TRY(array_sort_values(type->key, map->keys, from->count, false, arena, diag));
    for (uint32_t i = 0; i < from->count; i++) {
        const int64_t at = value_index_find(&index, from->keys, &map->keys[i]);
        TRY(agg_canonical_value(type->element, &from->values[at], arena, &map->values[i], diag));
    }
    map->count = from->count;
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static enum status copy_list(const struct type *type, const struct value_list *from,
                             struct arena *arena, struct value *out, struct diag *diag)
{
    struct value_list *list = value_list_create(arena, from->count);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        const struct type *item = type->kind == TYPE_STRUCT ? type->fields[i].type : type->element;
        TRY(agg_canonical_value(item, &from->items[i], arena, &list->items[i], diag));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

enum status agg_canonical_value(const struct type *type, const struct value *value,
                                struct arena *arena, struct value *out, struct diag *diag)
{
    *out = *value;
    if (value->is_null || !has_map(type)) {
        return STATUS_OK;
    }
    if (type->kind == TYPE_MAP) {
        return sort_map(type, value->map, arena, out, diag);
    }
    return copy_list(type, value->list, arena, out, diag);
}
