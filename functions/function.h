/* function.h: one overload of a scalar SQL function, as a row of a family's sorted table.
 *
 * A family is a .c file with a const table of struct function_def, sorted by name; overloads of
 * one name stand together, in the order in which messages list them. A row holds the types, the
 * code and the manual text, so that SHOW FUNCTIONS, DESCRIBE FUNCTION, overload resolution and
 * evaluation all read the same table. functions/README.md says how to add one.
 *
 * Signatures are text, as ksqlDB prints them:
 *   parameters  "VARCHAR str, INT pos": type, blank, parameter name; "" for none.
 *               Types: BOOLEAN INT BIGINT DOUBLE DECIMAL VARCHAR BYTES DATE TIME TIMESTAMP,
 *               ARRAY<t>, MAP<k, v>, STRUCT<A VARCHAR, B INT>, ANY, INTERVALUNIT (a bare unit
 *               such as DAYS), LAMBDA (T, K) => R, and one capital letter for a type variable.
 *               "VARCHAR... rest" takes zero or more. DECIMAL takes any precision and scale.
 *   returns     a type in the same spelling; type variables must be bound by the parameters.
 *               A plain DECIMAL needs returns_of; DECIMAL(30, 10) may be written out.
 *
 * Source of behaviour: ksqlDB's io.confluent.ksql.function package. Thread: tables are const;
 * a struct function_call belongs to the thread that evaluates. */
#ifndef FUNCTIONS_FUNCTION_H
#define FUNCTIONS_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/column.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

struct batch;
struct expr;
struct expr_context;
struct function_def;

enum function_flag {
    FUNCTION_STRICT = 1,           /* any NULL argument gives NULL and call is not made */
    FUNCTION_NONDETERMINISTIC = 2, /* called for every row even when all arguments are constant */
    /* NULL for a parameter of these types is an error, as for a Java primitive: the call gives
     * NULL and the processing log gets an entry. call is not made. */
    FUNCTION_PRIMITIVE_NUMBERS = 4, /* INT, BIGINT, DOUBLE and BOOLEAN parameters */
};

/* What a call's code may use. Every pointer is borrowed for the length of the call. */
struct function_call {
    const struct function_def *def;
    uint32_t argument_count;
    /* Of each argument after casts; of a lambda, the type of its body; INTEGER for an interval
     * unit; TYPE_NULL for a bare NULL whose parameter leaves the type open. */
    const struct type *const *argument_types;
    const struct type *result_type;
    const void *prepared; /* what def->prepare made, or NULL; read-only, shared by threads */
    /* NULL at the first row of a batch; a function may keep here what it found out for one row
     * to reuse it for the next ones (a regex of the task's cache, say). */
    void *scratch;
    struct arena *arena;          /* results live here */
    struct expr_context *context; /* clock, randomness, caches: functions/expr.h */
    struct diag *diag;
    /* For function_call_lambda only. */
    const struct expr *expr;
    const struct batch *batch;
    const struct batch *view; /* made from row when the first lambda of the row runs */
    size_t row;
};

/* What an overload may make of its literal arguments when the query is planned. */
struct function_prepare {
    const struct function_def *def;
    uint32_t argument_count;
    const struct type *const *argument_types; /* as in struct function_call */
    const struct value *const *literals;      /* NULL where an argument is not a literal */
    struct arena *arena;                      /* of the plan: lives as long as the expression */
};

struct function_def {
    const char *name;     /* upper case */
    const char *spelling; /* as ksqlDB registered it and messages print it ("greatest");
                           * NULL: as name */
    const char *category; /* "STRING", "MATHEMATICAL", ...: see spec, DESCRIBE FUNCTION */
    const char *parameters;
    const char *returns;
    unsigned flags; /* enum function_flag bits */
    /* The type of the result where text cannot say it (decimals). STATUS_INVALID with a
     * message refuses the arguments. NULL: returns says it. */
    enum status (*returns_of)(struct arena *arena, const struct type *const *argument_types,
                              uint32_t argument_count, const struct type **out, struct diag *diag);
    /* One row. args has argument_count values; an interval unit comes as an INTEGER value of
     * enum interval_unit, a lambda as NULL. Writes *out (also for NULL). STATUS_INVALID with a
     * message is "the function throws"; the caller makes NULL and a log entry of it. Any other
     * failure ends the evaluation. */
    enum status (*call)(struct function_call *call, const struct value *args, struct value *out);
    /* Optional, FUNCTION_STRICT functions that never throw: all rows at once. out is zeroed and
     * its NULLs are set already; data of NULL rows is zero and may be computed on. Columns
     * with is_constant hold their value at index 0. rows NULL: rows 0 to count - 1. */
    enum status (*kernel)(struct function_call *call, const struct column *const *args,
                          const bool *is_constant, const uint32_t *rows, size_t count,
                          struct column *out);
    /* Optional: looks at literal arguments once. Writes *prepared, or leaves it. Must not
     * refuse a bad literal (that is an error of each row); only STATUS_NO_MEMORY fails. */
    enum status (*prepare)(const struct function_prepare *prepare, void **prepared,
                           struct diag *diag);
    const void *context; /* for user-defined functions; call reads it through call->def */
    const char *summary; /* of the function, one sentence; on the first overload of a name */
    const char *note;    /* of this overload, or NULL */
    const char *manual;  /* "str: The source string.\npos: ..." a line per parameter, or NULL */
};

/* Bare interval units, singular and plural alike. */
enum interval_unit {
    UNIT_MILLISECONDS,
    UNIT_SECONDS,
    UNIT_MINUTES,
    UNIT_HOURS,
    UNIT_DAYS,
    UNIT_COUNT
};

/* Milliseconds of one unit. */
int64_t interval_unit_ms(enum interval_unit unit);

/* Runs the body of the lambda that is argument at, its arguments bound to values (count of
 * them), and writes what it gives. STATUS_INVALID when the body fails: return it. */
MUST_USE enum status function_call_lambda(struct function_call *call, uint32_t at,
                                          const struct value *values, uint32_t count,
                                          struct value *out);

/* The usual end of a call that throws: return function_fail(call, "...", ...). */
enum status function_fail(struct function_call *call, const char *format, ...) PRINTF_LIKE(2, 3);

/* Refuses to make a text of so many bytes when no record could hold it: functions whose result
 * can be much larger than their arguments ask before they build it. */
MUST_USE enum status function_check_bytes(struct function_call *call, size_t bytes);

/* *out becomes the text, copied into call->arena. STATUS_NO_MEMORY is the only failure. */
MUST_USE enum status function_return_text(struct function_call *call, struct text text,
                                          struct value *out);

#endif
