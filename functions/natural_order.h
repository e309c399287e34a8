/* natural_order.h: the order of two values as Java's compareTo has it.
 *
 * It differs from value_compare where ksqlDB's functions show Java's ways: DOUBLE puts -0.0
 * before 0.0 and NaN after all numbers, equal to itself; BYTES compare as signed bytes, as
 * java.nio.ByteBuffer does. MIN, MAX, TOPK, GREATEST, LEAST and the ARRAY_ functions that sort
 * use it. Thread: any. */
#ifndef FUNCTIONS_NATURAL_ORDER_H
#define FUNCTIONS_NATURAL_ORDER_H

#include <stdbool.h>

#include "base/type.h"
#include "base/value.h"

/* <0, 0 or >0; NULL comes first. */
int natural_order(const struct type *type, const struct value *a, const struct value *b);

/* Java's equals: as natural_order, and NULL equals NULL; nested values item by item. */
bool natural_equal(const struct type *type, const struct value *a, const struct value *b);

/* Double.compare. */
int natural_order_real(double a, double b);

#endif
