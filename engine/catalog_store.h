/* catalog_store.h: sources, custom types and variables by name, in memory and in the file.
 *
 * Each source has an arena of its own, so that dropping it frees it. Definitions are kept in
 * the file as rows with JSON bodies, read back at start as they are: no statement is replayed.
 * Thread: under the engine's lock. */
#ifndef ENGINE_CATALOG_STORE_H
#define ENGINE_CATALOG_STORE_H

#include "base/arena.h"
#include "base/status.h"
#include "planner/catalog.h"
#include "state/commit.h"
#include "state/reader.h"

struct catalog_source {
    struct arena arena;   /* holds everything of source */
    struct source source;
    uint64_t sequence;    /* order of creation */
};

struct catalog_type {
    struct arena arena;
    struct text name;
    const struct type *type;
    uint64_t sequence;
};

struct catalog_store {
    struct catalog_source **sources; /* in order of creation */
    size_t source_count;
    struct catalog_type **types;
    size_t type_count;
};

void catalog_store_init(struct catalog_store *store);
void catalog_store_release(struct catalog_store *store);

const struct source *catalog_store_find_source(const struct catalog_store *store,
                                               struct text name);
const struct type *catalog_store_find_type(const struct catalog_store *store, struct text name);

/* Registers a copy of source, in place of one of the same name (which is freed), and writes its
 * row into commit (may be NULL). */
MUST_USE enum status catalog_store_put_source(struct catalog_store *store,
                                              const struct source *source, uint64_t sequence,
                                              struct commit *commit, struct diag *diag);
MUST_USE enum status catalog_store_drop_source(struct catalog_store *store, struct text name,
                                               struct commit *commit, struct diag *diag);
MUST_USE enum status catalog_store_put_type(struct catalog_store *store, struct text name,
                                            const struct type *type, uint64_t sequence,
                                            struct commit *commit, struct diag *diag);
MUST_USE enum status catalog_store_drop_type(struct catalog_store *store, struct text name,
                                             struct commit *commit, struct diag *diag);

/* Reads all rows; *out_sequence is one more than the highest sequence met. */
MUST_USE enum status catalog_store_load(struct catalog_store *store, struct reader *reader,
                                        uint64_t *out_sequence, struct diag *diag);

#endif
