/* test_tree.h: a JSON document as a tree that keeps every number as it is written.
 *
 * Test cases state decimals by their digits (12.30 is not 12.3), so a reader that makes doubles
 * of numbers will not do. Each node also keeps its own piece of the document, so that a value can
 * be passed on byte by byte. Nodes live in the arena given, text borrows from the document or
 * the arena. Thread: immutable once parsed. */
#ifndef SHELL_TEST_TREE_H
#define SHELL_TEST_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum tree_kind {
    TREE_NULL,
    TREE_BOOLEAN,
    TREE_NUMBER,
    TREE_STRING,
    TREE_ARRAY,
    TREE_OBJECT,
};

struct tree {
    enum tree_kind kind;
    struct text name;         /* of a member of an object */
    struct text source;       /* the node as it stands in the document */
    struct text text;         /* STRING: what it stands for; else the same as source */
    uint32_t count;           /* ARRAY, OBJECT: children */
    const struct tree *first; /* child; NULL when there is none */
    const struct tree *next;  /* sibling */
};

enum { TREE_DEPTH_MAX = 128 }; /* deeper than any SQL value; bounds the recursion over trees */

/* Reads one document. Fails with STATUS_INVALID, line and column in diag->pos, where it is not
 * JSON or nests deeper than TREE_DEPTH_MAX. */
MUST_USE enum status tree_parse(struct arena *arena, struct text json, const struct tree **out,
                                struct diag *diag);

/* The member of object with exactly this name, the last one if there are several; NULL when there
 * is none or object is NULL or no object. */
const struct tree *tree_find(const struct tree *object, struct text name);

/* Whether two documents say the same: members count whatever their order, numbers by their text. */
bool tree_equal(const struct tree *a, const struct tree *b);

/* False for NULL, too. */
bool tree_is(const struct tree *tree, enum tree_kind kind);

/* Whether tree is absent or JSON null. */
bool tree_is_null(const struct tree *tree);

/* The member as a whole number; otherwise fallback when it is absent or null, or a failure that
 * names it. */
MUST_USE enum status tree_get_int64(const struct tree *object, const char *name, int64_t fallback,
                                    int64_t *out, struct diag *diag);

/* The member as text, with data NULL when it is absent or null; fails when it is no string. */
MUST_USE enum status tree_get_text(const struct tree *object, const char *name, struct text *out,
                                   struct diag *diag);

/* The member's first child, or NULL when it is absent or null; fails when it is no array. */
MUST_USE enum status tree_get_items(const struct tree *object, const char *name,
                                    const struct tree **out, struct diag *diag);

#endif
