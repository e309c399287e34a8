/* catalog.h: what statements can name, as the planner sees it.
 *
 * The engine owns the catalog and gives the planner a read-only view of it; a plan borrows
 * nothing from it but copies what it needs, so that a later DROP cannot pull ground from under
 * a running query. Thread: calls are made on the thread that plans. */
#ifndef PLANNER_CATALOG_H
#define PLANNER_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/schema.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/format.h"

enum window_kind { WINDOW_NONE, WINDOW_TUMBLING, WINDOW_HOPPING, WINDOW_SESSION };

struct window_spec {
    enum window_kind kind;
    int64_t size_ms;      /* TUMBLING, HOPPING: length; SESSION: inactivity gap */
    int64_t advance_ms;   /* HOPPING only; equals size_ms for TUMBLING */
    int64_t grace_ms;     /* how long past its end a window still accepts rows */
    int64_t retention_ms; /* how long a window can be read; >= size + grace */
};

/* How one side of a topic's records is written. */
struct serde {
    enum format_kind format;
    char delimiter;        /* DELIMITED */
    bool is_unwrapped;     /* one column as the bare value, not as an object */
    bool has_wrap_setting; /* WRAP_SINGLE_VALUE was given: shown as a feature of the source */
    uint32_t schema_id;    /* ..._SCHEMA_ID: records are written with it; 0: by the columns */
    struct text full_name; /* ..._SCHEMA_FULL_NAME, or what AVRO calls its keys; data NULL: none */
    enum format_nullable nullable;
};

enum timestamp_source {
    TIMESTAMP_OF_RECORD, /* the record's own timestamp */
    TIMESTAMP_OF_COLUMN, /* of the column named; STRING columns by pattern */
};

struct timestamp_spec {
    enum timestamp_source source;
    struct text column;
    struct text pattern; /* data NULL: the column is BIGINT or TIMESTAMP */
};

/* A stream or table. Immutable once registered; ALTER and REPLACE make a new one. */
struct source {
    struct text name;
    bool is_table;
    bool is_read_only;    /* CREATE SOURCE ... */
    bool is_derived;      /* made by CREATE ... AS SELECT */
    bool is_materialized; /* pull queries can read it */
    struct text topic;
    struct schema schema; /* keys, values, headers; no pseudo columns */
    struct serde key_serde;
    struct serde value_serde;
    struct window_spec window; /* kind WINDOW_NONE unless keys are windowed; size may be 0 for
                                  sessions; grace and retention are unset */
    struct timestamp_spec timestamp;
    struct text query_id;  /* of the CREATE AS query that fills it; data NULL otherwise */
    struct text statement; /* the SQL text that created it */
};

struct catalog_topic {
    uint32_t partition_count;
    int64_t retention_ms; /* -1: for ever */
};

/* Which schema of the registry is meant, and how its columns are to be named. */
struct schema_question {
    struct text topic;
    enum format_side side;
    enum format_kind format; /* that the schema must be of */
    bool is_unwrapped;       /* the schema is one value */
    uint32_t id;             /* 0: the newest one of the topic's subject */
    struct text full_name;
};

/* The engine's answers to the planner's questions; context is passed through. */
struct catalog {
    void *context;
    /* NULL when there is no such source. */
    const struct source *(*find_source)(void *context, struct text name);
    /* Calls visit for every source, for "did you mean" hints. */
    void (*each_source)(void *context, void *visit_context,
                        void (*visit)(void *visit_context, const struct source *source));
    /* NULL when there is no such custom type. */
    const struct type *(*find_type)(void *context, struct text name);
    bool (*find_topic)(void *context, struct text topic, struct catalog_topic *out);
    /* The setting in force for this statement (SET, request property, server configuration), or
     * its default; data NULL when it has neither. Names without the "ksql.streams." prefix. */
    struct text (*find_setting)(void *context, struct text name);
    /* The columns of a registered schema, in arena. Fails with ksqlDB's text when it does not
     * exist or is of another format. NULL: there is no registry. */
    enum status (*infer_columns)(void *context, const struct schema_question *question,
                                 struct arena *arena, const struct type_field **out,
                                 uint32_t *out_count, struct diag *diag);
};

#endif
