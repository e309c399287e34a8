/* expr.h: typed expressions, as the planner builds them and operators evaluate them.
 *
 * An expression is an immutable tree in an arena. Every node knows its type, its place in the
 * SQL text and the text that ksqlDB would print for it. The builders below check types, find
 * overloads and common types, and fail with ksqlDB's messages; so the typing rules stand beside
 * the code that relies on them, and the planner only resolves names.
 *
 * expr_eval() works column at a time: a node evaluates its operands for the selected rows, then
 * runs one kernel over them. Lazy constructs (CASE, AND, OR) narrow the selection. A function
 * without a column kernel is called row by row by an adapter.
 *
 * Rules followed: spec sections "Expressions" of ksqlDB's statements (NULL in comparisons is
 * false; a NULL operand of AND, OR, NOT, LIKE or arithmetic is an evaluation error) and "Error
 * and null propagation at the call site" of its functions: a failing nested call, cast, argument
 * or element gives NULL for that part alone when nested_errors_are_null is set. Messages that
 * depend on the clause ("Invalid Select: ", "Error in WHERE expression: ") get their prefix from
 * the planner. */
#ifndef FUNCTIONS_EXPR_H
#define FUNCTIONS_EXPR_H

#include "base/arena.h"
#include "base/batch.h"
#include "base/column.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"

struct function_def;      /* functions/function.h: one overload */
struct function_registry; /* functions/registry.h */
struct time_zone_cache;
struct regex_cache;

enum expr_kind {
    EXPR_COLUMN,          /* column_index of the batch */
    EXPR_LITERAL,         /* literal, of type; type is TYPE_NULL for a bare NULL */
    EXPR_CALL,            /* function over operands */
    EXPR_CAST,            /* operands[0] to type */
    EXPR_ARITHMETIC,      /* op over two operands */
    EXPR_NEGATE,
    EXPR_COMPARE,         /* op over two operands of one type */
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_CASE,            /* operands: when, then, when, then, ..., else (always there) */
    EXPR_IN,              /* operands[0] in operands[1..]; all of one type */
    EXPR_LIKE,            /* operands[0] like operands[1]; escape */
    EXPR_IS_NULL,
    EXPR_SUBSCRIPT,       /* array[index] or map[key] */
    EXPR_FIELD,           /* field_index of the struct operands[0] */
    EXPR_ARRAY,           /* constructor; operands are the elements */
    EXPR_MAP,             /* constructor; operands: key, value, key, value */
    EXPR_STRUCT,          /* constructor; operands in the order of the type's fields */
    EXPR_LAMBDA,          /* operands[0] is the body; lambda_* say what it binds */
    EXPR_LAMBDA_ARGUMENT, /* lambda_slot */
    EXPR_KIND_COUNT
};

enum expr_op {
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MODULUS,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_IS_DISTINCT_FROM,
    OP_IS_NOT_DISTINCT_FROM,
    OP_COUNT
};

enum { LAMBDA_ARGUMENTS_MAX = 3, LAMBDA_SLOTS_MAX = 64 };

struct expr {
    enum expr_kind kind;
    const struct type *type;
    struct sql_pos pos;
    struct text text; /* as ksqlDB prints the expression; shown in messages and logs */
    uint32_t operand_count;
    const struct expr **operands;
    union {
        uint32_t column_index;
        struct value literal;
        struct {
            const struct function_def *function;
            void *prepared; /* what the function made of literal arguments, or NULL */
        };
        enum expr_op op;
        uint32_t escape; /* LIKE: a code point, 0 for none */
        uint32_t field_index;
        struct {
            uint32_t lambda_slot; /* of the first argument; the others follow */
            uint32_t lambda_argument_count;
        };
    };
};

/* --- Building. All write *out only on STATUS_OK; nodes live in build->arena. -------------- */

struct expr_build {
    struct arena *arena;
    const struct function_registry *registry;
    struct diag *diag;
    struct sql_pos pos; /* of the node being built; the caller sets it before each call */
    struct text text;   /* of the node being built, likewise */
};

MUST_USE enum status expr_column(struct expr_build *build, uint32_t column_index,
                                 const struct type *type, const struct expr **out);
/* Also for a bare NULL, with type_of(TYPE_NULL). */
MUST_USE enum status expr_literal(struct expr_build *build, const struct type *type,
                                  struct value value, const struct expr **out);
MUST_USE enum status expr_lambda_argument(struct expr_build *build, uint32_t slot,
                                          const struct type *type, const struct expr **out);
MUST_USE enum status expr_arithmetic(struct expr_build *build, enum expr_op op,
                                     const struct expr *left, const struct expr *right,
                                     const struct expr **out);
MUST_USE enum status expr_negate(struct expr_build *build, const struct expr *operand,
                                 const struct expr **out);
/* Comparisons and IS [NOT] DISTINCT FROM; inserts the casts that make both sides one type. */
MUST_USE enum status expr_compare(struct expr_build *build, enum expr_op op,
                                  const struct expr *left, const struct expr *right,
                                  const struct expr **out);
/* kind is EXPR_AND or EXPR_OR. */
MUST_USE enum status expr_logical(struct expr_build *build, enum expr_kind kind,
                                  const struct expr *left, const struct expr *right,
                                  const struct expr **out);
MUST_USE enum status expr_not(struct expr_build *build, const struct expr *operand,
                              const struct expr **out);
/* operands: when, then pairs, then the ELSE expression or NULL. */
MUST_USE enum status expr_case(struct expr_build *build, const struct expr *const *when_then,
                               uint32_t pair_count, const struct expr *otherwise,
                               const struct expr **out);
MUST_USE enum status expr_in(struct expr_build *build, const struct expr *value,
                             const struct expr *const *items, uint32_t item_count,
                             const struct expr **out);
MUST_USE enum status expr_like(struct expr_build *build, const struct expr *value,
                               const struct expr *pattern, uint32_t escape,
                               const struct expr **out);
MUST_USE enum status expr_is_null(struct expr_build *build, const struct expr *operand,
                                  const struct expr **out);
MUST_USE enum status expr_subscript(struct expr_build *build, const struct expr *container,
                                    const struct expr *index, const struct expr **out);
MUST_USE enum status expr_field(struct expr_build *build, const struct expr *container,
                                struct text field, const struct expr **out);
MUST_USE enum status expr_array(struct expr_build *build, const struct expr *const *items,
                                uint32_t count, const struct expr **out);
MUST_USE enum status expr_map(struct expr_build *build, const struct expr *const *keys,
                              const struct expr *const *values, uint32_t count,
                              const struct expr **out);
MUST_USE enum status expr_struct(struct expr_build *build, const struct text *names,
                                 const struct expr *const *values, uint32_t count,
                                 const struct expr **out);
MUST_USE enum status expr_cast(struct expr_build *build, const struct expr *operand,
                               const struct type *type, const struct expr **out);

/* One argument of a call. A lambda's body can be typed only once the types of its arguments
 * are known from the other arguments; so a lambda comes as a callback, which the overload
 * resolution calls with those types. body_of types the body (binding argument i to slot
 * first_slot + i) and writes it. */
struct expr_argument {
    const struct expr *expr; /* NULL for a lambda or an interval unit */
    struct text unit;        /* a bare interval unit such as DAYS; data NULL otherwise */
    uint32_t lambda_argument_count; /* 0: not a lambda */
    enum status (*body_of)(void *context, const struct type *const *argument_types,
                           uint32_t *first_slot, const struct expr **body, struct diag *diag);
    void *context;
};

/* Finds the overload of name that fits and builds the call, casting arguments as it needs.
 * Fails with "Can't find any functions with the name ..." and the like. */
MUST_USE enum status expr_call(struct expr_build *build, struct text name,
                               const struct expr_argument *arguments, uint32_t argument_count,
                               const struct expr **out);

/* How strict an implicit conversion is. */
enum coercion {
    COERCE_STRICT, /* INSERT VALUES, pull keys: numbers widen, text to times and BYTES */
    COERCE_LAX,    /* IN lists, ARRAY[], MAP(): also text to numbers and anything to STRING */
};

/* Converts a constant from its type to another. STATUS_INVALID when the rules refuse it. */
MUST_USE enum status expr_coerce_value(enum coercion coercion, const struct type *from,
                                       struct value value, const struct type *to,
                                       struct arena *arena, struct value *out,
                                       struct diag *diag);

/* --- Evaluating ------------------------------------------------------------------------- */

/* Where evaluation errors of single rows go: the processing log. expr is the outermost
 * expression being evaluated or the nested call that failed. */
struct expr_errors {
    void (*report)(void *context, size_t row, const struct expr *expr, const char *message);
    void *context;
};

/* What an evaluation may use beside the batch. One per task; not shared between threads. */
struct expr_context {
    struct arena *arena; /* results; usually the batch's */
    const struct expr_errors *errors;
    bool nested_errors_are_null; /* ksql.nested.error.set.null */
    int64_t (*now_ms)(void *clock);
    uint64_t (*random)(void *clock); /* 64 evenly distributed bits */
    void *clock;
    struct time_zone_cache *zones; /* owned by the task */
    struct regex_cache *regexes;   /* owned by the task */
    /* Set while a lambda body runs: the value of each bound argument. */
    struct value lambda_values[LAMBDA_SLOTS_MAX];
};

/* Evaluates expr for the rows listed in rows (ascending; NULL: rows 0 to count - 1) of batch
 * into column, which it initialises with room for batch->capacity rows; what other rows hold
 * does not matter. A mere column reference is not copied: column then shares its arrays with
 * batch, and whoever compacts one of them must not compact the other. A row that fails becomes
 * NULL and is reported to context->errors; has_failed (may be NULL; one byte per row, zeroed by
 * the caller) is set for it when the failure reached the top. STATUS_NO_MEMORY is the only
 * failure of the call. */
MUST_USE enum status expr_eval(const struct expr *expr, const struct batch *batch,
                               const uint32_t *rows, size_t count, struct expr_context *context,
                               struct column *column, uint8_t *has_failed, struct diag *diag);

/* Evaluates an expression without columns. STATUS_INVALID with the error's text on failure. *out
 * borrows from the context's arena. */
MUST_USE enum status expr_eval_constant(const struct expr *expr, struct expr_context *context,
                                        struct value *out, struct diag *diag);

/* Calls visit for expr and everything below it, parents first. */
void expr_visit(const struct expr *expr, void (*visit)(void *context, const struct expr *expr),
                void *context);
#endif
