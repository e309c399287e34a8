/* router.h: which handler answers a request, and what is refused before any handler runs.
 *
 * One table of routes stands behind both protocols. A front end calls router_admit() when the
 * headers are there, feeds the body as the route wants it, then calls router_run(). Thread: the
 * exchange's front end's. */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/exchange.h"

enum body_rule {
    BODY_IGNORED, /* read and dropped */
    BODY_WHOLE,   /* collected; the handler runs when it has come */
    BODY_STREAM,  /* the handler runs at once and reads the body as it comes */
};

typedef void route_handler(struct server *server, struct exchange *exchange);

struct route {
    const char *method;
    const char *path;          /* whole; one that ends with a slash matches what starts with it */
    enum media_type offers[4]; /* what it can answer with, best first; MEDIA_NONE ends the list */
    enum body_rule body;
    bool is_open;  /* no credentials needed */
    bool is_quick; /* never waits for anything: runs on the front end's thread */
    /* Whether this request may wait; one that may not runs there too. NULL: it may. */
    bool (*may_wait)(const struct exchange *exchange);
    bool needs_http2;
    bool is_stream; /* may answer without a length, which HTTP/1.0 has no way to carry */
    route_handler *run;
};

/* The table, for metrics and documentation. */
const struct route *router_table(size_t *out_count);

/* Checks target, method, credentials, media types and the announced length; on success sets the
 * exchange's route and media. False: the exchange has been answered. */
bool router_admit(struct exchange *exchange);

/* Appends to the body of a BODY_WHOLE route. False: it is now longer than
 * REQUEST_BODY_BYTES_MAX, or memory is out. */
bool router_add_body(struct exchange *exchange, struct text bytes);
void router_refuse_body(struct exchange *exchange);

/* Runs the route, here or on a thread of the server's. */
void router_run(struct exchange *exchange);

/* For handlers on a front end's thread that find out that they may have to wait: runs the route
 * once more, from its beginning, on a thread that may. False: it is running on one already. */
bool router_defer(struct exchange *exchange);

/* The text behind a route's path that ends with a slash. */
struct text router_rest(const struct exchange *exchange);

#endif
