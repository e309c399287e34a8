/* schema_store.h: the built-in schema registry: schemas by id, and subjects with their versions.
 *
 * Ids are given once and never mean anything else; registering a text that is there already gives
 * its id again. A subject ("<topic>-key", "<topic>-value") is a list of versions, each of which
 * names an id. Both are catalog rows of the data file with JSON bodies: kinds "schema" (its name is
 * the id) and "subject". Schemas are kept when their last subject is dropped, because records that
 * name them may still be read.
 *
 * Thread: any; a lock of its own, because decoders ask for schemas while statements run. */
#ifndef ENGINE_SCHEMA_STORE_H
#define ENGINE_SCHEMA_STORE_H

#include <pthread.h>

#include "base/arena.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "planner/catalog.h"
#include "state/commit.h"
#include "state/reader.h"

struct stored_schema;
struct schema_subject;

struct schema_store {
    pthread_mutex_t lock;
    struct arena arena; /* everything below; a registry only grows */
    struct stored_schema *schemas;
    struct schema_subject *subjects;
    uint32_t next_id;
    struct schema_registry registry; /* the view for formats; its context is this store */
};

void schema_store_init(struct schema_store *store);
void schema_store_release(struct schema_store *store);

/* The subject of one side of a topic; in arena, data NULL when memory is out. */
struct text schema_store_subject(struct arena *arena, struct text topic, enum format_side side);

/* The id of the newest version of subject; false when it has none. */
bool schema_store_latest(struct schema_store *store, struct text subject, uint32_t *out_id);
/* Whether the subject has this id among its versions. */
bool schema_store_has_version(struct schema_store *store, struct text subject, uint32_t id);

/* Gives schema an id, or finds the one it has, and makes it the newest version of subject. The
 * rows go into commit, also when nothing is new, so that a statement that fails later cannot
 * take them with it (NULL: they are there already). wanted_id: 0, or the id to give;
 * STATUS_CONFLICT when another schema has it. */
MUST_USE enum status schema_store_register(struct schema_store *store, struct text subject,
                                           const struct registered_schema *schema,
                                           uint32_t wanted_id, struct commit *commit,
                                           uint32_t *out_id, struct diag *diag);

/* Forgets the versions of subject, which need not exist. */
MUST_USE enum status schema_store_drop(struct schema_store *store, struct text subject,
                                       struct commit *commit, struct diag *diag);

/* Answers the planner: catalog's infer_columns. */
MUST_USE enum status schema_store_infer(struct schema_store *store,
                                        const struct schema_question *question, struct arena *arena,
                                        const struct type_field **out, uint32_t *out_count,
                                        struct diag *diag);

MUST_USE enum status schema_store_load(struct schema_store *store, struct reader *reader,
                                       struct diag *diag);

/* What reading or writing one side of a topic takes, beside the columns. For writing, the schema
 * of these columns is registered first, unless the serde names one. Texts borrow from serde. */
struct schema_side {
    const struct serde *serde;
    enum format_side side;
    struct text topic;
    uint32_t column_count;
    const struct type_field *columns;
};
/* Records say themselves which schema and message they have. */
struct schema_use schema_store_reading(struct schema_store *store, const struct serde *serde);
MUST_USE enum status schema_store_writing(struct schema_store *store,
                                          const struct schema_side *side, struct commit *commit,
                                          struct schema_use *out, struct diag *diag);

/* INSERT VALUES must not give a topic another key schema than it has: fails with ksqlDB's text when
 * the newest one does not stand for these columns. source is named in it. */
MUST_USE enum status schema_store_check_key(struct schema_store *store,
                                            const struct schema_side *side, struct text source,
                                            struct diag *diag);

#endif
