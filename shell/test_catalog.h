/* test_catalog.h: what the runner of test cases must know of an engine's sources and queries.
 *
 * A case is checked to the last detail (delimiters, window sizes, single values wrapped or not),
 * more than any statement's result shows, so this reads the engine's own catalog. All pointers
 * are good until the next statement runs. For engines with is_manual only: nothing else may be
 * running. Thread: one at a time. */
#ifndef SHELL_TEST_CATALOG_H
#define SHELL_TEST_CATALOG_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/catalog_store.h"
#include "engine/engine.h"
#include "formats/format.h"

/* NULL when there is none. */
const struct source *test_catalog_find(struct engine *engine, struct text name);

/* The source whose formats the topic's records have: the newest one that a query fills, else the
 * first one declared; NULL when there is none. */
const struct source *test_catalog_find_by_topic(struct engine *engine, struct text topic);

/* Fails with the error of the first query that stands still because of one. */
MUST_USE enum status test_catalog_check_queries(struct engine *engine, struct diag *diag);

/* How the keys or the values of a source are written. */
struct test_side {
    enum format_kind format;
    enum format_side side;
    enum format_wrap wrap;
    struct text delimiter;
    uint32_t column_count;
    const struct type_field *columns;
};

/* *out borrows from source and arena. */
MUST_USE enum status test_side_of(struct arena *arena, const struct source *source,
                                  enum format_side side, struct test_side *out, struct diag *diag);

#endif
