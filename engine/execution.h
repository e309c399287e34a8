/* execution.h: one statement being executed: what every statement's function gets.
 *
 * engine/script.c has the table from statement kind to function; the functions stand in
 * statement_*.c by subject. Functions whose row says so run under the engine's lock. */
#ifndef ENGINE_EXECUTION_H
#define ENGINE_EXECUTION_H

#include "engine/engine.h"
#include "engine/engine_state.h"
#include "engine/evaluation.h"
#include "engine/session.h"
#include "parser/ast.h"
#include "planner/catalog.h"
#include "planner/planner.h"

struct execution {
    struct engine *engine;
    struct session *session;
    struct script *script; /* holds statement; NULL when the statement is stored, not a client's */
    const struct statement *statement;
    struct arena *arena;      /* for the statement only */
    struct evaluation *evaluation; /* for constant expressions */
    struct catalog catalog;   /* view for the planner; its context is this execution */
    struct text hidden;       /* a source that the view leaves out; data NULL: none */
    struct outcome *out;
    struct diag *diag;
    bool has_submitted;       /* something that must be durable before the statement is done */
    uint64_t ticket;          /* of the last submission, for the committer */
    /* Not NULL: nobody waits for the disk; what is submitted calls this when it is durable. */
    void (*done)(void *context, enum status status);
    void *done_context;
};

/* Plans borrow from the tree that they were made from, so whoever keeps a plan keeps its script.
 * Both accept NULL. */
struct script *script_ref(struct script *script);
void script_unref(struct script *script);

/* Sets execution->catalog. */
void execution_init_catalog(struct execution *execution);

/* A planner whose plans live in arena. */
struct planner execution_planner(const struct execution *execution, struct arena *arena);

/* A setting in force for the session. */
struct text execution_setting(const struct execution *execution, const char *name);

/* Sets the outcome to entity, which it takes, adding "statementText" and an empty "warnings" list.
 * Fails when entity is NULL (no memory). */
MUST_USE enum status execution_give(struct execution *execution, json_t *entity);

/* A "currentStatus" entity: command is "stream/`X`/create", message "Stream created". */
MUST_USE enum status execution_give_status(struct execution *execution, const char *command,
                                           const char *message, struct text query_id);
/* A "warning_entity". */
MUST_USE enum status execution_give_warning(struct execution *execution, const char *message);

/* Submits commit (taken). The statement is answered when it is durable, but that is waited for
 * without the engine's lock, so that statements of many clients share one transaction. */
MUST_USE enum status execution_submit(struct execution *execution, struct commit *commit);

/* One function per statement kind, by subject. */
typedef enum status statement_function(struct execution *execution);

statement_function statement_create_source;
statement_function statement_create_as;
statement_function statement_insert_select;
statement_function statement_insert_values;
statement_function statement_drop_source;
statement_function statement_alter_source;
statement_function statement_create_type;
statement_function statement_drop_type;
statement_function statement_query;
statement_function statement_print;
statement_function statement_terminate;
statement_function statement_pause;
statement_function statement_resume;
statement_function statement_set;
statement_function statement_unset;
statement_function statement_alter_system;
statement_function statement_create_connector;
statement_function statement_drop_connector;
statement_function statement_define;
statement_function statement_undefine;
statement_function statement_list;
statement_function statement_describe;
statement_function statement_explain;
statement_function statement_assert_topic;
statement_function statement_assert_schema;
/* Of SQL test files; they fail with ksqlDB's words when they do not hold. */
statement_function statement_assert_values; /* also ASSERT NULL VALUES */
statement_function statement_assert_source;

#endif
