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

/* Where the settings of functions come from: "ksql.functions.collect_list.limit" and the like. */
struct function_settings {
    struct text (*find)(void *context, struct text name); /* data NULL: not set */
    void *context;
};

/* One aggregate call of a query, resolved: immutable, in the plan's arena. */
struct aggregate {
    const struct aggregate_def *def;
    const struct type *result_type;
    const struct type *state_type;
    uint32_t state_bytes;    /* multiple of 16 */
    uint32_t argument_count; /* column arguments */
    const struct type *argument_types[AGGREGATE_ARGUMENTS_MAX];
    uint32_t constant_count; /* trailing literal arguments: TOPK's k and the like */
    const struct type *constant_types[AGGREGATE_ARGUMENTS_MAX];
    struct value constants[AGGREGATE_ARGUMENTS_MAX];
    int64_t limit; /* COLLECT_LIST and COLLECT_SET: most items kept */
    /* During resolve() only; read it with aggregate_setting(). */
    const struct function_settings *settings;
    const void *prepared; /* what resolve() made in arena for the other calls, or NULL */
    /* EARLIEST_BY_OFFSET and LATEST_BY_OFFSET number the values they take, so that merging can
     * tell which came first. The operator points its own copy of this struct at a counter that
     * it keeps and saves with its groups. NULL: groups merge in the order of the merge calls. */
    int64_t *order;
};

/* One overload: a row of a sorted table in functions/. Signatures are spelled as in
 * functions/function.h: "T val1, INT k" and "ARRAY<T>".
 *
 * State is zeroed memory before init() and load(), and dead after release(), which is due even
 * when they failed. A failed add() or undo() leaves it as it was; after a failed merge() it is
 * only good for release(). result() and save() copy what they return into arena: nothing of it
 * refers to the state. */
struct aggregate_def {
    const char *name;     /* upper case */
    const char *spelling; /* as ksqlDB registered it; NULL: as name */
    const char *parameters;
    uint32_t literal_parameter_count; /* how many of the last parameters take literals only */
    const char *returns;
    const char *summary; /* of the function; on the first overload of a name */
    const char *note;    /* of this overload, or NULL */
    const void *context; /* for user-defined functions; code reads it through aggregate->def */
    /* Fills state_type, state_bytes, and result_type where it is still NULL because returns
     * does not tell it. Everything else is set. STATUS_INVALID with a message refuses the
     * constants. */
    enum status (*resolve)(struct aggregate *aggregate, struct arena *arena, struct diag *diag);
    enum status (*init)(const struct aggregate *aggregate, void *state, struct diag *diag);
    enum status (*add)(const struct aggregate *aggregate, void *state,
                       const struct value *arguments, struct diag *diag);
    /* NULL: the function cannot be used on tables. */
    enum status (*undo)(const struct aggregate *aggregate, void *state,
                        const struct value *arguments, struct diag *diag);
    /* Folds from into state; for session windows that grow together. */
    enum status (*merge)(const struct aggregate *aggregate, void *state, const void *from,
                         struct diag *diag);
    enum status (*result)(const struct aggregate *aggregate, const void *state, struct arena *arena,
                          struct value *out, struct diag *diag);
    enum status (*save)(const struct aggregate *aggregate, const void *state, struct arena *arena,
                        struct value *out, struct diag *diag);
    enum status (*load)(const struct aggregate *aggregate, const struct value *saved, void *state,
                        struct diag *diag);
    void (*release)(void *state); /* NULL: owns nothing */
    /* Optional fast path: adds row i of the argument columns to states[i], for all rows. After
     * a failure some rows are added and some are not. */
    enum status (*add_rows)(const struct aggregate *aggregate, void *const *states,
                            const struct column *const *arguments, size_t row_count,
                            struct diag *diag);
};

/* True when name is an aggregate function of the registry. */
bool aggregate_exists(const struct function_registry *registry, struct text name);

/* The text of ksql.functions.NAME.key, NAME being the function's name in lower case, or else of
 * ksql.functions._global_.key; data is NULL when neither is set. For resolve(). */
struct text aggregate_setting(const struct aggregate *aggregate, const char *key);

/* Resolves a call. settings may be NULL: none are set. literals[i] is NULL for an argument that is
 * a column expression, else the constant's value; argument_texts are the arguments as ksqlDB prints
 * them, for messages. Errors as ksqlDB words them. */
MUST_USE enum status aggregate_resolve(const struct function_registry *registry,
                                       const struct function_settings *settings, struct text name,
                                       const struct type *const *argument_types,
                                       const struct value *const *literals,
                                       const struct text *argument_texts, uint32_t argument_count,
                                       struct arena *arena, struct aggregate *out,
                                       struct diag *diag);

#endif
