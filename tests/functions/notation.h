/* notation.h: SQL types and values as short text, so that tests of functions are tables.
 *
 * Types are spelled as in function signatures: "INT", "ARRAY<VARCHAR>", "DECIMAL(4, 2)",
 * "STRUCT<A INT>". Values: NULL, true, 12, 1.5, NaN, -Infinity, 'text' with '' for a quote,
 * x'00FF' for BYTES, [1, NULL] for arrays and structs, {'k': 1} for maps; dates and times are
 * their integers. A text that cannot be read fails the test. Everything lives in the arena. */
#ifndef TESTS_FUNCTIONS_NOTATION_H
#define TESTS_FUNCTIONS_NOTATION_H

#include "base/arena.h"
#include "base/type.h"
#include "base/value.h"

const struct type *notation_type(struct arena *arena, const char *text);

struct value notation_value(struct arena *arena, const struct type *type, const char *text);

/* A list of types, or of values of these types, separated by commas. Returns the count. */
uint32_t notation_types(struct arena *arena, const char *text, const struct type **out,
                        uint32_t count_max);
void notation_values(struct arena *arena, const struct type *const *types, uint32_t count,
                     const char *text, struct value *out);

/* The same notation; NUL-terminated, in arena. */
const char *notation_print(struct arena *arena, const struct type *type, const struct value *value);

#endif
