/* json_value.h: SQL values as JSON text, as TO_JSON_STRING shows them.
 *
 * Not how formats/ write records: fields and keys are sorted, times are texts, TIME loses its
 * milliseconds. Source: ksqlDB's ToJsonString. Thread: any. */
#ifndef FUNCTIONS_JSON_VALUE_H
#define FUNCTIONS_JSON_VALUE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

/* Appends value; arena gives working memory. STATUS_NO_MEMORY is the only failure. */
MUST_USE enum status json_value_print(const struct type *type, const struct value *value,
                                      struct arena *arena, struct buffer *out, struct diag *diag);

#endif
