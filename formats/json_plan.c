/* json_plan.c
 *
 * Two small hash tables per object, both with linear probing and at most half full: field names,
 * filled once, and learned names, filled as records come. A learned name keeps its meaning, so
 * that neither upper case nor the field table is touched again for it. The second table begins
 * small, because an idle subscriber has a reader that never meets a name. */
#include "formats/json_plan.h"

#include <assert.h>

#include "base/bounds.h"
#include "base/hash.h"

enum { KEY_SLOT_COUNT_MIN = 16 };

static enum status plan_init(struct arena *arena, const struct type *type, uint32_t depth,
                             struct json_plan *plan, struct diag *diag);

static enum status object_create(struct arena *arena, const struct type_field *fields,
                                 uint32_t field_count, uint32_t depth, struct json_object **out,
                                 struct diag *diag);

static enum status plan_create(struct arena *arena, const struct type *type, uint32_t depth,
                               struct json_plan **out, struct diag *diag)
{
    struct json_plan *plan = ARENA_NEW(arena, struct json_plan);
    if (!plan) {
        return diag_no_memory(diag);
    }
    TRY(plan_init(arena, type, depth, plan, diag));
    *out = plan;
    return STATUS_OK;
}

static enum status plan_init(struct arena *arena, const struct type *type, uint32_t depth,
                             struct json_plan *plan, struct diag *diag)
{
    if (depth > VALUE_DEPTH_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "a type has more than %d levels of ARRAY, MAP and STRUCT",
                         VALUE_DEPTH_MAX);
    }
    plan->type = type;
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        return plan_create(arena, type->element, depth + 1, &plan->element, diag);
    }
    if (type->kind == TYPE_STRUCT) {
        return object_create(arena, type->fields, type->field_count, depth + 1, &plan->object,
                             diag);
    }
    return STATUS_OK;
}

static uint32_t power_of_two_at_least(uint32_t count)
{
    uint32_t power = 4;
    while (power < count) {
        power *= 2;
    }
    return power;
}

static uint32_t name_slot(struct text name, uint32_t slot_count)
{
    return (uint32_t)hash_bytes(name.data, name.bytes) & (slot_count - 1);
}

static void add_field_name(struct json_object *object, uint32_t field)
{
    uint32_t at = name_slot(object->fields[field].name, object->slot_count);
    while (object->slots[at]) {
        at = (at + 1) & (object->slot_count - 1);
    }
    object->slots[at] = field + 1;
}

static enum status object_create(struct arena *arena, const struct type_field *fields,
                                 uint32_t field_count, uint32_t depth, struct json_object **out,
                                 struct diag *diag)
{
    struct json_object *object = ARENA_NEW(arena, struct json_object);
    if (!object) {
        return diag_no_memory(diag);
    }
    object->arena = arena;
    object->field_count = field_count;
    object->wanted_count = field_count;
    object->fields = fields;
    object->slot_count = power_of_two_at_least(2 * field_count);
    object->slots = arena_zalloc(arena, object->slot_count * sizeof(*object->slots));
    object->key_slot_count = KEY_SLOT_COUNT_MIN;
    object->keys = arena_zalloc(arena, KEY_SLOT_COUNT_MIN * sizeof(*object->keys));
    object->plans = arena_zalloc(arena, field_count * sizeof(*object->plans));
    object->seen = arena_zalloc(arena, field_count * sizeof(*object->seen));
    object->exact = arena_zalloc(arena, field_count * sizeof(*object->exact));
    object->folded = arena_zalloc(arena, field_count * sizeof(*object->folded));
    if (!object->slots || !object->keys || !object->plans || !object->seen || !object->exact ||
        !object->folded) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < field_count; i++) {
        add_field_name(object, i);
        TRY(plan_init(arena, fields[i].type, depth, &object->plans[i], diag));
    }
    *out = object;
    return STATUS_OK;
}

enum status json_plan_create(struct arena *arena, const struct type *type, struct json_plan **out,
                             struct diag *diag)
{
    return plan_create(arena, type, 0, out, diag);
}

enum status json_object_create(struct arena *arena, const struct type_field *fields,
                               uint32_t field_count, const bool *wanted, struct json_object **out,
                               struct diag *diag)
{
    struct json_object *object = NULL;
    TRY(object_create(arena, fields, field_count, 0, &object, diag));
    object->wanted = wanted;
    for (uint32_t i = 0; wanted && i < field_count; i++) {
        object->wanted_count -= !wanted[i];
    }
    *out = object;
    return STATUS_OK;
}

int32_t json_object_find(const struct json_object *object, struct text name)
{
    uint32_t at = name_slot(name, object->slot_count);
    while (object->slots[at]) {
        const uint32_t field = object->slots[at] - 1;
        if (text_equal(object->fields[field].name, name)) {
            return (int32_t)field;
        }
        at = (at + 1) & (object->slot_count - 1);
    }
    return JSON_FIELD_NONE;
}

/* As json_object_find, among the fields that somebody wants. */
static int32_t find_wanted(const struct json_object *object, struct text name)
{
    const int32_t field = json_object_find(object, name);
    return field >= 0 && json_object_wants(object, (uint32_t)field) ? field : JSON_FIELD_NONE;
}

static int32_t field_of(const struct json_object *object, struct text name, struct text upper)
{
    const int32_t exact = find_wanted(object, name);
    const int32_t folded = find_wanted(object, upper);
    if (exact == JSON_FIELD_NONE || exact == folded) {
        return folded;
    }
    return folded == JSON_FIELD_NONE ? exact : JSON_FIELD_UNSURE;
}

/* The slot of the name in keys: its entry or the free place for it. */
static uint32_t key_slot(const struct json_object *object, struct text name)
{
    uint32_t at = name_slot(name, object->key_slot_count);
    while (object->keys[at] && !text_equal(object->keys[at]->name, name)) {
        at = (at + 1) & (object->key_slot_count - 1);
    }
    return at;
}

struct json_key *json_object_known(const struct json_object *object, struct text name)
{
    return object->keys[key_slot(object, name)];
}

static void set_pattern(struct json_key *key)
{
    const size_t bytes = key->name.bytes + 3; /* two quotes and the colon */
    if (bytes > JSON_PATTERN_BYTES) {
        return;
    }
    key->pattern[0] = '"';
    if (key->name.bytes) {
        memcpy(key->pattern + 1, key->name.data, key->name.bytes);
    }
    memcpy(key->pattern + bytes - 2, "\":", 2);
    key->pattern_bytes = (uint32_t)bytes;
    key->pattern_mask = (uint32_t)(((uint64_t)1 << bytes) - 1);
}

/* Makes room for one more key; the smaller table stays in the arena. */
static bool reserve_key(struct json_object *object)
{
    struct json_key **old = object->keys;
    const uint32_t old_count = object->key_slot_count;
    if (2 * (object->key_count + 1) <= old_count) {
        return true;
    }
    object->keys = arena_zalloc(object->arena, 2 * old_count * sizeof(struct json_key *));
    if (!object->keys) {
        object->keys = old;
        return false;
    }
    object->key_slot_count = 2 * old_count;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i]) {
            object->keys[key_slot(object, old[i]->name)] = old[i];
        }
    }
    return true;
}

struct json_key *json_object_learn(struct json_object *object, struct text name, struct text upper)
{
    if (object->key_count == JSON_KEYS_MAX || name.bytes > JSON_KEY_BYTES_MAX) {
        object->unlearned.field = field_of(object, name, upper);
        return &object->unlearned;
    }
    struct json_key *key = ARENA_NEW(object->arena, struct json_key);
    if (!key) {
        return NULL;
    }
    key->name = arena_text(object->arena, name);
    if (!key->name.data || !reserve_key(object)) {
        return NULL;
    }
    key->field = field_of(object, name, upper);
    set_pattern(key);
    object->keys[key_slot(object, name)] = key;
    object->key_count++;
    return key;
}
