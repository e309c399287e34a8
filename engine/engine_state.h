/* engine_state.h: what an engine is made of, for the files of engine/ only.
 *
 * One lock guards the catalog and the list of queries: statements that change them hold it
 * from planning to registration, so that what was checked still holds when it takes effect. The
 * driver takes it only to copy the list. Rows never wait for it. */
#ifndef ENGINE_ENGINE_STATE_H
#define ENGINE_ENGINE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "engine/catalog_store.h"
#include "engine/engine.h"
#include "engine/schema_store.h"
#include "engine/settings.h"
#include "functions/extension.h"
#include "functions/registry.h"
#include "state/committer.h"
#include "topics/topics.h"

struct driver;
struct query;
struct waker;

struct engine {
    struct arena arena; /* options and settings, for the engine's life */
    struct engine_options options;
    struct settings settings; /* of the server */
    struct database *database;
    struct committer *committer;
    struct topics *topics;
    struct topic *log_topic; /* of the processing log; a reference */
    struct schema_store schemas; /* has a lock of its own */
    struct extensions extensions; /* unloaded last: plans call what is in them */
    const struct function_registry *registry;

    pthread_mutex_t lock; /* catalog, queries, cursors, next_sequence */
    struct catalog_store catalog;
    struct query **queries; /* persistent ones in order of creation; one reference each */
    size_t query_count;
    size_t query_capacity;
    struct cursor *cursors;  /* open push and stream-pull cursors, linked */
    uint64_t next_sequence;  /* numbers sources and queries; grows with every statement, as the
                                offset of ksqlDB's command topic does */
    struct driver *driver;   /* NULL when is_manual */
    struct waker *waker;     /* NULL until the first cursor asks to be woken */
    atomic_bool is_stopping; /* no unit of work is begun any more */
    atomic_uint_fast64_t next_transient;
};

/* The clock of the options. */
int64_t engine_now_ms(const struct engine *engine);

/* Adds records to commit, each on its partition: partition < 0 means by the key's hash. */
MUST_USE enum status engine_append(struct engine *engine, struct commit *commit,
                                   struct topic *topic, int32_t partition,
                                   const struct record *records, size_t count,
                                   struct diag *diag);
/* Submits commit (taken); with is_durable, waits for the disk. */
MUST_USE enum status engine_submit_and_wait(struct engine *engine, struct commit *commit,
                                            bool is_durable, struct diag *diag);

#endif
