/* natural_order.c
 *
 * Only two scalar types need code of their own; the rest is value_compare. Equality has to walk
 * nested values, because a DOUBLE may stand in them.
 */
#include "functions/natural_order.h"

#include <math.h>

static int sign_of(bool greater, bool less)
{
    return (int)greater - (int)less;
}

int natural_order_real(double a, double b)
{
    if (a < b || a > b) {
        return sign_of(a > b, a < b);
    }
    if (isnan(a) || isnan(b)) {
        return sign_of(isnan(a) && !isnan(b), isnan(b) && !isnan(a));
    }
    return sign_of(signbit(b) && !signbit(a), signbit(a) && !signbit(b));
}

static int order_bytes(struct text a, struct text b)
{
    const size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    for (size_t i = 0; i < common; i++) {
        const signed char x = (signed char)a.data[i];
        const signed char y = (signed char)b.data[i];
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return sign_of(a.bytes > b.bytes, a.bytes < b.bytes);
}

int natural_order(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) {
        return sign_of(b->is_null, a->is_null);
    }
    if (type->kind == TYPE_DOUBLE) {
        return natural_order_real(a->real, b->real);
    }
    if (type->kind == TYPE_BYTES) {
        return order_bytes(a->text, b->text);
    }
    return value_compare(type, a, b);
}

static bool equal_list(const struct type *type, const struct value_list *a,
                       const struct value_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const struct type *item = type->kind == TYPE_STRUCT ? type->fields[i].type : type->element;
        if (!natural_equal(item, &a->items[i], &b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool equal_map(const struct type *type, const struct value_map *a, const struct value_map *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const int at = value_map_find(type, b, &a->keys[i]);
        if (at < 0 || !natural_equal(type->element, &a->values[i], &b->values[at])) {
            return false;
        }
    }
    return true;
}

bool natural_equal(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) {
        return a->is_null && b->is_null;
    }
    switch (type_layout(type)) {
    case LAYOUT_DOUBLE:
        return natural_order_real(a->real, b->real) == 0;
    case LAYOUT_LIST:
        return equal_list(type, a->list, b->list);
    case LAYOUT_MAP:
        return equal_map(type, a->map, b->map);
    case LAYOUT_BOOLEAN:
    case LAYOUT_INT32:
    case LAYOUT_INT64:
    case LAYOUT_DECIMAL:
    case LAYOUT_TEXT:
    case LAYOUT_COUNT:
        break;
    }
    return value_equal(type, a, b);
}
