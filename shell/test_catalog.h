/* test_catalog.h: how the records of a source are written, in the terms of formats/.
 *
 * Thread: one at a time. */
#ifndef SHELL_TEST_CATALOG_H
#define SHELL_TEST_CATALOG_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect.h"
#include "formats/format.h"

/* How the keys or the values of a source are written. */
struct test_side {
    enum format_kind format;
    enum format_side side;
    enum format_wrap wrap;
    struct text delimiter;
    struct schema_use schema;
    uint32_t column_count;
    const struct type_field *columns;
};

/* A topic, and what is known of its records. */
struct test_topic {
    struct engine *engine;
    struct text name;
    const struct source *source; /* whose formats they have; NULL: none declares the topic */
};

struct test_topic test_topic_find(struct engine *engine, struct text name);

/* How the records of topic are written: as its source says, but that the newest registered schema
 * of a registry format says which columns there are; without a source they are JSON. */
MUST_USE enum status test_side_for_writing(struct arena *arena, const struct test_topic *topic,
                                           enum format_side side, struct test_side *out,
                                           struct diag *diag);
/* How this record was written: a registry format's record names its schema. */
MUST_USE enum status test_side_for_reading(struct arena *arena, const struct test_topic *topic,
                                           enum format_side side, struct text record,
                                           struct test_side *out, struct diag *diag);

/* *out borrows from source and arena. */
MUST_USE enum status test_side_of(struct arena *arena, const struct source *source,
                                  enum format_side side, struct test_side *out, struct diag *diag);

#endif
