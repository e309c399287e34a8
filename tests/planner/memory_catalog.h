/* memory_catalog.h: a catalog in memory for tests of the planner, and the statements that
 * change it. */
#ifndef TESTS_PLANNER_MEMORY_CATALOG_H
#define TESTS_PLANNER_MEMORY_CATALOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"
#include "functions/expr.h"
#include "planner/planner.h"

enum { MEMORY_CATALOG_MAX = 64 };

struct memory_catalog {
    struct arena *arena;
    const struct source *sources[MEMORY_CATALOG_MAX];
    const struct plan *plans[MEMORY_CATALOG_MAX]; /* that fill the sources; NULL: none */
    size_t source_count;
    struct text type_names[MEMORY_CATALOG_MAX];
    const struct type *types[MEMORY_CATALOG_MAX];
    size_t type_count;
    struct text topics[MEMORY_CATALOG_MAX];
    uint32_t topic_partitions[MEMORY_CATALOG_MAX];
    size_t topic_count;
    struct text setting_names[MEMORY_CATALOG_MAX];
    struct text setting_values[MEMORY_CATALOG_MAX];
    size_t setting_count;
    bool has_all_topics;  /* a topic that is not listed exists, with 4 partitions */
    struct schema answer; /* of the last SELECT */
    struct catalog catalog;
    struct planner planner;
    struct expr_context constants;
};

void memory_catalog_init(struct memory_catalog *self, struct arena *arena, struct diag *diag);

void memory_catalog_add_topic(struct memory_catalog *self, struct text topic,
                              uint32_t partition_count);
void memory_catalog_set(struct memory_catalog *self, struct text name, struct text value);

/* Plans one statement and does to the catalog what the engine would. Prints the plan, or the
 * schema of a source, into out (may be NULL). */
enum status memory_catalog_execute(struct memory_catalog *self, const struct statement *statement,
                                   struct buffer *out);

#endif
