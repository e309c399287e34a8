/* aggregate.h: aggregate functions as accumulators that operators keep per group.
 *
 * One group's accumulator is state_bytes of memory inside the row of a store. It may own
 * further memory (a text, a list) from base/memory.h, which release() frees. For the file it
 * is saved as one SQL value of state_type, ksqlDB's intermediate type, and loaded from it.
 *
 * Source of behaviour: ksqlDB's function.udaf package. Thread: the task that owns the store. */
#ifndef FUNCTIONS_AGGREGATE_H
#define FUNCTIONS_AGGREGATE_H

#include "base/arena.h"
#include "base/column.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

enum { AGGREGATE_ARGUMENTS_MAX = 32 };

struct aggregate_def;
struct function_registry;

/* One aggregate call of a query, resolved: immutable, in the plan's arena. */
struct aggregate {
    const struct aggregate_def *def;
    const struct type *result_type;
    const struct type *state_type;
    uint32_t state_bytes; /* multiple of 16 */
    uint32_t argument_count;                                      /* column arguments */
    const struct type *argument_types[AGGREGATE_ARGUMENTS_MAX];
    uint32_t constant_count; /* trailing literal arguments: TOPK's k and the like */
    const struct type *constant_types[AGGREGATE_ARGUMENTS_MAX];
    struct value constants[AGGREGATE_ARGUMENTS_MAX];
    int64_t limit; /* COLLECT_LIST and COLLECT_SET: most items kept */
};

/* One overload: a row of a sorted table in functions/. */
struct aggregate_def {
    const char *name;       /* upper case */
    const char *parameters; /* as DESCRIBE FUNCTION prints them: "INTEGER", "T, INTEGER" */
    const char *returns;
    const char *summary;    /* the manual text */
    /* Fills result_type, state_type and state_bytes for the argument types, or refuses
     * (STATUS_INVALID without a message: the overload does not fit). */
    enum status (*resolve)(struct aggregate *aggregate, struct arena *arena, struct diag *diag);
    enum status (*init)(const struct aggregate *aggregate, void *state, struct diag *diag);
    enum status (*add)(const struct aggregate *aggregate, void *state, const struct value *arguments,
                       struct diag *diag);
    /* NULL: the function cannot be used on tables. */
    enum status (*undo)(const struct aggregate *aggregate, void *state,
                        const struct value *arguments, struct diag *diag);
    /* Folds from into state; for session windows that grow together. */
    enum status (*merge)(const struct aggregate *aggregate, void *state, const void *from,
                         struct diag *diag);
    enum status (*result)(const struct aggregate *aggregate, const void *state,
                          struct arena *arena, struct value *out, struct diag *diag);
    enum status (*save)(const struct aggregate *aggregate, const void *state, struct arena *arena,
                        struct value *out, struct diag *diag);
    enum status (*load)(const struct aggregate *aggregate, const struct value *saved, void *state,
                        struct diag *diag);
    void (*release)(void *state); /* NULL: owns nothing */
    /* Optional fast path: adds row i of the argument columns to states[i], for all rows. */
    enum status (*add_rows)(const struct aggregate *aggregate, void *const *states,
                            const struct column *const *arguments, size_t row_count,
                            struct diag *diag);
};

/* True when name is an aggregate function of the registry. */
bool aggregate_exists(const struct function_registry *registry, struct text name);

/* Resolves a call. literals[i] is NULL for an argument that is a column expression, else the
 * constant's value. Errors as ksqlDB words them. */
MUST_USE enum status aggregate_resolve(const struct function_registry *registry, struct text name,
                                       const struct type *const *argument_types,
                                       const struct value *const *literals,
                                       uint32_t argument_count, struct arena *arena,
                                       struct aggregate *out, struct diag *diag);

#endif
