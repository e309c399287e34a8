/* entity.h: the JSON that statements answer with, in the shapes of ksqlDB's REST API.
 *
 * What several entities share is built here: columns, sources, running queries, descriptions.
 * Every function gives a new reference, or NULL when memory is out; NULL may be handed on as a
 * member or an item, so that a whole entity needs one check at its end (execution_give() makes
 * it). Members beyond ksqlDB's stand at the end of an object and only in extended descriptions;
 * ksqlDB's clients ignore what they do not know. Source: ksqlDB's rest.entity classes and
 * SourceDescriptionFactory, QueryDescriptionFactory, EntityUtil. Thread: under the engine's
 * lock. */
#ifndef ENGINE_ENTITY_H
#define ENGINE_ENTITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/schema.h"
#include "base/text.h"
#include "base/type.h"
#include "planner/catalog.h"
#include "planner/plan.h"

struct engine;
struct query;
struct settings;

/* --- Parts -------------------------------------------------------------------------------- */

/* A string; JSON null where data is NULL. Bytes that are not UTF-8 show as U+FFFD. */
json_t *entity_text(struct text text);
json_t *entity_count(uint64_t count);

/* The text of a statement with the ';' that the parser took off. */
json_t *entity_statement(struct text sql);

/* What a print function left in buffer, which is released. */
json_t *entity_take_buffer(struct buffer *buffer);

/* Appends item, which it takes. When that fails, or item is NULL, *list is freed and becomes NULL,
 * and later calls do nothing: a list that was built in many steps needs one look at its end. */
void entity_append(json_t **list, json_t *item);
/* The same for a member of an object. */
void entity_set(json_t **object, const char *name, json_t *value);

/* {"type", "fields", "memberSchema"} and "parameters" for DECIMAL, nested as the type is. */
json_t *entity_type(const struct type *type);

/* [{"name", "schema", "type"}]: "type" is KEY or HEADER and absent for values. */
json_t *entity_fields(const struct schema *schema);

/* "TUMBLING" and so on; null for WINDOW_NONE. */
json_t *entity_window(enum window_kind kind);

/* What the server is called in lists by host: {"host", "port"}, and as "host:port" in arena. */
json_t *entity_host(const struct engine *engine);
struct text entity_host_text(const struct engine *engine, struct arena *arena);

/* --- Queries ------------------------------------------------------------------------------ */

bool query_reads(const struct query *query, struct text source);
bool query_writes(const struct query *query, struct text source);

/* The ledger of a query and its lag: what became of every record it has read. */
json_t *entity_ledger(struct query *query);

/* A persistent query's line, in SHOW QUERIES, readQueries and writeQueries; with is_extended it
 * carries "ledger". */
json_t *entity_query(struct query *query, bool is_extended);

/* The name of a query's consumer group, as on Kafka. */
json_t *entity_consumer_group(const struct engine *engine, struct text query_id);

/* One query as EXPLAIN and SHOW QUERIES EXTENDED show it. */
struct query_view {
    struct text id;
    struct text sql;
    struct text sink; /* data NULL: none */
    const struct plan *plan;
    const char *type;                /* PERSISTENT or PUSH */
    const struct settings *settings; /* what its session had set; NULL: nothing */
    struct query *query;             /* NULL: it does not run, or runs for a client */
    const char *state;               /* of one without query; NULL: it does not run */
};

struct query_view query_view_of(struct query *query);
/* A line of SHOW QUERIES. */
json_t *entity_query_line(const struct query_view *view);
json_t *entity_query_description(const struct engine *engine, const struct query_view *view);

/* --- Sources ------------------------------------------------------------------------------ */

enum source_detail {
    SOURCE_NAMES,    /* SHOW STREAMS */
    SOURCE_PLAIN,    /* DESCRIBE */
    SOURCE_EXTENDED, /* DESCRIBE EXTENDED: with statistics */
};

json_t *entity_source(const struct engine *engine, const struct source *source,
                      enum source_detail detail);

/* All streams or all tables, by name. */
json_t *entity_sources(const struct engine *engine, bool is_table, enum source_detail detail);

#endif
