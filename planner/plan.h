/* plan.h: what a query does, as checked and typed data: the planner's product.
 *
 * A plan is a tree of steps with the sink (or nothing, for queries of clients) at the root and
 * sources at the leaves, each step under the one that consumes it. engine/build.c turns each step
 * into an operator; EXPLAIN prints the tree.
 *
 * A plan is immutable and lives in the arena it was planned in. It copies the sources that it
 * reads, so the catalog may change; names and texts it borrows from the statement's tree, so that
 * tree must live as long as the plan (engine/execution.h: script_ref).
 *
 * Columns are addressed by position in the schema of the step they come from. Key columns stand
 * first. Pseudo columns (ROWTIME and so on) that something uses are appended to the schema of
 * the step that knows them (source, aggregate, join) as ordinary value columns, listed in
 * plan_step.pseudo. Thread: any, after planning. */
#ifndef PLANNER_PLAN_H
#define PLANNER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/schema.h"
#include "functions/aggregate.h"
#include "functions/expr.h"
#include "functions/table_function.h"
#include "planner/catalog.h"

enum plan_kind {
    PLAN_SOURCE,    /* records of a topic, decoded */
    PLAN_FILTER,    /* keeps rows whose predicate is TRUE; on tables the rest are deletes */
    PLAN_PROJECT,   /* computes every output column from the input row */
    PLAN_REKEY,     /* PARTITION BY: output schema = new key columns, then all input
                       columns as values */
    PLAN_FLAT_MAP,  /* table functions: input columns, then one column per function */
    PLAN_AGGREGATE, /* GROUP BY, with or without a window; input stream or table */
    PLAN_JOIN_STREAM_TABLE,
    PLAN_JOIN_STREAM_STREAM,
    PLAN_JOIN_TABLE_TABLE,
    PLAN_JOIN_FOREIGN_KEY,
    PLAN_SUPPRESS, /* EMIT FINAL: one row per window, once it has closed */
    PLAN_SINK,     /* encode and append to a topic */
    PLAN_KIND_COUNT
};

enum pseudo_kind {
    PSEUDO_ROWTIME,
    PSEUDO_ROWPARTITION,
    PSEUDO_ROWOFFSET,
    PSEUDO_WINDOWSTART,
    PSEUDO_WINDOWEND,
};

struct plan_pseudo {
    enum pseudo_kind kind;
    uint32_t column_index; /* in the step's schema */
};

struct plan_source {
    const struct source *source; /* a copy in the plan's arena */
    struct text alias;
    const bool *is_wanted; /* per column of the schema: something reads it */
    bool has_store;        /* tables: keep the rows, to know old values and serve lookups */
};

struct plan_filter {
    const struct expr *predicate;
    bool is_having; /* for the text of error messages: HAVING or WHERE */
};

struct plan_project {
    const struct expr **exprs; /* one per column of the schema, key columns included */
};

struct plan_rekey {
    const struct expr **keys; /* evaluated on the input; key_count of them */
    uint32_t key_count;       /* 0: PARTITION BY NULL */
};

/* One table function: its arguments are evaluated on the input row, of the types it wants. */
struct plan_table_call {
    struct table_function function;
    const struct expr **arguments; /* function.argument_count of them */
    struct sql_pos pos;            /* of the call, and as ksqlDB prints it, for the log */
    struct text text;
};

struct plan_flat_map {
    const struct plan_table_call *calls;
    uint32_t call_count;
};

/* Output schema: key_count group keys, then one column per aggregate, then pseudo columns. Rows
 * with a NULL (or failing) group key are dropped and logged. A call without arguments, such as
 * COUNT(*), has a constant that is never NULL as its argument. No re-keying step stands before
 * it: on one machine the group's store is found by the key's hash, whatever the partition. */
struct plan_aggregate {
    const struct expr **keys;
    uint32_t key_count; /* 0: one global group (client queries without GROUP BY) */
    const struct aggregate *aggregates;
    const struct expr ***arguments; /* arguments[i][j]: argument j of aggregate i */
    uint32_t aggregate_count;
    struct window_spec window;
};

enum join_type { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_OUTER };

/* Output schema: the join key column, then all columns of the left input, then all of the right
 * (both with their keys and pseudo columns). For a foreign-key join the first columns are the
 * left primary key's, one or more. Only these first columns have the role COLUMN_KEY; names are
 * ALIAS_COLUMN. Like grouping, joining needs no re-keying on one machine: each side is looked up
 * by the value of its key expression. */
struct plan_join {
    enum join_type type;
    const struct expr *keys[2]; /* keys[i] over input i; of one type. Tables (but for the left of
                                   a foreign-key join): the primary key column */
    int64_t before_ms;          /* STREAM_STREAM: the other side may be this much earlier ... */
    int64_t after_ms;           /* ... or later than the left row */
    int64_t grace_ms;
    bool is_eager; /* STREAM_STREAM without GRACE: unmatched rows are emitted at once */
};

struct plan_sink {
    struct text topic;
    struct serde key_serde;
    struct serde value_serde;
    struct window_spec window; /* the keys written are windowed by it */
    struct timestamp_spec timestamp;
    bool is_table;
};

/* Filters and projections have no number: so the others keep theirs, and with it their stores,
 * when CREATE OR REPLACE adds a filter or takes one away. */
enum { PLAN_STEP_WITHOUT_STORES = 0xFFFF };

struct plan_step {
    enum plan_kind kind;
    uint32_t id;               /* numbers its stores; PLAN_STEP_WITHOUT_STORES for those without */
    const char *name;          /* for logger names and EXPLAIN: "Source", "Aggregate", "Project" */
    struct schema schema;      /* of the rows it emits */
    bool is_table;             /* it emits changes of a table, not records of a stream */
    struct window_spec window; /* rows it emits are windowed by this; WINDOW_NONE otherwise */
    const struct plan_pseudo *pseudo;
    uint32_t pseudo_count;
    const struct plan_step *inputs[2]; /* left and right for joins; else only the first */
    uint32_t input_count;
    struct sql_pos pos;
    union {
        struct plan_source source;
        struct plan_filter filter;
        struct plan_project project;
        struct plan_rekey rekey;
        struct plan_flat_map flat_map;
        struct plan_aggregate aggregate;
        struct plan_join join;
        struct plan_sink sink;
    };
};

/* A query that runs: a persistent one (root is a sink) or a push query of a client (root is the
 * last step before the client). */
struct plan {
    const struct plan_step *root;
    uint32_t step_count;
    const struct plan_step **sources; /* every PLAN_SOURCE step, in FROM/JOIN order */
    uint32_t source_count;
    /* The newest step whose store holds the result's rows before the stateless steps above it:
     * what pull queries read. NULL when the result is a stream. */
    const struct plan_step *materialized;
    bool is_table; /* of the result */
    bool has_limit;
    uint64_t limit;
    bool is_final; /* EMIT FINAL */
    bool nested_errors_are_null;
    bool fails_on_bad_record; /* ksql.fail.on.deserialization.error */
    bool fails_on_bad_time;   /* ksql.timestamp.throw.on.invalid */
};

/* A query answered once from what is stored. */
struct pull_plan {
    const struct source *source; /* a copy */
    bool is_stream_scan;         /* pull on a stream: from the first to the last record of now */
    /* Table lookups: rows of these keys (one value per key column each); key_count 0: scan. */
    const struct value **keys;
    uint32_t key_count;
    bool has_key_range;            /* single STRING or BYTES key column compared by < <= > >= */
    struct value key_min, key_max; /* is_null: open end */
    bool key_min_is_exclusive, key_max_is_exclusive;
    /* Windowed tables: bounds in ms, both inclusive; INT64_MIN and INT64_MAX where open. */
    int64_t window_start_min_ms, window_start_max_ms;
    int64_t window_end_min_ms, window_end_max_ms;
    /* Over input_schema = the source's schema, then pseudo columns. */
    struct schema input_schema;
    const struct plan_pseudo *pseudo;
    uint32_t pseudo_count;
    const struct expr *predicate; /* the whole WHERE clause again, or NULL */
    const struct expr **exprs;    /* one per column of schema */
    struct schema schema;         /* of the answer; COLUMN_KEY marks keys that were projected */
    bool has_limit;
    uint64_t limit;
};

#endif
