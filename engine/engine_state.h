/* engine_state.h: what an engine is made of, for the files of engine/ only.
 *
 * One lock guards the catalog and the list of queries. Statements that change them hold it alone,
 * from planning to registration, so that what was checked still holds when it takes effect; those
 * that only look (lookups and inserts come in thousands per second) share it with each other. The
 * driver takes it only to copy the list. Rows never wait for it. Open cursors have a lock of their
 * own, taken last. */
#ifndef ENGINE_ENGINE_STATE_H
#define ENGINE_ENGINE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "engine/catalog_store.h"
#include "engine/engine.h"
#include "engine/schema_store.h"
#include "engine/scratch_pool.h"
#include "engine/settings.h"
#include "engine/topic_patterns.h"
#include "functions/extension.h"
#include "functions/registry.h"
#include "state/committer.h"
#include "topics/topics.h"

struct driver;
struct query;
struct run_list;
struct source_shares;
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
    struct topic_patterns hidden_topics;    /* SHOW TOPICS leaves them out */
    struct topic_patterns read_only_topics; /* INSERT refuses them, and the processing log's */

    pthread_rwlock_t lock; /* catalog, queries, next_sequence; never taken twice by a thread */
    struct catalog_store catalog;
    struct query **queries; /* persistent ones in order of creation; one reference each */
    size_t query_count;
    size_t query_capacity;
    atomic_uint_fast64_t query_version; /* grows when a query comes or goes */
    uint64_t next_sequence;  /* numbers sources and queries; grows with every statement, as the
                                offset of ksqlDB's command topic does */
    struct driver *driver;   /* NULL when is_manual */
    struct run_list *run_list; /* what the driver makes of queries; NULL until its first pass */
    struct source_shares *shares; /* of the queries' sources: for the driver's thread */
    struct scratch_pool scratches; /* for whoever steps a task */

    pthread_mutex_t cursor_lock; /* cursors, waker */
    struct cursor *cursors;  /* open ones with an id, linked */
    struct waker *waker;     /* NULL until the first cursor asks to be woken */

    atomic_bool is_stopping; /* no unit of work is begun any more */
    atomic_uint_fast64_t next_transient;
};

/* Whether clients may not write this topic. */
bool engine_topic_is_read_only(const struct engine *engine, struct text topic);

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
