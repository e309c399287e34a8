/* table_function.h: functions that make any number of rows of one record, as tables and as
 * calls.
 *
 * A table function is resolved like a scalar one, and called once per record: its operator
 * evaluates the arguments, calls it, and pairs the rows of all table functions of a SELECT by
 * number. A call that throws, or gives NULL, makes no rows.
 *
 * Source of behaviour: ksqlDB's function.udtf package. Thread: tables are const; a call belongs
 * to the thread that makes it. */
#ifndef FUNCTIONS_TABLE_FUNCTION_H
#define FUNCTIONS_TABLE_FUNCTION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "base/value.h"

struct function_registry;
struct table_function_def;

/* A resolved call: immutable, in the plan's arena. */
struct table_function {
    const struct table_function_def *def;
    uint32_t argument_count;
    /* What the arguments must be cast to before the call; equal to the given types where they
     * fit as they are. */
    const struct type *const *argument_types;
    const struct type *result_type; /* of one row */
};

/* One overload: a row of a family's sorted table. Signatures are spelled as in
 * functions/function.h. */
struct table_function_def {
    const char *name;     /* upper case */
    const char *spelling; /* as ksqlDB registered it and messages print it; NULL: as name */
    const char *parameters;
    const char *returns; /* of one row */
    /* The row's type where text cannot say it (decimals). NULL: returns says it. */
    enum status (*returns_of)(struct arena *arena, const struct type *const *argument_types,
                              uint32_t argument_count, const struct type **out, struct diag *diag);
    /* Writes the rows, made in arena or borrowed from args; *rows stays NULL for none.
     * STATUS_INVALID with a message is "the function throws". */
    enum status (*call)(const struct table_function *function, const struct value *args,
                        struct arena *arena, const struct value_list **rows, struct diag *diag);
    const void *context; /* for user-defined functions */
    const char *summary; /* of the function; on the first overload of a name */
    const char *note;    /* of this overload, or NULL */
    const char *manual;  /* "list: The array." a line per parameter, or NULL */
};

/* True when name is a table function of the registry. */
bool table_function_exists(const struct function_registry *registry, struct text name);

/* Resolves a call; errors as ksqlDB words them. Writes *out only on STATUS_OK. */
MUST_USE enum status table_function_resolve(const struct function_registry *registry,
                                            struct text name,
                                            const struct type *const *argument_types,
                                            uint32_t argument_count, struct arena *arena,
                                            struct table_function *out, struct diag *diag);

/* Calls the function; *rows is NULL when there are none. */
MUST_USE enum status table_function_call(const struct table_function *function,
                                         const struct value *args, struct arena *arena,
                                         const struct value_list **rows, struct diag *diag);

#endif
