/* flow.h: a dataflow for tests: rows in as text, rows out as text, at any batch size.
 *
 * A row is its columns separated by commas, then @time; after that, in any order, ! for
 * ROW_DELETE and [start;end] for its window. "-" is NULL. Rows are separated by blanks:
 * "1,a,5@10 2,b,-@11 1,-,-@12!". Columns are BIGINT or STRING, as the schema says. Output looks the
 * same, with <old columns> behind rows that carry an old row. */
#ifndef TESTS_OPERATORS_FLOW_H
#define TESTS_OPERATORS_FLOW_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/record.h"
#include "base/schema.h"
#include "functions/aggregate.h"
#include "functions/expr.h"
#include "operators/operator.h"
#include "state/committer.h"
#include "state/database.h"
#include "state/reader.h"
#include "tests/test.h"

struct flow {
    struct arena arena; /* of the operators */
    struct arena batch_arena;
    struct expr_build build;
    struct expr_context expr;
    struct op_counters counters;
    struct op_context context;
    struct buffer out; /* rows that were emitted, separated by blanks */
    struct buffer log; /* messages, one a line */
    struct operator* collector;
    size_t batch_rows;
    bool has_origin;           /* pushed rows are records that were read */
    struct database *database; /* opened by flow_open_file */
    struct committer *committer;
    struct diag diag;
};

/* cache_is_off as in op_context; batch_rows: the most rows of one push. */
struct flow *flow_create(size_t batch_rows, bool cache_is_off);
void flow_destroy(struct flow *flow);

/* "K BIGINT KEY, V STRING": columns by name, type and, for keys, KEY. */
const struct schema *flow_schema(struct flow *flow, const char *columns);

/* A reference to the column of schema, or a call such as flow_call(flow, "UCASE", column). */
const struct expr *flow_column(struct flow *flow, const struct schema *schema, const char *name);
const struct expr *flow_bigint(struct flow *flow, int64_t value);
const struct expr *flow_compare(struct flow *flow, enum expr_op op, const struct expr *left,
                                const struct expr *right);
/* left / right: fails for rows where right is 0. */
const struct expr *flow_divide(struct flow *flow, const struct expr *left,
                               const struct expr *right);
/* An aggregate over one column. */
struct aggregate flow_aggregate(struct flow *flow, const char *name, const struct type *type);

/* What a place downstream of an operator looks like: everything goes to the collector. */
struct op_place flow_place(struct flow *flow, const char *step);

/* Pushes rows into input of op, in batches of flow->batch_rows. */
void flow_push(struct flow *flow, struct operator* op, uint32_t input, const struct schema *schema,
               const char *rows);
/* One batch of all these rows, valid until the next push. */
struct batch *flow_batch(struct flow *flow, const struct schema *schema, const char *rows);
void flow_flush(struct flow *flow, struct operator* op);

/* Requires the rows emitted since the last call, and forgets them. */
#define flow_expect(flow, expected) flow_expect_at((flow), (expected), __FILE__, __LINE__)
void flow_expect_at(struct flow *flow, const char *expected, const char *file, int line);

/* --- the file ------------------------------------------------------------------------------- */

void flow_open_file(struct flow *flow);
/* Commits the changed state of op and waits until it is durable. */
void flow_commit(struct flow *flow, struct operator* op);
struct reader *flow_reader(struct flow *flow);

/* Runs body for batches of 1, 7 and 4096 rows, with and without the output cache off. */
#define FLOW_BATCH_SIZES                                                                           \
    {                                                                                              \
        1, 7, 4096                                                                                 \
    }

#endif
