/* translate.h: parsed expressions into typed ones.
 *
 * The planner resolves names; all typing is done by the builders of functions/expr.h. A scope
 * says which columns an expression may name: those of a step's schema, and whole expressions
 * that an earlier step has already computed (group keys, aggregates, table functions), which
 * are matched by structure before anything else.
 *
 * Source of behaviour: ksqlDB's ExpressionTypeManager and CodeGenRunner. Thread: any. */
#ifndef PLANNER_TRANSLATE_H
#define PLANNER_TRANSLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/schema.h"
#include "base/status.h"
#include "functions/expr.h"
#include "parser/ast.h"
#include "planner/planner.h"

/* An expression whose value is a column already. */
struct scope_match {
    const struct expression *expression; /* with plain names */
    uint32_t column_index;
};

struct scope {
    const struct schema *schema;
    struct text prefix; /* names of the schema are written with this in front; data may be NULL */
    bool has_only_matches; /* columns are found through matches alone */
    const struct scope_match *matches;
    uint32_t match_count;
};

/* expression has plain names (query_plain). */
MUST_USE enum status translate(const struct planner *planner, const struct scope *scope,
                               const struct expression *expression, const struct expr **out);

/* Which clause an expression is in: decides what stands in front of messages. */
enum clause { CLAUSE_OF_SELECT, CLAUSE_OF_WHERE, CLAUSE_OF_HAVING, CLAUSE_OF_OTHER };

/* As translate, with the messages of the clause. */
MUST_USE enum status translate_in(const struct planner *planner, const struct scope *scope,
                                  enum clause clause, const struct expression *expression,
                                  const struct expr **out);

/* A WHERE or HAVING condition: also checks that it is BOOLEAN. */
MUST_USE enum status translate_condition(const struct planner *planner, const struct scope *scope,
                                         enum clause clause, const struct expression *expression,
                                         const struct expr **out);

/* True for literals, with their type and value. Digits of a DECIMAL are parsed. */
MUST_USE enum status translate_literal(const struct planner *planner,
                                       const struct expression *expression, bool *is_literal,
                                       const struct type **type, struct value *value);

/* The column of the scope with this plain name, or -1. */
int scope_find(const struct scope *scope, struct text name);

/* As ksqlDB prints the expression. */
MUST_USE enum status translate_text(const struct planner *planner,
                                    const struct expression *expression, struct text *out);

#endif
