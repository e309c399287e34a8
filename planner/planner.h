/* planner.h: AST to checked, typed plans. Pure: reads the catalog, changes nothing.
 *
 * Every refusal carries ksqlDB's wording and a place in the SQL. Source of behaviour: ksqlDB's
 * analyzer, planner and structured packages. Thread: any, with a catalog view of its own. */
#ifndef PLANNER_PLANNER_H
#define PLANNER_PLANNER_H

#include "base/arena.h"
#include "base/status.h"
#include "parser/ast.h"
#include "planner/catalog.h"
#include "planner/plan.h"

struct expr_context; /* functions/expr.h */

struct planner {
    const struct catalog *catalog;
    const struct function_registry *registry;
    struct arena *arena; /* plans live here */
    struct diag *diag;
    int64_t now_ms;
    struct expr_context *constants; /* evaluates the keys of pull queries; may be NULL: then only
                                       literals are taken for keys */
};

/* CREATE STREAM/TABLE with columns: checks names, types, properties and formats. partition_count
 * is 0 unless PARTITIONS was given. Whether the topic has to be created is the engine's
 * business; that it exists or can be made is checked here. */
struct source_definition {
    struct source source;
    uint32_t partition_count; /* of the topic to create; 0: the topic exists */
    int64_t retention_ms;     /* of the topic to create; -1 unless given */
};
MUST_USE enum status plan_create_source(const struct planner *planner,
                                        const struct create_source_statement *statement,
                                        struct source_definition *out);

/* CREATE STREAM/TABLE AS SELECT. out_source is the sink's source. */
MUST_USE enum status plan_create_as(const struct planner *planner,
                                    const struct create_as_statement *statement,
                                    struct source_definition *out_source, struct plan **out);

/* INSERT INTO target SELECT. The sink is the target's topic. */
MUST_USE enum status plan_insert_select(const struct planner *planner,
                                        const struct insert_select_statement *statement,
                                        struct plan **out);

/* The automatic query that materializes a CREATE SOURCE TABLE: source step only. */
MUST_USE enum status plan_source_table(const struct planner *planner, const struct source *source,
                                       struct plan **out);

/* A SELECT with EMIT CHANGES or EMIT FINAL. */
MUST_USE enum status plan_push(const struct planner *planner, const struct select_query *query,
                               struct plan **out);

/* A SELECT without EMIT. */
MUST_USE enum status plan_pull(const struct planner *planner, const struct select_query *query,
                               struct pull_plan *out);

/* INSERT INTO .. VALUES: the record's columns as constants, coerced and checked. */
struct insert_plan {
    const struct source *source; /* borrowed from the catalog */
    struct value *values;        /* one per column of the source's schema */
    bool *is_given;              /* per column: whether the statement has a value for it */
    bool has_time;               /* ROWTIME was given */
    int64_t time_ms;
};
MUST_USE enum status plan_insert_values(const struct planner *planner,
                                        const struct insert_values_statement *statement,
                                        struct expr_context *context, struct insert_plan *out);
/* ASSERT [NULL] VALUES: the same, of any source and any of its columns. */
MUST_USE enum status plan_assert_values(const struct planner *planner,
                                        const struct insert_values_statement *statement,
                                        struct expr_context *context, struct insert_plan *out);

/* CREATE OR REPLACE: whether the new plan may take over the old one's state. */
MUST_USE enum status plan_check_upgrade(const struct plan *old_plan, const struct plan *new_plan,
                                        struct diag *diag);
MUST_USE enum status plan_check_source_upgrade(const struct source *old_source,
                                               const struct source *new_source, struct diag *diag);

/* ALTER: the source with the columns added. */
MUST_USE enum status plan_alter_source(const struct planner *planner,
                                       const struct alter_source_statement *statement,
                                       struct source *out);

/* Resolves a type, custom types included. */
MUST_USE enum status plan_type(const struct planner *planner, const struct type_name *name,
                               const struct type **out);

/* "Source -> Filter -> ..." as a tree, one step per line, for EXPLAIN. */
void plan_print(const struct plan *plan, struct buffer *out);
/* The same for a pull query: what is looked up, what is checked, and the answer's schema. */
void pull_plan_print(const struct pull_plan *plan, struct buffer *out);

#endif
