/* expr_build.h: what the builders of typed expressions share. Private to functions/.
 *
 * Failures carry the place of the node being built. Types are printed into the build's arena,
 * for messages only. */
#ifndef FUNCTIONS_EXPR_BUILD_H
#define FUNCTIONS_EXPR_BUILD_H

#include "functions/expr.h"

/* A node with build's place and text; operands are copied into the arena. NULL: no memory. */
struct expr *expr_create(struct expr_build *build, enum expr_kind kind, const struct type *type,
                         const struct expr *const *operands, uint32_t operand_count);

/* Writes *out, or reports that memory is out when node is NULL. */
MUST_USE enum status expr_finish(struct expr_build *build, const struct expr *node,
                                 const struct expr **out);

/* STATUS_INVALID at the node's place. */
enum status expr_refuse(struct expr_build *build, const char *format, ...) PRINTF_LIKE(2, 3);

/* The type's text in the arena, "" when memory is out (the message then lacks it). */
const char *expr_type_text(struct expr_build *build, const struct type *type);

bool expr_is_null_literal(const struct expr *expr);

/* A builder for a node that stands at expr's place, for casts nobody wrote. */
struct expr_build expr_build_at(const struct expr_build *build, const struct expr *expr);

/* A literal of another type or value at the place of expr. */
MUST_USE enum status expr_literal_at(struct expr_build *build, const struct expr *expr,
                                     const struct type *type, struct value value,
                                     const struct expr **out);

/* expr itself when it has the type already; a literal NULL takes the type. */
MUST_USE enum status expr_convert(struct expr_build *build, const struct expr *expr,
                                  const struct type *type, const struct expr **out);

/* The widest of two numeric types; DECIMAL counts INTEGER as (10, 0) and BIGINT as (19, 0). */
MUST_USE enum status expr_widen_numbers(struct expr_build *build, const struct type *a,
                                        const struct type *b, const struct type **out);

/* INTEGER and BIGINT as the DECIMAL they count as; a DECIMAL as it is. */
MUST_USE enum status expr_decimal_type(struct expr_build *build, const struct type *type,
                                       const struct type **out);

/* Brings items to one common type by the lax rules of IN, ARRAY[] and MAP(); replaces them by
 * converted ones. *common is NULL when all are bare NULLs. */
MUST_USE enum status expr_coerce_list(struct expr_build *build, const struct expr **items,
                                      uint32_t count, const struct type **common);

#endif
