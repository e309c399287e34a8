/* engine.h: the one handle of Leat: statements in, results and rows out.
 *
 * An engine owns one data directory (or none: all in memory), its catalog, topics and running
 * queries. Everything that serves people (shell, server, tests, tools) goes through this
 * header. Thread: every function may be called from any thread unless it says otherwise. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/batch.h"
#include "base/buffer.h"
#include "base/record.h"
#include "base/schema.h"
#include "base/status.h"
#include "formats/schema_registry.h"
#include "state/database.h"

struct engine;
struct function_registry;

struct engine_setting {
    const char *name; /* ksqlDB's names; "ksql.streams." prefix optional */
    const char *value;
};

struct engine_options {
    const char *data_dir; /* NULL: in memory only */
    enum durability durability;
    const struct engine_setting *settings; /* server-level defaults */
    size_t setting_count;
    size_t batch_rows;         /* most rows per batch; 0: BATCH_ROWS_MAX */
    int64_t commit_interval_ms; /* a unit of work is committed after at most so long; 0: default */
    size_t commit_rows;         /* ... and after so many input records; 0: default */
    bool cache_is_off;     /* every change of a table is emitted (cache.max.bytes.buffering=0) */
    bool merge_by_arrival; /* order several inputs by arrival, not by record time (test runner) */
    bool writes_first_partition; /* queries and INSERT write to partition 0 only (test runner) */
    bool runs_sql_tests;       /* statements of SQL test files run, too: ASSERT VALUES and others */
    bool is_manual;            /* no threads: queries advance in engine_run_until_idle only */
    const struct function_registry *registry; /* NULL: the built-in functions */
    const char *const *extensions; /* files with functions of users (functions/leat_extension.h),
                                      loaded after those in ksql.extension.dir */
    size_t extension_count;
    int64_t (*now_ms)(void *clock); /* NULL: the system's */
    void *clock;
};

MUST_USE enum status engine_open(const struct engine_options *options, struct engine **out,
                                 struct diag *diag);
/* Stops every query after its current unit of work, makes all durable, frees everything. */
void engine_close(struct engine *engine);

/* What one client keeps between requests: SET properties and DEFINE variables. */
struct session;
MUST_USE enum status session_create(struct engine *engine, struct session **out,
                                    struct diag *diag);
void session_destroy(struct session *session);
/* Adds a property or variable as if by SET or DEFINE; checks it. */
MUST_USE enum status session_set(struct session *session, const char *name, const char *value,
                                 struct diag *diag);
MUST_USE enum status session_define(struct session *session, const char *name,
                                    const char *value, struct diag *diag);

/* --- Statements ---------------------------------------------------------------------------
 *
 * A script is parsed as a whole before anything runs. Then statement by statement: queries and
 * PRINT give a cursor, everything else gives an entity in the shape of ksqlDB's REST API ("@type"
 * and so on), or nothing (SET, INSERT VALUES). */

struct cursor;

struct script; /* a parsed script and where it stands */

MUST_USE enum status script_open(struct engine *engine, struct session *session, struct text sql,
                                 struct script **out, struct diag *diag);
void script_close(struct script *script);

enum outcome_kind {
    OUTCOME_END,    /* no statement is left */
    OUTCOME_NONE,   /* done, nothing to show */
    OUTCOME_ENTITY, /* entity is set; the caller owns the reference */
    OUTCOME_CURSOR, /* cursor is set; the caller must close it */
};

struct outcome {
    enum outcome_kind kind;
    struct text statement;      /* borrowed from the script */
    struct sql_pos pos;         /* of the statement in the script */
    const char *type_name;      /* "SELECT", "CREATE AS SELECT"; constant */
    bool is_query;              /* SELECT or PRINT: /ksql refuses these before running them */
    bool is_insert;             /* INSERT INTO .. VALUES */
    bool is_assert;             /* ASSERT: it may fail without being wrong */
    bool is_print;
    bool is_push;               /* a SELECT with EMIT */
    json_t *entity;
    struct cursor *cursor;
};

/* What comes next, without running it; kind is OUTCOME_END or OUTCOME_NONE. */
void script_peek(const struct script *script, struct outcome *out);
/* The same for the statement so many further on; false when there is none. */
bool script_peek_at(const struct script *script, size_t ahead, struct outcome *out);
/* Passes over the next statement without running it. */
void script_skip(struct script *script);
/* Runs the next statement. On failure the script stays there; diag holds the message. */
MUST_USE enum status script_step(struct script *script, struct outcome *out, struct diag *diag);

/* The same, but an INSERT .. VALUES does not wait until its row is durable: *out_is_pending says
 * that done is called, once, when it is or when that has failed; perhaps before this returns, and
 * even when this then fails. It runs on an engine's thread or this one, perhaps with locks of the
 * engine held: it must neither block nor call the engine. Other statements run as ever. */
MUST_USE enum status script_step_async(struct script *script, struct outcome *out,
                                       bool *out_is_pending,
                                       void (*done)(void *context, enum status status),
                                       void *context, struct diag *diag);

/* Appends the error as people read it: file, line and column, the line of sql with a caret under
 * the place, and the hint. file may be empty. */
void script_print_error(struct buffer *out, struct text file, struct text sql,
                        const struct diag *diag);

/* --- Rows ---------------------------------------------------------------------------------
 *
 * A cursor belongs to one consumer. Chunks are immutable and shared. */

enum cursor_kind { CURSOR_PULL, CURSOR_PUSH, CURSOR_PRINT };

/* Some rows of a result. */
struct row_chunk {
    const struct batch *batch; /* columns by position in the cursor's schema; ROW_DELETE in flags
                                  marks a tombstone */
    struct text lines;         /* CURSOR_PRINT: finished lines instead of a batch */
};

void row_chunk_unref(struct row_chunk *chunk);

enum cursor_kind cursor_kind(const struct cursor *cursor);
const char *cursor_query_id(const struct cursor *cursor); /* "" for pull queries on tables */
/* Columns of the result; COLUMN_KEY marks keys. Owned by the cursor. */
const struct schema *cursor_schema(const struct cursor *cursor);
bool cursor_is_table(const struct cursor *cursor);
/* ROWTIME, window bounds and the like are ordinary columns here when selected. */

/* Waits up to timeout_ms (-1: for ever) for rows. STATUS_OK with *out NULL: none came in time, or
 * the end was reached (*is_end). After the end, cursor_final_message() is "Limit Reached", "Query
 * Completed" or "". STATUS_LIMIT: the consumer was too slow and was cut off. */
MUST_USE enum status cursor_next(struct cursor *cursor, int64_t timeout_ms,
                                 struct row_chunk **out, bool *is_end, struct diag *diag);
const char *cursor_final_message(const struct cursor *cursor);
/* A push query: true when it has used all durable input there is. */
bool cursor_is_caught_up(const struct cursor *cursor);
/* Whether its rows are a few reads by key, soon done: then cursor_next() may be called by a thread
 * that others wait for. */
bool cursor_is_brief(const struct cursor *cursor);
void cursor_close(struct cursor *cursor);

/* From now on rows are counted and dropped instead of handed out: for measuring. */
void cursor_count_only(struct cursor *cursor);
uint64_t cursor_row_count(const struct cursor *cursor);

/* From now until the cursor is closed, calls wake whenever rows may be ready or the query was
 * terminated; also when they are not. It is called from an engine's thread, with locks of the
 * engine held: it must neither block nor call the engine. Only for engines with threads. */
MUST_USE enum status cursor_set_wake(struct cursor *cursor, void (*wake)(void *context),
                                     void *context, struct diag *diag);

/* --- Rows from clients ----------------------------------------------------------------------
 *
 * An inserter takes JSON objects for one stream or table, as ksqlDB's /inserts-stream does, and
 * makes them durable in units. Thread: one at a time. */

struct inserter;

/* target is a name as in SQL: upper case unless back-quoted. STATUS_MISSING, STATUS_INVALID: no
 * such source, a windowed one, a read-only one. */
MUST_USE enum status inserter_open(struct engine *engine, struct text target,
                                   struct inserter **out, struct diag *diag);
void inserter_close(struct inserter *inserter);
/* Adds a row. STATUS_INVALID: json is not a row of the target; the rows before stay. STATUS_LIMIT:
 * there are as many already as one commit takes (some thousand). */
MUST_USE enum status inserter_add(struct inserter *inserter, struct text json, struct diag *diag);
/* Returns when the rows added so far are durable. On failure none of them are, unless the engine
 * stopped (engine_check). */
MUST_USE enum status inserter_commit(struct inserter *inserter, struct diag *diag);

/* --- Topics and progress ------------------------------------------------------------------ */

MUST_USE enum status engine_create_topic(struct engine *engine, const char *topic,
                                         uint32_t partition_count, struct diag *diag);
/* Registers a schema in the built-in registry, durably; see schema_store_register. */
MUST_USE enum status engine_register_schema(struct engine *engine, struct text subject,
                                            const struct registered_schema *schema,
                                            uint32_t wanted_id, uint32_t *out_id,
                                            struct diag *diag);
MUST_USE enum status engine_delete_topic(struct engine *engine, const char *topic,
                                         struct diag *diag);
/* Appends records and returns when they are durable. partition < 0: by the key's hash, or round
 * robin for null keys. is_durable false: returns as soon as they are queued. */
MUST_USE enum status engine_produce(struct engine *engine, const char *topic, int32_t partition,
                                    const struct record *records, size_t count, bool is_durable,
                                    struct diag *diag);
/* Waits until everything that was queued is durable. */
MUST_USE enum status engine_flush(struct engine *engine, struct diag *diag);
/* Runs (is_manual) or waits until every running query has used all input there is and its
 * output is durable. STATUS_CANCELLED after timeout_ms (-1: none). */
MUST_USE enum status engine_run_until_idle(struct engine *engine, int64_t timeout_ms,
                                           struct diag *diag);
/* STATUS_OK while the engine takes work; else why it stopped. */
MUST_USE enum status engine_check(struct engine *engine, struct diag *diag);
/* What one persistent query has done so far, and how many records wait for it. */
struct query_report {
    const char *id;
    const char *state; /* "RUNNING", "PAUSED", "ERROR" or "TERMINATED" */
    uint64_t records_in;
    uint64_t records_out;
    uint64_t records_late;
    uint64_t records_failed;
    uint64_t records_waiting;
};

/* Calls visit for each persistent query, in order of creation, without locks held. */
MUST_USE enum status engine_report_queries(struct engine *engine,
                                           void (*visit)(void *context,
                                                         const struct query_report *report),
                                           void *context, struct diag *diag);

/* What the committer has done and holds. */
struct commit_report {
    uint64_t commits;
    uint64_t transactions;
    uint64_t checkpoints;
    uint64_t wal_bytes;
    uint64_t queue_bytes;
};

void engine_report_commits(struct engine *engine, struct commit_report *out);

/* The number of the newest statement that changed the catalog: ksqlDB's commandSequenceNumber. */
int64_t engine_sequence(struct engine *engine);
/* A setting of the server, or its default; data NULL: neither. Borrowed for the engine's life. */
struct text engine_setting(const struct engine *engine, const char *name);
/* Whether SET may change this property; STATUS_INVALID says why not. */
MUST_USE enum status engine_check_property(const struct engine *engine, struct text name,
                                           struct diag *diag);
/* The topics underneath, for tools that read and list them (topics/topics.h). */
struct topics *engine_topics(struct engine *engine);

/* The catalog's view of one source, for tests and tools: its definition as ksqlDB describes it
 * ("sourceDescription" entity with extended fields); NULL when there is none. */
json_t *engine_describe(struct engine *engine, const char *source);

#endif
