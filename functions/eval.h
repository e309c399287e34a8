/* eval.h: what the evaluators of expression nodes share. Private to functions/.
 *
 * A node is evaluated for a run: the rows that are asked for, and where failures of rows go. It
 * yields a vector: a column, or one value for all rows. A node whose operands are all constant
 * runs once, for a single made-up row 0, and yields a constant.
 *
 * Failures. Each row that fails is marked in the run's region and reported once. A region is
 * the whole expression, or the part under a place that turns failures into NULL (an argument of
 * a function, an element of a constructor, a nested call or cast; see eval_operand). A row
 * marked in the region is not reported again; what its vectors hold does not matter. */
#ifndef FUNCTIONS_EVAL_H
#define FUNCTIONS_EVAL_H

#include "functions/expr.h"

/* One whole evaluation. */
struct eval {
    const struct batch *batch;
    size_t capacity; /* highest row number that is asked for, and one */
    struct expr_context *context;
    struct diag *diag;     /* the caller's: failures that end the evaluation; may be NULL */
    struct diag *row_diag; /* scratch for calls whose failure is that of one row */
};

struct region {
    const struct expr *expr; /* what failures are reported for */
    uint8_t *failed;         /* one byte per row; NULL until a row fails */
};

struct vector {
    struct column column;
    bool is_constant; /* index 0 holds the value of all rows */
};

struct run {
    struct eval *eval;
    struct region *region;
    const uint32_t *rows; /* ascending; NULL: 0 to count - 1 */
    size_t count;
    /* Set when row 0 stands for all rows of a constant: whom its failure strikes. */
    const struct run *constant_for;
};

static inline size_t run_row(const struct run *run, size_t i)
{
    return run->rows ? run->rows[i] : i;
}

static inline size_t vector_row(const struct vector *vector, size_t row)
{
    return vector->is_constant ? 0 : row;
}

static inline bool vector_is_null(const struct vector *vector, size_t row)
{
    return vector->column.has_nulls && vector->column.is_null[vector_row(vector, row)];
}

/* One row into *out, and *value into one row, by a known layout. Values go by address and
 * member by member: copying whole structs just written stalls the processor. */
static inline void vector_load(const struct vector *vector, enum layout layout, size_t row,
                               struct value *out)
{
    const struct column *column = &vector->column;
    const size_t at = vector_row(vector, row);
    out->is_null = column->has_nulls && column->is_null[at];
    switch (layout) {
    case LAYOUT_BOOLEAN:
        out->boolean = column->boolean[at] != 0;
        return;
    case LAYOUT_INT32:
        out->int32 = column->int32[at];
        return;
    case LAYOUT_INT64:
        out->int64 = column->int64[at];
        return;
    case LAYOUT_DOUBLE:
        out->real = column->real[at];
        return;
    case LAYOUT_DECIMAL:
        out->decimal = column->decimal[at];
        return;
    case LAYOUT_TEXT:
        out->text = column->text[at];
        return;
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    out->list = column->list[at]; /* a map's pointer lies in the same place */
}

static inline void vector_store(struct vector *vector, enum layout layout, size_t row,
                                const struct value *value)
{
    struct column *column = &vector->column;
    if (value->is_null) {
        column_set_null(column, row);
        return;
    }
    switch (layout) {
    case LAYOUT_BOOLEAN:
        column->boolean[row] = value->boolean;
        return;
    case LAYOUT_INT32:
        column->int32[row] = value->int32;
        return;
    case LAYOUT_INT64:
        column->int64[row] = value->int64;
        return;
    case LAYOUT_DOUBLE:
        column->real[row] = value->real;
        return;
    case LAYOUT_DECIMAL:
        column->decimal[row] = value->decimal;
        return;
    case LAYOUT_TEXT:
        column->text[row] = value->text;
        return;
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    column->list[row] = value->list;
}

static inline struct value vector_get(const struct vector *vector, size_t row)
{
    struct value value = VALUE_NULL;
    vector_load(vector, type_layout(vector->column.type), row, &value);
    return value;
}

/* Makes row NULL, its datum zero. */
void vector_clear(struct vector *vector, size_t row);

/* Room for the rows of run, all without NULL and zeroed. */
MUST_USE enum status vector_init(struct vector *vector, const struct run *run,
                                 const struct type *type);

/* The run for a node with these operands: run itself, or *constant when all are constant. */
const struct run *run_for(const struct run *run, const struct vector *operands, uint32_t count,
                          struct run *constant);

/* Marks row, unless it is marked, and reports message. */
MUST_USE enum status run_fail(const struct run *run, size_t row, const char *message);
bool run_has_failed(const struct run *run, size_t row);

/* The result of a call that took eval->row_diag: STATUS_INVALID fails the row, others end all. */
MUST_USE enum status run_fail_with(const struct run *run, size_t row, enum status status);

/* Evaluates any node. */
MUST_USE enum status eval_node(const struct run *run, const struct expr *expr, struct vector *out);
/* Evaluates operand i of parent, in a region of its own where its failures become NULL. */
MUST_USE enum status eval_operand(const struct run *run, const struct expr *parent, uint32_t i,
                                  struct vector *out);
/* The start of a node with count operands, all of which are needed for all rows: evaluates them,
 * points *run at *constant when all are constant (see run_for), and makes room in *out. */
MUST_USE enum status eval_begin(const struct run **run, const struct expr *expr,
                                struct vector *operands, uint32_t count, struct run *constant,
                                struct vector *out);
/* All operands, in an array in the context's arena. */
MUST_USE enum status eval_operands(const struct run *run, const struct expr *parent,
                                   struct vector **out);

/* One per kind of node, in eval_*.c. */
MUST_USE enum status eval_arithmetic(const struct run *run, const struct expr *expr,
                                     struct vector *out);
MUST_USE enum status eval_negate(const struct run *run, const struct expr *expr,
                                 struct vector *out);
MUST_USE enum status eval_compare(const struct run *run, const struct expr *expr,
                                  struct vector *out);
MUST_USE enum status eval_in(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_logical(const struct run *run, const struct expr *expr,
                                  struct vector *out);
MUST_USE enum status eval_not(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_case(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_like(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_is_null(const struct run *run, const struct expr *expr,
                                  struct vector *out);
MUST_USE enum status eval_cast(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_call(const struct run *run, const struct expr *expr, struct vector *out);
MUST_USE enum status eval_subscript(const struct run *run, const struct expr *expr,
                                    struct vector *out);
MUST_USE enum status eval_field(const struct run *run, const struct expr *expr, struct vector *out);
/* ARRAY, MAP and STRUCT constructors. */
MUST_USE enum status eval_constructor(const struct run *run, const struct expr *expr,
                                      struct vector *out);

/* Compares two evaluated operands of one type into a BOOLEAN vector that is initialised. */
void compare_vectors(const struct run *run, enum expr_op op, const struct vector *left,
                     const struct vector *right, struct vector *out);

#endif
