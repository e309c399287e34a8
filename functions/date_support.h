/* date_support.h: patterns and zones as arguments of the DATE / TIME functions.
 *
 * A pattern that is a literal is compiled when the query is planned (date_prepare); others, and
 * zones, are remembered from row to row in the call's scratch, by the address of their text. */
#ifndef FUNCTIONS_DATE_SUPPORT_H
#define FUNCTIONS_DATE_SUPPORT_H

#include "base/time_pattern.h"
#include "functions/function.h"

/* For struct function_def: compiles argument 1 when it is a literal. date_prepare_simple is for
 * patterns of SimpleDateFormat. */
enum status date_prepare(const struct function_prepare *prepare, void **prepared,
                         struct diag *diag);
enum status date_prepare_simple(const struct function_prepare *prepare, void **prepared,
                                struct diag *diag);

/* The compiled pattern of argument 1. */
MUST_USE enum status date_pattern(struct function_call *call, const struct value *args,
                                  enum time_pattern_dialect dialect,
                                  const struct time_pattern **out);

/* The zone named by id. STATUS_INVALID with Java's message. */
MUST_USE enum status date_zone(struct function_call *call, struct text id, struct time_zone *out);
/* The zone of the machine. */
MUST_USE enum status date_system_zone(struct function_call *call, struct time_zone *out);

#endif
