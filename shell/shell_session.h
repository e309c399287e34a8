/* shell_session.h: what a shell remembers between statements, and how it runs one.
 *
 * Properties (SET) and variables (DEFINE) live here and go with every request, so the server
 * keeps nothing of a session. Source: ksqlDB's CLI (Console, Cli, RemoteServerSpecificCommand).
 * Thread: one at a time. */
#ifndef SHELL_SHELL_SESSION_H
#define SHELL_SHELL_SESSION_H

#include <jansson.h>

#include "base/status.h"
#include "base/text.h"
#include "shell/shell_client.h"
#include "shell/shell_screen.h"

enum shell_format { SHELL_TABULAR, SHELL_JSON };

struct shell_session {
    struct shell_client *client;
    struct shell_screen screen;
    json_t *properties; /* streamsProperties */
    json_t *variables;  /* sessionVariables; names in lower case */
    int64_t sequence;   /* of the last command; -1: none yet */
    bool is_pipelining; /* requests do not wait for that command */
    enum shell_format format;
    bool is_wrapping;      /* long cells */
    size_t column_width;   /* 0: as needed */
    int64_t row_limit;     /* of a query; 0: none */
    int64_t timeout_ms;    /* of a query; 0: none */
    bool is_interactive;   /* a person types */
    bool is_sure;          /* nothing is asked */
    bool is_ended;         /* by exit */
    uint64_t change_count; /* statements that may have changed what can be completed */
    struct diag diag;      /* of the last failure */
};

MUST_USE enum status shell_session_init(struct shell_session *session,
                                        const struct shell_client_options *options,
                                        struct diag *diag);
void shell_session_release(struct shell_session *session);

/* Runs one statement (text without its ';') and shows its result or its error. False: failed. */
bool shell_session_run(struct shell_session *session, struct text statement);

/* A line for the person who types: what was done. */
void shell_session_say(struct shell_session *session, const char *format, ...) PRINTF_LIKE(2, 3);

/* Runs every statement of a script, and ends at the first that fails: false. */
bool shell_session_run_script(struct shell_session *session, struct text script);

/* SET and DEFINE without the words. */
MUST_USE enum status shell_session_set(struct shell_session *session, struct text name,
                                       struct text value, struct diag *diag);
MUST_USE enum status shell_session_define(struct shell_session *session, struct text name,
                                          struct text value, struct diag *diag);

/* One statement to /ksql; *out is the array of entities. STATUS_INVALID: the server refused it. */
MUST_USE enum status shell_session_ask(struct shell_session *session, struct text statement,
                                       json_t **out, struct diag *diag);

/* The body of a request with the session's properties and variables; data NULL: no memory. The
 * caller frees it as jansson's allocations are freed. */
struct text shell_session_body(const struct shell_session *session, struct text statement);

/* Shows diag as an error, with the place in statement where it is known. Counts as a failure. */
void shell_session_show_error(struct shell_session *session, struct text statement,
                              const struct diag *diag);

/* Fills diag from the body of a refused request. */
enum status shell_session_refusal(struct text body, long code, struct text statement,
                                  struct diag *diag);

#endif
