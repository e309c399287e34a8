/* coerce.c
 *
 * Implicit conversion of constants, strict for INSERT VALUES and keys, lax for the literals of
 * IN, ARRAY[] and MAP(). Strict conversion never loses anything: numbers widen exactly, text
 * becomes times and bytes. Lax conversion reads numbers and booleans from text as well, and
 * writes anything simple as text. Source: ksqlDB's DefaultSqlValueCoercer.
 */
#include <assert.h>

#include "base/decimal.h"
#include "functions/cast.h"
#include "functions/expr.h"

struct coercion_run {
    enum coercion coercion;
    struct arena *arena;
    struct diag *diag;
};

static enum status coerce(const struct coercion_run *run, const struct type *from,
                          const struct value *value, const struct type *to, struct value *out);

static enum status refuse(const struct coercion_run *run, const struct type *from,
                          const struct type *to)
{
    return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE, "cannot convert %s to %s",
                     type_kind_name(from->kind), type_kind_name(to->kind));
}

static enum status refuse_text(const struct coercion_run *run, struct text text,
                               const struct type *to)
{
    return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE,
                     "invalid input syntax for type %s: \"%.*s\".", type_kind_name(to->kind),
                     TEXT_ARGS(text));
}

static struct decimal_type decimal_of(const struct type *type)
{
    return (struct decimal_type){type->precision, type->scale};
}

static enum status coerce_decimal(const struct coercion_run *run, const struct type *from,
                                  const struct value *value, const struct type *to,
                                  struct value *out)
{
    struct value result = {0};
    if (from->kind == TYPE_DECIMAL) {
        TRY(decimal_cast(value->decimal, from->scale, decimal_of(to), DECIMAL_ROUNDING_UNNECESSARY,
                         &result.decimal, run->diag));
    } else {
        const int64_t integer = from->kind == TYPE_INTEGER ? value->int32 : value->int64;
        TRY(decimal_of_int64(integer, decimal_of(to), &result.decimal, run->diag));
    }
    *out = result;
    return STATUS_OK;
}

/* INTEGER, BIGINT, DECIMAL, DOUBLE: to itself or to one further on. */
static enum status coerce_number(const struct coercion_run *run, const struct type *from,
                                 const struct value *value, const struct type *to,
                                 struct value *out)
{
    static const int ranks[TYPE_KIND_COUNT] = {
        [TYPE_INTEGER] = 1, [TYPE_BIGINT] = 2, [TYPE_DECIMAL] = 3, [TYPE_DOUBLE] = 4};
    if (ranks[to->kind] < ranks[from->kind]) {
        return refuse(run, from, to);
    }
    if (to->kind == TYPE_DECIMAL) {
        return coerce_decimal(run, from, value, to, out);
    }
    return cast_value(from, value, to, run->arena, out, run->diag);
}

/* A whole number in any spelling, "2e1" included, that fits the type. */
static bool read_integer(struct text text, const struct type *to, struct value *out)
{
    const struct decimal_type whole = {38, 0};
    struct diag ignored;
    int128 number = 0;
    if (decimal_parse(text, whole, DECIMAL_ROUNDING_UNNECESSARY, &number, &ignored) != STATUS_OK) {
        return false;
    }
    const bool is_int = to->kind == TYPE_INTEGER;
    if (number < (is_int ? INT32_MIN : INT64_MIN) || number > (is_int ? INT32_MAX : INT64_MAX)) {
        return false;
    }
    *out = is_int ? value_int32((int32_t)number) : value_int64((int64_t)number);
    return true;
}

static enum status read_text(const struct coercion_run *run, struct text text,
                             const struct type *to, struct value *out)
{
    const struct value value = value_text(text);
    if (to->kind == TYPE_BOOLEAN) {
        const bool is_true = cast_text_is_true(text);
        if (!is_true && !cast_text_is_false(text)) {
            return refuse_text(run, text, to);
        }
        *out = value_boolean(is_true);
        return STATUS_OK;
    }
    if (to->kind == TYPE_INTEGER || to->kind == TYPE_BIGINT) {
        return read_integer(text, to, out) ? STATUS_OK : refuse_text(run, text, to);
    }
    struct value result = {0};
    const enum status status =
        to->kind == TYPE_DECIMAL
            ? decimal_parse(text, decimal_of(to), DECIMAL_ROUNDING_UNNECESSARY, &result.decimal,
                            run->diag)
            : cast_value(type_of(TYPE_STRING), &value, to, run->arena, &result, run->diag);
    if (status == STATUS_OK) {
        *out = result;
    }
    return status == STATUS_INVALID ? refuse_text(run, text, to) : status;
}

static enum status coerce_text(const struct coercion_run *run, const struct type *from,
                               const struct value *value, const struct type *to, struct value *out)
{
    const bool is_strict_target = to->kind == TYPE_DATE || to->kind == TYPE_TIME ||
                                  to->kind == TYPE_TIMESTAMP || to->kind == TYPE_BYTES;
    const bool is_lax_target = type_is_numeric(to) || to->kind == TYPE_BOOLEAN;
    if (is_strict_target) {
        return cast_value(from, value, to, run->arena, out, run->diag);
    }
    if (run->coercion == COERCE_LAX && is_lax_target) {
        return read_text(run, value->text, to, out);
    }
    return refuse(run, from, to);
}

static enum status coerce_list(const struct coercion_run *run, const struct type *from,
                               const struct value_list *list, const struct type *to,
                               struct value *out)
{
    struct value_list *result = value_list_create(run->arena, list->count);
    if (!result) {
        return diag_no_memory(run->diag);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        TRY(coerce(run, from->element, &list->items[i], to->element, &result->items[i]));
    }
    *out = (struct value){.list = result};
    return STATUS_OK;
}

static enum status coerce_map(const struct coercion_run *run, const struct type *from,
                              const struct value_map *map, const struct type *to, struct value *out)
{
    struct value_map *result = value_map_create(run->arena, map->count);
    if (!result) {
        return diag_no_memory(run->diag);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        struct value key = VALUE_NULL;
        struct value value = VALUE_NULL;
        TRY(coerce(run, from->key, &map->keys[i], to->key, &key));
        TRY(coerce(run, from->element, &map->values[i], to->element, &value));
        value_map_put(to, result, key, value);
    }
    *out = (struct value){.map = result};
    return STATUS_OK;
}

/* By field name; a field that only the target has becomes NULL, one that only the source has is
 * left out, as ksqlDB does in INSERT VALUES. */
static enum status coerce_struct(const struct coercion_run *run, const struct type *from,
                                 const struct value_list *list, const struct type *to,
                                 struct value *out)
{
    struct value_list *result = value_list_create(run->arena, to->field_count);
    if (!result) {
        return diag_no_memory(run->diag);
    }
    for (uint32_t i = 0; i < to->field_count; i++) {
        const int at = type_find_field(from, to->fields[i].name);
        result->items[i] = VALUE_NULL;
        if (at >= 0) {
            TRY(coerce(run, from->fields[at].type, &list->items[at], to->fields[i].type,
                       &result->items[i]));
        }
    }
    *out = (struct value){.list = result};
    return STATUS_OK;
}

static bool is_simple(enum type_kind kind)
{
    return kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_STRUCT && kind != TYPE_BYTES;
}

static enum status coerce(const struct coercion_run *run, const struct type *from,
                          const struct value *value, const struct type *to, struct value *out)
{
    if (value->is_null || type_equal(from, to)) {
        *out = *value;
        return STATUS_OK;
    }
    if (type_is_numeric(from) && type_is_numeric(to)) {
        return coerce_number(run, from, value, to, out);
    }
    if (from->kind == TYPE_STRING) {
        return coerce_text(run, from, value, to, out);
    }
    if (from->kind != to->kind) {
        const bool is_printed =
            run->coercion == COERCE_LAX && to->kind == TYPE_STRING && is_simple(from->kind);
        return is_printed ? cast_value(from, value, to, run->arena, out, run->diag)
                          : refuse(run, from, to);
    }
    if (from->kind == TYPE_ARRAY) {
        return coerce_list(run, from, value->list, to, out);
    }
    if (from->kind == TYPE_MAP) {
        return coerce_map(run, from, value->map, to, out);
    }
    assert(from->kind == TYPE_STRUCT);
    return coerce_struct(run, from, value->list, to, out);
}

enum status expr_coerce_value(enum coercion coercion, const struct type *from, struct value value,
                              const struct type *to, struct arena *arena, struct value *out,
                              struct diag *diag)
{
    const struct coercion_run run = {coercion, arena, diag};
    return coerce(&run, from, &value, to, out);
}
