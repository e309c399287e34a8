/* expression_tree.h: walking, comparing and rewriting parsed expressions.
 *
 * Parsed trees are read-only; a rewrite makes a copy in which some nodes are replaced. Lambda
 * parameters look like columns in the tree, so that every visitor is told which lambdas are
 * around a node. Recursion is as deep as the parser allows trees to be. Thread: any. */
#ifndef PLANNER_EXPRESSION_TREE_H
#define PLANNER_EXPRESSION_TREE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"
#include "parser/ast.h"

/* A lambda around the node in hand. */
struct lambda_frame {
    const struct identifier_list *params;
    const struct lambda_frame *outer;
};

bool lambda_frame_binds(const struct lambda_frame *frame, struct text name);

/* The child at index, or NULL when index is past the last one. A simple CASE's subject, WHEN,
 * THEN and ELSE, map keys and values all count. */
struct expression *expression_child(const struct expression *node, size_t index);

/* True when both are the same expression; places do not count. */
bool expression_equal(const struct expression *a, const struct expression *b);

/* Calls visit for node and everything below it, parents first. visit may clear *enter to skip
 * what is below. Stops at the first failure. */
struct expression_visitor {
    enum status (*visit)(void *context, const struct expression *node,
                         const struct lambda_frame *lambdas, bool *enter);
    void *context;
};
MUST_USE enum status expression_visit(const struct expression_visitor *visitor,
                                      const struct expression *node);

/* A copy of node in arena. replace is asked for every node, parents first; a node that it
 * writes to *out takes the old one's place as it is, else the node is copied and its children
 * are asked. */
struct expression_rewriter {
    struct arena *arena;
    struct diag *diag;
    enum status (*replace)(void *context, const struct expression *node,
                           const struct lambda_frame *lambdas, struct expression **out);
    void *context;
};
MUST_USE enum status expression_rewrite(const struct expression_rewriter *rewriter,
                                        const struct expression *node, struct expression **out);

#endif
