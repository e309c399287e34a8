/* types.c
 *
 * Type names to types. Custom types are expanded here, so that dropping one later does not
 * touch what was declared with it. Recursion is as deep as the parser allows type names to be.
 * Source: ksqlDB's TypeResolver and SqlTypeParser.
 */
#include <assert.h>

#include "base/bounds.h"
#include "planner/planner.h"

struct simple_type {
    const char *name;
    enum type_kind kind;
};

static const struct simple_type simple_types[] = {
    {"BIGINT", TYPE_BIGINT},       {"BOOLEAN", TYPE_BOOLEAN}, {"BYTES", TYPE_BYTES},
    {"DATE", TYPE_DATE},           {"DOUBLE", TYPE_DOUBLE},   {"INT", TYPE_INTEGER},
    {"INTEGER", TYPE_INTEGER},     {"STRING", TYPE_STRING},   {"TIME", TYPE_TIME},
    {"TIMESTAMP", TYPE_TIMESTAMP}, {"VARCHAR", TYPE_STRING},
};

static enum status resolve_simple(const struct planner *planner, const struct type_name *name,
                                  const struct type **out)
{
    if (!name->simple.is_quoted) {
        for (size_t i = 0; i < sizeof(simple_types) / sizeof(simple_types[0]); i++) {
            if (text_equal(text_of(simple_types[i].name), name->simple.name)) {
                *out = type_of(simple_types[i].kind);
                return STATUS_OK;
            }
        }
    }
    const struct type *custom =
        planner->catalog->find_type(planner->catalog->context, name->simple.name);
    if (!custom) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot resolve unknown type: %.*s", TEXT_ARGS(name->simple.name));
    }
    *out = type_copy(planner->arena, custom);
    return *out ? STATUS_OK : diag_no_memory(planner->diag);
}

static enum status resolve_decimal(const struct planner *planner, const struct type_name *name,
                                   const struct type **out)
{
    const int precision = name->decimal.precision;
    const int scale = name->decimal.scale;
    const char *rule = NULL;
    if (precision < 1) {
        rule = "precision must be >= 1";
    } else if (scale < 0) {
        rule = "scale must be >= 0";
    } else if (precision < scale) {
        rule = "precision must be >= scale";
    }
    if (rule) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos, "DECIMAL %s: DECIMAL(%d,%d)",
                         rule, precision, scale);
    }
    if (precision > UINT16_MAX) {
        return diag_fail(planner->diag, STATUS_LIMIT, name->pos,
                         "DECIMAL precision must be <= %d: DECIMAL(%d,%d)", UINT16_MAX, precision,
                         scale);
    }
    *out = type_decimal(planner->arena, (uint16_t)precision, (uint16_t)scale);
    return *out ? STATUS_OK : diag_no_memory(planner->diag);
}

static enum status resolve_struct(const struct planner *planner, const struct type_name *name,
                                  const struct type **out)
{
    const size_t count = name->fields.count;
    if (count > COLUMN_COUNT_MAX) {
        return diag_fail(planner->diag, STATUS_LIMIT, name->pos,
                         "STRUCT has %zu fields; at most %d are possible", count, COLUMN_COUNT_MAX);
    }
    struct type_field *fields = arena_array(planner->arena, count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        const struct type_name_field *field = &name->fields.items[i];
        for (size_t j = 0; j < i; j++) {
            if (text_equal(fields[j].name, field->name.name)) {
                return diag_fail(planner->diag, STATUS_INVALID, field->name.pos,
                                 "Duplicate field names found in STRUCT: '%.*s'",
                                 TEXT_ARGS(field->name.name));
            }
        }
        fields[i].name = arena_text(planner->arena, field->name.name);
        if (!fields[i].name.data) {
            return diag_no_memory(planner->diag);
        }
        TRY(plan_type(planner, field->type, &fields[i].type));
    }
    *out = type_struct(planner->arena, fields, (uint32_t)count);
    return *out ? STATUS_OK : diag_no_memory(planner->diag);
}

enum status plan_type(const struct planner *planner, const struct type_name *name,
                      const struct type **out)
{
    const struct type *key = NULL;
    const struct type *element = NULL;
    switch (name->kind) {
    case TYPE_NAME_SIMPLE:
        return resolve_simple(planner, name, out);
    case TYPE_NAME_DECIMAL:
        return resolve_decimal(planner, name, out);
    case TYPE_NAME_STRUCT:
        return resolve_struct(planner, name, out);
    case TYPE_NAME_ARRAY:
        TRY(plan_type(planner, name->element, &element));
        *out = type_array(planner->arena, element);
        return *out ? STATUS_OK : diag_no_memory(planner->diag);
    case TYPE_NAME_MAP:
        TRY(plan_type(planner, name->map.key, &key));
        TRY(plan_type(planner, name->map.value, &element));
        *out = type_map(planner->arena, key, element);
        return *out ? STATUS_OK : diag_no_memory(planner->diag);
    }
    assert(false && "unknown kind of type name");
    return STATUS_INVALID;
}
