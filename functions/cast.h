/* cast.h: CAST of single values, and which casts there are.
 *
 * Source: ksqlDB's CastEvaluator and SqlTimeTypes; the matrix is in the spec, "CAST matrix".
 * Texts of numbers, times and nested values are those that Java prints. Thread: any. */
#ifndef FUNCTIONS_CAST_H
#define FUNCTIONS_CAST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

bool cast_is_supported(const struct type *from, const struct type *to);

/* Converts value; text and nested results live in arena or are shared with value. NULL stays
 * NULL. The cast must be supported. STATUS_INVALID: the value has no form in the type. */
MUST_USE enum status cast_value(const struct type *from, const struct value *value,
                                const struct type *to, struct arena *arena, struct value *out,
                                struct diag *diag);

/* The text of CAST(value AS STRING); "null" for NULL. */
void cast_print(const struct type *type, const struct value *value, struct buffer *out);

/* The prefix rule of STRING to BOOLEAN: any-case prefixes of "true" and "yes". */
bool cast_text_is_true(struct text text);
/* The same for "false" and "no". */
bool cast_text_is_false(struct text text);

#endif
