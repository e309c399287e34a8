/* math_rounding.h: the calls of ABS, CEIL, FLOOR, ROUND and TRUNC, by type.
 *
 * Private to the MATHEMATICAL family. Every function is strict. Thread: any. */
#ifndef FUNCTIONS_MATH_ROUNDING_H
#define FUNCTIONS_MATH_ROUNDING_H

#include "functions/function.h"

/* The type of the first argument: for functions that keep a DECIMAL's precision and scale. */
enum status math_same_type(struct arena *arena, const struct type *const *argument_types,
                           uint32_t argument_count, const struct type **out, struct diag *diag);
/* DECIMAL(p - s, 0) of a DECIMAL(p, s). */
enum status math_whole_type(struct arena *arena, const struct type *const *argument_types,
                            uint32_t argument_count, const struct type **out, struct diag *diag);

enum status math_abs(struct function_call *call, const struct value *args, struct value *out);
enum status math_ceil(struct function_call *call, const struct value *args, struct value *out);
enum status math_floor(struct function_call *call, const struct value *args, struct value *out);

/* To BIGINT from INT, BIGINT and DOUBLE, or to a DECIMAL without decimals. */
enum status math_round(struct function_call *call, const struct value *args, struct value *out);
enum status math_trunc(struct function_call *call, const struct value *args, struct value *out);
/* To a number of decimal places, which may be negative; DOUBLE and DECIMAL keep their type. */
enum status math_round_places(struct function_call *call, const struct value *args,
                              struct value *out);
enum status math_trunc_places(struct function_call *call, const struct value *args,
                              struct value *out);

#endif
