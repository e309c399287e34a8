/* overload.h: signatures as data, and the choice of one overload among several.
 *
 * Used by scalar, aggregate and table functions alike. The rules (spec, section 1.2 of the
 * functions): a first pass without conversions; then, where casts are allowed, one with numeric
 * widening and STRING to DATE, TIME, TIMESTAMP and BYTES. Among several fits the best is:
 * not variadic, more declared parameters, fewer type variables, no ANY..., variadic part later;
 * a tie is an error. Source: ksqlDB's UdfIndex and GenericsUtil. */
#ifndef FUNCTIONS_OVERLOAD_H
#define FUNCTIONS_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"

enum { PARAMETERS_MAX = 16, TYPE_VARIABLES_MAX = 26 };

enum parameter_kind {
    PARAMETER_PRIMITIVE, /* of: a simple type, or TYPE_DECIMAL with any precision */
    PARAMETER_DECIMAL,   /* DECIMAL(p, s) written out; in result types */
    PARAMETER_ARRAY,     /* parts[0] */
    PARAMETER_MAP,       /* parts[0] to parts[1] */
    PARAMETER_STRUCT,    /* names and parts */
    PARAMETER_ANY,
    PARAMETER_UNIT,
    PARAMETER_LAMBDA,   /* parts[0 .. part_count - 2] in, the last part out */
    PARAMETER_VARIABLE, /* variable: 0 for A */
};

/* The type of a parameter or result. */
struct parameter_type {
    enum parameter_kind kind;
    enum type_kind of;
    uint16_t precision;
    uint16_t scale;
    uint8_t variable;
    uint32_t part_count;
    const struct parameter_type **parts;
    const struct text *names; /* of a STRUCT's parts */
};

struct parameter {
    const struct parameter_type *type;
    struct text name;
    bool is_variadic;
};

struct signature {
    uint32_t parameter_count;
    struct parameter parameters[PARAMETERS_MAX];
    const struct parameter_type *returns;
};

/* Parses the text of struct function_def; names are borrowed from it. */
MUST_USE enum status signature_parse(const char *parameters, const char *returns,
                                     struct arena *arena, struct signature *out, struct diag *diag);

/* "ARRAY<T>"; "VARCHAR..." for a variadic parameter is for the caller to add. */
void parameter_type_print(const struct parameter_type *type, struct buffer *out);
/* "explode(ARRAY<T> list)". */
void signature_print(const char *spelling, const struct signature *signature, struct buffer *out);

/* What type variables stand for; NULL: not bound. */
struct type_bindings {
    const struct type *types[TYPE_VARIABLES_MAX];
};

/* One argument of the call. */
struct overload_argument {
    const struct type *type; /* NULL for a lambda or a unit; TYPE_NULL for a NULL */
    bool is_unit;
    uint32_t lambda_argument_count; /* 0: not a lambda */
};

struct overload_choice {
    uint32_t index;
    struct type_bindings bindings;
    /* For argument i, the parameter that takes it. Its length is the count of arguments. */
    const struct parameter **parameters;
};

/* The overloads of one name. */
struct overload_set {
    const char *spelling; /* as messages print the name */
    const struct signature *signatures;
    uint32_t count;
};

/* Fails with STATUS_INVALID and ksqlDB's words. */
MUST_USE enum status overload_choose(const struct overload_set *set,
                                     const struct overload_argument *arguments,
                                     uint32_t argument_count, bool casts_allowed,
                                     struct arena *arena, struct overload_choice *out,
                                     struct diag *diag);

/* "Function '...' does not accept parameters (...)." with the alternatives. */
enum status overload_refuse(const struct overload_set *set,
                            const struct overload_argument *arguments, uint32_t argument_count,
                            struct diag *diag);

/* The concrete type of a parameter or result. NULL in *out when a variable is not bound. */
MUST_USE enum status parameter_type_resolve(const struct parameter_type *type,
                                            const struct type_bindings *bindings,
                                            struct arena *arena, const struct type **out,
                                            struct diag *diag);

/* Binds the variables of a parameter to the parts of an actual type; false when they do not
 * fit. For results of lambdas. */
bool parameter_type_bind(const struct parameter_type *type, const struct type *actual,
                         struct type_bindings *bindings);

/* The type that an argument must be cast to, or NULL when it fits as it is. */
MUST_USE enum status overload_cast_type(const struct parameter *parameter,
                                        const struct type *argument, struct arena *arena,
                                        const struct type **out, struct diag *diag);

#endif
