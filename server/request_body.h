/* request_body.h: the JSON bodies that carry SQL.
 *
 * /ksql, /query and /ws/query: {"ksql","streamsProperties","sessionVariables",
 * "commandSequenceNumber"}; /query-stream: {"sql","properties","sessionVariables"}. Unknown fields
 * are ignored. Thread: one at a time. */
#ifndef SERVER_REQUEST_BODY_H
#define SERVER_REQUEST_BODY_H

#include <jansson.h>

#include "engine/engine.h"
#include "server/request.h"

/* The names that differ between the kinds. */
struct body_names {
    const char *sql;
    const char *properties;
    const char *missing; /* the message where sql is missing or empty */
};

extern const struct body_names body_names_ksql;
extern const struct body_names body_names_stream;
extern const struct body_names body_names_websocket; /* the parameter "request" of /ws/query */

struct request_body {
    json_t *json;
    struct text sql;    /* of json */
    json_t *properties; /* of json; NULL: none */
    json_t *variables;  /* of json; NULL: none */
    int64_t sequence;   /* the command to wait for; -1: none */
};

/* A JSON object from the request's body; the caller owns the reference. STATUS_INVALID: it is
 * none ("Invalid JSON in request: .."), or a name stands twice in it. */
MUST_USE enum status request_body_parse_json(const struct request *request, json_t **out,
                                             struct diag *diag);

MUST_USE enum status request_body_parse(const struct request *request,
                                        const struct body_names *names, struct request_body *out,
                                        struct diag *diag);
void request_body_release(struct request_body *body);

/* A session with the body's properties and variables. */
MUST_USE enum status request_body_open_session(const struct request_body *body,
                                               struct engine *engine, struct session **out,
                                               struct diag *diag);

#endif
